# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Sessions, the session arguments of every authenticate call, session JWTs."""

import copy
import dataclasses
import json
import uuid

from .clock import rfc3339
from .errors import ApiError
from .tokens import TOKEN_PATTERN, BadJwt, new_token

SESSION_CLAIM = "https://stytch.com/session"
JWT_LIFETIME_S = 300
CLAIMS_LIMIT_BYTES = 4096
RESERVED_CLAIMS = {"iss", "sub", "aud", "exp", "nbf", "iat", "jti"}
SANDBOX_TOKEN = "WJtR5BCy38Szd5AfoDpf0iqFKEt4EE5JhjlWUY7l3FtY"
SANDBOX_STARTED_AT = "2021-08-28T00:41:58.935673Z"


@dataclasses.dataclass
class Session:
    session_id: str
    token: str
    user_id: str
    started_at_s: float
    last_accessed_at_s: float
    expires_at_s: float
    factors: list
    custom_claims: dict = dataclasses.field(default_factory=dict)
    started_at: str = None

    def times(self):
        return {
            "started_at": self.started_at or rfc3339(self.started_at_s),
            "last_accessed_at": rfc3339(self.last_accessed_at_s),
            "expires_at": rfc3339(self.expires_at_s),
        }

    def to_json(self):
        return {
            "session_id": self.session_id,
            "user_id": self.user_id,
            **self.times(),
            "attributes": {"ip_address": "", "user_agent": ""},
            "authentication_factors": self.factors,
            "roles": ["stytch_user"],
            "custom_claims": self.custom_claims,
        }


@dataclasses.dataclass
class SessionArguments:
    """The session_* members that authenticate calls have in common, checked."""

    duration_s: int
    token: str
    jwt: str
    custom_claims: dict

    @classmethod
    def of(cls, request):
        minutes = request.json.get("session_duration_minutes")
        is_whole = isinstance(minutes, int) and not isinstance(minutes, bool)
        if minutes is not None and not (is_whole and 5 <= minutes <= 527040):
            raise ApiError("invalid_session_duration_minutes")
        claims = request.json.get("session_custom_claims")
        if claims is None:
            claims = {}
        if not isinstance(claims, dict) or len(json.dumps(claims)) > CLAIMS_LIMIT_BYTES:
            raise ApiError("bad_request", "session_custom_claims is not valid.")
        token, jwt = request.text("session_token"), request.text("session_jwt")
        if token and jwt:
            raise ApiError("too_many_session_arguments")
        return cls(minutes * 60 if minutes else None, token, jwt, claims)


def factor(kind, delivery_method, now_s, **detail):
    moment = rfc3339(now_s)
    return {"type": kind, "delivery_method": delivery_method,
            "last_authenticated_at": moment, "created_at": moment, "updated_at": moment,
            **detail}


class Sessions:
    def __init__(self, config, clock, keys, sandbox_user):
        self._config = config
        self._clock = clock
        self._keys = keys
        self._by_token = {}
        if config.environment == "test":
            self._add_sandbox(sandbox_user)

    def _add_sandbox(self, user):
        now_s = self._clock.now_s()
        email_id, = user.emails.values()
        address, = user.emails
        detail = {"email_id": email_id, "email_address": address}
        session = self._new(user, [factor("magic_link", "email", now_s, email_factor=detail)],
                            366 * 86400, SANDBOX_TOKEN)
        session.started_at = SANDBOX_STARTED_AT

    def _new(self, user, factors, duration_s, token=None):
        now_s = self._clock.now_s()
        session_id = f"session-{self._config.environment}-{uuid.uuid4()}"
        session = Session(session_id, token or new_token(), user.user_id, now_s, now_s,
                          now_s + duration_s, factors)
        self._by_token[session.token] = session
        return session

    def _live(self, session):
        if session is None or self._clock.now_s() >= session.expires_at_s:
            raise ApiError("session_not_found")
        return session

    def by_token(self, token):
        if not TOKEN_PATTERN.fullmatch(token):
            raise ApiError("invalid_session_token")
        return self._live(self._by_token.get(token))

    def by_id(self, session_id):
        matching = (s for s in self._by_token.values() if s.session_id == session_id)
        return self._live(next(matching, None))

    def by_jwt(self, jwt):
        """The session of a JWT, which may have expired if only the session lives."""
        try:
            claims = self._keys.verify(jwt)
        except BadJwt as error:
            raise ApiError("unable_to_parse_session_jwt") from error
        session = claims.get(SESSION_CLAIM)
        if not isinstance(session, dict):
            raise ApiError("unable_to_parse_session_jwt")
        return self.by_id(session.get("id"))

    def named_by(self, arguments):
        """The session that the arguments name; there must be one."""
        if arguments.token:
            return self.by_token(arguments.token)
        if arguments.jwt:
            return self.by_jwt(arguments.jwt)
        raise ApiError("no_session_arguments")

    def of_user(self, user_id):
        now_s = self._clock.now_s()
        return [session for session in self._by_token.values()
                if session.user_id == user_id and now_s < session.expires_at_s
                and session.token != SANDBOX_TOKEN]

    def revoke(self, session):
        if session.token != SANDBOX_TOKEN:
            self._by_token.pop(session.token, None)

    def revoke_all_of(self, user_id):
        for session in self.of_user(user_id):
            self.revoke(session)

    def authenticated(self, arguments, user, new_factor):
        """The session after an authentication, None if the call asked for none."""
        session = None
        if arguments.token or arguments.jwt:
            session = self.named_by(arguments)
        if session is not None and session.user_id != user.user_id:
            session = None
        if session is not None:
            session.factors = session.factors + [new_factor]
        elif arguments.duration_s:
            session = self._new(user, [new_factor], arguments.duration_s)
        if session is not None:
            self.touch(session, arguments)
        return session

    def touch(self, session, arguments):
        """Notes the access and applies the duration and custom claims of the call."""
        session.last_accessed_at_s = self._clock.now_s()
        if arguments.duration_s:
            session.expires_at_s = self._clock.now_s() + arguments.duration_s
        merged = copy.deepcopy(session.custom_claims)
        for name, value in arguments.custom_claims.items():
            if name not in RESERVED_CLAIMS:
                merged[name] = value
        session.custom_claims = {k: v for k, v in merged.items() if v is not None}

    def jwt(self, session, issuer):
        now = int(self._clock.now_s())
        return self._keys.active.sign({
            **session.custom_claims,
            "iss": issuer,
            "sub": session.user_id,
            "aud": [self._config.project_id],
            "iat": now,
            "nbf": now,
            "exp": now + JWT_LIFETIME_S,
            SESSION_CLAIM: {
                "id": session.session_id,
                **session.times(),
                "attributes": {"ip_address": "", "user_agent": ""},
                "authentication_factors": session.factors,
                "roles": ["stytch_user"],
            },
        })
