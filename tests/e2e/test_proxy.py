# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Byte for byte: what of a request reaches the MCP server, and what of its answer comes back.

The ids in the descriptions are those of docs/conformance.md.
"""

import gzip
import http.client
import json
import pathlib
import re
import signal
import socket
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from daemon_process import Daemon, Home, LIMIT_S  # noqa: E402
from oauth_flow import Flow  # noqa: E402
from raw_mcp_server import RawMcpServer  # noqa: E402
from wire import Peer, address_of  # noqa: E402

BODY = b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo"}}'
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


class Reply:
    """An answer as it came."""

    def __init__(self, data):
        head, _, self.rest = data.partition(b"\r\n\r\n")
        self.status_line, *self.lines = head.decode("latin-1").split("\r\n")
        self.status = int(self.status_line.split()[1])

    def values(self, name):
        prefix = name.lower() + ":"
        return [line[len(prefix):].removeprefix(" ") for line in self.lines
                if line.lower().startswith(prefix)]

    @property
    def names(self):
        return {line.partition(":")[0].lower() for line in self.lines}

    @property
    def body(self):
        return unchunk(self.rest) if self.values("Transfer-Encoding") else self.rest


def unchunk(data):
    body = b""
    while True:
        size, _, data = data.partition(b"\r\n")
        if int(size, 16) == 0:
            return body
        body, data = body + data[:int(size, 16)], data[int(size, 16) + 2:]


class ProxyCase(unittest.TestCase):
    settings = ""

    @classmethod
    def setUpClass(cls):
        cls.mcp = RawMcpServer()
        cls.addClassCleanup(cls.mcp.stop)
        cls.home = Home()
        cls.addClassCleanup(cls.home.remove)
        cls.home.write_config(f"[resource]\nupstream={cls.mcp.url}\n{cls.settings}")
        cls.daemon = Daemon(cls.home)
        cls.addClassCleanup(cls.daemon.stop)
        cls.daemon.await_ready()
        cls.daemon.await_log("Signing with key")
        cls.client = Flow(cls.daemon.issuer)
        cls.client.run()
        cls.token = cls.client.access_token

    def tearDown(self):
        self.assertTrue(self.mcp.is_idle())

    def peer(self):
        peer = Peer(address_of(self.daemon))
        self.addCleanup(peer.socket.close)
        return peer

    def request(self, method="POST", lines=(), body=BODY, target="/mcp", token=None,
                framing=None):
        """The bytes of a request with a good token, unless another line says otherwise."""
        head = [f"{method} {target} HTTP/1.1", f"Host: {self.client.host}"]
        if token is not False:
            head.append(f"Authorization: Bearer {token or self.token}")
        if method == "POST":
            head.append("Content-Type: application/json")
        if framing is None and (method == "POST" or body != BODY):
            framing = f"Content-Length: {len(body)}"
        if framing:
            head.append(framing)
        payload = body if framing else b""
        return "\r\n".join([*head, *lines, "Connection: close", "", ""]).encode() + payload

    def send(self, *arguments, **options):
        """Sends a request and has the MCP server take it."""
        peer = self.peer().send(self.request(*arguments, **options))
        return peer, self.mcp.next()

    def ask(self, answer, *arguments, **options):
        """What comes back when the MCP server says answer."""
        peer, exchange = self.send(*arguments, **options)
        exchange.reply(answer)
        return Reply(peer.receive_all()), exchange

    def refused(self, *arguments, **options):
        """What comes back without the MCP server."""
        reply = Reply(self.peer().send(self.request(*arguments, **options)).receive_all())
        self.assertTrue(self.mcp.is_idle())
        return reply


class RequestTest(ProxyCase):
    def test_end_to_end_headers(self):
        """B4.7 B4.10 B4.11 B4.12 B4.17: known or not, byte for byte."""
        lines = ["Accept: application/json, text/event-stream", "Last-Event-ID: 7_a/b==",
                 "MCP-Protocol-Version: 2026-07-28", "Mcp-Method: tools/call",
                 "Mcp-Name: =?base64?ZWNobw==?=", "Mcp-Param-Region: us-west1",
                 "mcp-PARAM-x: a  b;c=\"d\", e", "Mcp-Param-Empty:",
                 "Mcp-Session-Id: Ab-0~!x", "X-Unknown: kept", "User-Agent: test/1",
                 "Accept-Language: de"]
        _, exchange = self.ask(OK, lines=lines)
        for line in lines:
            name, _, value = line.partition(":")
            self.assertEqual(exchange.values(name), [value.removeprefix(" ")], name)
        self.assertEqual(exchange.values("Content-Type"), ["application/json"])
        self.assertEqual(exchange.request_line, "POST /mcp HTTP/1.1")
        self.assertEqual(exchange.body, BODY)

    def test_nothing_is_added(self):
        """B4.4 B4.19: nothing is said that the client did not say, but for framing."""
        _, exchange = self.ask(OK)
        self.assertEqual(exchange.names - {"connection"},
                         {"host", "content-type", "content-length"})
        self.assertEqual(exchange.values("Host"), [self.mcp.host])

    def test_what_is_ours_stays_here(self):
        """B2.3 B2.6 B4.19: no token, cookie, origin or hop-by-hop header goes on."""
        _, exchange = self.ask(OK, lines=[
            "Cookie: a=b", f"Origin: {self.daemon.issuer}", "Proxy-Authorization: Basic eDp5",
            "TE: trailers", "Keep-Alive: 5", "Connection: X-Hop, close", "X-Hop: 1"])
        self.assertEqual(exchange.names - {"connection"},
                         {"host", "content-type", "content-length"})
        self.assertNotIn(self.token.encode(), exchange.head)

    def test_query(self):
        """B2.3 B2.4 B2.6: a token in the query is no token, and does not go on."""
        for target, seen in (
                ("/mcp?a=1&access_token=x&b=%20", "/mcp?a=1&b=%20"),
                (f"/mcp?access_token={self.token}", "/mcp"),
                ("/mcp?access%5Ftoken=x&access_token", "/mcp"),
                ("/mcp?x_access_token=1&q=a+b&q=", "/mcp?x_access_token=1&q=a+b&q=")):
            with self.subTest(target=target):
                _, exchange = self.ask(OK, target=target)
                self.assertEqual(exchange.request_line, f"POST {seen} HTTP/1.1")
        reply = self.refused(target=f"/mcp?access_token={self.token}", token=False)
        self.assertEqual(reply.status, 401)

    def test_methods(self):
        """B4.1 B4.8 B4.9"""
        for method in ("GET", "DELETE", "POST"):
            reply, exchange = self.ask(OK, method)
            self.assertEqual(exchange.request_line, f"{method} /mcp HTTP/1.1")
            self.assertEqual(exchange.body, BODY if method == "POST" else b"")
            self.assertEqual((reply.status, reply.body), (200, b"{}"))
        self.assertEqual(self.refused("PUT").status, 405)

    def test_head(self):
        """B4.1: HEAD has the head of the answer and nothing else."""
        reply, exchange = self.ask(
            b"HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Length: 1234\r\n\r\n", "HEAD")
        self.assertEqual(exchange.request_line, "HEAD /mcp HTTP/1.1")
        self.assertEqual((reply.values("Content-Type"), reply.values("Content-Length"),
                          reply.rest), (["a/b"], ["1234"], b""))

    def test_bodies(self):
        """B4.18: by length or in chunks, and up to a limit."""
        chunked = b"".join(b"%x\r\n%s\r\n" % (len(part), part)
                           for part in (BODY[:1], BODY[1:40], BODY[40:])) + b"0\r\n\r\n"
        large = b'{"a":"' + b"x" * 200000 + b'"}'
        batch = b"[" + BODY + b"," + BODY + b"]"
        for body, framing, expected in (
                (chunked, "Transfer-Encoding: chunked", BODY), (large, None, large),
                (batch, None, batch), (b"\x00\xff not json", None, b"\x00\xff not json")):
            _, exchange = self.ask(OK, body=body, framing=framing)
            got = (unchunk(exchange.body) if exchange.values("Transfer-Encoding")
                   else exchange.body)
            self.assertEqual(got, expected)
        reply = self.refused(body=b"", framing="Content-Length: 4194305")
        self.assertEqual(reply.status, 413)

    def test_every_method_needs_a_token(self):
        """B2.1 B1.7: also those that read, stream or end a session."""
        for method in ("POST", "GET", "DELETE", "HEAD"):
            for token in (False, "x", self.token[:-4] + "AAAA"):
                reply = self.refused(method, token=token)
                self.assertEqual(reply.status, 401)
                self.assertTrue(reply.values("WWW-Authenticate")[0].startswith("Bearer "))

    def test_scheme_in_any_case(self):
        """B2.4"""
        for scheme in ("bearer", "BEARER", "bEaReR"):
            reply, _ = self.ask(OK, token=False,
                                lines=[f"Authorization: {scheme} {self.token}"])
            self.assertEqual(reply.status, 200)


class AnswerTest(ProxyCase):
    def test_statuses(self):
        """B4.2 B4.3 B4.7 B4.9 B4.14 B4.15 B4.17: as the MCP server says."""
        mismatch = b'{"jsonrpc":"2.0","id":1,"error":{"code":-32020,"message":"x"}}'
        version = b'{"jsonrpc":"2.0","id":1,"error":{"code":-32022,"message":"x"}}'
        unknown = b'{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"x"}}'
        json_type, html = "application/json", "text/html; charset=utf-8"
        for status, kind, body in (
                ("200 OK", json_type, b'{"a": "\xc3\xa9"}\n'), ("201 Created", json_type, b"{}"),
                ("400 Bad Request", json_type, mismatch),
                ("400 Bad Request", json_type, version),
                ("404 Not Found", json_type, unknown), ("404 Not Found", html, b"<p>gone"),
                ("405 Method Not Allowed", json_type, b"{}"),
                ("406 Not Acceptable", json_type, b"{}"),
                ("415 Unsupported Media Type", json_type, b"{}"),
                ("429 Too Many Requests", json_type, b"{}"),
                ("500 Internal Server Error", html, b"<p>broken</p>"),
                ("503 Service Unavailable", "a/b", b"\x00\xff")):
            answer = (f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nAllow: POST\r\n"
                      f"Content-Length: {len(body)}\r\n\r\n").encode() + body
            for method in ("POST", "GET", "DELETE"):
                reply, _ = self.ask(answer, method)
                self.assertEqual((reply.status, reply.values("Content-Type"), reply.body),
                                 (int(status[:3]), [kind], body))
                self.assertEqual(reply.values("Allow"), ["POST"])

    def test_empty(self):
        """B4.2: nothing stays nothing, however it was framed."""
        for answer in (b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n",
                       b"HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n"
                       b"Connection: close\r\n\r\n0\r\n\r\n",
                       b"HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                       b"HTTP/1.1 202 Accepted\r\nConnection: close\r\n\r\n",
                       b"HTTP/1.1 204 No Content\r\n\r\n"):
            reply, _ = self.ask(answer)
            self.assertEqual(reply.status, int(answer[9:12]))
            self.assertEqual(reply.body, b"")
            self.assertEqual(reply.values("Content-Type"), [])

    def test_headers(self):
        """B2.8 B4.7 B4.16: neither changed nor added to."""
        lines = ["Mcp-Session-Id: Ab-0~!x", "X-Accel-Buffering: no", "X-Unknown: a  b",
                 "Retry-After: 3", "ETag: \"x\"", "Vary: Accept",
                 "Cache-Control: private, max-age=60"]
        answer = "\r\n".join(["HTTP/1.1 200 OK", *lines, "Content-Length: 2", "", "{}"])
        reply, _ = self.ask(answer.encode())
        for line in lines:
            name, _, value = line.partition(": ")
            ours = ["Origin"] if name == "Vary" else []
            self.assertEqual(reply.values(name), [*ours, value], name)
        reply, _ = self.ask(OK)
        self.assertEqual(reply.names - {"date", "connection", "vary"},
                         {"content-type", "content-length"})

    def test_what_is_not_for_the_client(self):
        """B4.19: the MCP server cannot speak for our origin, nor about its connection."""
        reply, _ = self.ask(
            b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nAccess-Control-Allow-Origin: *\r\n"
            b"access-control-allow-credentials: true\r\nAccess-Control-Expose-Headers: x\r\n"
            b"Access-Control-Allow-Methods: GET\r\nAccess-Control-Max-Age: 1\r\n"
            b"Access-Control-Allow-Headers: x\r\nWWW-Authenticate: Basic realm=\"x\"\r\n"
            b"Keep-Alive: timeout=5\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\n"
            b"Proxy-Authenticate: Basic\r\nContent-Length: 2\r\n\r\n{}")
        self.assertEqual(reply.names - {"date", "connection", "vary"}, {"content-length"})
        self.assertEqual(reply.values("Vary"), ["Origin"])

    def test_compression(self):
        """B4.4: both sides agree on it; we neither ask for it nor undo it."""
        packed = gzip.compress(b"{}" * 1000)
        answer = (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
                  % len(packed)) + packed
        reply, exchange = self.ask(answer, lines=["Accept-Encoding: gzip, br"])
        self.assertEqual(exchange.values("Accept-Encoding"), ["gzip, br"])
        self.assertEqual((reply.values("Content-Encoding"), reply.body), (["gzip"], packed))
        _, exchange = self.ask(OK)
        self.assertEqual(exchange.values("Accept-Encoding"), [])

    def test_no_redirects(self):
        """B4.20: neither followed nor passed on."""
        for status in ("301 Moved", "302 Found", "303 See Other", "307 Temporary Redirect",
                       "308 Permanent Redirect"):
            reply, _ = self.ask(
                f"HTTP/1.1 {status}\r\nLocation: {self.daemon.issuer}/mcp/\r\n"
                "Content-Length: 0\r\n\r\n".encode())
            self.assertEqual(reply.status, 502)
            self.assertEqual(reply.values("Location"), [])
            self.assertEqual(json.loads(reply.body)["error"], "bad_gateway")

    def test_no_caching(self):
        """B4.16: the same question is asked again."""
        answer = (b"HTTP/1.1 200 OK\r\nCache-Control: public, max-age=3600\r\nETag: \"a\"\r\n"
                  b"Content-Length: 1\r\n\r\n%d")
        for number in range(3):
            reply, _ = self.ask(answer % number, "GET")
            self.assertEqual(reply.body, b"%d" % number)

    def test_no_retries(self):
        """B4.6: a request that got no answer is not sent again."""
        for method in ("POST", "GET", "DELETE"):
            before = self.mcp.n_requests
            peer, exchange = self.send(method)
            exchange.close()
            reply = Reply(peer.receive_all())
            # It may have been begun, so we do not say that it can be sent again.
            self.assertEqual((reply.status, reply.values("Retry-After")), (502, []))
            self.assertEqual(self.mcp.n_requests, before + 1)


class AbsenceTest(ProxyCase):
    def test_a_server_that_is_away_has_begun_nothing(self):
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))
            self.home.write_config("[resource]\nupstream=http://127.0.0.1:%d/mcp\n"
                                   % nobody.getsockname()[1])
            self.daemon.send(signal.SIGHUP)
            self.daemon.await_log("Reloaded")
            reply = Reply(self.peer().send(self.request()).receive_all())
        self.assertEqual((reply.status, reply.values("Retry-After")), (502, ["1"]))


class ConnectionTest(ProxyCase):
    """An answer without a body leaves the connection open: nothing said that it closes."""

    def setUp(self):
        self.line = http.client.HTTPConnection(self.client.host, timeout=LIMIT_S)
        self.addCleanup(self.line.close)
        self.line.connect()
        self.line.auto_open = 0

    def ask(self, method, target, headers, upstream=None):
        self.line.request(method, target, headers=headers)
        if upstream:
            self.mcp.next().reply(upstream)
        answer = self.line.getresponse()
        answer.read()
        self.assertIsNone(answer.headers["Connection"])
        return answer.status

    def still_works(self):
        self.assertEqual(self.ask("GET", "/healthz", {}), 200)

    def test_preflight(self):
        self.assertEqual(self.ask("OPTIONS", "/token", {"Origin": self.daemon.issuer}), 204)
        self.still_works()

    def test_nothing_from_the_mcp_server(self):
        token = {"Authorization": f"Bearer {self.token}"}
        for method, answer in (("DELETE", b"HTTP/1.1 204 No Content\r\n\r\n"),
                               ("GET", b"HTTP/1.1 304 Not Modified\r\n\r\n"),
                               ("HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"),
                               ("HEAD", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")):
            self.assertEqual(self.ask(method, "/mcp", token, answer), int(answer[9:12]))
            self.still_works()


class StreamTest(ProxyCase):
    HEAD = (b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
            b"X-Accel-Buffering: no\r\nTransfer-Encoding: chunked\r\n\r\n")
    EVENTS = [b"id: 0\ndata:\n\n", b"retry: 500\n\n", b": keep alive\n\n",
              b"id: 1_2\r\nevent: message\r\ndata: {\"a\":1}\r\n\r\n", b"data: one\ndata: two\n\n",
              b"data: \xf0\x9f\xa7\xac\n\n", b"data: half ", b"an event\n\n"]

    def open(self, method):
        peer, exchange = self.send(method)
        exchange.say(self.HEAD)
        head = peer.receive_until(lambda data: b"\r\n\r\n" in data)
        return peer, exchange, Reply(head)

    @staticmethod
    def say(exchange, event):
        exchange.say(b"%x\r\n%s\r\n" % (len(event), event))

    def test_event_by_event(self):
        """B4.3 B4.4 B4.10: each arrives before the next one is sent, as it was sent."""
        for method in ("GET", "POST"):
            peer, exchange, reply = self.open(method)
            self.assertEqual((reply.status, reply.rest), (200, b""))
            self.assertEqual(reply.values("Content-Type"), ["text/event-stream"])
            self.assertEqual(reply.values("X-Accel-Buffering"), ["no"])
            for event in self.EVENTS:
                self.say(exchange, event)
                wanted = b"%x\r\n%s\r\n" % (len(event), event)
                self.assertEqual(peer.receive_until(
                    lambda data, size=len(wanted): len(data) >= size), wanted)
            exchange.say(b"0\r\n\r\n").close()
            self.assertEqual(peer.receive_all(), b"0\r\n\r\n")

    def test_client_leaves(self):
        """B4.5: the MCP server notices at once, whether it is speaking or silent."""
        for reset in (False, True):
            peer, exchange, _ = self.open("POST")
            self.say(exchange, self.EVENTS[0])
            peer.receive_until(lambda data: self.EVENTS[0] in data)
            peer.drop(reset)
            self.assertTrue(exchange.is_cut(0.5))
            exchange.close()
        peer, exchange = self.send("POST")
        peer.drop()
        self.assertTrue(exchange.is_cut(0.5))
        exchange.close()

    def test_server_breaks_off(self):
        """B4.3: half an answer does not look like a whole one, wherever it ends."""
        for end in (b"", b"4", b"4\r\n", b"4\r\nda", b"4\r\ndata", b"4\r\ndata\r\n", b"0",
                    b"0\r\n"):
            peer, exchange, _ = self.open("POST")
            self.say(exchange, self.EVENTS[0])
            exchange.say(end).close()
            self.assertFalse(peer.receive_all().endswith(b"0\r\n\r\n"), end)
        peer, exchange = self.send("POST")
        exchange.reply(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nda")
        self.assertEqual(Reply(peer.receive_all()).body, b"da")

    def test_revoked(self):
        """B2.5: an open answer ends, and visibly so, on both sides."""
        client = Flow(self.daemon.issuer)
        client.run()
        peer = self.peer().send(self.request("GET", token=client.access_token))
        exchange = self.mcp.next().say(self.HEAD)
        self.say(exchange, self.EVENTS[0])
        peer.receive_until(lambda data: self.EVENTS[0] in data)
        reply = client.ask("POST", "/revoke", {"client_id": client.client_id,
                                               "token": client.refresh_token})
        self.assertEqual(reply.status, 200)
        self.assertFalse(peer.receive_all(1).endswith(b"0\r\n\r\n"))
        self.assertTrue(exchange.is_cut(1))
        exchange.close()


class ChallengeTest(ProxyCase):
    settings = "scopes=mcp tools/call=mcp:call\n"

    def challenge(self, reply):
        """The parameters of the only challenge; each occurs once."""
        value, = reply.values("WWW-Authenticate")
        scheme, _, rest = value.partition(" ")
        self.assertEqual(scheme, "Bearer")
        pattern = r'([a-z_]+)="([\x20\x21\x23-\x5b\x5d-\x7e]*)"(?:, |$)'
        self.assertEqual(re.sub(pattern, "", rest), "")
        pairs = re.findall(pattern, rest)
        self.assertEqual(len(dict(pairs)), len(pairs))
        return dict(pairs)

    def test_refusals(self):
        """B1.3 B1.5 B1.7 B1.8 B1.9 B1.12 B1.13"""
        metadata = self.daemon.issuer + "/.well-known/oauth-protected-resource/mcp"
        for line, status, error in (
                (None, 401, None), ("Basic eDp5", 401, None),
                ("Bearer x", 401, "invalid_token"),
                ("Bearer " + self.token[:-4] + "AAAA", 401, "invalid_token"),
                ("Bearer", 400, "invalid_request"), ("Bearer a b", 400, "invalid_request"),
                ("Bearer \"x\"", 400, "invalid_request")):
            reply = self.refused(token=False,
                                 lines=[f"Authorization: {line}"] if line else [])
            told = self.challenge(reply)
            self.assertEqual((reply.status, told.get("error")), (status, error), line)
            self.assertEqual(told["resource_metadata"], metadata)
            self.assertEqual(told["scope"], "mcp")
            self.assertEqual("error_description" in told, error is not None)

    def test_metadata(self):
        """B1.1 B1.2 B1.3 B1.4 B1.5 B1.6"""
        for path in ("", "/mcp"):
            reply = self.client.ask("GET", "/.well-known/oauth-protected-resource" + path)
            told = reply.json()
            self.assertEqual(reply.status, 200)
            self.assertEqual(reply.headers["Content-Type"], "application/json")
            self.assertEqual(told["resource"], self.daemon.issuer + "/mcp")
            self.assertEqual(told["authorization_servers"], [self.daemon.issuer])
            self.assertEqual(told["scopes_supported"], ["mcp"])
            self.assertNotIn([], told.values())

    def test_step_up(self):
        """B1.10 B1.11 B2.1 B4.13 A6.17: once for everything, and nothing is lost."""
        client = Flow(self.daemon.issuer)
        client.register()
        client.take_code(client.press(client.open_page(scope="mcp:call")))
        client.redeem()
        reply = self.refused(token=client.access_token)
        told = self.challenge(reply)
        self.assertEqual((reply.status, told["error"]), (403, "insufficient_scope"))
        self.assertEqual(told["scope"], "mcp:call mcp")
        self.assertIn("resource_metadata", told)
        client.take_code(client.press(client.open_page(scope=told["scope"])))
        client.redeem()
        self.assertEqual(self.ask(OK, token=client.access_token)[0].status, 200)
        reply = self.refused(token=client.access_token, lines=["Mcp-Name: other"])
        self.assertEqual(reply.status, 400)
        self.assertEqual(json.loads(reply.body)["error"]["code"], -32020)
        self.assertEqual(json.loads(reply.body)["id"], 1)


class SessionTest(ProxyCase):
    def test_somebody_else(self):
        """B2.7: a session is nobody's but whose it was given to."""
        other = Flow(self.daemon.issuer)
        other.run()
        reply, _ = self.ask(OK.replace(b"Content-L", b"MCP-SESSION-ID: S-1\r\nContent-L"))
        self.assertEqual(reply.values("Mcp-Session-Id"), ["S-1"])
        for method in ("POST", "GET", "DELETE"):
            reply = self.refused(method, token=other.access_token,
                                 lines=["mcp-session-id: S-1"])
            self.assertEqual(reply.status, 403)
            self.assertEqual(json.loads(reply.body)["error"], "invalid_session")
            self.assertEqual(reply.values("WWW-Authenticate"), [])
        reply, exchange = self.ask(OK, lines=["mcp-session-id: S-1"])
        self.assertEqual((reply.status, exchange.values("Mcp-Session-Id")), (200, ["S-1"]))


if __name__ == "__main__":
    unittest.main()
