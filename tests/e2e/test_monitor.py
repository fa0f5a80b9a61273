# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What happens is told to who asks for it: biomcp-auth monitor."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import unittest

import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio  # noqa: E402

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from daemon_process import Daemon, Home  # noqa: E402
from oauth_flow import Flow  # noqa: E402

CLI = os.environ["BMA_CLI"]


class MonitorTest(unittest.TestCase):
    def setUp(self):
        self.bus = Gio.TestDBus.new(Gio.TestDBusFlags.NONE)
        self.bus.up()
        self.addCleanup(self.bus.down)
        self.home = Home(bus=self.bus.get_bus_address())
        self.addCleanup(self.home.remove)
        self.daemon = self.start_daemon()

    def start_daemon(self):
        daemon = Daemon(self.home)
        self.addCleanup(daemon.stop)
        return daemon.await_ready()

    def start_monitor(self, *options):
        monitor = subprocess.Popen([CLI, "monitor", *options], env=self.home.environment(),
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(monitor.stdout.close)
        self.addCleanup(monitor.stderr.close)
        self.addCleanup(monitor.wait)
        self.addCleanup(monitor.kill)
        return monitor

    def await_line(self, monitor, text):
        for line in monitor.stdout:
            if text in line:
                return line
        raise AssertionError(f"no {text!r}: {monitor.stderr.read()}")

    def test_lines(self):
        monitor = self.start_monitor()
        self.await_line(monitor, "listening to the service")
        flow = Flow(self.daemon.issuer, {})
        self.assertEqual(flow.ask("POST", "/token", {"grant_type": "nonsense"}).status, 400)
        line = self.await_line(monitor, "unsupported_grant_type")
        self.assertRegex(line, r"^\d\d:\d\d:\d\d  http       400 ")
        self.assertNotIn("\033", line)
        monitor.send_signal(signal.SIGINT)
        self.assertEqual(monitor.wait(), 0)

    def test_through_a_restart(self):
        monitor = self.start_monitor("--json")
        self.await_line(monitor, "listening")
        self.daemon.stop()
        self.await_line(monitor, "the service stopped")
        self.start_daemon()
        event = json.loads(self.await_line(monitor, "listening"))
        self.assertEqual(sorted(event),
                         ["correlation-id", "level", "message", "time", "topic"])
        monitor.send_signal(signal.SIGTERM)
        self.assertEqual(monitor.wait(), 0)

    def test_no_secrets(self):
        monitor = self.start_monitor("--json")
        self.await_line(monitor, "listening")
        seen = {}
        flow = Flow(self.daemon.issuer, seen)
        flow.run()
        self.assertEqual(flow.refresh().status, 200)
        flow.ask("POST", "/token", {"grant_type": "nonsense"})
        lines = []
        for line in monitor.stdout:
            lines.append(line)
            if "unsupported_grant_type" in line:
                break
        self.assertGreater(len(seen), 3)
        for value, what in seen.items():
            self.assertNotIn(value, "".join(lines), what)

    def test_nobody_reads(self):
        monitor = self.start_monitor()
        self.await_line(monitor, "listening")
        monitor.stdout.close()
        flow = Flow(self.daemon.issuer, {})
        flow.ask("POST", "/token", {"grant_type": "nonsense"})
        self.assertEqual(monitor.wait(), 1)


if __name__ == "__main__":
    unittest.main()
