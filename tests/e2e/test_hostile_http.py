# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The real daemon and peers who do not mean well."""

import contextlib
import os
import pathlib
import resource
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from daemon_process import Daemon, Home  # noqa: E402
from hostile_rows import SMUGGLED, all_rows  # noqa: E402
from wire import (LIMIT_S, UPSTREAM_MARK, Peer, Upstream, address_of, ask_honestly,  # noqa: E402
                  split_answers)

DEADLINE_MS = 400


def count_descriptors(daemon):
    """All of them for root; else, the daemon being closed to us, the connections."""
    try:
        return len(os.listdir(f"/proc/{daemon.process.pid}/fd"))
    except PermissionError:
        ours = "%04X" % address_of(daemon)[1]
        rows = [line.split() for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()]
        return sum(row[1].endswith(":" + ours) and row[9] != "0" for row in rows[1:])


class HostileTest(unittest.TestCase):
    settings = ""
    preexec = None

    def setUp(self):
        self.home = Home()
        self.addCleanup(self.home.remove)
        self.upstream = Upstream()
        self.addCleanup(self.upstream.stop)
        self.home.write_config(f"[resource]\nupstream={self.upstream.url}\n{self.settings}")
        self.daemon = Daemon(self.home, preexec_fn=self.preexec)
        self.addCleanup(self.daemon.stop)
        self.daemon.await_ready()
        self.address = address_of(self.daemon)
        self.host = "%s:%d" % self.address

    def tearDown(self):
        self.assertEqual(ask_honestly(self.address), 200)
        self.assertIsNone(self.daemon.process.poll(), self.daemon.log)
        self.assertEqual(self.upstream.seen, [])

    def text(self, text):
        return text.replace("HOST", self.host).encode()

    def connect(self):
        return Peer(self.address)

    def assert_statuses(self, data, statuses):
        self.assertNotIn(UPSTREAM_MARK, data)
        self.assertEqual([answer.status for answer in split_answers(data)], statuses)


class TableTest(HostileTest):
    settings = f"[limits]\nbody-timeout-ms={DEADLINE_MS}\n"

    def test_every_row(self):
        n_rows = 0
        for name, data, statuses in all_rows(self.host):
            with self.subTest(name), self.connect() as peer:
                heads_only = data.startswith(b"HEAD ")
                received = peer.send(data).receive_all()
                answers = split_answers(received, heads_only)
                self.assertEqual([answer.status for answer in answers], statuses, received[:2000])
                self.assertNotIn(UPSTREAM_MARK, received)
                self.assertNotIn(b"evil.example", received)
                self.assertEqual(ask_honestly(self.address), 200)
                self.assertEqual(self.upstream.seen, [])
            n_rows += 1
        self.assertGreaterEqual(n_rows, 60)

    def test_ranges_give_the_whole(self):
        with self.connect() as peer:
            whole = peer.send(self.text("GET /style.css HTTP/1.1\r\nHost: HOST\r\n"
                                        "Connection: close\r\n\r\n")).receive_all()
        with self.connect() as peer:
            part = peer.send(self.text("GET /style.css HTTP/1.1\r\nHost: HOST\r\n"
                                       "Range: bytes=0-0\r\nConnection: close\r\n\r\n"))
            self.assertEqual(split_answers(part.receive_all())[0].body,
                             split_answers(whole)[0].body)

    def test_byte_by_byte(self):
        with self.connect() as peer:
            for byte in self.text(SMUGGLED):
                peer.send(bytes([byte]))
            self.assert_statuses(peer.receive_all(), [200])


class HalfClosedTest(HostileTest):
    def test_a_whole_request_is_answered(self):
        for path, status in (("/healthz", 200), ("/mcp", 401)):
            with self.subTest(path), self.connect() as peer:
                peer.send(self.text(f"GET {path} HTTP/1.1\r\nHost: HOST\r\n\r\n")).end_sending()
                self.assert_statuses(peer.receive_all(), [status])

    def test_a_part_of_a_request_is_refused(self):
        whole = self.text("POST /token HTTP/1.1\r\nHost: HOST\r\nContent-Length: 10\r\n\r\n12345")
        for length in (1, 5, 14, 20, whole.index(b"\r\n\r\n") + 3, len(whole) - 5, len(whole)):
            with self.subTest(length), self.connect() as peer:
                peer.send(whole[:length]).end_sending()
                self.assert_statuses(peer.receive_all(), [400])

    def test_a_part_of_chunks_is_refused(self):
        head = self.text("POST /token HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n")
        for body in (b"", b"5", b"5\r\n", b"5\r\nabc", b"5\r\nabcde\r\n", b"0\r\n"):
            with self.subTest(body), self.connect() as peer:
                peer.send(head + body).end_sending()
                self.assert_statuses(peer.receive_all(), [400])

    def test_nothing_is_answered_with_nothing(self):
        with self.connect() as peer:
            self.assertEqual(peer.end_sending().receive_all(), b"")

    def test_pipelined_then_half_closed(self):
        with self.connect() as peer:
            peer.send(self.text("GET /healthz HTTP/1.1\r\nHost: HOST\r\n\r\n") * 3).end_sending()
            self.assert_statuses(peer.receive_all(), [200, 200, 200])


class DeadlineTest(HostileTest):
    settings = ("[limits]\n" + f"header-timeout-ms={DEADLINE_MS}\n"
                f"body-timeout-ms={DEADLINE_MS}\nidle-timeout-ms={DEADLINE_MS}\n")

    def test_silent_peer(self):
        with self.connect() as peer:
            self.assertEqual(peer.receive_all(), b"")

    def test_half_a_head(self):
        with self.connect() as peer:
            self.assert_statuses(peer.send(b"GET /healthz HTTP/1.1\r\nHo").receive_all(), [408])

    def test_half_a_body(self):
        for fields in ("Content-Length: 10\r\n\r\n12345",
                       "Transfer-Encoding: chunked\r\n\r\n5\r\nabc"):
            with self.subTest(fields), self.connect() as peer:
                peer.send(self.text(f"POST /token HTTP/1.1\r\nHost: HOST\r\n{fields}"))
                self.assert_statuses(peer.receive_all(), [408])

    def test_rest_between_requests(self):
        with self.connect() as peer:
            peer.send(self.text("GET /healthz HTTP/1.1\r\nHost: HOST\r\n\r\n"))
            self.assert_statuses(peer.receive_all(), [200])

    def test_a_drop_now_and_then_does_not_help(self):
        """The deadlines are for the whole head and the whole body."""
        for start in ("GET /healthz HTTP/1.1\r\nHost: HOST\r\nX: ",
                      "POST /token HTTP/1.1\r\nHost: HOST\r\nContent-Length: 4000\r\n\r\n"):
            with self.subTest(start), self.connect() as peer:
                peer.send(self.text(start))
                for _ in range(LIMIT_S * 20):
                    if peer.can_read(0.05):
                        break
                    peer.send(b"x")
                self.assert_statuses(peer.receive_all(), [408])


class DescriptorTest(HostileTest):
    def test_ten_thousand_that_come_and_go(self):
        whole = self.text("GET /healthz HTTP/1.1\r\nHost: HOST\r\n\r\n")
        self.assertEqual(ask_honestly(self.address), 200)
        with self.connect() as last:
            last.send(whole).receive_until(lambda data: b"\r\n\r\n{" in data)
            before = count_descriptors(self.daemon) - 1
        says = (b"", whole, whole[:20], b"\x00", b"GET ", whole * 3,
                self.text("POST /mcp HTTP/1.1\r\nHost: HOST\r\nContent-Length: 9\r\n\r\n1"))
        for batch in range(100):
            peers = [self.connect() for _ in range(100)]
            for number, peer in enumerate(peers):
                peer.send(says[number % len(says)])
                peer.drop(reset=number % 2 == 0)
            self.assertEqual(ask_honestly(self.address), 200, batch)
        self.await_descriptors(before)

    def await_descriptors(self, wanted):
        """Every honest answer is a turn of the daemon's loop, in which it sees who left."""
        for _ in range(2000):
            with self.connect() as probe:
                probe.send(self.text("GET /healthz HTTP/1.1\r\nHost: HOST\r\n\r\n"))
                probe.receive_until(lambda data: b"\r\n\r\n{" in data)
                now = count_descriptors(self.daemon) - 1
            if now <= wanted:
                return
        self.fail(f"{now} descriptors instead of {wanted}")


def allow_few_descriptors():
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))


class ExhaustionTest(HostileTest):
    preexec = staticmethod(allow_few_descriptors)

    def test_no_descriptor_left(self):
        with contextlib.ExitStack() as stack:
            refused = None
            for _ in range(200):
                peer = stack.enter_context(self.connect())
                peer.send(b"GET /healthz HTTP/1.1\r\n")
                if peer.can_read(0.02):
                    refused = peer
                    break
            self.assertIsNotNone(refused, "the descriptors did not run out")
            self.assert_statuses(refused.receive_all(), [503])
        self.assert_recovers()

    def test_idle_peers_give_way(self):
        with contextlib.ExitStack() as stack:
            for _ in range(100):
                stack.enter_context(self.connect())
            self.assert_recovers()

    def assert_recovers(self):
        """503 says come back in a moment; it must not be for long."""
        statuses = []
        while not statuses or statuses[-1] == 503 and len(statuses) < 500:
            statuses.append(ask_honestly(self.address))
        self.assertEqual(statuses[-1], 200)


if __name__ == "__main__":
    unittest.main()
