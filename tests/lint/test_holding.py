# SPDX-License-Identifier: Apache-2.0
"""docs/holding.md is the truth: every class of fault has at least two tests, and each test that it names exists."""
import importlib
import re
import unittest

from tests.lint import tree

PAGE = "docs/holding.md"
CLASSES = {
    "Process and database": [
        "kill -9 of the daemon under load", "kill -9 of a backend", "kill -9 of the postmaster",
        "between COMMIT sent and answered", "fast restart", "failover", "connection cut after any byte",
        "SIGSTOP of the database", "disk full", "deadlock and serialization failures", "too many connections", "clock jumps",
        "migration failing half-way", "migration killed half-way", "two daemons migrating",
        "older and newer daemon than schema", "restore from backup"],
    "Wire": [
        "slowloris", "slow reader", "half-open", "handshakes never finished", "rapid reset", "CONTINUATION flood",
        "SETTINGS flood", "PING flood", "empty-DATA flood", "PRIORITY flood", "header bombs", "window games", "too many streams",
        "message length lies", "truncated messages", "gzip bombs", "protobuf garbage", "deep nesting",
        "million-element fields", "bad UTF-8", "NUL", "extreme integers", "NaN and full-width digits as results",
        "10,000-digit decimals", "impossible dates"],
    "Resources": [
        "OOM at every allocation", "real OOM", "fd exhaustion", "log floods", "SIGTERM drain with a second daemon",
        "binary upgrade on the same socket", "certificate renewal on SIGHUP", "a day's load with flat memory"],
    "Desk": [
        "network gone in the middle of an intake", "desk killed while journalling", "torn journal tail", "damaged journal",
        "disk full while journalling", "journal copied to two desks", "conflict at replay", "stolen disk"],
}
TEST = re.compile(r"`([^`]+)`")


def tests_of(page):
    """(section, class) -> the tests that its rows name."""
    found, section = {}, ""
    for line in page.splitlines():
        if line.startswith("## "):
            section = line[3:]
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and len(cells) == 3 and cells[0] not in ("class", "---"):
            found.setdefault((section, cells[0]), []).extend(TEST.findall(cells[2]))
    return found


def is_c_test(root, path, name):
    return re.search(rf"\b(cmocka_unit_test\w*|CASE|IN_A_FOLDER)\(\s*{name}\b", tree.text(root, path))


def is_python_test(name):
    """A module, a class of tests or a test; names that a module makes by itself count, so it is loaded."""
    parts = name.split(".")
    module = ".".join(parts[:3])
    try:
        found = importlib.import_module(module)
        for part in parts[3:]:
            found = getattr(found, part)
    except (ImportError, AttributeError):
        return False
    return True


def exists(root, test):
    path, _, name = test.partition(": ")
    return is_c_test(root, path, name) if name else is_python_test(test)


def drift(page, classes, has):
    told = tests_of(page)
    for section, names in classes.items():
        for name in names:
            tests = set(told.get((section, name), []))
            if len(tests) < 2:
                yield f"{section}, {name}: {len(tests)} tests are named, two are wanted"
    for (section, name), tests in told.items():
        if name not in classes.get(section, []):
            yield f"{section}, {name}: is no class that is known here"
        yield from (f"{section}, {name}: {test} does not exist" for test in tests if not has(test))


class Holding(unittest.TestCase):
    def test_every_class_of_fault_has_its_tests(self):
        found = list(drift(tree.text(tree.ROOT, PAGE), CLASSES, lambda test: exists(tree.ROOT, test)))
        self.assertEqual(found, [], "\n".join(found))

    def test_a_page_that_drifted_is_found(self):
        page = ("## A\n\n| class | injected, and seen | test |\n| --- | --- | --- |\n| one | x | `a`<br>`b` |\n"
                "| two | x | `a`<br>`gone` |\n| two | y | `a` |\n| strange | x | `a`<br>`b` |\n")
        found = list(drift(page, {"A": ["one", "two", "three"]}, lambda test: test != "gone"))
        self.assertEqual(found, ["A, three: 0 tests are named, two are wanted", "A, two: gone does not exist",
                                 "A, strange: is no class that is known here"])


if __name__ == "__main__":
    unittest.main()
