# SPDX-License-Identifier: Apache-2.0
"""What the grid of a method asks for: readings or the inputs of its formula, their units, and what somebody lacks today."""
from tests.outside.domains import DomainCase


class EntryForms(DomainCase):
    domains = ("FIB",)

    def form(self, method, parameter, laboratory="JEW"):
        return self.people["TECHNICIAN", laboratory]("BenchService.GetEntryForm", laboratory=laboratory, method_id=method,
                                                     parameter_id=parameter)

    def test_a_method_of_points_takes_readings_and_its_other_inputs(self):
        form = self.form("M_XRF", "AU")
        self.assertEqual((form.takes_readings, form.min_replicates, form.unit, form.decimals), (True, 3, "‰", 1))
        self.assertEqual([(one.name, one.optional) for one in form.inputs], [("max_spread", True)])
        self.assertFalse(form.not_qualified or form.not_competent or form.demands_calibration)

    def test_a_formula_asks_for_its_inputs_with_words_and_units(self):
        form = self.form("M_AGTITR", "AG")
        self.assertFalse(form.takes_readings)
        self.assertEqual([(one.name, one.label_zh, one.label_en, one.unit, one.optional) for one in form.inputs], [
            ("V_mL", "滴定体积", "volume of titrant", "mL", False), ("V0_mL", "空白滴定体积", "volume for the blank", "mL", True),
            ("c_mol_L", "滴定液浓度", "concentration of titrant", "mol/L", False), ("M", "摩尔质量", "molar mass", "g/mol", True),
            ("m_mg", "样品质量", "mass of the sample", "mg", False)])

    def test_a_grade_has_its_scale(self):
        with self.subTest("fastness"):
            methods = self.people["TECHNICIAN", "FIB"]("CatalogueService.ListMethods", laboratory="FIB").methods
            forms = [self.form(one.method_id, parameter, "FIB") for one in methods for parameter in one.parameter_ids]
            graded = [form for form in forms if form.value_type == "grade" and form.grades]
            self.assertEqual(list(graded[0].grades), ["1", "1-2", "2", "2-3", "3", "3-4", "4", "4-5", "5"])
            self.assertFalse(graded[0].takes_readings)

    def test_who_is_not_qualified_is_told_so_and_an_instrument_out_of_calibration_is_not_among_those_that_may_be_used(self):
        self.assertTrue(self.form("M_CUP", "AU").not_qualified)
        self.people["MANAGER"]("FitnessService.SetMethodChecks", laboratory="JEW", method_id="M_AGTITR", competence=True, calibration=True,
                               reason="as the procedure demands")
        for subject, until in (("TITR-1", "2099-01-01"), ("TITR-2", "2020-01-01")):
            self.people["QUALITY"]("FitnessService.RecordFitness", laboratory="JEW", fitness_kind="FITNESS_KIND_CALIBRATION", subject=subject,
                                   valid_from="2019-01-01", valid_until=until, evidence="certificate", reason="as the certificate says")
        form = self.form("M_AGTITR", "AG")
        self.assertTrue(form.not_competent and form.demands_calibration)
        self.assertEqual(list(form.calibrated), ["TITR-1"])

    def test_a_method_without_the_parameter_is_not_found(self):
        with self.ends_in("NOT_FOUND", "NOT_FOUND"):
            self.form("M_XRF", "NI")
