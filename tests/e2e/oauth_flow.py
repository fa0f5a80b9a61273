# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A client and a person without a browser, who remember every secret that they see."""

import base64
import hashlib
import http.client
import json
import re
import secrets
import urllib.parse

LIMIT_S = 20
REDIRECT_URI = "http://127.0.0.1:1/landing"
HIDDEN_FIELD = re.compile(r'<input type="hidden" name="(\w+)"[^>]* value="([^"]*)"')


class Reply:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)

    def location(self):
        """The parameters of the redirect."""
        query = urllib.parse.urlsplit(self.headers.get("Location")).query
        return dict(urllib.parse.parse_qsl(query))


class Flow:
    """seen maps every secret value to what it is; replies has all that was answered."""

    def __init__(self, issuer, seen=None, replies=None, connect=None):
        """connect() makes the connection for each request, if not simply one to the issuer."""
        self.host = issuer.removeprefix("http://")
        self.connect = connect or (lambda: http.client.HTTPConnection(self.host, timeout=LIMIT_S))
        self.issuer = issuer
        self.seen = seen if seen is not None else {}
        self.replies = replies if replies is not None else []
        self.cookies = {}
        self.verifier = self.note("code_verifier", secrets.token_urlsafe(48))
        digest = hashlib.sha256(self.verifier.encode()).digest()
        self.challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        self.client_id = self.code = self.access_token = self.refresh_token = None

    def note(self, what, value):
        self.seen[value] = what
        return value

    def ask(self, method, path, form=None, body=None, headers=None):
        headers = dict(headers or {})
        if form is not None:
            headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
            body = urllib.parse.urlencode(form)
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}"
                                          for name, value in self.cookies.items())
        connection = self.connect()
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            reply = Reply(answer.status, answer.headers, answer.read().decode())
        finally:
            connection.close()
        self.replies.append(reply)
        for cookie in reply.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies.pop(name, None)
            if value:
                self.cookies[name] = self.note("cookie", value)
        return reply

    def register(self, **changes):
        reply = self.ask("POST", "/register", headers={"Content-Type": "application/json"},
                         body=json.dumps({"client_name": "A client of the tests",
                                          "redirect_uris": [REDIRECT_URI],
                                          "grant_types": ["authorization_code", "refresh_token"],
                                          "response_types": ["code"],
                                          "token_endpoint_auth_method": "none", **changes}))
        assert reply.status == 201, reply.body
        self.client_id = reply.json()["client_id"]
        for name in ("client_secret", "registration_access_token"):
            if name in reply.json():
                setattr(self, name, self.note(name, reply.json()[name]))

    def open_page(self, **changes):
        """The fields of the consent page."""
        parameters = {"response_type": "code", "client_id": self.client_id,
                      "redirect_uri": REDIRECT_URI, "state": "state-of-the-client",
                      "scope": "mcp offline_access", "code_challenge": self.challenge,
                      "code_challenge_method": "S256", "resource": self.issuer + "/mcp",
                      **changes}
        reply = self.ask("GET", "/authorize?" + urllib.parse.urlencode(parameters))
        assert reply.status == 200, reply.body
        fields = dict(HIDDEN_FIELD.findall(reply.body.replace("&amp;", "&")))
        assert fields.keys() >= {"tx", "seal", "request", "until"}, reply.body
        self.note("consent tx", fields["tx"])
        self.note("consent seal", fields["seal"])
        return fields

    def press(self, fields, choice="allow", **headers):
        headers = {"Origin": self.issuer, **headers}
        return self.ask("POST", "/consent", {**fields, "choice": choice}, headers=headers)

    def take_code(self, reply):
        self.code = self.note("code", reply.location()["code"])

    def redeem(self, **changes):
        reply = self.ask("POST", "/token",
                         {"grant_type": "authorization_code", "client_id": self.client_id,
                          "code": self.code, "redirect_uri": REDIRECT_URI,
                          "code_verifier": self.verifier, **changes})
        return self.take_tokens(reply)

    def refresh(self, token=None):
        reply = self.ask("POST", "/token",
                         {"grant_type": "refresh_token", "client_id": self.client_id,
                          "refresh_token": token or self.refresh_token})
        return self.take_tokens(reply)

    def take_tokens(self, reply):
        if reply.status == 200:
            for name in ("access_token", "refresh_token", "id_token"):
                if name in reply.json():
                    setattr(self, name, self.note(name, reply.json()[name]))
        return reply

    def call(self, token=None):
        return self.ask("POST", "/mcp", body="{}",
                        headers={"Authorization": f"Bearer {token or self.access_token}",
                                 "Content-Type": "application/json"})

    def run(self):
        """Everything until there are tokens."""
        self.register()
        self.take_code(self.press(self.open_page()))
        reply = self.redeem()
        assert reply.status == 200, reply.body
