# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""An MCP server that shows every byte it got and says the bytes that a test gives it."""

import queue
import re
import select
import socket
import threading

LIMIT_S = 20


class Exchange:
    """One request that arrived; the test answers it."""

    def __init__(self, connection, head, body):
        self._connection = connection
        self.head, self.body = head, body
        self.request_line, *self.lines = head.decode("latin-1").split("\r\n")

    def values(self, name):
        """The values of a header, as they came."""
        prefix = name.lower() + ":"
        return [line[len(prefix):].removeprefix(" ") for line in self.lines
                if line.lower().startswith(prefix)]

    @property
    def names(self):
        return {line.partition(":")[0].lower() for line in self.lines}

    def say(self, data):
        self._connection.sendall(data)
        return self

    def close(self):
        self._connection.close()

    def reply(self, data):
        """Answers and closes."""
        self.say(data).close()

    def is_cut(self, limit_s=LIMIT_S):
        """Whether the other side closes the connection within the time."""
        if not select.select([self._connection], [], [], limit_s)[0]:
            return False
        try:
            return self._connection.recv(1) == b""
        except ConnectionResetError:
            return True


class RawMcpServer:
    def __init__(self):
        self._exchanges = queue.Queue()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.host = "127.0.0.1:%d" % self._listener.getsockname()[1]
        self.url = f"http://{self.host}/mcp"
        self.n_requests = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._read, args=(connection,), daemon=True).start()

    def _read(self, connection):
        data = b""
        while b"\r\n\r\n" not in data:
            more = connection.recv(65536)
            if not more:
                connection.close()
                return
            data += more
        head, _, data = data.partition(b"\r\n\r\n")
        length = re.search(rb"\r\ncontent-length: *(\d+)", head, re.I)
        is_chunked = re.search(rb"\r\ntransfer-encoding: *chunked", head, re.I)
        while (len(data) < int(length[1]) if length
               else is_chunked and not data.endswith(b"0\r\n\r\n")):
            data += connection.recv(65536)
        self.n_requests += 1
        self._exchanges.put(Exchange(connection, head, data))

    def next(self, limit_s=LIMIT_S):
        """The next request; None once the server has stopped."""
        return self._exchanges.get(timeout=limit_s)

    def is_idle(self):
        """Nobody has asked anything that the test does not know of."""
        return self._exchanges.empty()

    def stop(self):
        self._listener.close()
        self._exchanges.put(None)
