# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The same search while people sign in with Stytch, whose tokens come in a query."""

import base64
import pathlib
import sys
import unittest
import urllib.parse

sys.dont_write_bytecode = True
E2E = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(E2E), str(E2E.parent / "stytch-sim")]

import test_canary  # noqa: E402
from simulator import Browser, Simulator  # noqa: E402


class StytchCanaryTest(test_canary.CanaryCase):
    def setUp(self):
        self.simulator = Simulator()
        self.addCleanup(self.simulator.stop)
        told = self.simulator.credentials
        self.stytch_secret = told["secret"]
        self.settings = (f"[identity]\nprovider=stytch\n[stytch]\nproject-id={told['project_id']}\n"
                         f"public-token={told['public_token']}\napi-url={told['api_url']}\n")
        super().setUp()
        basic = base64.b64encode(f"{told['project_id']}:{told['secret']}".encode()).decode()
        self.plant("authorization of our calls", basic)
        self.daemon = self.start().await_ready()
        self.daemon.await_log("Signing with key")
        for kind in ("login", "signup"):
            self.simulator.switch("redirect-urls", type=kind,
                                  url=self.daemon.issuer + "/callback?tx={}")

    def return_path(self, flow, **how):
        """A person allows it and signs in; where the provider sends the browser then."""
        flow.register()
        # Also if somebody is signed in already.
        location = flow.press(flow.open_page(), "other-account").headers["Location"]
        self.assertTrue(location.startswith(self.simulator.url + "/v1/public/oauth/"), location)
        browser = Browser(self.simulator)
        decided = browser.decide(browser.request("GET", location), "approve-existing", **how)
        target = urllib.parse.urlsplit(browser.request("GET", decided.location).location)
        query = dict(urllib.parse.parse_qsl(target.query))
        self.plant("stytch token", query["token"])
        self.plant("login tx", query["tx"])
        return f"{target.path}?{target.query}", query

    def test_sign_in(self):
        flow = self.flow()
        path, _ = self.return_path(flow)
        flow.take_code(flow.ask("GET", path))
        self.assertEqual(flow.redeem().status, 200)
        self.assertEqual(flow.call().status, 200)
        self.assertEqual(flow.refresh().status, 200)
        self.assertIn("stytch token", self.seen.values())
        self.assert_nothing_leaked(self.daemon)

    def test_returns_that_fail(self):
        wrong = self.plant("wrong stytch token", "CANARY-stytch-token-a71c")
        for fault, status in ((None, 400), ("500", 502), ("429", 503), ("not-json", 502),
                              ("truncated", 502), ("dropped", 502), ("user-locked", 403),
                              ("nulls", 303), ("emails-empty", 303)):
            flow = self.flow()
            path, query = self.return_path(flow)
            if fault is None:
                path = path.replace(query["token"], wrong)
            else:
                self.simulator.fault("/v1/oauth/authenticate", fault, times=1)
            cookies = dict(flow.cookies)
            flow.cookies = {}
            self.assertEqual(flow.ask("GET", path).status, 400)
            flow.cookies = cookies
            reply = flow.ask("GET", path)
            self.assertEqual(reply.status, status, fault)
            if status == 303:
                flow.take_code(reply)
            flow.cookies = cookies
            self.assertEqual(flow.ask("GET", path).status, 400)
            self.simulator.switch("reset")
            for kind in ("login", "signup"):
                self.simulator.switch("redirect-urls", type=kind,
                                      url=self.daemon.issuer + "/callback?tx={}")
        self.assert_nothing_leaked(self.daemon)


if __name__ == "__main__":
    unittest.main()
