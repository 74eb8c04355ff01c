# SPDX-License-Identifier: Apache-2.0
"""Another desk's p99 is not doubled by a flood: the windows of tests/outside/test_floods.py, more and longer, and each
flood once. Below its floor a p99 is the scheduling of two cores that daemon, database, desk and attacker share. For a
machine without other work."""
import unittest

from tests.outside import test_floods
from tests.outside.flooding import FLOODS


class FloodsForLong(test_floods.Outside):
    walked = False
    rounds, calls, tries = 9, 400, 1
    floors_ms = sanitized_floors_ms = (3, 20)

    flood, flood_once = test_floods.Floods.flood, test_floods.Floods.flood_once


for one in FLOODS:
    setattr(FloodsForLong, f"test_{one}_do_not_double_the_p99_of_another_desk", lambda self, name=one: self.flood(name))

if __name__ == "__main__":
    unittest.main()
