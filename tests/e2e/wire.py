# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Bytes to the daemon and the answers, and an MCP server that remembers who asked."""

import http.server
import re
import select
import socket
import struct
import threading
import time

LIMIT_S = 20
UPSTREAM_MARK = b"only-the-mcp-server-says-this"


class Upstream:
    """Stands for the MCP server; keeps the heads and bodies of what reached it."""

    def __init__(self):
        seen = self.seen = []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                length = int(self.headers.get("Content-Length") or 0)
                seen.append((self.command, self.path, str(self.headers),
                             self.rfile.read(length)))
                body = b'{"mark":"%s"}' % UPSTREAM_MARK
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body if self.command != "HEAD" else b"")

            do_GET = do_POST = do_DELETE = do_HEAD = answer

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/mcp"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def stop(self):
        """Nobody is there any more; may be called twice."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(LIMIT_S)


class Peer:
    """One connection, on which anything can be said."""

    def __init__(self, address):
        self.socket = socket.create_connection(address, LIMIT_S)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        """Sends as much as the daemon takes; it may refuse before it has all."""
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass
        return self

    def end_sending(self):
        self.socket.shutdown(socket.SHUT_WR)
        return self

    def drop(self, reset=False):
        if reset:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                   struct.pack("ii", 1, 0))
        self.socket.close()

    def can_read(self, limit_s=0):
        return bool(select.select([self.socket], [], [], limit_s)[0])

    def receive_until(self, is_enough, limit_s=LIMIT_S):
        """What came until is_enough(bytes) or the end of the connection."""
        data = b""
        deadline = time.monotonic() + limit_s
        while not is_enough(data):
            if not self.can_read(max(0, deadline - time.monotonic())):
                raise AssertionError(f"neither more nor the end after {data[-500:]!r}")
            try:
                more = self.socket.recv(65536)
            except ConnectionResetError:
                return data
            if not more:
                return data
            data += more
        return data

    def receive_all(self, limit_s=LIMIT_S):
        return self.receive_until(lambda data: False, limit_s)


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body


def split_answers(data, heads_only=False):
    """The answers in the bytes of a connection; anything that is none is an error."""
    answers = []
    while data:
        head, separator, rest = data.partition(b"\r\n\r\n")
        match = re.match(rb"HTTP/1\.[01] (\d{3}) [^\r\n]*\r\n", head + b"\r\n")
        if not separator or not match:
            raise AssertionError(f"not an answer: {data[:500]!r}")
        headers = {}
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            headers[name.decode().lower()] = value.strip().decode()
        status = int(match.group(1))
        if status < 200:
            data = rest
            answers.append(Answer(status, headers, b""))
            continue
        if "transfer-encoding" in headers:
            raise AssertionError("these answers are not expected to be chunked")
        length = 0 if heads_only or status == 204 else int(headers["content-length"])
        if len(rest) < length:
            raise AssertionError(f"a part of an answer: {data[:500]!r}")
        answers.append(Answer(status, headers, rest[:length]))
        data = rest[length:]
    return answers


def address_of(daemon):
    host, port = daemon.issuer.removeprefix("http://").rsplit(":", 1)
    return host, int(port)


def ask_honestly(address):
    """The status that a well-behaved program gets on a connection of its own."""
    with Peer(address) as peer:
        peer.send(b"GET /healthz HTTP/1.1\r\nHost: %s:%d\r\nConnection: close\r\n\r\n"
                  % (address[0].encode(), address[1]))
        answers = split_answers(peer.receive_all())
    if len(answers) != 1:
        raise AssertionError(f"{len(answers)} answers to one request")
    return answers[0].status
