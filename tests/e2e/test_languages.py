# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The real daemon speaks the language of its session."""

import html
import os
import pathlib
import struct
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from daemon_process import Daemon, Home  # noqa: E402

FOLDER = os.environ["BMA_TRANSLATIONS"]
LANGUAGES = [line for line in pathlib.Path(os.environ["BMA_LANGUAGES"]).read_text().splitlines()
             if line and not line.startswith("#")]
PAGES = {
    "/": ["Connect an MCP client", "In a terminal", "The service is ready.", "Signed in:"],
    "/device": ["Connect a device", "The code that your device shows"],
}


def read_catalogue(language):
    """What a .mo file says; gettext's own reader is what is tested."""
    data = (pathlib.Path(FOLDER) / language / "LC_MESSAGES" / "biomcp-auth.mo").read_bytes()
    magic, _, count, originals, translations = struct.unpack_from("=5I", data)
    assert magic == 0x950412de
    texts = []
    for table in (originals, translations):
        places = [struct.unpack_from("=2I", data, table + 8 * i) for i in range(count)]
        texts.append([data[start:start + length].decode() for length, start in places])
    return dict(zip(*texts))


class LanguagesTest(unittest.TestCase):
    def start(self, **environment):
        home = Home()
        self.addCleanup(home.remove)
        home.write_config("[identity]\nprovider=local\n")
        daemon = Daemon(home, environment=environment)
        self.addCleanup(daemon.stop)
        return daemon.await_ready()

    def get(self, daemon, page):
        status, body = daemon.get(page)
        self.assertEqual(status, 200)
        return html.unescape(body.decode())

    def test_pages_are_in_the_language_of_the_session(self):
        self.assertIn("de", LANGUAGES)
        for language in LANGUAGES:
            words = read_catalogue(language)
            with self.subTest(language):
                daemon = self.start(LC_ALL="C.UTF-8", LANGUAGE=language, TEXTDOMAINDIR=FOLDER)
                for page, texts in PAGES.items():
                    text = self.get(daemon, page)
                    self.assertIn(f'<html lang="{language.replace("_", "-")}">', text)
                    for original in texts:
                        self.assertNotEqual(words[original], original)
                        self.assertIn(words[original], text)
                        self.assertNotIn(original, text)

    def test_german(self):
        daemon = self.start(LC_ALL="C.UTF-8", LANGUAGE="de", TEXTDOMAINDIR=FOLDER)
        self.assertIn("Der Dienst ist bereit. Angemeldet:", self.get(daemon, "/"))

    def test_unknown_languages_get_the_original(self):
        for environment in ({"LC_ALL": "C.UTF-8", "LANGUAGE": "tlh"},
                            {"LC_ALL": "C", "LANGUAGE": "de"}):
            with self.subTest(environment):
                daemon = self.start(TEXTDOMAINDIR=FOLDER, **environment)
                for page, texts in PAGES.items():
                    text = self.get(daemon, page)
                    self.assertIn('<html lang="en">', text)
                    for original in texts:
                        self.assertIn(original, text)

    def test_machines_read_the_same_in_every_language(self):
        paths = ["/healthz", "/.well-known/jwks.json"]
        english = self.start(LC_ALL="C.UTF-8")
        german = self.start(LC_ALL="C.UTF-8", LANGUAGE="de", TEXTDOMAINDIR=FOLDER)
        for path in paths:
            self.assertEqual(english.get(path), german.get(path))


if __name__ == "__main__":
    unittest.main()
