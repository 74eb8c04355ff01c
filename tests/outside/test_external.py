# SPDX-License-Identifier: Apache-2.0
"""Starting over a PostgreSQL that somebody else keeps: what is missing is told before anything is touched."""
import subprocess
import unittest

from tests.outside.external import Cluster, ExternalDaemon
from tests.support import prometheus

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

    def test_a_wrong_flag_of_staff_add_is_named(self):
        daemon = self.daemon()
        for laboratory, username, role, told in [
                ("GEM9", "u1", "administrator", "touchstoned: --laboratory 'GEM9': is not a laboratory of this institute"),
                ("JEW", "U 1", "administrator", "touchstoned: --username 'U 1': must be 2 to 40"),
                ("JEW", "u1", "king", "touchstoned: --role 'king': names a role that does not exist")]:
            done = daemon.admin_command("staff", "add", "--username", username, "--name", "N", "--laboratory", laboratory,
                                        "--role", role)
            self.assertEqual(done.returncode, 1)
            self.assertIn(told, done.stderr)
        done = daemon.admin_command("staff", "reset-password", "--username", "nobody.here")
        self.assertIn("touchstoned: --username 'nobody.here': There is no such person", done.stderr)

    def test_a_database_that_was_never_migrated_is_told_in_one_sentence(self):
        daemon = self.daemon()
        daemon.sql("create database empty")
        daemon.settings = daemon.settings.replace("dbname=touchstone", "dbname=empty")
        daemon.write_config()
        done = run(daemon, "serve")
        self.assertEqual(done.returncode, 1)
        self.assertIn("run touchstoned migrate", done.stderr)
        self.assertNotIn("statement_wrong", done.stderr)

    def test_the_state_directory_is_made_and_holds_the_metrics(self):
        daemon = self.daemon()
        state = daemon.directory / "state"
        self.assertFalse(state.exists())
        daemon.start()
        self.assertIn(("touchstone_database_connections", (("class", "read"),)), prometheus.fetch(state / "metrics.sock"))

    def test_a_state_directory_that_cannot_be_made_is_told_and_does_not_hinder_serving(self):
        daemon = self.daemon()
        (daemon.directory / "state").write_text("in the way", encoding="utf-8")
        daemon.start()
        daemon.says("event=state_directory_failed")

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
