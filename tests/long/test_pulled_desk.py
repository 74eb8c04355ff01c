# SPDX-License-Identifier: Apache-2.0
"""As tests/desk/test_pulled.py, at a hundred random moments."""
import unittest

from tests.desk.pulled import Pulled


class HundredMoments(Pulled):
    def test_the_cable_is_pulled_and_the_desk_killed_at_a_hundred_random_moments(self):
        self.moments(100)


if __name__ == "__main__":
    unittest.main()
