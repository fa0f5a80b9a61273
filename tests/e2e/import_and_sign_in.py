# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Beside a fresh service: imports a Worker's files, then real clients sign in with Stytch.

Takes the MCP server's URL; the service and the command line are those of tests/tools/session.
"""

import os
import pathlib
import stat
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS / "stytch-sim"))

from simulator import Simulator  # noqa: E402

LIMIT_S = 60
CLIENTS = "sdk1,sdk2,mcp-remote"
WRANGLER = """\
name = "biomcp-worker"
main = "src/biomcp/workers/worker_entry_stytch.js"
compatibility_date = "2025-04-28"

[vars]
# What the guide says
REMOTE_MCP_SERVER_URL = "{upstream}"  # Default value
DEBUG = true
ALLOWED_ORIGINS = "https://claude.ai,https://*.claude.ai,http://localhost:*"
STYTCH_PROJECT_ID      = "{project_id}"
STYTCH_PUBLIC_TOKEN    = "{public_token}"
STYTCH_API_URL = "{api_url}/v1"
STYTCH_OAUTH_URL = "{api_url}/v1/public/oauth/google/start"
BQ_PROJECT_ID="none"

[triggers]
crons = []

[[kv_namespaces]]
binding = "OAUTH_KV"
id = "acfa0cf90ec747c295024058963cca75"
"""
DEV_VARS = """\
# not in git
STYTCH_SECRET={secret}
JWT_SECRET={jwt_secret}
"""


def check(condition, what):
    if not condition:
        sys.exit(f"not ok import: {what}")


def run_import(folder, credentials, upstream):
    jwt_secret = "canary-jwt-secret-of-the-worker-0123456789"
    toml = pathlib.Path(folder, "wrangler.toml")
    toml.write_text(WRANGLER.format(upstream=upstream, **credentials))
    dev_vars = pathlib.Path(folder, ".dev.vars")
    dev_vars.write_text(DEV_VARS.format(jwt_secret=jwt_secret, **credentials))
    done = subprocess.run(["biomcp-auth", "import", "--yes", toml, dev_vars], text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=LIMIT_S, check=False)
    print(done.stdout)
    check(done.returncode == 0, f"exit code {done.returncode}")
    for secret in (credentials["secret"], jwt_secret):
        check(secret not in done.stdout, "it prints a secret")
    config = pathlib.Path(os.environ["XDG_CONFIG_HOME"], "biomcp-auth", "config.ini")
    text = config.read_text()
    check(credentials["secret"] not in text and jwt_secret not in text,
          "a secret is in the configuration")
    check(stat.S_IMODE(config.stat().st_mode) == 0o600, "others can read the configuration")
    check("algorithm=HS256" in text, "the Worker's algorithm is not kept")


def main(upstream):
    issuer = os.environ["BMA_ISSUER"]
    callback = f"{issuer}/callback?tx={{}}"
    with tempfile.TemporaryDirectory(prefix="bma-worker-") as folder, Simulator(
            "--redirect-url", f"login={callback}",
            "--redirect-url", f"signup={callback}") as simulator:
        run_import(folder, simulator.credentials, upstream)
        print("ok import", flush=True)
        clients = subprocess.run(
            [TESTS / "clients" / "run", "--mcp-url", os.environ["BMA_MCP_URL"], "--identity",
             "stytch", "--sim", simulator.url, "--only", CLIENTS, "--browser", "http"],
            stdin=subprocess.DEVNULL, check=False)
    return clients.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
