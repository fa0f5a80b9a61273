# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Looks for known secrets, in all their usual spellings, where none may be."""

import base64
import os
import pathlib
import re
import struct
import subprocess
import threading
import urllib.parse

from gi.repository import Gio, GLib

LIMIT_S = 20
SHORTEST = 12
SHORTEST_WORD = 6
RSA_MEMBERS = ("p", "q", "dp", "dq", "qi")
MARK_PATH = "/org/biomcp/Auth/tests"
MARK_INTERFACE = "org.biomcp.Auth.Tests"


def spellings(value):
    """The secret as it is, and as base64, base64url, hexadecimal and percent-encoded."""
    raw = value.encode() if isinstance(value, str) else value
    found = {raw, raw.hex().encode(), raw.hex().upper().encode(),
             urllib.parse.quote(raw, safe="").encode(),
             raw.hex(":").encode(), raw.hex(" ").encode()}
    # Within a longer text the secret may begin at any of three places of a group.
    for shift in range(3):
        padded = base64.b64encode(b"\0" * shift + raw)
        whole = padded[4 if shift else 0:len(padded) - (4 if (len(raw) + shift) % 3 else 0)]
        found |= {whole, whole.translate(bytes.maketrans(b"+/", b"-_"))}
    return {spelling for spelling in found if len(spelling) >= SHORTEST}


class Secrets:
    """What to look for: secrets and what they are."""

    def __init__(self):
        self._needles = {}
        self._words = {}

    def add(self, what, value):
        if len(value) < SHORTEST:
            raise ValueError(f"{what} is too short to be recognised")
        for spelling in spellings(value):
            self._needles[spelling] = what

    def add_key(self, jwk):
        """Each private number as text and as the number that it is."""
        for number in (jwk["d"], *(jwk[name] for name in RSA_MEMBERS if name in jwk)):
            self.add("private key", number)
            self.add("private key", base64.urlsafe_b64decode(number + "=="))

    def add_word(self, what, value):
        """One that a person types: too short to be sought in longer words, so it stands alone.
        With and without its dashes and in any case, as people may type it."""
        bare = value.replace("-", "")
        if len(bare) < SHORTEST_WORD:
            raise ValueError(f"{what} is too short to be recognised")
        pattern = "[ -]?".join(map(re.escape, bare)).encode()
        self._words[re.compile(rb"(?<![0-9A-Za-z])" + pattern + rb"(?![0-9A-Za-z])", re.I)] = what

    def add_token(self, what, token):
        """Also the signature alone: it makes a token out of what else is public."""
        self.add(what, token)
        if token.count(".") == 2:
            self.add(f"signature of {what}", token.rpartition(".")[2])

    def __len__(self):
        return len(self._needles) + len(self._words)

    def find(self, data):
        """Which secrets are in there; never the secret itself, for messages of tests."""
        if isinstance(data, str):
            data = data.encode()
        return sorted({what for needle, what in self._needles.items() if needle in data}
                      | {what for word, what in self._words.items() if word.search(data)})


def find_in_files(secrets, folder, leave_out=()):
    """{path: what is in it} for contents and names of files."""
    found = {}
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if pathlib.Path(parent, name) not in leave_out]
        for name in names + folders:
            path = pathlib.Path(parent, name)
            told = secrets.find(os.fsencode(name))
            if path.is_file():
                told += secrets.find(path.read_bytes())
            if path.is_symlink():
                told += secrets.find(os.fsencode(os.readlink(path)))
            if told:
                found[str(path)] = told
    return found


def find_in_process(secrets, pid):
    """What anybody who may look sees of a process from outside."""
    found = {}
    threads = [f"task/{thread}/comm" for thread in os.listdir(f"/proc/{pid}/task")]
    for name in ["cmdline", "environ", "comm", *threads]:
        try:
            told = secrets.find(pathlib.Path(f"/proc/{pid}/{name}").read_bytes())
        except PermissionError:  # the daemon's environment: closed to all but root
            continue
        if told:
            found[name] = told
    return found


class BusMonitor:
    """Every message of a bus, as dbus-monitor sees it."""

    def __init__(self, address):
        self.messages = []  # (Gio.DBusMessage, its bytes)
        self._news = threading.Condition()
        self._monitor = subprocess.Popen(["dbus-monitor", "--address", address, "--pcap"],
                                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        self._marker = Gio.DBusConnection.new_for_address_sync(
            address, Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
            | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
        # It sees what comes after it got to work, which only a mark that it saw proves.
        for number in range(LIMIT_S * 10):
            if self._mark(f"start-{number}", 0.1):
                return
        raise AssertionError("dbus-monitor sees nothing")

    def _read(self):
        stream = self._monitor.stdout
        stream.read(24)
        while header := stream.read(16):
            blob = stream.read(struct.unpack("=IIII", header)[2])
            message = Gio.DBusMessage.new_from_blob(blob, Gio.DBusCapabilityFlags.UNIX_FD_PASSING)
            with self._news:
                self.messages.append((message, blob))
                self._news.notify_all()

    def say(self, text):
        """Says this on the bus."""
        self._marker.emit_signal(None, MARK_PATH, MARK_INTERFACE, "Mark",
                                 GLib.Variant("(s)", (text,)))
        self._marker.flush_sync(None)

    def _mark(self, text, limit_s):
        self.say(text)
        with self._news:
            return self._news.wait_for(
                lambda: any(message.get_interface() == MARK_INTERFACE
                            and message.get_body().unpack() == (text,)
                            for message, _ in self.messages), limit_s)

    def stop(self):
        """Everything sent before this is among the messages afterwards."""
        if self._monitor.poll() is not None:
            return
        seen = self._mark("end", LIMIT_S)
        self._monitor.terminate()
        self._monitor.wait(LIMIT_S)
        self._thread.join(LIMIT_S)
        self._monitor.stdout.close()
        self._marker.close_sync(None)
        if not seen:
            raise AssertionError("dbus-monitor stopped seeing")


class Exemptions:
    """The only messages that may hand out an access token, and only that."""

    def __init__(self):
        self._calls = set()

    def allow(self, message):
        kind, to = message.get_message_type(), message.get_destination()
        if kind == Gio.DBusMessageType.METHOD_CALL:
            if (message.get_interface(), message.get_member()) == ("org.biomcp.Auth.Broker1",
                                                                   "GetToken"):
                self._calls.add((message.get_sender(), message.get_serial()))
            return False
        if kind == Gio.DBusMessageType.METHOD_RETURN:
            return (to, message.get_reply_serial()) in self._calls
        return (kind == Gio.DBusMessageType.SIGNAL and to is not None
                and message.get_interface() == "org.biomcp.Auth.Request1"
                and message.get_member() == "Response")


def find_in_bus(secrets, messages):
    """[(member or error, what is in it)]; an exempt message may hold access tokens alone."""
    found, exemptions = [], Exemptions()
    for message, blob in messages:
        told = secrets.find(blob)
        if exemptions.allow(message):
            told = [what for what in told if "access_token" not in what]
        if told:
            name = message.get_member() or message.get_error_name() or "reply"
            found.append((name, told))
    return found
