# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A session bus of a test's own, which can start the service, and somebody on it."""

import pathlib
import subprocess
import sys
import tempfile

from gi.repository import Gio, GLib

from daemon_process import LIMIT_S

NAME = "org.biomcp.Auth"
PATH = "/org/biomcp/Auth"
CONFIG = """<busconfig><type>session</type><listen>unix:path={folder}/bus</listen>
<servicedir>{folder}</servicedir>
<policy context="default"><allow send_destination="*" eavesdrop="true"/>
<allow eavesdrop="true"/><allow own="*"/></policy></busconfig>"""
POKE = "import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])"


class PrivateBus:
    def __init__(self, wake_path=None):
        """wake_path: the Unix socket to connect to when somebody calls the service."""
        self._folder = tempfile.TemporaryDirectory(prefix="bma-bus-")
        folder = pathlib.Path(self._folder.name)
        (folder / "bus.conf").write_text(CONFIG.format(folder=folder))
        if wake_path:
            (folder / "poke.py").write_text(POKE)
            (folder / f"{NAME}.service").write_text(
                f"[D-BUS Service]\nName={NAME}\n"
                f"Exec={sys.executable} {folder}/poke.py {wake_path}\n")
        self.address = f"unix:path={folder}/bus"
        self.start()

    def start(self):
        """At the same address as before."""
        pathlib.Path(self._folder.name, "bus").unlink(missing_ok=True)
        self.process = subprocess.Popen(
            ["dbus-daemon", f"--config-file={self._folder.name}/bus.conf", "--nofork",
             "--print-address=1"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self.process.stdout.readline().startswith(self.address)

    def kill(self):
        self.process.kill()
        self.process.wait(LIMIT_S)
        self.process.stdout.close()

    def connect(self):
        return Caller(self.address)

    def stop(self):
        if self.process.poll() is None:
            self.kill()
        self._folder.cleanup()


class Caller:
    """Somebody on the bus."""

    def __init__(self, address):
        self.bus = Gio.DBusConnection.new_for_address_sync(
            address, Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
            | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
        self.bus.set_exit_on_close(False)

    def call(self, method, signature="()", *arguments, limit_s=LIMIT_S, name=NAME, path=PATH):
        interface, _, member = method.rpartition(".")
        return self.bus.call_sync(name, path, interface, member,
                                  GLib.Variant(signature, arguments), None, 0, limit_s * 1000,
                                  None).unpack()

    def get_property(self, name, interface=NAME + ".Broker1", limit_s=LIMIT_S):
        return self.call("org.freedesktop.DBus.Properties.Get", "(ss)", interface, name,
                         limit_s=limit_s)[0]

    def get_token(self, limit_s=LIMIT_S):
        return self.call(NAME + ".Broker1.GetToken", "(asa{sv})", [], {}, limit_s=limit_s)[0]

    def on_owner_changed(self, callback):
        """callback(new owner, "" for none), from whichever loop runs."""
        self.bus.signal_subscribe(
            "org.freedesktop.DBus", "org.freedesktop.DBus", "NameOwnerChanged",
            "/org/freedesktop/DBus", NAME, 0, lambda *news: callback(news[5].unpack()[2]))
        self.call("org.freedesktop.DBus.GetId", name="org.freedesktop.DBus",
                  path="/org/freedesktop/DBus")

    def close(self):
        if not self.bus.is_closed():
            self.bus.close_sync(None)


def run_until(condition, what, limit_s=LIMIT_S):
    """Runs the main loop until condition() holds."""
    expired = []
    guard = GLib.timeout_add_seconds(limit_s, expired.append, True)
    try:
        while not condition():
            if expired:
                raise AssertionError(f"not within {limit_s} s: {what}")
            GLib.MainContext.default().iteration(True)
    finally:
        if not expired:
            GLib.source_remove(guard)
