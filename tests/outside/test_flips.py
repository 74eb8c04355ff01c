# SPDX-License-Identifier: Apache-2.0
"""A real sheet with one bit turned, cut, or with something behind it is refused by both verifiers. Here one bit at every offset of
what proves it, and one offset of some of the file; tests/long/test_flips.py leaves out none."""
import unittest

from tests.outside.flips import Flips, by_command_line, seal_of

STEP, PAGE_STEP = 23, 5003


class SheetFlips(Flips):
    def test_no_flip_in_the_file_is_accepted(self):
        self.hold_file("ring", first=3, step=STEP, page_step=PAGE_STEP)

    def test_no_flip_in_the_hole_is_accepted(self):
        """Its DER from end to end, and the zeros behind it."""
        folder = self.laid_out("ring")
        start, _, length = seal_of(folder / "sheet.pdf")
        found = by_command_line(folder, "sheet.pdf", start - 20, 1, "one")
        turned = [one for one in found if one.kind == "flip"]
        self.assertGreater(len(turned), 24000)
        self.assertEqual([one for one in found[1:] if one.code == "accepted"], [])
        in_der = {one.code for one in turned if start <= one.at < start + 2 * length}
        self.assertLessEqual({"SIGNATURE_WRONG", "CONTENT_CHANGED", "CERTIFICATE_BINDING"}, in_der)

    def test_the_hole_is_der_and_then_zeros_only(self):
        for name in ("ring", "milk", "air"):
            with self.subTest(name):
                _, hole, length = seal_of(self.laid_out(name) / "sheet.pdf")
                self.assertEqual(set(hole[length:]), {0})
                self.assertGreater(length, 500)

    def test_no_flip_of_the_statement_is_accepted_and_both_tell_the_same_code(self):
        self.hold_part("ring", "sheet.cose")

    def test_no_flip_of_a_longer_statement_is_accepted(self):
        self.hold_part("milk", "sheet.cose", "one")

    def test_no_flip_of_the_proof_is_accepted(self):
        self.hold_part("ring", "sheet.tlog-proof", "one")

    def test_no_flip_of_the_checkpoint_is_accepted(self):
        self.hold_part("ring", "checkpoint", "one")

    def test_no_flip_of_the_status_list_is_accepted(self):
        self.hold_part("ring", "status", "one")


if __name__ == "__main__":
    unittest.main()
