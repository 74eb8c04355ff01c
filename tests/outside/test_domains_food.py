# SPDX-License-Identifier: Apache-2.0
"""Milk from the five sample units to the released sheet: plate counts by GB 4789.2, judged by the sampling plan n/c/m/M of
the product's standard, beside aflatoxin M1 and melamine."""
import json
import unittest

from tests.outside.domains import DomainCase, digits

# Colonies on the plates of each dilution. By hand, GB 4789.2-2022: (232 + 244 + 33 + 35) / ((2 + 0.1 x 2) x 0.01) = 24727,
# reported as 25000; then 50000, 59000, 56000 and 12550, reported as 13000 (half up, two digits).
UNITS = [{"dilutions": {"0.01": ["232", "244"], "0.001": ["33", "35"]}},
         {"dilutions": {"0.001": ["52", "48"], "0.0001": ["4", "5"]}},
         {"dilutions": {"0.001": ["61", "57"], "0.0001": ["6", "5"]}},
         {"dilutions": {"0.001": ["55", "57"], "0.0001": ["6", "4"]}},
         {"dilutions": {"0.01": ["120", "131"], "0.001": ["12", "14"]}}]


class Food(DomainCase):
    domains = ("FOOD",)
    methods = [("FOOD", method) for method in ("M_APC", "M_SALM", "M_COLI", "M_AFM", "M_MEL", "M_CAP")]

    def milk(self, method="M_APC", parameter="APC", **more):
        return self.ordered("FOOD", "FOOD_MILK_PAST", method, parameter, produced_on="2026-10-01", **more)

    def counted(self, units):
        return self.enter(self.milk(), inputs=units)

    def test_milk_goes_from_five_plate_counts_to_the_released_sheet(self):
        count, toxin, melamine = self.ordered_all(
            "FOOD", "FOOD_MILK_PAST", [("M_APC", "APC"), ("M_AFM", "AFM1"), ("M_MEL", "MEL")], name="巴氏杀菌乳 pasteurised milk",
            produced_on="2026-10-01")
        count = self.enter(count, inputs=UNITS)
        found = self.judged(count, "pass", "25000; 50000; 59000; 56000; 13000")
        self.assertEqual((found.trace.calc_key, found.trace.limit_id, found.trace.operator, found.trace.low, found.trace.high),
                         ("APC", "MP01", "plan", "50000", "100000"))
        self.assertEqual([digits(one) for one in found.trace.determinations], [25000, 50000, 59000, 56000, 13000])
        self.assertEqual((found.requirement, found.standard, found.trace.compared),
                         ("n = 5, c = 2, m = 50000, M = 100000", "GB 19645-2010", "2 > m, 0 > M"))
        self.assertEqual(found.sentence_en, "Aerobic plate count: 5 units tested (plan n = 5), 2 above m = 50000 (c = 2 allowed), "
                                            "0 above M = 100000, by GB 19645-2010: conforms.")
        toxin = self.enter(toxin, readings=[dict(value="0.005", qualifier="QUALIFIER_NOT_DETECTED")] * 2)
        self.judged(toxin, "pass", "ND < 0.005")
        melamine = self.enter(melamine, readings=[dict(value="0.01", qualifier="QUALIFIER_NOT_DETECTED")] * 2)
        found = self.judged(melamine, "pass", "ND < 0.01")
        self.assertEqual((found.trace.high, found.standard), ("2.5", "五部门公告2011年第10号"))
        record, _ = self.released(count.item_code, "FOOD")
        told = {one["parameter_en"]: one for one in record["results"]}
        self.assertEqual({name: one["verdict"] for name, one in told.items()},
                         {"Aerobic plate count": "pass", "Aflatoxin M1": "pass", "Melamine": "pass"})
        self.assertEqual(told["Aerobic plate count"]["determinations"][0],
                         {"value": "25000", "inputs": "各稀释度的平板菌落数 = 0.01: 232, 244 / 0.001: 33, 35 CFU",
                          "inputs_en": "colonies of the plates at each dilution = 0.01: 232, 244 / 0.001: 33, 35 CFU"})
        self.assertEqual(told["Melamine"]["determinations"], [])  # it has readings
        self.assertEqual(told["Aerobic plate count"]["judgement_standard"], "GB 19645-2010 食品安全国家标准 巴氏杀菌乳")

    def test_three_units_above_m_fail(self):
        test = self.counted(UNITS[:4] + [{"dilutions": {"0.001": ["51", "51", "51"]}}])
        found = self.judged(test, "fail", "25000; 50000; 59000; 56000; 51000")
        self.assertEqual((found.trace.reason, found.trace.compared), ("BY_COUNT", "3 > m, 0 > M"))

    def test_a_count_that_was_typed_is_printed_where_the_exact_one_stands(self):
        counts = ["24500", "50333", "50444", "50555", "9.6"]  # two digits of 50333 would be m itself
        test = self.enter(self.milk(), readings=[dict(value=value) for value in counts])
        found = self.judged(test, "fail", "25000; 50300; 50400; 51000; 10")
        self.assertEqual(found.trace.compared, "3 > m, 0 > M")

    def test_one_unit_above_big_m_fails(self):
        test = self.counted(UNITS[:4] + [{"dilutions": {"0.001": ["105", "106"]}}])
        found = self.judged(test, "fail", "25000; 50000; 59000; 56000; 110000")
        self.assertEqual(found.trace.reason, "ABOVE_BIG_M")

    def test_fewer_units_than_the_plan_or_of_two_batches_are_for_reference_only(self):
        found = self.judged(self.counted(UNITS[:4]), "not_judged")
        self.assertEqual(found.trace.reason, "TOO_FEW_UNITS")
        self.assertIn("仅供参考", found.sentence_zh)
        self.assertIn("for reference only", found.sentence_en)
        mixed = [dict(unit, batch="20261001A") for unit in UNITS[:4]] + [dict(UNITS[4], batch="20261002A")]
        self.assertEqual(self.judged(self.counted(mixed), "not_judged").trace.reason, "MIXED_BATCHES")
        one = [dict(unit, batch="20261001A") for unit in UNITS]
        self.judged(self.counted(one), "pass")

    def test_no_growth_and_what_was_not_found_are_units_too(self):
        clean = {"dilutions": {"0.1": ["0", "0"], "0.01": ["0", "0"]}}
        self.judged(self.counted([clean] * 5), "pass", "< 10; < 10; < 10; < 10; < 10")
        absent = dict(value="0", qualifier="QUALIFIER_NOT_DETECTED")
        found = self.judged(self.enter(self.milk("M_SALM", "SALM"), readings=[absent] * 5), "pass", "ND; ND; ND; ND; ND")
        self.assertEqual((found.requirement, found.trace.condition), ("n = 5, c = 0, m = 0", "25 g (mL)"))
        test = self.enter(self.milk("M_SALM", "SALM"), inputs=[{"result": "未检出"}] * 4 + [{"result": "检出"}])
        found = self.judged(test, "fail", "ND; ND; ND; ND; 1")
        self.assertEqual(found.trace.compared, "1 > m, 0 > M")

    def test_microbiology_is_not_retested(self):
        test = self.counted(UNITS[:4] + [{"dilutions": {"0.001": ["105", "106"]}}])
        self.judged(test, "fail")
        state = self.daemon.sql("select state, version from lab.test where test_id = %s", test.test_id)[0]
        with self.ends_in("FAILED_PRECONDITION", "MICROBIOLOGY_NOT_RETESTED") as refusal:
            self.people["REVIEWER", "FOOD"]("ReviewService.OrderRetest", test_id=test.test_id, version=state[1], reason="the client objects")
        self.assertEqual(refusal[0].metadata["plan_id"], "MP01")
        self.assertIn("A new sample", refusal[0].text)
        with self.assertRaisesRegex(Exception, "not retested"):
            self.daemon.sql("insert into lab.retest select %s, lab.new_id(), 'FOOD', staff_id, now(), %s, 'measured again', '' "
                            "from lab.staff where username = 'reviewer.food'", test.test_id, state[0])
        toxin = self.ordered("FOOD", "FOOD_MILK_PAST", "M_AFM", "AFM1", produced_on="2026-10-01")
        toxin = self.enter(toxin, readings=[dict(value="0.005", qualifier="QUALIFIER_NOT_DETECTED")] * 2)
        self.judged(toxin, "pass", "ND < 0.005")
        version = self.daemon.sql("select version from lab.test where test_id = %s", toxin.test_id)[0][0]
        self.people["REVIEWER", "FOOD"]("ReviewService.OrderRetest", test_id=toxin.test_id, version=version, reason="the client objects")

    def test_a_milk_of_which_the_day_is_not_known_is_not_judged_by_a_plan_of_one_edition(self):
        test = self.ordered("FOOD", "FOOD_COOKMEAT", "M_SALM", "SALM")
        test = self.enter(test, readings=[dict(value="0", qualifier="QUALIFIER_NOT_DETECTED")] * 5)
        self.assertEqual(self.judged(test, "not_judged").trace.reason, "EDITION_UNKNOWN")

    def test_a_banned_drug_fails_only_when_its_finding_is_confirmed(self):
        test = self.ordered("FOOD", "FOOD_MEAT", "M_CAP", "CAP", produced_on="2026-10-01")
        found = [dict(value="0.52"), dict(value="0.48")]
        test = self.enter(test, readings=found)
        self.assertEqual((self.verdict(test), test.judgement.trace.reason), ("inconclusive", "UNCONFIRMED"))
        test = self.enter(test, readings=found, confirmation="LC-MS/MS, two ion transitions, second portion", reason="confirmed")
        self.assertEqual(test.confirmation, "LC-MS/MS, two ion transitions, second portion")
        self.assertEqual(self.judged(test, "fail").trace.reason, "BY_DETECTION")

    def worksheet_of_meat(self, samples):
        """An open worksheet for chloramphenicol: a blank, then so many samples."""
        if not hasattr(Food, "quality"):
            self.people["ADMINISTRATOR", "FOOD"].staff("quality.food", ["QUALITY"], "FOOD")
            Food.quality = self.daemon.log_in("quality.food")
        self.quality("WorksheetService.SetControlPlan", laboratory="FOOD", method_id="M_CAP", parameter_id="CAP", blanks=1,
                     blank_limit="0.1", reason="as the validation found")
        tests = [self.ordered("FOOD", "FOOD_MEAT", "M_CAP", "CAP", produced_on="2026-10-01") for _ in range(samples)]
        return self.people["TECHNICIAN", "FOOD"]("WorksheetService.CreateWorksheet", laboratory="FOOD", method_id="M_CAP",
                                                 parameter_id="CAP", instrument="LCMS-01", test_ids=[one.test_id for one in tests])

    def enter_sheet(self, made, *results):
        return self.people["TECHNICIAN", "FOOD"](
            "WorksheetService.EnterWorksheet", worksheet_no=made.worksheet.worksheet_no, version=made.worksheet.version,
            results=[dict(position=1, readings=[dict(value="0.02")]), *results])

    def test_a_worksheet_carries_the_confirmation_and_the_named_inputs_of_its_samples(self):
        made = self.worksheet_of_meat(3)
        how = "LC-MS/MS, two ion transitions, second portion"
        # On the line y = 200 x 100 is 0.5 ug/g, which is 500 ug/kg; twice.
        inputs = json.dumps([{"x": ["0", "1", "2"], "y": ["0", "200", "400"], "sample_y": "100"}] * 2)
        found = [dict(value="0.52"), dict(value="0.48")]
        entered = self.enter_sheet(made, dict(position=2, readings=found, confirmation=how), dict(position=3, readings=found),
                                   dict(position=4, inputs=inputs, confirmation=how))
        self.assertEqual([(one.test.confirmation, self.verdict(one.test)) for one in entered.positions[1:]],
                         [(how, "fail"), ("", "inconclusive"), (how, "fail")])
        self.assertEqual(entered.positions[3].test.judgement.mean, "500")
        done = self.people["TECHNICIAN", "FOOD"]("WorksheetService.SubmitWorksheet", worksheet_no=entered.worksheet.worksheet_no,
                                                 version=entered.worksheet.version)
        self.assertEqual([self.verdict(one.test) for one in done.positions[1:]], ["fail", "inconclusive", "fail"])

    def test_only_the_finding_in_a_sample_is_confirmed_on_a_worksheet(self):
        made = self.worksheet_of_meat(1)
        with self.ends_in("INVALID_ARGUMENT") as refusal:
            self.people["TECHNICIAN", "FOOD"](
                "WorksheetService.EnterWorksheet", worksheet_no=made.worksheet.worksheet_no, version=made.worksheet.version,
                results=[dict(position=1, readings=[dict(value="0.02")], confirmation="twice"),
                         dict(position=2, readings=[dict(value="0.5"), dict(value="0.5")])])
        self.assertIn("results[0].confirmation", refusal[0].text + str(refusal[0].fields))
        with self.ends_in("INVALID_ARGUMENT") as refusal:
            self.enter_sheet(made, dict(position=2, skipped="the vial broke", confirmation="LC-MS/MS"))
        self.assertIn("results[1].skipped", refusal[0].text + str(refusal[0].fields))

    def test_the_database_counts_the_units_once_more(self):
        test = self.counted(UNITS)
        insert = ("insert into lab.judgement (test_id, submission_no, entry_no, laboratory, submitted_by, at, verdict, mean, range, "
                  "expanded_uncertainty, unit, requirement, standard, sentence_zh, sentence_en, plan_id, catalogue_revision, trace) "
                  "select test_id, 1, 1, laboratory, assigned_to, now(), %s, '', '', '', '', '', '', '', '', 'MP01', 1, "
                  "jsonb_build_object('determinations', %s::jsonb) from lab.test where test_id = %s")
        for verdict, units in (("pass", '["60000", "60000", "60000", "1", "1"]'), ("fail", '["60000", "60000", "1", "1", "1"]'),
                               ("pass", '["1", "1", "1", "1"]'), ("pass", '["100001", "1", "1", "1", "1"]'),
                               ("pass", '["> 60000", "1", "1", "1", "1"]'), ("pass", '["< 200000", "1", "1", "1", "1"]')):
            with self.subTest(units), self.assertRaisesRegex(Exception, "units say otherwise|fewer units"):
                self.daemon.sql(insert, verdict, units, test.test_id)


if __name__ == "__main__":
    unittest.main()
