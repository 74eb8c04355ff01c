# SPDX-License-Identifier: Apache-2.0
"""Failing allocations and system calls in the daemon along a walk, see injected_daemon.py; tests/long has every
point."""
import unittest

from tests.outside.injected_daemon import InjectedDaemonCase, steps


class DaemonInjection(InjectedDaemonCase):
    def test_a_daemon_survives_calls_that_fail_along_the_walk_and_books_each_act_once(self):
        self.sweep(steps(12, log_in=24, log_out=8, get_item=24, submit=24, release=2, download=1))


if __name__ == "__main__":
    unittest.main()
