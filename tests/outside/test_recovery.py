# SPDX-License-Identifier: Apache-2.0
"""A database that came back from a backup while sheets had been issued since (docs/recovery.md): issuing refuses in plain
words, the public files put back what is missing, issuing goes on, no number comes twice, and auditors stay content."""
import shutil
import subprocess
import time
import unittest

from tests.outside.case import Outside
from tests.outside.public_files import Public, audit, findings

LABORATORIES = "select count(*) from lab.laboratory"
VOID = "select sheet_no, reason from lab.sheet_void order by sheet_no"


class Recovery(Outside):
    """One daemon for each test: a state directory is put back."""

    @classmethod
    def setUpClass(cls):
        pass

    def setUp(self):
        Outside.setUpClass.__func__(type(self))
        self.backup = self.daemon.directory / "backup"
        self.saved = self.daemon.directory / "saved"
        self.public = Public(self.daemon)

    def tearDown(self):
        self.doClassCleanups()

    def restart(self):
        self.daemon.start()
        self.people.update({role: self.daemon.log_in(role.lower(), "D1" if role == "RECEPTION" else "") for role in self.people})
        self.public = Public(self.daemon)

    def take_backup(self):
        """The data directory of the stopped cluster: everything but the signer's folder and the public files."""
        self.cluster = [path for path in (self.daemon.directory / "state").iterdir() if list(path.glob("**/PG_VERSION"))]
        self.daemon.stop()
        self.backup.mkdir()
        for path in self.cluster:
            subprocess.run(["cp", "-a", path, self.backup / path.name], check=True)
        self.restart()

    def put_back(self):
        self.daemon.stop()
        for path in self.cluster:
            shutil.rmtree(path)
            subprocess.run(["cp", "-a", self.backup / path.name, path], check=True)

    def recover(self, *words, expect=0):
        done = subprocess.run([self.daemon.program, "log", "recover", "--config", self.daemon.config, *map(str, words)],
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        self.assertNotIn("Sanitizer", done.stderr)
        return done.stdout + done.stderr

    def issued(self):
        return {number for number, in self.daemon.sql("select sheet_no from lab.sheet")}

    def audited(self, *words):
        return audit("--directory", self.public.folder, *words, home=self.daemon.directory)

    def refusal(self):
        with self.ends_in("FAILED_PRECONDITION", "ISSUING_HALTED") as refused:
            self.world.released()
        return refused[0].text

    def ready(self):
        done = subprocess.run(["curl", "-s", "--cacert", self.daemon.certificate, f"https://localhost:{self.daemon.port}/readyz"],
                              capture_output=True, text=True)
        return done.stdout

    def until(self, holds):
        end = time.monotonic() + 60
        while not holds():
            self.assertLess(time.monotonic(), end, "\n".join(self.daemon.log[-20:]))
            time.sleep(0.05)

    def until_halted(self):
        self.until(lambda: any("event=issuing_halted" in line for line in self.daemon.log))

    def lose(self, before=2, lost=3):
        """So many sheets in the backup, and so many that the database then loses. Answers the lost numbers."""
        for _ in range(before):
            self.world.released()
        self.public.rest()
        self.take_backup()
        known = self.issued()
        for _ in range(lost):
            self.world.released()
        self.public.rest()
        self.audited("--save", self.saved)
        gone = self.issued() - known
        self.put_back()
        return gone

    def test_issuing_refuses_is_recovered_and_goes_on_with_new_numbers(self):
        gone = self.lose()
        self.restart()
        self.until_halted()
        told = self.refusal()
        self.assertIn("restored from a backup", told)
        self.assertIn("touchstoned log recover", told)
        self.assertIn("SheetService", self.ready())
        plan = self.recover()
        self.assertIn("This would be done", plan)
        self.assertIn("3 sheets were issued in the lost time", plan)
        self.assertIn("Nothing was changed", plan)
        self.assertEqual(self.daemon.sql(VOID), [])
        told = self.recover("--yes")
        self.assertIn("Done:", told)
        self.assertEqual(plan.split("\n")[1:4], told.split("\n")[1:4])
        self.goes_on(gone)

    def test_receipts_and_labels_of_the_lost_time_are_not_given_out_again(self):
        self.world.released()
        self.public.rest()
        self.take_backup()
        lost = [self.world.received() for _ in range(3)]
        self.world.released()
        self.public.rest()
        self.put_back()
        codes = "select last_value from lab.item_code_seq"
        self.restart()
        before = self.daemon.sql(codes)
        self.assertIn("receipts go on 1000 numbers further at every desk, and codes of items 120000 further", self.recover())
        self.assertEqual(self.daemon.sql(codes), before)
        self.recover("--yes")
        again = [self.world.received() for _ in range(2)]
        self.assertFalse({one.receipt_no for one in lost} & {one.receipt_no for one in again})
        self.assertGreater(int(again[0].receipt_no[-6:]), 1000)
        self.assertFalse({one.items[0].item_code for one in lost} & {one.items[0].item_code for one in again})
        reasons = self.daemon.sql("select distinct reason from lab.history where object_type = 'receipt_counter' and reason <> ''")
        self.assertEqual(reasons, [("skipped: may have been given out in the time that the database lost",)])

    def test_numbers_are_skipped_by_as_many_as_are_said_also_when_no_entry_is_missing(self):
        before = int(self.world.received().receipt_no[-6:])
        self.public.rest()
        self.assertNotIn("further", self.recover("--yes"))
        self.assertIn("receipts go on 40 numbers further", self.recover("--yes", "--skip", "40"))
        self.assertEqual(int(self.world.received().receipt_no[-6:]), before + 41)
        for wrong in ("-1", "100001", "many"):
            self.recover("--yes", "--skip", wrong, expect=1)

    def goes_on(self, gone):
        void = dict(self.daemon.sql(VOID))
        self.assertLessEqual(gone, set(void))
        self.assertEqual(len(void), len(gone) * self.daemon.sql(LABORATORIES)[0][0])
        self.assertTrue(all(reason.startswith("void: may have been issued on ") for reason in void.values()), void)
        self.public.rest()
        new = {self.world.released().sheet_no for _ in range(3)}
        self.assertFalse(new & (gone | set(void)))
        self.public.rest()
        answer = self.audited("--since", self.saved)
        self.assertEqual(findings(answer), [])
        self.assertEqual(int(answer["issued"]), 2 + len(gone) + 3)
        self.assertIn("Nothing is missing", self.recover("--yes"))
        for number in gone:  # genuine, and nobody is told not to trust it
            with self.ends_in("NOT_FOUND", "SHEET_LOST"):
                self.daemon.client()("PublicService.LookUpSheet", sheet_no=number)

    def test_it_is_recovered_before_the_daemon_starts_as_well(self):
        gone = self.lose(lost=2)
        self.assertIn("Done:", self.recover("--yes", "--directory", self.public.folder / "log"))
        self.restart()
        self.goes_on(gone)

    def test_amended_and_withdrawn_sheets_stay_so(self):
        first, second = self.world.released(), self.world.released()
        self.public.rest()
        self.take_backup()
        indexes = dict(self.daemon.sql("select sheet_no, idx from lab.sheet_statement"))
        for kind, sheet in ((3, first), (3, second)):
            self.daemon.sql("insert into lab.log_request (kind, ref, reason, requested_at) values (%s, %s, 1, now())", kind,
                            indexes[sheet.sheet_no])
        self.public.rest()
        self.audited("--save", self.saved)
        self.put_back()
        told = self.recover("--yes")
        for sheet in (first, second):
            self.assertIn(f"sheet {sheet.sheet_no}, revision 0: was withdrawn in the lost time", told)
        self.restart()
        self.public.rest()
        self.assertEqual(findings(self.audited("--since", self.saved)), [])
        with self.assertRaises(Exception) as refused:
            self.daemon.sql("insert into lab.log_request (kind, ref, reason, requested_at) values (3, %s, 1, now())",
                            indexes[first.sheet_no])
        self.assertIn("amended or withdrawn before", str(refused.exception))

    def test_a_sheet_that_waited_when_the_backup_was_made_is_not_entered_twice(self):
        self.daemon.sql("update lab.log_sequencer set holder = gen_random_uuid(), until = lab.ts_now() + interval '50 minutes'")
        sheet = self.world.released()
        self.take_backup()
        self.daemon.sql("update lab.log_sequencer set holder = null, until = null")
        self.public.rest()
        later = self.world.released()
        self.public.rest()
        self.audited("--save", self.saved)
        index, = self.daemon.sql("select idx from lab.sheet_statement where sheet_no = %s", sheet.sheet_no)[0]
        self.put_back()
        told = self.recover("--yes")
        self.assertIn(f"sheet {sheet.sheet_no}, revision 0 (log index {index}) was issued in the lost time", told)
        self.restart()
        self.daemon.sql("update lab.log_sequencer set holder = null, until = null")
        self.until(lambda: not self.daemon.sql("select from lab.log_request where idx is null"))
        self.assertEqual(self.daemon.sql("select lab.sheet_index(%s, 0)", sheet.sheet_no), [(index,)])
        self.assertIn(later.sheet_no, dict(self.daemon.sql(VOID)))
        new = self.world.released()
        self.assertNotIn(new.sheet_no, (sheet.sheet_no, later.sheet_no))
        self.until(lambda: self.daemon.sql("select from lab.sheet_statement where sheet_no = %s", new.sheet_no))
        self.until(lambda: self.public.size() == self.daemon.sql("select size from lab.log_head")[0][0])
        answer = self.audited("--since", self.saved)
        self.assertEqual((findings(answer), answer["issued"]), ([], "3"))

    def test_files_that_are_not_what_was_promised_put_nothing_back(self):
        self.lose(lost=1)
        copy = self.daemon.directory / "copy"
        shutil.copytree(self.public.folder, copy)
        bundle = max((copy / "log" / "tile" / "entries").rglob("*.p/*"), key=lambda path: int(path.name))
        content = bytearray(bundle.read_bytes())
        content[-20] ^= 1
        bundle.write_bytes(content)
        self.assertIn("COPY_BROKEN", self.recover("--yes", "--directory", copy, expect=1))
        checkpoint = copy / "log" / "checkpoint"
        checkpoint.write_text(checkpoint.read_text().replace("\n\n", "\n\n", 1)[:-3] + "A=\n")
        self.assertIn("COPY_BROKEN", self.recover("--yes", "--directory", copy, expect=1))
        bundle.unlink()
        self.recover("--yes", "--directory", copy, expect=1)
        self.recover("--yes", "--directory", self.daemon.directory / "nowhere", expect=1)
        self.restart()
        self.until_halted()
        self.assertEqual(self.daemon.sql(VOID), [])
        self.refusal()

    def test_a_void_number_is_never_issued_and_no_issued_number_is_void(self):
        sheet = self.world.released()
        for number, reason in ((sheet.sheet_no, "NUMBER"), ("JEW-2026-999999", "NUMBER")):
            with self.assertRaises(Exception) as refused:
                self.daemon.sql("insert into lab.sheet_void values (%s, 'void', now())", number)
            self.assertIn("counted and never issued", str(refused.exception), reason)


if __name__ == "__main__":
    unittest.main()
