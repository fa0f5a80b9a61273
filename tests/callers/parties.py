# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who meets in tests/callers: a bus, the programs on it, a portal, and a person at a browser."""

import os
import pathlib
import queue
import re
import select
import subprocess
import sys
import threading

from gi.repository import Gio, GLib

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/e2e"), str(ROOT / "tests/tools")]

from daemon_process import LIMIT_S  # noqa: E402
from oauth_flow import HIDDEN_FIELD, Flow  # noqa: E402

PROGRAM = os.path.realpath(os.environ["BMA_CALLER"])
NAME = "org.biomcp.Auth"
PATH = "/org/biomcp/Auth"
BROKER = NAME + ".Broker1"
PORTAL = "org.freedesktop.portal.Desktop"
OPEN_URI = "org.freedesktop.portal.OpenURI"
CHECKED = re.compile(r'<input type="radio" name="(\w+)" value="([^"]*)" checked')
OFFERED = re.compile(r'<input type="radio" name="decision" value="([^"]*)"')
PORTAL_XML = f"""<node><interface name="{OPEN_URI}"><method name="OpenURI">
<arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="a{{sv}}" direction="in"/>
<arg type="o" direction="out"/></method></interface></node>"""
BUS_CONFIG = """<busconfig>
  <type>session</type>
  <listen>unix:path={path}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    {more}
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


class Bus:
    """A session bus; is_open: for other users too."""

    def __init__(self, folder, is_open=False):
        self.path = folder / ("open-bus" if is_open else "bus")
        self.address = f"unix:path={self.path}"
        config = folder / (self.path.name + ".conf")
        config.write_text(BUS_CONFIG.format(
            path=self.path, more='<allow user="*"/>' if is_open else ""))
        self.process = subprocess.Popen(
            ["dbus-daemon", "--nofork", "--nopidfile", f"--config-file={config}",
             "--print-address=1"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True)
        assert self.process.stdout.readline().startswith("unix:")

    def stop(self):
        self.process.terminate()
        self.process.wait(LIMIT_S)
        self.process.stdout.close()


class Refused(Exception):
    """An error that the service answered: its name, and its message."""

    @property
    def name(self):
        return self.args[0].removeprefix(NAME + ".Error.")


class Caller:
    """A program of tests/callers/caller.c."""

    def __init__(self, address, *launcher, program=None, **how):
        environment = how.pop("environment", os.environ)
        if address:
            environment = dict(environment, DBUS_SESSION_BUS_ADDRESS=address)
        self.process = subprocess.Popen(
            [*launcher, *([program or PROGRAM] if program != "" else [])], env=environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True, **how)
        self.greeting = self.read()
        self.name = self.greeting.partition(" ")[2]

    def read(self):
        if not select.select([self.process.stdout], [], [], 2 * LIMIT_S)[0]:
            raise AssertionError("the caller says nothing")
        return self.process.stdout.readline().rstrip("\n")

    def tell(self, *words):
        self.process.stdin.write(" ".join(words) + "\n")
        self.process.stdin.flush()
        return self.read()

    def call(self, method, arguments="()", path=PATH):
        answer, _, rest = self.tell("call", path, method, arguments).partition(" ")
        if answer != "ok":
            raise Refused(*rest.split(" ", 1))
        return GLib.Variant.parse(None, rest, None, None).unpack()

    def get_token(self, key=None):
        """The answer, or the name of the error."""
        options = {} if key is None else {"pairing-key": GLib.Variant("ay", key)}
        arguments = GLib.Variant("(asa{sv})", ([], options)).print_(True)
        try:
            return self.call(BROKER + ".GetToken", arguments)[0]
        except Refused as refused:
            return refused.name

    def request_token(self, **options):
        # Its window says that the person did something in it: else no browser would open.
        arguments = GLib.Variant("(sasa{sv})", ("x11:1", [], options)).print_(True)
        return self.call(BROKER + ".RequestToken", arguments)[0]

    def await_signal(self, member):
        kind, path, body = self.tell("await", member).split(" ", 2)
        if kind != "signal":
            raise AssertionError(f"{member}: {path} {body}")
        return path, GLib.Variant.parse(None, body, None, None).unpack()

    def await_response(self):
        return self.await_signal("Response")[1]

    def become(self, program):
        return self.tell("become", program)

    def stop(self):
        if self.process.poll() is None:
            self.process.stdin.close()
            self.process.wait(LIMIT_S)
        self.process.stdout.close()


class Portal:
    """Opens pages like the desktop's: in front of the person, who may look at them."""

    def __init__(self, address):
        self.opened = queue.Queue()
        self._context = GLib.MainContext.new()
        self._loop = GLib.MainLoop.new(self._context, False)
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(address,), daemon=True)
        self._thread.start()
        assert self._ready.wait(LIMIT_S)

    def _run(self, address):
        self._context.push_thread_default()
        bus = Gio.DBusConnection.new_for_address_sync(
            address, Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
            | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
        bus.register_object("/org/freedesktop/portal/desktop",
                            Gio.DBusNodeInfo.new_for_xml(PORTAL_XML).interfaces[0],
                            self._on_call, None, None)
        bus.call_sync("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                      "RequestName", GLib.Variant("(su)", (PORTAL, 4)), None, 0, -1, None)
        self._ready.set()
        self._loop.run()
        bus.close_sync(None)

    def _on_call(self, bus, sender, _path, _interface, _method, arguments, invocation):
        _, uri, options = arguments.unpack()
        path = "/".join(["/org/freedesktop/portal/desktop/request",
                         sender[1:].replace(".", "_"), options["handle_token"]])
        invocation.return_value(GLib.Variant("(o)", (path,)))
        bus.emit_signal(sender, path, "org.freedesktop.portal.Request", "Response",
                        GLib.Variant("(ua{sv})", (0, {})))
        self.opened.put(uri)

    def next_page(self):
        return self.opened.get(timeout=LIMIT_S)

    def stop(self):
        self._loop.quit()
        self._thread.join(LIMIT_S)


class Page:
    """What the person sees, and presses."""

    def __init__(self, issuer, url):
        self.flow = Flow(issuer)
        reply = self.flow.ask("GET", url.removeprefix(issuer))
        assert reply.status == 200, reply.body
        self.text = reply.body
        self.offered = OFFERED.findall(reply.body)
        self.fields = dict(HIDDEN_FIELD.findall(reply.body) + CHECKED.findall(reply.body))

    def press(self, choice="allow", decision=None):
        fields = {**self.fields, **({"decision": decision} if decision else {})}
        reply = self.flow.press(fields, choice)
        assert reply.status in (200, 303), reply.body


def await_owner(address, name):
    """Waits until somebody owns the name."""
    subprocess.run(["gdbus", "wait", "--address", address, "--timeout", str(LIMIT_S), name],
                   check=True, timeout=2 * LIMIT_S)
