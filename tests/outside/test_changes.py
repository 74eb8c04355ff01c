# SPDX-License-Identifier: Apache-2.0
"""What becomes of a result after it was submitted: a late change with old, new, who, when and why; a retest as a new
record in whose place the first one stays as it was; and when somebody worked, by the code on the label."""
import contextlib
import datetime
import json
import threading
import unittest

import grpc
import psycopg2

from tests.outside.case import Outside, Refusal, at_once
from tests.outside.world import READINGS
from tests.support.daemon import PASSWORD

OTHER = [dict(value=value) for value in ("751.9", "751.2", "751.6")]
WHY = "the wrong ring lay on the stage"


class Changes(Outside):
    def now(self, test):
        return self.people["REVIEWER"]("BenchService.GetTest", test_id=test.test_id).test

    def enter(self, test, readings=OTHER, who="TECHNICIAN", **more):
        fields = dict(test_id=test.test_id, version=self.now(test).version, readings=readings, expanded_uncertainty="1.0")
        return self.people[who]("BenchService.EnterResult", **dict(fields, **more))

    def act(self, short, test, who, **more):
        return self.people[who](short, test_id=test.test_id, version=self.now(test).version, **more)

    def history(self, test, who="REVIEWER"):
        return self.people[who]("BenchService.GetItemHistory", item_code=test.item_code)

    def kind(self, change):
        return type(change).DESCRIPTOR.fields_by_name["kind"].enum_type.values_by_number[change.kind].name.removeprefix(
            "CHANGE_KIND_")

    def told(self, test):
        """The audit trail of one test, newest first."""
        return self.people["AUDITOR"]("AuditService.ListHistory", laboratory="JEW", object_type="test",
                                      object_id=test.test_id).entries

    def state(self, test):
        return self.daemon.sql("select state from lab.test where test_id = %s", test.test_id)[0][0]

    def release(self, test):
        item = self.world.item(test.item_code)
        return self.people["SIGNATORY"]("SheetService.ReleaseSheet", item_code=item.item_code, version=item.version,
                                        password=PASSWORD, meaning="approved for issue").sheet

    # ---- late change
    def hold_change(self, change, test, before):
        self.assertEqual((self.kind(change), change.changed_by, change.reason, change.state_before),
                         ("LATE", "technician", WHY, before))
        self.assertEqual([one.value for one in change.old_result.readings], [one["value"] for one in READINGS])
        self.assertEqual([one.value for one in change.new_result.readings], [one["value"] for one in OTHER])
        self.assertEqual((change.old_result.mean, change.old_result.entry_no, change.new_result.entry_no), ("753.5", 1, 2))
        self.assertLess(abs(change.at.ToDatetime() - datetime.datetime.utcnow()), datetime.timedelta(minutes=5))

    def test_a_submitted_result_changes_with_a_reason_and_shows_old_and_new(self):
        test = self.world.submitted()
        change = self.enter(test, reason=WHY).change
        self.hold_change(change, test, before=4)
        self.hold_change(self.history(test).changes[0], test, before=4)
        self.assertEqual(self.state(test), "in_progress")
        entry = next(one for one in self.told(test) if "readings" in one.new_values)
        self.assertEqual((entry.actor, entry.reason), ("technician", WHY))
        self.assertEqual([[one["value"] for one in json.loads(values)["readings"]]
                          for values in (entry.old_values, entry.new_values)],
                         [[one["value"] for one in READINGS], [one["value"] for one in OTHER]])
        self.act("BenchService.SubmitTest", test, "TECHNICIAN")
        self.act("ReviewService.ApproveTest", test, "REVIEWER")
        self.release(test)
        record = self.daemon.sql("select record from lab.sheet where item_code = %s", test.item_code)[0][0]
        self.assertEqual([one["mean"] for one in record["results"]], ["751.6"])

    def test_an_approved_result_changes_with_a_reason_and_its_item_waits_for_review_again(self):
        test = self.world.approved()
        item = self.world.item(test.item_code)
        self.hold_change(self.enter(test, reason=WHY).change, test, before=5)
        with self.ends_in("ABORTED", "VERSION_STALE"):
            self.people["SIGNATORY"]("SheetService.ReleaseSheet", item_code=item.item_code, version=item.version,
                                     password=PASSWORD, meaning="approved for issue")
        with self.ends_in("FAILED_PRECONDITION", "ITEM_NOT_REVIEWED"):
            self.release(test)
        self.act("BenchService.SubmitTest", test, "TECHNICIAN")
        with self.ends_in("FAILED_PRECONDITION", "ITEM_NOT_REVIEWED"):
            self.release(test)
        self.act("ReviewService.ApproveTest", test, "REVIEWER")
        self.release(test)
        self.hold_change(self.history(test, "AUDITOR").changes[0], test, before=5)

    def test_nothing_changes_after_submission_without_a_reason_or_by_another(self):
        for test in (self.world.submitted(), self.world.approved()):
            before = self.state(test)
            for reason in ("", "  ", "abc"):
                with self.ends_in("INVALID_ARGUMENT") as refusal:
                    self.enter(test, reason=reason)
                self.assertIn("reason", str(refusal[0].fields))
            self.people["ADMINISTRATOR"].staff(f"late.{before}", ["TECHNICIAN"])
            self.people["OTHER"] = self.daemon.log_in(f"late.{before}")
            with self.ends_in("FAILED_PRECONDITION", "TEST_NOT_OPEN"):
                self.enter(test, who="OTHER", reason=WHY)
            self.assertEqual(self.state(test), before)
            self.assertEqual(len(self.history(test).changes), 0)

    def test_nothing_changes_after_the_sheet(self):
        test = self.world.approved()
        self.release(test)
        with self.ends_in("FAILED_PRECONDITION"):
            self.enter(test, reason=WHY)
        with self.ends_in("FAILED_PRECONDITION", "SHEET_ISSUED"):
            self.act("ReviewService.OrderRetest", test, "REVIEWER", reason=WHY)

    def test_a_correction_before_submission_is_told_apart_from_a_late_one(self):
        test = self.world.entered()
        self.assertFalse(self.enter(test, reason="typing error").HasField("change"))
        self.assertEqual([self.kind(one) for one in self.history(test).changes], ["CORRECTED"])

    def test_inputs_that_are_replaced_stand_in_the_history_too(self):
        test = self.world.entered()
        self.enter(test, readings=[], inputs='{"points": ["751.0", "751.1", "751.2"]}', reason="typing error")
        told = [one for one in self.told(test) if json.loads(one.new_values).get("inputs")]
        self.assertEqual(len(told), 1)
        self.assertEqual(json.loads(told[0].new_values)["inputs"], '{"points": ["751.0", "751.1", "751.2"]}')
        self.assertEqual(len(json.loads(told[0].old_values)["readings"]), 3)

    # ---- retest
    def retest(self, test, who="REVIEWER", **more):
        return self.act("ReviewService.OrderRetest", test, who, **dict(dict(reason=WHY), **more))

    def measured(self, test):
        test = self.people["TECHNICIAN"]("BenchService.ClaimTest", test_id=test.test_id, version=test.version).test
        self.enter(test)
        self.act("BenchService.SubmitTest", test, "TECHNICIAN")
        self.act("ReviewService.ApproveTest", test, "REVIEWER")

    def test_a_retest_is_a_new_record_and_the_first_result_stays(self):
        first = self.world.approved()
        rows = "select * from lab.{} where test_id = %s"
        kept = {table: self.daemon.sql(rows.format(table), first.test_id) for table in
                ("result_entry", "reading", "judgement", "review")}
        ordered = self.retest(first, complaint="complaint 2026-17 of 29 November")
        again, old = ordered.test, ordered.superseded
        self.assertEqual((again.retest_of, old.superseded_by, old.state), (first.test_id, again.test_id, 8))
        self.assertEqual((old.judgement.mean, [one.value for one in old.readings]),
                         ("753.5", [one["value"] for one in READINGS]))
        with self.ends_in("FAILED_PRECONDITION", "ITEM_NOT_REVIEWED"):
            self.release(first)
        self.measured(again)
        self.assertEqual({table: self.daemon.sql(rows.format(table), first.test_id) for table in kept}, kept)
        change = self.history(first).changes[0]
        self.assertEqual((self.kind(change), change.changed_by, change.reason, change.retest_id, change.complaint),
                         ("RETEST", "reviewer", WHY, again.test_id, "complaint 2026-17 of 29 November"))
        self.assertEqual((change.old_result.mean, change.new_result.mean), ("753.5", "751.6"))
        self.release(first)
        record = self.daemon.sql("select record from lab.sheet where item_code = %s", first.item_code)[0][0]
        self.assertEqual([one["mean"] for one in record["results"]], ["751.6"])
        told = [json.loads(one.new_values) for one in self.told(first)]
        self.assertIn({"state": "superseded", "superseded_by": again.test_id}, told)
        self.assertEqual([(one.actor, one.reason) for one in self.people["AUDITOR"](
            "AuditService.ListHistory", laboratory="JEW", object_type="retest", object_id=first.test_id).entries],
            [("reviewer", WHY)])

    def test_a_retest_is_ordered_by_reviewer_manager_or_quality_manager_with_a_reason(self):
        for who in ("REVIEWER", "MANAGER", "QUALITY"):
            self.assertEqual(self.retest(self.world.submitted(), who).superseded.state, 8)
        test = self.world.submitted()
        for who in ("TECHNICIAN", "SIGNATORY", "AUDITOR"):
            with self.ends_in("PERMISSION_DENIED"):
                self.retest(test, who)
        for reason in ("", "abc"):
            with self.ends_in("INVALID_ARGUMENT"):
                self.retest(test, reason=reason)

    def test_a_retest_can_be_tested_again_and_the_superseded_one_never_moves(self):
        first = self.world.submitted()
        second = self.retest(first).test
        for short, who, more in (("BenchService.EnterResult", "TECHNICIAN", dict(readings=OTHER, reason=WHY)),
                                 ("BenchService.SubmitTest", "TECHNICIAN", {}), ("ReviewService.ApproveTest", "REVIEWER", {}),
                                 ("ReviewService.SendBackTest", "REVIEWER", dict(reason=WHY)),
                                 ("ReviewService.OrderRetest", "REVIEWER", dict(reason=WHY))):
            with self.ends_in("FAILED_PRECONDITION"):
                self.act(short, first, who, **more)
        with self.ends_in("FAILED_PRECONDITION", "TEST_NOT_DONE"):
            self.retest(second)
        self.measured(second)
        third = self.retest(second, "MANAGER").test
        self.measured(third)
        self.assertEqual([(self.kind(one), one.test_id) for one in self.history(first).changes],
                         [("RETEST", first.test_id), ("RETEST", second.test_id)])
        self.release(first)

    # ---- screening does not decide what it left open
    NEAR = [dict(value=value) for value in ("750.6", "749.9", "750.3")]

    def test_what_screening_left_open_is_not_screened_again_until_it_passes(self):
        for first in (self.world.submitted(readings=self.NEAR), self.world.approved(readings=self.NEAR)):
            self.assertEqual(first.judgement.verdict, 3, "to be confirmed")
            with self.ends_in("FAILED_PRECONDITION", "REFERENCE_METHOD_REQUIRED") as refusal:
                self.retest(first)
            self.assertIn("M_CUP", refusal[0].metadata["reference_methods"].split(", "))
            self.assertIn("reference method decides", refusal[0].text)
            order = ("insert into lab.retest select %s, lab.new_id(), 'JEW', staff_id, now(), %s, 'measured again', '' "
                     "from lab.staff where username = 'manager'")
            self.assertEqual(self.refused_by_database(order, first.test_id, self.state(first)), "REFERENCE_METHOD_REQUIRED")
        self.release(first)  # it is issued as what it is
        record = self.daemon.sql("select record from lab.sheet where item_code = %s", first.item_code)[0][0]
        self.assertEqual(record["conclusion"]["verdict"], "to_be_confirmed")

    def test_a_typing_error_that_left_it_open_is_corrected_with_both_results_on_the_record(self):
        swapped = [dict(value="752.9"), dict(value="753.2"), dict(value="735.1")]
        test = self.world.submitted(readings=swapped)
        self.enter(test, READINGS, expanded_uncertainty="2.0", reason="digits were swapped")
        self.act("BenchService.SubmitTest", test, "TECHNICIAN")
        change = self.people["REVIEWER"]("RecordService.GetOriginalRecord", test_id=test.test_id).record.changes[0]
        self.assertIn("735.1", change.old_result)
        self.assertIn("To be confirmed by the reference method", change.old_result)
        self.assertIn("753.9 (setting)", change.new_result)
        self.assertIn("753.5 ‰ ≥ 750 符合 Conforms", change.new_result)
        with self.ends_in("INVALID_ARGUMENT") as refusal:
            self.act("ReviewService.ApproveTest", test, "REVIEWER")
        self.assertIn("no second measurement", refusal[0].fields["comment"])
        self.assertEqual(self.refused_by_database(
            "insert into lab.review select %s, 2, 'JEW', staff_id, 'approve', '', now() from lab.staff where username = 'reviewer'",
            test.test_id), "FIELD_INVALID")
        self.act("ReviewService.ApproveTest", test, "REVIEWER", comment="the export of the instrument says 753.9")
        self.assertEqual([one.note for one in self.people["REVIEWER"]("RecordService.GetOriginalRecord", test_id=test.test_id)
                          .record.signatures if one.role_en == "Reviewed by"], ["the export of the instrument says 753.9"])

    def test_what_is_approved_as_left_open_or_never_was_needs_no_comment(self):
        test = self.world.submitted(readings=self.NEAR)
        test = self.act("ReviewService.SendBackTest", test, "REVIEWER", reason="look again").test
        self.act("BenchService.SubmitTest", test, "TECHNICIAN")
        self.act("ReviewService.ApproveTest", test, "REVIEWER")
        self.world.approved()

    # ---- three persons, over replaced tests too
    def test_who_tested_what_was_replaced_reviews_no_retest_and_who_approved_it_does_not_test_again(self):
        self.people["ADMINISTRATOR"].staff("both", ["TECHNICIAN", "REVIEWER"])
        self.people["MANAGER"]("StaffService.SetQualification", username="both", laboratory="JEW", method_id="M_XRF",
                               version=self.world.member("both").version, qualified=True, reason="trained and examined")
        self.people["BOTH"] = self.daemon.log_in("both")
        mine = self.people["BOTH"]("BenchService.ClaimTest", test_id=self.world.received().items[0].tests[0].test_id, version=1).test
        self.enter(mine, READINGS, "BOTH", expanded_uncertainty="2.0")
        self.act("BenchService.SubmitTest", mine, "BOTH")
        again = self.retest(mine, "MANAGER").test
        self.people["TECHNICIAN"]("BenchService.ClaimTest", test_id=again.test_id, version=again.version)
        self.enter(again)
        self.act("BenchService.SubmitTest", again, "TECHNICIAN")
        with self.ends_in("PERMISSION_DENIED", "SAME_PERSON"):
            self.act("ReviewService.ApproveTest", again, "BOTH")
        with self.ends_in("PERMISSION_DENIED", "SAME_PERSON"):
            self.act("ReviewService.SendBackTest", again, "BOTH", reason="look again")

        theirs = self.world.submitted()
        self.act("ReviewService.ApproveTest", theirs, "BOTH")
        again = self.retest(theirs, "MANAGER").test
        self.people["BOTH"]("BenchService.ClaimTest", test_id=again.test_id, version=again.version)
        with self.ends_in("PERMISSION_DENIED", "SAME_PERSON"):
            self.enter(again, who="BOTH")

    # ---- at the same moment
    def waiting(self, count):
        """Until so many acts wait for a row of another."""
        for _ in range(600):
            if self.daemon.sql("select count(*) from pg_stat_activity where wait_event_type = 'Lock'")[0][0] >= count:
                return
            threading.Event().wait(0.05)
        self.fail("the acts do not wait for each other")

    def side_by_side(self, test, first, second):
        """Both begin while the test's row is taken: the first act first. What each ended in."""
        ended = {}

        def run(name, act):
            try:
                ended[name] = act() and "done"
            except grpc.RpcError as error:
                ended[name] = Refusal(error).reason
        with contextlib.closing(self.daemon.database()) as holder, holder.cursor() as cursor:
            cursor.execute("begin; select from lab.test where test_id = %s for no key update", (test.test_id,))
            threads = []
            for name, act in (("first", first), ("second", second)):
                threads.append(threading.Thread(target=run, args=(name, act)))
                threads[-1].start()
                self.waiting(len(threads))
            cursor.execute("commit")
        for thread in threads:
            thread.join(60)
        return ended["first"], ended["second"]

    def test_a_late_change_a_retest_and_the_sheet_at_one_moment_wait_in_one_order(self):
        deadlocks = "select deadlocks from pg_stat_database where datname = 'touchstone'"
        before = self.daemon.sql(deadlocks)
        for act in (lambda test: self.enter(test, reason=WHY), lambda test: self.retest(test)):
            for sheet_first in (False, True):
                test = self.world.approved()
                version, item = self.now(test).version, self.world.item(test.item_code)
                change = lambda: act(test)
                sheet = lambda: self.people["SIGNATORY"](
                    "SheetService.ReleaseSheet", item_code=item.item_code, version=item.version, password=PASSWORD,
                    meaning="approved for issue")
                with self.subTest(version=version, sheet_first=sheet_first):
                    ended = self.side_by_side(test, *((sheet, change) if sheet_first else (change, sheet)))
                    self.assertEqual(ended[0], "done")
                    self.assertIn(ended[1], ("VERSION_STALE", "SHEET_ISSUED"))
        self.assertEqual(self.daemon.sql(deadlocks), before)

    def test_of_two_who_order_at_once_one_is_told_that_the_other_did(self):
        test = self.world.submitted()
        ended = at_once([lambda who=who: self.people[who]("ReviewService.OrderRetest", test_id=test.test_id,
                                                          version=test.version, reason=WHY)
                         for who in ("REVIEWER", "MANAGER")])
        self.assertEqual(sorted("done" if hasattr(one, "test") else one.reason for one in ended), ["VERSION_STALE", "done"])

    def refused_by_database(self, statement, *values):
        with self.assertRaises(psycopg2.Error) as caught:
            self.daemon.sql(statement, *values)
        return caught.exception.diag.constraint_name

    def test_the_database_lets_no_result_go_back_without_its_paper(self):
        test = self.world.approved()
        for state in ("in_progress", "superseded"):
            self.assertTrue(self.refused_by_database("update lab.test set state = %s where test_id = %s", state, test.test_id))
        self.assertEqual(self.refused_by_database("update lab.item set state = 'received' where item_code = %s", test.item_code),
                         "ILLEGAL_TRANSITION")
        paper = ("insert into lab.result_reopening select %s, 1, 'JEW', staff_id, now(), 'approved', %s from lab.staff "
                 "where username = %s")
        self.assertEqual(self.refused_by_database(paper, test.test_id, WHY, "reviewer"), "NOT_QUALIFIED")
        self.assertIn("reason", self.refused_by_database(paper, test.test_id, " ", "technician"))
        order = ("insert into lab.retest select %s, lab.new_id(), 'JEW', staff_id, now(), 'approved', %s, '' from lab.staff "
                 "where username = %s")
        self.assertEqual(self.refused_by_database(order, test.test_id, WHY, "technician"), "ROLE_REQUIRED")
        self.assertTrue(self.refused_by_database(order, test.test_id, WHY, "manager"))  # no test comes in its place
        self.retest(test)
        for table in ("retest", "result_reopening"):
            self.assertEqual(self.refused_by_database(f"delete from lab.{table}"), "APPEND_ONLY")

    # ---- start and stop by code
    def test_the_code_on_the_label_starts_and_stops_the_work_on_what_one_holds(self):
        test = self.world.claimed()
        work = self.people["TECHNICIAN"]
        started = work("BenchService.StartWork", item_code=test.item_code).work
        self.assertEqual([(one.test_id, one.worker, one.HasField("stopped_at")) for one in started],
                         [(test.test_id, "technician", False)])
        self.assertEqual(work("BenchService.StartWork", test_id=test.test_id).work, started)  # it runs already
        stopped = work("BenchService.StopWork", item_code=test.item_code).work[0]
        self.assertGreaterEqual(stopped.stopped_at.ToNanoseconds(), stopped.started_at.ToNanoseconds())
        with self.ends_in("FAILED_PRECONDITION", "NOTHING_RUNNING"):
            work("BenchService.StopWork", test_id=test.test_id)
        work("BenchService.StartWork", test_id=test.test_id)
        self.assertEqual([one.HasField("stopped_at") for one in self.history(test).work], [True, False])

    def test_work_starts_on_nothing_that_another_holds_or_that_is_done(self):
        work = self.people["TECHNICIAN"]
        for test in (self.world.received().items[0].tests[0], self.world.submitted()):
            for fields in (dict(item_code=test.item_code), dict(test_id=test.test_id)):
                with self.ends_in("FAILED_PRECONDITION", "NOTHING_TO_START"):
                    work("BenchService.StartWork", **fields)
        for fields in ({}, dict(item_code=self.world.claimed().item_code, test_id=test.test_id)):
            with self.ends_in("INVALID_ARGUMENT"):
                work("BenchService.StartWork", **fields)
        self.assertEqual(self.refused_by_database(
            "insert into lab.work_span (test_id, span_no, laboratory, worker, started_at) select %s, 1, 'JEW', staff_id, now() "
            "from lab.staff where username = 'technician'", test.test_id), "TEST_NOT_OPEN")


if __name__ == "__main__":
    unittest.main()
