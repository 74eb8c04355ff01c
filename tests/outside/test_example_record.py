# SPDX-License-Identifier: Apache-2.0
"""The record that docs/original-record.png shows, walked anew and read as an auditor reads it: nothing of it contradicts the rest."""
import decimal
import json
import pathlib
import subprocess
import tempfile
import unittest

from tests.outside import example_record
from tests.outside.example_record import Example


class ExampleRecord(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.walk = Example().__enter__()
        cls.addClassCleanup(cls.walk.__exit__, None, None, None)
        cls.walk.all()
        cls.record = cls.walk("qian", "RecordService.GetOriginalRecord", test_id=cls.walk.test).record
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.pdf = pathlib.Path(cls.folder.name) / "record.pdf"
        cls.walk.print(cls.pdf)

    def text(self):
        return " ".join(subprocess.run(["pdftotext", "-layout", self.pdf, "-"], capture_output=True, check=True,
                                       text=True).stdout.split())

    def test_every_time_lies_in_the_order_of_the_work(self):
        record = self.record
        acts = [act.at for act in record.acts]
        self.assertEqual(acts, sorted(acts))
        self.assertEqual(record.time_zone, "Asia/Shanghai, UTC+8")
        first = {act.act_en: act for act in reversed(record.acts)}
        began, submitted = first["work began"].at, first["submitted"].at
        for earlier, later in (("repeat test ordered", "work began"), ("work began", "work ended"), ("work ended", "entered"),
                               ("batch held (by the system)", "control measured again"), ("control measured again", "hold released"),
                               ("nonconforming work found", "nonconforming work closed"), ("nonconforming work closed", "hold released"),
                               ("hold released", "submitted"), ("submitted", "opened again"), ("approved", "report approved")):
            self.assertLess(first[earlier].at, first[later].at)
        self.assertEqual({act: first[act].name[-6:] for act in ("repeat test ordered", "control measured again", "hold released",
                                                                "report approved")},
                         {"repeat test ordered": "(qian)", "control measured again": "范 (li)", "hold released": "(qian)",
                          "report approved": " (sun)"})
        for one in record.attachments:
            self.assertTrue(began <= one.at <= submitted, one.name)
        hold, retest = record.holds[0], record.retests[0]
        again = hold.measured_again[:16]
        self.assertTrue(hold.held_at < again < hold.released_at < submitted)
        self.assertTrue(retest.tested_by[-16:] < retest.reviewed_by[-16:] < retest.at < began)
        self.assertEqual([one.at for one in record.signatures], sorted(one.at for one in record.signatures))
        self.assertLess(record.item.photo_at, began)

    def test_three_persons_stand_behind_it_and_the_first_test(self):
        record = self.record
        signed = {one.role_en: one.name for one in record.signatures}
        self.assertEqual(signed, {"Tested by": "李示范 (li)", "Entered by": "李示范 (li)", "Submitted by": "李示范 (li)",
                                  "Reviewed by": "赵示范 (zhao)", "Report approved by": "孙示范 (sun)"})
        self.assertEqual([one.at for one in record.signatures[:3]],
                         ["2026-10-13 09:26 – 09:52", "2026-10-13 10:03 – 10:16", "2026-10-13 10:55"])
        first = record.retests[0]
        self.assertEqual((first.tested_by[:10], first.reviewed_by[:10], first.ordered_by), ("王示范 (wang)", "赵示范 (zhao)", "钱示范 (qian)"))
        self.assertNotIn(signed["Reviewed by"][:3], first.tested_by)
        self.assertTrue(first.result.startswith("754.6 ‰ ≥ 750；已被复测取代"), first.result)
        self.assertNotIn("符合", first.result)

    def test_the_control_that_failed_its_repeat_and_the_release_stand_together(self):
        hold = self.record.holds[0]
        failed = [one for one in self.record.worksheet.controls if one.outcome == "rejected"]
        self.assertEqual((hold.of, hold.value, hold.rules), (failed[0].of, failed[0].value, "1-3s"))
        self.assertIn("750.2  可接受 accepted  李示范 (li)", hold.measured_again)
        for wanted in ("NC-JEW-2026-0007", "发现 found by 钱示范 (qian) 2026-10-13 10:20", "已关闭 closed by 钱示范 (qian) 2026-10-13 10:38"):
            self.assertIn(wanted, hold.nonconformities)
        self.assertIn("标样未放平", hold.nonconformities)
        self.assertEqual(hold.released_by, "钱示范 (qian)")
        duplicate = next(one for one in self.record.worksheet.controls if one.kind_en == "duplicate")
        def apart(*readings):
            mean, other = sum(map(decimal.Decimal, readings)) / 3, decimal.Decimal(duplicate.value)
            return f"{(abs(other - mean) / ((other + mean) / 2) * 100).quantize(decimal.Decimal('0.01'))} %"
        self.assertEqual((duplicate.figure, duplicate.limit), (apart("752.9", "753.2", "753.1"), "≤ 0.2 %"))  # that stands
        self.assertEqual(duplicate.was, "第1次录入时 at entry 1：" + apart("752.9", "753.2", "751.3"))
        self.assertEqual((self.record.worksheet.entry_no, self.record.entry.entry_no), ("1", "2"))
        self.assertIn("duplicate and spike are recalculated by it", self.text())
        points = [decimal.Decimal(value) for value in example_record.POINTS.split()]
        ranges = [abs(a - b) for a, b in zip(points, points[1:])]
        centre, sigma = sum(points) / len(points), sum(ranges) / len(ranges) / decimal.Decimal("1.128")
        low, high = (f"{(centre + times * sigma).quantize(decimal.Decimal('0.01'))}" for times in (-3, 3))
        self.assertEqual(" ".join(failed[0].limit.split()),
                         f"中心 centre {centre.quantize(decimal.Decimal('0.01'))}； ±3s {low}–{high}； 控制限第 1 版 limits version 1")

    def test_the_change_shows_old_and_new_readings_and_results(self):
        change = self.record.changes[0]
        self.assertEqual(change.kind_en, "changed after submission")
        self.assertIn("751.3 (镶口 setting)", change.old_result)
        self.assertIn("→ 752.5 ‰ ≥ 750 符合 Conforms", change.old_result)
        self.assertIn("753.1 (镶口 setting)", change.new_result)
        self.assertIn("→ 753.1 ‰ ≥ 750 符合 Conforms", change.new_result)
        self.assertIn("digits were swapped", change.reason)

    def test_the_rule_is_the_one_that_decided(self):
        record = self.record
        self.assertTrue(record.test.decision_rule_en.startswith("screening method: decided where |mean − limit| > U"))
        distance = decimal.Decimal(record.judgement.mean) - 750
        self.assertGreater(distance, decimal.Decimal(record.judgement.expanded_uncertainty))
        self.assertLessEqual(decimal.Decimal(record.judgement.range), 2 * decimal.Decimal(record.judgement.expanded_uncertainty))
        self.assertEqual(record.judgement.verdict, "pass")

    def test_every_picture_is_listed_and_drawn_and_long_numbers_stand_once(self):
        text = self.text()
        images = subprocess.run(["pdfimages", "-list", self.pdf], capture_output=True, check=True, text=True).stdout
        self.assertEqual(images.count(" image "), 1 + sum(one.picture for one in self.record.attachments))
        self.assertEqual(text.count(self.record.item.photo_sha256[:32]), 2)  # in the list and below the picture
        for wanted in ("样品照片 Photo of the item", "taken at reception", "Struck out 2026-10-13 09:46", "前示范 (desk)",
                       "1 determination, from 3 readings", "753.06666… ‰", "kept to 36 significant digits", "not given: no limit",
                       "GB 11887-2012, 表 1 Table 1", "End of record"):
            self.assertIn(wanted, text)
        self.assertEqual(text.count(self.record.calculation.calculated), 1)
        self.assertNotIn("[U+", text)

    def test_the_exports_that_prove_the_correction_stand_on_paper_line_by_line(self):
        text, code = self.text(), self.record.item.code
        exports = [one for one in self.record.attachments if one.media_type == "text/csv"]
        self.assertEqual([len(one.text) for one in exports], [9, 7])
        self.assertFalse(any(one.text_cut for one in exports))
        for wanted in (f"09:43,{code},setting,753.1,146.9,88.6,11.4", f"10:13,{code},setting,753.0,147.0,88.6,11.4", "tube 45 kV, 400 µA"):
            self.assertIn(wanted, text)
        self.assertEqual(sum(one.picture and "spectrum" in one.caption for one in self.record.attachments), len(self.record.readings))

    def test_its_numbers_are_those_of_no_other_picture(self):
        record = self.record
        self.assertEqual((record.worksheet.worksheet_no, record.worksheet.batch_no), ("WS-JEW-2026-00012", "WS-JEW-2026-00012"))
        self.assertNotIn(record.item.code, "854MJYHYW 8F5QRYPJB 8T6UYYV6T")  # the first of any new database

    def test_what_the_client_printed_is_the_frozen_record(self):
        frozen = self.walk.daemon.sql("select convert_from(record_bytes, 'UTF8') from lab.record_print where test_id = %s",
                                      self.walk.test)[0][0]
        self.assertEqual([one["name"] for one in json.loads(frozen)["signatures"]], [one.name for one in self.record.signatures])


if __name__ == "__main__":
    unittest.main()
