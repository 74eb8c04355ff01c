# SPDX-License-Identifier: Apache-2.0
"""The test case of faults of the database: a daemon on a PostgreSQL of the test's own, a load of intakes, a fault at a
random point of it, and the books afterwards."""
import random
import time
import unittest

from tests.outside.case import MANY_CONNECTIONS
from tests.outside.desks import HEALED_S, Desks
from tests.outside.external import Cluster, ExternalDaemon
from tests.outside.killed import SEED
from tests.outside.raw import Raw

BEFORE = 15  # intakes before the fault, and at least as many after it


class FaultCase(unittest.TestCase):
    @classmethod
    def make_cluster(cls):
        return Cluster()

    @classmethod
    def make_daemon(cls):
        return ExternalDaemon(cls.cluster, MANY_CONNECTIONS)

    @classmethod
    def setUpClass(cls):
        cls.cluster = cls.make_cluster().__enter__()
        cls.addClassCleanup(cls.cluster.__exit__)
        cls.daemon = cls.make_daemon().__enter__()
        cls.addClassCleanup(cls.daemon.__exit__)
        cls.people = cls.daemon.people()
        cls.random = random.Random(SEED)

    def under_load(self, fault, times=1, call_s=10):
        """Every fault at a random point of a load that goes on; then the books."""
        began = time.monotonic()
        with Desks(self, self.daemon, call_s=call_s) as desks:
            for _ in range(times):
                desks.until_answered(BEFORE + self.random.randrange(BEFORE))
                fault(desks)
            desks.until_answered(BEFORE)
        self.is_ready_again()
        desks.hold_books()
        print(f"{self.id().rpartition('.')[2]}: {time.monotonic() - began:.1f} s, {len(desks.intakes)} intakes, "
              f"on the way {desks.codes()}, seed {SEED}")
        return desks

    def readyz(self):
        with Raw(self.daemon) as raw:
            return raw.call("/readyz", method="GET", content_type=None, body=b"").http_status

    def is_ready_again(self):
        """Every class of connections is back: slow ones may come after the load was served."""
        self.until(lambda: self.readyz() == 200)

    def until(self, condition):
        patience = time.monotonic() + HEALED_S
        while not condition():
            self.assertLess(time.monotonic(), patience, "waited in vain")
