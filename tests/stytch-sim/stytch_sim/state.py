# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Everything that changes while the simulator runs: one object, one lock."""

import dataclasses
import json
import os
import threading
import uuid

from .clock import Clock, rfc3339
from .faults import Faults, Holds
from .redirects import RedirectUrls
from .sessions import Sessions
from .tokens import KeySet
from .users import Users


@dataclasses.dataclass
class Flow:
    """One OAuth flow between start and the provider's callback."""

    state: str
    provider: str
    login_url: str
    signup_url: str
    code_challenge: str
    scopes: list
    started_at_s: float
    is_used: bool = False


@dataclasses.dataclass
class LoginToken:
    """An OAuth or magic-link token that an authenticate call can use once."""

    user_id: str
    expires_at_s: float
    code_challenge: str
    detail: object
    is_used: bool = False


@dataclasses.dataclass
class Passcode:
    code: str
    user_id: str
    address: str
    expires_at_s: float
    is_used: bool = False


class State:
    """Take `lock` around every use; the routes run inside of it."""

    def __init__(self, config):
        self.config = config
        self.lock = threading.RLock()
        self.clock = Clock()
        self.keys = KeySet(config.environment)
        self.holds = Holds()
        self.reset()

    def reset(self):
        """Back to a project that nobody has used; keys and credentials stay."""
        self.clock.reset()
        self.redirect_urls = RedirectUrls(self.config.redirect_urls)
        self.users = Users(self.config, self.clock)
        self.sessions = Sessions(self.config, self.clock, self.keys, self.users.sandbox)
        self.faults = Faults()
        self.flows = {}
        self.provider_codes = {}
        self.oauth_tokens = {}
        self.magic_links = {}
        self.passcodes = {}
        self.apps = {}
        self.registration = {"enabled": True, "status": 200}
        self.revoked_jwt_ids = set()
        self.log = []
        self.mail = []

    def new_id(self, kind):
        return f"{kind}-{self.config.environment}-{uuid.uuid4()}"

    def issuer_for(self, request):
        """`iss` follows the host that was asked: plain API host or project domain."""
        if request.host.partition(":")[0] == self.config.project_domain:
            return f"http://{request.host}"
        return f"stytch.com/{self.config.project_id}"

    def send(self, kind, to, **content):
        """Delivers mail or a text message: to the outbox, which is never the network."""
        message = {"kind": kind, "to": to, "sent_at": rfc3339(self.clock.now_s()), **content}
        self.mail.append(message)
        if self.config.outbox:
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
            descriptor = os.open(self.config.outbox, flags, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(json.dumps(message) + "\n")
