# SPDX-License-Identifier: Apache-2.0
"""The daemon's scheduling policy follows the acts that wait for the database: SCHED_BATCH while there are many."""
import contextlib
import os
import threading
import unittest

from tests.outside.case import Outside, at_once
from tests.outside.processes import tree

MANY = 10


class Gathering(Outside):
    walked = False

    def until_policy(self, wanted):
        while os.sched_getscheduler(self.daemon.process.pid) & ~os.SCHED_RESET_ON_FORK != wanted:
            self.assertIsNone(self.daemon.process.poll())

    def test_under_load_the_daemon_interrupts_nobody_and_alone_it_wakes_at_once(self):
        reception = self.people["RECEPTION"]
        self.until_policy(os.SCHED_OTHER)
        for _ in range(2):
            with contextlib.closing(self.daemon.database()) as connection:
                connection.autocommit = False
                connection.cursor().execute("lock table lab.session in access exclusive mode")
                ended = []
                callers = threading.Thread(target=lambda: ended.extend(at_once([lambda: reception("StaffService.WhoAmI")] * MANY)))
                callers.start()
                self.until_policy(os.SCHED_BATCH)
                policies = {os.sched_getscheduler(pid) for pid in tree(self.daemon.process.pid)[1:]}
                self.assertEqual(policies, {os.SCHED_OTHER})
                # What it starts meanwhile has the usual policy too.
                self.assertTrue(os.sched_getscheduler(self.daemon.process.pid) & os.SCHED_RESET_ON_FORK)
                connection.rollback()
            callers.join()
            self.assertEqual([answer.staff.username for answer in ended], ["reception"] * MANY)
            self.until_policy(os.SCHED_OTHER)


if __name__ == "__main__":
    unittest.main()
