#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Get a token from biomcp-auth on D-Bus and call the MCP server with it.

Needs python3-gi. The first run asks the person in the browser; later ones need nobody.
"""

import json
import secrets
import sys
import urllib.request

from gi.repository import Gio, GLib

NAME = 'org.biomcp.Auth'
PATH = '/org/biomcp/Auth'
BROKER = 'org.biomcp.Auth.Broker1'
REQUEST = 'org.biomcp.Auth.Request1'
NEEDS_A_PERSON = ('org.biomcp.Auth.Error.InteractionRequired',
                  'org.biomcp.Auth.Error.NotSignedIn')


def call(bus, method, arguments):
    return bus.call_sync(NAME, PATH, BROKER, method, arguments, None,
                         Gio.DBusCallFlags.NONE, 30000, None).unpack()[0]


def get_token(bus):
    """A token, if the person allowed it before."""
    return call(bus, 'GetToken', GLib.Variant('(asa{sv})', ([], {})))


def request_token(bus, reason):
    """Ask the person, and wait for the answer."""
    handle = 'py' + secrets.token_hex(8)
    sender = bus.get_unique_name()[1:].replace('.', '_')
    path = f'{PATH}/request/{sender}/{handle}'
    loop = GLib.MainLoop()
    answer = {}

    def on_signal(_bus, _sender, _path, _interface, signal, parameters):
        if signal == 'Progress':
            stage, hints = parameters.unpack()
            url = hints.get('url')
            if stage == 'waiting':
                print('This was sent away before: "biomcp-auth sign-in" shows it', file=sys.stderr)
            if url:
                print(f'If no browser opens, open this page: {url}', file=sys.stderr)
        elif signal == 'Response':
            answer['code'], answer['result'] = parameters.unpack()
            loop.quit()

    # Subscribe first: the answer may be quick.
    bus.signal_subscribe(NAME, REQUEST, None, path, None, Gio.DBusSignalFlags.NONE, on_signal)
    options = {'handle-token': GLib.Variant('s', handle), 'reason': GLib.Variant('s', reason)}
    call(bus, 'RequestToken', GLib.Variant('(sasa{sv})', ('', [], options)))
    loop.run()
    if answer['code'] != 0:
        raise SystemExit(f"no token: {answer['result'].get('message', 'the person said no')}")
    return answer['result']


def initialize(url, token):
    """The first message of the Model Context Protocol; returns the server's name."""
    message = {'jsonrpc': '2.0', 'id': 1, 'method': 'initialize',
               'params': {'protocolVersion': '2025-06-18', 'capabilities': {},
                          'clientInfo': {'name': 'get_token.py', 'version': '1'}}}
    request = urllib.request.Request(
        url, json.dumps(message).encode(),
        {'Authorization': f'Bearer {token}', 'Content-Type': 'application/json',
         'Accept': 'application/json, text/event-stream'})
    with urllib.request.urlopen(request, timeout=30) as reply:
        text = reply.read().decode()
    data = [line[5:] for line in text.splitlines() if line.startswith('data:')]
    return json.loads(data[0] if data else text)['result']['serverInfo']['name']


def main():
    bus = Gio.bus_get_sync(Gio.BusType.SESSION, None)
    try:
        result = get_token(bus)
    except GLib.Error as error:
        if Gio.dbus_error_get_remote_error(error) not in NEEDS_A_PERSON:
            raise
        if '--no-interaction' in sys.argv:
            raise SystemExit(2) from error
        result = request_token(bus, 'to show how to get a token')
    print(f"token for {result['resource']}, scopes {' '.join(result['scopes'])}")
    print(f"connected to {initialize(result['resource'], result['access-token'])}")


if __name__ == '__main__':
    main()
