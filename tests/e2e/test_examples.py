# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The examples of the documentation, run as a user would: with a bus, a keyring and a browser."""

import http.server
import json
import os
import subprocess
import sys
import threading
import unittest

ROOT = os.environ["BMA_ROOT"]
BUILD = os.environ["BMA_BUILD"]
C_EXAMPLE = os.environ["BMA_C_EXAMPLE"]
LIMIT_S = 60


class Upstream(http.server.BaseHTTPRequestHandler):
    """As much of an MCP server as `initialize` needs."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        answer = json.dumps({
            "jsonrpc": "2.0", "id": json.loads(body)["id"],
            "result": {"serverInfo": {"name": "example-server", "version": "1"}},
        }).encode()
        self.server.saw_token = self.server.saw_token or "Authorization" in self.headers
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_arguments):
        pass


class Examples(unittest.TestCase):
    def setUp(self):
        self.upstream = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
        self.upstream.saw_token = False
        threading.Thread(target=self.upstream.serve_forever, daemon=True).start()
        self.addCleanup(self.upstream.server_close)
        self.addCleanup(self.upstream.shutdown)

    def run_steps(self, steps, press="allow"):
        """Runs shell commands beside one private service; each must end as it says."""
        script = "".join(f"{command}; s=$?; [ $s = {status} ] || "
                         f"{{ echo \"step {number} ended with $s\"; exit 1; }}\n"
                         for number, (command, status) in enumerate(steps))
        port = self.upstream.server_address[1]
        return subprocess.run(
            [sys.executable, f"{ROOT}/tests/tools/session", "--private", "--build", BUILD,
             "--", "sh", "-c", script],
            env={**os.environ, "BROWSER": f"{ROOT}/tests/tools/press-allow", "PRESS": press,
                 "REMOTE_MCP_SERVER_URL": f"http://127.0.0.1:{port}/mcp"},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=LIMIT_S,
            check=False, stdin=subprocess.DEVNULL)

    def assert_steps(self, steps, *texts, press="allow"):
        done = self.run_steps(steps, press)
        self.assertEqual(done.returncode, 0, done.stdout)
        for text in texts:
            self.assertIn(text, done.stdout)
        return done.stdout

    def test_python(self):
        example = f"{sys.executable} {ROOT}/docs/examples/get_token.py"
        self.assert_steps([(f"{example} --no-interaction", 2), (example, 0),
                           (f"{example} --no-interaction", 0)],
                          "connected to example-server")
        self.assertFalse(self.upstream.saw_token)

    def test_python_denied(self):
        example = f"{sys.executable} {ROOT}/docs/examples/get_token.py"
        self.assert_steps([(example, 1), (f"{example} --no-interaction", 2)],
                          "the person said no", press="deny")

    def test_c(self):
        self.assert_steps([(f"{C_EXAMPLE} >/dev/null", 0), (C_EXAMPLE, 0)],
                          "Authorization: Bearer ey")

    def test_command_line(self):
        tool = f"{BUILD}/src/cli/biomcp-auth"
        call = ("curl -sf -H \"Authorization: Bearer $(" + tool + " token)\" "
                "-H 'Content-Type: application/json' "
                "-d '{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\"}' \"$BMA_MCP_URL\"")
        self.assert_steps([(f"{tool} token --no-interaction", 2), (call, 0),
                           (f"{tool} token --no-interaction >/dev/null", 0),
                           (f"{tool} status", 0), (f"{tool} grants", 0),
                           (f"{tool} sign-out", 0), (f"{tool} token --no-interaction", 2)],
                          "example-server")


if __name__ == "__main__":
    unittest.main()
