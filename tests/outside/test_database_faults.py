# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL that is killed, restarted, stopped and cut off under a load of intakes: every call ends cleanly, every
key is booked once, and the daemon is ready again without hands. See desks.py for what is held against what."""
import contextlib
import os
import signal
import unittest

import psycopg2

from tests.outside.faults import FaultCase
from tests.outside.processes import stopped, tree


class DatabaseFaults(FaultCase):
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
            backends = self.backends()  # all but two, or it could be those that nobody waits for
            with stopped(*self.random.sample(backends, len(backends) - 2)):
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

    # ---- in each other's way
    def test_deadlocks_under_load_end_calls_cleanly_and_book_each_key_once(self):
        def deadlock(_):
            with contextlib.closing(self.cluster.connect()) as connection, connection.cursor() as cursor:
                # It looks for deadlocks later than the daemon's own backend, which so is the one to end.
                cursor.execute("set session deadlock_timeout = '5s'")
                connection.commit()
                while not self.is_entangled(connection, cursor):
                    pass
        desks = self.under_load(deadlock, times=2, call_s=30)
        self.assertEqual(set(desks.codes()), {"ABORTED"})

    def is_entangled(self, connection, cursor):
        """An intake locks the desk's counter and writes its key last; this takes the keys first. A backend looks for a
        deadlock once: False when it had looked before this one waited, and this one was ended instead."""
        try:
            cursor.execute("lock table lab.replay in exclusive mode")
            while not self.daemon.sql("select 1 from pg_locks where not granted and relation = 'lab.replay'::regclass"):
                pass
            cursor.execute("select from lab.receipt_counter for update")
            return True
        except psycopg2.errors.DeadlockDetected:
            return False
        finally:
            connection.rollback()

    def test_serialization_failures_under_load_end_calls_cleanly_and_book_each_key_once(self):
        self.addCleanup(self.in_isolation, "read committed")
        self.in_isolation("serializable")
        self.is_ready_again()
        desks = self.under_load(lambda _: None)
        self.assertEqual(set(desks.codes()), {"ABORTED"})

    def in_isolation(self, level):
        """Of the daemon's connections; the setting of its role counts from the next connection on."""
        self.daemon.sql(f"alter role touchstone_daemon set default_transaction_isolation = '{level}'")
        self.daemon.sql("select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = 'touchstone_daemon'")


if __name__ == "__main__":
    unittest.main()
