# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Magic links and one-time codes; what would be mailed goes to the outbox."""

import re
import secrets

from .errors import ApiError
from .messages import redirect_response
from .oauth import check_pkce, check_public_token, default_url
from .redirects import parse, with_parameters
from .sessions import SessionArguments, factor
from .state import LoginToken, Passcode
from .tokens import CHALLENGE_PATTERN, new_token
from .users import EMAIL_PATTERN, PHONE_PATTERN, SANDBOX_EMAIL, SANDBOX_PHONE

SANDBOX_LINKS = {
    "DOYoip3rvIMMW5lgItikFK-Ak1CfMsgjuiCyI7uuU94=": None,
    "3pzjQpgksDlGKWEwUq2Up--hCHC_0oamfLHyfspKDFU=": "unable_to_auth_magic_link",
    "CprTtwhnRNiMBiUS2jSLcWYrfuO2POeBNdo5HhW6qTM=": "magic_link_not_found",
}
SANDBOX_CODE = "000000"
CODE_PATTERN = re.compile(r"[0-9]{6}")


def checked_email(request):
    email = request.text("email") or ""
    if not EMAIL_PATTERN.fullmatch(email):
        raise ApiError("invalid_email")
    return email.lower()


def checked_phone(request):
    phone = request.text("phone_number") or ""
    if not PHONE_PATTERN.fullmatch(phone):
        raise ApiError("invalid_phone_number")
    return phone


def minutes(request, name, default, low, high, refusal):
    value = request.json.get(name)
    if value is None:
        return default
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    if not is_whole or not low <= value <= high:
        raise ApiError(refusal)
    return value


def user_for_email(state, request, email):
    """The user with this address and whether it was made for this request."""
    user = state.users.by_email(email)
    if user is not None:
        return user, False
    user = state.users.new(email)
    user.add_email(email)
    user.is_pending = request.json.get("create_user_as_pending") is True
    return user, True


# Magic links


def link_login_or_create(state, request):
    """POST /v1/magic_links/email/login_or_create"""
    email = checked_email(request)
    is_new = state.users.by_email(email) is None
    return deliver_link(state, request, email, "signup" if is_new else "login")


def link_send(state, request):
    """POST /v1/magic_links/email/send: only to a user who is known."""
    email = checked_email(request)
    if state.users.by_email(email) is None:
        raise ApiError("email_not_found")
    return deliver_link(state, request, email, "login")


def deliver_link(state, request, email, kind):
    url = link_target(state, request, kind)
    lifetimes = {each: minutes(request, f"{each}_expiration_minutes", default, 5, 10080,
                               "invalid_expiration_magic_link")
                 for each, default in (("login", 60), ("signup", 10080))}
    challenge = request.text("code_challenge")
    if challenge and not CHALLENGE_PATTERN.fullmatch(challenge):
        raise ApiError("invalid_pkce_code_challenge")
    user, is_new = user_for_email(state, request, email)
    state.users.check_not_locked(user)
    answer = {"user_id": user.user_id, "email_id": user.add_email(email)}
    if request.path.endswith("login_or_create"):
        answer["user_created"] = is_new
    if email != SANDBOX_EMAIL:
        token = new_token()
        state.magic_links[token] = LoginToken(
            user.user_id, state.clock.now_s() + 60 * lifetimes[kind], challenge,
            (email, url))
        link = with_parameters(f"{state.config.base_url}/v1/magic_links/redirect", [
            ("public_token", state.config.public_token),
            ("stytch_token_type", "magic_links"), ("token", token)])
        state.send("magic-link", email, link=link, token=token)
    return answer


def link_target(state, request, kind):
    """Both URLs are checked, whichever of them will be used."""
    for each in ("login", "signup"):
        text = request.text(f"{each}_magic_link_url")
        if text and parse(text) is None:
            raise ApiError("invalid_magic_link_url")
        if text and not state.redirect_urls.has_match(each, text):
            raise ApiError("no_match_for_provided_magic_link_url")
    return request.text(f"{kind}_magic_link_url") or default_url(state, kind)


def link_redirect(state, request):
    """GET /v1/magic_links/redirect: the link in the mail; it does not use up the token."""
    check_public_token(state, request)
    token = request.query.get("token", "")
    known = state.magic_links.get(token)
    if known is None:
        raise ApiError("magic_link_not_found")
    _, url = known.detail
    return redirect_response(with_parameters(
        url, [("stytch_token_type", "magic_links"), ("token", token)]))


def link_authenticate(state, request):
    """POST /v1/magic_links/authenticate"""
    arguments = SessionArguments.of(request)
    token, verifier = request.text("token"), request.text("code_verifier")
    if not token:
        raise ApiError("invalid_token")
    if state.config.environment == "test" and token in SANDBOX_LINKS:
        if SANDBOX_LINKS[token]:
            raise ApiError(SANDBOX_LINKS[token])
        return authenticated(state, request, arguments, state.users.sandbox, SANDBOX_EMAIL,
                             "magic_link")
    known = state.magic_links.get(token)
    if known is None:
        raise ApiError("magic_link_not_found")
    if known.is_used or state.clock.now_s() >= known.expires_at_s:
        raise ApiError("unable_to_auth_magic_link")
    user = state.users.get(known.user_id)
    state.users.check_not_locked(user)
    check_pkce(known.code_challenge, verifier)
    email, _ = known.detail
    result = authenticated(state, request, arguments, user, email, "magic_link")
    known.is_used = True
    return result


# One-time codes


def email_code(state, request):
    """POST /v1/otps/email/login_or_create and .../send"""
    email = checked_email(request)
    if request.path.endswith("/send") and state.users.by_email(email) is None:
        raise ApiError("email_not_found")
    lifetime_s = code_lifetime_s(request)
    user, is_new = user_for_email(state, request, email)
    answer = {"user_id": user.user_id, "email_id": user.add_email(email)}
    if request.path.endswith("login_or_create"):
        answer["user_created"] = is_new
    deliver_code(state, user, answer["email_id"], email, lifetime_s, "otp-email")
    return answer


def phone_code(state, request, channel):
    """POST /v1/otps/{sms,whatsapp}/login_or_create and .../send"""
    phone = checked_phone(request)
    user = state.users.by_phone(phone)
    is_new = user is None
    if is_new and request.path.endswith("/send"):
        raise ApiError("phone_number_not_found")
    lifetime_s = code_lifetime_s(request)
    if is_new:
        user = state.users.new(phone)
        user.is_pending = request.json.get("create_user_as_pending") is True
    answer = {"user_id": user.user_id, "phone_id": user.add_phone(phone)}
    if request.path.endswith("login_or_create"):
        answer["user_created"] = is_new
    deliver_code(state, user, answer["phone_id"], phone, lifetime_s, f"otp-{channel}")
    return answer


def code_lifetime_s(request):
    return 60 * minutes(request, "expiration_minutes", 2, 1, 10, "invalid_expiration_otp")


def deliver_code(state, user, method_id, address, lifetime_s, kind):
    """Makes a code, which replaces the one before, and sends it."""
    state.users.check_not_locked(user)
    if address in (SANDBOX_EMAIL, SANDBOX_PHONE):
        return
    code = SANDBOX_CODE
    while code == SANDBOX_CODE:
        code = f"{secrets.randbelow(1000000):06d}"
    state.passcodes[method_id] = Passcode(
        code, user.user_id, address, state.clock.now_s() + lifetime_s)
    state.send(kind, address, code=code, method_id=method_id)


def code_authenticate(state, request):
    """POST /v1/otps/authenticate"""
    arguments = SessionArguments.of(request)
    method_id, code = request.text("method_id"), request.text("code")
    if not code or not CODE_PATTERN.fullmatch(code):
        raise ApiError("invalid_code")
    user, address = state.users.by_method_id(method_id)
    if user is None:
        raise ApiError("invalid_method_id")
    state.users.check_not_locked(user)
    if user is state.users.sandbox:
        if code != SANDBOX_CODE:
            raise ApiError("otp_code_not_found")
        return authenticated(state, request, arguments, user, address, "otp")
    known = state.passcodes.get(method_id)
    if known is None or known.code != code:
        state.users.note_failure(user)
        raise ApiError("otp_code_not_found")
    if known.is_used or state.clock.now_s() >= known.expires_at_s:
        raise ApiError("unable_to_auth_otp_code")
    result = authenticated(state, request, arguments, user, address, "otp")
    known.is_used = True
    return result


def authenticated(state, request, arguments, user, address, kind):
    """The answer that magic links and one-time codes have in common."""
    now_s = state.clock.now_s()
    if address in user.emails:
        method_id, delivery = user.emails[address], "email"
        detail = {"email_factor": {"email_id": method_id, "email_address": address}}
    else:
        method_id, delivery = user.phones[address], "sms"
        detail = {"phone_number_factor": {"phone_id": method_id, "phone_number": address}}
    user.verified.add(address)
    state.users.note_success(user)
    session = state.sessions.authenticated(
        arguments, user, factor(kind, delivery, now_s, **detail))
    issuer = state.issuer_for(request)
    return {
        "user_id": user.user_id,
        "method_id": method_id,
        "session_token": session.token if session else "",
        "session_jwt": state.sessions.jwt(session, issuer) if session else "",
        "session": session.to_json() if session else None,
        "user": user.to_json(now_s),
        "reset_sessions": False,
        "user_device": None,
    }
