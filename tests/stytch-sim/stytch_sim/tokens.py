# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Opaque tokens, PKCE and RS256 signatures with the project's key set."""

import base64
import hashlib
import json
import re
import secrets
import uuid

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

TOKEN_PATTERN = re.compile(r"[A-Za-z0-9_-]{44}")
CHALLENGE_PATTERN = re.compile(r"[A-Za-z0-9_-]{43}")
VERIFIER_PATTERN = re.compile(r"[A-Za-z0-9._~-]{43,128}")


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def base64url_decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def new_token():
    """44 characters of base64url, the length that Stytch's tokens have."""
    return base64url(secrets.token_bytes(33))


def challenge_of(verifier):
    return base64url(hashlib.sha256(verifier.encode("utf-8")).digest())


class BadJwt(Exception):
    """A JWT that cannot be read or that none of our keys signed."""


class SigningKey:
    def __init__(self, environment):
        self.kid = f"jwk-{environment}-{uuid.uuid4()}"
        self.private = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def jwk(self):
        numbers = self.private.public_key().public_numbers()
        return {
            "kty": "RSA",
            "use": "sig",
            "key_ops": ["verify"],
            "alg": "RS256",
            "kid": self.kid,
            "n": base64url(numbers.n.to_bytes((numbers.n.bit_length() + 7) // 8, "big")),
            "e": base64url(numbers.e.to_bytes(3, "big")),
            "x5c": [],
            "x5tS256": "",
        }

    def sign(self, claims, header=None):
        head = {"alg": "RS256", "kid": self.kid, "typ": "JWT", **(header or {})}
        head = {name: value for name, value in head.items() if value is not None}
        text = ".".join(base64url(json.dumps(part).encode("utf-8")) for part in (head, claims))
        signature = self.private.sign(
            text.encode("ascii"), padding.PKCS1v15(), hashes.SHA256())
        return f"{text}.{base64url(signature)}"


class KeySet:
    """Two published keys: the active one signs, the retiring one only verifies."""

    def __init__(self, environment):
        self._environment = environment
        self.retiring = SigningKey(environment)
        self.active = SigningKey(environment)

    def rotate(self):
        """Publishes a new active key; the retiring one disappears from the set."""
        self.retiring, self.active = self.active, SigningKey(self._environment)

    def stranger(self):
        """A key that is not published."""
        return SigningKey(self._environment)

    def jwks(self):
        return [self.active.jwk(), self.retiring.jwk()]

    def verify(self, token):
        """The claims of a JWT that a published key signed; its times are not looked at."""
        try:
            head, body, signature = token.split(".")
            header = json.loads(base64url_decode(head))
            claims = json.loads(base64url_decode(body))
            raw = base64url_decode(signature)
        except (ValueError, UnicodeError) as error:
            raise BadJwt("not a JWT") from error
        if not isinstance(header, dict) or not isinstance(claims, dict):
            raise BadJwt("not a JWT")
        for key in (self.active, self.retiring):
            if header.get("kid") == key.kid and header.get("alg") == "RS256":
                return self._checked(key, f"{head}.{body}", raw, claims)
        raise BadJwt("unknown key")

    @staticmethod
    def _checked(key, text, signature, claims):
        try:
            key.private.public_key().verify(
                signature, text.encode("ascii"), padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature as error:
            raise BadJwt("wrong signature") from error
        return claims
