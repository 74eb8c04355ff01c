# SPDX-License-Identifier: Apache-2.0
"""Formulas are data: formulas.csv has every calc_key of the packs, and no C names one (docs/formulas.md)."""
import csv
import re
import unittest

from tests.lint import tree

CATALOGUE = tree.ROOT / "migrations" / "catalogue"
# Headings and a reason that are spelled like a key and have nothing to do with one.
OTHER = {("client/table/bench.c", "MEAN"), ("client/table/catalogue.c", "UNIT"), ("server/judge/judge.c", "SPREAD")}


def keys():
    with open(CATALOGUE / "formulas.csv", encoding="utf-8", newline="") as file:
        return [row["calc_key"] for row in csv.DictReader(file)]


def named(root, wanted):
    """Places in C where a text holds a key as a word."""
    text, word = re.compile(r'"(?:[^"\\]|\\.)*"'), re.compile(r"\b(?:" + "|".join(map(re.escape, wanted)) + r")\b")
    for name in tree.sources(root, ".c", ".h"):
        if name.parts[0] in ("proto", "server", "client"):
            for number, line in enumerate(tree.lines(root, name), 1):
                found = {key for literal in text.findall(line) for key in word.findall(literal)}
                if any((str(name), key) not in OTHER for key in found):
                    yield f"{name}:{number}: {line.strip()}"


class Formulas(unittest.TestCase):
    def test_no_c_names_a_calc_key(self):
        found = list(named(tree.ROOT, keys()))
        self.assertEqual(found, [], tree.report(found))

    def test_every_calc_key_of_a_method_has_a_formula(self):
        known = set(keys())
        for path in CATALOGUE.rglob("methods.csv"):
            with open(path, encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file):
                    if row.get("calc_key"):
                        self.assertIn(row["calc_key"], known, f"{path}: {row['method_id']}")

    def test_a_key_in_c_is_found(self):
        bad = {"server/lab/gold.c": 'if (strcmp(key, "CUPELLATION") == 0)\n', "server/lab/mean.c": 'x = "MEAN";\n// MEAN\n'}
        with tree.made_of(bad) as root:
            self.assertEqual(len(list(named(root, keys()))), 2)
