# SPDX-License-Identifier: Apache-2.0
"""Two years of a laboratory's quality control as it will be looked at: rounds of proficiency tests and a month of controls, each
on its day, with everything that the two pictures tell. With TOUCHSTONE_KEEP_SHEETS they are kept: docs/*-chart.png are those."""
import datetime
import os
import pathlib
import unittest
import xml.etree.ElementTree

from tests.outside.case import MANY_CONNECTIONS, Outside
from tests.outside.external import Cluster, ExternalDaemon
from tests.outside.world import World

SVG = "{http://www.w3.org/2000/svg}"
# Reported beside the assigned 750.3 with sigma_pt 0.6.
ROUNDS = ["750.55", "750.11", "750.98", "751.71", "749.89", "750.48", "752.22", "750.42", "749.96"]
SCORES = ["0.42", "−0.32", "1.13", "2.35", "−0.68", "0.30", "3.20", "0.20", "−0.57"]
# Two controls a day. The eighth was spilled; limits come from the other 21 of the first 22.
MONTH = ["750.3 749.9", "750.6 750.1", "750.0 750.4", "749.7 751.9", "750.2 750.5", "749.8 750.1", "750.3 750.0", "750.5 749.9",
         "750.2 749.8", "750.1 750.4", "750.0 750.3", "750.2 749.9", "750.82 750.86", "750.4 750.1", "750.84 749.49", "750.2 750.0"]


class Charts(Outside):
    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster(clock=True).__enter__()
        cls.addClassCleanup(cls.cluster.__exit__)
        cls.cluster.clock.turn(days=-800)
        cls.daemon = ExternalDaemon(cls.cluster, MANY_CONNECTIONS, environment=cls.cluster.clock.environment()).__enter__()
        cls.addClassCleanup(cls.daemon.__exit__)
        cls.people = cls.daemon.people()
        cls.world = World(cls.people)
        cls.people["ADMINISTRATOR"].staff("li.na", ["QUALITY"])
        cls.people["ADMINISTRATOR"].staff("zhang.wei", ["TECHNICIAN"])

    def today(self, days, minutes=0):
        """So many days from now; everybody logs in anew."""
        self.cluster.clock.turn(days=days, minutes=minutes)
        self.people["QUALITY"], self.people["TECHNICIAN"] = self.daemon.log_in("li.na"), self.daemon.log_in("zhang.wei")
        return datetime.date.today() + datetime.timedelta(days=days)

    def picture(self, name, call, **fields):
        svg, png = [self.people["QUALITY"](call, laboratory="JEW", format=f"PICTURE_FORMAT_{form}", **fields).picture
                    for form in ("SVG", "PNG")]
        self.assertEqual(png[:8], b"\x89PNG\r\n\x1a\n")
        if os.environ.get("TOUCHSTONE_KEEP_SHEETS"):
            for form, picture in (("svg", svg), ("png", png)):
                (pathlib.Path(os.environ["TOUCHSTONE_KEEP_SHEETS"]) / f"{name}.{form}").write_bytes(picture)
        return " ".join(text.text or "" for text in xml.etree.ElementTree.fromstring(svg).iter(SVG + "text"))

    def test_rounds_of_proficiency_tests_and_then_a_month_of_controls(self):
        for n, value in enumerate(ROUNDS):
            day = self.today(-770 + 80 * n)
            made = self.world.proficiency(value, provider="省能力验证中心 Provincial PT centre", scheme="PM-Au 750", assigned_value="750.3",
                                          sigma_pt="0.6", round=f"PM-{day.year % 100}-{n + 1:02}")
            if made.nonconformity_no:
                opened = next(one for one in self.people["QUALITY"]("QualityService.ListNonconformities", laboratory="JEW",
                                                                    only_open=True).nonconformities
                              if one.nonconformity_no == made.nonconformity_no)
                self.today(-770 + 80 * n + 9)
                self.people["QUALITY"]("QualityService.CloseNonconformity", nonconformity_no=made.nonconformity_no,
                                       version=opened.version, cause="one calibration standard was scratched",
                                       correction="measured again with the spare standard",
                                       corrective_action="standards checked each quarter")
        told = self.picture("proficiency-chart", "QualityService.DrawProficiency", method_id="M_XRF", parameter_id="AU")
        for word in SCORES + ["省能力验证中心 Provincial PT centre · PM-Au 750", f"{day:%Y}", "z 值 z-score", "ISO 13528:2022, 9.4",
                              "可疑", "questionable", "不满意", "Action signal: |z| ≥ 3, unsatisfactory (at 7)", "closed: standards checked"]:
            self.assertIn(word, told)
        self.assertNotIn("-0.", told)  # a minus is no hyphen
        self.watch_a_month()

    def watch_a_month(self):
        chart, points = None, []
        for n, values in enumerate(MONTH):
            day = self.today(-34 + 2 * n)
            chart = chart or self.world.chart(chart="XRF-01-AU750", material="金 750 质控样 Au 750 control, lot 7 · XRF-01").chart
            for at, value in enumerate(values.split()):
                self.cluster.clock.turn(days=-34 + 2 * n, minutes=30 * at)
                points.append(self.world.control(chart, value, batch_no=f"XRF-{day:%m%d}"))
            if n == 10:
                self.freeze(chart)
            if n == 13:
                self.release(points[25].hold)
        # By hand: the mean of the 21 is 15753.1 / 21 = 750.1476, s = 0.2542; 2 s end at 749.639 and 750.656.
        fired = {n + 1: [alarm.rule for alarm in one.point.alarms] for n, one in enumerate(points) if one.point.alarms}
        self.assertEqual(fired, {25: ["1-2s"], 26: ["1-2s", "2-2s"], 29: ["1-2s"], 30: ["1-2s", "R-4s"]})
        told = self.picture("control-chart", "QualityService.DrawChart", chart=chart)
        for word in ("金 750 质控样 Au 750 control, lot 7 · XRF-01", "frozen from 21 points by li.na on", "(at 26)", "(at 30)", f"{day.year}-",
                     "Rules that were watched and did not fire", "4-1s", "10x", "剔除 left out: sample moved",
                     "held, released: lamp replaced", "held, not released", "Shaded and plain by turns", "测定值 Value (‰)"):
            self.assertIn(word, told)

    def freeze(self, chart):
        seen = self.people["QUALITY"]("QualityService.GetChart", laboratory="JEW", chart=chart).chart
        self.people["QUALITY"]("QualityService.FreezeLimits", laboratory="JEW", chart=chart, version=seen.version,
                               estimator="ESTIMATOR_STANDARD_DEVIATION", reason="eleven days in control",
                               left_out=[dict(point=8, reason="sample moved while it was measured")])

    def release(self, hold):
        self.people["QUALITY"]("QualityService.ReleaseHold", hold_id=hold.hold_id, version=hold.version,
                               reason="lamp replaced, the batch measured again")


if __name__ == "__main__":
    unittest.main()
