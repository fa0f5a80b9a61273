# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Another user of the machine at the daemon's port."""

import json
import os
import pathlib
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from daemon_process import Daemon, Home, LIMIT_S  # noqa: E402
from oauth_flow import Flow  # noqa: E402
from wire import Upstream, address_of  # noqa: E402

STRANGER = 65534

# Reads requests from standard input and tells the answers, as whoever it runs as.
PROGRAM = """
import http.client, json, os, sys
told = []
for host, port, method, path, headers, body in json.load(sys.stdin):
    connection = http.client.HTTPConnection(host, port, timeout=20)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    told.append([answer.status, dict((name.lower(), value) for name, value in
                                     answer.getheaders()), answer.read().decode()])
    connection.close()
json.dump([os.getuid(), told], sys.stdout)
"""

PRIVATE = [
    ("GET", "/"), ("HEAD", "/"), ("GET", "/status"), ("GET", "/authorize"),
    ("GET", "/authorize?response_type=code&client_id=x"), ("POST", "/authorize"),
    ("POST", "/consent"), ("GET", "/callback?code=x&state=y"), ("POST", "/token"),
    ("POST", "/revoke"), ("POST", "/register"), ("POST", "/mcp"), ("GET", "/mcp"),
    ("DELETE", "/mcp"), ("HEAD", "/mcp"), ("GET", "/%6dcp"),
]
PUBLIC = [
    "/healthz", "/.well-known/oauth-authorization-server",
    "/.well-known/oauth-authorization-server/mcp", "/.well-known/openid-configuration",
    "/.well-known/openid-configuration/mcp", "/.well-known/oauth-protected-resource",
    "/.well-known/oauth-protected-resource/mcp", "/.well-known/jwks.json",
]


class OtherUserTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = Home()
        cls.addClassCleanup(cls.home.remove)
        cls.upstream = Upstream()
        cls.addClassCleanup(cls.upstream.stop)
        cls.home.write_config(f"[resource]\nupstream={cls.upstream.url}\n")
        cls.daemon = Daemon(cls.home)
        cls.addClassCleanup(cls.daemon.stop)
        cls.daemon.await_ready()

    def ask(self, requests, **identity):
        """The answers to (method, path, headers, body), asked by another process."""
        rows = [[*address_of(self.daemon), *request] for request in requests]
        done = subprocess.run([sys.executable, "-I", "-c", PROGRAM], input=json.dumps(rows),
                              capture_output=True, text=True, timeout=3 * LIMIT_S, cwd="/",
                              **identity)
        self.assertEqual(done.returncode, 0, done.stderr)
        uid, told = json.loads(done.stdout)
        self.assertEqual(uid, identity.get("user", os.getuid()))
        return told

    def ask_as_stranger(self, requests):
        if os.getuid() != 0:
            with self.assertRaises(PermissionError):
                self.ask([], user=STRANGER)
            self.skipTest("only root can send requests as another user")
        return self.ask(requests, user=STRANGER, group=STRANGER, extra_groups=[])

    def assert_refused_as_json(self, request, answer):
        status, headers, body = answer
        self.assertEqual(status, 403, request)
        self.assertEqual(headers["content-type"], "application/json", request)
        self.assertEqual(headers["cache-control"], "no-store", request)
        self.assertIn("x-correlation-id", headers)
        self.assertNotIn("set-cookie", headers)
        self.assertNotIn("www-authenticate", headers)
        if request[0] != "HEAD":
            self.assertEqual(json.loads(body)["error"], "foreign_user", request)

    def test_private_endpoints_are_refused(self):
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        for accept in ({}, {"Accept": "application/json"}, {"Accept": "text/html"}):
            requests = [(method, path, {**accept, **form}, "a=b" if method == "POST" else None)
                        for method, path in PRIVATE
                        if accept.get("Accept") == "application/json"
                        or not path.startswith("/authorize")]
            with self.subTest(accept):
                for request, answer in zip(requests, self.ask_as_stranger(requests)):
                    self.assert_refused_as_json(request, answer)

    def test_a_browser_at_authorize_is_told_why(self):
        accept = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
        requests = [("GET", "/authorize", accept, None),
                    ("GET", "/authorize?client_id=x&redirect_uri=https://evil.example/", accept,
                     None)]
        for status, headers, body in self.ask_as_stranger(requests):
            self.assertEqual(status, 403)
            self.assertEqual(headers["content-type"], "text/html; charset=utf-8")
            self.assertIn("Another user of this computer runs it", body)
            self.assertNotIn("location", headers)
            self.assertNotIn("set-cookie", headers)
            self.assertNotIn("evil.example", body)

    def test_what_is_public_stays_public(self):
        requests = [("GET", path, {}, None) for path in PUBLIC]
        ours = self.ask(requests)
        for request, answer, own in zip(requests, self.ask_as_stranger(requests), ours):
            self.assertEqual(answer[0], 200, request)
            self.assertEqual(answer[2], own[2], request)

    def test_a_stolen_token_is_of_no_use(self):
        flow = Flow(self.daemon.issuer)
        flow.run()
        bearer = {"Authorization": f"Bearer {flow.access_token}",
                  "Content-Type": "application/json"}
        refresh = (f"grant_type=refresh_token&client_id={flow.client_id}"
                   f"&refresh_token={flow.refresh_token}")
        requests = [("POST", "/mcp", bearer, "{}"),
                    ("POST", "/token", {"Content-Type": "application/x-www-form-urlencoded"},
                     refresh)]
        self.assertEqual(self.ask(requests[:1])[0][0], 200)
        self.assertEqual(len(self.upstream.seen), 1)
        for request, answer in zip(requests, self.ask_as_stranger(requests)):
            self.assert_refused_as_json(request, answer)
        self.assertEqual(len(self.upstream.seen), 1)
        # Neither request of the stranger spent anything.
        self.assertEqual(self.ask(requests)[1][0], 200)

    def test_one_of_us_does_not_let_the_next_one_in(self):
        """The verdict belongs to a connection, not to an address."""
        request = [("GET", "/status", {}, None)]
        for _ in range(5):
            self.assertEqual(self.ask(request)[0][0], 200)
            self.assertEqual(self.ask_as_stranger(request)[0][0], 403)


if __name__ == "__main__":
    unittest.main()
