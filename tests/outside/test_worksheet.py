# SPDX-License-Identifier: Apache-2.0
"""Worksheets through the daemon: 96 positions with blanks, controls, duplicates and spikes, filled by the plan, entered in
one call, with the charts moved on; what fails holds the batch, and nothing of a held batch goes on."""
import decimal
import unittest

import psycopg2

from tests.outside.case import Refusal, at_once
from tests.outside.world import ring
from tests.outside.worksheets import PLAN, WorksheetCase, kind_of, name_of, outcome_of, size, state_of
from tests.support.daemon import PASSWORD, key


class Worksheets(WorksheetCase):
    # ---- the whole of it
    def test_96_results_with_controls_in_one_call_move_the_charts_and_go_to_review(self):
        self.plan()
        samples = max(n for n in range(96) if size(n) <= 96)
        self.rings(samples + 2)
        sheet = self.create()
        self.assertEqual((len(sheet.positions), sheet.worksheet.positions, sheet.worksheet.samples), (96, 96, samples))
        self.assertEqual([position.position for position in sheet.positions], list(range(1, 97)))
        before = self.points()
        done = self.enter(sheet)
        self.assertEqual(self.points() - before, len(self.places(sheet, "control")))
        self.assertFalse(done.holds)
        for position in done.positions:
            kind = kind_of(position)
            self.assertEqual(outcome_of(position), "none" if kind == "sample" else "accepted", position)
            if kind == "sample":
                # 2260.0 / 3 = 753.33: clear of 750 by more than U = 2.0.
                self.assertEqual((position.test.judgement.mean, name_of(position.test.judgement, "verdict")),
                                 ("753.3", "VERDICT_PASS"))
            elif kind == "duplicate":  # 0.5 / 3 of 753.4166...: 0.0221 %
                self.assertEqual(position.figure, "0.02")
            elif kind == "spike":  # 763.4 - 753.3333 = 10.0667 of 10
                self.assertEqual(position.figure, "100.67")
        submitted = self.submit(done)
        self.assertEqual({state_of(position.test) for position in submitted.positions if position.HasField("test")}, {"submitted"})
        one = submitted.positions[self.places(sheet, "sample")[0] - 1].test
        again = self.technician("BenchService.GetTest", test_id=one.test_id).test
        self.assertEqual((again.judgement.sentence_en, again.instrument, again.temperature_c),
                         (one.judgement.sentence_en, "XRF-01", "23.1"))
        approved = self.people["REVIEWER"]("ReviewService.ApproveTest", test_id=one.test_id, version=again.version).test
        item = self.world.item(approved.item_code)
        self.people["SIGNATORY"]("SheetService.ReleaseSheet", item_code=item.item_code, version=item.version,
                                 password=PASSWORD, meaning="approved for issue")

    def test_a_failed_control_among_96_holds_the_batch_and_nothing_of_it_is_released_until_the_quality_manager_says_why(self):
        self.plan()
        samples = max(n for n in range(96) if size(n) <= 96)
        sheet = self.of_rings(samples)
        self.assertEqual(len(sheet.positions), 96)
        failing = self.places(sheet, "control")[-1]
        done = self.enter(sheet, self.results(sheet, **{f"p{failing}": "761.0"}))
        self.assertEqual(outcome_of(done.positions[failing - 1]), "rejected")
        self.assertIn("1-3s", done.positions[failing - 1].rules)
        self.assertEqual([(hold.batch_no, hold.chart, hold.value) for hold in done.holds],
                         [(sheet.worksheet.worksheet_no, self.chart, "761.0")])
        self.assertTrue(done.worksheet.held)
        for seen in (done, self.read(sheet)):  # results, but no verdict to anybody
            told = [position for position in seen.positions if position.HasField("test")]
            self.assertEqual({(position.held, position.test.judgement.mean, position.test.judgement.verdict,
                               position.test.judgement.sentence_en) for position in told}, {(True, "753.3", 0, "")})
        with self.ends_in("FAILED_PRECONDITION", "BATCH_HELD"):
            self.submit(done)
        for position in self.places(sheet, "sample")[:3]:
            test = done.positions[position - 1].test
            with self.ends_in("FAILED_PRECONDITION", "BATCH_HELD"):
                self.technician("BenchService.SubmitTest", test_id=test.test_id, version=test.version)
        held = self.people["QUALITY"]("QualityService.GetHold", hold_id=done.holds[0].hold_id)
        self.assertEqual({test.test_id for test in held.tests if test.in_batch},
                         {done.positions[position - 1].test.test_id for position in self.places(sheet, "sample")})
        release = dict(hold_id=held.hold.hold_id, version=held.hold.version, reason="the control alone was spilled; see NC")
        with self.ends_in("PERMISSION_DENIED"):
            self.technician("QualityService.ReleaseHold", **release)
        self.people["QUALITY"]("QualityService.ReleaseHold", **release)
        submitted = self.submit(done)
        self.assertEqual({(position.held, state_of(position.test), name_of(position.test.judgement, "verdict"))
                          for position in submitted.positions if position.HasField("test")}, {(False, "submitted", "VERDICT_PASS")})

    def test_results_that_were_approved_before_are_not_released_when_a_later_worksheet_of_the_batch_fails(self):
        self.plan()
        first = self.of_rings(1, batch_no="DIGEST-7")
        done = self.submit(self.enter(first))
        test = next(position.test for position in done.positions if position.HasField("test"))
        self.people["REVIEWER"]("ReviewService.ApproveTest", test_id=test.test_id, version=test.version)
        second = self.of_rings(1, batch_no="DIGEST-7")
        self.assertTrue(self.enter(second, self.results(second, p1="0.6")).holds)
        item = self.world.item(test.item_code)
        with self.ends_in("FAILED_PRECONDITION", "BATCH_HELD"):
            self.people["SIGNATORY"]("SheetService.ReleaseSheet", item_code=item.item_code, version=item.version,
                                     password=PASSWORD, meaning="approved for issue")

    # ---- the plan
    def test_the_plan_places_blanks_first_and_controls_around_every_group(self):
        chart = self.world.frozen().chart
        self.plan(charts=[self.chart, chart], blanks=2, controls_every=3, duplicates_every=4, spikes_every=5)
        sheet = self.of_rings(7)
        letters = {"blank": "B", "control": "C", "sample": "s", "duplicate": "D", "spike": "P"}
        self.assertEqual("".join(letters[kind_of(position)] for position in sheet.positions),
                         "BB" "CC" "sDP" "s" "s" "CC" "s" "sD" "sP" "CC" "s" "CC")
        self.assertEqual([position.chart for position in sheet.positions if position.chart], sorted([self.chart, chart]) * 4)
        for position in sheet.positions:
            if position.of_position:
                self.assertEqual(kind_of(sheet.positions[position.of_position - 1]), "sample")
                self.assertIn(position.of_position, (position.position - 1, position.position - 2))
            self.assertEqual(position.added, "10" if kind_of(position) == "spike" else "")
        self.assertEqual(size(7, dict(PLAN, blanks=2, controls_every=3, duplicates_every=4, spikes_every=5), charts=2),
                         len(sheet.positions))

    def test_tests_that_wait_come_soonest_due_first_and_are_the_callers_then(self):
        self.plan()
        self.create_all_waiting()
        tests = sorted(self.rings(4))  # all due at once
        sheet = self.create(samples=3)
        taken = [position.test for position in sheet.positions if position.HasField("test")]
        self.assertEqual([test.test_id for test in taken], tests[:3])
        self.assertEqual({(test.assigned_to, state_of(test)) for test in taken}, {("technician", "assigned")})
        self.assertEqual([p.test.test_id for p in self.create().positions if p.HasField("test")], tests[3:])
        with self.ends_in("FAILED_PRECONDITION", "NOTHING_WAITING"):
            self.create()

    def create_all_waiting(self):
        """Until nothing waits."""
        try:
            while True:
                self.create()
        except Exception as error:  # noqa: BLE001 - only this one is meant
            self.assertIn("waits", str(error))

    def test_a_new_plan_leaves_worksheets_with_the_one_they_were_made_by(self):
        old = self.plan()
        sheet = self.of_rings(1)
        new = self.plan(blank_limit="0.05")
        self.assertEqual(new.plan_no, old.plan_no + 1)
        self.assertEqual(self.read(sheet).worksheet.plan.plan_no, old.plan_no)
        done = self.enter(sheet, self.results(sheet, p1="0.4"))
        self.assertEqual(outcome_of(done.positions[0]), "accepted")
        listed = self.people["AUDITOR"]("WorksheetService.ListControlPlans", laboratory="JEW").plans
        self.assertEqual([(plan.method_id, plan.plan_no, plan.blank_limit) for plan in listed], [("M_XRF", new.plan_no, "0.05")])

    def test_a_plan_that_asks_for_what_it_does_not_say_is_refused(self):
        for changes, field in ((dict(blank_limit=""), "blank_limit"), (dict(spike_added="0"), "spike_added"),
                               (dict(spike_high_percent="80"), "spike_high_percent"), (dict(duplicate_percent=""), "duplicate_percent"),
                               (dict(charts=[]), "charts"), (dict(charts=["NO-SUCH"]), "charts"),
                               (dict(parameter_id="NI"), "parameter_id")):
            with self.ends_in("INVALID_ARGUMENT", text=field) as refusal:
                self.plan(**changes)
            self.assertIn(field, refusal[0].fields)

    def test_more_tests_than_fit_are_refused_with_how_many_do(self):
        self.plan(controls_every=0, duplicates_every=1, spikes_every=1)
        with self.ends_in("INVALID_ARGUMENT") as refusal:
            self.of_rings(32)  # 3 n + 1 blank + 2 controls
        self.assertIn("31 samples", refusal[0].text)
        self.assertEqual(len(self.of_rings(31).positions), 96)

    # ---- checks
    def outcomes(self, **changes):
        sheet = self.of_rings(1)
        done = self.enter(sheet, self.results(sheet, **changes))
        return {kind_of(position): position for position in done.positions}, done

    # One sample: blank 1, control 2, sample 3, duplicate 4, spike 5, control 6.
    THREE = [dict(value="100")] * 3

    def test_a_blank_stays_below_its_limit(self):
        self.plan()
        for value, qualifier, wanted in (("0.49", 0, "accepted"), ("0.5", 0, "rejected"), ("-0.2", 0, "accepted"),
                                         ("0.5", "QUALIFIER_NOT_DETECTED", "accepted"), ("0.5", "QUALIFIER_LESS_THAN", "accepted"),
                                         ("0.6", "QUALIFIER_LESS_THAN", "rejected"), ("0.1", "QUALIFIER_GREATER_THAN", "rejected")):
            with self.subTest(value=value, qualifier=qualifier):
                found, done = self.outcomes(p1=dict(readings=[dict(value=value, qualifier=qualifier)]))
                self.assertEqual(outcome_of(found["blank"]), wanted)
                self.assertEqual([(hold.position, list(hold.rules), hold.value) for hold in done.holds],
                                 [(1, ["blank"], value)] if wanted == "rejected" else [])

    def test_duplicates_agree_within_their_percentage_and_the_figure_never_contradicts(self):
        self.plan()
        # 0.5 % of the mean of 100 and b: b = 100.5012531... is the edge (200 + p) / (200 - p) * 100 with p = 0.5.
        edge = decimal.Decimal(200.5) / decimal.Decimal("1.995")
        for value, wanted in ((str(edge)[:12], "accepted"), (str(edge + decimal.Decimal("1e-9"))[:13], "rejected"), ("100", "accepted"),
                              ("99.6", "accepted"), ("99.4", "rejected")):
            with self.subTest(value=value):
                found, _ = self.outcomes(p3=dict(readings=self.THREE), p4=value, p5="110")
                self.assertEqual(outcome_of(found["duplicate"]), wanted)
                b = decimal.Decimal(value)
                exact = abs(b - 100) / ((b + 100) / 2) * 100
                self.assertLessEqual(abs(decimal.Decimal(found["duplicate"].figure) - exact), decimal.Decimal("0.005"))
                self.assertEqual(decimal.Decimal(found["duplicate"].figure) <= decimal.Decimal("0.5"), wanted == "accepted")

    def test_a_recovery_lies_in_its_window_with_both_ends(self):
        self.plan()
        for value, wanted, figure in (("108", "accepted", "80.00"), ("112", "accepted", "120.00"), ("107.9", "rejected", "79.00"),
                                      ("107.99999", "rejected", "79.9999"), ("112.0001", "rejected", "120.001"), ("110.1", "accepted", "101.00")):
            with self.subTest(value=value):
                found, done = self.outcomes(p3=dict(readings=self.THREE), p4="100", p5=value)
                self.assertEqual(outcome_of(found["spike"]), wanted)
                self.assertEqual(decimal.Decimal(found["spike"].figure), decimal.Decimal(figure))
                self.assertEqual([list(hold.rules) for hold in done.holds], [["spike"]] if wanted == "rejected" else [])

    def test_a_sample_that_was_not_detected_counts_as_0_in_its_recovery_and_agrees_with_another(self):
        self.plan()
        unseen = [dict(value="2", qualifier="QUALIFIER_NOT_DETECTED")]
        found, done = self.outcomes(p3=dict(readings=unseen * 3), p4=dict(readings=unseen), p5="9.5")
        self.assertEqual((outcome_of(found["duplicate"]), found["duplicate"].figure), ("accepted", ""))
        self.assertEqual((outcome_of(found["spike"]), found["spike"].figure), ("accepted", "95.00"))
        self.assertFalse(done.holds)

    def test_what_lies_beyond_its_range_agrees_with_nothing_and_is_no_recovery(self):
        self.plan()
        beyond = [dict(value="100", qualifier="QUALIFIER_GREATER_THAN")]
        for sample, duplicate, spike in ((beyond, [dict(value="5000", qualifier="QUALIFIER_GREATER_THAN")], "110"),
                                         (beyond, beyond, "110"), (beyond, [dict(value="100")], "110")):
            with self.subTest(duplicate=duplicate):
                found, done = self.outcomes(p3=dict(readings=sample * 3), p4=dict(readings=duplicate), p5=spike)
                self.assertEqual([(outcome_of(found[kind]), found[kind].figure) for kind in ("duplicate", "spike")],
                                 [("rejected", "")] * 2)
                self.assertEqual(sorted(list(hold.rules) for hold in done.holds), [["duplicate"], ["spike"]])
        found, done = self.outcomes(p3=dict(readings=self.THREE), p4=dict(readings=beyond),
                                    p5=dict(readings=[dict(value="110", qualifier="QUALIFIER_GREATER_THAN")]))
        self.assertEqual([outcome_of(found[kind]) for kind in ("duplicate", "spike")], ["rejected"] * 2)

    def test_two_that_are_each_others_opposite_have_no_mean_and_are_rejected_without_a_figure(self):
        self.plan()
        unseen = [dict(value="2", qualifier="QUALIFIER_NOT_DETECTED")]
        for sample, duplicate, wanted in ((unseen, "-2", ("rejected", "")), ([dict(value="0")], "0", ("accepted", "0.00"))):
            with self.subTest(duplicate=duplicate):
                found, _ = self.outcomes(p3=dict(readings=sample * 3), p4=duplicate, p5="10")
                self.assertEqual((outcome_of(found["duplicate"]), found["duplicate"].figure), wanted)

    def test_a_test_that_two_persons_read_apart_stands_on_no_worksheet(self):
        self.world.qualified("M_GEM")
        self.plan(method_id="M_GEM", parameter_id="GEMID", charts=[], controls_every=0)
        item = self.world.received(items=[ring(tests=[dict(method_id="M_GEM", parameter_id="GEMID")])]).items[0]
        with self.ends_in("FAILED_PRECONDITION", "READ_APART"):
            self.create(method_id="M_GEM", parameter_id="GEMID", test_ids=[item.tests[0].test_id])
        sheet = '{"laboratory": "JEW", "method_id": "M_GEM", "parameter_id": "GEMID"}'
        with self.assertRaises(psycopg2.Error) as caught:
            self.daemon.sql("select lab.guard_worksheet_sample(jsonb_populate_record(null::lab.worksheet, %s), %s)",
                            sheet, item.tests[0].test_id)
        self.assertEqual(caught.exception.diag.constraint_name, "READ_APART")

    def test_two_controls_of_one_worksheet_are_judged_one_after_the_other(self):
        self.plan()
        chart = self.world.frozen().chart
        self.plan(charts=[chart])
        sigma = decimal.Decimal(self.people["QUALITY"]("QualityService.GetChart", laboratory="JEW", chart=chart).chart.limits.sigma)
        centre = decimal.Decimal(self.people["QUALITY"]("QualityService.GetChart", laboratory="JEW", chart=chart).chart.limits.centre)
        high = str((centre + sigma * decimal.Decimal("2.5")).quantize(decimal.Decimal("0.0001")))
        sheet = self.of_rings(1)
        done = self.enter(sheet, self.results(sheet, p2=high, p6=high))
        first, second = [position for position in done.positions if kind_of(position) == "control"]
        self.assertEqual((list(first.rules), outcome_of(first)), (["1-2s"], "accepted"))
        self.assertEqual((sorted(second.rules), outcome_of(second)), (["1-2s", "2-2s"], "rejected"))
        self.assertEqual((first.point, second.point), (21, 22))
        points = self.people["QUALITY"]("QualityService.GetChart", laboratory="JEW", chart=chart, newest=2).points
        self.assertEqual([(point.value, point.batch_no, [alarm.rule for alarm in point.alarms]) for point in points],
                         [(high, sheet.worksheet.batch_no, ["1-2s"]), (high, sheet.worksheet.batch_no, ["1-2s", "2-2s"])])

    def test_a_skipped_sample_stays_with_its_technician_and_takes_its_duplicate_and_spike_along(self):
        self.plan()
        sheet = self.of_rings(2)
        nothing = dict(readings=[], expanded_uncertainty="")
        done = self.enter(sheet, self.results(sheet, p3=dict(nothing, skipped="the vial broke"), p4=nothing, p5=nothing))
        self.assertEqual([outcome_of(done.positions[at]) for at in (2, 3, 4)], ["skipped"] * 3)
        self.assertEqual((done.positions[2].reason, state_of(done.positions[2].test)), ("the vial broke", "assigned"))
        submitted = self.submit(done)
        self.assertEqual([state_of(position.test) for position in submitted.positions if position.HasField("test")],
                         ["assigned", "submitted"])

    # ---- what is wrong is named by its position, and nothing of it stays
    def test_a_wrong_position_is_named_and_nothing_is_written(self):
        self.plan()
        sheet, points = self.of_rings(2), self.points()
        bad = [
            (self.results(sheet)[:-1], "results", f"position {len(sheet.positions)} is missing"),
            (self.results(sheet) + [self.result(sheet.positions[2])], f"results[{len(sheet.positions)}].position", "position 3 is there twice"),
            (self.results(sheet) + [dict(position=90, readings=[dict(value="1")])], f"results[{len(sheet.positions)}].position", "not 90"),
            (self.results(sheet, p3=dict(readings=[])), "results[2].readings", "position 3"),
            (self.results(sheet, p3=dict(readings=[dict(value="1000.1")] * 3)), "results[2].readings[0].value", "osition 3"),
            (self.results(sheet, p3=dict(readings=[], inputs='{"points": "x"}')), "results[2].inputs", "osition 3"),
            (self.results(sheet, p2=dict(readings=[dict(value="750", qualifier="QUALIFIER_LESS_THAN")])), "results[1].readings", "position 2"),
            (self.results(sheet, p2=dict(readings=[], skipped="no time")), "results[1].skipped", "position 2"),
            (self.results(sheet, p4=dict(readings=[])), "results[3].readings", "position 4"),
        ]
        for results, field, words in bad:
            with self.subTest(words):
                with self.ends_in("INVALID_ARGUMENT", text=words) as refusal:
                    self.enter(sheet, results)
                self.assertIn(field, refusal[0].fields, refusal[0].text)
                self.assertIn(words, refusal[0].text + str(refusal[0].fields))
        with self.ends_in("INVALID_ARGUMENT") as refusal:
            self.enter(sheet, self.results(sheet, p3=dict(readings=[]), p6=dict(readings=[])))
        self.assertEqual((sorted(refusal[0].fields), refusal[0].metadata["position"]), (["results[2].readings", "results[5].readings"], "3"))
        with self.ends_in("INVALID_ARGUMENT"):
            self.enter(sheet, humidity_percent="101")
        now = self.read(sheet)
        self.assertEqual((name_of(now.worksheet, "state"), now.worksheet.version, self.points()),
                         ("WORKSHEET_STATE_OPEN", sheet.worksheet.version, points))
        self.assertFalse(any(position.test.readings or position.outcome for position in now.positions))
        self.enter(sheet)

    def test_a_test_of_another_technician_is_named_by_its_position(self):
        self.plan()
        sheet = self.of_rings(2)
        test = sheet.positions[5].test
        self.people["MANAGER"]("BenchService.AssignTest", test_id=test.test_id, version=test.version, technician="technician2",
                               reason="she has the time")
        with self.ends_in("PERMISSION_DENIED", "TEST_NOT_YOURS") as refusal:
            self.enter(sheet)
        self.assertEqual((refusal[0].metadata["position"], refusal[0].metadata["assigned_to"]), ("6", "technician2"))

    # ---- twice, and two at once
    def test_the_same_key_gives_the_same_answer_and_enters_once(self):
        self.plan()
        sheet, request_id, points = self.of_rings(3), key(), self.points()
        first = self.enter(sheet, request_id=request_id)
        moved = self.points()
        self.assertEqual(self.enter(sheet, request_id=request_id), first)
        self.assertEqual((self.points(), moved - points), (moved, len(self.places(sheet, "control"))))
        with self.ends_in("INVALID_ARGUMENT", "REQUEST_ID_REUSED"):
            self.enter(sheet, self.results(sheet, p1="0.2"), request_id=request_id)
        request_id = key()
        self.assertEqual(self.submit(first, request_id=request_id), self.submit(first, request_id=request_id))

    def test_of_two_who_enter_one_worksheet_at_once_one_is_told_that_it_moved(self):
        self.plan()
        sheet, points = self.of_rings(5), self.points()
        ended = at_once([lambda: self.enter(sheet), lambda: self.enter(sheet, self.results(sheet, p1="0.2")), lambda: self.enter(sheet)])
        told = [one for one in ended if isinstance(one, Refusal)]
        self.assertEqual(len(told), 2, ended)
        for one in told:
            self.assertEqual((one.code.name, one.reason), ("ABORTED", "VERSION_STALE"), one.text)
            self.assertEqual((one.metadata["state"], one.metadata["entered_by"]), ("entered", "technician"))
        self.assertEqual(self.points() - points, len(self.places(sheet, "control")))
        entered = self.read(sheet)
        ended = at_once([lambda: self.submit(entered) for _ in range(3)])
        self.assertEqual(sum(isinstance(one, Refusal) for one in ended), 2)

    def test_somebody_else_does_not_submit_what_another_measured(self):
        self.plan()
        done = self.enter(self.of_rings(1))
        with self.ends_in("PERMISSION_DENIED", "TEST_NOT_YOURS") as refusal:
            self.submit(done, who=self.second)
        self.assertEqual(refusal[0].metadata["position"], "3")

    def test_two_who_fill_worksheets_at_once_never_share_a_test(self):
        self.plan()
        self.create_all_waiting()
        self.rings(24)
        ended = at_once([lambda who=who: self.create(who, samples=6) for who in (self.technician, self.second, self.technician, self.second)])
        tests = [position.test.test_id for sheet in ended for position in sheet.positions if position.HasField("test")]
        self.assertEqual((len(tests), len(set(tests))), (24, 24))
        self.assertEqual(len({sheet.worksheet.worksheet_no for sheet in ended}), 4)

    def test_controls_entered_beside_a_worksheet_end_in_points_one_after_the_other_or_are_refused(self):
        self.plan()
        sheets = [self.of_rings(2) for _ in range(3)]
        before = self.points()
        ended = at_once([lambda sheet=sheet: self.enter(sheet) for sheet in sheets] +
                        [lambda: self.world.control(self.chart, "750.2") for _ in range(3)])
        refused = [one for one in ended if isinstance(one, Refusal)]
        self.assertLessEqual({one.reason for one in refused}, {"CONTROL_STALE"})
        gained = sum(2 if hasattr(one, "worksheet") else 1 for one in ended if not isinstance(one, Refusal))
        self.assertEqual(self.points() - before, gained)

    # ---- its life
    def test_a_test_stands_on_one_open_worksheet_and_waits_again_when_that_is_cancelled(self):
        self.plan()
        tests = self.rings(2)
        sheet = self.create(test_ids=tests)
        with self.ends_in("FAILED_PRECONDITION", "TEST_ON_WORKSHEET"):
            self.create(test_ids=tests[1:])
        gone = self.technician("WorksheetService.CancelWorksheet", worksheet_no=sheet.worksheet.worksheet_no,
                               version=sheet.worksheet.version, reason="wrong instrument").worksheet
        self.assertEqual((name_of(gone, "state"), gone.cancel_reason), ("WORKSHEET_STATE_CANCELLED", "wrong instrument"))
        with self.ends_in("ABORTED", "VERSION_STALE"):
            self.enter(sheet)
        with self.ends_in("FAILED_PRECONDITION", "WORKSHEET_NOT_OPEN"):
            self.enter(self.read(sheet), self.results(sheet))
        self.assertEqual([p.test.test_id for p in self.create(test_ids=tests).positions if p.HasField("test")], tests)

    def test_what_was_held_is_measured_again_on_a_new_worksheet_with_a_reason_in_the_history(self):
        self.plan()
        sheet = self.of_rings(1)
        held = self.enter(sheet, self.results(sheet, p5="780"))
        test = held.positions[2].test
        again = self.enter(self.create(test_ids=[test.test_id]))
        with self.ends_in("FAILED_PRECONDITION", "BATCH_HELD"):  # of the first worksheet
            self.submit(again)
        hold = held.holds[0]
        self.assertEqual((hold.worksheet_no, hold.position, hold.chart), (sheet.worksheet.worksheet_no, 5, ""))
        self.people["QUALITY"]("QualityService.ReleaseHold", hold_id=hold.hold_id, version=hold.version,
                               reason=f"measured again on {again.worksheet.worksheet_no}")
        self.submit(again)
        told = self.people["AUDITOR"]("AuditService.ListHistory", laboratory="JEW", object_type="test", object_id=test.test_id).entries
        self.assertIn(f"measured on worksheet {again.worksheet.worksheet_no}", [one.reason for one in told])

    def test_worksheets_are_listed_newest_first_by_state(self):
        self.plan()
        made = [self.of_rings(1).worksheet.worksheet_no for _ in range(3)]
        first = self.people["AUDITOR"]("WorksheetService.ListWorksheets", laboratory="JEW", state="WORKSHEET_STATE_OPEN", page=dict(page_size=2))
        self.assertEqual([sheet.worksheet_no for sheet in first.worksheets], made[:0:-1])
        rest = self.people["AUDITOR"]("WorksheetService.ListWorksheets", laboratory="JEW", state="WORKSHEET_STATE_OPEN",
                                      page=dict(page_size=2, page_token=first.next_page_token))
        self.assertEqual(rest.worksheets[0].worksheet_no, made[0])

    def test_a_result_that_is_corrected_must_still_agree_with_the_duplicate_and_the_spike_that_were_accepted(self):
        self.plan()
        done = self.enter(self.of_rings(1))
        test = done.positions[2].test

        def corrected(value):
            version = self.technician("BenchService.GetTest", test_id=test.test_id).test.version
            entered = self.technician("BenchService.EnterResult", test_id=test.test_id, version=version, instrument="XRF-01", readings=[dict(value=value)] * 3, expanded_uncertainty="2.0",
                                      reason="a digit was read wrongly").test
            return self.technician("BenchService.SubmitTest", test_id=test.test_id, version=entered.version).test
        # Beside 753.5 within 0.5 % and 763.4 with 80 to 120 % of 10 recovered.
        for value, check in (("757.4", "duplicate at position 4"), ("751.3", "spike at position 5")):
            with self.subTest(value), self.ends_in("FAILED_PRECONDITION", "CHECK_CONTRADICTED") as refusal:
                corrected(value)
            self.assertIn(f"{check} of {done.worksheet.worksheet_no}", refusal[0].text)
        self.assertEqual(state_of(corrected("752.9")), "submitted")

    def test_what_is_measured_again_on_a_new_worksheet_is_held_against_its_duplicate_there(self):
        self.plan()
        test = self.enter(self.of_rings(1)).positions[2].test
        again = self.create(test_ids=[test.test_id])
        done = self.enter(again, self.results(again, p3=dict(readings=[dict(value="760.0")] * 3), p4="760.1", p5="770.0"))
        self.assertFalse(done.holds)
        test = done.positions[2].test
        self.assertEqual(state_of(self.technician("BenchService.SubmitTest", test_id=test.test_id, version=test.version).test),
                         "submitted")


if __name__ == "__main__":
    unittest.main()
