# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""One refresh token over two hundred connections at once, and over a restart."""

import concurrent.futures
import pathlib
import sys
import threading
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from daemon_process import Daemon, Home  # noqa: E402
from oauth_driver import Line, McpServer, call_mcp, refresh  # noqa: E402
from oauth_flow import Flow  # noqa: E402

N_LINES = 200


class RefreshTest(unittest.TestCase):
    def setUp(self):
        self.upstream = McpServer()
        self.addCleanup(self.upstream.stop)
        self.home = Home()
        self.addCleanup(self.home.remove)
        self.home.write_config(f"[resource]\nupstream={self.upstream.url}\n")
        self.daemon = self.start()
        self.flow = Flow(self.daemon.issuer)
        self.flow.run()

    def start(self, listen="127.0.0.1:0"):
        daemon = Daemon(self.home, listen=listen).await_ready()
        self.addCleanup(daemon.stop)
        return daemon

    def ask(self, request):
        line = Line(self.daemon.issuer.removeprefix("http://"))
        try:
            line.ask(request)
            return line.answer()
        finally:
            line.close()

    def refresh_together(self, token, barrier):
        """All connections are open before anybody asks."""
        line = Line(self.daemon.issuer.removeprefix("http://"))
        try:
            line.connect()
            barrier.wait(60)
            line.ask(refresh(self.flow.client_id, token))
            return line.answer()
        finally:
            line.close()

    def test_two_hundred_at_once(self):
        token = self.flow.refresh_token
        barrier = threading.Barrier(N_LINES)
        with concurrent.futures.ThreadPoolExecutor(N_LINES) as pool:
            answers = list(pool.map(lambda _: self.refresh_together(token, barrier),
                                    range(N_LINES)))
        self.assertEqual([answer.status for answer in answers], [200] * N_LINES)
        successors = {answer.member("refresh_token") for answer in answers}
        self.assertEqual(len(successors), 1)
        self.assertNotIn(token, successors)
        families = {answer.member("access_token") for answer in answers}
        self.assertEqual(len(families), N_LINES)
        for access in list(families)[:5]:
            self.assertEqual(self.ask(call_mcp(access)).status, 200)
        state = self.home.path / "state" / "biomcp-auth" / "state.ini"
        self.daemon.stop()
        text = state.read_text()
        self.assertNotIn(token, text)
        self.assertNotIn(successors.pop(), text)

    def test_successor_works_and_the_old_one_ends_it(self):
        old = self.flow.refresh_token
        new = self.ask(refresh(self.flow.client_id, old)).member("refresh_token")
        newer = self.ask(refresh(self.flow.client_id, new))
        self.assertEqual(newer.status, 200, newer)
        stolen = self.ask(refresh(self.flow.client_id, old))
        self.assertEqual((stolen.status, stolen.member("error")), (400, "invalid_grant"))
        after = self.ask(refresh(self.flow.client_id, newer.member("refresh_token")))
        self.assertEqual((after.status, after.member("error")), (400, "invalid_grant"))
        self.daemon.await_log("refresh token used twice")

    def test_lost_answer_over_a_restart(self):
        old = self.flow.refresh_token
        new = self.ask(refresh(self.flow.client_id, old)).member("refresh_token")
        self.daemon.process.kill()
        self.daemon.await_exit()
        self.daemon = self.start(self.daemon.issuer.removeprefix("http://"))
        again = self.ask(refresh(self.flow.client_id, old))
        self.assertEqual((again.status, again.member("refresh_token")), (200, new))


if __name__ == "__main__":
    unittest.main(verbosity=2)
