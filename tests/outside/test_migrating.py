# SPDX-License-Identifier: Apache-2.0
"""`touchstoned migrate` killed after any of its files, and run by several at once, against a real PostgreSQL."""
import contextlib
import re
import subprocess
import unittest

from tests.outside.external import Cluster, ExternalDaemon
from tests.support.daemon import Daemon

END_S = 120
KILLED_AFTER = (1, 3, 5, 6, 12)  # numbered files first, then the functions in one transaction


class Migrating(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster().__enter__()
        cls.addClassCleanup(cls.cluster.__exit__)

    def setUp(self):
        """An empty database each, and a daemon that is told of it and did nothing yet."""
        with contextlib.closing(self.cluster.connect("postgres")) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            cursor.execute("drop database if exists touchstone (force)")
            cursor.execute("create database touchstone")
        self.daemon = ExternalDaemon(self.cluster)
        Daemon.prepare(self.daemon)
        self.addCleanup(self.daemon.__exit__)

    def migrate(self):
        return subprocess.Popen([self.daemon.program, "migrate", "--config", self.daemon.config],
                                stderr=subprocess.PIPE, text=True)

    def applied(self, process):
        """How many files it says it applied, at its end."""
        told = process.communicate(timeout=END_S)[1]
        self.assertEqual(process.returncode, 0, told)
        return int(re.search(r"event=migrated files=(\d+)", told)[1])

    def killed_after(self, files):
        process = self.migrate()
        for line in process.stderr:
            files -= "event=migrating" in line
            if files == 0:
                break
        process.kill()
        process.communicate()
        return files == 0

    def known(self):
        return {name for name, in self.daemon.sql("select name from touchstone_migration")}

    def test_killed_after_any_file_it_goes_on_where_it_stopped_and_a_daemon_serves(self):
        kills = sum(self.killed_after(files) for files in KILLED_AFTER)
        self.assertEqual(kills, len(KILLED_AFTER))
        self.applied(self.migrate())
        self.assertIn("functions", self.known())
        self.assertEqual(self.applied(self.migrate()), 0)
        self.daemon.start()
        self.daemon.people()

    def test_several_at_once_apply_everything_once_and_their_daemon_serves(self):
        counts = sorted(self.applied(process) for process in [self.migrate() for _ in range(3)])
        self.assertEqual(counts, [0, 0, len(self.known())])
        self.daemon.start()
        self.daemon.people()

    def test_a_migration_whose_connection_is_ended_says_so_and_the_next_one_finishes(self):
        process = self.migrate()
        for line in process.stderr:
            if "event=migrating" in line:
                break
        with contextlib.closing(self.cluster.connect("postgres")) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            cursor.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = 'touchstone'")
        told = process.communicate(timeout=END_S)[1]
        self.assertNotEqual(process.returncode, 0)
        self.assertNotIn("Sanitizer", told)
        self.applied(self.migrate())
        self.assertEqual(self.applied(self.migrate()), 0)


if __name__ == "__main__":
    unittest.main()
