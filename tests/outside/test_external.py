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


if __name__ == "__main__":
    unittest.main()
