# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the shells complete is what the program knows: its verbs, options, words and clients."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import cli_help  # noqa: E402

CLI = os.environ["BMA_CLI"]
FILES = HERE.parents[2] / "data" / "completions"
LIMIT_S = 60
METHODS = ["client_secret_basic", "client_secret_post", "none", "private_key_jwt"]
WORDS = {
    "st": ["status"], "sign": ["sign-in", "sign-out"], "frob": [], "help mon": ["monitor"],
    "keys ": ["list", "rotate"], "keys r": ["rotate"], "grants ": ["list", "revoke"],
    "clients ": ["add", "list", "remove"], "setup ": ["oidc", "stytch"], "setup s": ["stytch"],
    "configure ze": ["zed", "zed-flatpak"], "configure --undo cod": ["codex"],
    "token --head": ["--header", "--header-json"], "keys rotate --n": ["--now"],
    "clients add --auth-method ": METHODS, "import pa": ["papers.json"],
    "clients add --jwks pa": ["papers.json"], "configure --project p": ["projects"],
    "run -- biomcp-no-other": ["biomcp-no-other-program"], "token --scope ": [],
}


def long_ones(words):
    return [word for word in words if word.startswith("--")]


class Shell:
    """One that completes many lines at once, in a folder with few things in it."""

    def __init__(self, *command):
        self.command = command

    def complete(self, *lines):
        """{line: [what could follow]}"""
        with tempfile.TemporaryDirectory(prefix="bma-shell-") as folder:
            home = pathlib.Path(folder)
            (home / "papers.json").touch()
            (home / "projects").mkdir()
            program = home / "bin" / "biomcp-no-other-program"
            program.parent.mkdir()
            program.touch(mode=0o755)
            done = subprocess.run(
                [*self.command, *(f"biomcp-auth {line}" for line in lines)], cwd=home,
                env={"HOME": folder, "PATH": f"{program.parent}:/usr/bin:/bin", "TERM": "dumb",
                     "LANG": "C.UTF-8"},
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                text=True, timeout=LIMIT_S, check=False)
        assert done.returncode == 0 and not done.stderr, done.stdout + done.stderr
        parts = done.stdout.split("> biomcp-auth ")[1:]
        assert len(parts) == len(lines), done.stdout
        return {line: sorted({word.rstrip("/") for word in part.split("\n")[1:] if word})
                for line, part in zip(lines, parts)}


BASH = Shell("bash", "--norc", HERE / "completions" / "complete.bash", FILES / "biomcp-auth.bash")
ZSH = Shell("zsh", "-f", HERE / "completions" / "complete.zsh", FILES / "_biomcp-auth")
FISH = Shell("fish", "--no-config", HERE / "completions" / "complete.fish",
             FILES / "biomcp-auth.fish")


class Completions:
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.known = cli_help.all_options(CLI)
        cls.done = cls.shell.complete("", "help ", "-", "configure ", *WORDS,
                                      *(f"{verb} -" for verb in cls.known))

    def test_verbs(self):
        expected = sorted({*cli_help.verbs(CLI), "help"})
        self.assertEqual(self.done[""], expected)
        self.assertEqual(self.done["help "], expected)
        self.assertEqual(set(long_ones(self.done["-"])), {"--help", "--version"})

    def test_options(self):
        for verb, options in self.known.items():
            with self.subTest(verb):
                self.assertEqual(long_ones(self.done[f"{verb} -"]),
                                 sorted({"--help", *(f"--{name}" for _, name, _ in options)}))

    def test_clients(self):
        listed = json.loads(cli_help.read(CLI, "configure", "--list", "--json"))
        self.assertEqual(self.done["configure "], sorted(client["client"] for client in listed))

    def test_words(self):
        for line, words in WORDS.items():
            with self.subTest(line):
                self.assertEqual(self.done[line], words)


class BashTest(Completions, unittest.TestCase):
    shell = BASH

    def test_value_behind_a_sign(self):
        line = "clients add --auth-method=p"
        self.assertEqual(BASH.complete(line)[line], ["private_key_jwt"])


class ZshTest(Completions, unittest.TestCase):
    shell = ZSH


class FishTest(Completions, unittest.TestCase):
    shell = FISH


if __name__ == "__main__":
    unittest.main()
