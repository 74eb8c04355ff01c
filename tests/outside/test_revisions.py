# SPDX-License-Identifier: Apache-2.0
"""A catalogue that changes while a result is judged: noticed between reading and writing, kept out while it is written; what was
judged keeps its revision, and judging again is a new record."""
import contextlib
import csv
import pathlib
import subprocess
import tempfile
import threading
import unittest

from tests.outside.case import Outside, Refusal, at_once
from tests.support.daemon import PASSWORD

LIMIT = "L003"  # gold 750: at least 750


class Revisions(Outside):
    def setUp(self):
        self.addCleanup(self.set_limit, "750")

    def catalogue(self, *arguments):
        done = subprocess.run([self.daemon.program, "catalogue", *arguments, "--config", self.daemon.config],
                              capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def set_limit(self, value):
        """By an import, as a manager does it; the revision that it made."""
        with tempfile.TemporaryDirectory() as folder:
            self.catalogue("export", folder)
            with (pathlib.Path(folder) / "limits.csv").open(encoding="utf-8", newline="") as text:
                head, *rows = csv.reader(text)
            row = next(row for row in rows if row[0] == LIMIT)
            row[head.index("limit_low")] = value
            pack = pathlib.Path(folder) / "pack"
            pack.mkdir()
            with (pack / "limits.csv").open("w", encoding="utf-8", newline="") as text:
                csv.writer(text, lineterminator="\n").writerows([head, row])
            self.catalogue("import", pack, "--author", "amy")
        return self.daemon.sql("select revision from lab.catalogue_head")[0][0]

    @contextlib.contextmanager
    def other(self):
        with contextlib.closing(self.daemon.database()) as connection, connection.cursor() as cursor:
            connection.autocommit = False
            yield cursor
            connection.rollback()

    def until_waiting(self, count):
        while self.daemon.sql("select count(distinct pid) from pg_locks where not granted") != [(count,)]:
            pass

    def started(self, act):
        ended = []
        thread = threading.Thread(target=lambda: ended.extend(at_once([act])))
        thread.start()
        return thread, ended

    def submit(self, test):
        return self.people["TECHNICIAN"]("BenchService.SubmitTest", test_id=test.test_id, version=test.version).test

    def rejudge(self, test, who="TECHNICIAN", **more):
        return self.people[who]("BenchService.RejudgeTest", **dict(dict(test_id=test.test_id, version=test.version,
                                                                        reason="the standard was amended"), **more)).test

    def now(self, test):
        return self.people["TECHNICIAN"]("BenchService.GetTest", test_id=test.test_id).test

    def judgements(self, test):
        return self.daemon.sql("select submission_no, catalogue_revision, verdict, requirement from lab.judgement where test_id = %s "
                               "order by 1", test.test_id)

    def revision(self):
        return self.daemon.sql("select revision from lab.catalogue_head")[0][0]

    # ---- noticed
    def test_a_revision_between_reading_and_writing_is_noticed_and_nothing_of_the_old_judgement_is_written(self):
        test = self.world.entered()
        with self.other() as cursor:
            cursor.execute("select from lab.test where test_id = %s for update", (test.test_id,))
            caller, ended = self.started(lambda: self.submit(test))  # has read and judged, and waits to write
            self.until_waiting(1)
            revision = self.set_limit("760")
        caller.join()
        self.assertIsInstance(ended[0], Refusal)
        self.assertEqual((ended[0].code.name, ended[0].reason), ("ABORTED", "JUDGEMENT_STALE"))
        self.assertEqual(ended[0].text, "The test or the catalogue moved while it was judged. Submit again.")
        self.assertEqual(self.judgements(test), [])
        now = self.now(test)
        self.assertEqual((now.state, now.version), (test.state, test.version))
        done = self.submit(now)  # what it was told to do: 753.5 with U = 2.0 lies clear below 760
        self.assertEqual(self.judgements(test), [(1, revision, "fail", "≥ 760")])
        self.assertEqual(done.judgement.catalogue_revision, revision)

    def test_a_whole_worksheet_notices_it_too(self):
        sheet = self.world.worksheet_entered(3).worksheet
        tests = self.daemon.sql("select test_id from lab.worksheet_position where worksheet_no = %s and test_id is not null",
                                sheet.worksheet_no)
        with self.other() as cursor:
            cursor.execute("select from lab.test where test_id = any (%s::uuid[]) for update", ([test for test, in tests],))
            caller, ended = self.started(lambda: self.people["TECHNICIAN"](
                "WorksheetService.SubmitWorksheet", worksheet_no=sheet.worksheet_no, version=sheet.version))
            self.until_waiting(1)
            self.set_limit("760")
        caller.join()
        self.assertIsInstance(ended[0], Refusal)
        self.assertEqual((ended[0].code.name, ended[0].reason), ("ABORTED", "JUDGEMENT_STALE"))
        self.assertEqual(self.daemon.sql("select count(*) from lab.judgement where test_id = any (%s::uuid[])",
                                         [test for test, in tests]), [(0,)])

    def test_a_revision_waits_for_a_submission_that_is_being_written_which_is_of_the_old_one_throughout(self):
        test, before = self.world.entered(), self.revision()
        with self.other() as cursor:
            cursor.execute("lock table lab.judgement in share mode")  # after the act has looked at the revision
            caller, ended = self.started(lambda: self.submit(test))
            self.until_waiting(1)
            importer, _ = self.started(lambda: self.set_limit("760"))
            self.until_waiting(2)
            self.assertEqual(self.revision(), before)
        caller.join()
        importer.join()
        self.assertEqual(self.judgements(test), [(1, before, "pass", "≥ 750")])
        self.assertGreater(self.revision(), before)
        self.assertEqual(self.now(test).judgement, ended[0].judgement)

    # ---- kept, and judged anew
    def test_what_was_judged_keeps_its_revision_and_judging_anew_is_a_new_record_that_is_reviewed_again(self):
        test, before = self.world.approved(), self.revision()
        kept = self.now(test).judgement
        revision = self.set_limit("760")
        now = self.now(test)
        self.assertEqual((now.judgement, now.judgement.catalogue_revision), (kept, before))
        again = self.rejudge(now)
        self.assertEqual(self.judgements(test), [(1, before, "pass", "≥ 750"), (2, revision, "fail", "≥ 760")])
        self.assertEqual((again.judgement.catalogue_revision, again.state), (revision, 4))  # submitted
        self.assertEqual(again.readings, now.readings)
        with self.ends_in("FAILED_PRECONDITION"):  # not before it is reviewed
            self.release(test)
        self.people["REVIEWER"]("ReviewService.ApproveTest", test_id=test.test_id, version=again.version)
        sheet = self.release(test)
        record = self.daemon.sql("select record from lab.sheet where sheet_no = %s", sheet.sheet_no)[0][0]
        self.assertEqual([(one["verdict"], one["requirement"]) for one in record["results"]], [("fail", "≥ 760")])
        change, = self.people["TECHNICIAN"]("BenchService.GetItemHistory", item_code=test.item_code).changes
        self.assertEqual((change.kind, change.changed_by, change.reason, change.state_before),
                         (4, "technician", "the standard was amended", now.state))
        self.assertEqual([(one.entry_no, one.verdict, one.requirement, one.catalogue_revision)
                          for one in (change.old_result, change.new_result)],
                         [(1, kept.verdict, "≥ 750", before), (1, again.judgement.verdict, "≥ 760", revision)])
        self.assertEqual(self.daemon.sql("select decision, submission_no from lab.review where test_id = %s order by 2", test.test_id),
                         [("approve", 1), ("approve", 2)])
        self.set_limit("750")
        with self.ends_in("FAILED_PRECONDITION", "SHEET_ISSUED"):
            self.rejudge(self.now(test))

    def release(self, test):
        item = self.world.item(test.item_code)
        return self.people["SIGNATORY"]("SheetService.ReleaseSheet", item_code=item.item_code, version=item.version,
                                        password=PASSWORD, meaning="approved for issue").sheet

    def test_judging_anew_is_refused_where_there_is_nothing_to_judge_anew_or_it_is_not_theirs(self):
        test = self.world.submitted()
        with self.ends_in("FAILED_PRECONDITION", "CATALOGUE_SAME"):
            self.rejudge(test)
        entered = self.world.entered()
        self.set_limit("760")
        with self.ends_in("FAILED_PRECONDITION", "TEST_NOT_DONE"):
            self.rejudge(entered)
        with self.ends_in("INVALID_ARGUMENT"):
            self.rejudge(test, reason="")
        with self.ends_in("ABORTED", "VERSION_STALE"):
            self.rejudge(test, version=test.version - 1)
        for who in ("REVIEWER", "MANAGER"):
            with self.ends_in("PERMISSION_DENIED"):
                self.rejudge(test, who)
        self.people["ADMINISTRATOR"].staff("neighbour", ["TECHNICIAN"])
        with self.ends_in("PERMISSION_DENIED", "TEST_NOT_YOURS"):
            self.daemon.log_in("neighbour")("BenchService.RejudgeTest", test_id=test.test_id, version=test.version, reason="not mine")
        self.assertEqual(len(self.judgements(test)), 1)

    def test_a_revision_while_it_is_judged_anew_is_noticed_and_the_test_stays_as_it_was(self):
        test = self.world.submitted()
        self.set_limit("755")
        with self.other() as cursor:
            cursor.execute("select from lab.test where test_id = %s for update", (test.test_id,))
            caller, ended = self.started(lambda: self.rejudge(test))
            self.until_waiting(1)
            self.set_limit("760")
        caller.join()
        self.assertIsInstance(ended[0], Refusal)
        self.assertEqual((ended[0].code.name, ended[0].reason), ("ABORTED", "JUDGEMENT_STALE"))
        self.assertEqual((self.now(test).state, len(self.judgements(test))), (test.state, 1))

    def test_what_review_sent_back_and_was_submitted_unchanged_shows_as_judged_anew(self):
        test = self.world.submitted()
        test = self.people["REVIEWER"]("ReviewService.SendBackTest", test_id=test.test_id, version=test.version,
                                       reason="look at the new edition").test
        revision = self.set_limit("760")
        self.submit(test)
        change, = self.people["TECHNICIAN"]("BenchService.GetItemHistory", item_code=test.item_code).changes
        self.assertEqual((change.kind, change.reason, change.new_result.catalogue_revision), (4, "look at the new edition", revision))


if __name__ == "__main__":
    unittest.main()
