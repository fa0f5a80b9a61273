# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A server that speaks HTTP on the socket or port it is told, and checks the secret in the file it is told.

Arguments: socket PATH or port NUMBER, then the secret's file or "-".
"""

import http.server
import json
import os
import pathlib
import socketserver
import sys

kind, where, secret_file = sys.argv[1:]
SECRET = pathlib.Path(secret_file).read_text() if secret_file != "-" else None


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if SECRET is not None and self.headers.get("Authorization") != f"Bearer {SECRET}":
            self.answer(401, {"error": "around the proxy"})
            return
        self.answer(200, {
            "pid": os.getpid(), "where": where, "secret_file": secret_file, "path": self.path,
            "authorization": self.headers.get("Authorization"),
            "environment": list(os.environ.values()), "arguments": sys.argv})

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.wfile.write(b"data: {}\n\n")
        self.rfile.read(1)
        self.close_connection = True

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def address_string(self):
        return "somebody"

    def log_message(self, *arguments):
        pass


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True
    request_queue_size = 128
    if kind == "socket":
        address_family = socketserver.socket.AF_UNIX


print("up soon", flush=True)
Server(where if kind == "socket" else ("127.0.0.1", int(where)), Handler).serve_forever()
