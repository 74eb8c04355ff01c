# SPDX-License-Identifier: Apache-2.0
"""The wall clock of daemon, helpers and PostgreSQL set ahead and back while they work."""
import unittest

from tests.outside.case import MANY_CONNECTIONS
from tests.outside.external import Cluster, ExternalDaemon
from tests.outside.faults import FaultCase


class TurnedClock(FaultCase):
    @classmethod
    def make_cluster(cls):
        return Cluster(clock=True)

    @classmethod
    def make_daemon(cls):
        return ExternalDaemon(cls.cluster, MANY_CONNECTIONS, environment=cls.cluster.clock.environment())

    def tearDown(self):
        self.cluster.clock.turn()

    def test_the_clock_set_ahead_and_back_by_minutes_under_load_ends_no_session_and_books_each_key_once(self):
        turns = iter([dict(minutes=20), dict(minutes=-20), dict()])
        desks = self.under_load(lambda _: self.cluster.clock.turn(**next(turns)), times=3)
        # PostgreSQL counts its statement timeout by this clock: who is at work in that moment is asked to try again.
        self.assertLessEqual(set(desks.codes()), {"DEADLINE_EXCEEDED"})

    def test_the_clock_a_day_ahead_ends_sessions_and_those_of_that_day_end_when_it_is_set_back(self):
        before = self.daemon.log_in("reception", "D1")
        before("StaffService.WhoAmI")
        self.cluster.clock.turn(days=1)
        with self.assertRaisesRegex(Exception, "UNAUTHENTICATED"):
            before("StaffService.WhoAmI")
        ahead = self.daemon.log_in("reception", "D1")
        ahead("StaffService.WhoAmI")
        self.cluster.clock.turn()
        before("StaffService.WhoAmI")
        with self.assertRaisesRegex(Exception, "UNAUTHENTICATED"):
            ahead("StaffService.WhoAmI")


if __name__ == "__main__":
    unittest.main()
