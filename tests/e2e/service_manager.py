# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""As much of systemd as socket activation takes: it keeps the socket and starts what serves it."""

import select
import signal
import socket
import threading

from daemon_process import LIMIT_S, Daemon


class ServiceManager:
    """Starts the daemon when somebody connects, or wants it, and no daemon is there."""

    def __init__(self, home, *arguments, environment=None):
        self._home, self._arguments, self._environment = home, arguments, environment
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.address = "127.0.0.1:%d" % self.socket.getsockname()[1]
        self._news = threading.Condition()
        self._has_ended = False
        self.wake_path = str(home.path / "wake")
        self._awake = socket.socket(socket.AF_UNIX)
        self._awake.bind(self.wake_path)
        self._awake.listen(64)
        self.daemons = []
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        while True:
            ready = select.select([self.socket, self._awake], [], [])[0]
            if self._has_ended:
                return
            if self._awake in ready:
                self._awake.accept()[0].close()
            daemon = Daemon(self._home, *self._arguments, listen=self.address,
                            environment=self._environment, handed=self.socket)
            with self._news:
                self.daemons.append(daemon)
                self._news.notify_all()
            # However it ends: it is for the test to judge.
            daemon.process.wait()

    def await_daemon(self, number):
        """The number-th daemon, counted from 1, when it has been started."""
        with self._news:
            if not self._news.wait_for(lambda: len(self.daemons) >= number, LIMIT_S):
                raise AssertionError(f"daemon {number} was not started")
            return self.daemons[number - 1]

    def wake(self):
        """As 'systemctl start' does."""
        with socket.socket(socket.AF_UNIX) as one:
            one.connect(self.wake_path)

    def restart(self):
        """As 'systemctl restart' does: the next is started as soon as this one has ended."""
        count = len(self.daemons)
        old = self.daemons[-1]
        self.wake()
        old.send(signal.SIGTERM)
        code = old.await_exit()
        self.await_daemon(count + 1)
        return code, old.log

    def stop(self):
        self._has_ended = True
        self.wake()
        for daemon in self.daemons:
            daemon.stop()
        self._thread.join(LIMIT_S)
        self.socket.close()
        self._awake.close()
