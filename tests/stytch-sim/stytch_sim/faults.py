# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Fault switches: what goes wrong with the next requests for a path."""

import dataclasses
import json
import select
import socket
import threading

from .errors import ApiError
from .messages import Response, json_response

# Faults that stand in for the answer of the route, and those that damage its answer.
REPLACING = ("429", "500", "not-json", "user-locked")
DAMAGING = ("slow", "truncated", "dropped", "emails-empty", "nulls", "huge")
NAMES = REPLACING + DAMAGING
HUGE_BYTES = 16 * 1024 * 1024
HOLD_LIMIT_S = 60
ALWAYS_THERE = {"user_id", "status_code", "request_id", "status", "session_token",
                "session_jwt", "token"}


@dataclasses.dataclass
class Fault:
    """One switch; `after` lets the route do its work (and use up a token) first."""

    path: str
    name: str
    times: int
    after: bool

    def replacement(self, request_id):
        if self.name == "not-json":
            page = b"<html><body><h1>502 Bad Gateway</h1></body></html>"
            return Response(200, page, [("Content-Type", "text/html")])
        kinds = {"429": "too_many_requests", "500": "internal_server_error",
                 "user-locked": "user_lock_limit_reached"}
        error = ApiError(kinds[self.name])
        return json_response(error.body(request_id), error.status)

    def damage(self, response, request_id):
        """What the client gets of an answer whose route has done its work."""
        if self.name in REPLACING:
            return self.replacement(request_id)
        if self.name == "slow":
            response.held = True
        elif self.name == "truncated":
            response.truncated = True
        elif self.name == "dropped":
            response.dropped = True
        else:
            self._rewrite(response)
        return response

    def _rewrite(self, response):
        try:
            body = json.loads(response.body)
        except ValueError:
            return
        if self.name == "emails-empty" and isinstance(body.get("user"), dict):
            body["user"]["emails"] = []
        elif self.name == "nulls":
            body = without_optional_values(body)
        elif self.name == "huge":
            body["padding"] = "x" * HUGE_BYTES
        response.body = json.dumps(body).encode("utf-8")


def without_optional_values(value):
    """The same object with `null` for every member that a client may not rely on."""
    return {
        name: member if name in ALWAYS_THERE
        else without_optional_values(member) if name == "user" and member
        else None
        for name, member in value.items()}


class Faults:
    """The switches that are set; those of one path take turns in the order of setting."""

    def __init__(self):
        self._set = []

    def set(self, path, name, times, after):
        if name == "none":
            self._set = [fault for fault in self._set if path not in (fault.path, None)]
            return
        if name not in NAMES:
            known = ", ".join(NAMES)
            raise ApiError("bad_request", f"fault must be one of {known} or none.")
        if after is None:
            after = name in DAMAGING
        if not after and name in DAMAGING:
            raise ApiError("bad_request", f"{name} needs an answer, so after must be true.")
        self._set.append(Fault(path, name, times, after))

    def take(self, path):
        """The fault for a request to this path, which it uses up, or None."""
        for fault in self._set:
            if fault.path == path:
                fault.times -= 1
                if fault.times == 0:
                    self._set.remove(fault)
                return fault
        return None


class Holds:
    """Answers that are held back until the tests release them or the client goes away."""

    def __init__(self):
        self._changed = threading.Condition()
        self._wakers = set()

    def hold(self, connection):
        """Waits; True if the answer shall be sent now, False if the client has gone."""
        waker, wakened = socket.socketpair()
        with waker, wakened:
            with self._changed:
                self._wakers.add(waker)
                self._changed.notify_all()
            ready, _, _ = select.select([connection, wakened], [], [], HOLD_LIMIT_S)
            with self._changed:
                self._wakers.discard(waker)
            return wakened in ready or connection not in ready

    def wait_for(self, count, limit_s=HOLD_LIMIT_S):
        """Waits until that many answers are held; returns how many are."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._wakers) >= count, limit_s)
            return len(self._wakers)

    def release_all(self):
        with self._changed:
            for waker in self._wakers:
                waker.send(b"x")
            return len(self._wakers)
