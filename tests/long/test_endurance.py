# SPDX-License-Identifier: Apache-2.0
"""Ten minutes of full load (TOUCHSTONE_LOAD_SECONDS for more), see tests/outside/endurance.py."""
import os
import unittest

from tests.outside import endurance

SECONDS = int(os.environ.get("TOUCHSTONE_LOAD_SECONDS", "600"))


class TenMinutes(endurance.Endurance):
    def test_nothing_grows_no_call_fails_and_certificates_are_renewed(self):
        self.hold_out(SECONDS)


if __name__ == "__main__":
    unittest.main()
