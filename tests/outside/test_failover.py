# SPDX-License-Identifier: Apache-2.0
"""A primary lost, and its standby promoted, under a load of intakes: what was acknowledged is on the new primary, and the
daemon finds it by itself. A standby that falls silent: commits wait, and one whose wait is cancelled is unknown."""
import signal
import unittest

from tests.outside.external import Pair
from tests.outside.faults import FaultCase
from tests.outside.processes import stopped, tree


class Failover(FaultCase):
    def setUp(self):
        """A pair serves one failover: each test has its own."""
        super().setUpClass()
        self.addCleanup(self.doClassCleanups)

    @classmethod
    def setUpClass(cls):
        pass

    @classmethod
    def make_cluster(cls):
        return Pair()

    def fail_over(self, how):
        def lose(desks):
            self.cluster.primary.end(how)
            self.cluster.promote()
            desks.until_answered(desks.count)
        self.under_load(lose)

    def test_a_killed_primary_s_standby_is_promoted_and_nothing_acknowledged_is_lost(self):
        self.fail_over(signal.SIGKILL)

    def test_a_switchover_by_a_fast_shutdown_loses_nothing_and_doubles_nothing(self):
        self.fail_over(signal.SIGINT)

    def test_a_commit_whose_wait_for_the_standby_is_cancelled_is_told_as_unknown_and_booked_once(self):
        def silence(desks):
            wanted = desks.failed + 3
            with stopped(*tree(self.cluster.standby.process.pid)):
                while desks.failed < wanted:
                    self.daemon.sql("select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'SyncRep' and "
                                    "usename = 'touchstone_daemon'")
        desks = self.under_load(silence)
        self.assertEqual(set(desks.codes()), {"UNKNOWN"})


if __name__ == "__main__":
    unittest.main()
