# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The real daemon, in a home of its own, for tests from outside."""

import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import threading
import urllib.request

DAEMON = os.environ["BMA_DAEMON"]
LIMIT_S = 20
# As a service manager hands a socket over, see sd_listen_fds(3): it comes as standard input.
HAND_OVER = 'exec 3<&0 </dev/null; LISTEN_PID=$$ LISTEN_FDS=1 exec "$@"'

# The key of RFC 7515, appendix A.3: nobody mistakes it for a secret.
SIGNING_KEY = {
    "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig",
    "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    "d": "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI",
}


class Home:
    """A folder with configuration, secrets and records; no bus unless one is given."""

    def __init__(self, bus=None):
        self._folder = tempfile.TemporaryDirectory(prefix="bma-e2e-")
        self.path = pathlib.Path(self._folder.name)
        self.config = self.path / "config" / "biomcp-auth" / "config.ini"
        self.config.parent.mkdir(parents=True)
        self.secrets = self.path / "secrets"
        self.secrets.mkdir(mode=0o700)
        self.write_secret("signing-key", json.dumps(SIGNING_KEY))
        self.bus = bus
        self.write_config()

    def write_secret(self, kind, text):
        path = self.secrets / kind
        path.touch(mode=0o600)
        path.write_text(text)

    def write_config(self, text=""):
        self.config.write_text(f"[service]\nsecrets-folder={self.secrets}\n{text}")

    def environment(self, **more):
        names = {
            "HOME": self.path, "PATH": os.environ["PATH"],
            "XDG_CONFIG_HOME": self.path / "config", "XDG_CONFIG_DIRS": self.path / "xdg",
            "XDG_STATE_HOME": self.path / "state", "XDG_RUNTIME_DIR": self.path,
        }
        for name in ("ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS", "LD_LIBRARY_PATH"):
            if name in os.environ:
                names[name] = os.environ[name]
        if self.bus:
            names["DBUS_SESSION_BUS_ADDRESS"] = self.bus
        return {**{name: str(value) for name, value in names.items()}, **more}

    def remove(self):
        self._folder.cleanup()


class Daemon:
    """A running daemon; its log is read all the time so that it never blocks."""

    def __init__(self, home, *arguments, listen="127.0.0.1:0", environment=None,
                 preexec_fn=None, handed=None, launcher=()):
        """handed: a listening socket; launcher: a command that runs the daemon."""
        self._lines = []
        self._news = threading.Condition()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind("")
        self._socket.settimeout(LIMIT_S)
        name = "@" + self._socket.getsockname()[1:].decode()
        command = [*launcher, DAEMON, *(["--listen", listen] if listen else []), *arguments]
        if handed:
            command = ["sh", "-c", HAND_OVER, "sh", *command]
        self.process = subprocess.Popen(
            command, stdin=handed or subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, preexec_fn=preexec_fn,
            env=home.environment(NOTIFY_SOCKET=name, **(environment or {})))
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.process.stdout:
            with self._news:
                self._lines.append(line)
                self._news.notify_all()
        with self._news:
            self._lines.append("")
            self._news.notify_all()

    @property
    def log(self):
        with self._news:
            return "".join(self._lines)

    def await_told(self):
        """What the daemon tells the service manager next."""
        return self._socket.recv(4096).decode()

    def await_log(self, pattern):
        """Waits for a line of the log."""
        with self._news:
            found = self._news.wait_for(
                lambda: re.search(pattern, "".join(self._lines)) or self._lines[-1:] == [""],
                LIMIT_S)
            match = re.search(pattern, "".join(self._lines))
            if not found or not match:
                raise AssertionError(f"no {pattern!r} in the log:\n{''.join(self._lines)}")
            return match

    def await_ready(self):
        told = self.await_told()
        if "READY=1" not in told.splitlines():
            raise AssertionError(f"told {told!r}; log:\n{self.log}")
        self.issuer = self.await_log(r"issuer (https?://\S+),").group(1)
        return self

    def await_exit(self):
        code = self.process.wait(LIMIT_S)
        self._reader.join(LIMIT_S)
        return code

    def send(self, number):
        os.kill(self.process.pid, number)

    def get(self, path):
        with urllib.request.urlopen(self.issuer + path, timeout=LIMIT_S) as answer:
            return answer.status, answer.read()

    def stop(self):
        """Ends it if it still runs."""
        if self.process.poll() is None:
            self.send(signal.SIGTERM)
            try:
                self.process.wait(LIMIT_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self._reader.join(LIMIT_S)
        self.process.stdout.close()
        self._socket.close()
