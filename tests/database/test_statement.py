# SPDX-License-Identifier: Apache-2.0
"""The part of a record that is signed: figures, limits and verdicts as docs/evidence.md names them, and that a record which prints
one thing and signs another is refused."""
import datetime
import json
import unittest

from tests.database.case import DatabaseCase


class Parts(DatabaseCase):
    def row(self, sql, *values):
        return self.sql(sql, *values)[0]

    def figure(self, mean, is_plan=False, determinations=()):
        return self.row("select qual, value from lab.statement_figure(%s, %s, %s)", mean, is_plan, json.dumps(list(determinations)))

    def test_a_figure_keeps_its_digits(self):
        self.assertEqual(self.figure("0.060"), ("0", "0.060"))

    def test_bounds_and_what_is_not_detected_carry_their_number(self):
        self.assertEqual(self.figure("< 0.10"), ("1", "0.10"))
        self.assertEqual(self.figure("> 300"), ("2", "300"))
        self.assertEqual(self.figure("ND < 0.005"), ("3", "0.005"))

    def test_grades_identifications_and_marks_of_rounding_stay_text(self):
        for text in ("3-4", "翡翠 Jadeite", "15.5(-)", "ND"):
            self.assertEqual(self.figure(text), ("4", text))
        self.assertEqual(self.figure(""), ("4", "—"))

    def test_units_that_are_all_counts_are_a_list(self):
        self.assertEqual(self.figure("25000; 59000; 13000", True), ("5", ["25000", "59000", "13000"]))
        self.assertEqual(self.figure("ND; ND; ND; ND; ND", True), ("5", ["0"] * 5))
        self.assertEqual(self.figure("10; 20; 30; 40; 50; 60; …", True, ["10", "20", "30", "40", "50", "60", "70"]),
                         ("5", ["10", "20", "30", "40", "50", "60", "70"]))

    def test_a_bound_among_units_keeps_them_a_text(self):
        self.assertEqual(self.figure("< 10; 20", True), ("4", "< 10; 20"))

    def test_every_operator_has_its_number(self):
        for operator, low, high, limop, limit in (
                ("le", "", "0.08", "1", "0.08"), ("ge", "750", "", "2", "750"), ("between", "4.0", "8.5", "3", ["4.0", "8.5"]),
                ("lt", "", "5", "4", "5"), ("gt", "5", "", "5", "5"), ("abs_le", "", "1.5", "6", "1.5"),
                ("grade_ge", "3-4", "", "7", "3-4"), ("eq", "无", "", "8", "无"), ("not_permitted", "", "", "9", None),
                ("not_detected", "", "", "10", None)):
            with self.subTest(operator):
                rule = json.dumps(dict(operator=operator, limit_low=low, limit_high=high))
                found = self.row('select limop, "limit" from lab.statement_limit(%s)', rule)
                self.assertEqual(found, (limop, limit))
                told = self.row("select lab.statement_limit_text(jsonb_build_object('limop', %s, 'limit', %s::jsonb)), "
                                "lab.requirement_text(%s, %s, %s)", limop, json.dumps(limit), operator, low, high)
                self.assertEqual(*told)

    def test_a_plan_is_n_c_m_and_big_m_or_none(self):
        plan = dict(n="5", c="2", m="50000", M="100000")
        self.assertEqual(self.row('select limop, "limit" from lab.statement_limit(%s)', json.dumps(plan)),
                         ("11", ["5", "2", "50000", "100000"]))
        self.assertEqual(self.row('select "limit" from lab.statement_limit(%s)', json.dumps(dict(plan, M=""))),
                         (["5", "2", "50000", None],))
        self.assertEqual(self.row("select lab.statement_limit_text(%s)", json.dumps(dict(limop="11", limit=["5", "0", "0", None]))),
                         ("n = 5, c = 0, m = 0",))

    def test_a_screening_that_decided_nothing_gives_way_to_the_reference_method(self):
        def left(*results):
            told = [dict(zip(("parameter_zh", "method_role", "verdict"), one)) for one in results]
            return [one["verdict"] for one in self.one("select lab.results_concluding(%s)", json.dumps(told)) or []]
        screened, silver = ("金", "screening", "to_be_confirmed"), ("银", "reference", "pass")
        for verdict in ("pass", "fail"):
            self.assertEqual(left(screened, ("金", "reference", verdict)), [verdict])
        self.assertEqual(left(screened), ["to_be_confirmed"])
        self.assertEqual(left(screened, silver), ["to_be_confirmed", "pass"])
        self.assertEqual(left(screened, ("金", "reference", "not_judged")), ["to_be_confirmed", "not_judged"])

    def test_the_whole_is_the_gravest_and_says_what_was_left_open(self):
        for verdicts, overall in (("11", "1"), ("12", "2"), ("14", "2"), ("0", "3"), ("06", "3"), ("16", "4"), ("5", "4"), ("10", "1")):
            with self.subTest(verdicts):
                results = json.dumps([dict(verdict=one) for one in verdicts])
                self.assertEqual(self.row("select lab.statement_overall(%s)", results), (overall,))

    def contradiction(self, printed=(), signed=()):
        page = dict(mean="0.06", requirement="≤ 0.08", verdict="pass", expanded_uncertainty="0.01", in_scope=False)
        part = dict(qual="0", value="0.06", limop="1", limit="0.08", verdict="1", u="0.01", scope="0")
        return self.row("select lab.result_contradicts(%s, %s, 'simple')", json.dumps(dict(page, **dict(printed))),
                        json.dumps(dict(part, **dict(signed))))[0]

    def test_a_page_that_says_other_than_the_statement_is_named_by_its_field(self):
        self.assertEqual(self.contradiction(), "")
        self.assertEqual(self.contradiction(dict(mean="0.060")), "mean")
        self.assertEqual(self.contradiction(dict(requirement="≤ 0.10")), "requirement")
        self.assertEqual(self.contradiction(dict(verdict="fail")), "verdict")
        self.assertEqual(self.contradiction(dict(expanded_uncertainty="")), "expanded_uncertainty")
        self.assertEqual(self.contradiction(dict(in_scope=True)), "in_scope")

    def test_a_printed_figure_that_contradicts_its_verdict_is_found(self):
        self.assertEqual(self.contradiction(dict(mean="0.08", verdict="fail"), dict(value="0.08", verdict="2")), "verdict")


class Statement(DatabaseCase):
    def test_a_record_that_prints_another_limit_than_it_signs_is_not_released(self):
        test = self.submit(self.entered(), requirement="≥ 700")
        self.write("review_approve_test", "reviewer", test_id=test["test_id"], version=test["version"])
        with self.refused("RECORD_CONTRADICTS") as caught:
            self.release(test["item_code"])
        self.assertIn("results[0].requirement", str(caught.exception))

    def test_a_ring_is_signed_with_its_mass_and_its_readings_mean(self):
        sheet = self.released()
        record = json.loads(bytes(self.one("select record_bytes from lab.sheet where sheet_no = %s", sheet["sheet_no"])))
        statement = record["statement"]
        today = (datetime.date.fromisoformat(record["dates"]["issued"]) - datetime.date(1970, 1, 1)).days
        self.assertEqual(statement["results"], [dict(
            analyte="AU", qual="0", value="750.9", unit="[ppth]", u="0.4", limop="2", limit="750", method="M_XRF", verdict="1",
            rule=None, scope="0")])
        self.assertEqual(statement["dates"], [str(today)] * 3)
        self.assertEqual((statement["domain"], statement["overall"], statement["legal_class"], statement["rule"]),
                         ("1", "1", "6", "simple"))
        self.assertEqual(statement["sample_id"], ["3", "3520"])
        self.assertNotIn("supersedes", statement)
        self.assertRegex(statement["issued"], "^[0-9]{10}$")
        self.assertLessEqual(len(statement["sample"].encode()), 120)


if __name__ == "__main__":
    unittest.main()
