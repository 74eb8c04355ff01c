# SPDX-License-Identifier: Apache-2.0
"""As tests/outside/test_journal.py, at a hundred random moments of each kind."""
import unittest

from tests.outside.test_journal import JournalCase


class HundredMoments(JournalCase):
    def test_the_network_is_pulled_at_a_hundred_random_moments(self):
        self.spoil(100, kills=False)

    def test_the_client_is_killed_at_a_hundred_random_moments(self):
        self.spoil(100, kills=True)


if __name__ == "__main__":
    unittest.main()
