# SPDX-License-Identifier: Apache-2.0
"""docs/threats.md is the truth: every threat has its defence and what is left over, at least two tests, and each test that it
names exists."""
import unittest

from tests.lint import test_holding, tree

PAGE = "docs/threats.md"
THREATS = ["forged sheet", "phishing code", "altered file", "genuine sheet, other object", "replayed code", "amended or withdrawn",
           "stale status", "stolen statement key", "stolen seal key", "rollback", "equivocation", "results changed in silence",
           "privacy by log", "codes that mean something else", "attacks on who reads"]


def rows(page, section):
    """The cells of the section's table, without its head."""
    found, here = [], False
    for line in page.splitlines():
        if line.startswith("## "):
            here = line == f"## {section}"
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if here and line.startswith("| ") and cells[0] not in ("threat", "---"):
            found.append(cells)
    return found


def drift(page, threats, has):
    told = rows(page, "What stands against it")
    named = [cells[0] for cells in told]
    if named != threats:
        yield f"the threats are {named}, wanted are {threats}"
    yield from (f"{cells[0]}: defence or what is left over is missing" for cells in told if len(cells) != 3 or not all(cells))
    tests = {}
    for threat, *_, named_tests in rows(page, "Attacks"):
        tests.setdefault(threat, []).extend(test_holding.TEST.findall(named_tests))
    for threat in threats:
        if len(set(tests.get(threat, []))) < 2:
            yield f"{threat}: {len(set(tests.get(threat, [])))} tests are named, two are wanted"
    for threat, its in tests.items():
        if threat not in threats:
            yield f"{threat}: is no threat that is known here"
        yield from (f"{threat}: {test} does not exist" for test in its if not has(test))


class Threats(unittest.TestCase):
    def test_every_threat_has_its_attacks(self):
        found = list(drift(tree.text(tree.ROOT, PAGE), THREATS, lambda test: test_holding.exists(tree.ROOT, test)))
        self.assertEqual(found, [], "\n".join(found))

    def test_a_page_that_drifted_is_found(self):
        page = ("## What stands against it\n\n| threat | defence | left over |\n| --- | --- | --- |\n| one | a | b |\n| two | | b |\n"
                "## Attacks\n\n| threat | attack | test |\n| --- | --- | --- |\n| one | x | `a`<br>`b` |\n| two | x | `a` |\n"
                "| two | y | `gone` |\n| strange | x | `a`<br>`b` |\n| three | x | `a`<br>`a` |\n")
        found = list(drift(page, ["one", "two", "three"], lambda test: test != "gone"))
        self.assertEqual(found, ["the threats are ['one', 'two'], wanted are ['one', 'two', 'three']",
                                 "two: defence or what is left over is missing", "three: 1 tests are named, two are wanted",
                                 "two: gone does not exist", "strange: is no threat that is known here"])


if __name__ == "__main__":
    unittest.main()
