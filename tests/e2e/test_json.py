# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the verbs print with --json is what docs/schema says, and nothing besides."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import unittest

import jsonschema

sys.dont_write_bytecode = True
E2E = pathlib.Path(__file__).resolve().parent
ROOT = E2E.parents[1]
sys.path[:0] = [str(E2E), str(E2E.parent / "tools"), str(E2E.parent / "unit" / "cli")]

import cli_help  # noqa: E402
import session_parts  # noqa: E402
from daemon_process import Daemon, Home, LIMIT_S  # noqa: E402
from oauth_driver import McpServer  # noqa: E402
from oauth_flow import Flow  # noqa: E402

CLI = os.environ["BMA_CLI"]
SCHEMAS = ROOT / "docs" / "schema"
CLOSED_PORT = "http://127.0.0.1:1"
STYTCH = ["project-test-11111111-1111-1111-1111-111111111111",
          "public-token-test-11111111-1111-1111-1111-111111111111",
          "secret-test-AAAAAAAAAAAAAAAAAAAAAAAAAAAA"]
WRANGLER = f"""name = "worker"
[vars]
IDENTITY_PROVIDER = "oauth"
OAUTH_ISSUER = "{CLOSED_PORT}"
OAUTH_CLIENT_ID = "worker"
"""


def close(schema):
    """Programs ignore members that they do not know; here one that is not described is wrong."""
    if isinstance(schema, list):
        return [close(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: close(value) for name, value in schema.items()}
    if isinstance(schema.get("properties"), dict):
        closed.setdefault("additionalProperties", False)
    return closed


def load(verb):
    schema = json.loads((SCHEMAS / f"{verb}.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(close(schema))


class JsonTest(unittest.TestCase):
    def setUp(self):
        house = session_parts.Household()
        self.addCleanup(house.__exit__, None, None, None)
        environment = dict(os.environ)
        session_parts.start_private_session(house, environment, "unlocked", False)
        self.home = Home(environment["DBUS_SESSION_BUS_ADDRESS"])
        self.addCleanup(self.home.remove)
        self.upstream = McpServer()
        self.addCleanup(self.upstream.stop)
        self.home.config.write_text(f"[resource]\nupstream={self.upstream.url}\n"
                                    f"[stytch]\napi-url={CLOSED_PORT}\n")
        self.daemon = Daemon(self.home, environment={
            "BROWSER": str(ROOT / "tests" / "tools" / "press-allow"), "PRESS": "allow"})
        self.addCleanup(self.daemon.stop)
        self.daemon.await_ready().await_log("Signing with key")

    def run_verb(self, verb, *arguments, code=0, text=None):
        """What it prints, which is as its schema says."""
        done = subprocess.run([CLI, verb, *arguments, "--json"], env=self.home.environment(),
                              input=text, capture_output=True, text=True, timeout=LIMIT_S,
                              cwd=self.home.path, check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr + self.daemon.log)
        value = json.loads(done.stdout)
        load(verb).validate(value)
        return value

    def test_every_verb(self):
        verbs = {verb for verb, options in cli_help.all_options(CLI).items()
                 if " " not in verb and any(name == "json" for _, name, _ in options)}
        self.assertEqual({path.stem for path in SCHEMAS.glob("*.json")}, verbs)
        for verb in verbs:
            self.assertTrue(hasattr(self, "test_" + verb.replace("-", "_")), verb)

    def test_schemas_see_mistakes(self):
        status = self.run_verb("status")
        for wrong in ({**status, "surplus": 1}, {**status, "n-grants": "1"},
                      {name: status[name] for name in status if name != "issuer"}):
            with self.assertRaises(jsonschema.ValidationError):
                load("status").validate(wrong)

    def test_status(self):
        self.assertEqual(self.run_verb("status")["issuer"], self.daemon.issuer)

    def test_token(self):
        self.assertEqual(self.run_verb("token")["issuer"], self.daemon.issuer)

    def test_sign_in(self):
        self.assertEqual(self.run_verb("sign-in"), {"signed-in": True})

    def test_sign_out(self):
        self.assertEqual(self.run_verb("sign-out"), {"signed-in": False})

    def test_grants(self):
        self.assertEqual(self.run_verb("grants"), [])
        self.run_verb("token")
        Flow(self.daemon.issuer).run()
        self.assertEqual(sorted(grant["kind"] for grant in self.run_verb("grants", "list")),
                         ["dbus-app", "http-client"])
        self.assertEqual(len(self.run_verb("grants", "revoke", "--all")["revoked"]), 2)

    def test_clients(self):
        self.assertEqual(self.run_verb("clients"), [])
        Flow(self.daemon.issuer).run()
        self.run_verb("clients", "add", "--name", "own")
        self.run_verb("clients", "add", "--name", "app", "--auth-method", "none",
                      "--redirect-uri", "http://127.0.0.1/callback")
        clients = self.run_verb("clients", "list")
        self.assertEqual(sorted(client["origin"] for client in clients),
                         ["owner", "owner", "registered"])
        gone = clients[0]["id"]
        self.assertEqual(self.run_verb("clients", "remove", gone), {"removed": [gone]})

    def test_configure(self):
        results = [self.run_verb("configure", "claude-code", *options)["result"] for options in
                   (["--dry-run"], ["--yes"], ["--yes"], ["--undo", "--yes"])]
        self.assertEqual(results, ["dry-run", "written", "unchanged", "undone"])
        settings = self.home.path / ".claude.json"
        settings.write_text("{ no JSON")
        listed = {client["client"]: client for client in self.run_verb("configure", "--list")}
        self.assertIn("problem", listed["claude-code"])
        self.assertNotIn("problem", listed["cursor"])

    def test_import(self):
        (self.home.path / "wrangler.toml").write_text(WRANGLER)
        (self.home.path / ".dev.vars").write_text("OAUTH_CLIENT_SECRET=secret of a test\n")
        done = self.run_verb("import", "wrangler.toml", ".dev.vars", "--yes", code=1)
        self.assertEqual(done["settings"]["identity/provider"], "oidc")
        self.assertEqual(done["secrets"], ["oidc-client-secret"])

    def test_keys(self):
        self.assertEqual([key["state"] for key in self.run_verb("keys")], ["active"])
        self.assertEqual([key["state"] for key in self.run_verb("keys", "rotate")],
                         ["active", "next"])
        self.assertEqual(len(self.run_verb("keys", "rotate", "--now")), 1)

    def test_setup(self):
        done = self.run_verb("setup", "stytch", "--yes", text="\n".join(STYTCH) + "\n", code=1)
        self.assertFalse(done["restart-needed"])
        done = self.run_verb("setup", "oidc", "--yes", text=f"{CLOSED_PORT}\nclient\nsecret\n",
                             code=1)
        self.assertEqual(len(done["redirect-urls"]), 1)

    def test_doctor(self):
        self.assertGreater(len(self.run_verb("doctor")), 3)
        self.daemon.stop()
        found = self.run_verb("doctor", code=1)
        self.assertEqual([finding["level"] for finding in found], ["error"])

    def test_monitor(self):
        monitor = subprocess.Popen([CLI, "monitor", "--json"], env=self.home.environment(),
                                   stdout=subprocess.PIPE, text=True)
        self.addCleanup(monitor.stdout.close)
        self.addCleanup(monitor.wait)
        self.addCleanup(monitor.kill)
        schema = load("monitor")
        schema.validate(json.loads(monitor.stdout.readline()))
        self.run_verb("sign-in")
        self.run_verb("sign-out")
        for line in monitor.stdout:
            event = json.loads(line)
            schema.validate(event)
            if event["message"] == "signed out":
                break
        monitor.send_signal(signal.SIGINT)
        self.assertEqual(monitor.wait(LIMIT_S), 0)


if __name__ == "__main__":
    unittest.main()
