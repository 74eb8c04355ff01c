# SPDX-License-Identifier: Apache-2.0
"""kill -9 fifty times under a load of intakes, see tests/outside/killed.py: at least twenty of the kills fall
between COMMIT sent and answered."""
import unittest

from tests.outside.external import Cluster, ExternalDaemon
from tests.outside.killed import KillCase
from tests.support.daemon import Daemon


class FiftyKills(KillCase):
    def test_fifty_kills_over_an_external_postgresql_lose_nothing_and_double_nothing(self):
        with Cluster() as cluster, ExternalDaemon(cluster) as daemon:
            self.kill(daemon, 50, 20)

    def test_twenty_kills_over_the_private_postgresql_lose_nothing_and_double_nothing(self):
        with Daemon() as daemon:
            self.kill(daemon, 20, 8)


if __name__ == "__main__":
    unittest.main()
