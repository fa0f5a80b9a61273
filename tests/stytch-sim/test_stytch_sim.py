# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Stytch's OAuth login, shown at the simulator. Run it as a program."""

import base64
import pathlib
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from simulator import Browser  # noqa: E402
from sim_testcase import (  # noqa: E402
    APP, CHALLENGE, OAUTH, SANDBOX_NOT_FOUND, SANDBOX_OAUTH, SANDBOX_USER, VERIFIER,
    SimulatorTest, claims_of, header_of)


class StartTest(SimulatorTest):
    def test_existing_user_lands_on_login_url(self):
        back = self.browser.sign_in(
            login_redirect_url=f"{APP}?tx=one", signup_redirect_url=f"{APP}?tx=two")
        self.assertEqual(back.status, 302)
        self.assertTrue(back.location.startswith(f"{APP}?tx=one&stytch_token_type=oauth&"))
        self.assertRegex(back.query["token"], r"^[A-Za-z0-9_-]{44}$")

    def test_new_user_lands_on_signup_url(self):
        back = self.browser.sign_in(
            "approve-new", login_redirect_url=f"{APP}?tx=one",
            signup_redirect_url=f"{APP}?tx=two")
        self.assertEqual(back.query["tx"], "two")

    def test_new_user_without_signup_url_lands_on_default(self):
        back = self.browser.sign_in("approve-new", login_redirect_url=f"{APP}?tx=one")
        self.assertTrue(back.location.startswith("http://localhost:3000/authenticate?"))

    def test_new_user_is_an_existing_one_afterwards(self):
        first = self.authenticate(self.token(action="approve-new", user="carol")).json
        back = self.browser.sign_in(user="carol", login_redirect_url=f"{APP}?tx=login")
        self.assertEqual(back.query["tx"], "login")
        again = self.authenticate(back.query["token"]).json
        self.assertEqual(first["user_id"], again["user_id"])

    def test_new_user_gets_a_name_nobody_has(self):
        users = [self.authenticate(self.token(action="approve-new")).json["user"]
                 for _ in range(3)]
        self.assertEqual([user["emails"][0]["email"] for user in users], [
            "alice@example.com", "alice.2@example.com", "alice.3@example.com"])

    def test_two_browsers_sign_in_as_two_people(self):
        other = Browser(self.sim)
        started = self.browser.start()
        other_started = other.start(provider_login_hint="bob@example.com")
        page = other.request("GET", other_started.location).body.decode()
        self.assertIn('name="user" value="bob"', page)
        decided = self.browser.decide(started, "approve-existing")
        other_decided = other.decide(other_started, "approve-existing", "bob")
        users = []
        for browser, answer in ((other, other_decided), (self.browser, decided)):
            back = browser.request("GET", answer.location)
            users.append(self.authenticate(back.query["token"]).json["user_id"])
        self.assertNotEqual(users[0], users[1])

    def test_page_has_its_buttons(self):
        page = self.browser.request("GET", self.browser.start().location).body.decode()
        for name in ("approve-existing", "approve-new", "refuse", "user", "user-alice",
                     "user-bob", "hide-email"):
            self.assertIn(f'id="{name}"', page)

    def test_page_lets_its_form_lead_to_the_app(self):
        page = self.browser.request("GET", self.browser.start().location)
        self.assertNotIn("form-action", page.headers["Content-Security-Policy"])

    def test_refusal_stays_on_stytch(self):
        answer = self.browser.sign_in("refuse")
        self.assert_error(answer, 400, "oauth_flow_callback_error")
        self.assertNotIn("Location", answer.headers)

    def test_state_is_not_echoed(self):
        back = self.browser.sign_in(login_redirect_url=APP, state="mine")
        self.assertEqual(set(back.query), {"stytch_token_type", "token"})

    def test_callback_needs_the_cookie(self):
        decided = self.browser.decide(self.browser.start(), "approve-existing")
        self.assert_error(
            Browser(self.sim).request("GET", decided.location), 400, "oauth_invalid_state")

    def test_callback_needs_the_same_cookie(self):
        decided = self.browser.decide(self.browser.start(), "approve-existing")
        self.browser.start()
        self.assert_error(
            self.browser.request("GET", decided.location), 400, "oauth_state_mismatch")

    def test_callback_works_once(self):
        decided = self.browser.decide(self.browser.start(), "approve-existing")
        cookies = dict(self.browser.cookies)
        self.assertEqual(self.browser.request("GET", decided.location).status, 302)
        self.browser.cookies = cookies
        self.assert_error(
            self.browser.request("GET", decided.location), 400, "oauth_state_used")

    def test_callback_comes_too_late(self):
        decided = self.browser.decide(self.browser.start(), "approve-existing")
        self.sim.switch("clock", advance_s=600)
        self.assert_error(
            self.browser.request("GET", decided.location), 400, "expired_oauth_response")

    def test_start_refuses_what_is_not_valid(self):
        for parameters, status, error_type in (
                ({"public_token": ""}, 400, "invalid_public_token_id"),
                ({"public_token": "public-token-test-x"}, 404, "public_token_not_found"),
                ({"provider": "myspace"}, 400, "invalid_oauth_provider"),
                ({"code_challenge": "short"}, 400, "invalid_pkce_code_challenge"),
                ({"login_redirect_url": "/callback"}, 400, "invalid_login_oauth_url"),
                ({"signup_redirect_url": "/callback"}, 400, "invalid_signup_oauth_url")):
            with self.subTest(error_type):
                self.assert_error(self.browser.start(**parameters), status, error_type)


class RedirectTest(SimulatorTest):
    options = ("--redirect-url", "login=http://127.0.0.1:9000/cb?tx={}&mode=app",
               "--redirect-url", "login=https://www.example.com/in")

    def start(self, url):
        return self.browser.start(login_redirect_url=url,
                                  signup_redirect_url="https://example.com/up")

    def setUp(self):
        super().setUp()
        self.sim.switch("redirect-urls", type="signup", url="https://example.com/up")

    def test_match(self):
        for url in ("http://127.0.0.1:9000/cb?tx=1&mode=app",
                    "http://127.0.0.1:9000/cb?tx=a%26b%3D&mode=app",
                    "https://example.com/in", "https://www.example.com/in"):
            with self.subTest(url):
                self.assertEqual(self.start(url).status, 302)

    def test_no_match(self):
        for url in ("http://127.0.0.1:9001/cb?tx=1&mode=app",
                    "http://127.0.0.1/cb?tx=1&mode=app",
                    "http://localhost:9000/cb?tx=1&mode=app",
                    "https://127.0.0.1:9000/cb?tx=1&mode=app",
                    "http://127.0.0.1:9000/cb/?tx=1&mode=app",
                    "http://127.0.0.1:9000/cb?tx=1&mode=other",
                    "http://127.0.0.1:9000/cb?tx=&mode=app",
                    "http://127.0.0.1:9000/cb?tx=1&mode=app&more=1",
                    "http://127.0.0.1:9000/cb?mode=app&tx=1",
                    "http://127.0.0.1:9000/cb", "https://example.com/in?x=1",
                    "https://example.com/up"):
            with self.subTest(url):
                self.assert_error(self.start(url), 400, "no_match_for_provided_oauth_url")

    def test_types_have_their_own_urls(self):
        answer = self.browser.start(signup_redirect_url="https://example.com/in")
        self.assert_error(answer, 400, "no_match_for_provided_oauth_url")

    def test_default_is_the_first_without_placeholder(self):
        back = self.browser.sign_in()
        self.assertTrue(back.location.startswith("https://www.example.com/in?stytch_token"))

    def test_type_without_urls(self):
        self.sim.switch("reset")
        self.assert_error(self.browser.start(), 400, "no_signup_redirect_urls_set")

    def test_placeholder_cannot_be_default(self):
        self.sim.switch("reset")
        self.sim.switch("redirect-urls", type="signup", url="http://127.0.0.1:1/cb?tx={}")
        self.assert_error(self.browser.start(), 400, "no_default_signup_redirect_url_set")


class AuthenticateTest(SimulatorTest):
    def test_without_session(self):
        answer = self.authenticate(self.token())
        body = answer.json
        self.assertEqual(answer.status, 200)
        self.assertEqual((body["session_token"], body["session_jwt"]), ("", ""))
        self.assertIsNone(body["user_session"])
        self.assertEqual(body["user"]["user_id"], body["user_id"])
        self.assertEqual(body["provider_type"], "Google")
        self.assertEqual(body["user"]["emails"][0]["email"], "alice@example.com")
        self.assertEqual(body["oauth_user_registration_id"],
                         body["user"]["providers"][0]["oauth_user_registration_id"])

    def test_with_session(self):
        body = self.authenticate(
            self.token(), session_duration_minutes=60,
            session_custom_claims={"room": "a", "sub": "me", "gone": None}).json
        claims = claims_of(body["session_jwt"])
        project_id = self.sim.credentials["project_id"]
        self.assertEqual(header_of(body["session_jwt"])["typ"], "JWT")
        self.assertEqual(claims["iss"], f"stytch.com/{project_id}")
        self.assertEqual(claims["aud"], [project_id])
        self.assertEqual(claims["sub"], body["user_id"])
        self.assertEqual(claims["exp"] - claims["iat"], 300)
        self.assertEqual(claims["room"], "a")
        self.assertNotIn("gone", claims)
        self.assertEqual(claims["https://stytch.com/session"]["id"],
                         body["user_session"]["session_id"])
        session_factor, = body["user_session"]["authentication_factors"]
        self.assertEqual(session_factor["delivery_method"], "oauth_google")
        self.assertEqual(session_factor["google_oauth_factor"]["provider_subject"],
                         body["provider_subject"])

    def test_same_address_is_the_same_user(self):
        google = self.authenticate(self.token()).json
        github = self.authenticate(self.token(provider="github")).json
        self.assertEqual(google["user_id"], github["user_id"])
        self.assertEqual(len(github["user"]["providers"]), 2)

    def test_user_without_address(self):
        hidden = self.authenticate(
            self.token(provider="github", more={"hide_email": "1"})).json
        amazon = self.authenticate(self.token(provider="amazon")).json
        self.assertEqual(hidden["user"]["emails"], [])
        self.assertEqual(amazon["user"]["emails"], [])
        self.assertNotEqual(hidden["user_id"], amazon["user_id"])

    def test_token_works_once(self):
        token = self.token()
        self.assertEqual(self.authenticate(token).status, 200)
        self.assert_error(self.authenticate(token), 404, "oauth_token_not_found")

    def test_token_expires(self):
        token, other = self.token(), self.token()
        self.sim.switch("clock", advance_s=290)
        self.assertEqual(self.authenticate(token).status, 200)
        self.sim.switch("clock", advance_s=10)
        self.assert_error(self.authenticate(other), 404, "oauth_token_not_found")

    def test_pkce(self):
        token = self.token(code_challenge=CHALLENGE)
        for more, error_type in (
                ({}, "pkce_expected_code_verifier"),
                ({"code_verifier": "short"}, "invalid_pkce_code_verifier"),
                ({"code_verifier": "x" * 43}, "pkce_mismatch")):
            self.assert_error(self.authenticate(token, **more), 400, error_type)
        self.assertEqual(self.authenticate(token, code_verifier=VERIFIER).status, 200)
        self.assert_error(self.authenticate(self.token(), code_verifier=VERIFIER), 400,
                          "pkce_did_not_expect_code_verifier")

    def test_arguments_that_are_not_valid(self):
        token = self.token()
        for more, error_type in (
                ({"session_duration_minutes": 4}, "invalid_session_duration_minutes"),
                ({"session_duration_minutes": "60"}, "invalid_session_duration_minutes"),
                ({"session_token": "a", "session_jwt": "b"}, "too_many_session_arguments"),
                ({"session_custom_claims": {"a": "x" * 5000}}, "bad_request"),
                ({"token": ""}, "invalid_token"),
                ({"token": 5}, "bad_request")):
            with self.subTest(error_type):
                self.assert_error(self.authenticate(**{"token": token, **more}), 400,
                                  error_type)
        self.assertEqual(self.authenticate(token).status, 200)

    def test_sandbox(self):
        for _ in range(2):
            body = self.authenticate(SANDBOX_OAUTH).json
            self.assertEqual((body["user_id"], body["session_jwt"]), (SANDBOX_USER, ""))
        body = self.authenticate(SANDBOX_OAUTH, session_duration_minutes=5).json
        self.assertEqual(body["user"]["emails"][0]["email"], "sandbox@stytch.com")
        self.assertTrue(body["session_jwt"])
        self.assert_error(self.authenticate(SANDBOX_NOT_FOUND), 400, "oauth_token_not_found")

    def test_credentials(self):
        path = "/v1/debug/whoami"
        project_id = self.sim.credentials["project_id"]
        self.assertEqual(self.sim.api("GET", path).json["project_id"], project_id)
        for user, password, error_type in (
                (project_id, "secret-test-wrong", "unauthorized_credentials"),
                (project_id, "wrong", "invalid_secret_authentication"),
                ("wrong", "secret-test-wrong", "invalid_project_id_authentication"),
                ("project-live-x", "secret-live-x", "live_id_used_in_test_environment")):
            basic = base64.b64encode(f"{user}:{password}".encode()).decode()
            with self.subTest(error_type):
                self.assert_error(self.sim.request(
                    "GET", path, headers={"Authorization": f"Basic {basic}"}),
                    401, error_type)
        self.assert_error(self.sim.request("GET", path), 401, "unauthorized_credentials")

    def test_unknown_route_and_body(self):
        self.assert_error(self.sim.api("GET", "/v1/nothing"), 404, "route_not_found")
        self.assert_error(self.sim.api("POST", OAUTH, []), 400, "bad_request")


if __name__ == "__main__":
    unittest.main()
