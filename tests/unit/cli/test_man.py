# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The manual says what the programs say: verbs, options, exit codes, settings."""

import os
import pathlib
import re
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import cli_help  # noqa: E402

CLI = os.environ["BMA_CLI"]
DAEMON = os.environ["BMA_DAEMON"]
SETTINGS_PAGE = os.environ["BMA_SETTINGS_PAGE"]
ROOT = pathlib.Path(__file__).resolve().parents[3]
# .It Fl y , -yes / .It Fl -name Ns = Ns Ar NAME
ITEM = re.compile(r"^\.It Fl (?:(\w) , )?-([a-z][a-z-]*)(?: Ns = Ns Ar (\S+))?$", re.MULTILINE)
CODES_OF_RUN = {"126", "127"}


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def sections(text, macro):
    """{title: what follows it}"""
    parts = re.split(rf"^\.{macro} (.*)\n", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2]))


def codes(page):
    items = re.findall(r"^\.It ([\d ,]+)$", sections(page, "Sh")["EXIT STATUS"], re.MULTILINE)
    return {code for item in items for code in re.findall(r"\d+", item)}


class ManTest(unittest.TestCase):
    def test_verbs_and_options(self):
        page = sections(sections(read("docs/man/biomcp-auth.1"), "Sh")["VERBS"], "Ss")
        expected = cli_help.all_options(CLI)
        for verb, options in expected.items():
            with self.subTest(verb):
                self.assertIn(verb, page)
                self.assertIn(f".Nm\n.Cm {verb}", page[verb])
                self.assertEqual(set(ITEM.findall(page[verb])), options)
        self.assertEqual(set(page) - set(expected), {"help"})

    def test_help_is_help(self):
        for verb in cli_help.all_options(CLI):
            with self.subTest(verb):
                self.assertEqual(cli_help.read(CLI, "help", *verb.split()),
                                 cli_help.read(CLI, *verb.split(), "--help"))

    def test_daemon_options(self):
        page = sections(read("docs/man/biomcp-authd.8"), "Sh")["OPTIONS"]
        options = cli_help.options(DAEMON)
        self.assertGreater(len(options), 3)
        self.assertEqual(set(ITEM.findall(page)), options)

    def test_exit_codes(self):
        header = read("src/cli/bma-cli-client.h")
        known = set(re.findall(r"^  BMA_CLI_EXIT_\w+ = (\d+),$", header, re.MULTILINE))
        self.assertIn("64", known)
        self.assertEqual(codes(read("docs/man/biomcp-auth.1")), known | CODES_OF_RUN)
        usage = cli_help.read(CLI, "--help").split("Exit codes:")[1]
        self.assertEqual(set(re.findall(r"\d+", usage)), known)

    def test_daemon_exit_codes(self):
        names = read("src/base/bma-names.h")
        known = set(re.findall(r"^#define BMA_EXIT_\w+ +(\d+)$", names, re.MULTILINE))
        self.assertIn("64", known)
        self.assertEqual(codes(read("docs/man/biomcp-authd.8")), known | {"0"})

    def test_settings(self):
        page = sections(sections(pathlib.Path(SETTINGS_PAGE).read_text(encoding="utf-8"),
                                 "Sh")["SETTINGS"], "Ss")
        groups = re.split(r"^### ", read("docs/configuration.md"), flags=re.MULTILINE)[1:]
        self.assertGreater(len(groups), 5)
        for group in groups:
            title, rows = group.split("\n", 1)
            keys = re.findall(r"^\| `([a-z0-9-]+)` \|", rows, re.MULTILINE)
            self.assertEqual(re.findall(r"^\.It Ic (.+)$", page[title], re.MULTILINE), keys)
            for variable in re.findall(r"\| `([A-Z_]+)` \|$", rows, re.MULTILINE):
                self.assertIn(f".Ev {variable} .\n", page[title])


if __name__ == "__main__":
    unittest.main()
