# SPDX-License-Identifier: Apache-2.0
"""The daemon's scheduling policy follows the acts that wait for the database: SCHED_BATCH while there are many."""
import contextlib
import os
import signal
import threading
import time
import unittest

from tests.outside.case import Outside, at_once
from tests.outside.processes import named, tree

WAIT_S = 60
MANY, BLOCKED = 10, 4  # acts under way; the head of each connection's queue waits for the lock


class Loaded(Outside):
    walked = False

    @classmethod
    def setUpClass(cls):
        try:
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
            os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
        except PermissionError as error:
            raise unittest.SkipTest("this system forbids another scheduling policy") from error
        super().setUpClass()

    def policy(self):
        return os.sched_getscheduler(self.daemon.process.pid)

    def until(self, condition):
        end = time.monotonic() + WAIT_S
        while not condition():
            self.assertLess(time.monotonic(), end, "\n".join(self.daemon.log[-10:]))

    def until_policy(self, wanted):
        self.until(lambda: self.policy() == wanted)

    @contextlib.contextmanager
    def loaded(self):
        """Calls that wait for a lock: MANY acts are under way."""
        reception, ended = self.people["RECEPTION"], []
        with contextlib.closing(self.daemon.database()) as connection:
            connection.autocommit = False
            connection.cursor().execute("lock table lab.session in access exclusive mode")
            callers = threading.Thread(target=lambda: ended.extend(at_once([lambda: reception("StaffService.WhoAmI")] * MANY)))
            callers.start()
            yield connection.info.backend_pid
            connection.rollback()
        callers.join()
        self.assertEqual([answer.staff.username for answer in ended], ["reception"] * MANY)

    def until_they_wait(self, holder):
        self.until(lambda: self.daemon.sql("select count(*) from pg_stat_activity where %s = any (pg_blocking_pids(pid))",
                                           holder)[0][0] >= BLOCKED)


class Gathering(Loaded):
    def helper(self, *gone):
        found = set()
        self.until(lambda: found.update(set(named(self.daemon.process.pid, "touchstone-signer")) - set(gone)) or found)
        return found.pop()

    def test_under_load_the_daemon_interrupts_nobody_and_alone_it_wakes_at_once(self):
        self.until_policy(os.SCHED_OTHER)
        for _ in range(2):
            with self.loaded():
                self.until_policy(os.SCHED_BATCH)
                before = self.helper()
                os.kill(before, signal.SIGKILL)
                self.helper(before)  # one that is started meanwhile
                policies = {os.sched_getscheduler(pid) for pid in tree(self.daemon.process.pid)[1:]}
                self.assertEqual(policies, {os.SCHED_OTHER})
            self.until_policy(os.SCHED_OTHER)


class Chosen(Loaded):
    def test_a_policy_that_somebody_chose_is_kept(self):
        os.sched_setscheduler(self.daemon.process.pid, os.SCHED_BATCH, os.sched_param(0))
        with self.loaded() as holder:
            self.until_they_wait(holder)
        self.still_serves()
        self.assertEqual(self.policy(), os.SCHED_BATCH)


if __name__ == "__main__":
    unittest.main()
