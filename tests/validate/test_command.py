# SPDX-License-Identifier: Apache-2.0
"""`touchstoned validate` as a command: what it prints, its exit codes, and the report that a laboratory files."""
import hashlib
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

from tests.support import paths

PROGRAM = paths.build() / "server" / "touchstoned"
HEAD = "id,kind,input,interval,operator,limit_low|limit_high,method,expected\n"
RULES = "set,name,place,kind,count,of,sigma,side,scope,effect,confidence\n"
GOOD, BAD = HEAD + "A1,round,2.5,1,,,,2\nA2,round,3.5,1,,,,  4 \n", HEAD + "A1,round,2.5,1,,,,2\nA2,round,2.5,1,,,,3\n"
USAGE, BROKEN = 2, 2


class Command(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)

    def write(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def run_it(self, *words, **options):
        return subprocess.run([PROGRAM, "validate", *words], capture_output=True, text=True, timeout=60, cwd=self.folder,
                              check=False, **options)

    def test_what_agrees_is_counted_and_nothing_else_is_said(self):
        done = self.run_it(self.write("good.csv", GOOD))
        self.assertEqual((0, "2 passed, 0 failed\n", ""), (done.returncode, done.stdout, done.stderr))

    def test_a_row_that_differs_is_named_with_its_place(self):
        path = self.write("bad.csv", BAD)
        done = self.run_it(path, self.write("good.csv", GOOD))
        self.assertEqual((1, f"{path}:3: A2: expected 3, got 2\n3 passed, 1 failed\n"), (done.returncode, done.stdout))

    def test_a_byte_order_mark_crlf_and_columns_in_any_order_are_read(self):
        content = ("\ufeffnote,expected,method,limit_low|limit_high,operator,interval,input,kind,id\r\n"
                   "\"a, b\",2,,,,1,2.5,round,A1\r\n")
        self.assertEqual("1 passed, 0 failed\n", self.run_it(self.write("a.csv", content)).stdout)

    def test_a_comma_in_a_note_that_nobody_quoted_does_no_harm(self):
        content = HEAD.replace("expected", "expected,note") + "A1,round,2.5,1,,,,2,a, b\n"
        self.assertEqual("1 passed, 0 failed\n", self.run_it(self.write("a.csv", content)).stdout)
        done = self.run_it(self.write("b.csv", HEAD + "A1,round,2.5,1,,,,2,x\n"))
        self.assertEqual(BROKEN, done.returncode)
        self.assertIn("line 2: 9 cells where the header has 8", done.stderr)

    def test_what_cannot_be_read_is_said_and_the_rest_is_run(self):
        good = self.write("good.csv", GOOD)
        for content, why in (("a,b\n1,2\n", "no known form"), ("id,calc_key,inputs_json,expected\n", "for calculations it misses the column tolerance"), (HEAD, "no rows"), (HEAD + "A1,round\n", "the cell input is missing"),
                             (b"\xff\xfea\x00", "UTF-16"), ("", "no header"), (HEAD + 'A1,"x\n', "never ends")):
            done = self.run_it(self.write("odd.csv", content), good)
            self.assertEqual((BROKEN, "2 passed, 0 failed\n"), (done.returncode, done.stdout))
            self.assertIn(why, done.stderr)
        for path in (self.folder / "absent.csv", self.folder):
            self.assertEqual(BROKEN, self.run_it(path).returncode)

    def test_wrong_usage_prints_the_usage(self):
        for words in ([], ["--report", "r.md"], ["a.csv", "--odd"], ["a.csv", "--report"], ["a.csv", "--report="],
                      ["a.csv", "--catalogue="], ["a.csv", "--catalogue", "x", "--catalogue", "y"]):
            done = self.run_it(*words)
            self.assertEqual(USAGE, done.returncode, words)
            self.assertIn("touchstoned validate FILE.csv ... [--report FILE] [--catalogue DIR]", done.stderr)

    def test_the_report_says_what_was_run_by_which_program_with_which_outcome(self):
        bad = self.write("bad|1.csv", BAD)
        done = self.run_it(bad, "--report", "report.md")
        self.assertEqual(1, done.returncode)
        report = (self.folder / "report.md").read_text(encoding="utf-8")
        version = subprocess.run([PROGRAM, "version"], capture_output=True, text=True, check=True).stdout.strip()
        for said in ("ISO/IEC 17025:2017, 7.11.2", f"touchstoned {version}", hashlib.sha256(PROGRAM.read_bytes()).hexdigest(),
                     "1 passed, 1 failed", f"| bad\\|1.csv | rounding | 2 | 1 | 1 | {hashlib.sha256(BAD.encode()).hexdigest()} |",
                     "| bad\\|1.csv | 3 | A2 | 3 | 2 |", "signature"):
            self.assertIn(said, report)
        self.assertRegex(report, r"Run at \(UTC\) \| \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
        self.assertNotIn(str(self.folder), report)

    def test_two_reports_of_the_same_run_differ_in_their_time_only(self):
        good = self.write("good.csv", GOOD)
        texts = set()
        for name in ("one.md", "two.md"):
            self.run_it(good, f"--report={name}")
            texts.add(re.sub(r"Run at.*", "", (self.folder / name).read_text(encoding="utf-8")))
        self.assertEqual(1, len(texts))
        self.assertIn("None.", texts.pop())

    def test_a_report_is_whole_or_not_there(self):
        good = self.write("good.csv", GOOD)
        old = self.write("report.md", "old")
        for words in ([self.folder / "absent.csv", good], [good]):
            target = old if len(words) == 2 else self.folder / "absent" / "report.md"
            done = self.run_it(*words, "--report", target)
            self.assertEqual(BROKEN, done.returncode)
        self.assertEqual("old", old.read_text())
        self.assertEqual(BROKEN, self.run_it(good, "--report", self.folder).returncode)
        self.assertEqual(BROKEN, self.run_it(good, "--report", good).returncode)
        self.assertEqual(GOOD, good.read_text())
        self.assertEqual(["good.csv", "report.md"], sorted(os.listdir(self.folder)))

    def test_an_output_that_takes_nothing_is_an_error(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([PROGRAM, "validate", self.write("good.csv", GOOD)], stdout=full, stderr=subprocess.PIPE,
                                  check=False)
        self.assertEqual(BROKEN, done.returncode)

    SUM = "id,calc_key,inputs_json,expected,unit,tolerance\nA1,SUM,\"{\"\"a\"\": \"\"1\"\", \"\"b\"\": \"\"2\"\"}\",%s,,0\n"
    FORMULAS = "calc_key,expression,unit,report\n"

    def test_formulas_and_units_of_a_folder_go_before_the_programs(self):
        rows = self.write("rows.csv", self.SUM % 3)
        self.assertEqual(1, self.run_it(rows).returncode)
        formulas = self.FORMULAS + "SUM,a + b,,\n"
        self.write("formulas.csv", formulas)
        done = self.run_it(rows, "--catalogue", ".", "--report", "report.md")
        self.assertEqual((0, "1 passed, 0 failed\n", ""), (done.returncode, done.stdout, done.stderr))
        report = (self.folder / "report.md").read_text(encoding="utf-8")
        self.assertIn(f"| formulas.csv | {hashlib.sha256(formulas.encode()).hexdigest()} |", report)
        self.write("formulas.csv", self.FORMULAS + "SUM,\"convert(a, 'hand', 'finger') + b\",,\n")
        self.write("formula_units.csv", "unit_ucum,display,dimension,factor_to_base,offset\nhand,hand,hands,5,0\nfinger,finger,hands,1,0\n")
        self.assertEqual("1 passed, 0 failed\n", self.run_it(self.write("rows.csv", self.SUM % 7), "--catalogue", ".").stdout)

    def test_rule_sets_of_a_folder_are_found_by_their_names(self):
        rows = self.write("rows.csv", 'id,chart,inputs_json,expected\n'
                          'Q1,own,"{""mean"": ""0"", ""sd"": ""1"", ""data"": [""0.1"", ""0.2"", ""2.1""]}",up@3;far@3\n')
        self.assertEqual("0 passed, 1 failed", self.run_it(rows).stdout.splitlines()[-1])
        self.write("control_rules.csv", RULES + "own,far,2,beyond,1,1,2,any,series,reject,check\nown,up,1,trend,3,,,,,warning,certain\n")
        self.assertEqual("1 passed, 0 failed\n", self.run_it(rows, "--catalogue", ".").stdout)

    def test_a_folder_that_cannot_be_used_is_told_and_nothing_is_run(self):
        rows = self.write("rows.csv", self.SUM % 3)
        for name, content, why in (
                ("formulas.csv", "calc_key,expression\n", "formulas.csv:1: there is no column unit"),
                ("formulas.csv", self.FORMULAS + "SUM,a +,,\n", "formulas.csv:2: line 1, column 4"),
                ("formulas.csv", self.FORMULAS + "SUM,a,,{b}\n", "formulas.csv:2: "),
                ("formulas.csv", self.FORMULAS + "SUM,a,,\nSUM,b,,\n", "formulas.csv:3: this calc_key stands there twice"),
                ("formulas.csv", self.FORMULAS + "SUM\n", "formulas.csv: line 2"),
                ("formula_units.csv", "unit_ucum,display,dimension,factor_to_base,offset\na,a,b,1/3,0\n", "formula_units.csv:2: "),
                ("control_rules.csv", RULES + "own,a,1,beyond,70,70,2,any,series,reject,check\n", "control_rules.csv:2: count: must be"),
                ("control_rules.csv", RULES + "own,a,1,trend,3,,,,,reject,check\nown,a,2,trend,4,,,,,reject,check\n",
                 "control_rules.csv:3: name: "),
                ("control_rules.csv", RULES + "own,a,first,trend,3,,,,,reject,check\n", "control_rules.csv:1: place must be a number"),
                (None, "", "has none of formulas.csv, formula_units.csv and control_rules.csv")):
            with self.subTest(why), tempfile.TemporaryDirectory() as folder:
                if name:
                    (pathlib.Path(folder) / name).write_text(content)
                done = self.run_it(rows, "--catalogue", folder)
                self.assertEqual((BROKEN, ""), (done.returncode, done.stdout))
                self.assertIn(why, done.stderr)


if __name__ == "__main__":
    unittest.main()
