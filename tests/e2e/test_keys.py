# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Signing keys rotate while a client works, and nobody notices; or everybody, if that is wanted."""

import base64
import http.client
import json
import os
import pathlib
import signal
import subprocess
import sys
import threading
import unittest

sys.dont_write_bytecode = True
E2E = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(E2E), str(E2E.parent / "tools")]

import session_parts  # noqa: E402
from daemon_process import Daemon, Home, LIMIT_S  # noqa: E402
from oauth_driver import McpServer  # noqa: E402
from oauth_flow import Flow  # noqa: E402

CLI = os.environ["BMA_CLI"]
MAX_ROUNDS = 1000
MORE = 10  # rounds after something happened
SECRET = "the secret that others have too."


def read_header(token):
    part = token.split(".")[0]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


class Client(threading.Thread):
    """Refreshes and calls in a loop. One that copes with a 401 does as all do: it refreshes and
    tries again, also when the answer was broken off because its token ended meanwhile."""

    def __init__(self, flow, copes_with_401=False):
        super().__init__(daemon=True)
        self.flow, self.first = flow, flow.access_token
        self.copes_with_401 = copes_with_401
        self.failures, self.n_done, self.n_refused = [], 0, 0
        self._enough = threading.Event()
        self._news = threading.Condition()

    def run(self):
        while self.n_done < MAX_ROUNDS and not self._enough.is_set():
            try:
                self._work()
            except Exception as error:  # noqa: BLE001 - told by the test
                self.failures.append(error)
            with self._news:
                self.n_done += 1
                self._news.notify_all()

    def _expect(self, what, reply):
        if reply.status != 200:
            self.failures.append((self.n_done, what, reply.status, reply.body))

    def _work(self):
        self._expect("call", self._call())
        self._expect("refresh", self.flow.refresh())
        self._expect("call after refresh", self._call())
        if not self.copes_with_401:
            self._expect("call with the first token", self.flow.call(self.first))

    def _call(self):
        try:
            reply = self.flow.call()
        except http.client.RemoteDisconnected:
            if not self.copes_with_401:
                raise
            reply = None
        if self.copes_with_401 and (reply is None or reply.status == 401):
            self.n_refused += 1
            self._expect("refresh after 401", self.flow.refresh())
            reply = self.flow.call()
        return reply

    def go_on(self):
        """Whole rounds from now on."""
        with self._news:
            wanted = self.n_done + MORE
            if not self._news.wait_for(lambda: self.n_done > wanted, LIMIT_S):
                raise AssertionError(f"only {self.n_done} rounds; {self.failures}")

    def finish(self):
        self.go_on()
        self._enough.set()
        self.join(LIMIT_S)
        return self.failures


class KeysTest(unittest.TestCase):
    def setUp(self):
        house = session_parts.Household()
        self.addCleanup(house.__exit__, None, None, None)
        environment = dict(os.environ)
        session_parts.start_private_session(house, environment, "unlocked", False)
        self.home = Home(environment["DBUS_SESSION_BUS_ADDRESS"])
        self.addCleanup(self.home.remove)
        self.upstream = McpServer()
        self.addCleanup(self.upstream.stop)
        self.configure()

    def configure(self, more="", folder=False):
        text = f"[resource]\nupstream={self.upstream.url}\n{more}"
        if folder:
            self.home.write_config(text)
        else:
            self.home.config.write_text(text)

    def start(self, listen="127.0.0.1:0"):
        self.daemon = Daemon(self.home, listen=listen)
        self.addCleanup(self.daemon.stop)
        self.daemon.await_ready()
        return self.daemon

    def begin(self, **how):
        self.start().await_log("Signing with key")
        flow = Flow(self.daemon.issuer)
        flow.run()
        client = Client(flow, **how)
        client.start()
        return client

    def run_keys(self, *arguments, code=0):
        done = subprocess.run([CLI, "keys", *arguments], env=self.home.environment(),
                              capture_output=True, text=True, timeout=LIMIT_S)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout if code == 0 else done.stderr

    def list_keys(self):
        """[(state, algorithm, id, signs from)]"""
        return [(key["state"], key["algorithm"], key["id"], key.get("signs-from"))
                for key in json.loads(self.run_keys("--json"))]

    def published(self):
        return {key["kid"]: key["alg"]
                for key in json.loads(self.daemon.get("/.well-known/jwks.json")[1])["keys"]}

    def test_not_one_call_fails(self):
        client = self.begin()
        (_, _, first, _), = self.list_keys()
        client.go_on()
        self.run_keys("rotate")
        (state, _, active, _), (next_state, _, following, signs_from) = self.list_keys()
        self.assertEqual((state, active, next_state), ("active", first, "next"))
        self.assertGreater(signs_from, 0)
        self.assertEqual(set(self.published()), {first, following})
        client.go_on()
        self.run_keys("rotate")
        self.assertEqual([key[2] for key in self.list_keys()], [first, following])
        self.configure("[tokens]\nalgorithm=RS256\n")
        self.daemon.send(signal.SIGHUP)
        self.daemon.await_log(r"Key \S+ \(RS256\) is published and signs in 300 s")
        self.assertEqual(sorted(self.published().values()), ["ES256", "RS256"])
        self.assertEqual(client.finish(), [])
        self.assertEqual(read_header(client.flow.access_token)["kid"], first)

    def test_now(self):
        client = self.begin(copes_with_401=True)
        client.go_on()
        (_, _, first, _), = self.list_keys()
        self.run_keys("rotate", "--now")
        self.assertEqual(client.flow.call(client.first).status, 401)
        (state, _, second, _), = self.list_keys()
        self.assertEqual(state, "active")
        self.assertNotEqual(second, first)
        self.assertEqual(set(self.published()), {second})
        self.assertEqual(client.finish(), [])
        self.assertLessEqual(client.n_refused, 1)
        self.assertEqual(read_header(client.flow.access_token)["kid"], second)
        self.assertEqual(client.flow.call(client.first).status, 401)

    def test_no_key_is_lost_with_the_process(self):
        self.start().await_log("Signing with key")
        flow = Flow(self.daemon.issuer)
        flow.run()
        self.run_keys("rotate")
        before = self.list_keys()
        self.daemon.send(signal.SIGKILL)
        self.daemon.await_exit()
        self.start(self.daemon.issuer.removeprefix("http://")).await_log("Signing with key")
        after = self.list_keys()
        self.assertEqual([key[:3] for key in after], [key[:3] for key in before])
        # When it was not written down yet, the time of being published begins again.
        self.assertGreaterEqual(after[1][3], before[1][3])
        self.assertEqual(flow.call().status, 200)
        self.assertEqual(flow.refresh().status, 200)

    def test_files_do_not_rotate(self):
        self.configure(folder=True)
        self.start().await_log("Signing with key")
        before = self.list_keys()
        self.assertIn("Secrets come from files", self.run_keys("rotate", "--now", code=1))
        self.assertIn("Secrets come from files", self.run_keys("rotate", code=1))
        self.assertEqual(self.list_keys(), before)

    def test_shared_secret(self):
        self.home.write_secret("jwt-secret", SECRET + "\n")
        self.configure("[tokens]\nalgorithm=HS256\n", folder=True)
        self.start().await_log(r"Signing with key hs256 \(HS256\)")
        flow = Flow(self.daemon.issuer)
        flow.run()
        self.assertEqual(read_header(flow.access_token)["alg"], "HS256")
        self.assertEqual(flow.call().status, 200)
        self.assertEqual(self.published(), {})
        self.assertEqual(flow.ask("GET", "/.well-known/openid-configuration").status, 404)
        self.assertEqual(self.list_keys(), [("active", "HS256", "hs256", None)])
        self.assertIn("HS256", self.run_keys("rotate", "--now", code=1))
        self.configure("[tokens]\nalgorithm=ES256\n", folder=True)
        self.daemon.send(signal.SIGHUP)
        self.daemon.await_log(r"Signing with key \S+ \(ES256\)")
        self.assertEqual(flow.call().status, 401)
        self.assertEqual(flow.refresh().status, 200)
        self.assertEqual(flow.call().status, 200)

    def test_shared_secret_goes_with_no_other_issuer(self):
        self.home.write_secret("jwt-secret", SECRET)
        issuers = "trusted-issuers=https://id.example.org\n"
        self.configure(issuers + "[tokens]\nalgorithm=HS256\n", folder=True)
        daemon = Daemon(self.home)
        self.addCleanup(daemon.stop)
        self.assertEqual(daemon.await_exit(), 78, daemon.log)
        self.assertRegex(daemon.log, "HS256 does not go with .* trusted-issuers: beside a shared")
        self.configure("[tokens]\nalgorithm=HS256\n", folder=True)
        self.start().await_log("Signing with key hs256")
        self.configure(issuers + "[tokens]\nalgorithm=HS256\n", folder=True)
        self.daemon.send(signal.SIGHUP)
        self.daemon.await_log("Keeping the settings in use: .*HS256 does not go with")
        self.assertEqual(self.list_keys(), [("active", "HS256", "hs256", None)])

    def test_short_secret(self):
        self.home.write_secret("jwt-secret", SECRET[1:])
        self.configure("[tokens]\nalgorithm=HS256\n", folder=True)
        self.start().await_log("No signing key: .*fewer than 32 bytes")
        self.assertIn("32 bytes", self.run_keys(code=1))


if __name__ == "__main__":
    unittest.main()
