# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""HTTP/1.1 on 127.0.0.1, one thread for each connection."""

import http.server
import socket
import sys

from .messages import Request, json_response
from .errors import ApiError
from .routes import respond

BODY_LIMIT_BYTES = 1024 * 1024


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "stytch-sim"
    sys_version = ""
    wbufsize = -1
    disable_nagle_algorithm = True

    def handle_any(self):
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit() or int(length) > BODY_LIMIT_BYTES or \
                "Transfer-Encoding" in self.headers:
            self.close_connection = True
            self.send(json_response(ApiError("bad_request").body(""), 400))
            return
        request = Request(self.command, self.path, self.headers,
                          self.rfile.read(int(length)), self.headers.get("Host", ""))
        self.send(respond(self.server.state, request))

    do_GET = do_POST = do_PUT = do_DELETE = handle_any

    def send(self, response):
        if response.held and not self.server.state.holds.hold(self.connection):
            response.dropped = True
        if response.dropped:
            self.close_connection = True
            return
        self.send_response(response.status)
        for name, value in response.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        if response.truncated:
            self.close_connection = True
            self.wfile.write(response.body[:len(response.body) // 2])
        else:
            self.wfile.write(response.body)

    def log_message(self, format, *args):
        """Quiet: request lines hold tokens; GET /sim/log tells what came."""


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, state):
        super().__init__(("127.0.0.1", state.config.port), Handler)
        self.state = state
        state.config.port = self.server_address[1]

    def server_bind(self):
        """Like the parent's, without its look-up of the host's name."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = self.server_address

    def handle_error(self, request, client_address):
        """A client that went away is no news; anything else is a fault of ours."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)
