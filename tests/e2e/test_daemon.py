# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Life and death of the real daemon without a session bus."""

import http.client
import json
import os
import pathlib
import signal
import socket
import stat
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from daemon_process import Daemon, Home, LIMIT_S  # noqa: E402


class DaemonTest(unittest.TestCase):
    def setUp(self):
        self.home = Home()
        self.addCleanup(self.home.remove)

    def start(self, *arguments, **more):
        daemon = Daemon(self.home, *arguments, **more)
        self.addCleanup(daemon.stop)
        return daemon

    def assert_exits(self, code, pattern, *arguments, **more):
        daemon = self.start(*arguments, **more)
        self.assertEqual(daemon.await_exit(), code, daemon.log)
        self.assertRegex(daemon.log, pattern)
        return daemon


class LifeTest(DaemonTest):
    def test_ready_means_that_it_answers(self):
        daemon = self.start().await_ready()
        self.assertEqual(daemon.get("/healthz")[0], 200)
        status, body = daemon.get("/.well-known/oauth-authorization-server")
        self.assertEqual(status, 200)
        self.assertEqual(json.loads(body)["issuer"], daemon.issuer)
        self.assertEqual(daemon.log.count("No session bus"), 1)

    def test_keys_come_from_the_folder(self):
        daemon = self.start().await_ready()
        daemon.await_log("Signing with key")
        self.assertIn(b"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                      daemon.get("/.well-known/jwks.json")[1])

    def test_systemd_credentials(self):
        self.home.config.write_text("")
        daemon = self.start(
            environment={"CREDENTIALS_DIRECTORY": str(self.home.secrets)}).await_ready()
        daemon.await_log("Signing with key")

    def test_sigterm_and_sigint_end_it_well(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(number):
                daemon = self.start().await_ready()
                daemon.send(number)
                self.assertEqual(daemon.await_told(), "STOPPING=1")
                self.assertEqual(daemon.await_exit(), 0, daemon.log)

    def test_an_idle_connection_does_not_hold_it_up(self):
        daemon = self.start().await_ready()
        connection = http.client.HTTPConnection(
            daemon.issuer.removeprefix("http://"), timeout=LIMIT_S)
        self.addCleanup(connection.close)
        connection.request("GET", "/healthz")
        connection.getresponse().read()
        daemon.send(signal.SIGTERM)
        self.assertEqual(connection.sock.recv(1), b"")
        self.assertEqual(daemon.await_exit(), 0, daemon.log)

    def test_second_signal_ends_it_at_once(self):
        daemon = self.start().await_ready()
        host, port = daemon.issuer.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), LIMIT_S) as slow:
            slow.sendall(b"POST /token HTTP/1.1\r\nContent-Length: 10\r\nHost: ")
            daemon.send(signal.SIGTERM)
            self.assertEqual(daemon.await_told(), "STOPPING=1")
            daemon.send(signal.SIGTERM)
            self.assertEqual(daemon.await_exit(), 0, daemon.log)

    def test_records_are_for_the_owner_only(self):
        state = self.home.path / "records"
        self.start("--state-dir", str(state)).await_ready()
        self.assertEqual(stat.S_IMODE(state.stat().st_mode), 0o700)
        for path in state.iterdir():
            self.assertEqual(stat.S_IMODE(path.stat().st_mode) & 0o077, 0, path)

    def test_memory_is_closed_to_others(self):
        daemon = self.start().await_ready()
        limits = pathlib.Path(f"/proc/{daemon.process.pid}/limits").read_text()
        self.assertRegex(limits, r"Max core file size +0 +0 ")
        if os.getuid() != 0:
            with self.assertRaises(PermissionError):
                pathlib.Path(f"/proc/{daemon.process.pid}/environ").read_text()


class ReloadTest(DaemonTest):
    def test_good_file(self):
        daemon = self.start().await_ready()
        self.home.write_config("[resource]\nscopes=mcp extra\n[limits]\nmax-connections=20\n")
        daemon.send(signal.SIGHUP)
        daemon.await_log(r"after a restart: \[limits\] max-connections\b")
        daemon.await_log("Reloaded")
        body = json.loads(daemon.get("/.well-known/oauth-protected-resource")[1])
        self.assertIn("extra", body["scopes_supported"])
        self.assertEqual(body["resource"], daemon.issuer + "/mcp")

    def test_bad_file_keeps_the_old_settings(self):
        daemon = self.start().await_ready()
        self.home.write_config("[tokens]\ncode-lifetime-s=soon\n")
        daemon.send(signal.SIGHUP)
        daemon.await_log(r"Keeping the settings in use: .*config\.ini: \[tokens\] "
                         r"code-lifetime-s: .* from 10 to 600")
        self.assertEqual(daemon.get("/healthz")[0], 200)


class ExitTest(DaemonTest):
    def test_version_and_help(self):
        self.assert_exits(0, r"^biomcp-authd \d", "--version")
        self.assert_exits(0, r"--state-dir", "--help")

    def test_usage(self):
        self.assert_exits(64, "--frob", "--frob")
        self.assert_exits(64, "not an option", "serve")
        self.assert_exits(64, "ADDRESS:PORT", listen="nonsense")

    def test_port_in_use(self):
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            address = "127.0.0.1:%d" % other.getsockname()[1]
            self.assert_exits(69, "Cannot listen on 127.0.0.1 port", listen=address)

    def test_address_of_another_daemon(self):
        first = self.start().await_ready()
        self.assert_exits(69, "Cannot listen|in use", "--state-dir",
                          str(self.home.path / "second"),
                          listen=first.issuer.removeprefix("http://"))

    def test_records_in_use(self):
        first = self.start().await_ready()
        self.assert_exits(69, "(?i)another|in use")
        self.assertEqual(first.get("/healthz")[0], 200)

    def test_state_folder(self):
        path = self.home.path / "file"
        path.write_text("")
        self.assert_exits(74, str(path), "--state-dir", str(path))
        self.assert_exits(74, "/proc/nowhere", "--state-dir", "/proc/nowhere/here")

    def test_configuration(self):
        self.home.write_config("[server]\n")
        self.assert_exits(78, r"config\.ini: \[server\]: there is no such group")
        self.assert_exits(78, "nowhere.ini", "--config", "/nowhere.ini")
        self.home.write_config()
        exposed = r"\[service\] listen: other machines .* set \[service\] tls-certificate"
        self.assert_exits(78, exposed, listen="0.0.0.0:0")
        self.assert_exits(78, exposed, listen=None,
                          environment={"BIOMCP_AUTH_LISTEN": "[::]:0"})

    def test_config_option_replaces_the_users_file(self):
        self.home.write_config("[server]\n")
        other = self.home.path / "other.ini"
        other.write_text(f"[service]\nsecrets-folder={self.home.secrets}\n")
        self.start("--config", str(other)).await_ready()

    def test_secret_in_the_environment(self):
        daemon = self.assert_exits(78, "biomcp-auth setup stytch",
                                   environment={"STYTCH_SECRET": "secret-test-canary"})
        self.assertNotIn("canary", daemon.log)

    def test_no_place_for_secrets(self):
        self.home.config.write_text("")
        self.assert_exits(78, "no session bus and so no keyring")
        self.home.config.write_text("[service]\nsecrets-folder=/nowhere\n")
        self.assert_exits(78, "/nowhere is not a folder")


if __name__ == "__main__":
    unittest.main()
