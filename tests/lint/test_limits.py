# SPDX-License-Identifier: Apache-2.0
"""docs/limits.md is the truth: one row for every field of struct net_limits and for every key of [limits], each with
the default that the program has."""
import re
import unittest

from tests.lint import tree

PAGE = "docs/limits.md"
FIELD = re.compile(r"^\s+uint64_t (\w+);", re.MULTILINE)
ROW = re.compile(r"^\s+(LIMIT|SHAPE)\((\w+), ([^)]+)\)", re.MULTILINE)
KEY = re.compile(r'\{"limits", "(\w+)", \w+,\s*AT\([\w.]+\),\s*"([^"]+)"')
UNITS = {"": 1, "KiB": 1 << 10, "MiB": 1 << 20}


def number(text):
    """4, 4 MiB, and 4 * MIB are numbers."""
    count, unit = re.fullmatch(r"(\d+)\s*\*?\s*(\w*)", text.strip()).groups()
    return int(count) * UNITS[unit.replace("IB", "iB")]


def rows(page, heading):
    """The cells of the table below a heading, without its head."""
    part = page.split(f"\n## {heading}\n", 1)[-1].split("\n## ", 1)[0]
    lines = [line for line in part.splitlines() if line.startswith("|")][2:]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]


def told_and_true(kind, told, true):
    for name in sorted(told.keys() | true.keys()):
        if name not in told:
            yield f"{PAGE}: no row for {kind} {name}: add one"
        elif name not in true:
            yield f"{PAGE}: {kind} {name} does not exist: delete its row"
        elif told[name] != true[name]:
            yield f"{PAGE}: {kind} {name} is {true[name]}, not {told[name]}"


def drift(root):
    page, source = tree.text(root, PAGE), tree.text(root, "server/net/limits.c")
    wire = rows(page, "Wire")
    table = {name: (number(value), kind == "LIMIT") for kind, name, value in ROW.findall(source)}
    findings = list(told_and_true("limit", {row[0]: (number(row[1]), not row[3].startswith("—")) for row in wire}, table))
    struct = tree.text(root, "server/net/limits.h").split("struct net_limits {")[1].split("\n}")[0]
    fields = set(FIELD.findall(struct))
    findings += [f"server/net/limits.c: no row for the field {name}" for name in sorted(fields - table.keys())]
    keys = dict(KEY.findall(tree.text(root, "server/core/config.c")))
    findings += told_and_true("key", {row[0]: row[1] for row in rows(page, "Configuration")}, keys)
    findings += [f"{PAGE}: there is no key {row[2]} for {row[0]}" for row in wire if row[2] and row[2] not in keys]
    return findings


class Limits(unittest.TestCase):
    def test_the_page_of_limits_tells_what_the_program_does(self):
        found = drift(tree.ROOT)
        self.assertEqual(found, [], tree.report(found))

    def test_a_page_that_drifted_is_found(self):
        page = ("# L\n\n## Wire\n\n| n | d | k | w |\n| --- | --- | --- | --- |\n| `a` | 4 KiB | `ka` | ends |\n"
                "| `b` | 3 | | ends |\n| `gone` | 1 | | ends |\n\n## Configuration\n\n| k | d | s |\n| - | - | - |\n"
                "| `kb` | 1s | |\n")
        with tree.made_of({
                PAGE: page,
                "server/net/limits.c": "x = {\n    LIMIT(a, 4 * KIB),\n    SHAPE(b, 3),\n    LIMIT(c, 1),\n};\n",
                "server/net/limits.h": "struct net_limits {\n    uint64_t a;\n    uint64_t d; // why\n};\n",
                "server/core/config.c": '{"limits", "kb", INI_NUMBER, AT(limits.kb), "2s", 1, 2, NULL, ""},\n'}) as root:
            found = drift(root)
        self.assertEqual([finding.split(": ", 1)[1] for finding in found], [
            "limit b is (3, False), not (3, True)", "no row for limit c: add one",
            "limit gone does not exist: delete its row", "no row for the field d", "key kb is 2s, not 1s",
            "there is no key ka for a"])


if __name__ == "__main__":
    unittest.main()
