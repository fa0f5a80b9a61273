# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The manual says what the programs say: verbs, options, exit codes, settings. With
BMA_WRITE_PAGE set, the settings of biomcp-auth.ini(5) are written anew."""

import os
import pathlib
import re
import sys
import textwrap
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import cli_help  # noqa: E402

CLI = os.environ["BMA_CLI"]
DAEMON = os.environ["BMA_DAEMON"]
ROOT = pathlib.Path(__file__).resolve().parents[3]
BEGIN, END = '.\\" begin of the settings\n', '.\\" end of the settings\n'
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


def fill(text):
    """Text as a page has it: short lines, none of which is taken for a macro."""
    plain = re.sub(r"\\\|", "|", text).replace("`", "").replace("\\", "\\e")
    lines = []
    for sentence in re.split(r"(?<=[.:]) (?=[A-Z])", plain):
        lines += textwrap.wrap(sentence, 79, break_long_words=False, break_on_hyphens=False)
    return "".join(("\\&" if line[0] in ".'" else "") + line + "\n" for line in lines)


def stop(text):
    return text if text.endswith(".") else text + "."


def describe(cells):
    key, summary, accepted, builtin, *variable = cells
    out = f".It Ic {key.strip('`')}\n" + fill(stop(summary)) + ".Pp\n"
    out += fill(f"Accepted: {stop(accepted)}") + fill(f"If nobody sets it: {stop(builtin)}")
    if variable and variable[0]:
        out += f"Environment:\n.Ev {variable[0].strip('`')} .\n"
    return out


def groups(configuration):
    """[(group, [cells of a key])] of docs/configuration.md."""
    table = configuration.split("<!-- begin of the table -->")[1]
    for part in table.split("\n### ")[1:]:
        rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in part.split("\n")
                if line.startswith("| `")]
        yield part.split("\n")[0], [[cell.strip() for cell in row] for row in rows]


def make_settings(configuration):
    out = ""
    for group, rows in groups(configuration):
        out += f".Ss {group}\n.Bl -tag -width Ds\n" + "".join(map(describe, rows)) + ".El\n"
    return out


class ManTest(unittest.TestCase):
    maxDiff = None

    def test_verbs_and_options(self):
        page = sections(sections(read("docs/man/biomcp-auth.1"), "Sh")["VERBS"], "Ss")
        expected = cli_help.all_options(CLI)
        for verb, options in expected.items():
            with self.subTest(verb):
                self.assertIn(verb, page)
                self.assertIn(f".Nm\n.Cm {verb}", page[verb])
                self.assertEqual(set(ITEM.findall(page[verb])), options)
        self.assertEqual(set(page) - set(expected), {"help"})

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
        path = ROOT / "docs/man/biomcp-auth.ini.5"
        before, rest = path.read_text(encoding="utf-8").split(BEGIN)
        there, after = rest.split(END)
        wanted = make_settings(read("docs/configuration.md"))
        self.assertGreater(wanted.count(".It Ic "), 30)
        if "BMA_WRITE_PAGE" in os.environ:
            path.write_text(before + BEGIN + wanted + END + after, encoding="utf-8")
        else:
            self.assertEqual(there, wanted, "BMA_WRITE_PAGE=1 meson test -C build cli-man")


if __name__ == "__main__":
    unittest.main()
