# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""An MCP server with sessions, whose event streams say the next line when a test lets them."""

import http.server
import queue
import threading
import uuid

LIMIT_S = 20


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _note(self):
        length = int(self.headers.get("Content-Length") or 0)
        self.server.seen.append((self.command, self.path, self.headers,
                                 self.rfile.read(length)))

    def _plain(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while (event := self.server.events.get(timeout=LIMIT_S)) is not None:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(event), event))
            self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")

    def do_POST(self):
        self._note()
        body = self.server.seen[-1][3]
        if b'"initialize"' in body:
            session = str(uuid.uuid4())
            self.server.sessions.add(session)
            self._plain(200, b'{"jsonrpc":"2.0","id":1,"result":{}}',
                        Content_Type="application/json", Mcp_Session_Id=session)
        elif b'"stream"' in body:
            self._stream()
        elif b'"notify"' in body:
            self._plain(202)
        elif b'"break"' in body:
            self._plain(500, b"<p>broken</p>", Content_Type="text/html")
        else:
            self._plain(200, b"{}", Content_Type="application/json")

    def do_GET(self):
        self._note()
        self._stream()

    def do_DELETE(self):
        self._note()
        session = self.headers.get("Mcp-Session-Id")
        self.server.sessions.discard(session)
        self._plain(204)

    def do_HEAD(self):
        self._note()
        self._plain(204)

    def log_message(self, *_):
        pass


class McpSessionServer:
    """seen has (method, path, headers, body) of everything that reached it."""

    def __init__(self):
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self.seen = self._server.seen = []
        self.sessions = self._server.sessions = set()
        self._events = self._server.events = queue.Queue()
        self.url = f"http://127.0.0.1:{self._server.server_port}/mcp"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def say(self, event):
        """The next event of an open stream; None ends it."""
        self._events.put(event)

    def stop(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(LIMIT_S)
