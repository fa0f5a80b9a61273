# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The simulator's own switches, below /sim/; none of this exists at Stytch."""

from .errors import ApiError
from .messages import json_response


def set_fault(state, request):
    """POST /sim/faults {"path", "fault", "times" = 1 (0 = until none), "after"}"""
    path, name = request.text("path"), request.text("fault")
    times, after = request.json.get("times", 1), request.json.get("after")
    if name is None or (path is None and name != "none"):
        raise ApiError("bad_request", "path and fault are needed.")
    if not isinstance(times, int) or times < 0 or after not in (None, True, False):
        raise ApiError("bad_request", "times must be a number, after true or false.")
    state.faults.set(path, name, times, after)
    return {}


def show_log(state, request):
    return {"requests": state.log}


def show_outbox(state, request):
    return {"messages": state.mail}


def reset(state, request):
    """Held answers are sent, everything else is forgotten."""
    state.holds.release_all()
    state.reset()
    return {}


def advance_clock(state, request):
    seconds = request.json.get("advance_s", 0)
    if not isinstance(seconds, (int, float)) or isinstance(seconds, bool):
        raise ApiError("bad_request", "advance_s must be a number.")
    state.clock.advance(seconds)
    return {"now_s": int(state.clock.now_s())}


def add_redirect_url(state, request):
    """POST /sim/redirect-urls {"type", "url"}: as in the dashboard of a project."""
    try:
        state.redirect_urls.add(request.text("type"), request.text("url") or "")
    except ValueError as error:
        raise ApiError("bad_request", str(error)) from error
    return {"login": state.redirect_urls.all("login"),
            "signup": state.redirect_urls.all("signup")}


def set_registration(state, request):
    """POST /sim/registration {"enabled", "status"}: which status Stytch has is not known."""
    enabled, status = request.json.get("enabled", True), request.json.get("status", 200)
    if enabled not in (True, False) or status not in (200, 201):
        raise ApiError("bad_request", "enabled must be true or false, status 200 or 201.")
    state.registration = {"enabled": enabled, "status": status}
    return {}


def rotate_keys(state, request):
    state.keys.rotate()
    return {"active": state.keys.active.kid, "retiring": state.keys.retiring.kid}


def mint_jwt(state, request):
    """POST /sim/mint-jwt: a JWT with any claims and header, signed by the chosen key.

    `key` is active, retiring or stranger (not published). A claim that is `null` is left
    out; iss, aud, iat, nbf and exp have their usual values if not given.
    """
    keys = {"active": lambda: state.keys.active, "retiring": lambda: state.keys.retiring,
            "stranger": state.keys.stranger}
    choice = request.text("key") or "active"
    claims, header = request.json.get("claims", {}), request.json.get("header", {})
    if choice not in keys or not isinstance(claims, dict) or not isinstance(header, dict):
        raise ApiError("bad_request", "key, claims or header is not valid.")
    now = int(state.clock.now_s())
    merged = {"iss": state.issuer_for(request), "aud": [state.config.project_id],
              "iat": now, "nbf": now, "exp": now + 300, **claims}
    merged = {name: value for name, value in merged.items() if value is not None}
    return {"jwt": keys[choice]().sign(merged, header)}


def release(state, request):
    """POST /sim/release: sends the answers that the fault `slow` holds back."""
    return {"released": state.holds.release_all()}


def wait_for_held(state, request):
    """GET /sim/held?at_least=N waits until N answers are held; runs without the lock."""
    count = request.query.get("at_least", "0")
    if not count.isdigit():
        raise ApiError("bad_request", "at_least must be a number.")
    return json_response({"held": state.holds.wait_for(int(count))})
