# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Whatever is stopped (SIGSTOP) or killed: a clear error in bounded time, then all goes on.

One test for each of service, keyring, bus, MCP server, browser and calling app, and each way. Nothing
is restarted that need not be; what was allowed and signed in before is good afterwards.
"""

import http.client
import os
import pathlib
import re
import signal
import subprocess
import sys
import time
import unittest

from gi.repository import Gio, GLib

sys.dont_write_bytecode = True
E2E = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(E2E), str(E2E.parent / "tools")]

import session_parts  # noqa: E402
from daemon_process import Home, LIMIT_S  # noqa: E402
from oauth_flow import HIDDEN_FIELD, Flow  # noqa: E402
from private_bus import NAME, PATH, PrivateBus, run_until  # noqa: E402
from service_manager import ServiceManager  # noqa: E402

CHECKED = re.compile(r'<input type="radio" name="(\w+)" value="([^"]*)" checked')
ERROR = NAME + ".Error."
PASSWORD = b"of the test"


def error_name(fault):
    return Gio.dbus_error_get_remote_error(fault) or fault.domain


class Process:
    """A child that talks to us by lines."""

    def __init__(self, *command):
        self._child = subprocess.Popen([sys.executable, "-B", *command],
                                       stdout=subprocess.PIPE, text=True)
        self.pid = self._child.pid

    def read_line(self):
        return self._child.stdout.readline().strip()

    def send(self, number):
        self._child.send_signal(number)
        if number == signal.SIGKILL:
            self._child.wait(LIMIT_S)

    def stop(self):
        self._child.kill()
        self._child.wait(LIMIT_S)
        self._child.stdout.close()


class RecoveryTest(unittest.TestCase):
    def setUp(self):
        self.home = Home()
        self.addCleanup(self.home.remove)
        self.bus = PrivateBus(str(self.home.path / "wake"))
        self.addCleanup(self.bus.stop)
        self.home.bus = self.bus.address
        self.house = session_parts.Household()
        self.addCleanup(self.house.__exit__, None, None, None)
        self.keyring = self.start_keyring()
        self.mcp = self.start_mcp_server("0")
        self.mcp_port = self.mcp.read_line()
        self.home.config.write_text(
            f"[resource]\nupstream=http://127.0.0.1:{self.mcp_port}/mcp\n"
            "[limits]\nanswer-timeout-ms=1000\n")
        self.manager = ServiceManager(self.home, environment={"BROWSER": "true"})
        self.addCleanup(self.manager.stop)
        self.caller = self.connect()
        self.allow_caller()
        self.client = Flow(f"http://{self.manager.address}")
        self.client.run()
        self.daemon = self.manager.await_daemon(1).await_ready()
        self.assert_all_is_well()

    def start_keyring(self):
        # It keeps the login keyring, so it opens the same one each time.
        environment = self.home.environment(XDG_DATA_HOME=str(self.home.path / "data"))
        return session_parts.start_keyring_daemon(self.house, environment, PASSWORD)

    def kill_keyring(self):
        self.keyring.kill()
        self.keyring.wait(LIMIT_S)

    def start_mcp_server(self, port):
        server = Process(str(E2E / "stoppable_mcp_server.py"), port)
        self.addCleanup(server.stop)
        return server

    def start_app(self):
        app = Process(str(E2E / "waiting_app.py"), self.bus.address)
        self.addCleanup(app.stop)
        self.assertTrue(app.read_line().startswith(PATH + "/request/"))
        return app

    def connect(self):
        caller = self.bus.connect()
        self.addCleanup(caller.close)
        return caller

    def press(self, url):
        """A browser opens the page, the person presses Allow: the status, if there is a button."""
        flow = Flow(f"http://{self.manager.address}")
        page = flow.ask("GET", url.removeprefix(flow.issuer))
        fields = dict(HIDDEN_FIELD.findall(page.body) + CHECKED.findall(page.body))
        return flow.press(fields).status if "tx" in fields else None

    def allow_caller(self):
        """For the session, which is as long as somebody like us can be allowed anything."""
        heard = {}
        self.caller.bus.signal_subscribe(
            None, NAME + ".Request1", None, None, None, 0,
            lambda *news: heard.setdefault(news[4], news[5].unpack()))
        self.caller.call(NAME + ".Broker1.RequestToken", "(sasa{sv})", "", [], {})
        run_until(lambda: "Progress" in heard, "the page")
        self.press(heard["Progress"][1]["url"])
        run_until(lambda: "Response" in heard, "the response")
        self.assertEqual(heard["Response"][0], 0, heard)

    def assert_all_is_well(self):
        self.assertIn("access-token", self.caller.get_token())
        self.assert_http_is_well()

    def assert_http_is_well(self):
        self.assertEqual(self.client.refresh().status, 200)
        self.assertEqual(self.client.call().status, 200)

    def refused(self, limit_s=LIMIT_S):
        """The name of the error of GetToken, which comes within the limit."""
        begun = time.monotonic()
        with self.assertRaises(GLib.Error) as refused:
            self.caller.get_token(limit_s=limit_s)
        self.assertLess(time.monotonic() - begun, limit_s + 1)
        return error_name(refused.exception)

    # The service.

    def test_service_stopped(self):
        self.daemon.send(signal.SIGSTOP)
        self.assertEqual(self.refused(limit_s=1), "g-io-error-quark")  # the caller's own limit
        connection = http.client.HTTPConnection(self.manager.address, timeout=LIMIT_S)
        self.addCleanup(connection.close)
        connection.request("GET", "/healthz")
        self.daemon.send(signal.SIGCONT)
        self.assertEqual(connection.getresponse().status, 200)  # late, not lost
        self.assert_all_is_well()
        self.assertEqual(len(self.manager.daemons), 1)

    def test_service_killed(self):
        for number in (2, 3):
            self.manager.daemons[-1].send(signal.SIGKILL)
            self.manager.daemons[-1].await_exit()
            if number == 2:
                self.assertIn("access-token", self.caller.get_token())  # the bus starts it
            else:
                self.assert_http_is_well()  # the socket does
            self.assert_all_is_well()
            self.assertEqual(len(self.manager.daemons), number)

    # The keyring.

    def test_keyring_stopped(self):
        self.keyring.send_signal(signal.SIGSTOP)
        self.addCleanup(self.keyring.send_signal, signal.SIGCONT)
        self.assert_all_is_well()  # the key is in memory
        self.assertEqual(self.manager.restart()[0], 0)
        self.assertEqual(self.refused(), ERROR + "KeyringLocked")
        self.assertEqual(self.client.refresh().status, 503)
        self.keyring.send_signal(signal.SIGCONT)
        daemon = self.manager.await_daemon(2)
        daemon.await_log("Signing with key")
        self.assert_all_is_well()
        self.assertEqual(len(self.manager.daemons), 2)

    def test_keyring_killed(self):
        self.kill_keyring()
        self.assert_all_is_well()
        self.assertEqual(self.manager.restart()[0], 0)
        self.assertIn(self.refused(), (ERROR + "KeyringMissing", ERROR + "KeyringLocked"))
        self.assertEqual(self.client.refresh().status, 503)
        self.start_keyring()
        self.manager.await_daemon(2).await_log("Signing with key")
        self.assert_all_is_well()
        self.assertEqual(len(self.manager.daemons), 2)

    # The bus.

    def test_bus_stopped(self):
        self.bus.process.send_signal(signal.SIGSTOP)
        self.addCleanup(self.bus.process.send_signal, signal.SIGCONT)
        self.assert_http_is_well()
        self.assertEqual(self.refused(limit_s=1), "g-io-error-quark")
        self.bus.process.send_signal(signal.SIGCONT)
        self.assert_all_is_well()
        self.assertEqual(len(self.manager.daemons), 1)

    def test_bus_killed(self):
        """The session is over: the service ends well and comes back with the next one."""
        self.bus.kill()
        self.assertIn(self.refused(limit_s=1), ("g-io-error-quark", "g-dbus-error-quark"))
        self.assertEqual(self.daemon.await_exit(), 0, self.daemon.log)
        self.assertIn("Stopping: the session bus is gone", self.daemon.log)
        self.bus.start()
        self.start_keyring()
        self.assert_http_is_well()
        self.caller = self.connect()
        self.assertEqual(self.refused(), ERROR + "InteractionRequired")  # was for the session
        self.allow_caller()
        self.assert_all_is_well()
        self.assertEqual(len(self.manager.daemons), 2)

    # The MCP server.

    def test_mcp_server_stopped(self):
        self.mcp.send(signal.SIGSTOP)
        reply = self.client.call()
        self.assertEqual((reply.status, reply.json()["error"]), (504, "gateway_timeout"))
        self.assertIn("access-token", self.caller.get_token())
        self.mcp.send(signal.SIGCONT)
        self.assert_all_is_well()

    def test_mcp_server_killed(self):
        self.mcp.send(signal.SIGKILL)
        reply = self.client.call()
        self.assertEqual((reply.status, reply.json()["error"]), (502, "bad_gateway"))
        self.assertEqual(self.start_mcp_server(self.mcp_port).read_line(), self.mcp_port)
        self.assert_all_is_well()

    # The browser. /dbus/request/ends-when-it-is-too-old has the 10 minutes of a request.

    def test_browser_closed(self):
        """The page was open and is gone: the request is open, and another page can answer it."""
        app = self.start_app()
        url = app.read_line()
        flow = Flow(f"http://{self.manager.address}")
        self.assertEqual(flow.ask("GET", url.removeprefix(flow.issuer)).status, 200)
        del flow
        self.assertIn("access-token", self.caller.get_token())
        self.assertIn(self.press(url), (200, 303))
        self.assertEqual(app.read_line(), "0")

    def test_browser_closed_amid_a_login(self):
        client = Flow(f"http://{self.manager.address}")
        client.register()
        client.open_page()
        client.cookies.clear()
        client.take_code(client.press(client.open_page()))
        self.assertEqual(client.redeem().status, 200)
        self.assert_all_is_well()

    # The app that asks.

    def test_app_stopped(self):
        app = self.start_app()
        url = app.read_line()
        app.send(signal.SIGSTOP)
        self.assertIn(self.press(url), (200, 303))
        self.assert_all_is_well()
        app.send(signal.SIGCONT)
        self.assertEqual(app.read_line(), "0")

    def test_app_killed(self):
        app = self.start_app()
        url = app.read_line()
        app.send(signal.SIGKILL)
        self.assert_all_is_well()
        self.assertIsNone(self.press(url))  # nothing to press any more

    def test_http_client_stopped(self):
        """Somebody who sends half a request and nothing more holds nobody up."""
        connection = http.client.HTTPConnection(self.manager.address, timeout=LIMIT_S)
        self.addCleanup(connection.close)
        connection.putrequest("POST", "/mcp")
        connection.putheader("Content-Length", "10")
        connection.endheaders()
        self.assert_all_is_well()


if __name__ == "__main__":
    os.environ.pop("DBUS_SESSION_BUS_ADDRESS", None)
    program = unittest.main(exit=False)
    n_bad = len(program.result.failures) + len(program.result.errors)
    print(f"{program.result.testsRun - n_bad} passed, {n_bad} failed, 0 skipped")
    sys.exit(n_bad != 0)
