# SPDX-License-Identifier: Apache-2.0
"""The line to the database cut after every single byte of a pipelined session: tests/unit/db/test_cut.c without
leaving any out (./check cuts after one of 31). And every byte of a real sheet flipped (./check flips one of 97), and
every byte of the files of a public log that have less than 500 (./check flips the ends of lines and one of 7)."""
import os
import subprocess
import sys
import unittest

from tests.support import paths

PROGRAM = paths.build() / "tests" / "unit" / "db" / "test_db_cut"


class EveryByte(unittest.TestCase):
    def test_after_every_byte_each_call_is_answered_once_and_done_once(self):
        done = subprocess.run([PROGRAM], env=dict(os.environ, TOUCHSTONE_CUT_STEP="1"), capture_output=True, text=True,
                              errors="replace")
        told = [line for line in done.stderr.splitlines() if " cuts, " in line]
        print(*told, sep="\n", flush=True)
        self.assertEqual(done.returncode, 0, done.stderr[-4000:])
        self.assertEqual([line.split(":")[0] for line in told], ["closed", "silent"])

    def test_no_flipped_byte_of_a_sheet_is_accepted(self):
        self.flips_every_byte("test_no_flipped_byte", "tests.outside.test_statement_keys")

    def test_no_flipped_byte_of_a_public_log_is_accepted(self):
        self.flips_every_byte("test_no_byte_of_any_file", "tests.client.test_log_audit")

    def flips_every_byte(self, test, module):
        done = subprocess.run([sys.executable, "-m", "unittest", "-k", test, module],
                              env=dict(os.environ, TOUCHSTONE_FLIP_STEP="1"), capture_output=True, text=True, errors="replace")
        self.assertEqual(done.returncode, 0, done.stderr[-4000:])
        self.assertIn("Ran 1 test", done.stderr)


if __name__ == "__main__":
    unittest.main()
