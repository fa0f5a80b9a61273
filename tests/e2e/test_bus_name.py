# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The real daemon and its name on a private session bus."""

import pathlib
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from daemon_process import Daemon, Home, LIMIT_S  # noqa: E402


class BusNameTest(unittest.TestCase):
    def setUp(self):
        self.bus = subprocess.Popen(
            ["dbus-daemon", "--session", "--nofork", "--print-address=1"],
            stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.end_bus)
        self.home = Home(self.bus.stdout.readline().strip())
        self.addCleanup(self.home.remove)

    def end_bus(self):
        self.bus.terminate()
        self.bus.wait(LIMIT_S)
        self.bus.stdout.close()

    def start(self, *arguments):
        daemon = Daemon(self.home, *arguments)
        self.addCleanup(daemon.stop)
        return daemon

    def test_ready_means_that_the_name_is_owned(self):
        daemon = self.start().await_ready()
        answer = subprocess.run(
            ["gdbus", "call", "--session", "--dest", "org.freedesktop.DBus",
             "--object-path", "/org/freedesktop/DBus", "--method",
             "org.freedesktop.DBus.NameHasOwner", "org.biomcp.Auth"],
            env=self.home.environment(), capture_output=True, text=True, timeout=LIMIT_S)
        self.assertEqual(answer.stdout, "(true,)\n", answer.stderr)
        self.assertNotIn("No session bus", daemon.log)

    def test_name_taken(self):
        self.start().await_ready()
        second = self.start("--state-dir", str(self.home.path / "second"))
        self.assertEqual(second.await_exit(), 69, second.log)
        self.assertRegex(second.log, "org.biomcp.Auth is taken")

    def test_replace_takes_name_records_and_port(self):
        first = self.start().await_ready()
        address = first.issuer.removeprefix("http://")
        second = Daemon(self.home, "--replace", listen=address)
        self.addCleanup(second.stop)
        second.await_ready()
        self.assertEqual(first.await_exit(), 0, first.log)
        self.assertRegex(first.log, "another process took the bus name")
        self.assertEqual(second.issuer, first.issuer)
        self.assertEqual(second.get("/healthz")[0], 200)

    def test_end_of_the_session_ends_it(self):
        daemon = self.start().await_ready()
        self.bus.terminate()
        self.assertEqual(daemon.await_exit(), 0, daemon.log)
        self.assertRegex(daemon.log, "session bus is gone")


if __name__ == "__main__":
    unittest.main()
