# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The moment at which a process is killed."""

import collections
import os
import random
import signal
import threading

MAX_REQUESTS = 60
MAX_EXTRA_REQUESTS = 5000
MAX_STATE_BYTES = 40_000
MAX_GLANCES = 3000
START_GLANCES = 4000
KINDS = {"sent": 4, "after sent": 4, "amid a request": 1, "answered": 4, "written": 4}
COMPACTING = "compacting"


class Moment:
    """Chosen anew for each round by what was sent, answered or written, never by a clock.

    The kinds: right after some request was sent; a little later; after a part of its
    bytes; right after some answer came; when the state file has grown to some size; when
    the state file is being replaced.
    """

    def __init__(self, seed, state_file):
        self._random = random.Random(f"{seed}/moment")
        self._state_file = state_file
        self._lock = threading.Lock()
        self._due = threading.Event()
        self._watcher = None
        self._process = None
        self.is_armed = self.is_over = False
        self.number = 0
        self.counts = collections.Counter()

    def _state(self):
        try:
            info = os.stat(self._state_file)
            return info.st_ino, info.st_size
        except FileNotFoundError:
            return None, 0

    def wants_early_end(self):
        """Whether the process is to die while it starts."""
        return self._random.random() < 0.1

    def end_early(self, process):
        for _ in range(self._random.randrange(START_GLANCES)):
            if process.poll() is not None:
                break
        process.kill()
        self.counts["starting"] += 1

    def arm(self, process, kind=None):
        """Chooses the moment; from now on, all that happens is counted."""
        self.number += 1
        self._process = process
        self.kind = kind or self._random.choices(list(KINDS), KINDS.values())[0]
        self._left = self._random.randint(1, MAX_REQUESTS)
        self._glances = self._random.randrange(MAX_GLANCES)
        self._inode, size = self._state()
        self._size = size + self._random.randint(1, MAX_STATE_BYTES)
        self._due.clear()
        self.is_over = False
        self.is_armed = True
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    def disarm(self):
        """Only checks follow; nothing is killed."""
        self.is_armed = self.is_over = False

    def finish(self):
        """After the process is gone."""
        self._watcher.join()
        self.counts[self.kind] += 1
        self.counts["with a replaced file"] += self._state()[0] != self._inode
        self.counts["with half a new file"] += os.path.exists(f"{self._state_file}.new")

    def strike(self):
        with self._lock:
            if self.is_armed and not self.is_over:
                self.is_over = True
                os.kill(self._process.pid, signal.SIGKILL)
                self._due.set()

    def _watch(self):
        """Waits for what a request does, in a thread of its own."""
        if self.kind == "after sent":
            self._due.wait()
            for _ in range(self._glances):
                self._state()
        elif self.kind == "written":
            while not self.is_over and self._state()[1] < self._size:
                pass
        elif self.kind == COMPACTING:
            while not self.is_over and not os.path.exists(f"{self._state_file}.new"):
                pass
            for _ in range(self._glances // 4):
                self._state()
        else:
            return
        self.strike()

    def _count(self, kind):
        """Whether this was the one. A round that waits for something else has an end too."""
        with self._lock:
            self._left -= 1
            return self._left == 0 and self.kind == kind or self._left < -MAX_EXTRA_REQUESTS

    def on_sent(self):
        if not self.is_armed:
            return
        is_due = self._count("sent")
        if self.kind == "after sent" and self._left <= 0:
            self._due.set()
        elif is_due and self.kind != "answered":
            self.strike()

    def on_answered(self):
        if self.is_armed and self.kind == "answered" and self._left <= 0:
            self.strike()

    def on_bytes(self, length):
        """How many of the next bytes to send; then it is called with None."""
        if not self.is_armed:
            return length
        if length is None:
            self.strike()
        elif self.kind == "amid a request" and self._left <= 1:
            return self._random.randrange(length)
        return length
