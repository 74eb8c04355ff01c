# SPDX-License-Identifier: Apache-2.0
"""Two years of a laboratory's quality control as it will be looked at: rounds of proficiency tests and a month of controls, each
on its day, with everything that the two pictures tell. With TOUCHSTONE_KEEP_SHEETS they are kept: docs/*-chart.png are those.
Method, instrument, material, batches and numbers of nonconforming work are of no other picture of docs."""
import datetime
import os
import pathlib
import unittest
import xml.etree.ElementTree

from tests.outside.case import MANY_CONNECTIONS, Outside
from tests.outside.external import Cluster, ExternalDaemon
from tests.outside.world import World
from tests.support.daemon import PASSWORD

SVG = "{http://www.w3.org/2000/svg}"
CHINA = datetime.timezone(datetime.timedelta(hours=8))
METHOD = dict(method_id="M_AGTITR", parameter_id="AG")
CHART = "TIT-02-AG925"
# What was reported beside what was assigned, with sigma_pt 0.6.
ROUNDS = [("925.55", "925.30"), ("924.61", "924.80"), ("926.28", "925.60"), ("926.31", "924.90"), ("924.59", "925.00"),
          ("925.58", "925.40"), ("926.62", "924.70"), ("925.22", "925.10"), ("925.16", "925.50")]
SCORES = ["0.42", "−0.32", "1.13", "2.35", "−0.68", "0.30", "3.20", "0.20", "−0.57"]
NOTES = {4: "可疑，已查找原因：KBr 滴定液标定已 5 周，改为每周标定 questionable, cause looked for: the KBr solution had been "
            "standardised five weeks ago; it is now standardised every week"}
CLOSED = dict(
    cause="银电极膜老化，终点提前 the silver electrode had aged, end points came early",
    correction="更换电极后重测留样，结果 924.9 ‰；复核本轮前 30 天发出的 14 份报告：9 份在限值 3 ‰ 以内的留样全部重测，判定均不变，无需追回 "
               "electrode replaced, retained sample measured again: 924.9 ‰; all 14 reports of the 30 days before were looked at: the "
               "9 within 3 ‰ of a limit were measured again, no verdict changed, none was recalled",
    corrective_action="电极斜率每日核查，低于 95 % 即更换；第 8 轮 z = 0.20，措施有效 slope of the electrode checked daily, replaced below "
                      "95 %; effective: round 8 has z = 0.20")
# Two controls a day. The eighth was spilled; limits come from the other 21 of the first 22.
MONTH = ["925.3 924.9", "925.6 925.1", "925.0 925.4", "924.7 926.9", "925.2 925.5", "924.8 925.1", "925.3 925.0", "925.5 924.9",
         "925.2 924.8", "925.1 925.4", "925.0 925.3", "925.2 924.9", "925.82 925.86", "925.4 925.1", "925.2 925.0", "925.72 924.53"]
EARLIER = 16  # nonconforming work of other kinds in the same year


class Charts(Outside):
    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster(clock=True).__enter__()
        cls.addClassCleanup(cls.cluster.__exit__)
        cls.turn("2024-09-01 08:00")
        cls.daemon = ExternalDaemon(cls.cluster, MANY_CONNECTIONS, environment=cls.cluster.clock.environment()).__enter__()
        cls.addClassCleanup(cls.daemon.__exit__)
        cls.people = cls.daemon.people()
        cls.world = World(cls.people)
        for username, name, role in (("li.na", "李娜", "QUALITY"), ("zhang.wei", "张伟", "TECHNICIAN")):
            cls.people["ADMINISTRATOR"]("StaffService.CreateStaff", username=username, name=name, password=PASSWORD, laboratory="JEW",
                                        roles=[f"ROLE_{role}"])

    @classmethod
    def turn(cls, moment):
        wanted = datetime.datetime.fromisoformat(moment).replace(tzinfo=CHINA)
        cls.cluster.clock.turn(seconds=round((wanted - datetime.datetime.now(CHINA)).total_seconds()) + 1)

    def at(self, day, time="09:10"):
        """That moment; everybody logs in anew."""
        self.turn(f"{day} {time}")
        self.people["QUALITY"], self.people["TECHNICIAN"] = self.daemon.log_in("li.na"), self.daemon.log_in("zhang.wei")

    def quality(self, call, **fields):
        return self.people["QUALITY"](f"QualityService.{call}", **fields)

    def form(self, document, number):
        self.people["QUALITY"]("RecordService.SetForm", laboratory="JEW", document=f"FORM_DOCUMENT_{document}", form_no=number,
                               edition="A/1", effective_from="2024-09-01", reason="质量体系文件发布 issue of the quality system")

    def close(self, number, **how):
        opened = next(one for one in self.quality("ListNonconformities", laboratory="JEW", only_open=True).nonconformities
                      if one.nonconformity_no == number)
        self.quality("CloseNonconformity", nonconformity_no=number, version=opened.version, **how)

    def picture(self, name, call, **fields):
        svg, png = [self.quality(call, laboratory="JEW", format=f"PICTURE_FORMAT_{form}", **fields).picture for form in ("SVG", "PNG")]
        self.assertEqual(png[:8], b"\x89PNG\r\n\x1a\n")
        if os.environ.get("TOUCHSTONE_KEEP_SHEETS"):
            for form, picture in (("svg", svg), ("png", png)):
                (pathlib.Path(os.environ["TOUCHSTONE_KEEP_SHEETS"]) / f"{name}.{form}").write_bytes(picture)
        return " ".join(text.text or "" for text in xml.etree.ElementTree.fromstring(svg).iter(SVG + "text"))

    def assert_told(self, told, *words):
        for word in words:
            self.assertIn(word, told)

    def test_rounds_of_proficiency_tests_and_then_a_month_of_controls(self):
        self.at("2024-09-02")
        self.form("CONTROL_CHART", "JEW-QR-052")
        self.form("PROFICIENCY_CHART", "JEW-QR-053")
        for n, (value, assigned) in enumerate(ROUNDS, 1):
            day = datetime.date(2024, 10, 21) + datetime.timedelta(days=60 * (n - 1))
            self.at(day)
            made = self.world.proficiency(value, provider="省能力验证中心 Provincial PT centre", scheme="PM-Ag 925", sigma_pt="0.6",
                                          assigned_value=assigned, round=f"PM-{day.year % 100}-{n:02}", note=NOTES.get(n, ""), **METHOD)
            if n == 7:
                failed = made.nonconformity_no
            if n == 8:
                self.at(day + datetime.timedelta(days=7), "15:40")
                self.close(failed, **CLOSED)
        self.at("2026-02-16", "10:05")
        told = self.picture("proficiency-chart", "DrawProficiency", **METHOD)
        self.assert_told(
            told, *SCORES, "省能力验证中心 Provincial PT centre · PM-Ag 925", "2026-02-13", "z 值 z-score", "ISO 13528:2022, 9.4",
            "Action signal: |z| ≥ 3, unsatisfactory (at 7)", "Form No. JEW-QR-053 · 版次 Edition A/1", "演示数据 Specimen",
            "绘制 Drawn: 李娜 (li.na)，2026-02-16 10:05", "UTC+8", "PM-25-07 2025-10-16 926.62 924.70 0.6 3.20 不满意 unsatisfactory",
            "备注 Note: 可疑，已查找原因", "Nonconforming work: NC-JEW-2025-0001 · 关闭 Closed: 2025-12-22, 李娜 (li.na)",
            "原因 Cause: 银电极", "纠正 Correction: 更换电极", "纠正措施 Corrective action: 电极斜率", "none was recalled")
        for word in ("-0.", "x_pt", "σ_pt"):  # a minus is no hyphen, an index no underscore
            self.assertNotIn(word, told)
        self.watch_a_month()

    def watch_a_month(self):
        self.at("2026-06-01")
        for n in range(EARLIER):
            self.quality("OpenNonconformity", laboratory="JEW", description=f"样品标签破损 a label was torn, {n + 1}")
        points = []
        for n, values in enumerate(MONTH):
            day = datetime.date(2026, 8, 31) + datetime.timedelta(days=2 * n)
            for at, value in enumerate(values.split()):
                self.at(day, ("09:10", "14:25")[at])
                if not points:
                    self.world.chart(chart=CHART, material="银合金标准物质 Ag 925 CRM（示例 example）, lot 12: 925.2 ± 0.3 ‰ (k = 2)", **METHOD)
                points.append(self.world.control(CHART, value, batch_no=f"AG-{day:%m%d}"))
            self.at(day, "15:30")
            self.quality_managed(n, points)
        # By hand: the mean of the 21 is 19428.1 / 21 = 925.1476, s = 0.2542; 2 s end at 924.639 and 925.656.
        fired = {n + 1: [alarm.rule for alarm in one.point.alarms] for n, one in enumerate(points) if one.point.alarms}
        self.assertEqual(fired, {25: ["1-2s"], 26: ["1-2s", "2-2s"], 31: ["1-2s"], 32: ["1-2s", "R-4s"]})
        self.at("2026-10-01", "16:20")
        told = self.picture("control-chart", "DrawChart", chart=CHART)
        self.assert_told(
            told, "质量控制图 TIT-02-AG925 · 银含量", "lot 12: 925.2 ± 0.3 ‰ (k = 2)", "fixed from 21 points by 李娜 (li.na) on 2026-09-20",
            "Mean 925.1476 · s 0.2542", "Point (value): 8 (926.9), 25 (925.82), 26 (925.86), 31 (925.72), 32 (924.53)", "08-31 2026",
            "Rules that were watched and did not fire", "4-1s", "10x", "规则集 Rule set: Westgard",
            "one point beyond +2s and one beyond −2s within one run", "剔除 Left out: 2026-09-20, 李娜 (li.na) · 理由 Reason: 滴定杯",
            "批次冻结 Batch held: AG-0924 · 放行 Released: 2026-09-26, 李娜 (li.na)", "批次冻结 Batch held: AG-0930 · 未放行 Not released",
            "Nonconforming work: NC-JEW-2026-0017 · 关闭 Closed: 2026-09-26, 李娜 (li.na)",
            "Nonconforming work: NC-JEW-2026-0018 · 未关闭 Open", "放行理由 Reason for release: 排除气泡", "Shaded and plain by turns",
            "测定值 Value (‰)", "Form No. JEW-QR-052 · 版次 Edition A/1", "绘制 Drawn: 李娜 (li.na)，2026-10-01 16:20")

    def quality_managed(self, day, points):
        """What the quality manager does at the end of a day."""
        if day == 10:
            seen = self.quality("GetChart", laboratory="JEW", chart=CHART).chart
            self.quality("FreezeLimits", laboratory="JEW", chart=CHART, version=seen.version,
                         estimator="ESTIMATOR_STANDARD_DEVIATION", reason="十一天受控 eleven days in control",
                         left_out=[dict(point=8, reason="滴定杯倾洒，试样损失 the beaker was spilled, sample was lost")])
        if day in (12, 15):
            self.opened = self.quality("OpenNonconformity", laboratory="JEW", hold_id=points[-1].hold.hold_id,
                                       description="质控失控，批次冻结 control out of control, batch held").nonconformity.nonconformity_no
        if day == 13:
            self.close(self.opened, cause="滴定管内有气泡 an air bubble in the burette", correction="整批重测 the batch was measured again",
                       corrective_action="每批前排气并检查 the burette is purged and looked at before each batch")
            hold = points[25].hold
            self.quality("ReleaseHold", hold_id=hold.hold_id, version=hold.version,
                         reason="排除气泡后标准物质测得 925.1 ‰，在 925.2 ± 0.3 ‰ 内；整批重测，控制限不变 bubble removed, CRM found 925.1 ‰, "
                                "within 925.2 ± 0.3 ‰; batch measured again, limits stay")


if __name__ == "__main__":
    unittest.main()
