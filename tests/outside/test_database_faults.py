# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL that is killed, restarted, stopped and cut off under a load of intakes: every call ends cleanly, every
key is booked once, and the daemon is ready again without hands. See desks.py for what is held against what."""
import os
import random
import signal
import time
import unittest

from tests.outside.case import MANY_CONNECTIONS
from tests.outside.desks import HEALED_S, Desks
from tests.outside.external import Cluster, ExternalDaemon
from tests.outside.killed import SEED
from tests.outside.processes import stopped, tree
from tests.outside.raw import Raw

BEFORE = 15  # intakes before the fault, and at least as many after it


class DatabaseFaults(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster().__enter__()
        cls.addClassCleanup(cls.cluster.__exit__)
        cls.daemon = ExternalDaemon(cls.cluster, MANY_CONNECTIONS).__enter__()
        cls.addClassCleanup(cls.daemon.__exit__)
        cls.daemon.people()
        cls.random = random.Random(SEED)

    def under_load(self, fault, times=1, call_s=10):
        """Every fault at a random point of a load that goes on; then the books."""
        began = time.monotonic()
        with Desks(self, self.daemon, call_s=call_s) as desks:
            for _ in range(times):
                desks.until_answered(BEFORE + self.random.randrange(BEFORE))
                fault(desks)
            desks.until_answered(BEFORE)
        self.is_ready_again()
        desks.hold_books()
        print(f"{self.id().rpartition('.')[2]}: {time.monotonic() - began:.1f} s, {len(desks.intakes)} intakes, on the way {desks.codes()}, seed {SEED}")
        return desks

    def readyz(self):
        with Raw(self.daemon) as raw:
            return raw.call("/readyz", method="GET", content_type=None, body=b"").http_status

    def is_ready_again(self):
        """Every class of connections is back: slow ones may come after the load was served."""
        patience = time.monotonic() + HEALED_S
        while self.readyz() != 200:
            self.assertLess(time.monotonic(), patience, "not ready again")

    def backends(self):
        """The daemon's, as the server sees them."""
        return [pid for pid, in self.daemon.sql("select pid from pg_stat_activity where usename = 'touchstone_daemon'")]

    def restart(self, how):
        self.cluster.end(how)
        self.cluster.start()

    # ---- killed
    def test_backends_killed_at_random_under_load_lose_nothing_and_double_nothing(self):
        def kill(desks):
            os.kill(self.random.choice(self.backends()), signal.SIGKILL)
            desks.until_failed()
        desks = self.under_load(kill, times=2)
        self.assertTrue(desks.codes())

    def test_a_postmaster_killed_under_load_and_started_again_loses_nothing_and_doubles_nothing(self):
        def kill(desks):
            self.restart(signal.SIGKILL)
            desks.until_answered(1)
        self.under_load(kill)

    def test_backends_terminated_one_after_the_other_under_load_are_replaced(self):
        def terminate(_):
            self.daemon.sql("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'touchstone_daemon' "
                            "order by random() limit 4")
        self.under_load(terminate, times=3)

    # ---- restarted
    def test_a_fast_restart_under_load_loses_nothing_and_doubles_nothing(self):
        self.under_load(lambda _: self.restart(signal.SIGINT))

    def test_an_immediate_restart_under_load_loses_nothing_and_doubles_nothing(self):
        self.under_load(lambda _: self.restart(signal.SIGQUIT))

    # ---- stopped
    def test_a_database_stopped_under_load_hangs_no_call_and_serves_again_when_it_goes_on(self):
        def stop(desks):
            with stopped(*tree(self.cluster.process.pid)):
                desks.until_failed(2 * desks.count)  # each desk was answered, and its next try too
        desks = self.under_load(stop, call_s=1)
        self.assertLessEqual(set(desks.codes()), {"DEADLINE_EXCEEDED", "UNKNOWN", "UNAVAILABLE"})

    def test_backends_stopped_in_the_middle_of_their_work_cost_time_but_no_truth(self):
        def stop(desks):
            with stopped(*self.random.sample(self.backends(), 6)):
                desks.until_failed(2)
        self.under_load(stop, call_s=1)

    # ---- full
    def test_no_connection_left_is_told_and_healed(self):
        """The server refuses every new connection (53300) after all the old ones were ended."""
        def refuse(desks):
            self.daemon.sql("alter role touchstone_daemon connection limit 0")
            self.daemon.sql("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'touchstone_daemon'")
            desks.until_failed(3 * desks.count)
            self.assertEqual(self.readyz(), 503)
            self.daemon.sql("alter role touchstone_daemon connection limit -1")
        desks = self.under_load(refuse)
        self.assertIn("UNAVAILABLE", desks.codes())


if __name__ == "__main__":
    unittest.main()
