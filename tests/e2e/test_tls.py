# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The real daemon with a certificate."""

import http.client
import json
import os
import pathlib
import signal
import socket
import ssl
import sys
import unittest
import warnings

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from certificates import Authority  # noqa: E402
from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: E402
from daemon_process import Daemon, Home, LIMIT_S  # noqa: E402
from oauth_flow import Flow  # noqa: E402
from wire import Upstream  # noqa: E402

HOST = "127.0.0.1"


class TlsTest(unittest.TestCase):
    def setUp(self):
        self.home = Home()
        self.addCleanup(self.home.remove)
        self.authority = Authority()
        self.certificate = self.home.path / "certificate.pem"
        self.key = self.home.path / "key.pem"

    def write(self, certificate, key):
        """Like certbot: new files take the place of the old ones."""
        for path, text, mode in ((self.certificate, certificate, 0o644), (self.key, key, 0o600)):
            new = path.with_suffix(".new")
            new.write_text(text)
            new.chmod(mode)
            new.rename(path)

    def configure(self, more=""):
        self.home.write_config(f"tls-certificate={self.certificate}\ntls-key={self.key}\n{more}")

    def start(self, more="", **options):
        self.configure(more)
        daemon = Daemon(self.home, **options)
        self.addCleanup(daemon.stop)
        return daemon

    def start_with(self, *hosts, more=""):
        self.write(*self.authority.issue(*hosts))
        daemon = self.start(more).await_ready()
        self.port = int(daemon.issuer.rpartition(":")[2])
        return daemon

    def assert_exits(self, pattern, more="", **options):
        daemon = self.start(more, **options)
        self.assertEqual(daemon.await_exit(), 78, daemon.log)
        self.assertRegex(daemon.log, pattern)

    def connect(self, context=None):
        context = context or self.authority.context()
        connection = http.client.HTTPSConnection(HOST, self.port, timeout=LIMIT_S,
                                                 context=context)
        self.addCleanup(connection.close)
        connection.connect()
        return connection

    def ask(self, path, connection=None, method="GET", body=None, headers=None):
        connection = connection or self.connect()
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer, answer.read()

    def serial_shown(self):
        return self.connect().sock.getpeercert()["serialNumber"]


class ServingTest(TlsTest):
    def test_the_issuer_is_https(self):
        daemon = self.start_with(HOST)
        self.assertEqual(daemon.issuer, f"https://{HOST}:{self.port}")
        answer, body = self.ask("/.well-known/oauth-authorization-server")
        self.assertEqual(answer.status, 200)
        document = json.loads(body)
        self.assertEqual(document["issuer"], daemon.issuer)
        for name, value in document.items():
            if name.endswith("_endpoint"):
                self.assertTrue(value.startswith(daemon.issuer + "/"), name)
        # On a loopback name it would bind every other program there.
        self.assertIsNone(answer.headers["Strict-Transport-Security"])
        self.assertNotIn("clients will refuse", daemon.log)

    def test_a_public_name_is_https_for_ever(self):
        self.write(*self.authority.issue("auth.example.org"))
        with socket.socket() as free:
            free.bind((HOST, 0))
            port = free.getsockname()[1]
        daemon = self.start("public-url=https://auth.example.org\n", listen=f"{HOST}:{port}")
        self.assertEqual(daemon.await_ready().issuer, "https://auth.example.org")
        self.assertNotIn("clients will refuse", daemon.log)
        with socket.create_connection((HOST, port), LIMIT_S) as plain, \
                self.authority.context().wrap_socket(plain, server_hostname="auth.example.org") as peer:
            for path in (b"/healthz", b"/authorize", b"/nowhere"):
                peer.sendall(b"GET %s HTTP/1.1\r\nHost: auth.example.org\r\n\r\n" % path)
                answer = http.client.HTTPResponse(peer)
                answer.begin()
                answer.read()
                self.assertEqual(answer.headers["Strict-Transport-Security"], "max-age=31536000")

    def test_whole_sign_in(self):
        upstream = Upstream()
        self.addCleanup(upstream.stop)
        daemon = self.start_with(HOST, more=f"[resource]\nupstream={upstream.url}\n")
        flow = Flow(daemon.issuer, connect=self.connect)
        flow.run()
        cookies = [cookie for reply in flow.replies
                   for cookie in reply.headers.get_all("Set-Cookie") or []]
        self.assertTrue(cookies)
        for cookie in cookies:
            self.assertTrue(cookie.startswith("__Host-"), cookie)
            self.assertIn("Secure", cookie)
        self.assertEqual(flow.call().status, 200)
        self.assertEqual(flow.refresh().status, 200)

    def test_large_bodies_pass_both_ways(self):
        upstream = Upstream()
        self.addCleanup(upstream.stop)
        daemon = self.start_with(HOST, more=f"[resource]\nupstream={upstream.url}\n")
        flow = Flow(daemon.issuer, connect=self.connect)
        flow.run()
        large = json.dumps({"text": "x" * 3_000_000})
        connection = self.connect()
        for _ in range(3):
            answer, _ = self.ask("/mcp", connection, "POST", large,
                                 {"Authorization": f"Bearer {flow.access_token}",
                                  "Content-Type": "application/json"})
            self.assertEqual(answer.status, 200)
        self.assertEqual([len(row[3]) for row in upstream.seen], 3 * [len(large)])

    def test_versions(self):
        self.start_with(HOST)
        for version, name in ((ssl.TLSVersion.TLSv1_2, "TLSv1.2"),
                              (ssl.TLSVersion.TLSv1_3, "TLSv1.3")):
            context = self.authority.context()
            context.maximum_version = version
            context.minimum_version = version
            connection = self.connect(context)
            self.assertEqual(connection.sock.version(), name)
            self.assertEqual(self.ask("/healthz", connection)[0].status, 200)
        context = self.authority.context()
        context.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_1
        with self.assertRaises((ssl.SSLError, ConnectionResetError)):
            self.connect(context)

    def test_protocols(self):
        self.start_with(HOST)
        context = self.authority.context()
        context.set_alpn_protocols(["h2", "http/1.1"])
        self.assertEqual(self.connect(context).sock.selected_alpn_protocol(), "http/1.1")
        context.set_alpn_protocols(["h2"])
        with self.assertRaises(ssl.SSLError):
            self.connect(context)

    def test_plain_http_is_told_so(self):
        self.start_with(HOST)
        with socket.create_connection((HOST, self.port), LIMIT_S) as plain:
            plain.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            self.assertTrue(plain.makefile("rb").read().startswith(b"HTTP/1.1 400 "))

    def test_strangers_to_tls_hold_nobody_up(self):
        self.start_with(HOST, more="[limits]\nheader-timeout-ms=400\n")
        waiting = []
        for first in (b"", b"\x16\x03\x01\x02\x00\x01", b"\x16\x03\x01\x00\x05hello",
                      b"\x00" * 50):
            peer = socket.create_connection((HOST, self.port), LIMIT_S)
            self.addCleanup(peer.close)
            peer.sendall(first)
            waiting.append(peer)
        self.assertEqual(self.ask("/healthz")[0].status, 200)
        for peer in waiting:
            # An alert at most, then the end, and nothing that TLS would not say.
            try:
                self.assertNotIn(b"HTTP", peer.makefile("rb").read())
            except ConnectionResetError:
                pass
        self.assertEqual(self.ask("/healthz")[0].status, 200)

    def test_clients_keep_their_connection(self):
        self.start_with(HOST)
        connection = self.connect()
        for _ in range(5):
            self.assertEqual(self.ask("/healthz", connection)[0].status, 200)
        port = connection.sock.getsockname()
        self.assertEqual(self.ask("/healthz", connection)[0].status, 200)
        self.assertEqual(connection.sock.getsockname(), port)


class ReloadTest(TlsTest):
    def test_new_files_are_shown(self):
        daemon = self.start_with(HOST)
        kept, before = self.connect(), self.serial_shown()
        self.write(*self.authority.issue(HOST))
        daemon.await_log("Showing the certificate of .* as it is now")
        self.assertNotEqual(self.serial_shown(), before)
        self.assertEqual(self.ask("/healthz", kept)[0].status, 200)

    def test_a_bad_pair_keeps_the_old_one(self):
        daemon = self.start_with(HOST)
        before = self.serial_shown()
        other_key = self.authority.issue(HOST)[1]
        self.write(self.authority.issue(HOST)[0], other_key)
        daemon.await_log("Keeping the certificate in use: .*is not that of the certificate")
        self.assertEqual(self.serial_shown(), before)
        self.write("", "")
        daemon.await_log("Keeping the certificate in use: .*no certificate in PEM format")
        self.assertEqual(self.serial_shown(), before)
        self.write(*self.authority.issue(HOST))
        daemon.await_log("Showing the certificate of")
        self.assertNotEqual(self.serial_shown(), before)

    def test_sighup(self):
        daemon = self.start_with(HOST)
        daemon.send(signal.SIGHUP)
        daemon.await_log("Showing the certificate of .* as it is now")
        daemon.await_log("Reloaded")
        self.assertEqual(self.ask("/healthz")[0].status, 200)

    def test_one_that_clients_will_refuse_is_reported(self):
        self.write(*self.authority.issue("elsewhere.example"))
        self.start().await_ready().await_log(f"is not for {HOST}; clients will refuse it")
        self.write(*self.authority.issue(HOST, days=-1))
        self.start(listen="127.0.0.1:0", environment={"XDG_STATE_HOME": str(self.home.path / "2")}) \
            .await_ready().await_log("has expired; clients will refuse it")


class RefusalTest(TlsTest):
    def test_files(self):
        certificate, key = self.authority.issue(HOST)
        self.assert_exits(r"tls-certificate, tls-key: .*certificate\.pem: No such file")
        self.write(certificate, key)
        self.key.chmod(0o644)
        self.assert_exits(r"key\.pem: holds a private key and others can read .* chmod 600")
        self.key.chmod(0o660)
        self.assert_exits(r"key\.pem: holds a private key and others can read or change it")
        self.key.unlink()
        self.key.mkdir()
        self.assert_exits(r"key\.pem: is not a file")
        self.key.rmdir()
        self.write(certificate, self.authority.issue(HOST)[1])
        self.assert_exits("the private key is not that of the certificate")
        self.write(certificate, "nothing")
        self.assert_exits("there is no private key in PEM format")
        self.write(key, key)
        self.assert_exits("there is no certificate in PEM format")
        self.write(*self.authority.issue(HOST, passphrase=b"a passphrase"))
        self.assert_exits("the private key has a passphrase")
        weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)
        self.write(*self.authority.issue(HOST, key=weak))
        self.assert_exits("too weak")

    def test_one_file_for_both(self):
        self.certificate.write_text("".join(self.authority.issue(HOST)))
        self.certificate.chmod(0o644)
        self.home.write_config(f"tls-certificate={self.certificate}\n")
        daemon = Daemon(self.home)
        self.addCleanup(daemon.stop)
        self.assertEqual(daemon.await_exit(), 78)
        self.assertIn("others can read", daemon.log)
        self.certificate.chmod(0o400)
        daemon = Daemon(self.home)
        self.addCleanup(daemon.stop)
        self.port = int(daemon.await_ready().issuer.rpartition(":")[2])
        self.assertEqual(self.ask("/healthz")[0].status, 200)

    def test_a_key_of_another_user(self):
        if os.getuid() != 0:
            self.skipTest("only root can give a file away")
        self.write(*self.authority.issue(HOST))
        os.chown(self.key, 65534, -1)
        self.assert_exits("belongs to another user")

    def test_beyond_loopback(self):
        self.write(*self.authority.issue("auth.example.org"))
        stytch = ("[identity]\nprovider=stytch\n[stytch]\n"
                  "project-id=project-test-11111111-1111-1111-1111-111111111111\n"
                  "public-token=public-token-test-11111111-1111-1111-1111-111111111111\n")
        exposed = r"\[service\] listen: other machines .* set \[service\] tls-certificate, tls-key"
        public = "public-url=https://auth.example.org\n"
        for listen in ("0.0.0.0:0", "[::]:0", "127.0.0.2:0"):
            self.assert_exits(exposed, listen=listen)
            self.assert_exits(exposed, "public-url=https://localhost:8417\n" + stytch, listen=listen)
            self.assert_exits(r"\[identity\] provider: local would make you of everybody", public,
                              listen=listen)
        self.assert_exits(r"public-url: with a tls-certificate the service speaks https alone",
                          "public-url=http://localhost:8417\n")
        self.home.write_config(f"tls-key={self.key}\n")
        daemon = Daemon(self.home)
        self.addCleanup(daemon.stop)
        self.assertEqual(daemon.await_exit(), 78)
        self.assertIn("[service] tls-key: set tls-certificate as well", daemon.log)


if __name__ == "__main__":
    unittest.main()
