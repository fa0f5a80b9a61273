# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Starts the simulator and says where it listens."""

import os
import signal
import sys
import threading

from .config import parse_arguments
from .server import Server
from .state import State


def main(arguments):
    config, options = parse_arguments(arguments)
    server = Server(State(config))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    if options.until_stdin_closes:
        threading.Thread(target=stop_at_end_of_input, args=(server,), daemon=True).start()
    if options.write_credentials:
        config.write_credentials(options.write_credentials)
    print(f"listening {config.base_url}", flush=True)
    with server:
        server.serve_forever()
    return 0


def stop_at_end_of_input(server):
    """Reads the descriptor itself: a daemon thread must not hold a buffer's lock at exit."""
    while os.read(sys.stdin.fileno(), 4096):
        pass
    server.shutdown()
