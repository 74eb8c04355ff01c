# SPDX-License-Identifier: Apache-2.0
"""The words of real sheets: each half in its own language, inputs with names and units, a rule for every verdict, nothing
promised that is not there; and a sheet that lacks what its domain must say is not released."""
import re
import unittest

from tests.outside.sheets_of_all import SheetsOfAll
from tests.outside.test_documents import text_of
from tests.support.daemon import PASSWORD

CHINESE = re.compile("[\u2e80-\u9fff\uff00-\uffef]")
# What the client, the desk or the bench typed is said as it was typed.
TYPED = ("client.", "item.", "signatures", "sampling.", "equipment", "readings", "missing_reasons", "determinations", "statement.", "valid_until",
         "authorisation", "measurement_standard")


def texts(value, path=""):
    """Every (path, text) of a record."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from texts(one, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from texts(one, f"{path}[{number}]")
    elif isinstance(value, str):
        yield path, value


class Words(SheetsOfAll):
    SHEETS = ("ring", "jadeite", "milk", "air", "uniform", "scale")

    def result(self, sheet, parameter):
        return next(one for one in self.sheet(sheet).record["results"] if one["parameter_en"] == parameter)

    def test_the_english_half_has_no_chinese(self):
        for name in self.SHEETS:
            for path, text in texts(self.sheet(name).record):
                if re.search(r"(^|[._])en$", path) and "reserve" not in path and not path.startswith(TYPED) or path.endswith("inputs_en"):
                    with self.subTest(name, path=path):
                        self.assertNotRegex(text, CHINESE)

    def test_inputs_have_names_and_units_and_none_is_called_as_in_the_formula(self):
        for name, wanted in (("ring", ("金卷质量 = 187.40, 188.20 mg", "mass of the cornet = 187.40, 188.20 mg")),
                             ("scale", ("附加砝码 = 2.0 g", "additional weights = 2.0 g")),
                             ("milk", ("各稀释度的平板菌落数 = 0.01: 232, 244 / 0.001: 33, 35 CFU", "colonies of the plates at each dilution = 0.01"))):
            told = [one for result in self.sheet(name).record["results"] for one in result["determinations"] if "inputs" in one]
            self.assertTrue(told)
            self.assertIn(wanted[0], told[0]["inputs"])
            self.assertIn(wanted[1], told[0]["inputs_en"])
            for one in told:
                self.assertNotRegex(one["inputs"] + one["inputs_en"], r"\b(\w+_mg|dm|dilutions|proof_\w+)\b")

    def test_a_ph_and_a_grade(self):
        acidity, rubbing, odour = (self.result("uniform", name) for name in ("pH of extract", "Fastness to dry rubbing", "Odour"))
        self.assertEqual((acidity["mean"], acidity["unit"], acidity["requirement"]), ("6.9", "", "4.0–8.5"))
        self.assertEqual((rubbing["requirement"], rubbing["requirement_en"], rubbing["mean_en"]), ("≥ 3", "not below grade 3", "grade 3-4"))
        self.assertIn("要求 ≥ 3 级", rubbing["sentence_zh"])
        self.assertIn("grade 3-4, against the requirement of GB 18401-2010 (not below grade 3)", rubbing["sentence_en"])
        self.assertIn("“无”", odour["sentence_zh"])
        text = "".join(text_of(self.sheet("uniform").pdf).split())
        self.assertIn("notbelowgrade3", text)
        self.assertNotIn("6.9pH", text)

    def test_an_announcement_is_cited_in_english_by_its_number(self):
        melamine = self.result("milk", "Melamine")
        self.assertIn("of Announcement No. 10 of 2011: conforms", melamine["sentence_en"])
        self.assertIn("五部门公告2011年第10号", melamine["judgement_standard"])
        self.assertIn("Announcement No. 10 of 2011", self.sheet("milk").record["conclusion"]["en"])

    def test_every_verdict_has_its_rule(self):
        ring, milk = (self.sheet(name).record["decision_rule"] for name in ("ring", "milk"))
        for part in ("（1）金含量（GB/T 18043-2013）：筛选方法", "（2）金含量（GB/T 9288-2019）：以未修约的值按全数值比较法判定"):
            self.assertIn(part, ring["zh"])
        self.assertIn("Sampling plan (n, c, m, M)", milk["en"])
        self.assertIn("simple acceptance (w = 0)", milk["en"])
        self.assertIn("A grade, a word or a finding", self.sheet("uniform").record["decision_rule"]["en"])

    def test_not_detected_says_where_its_limit_stands(self):
        for name, said in (("milk", True), ("uniform", True), ("ring", False), ("scale", False)):
            told = {one["id"]: one["zh"] for one in self.sheet(name).record["statements"]}
            self.assertEqual("STM14" in told, said, name)
            self.assertNotIn("备注", told.get("STM14", ""))

    def test_air_says_to_which_state_its_volume_was_normalised(self):
        told = {one["id"]: (one["zh"], one["en"]) for one in self.sheet("air").record["statements"]}
        self.assertEqual(told["STM18"], ("采样体积已换算至 25 ℃、101.325 kPa。", "The sampled volume is normalised to 25 ℃, 101.325 kPa."))

    def test_a_conclusion_names_what_was_tested_in_the_order_of_the_table(self):
        for name in ("milk", "air", "uniform"):
            record = self.sheet(name).record
            passed = [one for one in record["results"] if one["verdict"] == "pass"]
            zh, en = ([one[f"parameter_{language}"] for one in passed] for language in ("zh", "en"))
            self.assertIn("（" + "、".join(zh) + "）符合", record["conclusion"]["zh"])
            names = [one if one.isupper() or not one[1].islower() else one[0].lower() + one[1:] for one in en]
            self.assertIn("(" + ", ".join(names) + ") conform", record["conclusion"]["en"])

    def test_each_mark_is_explained_also_where_the_laboratory_sampled(self):
        for name in self.SHEETS:
            self.assertIn("标注†的信息由委托方提供", "".join(one["zh"] for one in self.sheet(name).record["statements"]), name)
            dashes = [one for one in self.sheet(name).record["results"] if not one["expanded_uncertainty"]]
            self.assertEqual("not evaluated or not applicable" in " ".join(text_of(self.sheet(name).pdf).split()), bool(dashes), name)

    def test_the_risk_of_simple_acceptance_is_told_beside_a_screening_too(self):
        for name in ("ring", "milk", "scale"):
            self.assertIn("STM12", [one["id"] for one in self.sheet(name).record["statements"]], name)

    def test_a_document_calls_itself_and_who_signs_it_by_their_names(self):
        for name, signs in (("ring", "报告无编制人、审核人、批准人（授权签字人）签署无效。"), ("milk", "报告无检验人、审核人、批准人（授权签字人）签署无效。"),
                            ("scale", "证书无检定员、核验员、主管（批准人）签署无效。")):
            self.assertIn(signs, [one["zh"] for one in self.sheet(name).record["statements"]])
        pieces = self.people["RECEPTION", "MET"]("SheetService.DownloadSheet", sheet_no=self.sheet("scale").number,
                                                 document="SHEET_DOCUMENT_SHARE", timeout=60)
        for pdf in (self.sheet("scale").pdf, b"".join(piece.data for piece in pieces)):
            text = "".join(text_of(pdf).split())
            for told in ("检定证书", "证书编号", "检定结果", "检定结论", "检定日期"):
                self.assertIn(told, text)
            self.assertNotIn("报告", text)
            self.assertNotIn("TESTREPORT", text)

    def test_a_card_says_which_of_two_methods_found_what(self):
        pieces = self.people["RECEPTION", "JEW"]("SheetService.DownloadSheet", sheet_no=self.sheet("ring").number,
                                                 document="SHEET_DOCUMENT_CARD", timeout=60)
        text = "".join(text_of(b"".join(piece.data for piece in pieces)).split())
        self.assertIn("GB/T9288-2019灰吹法", text)
        self.assertIn("GB/T18043-2013X射线荧光光谱法", text)

    def test_a_verification_says_by_what_right_and_by_which_standard(self):
        text = "".join(text_of(self.sheet("scale").pdf).split())
        for told in ("计量授权证书", "ExampleNo.0001", "计量标准", "weightsofclassF2"):
            self.assertIn(told, text)

    def test_a_room_and_an_instrument_in_its_place_have_no_mass(self):
        for name, mass in (("ring", "3.52"), ("milk", "100"), ("air", ""), ("scale", "")):
            with self.subTest(name):
                self.assertEqual(self.sheet(name).record["item"]["mass_g"], mass)
                self.assertEqual("Mass received" in text_of(self.sheet(name).pdf), mass != "")

    def test_the_star_on_the_card_is_explained(self):
        for name in ("ring", "uniform"):
            pieces = self.people["RECEPTION", self.sheet(name).number.partition("-")[0]](
                "SheetService.DownloadSheet", sheet_no=self.sheet(name).number, document="SHEET_DOCUMENT_CARD", timeout=60)
            text = "".join(text_of(b"".join(piece.data for piece in pieces)).split())
            self.assertIn("*Allitems:outsidetheCMAandCNASscopes", text)

    def test_a_number_alone_tells_the_kind_of_the_sample(self):
        anybody = self.daemon.client()
        for name, kind in (("ring", ("首饰", "Jewellery article")), ("milk", ("食品（通用）", "Any food"))):
            told = anybody("PublicService.LookUpSheet", sheet_no=self.sheet(name).number)
            self.assertEqual((told.kind_zh, told.kind_en), kind)

    def test_what_a_domain_must_say_is_told_or_has_a_reason_before_the_release(self):
        test, = self.received("FOOD", "FOOD_MILK_UHT", [("M_AFM", "AFM1")], name="灭菌乳 UHT milk", produced_on="2026-10-01")
        self.measured(test, ["0.10", "0.10"])
        technician, reviewer = self.people["TECHNICIAN", "FOOD"], self.people["REVIEWER", "FOOD"]
        for one in technician("BenchService.ListTests", laboratory="FOOD", item_code=test.item_code).tests:
            reviewer("ReviewService.ApproveTest", test_id=one.test_id, version=one.version)
        desk, signatory = self.people["RECEPTION", "FOOD"], self.people["SIGNATORY", "FOOD"]

        def release():
            version = desk("DeskService.GetItem", item_code=test.item_code).item.version
            return signatory("SheetService.ReleaseSheet", item_code=test.item_code, version=version, password=PASSWORD, meaning="approved")

        with self.ends_in("FAILED_PRECONDITION", "REPORT_FIELD_MISSING"):
            release()
        version = desk("DeskService.GetItem", item_code=test.item_code).item.version
        desk("DeskService.TellItem", item_code=test.item_code, version=version, field="mfr", reason="标签上没有 not on the label")
        number = release().sheet.sheet_no
        record = self.daemon.sql("select record from lab.sheet where sheet_no = %s", number)[0][0]
        self.assertEqual([(one["field"], one["zh"]) for one in record["missing_reasons"]], [("mfr", "标签上没有 not on the label")])


if __name__ == "__main__":
    unittest.main()
