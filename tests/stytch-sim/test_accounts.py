# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Sessions, magic links and one-time codes of the simulator. Run it as a program."""

import json
import os
import pathlib
import stat
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from sim_testcase import (  # noqa: E402
    APP, CHALLENGE, OAUTH, SANDBOX_NOT_FOUND, SANDBOX_SESSION, SANDBOX_USER, VERIFIER,
    SimulatorTest, claims_of, header_of)


class SessionTest(SimulatorTest):
    def session(self):
        return self.authenticate(self.token(), session_duration_minutes=60).json

    def call(self, name, **body):
        return self.sim.api("POST", f"/v1/sessions/{name}", body)

    def test_by_token_and_by_expired_jwt(self):
        body = self.session()
        self.sim.switch("clock", advance_s=301)
        by_jwt = self.call("authenticate", session_jwt=body["session_jwt"])
        by_token = self.call("authenticate", session_token=body["session_token"])
        for answer in (by_jwt, by_token):
            self.assertEqual(answer.status, 200)
            self.assertEqual(answer.json["session"]["session_id"],
                             body["user_session"]["session_id"])
            self.assertGreaterEqual(claims_of(answer.json["session_jwt"])["iat"],
                                    claims_of(body["session_jwt"])["exp"])

    def test_session_ends(self):
        token = self.session()["session_token"]
        self.sim.switch("clock", advance_s=3600)
        self.assert_error(self.call("authenticate", session_token=token), 404,
                          "session_not_found")

    def test_session_is_extended_with_a_factor(self):
        body = self.session()
        again = self.authenticate(self.token(provider="github"),
                                  session_token=body["session_token"]).json
        self.assertEqual(again["session_token"], body["session_token"])
        self.assertEqual(len(again["user_session"]["authentication_factors"]), 2)

    def test_somebody_elses_session_is_ignored(self):
        body = self.session()
        other = self.authenticate(self.token(user="bob"), session_duration_minutes=60,
                                  session_token=body["session_token"]).json
        self.assertNotEqual(other["session_token"], body["session_token"])

    def test_revoke(self):
        for name in ("session_id", "session_token", "session_jwt"):
            body = self.session()
            value = {"session_id": body["user_session"]["session_id"], **body}[name]
            with self.subTest(name):
                self.assertEqual(self.call("revoke", **{name: value}).status, 200)
                self.assert_error(self.call(
                    "authenticate", session_token=body["session_token"]), 404,
                    "session_not_found")

    def test_arguments(self):
        for body, status, error_type in (
                ({}, 400, "no_session_arguments"),
                ({"session_token": "x"}, 400, "invalid_session_token"),
                ({"session_jwt": "x.y.z"}, 400, "unable_to_parse_session_jwt"),
                ({"session_token": "x", "session_jwt": "y"}, 400,
                 "too_many_session_arguments"),
                ({"session_token": SANDBOX_NOT_FOUND}, 404, "session_not_found")):
            with self.subTest(error_type):
                self.assert_error(self.call("authenticate", **body), status, error_type)

    def test_sandbox(self):
        answer = self.call("authenticate", session_token=SANDBOX_SESSION)
        self.assertEqual(answer.json["session"]["started_at"], "2021-08-28T00:41:58.935673Z")

    def test_list(self):
        body = self.session()
        answer = self.sim.api("GET", f"/v1/sessions?user_id={body['user_id']}")
        self.assertEqual(len(answer.json["sessions"]), 1)
        self.assert_error(self.sim.api("GET", f"/v1/sessions?user_id={SANDBOX_USER}"), 404,
                          "user_not_found")

    def test_issuer_follows_the_host(self):
        host = f"localhost:{self.sim.host.partition(':')[2]}"
        answer = self.sim.api("POST", OAUTH, {
            "token": self.token(), "session_duration_minutes": 5}, headers={"Host": host})
        self.assertEqual(claims_of(answer.json["session_jwt"])["iss"], f"http://{host}")

    def test_key_sets_and_rotation(self):
        project_id = self.sim.credentials["project_id"]
        old = header_of(self.session()["session_jwt"])["kid"]
        sets = [self.sim.request("GET", path).json["keys"] for path in (
            f"/v1/sessions/jwks/{project_id}", "/.well-known/jwks.json",
            f"/v1/public/{project_id}/.well-known/jwks.json")]
        self.assertEqual(len(sets[0]), 2)
        self.assertTrue(sets[0] == sets[1] == sets[2])
        for expected in (True, False):
            self.sim.switch("rotate-keys")
            keys = self.sim.request("GET", "/.well-known/jwks.json").json["keys"]
            self.assertEqual(old in [key["kid"] for key in keys], expected)
        new = header_of(self.session()["session_jwt"])["kid"]
        self.assertEqual(new, keys[0]["kid"])

    def test_mint_jwt(self):
        jwt = self.sim.switch("mint-jwt", key="stranger", header={"typ": None},
                              claims={"sub": "me", "nbf": None})["jwt"]
        self.assertNotIn("typ", header_of(jwt))
        self.assertEqual(claims_of(jwt)["sub"], "me")
        self.assertNotIn("nbf", claims_of(jwt))


class MailTest(SimulatorTest):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="stytch-sim-outbox-")
        cls.outbox = pathlib.Path(cls.folder.name) / "outbox.jsonl"
        cls.options = ("--outbox", str(cls.outbox), "--lock-after", "3")
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.folder.cleanup()

    def last_mail(self):
        return json.loads(self.outbox.read_text(encoding="utf-8").splitlines()[-1])

    def call(self, path, **body):
        return self.sim.api("POST", f"/v1/{path}", body)

    def test_magic_link(self):
        sent = self.call("magic_links/email/login_or_create", email="Dora@example.com",
                         login_magic_link_url=f"{APP}?tx=in", code_challenge=CHALLENGE,
                         signup_magic_link_url=f"{APP}?tx=up").json
        self.assertTrue(sent["user_created"])
        back = self.browser.request("GET", self.last_mail()["link"])
        self.assertTrue(back.location.startswith(
            f"{APP}?tx=up&stytch_token_type=magic_links&token="))
        token = back.query["token"]
        self.assert_error(self.call("magic_links/authenticate", token=token), 400,
                          "pkce_expected_code_verifier")
        body = self.call("magic_links/authenticate", token=token, code_verifier=VERIFIER,
                         session_duration_minutes=5).json
        self.assertEqual((body["user_id"], body["method_id"]),
                         (sent["user_id"], sent["email_id"]))
        self.assertEqual(body["session"]["authentication_factors"][0]["type"], "magic_link")
        self.assert_error(self.call("magic_links/authenticate", token=token), 401,
                          "unable_to_auth_magic_link")

    def test_magic_link_expires(self):
        self.call("magic_links/email/login_or_create", email="dora@example.com")
        token = self.last_mail()["token"]
        self.sim.switch("clock", advance_s=10080 * 60)
        self.assert_error(self.call("magic_links/authenticate", token=token), 401,
                          "unable_to_auth_magic_link")

    def test_magic_link_refusals(self):
        path = "magic_links/email/login_or_create"
        for body, error_type in (
                ({"email": "nobody"}, "invalid_email"),
                ({"login_magic_link_url": "x"}, "invalid_magic_link_url"),
                ({"login_magic_link_url": "http://127.0.0.1:1/"},
                 "no_match_for_provided_magic_link_url"),
                ({"login_expiration_minutes": 1}, "invalid_expiration_magic_link")):
            with self.subTest(error_type):
                self.assert_error(self.call(path, **{"email": "dora@example.com", **body}),
                                  400, error_type)
        self.assert_error(self.call("magic_links/email/send", email="nobody@example.com"),
                          404, "email_not_found")

    def test_code(self):
        sent = self.call("otps/email/login_or_create", email="dora@example.com").json
        first = self.last_mail()["code"]
        self.call("otps/email/send", email="dora@example.com")
        second = self.last_mail()["code"]
        method_id = sent["email_id"]
        if first != second:
            self.assert_error(self.call("otps/authenticate", method_id=method_id, code=first),
                              404, "otp_code_not_found")
        answer = self.call("otps/authenticate", method_id=method_id, code=second)
        self.assertEqual(answer.json["user"]["emails"][0]["verified"], True)
        self.assert_error(self.call("otps/authenticate", method_id=method_id, code=second),
                          401, "unable_to_auth_otp_code")

    def test_code_expires(self):
        sent = self.call("otps/email/login_or_create", email="dora@example.com").json
        self.sim.switch("clock", advance_s=120)
        self.assert_error(self.call("otps/authenticate", method_id=sent["email_id"],
                                    code=self.last_mail()["code"]),
                          401, "unable_to_auth_otp_code")

    def test_user_is_locked(self):
        sent = self.call("otps/email/login_or_create", email="dora@example.com").json
        arguments = {"method_id": sent["email_id"], "code": "000000"}
        for _ in range(3):
            self.assert_error(self.call("otps/authenticate", **arguments), 404,
                              "otp_code_not_found")
        self.assert_error(self.call("otps/authenticate", **arguments), 429,
                          "user_lock_limit_reached")
        self.sim.switch("clock", advance_s=3600)
        self.assertEqual(self.call("otps/email/send", email="dora@example.com").status, 200)

    def test_phone(self):
        sent = self.call("otps/sms/login_or_create", phone_number="+49301234567").json
        answer = self.call("otps/authenticate", method_id=sent["phone_id"],
                           code=self.last_mail()["code"])
        self.assertEqual(answer.json["user"]["phone_numbers"][0]["verified"], True)

    def test_sandbox(self):
        for path, body, name in (
                ("otps/email/login_or_create", {"email": "sandbox@stytch.com"}, "email_id"),
                ("otps/whatsapp/send", {"phone_number": "+10000000000"}, "phone_id")):
            sent = self.call(path, **body).json
            answer = self.call("otps/authenticate", method_id=sent[name], code="000000")
            self.assertEqual(answer.json["user_id"], SANDBOX_USER)
        for token, status, error_type in (
                ("DOYoip3rvIMMW5lgItikFK-Ak1CfMsgjuiCyI7uuU94=", 200, None),
                ("3pzjQpgksDlGKWEwUq2Up--hCHC_0oamfLHyfspKDFU=", 401,
                 "unable_to_auth_magic_link"),
                ("CprTtwhnRNiMBiUS2jSLcWYrfuO2POeBNdo5HhW6qTM=", 404,
                 "magic_link_not_found")):
            self.assertEqual(self.call("magic_links/email/login_or_create",
                                       email="sandbox@stytch.com").status, 200)
            answer = self.call("magic_links/authenticate", token=token)
            self.assertEqual((answer.status, answer.json.get("error_type")),
                             (status, error_type))
        self.assertEqual(self.sim.request("GET", "/sim/outbox").json["messages"], [])

    def test_outbox_is_private(self):
        self.call("otps/email/login_or_create", email="dora@example.com")
        self.assertEqual(stat.S_IMODE(os.stat(self.outbox).st_mode), 0o600)


if __name__ == "__main__":
    unittest.main()
