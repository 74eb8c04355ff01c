# SPDX-License-Identifier: Apache-2.0
"""Sheets released in a crowd are entered in batches and sealed, and nothing is lost when its processes are killed."""
import unittest

from tests.outside.issuing import Issuing, Killer, unlooked
from tests.support.daemon import Daemon

CROWD = 40
KILLS = 8
SEED = 20261130


class ACrowd(unittest.TestCase):
    def test_a_crowd_is_entered_in_batches_and_sealed(self):
        with Daemon() as daemon:
            issuing = Issuing(self, daemon)
            issuing.release(issuing.reviewed(CROWD))
            issuing.until_sealed()
            self.assertEqual(issuing.hold_books(), CROWD)
            self.assertLess(issuing.batches(), CROWD)
            self.assertEqual(issuing.audit(), [])

    def test_a_sheet_that_the_signer_refuses_holds_up_no_other(self):
        with Daemon() as daemon:
            issuing = Issuing(self, daemon)
            first, *others = issuing.reviewed(4)
            with unlooked(daemon):
                daemon.sql("update lab.institute set production = true")  # and the keys are still those of a demonstration
                issuing.release([first])
                daemon.sql("update lab.institute set production = false")
            issuing.release(others)
            issuing.until_waiting(1)
            self.assertEqual(daemon.sql("select distinct state, specimen from lab.sheet order by 1"),
                             [("frozen", False), ("sealed", True)])
            daemon.says("event=sheet_not_stated", "KEY_KIND")

    def test_whatever_is_killed_no_number_is_lost_or_given_twice(self):
        with Daemon() as daemon:
            issuing = Issuing(self, daemon)
            daemon.write_config(daemon.port)
            pairs = issuing.reviewed(CROWD)
            killer = Killer(issuing, SEED)
            with killer.beside(KILLS):
                issuing.release(pairs)
                issuing.until_sealed()
            issuing.until_sealed()
            self.assertEqual(issuing.hold_books(), CROWD)
            self.assertTrue(all(killer.done.values()), killer.done)
            more = issuing.reviewed(2)
            issuing.release(more)
            issuing.until_sealed()
            self.assertEqual(issuing.hold_books(), CROWD + 2)
            self.assertEqual(issuing.audit(), [])


if __name__ == "__main__":
    unittest.main()
