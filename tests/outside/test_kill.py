# SPDX-License-Identifier: Apache-2.0
"""kill -9 of the daemon under a load of intakes, see killed.py; tests/long has the long form."""
import unittest

from tests.outside.external import Cluster, ExternalDaemon
from tests.outside.killed import KillCase
from tests.support.daemon import Daemon


class KillMinusNine(KillCase):
    def test_a_daemon_on_an_external_postgresql_killed_under_load_loses_nothing_and_doubles_nothing(self):
        with Cluster() as cluster, ExternalDaemon(cluster) as daemon:
            self.kill(daemon, 8, 3)

    def test_a_daemon_with_its_private_postgresql_killed_under_load_loses_nothing_and_doubles_nothing(self):
        with Daemon(from_nothing=True) as daemon:
            self.kill(daemon, 3, 1)


if __name__ == "__main__":
    unittest.main()
