# SPDX-License-Identifier: Apache-2.0
"""96 positions of aflatoxin M1 in milk on one worksheet, from the empty paper over a control that fails to the release and
the review; and what an auditor reads on the page at each of these moments."""
import unittest
import xml.etree.ElementTree

from tests.outside import milk

SVG = "{http://www.w3.org/2000/svg}"
VERDICTS = ("符合 conforms", "不符合 fails")


def texts_of(picture):
    return [one.text or "" for one in xml.etree.ElementTree.fromstring(picture).iter(SVG + "text")]


class Walk(milk.MilkCase):
    def test_a_held_worksheet_tells_no_verdict_and_a_released_one_by_whom_and_why(self):
        self.at("08:40")
        tests = self.milks(77)
        self.at("09:05")
        sheet = self.created(tests)
        self.assertEqual(len(sheet.positions), 96)
        self.paper_is_empty(texts_of(self.drawn(sheet, "worksheet-open")))
        self.at("09:20")
        self.work(tests, "StartWork")
        self.at("13:45")
        self.work(tests, "StopWork")
        self.at("14:10")
        done = self.entered(sheet)
        failed = [one for one in done.positions if one.outcome == 3]
        self.assertEqual([(one.position, list(one.rules)) for one in failed], [(failed[0].position, ["1-2s", "1-3s"])])
        self.at("14:32")
        self.nothing_is_told(texts_of(self.drawn(sheet, "worksheet-held")), failed[0])
        self.at("10:15", days=1)
        hold = done.holds[0]
        self.quality("QualityService.OpenNonconformity", laboratory="FOOD", hold_id=hold.hold_id,
                     description="control of position 50 beyond 3s")
        self.quality("QualityService.ReleaseHold", hold_id=hold.hold_id, version=hold.version, reason=milk.RELEASE)
        self.at("10:40", days=1)
        submitted = self.technician("WorksheetService.SubmitWorksheet", timeout=60, worksheet_no=sheet.worksheet.worksheet_no,
                                    version=done.worksheet.version)
        self.at("14:05", days=1)
        for position in submitted.positions:
            if position.HasField("test"):
                self.reviewer("ReviewService.ApproveTest", test_id=position.test.test_id, version=position.test.version)
        self.at("15:02", days=1)
        self.everything_is_told(texts_of(self.drawn(sheet, "worksheet-released")), failed[0])

    def paper_is_empty(self, told):
        self.assertIn("待录入 Open: not entered yet", told)
        self.assertIn("表格编号 Form FOOD-QR-025  版次 Ed. B/1", told)
        self.assertFalse([one for one in told if one in VERDICTS])

    def nothing_is_told(self, told, failed):
        page = " ".join(told)
        self.assertFalse([one for one in told if one in VERDICTS or "符合" in one and "符合性判定" not in one], told)
        self.assertEqual(told.count("冻结 held"), 77)
        self.assertIn("BATCH HELD: no verdict, no release", page)
        self.assertIn(f"第 {failed.position} 位 position {failed.position} 质控样 control {milk.CHART} = {failed.value}", page)
        self.assertIn("规则 rule 1-3s（1 点超出 3s 1 point beyond 3s）", page)
        self.assertIn("未放行 Not released", page)
        for words in ("GB 5009.24-2016", "陈静 (chen.jing)", "陈静 (chen.jing)  2026-11-30 09:20 – 13:45", "77，灭菌乳", "2026-11-30 14:10", "22.4 ℃，46 % RH",
                      "校准证书 cert. FX2026-0387", "20261130_AFM1.csv", "blank < 0.005 µg/kg", *milk.LOTS, "±3s"):
            self.assertIn(words, page)

    def everything_is_told(self, told, failed):
        page = " ".join(told)
        self.assertEqual((told.count(VERDICTS[0]), told.count(VERDICTS[1])), (76, 1))
        self.assertNotIn("冻结 held", told)
        self.assertIn("冻结已放行 Hold released", page)
        self.assertIn("approved on review 77 / 77", page)
        for words in ("放行 Released 2026-12-01 10:15  王海 (wang.hai)", "李敏 (li.min)  2026-12-01 14:05  通过 approved 77", "NC-FOOD-",
                      "≤ 0.5 µg/kg（GB 2761-2017", "µg/kg"):
            self.assertIn(words, page)
        self.assertIn(milk.RELEASE.replace(" ", ""), page.replace(" ", ""))  # over several lines


if __name__ == "__main__":
    unittest.main()
