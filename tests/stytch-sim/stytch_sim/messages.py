# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A request as the routes see it and the answer they give."""

import base64
import binascii
import dataclasses
import functools
import http.cookies
import json
import urllib.parse

from .errors import ApiError


@dataclasses.dataclass
class Request:
    method: str
    target: str
    headers: object
    body: bytes
    host: str

    @property
    def path(self):
        return urllib.parse.urlsplit(self.target).path

    @functools.cached_property
    def query(self):
        text = urllib.parse.urlsplit(self.target).query
        return dict(urllib.parse.parse_qsl(text, keep_blank_values=True))

    @functools.cached_property
    def form(self):
        text = self.body.decode("utf-8", "replace")
        return dict(urllib.parse.parse_qsl(text, keep_blank_values=True))

    @functools.cached_property
    def json(self):
        """The body as an object; no body is an empty one."""
        try:
            value = json.loads(self.body or b"{}")
        except ValueError as error:
            raise ApiError("bad_request", "The body is not JSON.") from error
        if not isinstance(value, dict):
            raise ApiError("bad_request", "The body is not a JSON object.")
        return value

    @property
    def is_json(self):
        return self.headers.get("Content-Type", "").startswith("application/json")

    @property
    def form_or_json(self):
        return self.json if self.is_json else self.form

    def text(self, name):
        """A member of the JSON body that must be a string if it is there; `null` is absent."""
        value = self.json.get(name)
        if value is not None and not isinstance(value, str):
            raise ApiError("bad_request", f"{name} must be a string.")
        return value or None

    @property
    def basic(self):
        """User and password of HTTP Basic, or None."""
        scheme, _, encoded = self.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            text = base64.b64decode(encoded.strip(), validate=True).decode("utf-8")
        except (binascii.Error, UnicodeError):
            return None
        user, separator, password = text.partition(":")
        return (user, password) if separator else None

    @property
    def bearer(self):
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else None

    def cookie(self, name):
        try:
            morsel = http.cookies.SimpleCookie(self.headers.get("Cookie", "")).get(name)
        except http.cookies.CookieError:
            return None
        return morsel.value if morsel else None

    def field_names(self):
        """The names, never the values, of the query's and the body's members."""
        names = set(self.query)
        try:
            names |= set(self.form_or_json)
        except ApiError:
            pass
        return sorted(names)


@dataclasses.dataclass
class Response:
    status: int = 200
    body: bytes = b""
    headers: list = dataclasses.field(default_factory=list)
    held: bool = False
    dropped: bool = False
    truncated: bool = False


def json_response(value, status=200, headers=()):
    body = json.dumps(value).encode("utf-8")
    fixed = [("Content-Type", "application/json"), ("Cache-Control", "no-store")]
    return Response(status, body, fixed + list(headers))


def html_response(text, status=200, headers=()):
    """A page. No form-action: browsers apply it to the redirects after the form as well,
    and the last of those leads to the app."""
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    fixed = [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store"),
             ("Content-Security-Policy", policy)]
    return Response(status, text.encode("utf-8"), fixed + list(headers))


def redirect_response(location, headers=()):
    """302, as Stytch answers; browsers follow it with GET."""
    return Response(302, b"", [("Location", location), ("Cache-Control", "no-store"),
                               *headers])
