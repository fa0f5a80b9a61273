# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""OAuth login: start, the fake provider, the callback, oauth/authenticate."""

import re
import urllib.parse
import uuid

from .clock import rfc3339
from .errors import ApiError
from .messages import html_response, redirect_response
from .pages import provider_page
from .redirects import parse, with_parameters
from .sessions import SessionArguments, factor
from .state import Flow, LoginToken
from .tokens import (CHALLENGE_PATTERN, TOKEN_PATTERN, VERIFIER_PATTERN, challenge_of,
                     new_token)
from .users import PERSON_PATTERN, PROVIDER_NAMES, Person

COOKIE = "stytch_sim_oauth_state"
COOKIE_PATH = "/v1/oauth/callback"
PUBLIC_TOKEN_PATTERN = re.compile(r"public-token-(test|live)-.+")
DEFAULT_SCOPES = ["openid", "email", "profile"]
PEOPLE = ("alice", "bob")
SANDBOX_TOKEN = "hdPVZHHX0UoRa7hJTuuPHi1vlddffSnoweRbVFf5-H8g"
SANDBOX_TOKEN_NOT_FOUND = "59cnLELtq5cFVS6uYK9f-pAWzBkhqZl8AvLhbhOvKNWw"


def start(state, request, provider):
    """GET /v1/public/oauth/{provider}/start, which only a browser should open."""
    check_public_token(state, request)
    if provider not in PROVIDER_NAMES:
        raise ApiError("invalid_oauth_provider")
    challenge = request.query.get("code_challenge") or None
    if challenge and not CHALLENGE_PATTERN.fullmatch(challenge):
        raise ApiError("invalid_pkce_code_challenge")
    extra_scopes = request.query.get("custom_scopes", "").split()
    flow = Flow(
        state=new_token(), provider=provider,
        login_url=chosen_url(state, request, "login"),
        signup_url=chosen_url(state, request, "signup"),
        code_challenge=challenge, scopes=DEFAULT_SCOPES + extra_scopes,
        started_at_s=state.clock.now_s())
    state.flows[flow.state] = flow
    passed_on = {name.removeprefix("provider_"): value
                 for name, value in request.query.items() if name.startswith("provider_")}
    query = urllib.parse.urlencode({
        **passed_on, "client_id": "stytch-sim", "response_type": "code",
        "redirect_uri": callback_url(state, provider), "scope": " ".join(flow.scopes),
        "state": flow.state})
    cookie = f"{COOKIE}={flow.state}; Path={COOKIE_PATH}; HttpOnly; SameSite=Lax; Max-Age=600"
    return redirect_response(f"{state.config.base_url}/sim/provider?{query}",
                             [("Set-Cookie", cookie)])


def check_public_token(state, request):
    token = request.query.get("public_token", "")
    if not PUBLIC_TOKEN_PATTERN.fullmatch(token):
        raise ApiError("invalid_public_token_id")
    if token != state.config.public_token:
        raise ApiError("public_token_not_found")


def chosen_url(state, request, kind):
    """The URL of this type that the request names, else the project's default."""
    text = request.query.get(f"{kind}_redirect_url")
    if text:
        if parse(text) is None:
            raise ApiError(f"invalid_{kind}_oauth_url")
        if not state.redirect_urls.has_match(kind, text):
            raise ApiError("no_match_for_provided_oauth_url")
        return text
    return default_url(state, kind)


def default_url(state, kind):
    if not state.redirect_urls.all(kind):
        raise ApiError(f"no_{kind}_redirect_urls_set")
    text = state.redirect_urls.default(kind)
    if text is None:
        raise ApiError(f"no_default_{kind}_redirect_url_set")
    return text


def callback_id(state, provider):
    own = uuid.uuid5(uuid.NAMESPACE_URL, f"{state.config.project_id}/{provider}")
    return f"oauth-callback-{state.config.environment}-{own}"


def callback_url(state, provider):
    """Always on the plain API host, whichever host the start was on."""
    return f"{state.config.base_url}{COOKIE_PATH}/{callback_id(state, provider)}"


def show_provider(state, request):
    """GET /sim/provider: stands for the provider's own sign-in page."""
    flow = state.flows.get(request.query.get("state", ""))
    if flow is None:
        raise ApiError("bad_request", "The provider does not know this state.")
    person = request.query.get("user") or request.query.get("login_hint") or PEOPLE[0]
    return html_response(provider_page(
        PROVIDER_NAMES[flow.provider], flow.state, request.query,
        person.partition("@")[0], PEOPLE))


def decide_provider(state, request):
    """POST /sim/provider: the person has decided; back to Stytch's callback."""
    flow = state.flows.get(request.form.get("state", ""))
    if flow is None:
        raise ApiError("bad_request", "The provider does not know this state.")
    back = callback_url(state, flow.provider)
    if request.form.get("redirect_uri", back) != back:
        raise ApiError("bad_request", "The provider does not know this redirect_uri.")
    action = request.form.get("action")
    if action == "refuse":
        return redirect_response(with_parameters(
            back, [("error", "access_denied"), ("state", flow.state)]))
    if action not in ("approve-existing", "approve-new"):
        raise ApiError("bad_request", "The action is not known.")
    name = request.form.get("user") or PEOPLE[0]
    if not PERSON_PATTERN.fullmatch(name):
        raise ApiError("bad_request", "The user's name is not valid.")
    person = Person(flow.provider, name, hides_email="hide_email" in request.form)
    if action == "approve-new":
        person = state.users.unused_person(person)
    else:
        state.users.sign_in(person)
    code = new_token()
    state.provider_codes[code] = person
    return redirect_response(with_parameters(back, [("code", code), ("state", flow.state)]))


def callback(state, request, own_id):
    """GET /v1/oauth/callback/...: the cookie and the state must be those of one start."""
    given = request.query.get("state")
    if not given or not ({"code", "error"} & set(request.query)):
        raise ApiError("oauth_invalid_callback_request")
    cookie = request.cookie(COOKIE)
    flow = state.flows.get(given)
    if cookie is None or flow is None:
        raise ApiError("oauth_invalid_state")
    if cookie != given:
        raise ApiError("oauth_state_mismatch")
    if own_id != callback_id(state, flow.provider):
        raise ApiError("oauth_invalid_callback_request")
    if flow.is_used:
        raise ApiError("oauth_state_used")
    flow.is_used = True
    if state.clock.now_s() >= flow.started_at_s + state.config.flow_lifetime_s:
        raise ApiError("expired_oauth_response")
    if "error" in request.query:
        raise ApiError("oauth_flow_callback_error")
    person = state.provider_codes.pop(request.query["code"], None)
    if person is None or person.provider != flow.provider:
        raise ApiError("oauth_auth_code_error")
    return finish(state, flow, person)


def finish(state, flow, person):
    user, is_new = state.users.sign_in(person)
    token = new_token()
    state.oauth_tokens[token] = LoginToken(
        user.user_id, state.clock.now_s() + state.config.token_lifetime_s,
        flow.code_challenge, (person, flow.scopes))
    location = with_parameters(flow.signup_url if is_new else flow.login_url,
                               [("stytch_token_type", "oauth"), ("token", token)])
    gone = f"{COOKIE}=; Path={COOKIE_PATH}; HttpOnly; SameSite=Lax; Max-Age=0"
    return redirect_response(location, [("Set-Cookie", gone)])


def check_pkce(challenge, verifier):
    """The four cases of a challenge at the start and a verifier now."""
    if verifier and not VERIFIER_PATTERN.fullmatch(verifier):
        raise ApiError("invalid_pkce_code_verifier")
    if challenge and not verifier:
        raise ApiError("pkce_expected_code_verifier")
    if verifier and not challenge:
        raise ApiError("pkce_did_not_expect_code_verifier")
    if challenge and challenge_of(verifier) != challenge:
        raise ApiError("pkce_mismatch")


def authenticate(state, request):
    """POST /v1/oauth/authenticate: uses up the token, unless the call is refused."""
    arguments = SessionArguments.of(request)
    token, verifier = request.text("token"), request.text("code_verifier")
    if not token:
        raise ApiError("invalid_token")
    if state.config.environment == "test":
        if token == SANDBOX_TOKEN:
            person = Person("google", "sandbox")
            return answer(state, request, arguments, state.users.sandbox, person,
                          DEFAULT_SCOPES)
        if token == SANDBOX_TOKEN_NOT_FOUND:
            raise ApiError("oauth_token_not_found", status=400)
    if not TOKEN_PATTERN.fullmatch(token):
        raise ApiError("oauth_token_not_found")
    known = state.oauth_tokens.get(token)
    if known is None or known.is_used or state.clock.now_s() >= known.expires_at_s:
        raise ApiError("oauth_token_not_found")
    user = state.users.get(known.user_id)
    state.users.check_not_locked(user)
    check_pkce(known.code_challenge, verifier)
    person, scopes = known.detail
    result = answer(state, request, arguments, user, person, scopes)
    known.is_used = True
    state.users.note_success(user)
    return result


def answer(state, request, arguments, user, person, scopes):
    now_s = state.clock.now_s()
    registration = user.stable_id("oauth-user", f"{person.provider}/{person.subject}")
    detail = {"id": registration, "provider_subject": person.subject,
              "email_id": user.emails.get(person.email, "")}
    new_factor = factor("oauth", f"oauth_{person.provider}", now_s,
                        **{f"{person.provider}_oauth_factor": detail})
    session = state.sessions.authenticated(arguments, user, new_factor)
    issuer = state.issuer_for(request)
    return {
        "user_id": user.user_id,
        "provider_type": PROVIDER_NAMES[person.provider],
        "provider_subject": person.subject,
        "oauth_user_registration_id": registration,
        "session_token": session.token if session else "",
        "session_jwt": state.sessions.jwt(session, issuer) if session else "",
        "provider_values": {
            "access_token": new_token(), "refresh_token": new_token(),
            "id_token": new_token(), "scopes": scopes,
            "expires_at": rfc3339(now_s + 3600)},
        "user": user.to_json(now_s),
        "reset_sessions": False,
        "user_session": session.to_json() if session else None,
        "user_device": None,
    }
