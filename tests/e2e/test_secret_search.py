# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The search of test_canary.py finds a secret in each kind of place: so that test can fail."""

import base64
import os
import pathlib
import subprocess
import sys
import unittest

from gi.repository import Gio, GLib

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from daemon_process import SIGNING_KEY, Daemon, Home, LIMIT_S  # noqa: E402
from secret_search import (BusMonitor, Secrets, find_in_bus, find_in_files,  # noqa: E402
                           find_in_process)

SECRET = "CANARY-of-the-search+/~"
BROKER = "org.biomcp.Auth.Broker1"
REQUEST = "org.biomcp.Auth.Request1"


class SpellingTest(unittest.TestCase):
    def setUp(self):
        self.secrets = Secrets()
        self.secrets.add("secret", SECRET)

    def test_every_spelling_anywhere(self):
        raw = SECRET.encode()
        for before in (b"", b"1", b"12", b"123", b"x" * 100):
            for text in (raw, raw.hex().encode(), raw.hex().upper().encode(),
                         b"CANARY-of-the-search%2B%2F~", base64.b64encode(before + raw + before),
                         base64.urlsafe_b64encode(before + raw + before)):
                with self.subTest(text):
                    self.assertEqual(self.secrets.find(before + text + before), ["secret"])
        self.assertEqual(self.secrets.find(b"CANARY-of-the-search"), [])

    def test_key(self):
        self.secrets.add_key(SIGNING_KEY)
        number = base64.urlsafe_b64decode(SIGNING_KEY["d"] + "==")
        for text in (SIGNING_KEY["d"].encode(), number, number.hex().encode(),
                     base64.b64encode(number), base64.b64encode(b"1" + number)):
            self.assertEqual(self.secrets.find(b"..." + text + b"..."), ["private key"])
        self.assertEqual(self.secrets.find(SIGNING_KEY["x"]), [])

    def test_key_of_another_kind(self):
        """Each of the numbers of an RSA key gives the others away."""
        names = ("d", "p", "q", "dp", "dq", "qi")
        jwk = {"n": "public-modulus-of-the-search",
               **{name: f"private-number-of-the-search-{name:_<2}" for name in names}}
        self.secrets.add_key(jwk)
        for name in names:
            self.assertEqual(self.secrets.find(jwk[name]), ["private key"])
        self.assertEqual(self.secrets.find(jwk["n"]), [])

    def test_word(self):
        """What people type is found as they may type it, and not within longer words."""
        self.secrets.add_word("user code", "BCDF-GHJK")
        self.secrets.add_word("mail code", "123456")
        for text in ("BCDF-GHJK", "(bcdfghjk)", "?user_code=BCDF-GHJK&x", "Bcdf ghjk."):
            self.assertEqual(self.secrets.find(text), ["user code"])
        for text in ("code 123456.", '"123456"', "123 456"):
            self.assertEqual(self.secrets.find(text), ["mail code"])
        for text in ("1234567", "0123456", "a123456", "xBCDFGHJK", "BCDF-GHJKL", "12345", "BCDF"):
            self.assertEqual(self.secrets.find(text), [])

    def test_token(self):
        self.secrets.add_token("access_token", "aaaaaaaaaaaa.bbbbbbbbbbbb.cccccccccccc")
        self.assertEqual(self.secrets.find("x.y.cccccccccccc"), ["signature of access_token"])

    def test_short_secrets_are_refused(self):
        with self.assertRaises(ValueError):
            self.secrets.add("short", "abc")
        with self.assertRaises(ValueError):
            self.secrets.add_word("short", "a-b-c-d-e")

    def test_keys_without_a_private_number_are_refused(self):
        """A search for nothing would find nothing."""
        public = {name: value for name, value in SIGNING_KEY.items() if name != "d"}
        with self.assertRaises(KeyError):
            self.secrets.add_key(public)


class PlaceTest(unittest.TestCase):
    def setUp(self):
        self.secrets = Secrets()
        self.secrets.add("secret", SECRET)
        self.home = Home()
        self.addCleanup(self.home.remove)

    def test_files(self):
        folder = self.home.path / "state"
        deep = folder / "a" / "b"
        deep.mkdir(parents=True)
        (deep / "file").write_bytes(b"\0\xff" * 100000 + SECRET.encode())
        (deep / "other").write_text("nothing")
        (deep / SECRET.replace("/", "%2F").replace("+", "%2B")).touch()
        os.symlink(SECRET, deep / "link")
        found = find_in_files(self.secrets, folder)
        self.assertEqual(sorted(pathlib.Path(path).name[:6] for path in found),
                         ["CANARY", "file", "link"])
        self.assertEqual(find_in_files(self.secrets, folder, [folder / "a"]), {})

    def test_process(self):
        for place, arguments, environment in (("environ", [], {"X": SECRET}),
                                              ("cmdline", [SECRET], {})):
            with self.subTest(place), subprocess.Popen(
                    ["sh", "-c", "echo; read nothing", *arguments], env=environment,
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
                process.stdout.readline()
                self.assertEqual(find_in_process(self.secrets, process.pid), {place: ["secret"]})
                process.kill()

    def test_log_of_the_daemon(self):
        daemon = Daemon(self.home, "--state-dir", "/proc/" + SECRET)
        self.addCleanup(daemon.stop)
        daemon.await_exit()
        self.assertEqual(self.secrets.find(daemon.log), ["secret"])


class BusTest(unittest.TestCase):
    def setUp(self):
        self.bus = subprocess.Popen(
            ["dbus-daemon", "--session", "--nofork", "--print-address=1"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.addCleanup(self.end_bus)
        self.address = self.bus.stdout.readline().strip()
        self.monitor = BusMonitor(self.address)
        self.secrets = Secrets()
        self.secrets.add("secret", SECRET)
        self.secrets.add("access_token", "a-token-of-the-search")

    def end_bus(self):
        self.bus.terminate()
        self.bus.wait(LIMIT_S)
        self.bus.stdout.close()

    def connect(self):
        connection = Gio.DBusConnection.new_for_address_sync(
            self.address, Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
            | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
        self.addCleanup(connection.close_sync, None)
        return connection

    def found(self):
        self.monitor.stop()
        return find_in_bus(self.secrets, self.monitor.messages)

    def test_signal(self):
        self.monitor.say("x" + SECRET)
        self.assertEqual(self.found(), [("Mark", ["secret"])])

    def test_bytes_in_a_call_and_in_its_refusal(self):
        with self.assertRaises(GLib.Error):
            self.connect().call_sync("org.freedesktop.DBus", "/", "org.example.Nothing", SECRET[:6],
                                     GLib.Variant("(ay)", (SECRET.encode(),)), None, 0, -1, None)
        self.assertEqual(self.found(), [("CANARY", ["secret"])])

    def test_exemptions(self):
        """Only to one receiver, only these two messages, only access tokens."""
        both = GLib.Variant("(ua{sv})", (0, {"t": GLib.Variant("s", "a-token-of-the-search"),
                                             "s": GLib.Variant("s", SECRET)}))
        connection = self.connect()
        to = self.connect().get_unique_name()
        connection.emit_signal(to, "/r", REQUEST, "Response", both)
        connection.emit_signal(None, "/r", REQUEST, "Response", both)
        connection.emit_signal(to, "/r", REQUEST, "Progress", both)
        connection.emit_signal(to, "/r", BROKER, "Response", both)
        connection.call_sync("org.freedesktop.DBus", "/", "org.freedesktop.DBus", "GetId", None,
                             None, 0, -1, None)
        self.assertEqual(self.found(), [("Response", ["secret"]),
                                        ("Response", ["access_token", "secret"]),
                                        ("Progress", ["access_token", "secret"]),
                                        ("Response", ["access_token", "secret"])])

    def test_replies(self):
        """A reply to GetToken may hold the token; one to another method may not."""
        node = Gio.DBusNodeInfo.new_for_xml(
            f"<node><interface name='{BROKER}'><method name='GetToken'><arg type='s' "
            "direction='out'/></method><method name='Other'><arg type='s' direction='out'/>"
            "</method></interface></node>")
        service, client = self.connect(), self.connect()

        def answer(_connection, _sender, _path, _interface, _method, _arguments, invocation):
            invocation.return_value(GLib.Variant("(s)", ("a-token-of-the-search",)))

        service.register_object("/org/biomcp/Auth", node.interfaces[0], answer, None, None)
        loop, answers = GLib.MainLoop(), []

        def on_answer(connection, result):
            answers.append(connection.call_finish(result))
            if len(answers) == 2:
                loop.quit()

        for method in ("GetToken", "Other"):
            client.call(service.get_unique_name(), "/org/biomcp/Auth", BROKER, method, None, None,
                        0, LIMIT_S * 1000, None, on_answer)
        loop.run()
        self.assertEqual(self.found(), [("reply", ["access_token"])])


if __name__ == "__main__":
    unittest.main()
