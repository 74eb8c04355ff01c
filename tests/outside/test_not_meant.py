# SPDX-License-Identifier: Apache-2.0
"""What a technician types that cannot be meant never becomes a statement of conformity: points hidden from a screening method,
blank and sample exchanged, counts below zero, words that are no count, determinations that disagree, a method that does not see
as far as it should. Each is refused with what to do, and what was entered stays readable."""
import unittest

import grpc

from tests.outside.domains import DomainCase, digits

NOT_DETECTED = "QUALIFIER_NOT_DETECTED"


class NotMeant(DomainCase):
    domains = ("FUR", "FOOD", "AIR")
    methods = [("JEW", "M_CUP"), ("FUR", "M_CR6IC"), ("FOOD", "M_APC"), ("FOOD", "M_SALM"), ("FOOD", "M_CAP"), ("FOOD", "M_PROT"),
               ("AIR", "M_CO2"), ("AIR", "M_AHMT"), ("AIR", "M_BTX")]

    def gold(self, method="M_XRF", rule=""):
        return self.ordered("JEW", "JEW_AU750", method, "AU", rule, mass_g="3.52", hallmark="Au750")

    def milk(self, method, parameter):
        return self.ordered("FOOD", "FOOD_MILK_PAST", method, parameter, produced_on="2026-10-01")

    def air(self, method="M_CO2", parameter="CO2", rule=""):
        return self.ordered("AIR", "AIR_HOME", method, parameter, rule, sampled_on="2026-10-01")

    def refused(self, test, reason, words, **fields):
        """Previewed as not judged with these words, readable again, and not submitted."""
        entered = self.enter(test, **fields)
        self.assertEqual(self.verdict(entered), "not_judged", entered.judgement.sentence_en)
        self.assertIn(words, entered.judgement.sentence_en)
        again = self.people["TECHNICIAN", test.laboratory]("BenchService.GetTest", test_id=test.test_id).test
        with self.ends_in("INVALID_ARGUMENT", reason) as refusal:
            self.submit(again)
        self.assertIn(words, refusal[0].text)

    def read(self, *values, **more):
        return dict(readings=[dict(value=value, **more) for value in values])

    # ---- screening
    def test_points_of_a_screening_method_are_readings_so_that_each_is_looked_at(self):
        self.refused(self.gold(), "FORMULA_INPUT", "enter the points of a screening method as readings",
                     inputs={"points": ["760", "745", "760"]}, expanded_uncertainty="2")
        self.refused(self.gold(), "FORMULA_INPUT", "as readings", inputs={"points": ["755", "745", "765"]},
                     expanded_uncertainty="2", **self.read("760", "760", "760"))
        entered = self.enter(self.gold(), expanded_uncertainty="2", **self.read("760", "745", "760"))
        self.assertEqual(self.verdict(self.submit(entered)), "to_be_confirmed")

    # ---- figures that say that something was exchanged
    def test_a_result_far_below_zero_is_not_called_not_detected(self):
        swapped = dict(A="0.01", A0="0.5", Bs_ug_per_abs="5", V0_L="10")
        self.refused(self.air("M_AHMT", "HCHO"), "RESULT_NEGATIVE", "exchanged", inputs=[swapped, swapped])
        noise = dict(swapped, A="0.010", A0="0.011")
        self.judged(self.enter(self.air("M_AHMT", "HCHO"), inputs=[noise, noise]), "pass", "ND < 0.01")

    def test_volumes_and_masses_are_above_zero(self):
        good = dict(A="0.5", A0="0.01", Bs_ug_per_abs="5", V0_L="10")
        for wrong in (dict(V0_L="-10"), dict(V0_L="0")):
            test = dict(good, **wrong)
            self.refused(self.air("M_AHMT", "HCHO"), "FORMULA_VALUE", "must be above 0", inputs=[test, test])

    def test_an_input_that_the_formula_does_not_know_is_named(self):
        fields = dict(V1="8.42", V2="0.05", c="0.05", m_g="10.01", v3_mL="10", F="6.38")
        self.refused(self.milk("M_PROT", "PROT"), "FORMULA_INPUT", "no input v3_mL", inputs=[fields, fields])

    def test_each_sample_of_a_cupellation_has_its_own_cornet(self):
        fields = dict(sample_mg=["250.12", "250.34"], cornet_mg="187.71", proof_gold_mg=["188.05", "188.02"],
                      proof_purity="0.9999", proof_recovered_mg=["188.11", "188.09"])
        self.refused(self.gold("M_CUP"), "FORMULA_VALUE", "count(cornet_mg)", inputs=fields)
        self.refused(self.gold("M_CUP"), "FORMULA_VALUE", "not the same length", inputs=dict(fields, cornet_mg=["187.71"]))

    def test_readings_and_inputs_do_not_say_two_results(self):
        fields = dict(sample_mg=["250.12", "250.34"], cornet_mg=["187.71", "187.90"], proof_gold_mg=["188.05", "188.02"],
                      proof_purity="0.9999", proof_recovered_mg=["188.11", "188.09"])
        self.refused(self.gold("M_CUP"), "FORMULA_INPUT", "enter one of the two", inputs=fields, **self.read("700", "700"))

    def test_a_reading_of_40_digits_is_compared_as_it_is(self):
        just_above = "0.1" + "0" * 37 + "1"
        self.judged(self.enter(self.air(), **self.read(just_above)), "fail", just_above)

    # ---- determinations
    def test_two_determinations_further_apart_than_the_method_allows_are_repeated(self):
        # M_PROT: at most 10 % of the mean: 3.00 and 3.32 are 10.1 %, 3.31 are 9.8 %.
        self.refused(self.milk("M_PROT", "PROT"), "DETERMINATIONS_DISAGREE", "10 % of their mean): repeat both",
                     **self.read("3.00", "3.32"))
        self.assertEqual(self.verdict(self.submit(self.enter(self.milk("M_PROT", "PROT"), **self.read("3.00", "3.31")))), "pass")

    # ---- microbiology
    def test_counts_are_numbers_of_0_or_more(self):
        for word in ("可疑", "+", "-1"):
            with self.subTest(word):
                self.refused(self.milk("M_SALM", "SALM"), "FORMULA_INPUT", f'"{word}" is no count',
                             inputs=[{"result": "未检出"}] * 4 + [{"result": word}])
        self.refused(self.milk("M_SALM", "SALM"), "FORMULA_INPUT", 'Sample unit 1: "-1" is no count', **self.read(*["-1"] * 5))

    def test_a_dilution_is_written_as_a_fraction(self):
        self.refused(self.milk("M_APC", "APC"), "FORMULA_VALUE", "write 0.01 for 1 in 100",
                     inputs=[{"dilutions": {"10000": ["232", "244"]}}] * 5)

    # ---- what was not seen
    def test_a_banned_drug_is_not_absent_for_a_method_that_does_not_see_it(self):
        def meat(bound):
            return self.enter(self.ordered("FOOD", "FOOD_MEAT", "M_CAP", "CAP", produced_on="2026-10-01"),
                              **self.read(bound, bound, qualifier=NOT_DETECTED))
        self.assertEqual(self.judged(meat("100"), "inconclusive").trace.reason, "METHOD_UNFIT")
        self.judged(meat("0.1"), "pass")

    # ---- marks and rules
    def test_the_mark_of_a_rounded_number_counts_by_every_rule(self):
        for rule, uncertainty, value, verdict in (
                ("guard_accept_U", "0.015", "0.085(+)", "fail"), ("guard_accept_U", "0.015", "0.085(-)", "pass"),
                ("guard_reject_U", "0.015", "0.115(+)", "fail"), ("guard_reject_U", "0.015", "0.115", "pass"),
                ("nonbinary_U", "0.01", "0.09(+)", "conditional_pass"), ("nonbinary_U", "0.01", "0.10(+)", "conditional_fail")):
            with self.subTest(rule, value=value):
                self.judged(self.enter(self.air(rule=rule), expanded_uncertainty=uncertainty, **self.read(value)), verdict)

    def test_no_guard_band_goes_before_a_law_wherever_it_is_of(self):
        try:
            test = self.ordered("FUR", "FUR_B", "M_CR6IC", "CR6", "guard_reject_U", produced_on="2026-10-01")
        except grpc.RpcError as refusal:  # when the rule is agreed
            self.assertEqual(refusal.code(), grpc.StatusCode.INVALID_ARGUMENT)
            return
        entered = self.enter(test, expanded_uncertainty="0.5", **self.read("3.2", "3.2"))
        self.assertEqual(entered.judgement.trace.reason, "RULE_REFUSED")

    def test_limits_of_detection_are_in_the_unit_of_the_result(self):
        told = self.daemon.sql("select lab.in_unit('2', 'mg/kg', 'g/kg'), lab.in_unit('2', 'g/kg', 'mg/kg'), lab.in_unit('2', '', 'g/kg'), "
                               "lab.in_unit('2', 'mg/L', 'g/kg')")[0]
        self.assertEqual([number and digits(number) for number in told], [digits("0.002"), digits("2000"), digits("2"), None])


if __name__ == "__main__":
    unittest.main()
