# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The users of the project and the people who have accounts at the fake providers."""

import dataclasses
import hashlib
import re
import uuid

from .clock import rfc3339
from .errors import ApiError

SANDBOX_USER_ID = "user-test-e3795c81-f849-4167-bfda-e4a6e9c280fd"
SANDBOX_EMAIL = "sandbox@stytch.com"
SANDBOX_PHONE = "+10000000000"
EMAIL_PATTERN = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
PHONE_PATTERN = re.compile(r"\+[1-9][0-9]{6,14}")
PERSON_PATTERN = re.compile(r"[a-z0-9][a-z0-9._+-]{0,39}")
PROVIDER_NAMES = {
    "amazon": "Amazon", "apple": "Apple", "bitbucket": "Bitbucket", "coinbase": "Coinbase",
    "discord": "Discord", "facebook": "Facebook", "figma": "Figma", "github": "GitHub",
    "gitlab": "GitLab", "google": "Google", "linkedin": "LinkedIn",
    "microsoft": "Microsoft", "salesforce": "Salesforce", "slack": "Slack",
    "snapchat": "Snapchat", "tiktok": "TikTok", "twitch": "Twitch", "twitter": "Twitter",
    "yahoo": "Yahoo",
}
PROVIDERS_WITHOUT_EMAIL = {"amazon"}


@dataclasses.dataclass(frozen=True)
class Person:
    """Someone with an account at a provider; the same name is always the same account."""

    provider: str
    name: str
    hides_email: bool = False

    @property
    def subject(self):
        digest = hashlib.sha256(f"{self.provider}:{self.name}".encode("utf-8")).digest()
        return str(int.from_bytes(digest[:8], "big")).zfill(21)

    @property
    def email(self):
        hidden = self.hides_email or self.provider in PROVIDERS_WITHOUT_EMAIL
        return None if hidden else f"{self.name}@example.com"


@dataclasses.dataclass
class User:
    user_id: str
    environment: str
    created_at_s: float
    name: str = ""
    emails: dict = dataclasses.field(default_factory=dict)
    phones: dict = dataclasses.field(default_factory=dict)
    verified: set = dataclasses.field(default_factory=set)
    registrations: dict = dataclasses.field(default_factory=dict)
    is_pending: bool = False
    failed_attempts: int = 0
    locked_until_s: float = 0

    def stable_id(self, prefix, text):
        """An id that the same user and text always get."""
        return f"{prefix}-{self.environment}-" + str(
            uuid.uuid5(uuid.NAMESPACE_URL, f"{self.user_id}/{text}"))

    def add_email(self, email):
        return self.emails.setdefault(email, self.stable_id("email", email))

    def add_phone(self, phone):
        return self.phones.setdefault(phone, self.stable_id("phone-number", phone))

    def add_registration(self, person):
        own_id = self.stable_id("oauth-user", f"{person.provider}/{person.subject}")
        self.registrations[(person.provider, person.subject)] = own_id
        return own_id

    def method_ids(self):
        return {**{v: k for k, v in self.emails.items()},
                **{v: k for k, v in self.phones.items()}}

    def to_json(self, now_s):
        is_locked = now_s < self.locked_until_s
        first, _, last = self.name.partition(" ")
        return {
            "user_id": self.user_id,
            "status": "pending" if self.is_pending else "active",
            "is_locked": is_locked,
            "name": {"first_name": first, "middle_name": "", "last_name": last},
            "emails": [
                {"email_id": own_id, "email": email, "verified": email in self.verified}
                for email, own_id in self.emails.items()],
            "phone_numbers": [
                {"phone_id": own_id, "phone_number": phone,
                 "verified": phone in self.verified}
                for phone, own_id in self.phones.items()],
            "providers": [
                {"provider_type": PROVIDER_NAMES[provider], "provider_subject": subject,
                 "profile_picture_url": "", "locale": "en",
                 "oauth_user_registration_id": own_id}
                for (provider, subject), own_id in self.registrations.items()],
            "webauthn_registrations": [],
            "biometric_registrations": [],
            "totps": [],
            "crypto_wallets": [],
            "password": None,
            "roles": ["stytch_user"],
            "created_at": rfc3339(self.created_at_s),
            "trusted_metadata": {},
            "untrusted_metadata": {},
            "external_id": None,
            "lock_created_at": None,
            "lock_expires_at": rfc3339(self.locked_until_s) if is_locked else None,
        }


class Users:
    def __init__(self, config, clock):
        self._config = config
        self._clock = clock
        self._by_id = {}
        sandbox = self._add(SANDBOX_USER_ID, "Sandbox User")
        sandbox.add_email(SANDBOX_EMAIL)
        sandbox.add_phone(SANDBOX_PHONE)
        sandbox.verified |= {SANDBOX_EMAIL, SANDBOX_PHONE}
        self.sandbox = sandbox

    def _add(self, user_id, name):
        user = User(user_id, self._config.environment, self._clock.now_s(), name)
        self._by_id[user_id] = user
        return user

    def new(self, key, name=""):
        """Adds a user; the key (an address) decides the id, so restarts do not change it."""
        unique = uuid.uuid5(uuid.NAMESPACE_URL, f"{self._config.project_id}/{key}")
        return self._add(f"user-{self._config.environment}-{unique}", name)

    def get(self, user_id):
        user = self._by_id.get(user_id)
        if user is None:
            raise ApiError("user_not_found")
        return user

    def delete(self, user_id):
        del self._by_id[self.get(user_id).user_id]

    def all(self):
        return list(self._by_id.values())

    def by_email(self, email):
        return next((user for user in self.all() if email in user.emails), None)

    def by_phone(self, phone):
        return next((user for user in self.all() if phone in user.phones), None)

    def by_method_id(self, method_id):
        """The user and the address that this email_id or phone_id stands for."""
        for user in self.all():
            address = user.method_ids().get(method_id)
            if address is not None:
                return user, address
        return None, None

    def by_person(self, person):
        """Whom Stytch takes this person for: by subject, else by an address it verified."""
        key = (person.provider, person.subject)
        for user in self.all():
            if key in user.registrations:
                return user
        user = self.by_email(person.email) if person.email else None
        return user if user and person.email in user.verified else None

    def sign_in(self, person):
        """The person's user, made if there is none, and whether it was made."""
        user = self.by_person(person)
        is_new = user is None
        if is_new:
            key = person.email or f"{person.provider}:{person.name}"
            user = self.new(key, f"{person.name.capitalize()} Example")
        user.add_registration(person)
        if person.email:
            user.add_email(person.email)
            user.verified.add(person.email)
        return user, is_new

    def unused_person(self, person):
        """The person, or one with a numbered name if this one has a user already."""
        number = 2
        name = person.name
        while self.by_person(person) is not None:
            person = dataclasses.replace(person, name=f"{name}.{number}")
            number += 1
        return person

    def check_not_locked(self, user):
        if self._clock.now_s() < user.locked_until_s:
            raise ApiError("user_lock_limit_reached")

    def note_failure(self, user):
        user.failed_attempts += 1
        if user.failed_attempts >= self._config.lock_after:
            user.failed_attempts = 0
            user.locked_until_s = self._clock.now_s() + self._config.lock_lifetime_s

    def note_success(self, user):
        user.failed_attempts = 0
        user.is_pending = False
