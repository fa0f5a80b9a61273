# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Signing in with a code or a link in an e-mail, with the real service and the simulator."""

import json
import pathlib
import re
import sys
import unittest
import urllib.parse

sys.dont_write_bytecode = True
E2E = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(E2E), str(E2E.parent / "stytch-sim")]

import test_canary  # noqa: E402
from oauth_flow import HIDDEN_FIELD  # noqa: E402
from simulator import Browser, Simulator  # noqa: E402

METHOD = re.compile(r'<button name="method" value="([a-z-]+)" data-method="\1">([^<]+)</button>')


def claims_sub(flow):
    return json.loads(test_canary.base64.urlsafe_b64decode(
        flow.access_token.split(".")[1] + "=="))["sub"]


class MailCase(test_canary.CanaryCase):
    methods = "google;email-otp;magic-link"

    def setUp(self):
        self.simulator = Simulator()
        self.addCleanup(self.simulator.stop)
        told = self.simulator.credentials
        self.stytch_secret = told["secret"]
        self.settings = (
            f"[identity]\nprovider=stytch\n[stytch]\nproject-id={told['project_id']}\n"
            f"public-token={told['public_token']}\napi-url={told['api_url']}\n"
            f"methods={self.methods}\n")
        super().setUp()
        self.daemon = self.start().await_ready()
        self.daemon.await_log("Signing with key")
        self.register_urls()

    def register_urls(self):
        for kind in ("login", "signup"):
            self.simulator.switch("redirect-urls", type=kind,
                                  url=self.daemon.issuer + "/callback?tx={}")

    def begin(self):
        """A person who pressed Allow: flow, and the sign-in page."""
        flow = self.flow()
        flow.register()
        return flow, flow.press(flow.open_page(prompt="login"))

    def press(self, flow, page, **fields):
        """Presses a button of a sign-in page."""
        hidden = dict(HIDDEN_FIELD.findall(page.body))
        self.plant("login tx", hidden["tx"])
        return flow.ask("POST", "/sign-in", {**hidden, **fields},
                        headers={"Origin": self.daemon.issuer})

    def begin_by(self, method, email):
        flow, page = self.begin()
        page = self.press(flow, page, method=method)
        return flow, self.press(flow, page, do="send", email=email)

    def mail(self):
        messages = json.loads(self.simulator.request("GET", "/sim/outbox").body)["messages"]
        for message in messages:
            if message.get("code"):
                self.plant_typed("code in a mail", message["code"])
        return messages

    def calls(self, path):
        log = json.loads(self.simulator.request("GET", "/sim/log").body)
        return [entry for entry in log["requests"] if entry["path"] == path]

    def wrong_code(self):
        return "111111" if self.mail()[-1]["code"] != "111111" else "222222"

    def open_link(self, message):
        """Where the link in the mail leads."""
        self.plant("link token", message["token"])
        answer = Browser(self.simulator).request("GET", message["link"])
        self.assertEqual(answer.status, 302)
        target = urllib.parse.urlsplit(answer.location)
        return f"{target.path}?{target.query}"

    def assert_signed_in(self, flow, reply):
        self.assertEqual(reply.status, 303, reply.body)
        flow.take_code(reply)
        self.assertEqual(flow.redeem().status, 200)
        self.assertEqual(flow.call().status, 200)
        return claims_sub(flow)


class CodeTest(MailCase):
    def test_code(self):
        flow, page = self.begin()
        self.assertEqual(METHOD.findall(page.body), [
            ("google", "Google"), ("email-otp", "A code by e-mail"),
            ("magic-link", "A link by e-mail")])
        page = self.press(flow, page, method="email-otp")
        page = self.press(flow, page, do="send", email="dora@example.com")
        self.assertIn("dora@example.com", page.body)
        message = self.mail()[-1]
        self.assertEqual(message["to"], "dora@example.com")
        code = f" {message['code'][:3]} {message['code'][3:]} "
        first = self.assert_signed_in(flow, self.press(flow, page, do="check", code=code))
        again, page = self.begin_by("email-otp", "dora@example.com")
        reply = self.press(again, page, do="check", code=self.mail()[-1]["code"])
        self.assertEqual(self.assert_signed_in(again, reply), first)
        self.assertNotIn("dora@", self.daemon.log)
        self.assert_nothing_leaked(self.daemon)

    def test_five_tries(self):
        flow, page = self.begin_by("email-otp", "dora@example.com")
        old = self.mail()[-1]["code"]
        for left in ("4 more times", "3 more times", "2 more times", "1 more time"):
            page = self.press(flow, page, do="check", code=self.wrong_code())
            self.assertIn(left, page.body)
        page = self.press(flow, page, do="check", code=self.wrong_code())
        self.assertIn("too many wrong codes", page.body)
        self.assertNotIn('id="code"', page.body)
        page = self.press(flow, page, do="check", code=old)
        self.assertEqual(len(self.calls("/v1/otps/authenticate")), 5)
        page = self.press(flow, page, do="send")
        self.assert_signed_in(
            flow, self.press(flow, page, do="check", code=self.mail()[-1]["code"]))

    def test_tries_survive_a_restart(self):
        flow, page = self.begin_by("email-otp", "dora@example.com")
        for _ in range(4):
            page = self.press(flow, page, do="check", code=self.wrong_code())
        listen = self.daemon.issuer.removeprefix("http://")
        self.daemon.send(test_canary.signal.SIGTERM)
        self.assertEqual(self.daemon.await_exit(), 0)
        self.daemon = self.start(listen=listen).await_ready()
        self.daemon.await_log("Signing with key")
        page = self.press(flow, page, do="check", code=self.wrong_code())
        self.assertIn("too many wrong codes", page.body)

    def test_an_old_code(self):
        flow, page = self.begin_by("email-otp", "dora@example.com")
        self.simulator.switch("clock", advance_s=601)
        page = self.press(flow, page, do="check", code=self.mail()[-1]["code"])
        self.assertIn("Ask for a new one", page.body)
        page = self.press(flow, page, do="send")
        self.assert_signed_in(
            flow, self.press(flow, page, do="check", code=self.mail()[-1]["code"]))

    def test_three_mails(self):
        flow, page = self.begin_by("email-otp", "dora@example.com")
        for _ in range(2):
            page = self.press(flow, page, do="send")
        self.assertNotIn('id="resend"', page.body)
        page = self.press(flow, page, do="send")
        self.assertIn("No more mail", page.body)
        _, page = self.begin_by("email-otp", "DORA@example.com")
        self.assertIn("No more mail", page.body)
        self.assertEqual(len(self.mail()), 3)

    def test_known_and_unknown_addresses_look_alike(self):
        self.begin_by("email-otp", "known@example.com")
        pages = []
        for email in ("known@example.com", "other@example.com"):
            _, page = self.begin_by("email-otp", email)
            pages.append(re.sub(r'name="tx" value="[^"]*"', "", page.body).replace(email, "X"))
        self.assertEqual(pages[0], pages[1])

    def test_failures_of_stytch(self):
        for fault, told in (("429", "No mail could be sent"),
                            ("user-locked", "No mail could be sent"),
                            ("500", "has a fault"), ("dropped", "could not be asked")):
            self.simulator.switch("reset")
            self.simulator.fault("/v1/otps/email/login_or_create", fault, times=1)
            flow, page = self.begin_by("email-otp", f"{fault}@example.com")
            self.assertEqual(page.status, 200)
            self.assertIn(told, page.body)
            page = self.press(flow, page, do="send", email=f"{fault}@example.com")
            self.assert_signed_in(
                flow, self.press(flow, page, do="check", code=self.mail()[-1]["code"]))
        self.assert_nothing_leaked(self.daemon)

    def test_failures_while_the_code_is_checked(self):
        for fault, status, told in (("429", 200, "too many requests"),
                                    ("500", 200, "has a fault"),
                                    ("user-locked", 403, "locked"),
                                    ("not-json", 502, "not one of Stytch")):
            flow, page = self.begin_by("email-otp", f"{fault}@example.com")
            self.simulator.fault("/v1/otps/authenticate", fault, times=1)
            page = self.press(flow, page, do="check", code=self.mail()[-1]["code"])
            self.assertEqual(page.status, status, page.body)
            self.assertIn(told, page.body)
            if status == 200:
                self.assert_signed_in(
                    flow, self.press(flow, page, do="check", code=self.mail()[-1]["code"]))

    def test_sandbox(self):
        flow, page = self.begin_by("email-otp", "sandbox@stytch.com")
        self.assertEqual(self.mail(), [])
        self.assert_signed_in(flow, self.press(flow, page, do="check", code="000000"))


class LinkTest(MailCase):
    def test_link(self):
        flow, page = self.begin_by("magic-link", "dora@example.com")
        self.assertIn("Look into your mail", page.body)
        path = self.open_link(self.mail()[-1])
        self.assert_signed_in(flow, flow.ask("GET", path))
        self.assertEqual(flow.ask("GET", path).status, 400)
        self.assertEqual(len(self.calls("/v1/magic_links/authenticate")), 1)
        self.assertIn("code_verifier", str(self.calls("/v1/magic_links/authenticate")))
        self.assert_nothing_leaked(self.daemon)

    def test_another_browser(self):
        flow, _ = self.begin_by("magic-link", "dora@example.com")
        path = self.open_link(self.mail()[-1])
        other = self.flow()
        reply = other.ask("GET", path)
        self.assertEqual(reply.status, 400)
        self.assertIn("began in another browser", reply.body)
        self.assertEqual(self.calls("/v1/magic_links/authenticate"), [])
        self.assert_signed_in(flow, flow.ask("GET", path))

    def test_a_link_of_another_login(self):
        """Its token does not fit, even in the right browser."""
        flow, _ = self.begin_by("magic-link", "dora@example.com")
        self.begin_by("magic-link", "eve@example.com")
        mine, hers = self.mail()[-2:]
        path = self.open_link(mine).replace(mine["token"], hers["token"])
        self.plant("link token", hers["token"])
        reply = flow.ask("GET", path)
        self.assertEqual(reply.status, 400)
        self.assertIn("does not belong to this browser", reply.body)
        self.assert_nothing_leaked(self.daemon)

    def test_an_old_link(self):
        flow, _ = self.begin_by("magic-link", "dora@example.com")
        path = self.open_link(self.mail()[-1])
        self.simulator.switch("clock", advance_s=601)
        reply = flow.ask("GET", path)
        self.assertEqual(reply.status, 400)
        self.assertIn("took too long", reply.body)

    def test_not_registered(self):
        self.simulator.switch("reset")
        _, page = self.begin_by("magic-link", "dora@example.com")
        self.assertEqual(page.status, 502)
        self.assertIn("/callback?tx={}", page.body)

    def test_an_oauth_token_for_a_link(self):
        flow, _ = self.begin_by("magic-link", "dora@example.com")
        path = self.open_link(self.mail()[-1]).replace("magic_links", "oauth")
        reply = flow.ask("GET", path)
        self.assertEqual(reply.status, 502)
        self.assertEqual(self.calls("/v1/oauth/authenticate"), [])


class ChoiceTest(MailCase):
    def test_google_of_three(self):
        flow, page = self.begin()
        reply = self.press(flow, page, method="google")
        self.assertEqual(reply.status, 303)
        browser = Browser(self.simulator)
        decided = browser.decide(browser.request("GET", reply.headers["Location"]),
                                 "approve-existing")
        target = urllib.parse.urlsplit(browser.request("GET", decided.location).location)
        self.plant("stytch token", dict(urllib.parse.parse_qsl(target.query))["token"])
        self.assert_signed_in(flow, flow.ask("GET", f"{target.path}?{target.query}"))
        self.assert_nothing_leaked(self.daemon)

    def test_two_at_once(self):
        ann, ann_page = self.begin_by("email-otp", "ann@example.com")
        ann_code = self.mail()[-1]["code"]
        bob, _ = self.begin_by("magic-link", "bob@example.com")
        path = self.open_link(self.mail()[-1])
        bob_is = self.assert_signed_in(bob, bob.ask("GET", path))
        ann_is = self.assert_signed_in(
            ann, self.press(ann, ann_page, do="check", code=ann_code))
        self.assertNotEqual(ann_is, bob_is)
        users = {}
        for sub in (ann_is, bob_is):
            answer = self.simulator.api("GET", f"/v1/users/{sub}")
            users[sub] = answer.json["emails"][0]["email"]
        self.assertEqual(users, {ann_is: "ann@example.com", bob_is: "bob@example.com"})

    def test_cancel(self):
        flow, page = self.begin()
        reply = self.press(flow, page, do="cancel")
        self.assertEqual(reply.location()["error"], "access_denied")
        self.assertEqual(self.press(flow, page, method="google").status, 400)


class FixedTest(MailCase):
    def setUp(self):
        self.methods += "\ncallback=fixed"
        super().setUp()

    def register_urls(self):
        for kind in ("login", "signup"):
            self.simulator.switch("redirect-urls", type=kind,
                                  url=self.daemon.issuer + "/callback")

    def test_link_and_google(self):
        flow, _ = self.begin_by("magic-link", "dora@example.com")
        path = self.open_link(self.mail()[-1])
        self.assertNotIn("tx=", path)
        self.assertEqual(self.flow().ask("GET", path).status, 400)
        self.assert_signed_in(flow, flow.ask("GET", path))
        other, page = self.begin()
        location = self.press(other, page, method="google").headers["Location"]
        browser = Browser(self.simulator)
        decided = browser.decide(browser.request("GET", location), "approve-new")
        target = urllib.parse.urlsplit(browser.request("GET", decided.location).location)
        self.assertNotIn("tx=", target.query)
        self.assert_signed_in(other, other.ask("GET", f"{target.path}?{target.query}"))


if __name__ == "__main__":
    unittest.main()
