# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""first_call.py URL: the README's way from nothing to a first tool call, tried as it stands there.

Runs in a session with a bus and a keyring, in front of the MCP server at URL. The third command, the
client, is a program that reads the settings and starts what they say, as Claude Desktop does.
"""

import json
import os
import pathlib
import pty
import re
import select
import shlex
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIMIT_S = 120
HEADING = "## From nothing to a first tool call"
SETTINGS = ".config/Claude/claude_desktop_config.json"
BROWSER = """#!/bin/sh
echo "$1" >>"$HOME/clicks"
exec {root}/tests/tools/press-allow "$1"
"""


def read_commands():
    section = (ROOT / "README.md").read_text().split(HEADING + "\n")[1].split("\n## ")[0]
    block = re.search(r"```sh\n(.*?)```", section, re.DOTALL)[1]
    return [shlex.split(line, comments=True) for line in block.splitlines()]


def make_environment(home, url):
    """What somebody has who just logged in: of ours only where the MCP server is."""
    names = ("PATH", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "BMA_CLIENTS_LAB", "CCACHE_DIR")
    environment = {name: os.environ[name] for name in names if name in os.environ}
    browser = home / "browser"
    browser.write_text(BROWSER.format(root=ROOT))
    browser.chmod(0o700)
    return environment | {"HOME": str(home), "TERM": "xterm", "LC_ALL": "C.UTF-8",
                          "BROWSER": str(browser), "REMOTE_MCP_SERVER_URL": url,
                          "BIOMCP_AUTH_LISTEN": "127.0.0.1:0"}


def start_service(command, environment, log):
    """Gives the process, once it has told how to use it, and the MCP URL that it told."""
    service = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=log)
    seen = ""
    while select.select([service.stdout], [], [], LIMIT_S)[0]:
        data = os.read(service.stdout.fileno(), 65536)
        seen += data.decode()
        if "Ctrl-C stops it" in seen:
            return service, re.search(r"^MCP URL:\s+(\S+)$", seen, re.MULTILINE)[1]
        if not data:
            break
    stop(service)
    raise AssertionError(f"{command} did not start the service: {seen}")


def stop(process):
    process.terminate()
    process.wait(LIMIT_S)
    process.stdout.close()


def answer_yes(command, environment):
    """Runs a command at a terminal, with somebody who presses Enter when asked."""
    main, second = pty.openpty()
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=second, stdout=second,
                               stderr=second, start_new_session=True)
    os.close(second)
    seen = ""
    has_answered = False
    while select.select([main], [], [], LIMIT_S)[0]:
        try:
            data = os.read(main, 65536)
        except OSError:  # its end is closed
            break
        seen += data.decode()
        if "Go on?" in seen and not has_answered:
            os.write(main, b"\n")
            has_answered = True
    os.close(main)
    assert process.wait(LIMIT_S) == 0, seen
    assert has_answered and '+    "biomcp": {' in seen, seen


def check_http(configure, environment, home, mcp_url):
    """A client that signs in itself is given the address, which the service tells."""
    subprocess.run([*configure[:2], "cursor", "--yes"], cwd=ROOT, env=environment, check=True,
                   stdout=subprocess.DEVNULL, timeout=LIMIT_S)
    settings = json.loads((home / ".cursor/mcp.json").read_text())
    assert settings == {"mcpServers": {"biomcp": {"url": mcp_url}}}, settings


def main():
    commands = read_commands()
    assert len(commands) == 3 and commands[2] == ["claude-desktop"], commands
    with tempfile.TemporaryDirectory() as folder, \
            open(ROOT / "build/logs/first-call.log", "w", encoding="utf-8") as log:
        home = pathlib.Path(folder)
        environment = make_environment(home, sys.argv[1])
        service, mcp_url = start_service(commands[0], environment, log)
        try:
            answer_yes(commands[1], environment)
            node = pathlib.Path(environment["BMA_CLIENTS_LAB"]) / "bin/node"
            for _ in range(2):  # the second time nobody is asked
                subprocess.run([node, ROOT / "tests/clients/lib/first-call.mjs",
                                home / SETTINGS, "biomcp"], env=environment, check=True,
                               timeout=LIMIT_S)
                clicks = (home / "clicks").read_text().splitlines()
                assert len(clicks) == 1, clicks
            check_http(commands[1], environment, home, mcp_url)
        finally:
            stop(service)
    print("ok first-call (3 commands, 1 click)")
    print("1 passed, 0 failed, 0 skipped")


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    main()
