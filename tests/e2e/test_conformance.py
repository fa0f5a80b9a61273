# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Requirements of docs/conformance.md that no other test looks at from outside."""

import json
import pathlib
import sys
import unittest
import urllib.parse

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from daemon_process import Daemon, Home  # noqa: E402
from oauth_flow import Flow, REDIRECT_URI  # noqa: E402

DOCUMENTS = ("/.well-known/oauth-authorization-server", "/.well-known/openid-configuration",
             "/.well-known/oauth-protected-resource", "/.well-known/jwks.json")


def find_empty(value, path=""):
    """Where a document has null, an empty list, object or text."""
    if value in (None, [], {}, ""):
        yield path
    members = value.items() if isinstance(value, dict) else \
        enumerate(value) if isinstance(value, list) else ()
    for name, member in members:
        yield from find_empty(member, f"{path}/{name}")


class ConformanceTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = Home()
        cls.addClassCleanup(cls.home.remove)
        cls.daemon = Daemon(cls.home)
        cls.addClassCleanup(cls.daemon.stop)
        cls.issuer = cls.daemon.await_ready().issuer
        cls.daemon.await_log("Signing with key")

    def setUp(self):
        self.flow = Flow(self.issuer)

    def authorize(self, flow, method="GET", **changes):
        parameters = {"response_type": "code", "client_id": flow.client_id,
                      "redirect_uri": REDIRECT_URI, "scope": "mcp",
                      "code_challenge": flow.challenge, "code_challenge_method": "S256",
                      **changes}
        query = urllib.parse.urlencode(parameters, doseq=True)
        if method == "POST":
            return flow.ask("POST", "/authorize", parameters, headers={"Origin": self.issuer})
        return flow.ask("GET", "/authorize?" + query)

    def test_documents_hold_nothing_empty(self):
        for path in DOCUMENTS:
            reply = self.flow.ask("GET", path)
            self.assertEqual(reply.status, 200)
            self.assertEqual(reply.headers["Content-Type"], "application/json")
            self.assertEqual(list(find_empty(reply.json())), [], path)

    def test_offline_access_is_the_servers(self):
        server = self.flow.ask("GET", DOCUMENTS[0]).json()
        resource = self.flow.ask("GET", DOCUMENTS[2]).json()
        self.assertIn("offline_access", server["scopes_supported"])
        self.assertNotIn("offline_access", resource["scopes_supported"])
        self.assertNotIn("offline_access",
                         self.flow.ask("POST", "/mcp").headers["WWW-Authenticate"])

    def test_client_ids(self):
        other = Flow(self.issuer)
        for flow in (self.flow, other):
            flow.register()
            self.assertFalse(flow.client_id.startswith("https://"))
        self.assertNotEqual(self.flow.client_id, other.client_id)

    def test_unknown_metadata_is_ignored(self):
        self.flow.register(software_id="x", software_version="1", contacts=["a@b.example"],
                           application_type="native", unknown={"a": [1]})
        self.assertEqual(self.authorize(self.flow).status, 200)

    def test_parameters_of_an_authorization(self):
        self.flow.register()
        self.assertEqual(self.authorize(self.flow, unknown="x").status, 200)
        self.assertEqual(self.authorize(self.flow, state="", nonce="").status, 200)
        self.assertEqual(self.authorize(self.flow, "POST").status, 200)
        self.assertEqual(self.authorize(self.flow, resource=[self.issuer + "/mcp"] * 2).status,
                         200)
        for changes in ({"scope": ["mcp", "mcp"]}, {"client_id": [self.flow.client_id] * 2}):
            reply = self.authorize(self.flow, **changes)
            self.assertEqual(reply.location()["error"], "invalid_request")

    def test_pages_cannot_be_framed(self):
        self.flow.register()
        for reply in (self.flow.ask("GET", "/"), self.authorize(self.flow),
                      self.authorize(self.flow, client_id="unknown"),
                      self.flow.ask("GET", "/callback?tx=unknown")):
            self.assertTrue(reply.headers["Content-Type"].startswith("text/html"))
            policy = reply.headers["Content-Security-Policy"]
            self.assertIn("frame-ancestors 'none'", policy)
            self.assertIn("default-src 'none'", policy)
            self.assertEqual(reply.headers["X-Frame-Options"], "DENY")

    def test_cookies_of_consent(self):
        self.flow.register()
        cookies = self.authorize(self.flow).headers.get_all("Set-Cookie")
        self.assertEqual(len(cookies), 1)
        self.assertRegex(cookies[0], r"^__Host-bma-consent-[^=]+=[\w-]{43};")
        attributes = {part.strip().partition("=")[0] for part in cookies[0].split(";")[1:]}
        self.assertLessEqual({"Path", "Secure", "HttpOnly", "SameSite", "Max-Age"}, attributes)

    def test_redirect_after_the_form(self):
        self.flow.register()
        reply = self.flow.press(self.flow.open_page())
        self.assertEqual(reply.status, 303)

    def test_names_cannot_break_the_page(self):
        name = '<script>alert(1)</script>"\'&\u202e\u0007'
        self.flow.register(client_name=name)
        body = self.authorize(self.flow).body
        self.assertNotIn("<script", body)
        self.assertNotIn("\u202e", body)
        self.assertIn("&lt;script&gt;", body)

    def test_enough_randomness(self):
        seen = set()
        for _ in range(3):
            flow = Flow(self.issuer)
            flow.run()
            for token in (flow.code, flow.refresh_token):
                # 256 bits in base64url.
                self.assertRegex(token, r"^[\w-]{43,}$")
                self.assertNotIn(token, seen)
                seen.add(token)

    def test_a_get_changes_nothing(self):
        self.flow.register()
        state = self.home.path / "state"
        before = {path: path.read_bytes() for path in state.rglob("*") if path.is_file()}
        self.assertTrue(before)
        for changes in ({}, {"client_id": "unknown"}, {"scope": "else"}):
            self.authorize(self.flow, **changes)
        reply = self.flow.ask("GET", "/authorize?client_id=unknown",
                              headers={"Accept": "application/json"})
        self.assertEqual((reply.status, json.loads(reply.body)["error"]),
                         (401, "invalid_client"))
        after = {path: path.read_bytes() for path in state.rglob("*") if path.is_file()}
        self.assertEqual(before, after)


if __name__ == "__main__":
    unittest.main()
