# SPDX-License-Identifier: Apache-2.0
"""Quality control as laboratories live it: twenty controls, frozen limits, a control that fails and holds its batch,
the picture, and the release by the quality manager with a reason."""
import decimal
import os
import pathlib
import signal
import time
import unittest
import xml.etree.ElementTree

from tests.outside.case import Outside, at_once
from tests.outside.processes import named, stopped

SVG = "{http://www.w3.org/2000/svg}"
SEALED = 2
# Certified 750.2; moving ranges 0.1 and 0.3 in turn: mean range (10 * 0.1 + 9 * 0.3) / 19 = 3.7 / 19.
TWENTY = ["750.1", "750.2", "750.5", "750.4", "750.1", "750.0", "750.3", "750.4", "750.1", "750.2",
          "750.5", "750.4", "750.1", "750.0", "750.3", "750.4", "750.1", "750.2", "750.5", "750.4"]


class Quality(Outside):
    def read(self, chart, who="QUALITY", **more):
        return self.people[who]("QualityService.GetChart", laboratory="JEW", chart=chart, **more)

    def picture(self, chart, who="TECHNICIAN", **more):
        return self.people[who]("QualityService.DrawChart", laboratory="JEW", chart=chart, **more).picture

    def words(self, svg):
        return " ".join(text.text or "" for text in xml.etree.ElementTree.fromstring(svg).iter(SVG + "text"))

    def freeze(self, chart, **more):
        fields = dict(laboratory="JEW", chart=chart.chart, version=chart.version, estimator="ESTIMATOR_MOVING_RANGE",
                      reason="twenty points in control")
        return self.people["QUALITY"]("QualityService.FreezeLimits", **dict(fields, **more)).chart

    def filled(self, values, **changes):
        chart = self.world.chart(**changes)
        for value in values:
            self.assertFalse(self.world.control(chart.chart, value).point.alarms)
        return self.read(chart.chart).chart

    def test_twenty_controls_frozen_limits_a_failed_control_and_its_release(self):
        people, chart = self.people, self.filled(TWENTY)
        limits = self.freeze(chart).limits
        self.assertEqual(limits.centre, "750.26")  # 15005.2 / 20
        self.assertTrue(limits.sigma.startswith("0.17263904"), limits.sigma)  # 3.7 / 19 / 1.128
        test = self.world.entered()
        good = self.world.control(chart.chart, "750.3", batch_no="B-2026-11", test_ids=[test.test_id])
        self.assertFalse(good.HasField("hold"))
        failed = self.world.control(chart.chart, "751.0", batch_no="B-2026-11")  # 750.26 + 4.3 s
        self.assertEqual([(alarm.rule, alarm.rejects) for alarm in failed.point.alarms],
                         [("1-2s", False), ("1-3s", True)])
        submit = dict(test_id=test.test_id, version=test.version)
        with self.ends_in("FAILED_PRECONDITION", "BATCH_HELD") as refusal:
            people["TECHNICIAN"]("BenchService.SubmitTest", **submit)
        self.assertEqual(refusal[0].metadata["batch_no"], "B-2026-11")
        held = people["QUALITY"]("QualityService.GetHold", hold_id=failed.hold.hold_id)
        self.assertEqual((held.last_good.point, [one.test_id for one in held.tests]), (21, [test.test_id]))
        self.assertEqual(people["QUALITY"]("QualityService.ListHolds", laboratory="JEW", only_open=True).holds[0].hold_id,
                         failed.hold.hold_id)
        release = dict(hold_id=failed.hold.hold_id, version=failed.hold.version, reason="wrong lot weighed in; rerun good")
        with self.ends_in("PERMISSION_DENIED"):
            people["TECHNICIAN"]("QualityService.ReleaseHold", **release)
        done = people["QUALITY"]("QualityService.ReleaseHold", **release).hold
        self.assertEqual((done.released_by, done.release_reason), ("quality", release["reason"]))
        again = people["TECHNICIAN"]("BenchService.SubmitTest", **submit).test
        people["REVIEWER"]("ReviewService.ApproveTest", test_id=again.test_id, version=again.version)

    def test_the_picture_shows_the_rule_that_fired_and_the_version_of_the_limits(self):
        chart = self.filled(TWENTY)
        told = self.words(self.picture(chart.chart))
        self.assertIn("In control: no rule fired", told)
        self.assertIn("1-3s 1 点超出 3s（若报警：失控） · 1 point beyond 3s (if it fires: out of control)", told)  # watched all the same
        self.freeze(chart)
        self.world.control(chart.chart, "751.0", batch_no="PICTURED")
        told = self.words(self.picture(chart.chart))
        for word in ("Out of control: 1 point beyond 3s", "Au 750 CRM, lot 7", chart.chart, "测定值 Value (‰)", "750.26",
                     "(JEW)",
                     "Westgard · 随程序提供 as delivered with the program", "批次冻结 Batch held: PICTURED · 未放行 Not released"):
            self.assertIn(word, told)
        self.assertRegex(told, r"Limits version 1, fixed from 20 points by Quality \(quality\) on 20\d\d-\d\d-\d\d")
        self.assertIn("Point (value): 21 (", self.words(self.picture(chart.chart, newest=5)))  # its number, not its place

    def test_the_chart_is_a_png_too_and_ten_at_once_all_get_theirs(self):
        chart = self.world.frozen().chart
        self.world.control(chart, "751.9")
        drawn = at_once([lambda: self.picture(chart, format="PICTURE_FORMAT_PNG")] * 10)
        for picture in drawn:
            self.assertEqual(picture[:8], b"\x89PNG\r\n\x1a\n")
        self.assertLessEqual(len(set(drawn)), 2)  # the same bytes in the same minute, which may end between them
        if os.environ.get("TOUCHSTONE_KEEP_SHEETS"):  # to be looked at
            (pathlib.Path(os.environ["TOUCHSTONE_KEEP_SHEETS"]) / "chart.png").write_bytes(drawn[0])

    def test_png_charts_and_sheets_share_the_renderer_and_no_sheet_fails(self):
        chart, ends = self.world.frozen().chart, time.monotonic() + 60
        waiting, pictures = set(), []

        def ask():
            while waiting and time.monotonic() < ends:
                pictures.append(self.picture(chart, format="PICTURE_FORMAT_PNG"))

        def release():
            try:
                for _ in range(4):
                    sheet = self.world.released()
                    while self.people["MANAGER"]("SheetService.GetSheet", sheet_no=sheet.sheet_no).sheet.state != SEALED:
                        self.assertLess(time.monotonic(), ends)
                        time.sleep(0.02)
            finally:
                waiting.clear()
            return "sealed"
        waiting.add("sheets")
        ended = at_once([release] + [ask] * 6)
        self.assertEqual([getattr(one, "text", one) for one in ended], ["sealed"] + [None] * 6)
        self.assertGreater(len(pictures), 6)
        self.assertFalse([line for line in self.daemon.log if "sheet_failed" in line])

    def test_a_png_chart_is_drawn_by_the_next_renderer_when_the_first_one_dies(self):
        chart = self.world.frozen().chart
        renderers = named(self.daemon.process.pid, "touchstone-render")

        def kill():
            time.sleep(0.5)  # the picture is asked for by then
            for one in renderers:
                os.kill(one, signal.SIGKILL)
        with stopped(*renderers):
            _, picture = at_once([kill, lambda: self.picture(chart, format="PICTURE_FORMAT_PNG")])
        self.assertEqual(picture[:4], b"\x89PNG")

    def test_limits_stay_what_they_were_when_more_controls_come(self):
        chart = self.filled(TWENTY)
        frozen = self.freeze(chart)
        for value in TWENTY:
            self.world.control(chart.chart, value)
        shown = self.read(chart.chart)
        self.assertEqual(shown.chart.limits, frozen.limits)
        second = self.freeze(shown.chart, first_point=21, estimator="ESTIMATOR_STANDARD_DEVIATION", reason="new lamp")
        self.assertEqual([one.limits_version for one in self.read(chart.chart).versions], [2, 1])
        self.assertEqual((second.limits.first_point, second.limits.centre), (21, "750.26"))
        self.assertEqual(self.read(chart.chart).versions[1], frozen.limits)

    def test_a_point_that_is_left_out_counts_for_nothing_is_crossed_out_and_kept_with_its_reason(self):
        chart = self.filled(TWENTY[:7] + ["761.0"] + TWENTY[7:])
        left = dict(point=8, reason="sample spilled")
        for wrong, code in (([dict(left, point=22)], "INVALID_ARGUMENT"), ([left, left], "INVALID_ARGUMENT"),
                            ([dict(left, reason="")], "INVALID_ARGUMENT"),
                            ([left, dict(point=9, reason="one too many")], "FAILED_PRECONDITION")):
            with self.subTest(wrong), self.ends_in(code):
                self.freeze(chart, left_out=wrong)
        self.assertNotIn("Left out", self.words(self.picture(chart.chart)))
        frozen = self.freeze(chart, left_out=[left])
        self.assertEqual([(one.point, one.reason) for one in frozen.limits.left_out], [(8, "sample spilled")])
        values = [decimal.Decimal(value) for value in TWENTY]
        self.assertEqual(decimal.Decimal(frozen.limits.centre), sum(values) / 20)
        # A range is of two neighbours that both count: none is over the gap between the seventh and the ninth.
        ranges = [abs(after - before) for before, after in list(zip(values, values[1:]))[:6] + list(zip(values[7:], values[8:]))]
        sigma = sum(ranges) / len(ranges) / decimal.Decimal("1.128")
        self.assertEqual(decimal.Decimal(frozen.limits.sigma).quantize(decimal.Decimal("1e-12")),
                         sigma.quantize(decimal.Decimal("1e-12")))
        told = self.words(self.picture(chart.chart))
        self.assertIn("Left out when the limits were fixed (at 8)", told)
        self.assertIn("剔除：固定控制限时未计入（第 8 点）", told)
        with self.assertRaisesRegex(Exception, "left out is one of those"):
            self.daemon.sql("with moved as (update lab.control_chart set limits_version = 2 where chart = %s returning 1) "
                            "select from moved", chart.chart)
            self.daemon.sql("insert into lab.control_limits select laboratory, chart, 2, mean, sigma, estimator, first_point, "
                            "last_point, frozen_by, frozen_at, reason, '{40}', '{why}' from lab.control_limits where chart = %s",
                            chart.chart)

    def test_limits_of_a_mean_that_does_not_end_are_frozen(self):
        chart = self.filled(TWENTY + ["750.2"])
        self.assertEqual(self.freeze(chart).limits.centre, "750.257142857142857142857142857")  # 15755.4 / 21, 30 digits

    def test_the_look_back_never_takes_a_point_that_was_left_out(self):
        chart = self.filled(TWENTY + ["761.0"])
        self.freeze(chart, left_out=[dict(point=21, reason="wrong lot of the standard")])
        hold = self.world.held(self.world.received().items[0].tests[0].test_id, chart=chart.chart)
        seen = self.people["QUALITY"]("QualityService.GetHold", hold_id=hold.hold_id)
        self.assertEqual(seen.last_good.point, 20)

    def test_fewer_than_twenty_points_freeze_nothing(self):
        chart = self.filled(TWENTY[:19])
        with self.ends_in("FAILED_PRECONDITION", "CONTROL_TOO_FEW_POINTS"):
            self.freeze(chart)

    def test_a_moving_range_chart_rejects_a_jump_and_not_a_level(self):
        chart = self.filled(TWENTY, kind="CHART_KIND_MOVING_RANGE")
        self.freeze(chart)
        # The limit is 3.267 * 3.7 / 19 = 0.6362 from one value to the next.
        self.assertFalse(self.world.control(chart.chart, "751.03").point.alarms)  # 0.63 above 750.4
        self.assertFalse(self.world.control(chart.chart, "751.6").point.alarms)
        failed = self.world.control(chart.chart, "752.24", batch_no="MR")  # 0.64
        self.assertEqual([alarm.rule for alarm in failed.point.alarms], ["1"])
        self.assertTrue(failed.HasField("hold"))
        self.assertIn("0.636", self.words(self.picture(chart.chart)))

    def test_two_of_two_in_one_direction_by_westgard_needs_the_second(self):
        chart = self.filled(TWENTY)
        self.freeze(chart)
        first = self.world.control(chart.chart, "750.65", batch_no="TWO").point  # 2.26 s
        second = self.world.control(chart.chart, "750.66", batch_no="TWO")
        self.assertEqual([alarm.rule for alarm in first.alarms], ["1-2s"])
        self.assertEqual([alarm.rule for alarm in second.point.alarms], ["1-2s", "2-2s"])
        self.assertEqual(list(second.hold.rules), ["2-2s"])

    def test_controls_entered_at_once_are_points_one_after_the_other_or_refused(self):
        chart = self.filled(TWENTY)
        self.freeze(chart)
        ended = at_once([lambda: self.world.control(chart.chart, "750.2") for _ in range(6)])
        taken = [one.point.point for one in ended if hasattr(one, "point")]
        self.assertEqual(sorted(taken), list(range(21, 21 + len(taken))))
        self.assertEqual({one.reason for one in ended if not hasattr(one, "point")} - {"CONTROL_STALE"}, set())
        self.assertEqual(self.read(chart.chart).chart.points, 20 + len(taken))

    def test_a_nonconformity_is_opened_by_a_technician_and_closed_by_the_quality_manager(self):
        made = self.people["TECHNICIAN"]("QualityService.OpenNonconformity", laboratory="JEW",
                                         description="the control drifts", hold_id=self.world.held().hold_id).nonconformity
        done = self.people["QUALITY"]("QualityService.CloseNonconformity", nonconformity_no=made.nonconformity_no,
                                      version=made.version, cause="the lamp aged", correction="measured again",
                                      corrective_action="lamp hours are logged").nonconformity
        self.assertEqual((done.closed_by, done.corrective_action), ("quality", "lamp hours are logged"))
        listed = self.people["AUDITOR"]("QualityService.ListNonconformities", laboratory="JEW").nonconformities
        self.assertIn(done, listed)


if __name__ == "__main__":
    unittest.main()
