# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which function answers which request, and what every answer has in common."""

import hmac
import re
import traceback

from . import apps, control, mail, oauth, session_routes
from .errors import ApiError, OAuth2Error
from .messages import Response, json_response

BASIC, OPEN = "basic", "open"
SWITCHES = re.compile(r"/sim/(?!provider$)")

ROUTES = [
    ("GET", "/v1/public/oauth/{}/start", OPEN, oauth.start),
    ("GET", "/v1/oauth/callback/{}", OPEN, oauth.callback),
    ("POST", "/v1/oauth/authenticate", BASIC, oauth.authenticate),
    ("GET", "/v1/debug/whoami", BASIC, session_routes.whoami),
    ("GET", "/v1/users/{}", BASIC, session_routes.get_user),
    ("DELETE", "/v1/users/{}", BASIC, session_routes.delete_user),
    ("GET", "/v1/sessions", BASIC, session_routes.list_sessions),
    ("POST", "/v1/sessions/authenticate", BASIC, session_routes.authenticate),
    ("POST", "/v1/sessions/revoke", BASIC, session_routes.revoke),
    ("GET", "/v1/sessions/jwks/{}", OPEN, session_routes.project_key_set),
    ("GET", "/v1/public/{}/.well-known/jwks.json", OPEN, session_routes.project_key_set),
    ("GET", "/.well-known/jwks.json", OPEN, session_routes.key_set),
    ("POST", "/v1/magic_links/email/login_or_create", BASIC, mail.link_login_or_create),
    ("POST", "/v1/magic_links/email/send", BASIC, mail.link_send),
    ("GET", "/v1/magic_links/redirect", OPEN, mail.link_redirect),
    ("POST", "/v1/magic_links/authenticate", BASIC, mail.link_authenticate),
    ("POST", "/v1/otps/email/login_or_create", BASIC, mail.email_code),
    ("POST", "/v1/otps/email/send", BASIC, mail.email_code),
    ("POST", "/v1/otps/{}/login_or_create", BASIC, mail.phone_code),
    ("POST", "/v1/otps/{}/send", BASIC, mail.phone_code),
    ("POST", "/v1/otps/authenticate", BASIC, mail.code_authenticate),
    ("POST", "/v1/public/{}/oauth2/register", OPEN, apps.register),
    ("POST", "/v1/public/{}/oauth2/token", OPEN, apps.token),
    ("POST", "/v1/public/{}/oauth2/introspect", OPEN, apps.introspect),
    ("POST", "/v1/public/{}/oauth2/revoke", OPEN, apps.revoke),
    ("POST", "/v1/oauth2/register", OPEN, apps.register),
    ("POST", "/v1/oauth2/token", OPEN, apps.token),
    ("POST", "/v1/oauth2/introspect", OPEN, apps.introspect),
    ("POST", "/v1/oauth2/revoke", OPEN, apps.revoke),
    ("POST", "/v1/connected_apps/clients", BASIC, apps.create_app),
    ("POST", "/v1/connected_apps/clients/search", BASIC, apps.search_apps),
    ("GET", "/v1/connected_apps/clients/{}", BASIC, apps.get_app),
    ("PUT", "/v1/connected_apps/clients/{}", BASIC, apps.update_app),
    ("DELETE", "/v1/connected_apps/clients/{}", BASIC, apps.delete_app),
    ("GET", "/sim/provider", OPEN, oauth.show_provider),
    ("POST", "/sim/provider", OPEN, oauth.decide_provider),
    ("POST", "/sim/faults", OPEN, control.set_fault),
    ("GET", "/sim/log", OPEN, control.show_log),
    ("GET", "/sim/outbox", OPEN, control.show_outbox),
    ("POST", "/sim/reset", OPEN, control.reset),
    ("POST", "/sim/clock", OPEN, control.advance_clock),
    ("POST", "/sim/redirect-urls", OPEN, control.add_redirect_url),
    ("POST", "/sim/registration", OPEN, control.set_registration),
    ("POST", "/sim/rotate-keys", OPEN, control.rotate_keys),
    ("POST", "/sim/mint-jwt", OPEN, control.mint_jwt),
    ("POST", "/sim/release", OPEN, control.release),
]


def compiled(pattern):
    pieces = (re.escape(piece) for piece in pattern.split("{}"))
    return re.compile("([^/]+)".join(pieces))


COMPILED = [(method, compiled(pattern), access, function)
            for method, pattern, access, function in ROUTES]


def respond(state, request):
    """The answer to one request; the server calls this from many threads."""
    if (request.method, request.path) == ("GET", "/sim/held"):
        return guarded(state, lambda: control.wait_for_held(state, request))
    with state.lock:
        if SWITCHES.match(request.path):
            return guarded(state, lambda: routed(state, request))
        fault = state.faults.take(request.path)
        entry = log_entry(request, fault)
        state.log.append(entry)
        if fault is not None and not fault.after:
            response = fault.replacement(state.new_id("request-id"))
        else:
            response = guarded(state, lambda: routed(state, request))
            if fault is not None:
                response = fault.damage(response, state.new_id("request-id"))
        entry["status"] = response.status
        return response


def guarded(state, work):
    """Errors become answers with a request id."""
    try:
        return work()
    except ApiError as error:
        return json_response(error.body(state.new_id("request-id")), error.status,
                             challenge_of(error))
    except Exception:
        traceback.print_exc()
        error = ApiError("internal_server_error")
        return json_response(error.body(state.new_id("request-id")), error.status)


def challenge_of(error):
    is_oauth2 = isinstance(error, OAuth2Error)
    if is_oauth2 and error.status == 401:
        return [("WWW-Authenticate", 'Basic realm="stytch-sim"')]
    return []


def routed(state, request):
    for method, pattern, access, function in COMPILED:
        match = pattern.fullmatch(request.path)
        if match and method == request.method:
            if access == BASIC:
                check_basic(state, request)
            return finished(state, function(state, request, *match.groups()))
    raise ApiError("route_not_found")


def finished(state, result):
    """What every JSON success has in common."""
    if isinstance(result, Response):
        return result
    status = result.pop("status_code", 200)
    return json_response(
        {"request_id": state.new_id("request-id"), "status_code": status, **result}, status)


def check_basic(state, request):
    """Project id and secret, as the ordinary API wants them."""
    if request.basic is None:
        raise ApiError("unauthorized_credentials")
    project_id, secret = request.basic
    environment = state.config.environment
    other = "test" if environment == "live" else "live"
    if project_id.startswith(f"project-{other}-"):
        raise ApiError(f"{other}_id_used_in_{environment}_environment")
    if not project_id.startswith("project-"):
        raise ApiError("invalid_project_id_authentication")
    if not secret.startswith("secret-"):
        raise ApiError("invalid_secret_authentication")
    is_same = hmac.compare_digest(secret.encode("utf-8"), state.config.secret.encode("utf-8"))
    if project_id != state.config.project_id or not is_same:
        raise ApiError("unauthorized_credentials")


def log_entry(request, fault):
    """What may be known about a request: no values of the query, headers or body."""
    return {
        "method": request.method,
        "path": request.path,
        "fields": request.field_names(),
        "authorization": "basic" if request.basic else "bearer" if request.bearer else "none",
        "host": request.host,
        "user_agent": request.headers.get("User-Agent", ""),
        "fault": fault.name if fault else None,
    }
