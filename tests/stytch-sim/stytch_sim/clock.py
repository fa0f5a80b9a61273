# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The simulator's clock: the machine's time plus what the tests added to it."""

import datetime
import time


class Clock:
    def __init__(self):
        self.ahead_s = 0

    def now_s(self):
        """Seconds since the epoch, with a fraction."""
        return time.time() + self.ahead_s

    def advance(self, seconds):
        self.ahead_s += seconds

    def reset(self):
        self.ahead_s = 0


def rfc3339(epoch_s):
    """The time in the form that Stytch uses, always in UTC."""
    moment = datetime.datetime.fromtimestamp(int(epoch_s), datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
