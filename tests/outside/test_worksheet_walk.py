# SPDX-License-Identifier: Apache-2.0
"""96 positions of aflatoxin M1 in milk on one worksheet, from the empty paper over a control that fails to the release and
the review; and what an auditor reads on the page at each of these moments."""
import decimal
import re
import unittest
import xml.etree.ElementTree

from tests.outside import milk

SVG = "{http://www.w3.org/2000/svg}"
VERDICTS = ("符合 conforms", "不符合 fails")


def texts_of(picture):
    return [one.text or "" for one in xml.etree.ElementTree.fromstring(picture).iter(SVG + "text")]


class Walk(milk.MilkCase):
    def test_a_held_worksheet_tells_no_verdict_and_a_released_one_by_whom_and_why(self):
        self.earlier()
        self.at("09:10")
        tests = self.milks(77)
        self.at("13:05")
        sheet = self.created(tests)
        self.assertEqual(len(sheet.positions), 96)
        self.paper_is_empty(texts_of(self.drawn(sheet, "worksheet-open")))
        self.at("13:20")  # columns in the afternoon, the run over the night
        self.work(tests, "StartWork")
        self.at("08:25", days=1)
        self.work(tests, "StopWork")
        self.at("09:10", days=1)
        done = self.entered(sheet)
        failed = [one for one in done.positions if one.outcome == 3]
        self.assertEqual([(one.position, list(one.rules)) for one in failed], [(failed[0].position, ["1-2s", "1-3s"])])
        self.at("09:15", days=1)
        self.nothing_is_told(texts_of(self.drawn(sheet, "worksheet-held")), failed[0])
        self.at("10:50", days=1)
        again = self.technician("QualityService.EnterControl", laboratory="FOOD", chart=milk.CHART, value=milk.REPEAT,
                                batch_no=sheet.worksheet.batch_no, note="new vial")
        self.assertFalse(again.HasField("hold"))
        self.at("14:20", days=1)
        hold = done.holds[0]
        self.quality("QualityService.OpenNonconformity", laboratory="FOOD", hold_id=hold.hold_id,
                     description=f"第 {failed[0].position} 位质控样超出 3s control of position {failed[0].position} beyond 3s")
        self.quality("QualityService.ReleaseHold", hold_id=hold.hold_id, version=hold.version, reason=milk.RELEASE)
        self.at("14:40", days=1)
        submitted = self.technician("WorksheetService.SubmitWorksheet", timeout=60, worksheet_no=sheet.worksheet.worksheet_no,
                                    version=done.worksheet.version)
        self.at("10:05", days=2)
        for position in submitted.positions:
            if position.HasField("test"):
                self.reviewer("ReviewService.ApproveTest", test_id=position.test.test_id, version=position.test.version)
        self.at("11:02", days=2)
        self.everything_is_told(texts_of(self.drawn(sheet, "worksheet-released")), failed[0])

    def paper_is_empty(self, told):
        self.assertIn("待录入 Open: not entered yet", told)
        self.assertIn("表格编号 Form FOOD-QR-025  版次 Ed. B/1", told)
        self.assertFalse([one for one in told if one in VERDICTS])

    def nothing_is_told(self, told, failed):
        page = " ".join(told)
        self.assertFalse([one for one in told if "conforms" in one or one.endswith("不符合 fails")], told)
        self.assertEqual(told.count("冻结 held"), 77)
        self.assertIn("BATCH HELD: no verdict, no release", page)
        self.assertIn(f"第 {failed.position} 位 position {failed.position} 质控样 control {milk.CHART} = {failed.value}", page)
        self.assertIn("质控重测 Control repeated：无 none", page)
        self.assertIn("规则 rule 1-3s（1 点超出 3s 1 point beyond 3s）", page)
        self.assertIn("未放行 Not released", page)
        for words in ("GB 5009.24-2016", "陈静 (chen.jing)", "陈静 (chen.jing)  2026-12-08 13:20 – 2026-12-09 08:25", "77，灭菌乳", "2026-12-09 09:10", "22.4 ℃，46 % RH",
                      "证书 cert. FX2026-0387", "20261208_AFM1.csv", "blanks 2，< 0.005 µg/kg",
                      "duplicate 1 in 10", "spike 1 in 20", *milk.LOTS, "±3s", "LOD 0.005", "below LOQ 0.015", "UTC+8"):
            self.assertIn(words, page)

    def everything_is_told(self, told, failed):
        page = " ".join(told)
        self.assertEqual((told.count(VERDICTS[0]), told.count("✗ " + VERDICTS[1])), (76, 1))
        self.assertIn("approved on review 77 / 77；符合 conforms 76，不符合 fails 1", page)
        self.assertIn("质控重测 Control repeated：2026-12-09 10:50 = 0.2013 可接受 accepted，陈静 (chen.jing)", page)
        self.assertTrue([one for one in told if one.startswith("✗ 1-3s z +") and one.endswith("→ 0.2013 ✓")])
        self.every_percentage_is_that_of_the_printed_values(told)
        self.assertNotIn("冻结 held", told)
        self.assertIn("冻结已放行 Hold released", page)
        self.assertIn("approved on review 77 / 77", page)
        for words in ("放行 Released 2026-12-09 14:20  王海 (wang.hai)", "李敏 (li.min)  2026-12-10 10:05  通过 approved 77", "NC-FOOD-2026-0004",
                      "≤ 0.5 µg/kg（GB 2761-2017", "µg/kg"):
            self.assertIn(words, page)
        self.assertIn(milk.RELEASE.replace(" ", ""), page.replace(" ", ""))  # over several lines

    def every_percentage_is_that_of_the_printed_values(self, told):
        """With a pencil: what stands before a percentage is what it was calculated from."""
        values, checked = {}, 0
        for i, words in enumerate(told):
            found = re.fullmatch(r"第 (\d+) 位 of (\d+)( \+([0-9.]+))?", words)
            if told[i + 1:i + 2] and words in ("样品 S",):
                values[told[i - 1]] = told[i + 2]
            if not found or "%" not in told[i + 2]:
                continue
            base, own = values[found[1]], decimal.Decimal(told[i + 1])
            if found[4]:
                base = decimal.Decimal(0 if base.startswith(("<", "ND")) else base)
                figure = 100 * (own - base) / decimal.Decimal(found[4])
            else:
                base = decimal.Decimal(base.lstrip("ND< "))
                figure = 100 * abs(own - base) / ((own + base) / 2)
            self.assertIn(f" {figure.quantize(decimal.Decimal('0.01'), decimal.ROUND_HALF_EVEN)} %", told[i + 2])
            checked += 1
        self.assertGreaterEqual(checked, 8)


if __name__ == "__main__":
    unittest.main()
