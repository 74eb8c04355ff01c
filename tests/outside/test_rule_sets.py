# SPDX-License-Identifier: Apache-2.0
"""Rule sets of a laboratory's own: rows of control_rules.csv, imported like any other pack, judge the next control; what was
judged before stays as it was told."""
import csv
import io
import pathlib
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree

from tests.outside.case import Outside
from tests.support.cluster import ROOT

SVG = "{http://www.w3.org/2000/svg}"
HEAD = "set,name,place,kind,count,of,sigma,side,scope,effect,confidence,source,note"
# Two of three beyond 1.5 s on one side reject; three rising or falling warn, and are not confirmed yet.
OWN = ["gold-own,2of3-1.5s,1,beyond,2,3,1.5,same,series,reject,certain,house rule 7,",
       "gold-own,3-trend,2,trend,3,,,,,warning,check,house rule 8,"]


class RuleSets(Outside):
    def imported(self, *rows, options=(), head=HEAD):
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "control_rules.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
            return self.catalogue("import", folder, "--author", "amy", *options)

    def catalogue(self, *words):
        return subprocess.run([self.daemon.program, "catalogue", *words, "--config", self.daemon.config],
                              capture_output=True, text=True, timeout=120)

    def taken(self, *rows, **how):
        done = self.imported(*rows, **how)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def frozen(self, rule_set):
        """Limits around 750.2 with s = 0.3 / 1.128 = 0.266 of the moving ranges: 750.05 and 750.35 in turn."""
        chart = self.world.chart(rule_set=rule_set)
        for n in range(20):
            self.world.control(chart.chart, "750.05" if n % 2 else "750.35")
        chart = self.read(chart.chart).chart
        return self.people["QUALITY"]("QualityService.FreezeLimits", laboratory="JEW", chart=chart.chart, version=chart.version,
                                      estimator="ESTIMATOR_MOVING_RANGE", reason="twenty points in control").chart

    def read(self, chart):
        return self.people["AUDITOR"]("QualityService.GetChart", laboratory="JEW", chart=chart)

    def words(self, chart):
        svg = self.people["TECHNICIAN"]("QualityService.DrawChart", laboratory="JEW", chart=chart).picture
        return " ".join(text.text or "" for text in xml.etree.ElementTree.fromstring(svg).iter(SVG + "text"))

    def rules(self, point):
        return [(alarm.rule, alarm.rejects) for alarm in point.alarms]

    def test_a_set_that_csv_alone_brings_judges_a_chart_and_is_told_on_it(self):
        out = self.taken(*OWN)
        self.assertIn("control_rules.csv: added gold-own 2of3-1.5s\n", out)
        chart = self.frozen("gold-own")
        enter = self.world.control
        self.assertEqual(self.rules(enter(chart.chart, "750.25").point), [])
        self.assertEqual(self.rules(enter(chart.chart, "750.62").point), [("3-trend", False)])  # 750.05, 750.25, 750.62
        failed = enter(chart.chart, "750.61", batch_no="OWN")  # 1.58 s and 1.54 s above
        self.assertEqual(self.rules(failed.point), [("2of3-1.5s", True)])
        self.assertEqual(list(failed.hold.rules), ["2of3-1.5s"])
        seen = self.read(chart.chart)
        self.assertEqual([(rule.name, rule.kind, rule.of, rule.sigma, rule.confidence) for rule in seen.rules],
                         [("2of3-1.5s", "beyond", "3", "1.5", "certain"), ("3-trend", "trend", "", "", "check")])
        self.assertEqual(failed.point.rules_revision, seen.rules_revision)
        told = self.words(chart.chart)
        self.assertIn("Out of control: 2 of 3 points beyond 1.5s on one side", told)
        self.assertIn("Warning: 3 points in a row rising or falling (rule to be confirmed)", told)
        self.assertIn("Point (value): 22 (750.62)", told)
        self.assertIn(f"gold-own · 目录第 {seen.rules_revision} 版 catalogue revision {seen.rules_revision}", told)

    def test_a_row_that_changes_judges_the_next_control_and_no_earlier_one(self):
        self.taken("moves,up,1,trend,3,,,,,warning,certain,,")
        chart = self.frozen("moves")
        first = [self.world.control(chart.chart, value).point for value in ("750.20", "750.21")]
        self.assertEqual([self.rules(point) for point in first], [[], [("up", False)]])  # 750.05, 750.20, 750.21
        self.taken("moves,up,1,trend,5,,,,,reject,certain,,")
        later = [self.world.control(chart.chart, value).point for value in ("750.22", "750.23")]
        self.assertEqual([self.rules(point) for point in later], [[], [("up", True)]])  # the fifth that rises
        points = self.read(chart.chart).points
        self.assertEqual(list(points[20:22]), first)
        self.assertGreater(later[0].rules_revision, first[0].rules_revision)
        self.taken("other,one,1,beyond,1,1,3,any,,reject,certain,,")  # another set moves nothing of this one
        self.assertEqual(self.world.control(chart.chart, "750.2").point.rules_revision, later[0].rules_revision)

    def test_a_worksheet_judges_its_controls_by_the_set_of_its_chart_as_it_stands_when_they_come(self):
        self.taken("sheets,far,1,beyond,1,1,3,any,,reject,certain,,")
        self.world.plan_chart = self.frozen("sheets").chart
        self.addCleanup(delattr, self.world, "plan_chart")
        entry = self.world.worksheet_to_enter()
        self.taken("sheets,far,1,beyond,1,1,2,any,,reject,certain,,")  # after the worksheet was made
        controls = [result for result in entry["results"] if result["readings"][0]["value"] in ("750.1", "750.3")]
        controls[-1]["readings"] = [dict(value="750.75")]  # 2.07 s
        self.people["TECHNICIAN"]("WorksheetService.EnterWorksheet", **entry)
        seen = self.read(self.world.plan_chart)
        self.assertEqual([self.rules(point) for point in seen.points[20:]], [[]] * (len(controls) - 1) + [[("far", True)]])
        self.assertEqual({point.rules_revision for point in seen.points[20:]}, {seen.rules_revision})
        held = self.people["QUALITY"]("QualityService.ListHolds", laboratory="JEW", only_open=True).holds
        self.assertIn(self.world.plan_chart, [hold.chart for hold in held])

    def test_a_broken_row_is_refused_with_its_file_line_and_column_and_nothing_is_taken(self):
        good = OWN[0].replace("gold-own", "broken").split(",")
        names = HEAD.split(",")

        def row(**changes):
            cells = dict(zip(names, good), **changes)
            return ",".join(cells[name] for name in names)
        beyond = dict(kind="beyond")
        for column, changes, told in (
                ("name", dict(name="a rule"), "is no identifier"), ("name", dict(name="sixteen_letters_"), "1 to 15 letters"),
                ("set", dict(set="a.b"), "is no name of a set"), ("kind", dict(kind="above"), "is none of: beyond"),
                ("count", dict(count="0"), "is 0"), ("count", dict(count="65", of="all"), "write 1 to 64"),
                ("count", dict(kind="trend", of="", sigma="", side="", count="1"), "write 2 to 64"),
                ("count", dict(kind="alternating", of="", sigma="", side="", count="2"), "write 3 to 64"),
                ("of", dict(of="1"), "from count to 64"), ("of", dict(of=""), "from count to 64"),
                ("of", dict(kind="within", side="", of="3"), "means nothing with kind 'within'"),
                ("sigma", dict(sigma=""), "is empty"), ("sigma", dict(sigma="-1"), "is negative"),
                ("sigma", dict(kind="within", of="", side="", sigma="0"), "no point lies within it"),
                ("sigma", dict(kind="trend", of="", side=""), "means nothing"), ("side", dict(side=""), "any, same or both"),
                ("side", dict(count="1", side="both"), "one point lies on one side"), ("side", dict(side="left"), "is none of"),
                ("scope", dict(scope="day"), "is none of"), ("effect", dict(effect="stop"), "is none of"),
                ("effect", dict(effect=""), "is empty"), ("confidence", dict(confidence="sure"), "is none of"),
                ("place", dict(place="x"), "is not a whole number")):
            with self.subTest(column, **changes):
                text = row(**dict(beyond, **changes))
                cells = next(csv.reader(io.StringIO(text)))
                at = 1 + len(",".join(cells[:names.index(column)])) + bool(names.index(column))
                done = self.imported(text)
                self.assertEqual(done.returncode, 1)
                self.assertRegex(done.stderr, rf"(?m)^control_rules\.csv:2:{at}: {column} .*{told}")
        done = self.imported(row(), row(name="again"))
        self.assertIn("control_rules.csv:3:14: place '1' is also the place of rule 2of3-1.5s", done.stderr)
        done = self.imported(*[row(name=f"r{n}", place=str(n)) for n in range(1, 26)])
        self.assertIn("has more than 24 rules", done.stderr)
        with self.ends_in("INVALID_ARGUMENT") as refusal:
            self.world.chart(rule_set="broken")
        self.assertIn("iso7870_2, nelson8", str(refusal[0].fields))
        self.assertIn("westgard", str(refusal[0].fields))

    def test_the_sets_come_out_as_they_went_in_and_one_that_a_chart_uses_stays(self):
        self.taken("used,one,1,beyond,1,1,3,any,,reject,certain,,")
        self.world.chart(rule_set="used")
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(self.catalogue("export", folder).returncode, 0)
            rows = pathlib.Path(folder, "control_rules.csv").read_text(encoding="utf-8").splitlines()
        pack = (ROOT / "migrations" / "catalogue" / "control_rules.csv").read_text(encoding="utf-8").splitlines()
        self.assertIn("no change", self.taken(*rows[1:], head=rows[0], options=["--replace"]))
        self.assertEqual(set(pack) - set(rows), set())  # what the database began with is what the pack says
        done = self.imported(*[row for row in pack[1:] if not row.startswith("used")], options=["--replace"])
        self.assertEqual(done.returncode, 1)
        self.assertIn("set 'used' has no rule left, but chart", done.stderr)

    def test_a_row_in_doubt_is_signed_off_and_the_chart_says_so_no_more(self):
        chart = self.frozen("iso7870_2")
        self.assertIn("rule to be confirmed", self.words(chart.chart))
        for name in "123":
            listed = self.people["QUALITY"]("CatalogueService.ListDoubtfulRows", laboratory="JEW", page=dict(page_size=200))
            self.assertIn(f"iso7870_2 {name}", [row.key for row in listed.doubtful if row.file == "control_rules"])
            self.people["QUALITY"]("CatalogueService.SignOffRow", laboratory="JEW", file="control_rules", key=f"iso7870_2 {name}",
                                   catalogue_revision=listed.catalogue_revision, reason="GB/T 17989.2-2020, 8.4, read")
        self.assertNotIn("to be confirmed", self.words(chart.chart))
        point = self.world.control(chart.chart, "752").point  # a signature is no other rule: nothing is stale
        self.assertEqual((self.rules(point), point.rules_revision), ([("1", True)], 0))


if __name__ == "__main__":
    unittest.main()
