#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Wrote migration 0003 from the CSV files beside this script, before `touchstoned catalogue import` was there.

Kept because a migration that was applied somewhere must never change: a test compares its output with the
migration. Today's packs are the files one folder up; nothing here is edited any more.
"""
import csv
import pathlib

HERE = pathlib.Path(__file__).parent

# Which sentence of report_statements.csv is printed when: the machine's form of the column "when". What is
# not named here is never printed by itself: STM26 already stands in the head of a specimen, and STM11 speaks of a
# proof that a test outside any scope does not give.
APPLIES = {
    "STM01": "always", "STM02": "always", "STM04": "always", "STM05": "always", "STM06": "always", "STM07": "always",
    "STM08": "out_of_scope", "STM11": "in_scope", "STM12": "simple_rule", "STM14": "not_detected",
    "STM15": "method:M_XRF", "STM16": "fineness", "STM20": "always", "STM23": "waived", "STM24": "always",
    "STM25": "production",
}


def rows(name):
    with open(HERE / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def quoted(value):
    return "null" if value is None else "'" + value.replace("'", "''") + "'"


def insert(table, columns, values):
    lines = ",\n".join("    (" + ", ".join(quoted(v) for v in row) + ")" for row in values)
    return f"insert into lab.{table} ({', '.join(columns)}) values\n{lines};\n"


def plain(table, file, renamed=None, optional=()):
    """The CSV's own columns under their own names, but for what is renamed; optional ones may be null."""
    found = rows(file)
    names = list(found[0])
    columns = [(renamed or {}).get(name, name) for name in names]
    return insert(table, columns, [[None if name in optional and row[name] == "" else row[name] for name in names]
                                   for row in found])


def main():
    statements = rows("report_statements.csv")
    out = [
        "-- SPDX-License-Identifier: Apache-2.0\n"
        "-- The jewellery pack: written by catalogue/generate.py from the CSV files beside it.\n"
        "set role touchstone_owner;\n",
        insert("laboratory", ["laboratory", "name_zh", "name_en", "mass_tolerance_g"],
               [["JEW", "金银珠宝实验室", "Jewellery and Precious Metals Laboratory", "0.02"]]),
        plain("unit", "units.csv"),
        plain("standard", "standards.csv"),
        plain("product", "products.csv", {"domain_id": "laboratory"}, ("parent_id",)),
        plain("parameter", "parameters.csv", {"param_id": "parameter_id", "domain_id": "laboratory"}, ("unit_ucum",)),
        plain("method", "methods.csv", {"domain_id": "laboratory"}),
        plain("param_method", "param_methods.csv", {"param_id": "parameter_id"}),
        plain("requirement", "limits.csv", {"param_id": "parameter_id"}),
        insert("statement", ["statement_id", "domain_id", "text_zh", "text_en", "when_text", "applies",
                             "confidence", "source"],
               [[s["statement_id"], s["domain_id"], s["text_zh"], s["text_en"], s["when"],
                 APPLIES.get(s["statement_id"], "by_hand"), s["confidence"], s["source"]] for s in statements]),
        "update lab.schema_version set version = 3;\nreset role;\n",
    ]
    print("\n".join(out), end="")


main()
