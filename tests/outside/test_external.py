# SPDX-License-Identifier: Apache-2.0
"""Starting over a PostgreSQL that somebody else keeps: what is missing is told before anything is touched."""
import subprocess
import unittest

from tests.outside.external import Cluster, ExternalDaemon

END_S = 120


def run(daemon, command):
    return subprocess.run([daemon.program, command, "--config", daemon.config], capture_output=True, text=True,
                          timeout=END_S)


class External(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster().__enter__()
        cls.addClassCleanup(cls.cluster.__exit__)

    def daemon(self):
        daemon = ExternalDaemon(self.cluster)
        self.addCleanup(daemon.__exit__)
        daemon.prepare()
        return daemon

    def test_administration_without_the_owner_s_address_is_refused_by_the_key_s_name(self):
        daemon = self.daemon()
        daemon.settings = f"[postgresql]\nmode = external\nurl = {self.cluster.url('touchstone_daemon')}\n"
        daemon.write_config()
        for done in (run(daemon, "migrate"), daemon.admin_command(
                "staff", "add", "--username", "u", "--name", "N", "--laboratory", "JEW", "--role", "administrator")):
            self.assertEqual(done.returncode, 1)
            self.assertIn("migrate_url", done.stderr)

    def test_a_daemon_does_not_start_on_another_program_s_schema(self):
        daemon = self.daemon()
        daemon.sql("update touchstone_migration set checksum = 'of an older program' where name = 'functions'")
        done = run(daemon, "serve")
        self.assertEqual(done.returncode, 1)
        self.assertIn("run touchstoned migrate", done.stderr)
        self.assertEqual(run(daemon, "migrate").returncode, 0)
        daemon.start()


if __name__ == "__main__":
    unittest.main()
