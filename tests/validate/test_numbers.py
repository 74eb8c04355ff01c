# SPDX-License-Identifier: Apache-2.0
"""Reference data of rounding, comparison and decision rules through `touchstoned validate`: the samples, the rows of
rounding.csv and decisions.csv, more made at random by the same independent script, and rows that nobody can answer."""
import csv
import pathlib
import random
import subprocess
import tempfile
import unittest

from tests.support import paths
from tests.validate import numbers_reference as reference

FOLDER = pathlib.Path(__file__).parent
ROWS = 1500


def validate(*words):
    """Exit code and lines of the program."""
    done = subprocess.run([paths.build() / "server" / "touchstoned", "validate", *words], capture_output=True, text=True,
                          timeout=60, check=False)
    return done.returncode, done.stdout.splitlines()


def answered(rows):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "rows.csv"
        path.write_text(reference.written(rows), encoding="utf-8")
        return validate(path)


def rounding(*rows):
    """Rows of (kind, input, interval, operator, limits, method, expected)."""
    return answered([reference.ROUNDING_HEAD, *([f"R{at}", *row, "", ""] for at, row in enumerate(rows, 1))])


def decisions(*rows):
    """Rows of (value, U, k, low, high, interval, rule, expected)."""
    return answered([reference.DECISION_HEAD, *([f"D{at}", *row, ""] for at, row in enumerate(rows, 1))])


class Numbers(unittest.TestCase):
    def passes(self, code, lines, count):
        self.assertEqual((0, [f"{count} passed, 0 failed"]), (code, lines), "\n".join(lines[:20]))

    def test_the_rows_are_what_their_script_writes(self):
        for name, rows in reference.TABLES.items():
            self.assertEqual((FOLDER / name).read_text(encoding="utf-8"), reference.written(rows()), name)

    def test_every_row_is_answered_as_expected(self):
        for name, least in (("rounding.csv", 300), ("decisions.csv", 150)):
            with (FOLDER / name).open(newline="", encoding="utf-8") as file:
                count = len(list(csv.DictReader(file)))
            self.assertGreater(count, least)
            self.passes(*validate(FOLDER / name), count)

    def test_the_samples_of_a_laboratory_are_answered_as_expected(self):
        self.passes(*validate(FOLDER / "samples" / "rounding.csv", FOLDER / "samples" / "decisions.csv"), 28)

    def test_rows_made_at_random_are_answered_as_by_the_definition(self):
        source = random.Random(20260102)
        made = [reference.computed_rounding(source) for _ in range(ROWS)]
        self.passes(*rounding(*((kind, value, interval, "", "", "", expected) for kind, value, interval, expected in made)),
                    ROWS)
        self.passes(*decisions(*(reference.random_decision(source) for _ in range(ROWS))), ROWS)

    def test_the_mode_may_stand_in_the_method_column(self):
        self.passes(*rounding(("round", "2.5", "1", "", "", "half_up", "3"), ("round_sig", "24500", "2", "", "", "half_up", "25000"),
                              ("round", "2.5", "1", "", "", "half_even", "2")), 3)

    def test_a_mark_is_read_as_people_type_it(self):
        marks = [("15.5(-)", "15"), ("15.5-", "15"), ("15.5(−)", "15"), ("15.5⁻", "15"), ("15.5（-）", "15"),
                 ("16.5+", "17"), ("16.5⁺", "17"), ("16.5（+）", "17")]
        self.passes(*rounding(*(("round_marked", value, "1", "", "", "", expected) for value, expected in marks)), len(marks))

    def test_a_probability_has_as_many_places_as_expected(self):
        example = ("13.6", "3.6", "2", "12.5", "16.3", "closed", "prob")
        self.passes(*decisions((*example, "p=0.66"), (*example, "p=0.663"), (*example, "p=0.6626")), 3)

    def test_an_interval_has_several_names(self):
        limits, names = ("1", "", "", "0", "1"), [("open", "fail"), ("strict", "fail"), ("()", "fail"), ("[)", "fail"),
                                                  ("closed_open", "fail"), ("lt", "fail"), ("closed", "pass"), ("[]", "pass"),
                                                  ("(]", "pass"), ("open_closed", "pass"), ("le", "pass"), ("", "pass")]
        self.passes(*decisions(*((*limits, name, "simple", expected) for name, expected in names)), len(names))

    def test_a_refusal_is_an_answer_and_only_where_one_is_expected(self):
        missing = ("0.07", "", "2", "", "0.08", "closed", "guard_accept_U")
        code, lines = decisions((*missing, "error"), (*missing, "not judged"), (*missing, "rule refused: U missing"),
                                (*missing, "pass"), ("0.07", "0.01", "2", "", "0.08", "closed", "simple", "error"))
        self.assertEqual((1, "3 passed, 2 failed"), (code, lines[-1]))
        self.assertIn("expected pass, got error: The rule guard_accept_U uses the expanded uncertainty", lines[0])
        self.assertIn("expected error, got pass", lines[1])

    def test_what_nobody_can_answer_fails_and_says_why(self):
        code, lines = rounding(("round_down", "1", "1", "", "", "", "1"), ("round", "1", "1", "", "", "truncate", "error"),
                               ("compare", "1", "", "less", "|1", "full", "conform"),
                               ("compare", "1", "", "le", "|1", "half", "conform"),
                               ("compare", "1", "", "le", "1|1", "full", "conform"), ("round", "1,5", "1", "", "", "", "2"),
                               ("round", "1", "0", "", "", "", "1"), ("round_sig", "1", "x", "", "", "", "1"))
        self.assertEqual((1, "0 passed, 8 failed"), (code, lines[-1]))
        whys = ["no kind", "no method of rounding", "no operator", "no method of comparison", "has one limit, not two",
                "has a comma", "not above zero", "significant digits"]
        for line, why in zip(lines, whys):
            self.assertIn(why, line)
        code, lines = decisions(("1", "1", "2", "", "2", "closed", "fair", "pass"), ("1", "1", "2", "", "2", "half", "simple", "pass"),
                                ("x", "1", "2", "", "2", "closed", "simple", "pass"), ("1", "1", "0", "", "2", "", "simple", "pass"),
                                ("1", "1", "2", "", "", "closed", "simple", "pass"), ("1", "-1", "2", "", "2", "", "simple", "pass"),
                                ("1", "1", "2", "3", "2", "closed", "simple", "pass"))
        self.assertEqual((1, "0 passed, 7 failed"), (code, lines[-1]))
        whys = ["no rule", "no interval", "the cell value", "coverage factor is 0", "no limit", "uncertainty is negative",
                "lower limit is above"]
        for line, why in zip(lines, whys):
            self.assertIn(why, line)


if __name__ == "__main__":
    unittest.main()
