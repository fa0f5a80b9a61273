# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What clients of BioMCP's Worker and of its TypeScript successor rely on.

Each test names the behaviours it shows, as docs/conformance.md lists them. Where this
service differs on purpose, the test shows what it does instead.
"""

import base64
import concurrent.futures
import http.client
import json
import pathlib
import sys
import unittest
import urllib.parse

sys.dont_write_bytecode = True
E2E = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(E2E), str(E2E.parent / "stytch-sim")]

from daemon_process import Daemon, Home, LIMIT_S  # noqa: E402
from mcp_session_server import McpSessionServer  # noqa: E402
from oauth_flow import Flow, REDIRECT_URI  # noqa: E402
from simulator import Browser, Simulator  # noqa: E402

OWN_PAGE = "https://app.example"
JSON = {"Accept": "application/json"}


def claims_of(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


class BehaviourCase(unittest.TestCase):
    settings = ""

    @classmethod
    def setUpClass(cls):
        cls.mcp = McpSessionServer()
        cls.addClassCleanup(cls.mcp.stop)
        cls.home = Home()
        cls.addClassCleanup(cls.home.remove)
        cls.home.write_config(f"[resource]\nupstream={cls.mcp.url}\n{cls.settings}")
        cls.home.write_secret("upstream-token", "token-of-the-mcp-server-0123456789")
        cls.daemon = Daemon(cls.home)
        cls.addClassCleanup(cls.daemon.stop)
        cls.daemon.await_ready()
        cls.daemon.await_log("Signing with key")
        cls.issuer = cls.daemon.issuer

    def flow(self):
        return Flow(self.issuer)

    def assert_error(self, reply, status, error):
        self.assertEqual((reply.status, reply.json().get("error")), (status, error), reply.body)

    def assert_redirect_error(self, reply, error, state="state-of-the-client"):
        self.assertEqual(reply.status, 303, reply.body)
        self.assertTrue(reply.headers["Location"].startswith(REDIRECT_URI))
        told = reply.location()
        self.assertEqual((told["error"], told.get("state")), (error, state))
        return told


class DiscoveryTest(BehaviourCase):
    settings = f"[cors]\nallowed-origins={OWN_PAGE}\n"

    def get(self, path, **headers):
        return self.flow().ask("GET", path, headers=headers)

    def test_server_metadata(self):
        """DISC-1 DISC-2 DISC-5; DISC-6: more than mcp, because id_tokens are issued."""
        reply = self.get("/.well-known/oauth-authorization-server")
        self.assertEqual(reply.status, 200)
        self.assertEqual(reply.headers["Content-Type"], "application/json")
        told = reply.json()
        self.assertEqual(told["issuer"], self.issuer)
        for name, path in (("authorization", "/authorize"), ("token", "/token"),
                           ("registration", "/register"), ("revocation", "/revoke")):
            self.assertEqual(told[name + "_endpoint"], self.issuer + path)
        self.assertIn("code", told["response_types_supported"])
        self.assertEqual(told["code_challenge_methods_supported"], ["S256"])
        self.assertIn("none", told["token_endpoint_auth_methods_supported"])
        self.assertIn("mcp", told["scopes_supported"])
        self.assertEqual(self.get("/.well-known/oauth-authorization-server/mcp").json(), told)
        self.assertEqual(self.get("/.well-known/openid-configuration").json()["issuer"],
                         self.issuer)

    def test_resource_metadata(self):
        """DISC-3 DISC-4"""
        for path in ("", "/mcp"):
            told = self.get("/.well-known/oauth-protected-resource" + path).json()
            self.assertEqual(told["resource"], self.issuer + "/mcp")
            self.assertEqual(told["authorization_servers"], [self.issuer])
            self.assertEqual(told["bearer_methods_supported"], ["header"])
            self.assertEqual(told["scopes_supported"], ["mcp"])

    def test_other_paths(self):
        """DISC-8 MCP-14; DISC-7: /userinfo is there, and wants a token."""
        for path in ("/nothing", "/tokenXYZ", "/messages", "/messagesXYZ", "/debug", "/mcp/"):
            self.assert_error(self.get(path), 404, "not_found")
        self.assertEqual(self.get("/userinfo").status, 401)

    def test_cors(self):
        """CORS-3 CORS-4 CORS-6 CORS-7; CORS-1, CORS-2: only for configured origins, as the
        settings say; CORS-5: a page of the own origin needs no permission to read."""
        names = ("Access-Control-Allow-Origin", "Access-Control-Expose-Headers")
        path = "/.well-known/oauth-authorization-server"
        for origin in (None, "https://evil.example", "null", "app.example", OWN_PAGE + ".evil"):
            headers = {"Origin": origin} if origin else {}
            for reply in (self.get(path, **headers), self.get("/mcp", **headers)):
                for name in names:
                    self.assertIsNone(reply.headers[name], (origin, name))
        for reply in (self.get(path, Origin=OWN_PAGE), self.get("/mcp", Origin=OWN_PAGE)):
            self.assertEqual(reply.headers["Access-Control-Allow-Origin"], OWN_PAGE)
            self.assertIn("Origin", reply.headers["Vary"])
            self.assertIn("mcp-session-id",
                          reply.headers["Access-Control-Expose-Headers"].lower())

    def test_preflights(self):
        """CORS-1 CORS-6 CORS-7"""
        for path, method in (("/.well-known/oauth-authorization-server", "GET"),
                             ("/register", "POST"), ("/token", "POST"), ("/mcp", "POST")):
            for origin in (OWN_PAGE, "https://evil.example"):
                reply = self.flow().ask("OPTIONS", path, headers={
                    "Origin": origin, "Access-Control-Request-Method": method,
                    "Access-Control-Request-Headers": "authorization,content-type"})
                self.assertEqual((reply.status, reply.body), (204, ""))
                if origin != OWN_PAGE:
                    self.assertIsNone(reply.headers["Access-Control-Allow-Origin"])
                    self.assertIsNone(reply.headers["Access-Control-Allow-Methods"])
                    continue
                self.assertEqual(reply.headers["Access-Control-Allow-Origin"], OWN_PAGE)
                self.assertIn(method, reply.headers["Access-Control-Allow-Methods"])
                self.assertIn("Authorization", reply.headers["Access-Control-Allow-Headers"])
                self.assertEqual(reply.headers["Access-Control-Max-Age"], "86400")


class RegistrationTest(BehaviourCase):
    def register(self, **metadata):
        return self.flow().ask("POST", "/register", body=json.dumps(metadata),
                               headers={"Content-Type": "application/json"})

    def test_minimal(self):
        """REG-1"""
        reply = self.register(redirect_uris=[REDIRECT_URI])
        self.assertEqual(reply.status, 201)
        told = reply.json()
        self.assertIsInstance(told["client_id"], str)
        self.assertIsInstance(told["client_id_issued_at"], int)
        self.assertEqual(told["redirect_uris"], [REDIRECT_URI])
        self.assertEqual(told["token_endpoint_auth_method"], "none")
        self.assertEqual(set(told["grant_types"]), {"authorization_code", "refresh_token"})
        self.assertEqual(told["response_types"], ["code"])

    def test_metadata_comes_back(self):
        """REG-2"""
        wanted = {"client_name": "A name", "client_uri": "https://app.example/about",
                  "logo_uri": "https://app.example/logo.png", "scope": "mcp"}
        told = self.register(redirect_uris=[REDIRECT_URI], **wanted).json()
        self.assertEqual({name: told.get(name) for name in wanted}, wanted)

    def test_refusals(self):
        """REG-3 REG-4; a bad redirect URI is invalid_redirect_uri, as RFC 7591 has it, and
        methods with a secret are allowed."""
        for metadata, error in (({}, "invalid_client_metadata"),
                                ({"redirect_uris": []}, "invalid_client_metadata"),
                                ({"redirect_uris": ["nonsense"]}, "invalid_redirect_uri"),
                                ({"redirect_uris": ["javascript:alert(1)"]},
                                 "invalid_redirect_uri"),
                                ({"redirect_uris": [REDIRECT_URI], "scope": "else"},
                                 "invalid_client_metadata"),
                                ({"redirect_uris": [REDIRECT_URI],
                                  "token_endpoint_auth_method": "tls_client_auth"},
                                 "invalid_client_metadata")):
            self.assert_error(self.register(**metadata), 400, error)
        reply = self.flow().ask("POST", "/register", body="{nonsense",
                                headers={"Content-Type": "application/json"})
        self.assert_error(reply, 400, "invalid_client_metadata")


class AuthorizeTest(BehaviourCase):
    def setUp(self):
        self.client = self.flow()
        self.client.register()

    def authorize(self, **changes):
        parameters = {"response_type": "code", "client_id": self.client.client_id,
                      "redirect_uri": REDIRECT_URI, "state": "state-of-the-client",
                      "scope": "mcp", "code_challenge": self.client.challenge,
                      "code_challenge_method": "S256", "resource": self.issuer + "/mcp",
                      **changes}
        query = urllib.parse.urlencode({name: value for name, value in parameters.items()
                                        if value is not None})
        return self.client.ask("GET", "/authorize?" + query, headers=JSON)

    def test_errors_that_are_shown(self):
        """AUTHZ-J; an error of the response type goes to the client, which is known by then."""
        self.assert_error(self.authorize(client_id=None), 400, "invalid_request")
        self.assert_error(self.authorize(client_id="unknown"), 401, "invalid_client")
        self.assert_error(self.authorize(redirect_uri=None), 400, "invalid_request")
        self.assert_error(self.authorize(redirect_uri="https://evil.example/"), 400,
                          "invalid_request")
        self.assert_redirect_error(self.authorize(response_type=None), "invalid_request")
        self.assert_redirect_error(self.authorize(response_type="token"),
                                   "unsupported_response_type")

    def test_errors_that_go_to_the_client(self):
        """AUTHZ-R; no resource means the only one there is (RFC 8707 leaves that open)."""
        for changes, error in (({"code_challenge": None}, "invalid_request"),
                               ({"code_challenge_method": "plain"}, "invalid_request"),
                               ({"code_challenge": "null"}, "invalid_request"),
                               ({"scope": "else"}, "invalid_scope"),
                               ({"resource": "https://evil.example/mcp"}, "invalid_target"),
                               ({"resource": self.issuer + "/mcp#part"}, "invalid_target"),
                               ({"resource": "nonsense"}, "invalid_target")):
            self.assert_redirect_error(self.authorize(**changes), error)
        self.assertEqual(self.authorize(resource=None).status, 200)

    def test_state(self):
        """AUTHZ-S2 AUTHZ-S3; AUTHZ-S1: PKCE protects without a state, so none is asked for.
        A state is the client's own and may be long, but not unprintable."""
        self.assertEqual(self.authorize(state=None).status, 200)
        self.assert_redirect_error(self.authorize(state="\u00e9"), "invalid_request", None)
        self.assert_redirect_error(self.authorize(state="a" * 5000), "invalid_request", None)
        state = "-_.=~"
        fields = self.client.open_page(state=state)
        self.assertEqual(self.client.press(fields).location()["state"], state)


class StytchTest(BehaviourCase):
    @classmethod
    def setUpClass(cls):
        cls.simulator = Simulator()
        cls.addClassCleanup(cls.simulator.stop)
        told = cls.simulator.credentials
        cls.settings = (f"[identity]\nprovider=stytch\n[stytch]\nproject-id={told['project_id']}\n"
                        f"public-token={told['public_token']}\napi-url={told['api_url']}\n")
        super().setUpClass()
        cls.home.write_secret("stytch-secret", told["secret"])
        for kind in ("login", "signup"):
            cls.simulator.switch("redirect-urls", type=kind, url=cls.issuer + "/callback?tx={}")

    def begin(self):
        """A client whose person has allowed it and stands at the provider."""
        flow = self.flow()
        flow.register()
        reply = flow.press(flow.open_page(), "other-account")
        return flow, reply.headers["Location"]

    def finish(self, location, user="alice"):
        """Where the provider sends the browser back to."""
        browser = Browser(self.simulator)
        decided = browser.decide(browser.request("GET", location), "approve-new", user)
        target = urllib.parse.urlsplit(browser.request("GET", decided.location).location)
        return f"{target.path}?{target.query}"

    def test_to_the_provider(self):
        """AUTHZ-OK"""
        _, location = self.begin()
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(location).query))
        self.assertTrue(location.startswith(self.simulator.url))
        back = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(
            query["login_redirect_url"]).query))
        self.assertEqual(set(back), {"tx"})
        self.assertNotIn("state-of-the-client", location)

    def test_bad_returns(self):
        """CB-1 CB-2 CB-3"""
        for query in ("tx=%20", "tx=" + "a" * 43, "tx=unknown&token=x", "token=x", ""):
            reply = self.flow().ask("GET", "/callback?" + query, headers=JSON)
            self.assert_error(reply, 400, "invalid_request")

    def test_provider_says_no(self):
        """CB-5 CB-6 CB-7: the client is told access_denied with its state; what the provider
        says in words is not passed on."""
        for words in ("", "&error_description=canary", "&token=x&stytch_token_type=oauth"):
            flow, location = self.begin()
            path = self.finish(location)
            tx = dict(urllib.parse.parse_qsl(path.partition("?")[2]))["tx"]
            reply = flow.ask("GET", f"/callback?tx={tx}&error=access_denied{words}")
            told = self.assert_redirect_error(reply, "access_denied")
            self.assertNotIn("canary", told["error_description"])

    def test_rejected_token(self):
        """CB-4: a page tells the person to start again; the client hears nothing, and its
        code is worth nothing, because there is none."""
        flow, location = self.begin()
        path = self.finish(location)
        tx = dict(urllib.parse.parse_qsl(path.partition("?")[2]))["tx"]
        reply = flow.ask("GET", f"/callback?tx={tx}&token=wrong&stytch_token_type=oauth")
        self.assertEqual(reply.status, 400)
        self.assertIsNone(reply.headers["Location"])

    def test_once(self):
        """CB-8"""
        flow, location = self.begin()
        path = self.finish(location)
        cookies = dict(flow.cookies)
        self.assertEqual(flow.ask("GET", path).status, 303)
        flow.cookies = cookies
        self.assertEqual(flow.ask("GET", path, headers=JSON).status, 400)

    def test_two_at_once(self):
        """CB-9"""
        first, first_location = self.begin()
        second, second_location = self.begin()
        second_path = self.finish(second_location, "bob")
        first_path = self.finish(first_location, "alice")
        subjects = set()
        for flow, path in ((second, second_path), (first, first_path)):
            reply = flow.ask("GET", path)
            self.assertEqual(reply.location()["state"], "state-of-the-client")
            flow.take_code(reply)
            self.assertEqual(flow.redeem().status, 200)
            subjects.add(claims_of(flow.access_token)["sub"])
        self.assertEqual(len(subjects), 2)
        # The codes are of no use to the other client.
        self.assert_error(first.redeem(code=second.code), 400, "invalid_grant")


class TokenTest(BehaviourCase):
    def with_code(self):
        flow = self.flow()
        flow.register()
        flow.take_code(flow.press(flow.open_page()))
        return flow

    def test_success(self):
        """TOK-1 TOK-11: jti names the token family and is unique."""
        flow = self.with_code()
        reply = flow.redeem()
        told = reply.json()
        self.assertEqual(told["token_type"], "Bearer")
        self.assertGreater(told["expires_in"], 0)
        self.assertTrue(told["refresh_token"])
        self.assertEqual(told["scope"], "mcp offline_access")
        self.assertEqual(reply.headers["Cache-Control"], "no-store")
        self.assertEqual(reply.headers["Pragma"], "no-cache")
        claims = claims_of(told["access_token"])
        self.assertEqual(claims["iss"], self.issuer)
        self.assertEqual(claims["aud"], self.issuer + "/mcp")
        self.assertEqual(claims["client_id"], flow.client_id)
        self.assertEqual(claims["exp"] - claims["iat"], told["expires_in"])
        self.assertTrue(claims["sub"] and claims["scope"] and claims["jti"])

    def test_missing_and_malformed(self):
        """TOK-2; an unknown grant type is unsupported_grant_type, as RFC 6749 has it."""
        flow = self.with_code()
        for changes in ({"grant_type": ""}, {"code": ""}, {"client_id": ""},
                        {"redirect_uri": ""}, {"code_verifier": ""},
                        {"code_verifier": "a" * 42}, {"code_verifier": "a" * 129},
                        {"code_verifier": "!" * 43}):
            self.assert_error(flow.redeem(**changes), 400, "invalid_request")
        self.assert_error(flow.redeem(grant_type="password"), 400, "unsupported_grant_type")
        self.assertEqual(flow.redeem().status, 200)

    def test_wrong_code(self):
        """TOK-3 TOK-4 TOK-5 TOK-7 TOK-8"""
        flow = self.with_code()
        other = self.flow()
        other.register()
        self.assert_error(flow.redeem(code="unknown"), 400, "invalid_grant")
        self.assert_error(flow.redeem(code="unknown", code_verifier="-._~" * 11), 400,
                          "invalid_grant")
        self.assert_error(flow.redeem(client_id=other.client_id), 400, "invalid_grant")
        self.assert_error(flow.redeem(redirect_uri=REDIRECT_URI + "x"), 400, "invalid_grant")
        self.assertEqual(flow.redeem().status, 200)
        self.assert_error(flow.redeem(), 400, "invalid_grant")
        # The second use took back what the first one gave.
        self.assertEqual(flow.call().status, 401)
        guessed = self.with_code()
        self.assert_error(guessed.redeem(code_verifier="x" * 43), 400, "invalid_grant")
        self.assert_error(guessed.redeem(), 400, "invalid_grant")

    def at_once(self, call):
        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            return [reply.status for reply in pool.map(lambda _: call(), range(20))]

    def test_at_once(self):
        """TOK-6: exactly one of twenty."""
        for _ in range(3):
            flow = self.with_code()
            statuses = self.at_once(flow.redeem)
            self.assertEqual(statuses.count(200), 1)
            self.assertEqual(statuses.count(400), 19)

    def test_resource(self):
        """TOK-10; TOK-9: no resource means the one that was authorized."""
        flow = self.with_code()
        self.assert_error(flow.redeem(resource="https://evil.example/mcp"), 400,
                          "invalid_target")
        self.assertEqual(flow.redeem().status, 200)

    def test_refresh(self):
        """REF-1 REF-3 REF-10"""
        flow = self.with_code()
        flow.redeem()
        first = claims_of(flow.access_token)
        seen = {first["jti"]}
        for _ in range(5):
            before = flow.refresh_token
            reply = flow.refresh()
            self.assertEqual(reply.headers["Cache-Control"], "no-store")
            self.assertNotEqual(flow.refresh_token, before)
            self.assertIn("mcp", reply.json()["scope"].split())
            claims = claims_of(flow.access_token)
            self.assertEqual(claims["sub"], first["sub"])
            seen.add(claims["jti"])
        self.assertEqual(len(seen), 6)

    def test_used_refresh_token(self):
        """REF-2: a lost answer may be asked for again, and gets the same; once its successor
        was used, the old one revokes them all."""
        flow = self.with_code()
        flow.redeem()
        old = flow.refresh_token
        flow.refresh(old)
        successor = flow.refresh_token
        self.assertEqual(flow.refresh(old).status, 200)
        self.assertEqual(flow.refresh_token, successor)
        self.assertEqual(flow.refresh(successor).status, 200)
        self.assert_error(flow.refresh(old), 400, "invalid_grant")
        self.assert_error(flow.refresh(), 400, "invalid_grant")
        self.assertEqual(flow.call().status, 401)

    def test_refresh_at_once(self):
        """REF-4: everybody who asks at once gets the same successor, and it works."""
        flow = self.with_code()
        flow.redeem()
        old = flow.refresh_token
        tokens = set()

        def refresh():
            reply = flow.ask("POST", "/token", {"grant_type": "refresh_token",
                                                "client_id": flow.client_id,
                                                "refresh_token": old})
            if reply.status == 200:
                tokens.add(reply.json()["refresh_token"])
            return reply

        self.assertGreaterEqual(self.at_once(refresh).count(200), 1)
        self.assertEqual(len(tokens), 1)
        self.assertEqual(flow.refresh(tokens.pop()).status, 200)

    def test_refresh_refusals(self):
        """REF-5 REF-6 REF-7 REF-8 REF-9"""
        flow = self.with_code()
        flow.redeem()
        other = self.flow()
        other.register()

        def ask(**changes):
            form = {"grant_type": "refresh_token", "client_id": flow.client_id,
                    "refresh_token": flow.refresh_token, **changes}
            return flow.take_tokens(flow.ask("POST", "/token", form))

        self.assert_error(ask(refresh_token="unknown"), 400, "invalid_grant")
        self.assert_error(ask(client_id=other.client_id), 400, "invalid_grant")
        self.assert_error(ask(refresh_token=""), 400, "invalid_request")
        self.assert_error(ask(client_id=""), 400, "invalid_request")
        self.assert_error(ask(scope="mcp openid"), 400, "invalid_scope")
        self.assert_error(ask(resource="https://evil.example/mcp"), 400, "invalid_target")
        self.assertEqual(ask(resource=self.issuer + "/mcp").status, 200)
        self.assertEqual(ask().status, 200)

    def test_json_body(self):
        flow = self.with_code()
        reply = flow.ask("POST", "/token", body="{}",
                         headers={"Content-Type": "application/json"})
        self.assertIn(reply.status, (400, 415))
        self.assertEqual(reply.json()["error"], "invalid_request")


class RevocationTest(BehaviourCase):
    def revoke(self, flow, **form):
        return flow.ask("POST", "/revoke", {"client_id": flow.client_id, **form})

    def test_access_token(self):
        """REV-1"""
        flow = self.flow()
        flow.run()
        self.assertEqual(flow.call().status, 200)
        reply = self.revoke(flow, token=flow.access_token)
        self.assertEqual(reply.status, 200)
        self.assertEqual(reply.headers["Cache-Control"], "no-store")
        self.assertEqual(flow.call().status, 401)

    def test_refresh_token(self):
        """REV-2 REV-5"""
        flow = self.flow()
        flow.run()
        self.assertEqual(self.revoke(flow, token=flow.refresh_token,
                                     token_type_hint="refresh_token").status, 200)
        self.assert_error(flow.refresh(), 400, "invalid_grant")
        self.assertEqual(flow.call().status, 401)

    def test_unknown_and_wrong_hint(self):
        """REV-3; REV-4: a wrong hint does not keep a token alive (RFC 7009, section 2.1); a
        request without a token is a mistake of the client and is told so."""
        flow = self.flow()
        flow.run()
        self.assertEqual(self.revoke(flow, token="unknown").status, 200)
        self.assert_error(self.revoke(flow), 400, "invalid_request")
        self.assertEqual(self.revoke(flow, token=flow.access_token,
                                     token_type_hint="refresh_token").status, 200)
        self.assertEqual(flow.call().status, 401)


class McpTest(BehaviourCase):
    def setUp(self):
        self.client = self.flow()
        self.client.run()
        self.mcp.seen.clear()

    def call(self, method="POST", body="{}", client=None, path="/mcp", **headers):
        client = client or self.client
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        headers = {"Authorization": f"Bearer {client.access_token}",
                   "Content-Type": "application/json", **headers}
        return client.ask(method, path, body=body, headers=headers)

    def test_without_a_token(self):
        """BEAR-1: with the resource metadata's address besides."""
        reply = self.flow().ask("POST", "/mcp", body="{}")
        challenge = reply.headers["WWW-Authenticate"]
        self.assertEqual(reply.status, 401)
        self.assertTrue(challenge.startswith("Bearer realm="))
        self.assertNotIn("error", challenge)
        self.assertIn("resource_metadata=", challenge)
        self.assertEqual(self.mcp.seen, [])

    def test_bad_tokens(self):
        """BEAR-2 BEAR-3 BEAR-4 BEAR-5"""
        head, payload, signature = self.client.access_token.split(".")
        none = base64.urlsafe_b64encode(b'{"alg":"none","typ":"at+jwt"}').rstrip(b"=").decode()
        claims = claims_of(self.client.access_token)
        claims["sub"] = "else"
        forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
        session = base64.urlsafe_b64encode(
            b'{"alg":"RS256","typ":"JWT","kid":"jwk-test-1"}').rstrip(b"=").decode()
        for token in ("nonsense", f"{none}.{payload}.", f"{head}.{forged}.{signature}",
                      f"{session}.{payload}.{signature}"):
            reply = self.call(Authorization="Bearer " + token)
            self.assert_error(reply, 401, "invalid_token")
            self.assertIn('error="invalid_token"', reply.headers["WWW-Authenticate"])
            for word in ("signature", "jose", "kid", "OpenSSL"):
                self.assertNotIn(word, reply.body)
        reply = self.call(Authorization="Basic eDp5")
        self.assertEqual(reply.status, 401)
        self.assertTrue(reply.headers["WWW-Authenticate"].startswith("Bearer "))
        self.assertEqual(self.call(Authorization="bearer " + self.client.access_token).status,
                         200)

    def test_head(self):
        """MCP-1; MCP-2: what HEAD and GET answer is the MCP server's affair."""
        self.assertEqual(self.call("HEAD", None).status, 204)
        self.assertEqual(self.flow().ask("HEAD", "/mcp").status, 401)
        self.assertEqual([seen[0] for seen in self.mcp.seen], ["HEAD"])

    def test_sessions(self):
        """MCP-3 MCP-4 MCP-6 MCP-7 MCP-13: the session is the MCP server's own, in the header
        and nowhere else; nobody else gets at it."""
        session = self.call(body='{"method":"initialize"}').headers["Mcp-Session-Id"]
        self.assertIn(session, self.mcp.sessions)
        self.assertEqual(self.call(Mcp_Session_Id=session).status, 200)
        self.assertEqual(self.mcp.seen[-1][2]["Mcp-Session-Id"], session)
        other = self.flow()
        other.run()
        for method in ("POST", "GET", "DELETE"):
            self.assert_error(self.call(method, None, client=other, Mcp_Session_Id=session),
                              403, "invalid_session")
        self.assertEqual(self.call("DELETE", None, Mcp_Session_Id=session).status, 204)
        self.assertNotIn(session, self.mcp.sessions)
        self.assertEqual(self.call("DELETE", None, client=self.flow_without_token(),
                                   Mcp_Session_Id=session).status, 401)

    def flow_without_token(self):
        flow = self.flow()
        flow.access_token = "none"
        return flow

    def test_what_reaches_the_server(self):
        """MCP-8 MCP-12"""
        reply = self.call(body='{"method":"break"}')
        self.assertEqual((reply.status, reply.headers["Content-Type"], reply.body),
                         (500, "text/html", "<p>broken</p>"))
        reply = self.call(body='{"method":"notify"}')
        self.assertEqual((reply.status, reply.body), (202, ""))
        headers = self.mcp.seen[-1][2]
        self.assertEqual(headers["Authorization"],
                         "Bearer token-of-the-mcp-server-0123456789")
        self.assertNotIn(self.client.access_token, str(headers))

    def test_streams(self):
        """MCP-9 MCP-10 MCP-11: event by event, bytes as they are."""
        for method, body in (("GET", None), ("POST", '{"method":"stream"}')):
            connection = http.client.HTTPConnection(self.client.host, timeout=LIMIT_S)
            self.addCleanup(connection.close)
            connection.request(method, "/mcp", body, {
                "Authorization": f"Bearer {self.client.access_token}",
                "Accept": "text/event-stream", "Content-Type": "application/json",
                "Last-Event-ID": "41"})
            answer = connection.getresponse()
            self.assertEqual(answer.headers["Content-Type"], "text/event-stream")
            for number in range(3):
                event = b"id: %d\ndata: one\ndata: two\n\n" % number
                self.mcp.say(event)
                self.assertEqual(answer.read(len(event)), event)
            self.mcp.say(None)
            self.assertEqual(answer.read(), b"")
            headers = self.mcp.seen[-1][2]
            self.assertEqual((headers["Accept"], headers["Last-Event-ID"]),
                             ("text/event-stream", "41"))


if __name__ == "__main__":
    unittest.main()
