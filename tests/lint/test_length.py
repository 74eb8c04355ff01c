# SPDX-License-Identifier: Apache-2.0
"""Functions and files stay short: cap 100 and 600 lines, and 95 % of the functions have at most 60.

Counts on the layout of clang-format: the brace that opens a function, and the one that closes it, stand
alone in the first column.
"""
import unittest

from tests.lint import tree

FUNCTION_CAP = 100
FUNCTION_USUAL = 60
USUAL_SHARE = 0.95
FILE_CAP = 600
SUFFIXES = (".c", ".h", ".py", ".sh", ".sql", ".proto", ".build", ".js", ".md", ".csv")
NO_CAP = (".md", ".csv")


def functions(lines):
    """(first line, length, name) of every function, from the line of its name to its closing brace."""
    start = name_line = None
    for number, line in enumerate(lines, 1):
        if start is None and line and (line[0].isalpha() or line[0] == "_"):
            name_line = number
        if line.startswith("{"):
            start = name_line or number
        elif line.startswith("}") and start is not None:
            yield start, number - start + 1, lines[start - 1].strip()
            start = name_line = None


def lengths(root):
    for name in tree.sources(root, ".c", ".h"):
        for first, length, head in functions(tree.lines(root, name)):
            yield name, first, length, head


def too_long_functions(root):
    return [f"{name}:{first}: {length} lines in {head}; the cap is {FUNCTION_CAP}: split it where its subject changes"
            for name, first, length, head in lengths(root) if length > FUNCTION_CAP]


def unusual_functions(root):
    """Those over 60 lines, when they are more than one in twenty."""
    found = list(lengths(root))
    longer = [entry for entry in found if entry[2] > FUNCTION_USUAL]
    if not found or len(longer) <= (1 - USUAL_SHARE) * len(found):
        return []
    return [f"{name}:{first}: {length} lines in {head}; too many functions exceed {FUNCTION_USUAL}: shorten this one"
            for name, first, length, head in longer]


def too_long_files(root):
    findings = []
    for name in tree.sources(root, *(suffix for suffix in SUFFIXES if suffix not in NO_CAP)):
        count = len(tree.lines(root, name))
        if count > FILE_CAP:
            findings.append(f"{name}:{count}: {count} lines; the cap is {FILE_CAP}: its second subject is a second file")
    return findings


class Length(unittest.TestCase):
    def test_no_function_exceeds_the_cap(self):
        found = too_long_functions(tree.ROOT)
        self.assertEqual(found, [], tree.report(found))

    def test_nineteen_of_twenty_functions_are_short(self):
        found = unusual_functions(tree.ROOT)
        self.assertEqual(found, [], tree.report(found))

    def test_no_file_exceeds_the_cap(self):
        found = too_long_files(tree.ROOT)
        self.assertEqual(found, [], tree.report(found))

    def test_a_function_of_101_lines_is_found(self):
        body = "int a(void)\n{\n" + "    b();\n" * 98 + "}\n"
        with tree.made_of({"server/a.c": body, "server/fine.c": body.replace("    b();\n", "", 1)}) as root:
            self.assertEqual([finding.split(": ")[0] for finding in too_long_functions(root)], ["server/a.c:1"])

    def test_a_wrapped_signature_counts_from_its_last_head_line(self):
        lines = ["static int a(int b,", "             int c)", "{", "    return b;", "}"]
        self.assertEqual(list(functions(lines)), [(1, 5, "static int a(int b,")])

    def test_too_many_long_functions_are_found(self):
        short, long = "int a(void)\n{\n}\n", "int b(void)\n{\n" + "    c();\n" * 60 + "}\n"
        with tree.made_of({"server/a.c": short * 18 + long}) as root:
            self.assertEqual(len(unusual_functions(root)), 1)
        with tree.made_of({"server/a.c": short * 19 + long}) as root:
            self.assertEqual(unusual_functions(root), [])

    def test_a_file_of_601_lines_is_found(self):
        with tree.made_of({"server/a.c": "\n" * 601, "server/b.c": "\n" * 600}) as root:
            self.assertEqual(len(too_long_files(root)), 1)
