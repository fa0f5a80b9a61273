# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Sessions, users, whoami and the key sets."""

from .errors import ApiError
from .sessions import SessionArguments


def whoami(state, request):
    return {"project_id": state.config.project_id, "name": "stytch-sim"}


def authenticate(state, request):
    """POST /v1/sessions/authenticate: there is no RBAC policy, so no action is allowed."""
    arguments = SessionArguments.of(request)
    session = state.sessions.named_by(arguments)
    user = state.users.get(session.user_id)
    state.users.check_not_locked(user)
    if request.json.get("authorization_check") is not None:
        raise ApiError("consumer_session_authorization_error")
    state.sessions.touch(session, arguments)
    return {
        "session": session.to_json(),
        "session_token": session.token,
        "session_jwt": state.sessions.jwt(session, state.issuer_for(request)),
        "user": user.to_json(state.clock.now_s()),
        "verdict": None,
    }


def list_sessions(state, request):
    user_id = request.query.get("user_id", "")
    if user_id == state.users.sandbox.user_id:
        raise ApiError("user_not_found")
    user = state.users.get(user_id)
    return {"sessions": [s.to_json() for s in state.sessions.of_user(user.user_id)]}


def revoke(state, request):
    named = [name for name in ("session_id", "session_token", "session_jwt")
             if request.text(name)]
    if not named:
        raise ApiError("no_session_arguments")
    if len(named) > 1:
        raise ApiError("too_many_session_arguments")
    find = {"session_id": state.sessions.by_id, "session_token": state.sessions.by_token,
            "session_jwt": state.sessions.by_jwt}[named[0]]
    state.sessions.revoke(find(request.text(named[0])))
    return {}


def get_user(state, request, user_id):
    return state.users.get(user_id).to_json(state.clock.now_s())


def delete_user(state, request, user_id):
    state.users.delete(user_id)
    state.sessions.revoke_all_of(user_id)
    return {"user_id": user_id}


def key_set(state, request):
    """The project domain's set: the host says which project is meant."""
    return {"keys": state.keys.jwks()}


def project_key_set(state, request, project_id):
    if project_id != state.config.project_id:
        raise ApiError("bad_request", "The project_id is not known.", status=404)
    return key_set(state, request)
