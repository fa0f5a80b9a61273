# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The service ends while nobody needs it, and whoever comes at that moment does not notice."""

import http.client
import pathlib
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from daemon_process import Daemon, Home, LIMIT_S  # noqa: E402
from oauth_flow import Flow  # noqa: E402
from private_bus import PrivateBus, run_until  # noqa: E402
from service_manager import ServiceManager  # noqa: E402

SETTINGS = "idle-exit-s=1\n[tokens]\nlogin-lifetime-s=60\n"
N_ROUNDS = 2


class IdleTest(unittest.TestCase):
    def setUp(self):
        self.home = Home()
        self.addCleanup(self.home.remove)
        self.home.write_config(SETTINGS)

    def manage(self):
        manager = ServiceManager(self.home)
        self.addCleanup(manager.stop)
        return manager

    def on_a_bus(self):
        bus = PrivateBus(str(self.home.path / "wake"))
        self.addCleanup(bus.stop)
        self.home.bus = bus.address
        return bus

    def ask(self, manager, path="/healthz"):
        connection = http.client.HTTPConnection(manager.address, timeout=LIMIT_S)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()

    def assert_left(self, daemon):
        self.assertEqual(daemon.await_exit(), 0, daemon.log)
        self.assertIn("Stopping: nobody needs it at the moment", daemon.log)

    def test_it_ends_and_comes_back(self):
        manager = self.manage()
        for number in range(1, N_ROUNDS + 1):
            self.assertEqual(self.ask(manager), 200)
            self.assert_left(manager.await_daemon(number))

    def test_an_open_connection_keeps_it(self):
        self.home.write_config(SETTINGS + "[limits]\nidle-timeout-ms=3000\n")
        manager = self.manage()
        connection = http.client.HTTPConnection(manager.address, timeout=LIMIT_S)
        self.addCleanup(connection.close)
        connection.request("GET", "/healthz")
        connection.getresponse().read()
        # The service closes it after the 3 seconds, and is still there then.
        self.assertEqual(connection.sock.recv(1), b"")
        daemon = manager.await_daemon(1)
        self.assertNotIn("Stopping", daemon.log)
        self.assert_left(daemon)

    def test_a_question_in_a_browser_keeps_it(self):
        manager = self.manage()
        client = Flow(f"http://{manager.address}")
        client.register()
        fields = client.open_page()
        daemon = manager.await_daemon(1)
        # Another one, without a form, has ended before.
        other = Home()
        self.addCleanup(other.remove)
        other.write_config(SETTINGS)
        other_manager = ServiceManager(other)
        self.addCleanup(other_manager.stop)
        self.assertEqual(self.ask(other_manager), 200)
        self.assert_left(other_manager.await_daemon(1))
        self.assertIsNone(daemon.process.poll(), daemon.log)
        client.take_code(client.press(fields))
        self.assertEqual(client.redeem().status, 200)

    def test_whoever_calls_at_that_moment_is_answered(self):
        bus = self.on_a_bus()
        manager = self.manage()
        caller = bus.connect()
        self.addCleanup(caller.close)
        owners = []
        caller.on_owner_changed(owners.append)
        self.assertEqual(caller.get_property("Version"), 1)
        for number in range(1, N_ROUNDS + 1):
            seen = len(owners)
            run_until(lambda seen=seen: "" in owners[seen:], "the name is given back")
            # The old one may still be there: both ways wait for the next.
            self.assertEqual(caller.get_property("Version"), 1)
            self.assertEqual(self.ask(manager), 200)
            self.assertEqual(manager.await_daemon(number).await_exit(), 0)

    def test_not_where_nobody_could_start_it(self):
        """Without a socket that others keep, or a bus that can start it."""
        bus = PrivateBus()
        self.addCleanup(bus.stop)
        self.home.bus = bus.address
        manager = self.manage()
        self.assertEqual(self.ask(manager), 200)
        with_bus = manager.await_daemon(1)
        alone = Home()
        self.addCleanup(alone.remove)
        alone.write_config(SETTINGS)
        by_hand = Daemon(alone)
        self.addCleanup(by_hand.stop)
        by_hand.await_ready()
        other = Home()
        self.addCleanup(other.remove)
        other.write_config(SETTINGS)
        other_manager = ServiceManager(other)
        self.addCleanup(other_manager.stop)
        self.assertEqual(self.ask(other_manager), 200)
        self.assert_left(other_manager.await_daemon(1))
        self.assertIsNone(by_hand.process.poll(), by_hand.log)
        self.assertIsNone(with_bus.process.poll(), with_bus.log)


if __name__ == "__main__":
    unittest.main()
