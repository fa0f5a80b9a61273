# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the D-Bus front hands out reaches who asked for it, by the right message, and nobody else.

A real bus, a real keyring, and a monitor that sees every message.
"""

import json
import os
import pathlib
import re
import signal
import sys
import unittest
import urllib.parse

from gi.repository import Gio, GLib

sys.dont_write_bytecode = True
E2E = pathlib.Path(__file__).resolve().parent
TOOLS = E2E.parent / "tools"
sys.path[:0] = [str(E2E), str(TOOLS)]

import session_parts  # noqa: E402
import test_canary_keyring  # noqa: E402
from daemon_process import Daemon, Home, LIMIT_S  # noqa: E402
from oauth_flow import HIDDEN_FIELD, Flow  # noqa: E402
from secret_search import (BusMonitor, Secrets, find_in_files,  # noqa: E402
                           find_in_process)
from wire import Upstream  # noqa: E402

NAME = "org.biomcp.Auth"
PATH = "/org/biomcp/Auth"
REQUEST = NAME + ".Request1"
PORTAL = "org.freedesktop.portal.Desktop"
OPEN_URI = "org.freedesktop.portal.OpenURI"
UPSTREAM_TOKEN = "CANARY-upstream-by-descriptor-5e20a7"
REFUSED_SECRET = "CANARY-refused-by-descriptor-81c6f3"
CHECKED = re.compile(r'<input type="radio" name="(\w+)" value="([^"]*)" checked')
PORTAL_XML = f"""<node><interface name="{OPEN_URI}"><method name="OpenURI">
<arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="a{{sv}}" direction="in"/>
<arg type="o" direction="out"/></method></interface></node>"""


class Connection:
    """Somebody on the bus who subscribed to every signal of every request."""

    def __init__(self, address):
        self.bus = Gio.DBusConnection.new_for_address_sync(
            address, Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
            | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
        self.name = self.bus.get_unique_name()
        self.signals = []  # (member, path, body)
        self.bus.signal_subscribe(None, REQUEST, None, None, None, 0, self._on_signal)
        self.ask_bus("GetId")  # and with it the subscription is in place

    def _on_signal(self, _bus, _sender, path, _interface, member, body):
        self.signals.append((member, path, body.unpack()))

    def ask_bus(self, method, signature="()", *arguments):
        return self.bus.call_sync("org.freedesktop.DBus", "/org/freedesktop/DBus",
                                  "org.freedesktop.DBus", method,
                                  GLib.Variant(signature, arguments), None, 0, LIMIT_S * 1000,
                                  None).unpack()[0]

    def call(self, method, signature, *arguments, fds=None):
        """The answer and the descriptors that came with it."""
        interface, _, member = method.rpartition(".")
        answer, fds = self.bus.call_with_unix_fd_list_sync(
            NAME, PATH, interface, member, GLib.Variant(signature, arguments), None, 0,
            LIMIT_S * 1000, fds, None)
        return answer.unpack(), fds

    def await_signal(self, member):
        """The body of the first such signal."""
        expired = []
        guard = GLib.timeout_add_seconds(LIMIT_S, expired.append, True)
        while not expired:
            for name, _, body in self.signals:
                if name == member:
                    GLib.source_remove(guard)
                    return body
            GLib.MainContext.default().iteration(True)
        raise AssertionError(f"no {member}, only {[name for name, _, _ in self.signals]}")

    def request_token(self, **options):
        sender = self.name[1:].replace(".", "_")
        path = f"{PATH}/request/{sender}/canary"
        options = {"handle-token": GLib.Variant("s", "canary"),
                   "correlation-id": GLib.Variant("s", "canary-1"), **options}
        answer, _ = self.call(NAME + ".Broker1.RequestToken", "(sasa{sv})", "", [], options)
        assert answer == (path,), answer
        return path

    def get_token(self, **options):
        """Not one that was given before: the same text would be several secrets."""
        options["max-valid-s"] = GLib.Variant("u", 1000)
        answer, _ = self.call(NAME + ".Broker1.GetToken", "(asa{sv})", [], options)
        return answer[0]["access-token"]

    def get_token_file(self):
        """The answer, and what is in the file it came with."""
        answer, fds = self.call(NAME + ".Broker1.GetToken", "(asa{sv})", [],
                                {"as-fd": GLib.Variant("b", True),
                                 "max-valid-s": GLib.Variant("u", 2000)})
        with os.fdopen(fds.get(answer[0]["token-fd"]), encoding="ascii") as file:
            return answer[0], file.read()

    def create_client(self, **options):
        """The answer, and the secret that came in a file."""
        options = {name: GLib.Variant("s", value) for name, value in options.items()}
        answer, fds = self.call(NAME + ".Server1.CreateClient", "(a{sv})", options)
        with os.fdopen(fds.get(answer[0]["secret-fd"]), encoding="ascii") as file:
            return answer[0], file.read()

    def set_secret(self, kind, secret):
        reader, writer = os.pipe()
        with os.fdopen(reader), os.fdopen(writer, "w", encoding="ascii") as file:
            fds = Gio.UnixFDList.new()
            handle = fds.append(reader)
            file.write(secret + "\n")
            file.close()
            self.call(NAME + ".Server1.SetSecret", "(sh)", kind, handle, fds=fds)

    def close(self):
        self.bus.close_sync(None)


def find_receivers(secrets, messages):
    """[(what is in a message, the message, its sender, its receiver)]"""
    calls, found = {}, []
    for message, blob in messages:
        kind, sender, to = (message.get_message_type(), message.get_sender(),
                            message.get_destination())
        name = f"{message.get_interface()}.{message.get_member()}"
        if kind == Gio.DBusMessageType.METHOD_CALL:
            calls[sender, message.get_serial()] = name
        elif kind != Gio.DBusMessageType.SIGNAL:
            name = ("reply" if kind == Gio.DBusMessageType.METHOD_RETURN else "error") + \
                " to " + calls.get((to, message.get_reply_serial()), "nothing")
        found += [(what, name, sender, to) for what in secrets.find(blob)]
    return sorted(found)


class DBusCanaryTest(unittest.TestCase):
    def setUp(self):
        self.house = session_parts.Household()
        self.addCleanup(self.house.__exit__, None, None, None)
        environment = dict(os.environ)
        session_parts.start_private_session(self.house, environment, "unlocked", False)
        self.home = Home(environment["DBUS_SESSION_BUS_ADDRESS"])
        self.addCleanup(self.home.remove)
        self.upstream = Upstream()
        self.addCleanup(self.upstream.stop)
        self.home.config.write_text(f"[resource]\nupstream={self.upstream.url}\n")
        self.monitor = BusMonitor(self.home.bus)
        self.addCleanup(self.monitor.stop)
        self.daemon = Daemon(self.home, "--verbose",
                             environment={"BROWSER": str(TOOLS / "press-allow")})
        self.addCleanup(self.daemon.stop)
        self.daemon.await_ready()
        self.daemon.await_log("Signing with key")
        self.seen = {}
        self.secrets = Secrets()
        self.secrets.add("upstream token", UPSTREAM_TOKEN)
        self.secrets.add("refused secret", REFUSED_SECRET)
        self.caller, self.third = self.connect(), self.connect()
        self.service = self.caller.ask_bus("GetNameOwner", "(s)", NAME)

    def connect(self):
        connection = Connection(self.home.bus)
        self.addCleanup(connection.close)
        return connection

    def plant_token(self, what, token):
        """Its signature goes by the same name: that alone is a secret too."""
        self.assertEqual(token.count("."), 2)
        self.secrets.add(what, token)
        self.secrets.add(what, token.rpartition(".")[2])

    def plant_page(self, url):
        page = urllib.parse.urlsplit(url)
        self.assertEqual(f"{page.scheme}://{page.netloc}", self.daemon.issuer)
        (_, value), = urllib.parse.parse_qsl(page.query)
        self.secrets.add("page", value)

    def use_http(self):
        """A client that gets everything over HTTP, refresh tokens as well."""
        flow = Flow(self.daemon.issuer, self.seen)
        flow.run()
        self.assertEqual(flow.refresh().status, 200)
        self.assertEqual(flow.call().status, 200)
        self.assertIn("refresh_token", self.seen.values())

    def assert_others_hear_nothing(self):
        """What comes for all arrives behind what did not come."""
        self.caller.bus.emit_signal(None, PATH, REQUEST, "ForAll", None)
        self.third.await_signal("ForAll")
        self.assertEqual([member for member, _, _ in self.third.signals], ["ForAll"])

    def assert_only(self, *expected):
        """These messages hold what they hold; no other, no record and no log holds any of it."""
        self.assertEqual(find_in_process(self.secrets, self.daemon.process.pid), {})
        self.daemon.send(signal.SIGTERM)
        self.assertEqual(self.daemon.await_exit(), 0)
        self.monitor.stop()
        keyring = test_canary_keyring.Keyring(self.home.bus)
        self.addCleanup(keyring.close)
        key, = keyring.load("signing-key")
        jwk = json.loads(key)
        for one in jwk.get("keys", [jwk]):
            self.secrets.add_key(one)
        for value, what in self.seen.items():
            self.secrets.add_token(what + " over HTTP", value)
        self.assertEqual(find_receivers(self.secrets, self.monitor.messages), sorted(expected))
        self.assertEqual(self.secrets.find(self.daemon.log), [])
        for folder in (self.home.path, self.house.folder):
            self.assertEqual(find_in_files(self.secrets, folder), {})
        return keyring

    def test_browser(self):
        self.caller.request_token(reason=GLib.Variant("s", "a test"))
        stage, hints = self.caller.await_signal("Progress")
        self.assertEqual(stage, "browser")
        self.plant_page(hints["url"])
        code, result = self.caller.await_signal("Response")
        self.assertEqual(code, 0, result)
        self.plant_token("token", result["access-token"])
        self.plant_token("token", self.caller.get_token())
        answer, token = self.caller.get_token_file()
        self.assertNotIn("access-token", set(answer))
        self.plant_token("token", token)
        self.use_http()
        self.caller.set_secret("upstream-token", UPSTREAM_TOKEN)
        for kind in ("signing-key", "stytch-secret"):
            with self.assertRaises(GLib.Error) as refused:
                self.caller.set_secret(kind, REFUSED_SECRET)
            self.assertEqual(Gio.dbus_error_get_remote_error(refused.exception),
                             NAME + ".Error.InvalidArgument")
        self.assert_others_hear_nothing()
        keyring = self.assert_only(
            ("page", REQUEST + ".Progress", self.service, self.caller.name),
            ("page", OPEN_URI + ".OpenURI", self.service, PORTAL),
            ("token", REQUEST + ".Response", self.service, self.caller.name),
            ("token", f"reply to {NAME}.Broker1.GetToken", self.service,
             self.caller.name))
        self.assertEqual(keyring.load("upstream-token"), [UPSTREAM_TOKEN.encode()])
        self.assertEqual(keyring.load("stytch-secret"), [])

    def open_portal(self, decision=None):
        """A portal whose person allows it; [(caller, uri)] of what was opened."""
        portal, opened = self.connect(), []
        self.assertEqual(portal.ask_bus("RequestName", "(su)", PORTAL, 4), 1)

        def open_uri(bus, sender, _path, _interface, _method, arguments, invocation):
            _, uri, options = arguments.unpack()
            opened.append((sender, uri))
            path = "/".join(["/org/freedesktop/portal/desktop/request",
                             sender[1:].replace(".", "_"), options["handle_token"]])
            invocation.return_value(GLib.Variant("(o)", (path,)))
            bus.emit_signal(sender, path, "org.freedesktop.portal.Request", "Response",
                            GLib.Variant("(ua{sv})", (0, {})))
            self.allow(uri, decision)

        portal.bus.register_object("/org/freedesktop/portal/desktop",
                                   Gio.DBusNodeInfo.new_for_xml(PORTAL_XML).interfaces[0],
                                   open_uri, None, None)
        return portal, opened

    def allow(self, url, decision=None):
        """Presses the button and remembers everything secret that the browser gets."""
        flow = Flow(self.daemon.issuer, self.seen)
        page = flow.ask("GET", url.removeprefix(self.daemon.issuer))
        self.assertEqual(page.status, 200)
        fields = dict(HIDDEN_FIELD.findall(page.body) + CHECKED.findall(page.body))
        if decision:
            fields["decision"] = decision
        for name in ("tx", "seal"):
            flow.note("consent " + name, fields[name])
        self.assertIn(flow.press(fields).status, (200, 303))

    def test_portal_and_files_only(self):
        """Who wants descriptors never has a token on the bus."""
        portal, opened = self.open_portal()
        self.caller.request_token(**{"as-fd": GLib.Variant("b", True)})
        code, result = self.caller.await_signal("Response")
        self.assertEqual(code, 0, result)
        self.assertIn("token-fd", result)
        self.assertNotIn("access-token", set(result))
        (sender, uri), = opened
        self.assertEqual((sender, uri),
                         (self.service, self.caller.await_signal("Progress")[1]["url"]))
        self.plant_page(uri)
        for _ in range(2):
            self.plant_token("token in a file", self.caller.get_token_file()[1])
        self.assertLessEqual({"cookie", "consent tx", "consent seal"}, set(self.seen.values()))
        self.assertEqual([member for member, _, _ in portal.signals], [])
        self.assert_others_hear_nothing()
        self.assert_only(("page", REQUEST + ".Progress", self.service, self.caller.name),
                         ("page", OPEN_URI + ".OpenURI", self.service, PORTAL))

    def test_what_is_made_for_the_owner(self):
        """The secret of a client comes in a file; a new key comes to nobody."""
        made, secret = self.caller.create_client(name="A machine")
        self.assertNotIn("secret", set(made))
        self.secrets.add("client secret in a file", secret)
        form = {"grant_type": "client_credentials", "client_id": made["client-id"],
                "client_secret": secret}
        flow = Flow(self.daemon.issuer, self.seen)
        self.assertEqual(flow.take_tokens(flow.ask("POST", "/token", form)).status, 200)
        self.home.config.write_text(
            f"[resource]\nupstream={self.upstream.url}\n[tokens]\nalgorithm=RS256\n")
        self.daemon.send(signal.SIGHUP)
        self.daemon.await_log(r"Key \S+ \(RS256\) is published")
        self.assertEqual(flow.call().status, 200)
        self.assert_others_hear_nothing()
        keyring = self.assert_only()
        key, = keyring.load("signing-key")
        self.assertEqual([one["kty"] for one in json.loads(key)["keys"]], ["EC", "RSA"])

    def test_pairing(self):
        """A key is in the answer that gives it and in the calls that show it, right or wrong."""
        self.open_portal("always")
        wrong = os.urandom(32)
        self.secrets.add("wrong key", wrong)
        self.caller.request_token(pair=GLib.Variant("b", True))
        code, result = self.caller.await_signal("Response")
        self.assertEqual(code, 0, result)
        key = bytes(result["pairing-key"])
        self.secrets.add("pairing key", key)
        self.plant_token("token", result["access-token"])
        self.plant_page(self.caller.await_signal("Progress")[1]["url"])
        again = self.connect()
        with self.assertRaises(GLib.Error):
            again.get_token(**{"pairing-key": GLib.Variant("ay", wrong)})
        self.plant_token("token",
                         again.get_token(**{"pairing-key": GLib.Variant("ay", key)}))
        self.assert_others_hear_nothing()
        self.assert_only(
            ("page", REQUEST + ".Progress", self.service, self.caller.name),
            ("page", OPEN_URI + ".OpenURI", self.service, PORTAL),
            ("pairing key", REQUEST + ".Response", self.service, self.caller.name),
            ("pairing key", NAME + ".Broker1.GetToken", again.name, NAME),
            ("token", REQUEST + ".Response", self.service, self.caller.name),
            ("token", f"reply to {NAME}.Broker1.GetToken", self.service, again.name),
            ("wrong key", NAME + ".Broker1.GetToken", again.name, NAME))

    def test_no_actions(self):
        """Whatever an application exports by itself is not there."""
        for method, signature, arguments in (
                ("org.freedesktop.Application.ActivateAction", "(sava{sv})", ("quit", [], {})),
                ("org.freedesktop.Application.Activate", "(a{sv})", ({},)),
                ("org.freedesktop.Application.Open", "(asa{sv})", ([], {})),
                ("org.gtk.Actions.List", "()", ()),
                ("org.gtk.Application.Activate", "(a{sv})", ({},))):
            with self.subTest(method):
                with self.assertRaises(GLib.Error) as refused:
                    self.caller.call(method, signature, *arguments)
                self.assertIn(Gio.dbus_error_get_remote_error(refused.exception),
                              ("org.freedesktop.DBus.Error.UnknownMethod",
                               "org.freedesktop.DBus.Error.UnknownInterface"))
        self.assert_only()


if __name__ == "__main__":
    unittest.main()
