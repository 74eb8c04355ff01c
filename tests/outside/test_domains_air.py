# SPDX-License-Identifier: Apache-2.0
"""A flat's air with five parameters, sampled at 89 kPa: reduced to the standard state, judged by the edition of GB/T 18883
that is in force on the day of sampling, up to the released sheet."""
import unittest

from tests.outside.domains import DomainCase, digits

ORDERS = [("M_MBTH", "HCHO"), ("M_NH3", "NH3"), ("M_BTX", "BENZENE"), ("M_TVOC", "TVOC"), ("M_RN", "RN")]
STATE = dict(t_C="25", p_kPa="89")
PUMP_L = 10
# By hand: V0 = Vt x 273 / (273 + t) x p / 101.3 (GB/T 18883-2002; 0 C, 101.3 kPa).
V0_L = digits(PUMP_L) * 273 * 89 / (298 * digits("101.3"))


class Air(DomainCase):
    domains = ("AIR",)
    methods = [("AIR", method) for method, _ in ORDERS]

    def flat(self, day):
        tests = self.ordered_all("AIR", "AIR_HOME", ORDERS, name="住宅客厅 living room, 28 m2", sampled_on=day)
        entries = (dict(A="0.1800", A0="0.0100", Bs_ug_per_abs="4.10", Vt_L=str(PUMP_L), **STATE),  # formaldehyde
                   dict(A="0.2060", A0="0.0060", Bs_ug_per_abs="8.60", Vt_L=str(PUMP_L), **STATE),  # ammonia
                   dict(m_ug="0.52", m0_ug="0.02", V0_L=str(V0_L.quantize(digits("0.001")))),  # benzene
                   dict(components_mg_m3=["0.121", "0.098", "0.064", "0.182", "ND"], unidentified_as_toluene="0.090"))
        tests[:4] = [self.enter(test, inputs=inputs) for test, inputs in zip(tests, entries)]
        tests[4] = self.enter(tests[4], readings=[dict(value="342"), dict(value="338")])
        return tests

    def test_five_parameters_of_a_flat_under_the_edition_of_the_day(self):
        formaldehyde = digits("0.17") * digits("4.10") / V0_L
        ammonia = digits("0.2") * digits("8.60") / V0_L
        benzene = digits("0.50") / V0_L.quantize(digits("0.001"))
        told = [str(formaldehyde.quantize(digits("0.001"))), str(ammonia.quantize(digits("0.001"))),
                str(benzene.quantize(digits("0.001"))), "0.555", "340"]
        self.assertEqual(told, ["0.087", "0.214", "0.062", "0.555", "340"])
        told[1] = "0.21"  # ammonia is printed to 0.01
        old = ("pass", "fail", "pass", "pass", "pass")  # 0.10, 0.20, 0.11, 0.60, 400
        new = ("fail", "fail", "fail", "pass", "fail")  # 0.08, 0.20, 0.03, 0.60, 300
        for day, standard, verdicts in (("2023-01-31", "GB/T 18883-2002, Table 1", old),
                                        ("2023-02-01", "GB/T 18883-2022, Table 1", new)):
            tests = self.flat(day)
            for test, figure, verdict in zip(tests, told, verdicts):
                with self.subTest(day, parameter=test.parameter_en):
                    found = self.judged(test, verdict, figure)
                    self.assertEqual(found.standard, standard)
            record, _ = self.released(tests[0].item_code, "AIR")
            self.assertEqual(len(record["results"]), 5)
            first = next(one for one in record["results"] if one["parameter_en"] == "Formaldehyde")
            self.assertEqual(first["determinations"], [
                {"value": str(formaldehyde.quantize(digits("0.00001"))),
                 "inputs": "样品吸光度 = 0.1800；空白吸光度 = 0.0100；计算因子 = 4.10 µg；采样体积 = 10 L；气温 = 25 ℃；气压 = 89 kPa",
                 "inputs_en": "absorbance of the sample = 0.1800; absorbance of the blank = 0.0100; factor = 4.10 µg; sampled volume = 10 L; "
                              "air temperature = 25 ℃; air pressure = 89 kPa"}])
            self.assertTrue(all(one["judgement_standard"].startswith(standard.split(",")[0]) for one in record["results"]))

    def test_without_the_day_of_sampling_the_edition_is_not_known_and_nothing_is_judged(self):
        test = self.ordered("AIR", "AIR_HOME", "M_RN", "RN")
        test = self.enter(test, readings=[dict(value="150")])
        self.assertEqual(self.judged(test, "not_judged", "150").trace.reason, "EDITION_UNKNOWN")

    def test_the_volume_of_the_pump_alone_would_have_passed_what_fails(self):
        uncorrected = digits("0.17") * digits("4.10") / PUMP_L
        self.assertLess(uncorrected, digits("0.08"))
        self.assertGreater(digits("0.17") * digits("4.10") / V0_L, digits("0.08"))


if __name__ == "__main__":
    unittest.main()
