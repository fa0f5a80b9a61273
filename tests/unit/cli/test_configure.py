# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""biomcp-auth configure, on settings as people have them: settings/README.md tells which."""

import json
import os
import pathlib
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile
import tomllib
import unittest

import jsonschema

CLI = os.environ["BMA_CLI"]
SETTINGS = pathlib.Path(__file__).resolve().parent / "settings"
URL = "http://127.0.0.1:8417/mcp"
STDIO = {"command": CLI, "args": ["connect"]}
LIMIT_S = 60
UNTIDY = {"CLAUDE_CONFIG_DIR", "CODEX_HOME", "GEMINI_CLI_HOME", "VSCODE_PORTABLE", "NO_COLOR",
          "DBUS_SESSION_BUS_ADDRESS"}

TEXTS = {"type": "array", "items": {"type": "string"}}
TABLE = {"type": "object", "additionalProperties": {"type": "string"}}
PROGRAM = {"command": {"type": "string"}, "args": TEXTS, "env": TABLE, "cwd": {"type": "string"}}


def one_of(*kinds):
    """Each kind: what it must have, and what it may have."""
    return {"oneOf": [{"type": "object", "required": required, "properties": properties,
                       "additionalProperties": False} for required, properties in kinds]}


# What each client's documentation and public schema allow in an entry.
ENTRIES = {
    "claude-desktop": one_of((["command"], PROGRAM)),
    "claude-code": one_of((["command"], PROGRAM | {"type": {"const": "stdio"}}),
                          (["type", "url"], {"type": {"enum": ["http", "sse"]}, "headers": TABLE,
                                             "url": {"type": "string"}})),
    "vscode": one_of((["command"], PROGRAM | {"type": {"const": "stdio"},
                                              "envFile": {"type": "string"}}),
                     (["url"], {"type": {"enum": ["http", "sse"]}, "headers": TABLE,
                                "url": {"type": "string", "pattern": "^https?://.+"}})),
    "cursor": one_of((["command"], PROGRAM), (["url"], {"url": {"type": "string"},
                                                        "headers": TABLE})),
    "zed": one_of((["command"], PROGRAM | {"enabled": {"type": "boolean"}}),
                  (["url"], {"url": {"type": "string"}, "headers": TABLE,
                             "enabled": {"type": "boolean"}})),
    "codex": one_of((["command"], PROGRAM | {"enabled": {"type": "boolean"}}),
                    (["url"], {"url": {"type": "string"}, "enabled": {"type": "boolean"},
                               "bearer_token_env_var": {"type": "string"}})),
    "gemini": one_of((["command"], PROGRAM | {"timeout": {"type": "number"}}),
                     (["httpUrl"], {"httpUrl": {"type": "string"}, "headers": TABLE,
                                    "timeout": {"type": "number"}})),
}
SECTIONS = {"vscode": "servers", "zed": "context_servers", "codex": "mcp_servers"}

# (client, fixture, below the home folder, of a project)
CASES = [
    ("claude-desktop", "claude-desktop.json", ".config/Claude/claude_desktop_config.json", False),
    ("claude-code", "claude-code.json", ".claude.json", False),
    ("claude-code", "claude-code-project.json", "project/.mcp.json", True),
    ("vscode", "vscode.json", ".config/Code/User/mcp.json", False),
    ("vscode", "vscode-project.json", "project/.vscode/mcp.json", True),
    ("cursor", "cursor.json", ".cursor/mcp.json", False),
    ("cursor", "cursor.json", "project/.cursor/mcp.json", True),
    ("zed", "zed.json", ".config/zed/settings.json", False),
    ("zed", "zed.json", "project/.zed/settings.json", True),
    ("codex", "codex.toml", ".codex/config.toml", False),
    ("codex", "codex.toml", "project/.codex/config.toml", True),
    ("gemini", "gemini.json", ".gemini/settings.json", False),
    ("gemini", "gemini.json", "project/.gemini/settings.json", True),
]
HTTP = {"claude-code": {"type": "http", "url": URL}, "vscode": {"type": "http", "url": URL},
        "cursor": {"url": URL}, "zed": {"url": URL}, "codex": {"url": URL},
        "gemini": {"httpUrl": URL}}


def parse(path):
    """Another reader than the one that is tested."""
    text = path.read_text(encoding="utf-8-sig")
    if path.suffix == ".toml":
        return tomllib.loads(text)
    token = re.compile(r'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
    text = token.sub(lambda match: match[1] or " ", text)
    text = re.sub(r'("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])', lambda match: match[1] or "", text)
    return json.loads(text)


class Terminal:
    """The command line at a terminal, with somebody who answers."""

    def __init__(self, arguments, env):
        self.main, second = pty.openpty()
        self.process = subprocess.Popen([CLI, *arguments], stdin=second, stdout=second,
                                        stderr=second, env=env, start_new_session=True)
        os.close(second)
        self.seen = ""

    def _read(self):
        if not select.select([self.main], [], [], LIMIT_S)[0]:
            raise TimeoutError(self.seen)
        try:
            data = os.read(self.main, 65536)
        except OSError:
            data = b""
        self.seen += data.decode()
        return data

    def wait_for(self, text):
        while text not in self.seen:
            if not self._read():
                raise EOFError(self.seen)

    def answer(self, text):
        os.write(self.main, text.encode() + b"\n")
        while self._read():
            pass
        os.close(self.main)
        return self.process.wait(LIMIT_S)


class TestConfigure(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.home = pathlib.Path(folder.name).resolve()
        self.project = self.home / "project"
        self.project.mkdir()
        self.env = {key: value for key, value in os.environ.items()
                    if key not in UNTIDY and not key.startswith("XDG_")}
        self.env |= {"HOME": str(self.home), "TERM": "xterm", "LC_ALL": "C.UTF-8"}
        self.state = self.home / ".local/state/biomcp-auth/configure"

    def run_cli(self, *arguments, code=0):
        done = subprocess.run([CLI, "configure", *arguments], capture_output=True, text=True,
                              env=self.env, stdin=subprocess.DEVNULL, timeout=LIMIT_S)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def put(self, below, content):
        path = self.home / below
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def zed(self, content="{}", **more):
        return self.put(".config/zed/settings.json", content, **more)

    def assert_nothing_left(self):
        self.assertEqual(list(self.state.iterdir()), [])
        left = [path for path in self.home.rglob("*") if "XXXXXX" in path.name
                or re.search(r"^\..*\.[A-Za-z0-9]{6}$", path.name)]
        self.assertEqual(left, [])

    def check_case(self, case, transport):
        client, fixture, below, is_project = case
        before = (SETTINGS / fixture).read_bytes()
        path = self.put(below, before)
        path.chmod(0o640)
        was = parse(path)
        arguments = [client, "--yes", "--json"]
        if is_project:
            arguments += ["--project", str(self.project)]
        more = ["--stdio"] if transport == "stdio" else ["--http", "--url", URL]
        if client == "claude-desktop":
            more = []
        result = json.loads(self.run_cli(*arguments, *more).stdout)
        self.assertEqual(result["result"], "written")
        self.assertEqual(result["file"], str(path))
        self.assertEqual(path.stat().st_mode & 0o7777, 0o640)

        now = parse(path)
        section = SECTIONS.get(client, "mcpServers")
        entry = now[section].pop("biomcp")
        expected = HTTP[client] if transport == "http" else dict(STDIO)
        if transport == "stdio" and client in ("claude-code", "vscode"):
            expected["type"] = "stdio"
        self.assertEqual(entry, expected)
        jsonschema.validate(entry, ENTRIES[client])
        for other in now[section].values():
            jsonschema.validate(other, ENTRIES[client])
        was.setdefault(section, {})
        self.assertEqual(now, was)
        self.assert_lines_kept(before, path.read_bytes())

        if transport == "http" or client == "claude-desktop":
            golden = SETTINGS / f"{fixture}.diff"
            shown = result["diff"].replace(str(path), fixture).replace(CLI, "PROGRAM")
            if os.environ.get("BMA_WRITE_DIFFS"):
                golden.write_text(shown)
            self.assertEqual(shown, golden.read_text())

        after = path.read_bytes()
        self.assertEqual(json.loads(self.run_cli(*arguments, *more).stdout)["result"], "unchanged")
        self.assertEqual(path.read_bytes(), after)
        undone = json.loads(self.run_cli(*arguments, "--undo").stdout)
        self.assertEqual(undone["result"], "undone")
        self.assertEqual(path.read_bytes(), before)
        self.assertEqual(path.stat().st_mode & 0o7777, 0o640)
        self.assert_nothing_left()

    def assert_lines_kept(self, before, after):
        """Every line is still there and in order, but for a comma behind it or a pair of braces."""
        rest = iter(after.splitlines(keepends=True))
        for line in before.splitlines(keepends=True):
            bare = line.rstrip()
            kept = any(new.rstrip() in (bare, bare + b",", bare.replace(b"} //", b"}, //"),
                                        bare.replace(b"{}", b"{"))
                       for new in rest)
            self.assertTrue(kept, line)

    def test_settings_as_people_have_them(self):
        for case in CASES:
            for transport in ("stdio", "http"):
                if transport == "http" and case[0] == "claude-desktop":
                    continue
                with self.subTest(client=case[0], file=case[2], transport=transport):
                    self.check_case(case, transport)

    def test_settings_that_are_not_there(self):
        shutil.rmtree(self.project)
        self.project.mkdir()
        for client, _, below, is_project in CASES:
            with self.subTest(client=client, file=below):
                path = self.home / below
                arguments = [client, "--yes", "--stdio"]
                if is_project:
                    arguments += ["--project", str(self.project)]
                self.run_cli(*arguments)
                self.assertEqual(path.stat().st_mode & 0o7777, 0o600)
                entry = parse(path)[SECTIONS.get(client, "mcpServers")]["biomcp"]
                self.assertEqual(entry["command"], CLI)
                jsonschema.validate(entry, ENTRIES[client])
                self.run_cli(*arguments, "--undo")
                self.assertFalse(path.exists())
                self.assertEqual([str(left) for left in self.home.rglob("*")
                                  if not str(left).startswith(str(self.home / ".local"))],
                                 [str(self.project)])

    def test_several_changes_are_undone_one_by_one(self):
        path = self.zed('{\n  "a": 1\n}\n')
        texts = [path.read_bytes()]
        for name in ("one", "two", "three"):
            self.run_cli("zed", "--stdio", "--yes", "--name", name)
            texts.append(path.read_bytes())
        for text in reversed(texts[:-1]):
            self.run_cli("zed", "--undo", "--yes")
            self.assertEqual(path.read_bytes(), text)
        message = self.run_cli("zed", "--undo", "--yes", code=1).stderr
        self.assertIn("nothing to undo", message)

    def test_not_every_change_is_kept_for_ever(self):
        self.zed()
        for number in range(23):
            self.run_cli("zed", "--stdio", "--yes", "--name", f"n{number}")
        kept = sorted(path.name for path in next(self.state.iterdir()).iterdir())
        self.assertEqual(len(kept), 40)
        self.assertEqual(kept[0], "0004.before")
        for path in self.state.rglob("*"):
            self.assertEqual(path.stat().st_mode & 0o077, 0, path)

    def test_a_person_is_told_what_to_do_next(self):
        for arguments, words in ((["claude-desktop"], "Start it again"),
                                 (["codex", "--stdio"], "Start it again"),
                                 (["codex", "--http", "--url", URL, "--name", "x"], "mcp login")):
            told = self.run_cli(*arguments, "--yes").stdout
            self.assertIn(words, told)
            self.assertIn("--undo", told)

    def test_what_changed_elsewhere_survives_an_undo(self):
        path = self.zed('{\n  "a": 1\n}\n')
        self.run_cli("zed", "--stdio", "--yes")
        path.write_text(path.read_text().replace('"a": 1,', '"a": 2, // mine'))
        self.run_cli("zed", "--undo", "--yes")
        self.assertEqual(path.read_text(), '{\n  "a": 2, // mine\n  "context_servers": {}\n}\n')
        self.assert_nothing_left()

    def test_an_entry_that_was_replaced_comes_back_among_other_changes(self):
        for client, below, before in (
                ("zed", ".config/zed/settings.json",
                 '{\n  "context_servers": {\n    "biomcp": { "url": "https://old" } // o\n  }\n}\n'),
                ("codex", ".codex/config.toml",
                 '[mcp_servers.biomcp]\nurl = "https://old" # o\n# x\n\n[a]\n')):
            with self.subTest(client=client):
                path = self.put(below, before)
                message = self.run_cli(client, "--stdio", "--yes", code=1).stderr
                self.assertIn("--replace", message)
                self.assertEqual(path.read_text(), before)
                self.run_cli(client, "--stdio", "--yes", "--replace")
                self.assertNotIn("https://old", path.read_text())
                path.write_text(path.read_text() + "\n")
                self.run_cli(client, "--undo", "--yes")
                self.assertEqual(path.read_text(), before + "\n")

    def test_an_entry_that_changed_is_not_undone(self):
        path = self.zed()
        self.run_cli("zed", "--stdio", "--yes")
        changed = path.read_text().replace('"connect"', '"connect", "https://a.example"')
        path.write_text(changed)
        message = self.run_cli("zed", "--undo", "--yes", code=1).stderr
        self.assertIn("nothing was touched", message)
        backup = re.search(r"before is in (\S+):", message)[1]
        self.assertEqual(pathlib.Path(backup).read_text(), "{}")
        self.assertEqual(pathlib.Path(backup).stat().st_mode & 0o7777, 0o600)
        self.assertEqual(path.read_text(), changed)

    def test_what_a_person_added_to_the_entry_stays(self):
        path = self.zed()
        self.run_cli("zed", "--stdio", "--yes")
        own = path.read_text().replace('"args"', '"enabled": true,\n      "args"')
        path.write_text(own)
        self.assertIn("configured already", self.run_cli("zed", "--stdio").stdout)
        self.assertEqual(path.read_text(), own)

    def test_broken_settings_are_left_alone(self):
        rows = [
            ("zed", ".config/zed/settings.json", '{\n  "a": 1\n  "b": 2\n}', "line 3, column 3"),
            ("zed", ".config/zed/settings.json", '{"context_servers": []}', "line 1, column 21"),
            ("zed", ".config/zed/settings.json",
             '{"context_servers": {},\n"context_servers": {}}', "line 2, column 1"),
            ("claude-code", ".claude.json", '{"a": 1,}', "line 1, column 9"),
            ("claude-desktop", ".config/Claude/claude_desktop_config.json", "// hello\n{}",
             "line 1, column 1"),
            ("gemini", ".gemini/settings.json", '{ // x\n "a": [1,]}', "line 2, column 10"),
            ("codex", ".codex/config.toml", 'a = 1\nb = "x', "line 2, column 7"),
            ("codex", ".codex/config.toml", "mcp_servers = {}", "line 1, column 1"),
            ("cursor", ".cursor/mcp.json", b"\xff\xfe{", "UTF-8"),
            ("cursor", ".cursor/mcp.json", b"{}\0", "UTF-8"),
            ("cursor", ".cursor/mcp.json", b" " * (8 * 1024 * 1024 + 1), "larger"),
        ]
        for client, below, text, place in rows:
            with self.subTest(client=client, place=place):
                path = self.put(below, text)
                before = path.read_bytes()
                message = self.run_cli(client, "--yes", "--stdio", code=1).stderr
                self.assertIn(place, message)
                self.assertIn(str(path), message)
                self.assertEqual(path.read_bytes(), before)
                self.assertFalse(self.state.exists())

    def test_links_are_followed_and_stay(self):
        real = self.put("dotfiles/zed.json", "{}")
        link = self.home / ".config/zed/settings.json"
        link.parent.mkdir(parents=True)
        link.symlink_to("../../dotfiles/zed.json")
        self.run_cli("zed", "--stdio", "--yes")
        self.assertTrue(link.is_symlink())
        self.assertIn("biomcp", real.read_text())
        self.run_cli("zed", "--undo", "--yes")
        self.assertEqual((link.is_symlink(), real.read_text()), (True, "{}"))

    def test_what_is_no_plain_file_is_refused(self):
        link = self.home / ".config/zed/settings.json"
        link.parent.mkdir(parents=True)
        link.symlink_to("nowhere")
        self.assertIn("link to nothing", self.run_cli("zed", "--stdio", "--yes", code=1).stderr)
        link.unlink()
        os.mkfifo(link)
        self.assertIn("not a regular file", self.run_cli("zed", "--stdio", "--yes", code=1).stderr)
        link.unlink()
        link.mkdir()
        self.assertIn("not a regular file", self.run_cli("zed", "--stdio", "--yes", code=1).stderr)
        link.rmdir()
        os.link(self.put("other", "{}"), link)
        self.assertIn("hard links", self.run_cli("zed", "--stdio", "--yes", code=1).stderr)

    def test_nobody_is_overruled(self):
        path = self.zed('{"a": 1}')
        done = self.run_cli("zed", "--stdio", code=2)
        self.assertIn("--yes", done.stderr)
        self.assertIn('+++ ', done.stdout)
        self.run_cli("zed", "--stdio", "--dry-run")
        self.assertEqual(path.read_text(), '{"a": 1}')
        self.assertFalse(self.state.exists())

    def test_a_person_is_asked(self):
        path = self.zed('{"a": 1}')
        terminal = Terminal(["configure", "zed", "--stdio"], self.env)
        terminal.wait_for("Go on?")
        self.assertIn("\x1b[32m+", terminal.seen)
        self.assertEqual(terminal.answer("n"), 3)
        self.assertEqual(path.read_text(), '{"a": 1}')
        terminal = Terminal(["configure", "zed", "--stdio"], self.env | {"NO_COLOR": "1"})
        terminal.wait_for("Go on?")
        self.assertNotIn("\x1b[", terminal.seen)
        self.assertEqual(terminal.answer("y"), 0)
        self.assertIn("biomcp", path.read_text())
        terminal = Terminal(["configure", "zed", "--http", "--url", URL], self.env)
        terminal.wait_for("Go on?")
        self.assertIn("says something else", terminal.seen)
        self.assertEqual(terminal.answer("y"), 0)
        self.assertEqual(parse(path)["context_servers"]["biomcp"], {"url": URL})

    def test_another_program_writes_meanwhile(self):
        for change in ("changed", "removed", "made"):
            with self.subTest(change=change):
                path = self.home / ".config/zed/settings.json"
                if change == "made":
                    path.unlink(missing_ok=True)
                else:
                    self.zed('{"a": 1}')
                terminal = Terminal(["configure", "zed", "--stdio"], self.env)
                terminal.wait_for("Go on?")
                if change == "removed":
                    path.unlink()
                else:
                    self.zed('{"a": 2}')
                self.assertEqual(terminal.answer("y"), 1)
                self.assertIn("changed by another program", terminal.seen)
                self.assertEqual(path.read_text() if path.exists() else None,
                                 None if change == "removed" else '{"a": 2}')
                self.assert_nothing_left()

    def test_folders_that_were_moved(self):
        rows = [
            ("zed", "XDG_CONFIG_HOME", "zed/settings.json"),
            ("claude-desktop", "XDG_CONFIG_HOME", "Claude/claude_desktop_config.json"),
            ("claude-code", "CLAUDE_CONFIG_DIR", ".claude.json"),
            ("codex", "CODEX_HOME", "config.toml"),
            ("gemini", "GEMINI_CLI_HOME", ".gemini/settings.json"),
            ("vscode", "VSCODE_PORTABLE", "user-data/User/mcp.json"),
        ]
        for client, variable, below in rows:
            with self.subTest(client=client):
                self.env[variable] = str(self.home / "moved")
                self.run_cli(client, "--stdio", "--yes")
                self.assertIn("connect", (self.home / "moved" / below).read_text())
                del self.env[variable]

    def test_flatpaks(self):
        rows = [("vscode", "com.visualstudio.code", "Code/User/mcp.json", "servers"),
                ("vscodium", "com.vscodium.codium", "VSCodium/User/mcp.json", "servers"),
                ("zed", "dev.zed.Zed", "zed/settings.json", "context_servers")]
        for client, flatpak, below, section in rows:
            with self.subTest(client=client):
                folder = self.home / ".var/app" / flatpak
                folder.mkdir(parents=True)
                self.run_cli(client, "--stdio", "--yes")
                entry = parse(folder / "config" / below)[section]["biomcp"]
                self.assertEqual((entry["command"], entry["args"]),
                                 ("flatpak-spawn", ["--host", CLI, "connect"]))

    def test_a_bus_that_is_not_the_usual_one_is_named(self):
        self.env["DBUS_SESSION_BUS_ADDRESS"] = 'unix:path=/tmp/a"b,guid=1'
        self.run_cli("codex", "--stdio", "--yes")
        self.run_cli("zed", "--stdio", "--yes")
        for path, section in ((".codex/config.toml", "mcp_servers"),
                              (".config/zed/settings.json", "context_servers")):
            entry = parse(self.home / path)[section]["biomcp"]
            self.assertEqual(entry["env"],
                             {"DBUS_SESSION_BUS_ADDRESS": 'unix:path=/tmp/a"b,guid=1'})
        usual = f"unix:path=/run/user/{os.getuid()}/bus"
        self.env["DBUS_SESSION_BUS_ADDRESS"] = usual
        self.run_cli("cursor", "--stdio", "--yes")
        self.assertEqual(parse(self.home / ".cursor/mcp.json")["mcpServers"]["biomcp"], STDIO)

    def test_list(self):
        self.zed()
        self.run_cli("zed", "--stdio", "--yes")
        self.put(".cursor/mcp.json", "[")
        rows = {row["client"]: row for row in json.loads(self.run_cli("--list", "--json").stdout)}
        self.assertEqual(set(rows) - {"vscode-flatpak", "vscode-insiders", "vscodium",
                                      "vscodium-flatpak", "zed-flatpak"}, set(ENTRIES))
        self.assertEqual((rows["zed"]["installed"], rows["zed"]["configured"]), (True, True))
        self.assertEqual((rows["gemini"]["installed"], rows["gemini"]["configured"]),
                         (False, False))
        self.assertIn("line 1, column 2", rows["cursor"]["problem"])
        self.assertEqual(rows["claude-desktop"]["transport"], "stdio")
        self.assertIn("zed/settings.json", self.run_cli("--list").stdout)
        self.assertNotIn("claude-desktop", self.run_cli("--list", "--project", ".").stdout)

    def test_wrong_command_lines(self):
        for arguments in ([], ["emacs"], ["zed", "vim"], ["zed", "--stdio", "--http"],
                          ["zed", "--name", "a b"], ["zed", "--name", ""], ["zed", "--list"],
                          ["zed", "--stdio", "--url", URL]):
            with self.subTest(arguments=arguments):
                self.run_cli(*arguments, code=64)
        for arguments in (["claude-desktop", "--http"], ["claude-desktop", "--project", "."],
                          ["zed", "--project", "/nowhere"], ["zed", "--url", "ftp://a"],
                          ["zed", "--url", "http://u:p@a/"], ["zed", "--url", "http://"], ["zed"]):
            with self.subTest(arguments=arguments):
                self.run_cli(*arguments, "--yes", code=1)
        self.assertFalse((self.home / ".config").exists())


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    unittest.main()
