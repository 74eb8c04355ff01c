# SPDX-License-Identifier: Apache-2.0
"""The fibre and the metrology pack: a school uniform's pH and formaldehyde, a price scale's errors against the maximum
permissible error of its load and stage, and what the catalogue asks nothing of."""
import unittest

from tests.outside.domains import DomainCase, digits


class Packs(DomainCase):
    domains = ("FIB", "MET")
    methods = [("FIB", method) for method in ("M_THCHO", "M_TPH", "M_TRUB", "M_TPILL", "M_TODOR")] + \
        [("MET", method) for method in ("M_JJG539", "M_JJG270", "M_JJG162")]

    # ---- fibre
    CURVE = dict(x=["0", "0.75", "1.5", "3", "6"], y=["0", "0.030", "0.060", "0.120", "0.240"], V_mL="100", m_g="1.000")

    def uniform(self, orders, **more):
        return self.ordered_all("FIB", "FIB_UNIF", orders, name="小学生校服 school uniform", produced_on="2026-08-15", **more)

    def test_a_school_uniform_goes_from_ph_and_formaldehyde_to_the_released_sheet(self):
        acidity, formaldehyde, rubbing, odour, pilling = self.uniform(
            [("M_TPH", "T_PH"), ("M_THCHO", "T_HCHO"), ("M_TRUB", "T_RUBD"), ("M_TODOR", "T_ODOUR"), ("M_TPILL", "PILL")])
        # Two extracts of 6.83 and 6.91: mean 6.87, printed to 0.1 (GB/T 7573).
        acidity = self.enter(acidity, readings=[dict(value="6.83"), dict(value="6.91")])
        found = self.judged(acidity, "pass", "6.9")
        self.assertEqual((found.trace.limit_id, found.trace.low, found.trace.high, found.standard),
                         ("L239", "4.0", "8.5", "GB 18401-2010, Table 1"))
        # y = 0.04 x: extracts of 0.80 and 0.82 ug/mL, 100 mL of 1 g: 80 and 82 mg/kg, mean 81 above 75 of class B.
        formaldehyde = self.enter(formaldehyde, inputs=[dict(self.CURVE, sample_y="0.0320"), dict(self.CURVE, sample_y="0.0328")])
        found = self.judged(formaldehyde, "fail", "81")
        self.assertEqual([digits(one) for one in found.trace.determinations], [80, 82])
        self.assertEqual((found.trace.limit_id, found.trace.high), ("L238", "75"))
        rubbing = self.enter(rubbing, inputs=[{"result": "3-4"}, {"result": "3-4"}])
        self.assertEqual(self.judged(rubbing, "pass", "3-4").trace.reason, "BY_GRADE")
        odour = self.enter(odour, inputs=[{"result": "none"}, {"result": "none"}])
        self.judged(odour, "pass", "none")
        pilling = self.enter(pilling, inputs=[{"result": "4"}, {"result": "4"}])
        self.assertEqual(self.judged(pilling, "not_judged").trace.reason, "NO_LIMIT")
        record, _ = self.released(acidity.item_code, "FIB")
        self.assertEqual({one["parameter_en"]: one["verdict"] for one in record["results"]},
                         {"pH of extract": "pass", "Formaldehyde": "fail", "Fastness to dry rubbing": "pass", "Odour": "pass",
                          "Pilling": "not_judged"})
        self.assertEqual(record["conclusion"]["verdict"], "fail")

    def test_formaldehyde_below_20_is_reported_as_not_detected_by_the_method(self):
        formaldehyde, = self.uniform([("M_THCHO", "T_HCHO")])
        formaldehyde = self.enter(formaldehyde, readings=[dict(value="20", qualifier="QUALIFIER_NOT_DETECTED")] * 2)
        self.judged(formaldehyde, "pass", "ND < 20")

    def test_one_determination_is_too_few_where_the_method_asks_two(self):
        formaldehyde, = self.uniform([("M_THCHO", "T_HCHO")])
        formaldehyde = self.enter(formaldehyde, inputs=dict(self.CURVE, sample_y="0.0320"))
        self.assertEqual(self.verdict(formaldehyde), "not_judged")
        self.assertIn("at least 2 determinations; there are 1", formaldehyde.judgement.sentence_en)
        with self.ends_in("INVALID_ARGUMENT", "DETERMINATIONS_TOO_FEW"):
            self.submit(formaldehyde)
        formaldehyde = self.enter(formaldehyde, reason="second extract", inputs=[
            dict(self.CURVE, sample_y="0.0240"), dict(self.CURVE, sample_y="0.0248")])
        found = self.judged(formaldehyde, "pass", "61")
        self.assertEqual([digits(one) for one in found.trace.determinations], [60, 62])

    # ---- metrology: class III, e = 5 g, Max = 15 kg
    def scale(self, limit, load, indication, added):
        test = self.ordered("MET", "MET_SCALE3", "M_JJG539", "SC_ERR", name="电子计价秤 price scale, Max 15 kg, e = 5 g")
        test = self.enter(test, inputs=dict(I=indication, e="5", dm=added, m=load))
        self.assertEqual(self.verdict(test), "not_judged")  # six rows: the stage and the load decide which
        self.assertEqual(test.judgement.trace.reason, "CONDITION_NOT_CHOSEN")
        return self.people["TECHNICIAN", "MET"]("BenchService.ChooseLimit", test_id=test.test_id, version=test.version,
                                                limit_id=limit, reason=f"subsequent verification at {load} g").test

    def test_a_price_scale_is_held_against_the_error_that_its_load_may_have(self):
        # P = I + 0.5 e - dm, E = P - m (JJG 539-2016). At 2500 g (500 e): 2500 + 2.5 - 2.0 - 2500 = 0.5 g = 0.1 e.
        found = self.judged(self.scale("L272", "2500", "2500", "2.0"), "pass", "0.1")
        self.assertEqual((found.trace.calc_key, found.trace.operator, found.trace.high, found.unit),
                         ("SCALE_ERR", "abs_le", "0.5", "e"))
        self.assertEqual({step.name: digits(step.value) for step in found.trace.steps},
                         {"indication": digits("2500.5"), "error_g": digits("0.5")})
        # At 10000 g (2000 e): 9995 + 2.5 - 3.0 - 10000 = -5.5 g = -1.1 e, more than 1.0 e allowed.
        self.judged(self.scale("L273", "10000", "9995", "3.0"), "fail", "-1.1")
        # The same in service may be 2.0 e.
        self.judged(self.scale("L276", "10000", "9995", "3.0"), "pass", "-1.1")
        # At 15000 g (3000 e): 15010 + 2.5 - 5.0 - 15000 = 7.5 g, which is 1.5 e exactly: the limit is included.
        test = self.scale("L274", "15000", "15010", "5.0")
        self.judged(test, "pass", "1.5")
        record, _ = self.released(test.item_code, "MET")
        self.assertEqual((record["results"][0]["verdict"], record["results"][0]["requirement"]), ("pass", "±1.5"))

    def test_repeatability_has_no_requirement_in_the_pack_and_says_so(self):
        test = self.ordered("MET", "MET_SCALE3", "M_JJG539", "SC_REP")
        test = self.enter(test, readings=[dict(value="0.4")])
        found = self.judged(test, "not_judged", "0.4")
        self.assertEqual((found.trace.reason, found.sentence_zh), ("NO_LIMIT", "重复性没有可依据的限值：不作判定。"))

    def test_a_sphygmomanometer_and_a_water_meter_are_judged_by_their_errors(self):
        test = self.ordered("MET", "MET_SPHYG", "M_JJG270", "BP_ERR")
        test = self.enter(test, inputs=dict(indication="103.5", reference="100", mpe="3.75"))
        self.judged(test, "pass", "3.5")
        test = self.ordered("MET", "MET_WATER2", "M_JJG162", "WM_ERR_Q3")
        test = self.enter(test, inputs=dict(indication="102.1", reference="100", mpe_pct="2"))
        self.judged(test, "fail", "2.1")


if __name__ == "__main__":
    unittest.main()
