# SPDX-License-Identifier: Apache-2.0
"""A thousand sheets at once, and a crowd whose processes are killed again and again: ./check long. tests/outside/test_issuing.py
is the short form."""
import os
import random
import unittest

from tests.outside.issuing import Issuing, Killer
from tests.support.daemon import Daemon

SHEETS = int(os.environ.get("ISSUE_SHEETS", "1000"))
KILLED_SHEETS = int(os.environ.get("ISSUE_KILLED_SHEETS", "300"))
KILLS = int(os.environ.get("ISSUE_KILLS", "60"))
SEED = int(os.environ.get("TOUCHSTONE_SEED", random.SystemRandom().randrange(1 << 32)))


class Issued(unittest.TestCase):
    def test_a_thousand_at_once(self):
        with Daemon() as daemon:
            issuing = Issuing(self, daemon)
            issuing.release(issuing.reviewed(SHEETS))
            waited = issuing.until_sealed()
            self.assertEqual(issuing.hold_books(), SHEETS)
            self.assertEqual(issuing.audit(), [])
            print(f"{SHEETS} sheets in {issuing.batches()} checkpoints, the last sealed {waited:.0f} s after its release")

    def test_killed_again_and_again(self):
        with Daemon() as daemon:
            issuing = Issuing(self, daemon)
            daemon.write_config(daemon.port)
            pairs = issuing.reviewed(KILLED_SHEETS)
            killer = Killer(issuing, SEED, pause_s=(0.05, 2.0))
            with killer.beside(KILLS):
                issuing.release(pairs)
            issuing.until_sealed()
            self.assertEqual(issuing.hold_books(), KILLED_SHEETS)
            self.assertEqual(issuing.audit(), [])
            print(f"{KILLED_SHEETS} sheets, killed {killer.done}, seed {SEED}")


if __name__ == "__main__":
    unittest.main()
