# SPDX-License-Identifier: Apache-2.0
"""From numbers to verdicts through the daemon, one piece of work of each domain: what was entered is calculated by the
catalogue's formula, held against the edition of the item's day under the rule that was agreed, and the trace tells how."""
import unittest

from tests.outside.domains import DomainCase, digits


class Domains(DomainCase):
    methods = (("JEW", "M_CUP"), ("FUR", "M_FUV"), ("FOOD", "M_AFM"), ("FOOD", "M_MEL"), ("AIR", "M_MBTH"))

    # ---- jewellery
    def test_a_ring_near_the_mark_goes_from_xrf_to_cupellation(self):
        test = self.ordered("JEW", "JEW_AU750", "M_XRF", "AU")
        test = self.enter(test, readings=[dict(value=value) for value in ("750.6", "749.9", "750.3")], expanded_uncertainty="2.0")
        found = self.judged(test, "to_be_confirmed", "750.3")
        self.assertEqual((found.trace.calc_key, found.trace.operator, found.trace.low, found.trace.reason),
                         ("XRF_MEAN", "ge", "750", "NEAR_LIMIT"))
        self.assertEqual([(step.name, step.value) for step in found.trace.steps if step.name == "spread"], [("spread", "0.7")])

        test = self.ordered("JEW", "JEW_AU750", "M_CUP", "AU")
        samples = dict(sample_mg=["250.00", "251.00"], cornet_mg=["187.40", "188.20"], proof_gold_mg=["188.00", "188.00"],
                       proof_purity="0.9999", proof_recovered_mg=["187.86", "187.88"])
        # By hand: each proof should give 188 x 0.9999 = 187.9812, so D = mean(0.1212, 0.1012) = 0.1112 mg.
        singles = [(digits("187.40") + digits("0.1112")) / 250 * 1000, (digits("188.20") + digits("0.1112")) / 251 * 1000]
        test = self.enter(test, inputs=samples, expanded_uncertainty="0.4")
        found = self.judged(test, "pass", str((sum(singles) / 2).quantize(digits("0.1"))))
        self.assertEqual(digits(found.trace.calculated).quantize(digits("1e-20")), (sum(singles) / 2).quantize(digits("1e-20")))
        self.assertEqual(digits({step.name: step.value for step in found.trace.steps}["proof_loss"]), digits("0.1112"))
        self.assertEqual(found.trace.rule, "simple")

    def test_a_plated_piece_is_held_back_because_its_surface_does_not_speak_for_it(self):
        """Three points of the plating show gold; one that was filed shows what is under it. No mean decides that."""
        test = self.ordered("JEW", "JEW_AU750", "M_XRF", "AU")
        points = [dict(value="752.6", position="shank, outside"), dict(value="753.1", position="shank, inside"),
                  dict(value="752.9", position="setting"), dict(value="12.4", position="filed spot at the shank")]
        test = self.enter(test, readings=points, expanded_uncertainty="2.0")
        found = self.judged(test, "to_be_confirmed")
        self.assertEqual((found.trace.reason, found.range, found.mean), ("BOTH_SIDES", "740.7", ""))
        self.assertNotIn("567", found.sentence_en + found.sentence_zh)  # their mean would be 567.8 and means nothing

        # Points that all lie above the mark, but further apart than one body's would.
        test = self.ordered("JEW", "JEW_AU750", "M_XRF", "AU")
        test = self.enter(test, readings=[dict(value=value) for value in ("912.4", "871.0", "990.2")], expanded_uncertainty="2.0")
        found = self.judged(test, "to_be_confirmed")
        self.assertEqual((found.trace.reason, found.mean), ("SPREAD", ""))
        record, _ = self.released(test.item_code, "JEW")
        self.assertEqual(record["conclusion"]["verdict"], "to_be_confirmed")
        self.assertIn("不代表镀层下或内部成分", record["conclusion"]["reserve_zh"])

    # ---- fur
    def test_a_fur_collar_is_judged_by_its_class_also_where_nothing_was_found(self):
        collar = dict(produced_on="2026-03-01", further_product_ids=["FUR_B"])
        test = self.ordered("FUR", "FUR_GARM", "M_FUV", "F_HCHO", **collar)
        test = self.enter(test, readings=[dict(value="5", qualifier="QUALIFIER_NOT_DETECTED")] * 2)
        found = self.judged(test, "pass", "ND < 5")
        self.assertIn("未检出（< 5 mg/kg）", found.sentence_zh)
        self.assertEqual((found.trace.limit_id, found.trace.reason, found.trace.lod), ("L063", "BY_CENSORING", "5"))

        # y = 0.02 x, so the two extracts hold 1.5 and 1.52 ug/mL; 50 mL of 1 g each: 75 and 76 mg/kg, mean 75.5.
        curve = dict(x=["0", "1", "2", "4"], y=["0", "0.02", "0.04", "0.08"], V_mL="50", m_g="1")
        test = self.ordered("FUR", "FUR_GARM", "M_FUV", "F_HCHO", **collar)
        test = self.enter(test, inputs=[dict(curve, sample_y="0.0300"), dict(curve, sample_y="0.0304")])
        found = self.judged(test, "fail", "76")
        self.assertEqual([digits(one) for one in found.trace.determinations], [75, 76])
        self.assertEqual((digits(found.trace.compared), found.trace.low, found.trace.high), (digits("75.5"), "", "75"))

    def test_a_method_that_does_not_see_far_enough_decides_nothing(self):
        test = self.ordered("FUR", "FUR_B", "M_FUV", "F_HCHO", produced_on="2026-03-01")
        test = self.enter(test, readings=[dict(value="90", qualifier="QUALIFIER_NOT_DETECTED")] * 2)
        self.assertEqual(self.judged(test, "inconclusive").trace.reason, "METHOD_UNFIT")

    # ---- food
    def test_milk_without_aflatoxin_m1_conforms_and_a_trace_of_it_keeps_its_figures(self):
        test = self.ordered("FOOD", "FOOD_MILK_UHT", "M_AFM", "AFM1", produced_on="2026-10-01")
        test = self.enter(test, readings=[dict(value="0.005", qualifier="QUALIFIER_NOT_DETECTED")] * 2)
        found = self.judged(test, "pass", "ND < 0.005")
        self.assertEqual((found.standard, found.trace.high), ("GB 2761-2017", "0.5"))
        test = self.ordered("FOOD", "FOOD_MILK_UHT", "M_AFM", "AFM1", produced_on="2026-10-01")
        test = self.enter(test, readings=[dict(value="0.5003"), dict(value="0.5001")])
        found = self.judged(test, "fail", "0.5002")  # 0.500 would contradict the verdict
        self.assertEqual(found.trace.calculated, "0.5002")

    def test_a_guard_band_does_not_go_before_a_mandatory_standard(self):
        # The desk takes no such order; one that the catalogue of its day allowed is not judged either.
        first = self.ordered("FOOD", "FOOD_MILK_UHT", "M_MEL", "MEL", produced_on="2026-10-01")
        agreed = self.daemon.sql("insert into lab.test (item_code, laboratory, method_id, parameter_id, due_at, decision_rule) "
                                 "values (%s, 'FOOD', 'M_AFM', 'AFM1', now(), 'guard_accept_U') returning test_id::text, version",
                                 first.item_code)[0]
        test = self.people["TECHNICIAN", "FOOD"]("BenchService.ClaimTest", test_id=agreed[0], version=agreed[1]).test
        test = self.enter(test, readings=[dict(value="0.1"), dict(value="0.1")], expanded_uncertainty="0.02")
        self.assertEqual(self.judged(test, "not_judged").trace.reason, "RULE_REFUSED")

    def test_a_rule_that_a_mandatory_standard_would_refuse_is_refused_at_the_desk(self):
        for rule in ("guard_accept_U", "guard_1p64u", "guard_reject_U", "nonbinary_U", "prob", "prob95"):
            for day in (dict(produced_on="2026-10-01"), {}):  # whatever its day is, the edition is mandatory
                with self.subTest(rule, **day), self.ends_in("INVALID_ARGUMENT") as refusal:
                    self.ordered_all("FOOD", "FOOD_MILK_UHT", [("M_MEL", "MEL"), ("M_AFM", "AFM1")], rule=rule, **day)
                self.assertEqual(refusal[0].fields["items[0].tests[0].decision_rule"], "a mandatory standard decides this: no guard "
                                 "band goes before it; leave the rule empty")
        self.ordered("FOOD", "FOOD_MILK_UHT", "M_AFM", "AFM1", rule="simple", produced_on="2026-10-01")
        # What is not mandatory may be agreed on, today and of any edition.
        for day in (dict(sampled_on="2024-05-01"), {}):
            self.ordered("AIR", "AIR_HOME", "M_MBTH", "HCHO", rule="guard_accept_U", **day)

    # ---- air
    AIR = dict(A="0.1800", A0="0.0100", Bs_ug_per_abs="4.10", Vt_L="10", t_C="25", p_kPa="89")

    def air(self, day, rule="", **fields):
        test = self.ordered("AIR", "AIR_HOME", "M_MBTH", "HCHO", rule=rule, sampled_on=day)
        return self.enter(test, inputs=self.AIR, **fields)

    def test_air_at_89_kpa_is_judged_by_the_edition_of_its_day(self):
        volume = digits(10) * 273 * 89 / (298 * digits("101.3"))
        value = digits("0.17") * digits("4.10") / volume  # 0.0866; 0.070 at the volume of the pump alone
        old = self.judged(self.air("2023-01-31"), "pass", str(value.quantize(digits("0.001"))))
        new = self.judged(self.air("2023-02-01"), "fail", str(value.quantize(digits("0.001"))))
        self.assertEqual((old.standard, old.trace.high), ("GB/T 18883-2002, Table 1", "0.10"))
        self.assertEqual((new.standard, new.trace.high), ("GB/T 18883-2022, Table 1", "0.08"))
        for found in (old, new):
            self.assertEqual(digits(found.trace.calculated).quantize(digits("1e-20")), value.quantize(digits("1e-20")))

    def test_the_rule_that_was_agreed_decides_what_no_law_decides(self):
        self.assertEqual(self.judged(self.air("2024-05-01", "nonbinary_U", expanded_uncertainty="0.01"),
                                     "conditional_fail").trace.rule, "nonbinary_U")
        self.assertEqual(self.judged(self.air("2024-05-01", "guard_reject_U", expanded_uncertainty="0.01"), "pass").trace.rule,
                         "guard_reject_U")
        self.assertEqual(self.judged(self.air("2024-05-01", "nonbinary_U"), "not_judged").trace.reason, "NO_UNCERTAINTY")
        with self.ends_in("INVALID_ARGUMENT"):
            self.ordered("AIR", "AIR_HOME", "M_MBTH", "HCHO", rule="coin", sampled_on="2024-05-01")

    def test_an_input_that_is_missing_is_named_and_nothing_is_submitted(self):
        test = self.air("2024-05-01")
        test = self.enter(test, inputs={name: value for name, value in self.AIR.items() if name != "p_kPa"}, reason="typing error")
        self.assertEqual(self.verdict(test), "not_judged")
        self.assertIn("p_kPa", test.judgement.sentence_en)
        with self.ends_in("INVALID_ARGUMENT", "FORMULA_INPUT"):
            self.submit(test)
        with self.ends_in("INVALID_ARGUMENT"):
            self.enter(test, inputs=[1, 2], reason="typing error")

    def test_a_catalogue_that_moved_is_noticed_and_judging_again_is_a_new_record(self):
        test = self.judged_and_sent_back()
        rows = self.daemon.sql("select submission_no, catalogue_revision, verdict from lab.judgement where test_id = %s "
                               "order by 1", test.test_id)
        self.daemon.sql("update lab.requirement set note = note || ' ' where limit_id = 'L173'")
        test = self.people["TECHNICIAN", "AIR"]("BenchService.GetTest", test_id=test.test_id).test
        now = self.submit(test)
        after = self.daemon.sql("select submission_no, catalogue_revision, verdict from lab.judgement where test_id = %s "
                                "order by 1", test.test_id)
        self.assertEqual(after[0], rows[0])
        self.assertEqual(len(after), 2)
        self.assertGreater(after[1][1], after[0][1])
        self.assertEqual(now.judgement.catalogue_revision, after[1][1])

    def judged_and_sent_back(self):
        test = self.submit(self.air("2024-05-01"))
        return self.people["REVIEWER", "AIR"]("ReviewService.SendBackTest", test_id=test.test_id, version=test.version,
                                              reason="please look again").test


if __name__ == "__main__":
    unittest.main()
