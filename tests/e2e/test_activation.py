# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The real daemon on sockets that a service manager hands over."""

import http.client
import pathlib
import shutil
import socket
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from daemon_process import Daemon, Home, LIMIT_S  # noqa: E402


def listen(host="127.0.0.1", port=0):
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    one.bind((host, port))
    one.listen(64)
    return one, "%s:%d" % one.getsockname()


class ActivationTest(unittest.TestCase):
    def setUp(self):
        self.home = Home()
        self.addCleanup(self.home.remove)

    def start(self, *arguments, **more):
        daemon = Daemon(self.home, *arguments, **more)
        self.addCleanup(daemon.stop)
        return daemon

    def test_it_serves_the_socket_that_is_handed_over(self):
        one, address = listen()
        self.addCleanup(one.close)
        daemon = self.start(listen=address, handed=one).await_ready()
        self.assertEqual(daemon.issuer, f"http://{address}")
        self.assertEqual(daemon.get("/healthz")[0], 200)

    def test_who_connects_first_waits_for_it(self):
        one, address = listen()
        self.addCleanup(one.close)
        connection = http.client.HTTPConnection(address, timeout=LIMIT_S)
        self.addCleanup(connection.close)
        connection.request("GET", "/healthz")
        self.start(listen=address, handed=one)
        self.assertEqual(connection.getresponse().status, 200)

    def test_a_socket_elsewhere_is_refused(self):
        for host, listen_at in (("127.0.0.1", "[::1]:0"), ("0.0.0.0", "127.0.0.1:0")):
            with self.subTest(host):
                one, address = listen(host)
                self.addCleanup(one.close)
                daemon = self.start(listen=listen_at, handed=one)
                self.assertEqual(daemon.await_exit(), 78, daemon.log)
                self.assertRegex(daemon.log, r"\[service\] listen: .* hands over a socket at "
                                 + address.replace(".", r"\."))

    def test_variables_for_another_process_mean_nothing(self):
        daemon = self.start(environment={"LISTEN_PID": "1", "LISTEN_FDS": "1"}).await_ready()
        self.assertEqual(daemon.get("/healthz")[0], 200)

    def test_real_launcher(self):
        launcher = shutil.which("systemd-socket-activate")
        self.assertIsNotNone(launcher, "package systemd is missing")
        one, address = listen()
        one.close()
        names = [f"--setenv={name}" for name in self.home.environment(NOTIFY_SOCKET="")]
        daemon = self.start(listen=address, launcher=[launcher, "-l", address, *names])
        daemon.await_log("Listening on")
        connection = http.client.HTTPConnection(address, timeout=LIMIT_S)
        self.addCleanup(connection.close)
        connection.request("GET", "/healthz")
        self.assertEqual(connection.getresponse().status, 200, daemon.log)
        daemon.await_ready()


if __name__ == "__main__":
    unittest.main()
