# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The requests of an OAuth client, a browser and an MCP server, for tests from outside."""

import base64
import collections
import hashlib
import html
import http.client
import http.server
import json
import re
import threading
import urllib.parse

LIMIT_S = 20
REDIRECT = "http://127.0.0.1:7777/callback"
FORM = "application/x-www-form-urlencoded"
METADATA = json.dumps({
    "client_name": "Test client", "redirect_uris": ["http://127.0.0.1:1234/callback"],
    "token_endpoint_auth_method": "none"})

Request = collections.namedtuple("Request", "method path body headers")


class Answer:
    """An answer that came in whole."""

    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.text = response.read().decode()

    def __str__(self):
        return f"{self.status} {self.text[:300]}"

    def member(self, name):
        try:
            return json.loads(self.text).get(name)
        except (ValueError, AttributeError):
            return None

    def location(self, name):
        """A parameter of where it redirects to."""
        query = urllib.parse.urlsplit(self.headers.get("Location", "")).query
        return dict(urllib.parse.parse_qsl(query)).get(name)


class Line(http.client.HTTPConnection):
    """A connection that can stop in the middle of a request; opened again when needed."""

    def __init__(self, address, on_bytes=None):
        super().__init__(address, timeout=LIMIT_S)
        self._on_bytes = on_bytes

    def send(self, data):
        if self._on_bytes is None:
            super().send(data)
            return
        if self.sock is None:
            self.connect()
        cut = self._on_bytes(len(data))
        self.sock.sendall(data[:cut])
        if cut < len(data):
            self._on_bytes(None)
            self.sock.sendall(data[cut:])

    def ask(self, request):
        self.request(request.method, request.path, request.body, request.headers)

    def answer(self):
        return Answer(self.getresponse())


def make_challenge(verifier):
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def post_form(path, fields, **headers):
    body = urllib.parse.urlencode(fields).encode()
    return Request("POST", path, body, {"Content-Type": FORM, **headers})


def register():
    return Request("POST", "/register", METADATA.encode(),
                   {"Content-Type": "application/json"})


def register_confidential(name):
    return Request("POST", "/register", _describe(name), {"Content-Type": "application/json"})


def _describe(name, **more):
    return json.dumps({"client_name": name, "redirect_uris": [REDIRECT],
                       "token_endpoint_auth_method": "client_secret_basic", **more}).encode()


def manage(method, client_id, token, name=None):
    """RFC 7592; PUT with a name."""
    body = _describe(name, client_id=client_id) if name else None
    headers = {"Content-Type": "application/json"} if name else {}
    return Request(method, "/register/" + client_id, body,
                   {"Authorization": "Bearer " + token, **headers})


def introspect(client_id, secret, token):
    basic = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    return post_form("/introspect", {"token": token}, Authorization="Basic " + basic)


def authorize(client_id, verifier):
    query = urllib.parse.urlencode({
        "response_type": "code", "client_id": client_id, "redirect_uri": REDIRECT,
        "code_challenge": make_challenge(verifier), "code_challenge_method": "S256",
        "state": "st ate"})
    return Request("GET", "/authorize?" + query, None, {})


def allow(page, origin):
    """The person presses Allow on a consent page."""
    fields = {name: html.unescape(re.search(f'name="{name}" value="([^"]*)"', page.text)[1])
              for name in ("request", "tx", "until", "seal")}
    cookie = page.headers["Set-Cookie"].split(";")[0]
    return post_form("/consent", {**fields, "choice": "allow"}, Origin=origin, Cookie=cookie)


def redeem(client_id, code, verifier):
    return post_form("/token", {
        "grant_type": "authorization_code", "client_id": client_id, "code": code,
        "code_verifier": verifier, "redirect_uri": REDIRECT})


def refresh(client_id, token):
    return post_form("/token", {
        "grant_type": "refresh_token", "client_id": client_id, "refresh_token": token})


def revoke(client_id, token):
    return post_form("/revoke", {"client_id": client_id, "token": token})


def call_mcp(access_token):
    return Request("POST", "/mcp", b"{}", {"Content-Type": "application/json",
                                           "Authorization": "Bearer " + access_token})


class _Upstream(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *arguments):
        pass


class McpServer(http.server.ThreadingHTTPServer):
    """Answers 200 to everything, whoever asks and however they end."""

    daemon_threads = True
    block_on_close = False

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Upstream)
        self.url = f"http://127.0.0.1:{self.server_port}/mcp"
        self._thread = threading.Thread(target=self.serve_forever, daemon=True)
        self._thread.start()

    def handle_error(self, request, client_address):
        pass

    def stop(self):
        self.shutdown()
        self._thread.join(LIMIT_S)
        self.server_close()
