# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The OAuth2 endpoints: client registration, Connected Apps, M2M tokens."""

import hmac
import json
import uuid

from .errors import ApiError, OAuth2Error
from .tokens import BadJwt, new_token

TOKEN_LIFETIME_S = 3600
CLIENT_TYPES = ("first_party", "first_party_public", "third_party", "third_party_public")
LOOPBACK_HOSTS = ("127.0.0.1", "[::1]", "::1")
M2M_SCOPES = ("read:biomcp", "write:biomcp")


def check_project(state, project_id):
    if project_id not in ((), (state.config.project_id,)):
        raise OAuth2Error("invalid_request", "The project_id is not known.", 404)


# Clients


def register(state, request, *project_id):
    """POST .../oauth2/register (RFC 7591): the same public metadata gives the same client."""
    check_project(state, project_id)
    if not state.registration["enabled"]:
        raise ApiError("dynamic_client_registration_not_enabled")
    method = request.json.get("token_endpoint_auth_method") or "none"
    redirect_uris = request.json.get("redirect_uris")
    if method not in ("none", "client_secret_basic", "client_secret_post"):
        raise OAuth2Error("invalid_client_metadata", "The authentication method is unknown.")
    if not is_list_of_text(redirect_uris) or not redirect_uris:
        raise OAuth2Error("invalid_redirect_uri", "redirect_uris must be given.")
    for uri in redirect_uris:
        if uri.startswith("http://") and not is_loopback(uri):
            raise OAuth2Error("invalid_redirect_uri", "Plain http is for loopback only.")
    app = registered_app(state, request, method, redirect_uris)
    answer = {
        "client_id": app["client_id"],
        "client_name": app["client_name"],
        "redirect_uris": app["redirect_urls"],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": method,
        "status_code": state.registration["status"],
    }
    if method != "none":
        answer["client_secret"] = app["client_secret"]
    return answer


def registered_app(state, request, method, redirect_uris):
    client_type = "third_party_public" if method == "none" else "third_party"
    key = json.dumps([request.json.get(name) for name in (
        "redirect_uris", "client_name", "client_uri", "logo_uri")])
    own_id = str(uuid.uuid5(uuid.NAMESPACE_URL, key) if method == "none" else uuid.uuid4())
    client_id = f"connected-app-{state.config.environment}-{own_id}"
    if client_id in state.apps:
        return state.apps[client_id]
    return new_app(state, client_id, client_type, redirect_uris, "dynamic_registration",
                   request.json.get("client_name") or "", request.json.get("logo_uri"))


def new_app(state, client_id, client_type, redirect_urls, method, name, logo=None):
    app = {
        "client_id": client_id,
        "client_name": name,
        "client_description": "",
        "status": "active",
        "full_access_allowed": False,
        "client_type": client_type,
        "redirect_urls": redirect_urls,
        "access_token_expiry_minutes": 60,
        "access_token_template_content": "",
        "post_logout_redirect_urls": [],
        "bypass_consent_for_offline_access": False,
        "creation_method": method,
        "id_token_template_content": "",
        "logo_url": logo,
    }
    if not client_type.endswith("_public"):
        app["client_secret"] = new_token()
        app["client_secret_last_four"] = app["client_secret"][-4:]
    state.apps[client_id] = app
    return app


def is_list_of_text(value):
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def is_loopback(uri):
    authority = uri.removeprefix("http://").partition("/")[0]
    return any(authority == host or authority.startswith(f"{host}:")
               for host in (*LOOPBACK_HOSTS, "localhost"))


def create_app(state, request):
    """POST /v1/connected_apps/clients: the only answer that has the secret."""
    client_type = request.text("client_type")
    redirect_urls = request.json.get("redirect_urls") or []
    if client_type not in CLIENT_TYPES or not is_list_of_text(redirect_urls):
        raise ApiError("bad_request", "client_type or redirect_urls is not valid.")
    return {"connected_app": new_app(
        state, state.new_id("connected-app"), client_type, redirect_urls, "manual",
        request.text("client_name") or "", request.text("logo_url"))}


def known_app(state, client_id):
    app = state.apps.get(client_id)
    if app is None:
        raise ApiError("connected_app_not_found")
    return app


def without_secret(app):
    return {name: value for name, value in app.items() if name != "client_secret"}


def get_app(state, request, client_id):
    return {"connected_app": without_secret(known_app(state, client_id))}


def search_apps(state, request):
    apps = [without_secret(app) for app in state.apps.values()]
    return {"connected_apps": apps,
            "results_metadata": {"total": len(apps), "next_cursor": None}}


def update_app(state, request, client_id):
    app = known_app(state, client_id)
    for name in ("client_name", "client_description", "logo_url"):
        app[name] = request.text(name) or app[name]
    redirect_urls = request.json.get("redirect_urls", app["redirect_urls"])
    if not is_list_of_text(redirect_urls):
        raise ApiError("bad_request", "redirect_urls is not valid.")
    app["redirect_urls"] = redirect_urls
    app["status"] = request.text("status") or app["status"]
    return {"connected_app": without_secret(app)}


def delete_app(state, request, client_id):
    del state.apps[known_app(state, client_id)["client_id"]]
    return {"client_id": client_id}


# Tokens


def client_of(state, request):
    """Who asks: Basic or client_id and client_secret in the form."""
    fields = request.form_or_json
    client_id, secret = request.basic or (
        fields.get("client_id", ""), fields.get("client_secret", ""))
    expected = None
    if client_id == state.config.m2m_client_id:
        expected = state.config.m2m_client_secret
    elif client_id in state.apps:
        expected = state.apps[client_id].get("client_secret", "")
    if expected is None or not hmac.compare_digest(str(secret).encode(), expected.encode()):
        raise OAuth2Error("invalid_client", "The client could not be authenticated.", 401)
    return client_id


def token(state, request, *project_id):
    """POST .../oauth2/token: client_credentials for the project's one M2M client."""
    check_project(state, project_id)
    grant_type = request.form_or_json.get("grant_type")
    if grant_type != "client_credentials":
        raise OAuth2Error("unsupported_grant_type", "Only client_credentials is simulated.")
    client_id = client_of(state, request)
    if client_id != state.config.m2m_client_id:
        raise OAuth2Error("unauthorized_client", "The client is not an M2M client.")
    scopes = request.form_or_json.get("scope", "").split() or list(M2M_SCOPES)
    if not set(scopes) <= set(M2M_SCOPES):
        raise OAuth2Error("invalid_scope", "The client may not have such a scope.")
    now = int(state.clock.now_s())
    return {
        "access_token": state.keys.active.sign({
            "iss": state.issuer_for(request), "sub": client_id,
            "aud": [state.config.project_id], "scope": " ".join(scopes),
            "client_id": client_id, "jti": new_token(),
            "iat": now, "nbf": now, "exp": now + TOKEN_LIFETIME_S}),
        "token_type": "bearer",
        "expires_in": TOKEN_LIFETIME_S,
    }


def introspect(state, request, *project_id):
    """POST .../oauth2/introspect (RFC 7662)."""
    check_project(state, project_id)
    client_of(state, request)
    try:
        claims = state.keys.verify(request.form_or_json.get("token", ""))
    except BadJwt:
        return {"active": False}
    is_over = state.clock.now_s() >= claims.get("exp", 0)
    if is_over or "scope" not in claims or claims.get("jti") in state.revoked_jwt_ids:
        return {"active": False}
    return {"active": True, "token_type": "access_token", **{
        name: value for name, value in claims.items() if name != "jti"}}


def revoke(state, request, *project_id):
    """POST .../oauth2/revoke (RFC 7009): an unknown token is no error."""
    check_project(state, project_id)
    client_of(state, request)
    try:
        claims = state.keys.verify(request.form_or_json.get("token", ""))
    except BadJwt:
        return {}
    state.revoked_jwt_ids.add(claims.get("jti"))
    return {}
