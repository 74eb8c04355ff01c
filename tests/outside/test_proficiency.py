# SPDX-License-Identifier: Apache-2.0
"""Proficiency tests and reference materials as laboratories live them. Expected scores are by hand, or from Python's decimal
beside them."""
import decimal
import os
import pathlib
import unittest
import xml.etree.ElementTree

from tests.outside.case import Outside

SVG = "{http://www.w3.org/2000/svg}"
# ISO 13528 is illustrated by such a set; x* and s* are those that the design of Touchstone names: 750.1275 and 0.3652.
GOLD = "750.1 750.3 749.8 750.2 750.0 750.4 749.9 750.1 753.0 750.2".split()


def kind_of(score):
    return score.DESCRIPTOR.fields_by_name["score_kind"].enum_type.values_by_number[score.score_kind].name.removeprefix(
        "SCORE_KIND_").lower()


def verdict_of(one):
    return one.DESCRIPTOR.fields_by_name["verdict"].enum_type.values_by_number[one.verdict].name.removeprefix(
        "SCORE_VERDICT_").lower()


def algorithm_a(results):
    """ISO 13528:2022, C.3.1, in 60 digits of decimal: an independent reading of the text."""
    with decimal.localcontext(decimal.Context(prec=60)):
        numbers = [decimal.Decimal(one) for one in results]

        def median(values):
            values = sorted(values)
            half = len(values) // 2
            return values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2
        mean = median(numbers)
        deviation = decimal.Decimal("1.483") * median([abs(one - mean) for one in numbers])
        for _ in range(400):
            low, high = mean - decimal.Decimal("1.5") * deviation, mean + decimal.Decimal("1.5") * deviation
            pulled = [min(max(one, low), high) for one in numbers]
            mean = sum(pulled) / len(pulled)
            deviation = decimal.Decimal("1.134") * (sum((one - mean) ** 2 for one in pulled) / (len(pulled) - 1)).sqrt()
        return mean, deviation


class Proficiency(Outside):
    def scores(self, made):
        return [(kind_of(one), one.score, verdict_of(one)) for one in made.scores]

    def test_every_score_that_the_numbers_allow_is_calculated_and_the_worst_decides(self):
        # z = 1.5 / 0.6; zeta = 1.5 / 0.5; En = 1.5 / 1.
        made = self.world.proficiency("751.5", standard_uncertainty="0.3", assigned_standard_uncertainty="0.4",
                                      expanded_uncertainty="0.6", assigned_expanded_uncertainty="0.8")
        self.assertEqual(self.scores(made), [("z", "2.50", "questionable"), ("zeta", "3.000", "unsatisfactory"),
                                             ("en", "1.500", "unsatisfactory")])
        self.assertEqual(verdict_of(made), "unsatisfactory")
        self.assertEqual(made.scores[0].trace, "z = (x − x_pt) / σ_pt = (751.5 − 750.0) / 0.6 = 2.50; |x − x_pt| = 1.5, "
                         "2 σ_pt = 1.2, 3 σ_pt = 1.8: questionable")
        self.assertIn("4 (u_lab² + u_pt²) = 1.00, 9 (u_lab² + u_pt²) = 2.25", made.scores[1].trace)
        opened = [one for one in self.people["QUALITY"]("QualityService.ListNonconformities", laboratory="JEW",
                                                        only_open=True).nonconformities
                  if one.proficiency_id == made.proficiency_id]
        self.assertEqual([one.nonconformity_no for one in opened], [made.nonconformity_no])
        done = self.people["QUALITY"]("QualityService.CloseNonconformity", nonconformity_no=made.nonconformity_no,
                                      version=opened[0].version, cause="lamp aged", correction="measured again",
                                      corrective_action="lamp hours are logged").nonconformity
        self.assertEqual((done.proficiency_id, done.closed_by), (made.proficiency_id, "quality"))

    def test_lines_belong_to_the_milder_side_at_two_and_to_the_harder_at_three(self):
        for value, score, verdict in (("751.2", "2.00", "satisfactory"), ("748.8", "-2.00", "satisfactory"),
                                      ("751.20001", "2.00002", "questionable"), ("751.7999", "2.9998", "questionable"),
                                      ("751.8", "3.00", "unsatisfactory"), ("748.2", "-3.00", "unsatisfactory"),
                                      ("750.0", "0.00", "satisfactory")):
            with self.subTest(value):
                made = self.world.proficiency(value)
                self.assertEqual(self.scores(made), [("z", score, verdict)])
                self.assertEqual(bool(made.nonconformity_no), verdict == "unsatisfactory")

    def test_en_of_one_is_satisfactory_and_beyond_it_never_reads_as_one(self):
        numbers = dict(sigma_pt="", expanded_uncertainty="0.3", assigned_expanded_uncertainty="0.4")
        self.assertEqual(self.scores(self.world.proficiency("750.5", **numbers)), [("en", "1.000", "satisfactory")])
        self.assertEqual(self.scores(self.world.proficiency("750.50001", **numbers)), [("en", "1.00002", "unsatisfactory")])

    def test_a_questionable_result_warns_in_both_languages_and_opens_nothing(self):
        made = self.world.proficiency("751.5")
        self.assertFalse(made.nonconformity_no)
        self.assertIn("警戒信号", made.sentence_zh)
        self.assertIn("z = 2.50, questionable (warning signal)", made.sentence_en)

    def test_algorithm_a_makes_the_assigned_value_of_all_participants(self):
        mean, deviation = algorithm_a(GOLD)
        made = self.world.proficiency("751.0", assigned_value="", sigma_pt="", participants=GOLD)
        self.assertAlmostEqual(decimal.Decimal(made.scored_against), mean, delta=decimal.Decimal("1e-8"))
        self.assertAlmostEqual(decimal.Decimal(made.scored_sigma), deviation, delta=decimal.Decimal("1e-8"))
        z = (decimal.Decimal("751.0") - mean) / deviation
        self.assertEqual(made.scores[0].score, str(z.quantize(decimal.Decimal("0.01"))))
        self.assertEqual((list(made.participants), made.assigned_value), (GOLD, ""))
        self.assertIn("p = 10", made.robust_trace)
        given = self.world.proficiency("751.0", assigned_value="", sigma_pt="0.6", participants=GOLD)
        self.assertEqual(given.scored_sigma, "0.6")

    def test_what_cannot_be_scored_is_refused_and_says_what_is_missing(self):
        for field, changes in (("assigned_value", dict(assigned_value="")), ("sigma_pt", dict(sigma_pt="")),
                               ("participants", dict(participants=GOLD)),
                               ("participants", dict(assigned_value="", participants=["1"])),
                               ("participants", dict(assigned_value="", sigma_pt="", participants=["1", "1", "1"])),
                               ("participants[1]", dict(assigned_value="", participants=["1", "x"])),
                               ("value", dict(value="7e2")), ("expanded_uncertainty", dict(expanded_uncertainty="-1")),
                               ("parameter_id", dict(parameter_id="NI")), ("round", dict(round="")),
                               ("replaces", dict(replaces="not an id"))):
            with self.subTest(field), self.ends_in("INVALID_ARGUMENT") as refusal:
                self.world.proficiency(**changes)
            self.assertIn(field, refusal[0].text + str(refusal[0].fields))
        for changes in (dict(sigma_pt="0"), dict(standard_uncertainty="0", assigned_standard_uncertainty="0")):
            with self.subTest(changes), self.ends_in("INVALID_ARGUMENT", "PROFICIENCY_INPUT"):
                self.world.proficiency(**changes)

    def test_numbers_of_forty_digits_are_scored_exactly(self):
        x, y = "0." + "1" * 39, "0." + "1" * 38 + "0"
        made = self.world.proficiency(x, assigned_value=y, sigma_pt="0." + "0" * 38 + "5")
        self.assertEqual((made.value, self.scores(made)), (x, [("z", "0.20", "satisfactory")]))

    def test_a_corrected_record_leaves_the_chart_and_stays_in_the_books(self):
        fields = dict(parameter_id="AG", assigned_value="10", sigma_pt="1")
        wrong = self.world.proficiency("12.5", round="AG-1", **fields)
        right = self.world.proficiency("10.5", round="AG-1", replaces=wrong.proficiency_id, note="misread", **fields)
        again = self.people["AUDITOR"]("QualityService.GetProficiency", proficiency_id=wrong.proficiency_id).proficiency
        self.assertEqual(again.replaced_by, right.proficiency_id)
        self.world.proficiency("13.5", round="AG-2", **fields)
        told = self.picture("AG")
        self.assertIn("AG-1", told)
        self.assertIn("Action signal: |z| ≥ 3, unsatisfactory (at 2)", told)
        self.assertNotIn("questionable (at", told)

    def picture(self, parameter, **more):
        svg = self.people["TECHNICIAN"]("QualityService.DrawProficiency", laboratory="JEW", method_id="M_XRF",
                                        parameter_id=parameter, **more).picture
        if os.environ.get("TOUCHSTONE_KEEP_SHEETS"):  # to be looked at
            (pathlib.Path(os.environ["TOUCHSTONE_KEEP_SHEETS"]) / f"scores-{parameter}.svg").write_bytes(svg)
        return " ".join(text.text or "" for text in xml.etree.ElementTree.fromstring(svg).iter(SVG + "text"))

    def test_the_scores_over_the_rounds_are_a_picture_with_lines_at_two_and_three(self):
        fields = dict(parameter_id="PT", assigned_value="950", sigma_pt="2")
        with self.ends_in("FAILED_PRECONDITION", "CHART_EMPTY"):
            self.picture("PT")
        for n, value in enumerate(["951", "949.4", "954.9", "950.2", "956.6", "946.1", "943.4"]):
            self.world.proficiency(value, round=f"2026-{n}", **fields)
        told = self.picture("PT")
        for word in ("+2", "−3", "能力验证", "2026-6", "Warning signal: 2 < |z| < 3, questionable (at 3)",
                     "0.50", "−0.30", "−1.95", "2.45", "3.30", "−3.30", "CNAS · T0812 gold", "Nonconforming work: NC-JEW-",
                     "Action signal: |z| ≥ 3, unsatisfactory (at 5, 7)"):
            self.assertIn(word, told)
        self.assertNotIn("Limits", told)
        png = self.people["TECHNICIAN"]("QualityService.DrawProficiency", laboratory="JEW", method_id="M_XRF", parameter_id="PT",
                                        format="PICTURE_FORMAT_PNG").picture
        self.assertEqual(png[:8], b"\x89PNG\r\n\x1a\n")
        if os.environ.get("TOUCHSTONE_KEEP_SHEETS"):
            (pathlib.Path(os.environ["TOUCHSTONE_KEEP_SHEETS"]) / "scores.png").write_bytes(png)


class Materials(Outside):
    def test_a_material_within_its_uncertainties_is_accepted_up_to_the_edge(self):
        for value in ("750.2", "750.7", "749.7"):
            made = self.world.crm(value)
            self.assertEqual((made.accepted, made.nonconformity_no, made.hold_id), (True, "", ""), value)
        self.assertEqual(made.trace, "|x − ref| ≤ √(U_ref² + U_lab²): (x − ref)² = 0.25, U_ref² + U_lab² = 0.25: accepted")
        self.assertEqual((made.certified_coverage, made.coverage_factor, made.unit), ("2", "2", "‰"))

    def test_a_failed_material_holds_its_batch_until_the_quality_manager_releases_it(self):
        test = self.world.entered()
        failed = self.world.crm("750.70000000000000000000000000000000001", batch_no="CRM-BATCH", test_ids=[test.test_id],
                                instrument="XRF-01")
        self.assertFalse(failed.accepted)
        self.assertIn("须采取纠正措施", failed.sentence_zh)
        submit = dict(test_id=test.test_id, version=test.version)
        with self.ends_in("FAILED_PRECONDITION", "BATCH_HELD") as refusal:
            self.people["TECHNICIAN"]("BenchService.SubmitTest", **submit)
        self.assertEqual(refusal[0].metadata["crm_check_id"], failed.crm_check_id)
        hold = self.people["QUALITY"]("QualityService.GetHold", hold_id=failed.hold_id).hold
        self.assertEqual((list(hold.rules), hold.crm_check_id), (["crm"], failed.crm_check_id))
        opened = [one for one in self.people["QUALITY"]("QualityService.ListNonconformities", laboratory="JEW").nonconformities
                  if one.nonconformity_no == failed.nonconformity_no]
        self.assertEqual([(one.crm_check_id, one.hold_id) for one in opened], [(failed.crm_check_id, failed.hold_id)])
        self.people["QUALITY"]("QualityService.ReleaseHold", hold_id=hold.hold_id, version=hold.version, reason="new lot, rerun")
        self.people["TECHNICIAN"]("BenchService.SubmitTest", **submit)
        listed = self.people["AUDITOR"]("QualityService.ListCrmChecks", laboratory="JEW", instrument="XRF-01").crm_checks
        self.assertEqual([one.crm_check_id for one in listed], [failed.crm_check_id])
        self.assertEqual(self.people["AUDITOR"]("QualityService.GetCrmCheck", crm_check_id=failed.crm_check_id).crm_check, listed[0])

    def test_wrong_input_is_named(self):
        for field, changes in (("certified_coverage", dict(certified_coverage="0")), ("value", dict(value="")),
                               ("certified_uncertainty", dict(certified_uncertainty="-0.1")),
                               ("batch_no", dict(test_ids=[self.world.claimed().test_id])), ("material", dict(material=""))):
            with self.subTest(field), self.ends_in("INVALID_ARGUMENT") as refusal:
                self.world.crm(**changes)
            self.assertIn(field, refusal[0].text + str(refusal[0].fields))


if __name__ == "__main__":
    unittest.main()
