# SPDX-License-Identifier: Apache-2.0
"""Reference data of quality control through `touchstoned validate`: the rows of quality.csv, rows made at random and
answered by quality_reference.py, and rows that nobody can answer."""
import csv
import json
import pathlib
import random
import subprocess
import tempfile
import unittest

from tests.support import paths
from tests.validate import quality_reference as reference

FOLDER = pathlib.Path(__file__).parent
ROWS = 600


def validate(path):
    """Exit code and lines of the program."""
    done = subprocess.run([paths.build() / "server" / "touchstoned", "validate", path], capture_output=True, text=True,
                          timeout=60, check=False)
    return done.returncode, done.stdout.splitlines()


def answered(rows):
    """The same for rows of (chart, inputs, expected)."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "rows.csv"
        with path.open("w", newline="") as file:
            out = csv.writer(file, lineterminator="\n")
            out.writerow(["id", "chart", "inputs_json", "expected"])
            for number, (chart, inputs, expected) in enumerate(rows, 1):
                text = inputs if isinstance(inputs, str) else json.dumps(inputs)
                out.writerow([f"R{number}", chart, text, expected])
        return validate(path)


class Source:
    """Inputs on a coarse grid, so that points often lie exactly on a line."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def decimal(self, low, high, places):
        number = self.random.randint(low * 10 ** places, high * 10 ** places)
        return f"{reference.D(number).scaleb(-places):f}"

    def series(self):
        """Points that wander, mostly rise or mostly alternate, so that every pattern comes about."""
        count, spread, at, values = self.random.randint(1, 40), self.random.choice([1, 2, 6]), 0, []
        kind = self.random.choice(["wander", "wander", "rise", "zigzag"])
        for number in range(count):
            step = self.random.randint(-spread, spread) if self.random.random() < 0.8 else 0
            odd = self.random.random() < 0.05
            at = {"wander": at / 2 + step, "rise": at + (-3 if odd or at > 6 else 0.5),
                  "zigzag": 0 if odd else (-1) ** number * (1 + abs(step) / 2)}[kind]
            values.append(f"{reference.D(round(at * 2)) / 4:f}")
        return values

    def chart(self):
        inputs = {"mean": "0", "sd": self.random.choice(["1", "0.5", "0.75"]), "data": self.series()}
        if self.random.random() < 0.6:
            size = self.random.randint(1, 4)
            inputs["runs"] = [str(number // size) for number in range(len(inputs["data"]))]
        return self.random.choice(list(reference.SETS)), inputs

    def own(self):
        values = self.series()
        return "individuals", {"data": values + [str(reference.D(values[0]) + 1), "0.25"]}

    def score(self):
        assigned, sigma = self.decimal(1, 5, 1), self.decimal(1, 2, 1)
        far = self.random.choice(["2", "3", "-2", "-3", "0", "1.5", "2.5"])
        x = reference.D(assigned) + reference.D(far) * reference.D(sigma)
        x += self.random.choice([0, 0, reference.D("0.0001"), reference.D("-0.0001")])
        return "z_score", {"x": f"{x:f}", "x_pt": assigned, "sigma_pt": sigma}

    def root(self):
        """Pythagorean uncertainties, so that the root ends and x lies on it."""
        a, b, c = self.random.choice([(3, 4, 5), (5, 12, 13), (8, 15, 17), (20, 21, 29)])
        x = 750 + c * self.random.choice([1, -1]) + self.random.choice([0, reference.D("0.001"), reference.D("-0.001")])
        return (self.random.choice(["En", "crm"]),
                {"x": f"{x:f}" if isinstance(x, reference.D) else str(x), "x_ref": "750", "U_lab": str(a), "U_ref": str(b)})

    def duplicate(self):
        a, b = self.decimal(1, 20, 1), self.decimal(1, 20, 1)
        return "duplicate", {"a": a, "b": b, "limit_pct": self.random.choice(["5", "10", "20", "40"])}

    def drift(self):
        return "flow_drift", {"before": self.decimal(1, 3, 1), "after": self.decimal(1, 3, 2), "limit_pct": "5"}

    def robust(self):
        return "algorithm_A", {"data": [self.decimal(1, 9, 2) for _ in range(self.random.randint(4, 20))]}

    def expected(self):
        return "horwitz", {"mass_fraction": f"{reference.D(self.random.randint(1, 999)).scaleb(-self.random.randint(3, 12)):f}"}

    def row(self):
        kinds = [self.chart] * 6 + [self.own, self.score, self.root, self.duplicate, self.drift, self.robust, self.expected]
        chart, inputs = self.random.choice(kinds)()
        return chart, inputs, reference.CHARTS[chart](inputs)


class Quality(unittest.TestCase):
    def test_the_rows_are_what_their_script_prints(self):
        done = subprocess.run(["/usr/bin/python3", FOLDER / "quality_reference.py"], capture_output=True, text=True,
                              check=True, timeout=60)
        self.assertEqual((FOLDER / "quality.csv").read_text(), done.stdout)

    def test_every_row_is_answered_as_expected(self):
        code, lines = validate(FOLDER / "quality.csv")
        self.assertEqual((0, [f"{len(reference.ROWS)} passed, 0 failed"]), (code, lines[-1:]), "\n".join(lines))
        self.assertGreaterEqual(len(reference.ROWS), 60)

    def test_rows_made_at_random_are_answered_as_by_the_definition(self):
        source = Source(20260101)
        code, lines = answered([source.row() for _ in range(ROWS)])
        self.assertEqual((0, [f"{ROWS} passed, 0 failed"]), (code, lines[-1:]), "\n".join(lines[:20]))

    def test_a_set_never_seen_before_is_read_from_its_rows(self):
        rules = [{"name": "far", "kind": "beyond", "count": 1, "of": 1, "sigma": "2.5", "side": "any"},
                 {"name": "up3", "kind": "trend", "count": 3, "effect": "warning"}]
        code, lines = answered([("mine", {"mean": 0, "sd": 1, "data": [2.5, "2.6", "-3", -1, 0], "rules": rules},
                                 "far@2;far@3;up3@5")])
        self.assertEqual(0, code, "\n".join(lines))

    def test_what_nobody_can_answer_fails_and_says_why(self):
        good = {"mean": "0", "sd": "1", "data": ["1"]}
        cases = [
            ("nelson9", good, "no rule set of this name"),
            ("nelson8", {"mean": "0", "data": ["1"]}, 'input "sd": is missing'),
            ("nelson8", {"mean": "0", "sd": "1"}, 'input "data": is missing'),
            ("nelson8", good | {"data": ["1", "x"]}, 'input "data"'),
            ("nelson8", good | {"runs": [1, 2]}, 'input "runs": must have as many values as data'),
            ("mine", good | {"rules": [{"name": "a", "kind": "over"}]}, "kind: must be"),
            ("z_score", {"x": {}}, 'input "x": must be a text or a number'),
            ("z_score", '{"x": "1", "x": "2"}', 'input "x": stands twice'),
            ("z_score", "[]", "must be a JSON object"),
            ("z_score", "{", "input"),
        ]
        code, lines = answered([(chart, inputs, "none") for chart, inputs, _ in cases])
        self.assertEqual((1, f"0 passed, {len(cases)} failed"), (code, lines[-1]))
        for line, (_, _, why) in zip(lines, cases):
            self.assertIn(why, line)

    def test_what_the_engine_refuses_is_an_answer(self):
        code, lines = answered([("nelson8", {"mean": "0", "sd": "0", "data": ["1"]}, "error"),
                                ("individuals", {"data": ["1"]}, "error"),
                                ("En", {"x": "1", "x_ref": "1", "U_lab": "0", "U_ref": "0"}, "error"),
                                ("horwitz", {"mass_fraction": "0"}, "error")])
        self.assertEqual(0, code, "\n".join(lines))


if __name__ == "__main__":
    unittest.main()
