# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Secrets on their way to and from a real keyring cross the session bus only encrypted."""

import json
import os
import pathlib
import signal
import sys
import unittest

from gi.repository import Gio, GLib

sys.dont_write_bytecode = True
E2E = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(E2E), str(E2E.parent / "tools")]

import session_parts  # noqa: E402
from daemon_process import Daemon, Home  # noqa: E402
from oauth_flow import Flow  # noqa: E402
from secret_search import BusMonitor, Secrets, find_in_bus, find_in_files  # noqa: E402
from wire import Upstream  # noqa: E402

UPSTREAM_TOKEN = "CANARY-upstream-94be02c7d1"
SERVICE = "org.freedesktop.secrets"
ROOT = "/org/freedesktop/secrets"
API = "org.freedesktop.Secret"


class Keyring:
    """The Secret Service, asked for secrets in plain text, when nobody watches."""

    def __init__(self, address):
        self._bus = Gio.DBusConnection.new_for_address_sync(
            address, Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
            | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
        self._session = self._call(ROOT, "Service.OpenSession", "(sv)", "plain",
                                   GLib.Variant("s", ""))[1]

    def _call(self, path, method, signature, *arguments):
        interface, _, member = method.rpartition(".")
        return self._bus.call_sync(SERVICE, path, f"{API}.{interface}", member,
                                   GLib.Variant(signature, arguments), None, 0, 20000,
                                   None).unpack()

    def load(self, kind):
        paths, _ = self._call(ROOT, "Service.SearchItems", "(a{ss})",
                              {"xdg:schema": "org.biomcp.Auth", "kind": kind})
        return [bytes(self._call(path, "Item.GetSecret", "(o)", self._session)[0][2])
                for path in paths]

    def save(self, kind, issuer, secret):
        attributes = {"xdg:schema": "org.biomcp.Auth", "kind": kind, "issuer": issuer}
        properties = {f"{API}.Item.Label": GLib.Variant("s", "of a test"),
                      f"{API}.Item.Attributes": GLib.Variant("a{ss}", attributes)}
        self._call(ROOT + "/aliases/default", "Collection.CreateItem", "(a{sv}(oayays)b)",
                   properties, (self._session, b"", secret.encode(), "text/plain"), True)

    def close(self):
        self._bus.close_sync(None)


class KeyringCanaryTest(unittest.TestCase):
    def setUp(self):
        house = session_parts.Household()
        self.addCleanup(house.__exit__, None, None, None)
        environment = dict(os.environ)
        session_parts.start_private_session(house, environment, "unlocked", False)
        self.home = Home(environment["DBUS_SESSION_BUS_ADDRESS"])
        self.addCleanup(self.home.remove)
        self.upstream = Upstream()
        self.addCleanup(self.upstream.stop)
        self.home.config.write_text(f"[resource]\nupstream={self.upstream.url}\n")
        self.secrets = Secrets()
        self.secrets.add("upstream token", UPSTREAM_TOKEN)

    def run_once(self, listen):
        """One life of the daemon with somebody who watches the bus."""
        monitor = BusMonitor(self.home.bus)
        self.addCleanup(monitor.stop)
        daemon = Daemon(self.home, "--verbose", listen=listen)
        self.addCleanup(daemon.stop)
        daemon.await_ready()
        daemon.await_log("Signing with key")
        seen = {}
        flow = Flow(daemon.issuer, seen)
        flow.run()
        self.assertEqual(flow.call().status, 200)
        daemon.send(signal.SIGTERM)
        self.assertEqual(daemon.await_exit(), 0)
        monitor.stop()
        for value, what in seen.items():
            self.secrets.add_token(what, value)
        return daemon, monitor.messages

    def members(self, messages):
        return {message.get_member() for message, _ in messages}

    def test_secrets_cross_the_bus_encrypted(self):
        first, making = self.run_once("127.0.0.1:0")
        self.assertIn("CreateItem", self.members(making))
        keyring = Keyring(self.home.bus)
        self.addCleanup(keyring.close)
        keys = keyring.load("signing-key")
        self.assertEqual(len(keys), 1)
        jwk = json.loads(keys[0])
        for one in jwk.get("keys", [jwk]):
            self.secrets.add_key(one)
        keyring.save("upstream-token", first.issuer, UPSTREAM_TOKEN)
        self.assertEqual(keyring.load("upstream-token"), [UPSTREAM_TOKEN.encode()])

        second, loading = self.run_once(first.issuer.removeprefix("http://"))
        self.assertNotIn("CreateItem", self.members(loading))
        self.assertIn(f"Bearer {UPSTREAM_TOKEN}", self.upstream.seen[-1][2])
        self.assertEqual(keyring.load("signing-key"), keys)

        for messages in (making, loading):
            self.assertEqual(find_in_bus(self.secrets, messages), [])
        self.assertEqual(self.secrets.find(first.log + second.log), [])
        self.assertEqual(find_in_files(self.secrets, self.home.path), {})

    def test_the_search_sees_what_crosses_in_plain_text(self):
        monitor = BusMonitor(self.home.bus)
        self.addCleanup(monitor.stop)
        keyring = Keyring(self.home.bus)
        self.addCleanup(keyring.close)
        keyring.save("upstream-token", "http://127.0.0.1:1", UPSTREAM_TOKEN)
        keyring.load("upstream-token")
        monitor.stop()
        self.assertEqual(find_in_bus(self.secrets, monitor.messages),
                         [("CreateItem", ["upstream token"]), ("reply", ["upstream token"])])


if __name__ == "__main__":
    unittest.main()
