# SPDX-License-Identifier: Apache-2.0
"""For every byte of real sheets one flip, and every length that they could be cut to: refused. ./check tries some of them."""
import unittest

from tests.outside.flips import Flips

PAGE_STEP = 61


class EveryByte(Flips):
    def test_every_flip_and_every_cut_of_a_sheet_is_refused(self):
        for name in ("ring", "milk"):
            with self.subTest(name):
                self.hold_file(name, page_step=PAGE_STEP)

    def test_every_bit_of_proof_checkpoint_and_status_is_held(self):
        for part in ("sheet.tlog-proof", "checkpoint", "status"):
            with self.subTest(part):
                self.hold_part("ring", part)

    def test_every_flip_of_every_statement_is_refused(self):
        for name in ("jadeite", "child", "fur", "failing", "air", "uniform", "scale"):
            with self.subTest(name):
                self.hold_part(name, "sheet.cose")


if __name__ == "__main__":
    unittest.main()
