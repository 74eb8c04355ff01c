# SPDX-License-Identifier: Apache-2.0
"""The page of a worksheet as it is printed: what was found, the form that it stands on, its lots, and what may not be read from it."""
import unittest
import xml.etree.ElementTree

from tests.outside.worksheets import WorksheetCase, name_of

SVG = "{http://www.w3.org/2000/svg}"


class Pages(WorksheetCase):
    def words(self, sheet):
        picture = self.technician("WorksheetService.DrawWorksheet", worksheet_no=sheet.worksheet.worksheet_no).picture
        return [text.text or "" for text in xml.etree.ElementTree.fromstring(picture).iter(SVG + "text")]

    def test_the_picture_has_every_position_and_afterwards_what_was_found(self):
        self.plan()
        sheet = self.of_rings(6)
        told = self.words(sheet)
        for position in sheet.positions:
            self.assertIn(str(position.position), told)
            if position.HasField("test"):
                self.assertIn(position.test.item_code, told)
        self.assertNotIn("753.3", told)
        self.assertIn(sheet.worksheet.worksheet_no, told)
        done = self.enter(sheet, self.results(sheet, p1="0.7"))
        told = self.words(done)
        self.assertIn("753.3", told)
        self.assertTrue([one for one in told if "BATCH HELD" in one])
        self.assertIn("✗", told)
        with self.ends_in("INVALID_ARGUMENT") as refusal:
            self.technician("WorksheetService.DrawWorksheet", worksheet_no=sheet.worksheet.worksheet_no,
                            format="PICTURE_FORMAT_PNG")
        self.assertIn("drawn as SVG", refusal[0].text)

    def form(self, **fields):
        return self.people["QUALITY"]("RecordService.SetForm", **dict(
            dict(laboratory="JEW", document="FORM_DOCUMENT_WORKSHEET", form_no="JEW-WS-001", edition="A/0", effective_from="2020-01-01",
                 reason="management review"), **fields)).form

    def test_a_worksheet_stands_on_the_form_of_worksheets_that_held_when_it_was_made(self):
        self.plan()
        self.form(document="FORM_DOCUMENT_RECORD", form_no="JEW-QR-001")
        sheet = self.of_rings(1)
        self.assertIn("未指定受控表格编号 No controlled form", self.words(sheet))
        self.assertEqual(name_of(self.form(), "document"), "FORM_DOCUMENT_WORKSHEET")
        self.assertIn("表格编号 Form JEW-WS-001  版次 Ed. A/0", self.words(sheet))
        self.form(method_id="M_XRF", form_no="JEW-WS-002", edition="B/3", title_zh="金含量检测工作单", title_en="Gold by XRF")
        self.form(method_id="M_XRF", form_no="JEW-WS-002", edition="C/0", effective_from="2099-01-01")
        told = self.words(sheet)
        self.assertIn("表格编号 Form JEW-WS-002  版次 Ed. B/3", told)
        self.assertIn("金含量检测工作单 Gold by XRF", told)
        done = self.enter(sheet)
        test = done.positions[2].test
        record = self.people["REVIEWER"]("RecordService.GetOriginalRecord", test_id=test.test_id).record
        self.assertEqual(record.form.form_no, "JEW-QR-001")  # of records, still
        self.form(document="FORM_DOCUMENT_RECORD", form_no="", edition="", withdrawn=True)

    def test_the_lots_of_a_worksheet_are_those_of_each_of_its_samples(self):
        self.plan()
        lot = self.world.lot()
        sheet = self.of_rings(2)
        with self.ends_in("INVALID_ARGUMENT") as refusal:
            self.enter(sheet, lots=[lot, "NO-SUCH-LOT"])
        self.assertIn("lots", refusal[0].fields)
        done = self.enter(sheet, lots=[lot])
        used = self.daemon.sql("select test_id::text, lots from lab.reagent_use where test_id = any (%s::uuid[])",
                               [position.test.test_id for position in done.positions if position.HasField("test")])
        self.assertEqual([lots for _, lots in used], [[lot]] * 2)
        self.assertTrue([one for one in self.words(done) if lot in one])

    def test_a_result_that_was_corrected_by_hand_is_no_result_of_the_page(self):
        self.plan()
        sheet = self.of_rings(2)
        done = self.enter(sheet)
        test = done.positions[2].test
        self.technician("BenchService.EnterResult", test_id=test.test_id, version=test.version, instrument="XRF-01",
                        readings=[dict(value="740.1")] * 3, expanded_uncertainty="2.0", reason="a digit was read wrongly")
        told = self.words(done)
        self.assertIn("已更正 corrected", told)
        self.assertFalse([one for one in told if one.startswith("740")])
        self.assertTrue([one for one in told if "Entered again later" in one])

    def test_a_sample_of_a_held_batch_is_held_on_every_worksheet_that_it_stands_on(self):
        self.plan()
        first = self.of_rings(1)
        failed = self.enter(first, self.results(first, p5="780"))
        again = self.enter(self.create(test_ids=[failed.positions[2].test.test_id]))
        told = self.words(again)
        self.assertIn("冻结 held", told)
        self.assertFalse([one for one in told if one.startswith("符合 ")])
        self.assertTrue([one for one in told if "held with another batch" in one])


if __name__ == "__main__":
    unittest.main()
