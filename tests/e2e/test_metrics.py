# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What Prometheus reads from the real daemon."""

import http.client
import json
import os
import pathlib
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from prometheus_client.parser import text_string_to_metric_families  # noqa: E402

from daemon_process import Daemon, Home, LIMIT_S  # noqa: E402
from oauth_flow import Flow  # noqa: E402
from wire import Upstream, address_of  # noqa: E402

STRANGER = 65534
PROGRAM = """
import http.client, sys
connection = http.client.HTTPConnection(sys.argv[1], int(sys.argv[2]), timeout=20)
connection.request("GET", sys.argv[3])
answer = connection.getresponse()
print(answer.status, answer.read().decode())
"""


class MetricsTest(unittest.TestCase):
    def start(self, more=""):
        self.home = Home()
        self.addCleanup(self.home.remove)
        self.upstream = Upstream()
        self.addCleanup(self.upstream.stop)
        self.home.write_config(f"{more}\n[resource]\nupstream={self.upstream.url}\n")
        self.daemon = Daemon(self.home)
        self.addCleanup(self.daemon.stop)
        self.daemon.await_ready()

    def scrape(self):
        """The samples, by name and labels."""
        connection = http.client.HTTPConnection(*address_of(self.daemon), timeout=LIMIT_S)
        connection.request("GET", "/metrics")
        answer = connection.getresponse()
        self.text = answer.read().decode()
        connection.close()
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.headers["Content-Type"],
                         "text/plain; version=0.0.4; charset=utf-8")
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.families = list(text_string_to_metric_families(self.text))
        samples = {}
        for family in self.families:
            for sample in family.samples:
                key = (sample.name, *sorted(sample.labels.items()))
                self.assertNotIn(key, samples, "a series twice")
                samples[key] = sample.value
        return samples

    def test_counts(self):
        self.start()
        flow = Flow(self.daemon.issuer)
        flow.run()
        for _ in range(3):
            self.assertEqual(flow.call().status, 200)
        self.assertEqual(flow.call("wrong").status, 401)
        self.assertEqual(flow.refresh().status, 200)
        self.assertEqual(flow.refresh("wrong").status, 400)
        flow.ask("GET", "/nowhere/at-all")
        samples = self.scrape()

        def get(name, **labels):
            return samples.get(("biomcp_auth_" + name, *sorted(labels.items())))

        self.assertEqual(get("tokens_issued_total", grant_type="authorization_code"), 1)
        self.assertEqual(get("tokens_issued_total", grant_type="refresh_token"), 1)
        self.assertEqual(get("http_requests_total", route="/register", status="2xx"), 1)
        self.assertEqual(get("http_requests_total", route="/consent", status="3xx"), 1)
        self.assertEqual(get("http_requests_total", route="/token", status="2xx"), 2)
        self.assertEqual(get("http_requests_total", route="/token", status="4xx"), 1)
        self.assertEqual(get("http_requests_total", route="/mcp", status="2xx"), 3)
        self.assertEqual(get("http_requests_total", route="/mcp", status="4xx"), 1)
        self.assertEqual(get("http_requests_total", route="other", status="4xx"), 1)
        self.assertEqual(get("http_request_duration_seconds_count", route="/token"), 3)
        self.assertEqual(get("http_request_duration_seconds_bucket", route="/token", le="+Inf"),
                         3)
        self.assertEqual(get("refusals_total", route="/mcp", error="invalid_token"), 1)
        self.assertEqual(get("refusals_total", route="/token", error="invalid_grant"), 1)
        self.assertEqual(get("upstream_requests_total", outcome="2xx"), 3)
        self.assertEqual(get("upstream_latency_seconds_count"), 3)
        self.assertEqual(get("keyring_state", state="ready"), 1)
        self.assertEqual(get("store_records", kind="client"), 1)
        self.assertGreater(get("store_changes_total"), 2)
        self.assertGreaterEqual(get("http_connections"), 1)
        # That is the one that asks.
        self.assertEqual(get("http_requests_in_progress"), 1)
        self.assertGreater(get("start_time_seconds"), 1e9)
        self.assertEqual([sample.value for family in self.families
                          if family.name == "biomcp_auth_build_info"
                          for sample in family.samples], [1])

    def test_every_family_is_described(self):
        self.start()
        self.scrape()
        self.assertGreater(len(self.families), 10)
        for family in self.families:
            self.assertTrue(family.name.startswith("biomcp_auth_"), family.name)
            self.assertTrue(family.documentation, family.name)
            self.assertIn(family.type, ("counter", "gauge", "histogram"), family.name)

    def test_nothing_about_anybody(self):
        self.start()
        flow = Flow(self.daemon.issuer)
        flow.run()
        flow.call()
        flow.ask("GET", "/authorize?client_id=canary-client&scope=canary-scope")
        flow.ask("GET", "/canary-path")
        flow.ask("POST", "/token", {"grant_type": "canary-grant", "client_id": "canary"})
        self.scrape()
        for secret, what in flow.seen.items():
            self.assertNotIn(secret, self.text, what)
        for word in (flow.client_id, "canary", self.upstream.url, str(self.home.path)):
            self.assertNotIn(word, self.text)

    def test_number_of_series_is_bounded(self):
        self.start()
        flow = Flow(self.daemon.issuer)
        before = None
        self.scrape()
        for i in range(3):
            for j in range(40):
                flow.ask("GET", f"/nowhere/{i}/{j}")
                flow.ask("POST", "/token", {"grant_type": f"kind-{i}-{j}"})
            after = set(self.scrape())
            if before is not None:
                self.assertEqual(before, after)
            before = after

    def ask_as_stranger(self, path):
        if os.getuid() != 0:
            self.skipTest("only root can send requests as another user")
        done = subprocess.run([sys.executable, "-I", "-c", PROGRAM,
                               *map(str, address_of(self.daemon)), path],
                              capture_output=True, text=True, timeout=3 * LIMIT_S, cwd="/",
                              user=STRANGER, group=STRANGER, extra_groups=[], check=True)
        status, _, body = done.stdout.partition(" ")
        return int(status), body

    def test_others_must_be_named(self):
        self.start()
        for path in ("/metrics", "/status"):
            status, body = self.ask_as_stranger(path)
            self.assertEqual(status, 403)
            self.assertEqual(json.loads(body)["error"], "foreign_user")

    def test_a_monitor_reads_that_alone(self):
        self.start("monitors=127.0.0.1")
        status, body = self.ask_as_stranger("/metrics")
        self.assertEqual(status, 200)
        self.assertIn("biomcp_auth_build_info", body)
        status, body = self.ask_as_stranger("/status")
        self.assertEqual(status, 200)
        self.assertNotIn(self.upstream.url, body)
        self.assertEqual(self.ask_as_stranger("/authorize")[0], 403)
        self.assertEqual(self.ask_as_stranger("/")[0], 403)


if __name__ == "__main__":
    unittest.main()
