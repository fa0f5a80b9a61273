# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Starts the simulator for a test and signs in without a browser."""

import base64
import http.client
import http.cookies
import json
import pathlib
import subprocess
import tempfile
import urllib.parse

PROGRAM = pathlib.Path(__file__).resolve().parent / "stytch-sim"


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def location(self):
        return self.headers["Location"]

    @property
    def query(self):
        """The query of the Location."""
        return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.location).query))


class Simulator:
    """A running stytch-sim; use as a context manager."""

    def __init__(self, *options):
        self.folder = tempfile.TemporaryDirectory(prefix="stytch-sim-")
        credentials = pathlib.Path(self.folder.name) / "credentials.json"
        self.process = subprocess.Popen(
            [str(PROGRAM), "--port", "0", "--until-stdin-closes",
             "--write-credentials", str(credentials), *options],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline().split()
        if line[:1] != ["listening"]:
            self.stop()
            raise RuntimeError("stytch-sim did not start")
        self.url = line[1]
        self.host = self.url.removeprefix("http://")
        self.credentials = json.loads(credentials.read_text(encoding="utf-8"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self.process.terminate()
        self.process.communicate()
        self.folder.cleanup()
        if self.process.returncode != 0:
            raise RuntimeError(f"stytch-sim ended with {self.process.returncode}")

    def request(self, method, target, body=None, headers=None):
        """One request on a connection of its own; the target is a path or a URL."""
        connection = http.client.HTTPConnection(self.host, timeout=30)
        try:
            connection.request(method, target.removeprefix(self.url), body, headers or {})
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def api(self, method, path, body=None, secret=None, headers=None):
        """A call with the project's credentials."""
        user = f"{self.credentials['project_id']}:{secret or self.credentials['secret']}"
        basic = base64.b64encode(user.encode()).decode()
        return self.request(method, path, None if body is None else json.dumps(body), {
            "Authorization": f"Basic {basic}", "Content-Type": "application/json",
            **(headers or {})})

    def switch(self, name, /, **body):
        """One of the simulator's own switches."""
        answer = self.request("POST", f"/sim/{name}", json.dumps(body))
        if answer.status != 200:
            raise RuntimeError(answer.body)
        return answer.json

    def fault(self, path, name, **more):
        return self.switch("faults", path=path, fault=name, **more)


class Browser:
    """Follows the sign-in by hand, with a cookie jar for the one host there is."""

    def __init__(self, simulator):
        self.simulator = simulator
        self.cookies = {}

    def request(self, method, target, form=None):
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        body = None
        if form is not None:
            body = urllib.parse.urlencode(form)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        answer = self.simulator.request(method, target, body, headers)
        for text in answer.headers.get_all("Set-Cookie", []):
            for name, morsel in http.cookies.SimpleCookie(text).items():
                if morsel["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value
        return answer

    def start(self, provider="google", **parameters):
        parameters = {"public_token": self.simulator.credentials["public_token"],
                      **parameters}
        query = urllib.parse.urlencode(parameters)
        return self.request("GET", f"/v1/public/oauth/{provider}/start?{query}")

    def decide(self, started, action, user="alice", **more):
        """Presses a button of the provider's page; the answer leads to the callback."""
        page = self.request("GET", started.location)
        if page.status != 200:
            raise RuntimeError(page.body)
        return self.request("POST", "/sim/provider", {
            "state": started.query["state"], "user": user, "action": action, **more})

    def sign_in(self, action="approve-existing", user="alice", provider="google", more=None,
                **parameters):
        """All four requests; the last answer leads to the app or is the refusal."""
        started = self.start(provider, **parameters)
        decided = self.decide(started, action, user, **(more or {}))
        return self.request("GET", decided.location)
