# SPDX-License-Identifier: Apache-2.0
"""Failing allocations and system calls at every point of the walk of test_injection_daemon.py; of what takes seconds,
the drawing of sheets, at INJECT_DRAWN places (default 20), and of the commands and the start, where each point is a run
of its own, at INJECT_POINTS places (default 300); of the client, for each command, at every place in itself and at
INJECT_POINTS in its libraries. 0 is every call."""
import os
import unittest

from tests.outside import test_injection_client as client
from tests.outside import test_injection_commands as commands
from tests.outside.injected_daemon import InjectedDaemonCase, steps

POINTS = int(os.environ.get("INJECT_POINTS", "300"))
DRAWN = int(os.environ.get("INJECT_DRAWN", "20"))


class EveryPointOfTheWalk(InjectedDaemonCase):
    def test_a_daemon_survives_every_call_that_fails_along_the_walk_and_books_each_act_once(self):
        self.sweep(steps(release=DRAWN, download=DRAWN))


class EveryPlaceOfAMigration(commands.Migration):
    limit = POINTS


class EveryPlaceOfAddingStaff(commands.StaffAdded):
    limit = POINTS


class EveryPlaceOfAStart(commands.Start):
    limit = POINTS


class EveryPlaceOfTheClient(client.ClientInjection):
    """One call, and all from there on, at every place in the client itself and POINTS in its libraries."""
    limit, own, alternates = POINTS, 1 << 20, False


if __name__ == "__main__":
    unittest.main()
