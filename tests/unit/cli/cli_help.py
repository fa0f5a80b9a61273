# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the programs say of themselves, for the pages and completions that repeat it."""

import re
import subprocess

LIMIT_S = 20
# Verbs with a word behind them that makes them another one.
FURTHER = {"clients": ["clients add"]}
OPTION = re.compile(r"^  (?:-(\w), )?--([a-z][a-z-]*)(?:=(\S+))? ", re.MULTILINE)


def read(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True,
                          timeout=LIMIT_S).stdout


def verbs(program):
    """The verbs that the usage of the program lists."""
    table = read(program, "--help").split("\n\n")[1]
    names = re.findall(r"^  ([a-z-]+) ", table, re.MULTILINE)
    assert len(names) > 10, table
    return names


def options(program, verb=""):
    """{(short, long, placeholder)}; the empty text for what there is not."""
    found = set(OPTION.findall(read(program, *verb.split(), "--help")))
    return {option for option in found if option[1] != "help"}


def all_options(program):
    """{verb: its options}, with verbs of two words."""
    return {name: options(program, name) for verb in verbs(program)
            for name in [verb, *FURTHER.get(verb, [])]}
