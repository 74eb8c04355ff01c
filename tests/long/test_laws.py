# SPDX-License-Identifier: Apache-2.0
"""Laws of rounding and of decision rules on a million random numbers each; the ordinary run tries twenty thousand."""
import os
import subprocess
import unittest

from tests.support import paths

ROUNDS = os.environ.get("TOUCHSTONE_ROUNDS", "1000000")
PROGRAMS = ("number/test_rounding", "number/test_normal", "judge/test_decision")


class Laws(unittest.TestCase):
    def test_laws_hold_for_a_million_numbers(self):
        for program in PROGRAMS:
            with self.subTest(program):
                done = subprocess.run([paths.build() / "tests" / "unit" / program], capture_output=True, text=True,
                                      timeout=3000, env={**os.environ, "TOUCHSTONE_ROUNDS": ROUNDS}, check=False)
                self.assertEqual(0, done.returncode, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
