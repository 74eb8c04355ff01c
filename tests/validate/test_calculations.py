# SPDX-License-Identifier: Apache-2.0
"""Reference data of calculations through `touchstoned validate`: the rows of calculations.csv, rows made at random and
answered by rational arithmetic, how tolerances are read, and what nobody can answer."""
import csv
import decimal
import json
import pathlib
import random
import subprocess
import tempfile
import unittest
from decimal import Decimal as D
from fractions import Fraction as F

from tests.support import paths
from tests.validate import calculations_reference as reference

FOLDER = pathlib.Path(__file__).parent


def validate(path):
    """Exit code and lines of the program."""
    done = subprocess.run([paths.build() / "server" / "touchstoned", "validate", path], capture_output=True, text=True,
                          timeout=110, check=False)
    return done.returncode, done.stdout.splitlines()


def answered(rows):
    """The same for rows of (calc_key, inputs, expected, tolerance)."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "rows.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            out = csv.writer(file, lineterminator="\n")
            out.writerow(["id", "calc_key", "inputs_json", "expected", "unit", "tolerance"])
            for number, (key, inputs, expected, tolerance) in enumerate(rows, 1):
                text = inputs if isinstance(inputs, str) else json.dumps(inputs)
                out.writerow([f"R{number}", key, text, expected, "", tolerance])
        return validate(path)


def half_up(value, digits):
    """A positive fraction to whole numbers (digits None) or to significant digits, half away from zero."""
    step = F(1)
    if digits:
        while value / step >= 10 ** digits:
            step *= 10
    whole = int(value / step + F(1, 2))
    return str(int(whole * step))


def plates(source):
    """Two neighbouring dilutions in range, and the report of the standard's formula."""
    first = [source.randint(30, 300) for _ in range(source.randint(1, 3))]
    second = [source.randint(30, 300) for _ in range(source.randint(1, 3))]
    places = source.randint(0, 5)
    dilution = F(1, 10 ** places)
    n = F(sum(first) + sum(second)) / ((len(first) + F(len(second), 10)) * dilution)
    names = [f"{D(1).scaleb(-places - step):f}" for step in (0, 1)]
    return ("APC", {"dilutions": dict(zip(names, (list(map(str, first)), list(map(str, second)))))},
            half_up(n, None if n < 100 else 2), "0")


def tubes(source):
    while True:
        levels = [(source.randint(0, 5), 5, v) for v in ("1", "0.1", "0.01")]
        if 0 < sum(p for p, _, _ in levels) < 15:
            break
    number = reference.newton([(D(p), D(n), D(v)) for p, n, v in levels])
    return ("MPN", {"positives": [str(p) for p, _, _ in levels], "inocula_g": [v for _, _, v in levels], "tubes": "5"},
            reference.two_digits(number), "0")


def points(source):
    x = [F(source.randint(0, 10 ** 6), 1000) for _ in range(source.randint(3, 30))]
    y = [F(source.randint(0, 10 ** 6), 1000) for _ in x]
    start, slope, rest = reference.line(x, y)
    texts = [[f"{D(v.numerator) / D(v.denominator):f}" for v in values] for values in (x, y)]
    return ("OLS", {"x": texts[0], "y": texts[1]},
            f"B0={reference.shown(start, 15)};B1={reference.shown(slope, 15)};s={reference.root(rest)}", "1e-13 relative")


class Calculations(unittest.TestCase):
    def test_the_rows_are_what_their_script_prints(self):
        done = subprocess.run(["/usr/bin/python3", FOLDER / "calculations_reference.py"], capture_output=True, text=True,
                              check=True, timeout=60)
        self.assertEqual((FOLDER / "calculations.csv").read_text(encoding="utf-8"), done.stdout)

    def test_every_row_is_answered_as_expected(self):
        code, lines = validate(FOLDER / "calculations.csv")
        count = len((FOLDER / "calculations.csv").read_text(encoding="utf-8").splitlines()) - 1
        self.assertEqual((0, [f"{count} passed, 0 failed"]), (code, lines[-1:]), "\n".join(lines))
        self.assertGreaterEqual(count, 200)

    def test_rows_made_at_random_are_answered_as_by_the_definition(self):
        decimal.getcontext().prec = 60
        source = random.Random(47893)
        rows = [make(source) for _ in range(100) for make in (plates, tubes, points)]
        code, lines = answered(rows)
        self.assertEqual((0, [f"{len(rows)} passed, 0 failed"]), (code, lines[-1:]), "\n".join(lines[:20]))

    def test_a_tolerance_is_kept_to_its_end(self):
        a = {"indoor": "0.5", "outdoor": "0.1"}
        good = [("BACKGROUND", a, "0.4", "0"), ("BACKGROUND", a, "0.400", "exact"), ("BACKGROUND", a, "0.41", "0.01"),
                ("BACKGROUND", a, "0.5", "0.2 relative"), ("BACKGROUND", a, "0.40000001", "1e-7 relative"),
                ("BACKGROUND", a, " 0.4 ", ""), ("ABS_DIFF_PCT", {"a": 1, "b": 1, "limit_pct": 5}, "0.01 %  accept", "0.01"),
                ("STATS", {"y": [1, 3]}, "mean=2;sd=1.41421356", "1e-8")]
        bad = [("BACKGROUND", a, "0.4000000000001", "0"), ("BACKGROUND", a, "0.41000001", "0.01"), ("BACKGROUND", a, "0.41", "exact"),
               ("BACKGROUND", a, "0.5", "0.19 relative"), ("BACKGROUND", a, "0.40", ""), ("BACKGROUND", a, "0.4", "some"),
               ("ABS_DIFF_PCT", {"a": 1, "b": 1, "limit_pct": 5}, "0.00 % reject", "0.01"),
               ("ABS_DIFF_PCT", {"a": 1, "b": 1, "limit_pct": 5}, "0.00 % accepted", "0.01"),
               ("MPN3", {"positives": [0, 0, 0], "inocula_g": ["0.1", "0.01", "0.001"]}, "3.0", "0"),
               ("STATS", {"y": [1, 3]}, "mean=2;sd=1.4142136", "1e-8"), ("STATS", {"y": [1, 3]}, "mean=2", "1")]
        code, lines = answered(good)
        self.assertEqual((0, f"{len(good)} passed, 0 failed"), (code, lines[-1]), "\n".join(lines))
        code, lines = answered(bad)
        self.assertEqual((1, f"0 passed, {len(bad)} failed"), (code, lines[-1]), "\n".join(lines))

    def test_what_nobody_can_answer_fails_and_says_why(self):
        cases = [("NOBODY", {}, "there is no formula"), ("MEAN", "[]", "should be a JSON object"), ("MEAN", "{", "The input"),
                 ("MEAN", {}, "The input values is missing"), ("RPD", {"a": "x", "b": 1}, "The input a should be a number"),
                 ("RPD", {"a": "１", "b": 1}, "The input a should be a number"), ("RPD", {"a": 1, "b": -1}, "Division by zero"),
                 ("UNIT", {"value": 1, "frm": "g", "to": "L"}, "mass"),
                 ("SCALE_MPE", {"m_g": 1, "e_g": 1, "stage": "x"}, "stage: should be")]
        code, lines = answered([(key, inputs, "1", "0") for key, inputs, _ in cases])
        self.assertEqual((1, f"0 passed, {len(cases)} failed"), (code, lines[-1]))
        for line, (_, _, why) in zip(lines, cases):
            self.assertIn(why, line)


if __name__ == "__main__":
    unittest.main()
