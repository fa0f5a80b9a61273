# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The MCP server that the service starts itself, over standard input and output."""

import http.client
import json
import os
import pathlib
import select
import signal
import sys
import time
import unittest
import urllib.parse

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from daemon_process import Daemon, Home, LIMIT_S  # noqa: E402
from oauth_flow import Flow  # noqa: E402

SERVER = os.environ["BMA_STDIO_SERVER"]
BOTH = "application/json, text/event-stream"
NEW = "2026-07-28"


class Process:
    """One that is not ours; it is the same one also when its number is given away again."""

    def __init__(self, pid):
        self.pid = pid
        self._descriptor = os.pidfd_open(pid)

    def kill(self):
        signal.pidfd_send_signal(self._descriptor, signal.SIGKILL)

    def await_end(self):
        """It counts as ended for whoever looks at it, reaped or not."""
        poll = select.poll()
        poll.register(self._descriptor, select.POLLIN)
        readable = poll.poll(LIMIT_S * 1000)
        os.close(self._descriptor)
        if not readable:
            raise AssertionError(f"{self.pid} does not end")


def await_true(ask):
    """Asks again and again."""
    deadline = time.monotonic() + LIMIT_S
    while not ask():
        if time.monotonic() > deadline:
            raise AssertionError("it does not come true")


class Reply:
    def __init__(self, connection, whole):
        self.connection, self.response = connection, connection.getresponse()
        self.status, self.headers = self.response.status, self.response.headers
        self.body = self.response.read() if whole else None
        if whole:
            self.leave()

    def leave(self):
        self.response.close()
        self.connection.close()

    @property
    def json(self):
        return json.loads(self.body)

    def event(self):
        """The next event of a stream; None at its end."""
        data = None
        for line in self.response:
            text = line.decode().rstrip("\n")
            if text.startswith("data: "):
                data = json.loads(text.removeprefix("data: "))
            elif not text and data is not None:
                return data
        return None


class UpstreamCase(unittest.TestCase):
    command = f"'{SERVER}'"
    settings = ""

    @classmethod
    def setUpClass(cls):
        cls.home = Home()
        cls.addClassCleanup(cls.home.remove)
        cls.write_config(cls.command)
        cls.daemon = Daemon(cls.home)
        cls.addClassCleanup(cls.daemon.stop)
        cls.daemon.await_ready()
        cls.daemon.await_log("Signing with key")
        cls.flow = cls.sign_in()

    @classmethod
    def write_config(cls, command):
        cls.home.write_config(f"[resource]\ncommand={command}\n{cls.settings}")

    @classmethod
    def sign_in(cls):
        flow = Flow(cls.daemon.issuer)
        flow.run()
        return flow

    def ask(self, method="POST", body=None, flow=None, whole=True, **headers):
        connection = http.client.HTTPConnection(
            urllib.parse.urlsplit(self.daemon.issuer).netloc, timeout=LIMIT_S)
        self.addCleanup(connection.close)
        fields = {"Authorization": f"Bearer {(flow or self.flow).access_token}",
                  "Accept": BOTH}
        if body is not None:
            fields["Content-Type"] = "application/json"
            body = body if isinstance(body, bytes) else json.dumps(body, separators=(",", ":"))
        fields.update({name.replace("_", "-"): value for name, value in headers.items()})
        connection.request(method, "/mcp", body, fields)
        return Reply(connection, whole)

    def call(self, method, number=1, params=None, **headers):
        return self.ask(body={"jsonrpc": "2.0", "id": number, "method": method,
                              "params": params or {}}, **headers)

    def initialize(self, **headers):
        reply = self.call("initialize", **headers)
        self.assertEqual(reply.status, 200, reply.body)
        return reply.headers["Mcp-Session-Id"]

    def upstream_state(self):
        return json.loads(self.daemon.get("/status")[1])["upstream"]

    def process_of(self, session, method="test/pid", **options):
        reply = self.call(method, Mcp_Session_Id=session, **options)
        return Process(int(reply.json["result"]["text"]))


class SessionTest(UpstreamCase):
    def test_from_initialize_to_delete(self):
        reply = self.call("initialize", 7)
        self.assertEqual(reply.headers.get_content_type(), "application/json")
        self.assertEqual(reply.json["id"], 7)
        self.assertEqual(reply.json["result"]["protocolVersion"], "2025-11-25")
        session = reply.headers["Mcp-Session-Id"]
        self.assertGreaterEqual(len(session), 32)
        reply = self.ask(body={"jsonrpc": "2.0", "method": "notifications/initialized"},
                         Mcp_Session_Id=session)
        self.assertEqual((reply.status, reply.body), (202, b""))
        self.assertEqual(self.upstream_state(), "running")
        process = self.process_of(session)
        self.assertEqual(self.ask("DELETE", Mcp_Session_Id=session).status, 204)
        self.assertEqual(self.call("ping", Mcp_Session_Id=session).status, 404)
        process.await_end()

    def test_refusals(self):
        session = self.initialize()
        message = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
        for status, options in (
                (400, {"body": message}),
                (404, {"body": message, "Mcp_Session_Id": "0" * 64}),
                (400, {"body": message, "Mcp_Session_Id": session,
                       "MCP_Protocol_Version": "2025-06-18"}),
                (400, {"body": b"{", "Mcp_Session_Id": session}),
                (400, {"body": b"[]", "Mcp_Session_Id": session}),
                (406, {"body": message, "Mcp_Session_Id": session, "Accept": "text/html"}),
                (415, {"body": message, "Mcp_Session_Id": session,
                       "Content_Type": "text/plain"}),
                (400, {"method": "GET"}),
                (406, {"method": "GET", "Mcp_Session_Id": session,
                       "Accept": "application/json"}),
                (400, {"method": "DELETE"}),
                (405, {"method": "GET", "MCP_Protocol_Version": NEW}),
                (400, {"body": message, "MCP_Protocol_Version": NEW})):
            with self.subTest(options):
                self.assertEqual(self.ask(**options).status, status)

    def test_progress_comes_on_the_stream_of_its_request(self):
        session = self.initialize()
        reply = self.call("test/progress", "a", {"_meta": {"progressToken": "p"}},
                          whole=False, Mcp_Session_Id=session)
        self.assertEqual(reply.headers.get_content_type(), "text/event-stream")
        self.assertEqual(reply.event()["params"]["progressToken"], "p")
        self.assertEqual(reply.event()["id"], "a")
        self.assertIsNone(reply.event())

    def test_the_server_asks_the_client(self):
        session = self.initialize()
        reply = self.call("test/ask", whole=False, Mcp_Session_Id=session)
        asked = reply.event()
        self.assertEqual(asked["method"], "roots/list")
        said = self.ask(body={"jsonrpc": "2.0", "id": asked["id"], "result": {"roots": []}},
                        Mcp_Session_Id=session)
        self.assertEqual(said.status, 202)
        self.assertEqual(reply.event()["params"]["data"], "answered")

    def test_listening(self):
        session = self.initialize()
        silent = self.ask("GET", whole=False, Mcp_Session_Id=session)
        stream = self.ask("GET", whole=False, Mcp_Session_Id=session)
        # Whoever listens last does.
        self.assertIsNone(silent.event())
        self.ask(body={"jsonrpc": "2.0", "id": "none", "result": {}}, Mcp_Session_Id=session)
        self.assertEqual(stream.event()["params"]["data"], "answered")

    def test_sessions_belong_to_grants(self):
        session = self.initialize()
        other = self.sign_in()
        for method in ("GET", "DELETE"):
            self.assertEqual(self.ask(method, flow=other, Mcp_Session_Id=session).status, 403)
        self.assertEqual(self.call("ping", flow=other, Mcp_Session_Id=session).status, 403)
        self.assertEqual(self.call("ping", Mcp_Session_Id=session).status, 200)

    def test_a_revoked_grant_ends_its_sessions(self):
        flow = self.sign_in()
        session = self.initialize(flow=flow)
        process = self.process_of(session, flow=flow)
        stream = self.ask("GET", whole=False, flow=flow, Mcp_Session_Id=session)
        flow.ask("POST", "/revoke", {"token": flow.refresh_token,
                                     "client_id": flow.client_id})
        with self.assertRaises((http.client.IncompleteRead, ConnectionError, ValueError)):
            if stream.event() is None:
                raise ValueError("it ended")
        process.await_end()

    def test_requests_that_stand_alone(self):
        headers = {"MCP_Protocol_Version": NEW, "Mcp_Method": "test/pid"}
        first = self.call("test/pid", 1, **headers)
        second = self.call("test/pid", 1, **headers)
        self.assertEqual(first.status, 200)
        self.assertNotIn("Mcp-Session-Id", first.headers)
        self.assertEqual(first.json["result"], second.json["result"])

    def test_leaving_cancels_what_stands_alone(self):
        """B4.5: seen by another request at the same server, which hears of it."""
        headers = {"MCP_Protocol_Version": NEW, "Mcp_Method": "test/wait",
                   "flow": self.sign_in(), "whole": False}
        params = {"_meta": {"progressToken": 1}}
        first = self.call("test/wait", 1, params, **headers)
        second = self.call("test/wait", 1, params, **headers)
        for stream in first, second:
            self.assertEqual(stream.event()["params"], {"progressToken": 1, "progress": 1})
        first.leave()
        self.assertEqual(second.event()["params"]["data"], "cancelled 1")

    def test_a_batch(self):
        session = self.initialize()
        batch = [{"jsonrpc": "2.0", "id": 1, "method": "a"},
                 {"jsonrpc": "2.0", "id": 2, "method": "b"}]
        reply = self.ask(body=batch, Mcp_Session_Id=session, Accept="application/json")
        self.assertEqual([one["id"] for one in reply.json], [1, 2])
        reply = self.ask(body=batch, Mcp_Session_Id=session, whole=False)
        self.assertEqual([reply.event()["id"], reply.event()["id"]], [1, 2])

    def test_killed_in_mid_session(self):
        session = self.initialize()
        process = self.process_of(session)
        stream = self.call("test/ask", whole=False, Mcp_Session_Id=session)
        stream.event()
        process.kill()
        process.await_end()
        self.assertEqual(stream.event()["error"]["code"], -32000)
        self.assertIsNone(stream.event())
        self.assertEqual(self.call("ping", Mcp_Session_Id=session).status, 404)
        await_true(lambda: self.call("initialize").status == 200)

    def test_a_slow_reader(self):
        session = self.initialize()
        slow = self.call("test/many", whole=False, Mcp_Session_Id=session)
        n_events = 0
        while "id" not in slow.event():
            n_events += 1
        self.assertEqual(n_events, 20000)

    def test_no_credentials_in_its_environment(self):
        session = self.initialize()
        names = self.call("test/environment", Mcp_Session_Id=session).json["result"]["names"]
        self.assertIn("PATH", names)
        self.assertNotIn("NOTIFY_SOCKET", names)


class FailureTest(UpstreamCase):
    command = f"'{SERVER}' crash"

    def test_crash_at_start_then_another_command(self):
        reply = self.call("initialize")
        self.assertEqual(reply.status, 502)
        self.daemon.await_log("upstream: no database|upstream: .*no database")
        reply = self.call("initialize")
        self.assertIn(reply.status, (502, 503))
        if reply.status == 503:
            self.assertEqual(reply.json["error"], "temporarily_unavailable")
            self.assertIn("doctor", reply.json["error_description"])
            self.assertGreaterEqual(int(reply.headers["Retry-After"]), 1)
        self.assertEqual(self.upstream_state(), "failed")
        self.write_config(f"'{SERVER}'")
        self.daemon.send(signal.SIGHUP)
        self.daemon.await_log("Reloaded")
        self.assertEqual(self.upstream_state(), "stopped")
        self.initialize()


class EndTest(UpstreamCase):
    def test_nothing_is_left_when_the_service_is_killed(self):
        session = self.initialize()
        process = self.process_of(session)
        left_behind = self.process_of(session, "test/leave-behind")
        self.daemon.send(signal.SIGKILL)
        process.await_end()
        left_behind.await_end()


if __name__ == "__main__":
    unittest.main()
