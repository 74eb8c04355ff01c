# SPDX-License-Identifier: Apache-2.0
"""The cable pulled and the desk killed at random moments; tests/long has the hundred."""
import unittest

from tests.desk.pulled import Pulled


class FewMoments(Pulled):
    def test_six_random_moments(self):
        self.moments(6)


if __name__ == "__main__":
    unittest.main()
