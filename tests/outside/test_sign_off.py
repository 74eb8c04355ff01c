# SPDX-License-Identifier: Apache-2.0
"""Rows marked "check" state nothing until they are signed off: sampling plans, editions of standards and formulas like limits.
A sign-off is a record that can be taken back; what was judged stays as it was."""
import csv
import subprocess
import tempfile
import unittest

from tests.outside.domains import DomainCase
from tests.outside.test_domains_food import UNITS
from tests.support.cluster import ROOT

AIR_PM = dict(m1_mg="10.00", m2_mg="11.00", V_L="24000")  # by hand: 1.00 mg * 1000 / 24000 L = 0.0417 mg/m3


class SignOff(DomainCase):
    domains = ("FOOD", "AIR")
    methods = [("FOOD", "M_APC"), ("AIR", "M_PM")]

    def marked(self, file, key, confidence="check"):
        """A pack that marks one row so; what it said before comes back at the end of the test."""
        with (ROOT / "migrations" / "catalogue" / f"{file}.csv").open(encoding="utf-8", newline="") as text:
            head, *rows = csv.reader(text)
        row = next(row for row in rows if row[0] == key)
        before = list(row)
        row[head.index("confidence")] = confidence
        self.imported(file, head, row)
        self.addCleanup(self.imported, file, head, before)

    def imported(self, file, head, row):
        with tempfile.TemporaryDirectory() as folder:
            with open(f"{folder}/{file}.csv", "w", encoding="utf-8", newline="") as text:
                csv.writer(text, lineterminator="\n").writerows([head, row])
            done = subprocess.run([self.daemon.program, "catalogue", "import", folder, "--author", "amy", "--config",
                                   self.daemon.config], capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)

    def doubtful(self, domain="FOOD", **more):
        return self.people["MANAGER", domain]("CatalogueService.ListDoubtfulRows", laboratory=domain, page=dict(page_size=200), **more)

    def plan(self, **more):
        return next((row for row in self.doubtful(**more).doubtful if row.key == "MP01"), None)

    def act(self, name, file, key, domain="FOOD", who="MANAGER", **changes):
        revision = self.doubtful(domain).catalogue_revision
        return self.people[who, domain](f"CatalogueService.{name}", **dict(dict(
            laboratory=domain, file=file, key=key, catalogue_revision=revision, reason="table 4 of the standard, read"), **changes))

    def counted(self):
        test = self.ordered("FOOD", "FOOD_MILK_PAST", "M_APC", "APC", produced_on="2026-10-01")
        return self.enter(test, inputs=UNITS)

    def weighed(self, **entry):
        return self.enter(self.ordered("AIR", "AIR_HOME", "M_PM", "PM10", sampled_on="2024-05-01"), **entry)

    def again(self, test):
        return self.people["TECHNICIAN", test.laboratory]("BenchService.GetTest", test_id=test.test_id).test

    def rejudged(self, test):
        return self.people["TECHNICIAN", test.laboratory]("BenchService.RejudgeTest", test_id=test.test_id, version=test.version,
                                                          reason="the row was signed off").test

    def test_a_plan_in_doubt_judges_nothing_until_it_is_signed_off_and_again_when_that_is_withdrawn(self):
        self.marked("micro_plans", "MP01")
        test = self.submit(self.counted())
        trace = test.judgement.trace
        self.assertEqual((self.verdict(test), trace.reason, trace.confidence, trace.unconfirmed),
                         ("not_judged", "CHECK", "check", "micro_plans MP01"))
        self.assertIn("尚未与标准原文核实：不作判定", test.judgement.sentence_zh)
        self.assertIn("has not been confirmed against the text of the standard: not judged", test.judgement.sentence_en)
        row = self.plan(only_check=True)
        self.assertEqual((row.file, row.key, row.standard, row.confidence), ("micro_plans", "MP01", "GB 19645-2010", "check"))
        self.assertEqual(row.says, "FOOD_MILK_PAST APC n = 5, c = 2, m = 50000, M = 100000 [CFU]/g")
        self.act("SignOffRow", "micro_plans", "MP01")
        self.assertIsNone(self.plan(only_check=True))
        row = self.plan()
        self.assertEqual((row.confidence, row.signed_by, row.signed_reason),
                         ("signed", "manager.food", "table 4 of the standard, read"))
        self.assertGreater(row.signed_at.seconds, 0)
        self.assertEqual(self.again(test).judgement, test.judgement)  # what was judged stays
        now = self.rejudged(test)
        self.assertEqual((self.verdict(now), now.judgement.trace.confidence, now.judgement.trace.unconfirmed), ("pass", "signed", ""))
        self.act("WithdrawSignOff", "micro_plans", "MP01", reason="amendment 1 changed it")
        row = self.plan()
        self.assertEqual((row.confidence, row.withdrawn, row.signed_reason), ("check", True, "amendment 1 changed it"))
        self.assertEqual(self.again(test).judgement, now.judgement)
        self.assertEqual(self.verdict(self.submit(self.counted())), "not_judged")
        self.act("SignOffRow", "micro_plans", "MP01")
        self.assertEqual(self.verdict(self.submit(self.counted())), "pass")
        self.assertEqual(self.daemon.sql("select sign_no, withdrawn from lab.catalogue_sign_off where key = 'MP01' order by 1"),
                         [(1, False), (2, True), (3, False)])

    def test_an_edition_in_doubt_judges_nothing_by_any_of_its_rows(self):
        self.marked("standards", "GB19645-2010")
        trace = self.submit(self.counted()).judgement.trace
        self.assertEqual((trace.reason, trace.unconfirmed), ("CHECK", "standards GB19645-2010"))
        self.marked("micro_plans", "MP01")
        self.assertEqual(self.counted().judgement.trace.unconfirmed, "micro_plans MP01; standards GB19645-2010")
        self.act("SignOffRow", "micro_plans", "MP01")
        self.assertEqual(self.verdict(self.submit(self.counted())), "not_judged")
        self.act("SignOffRow", "standards", "GB19645-2010")
        self.assertEqual(self.verdict(self.submit(self.counted())), "pass")

    def test_a_formula_in_doubt_judges_nothing_that_it_made_and_all_that_was_calculated_without_it(self):
        made = self.submit(self.weighed(inputs=AIR_PM))
        self.assertEqual((self.verdict(made), made.judgement.trace.reason, made.judgement.trace.unconfirmed),
                         ("not_judged", "CHECK", "formulas AIR_PM"))
        self.assertEqual(self.verdict(self.submit(self.weighed(readings=[dict(value="0.0417")]))), "pass")
        row = next(row for row in self.doubtful("AIR", only_check=True).doubtful if row.file == "formulas")
        self.assertEqual((row.key, row.says), ("AIR_PM", "(m2_mg - m1_mg - default(blank_mg, 0)) * 1000 / V_L"))
        self.act("SignOffRow", "formulas", "AIR_PM", "AIR")
        self.assertEqual(self.verdict(self.rejudged(made)), "pass")
        self.act("WithdrawSignOff", "formulas", "AIR_PM", "AIR")

    def test_the_database_takes_no_verdict_from_what_is_in_doubt(self):
        insert = ("insert into lab.judgement (test_id, submission_no, entry_no, laboratory, submitted_by, at, verdict, mean, range, "
                  "expanded_uncertainty, unit, requirement, standard, sentence_zh, sentence_en, limit_id, plan_id, "
                  "catalogue_revision, trace) select test_id, 1, 1, laboratory, assigned_to, now(), 'pass', %s, '', '', '', '', '', "
                  "'', '', %s, %s, 1, %s::jsonb from lab.test where test_id = %s")
        self.marked("micro_plans", "MP01")
        units = '{"determinations": ["1", "1", "1", "1", "1"]}'
        with self.assertRaisesRegex(Exception, "no confirmed sampling plan"):
            self.daemon.sql(insert, "", None, "MP01", units, self.counted().test_id)
        with self.assertRaisesRegex(Exception, "formula is not confirmed"):
            self.daemon.sql(insert, "0.04", "L181", "", '{"calculated": "0.0417"}', self.weighed(inputs=AIR_PM).test_id)

    def test_a_sign_off_that_is_not_meant_is_refused(self):
        self.marked("micro_plans", "MP01")
        for changes, code, reason in (
                (dict(key="MP02"), "FAILED_PRECONDITION", "NOT_IN_DOUBT"), (dict(key="MP9"), "FAILED_PRECONDITION", "NOT_IN_DOUBT"),
                (dict(file="products"), "FAILED_PRECONDITION", "NOT_IN_DOUBT"), (dict(reason="  "), "INVALID_ARGUMENT", None),
                (dict(catalogue_revision=1), "ABORTED", "CATALOGUE_MOVED"), (dict(laboratory="AIR"), "PERMISSION_DENIED", None),
                (dict(who="TECHNICIAN"), "PERMISSION_DENIED", None)):
            with self.subTest(changes), self.ends_in(code, reason):
                self.act("SignOffRow", **dict(dict(file="micro_plans", key="MP01"), **changes))
        with self.ends_in("FAILED_PRECONDITION", "NOT_SIGNED_OFF"):
            self.act("WithdrawSignOff", "micro_plans", "MP01")
        self.act("SignOffRow", "micro_plans", "MP01")
        with self.ends_in("ALREADY_EXISTS", "SIGNED_OFF_ALREADY"):
            self.act("SignOffRow", "micro_plans", "MP01")
        self.marked("micro_plans", "MP01", "certain")
        self.marked("micro_plans", "MP01")  # a new wording
        self.assertEqual(self.verdict(self.submit(self.counted())), "not_judged")


if __name__ == "__main__":
    unittest.main()
