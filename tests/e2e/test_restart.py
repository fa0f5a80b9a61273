# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The service is restarted amid requests, and nobody notices."""

import http.client
import pathlib
import sys
import threading
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from daemon_process import Home, LIMIT_S  # noqa: E402
from oauth_flow import Flow  # noqa: E402
from raw_mcp_server import RawMcpServer  # noqa: E402
from service_manager import ServiceManager  # noqa: E402

N_RESTARTS = 5
N_CALLERS = 4


class Caller(threading.Thread):
    """Asks again and again until it is told to stop."""

    def __init__(self, address, token, keep_alive):
        super().__init__(daemon=True)
        self.address, self.token, self.keep_alive = address, token, keep_alive
        self.n_answers, self.faults = 0, []
        self._enough = threading.Event()

    def run(self):
        connection = None
        while not self._enough.is_set():
            try:
                if not self.keep_alive or connection is None:
                    if connection is not None:
                        connection.close()
                    connection = http.client.HTTPConnection(self.address, timeout=LIMIT_S)
                connection.request("POST", "/mcp", "{}", {
                    "Authorization": f"Bearer {self.token}", "Content-Type": "application/json"})
                answer = connection.getresponse()
                answer.read()
                if answer.status != 200:
                    self.faults.append(f"HTTP {answer.status}")
                self.n_answers += 1
            except (OSError, http.client.HTTPException) as fault:
                self.faults.append(repr(fault))
                connection.close()
        connection.close()

    def end(self):
        self._enough.set()
        self.join(LIMIT_S)


class Answering(threading.Thread):
    """The MCP server says yes to everything."""

    def __init__(self, mcp):
        super().__init__(daemon=True)
        self._mcp = mcp

    def run(self):
        while True:
            exchange = self._mcp.next(limit_s=None)
            if exchange is None:
                return
            exchange.reply(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                           b"Content-Length: 2\r\n\r\n{}")


class RestartTest(unittest.TestCase):
    def setUp(self):
        self.mcp = RawMcpServer()
        self.addCleanup(self.mcp.stop)
        self.home = Home()
        self.addCleanup(self.home.remove)
        self.home.write_config(f"[resource]\nupstream={self.mcp.url}\n")
        self.manager = ServiceManager(self.home)
        self.addCleanup(self.manager.stop)
        self.client = Flow(f"http://{self.manager.address}")
        self.client.run()

    def test_no_request_fails(self):
        Answering(self.mcp).start()
        callers = [Caller(self.manager.address, self.client.access_token, i % 2 == 0)
                   for i in range(N_CALLERS)]
        for caller in callers:
            caller.start()
        for number in range(1, N_RESTARTS + 1):
            self.manager.await_daemon(number).await_ready()
            code, log = self.manager.restart()
            self.assertEqual(code, 0, log)
        self.manager.await_daemon(N_RESTARTS + 1).await_ready()
        for caller in callers:
            caller.end()
        self.assertEqual([caller.faults for caller in callers], [[]] * N_CALLERS)
        self.assertGreater(min(caller.n_answers for caller in callers), N_RESTARTS)

    def test_a_stream_ends_well_and_goes_on(self):
        self.manager.await_daemon(1).await_ready()
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n"
        events = [b"id: 7\ndata: a\n\n", b"id: 8\ndata: b\n\n"]
        headers = {"Authorization": f"Bearer {self.client.access_token}",
                   "Accept": "text/event-stream"}
        connection = http.client.HTTPConnection(self.manager.address, timeout=LIMIT_S)
        self.addCleanup(connection.close)
        connection.request("GET", "/mcp", headers=headers)
        exchange = self.mcp.next()
        exchange.say(head + b"\r\n%x\r\n%s\r\n" % (len(events[0]), events[0]))
        answer = connection.getresponse()
        self.assertEqual(answer.read(len(events[0])), events[0])
        self.assertEqual(self.manager.restart()[0], 0)
        # A stream that was cut would be an IncompleteRead here.
        self.assertEqual(answer.read(), b"")
        self.assertTrue(exchange.is_cut())
        connection.close()

        connection.request("GET", "/mcp", headers={**headers, "Last-Event-ID": "7"})
        exchange = self.mcp.next()
        self.assertEqual(exchange.values("Last-Event-ID"), ["7"])
        exchange.reply(head + b"\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(events[1]), events[1]))
        self.assertEqual(connection.getresponse().read(), events[1])

    def test_nobody_has_to_sign_in_again(self):
        self.manager.await_daemon(1).await_ready()
        old = self.client.refresh_token
        self.manager.restart()
        self.assertEqual(self.client.refresh(old).status, 200)


if __name__ == "__main__":
    unittest.main()
