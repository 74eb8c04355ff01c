# SPDX-License-Identifier: Apache-2.0
"""Backups restored into another PostgreSQL, with a daemon on it: ready, the books whole, sheets as they were sealed, keys
answered as before."""
import hashlib
import subprocess
import unittest

from tests.outside.case import MANY_CONNECTIONS
from tests.outside.desks import Desks, hold_books_whole
from tests.outside.external import Cluster, ExternalDaemon, Standby, bin_directory
from tests.outside.faults import BEFORE, FaultCase
from tests.outside.world import World, intake_fields
from tests.support.daemon import key

FINGERPRINT = ("select (select md5(string_agg(history::text, '' order by entry_id)) from lab.history), "
               "(select count(*) from lab.replay), (select md5(string_agg(sheet_file::text, '' order by sheet_no)) "
               "from lab.sheet_file)")


class BaseBackup(Standby):
    """A copy made while the other goes on, that becomes a database of its own."""

    def run(self, program, *arguments):
        super().run(program, *(word for word in arguments if word != "-R"))


class Backup(FaultCase):
    def on(self, cluster):
        """A daemon on the restored database, with its own readiness."""
        daemon = ExternalDaemon(cluster, MANY_CONNECTIONS)
        daemon.__enter__()
        self.addCleanup(daemon.__exit__)
        self.assertTrue(any("event=migrated files=0" in line for line in daemon.migrated.splitlines()), daemon.migrated)
        return daemon

    def tool(self, name, *arguments, text=None):
        done = subprocess.run([bin_directory() / name, *arguments], input=text, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def sealed_sheet(self):
        (self.daemon.directory / "state").mkdir(exist_ok=True)
        sheet = World(self.people).released()
        self.until(lambda: self.daemon.sql("select 1 from lab.sheet where sheet_no = %s and state = 'sealed'",
                                           sheet.sheet_no))
        return sheet

    def test_a_dump_restored_elsewhere_serves_the_same_books_sheets_and_keys(self):
        sheet, request = self.sealed_sheet(), dict(request_id=key(), **intake_fields())
        answer = self.people["RECEPTION"]("DeskService.RegisterIntake", **request)
        file = self.daemon.directory / "dump"
        self.tool("pg_dump", "-Fc", "-f", file, self.cluster.url("postgres"))
        roles = self.tool("pg_dumpall", "--roles-only", "-d", self.cluster.url("postgres"))
        other = self.enterContext(Cluster())
        roles = "\n".join(line for line in roles.splitlines() if " postgres" not in line)
        self.tool("psql", "-v", "ON_ERROR_STOP=1", "-d", other.url("postgres"), text=roles)
        self.tool("pg_restore", "--exit-on-error", "-d", other.url("postgres"), file)
        restored = self.on(other)
        self.assertEqual(restored.sql(FINGERPRINT), self.daemon.sql(FINGERPRINT))
        desk = restored.client(self.people["RECEPTION"].token)
        again = desk("DeskService.RegisterIntake", **request)
        self.assertEqual(again.SerializeToString(deterministic=True), answer.SerializeToString(deterministic=True))
        parts = desk("SheetService.DownloadSheet", sheet_no=sheet.sheet_no)
        pdf = b"".join(part.data for part in parts)
        self.assertEqual(restored.sql("select encode(sha256, 'hex') from lab.sheet_file where sheet_no = %s",
                                      sheet.sheet_no), [(hashlib.sha256(pdf).hexdigest(),)])
        self.assertEqual(restored.sql("select count(*) from lab.receipt"), self.daemon.sql("select count(*) from lab.receipt"))

    def test_a_base_backup_taken_under_load_has_all_that_was_acknowledged_before_it_and_nothing_by_halves(self):
        with Desks(self, self.daemon) as desks:
            desks.until_answered(BEFORE)
            acknowledged = [intake.phone for intake in list(desks.intakes) if intake.answer]
            copy = self.enterContext(BaseBackup(self.cluster))
            desks.until_answered(BEFORE)
        desks.hold_books()
        restored = self.on(copy)
        self.assertGreaterEqual(hold_books_whole(self, restored), len(acknowledged))
        there = {phone for phone, in restored.sql("select phone from lab.person")}
        self.assertLessEqual(set(acknowledged), there)
        restored.client(self.people["RECEPTION"].token)("DeskService.RegisterIntake", **intake_fields())


if __name__ == "__main__":
    unittest.main()
