# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""No secret gets where it may not be: log, records, bus, arguments, environment, upstream.

That the search can find one is the subject of test_secret_search.py.
"""

import base64
import json
import pathlib
import signal
import subprocess
import sys
import time
import unittest

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from daemon_process import SIGNING_KEY, Daemon, Home, LIMIT_S  # noqa: E402
from oauth_flow import Flow, HIDDEN_FIELD, REDIRECT_URI  # noqa: E402
from secret_search import (BusMonitor, Secrets, find_in_bus, find_in_files,  # noqa: E402
                           find_in_process)
from wire import Upstream  # noqa: E402

UPSTREAM_TOKEN = "CANARY-upstream-3c0d61f8a2"
STYTCH_SECRET = "CANARY-stytch-secret-7b1e94d05c"
JWT_SECRET = "CANARY-jwt-secret-shared-with-others-5d20"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def make_public_jwk(key):
    numbers = key.public_key().public_numbers()
    return {"kty": "EC", "crv": "P-256", "alg": "ES256", "kid": "key-of-a-client",
            "x": encode(numbers.x.to_bytes(32, "big")), "y": encode(numbers.y.to_bytes(32, "big"))}


def make_assertion(key, client_id, audience):
    """How a client with a key authenticates itself (RFC 7523, section 2.2)."""
    head = {"alg": "ES256", "typ": "JWT", "kid": "key-of-a-client"}
    claims = {"iss": client_id, "sub": client_id, "aud": audience, "jti": f"for {audience}",
              "exp": int(time.time()) + 60}
    text = ".".join(encode(json.dumps(part).encode()) for part in (head, claims))
    r, s = utils.decode_dss_signature(key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
    return f"{text}.{encode(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


class CanaryCase(unittest.TestCase):
    settings = "[tokens]\naccess-lifetime-s=120\n"
    stytch_secret = STYTCH_SECRET

    def setUp(self):
        self.bus = subprocess.Popen(
            ["dbus-daemon", "--session", "--nofork", "--print-address=1"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.addCleanup(self.end_bus)
        self.home = Home(self.bus.stdout.readline().strip())
        self.addCleanup(self.home.remove)
        self.home.write_secret("upstream-token", UPSTREAM_TOKEN)
        self.home.write_secret("stytch-secret", self.stytch_secret)
        self.planted = Secrets()
        self.planted.add_key(SIGNING_KEY)
        self.planted.add("upstream token", UPSTREAM_TOKEN)
        self.planted.add("stytch secret", self.stytch_secret)
        self.seen = {}
        self.typed = {}
        self.replies = []
        self.upstream = Upstream()
        self.addCleanup(self.upstream.stop)
        self.write_config()
        self.monitor = BusMonitor(self.home.bus)
        self.addCleanup(self.monitor.stop)

    def end_bus(self):
        self.bus.terminate()
        self.bus.wait(LIMIT_S)
        self.bus.stdout.close()

    def write_config(self, more=""):
        self.home.write_config(f"[resource]\nupstream={self.upstream.url}\n{self.settings}{more}")

    def start(self, *arguments, **more):
        daemon = Daemon(self.home, "--verbose", *arguments, **more)
        self.addCleanup(daemon.stop)
        return daemon

    def flow(self):
        return Flow(self.daemon.issuer, self.seen, self.replies)

    def plant(self, what, value):
        self.seen[value] = what
        return value

    def plant_typed(self, what, value):
        """A short one, which people type."""
        self.typed[value] = what
        return value

    def all_secrets(self):
        secrets = Secrets()
        secrets.add_key(SIGNING_KEY)
        secrets.add("upstream token", UPSTREAM_TOKEN)
        secrets.add("stytch secret", self.stytch_secret)
        for value, what in self.seen.items():
            secrets.add_token(what, value)
        for value, what in self.typed.items():
            secrets.add_word(what, value)
        return secrets

    def assert_nothing_leaked(self, *daemons):
        """Looks while it runs and once more after it wrote everything down."""
        secrets = self.all_secrets()
        for is_over in (False, True):
            for daemon in daemons:
                if is_over:
                    daemon.send(signal.SIGTERM)
                    self.assertEqual(daemon.await_exit(), 0)
                else:
                    self.assertEqual(find_in_process(secrets, daemon.process.pid), {})
            self.assertEqual(find_in_files(secrets, self.home.path, [self.home.secrets]), {})
        for daemon in daemons:
            self.assertEqual(secrets.find(daemon.log), [])
        self.monitor.stop()
        self.assertTrue(any(message.get_member() == "RequestName"
                            for message, _ in self.monitor.messages))
        self.assertEqual(find_in_bus(secrets, self.monitor.messages), [])
        for reply in self.replies:
            self.assertEqual(self.planted.find(reply.body + str(reply.headers)), [])
        for _, path, head, body in self.upstream.seen:
            head = head.replace(f"Bearer {UPSTREAM_TOKEN}", "")
            self.assertEqual(secrets.find(path + head) + secrets.find(body), [])


class CanaryTest(CanaryCase):
    def test_all_goes_well(self):
        self.daemon = self.start().await_ready()
        first, second = self.flow(), self.flow()
        for flow in (first, second):
            flow.run()
            self.assertEqual(flow.call().status, 200)
        for _ in range(3):
            self.assertEqual(first.refresh().status, 200)
            self.assertEqual(first.call().status, 200)
        for path in ("/", "/status", "/healthz", "/.well-known/jwks.json",
                     "/.well-known/oauth-authorization-server",
                     "/.well-known/oauth-protected-resource"):
            self.assertEqual(first.ask("GET", path).status, 200)
        reply = second.ask("POST", "/revoke", {"token": second.refresh_token,
                                               "client_id": second.client_id})
        self.assertEqual(reply.status, 200)
        denied = self.flow()
        denied.register()
        self.assertEqual(denied.press(denied.open_page(), "deny").location()["error"],
                         "access_denied")
        self.daemon.send(signal.SIGHUP)
        self.daemon.await_log("Reloaded")
        self.assertEqual(len(self.upstream.seen), 5)
        for _, _, head, _ in self.upstream.seen:
            self.assertIn(f"Bearer {UPSTREAM_TOKEN}", head)
        self.assertEqual(set(self.seen.values()),
                         {"code_verifier", "cookie", "consent tx", "consent seal", "code",
                          "access_token", "refresh_token", "registration_access_token"})
        self.assert_nothing_leaked(self.daemon)

    def test_a_client_with_a_secret(self):
        self.daemon = self.start().await_ready()
        flow = self.flow()
        flow.register(token_endpoint_auth_method="client_secret_basic")
        basic = base64.b64encode(f"{flow.client_id}:{flow.client_secret}".encode()).decode()
        headers = {"Authorization": f"Basic {self.plant('basic credentials', basic)}"}
        flow.take_code(flow.press(flow.open_page(scope="mcp openid profile email")))
        self.assertEqual(flow.redeem().status, 401)
        form = {"grant_type": "authorization_code", "code": flow.code,
                "redirect_uri": REDIRECT_URI, "code_verifier": flow.verifier}
        reply = flow.take_tokens(flow.ask("POST", "/token", form, headers=headers))
        self.assertEqual(reply.status, 200)
        self.assertIn("id_token", self.seen.values())
        told = flow.ask("POST", "/introspect", {"token": flow.access_token}, headers=headers)
        self.assertTrue(told.json()["active"])
        told = flow.ask("POST", "/introspect", {"token": flow.access_token})
        self.assertEqual(told.status, 401)
        bearer = {"Authorization": f"Bearer {flow.access_token}"}
        self.assertEqual(flow.ask("GET", "/userinfo", headers=bearer).status, 200)
        bearer = {"Authorization": f"Bearer {flow.registration_access_token}"}
        path = f"/register/{flow.client_id}"
        self.assertEqual(flow.ask("GET", path, headers=bearer).status, 200)
        self.assertEqual(flow.ask("GET", path, headers=headers).status, 401)
        self.assertEqual(flow.ask("DELETE", path, headers=bearer).status, 204)
        self.assert_nothing_leaked(self.daemon)

    def test_a_client_with_a_key(self):
        self.daemon = self.start().await_ready()
        flow = self.flow()
        key = ec.generate_private_key(ec.SECP256R1())
        flow.register(token_endpoint_auth_method="private_key_jwt",
                      jwks={"keys": [make_public_jwk(key)]})
        flow.take_code(flow.press(flow.open_page()))
        # The first is meant for somebody else, so that it could still be used there.
        for audience, status in (("https://other.example", 401), (self.daemon.issuer, 200)):
            assertion = make_assertion(key, flow.client_id, audience)
            self.plant("client_assertion", assertion)
            reply = flow.redeem(client_assertion=assertion, client_assertion_type=ASSERTION_TYPE)
            self.assertEqual(reply.status, status, reply.body)
        self.assert_nothing_leaked(self.daemon)

    def test_a_shared_secret(self):
        self.home.write_secret("jwt-secret", self.plant("jwt secret", JWT_SECRET))
        self.planted.add("jwt secret", JWT_SECRET)
        self.settings = "[tokens]\nalgorithm=HS256\n"
        self.write_config()
        self.daemon = self.start().await_ready()
        self.daemon.await_log("Signing with key hs256")
        flow = self.flow()
        flow.run()
        self.assertEqual(flow.call().status, 200)
        self.assertEqual(flow.refresh().status, 200)
        for path in ("/status", "/.well-known/jwks.json",
                     "/.well-known/oauth-authorization-server"):
            self.assertEqual(flow.ask("GET", path).status, 200)
        self.daemon.send(signal.SIGHUP)
        self.daemon.await_log("Reloaded")
        self.assert_nothing_leaked(self.daemon)

    def test_a_device(self):
        self.daemon = self.start().await_ready()
        flow = self.flow()
        flow.register(grant_types=[DEVICE_GRANT, "refresh_token"], redirect_uris=[])
        form = {"client_id": flow.client_id, "scope": "mcp"}
        told = flow.ask("POST", "/device_authorization", form).json()
        self.plant("device_code", told["device_code"])
        self.plant_typed("user_code", told["user_code"])
        poll = {"grant_type": DEVICE_GRANT, "client_id": flow.client_id,
                "device_code": told["device_code"]}
        self.assertEqual(flow.ask("POST", "/token", poll).json()["error"],
                         "authorization_pending")
        headers = {"Origin": self.daemon.issuer}
        link = told["verification_uri_complete"].removeprefix(self.daemon.issuer)
        self.assertEqual(flow.ask("GET", link).status, 200)
        wrong = self.plant_typed("wrong user_code", "WRNG-CDXZ")
        self.assertNotEqual(wrong, told["user_code"])
        flow.ask("POST", "/device", {"user_code": wrong}, headers=headers)
        page = flow.ask("POST", "/device", {"user_code": told["user_code"]}, headers=headers)
        fields = dict(HIDDEN_FIELD.findall(page.body.replace("&amp;", "&")))
        self.plant("device seal", fields["seal"])
        self.assertEqual(flow.press(fields).status, 200)
        self.assertEqual(flow.take_tokens(flow.ask("POST", "/token", poll)).status, 200)
        self.assertEqual(flow.call().status, 200)
        self.assertEqual(flow.ask("POST", "/token", poll).status, 400)
        self.assert_nothing_leaked(self.daemon)

    def test_wrong_and_repeated_requests(self):
        self.daemon = self.start().await_ready()
        flow = self.flow()
        flow.register()
        fields = flow.open_page()
        cookies = dict(flow.cookies)
        for change in ({"seal": self.plant("wrong seal", "CANARY" * 8)},
                       {"tx": self.plant("wrong tx", "CANARY-tx" * 4)}):
            self.assertEqual(flow.press({**fields, **change}).status // 100, 4)
        flow.cookies = {name: self.plant("wrong cookie", "CANARY-cookie" * 3) for name in cookies}
        self.assertEqual(flow.press(fields).status // 100, 4)
        flow.cookies = cookies
        flow.take_code(flow.press(fields))
        flow.cookies = dict(cookies)
        self.assertEqual(flow.press(fields).status // 100, 4)
        wrong = self.plant("wrong verifier", "CANARY-verifier-" + "v" * 40)
        self.assertEqual(flow.redeem(code_verifier=wrong).status, 400)
        self.assertEqual(flow.redeem(code=self.plant("wrong code", "CANARY-code-19")).status, 400)
        again = self.flow()
        again.run()
        self.assertEqual(again.refresh().status, 200)
        old = again.refresh_token
        self.assertEqual(again.refresh().status, 200)
        self.assertEqual(again.redeem().status, 400)
        self.assertEqual(again.refresh(old).status, 400)
        self.assertEqual(again.refresh().status, 400)
        self.assertEqual(again.call().status, 401)
        self.assert_nothing_leaked(self.daemon)

    def test_secrets_where_they_do_not_belong(self):
        self.daemon = self.start().await_ready()
        flow = self.flow()
        flow.run()
        head, payload, signature = flow.access_token.split(".")
        forged = self.plant("forged signature", signature[::-1])
        for token in (self.plant("bad bearer", "CANARY-bearer-5f"), f"{head}.{payload}.{forged}",
                      self.plant("half a token", flow.access_token[:-9]),
                      flow.refresh_token, self.plant("huge bearer", "CANARY-huge" * 900)):
            self.assertIn(flow.call(token).status, (400, 401))
        lost = self.plant("lost token", "CANARY-token-in-a-query-81")
        for method, path in (("GET", f"/mcp?access_token={lost}"),
                             ("GET", f"/nowhere/{lost}?token={lost}"),
                             ("GET", f"/authorize?client_id={lost}&code_challenge={lost}"),
                             ("GET", f"/callback?token={lost}&stytch_token_type=oauth"),
                             ("GET", f"/callback?code={lost}&state={lost}&tx={lost}"),
                             ("GET", f"//{lost}"), ("GET", f"/?{lost}"), ("PUT", f"/token?{lost}")):
            self.assertIn(flow.ask(method, path).status, (200, 400, 401, 404, 405), path)
        basic = base64.b64encode(f"client:{lost}".encode()).decode()
        for path, status in (("/token", 400), ("/revoke", 401)):
            self.assertEqual(flow.ask("POST", path, {"token": lost},
                                      headers={"Authorization": f"Basic {basic}"}).status, status)
            for body in (f"client_secret={lost}&grant_type={lost}", f"code={lost}&code={lost}",
                         f"grant_type=authorization_code&code={lost}%zz", lost):
                flow.ask("POST", path, body=body,
                         headers={"Content-Type": "application/x-www-form-urlencoded"})
        for body in (f'{{"client_secret":"{lost}"', f'{{"redirect_uris":["http://{lost}"]}}',
                     f'{{"redirect_uris":"{lost}"}}'):
            self.assertEqual(flow.ask("POST", "/register", body=body,
                                      headers={"Content-Type": "application/json"}).status, 400)
        self.assertEqual(flow.ask("GET", "/healthz", headers={"Host": lost}).status, 421)
        self.assertEqual(flow.ask("POST", "/token", {"a": "b"},
                                  headers={"Origin": f"https://{lost}"}).status, 403)
        self.upstream.stop()
        self.assertEqual(flow.call().status, 502)
        self.assert_nothing_leaked(self.daemon)

    def test_secrets_that_cannot_be_used(self):
        """The log says which secret is bad and not how it reads."""
        key = {**SIGNING_KEY, "x": SIGNING_KEY["y"]}
        for kind, text in (("signing-key", json.dumps(key)),
                           ("signing-key", json.dumps(SIGNING_KEY)[:-3]),
                           ("signing-key", SIGNING_KEY["d"]),
                           ("stytch-secret", STYTCH_SECRET + "\n\xff" * 9)):
            with self.subTest(kind=kind, text=text[-9:]):
                before = (self.home.secrets / kind).read_text()
                self.home.write_secret(kind, text)
                daemon = self.start()
                daemon.await_log("Signing with key|No signing key")
                daemon.send(signal.SIGTERM)
                daemon.await_exit()
                self.assertEqual(self.planted.find(daemon.log), [])
                self.home.write_secret(kind, before)
        for name in ("STYTCH_SECRET", "OAUTH_CLIENT_SECRET", "JWT_SECRET", "REMOTE_MCP_AUTH_TOKEN"):
            with self.subTest(name):
                daemon = self.start(environment={name: STYTCH_SECRET})
                self.assertEqual(daemon.await_exit(), 78)
                self.assertEqual(self.planted.find(daemon.log), [])
        for argument in ("--stytch-secret", "--upstream-token"):
            daemon = self.start(argument, STYTCH_SECRET)
            self.assertEqual(daemon.await_exit(), 64)
            self.assertEqual(self.planted.find(daemon.log), [])
        self.write_config(f"[stytch]\nsecret={STYTCH_SECRET}\n")
        daemon = self.start()
        self.assertEqual(daemon.await_exit(), 78)
        self.assertEqual(self.planted.find(daemon.log), [])
        self.write_config()
        self.daemon = self.start().await_ready()
        self.assert_nothing_leaked(self.daemon)

    def test_an_upstream_token_that_is_no_header(self):
        for text in (UPSTREAM_TOKEN + "\r\nX-Smuggled: y", UPSTREAM_TOKEN + "\x01",
                     UPSTREAM_TOKEN + "\r\n"):
            with self.subTest(text[-3:]):
                self.upstream.seen.clear()
                self.home.write_secret("upstream-token", text)
                self.daemon = self.start().await_ready()
                self.daemon.await_log("upstream-token is not used")
                flow = self.flow()
                flow.run()
                self.assertEqual(flow.call().status, 200)
                self.assertNotRegex(self.upstream.seen[0][2], "(?i)smuggled|authorization")
                self.daemon.send(signal.SIGTERM)
                self.assertEqual(self.daemon.await_exit(), 0)
                self.assertNotIn("CRITICAL", self.daemon.log)
                self.assertEqual(self.all_secrets().find(self.daemon.log), [])


if __name__ == "__main__":
    unittest.main()
