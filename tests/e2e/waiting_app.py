# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""waiting_app.py ADDRESS: a program that asks for a token and waits for the person.

It prints the path of its request, then the address of the page, then the code of the response.
"""

import sys

from gi.repository import Gio, GLib

NAME = "org.biomcp.Auth"
bus = Gio.DBusConnection.new_for_address_sync(
    sys.argv[1], Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
    | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
loop = GLib.MainLoop()


def on_signal(_bus, _sender, _path, _interface, member, body):
    if member == "Progress":
        print(body.unpack()[1].get("url", "none"), flush=True)
    elif member == "Response":
        print(body.unpack()[0], flush=True)
        loop.quit()


bus.signal_subscribe(None, NAME + ".Request1", None, None, None, 0, on_signal)
path = bus.call_sync(NAME, "/org/biomcp/Auth", NAME + ".Broker1", "RequestToken",
                     GLib.Variant("(sasa{sv})", ("", [], {"prompt": GLib.Variant("s", "consent")})),
                     None, 0, 20000, None).unpack()[0]
print(path, flush=True)
loop.run()
