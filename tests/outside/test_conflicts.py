# SPDX-License-Identifier: Apache-2.0
"""Deadlocks and serialization failures made for real behind the daemon's back: the call ends in a clean status that
invites to ask again, nothing of it stays, and the same key is then acted."""
import contextlib
import threading
import unittest

import grpc

from tests.outside.case import Outside, Refusal, at_once
from tests.support.daemon import key


class Conflicts(Outside):
    def claim(self, test, **fields):
        return self.people["TECHNICIAN"]("BenchService.ClaimTest", test_id=test.test_id, version=test.version, **fields)

    @contextlib.contextmanager
    def other(self):
        """A transaction behind the daemon's back that a deadlock does not choose: the daemon's looks first."""
        with contextlib.closing(self.daemon.database()) as connection, connection.cursor() as cursor:
            connection.autocommit = False
            cursor.execute("set deadlock_timeout = '1min'")
            yield cursor
            connection.rollback()

    def until_it_waits(self, cursor):
        """For a lock that the other transaction holds."""
        me = cursor.connection.info.backend_pid
        while not self.daemon.sql("select 1 from pg_stat_activity where %s = any (pg_blocking_pids(pid))", me):
            pass

    def begin_claim(self, test, request_id):
        """The call on its way; its end is in the list when the thread is over."""
        ended = []
        caller = threading.Thread(target=lambda: ended.extend(at_once([lambda: self.claim(test, request_id=request_id)])))
        caller.start()
        return caller, ended

    def hold_conflict(self, caller, ended, test, request_id):
        caller.join()
        self.assertIsInstance(ended[0], Refusal)
        self.assertEqual((ended[0].code.name, ended[0].reason), ("ABORTED", "CONCURRENT_CHANGE"))
        self.assertEqual(self.daemon.sql("select count(*) from lab.replay where request_id = %s", request_id), [(0,)])
        now = self.people["TECHNICIAN"]("BenchService.GetTest", test_id=test.test_id).test
        self.assertEqual(now.assigned_to, "")
        self.assertEqual(self.claim(now, request_id=request_id).test.assigned_to, "technician")

    def test_a_deadlock_ends_the_call_cleanly_and_its_key_is_acted_when_asked_again(self):
        test, request_id = self.world.received().items[0].tests[0], key()
        with self.other() as cursor:
            # The claim locks its key and then the test; this locks the test and then the key.
            cursor.execute("select from lab.test where test_id = %s for update", (test.test_id,))
            caller, ended = self.begin_claim(test, request_id)
            self.until_it_waits(cursor)
            cursor.execute("select pg_advisory_xact_lock(hashtextextended('BenchService.ClaimTest/' || %s, 0))",
                           (request_id,))
        self.hold_conflict(caller, ended, test, request_id)

    def in_isolation(self, level):
        """Of the daemon's connections; the setting of its role counts from the next connection on."""
        self.daemon.sql(f"alter role touchstone_daemon set default_transaction_isolation = '{level}'")
        self.daemon.sql("select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = 'touchstone_daemon'")
        while True:
            with contextlib.suppress(grpc.RpcError):
                return self.still_serves()

    def test_a_serialization_failure_ends_the_call_cleanly_and_its_key_is_acted_when_asked_again(self):
        self.in_isolation("repeatable read")
        self.addCleanup(self.in_isolation, "read committed")
        test, request_id = self.world.received().items[0].tests[0], key()
        with self.other() as cursor:
            cursor.execute("update lab.test set due_at = due_at + interval '1 day' where test_id = %s", (test.test_id,))
            caller, ended = self.begin_claim(test, request_id)
            self.until_it_waits(cursor)
            cursor.connection.commit()
        self.hold_conflict(caller, ended, test, request_id)


if __name__ == "__main__":
    unittest.main()
