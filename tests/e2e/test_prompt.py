# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""However many ask at the same instant, the person is asked once."""

import pathlib
import re
import subprocess
import sys
import unittest

from gi.repository import Gio, GLib

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from daemon_process import Daemon, Home, LIMIT_S  # noqa: E402
from oauth_flow import HIDDEN_FIELD, Flow  # noqa: E402

NAME = "org.biomcp.Auth"
PATH = "/org/biomcp/Auth"
N_CALLERS = 100
CHECKED = re.compile(r'<input type="radio" name="([\w-]+)" value="([^"]*)" checked')


class Caller:
    """One connection; it hears the signals of its own requests."""

    def __init__(self, address):
        self.bus = Gio.DBusConnection.new_for_address_sync(
            address, Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
            | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
        self.stages, self.urls, self.responses = [], set(), []
        self.bus.signal_subscribe(None, NAME + ".Request1", None, None, None, 0, self._on_signal)
        self.bus.call_sync("org.freedesktop.DBus", "/org/freedesktop/DBus",
                           "org.freedesktop.DBus", "GetId", None, None, 0, LIMIT_S * 1000, None)

    def _on_signal(self, _bus, _sender, _path, _interface, member, body):
        if member == "Progress":
            stage, hints = body.unpack()
            self.stages.append(stage)
            self.urls.add(hints.get("url"))
        else:
            self.responses.append(body.unpack())

    def ask(self):
        """Does not wait for anything."""
        self.bus.call(NAME, PATH, NAME + ".Broker1", "RequestToken",
                      GLib.Variant("(sasa{sv})", ("", [], {})), None, 0, LIMIT_S * 1000, None,
                      None)

    def leave(self):
        if not self.bus.is_closed():
            self.bus.close_sync(None)

    def get_error(self):
        try:
            self.bus.call_sync(NAME, PATH, NAME + ".Broker1", "GetToken",
                               GLib.Variant("(asa{sv})", ([], {})), None, 0, LIMIT_S * 1000, None)
        except GLib.Error as error:
            return Gio.dbus_error_get_remote_error(error).removeprefix(NAME + ".Error.")
        return None


class PromptTest(unittest.TestCase):
    def setUp(self):
        bus = subprocess.Popen(["dbus-daemon", "--session", "--nofork", "--print-address=1"],
                               stdout=subprocess.PIPE, text=True)
        self.addCleanup(bus.stdout.close)
        self.addCleanup(bus.wait, LIMIT_S)
        self.addCleanup(bus.terminate)
        self.home = Home(bus.stdout.readline().strip())
        self.addCleanup(self.home.remove)
        self.pages = self.home.path / "pages"
        self.pages.touch()
        browser = self.home.path / "browser"
        browser.write_text(f'#!/bin/sh\necho "$1" >>{self.pages}\n')
        browser.chmod(0o700)
        self.daemon = Daemon(self.home, environment={"BROWSER": str(browser)})
        self.addCleanup(self.daemon.stop)
        self.daemon.await_ready()

    def connect(self, count):
        callers = [Caller(self.home.bus) for _ in range(count)]
        for caller in callers:
            self.addCleanup(caller.leave)
        return callers

    def await_all(self, condition):
        expired = []
        guard = GLib.timeout_add_seconds(LIMIT_S, expired.append, True)
        while not condition() and not expired:
            GLib.MainContext.default().iteration(True)
        self.assertEqual(expired, [])
        GLib.source_remove(guard)

    def press(self, url, choice, **chosen):
        """Presses a button of the page, with what is chosen on it."""
        flow = Flow(self.daemon.issuer, {})
        page = flow.ask("GET", url.removeprefix(self.daemon.issuer))
        self.assertEqual(page.status, 200)
        fields = dict(HIDDEN_FIELD.findall(page.body) + CHECKED.findall(page.body))
        return page, flow.press({**fields, **chosen}, choice)

    def count_tokens(self):
        text = self.daemon.get("/metrics")[1].decode()
        found = re.search(r'^biomcp_auth_tokens_issued_total\{[^}]*"local"[^}]*\} (\d+)', text, re.M)
        return int(found.group(1)) if found else 0

    def test_hundred_callers(self):
        callers = self.connect(N_CALLERS)
        for caller in callers:
            caller.ask()
        self.await_all(lambda: all(caller.stages for caller in callers))
        urls = set().union(*(caller.urls for caller in callers))
        self.assertEqual({stage for caller in callers for stage in caller.stages}, {"browser"})
        self.assertEqual(len(urls), 1)
        page, pressed = self.press(urls.pop(), "allow")
        self.assertEqual(pressed.status, 200)
        self.assertEqual(page.body.count('id="client-name"'), 1)
        self.await_all(lambda: all(caller.responses for caller in callers))
        answers = [answer for caller in callers for answer in caller.responses]
        self.assertEqual(len(answers), N_CALLERS)
        self.assertEqual({code for code, _ in answers}, {0})
        self.assertTrue(all(result["access-token"].count(".") == 2 for _, result in answers))
        self.assertEqual(len(self.pages.read_text().splitlines()), 1)
        self.assertEqual(self.count_tokens(), 1)

    def test_hundred_callers_once(self):
        """Allowed once, each may go on for as long as it stays."""
        callers = self.connect(N_CALLERS)
        for caller in callers:
            caller.ask()
        self.await_all(lambda: all(caller.stages for caller in callers))
        url, = callers[0].urls
        self.press(url, "allow", decision="once")
        self.await_all(lambda: all(caller.responses for caller in callers))
        self.assertEqual({code for caller in callers for code, _ in caller.responses}, {0})
        for caller in callers[1:]:
            caller.leave()
        self.assertIsNone(callers[0].get_error())
        late, = self.connect(1)
        self.assertEqual(late.get_error(), "InteractionRequired")

    def test_hundred_callers_are_refused_together(self):
        callers = self.connect(N_CALLERS)
        for caller in callers:
            caller.ask()
        self.await_all(lambda: all(caller.stages for caller in callers))
        url, = callers[0].urls
        self.press(url, "never")
        self.await_all(lambda: all(caller.responses for caller in callers))
        self.assertEqual({code for caller in callers for code, _ in caller.responses}, {1})
        self.assertEqual(callers[7].get_error(), "AccessDenied")
        callers[7].responses.clear()
        callers[7].ask()
        self.await_all(lambda: callers[7].responses)
        (code, result), = callers[7].responses
        self.assertEqual((code, result["error"]), (2, NAME + ".Error.AccessDenied"))
        self.assertEqual(len(self.pages.read_text().splitlines()), 1)


if __name__ == "__main__":
    unittest.main()
