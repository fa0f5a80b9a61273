# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The real daemon behind a reverse proxy, open to others, and with peers that ask much."""

import http.client
import json
import os
import pathlib
import socket
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from certificates import Authority  # noqa: E402
from daemon_process import Daemon, Home, LIMIT_S  # noqa: E402
from wire import Peer, address_of, split_answers  # noqa: E402

STRANGER = 65534
STYTCH = """[identity]
provider=stytch
[stytch]
project-id=project-test-11111111-1111-1111-1111-111111111111
public-token=public-token-test-11111111-1111-1111-1111-111111111111
"""
CLIENT = json.dumps({"client_name": "x", "redirect_uris": ["http://127.0.0.1:1/landing"],
                     "token_endpoint_auth_method": "none"})

# Reads requests from standard input and tells the answers, as whoever it runs as.
PROGRAM = """
import http.client, json, sys
host, port, source, requests = json.load(sys.stdin)
told = []
for method, path, headers, body in requests:
    connection = http.client.HTTPConnection(host, port, timeout=20, source_address=(source, 0))
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    told.append([answer.status, dict((name.lower(), value) for name, value in
                                     answer.getheaders()), answer.read().decode()])
    connection.close()
json.dump(told, sys.stdout)
"""


class StrangersTest(unittest.TestCase):
    def start(self, service="", more="", **options):
        self.home = Home()
        self.addCleanup(self.home.remove)
        self.home.write_secret("stytch-secret", "secret-test-only-here-so-that-there-is-one")
        self.home.write_config(f"{service}\n{more}")
        self.daemon = Daemon(self.home, **options)
        self.addCleanup(self.daemon.stop)
        return self.daemon

    def ask(self, requests, source="127.0.0.1", as_stranger=False):
        """The answers to (method, path, headers, body) from that address."""
        identity = {"user": STRANGER, "group": STRANGER, "extra_groups": []} \
            if as_stranger else {}
        if as_stranger and os.getuid() != 0:
            self.skipTest("only root can send requests as another user")
        done = subprocess.run(
            [sys.executable, "-I", "-c", PROGRAM],
            input=json.dumps([*address_of(self.daemon), source, requests]),
            capture_output=True, text=True, timeout=3 * LIMIT_S, cwd="/", **identity)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)


class ProxyTest(StrangersTest):
    def test_only_the_named_proxy_of_another_user_comes_in(self):
        self.start("trusted-proxies=127.0.0.2", STYTCH).await_ready()
        page = [("GET", "/", {}, None)]
        self.assertEqual(self.ask(page, "127.0.0.2", True)[0][0], 200)
        self.assertEqual(self.ask(page, "127.0.0.1", True)[0][0], 403)
        self.assertEqual(self.ask(page, "127.0.0.3", True)[0][0], 403)
        forged = [("GET", "/", {"X-Forwarded-For": "127.0.0.1"}, None)]
        self.assertEqual(self.ask(forged, "127.0.0.3", True)[0][0], 403)

    def test_whoever_comes_through_it_is_not_the_owner(self):
        self.start("trusted-proxies=127.0.0.2", STYTCH).await_ready()
        status = [("GET", "/status", {}, None), ("GET", "/metrics", {}, None)]
        for answer in self.ask(status):
            self.assertEqual(answer[0], 200)
        for answer in self.ask(status, "127.0.0.2"):
            self.assertEqual(answer[0], 403)
            self.assertEqual(json.loads(answer[2])["error"], "owner_only")
        traced = [("GET", "/status", {"X-Forwarded-For": "127.0.0.1"}, None)]
        self.assertEqual(self.ask(traced)[0][0], 403)

    def test_limits_are_those_of_the_client_behind_it(self):
        self.start("trusted-proxies=127.0.0.2",
                   STYTCH + "[limits]\nregister-per-minute=3\n").await_ready()

        def register(client):
            return ("POST", "/register",
                    {"Content-Type": "application/json", "X-Forwarded-For": client}, CLIENT)

        answers = self.ask([register("192.0.2.1")] * 4 +
                           [register("6.6.6.6, 192.0.2.1"), register("192.0.2.2")],
                           "127.0.0.2", True)
        self.assertEqual([answer[0] for answer in answers], [201, 201, 201, 429, 429, 201])
        self.assertEqual(json.loads(answers[3][2])["error"], "rate_limit_exceeded")
        self.assertGreaterEqual(int(answers[3][1]["retry-after"]), 1)
        # The owner is another one.
        self.assertEqual(self.ask([("POST", "/register", {"Content-Type": "application/json"},
                                    CLIENT)] * 5)[4][0], 201)

    def test_what_is_not_understood_is_refused(self):
        self.start("trusted-proxies=127.0.0.2", STYTCH).await_ready()
        for headers in ({"X-Forwarded-For": "somebody"}, {"Forwarded": "for=1;for=2"},
                        {"Forwarded": "for=192.0.2.1", "X-Forwarded-For": "192.0.2.2"}):
            answer = self.ask([("GET", "/authorize", headers, None)], "127.0.0.2")[0]
            self.assertEqual(answer[0], 400, headers)
            self.assertIn("reverse proxy", json.loads(answer[2])["error_description"])

    def test_local_identity_is_refused(self):
        daemon = self.start("trusted-proxies=127.0.0.2")
        self.assertEqual(daemon.await_exit(), 78)
        self.assertIn("[identity] provider: local would make you of everybody who comes through",
                      daemon.log)


class ExposedTest(StrangersTest):
    """On an address that counts as one that others can reach."""

    def setUp(self):
        self.authority = Authority()
        self.files = Home()
        self.addCleanup(self.files.remove)
        certificate, key = self.authority.issue("auth.example.org")
        self.path = self.files.path / "both.pem"
        self.path.write_text(certificate + key)
        self.path.chmod(0o600)

    def connect(self, port):
        connection = http.client.HTTPSConnection("auth.example.org", port, timeout=LIMIT_S,
                                                 context=self.authority.context())
        self.addCleanup(connection.close)
        connection._create_connection = lambda address, *rest, **more: \
            socket.create_connection(("127.0.0.2", port), LIMIT_S)
        return connection

    def ask_safely(self, path, **headers):
        connection = self.connect(self.port)
        connection.request("GET", path, headers={"Host": "auth.example.org", **headers})
        answer = connection.getresponse()
        return answer, answer.read().decode()

    def test_serves_there(self):
        with socket.socket() as free:
            free.bind(("127.0.0.2", 0))
            self.port = free.getsockname()[1]
        daemon = self.start(f"tls-certificate={self.path}\npublic-url=https://auth.example.org",
                            STYTCH, listen=f"127.0.0.2:{self.port}").await_ready()
        self.assertEqual(daemon.issuer, "https://auth.example.org")
        answer, body = self.ask_safely("/.well-known/oauth-authorization-server")
        self.assertEqual(answer.status, 200)
        self.assertEqual(json.loads(body)["issuer"], "https://auth.example.org")
        self.assertEqual(answer.headers["Strict-Transport-Security"], "max-age=31536000")
        # Our own user on this machine, and nobody in between.
        self.assertEqual(self.ask_safely("/status")[0].status, 200)
        self.assertEqual(self.ask_safely("/status", **{"X-Forwarded-For": "1.2.3.4"})[0].status,
                         403)
        # The address is not a name of ours.
        self.assertEqual(self.ask_safely("/", Host=f"127.0.0.2:{self.port}")[0].status, 421)


class LargeBodyTest(StrangersTest):
    """The refusal of a request with a body arrives whole, and is the last of nothing."""

    def send(self, length, follow=b""):
        host, port = address_of(self.daemon)
        head = (f"POST /mcp HTTP/1.1\r\nHost: {host}:{port}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n").encode()
        with Peer((host, port)) as peer:
            peer.send(head + b"x" * length + follow)
            peer.end_sending()
            return split_answers(peer.receive_all())

    def test_no_token(self):
        host, port = address_of(self.start().await_ready())
        health = (f"GET /healthz HTTP/1.1\r\nHost: {host}:{port}\r\n"
                  "Connection: close\r\n\r\n").encode()
        for length in (0, 1, 20_000, 300_000, 4_000_000):
            answers = self.send(length, health)
            with self.subTest(length):
                self.assertEqual([answer.status for answer in answers], [401, 200])
                self.assertIn("resource_metadata=", answers[0].headers["www-authenticate"])
                self.assertTrue(answers[0].body.startswith(b"{"))

    def test_too_large(self):
        self.start().await_ready()
        for length in (4_194_305, 30_000_000):
            answers = self.send(length)
            with self.subTest(length):
                self.assertEqual([answer.status for answer in answers], [413])
                self.assertEqual(answers[0].headers["connection"], "close")


if __name__ == "__main__":
    unittest.main()
