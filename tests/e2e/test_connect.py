# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""biomcp-auth connect, between a program of lines and a server that fails when a test wants."""

import json
import os
import pathlib
import queue
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from fake_broker import LIMIT_S, FakeBroker  # noqa: E402

VERSION = "2025-11-25"
MODERN = {"io.modelcontextprotocol/protocolVersion": "2026-07-28"}


def message(number=None, method=None, **more):
    return {"jsonrpc": "2.0", **({} if number is None else {"id": number}),
            **({} if method is None else {"method": method}), **more}


class Program:
    """What starts the bridge, and speaks in lines."""

    def __init__(self, bus, *arguments):
        # Node gives its children sockets instead of pipes, too.
        self._output, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                [os.environ["BMA_CLI"], "connect", *arguments], stdin=subprocess.PIPE,
                stdout=theirs, stderr=subprocess.PIPE,
                env={**os.environ, "DBUS_SESSION_BUS_ADDRESS": bus})
        self._lines = queue.Queue()
        self.log = b""
        self._threads = [threading.Thread(target=work, daemon=True)
                         for work in (self._read_lines, self._read_log)]
        self.reads = threading.Event()
        self.reads.set()
        for thread in self._threads:
            thread.start()

    def _read_lines(self):
        with self._output.makefile("rb") as lines:
            for line in lines:
                self._lines.put(line)
                self.reads.wait()

    def _read_log(self):
        for line in self.process.stderr:
            self.log += line

    def say(self, *messages):
        for one in messages:
            text = one if isinstance(one, bytes) else json.dumps(one).encode()
            self.process.stdin.write(text + b"\n")
        self.process.stdin.flush()

    def hear(self):
        return json.loads(self._lines.get(timeout=LIMIT_S))

    def leave(self):
        """Reads no more, for ever."""
        self._output.shutdown(socket.SHUT_RDWR)

    def end(self):
        self.process.stdin.close()
        return self.process.wait(LIMIT_S)

    def stop(self):
        self.reads.set()
        self._output.shutdown(socket.SHUT_RDWR)
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(LIMIT_S)
        for thread in self._threads:
            thread.join(LIMIT_S)
        for stream in (self.process.stdin, self._output, self.process.stderr):
            try:
                stream.close()
            except BrokenPipeError:
                pass
        if b"Sanitizer" in self.log:
            raise AssertionError(self.log.decode())


class ConnectCase(unittest.TestCase):
    def setUp(self):
        self.broker = FakeBroker()
        self.addCleanup(self.broker.stop)

    def start(self, *arguments):
        program = Program(self.broker.address, *arguments)
        self.addCleanup(program.stop)
        return program

    def take(self, method):
        """The next request, which has to be a message of this method."""
        request = self.broker.next()
        self.assertTrue(request.line.startswith("POST "), request.line)
        self.assertEqual(json.loads(request.body).get("method"), method)
        return request

    def take_start(self, session="s1"):
        """Answers "initialize"."""
        request = self.take("initialize")
        number = json.loads(request.body)["id"]
        request.reply(body=json.dumps(message(number, result={"protocolVersion": VERSION})),
                      Mcp_Session_Id=session)
        return request

    def start_session(self, listens=False):
        """A program with a session; gives it and the GET of its listener."""
        program = self.start()
        program.say(message(0, "initialize", params={"protocolVersion": VERSION}))
        self.take_start()
        self.assertEqual(program.hear()["result"], {"protocolVersion": VERSION})
        program.say(message(None, "notifications/initialized"))
        self.take("notifications/initialized").reply("202 Accepted")
        listener = self.broker.next()
        self.assertTrue(listener.line.startswith("GET "))
        if listens:
            listener.stream()
        else:
            listener.reply("405 Method Not Allowed")
        return program, listener


class SessionTest(ConnectCase):
    def test_what_a_session_says(self):
        program, _ = self.start_session()
        program.say(message(1, "tools/list"))
        request = self.take("tools/list")
        self.assertEqual(request.line, "POST /mcp HTTP/1.1")
        self.assertEqual(request.headers["host"], "localhost")
        self.assertEqual(request.headers["mcp-session-id"], "s1")
        self.assertEqual(request.headers["mcp-protocol-version"], VERSION)
        self.assertNotIn("authorization", request.headers)
        self.assertNotIn("mcp-method", request.headers)
        request.reply(body='{"jsonrpc":"2.0",\n"id":1,"result":{"a":1}}')
        self.assertEqual(program.hear(), message(1, result={"a": 1}))

    def test_end_of_input_ends_the_session(self):
        program, _ = self.start_session()
        program.process.stdin.close()
        request = self.broker.next()
        self.assertEqual(request.line, "DELETE /mcp HTTP/1.1")
        self.assertEqual(request.headers["mcp-session-id"], "s1")
        request.reply("200 OK")
        self.assertEqual(program.process.wait(LIMIT_S), 0)

    def test_a_signal_ends_it_too(self):
        program, _ = self.start_session()
        program.say(message(1, "tools/list"))
        self.take("tools/list")
        program.process.send_signal(signal.SIGTERM)
        self.assertTrue(self.broker.next().line.startswith("DELETE "))
        self.assertEqual(program.process.wait(LIMIT_S), 0)

    def test_answers_under_way_are_waited_for(self):
        program, _ = self.start_session()
        program.say(message(1, "tools/call"), message(2, "tools/call"))
        program.process.stdin.close()
        for _ in range(2):
            request = self.take("tools/call")
            number = json.loads(request.body)["id"]
            request.reply(body=json.dumps(message(number, result={})))
        self.assertEqual({program.hear()["id"], program.hear()["id"]}, {1, 2})
        self.broker.next().reply()
        self.assertEqual(program.process.wait(LIMIT_S), 0)

    def test_what_the_server_says_by_itself(self):
        program, listener = self.start_session(listens=True)
        listener.event("", 1)
        note = message(None, "notifications/tools/list_changed")
        listener.event(json.dumps(note), 2)
        self.assertEqual(program.hear(), note)
        listener.cut()
        again = self.broker.next()
        self.assertEqual(again.headers["last-event-id"], "2")

    def test_the_server_may_ask_in_the_middle_of_a_call(self):
        program, _ = self.start_session()
        program.say(message(1, "tools/call"))
        call = self.take("tools/call")
        call.stream()
        question = message("q", "sampling/createMessage")
        call.event(json.dumps(question))
        self.assertEqual(program.hear(), question)
        program.say(message("q", result={"text": "x"}))
        answer = self.broker.next()
        self.assertEqual(json.loads(answer.body), message("q", result={"text": "x"}))
        answer.reply("202 Accepted")
        call.event(json.dumps(message(1, result={})))
        self.assertEqual(program.hear(), message(1, result={}))

    def test_cancelling_is_passed_on(self):
        program, _ = self.start_session()
        program.say(message(1, "tools/call"))
        self.take("tools/call")
        program.say(message(None, "notifications/cancelled", params={"requestId": 1}))
        self.take("notifications/cancelled").reply("202 Accepted")

    def test_what_was_cancelled_is_not_sent_again(self):
        program, _ = self.start_session()
        program.say(message(1, "tools/call"))
        self.take("tools/call").reply(
            "403 Forbidden", "{}",
            WWW_Authenticate='Bearer error="insufficient_scope", scope="mcp:write"')
        question = self.broker.questions.get(timeout=LIMIT_S)
        program.say(message(None, "notifications/cancelled", params={"requestId": 1}),
                    message(2, "tools/call"))
        request = self.take("tools/call")
        self.assertEqual(json.loads(request.body)["id"], 2)
        self.broker.questions.put(question)
        self.broker.answer(0)
        # While there is no session.
        request.reply("404 Not Found", "{}")
        request = self.take("initialize")
        program.say(message(None, "notifications/cancelled", params={"requestId": 2}),
                    message(3, "ping"))
        # Lines are read in order, and one that is none is answered at once.
        program.say(b"nonsense")
        self.assertEqual(program.hear()["error"]["code"], -32700)
        number = json.loads(request.body)["id"]
        request.reply(body=json.dumps(message(number, result={"protocolVersion": VERSION})),
                      Mcp_Session_Id="s2")
        self.take("notifications/initialized").reply("202 Accepted")
        self.take("ping")

    def test_initialize_is_not_cancelled(self):
        program = self.start()
        program.say(message(0, "initialize", params={"protocolVersion": VERSION}))
        request = self.take("initialize")
        program.say(message(None, "notifications/cancelled", params={"requestId": 0}),
                    message(1, "ping"))
        request.reply(body=json.dumps(message(0, result={"protocolVersion": VERSION})))
        self.assertEqual(program.hear()["id"], 0)
        self.take("ping").reply(body=json.dumps(message(1, result={})))
        self.assertEqual(program.hear(), message(1, result={}))

    def test_a_new_session_is_tried_again(self):
        program, _ = self.start_session()
        for number in (1, 2):
            program.say(message(number, "tools/call"))
            request = self.take("tools/call")
            self.assertEqual(request.headers.get("mcp-session-id"), "s1")
            request.reply("404 Not Found", "{}")
            if number == 1:
                self.take("initialize").reply("500 Internal Server Error", "{}")
                self.assertIn("error", program.hear())
        self.take_start("s2")

    def check_forgotten(self, status):
        program, _ = self.start_session()
        program.say(message(1, "tools/call"))
        self.take("tools/call").reply(status, json.dumps(message(
            error={"code": -32000, "message": "No valid session ID"})))
        renewal = self.take_start("s2")
        self.assertEqual(json.loads(renewal.body)["params"], {"protocolVersion": VERSION})
        self.assertNotIn("mcp-session-id", renewal.headers)
        note = self.take("notifications/initialized")
        self.assertEqual(note.headers["mcp-session-id"], "s2")
        note.reply("202 Accepted")
        again = self.take("tools/call")
        self.assertEqual(again.headers["mcp-session-id"], "s2")
        again.reply(body=json.dumps(message(1, result={})))
        self.assertEqual(program.hear(), message(1, result={}))

    def test_the_server_forgets_the_session(self):
        self.check_forgotten("404 Not Found")

    def test_some_servers_say_it_in_another_way(self):
        self.check_forgotten("400 Bad Request")


class ModernTest(ConnectCase):
    def test_headers_say_what_the_message_says(self):
        program = self.start()
        program.say(message(1, "tools/call", params={"name": "é", "_meta": MODERN}))
        request = self.take("tools/call")
        self.assertEqual(request.headers["mcp-protocol-version"], "2026-07-28")
        self.assertEqual(request.headers["mcp-method"], "tools/call")
        self.assertEqual(request.headers["mcp-name"], "=?base64?w6k=?=")
        self.assertNotIn("mcp-session-id", request.headers)
        request.reply(body=json.dumps(message(1, result={})))
        self.assertEqual(program.hear(), message(1, result={}))
        self.assertEqual(program.end(), 0)

    def test_arguments_that_the_server_wants_in_headers(self):
        schema = {"type": "object", "properties": {
            "region": {"type": "string", "x-mcp-header": "Region"},
            "deep": {"type": "object", "properties": {
                "n": {"type": "integer", "x-mcp-header": "N"},
                "yes": {"type": "boolean", "x-mcp-header": "Yes"}}},
            "ratio": {"type": "number", "x-mcp-header": "Ratio"},
            "evil": {"type": "string", "x-mcp-header": "A: b\r\nEvil"},
            "absent": {"type": "string", "x-mcp-header": "Absent"}}}
        program = self.start()
        program.say(message(1, "tools/list", params={"_meta": MODERN}))
        self.take("tools/list").reply(body=json.dumps(message(1, result={
            "tools": [{"name": "plain"}, {"name": "t", "inputSchema": schema}]})))
        program.hear()
        program.say(message(2, "tools/call", params={"name": "t", "_meta": MODERN, "arguments": {
            "region": "é", "deep": {"n": -7, "yes": True}, "ratio": 1, "evil": "x"}}))
        request = self.take("tools/call")
        found = {name: value for name, value in request.headers.items()
                 if name.startswith("mcp-param-") or name == "evil"}
        self.assertEqual(found, {"mcp-param-region": "=?base64?w6k=?=", "mcp-param-n": "-7",
                                 "mcp-param-yes": "true"})

    def test_cancelling_closes_the_stream(self):
        program = self.start()
        program.say(message(1, "tools/call", params={"name": "a", "_meta": MODERN}))
        request = self.take("tools/call")
        request.stream()
        program.say(message(None, "notifications/cancelled", params={"requestId": 1}))
        program.say(message(2, "tools/call", params={"name": "b", "_meta": MODERN}))
        self.take("tools/call").reply(body=json.dumps(message(2, result={})))
        self.assertEqual(program.hear()["id"], 2)
        with self.assertRaises(BrokenPipeError):
            while True:
                request.event(json.dumps(message(1, result={})))

    def test_errors_of_the_server_get_their_id(self):
        """Clients tell by them which protocol a server speaks."""
        program = self.start()
        program.say(message("x", "server/discover", params={"_meta": MODERN}))
        error = {"code": -32022, "message": "No", "data": {"supported": [VERSION]}}
        self.take("server/discover").reply("400 Bad Request", json.dumps(
            {"jsonrpc": "2.0", "id": None, "error": error}))
        self.assertEqual(program.hear(), message("x", error=error))


class FailureTest(ConnectCase):
    def expect_error(self, program, number, pattern):
        heard = program.hear()
        self.assertEqual(heard["id"], number)
        self.assertRegex(heard["error"]["message"], pattern)

    def test_bad_lines(self):
        program = self.start()
        for line, code in ((b"nonsense", -32700), (b"\xff", -32700), (b"[]", -32600),
                           (b"x" * (4 * 1024 * 1024 + 1), -32700), (b"{}", -32600)):
            program.say(line)
            heard = program.hear()
            self.assertEqual((heard["id"], heard["error"]["code"]), (None, code))
        program.say(b"", message(1, "ping"))
        self.take("ping").reply(body=json.dumps(message(1, result={})))
        self.assertEqual(program.hear()["id"], 1)

    def test_a_call_is_not_made_twice(self):
        program, _ = self.start_session()
        program.say(message(1, "tools/call"))
        self.take("tools/call").cut()
        self.expect_error(program, 1, "nobody can know whether")
        program.say(message(2, "tools/list"))
        self.take("tools/list").cut()
        self.take("tools/list").reply(body=json.dumps(message(2, result={})))
        self.assertEqual(program.hear(), message(2, result={}))

    def test_a_call_that_did_not_arrive_is_made_again(self):
        program, _ = self.start_session()
        program.say(message(1, "tools/call"))
        self.take("tools/call").reply("502 Bad Gateway", '{"error":"bad_gateway"}',
                                      Retry_After="1")
        self.take("tools/call").reply("502 Bad Gateway", json.dumps(
            {"error": "bad_gateway", "error_description": "it broke"}))
        self.expect_error(program, 1, "HTTP 502, it broke")

    def test_words_of_the_server_do_nothing_to_a_terminal(self):
        program, _ = self.start_session()
        program.say(message(1, "tools/call"))
        self.take("tools/call").reply("500 Internal Server Error", json.dumps(
            {"error": "x", "error_description": "\x1b[2Jgone"}))
        self.expect_error(program, 1, "gone")
        program.process.stdin.close()
        self.broker.next().reply()
        self.assertEqual(program.process.wait(LIMIT_S), 0)
        program._threads[1].join(LIMIT_S)
        self.assertIn(b"gone", program.log)
        self.assertNotIn(b"\x1b", program.log)

    def test_a_stream_goes_on_where_it_broke(self):
        program, _ = self.start_session()
        program.say(message(1, "tools/call"))
        call = self.take("tools/call")
        call.stream()
        call.event("", 7)
        call.cut()
        again = self.broker.next()
        self.assertTrue(again.line.startswith("GET "))
        self.assertEqual(again.headers["last-event-id"], "7")
        again.stream()
        again.event(json.dumps(message(1, result={})), 8)
        self.assertEqual(program.hear(), message(1, result={}))
        # The second time is once too often.
        again.event(json.dumps(message(1, result={})), 9)
        again.end()
        program.say(message(2, "ping"))
        self.take("ping").reply(body=json.dumps(message(2, result={})))
        self.assertEqual(program.hear()["id"], 2)

    def test_an_answer_that_is_no_http(self):
        program, _ = self.start_session()
        program.say(message(1, "tools/call"))
        request = self.take("tools/call")
        request.send(b"SSH-2.0-x\r\n")
        self.expect_error(program, 1, "nobody can know")

    def test_the_bus_ends_and_comes_back(self):
        with tempfile.TemporaryDirectory() as folder:
            first = FakeBroker(f"unix:path={folder}/bus")
            program = Program(first.address)
            self.addCleanup(program.stop)
            program.say(message(1, "ping"))
            first.next().reply(body=json.dumps(message(1, result={})))
            self.assertEqual(program.hear()["id"], 1)
            first.stop()
            program.say(message(2, "ping"))
            self.expect_error(program, 2, "no session bus")
            second = FakeBroker(first.address)
            self.addCleanup(second.stop)
            program.say(message(3, "ping"))
            second.next().reply(body=json.dumps(message(3, result={})))
            self.assertEqual(program.hear()["id"], 3)

    def test_nobody_has_the_name(self):
        self.broker.leave()
        program = self.start()
        program.say(message(1, "ping"))
        self.expect_error(program, 1, "not installed")

    def test_a_resource_of_others(self):
        self.broker.errors = ["InvalidResource"]
        program = self.start("https://example.com/mcp")
        program.say(message(1, "ping"))
        self.expect_error(program, 1, "Of the test")

    def test_nobody_reads(self):
        """Then the server has to wait, and in the end nothing is missing."""
        program, _ = self.start_session()
        program.reads.clear()
        program.say(message(1, "tools/call"))
        call = self.take("tools/call")
        call.stream()
        note = message(None, "notifications/x", params={"text": "x" * 100_000})
        sent = []

        def pour():
            for _ in range(100):
                call.event(json.dumps(note))
                sent.append(1)
            call.event(json.dumps(message(1, result={})))

        thread = threading.Thread(target=pour, daemon=True)
        thread.start()
        thread.join(0.5)
        self.assertLess(len(sent), 60)
        program.reads.set()
        for _ in range(100):
            self.assertEqual(program.hear(), note)
        self.assertEqual(program.hear(), message(1, result={}))
        thread.join(LIMIT_S)

    def test_the_program_is_gone(self):
        program, listener = self.start_session(listens=True)
        program.leave()
        for _ in range(2):
            listener.event(json.dumps(message(None, "notifications/x")))
        self.assertTrue(self.broker.next().line.startswith("DELETE "))
        self.assertEqual(program.process.wait(LIMIT_S), 0)


class ConsentTest(ConnectCase):
    def test_many_wait_and_the_person_is_asked_once(self):
        self.broker.errors = ["InteractionRequired"] * 3
        program = self.start()
        program.say(*(message(number, "ping") for number in range(3)))
        self.broker.answer(0)
        for _ in range(3):
            request = self.take("ping")
            number = json.loads(request.body)["id"]
            request.reply(body=json.dumps(message(number, result={})))
        self.assertEqual({program.hear()["id"] for _ in range(3)}, {0, 1, 2})
        [(scopes, options)] = self.broker.asked
        self.assertEqual(scopes, [])
        self.assertIs(options["as-fd"], True)

    def test_no_is_no(self):
        self.broker.errors = ["InteractionRequired"] * 2
        program = self.start()
        program.say(message(1, "initialize", params={}))
        self.broker.answer(1)
        heard = program.hear()
        self.assertEqual(heard["id"], 1)
        self.assertRegex(heard["error"]["message"], "did not allow")
        program.say(message(2, "ping"))
        self.assertEqual(program.hear()["id"], 2)
        self.assertEqual(len(self.broker.asked), 1)

    def test_more_is_asked_for(self):
        program, _ = self.start_session()
        program.say(message(1, "tools/call"))
        self.take("tools/call").reply(
            "403 Forbidden", "{}",
            WWW_Authenticate='Bearer error="insufficient_scope", scope="mcp:read mcp:write"')
        self.broker.answer(0)
        self.take("tools/call").reply(body=json.dumps(message(1, result={})))
        self.assertEqual(program.hear(), message(1, result={}))
        self.assertEqual(self.broker.asked[0][0], ["mcp:read", "mcp:write"])


if __name__ == "__main__":
    unittest.main()
