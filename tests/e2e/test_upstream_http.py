# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The MCP server that the service starts itself, over HTTP."""

import http.client
import json
import pathlib
import signal
import socket
import stat
import sys
import threading
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from daemon_process import LIMIT_S  # noqa: E402
from test_upstream import Process, UpstreamCase, await_true  # noqa: E402

PROGRAM = f"/usr/bin/python3 -B '{pathlib.Path(__file__).resolve().parent}/served_mcp_server.py'"


class SocketConnection(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(LIMIT_S)
        self.sock.connect(self.host)


class ServedCase(UpstreamCase):
    def tell(self):
        reply = self.call("ping")
        self.assertEqual(reply.status, 200, reply.body)
        return reply.json

    def run_state_is_left(self):
        return list((self.home.path / "biomcp-auth").glob("upstream-*"))


class SocketTest(ServedCase):
    command = f"{PROGRAM} socket {{socket}} {{secret-file}}"

    def test_from_the_first_request_to_the_end(self):
        self.assertEqual(self.upstream_state(), "stopped")
        # All at once: one start.
        told = []
        threads = [threading.Thread(target=lambda: told.append(self.tell())) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual([one["pid"] for one in told], 8 * [told[0]["pid"]])
        self.assertEqual(self.upstream_state(), "running")
        told = told[0]
        self.assertEqual(told["path"], "/mcp")
        self.daemon.await_log("upstream: up soon")

        folder = pathlib.Path(told["where"]).parent
        self.assertEqual(stat.S_IMODE(folder.stat().st_mode), 0o700)
        secret_file = pathlib.Path(told["secret_file"])
        self.assertEqual(stat.S_IMODE(secret_file.stat().st_mode), 0o600)

        # The secret is in the file and on the wire, nowhere else.
        secret = secret_file.read_text()
        self.assertGreaterEqual(len(secret), 32)
        self.assertEqual(told["authorization"], f"Bearer {secret}")
        self.assertNotIn(secret, json.dumps(told["environment"] + told["arguments"]))
        self.assertNotIn(secret, self.daemon.log)
        self.assertNotIn(self.flow.access_token, json.dumps(told))

        around = SocketConnection(told["where"])
        self.addCleanup(around.close)
        around.request("POST", "/mcp", "{}")
        self.assertEqual(around.getresponse().status, 401)

        # It is killed, and starts again with other secrets; the failed start makes us wait.
        Process(told["pid"]).kill()
        await_true(lambda: self.upstream_state() == "failed")
        self.assertFalse(folder.exists())
        self.assertEqual(self.call("ping").status, 503)
        await_true(lambda: self.call("ping").status == 200)
        again = self.tell()
        self.assertNotEqual(again["authorization"], told["authorization"])

        # A stream that listens ends when the settings take the server away.
        stream = self.ask("GET", whole=False)
        self.assertEqual(stream.event(), {})
        process = Process(again["pid"])
        self.write_config(f"{PROGRAM} port {{port}} -")
        self.daemon.send(signal.SIGHUP)
        process.await_end()
        self.assertFalse(self.run_state_is_left())
        with self.assertRaises((http.client.IncompleteRead, ConnectionError, ValueError)):
            if stream.event() is None:
                raise ValueError("it ended")

        told = self.tell()
        self.assertGreater(int(told["where"]), 1023)
        self.assertIsNone(told["authorization"])
        process = Process(told["pid"])
        self.daemon.send(signal.SIGTERM)
        self.assertEqual(self.daemon.await_exit(), 0)
        process.await_end()


class NeverThereTest(ServedCase):
    command = "sh -c 'echo {port} is a bad port >&2; exit 7'"

    def test_it_never_accepts(self):
        reply = self.call("ping")
        self.assertEqual(reply.status, 503)
        self.assertIn("doctor", reply.json["error_description"])
        self.assertEqual(self.upstream_state(), "failed")
        self.daemon.await_log("did not start: it ended with status 7: [0-9]+ is a bad port")


class SlowStartTest(ServedCase):
    command = "sh -c 'echo {port} begins >&2; sleep 60'"

    def test_who_waits_is_answered_when_the_service_stops(self):
        replies = []
        thread = threading.Thread(target=lambda: replies.append(self.call("ping")))
        thread.start()
        self.daemon.await_log("upstream: [0-9]+ begins")
        self.daemon.send(signal.SIGTERM)
        self.assertEqual(self.daemon.await_exit(), 0)
        thread.join()
        self.assertEqual(replies[0].status, 503)
        self.assertIn("Retry-After", replies[0].headers)


# The cases of the module with its helpers run there.
del UpstreamCase

if __name__ == "__main__":
    unittest.main()
