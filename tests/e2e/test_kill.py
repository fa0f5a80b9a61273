# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""kill -9 at random moments: what was answered before is true after the restart.

BMA_KILL_SEED=N repeats the choices of a run; --kills N sets how often it is killed.
"""

import argparse
import collections
import concurrent.futures
import os
import pathlib
import re
import secrets
import sys
import time
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from daemon_process import Daemon, Home  # noqa: E402
from moment import COMPACTING, Moment  # noqa: E402
from oauth_driver import McpServer  # noqa: E402
from promises import Player  # noqa: E402

N_PLAYERS = 4
TORN = r"was not used: the file ends in the middle of it; it is kept in \S+"
TROUBLE = r"state\.ini|CRITICAL|\bstore: "
n_kills = 40


class KillTest(unittest.TestCase):
    def setUp(self):
        self.seed = os.environ.get("BMA_KILL_SEED") or secrets.token_hex(4)
        self.upstream = McpServer()
        self.addCleanup(self.upstream.stop)
        self.home = Home()
        self.addCleanup(self.home.remove)
        self.home.write_config("[tokens]\ncode-lifetime-s=600\n"
                               f"[resource]\nupstream={self.upstream.url}\n")
        self.pool = concurrent.futures.ThreadPoolExecutor(N_PLAYERS)
        self.addCleanup(self.pool.shutdown)
        self.address = "127.0.0.1:0"
        self.players = []
        self.totals = collections.Counter()
        self.addCleanup(self.tell)

    def begin(self, name):
        """With empty records."""
        self.hang_up()
        self.state = self.home.path / name
        self.moment = Moment(f"{self.seed}/{name}", self.state / "state.ini")
        self.players = [Player(n, f"{self.seed}/{name}", self.moment)
                        for n in range(N_PLAYERS)]
        self.n_torn = 0

    def hang_up(self):
        for player in self.players:
            player.hang_up()
            self.totals["families"] += len(player.families)
            self.totals["checks"] += player.n_checks
        if self.players:
            self.totals += self.moment.counts
            self.totals["torn ends"] += self.n_torn
        self.players = []

    def all_players(self, action):
        begin = time.monotonic()
        for work in [self.pool.submit(action, player) for player in self.players]:
            work.result()
        self.totals[f"seconds of {action.__name__}"] += time.monotonic() - begin

    def start(self):
        daemon = Daemon(self.home, "--state-dir", str(self.state), listen=self.address)
        self.addCleanup(daemon.stop)
        return daemon

    def restart(self):
        begin = time.monotonic()
        while self.address[-2:] != ":0" and self.moment.wants_early_end():
            daemon = self.start()
            self.moment.end_early(daemon.process)
            self.forget(daemon)
        daemon = self.start().await_ready()
        daemon.await_log("Signing with key")
        self.address = daemon.issuer.removeprefix("http://")
        for player in self.players:
            player.connect(daemon.issuer)
        self.totals["seconds of start"] += time.monotonic() - begin
        return daemon

    def forget(self, daemon):
        daemon.await_exit()
        self.check_log(daemon)
        daemon.stop()

    def check_log(self, daemon):
        """Nothing is set aside but the end of a file that was being written to."""
        torn = [line for line in daemon.log.splitlines() if re.search(TORN, line)]
        trouble = [line for line in daemon.log.splitlines()
                   if re.search(TROUBLE, line) and line not in torn]
        self.assertEqual(trouble, [], "trouble with the records after a kill")
        self.assertLessEqual(len(torn), 1, torn)
        self.n_torn += len(torn)

    def play_until_killed(self, daemon, kind=None):
        self.moment.arm(daemon.process, kind)
        self.all_players(Player.play)
        self.assertEqual(daemon.await_exit(), -9, daemon.log)
        self.moment.finish()
        self.forget(daemon)
        self.moment.disarm()

    def check_everything(self):
        daemon = self.restart()
        self.all_players(Player.check)
        self.all_players(Player.check_all)
        self.check_log(daemon)
        self.assertLessEqual(len(list(self.state.glob("quarantine-*"))), self.n_torn)
        return daemon

    def test_every_answer_outlives_a_kill(self):
        self.begin("records")
        for _ in range(n_kills):
            daemon = self.restart()
            self.all_players(Player.check)
            self.play_until_killed(daemon)
        self.check_everything()

    def test_every_answer_outlives_a_kill_while_the_file_is_replaced(self):
        for number in range(n_kills // 10):
            self.begin(f"records-{number}")
            self.play_until_killed(self.restart(), COMPACTING)
            self.check_everything().stop()

    def tell(self):
        self.hang_up()
        told = ", ".join(f"{name} {value:.4g}" for name, value in self.totals.items())
        print(f"BMA_KILL_SEED={self.seed}: {told}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--kills", type=int, default=n_kills)
    options, rest = parser.parse_known_args()
    n_kills = options.kills
    unittest.main(argv=[sys.argv[0], *rest])
