# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The simulator's switches, its log and its OAuth2 endpoints. Run it as a program."""

import base64
import json
import os
import pathlib
import socket
import stat
import sys
import tempfile
import threading
import unittest
import urllib.parse

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from simulator import Browser, Simulator  # noqa: E402
from sim_testcase import (  # noqa: E402
    APP, CHALLENGE, OAUTH, SANDBOX_OAUTH, VERIFIER, SimulatorTest)


class FaultTest(SimulatorTest):
    def test_error_answers_leave_the_token_alone(self):
        token = self.token()
        for name, status, error_type in (
                ("429", 429, "too_many_requests"),
                ("500", 500, "internal_server_error"),
                ("user-locked", 429, "user_lock_limit_reached")):
            self.sim.fault(OAUTH, name)
            self.assert_error(self.authenticate(token), status, error_type)
        self.assertEqual(self.authenticate(token).status, 200)

    def test_error_after_the_work(self):
        token = self.token()
        self.sim.fault(OAUTH, "500", after=True)
        self.assert_error(self.authenticate(token), 500, "internal_server_error")
        self.assert_error(self.authenticate(token), 404, "oauth_token_not_found")

    def test_not_json(self):
        self.sim.fault(OAUTH, "not-json")
        answer = self.authenticate(self.token())
        self.assertEqual(answer.headers["Content-Type"], "text/html")
        self.assertRaises(ValueError, lambda: answer.json)

    def test_times_and_none(self):
        self.sim.fault("/v1/debug/whoami", "429", times=2)
        statuses = [self.sim.api("GET", "/v1/debug/whoami").status for _ in range(3)]
        self.assertEqual(statuses, [429, 429, 200])
        self.sim.fault("/v1/debug/whoami", "500", times=0)
        statuses = [self.sim.api("GET", "/v1/debug/whoami").status for _ in range(5)]
        self.assertEqual(statuses, [500] * 5)
        self.sim.fault("/v1/debug/whoami", "none")
        self.assertEqual(self.sim.api("GET", "/v1/debug/whoami").status, 200)

    def test_damaged_bodies(self):
        self.sim.fault(OAUTH, "emails-empty")
        self.assertEqual(self.authenticate(self.token()).json["user"]["emails"], [])
        self.sim.fault(OAUTH, "nulls")
        body = self.authenticate(self.token()).json
        self.assertTrue(body["user_id"])
        self.assertIsNone(body["provider_values"])
        self.assertIsNone(body["user"]["emails"])
        self.sim.fault(OAUTH, "huge")
        self.assertGreater(len(self.authenticate(self.token()).body), 16 * 1024 * 1024)

    def raw_answer(self, token, fault):
        """Everything the simulator sends on one connection until it closes it."""
        self.sim.fault(OAUTH, fault)
        body = json.dumps({"token": token})
        basic = base64.b64encode(":".join(
            self.sim.credentials[name] for name in ("project_id", "secret")).encode())
        host, port = self.sim.host.split(":")
        with socket.create_connection((host, int(port)), timeout=30) as connection:
            connection.sendall(
                f"POST {OAUTH} HTTP/1.1\r\nHost: {self.sim.host}\r\n"
                f"Authorization: Basic {basic.decode()}\r\n"
                f"Content-Length: {len(body)}\r\n\r\n{body}".encode())
            return b"".join(iter(lambda: connection.recv(65536), b""))

    def test_truncated_and_dropped(self):
        head, _, body = self.raw_answer(self.token(), "truncated").partition(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        self.assertEqual(len(body), length // 2)
        token = self.token()
        self.assertEqual(self.raw_answer(token, "dropped"), b"")
        self.assert_error(self.authenticate(token), 404, "oauth_token_not_found")

    def test_slow_answer_is_released(self):
        answers = []
        self.sim.fault(OAUTH, "slow")
        token = self.token()
        caller = threading.Thread(
            target=lambda: answers.append(self.authenticate(token)))
        caller.start()
        self.assertEqual(self.sim.request("GET", "/sim/held?at_least=1").json["held"], 1)
        self.assertEqual(answers, [])
        self.sim.switch("release")
        caller.join()
        self.assertEqual(answers[0].status, 200)

    def test_unknown_faults(self):
        for body in ({"fault": "429"}, {"path": "/", "fault": "fire"},
                     {"path": "/", "fault": "429", "times": -1},
                     {"path": "/", "fault": "slow", "after": False}):
            answer = self.sim.request("POST", "/sim/faults", json.dumps(body))
            self.assert_error(answer, 400, "bad_request")


class LogTest(SimulatorTest):
    def test_log_has_names_and_no_values(self):
        token = self.token(code_challenge=CHALLENGE, login_redirect_url=f"{APP}?tx=secret")
        self.authenticate(token, code_verifier=VERIFIER)
        log = self.sim.request("GET", "/sim/log").json["requests"]
        self.assertEqual([(entry["method"], entry["path"].split("/")[-1], entry["status"])
                          for entry in log if "callback" not in entry["path"]], [
            ("GET", "start", 302), ("GET", "provider", 200), ("POST", "provider", 302),
            ("POST", "authenticate", 200)])
        self.assertEqual(log[-1]["fields"], ["code_verifier", "token"])
        self.assertEqual(log[-1]["authorization"], "basic")
        text = json.dumps(log)
        for secret in (token, VERIFIER, CHALLENGE, self.sim.credentials["secret"], "tx="):
            self.assertNotIn(secret, text)

    def test_credentials_are_private(self):
        path = pathlib.Path(self.sim.folder.name) / "credentials.json"
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
        self.assertRegex(self.sim.credentials["secret"], "^secret-test-")


class OptionsTest(unittest.TestCase):
    def test_live_project_with_a_secret_of_its_own(self):
        with tempfile.NamedTemporaryFile("w") as file:
            file.write("secret-live-mine\n")
            file.flush()
            options = ("--project-id", "project-live-mine", "--secret-file", file.name,
                       "--token-lifetime-s", "10")
            with Simulator(*options) as sim:
                self.assertEqual(sim.api("GET", "/v1/debug/whoami",
                                         secret="secret-live-mine").status, 200)
                token = Browser(sim).sign_in().query["token"]
                answer = sim.api("POST", OAUTH, {"token": SANDBOX_OAUTH})
                self.assertEqual(answer.status, 404)
                sim.switch("clock", advance_s=10)
                answer = sim.api("POST", OAUTH, {"token": token})
                self.assertEqual(answer.json["error_type"], "oauth_token_not_found")
                self.assertIn("-live-", answer.json["request_id"])


class ClientTest(SimulatorTest):
    """Registration, Connected Apps and M2M: the second family of errors."""

    def post(self, name, form):
        project_id = self.sim.credentials["project_id"]
        return self.sim.request(
            "POST", f"/v1/public/{project_id}/oauth2/{name}", urllib.parse.urlencode(form),
            {"Content-Type": "application/x-www-form-urlencoded"})

    def register(self, **body):
        project_id = self.sim.credentials["project_id"]
        return self.sim.request(
            "POST", f"/v1/public/{project_id}/oauth2/register", json.dumps(body),
            {"Content-Type": "application/json"})

    def test_same_metadata_is_the_same_client(self):
        metadata = {"redirect_uris": ["http://127.0.0.1/callback"], "client_name": "Mine"}
        first, second = self.register(**metadata).json, self.register(**metadata).json
        other = self.register(**{**metadata, "client_name": "Other"}).json
        self.assertEqual(first["client_id"], second["client_id"])
        self.assertNotEqual(first["client_id"], other["client_id"])
        self.assertNotIn("client_secret", first)
        path = f"/v1/connected_apps/clients/{first['client_id']}"
        app = self.sim.api("GET", path).json["connected_app"]
        self.assertEqual(app["client_type"], "third_party_public")
        self.assertEqual(self.sim.api("DELETE", path).status, 200)
        self.assert_error(self.sim.api("GET", path), 404, "connected_app_not_found")

    def test_registration_refusals(self):
        for body, error in (
                ({}, "invalid_redirect_uri"),
                ({"redirect_uris": ["http://example.com/"]}, "invalid_redirect_uri"),
                ({"redirect_uris": ["https://example.com/"],
                  "token_endpoint_auth_method": "private_key_jwt"},
                 "invalid_client_metadata")):
            answer = self.register(**body)
            self.assertEqual((answer.status, answer.json["error"]), (400, error))
            self.assertNotIn("error_type", answer.json)

    def test_registration_can_be_off(self):
        metadata = {"redirect_uris": ["http://127.0.0.1/callback"]}
        self.sim.switch("registration", enabled=False)
        self.assert_error(self.register(**metadata), 400,
                          "dynamic_client_registration_not_enabled")
        self.sim.switch("registration", status=201)
        answer = self.register(**metadata)
        self.assertEqual((answer.status, answer.json["status_code"]), (201, 201))

    def test_m2m(self):
        client = {"client_id": self.sim.credentials["m2m_client_id"],
                  "client_secret": self.sim.credentials["m2m_client_secret"]}
        body = self.post("token", {**client, "grant_type": "client_credentials"}).json
        self.assertEqual((body["token_type"], body["expires_in"]), ("bearer", 3600))
        token = {"token": body["access_token"], **client}
        self.assertEqual(self.post("introspect", token).json["scope"],
                         "read:biomcp write:biomcp")
        self.post("revoke", token)
        self.assertEqual(self.post("introspect", token).json["active"], False)
        answer = self.post("token", {**client, "client_secret": "wrong",
                                     "grant_type": "client_credentials"})
        self.assertEqual((answer.status, answer.json["error"]), (401, "invalid_client"))


if __name__ == "__main__":
    unittest.main()
