# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A player signs in, refreshes and revokes, and holds the service to its every answer.

What is sent may or may not have happened; what was answered must stay true. So each
change is noted as doubtful before its request leaves, and as certain after its answer
came in whole.
"""

import http.client
import random
import secrets
import time

import oauth_driver as oauth

KEPT_ACCESS_TOKENS = 4
GOOD_CODE_S = 240  # of the 600 s that the test configures
SAMPLE = 3


class Lost(Exception):
    """The service was killed before it answered."""


class Client:
    def __init__(self, client_id):
        self.id = client_id
        self.consent = "no"  # no, doubtful, yes


class Registration:
    """A confidential client that is renamed and goes again."""

    def __init__(self, answer):
        self.id = answer.member("client_id")
        self.token = answer.member("registration_access_token")
        self.secret = answer.member("client_secret")
        self.name = answer.member("client_name")
        self.wanted = None  # doubtful
        self.state = "live"  # live, dying, gone


class Family:
    """A code and the tokens that descend from it."""

    def __init__(self, client, code, verifier):
        self.client = client
        self.code = code
        self.verifier = verifier
        self.born = time.monotonic()
        self.state = "code"  # code, redeeming, live, dying, dead, gone
        self.access = []
        self.revoked_access = []
        self.refresh = None
        self.is_rotating = False
        self.spent = []
        self.history = []

    def knows_code(self):
        return time.monotonic() - self.born < GOOD_CODE_S


class Player:
    """One worker: its own clients, its own connections, its own randomness."""

    def __init__(self, name, seed, moment):
        self.random = random.Random(f"{seed}/{name}")
        self._moment = moment
        self.clients = []
        self.families = []
        self.registrations = []
        self.n_checks = 0
        self._touched = {}
        self._lines = []

    def connect(self, origin):
        self.hang_up()
        self._origin = origin
        address = origin.removeprefix("http://")
        self._lines = [oauth.Line(address, self._moment.on_bytes) for _ in range(2)]

    def hang_up(self):
        for line in self._lines:
            line.close()

    # Requests

    def _attempt(self, action, *arguments):
        try:
            return action(*arguments)
        except (OSError, http.client.HTTPException) as error:
            if self._moment.is_over:
                raise Lost from error
            raise AssertionError(f"The service hung up: {error!r}") from error

    def _send(self, line, request):
        self._attempt(line.ask, request)
        self._moment.on_sent()

    def _receive(self, line):
        answer = self._attempt(line.answer)
        self._moment.on_answered()
        return answer

    def ask(self, request):
        self._send(self._lines[0], request)
        return self._receive(self._lines[0])

    def ask_twice_at_once(self, request):
        """Yields the answers that came, whichever they are, before it tells of a loss."""
        lost = None
        for line in self._lines:
            self._send(line, request)
        for line in self.random.sample(self._lines, len(self._lines)):
            try:
                yield self._receive(line)
            except Lost as error:
                lost = error
        if lost:
            raise lost

    def hold(self, is_kept, promise, family, answer):
        self.n_checks += 1
        if not is_kept:
            told = "\n  ".join(family.history[-12:]) if family else ""
            raise AssertionError(f"{promise}, but: {answer}\n  {told}")

    def _note(self, family, text):
        family.history.append(f"kill {self._moment.number}: {text}")
        self._touched[family] = True

    # Steps, each of them also a check of what was promised before

    def register(self):
        answer = self.ask(oauth.register())
        self.hold(answer.status == 201, "A client can register", None, answer)
        self.clients.append(Client(answer.member("client_id")))

    def enrol(self):
        answer = self.ask(oauth.register_confidential(f"Name {self.random.random()}"))
        self.hold(answer.status == 201, "A confidential client can register", None, answer)
        self.registrations.append(Registration(answer))

    def rename(self, one):
        one.wanted = f"Name {self.random.random()}"
        answer = self.ask(oauth.manage("PUT", one.id, one.token, one.wanted))
        self.hold(answer.status == 200, "A registration can be changed", None, answer)
        one.name, one.wanted = one.wanted, None

    def leave(self, one):
        one.state = "dying"
        answer = self.ask(oauth.manage("DELETE", one.id, one.token))
        self.hold(answer.status == 204, "A registration can be deleted", None, answer)
        one.state = "gone"

    def manage(self):
        """Few are there at a time: the oldest idle ones have to make room."""
        live = [one for one in self.registrations if one.state == "live"]
        if len(live) < 3:
            self.enrol()
        elif self.random.random() < 0.5:
            self.rename(self.random.choice(live))
        else:
            self.leave(self.random.choice(live))

    def authorize(self, client):
        verifier = secrets.token_urlsafe(32)
        answer = self.ask(oauth.authorize(client.id, verifier))
        if answer.status == 303:
            self.hold(client.consent != "no", "Nobody consented yet", None, answer)
        else:
            self.hold(answer.status == 200, f"Client {client.id} is registered", None, answer)
            self.hold(client.consent != "yes", f"Consent for {client.id} is remembered",
                      None, answer)
            client.consent = "doubtful"
            answer = self.ask(oauth.allow(answer, self._origin))
            self.hold(answer.status == 303, "Consent leads back", None, answer)
        code = answer.location("code")
        self.hold(code, "Consent gives a code", None, answer)
        client.consent = "yes"
        family = Family(client, code, verifier)
        self.families.append(family)
        self._note(family, "code given")
        return family

    def _take_tokens(self, family, answer):
        family.access.append(answer.member("access_token"))
        del family.access[:-KEPT_ACCESS_TOKENS]
        family.refresh = answer.member("refresh_token")
        self.hold(family.access[-1] and family.refresh, "There are tokens", family, answer)

    def redeem(self, family):
        was_sent = family.state == "redeeming"
        family.state = "redeeming"
        self._note(family, "redeem")
        answer = self.ask(oauth.redeem(family.client.id, family.code, family.verifier))
        if was_sent and answer.status == 400:
            family.state = "gone"
            return
        self.hold(answer.status == 200, "A code that was given is good", family, answer)
        self._take_tokens(family, answer)
        family.state = "live"
        self._note(family, "redeemed")

    def _take_rotation(self, family, spent, answer):
        self.hold(answer.status == 200, "The newest refresh token works", family, answer)
        if not family.is_rotating:
            self.hold(answer.member("refresh_token") == family.refresh,
                      "Two uses at once give the same refresh token", family, answer)
        else:
            family.spent.append(spent)
        self._take_tokens(family, answer)
        self.hold(family.refresh != spent, "Refresh tokens rotate", family, answer)
        family.is_rotating = False
        self._note(family, "refreshed")

    def refresh(self, family, is_twice=False):
        spent = family.refresh
        self._note(family, "refresh again" if family.is_rotating else "refresh")
        family.is_rotating = True
        request = oauth.refresh(family.client.id, spent)
        for answer in self.ask_twice_at_once(request) if is_twice else [self.ask(request)]:
            self._take_rotation(family, spent, answer)

    def revoke(self, family, is_twice=False):
        family.state = "dying"
        self._note(family, "revoke")
        request = oauth.revoke(family.client.id, family.refresh)
        for answer in self.ask_twice_at_once(request) if is_twice else [self.ask(request)]:
            self.hold(answer.status == 200, "A token can be revoked", family, answer)
            family.state = "dead"
            self._note(family, "revoked")

    def revoke_access(self, family, is_twice=False):
        token = family.access.pop()
        self._note(family, "revoke access token")
        request = oauth.revoke(family.client.id, token)
        for answer in self.ask_twice_at_once(request) if is_twice else [self.ask(request)]:
            self.hold(answer.status == 200, "An access token can be revoked", family, answer)
            if not family.revoked_access[-1:] == [token]:
                family.revoked_access.append(token)
            self._note(family, "access token revoked")

    def _expect_refusal(self, promise, family, request):
        answer = self.ask(request)
        self.hold(answer.status == 400 and answer.member("error") == "invalid_grant" and
                  "_token" not in answer.text, promise, family, answer)

    def misuse(self, family):
        """A code or a refresh token is used a second time, which ends its family."""
        may_spend = len(family.spent) > 1
        if may_spend and self.random.random() < 0.5:
            request = oauth.refresh(family.client.id, self.random.choice(family.spent[:-1]))
            promise = "A refresh token whose successor was used is refused"
        elif family.knows_code():
            request = oauth.redeem(family.client.id, family.code, family.verifier)
            promise = "A code stays used"
        else:
            return
        family.state = "dying"
        self._note(family, "misuse")
        self._expect_refusal(promise, family, request)
        family.state = "dead"
        self._note(family, "misuse refused")

    # A round

    def play(self):
        """Until the service is killed."""
        try:
            while True:
                self.step()
        except Lost:
            pass
        except BaseException:
            self._moment.strike()
            raise

    def _pick(self, *states):
        recent = [family for family in self.families[-12:] if family.state in states]
        return self.random.choice(recent) if recent else None

    def step(self):
        dice = self.random.random()
        is_twice = self.random.random() < 0.5
        live = self._pick("live")
        if not self.clients or dice < 0.08:
            self.register()
        elif dice < 0.25 or live is None:
            family = self._pick("code") or self.authorize(self.random.choice(self.clients[-4:]))
            if self.random.random() < 0.8:
                self.redeem(family)
        elif dice < 0.32:
            self.revoke(live, is_twice)
        elif dice < 0.37 and len(live.access) > 1:
            self.revoke_access(live, is_twice)
        elif dice < 0.42:
            self.misuse(live)
        elif dice < 0.46:
            self.manage()
        elif dice < 0.50:
            self._check_access(live)
        else:
            self.refresh(live, is_twice)

    # After a restart

    def _check_access(self, family):
        for token in family.access:
            answer = self.ask(oauth.call_mcp(token))
            self.hold(answer.status == 200, "An access token is good", family, answer)

    def _check_refused_access(self, family, tokens):
        for token in tokens:
            answer = self.ask(oauth.call_mcp(token))
            self.hold(answer.status == 401, "A revoked token stays revoked", family, answer)

    def _settle(self, family):
        """Finds out what became of a request that was not answered."""
        if family.state == "redeeming":
            self.redeem(family)
        elif family.state == "dying":
            answer = self.ask(oauth.call_mcp(family.access[-1]))
            self.hold(answer.status in (200, 401), "A token is good or not", family, answer)
            family.state = "live" if answer.status == 200 else "dead"
        if family.state == "live" and family.is_rotating:
            self.refresh(family)

    def check_family(self, family, is_gentle):
        self._settle(family)
        if family.state == "live":
            self._check_access(family)
        elif family.state == "dead":
            self._check_refused_access(family, family.access)
            self._expect_refusal("A family stays revoked", family,
                                 oauth.refresh(family.client.id, family.refresh))
        self._check_refused_access(family, family.revoked_access)
        if is_gentle:
            return
        if family.state == "code" and family.knows_code() and self.random.random() < 0.5:
            self.redeem(family)
        elif family.state == "live" and self.random.random() < 0.5:
            self.refresh(family)
        if family.state == "live" and self.random.random() < 0.2:
            self.misuse(family)
        if family.state == "dead":
            if family.knows_code():
                self._expect_refusal("A code stays used", family, oauth.redeem(
                    family.client.id, family.code, family.verifier))
            self._check_refused_access(family, family.access)

    def check_registration(self, one):
        answer = self.ask(oauth.manage("GET", one.id, one.token))
        if one.state == "dying":
            self.hold(answer.status in (200, 401), "It is there or not", None, answer)
            one.state = "live" if answer.status == 200 else "gone"
        known = self.ask(oauth.introspect(one.id, one.secret, "nonsense"))
        if one.state == "gone":
            self.hold(answer.status == 401, "What is deleted stays so", None, answer)
            self.hold(known.status == 401, "Its secret is worthless", None, known)
            return
        self.hold(answer.status == 200, "A registration stays", None, answer)
        self.hold(known.status == 200, "Its secret is good", None, known)
        name = answer.member("client_name")
        self.hold(name in (one.name, one.wanted), "A change stays", None, answer)
        one.name, one.wanted = name, None

    def _sample(self, things):
        return self.random.sample(things, min(SAMPLE, len(things)))

    def check(self):
        """What was promised in this round, and some of what was promised before."""
        touched = list(self._touched)
        for client in self._sample(self.clients[-4:]):
            self.authorize(client)
        for family in touched + self._sample(self.families):
            self.check_family(family, is_gentle=False)
        for one in self.registrations:
            self.check_registration(one)
        self.registrations = [one for one in self.registrations if one.state == "live"]
        self._touched.clear()

    def check_all(self):
        for client in self.clients:
            self.authorize(client)
        for family in self.families:
            self.check_family(family, is_gentle=True)
        for one in self.registrations:
            self.check_registration(one)
