# SPDX-License-Identifier: Apache-2.0
"""Seconds of full load with takeovers and new certificates; tests/long/test_endurance.py goes on for ten minutes."""
import unittest

from tests.outside import endurance

SECONDS = 10


class FullLoad(endurance.Endurance):
    def test_nothing_grows_no_call_fails_and_certificates_are_renewed(self):
        self.hold_out(SECONDS)


if __name__ == "__main__":
    unittest.main()
