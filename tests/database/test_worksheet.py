# SPDX-License-Identifier: Apache-2.0
"""Worksheets in the database: it takes nobody's word for a check, a worksheet is entered once and whole, what is rejected
holds the batch, and positions and results never change."""
import unittest

from tests.database.case import DatabaseCase

INSERT_RESULT = ("insert into lab.worksheet_result (worksheet_no, position, laboratory, value, outcome) "
                 "values (%s, %s, 'JEW', %s, %s)")


class Worksheets(DatabaseCase):
    def number(self, sheet):
        return sheet["worksheet"]["worksheet_no"]

    def state(self, sheet):
        return self.one("select state from lab.worksheet where worksheet_no = %s", self.number(sheet))

    def test_a_worksheet_has_its_number_its_batch_and_its_positions(self):
        sheet = self.worksheet(instrument="XRF-01")
        self.assertRegex(self.number(sheet), r"^WS-JEW-\d{4}-\d{5}$")
        self.assertEqual(sheet["worksheet"]["batch_no"], self.number(sheet))
        self.assertEqual([(one["position"], one["kind"], one.get("of_position")) for one in sheet["positions"]],
                         [(1, "blank", None), (2, "sample", None), (3, "duplicate", 2), (4, "spike", 2)])
        self.assertEqual(self.sql("select batch_no from lab.batch_test where test_id = %s", sheet["positions"][1]["test"]["test_id"]),
                         [(self.number(sheet),)])

    def test_an_outcome_that_the_numbers_do_not_say_is_refused_whole(self):
        for changes in (dict(p1=dict(value="0.5")), dict(p1=dict(value="0.1", outcome="rejected")),
                        dict(p1=dict(value="0.51", qualifier="less_than")), dict(p1=dict(value="0.1", qualifier="greater_than")),
                        dict(p1=dict(outcome="skipped")), dict(p1=dict(outcome="none")),
                        dict(p3=dict(value="830.0")), dict(p3=dict(value="751", outcome="rejected")), dict(p3=dict(outcome="skipped")),
                        dict(p4=dict(value="758.8")), dict(p4=dict(value="762.91")), dict(p4=dict(value="758.9", outcome="rejected")),
                        dict(p4=dict(value="760", qualifier="not_detected"))):
            with self.subTest(changes):
                sheet = self.worksheet()
                with self.refused("CHECK_REFUSED", status=9):
                    self.enter_worksheet(sheet, positions=self.found(**changes))
                self.assertEqual((self.state(sheet), self.one("select count(*) from lab.worksheet_result where worksheet_no = %s",
                                                              self.number(sheet))), ("open", 0))

    def test_the_edges_of_every_check_are_told_as_they_are(self):
        # 80 % of 10 above 750.9 is 758.9; 120 % is 762.9; 10 % of the mean of 750.9 and b is b = 750.9 * 2.1 / 1.9 at the edge.
        for changes in (dict(p4=dict(value="758.9")), dict(p4=dict(value="762.9")), dict(p1=dict(value="0.499999")),
                        dict(p1=dict(value="0.5", qualifier="not_detected")), dict(p3=dict(value="829.942105263157894736842105263157"))):
            with self.subTest(changes):
                done = self.worksheet_entered(positions=self.found(**changes))
                self.assertFalse(done.get("holds"))
        for changes, position in ((dict(p3=dict(value="829.942105263157894736842105263158", outcome="rejected")), 3),
                                  (dict(p4=dict(value="758.8999999", outcome="rejected")), 4), (dict(p1=dict(value="0.5", outcome="rejected")), 1)):
            with self.subTest(changes):
                done = self.worksheet_entered(positions=self.found(**changes))
                self.assertEqual([(one["position"], one["worksheet_no"]) for one in done["holds"]], [(position, self.number(done))])

    def test_a_rejected_check_holds_every_test_of_the_batch(self):
        done = self.worksheet_entered(positions=self.found(p1=dict(value="0.7", outcome="rejected")))
        test = done["positions"][1]["test"]
        with self.refused("BATCH_HELD", status=9) as refused:
            self.submit(test, verdict="not_judged")
        self.assertEqual({key: refused.exception.metadata[key] for key in ("batch_no", "worksheet_no", "position")},
                         dict(batch_no=self.number(done), worksheet_no=self.number(done), position="1"))
        hold = done["holds"][0]
        seen = self.read("quality_get_hold", "quality", hold_id=hold["hold_id"])
        self.assertEqual([(one["test_id"], one["in_batch"]) for one in seen["tests"]], [(test["test_id"], True)])
        self.assertEqual((hold["rules"], hold["value"]), (["blank"], "0.7"))
        self.write("quality_release_hold", "quality", hold_id=hold["hold_id"], version=hold["version"], reason="the water was changed")

    def test_a_worksheet_is_entered_whole_and_once(self):
        sheet = self.worksheet()
        results = [dict(position=2, readings=[dict(value="750.9")] * 3)]
        with self.refused("WORKSHEET_INCOMPLETE"):
            self.enter_worksheet(sheet, positions=self.found()[1:2], results=results)
        done = self.enter_worksheet(sheet)
        with self.refused("VERSION_STALE", status=10):
            self.enter_worksheet(sheet)
        with self.refused("WORKSHEET_NOT_OPEN", status=9):
            self.enter_worksheet(done)
        with self.sql_refused("APPEND_ONLY"):
            self.sql(INSERT_RESULT, self.number(done), 1, "0.1", "accepted")

    def test_positions_are_what_the_head_says_and_never_more(self):
        sheet = self.worksheet()
        for position, kind in ((5, "blank"), (97, "blank")):
            with self.sql_refused():
                self.sql("insert into lab.worksheet_position (worksheet_no, position, laboratory, kind) values (%s, %s, 'JEW', %s)",
                         self.number(sheet), position, kind)
        for change in ("positions = 5", "state = 'submitted'", "batch_no = 'OTHER'", "state = 'entered', entered_by = analyst, entered_at = now()"):
            with self.subTest(change), self.sql_refused():
                self.sql(f"update lab.worksheet set {change} where worksheet_no = %s", self.number(sheet))

    def test_what_was_rejected_cannot_be_entered_without_its_hold(self):
        sheet = self.worksheet()
        with self.sql_refused("WORKSHEET_NOT_HELD"):
            self.sql("begin; " + "; ".join(
                f"insert into lab.worksheet_result (worksheet_no, position, laboratory, entry_no, value, outcome, reason) values "
                f"('{self.number(sheet)}', {position}, 'JEW', null, '{value}', '{outcome}', '{reason}')"
                for position, value, outcome, reason in ((2, "", "skipped", "broke"), (1, "0.9", "rejected", ""), (3, "", "skipped", "broke"),
                                                         (4, "", "skipped", "broke"))) +
                f"; update lab.worksheet set state = 'entered', entered_by = analyst, entered_at = now() where worksheet_no = '{self.number(sheet)}'")

    def test_a_hold_without_a_rejected_check_is_refused(self):
        done = self.worksheet_entered()
        with self.sql_refused("HOLD_WITHOUT_ALARM"):
            self.sql("insert into lab.batch_hold (laboratory, batch_no, worksheet_no, position, held_at) values ('JEW', %s, %s, 1, now())",
                     self.number(done), self.number(done))

    def test_a_control_of_an_older_chart_is_refused_and_nothing_stays(self):
        self.frozen_chart("WS-OLD")
        version = self.chart_now("WS-OLD")["version"]
        sheet = self.worksheet(plan=dict(blanks=0, duplicates_every=0, spikes_every=0, charts=["WS-OLD"]))
        self.assertEqual([one["kind"] for one in sheet["positions"]], ["control", "sample", "control"])
        found = [dict(position=1, value="750.2", outcome="accepted"), dict(position=2, value="750.9", outcome="none"),
                 dict(position=3, value="750.2", outcome="accepted")]
        self.control("WS-OLD")
        with self.refused("CONTROL_STALE", status=10):
            self.enter_worksheet(sheet, positions=found, charts=[dict(chart="WS-OLD", chart_version=version)])
        self.assertEqual(self.state(sheet), "open")
        for changes in (dict(outcome="rejected"), dict(alarms=[dict(rule="1-3s", rejects=True)])):
            with self.subTest(changes), self.refused("CHECK_REFUSED"):
                self.enter_worksheet(sheet, positions=[dict(found[0], **changes)] + found[1:],
                                     charts=[dict(chart="WS-OLD", chart_version=version + 1)])
        done = self.enter_worksheet(sheet, positions=found, charts=[dict(chart="WS-OLD", chart_version=version + 1)])
        self.assertEqual([one.get("point") for one in done["positions"]], [22, None, 23])

    def test_only_who_is_qualified_makes_one_and_only_with_a_plan(self):
        self.control_plan()
        test = self.received_test()
        fields = dict(laboratory="JEW", method_id="M_XRF", parameter_id="AU", test_ids=[test["test_id"]])
        with self.refused("NOT_QUALIFIED", status=7):
            self.write("worksheet_create_worksheet", "novice", **fields)
        with self.refused("NO_CONTROL_PLAN", "method_id", 9):
            self.write("worksheet_create_worksheet", "tech", **dict(fields, method_id="M_CUP"))
        with self.refused("FIELD_INVALID", "test_ids[0]"):
            self.write("worksheet_create_worksheet", "tech", **dict(fields, test_ids=[test["test_id"]] * 2))
        other = self.received_test(tests=(("M_CUP", "AU"),))
        with self.refused("FIELD_INVALID", "test_ids[1]"):
            self.write("worksheet_create_worksheet", "tech", **dict(fields, test_ids=[test["test_id"], other["test_id"]]))
        with self.refused("TEST_NOT_YOURS", status=7):
            self.write("worksheet_create_worksheet", "tech", **dict(fields, test_ids=[self.claimed("tech2")["test_id"]]))

    def test_a_judgement_that_is_wrong_is_named_by_its_position_and_submits_none(self):
        done = self.worksheet_entered()
        test = done["positions"][1]["test"]
        submit = dict(worksheet_no=self.number(done), version=done["worksheet"]["version"])
        for changes, reason in ((dict(verdict="fail"), "JUDGEMENT_REFUSED"), (dict(catalogue_revision=0), "JUDGEMENT_STALE")):
            with self.refused(reason) as refused:
                self.write("worksheet_submit_worksheet", "tech", daemon=dict(judgements=[dict(
                    position=2, test_id=test["test_id"], test_version=test["version"],
                    judgement=self.judgement(test, expanded_uncertainty="", range="0.0", **changes))]), **submit)
            self.assertEqual(refused.exception.metadata["position"], "2")
        self.assertEqual(self.one("select state from lab.test where test_id = %s", test["test_id"]), "in_progress")


if __name__ == "__main__":
    unittest.main()
