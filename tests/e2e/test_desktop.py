# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The real daemon and a screen that is locked."""

import pathlib
import sys
import unittest

from gi.repository import Gio, GLib

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from daemon_process import Daemon, Home  # noqa: E402
from private_bus import NAME, PrivateBus  # noqa: E402

SAVER = "org.freedesktop.ScreenSaver"
LOCKED = "The screen is locked"


class DesktopTest(unittest.TestCase):
    def setUp(self):
        self.bus = PrivateBus()
        self.addCleanup(self.bus.stop)
        self.home = Home(self.bus.address)
        self.addCleanup(self.home.remove)
        self.home.write_config("[desktop]\ntokens-while-locked=no\ndrop-tokens-on-lock=yes\n")
        # The same connection is screen saver and caller, so that the bus keeps the order.
        self.caller = self.bus.connect()
        self.addCleanup(self.caller.close)
        self.caller.call("org.freedesktop.DBus.RequestName", "(su)", SAVER, 4,
                         name="org.freedesktop.DBus", path="/org/freedesktop/DBus")
        self.daemon = Daemon(self.home,
                             environment={"DBUS_SYSTEM_BUS_ADDRESS": self.bus.address})
        self.addCleanup(self.daemon.stop)
        self.daemon.await_ready()

    def lock(self, is_on):
        self.caller.bus.emit_signal(None, "/org/freedesktop/ScreenSaver", SAVER,
                                    "ActiveChanged", GLib.Variant("(b)", (is_on,)))

    def refusal(self):
        with self.assertRaises(GLib.Error) as refused:
            self.caller.get_token()
        self.assertEqual(Gio.dbus_error_get_remote_error(refused.exception),
                         NAME + ".Error.InteractionRequired")
        return refused.exception.message

    def test_nobody_gets_a_token_while_it_is_locked(self):
        self.assertNotIn(LOCKED, self.refusal())
        self.lock(True)
        self.assertIn(LOCKED, self.refusal())
        self.lock(False)
        self.assertNotIn(LOCKED, self.refusal())


if __name__ == "__main__":
    unittest.main()
