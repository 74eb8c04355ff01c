# SPDX-License-Identifier: Apache-2.0
"""Each flood on the real daemon ends in GOAWAY (a gzip bomb in its call's RESOURCE_EXHAUSTED) with memory flat, and
another desk's calls go on. The p99 of that desk is held against a generous floor here, because the machine of ./check
has other work; tests/long/test_floods.py is strict about it."""
import unittest

from tests.outside.case import Outside
from tests.outside.flooding import FLOODS, measure, memory_most

MEMORY_MOST = 16 << 20
RATIO_MOST = 2


class Floods(Outside):
    walked = False
    rounds, calls, floor_ms = 3, 150, 12

    def flood(self, name):
        found = measure(self.daemon, self.people["RECEPTION"].token, name, self.rounds, self.calls)
        print(f"{name}: {found}", flush=True)
        self.assertLessEqual(set(found.ends), {str(code) for code in FLOODS[name][1]})
        self.assertGreater(len(found.ends), self.rounds)
        self.assertLess(found.grown, memory_most(self.daemon, MEMORY_MOST))
        self.assertLessEqual(found.flooded_ms, RATIO_MOST * max(found.quiet_ms, self.floor_ms))
        self.still_serves()


for one in FLOODS:
    setattr(Floods, f"test_{one}_end_as_they_should_and_another_desk_is_served", lambda self, name=one: self.flood(name))

if __name__ == "__main__":
    unittest.main()
