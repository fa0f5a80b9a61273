# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the tests of the simulator have in common."""

import base64
import hashlib
import json
import unittest

from simulator import Browser, Simulator

VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(
    hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
OAUTH = "/v1/oauth/authenticate"
APP = "http://127.0.0.1:8417/callback"
SANDBOX_OAUTH = "hdPVZHHX0UoRa7hJTuuPHi1vlddffSnoweRbVFf5-H8g"
SANDBOX_NOT_FOUND = "59cnLELtq5cFVS6uYK9f-pAWzBkhqZl8AvLhbhOvKNWw"
SANDBOX_SESSION = "WJtR5BCy38Szd5AfoDpf0iqFKEt4EE5JhjlWUY7l3FtY"
SANDBOX_USER = "user-test-e3795c81-f849-4167-bfda-e4a6e9c280fd"


def claims_of(jwt):
    body = jwt.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


def header_of(jwt):
    head = jwt.split(".")[0]
    return json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))


class SimulatorTest(unittest.TestCase):
    """One simulator for each class, a fresh project for each test."""

    options = ()

    @classmethod
    def setUpClass(cls):
        cls.sim = Simulator(*cls.options)

    @classmethod
    def tearDownClass(cls):
        cls.sim.stop()

    def setUp(self):
        self.sim.switch("reset")
        self.browser = Browser(self.sim)

    def token(self, **parameters):
        return self.browser.sign_in(**parameters).query["token"]

    def authenticate(self, token, **more):
        return self.sim.api("POST", OAUTH, {"token": token, **more})

    def assert_error(self, answer, status, error_type):
        self.assertEqual((answer.status, answer.json.get("error_type")), (status, error_type))
        self.assertEqual(answer.json["status_code"], status)
        self.assertTrue(answer.json["request_id"].startswith("request-id-test-"))
