# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A service on a private bus, and the MCP server behind its endpoints, that do what a test says."""

import queue
import socket
import subprocess
import threading

from gi.repository import Gio, GLib

NAME = "org.biomcp.Auth"
PATH = "/org/biomcp/Auth"
LIMIT_S = 20
URL = "http://localhost/mcp"
XML = """<node><interface name="org.biomcp.Auth.Broker1">
<method name="OpenEndpoint"><arg type="a{sv}" direction="in"/><arg type="h" direction="out"/>
<arg type="a{sv}" direction="out"/></method>
<method name="RequestToken"><arg type="s" direction="in"/><arg type="as" direction="in"/>
<arg type="a{sv}" direction="in"/><arg type="o" direction="out"/></method>
</interface></node>"""


class Request:
    """One HTTP request that arrived; the test answers it."""

    def __init__(self, peer, head, body):
        self._peer = peer
        self.line, *lines = head.decode().split("\r\n")
        self.headers = {name.lower(): value.strip()
                        for name, _, value in (line.partition(":") for line in lines)}
        self.body = body

    def send(self, data):
        self._peer.sendall(data if isinstance(data, bytes) else data.encode())

    def reply(self, status="200 OK", body="", kind="application/json", **headers):
        more = "".join(f"{name.replace('_', '-')}: {value}\r\n"
                       for name, value in headers.items())
        self.send(f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{more}"
                  f"Content-Length: {len(body.encode())}\r\n\r\n{body}")

    def stream(self, **headers):
        more = "".join(f"{name.replace('_', '-')}: {value}\r\n"
                       for name, value in headers.items())
        self.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                  f"Transfer-Encoding: chunked\r\n{more}\r\n")

    def event(self, data, number=None):
        text = (f"id: {number}\n" if number is not None else "") + f"data: {data}\n\n"
        self.send(f"{len(text.encode()):x}\r\n{text}\r\n")

    def end(self):
        self.send("0\r\n\r\n")

    def cut(self):
        self._peer.shutdown(socket.SHUT_RDWR)


class FakeBroker:
    """errors: names of errors for the next calls of OpenEndpoint; asked: (scopes, options)."""

    def __init__(self, address=None):
        more = [f"--address={address}"] if address else []
        self._bus = subprocess.Popen(
            ["dbus-daemon", "--session", "--nofork", "--print-address=1", *more],
            stdout=subprocess.PIPE, text=True)
        self.address = self._bus.stdout.readline().strip().partition(",guid=")[0]
        self.errors = []
        self.asked = []
        self.n_opened = 0
        self.requests = queue.Queue()
        self.questions = queue.Queue()
        self._peers = []
        self._context = GLib.MainContext.new()
        self._loop = GLib.MainLoop.new(self._context, False)
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self._thread.start()
        assert ready.wait(LIMIT_S)

    def _run(self, ready):
        self._context.push_thread_default()
        self._connection = Gio.DBusConnection.new_for_address_sync(
            self.address, Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
            | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
        interface = Gio.DBusNodeInfo.new_for_xml(XML).interfaces[0]
        self._connection.register_object(PATH, interface, self._on_call, None, None)
        self._ask_bus("RequestName", GLib.Variant("(su)", (NAME, 0)))
        ready.set()
        self._loop.run()

    def _ask_bus(self, method, arguments):
        return self._connection.call_sync(
            "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", method,
            arguments, None, 0, LIMIT_S * 1000, None)

    def leave(self):
        """Nobody has the name any more."""
        self._ask_bus("ReleaseName", GLib.Variant("(s)", (NAME,)))

    def _on_call(self, _bus, sender, _path, _interface, method, arguments, invocation):
        if method == "RequestToken":
            self._take_question(sender, arguments.unpack(), invocation)
        elif self.errors:
            invocation.return_dbus_error(f"{NAME}.Error.{self.errors.pop(0)}", "Of the test")
        else:
            self._open(invocation)

    def _take_question(self, sender, arguments, invocation):
        _, scopes, options = arguments
        path = f"{PATH}/request/{sender[1:].replace('.', '_')}/{options['handle-token']}"
        self.asked.append((scopes, options))
        invocation.return_value(GLib.Variant("(o)", (path,)))
        self.questions.put((sender, path))

    def answer(self, code, **result):
        """What the person says to the next question."""
        sender, path = self.questions.get(timeout=LIMIT_S)
        values = {name: GLib.Variant("s", value) for name, value in result.items()}
        self._connection.emit_signal(sender, path, f"{NAME}.Request1", "Response",
                                     GLib.Variant("(ua{sv})", (code, values)))

    def _open(self, invocation):
        ours, theirs = socket.socketpair()
        self.n_opened += 1
        self._peers.append(ours)
        threading.Thread(target=self._serve, args=(ours,), daemon=True).start()
        fds = Gio.UnixFDList.new()
        fds.append(theirs.fileno())
        theirs.close()
        invocation.return_value_with_unix_fd_list(
            GLib.Variant("(ha{sv})", (0, {"url": GLib.Variant("s", URL)})), fds)

    def _serve(self, peer):
        data = b""
        while True:
            while b"\r\n\r\n" not in data:
                more = self._receive(peer)
                if not more:
                    return
                data += more
            head, _, data = data.partition(b"\r\n\r\n")
            length = 0
            for line in head.lower().split(b"\r\n"):
                if line.startswith(b"content-length:"):
                    length = int(line.partition(b":")[2])
            while len(data) < length:
                data += self._receive(peer)
            self.requests.put(Request(peer, head, data[:length]))
            data = data[length:]

    @staticmethod
    def _receive(peer):
        try:
            return peer.recv(65536)
        except OSError:
            return b""

    def next(self):
        return self.requests.get(timeout=LIMIT_S)

    def stop(self):
        self._context.invoke_full(GLib.PRIORITY_DEFAULT, self._loop.quit)
        self._thread.join(LIMIT_S)
        for peer in self._peers:
            peer.close()
        self._bus.terminate()
        self._bus.wait(LIMIT_S)
        self._bus.stdout.close()
