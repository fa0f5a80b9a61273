# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The project that is simulated: command line, credentials, defaults."""

import argparse
import dataclasses
import json
import os
import secrets

from .redirects import TYPES, RedirectUrls
from .tokens import new_token

DEFAULT_PROJECT_ID = "project-test-00000000-0000-4000-8000-00000000b10a"
DEFAULT_PUBLIC_TOKEN = "public-token-test-00000000-0000-4000-8000-00000000b10b"
DEFAULT_M2M_CLIENT_ID = "m2m-client-test-00000000-0000-4000-8000-00000000b10c"
DEFAULT_REDIRECT_URLS = [
    (kind, url) for kind in TYPES for url in (
        "http://localhost:3000/authenticate",
        "http://127.0.0.1:8417/callback",
        "http://127.0.0.1:8417/callback?tx={}")]


@dataclasses.dataclass
class Config:
    """What stays the same while the simulator runs."""

    project_id: str = DEFAULT_PROJECT_ID
    secret: str = dataclasses.field(
        default_factory=lambda: f"secret-test-{new_token()}", repr=False)
    public_token: str = DEFAULT_PUBLIC_TOKEN
    redirect_urls: list = dataclasses.field(
        default_factory=lambda: list(DEFAULT_REDIRECT_URLS))
    token_lifetime_s: int = 300
    flow_lifetime_s: int = 600
    lock_after: int = 10
    lock_lifetime_s: int = 3600
    project_domain: str = "localhost"
    outbox: str = None
    m2m_client_id: str = DEFAULT_M2M_CLIENT_ID
    m2m_client_secret: str = dataclasses.field(default_factory=new_token, repr=False)
    port: int = 0

    @property
    def environment(self):
        """`test` or `live`; every id names it."""
        return "live" if self.project_id.startswith("project-live-") else "test"

    @property
    def base_url(self):
        """The address that stands for test.stytch.com."""
        return f"http://127.0.0.1:{self.port}"

    def credentials(self):
        return {
            "api_url": self.base_url,
            "project_id": self.project_id,
            "secret": self.secret,
            "public_token": self.public_token,
            "m2m_client_id": self.m2m_client_id,
            "m2m_client_secret": self.m2m_client_secret,
        }

    def write_credentials(self, path):
        """Writes the credentials as JSON that only the owner can read."""
        part = f"{path}.{secrets.token_hex(4)}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with os.fdopen(os.open(part, flags, 0o600), "w", encoding="utf-8") as file:
            json.dump(self.credentials(), file, indent=2)
            file.write("\n")
        os.replace(part, path)


def redirect_url(text):
    kind, separator, url = text.partition("=")
    if not separator:
        raise argparse.ArgumentTypeError(f"expected TYPE=URL: {text}")
    try:
        RedirectUrls([(kind, url)])
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return kind, url


def secret_of(path):
    with open(path, encoding="utf-8") as file:
        return file.read().strip()


def parse_arguments(arguments):
    """Returns the configuration and the options that concern only the program."""
    parser = argparse.ArgumentParser(
        prog="stytch-sim", description="Simulates a Stytch Consumer project on 127.0.0.1.")
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one")
    parser.add_argument("--project-id", default=DEFAULT_PROJECT_ID)
    parser.add_argument("--secret-file", metavar="FILE",
                        help="holds the project secret; without it a new one is made")
    parser.add_argument("--public-token", default=DEFAULT_PUBLIC_TOKEN)
    parser.add_argument("--redirect-url", metavar="TYPE=URL", type=redirect_url,
                        action="append", help="TYPE is login or signup; may be repeated")
    parser.add_argument("--token-lifetime-s", type=int, default=300)
    parser.add_argument("--lock-after", type=int, default=10,
                        help="failed one-time codes until the user is locked")
    parser.add_argument("--project-domain", default="localhost",
                        help="Host name that counts as the project domain (changes iss)")
    parser.add_argument("--outbox", metavar="FILE", help="mail is appended here, JSON lines")
    parser.add_argument("--write-credentials", metavar="FILE",
                        help="write project id, secret and public token here, mode 0600")
    parser.add_argument("--until-stdin-closes", action="store_true",
                        help="end when the standard input ends")
    options = parser.parse_args(arguments)
    config = Config(
        project_id=options.project_id, public_token=options.public_token,
        redirect_urls=options.redirect_url or list(DEFAULT_REDIRECT_URLS),
        token_lifetime_s=options.token_lifetime_s, lock_after=options.lock_after,
        project_domain=options.project_domain, outbox=options.outbox, port=options.port)
    if options.secret_file:
        config.secret = secret_of(options.secret_file)
    elif config.environment == "live":
        config.secret = f"secret-live-{new_token()}"
    return config, options
