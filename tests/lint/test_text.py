# SPDX-License-Identifier: Apache-2.0
"""What may stand in a file: its licence and head comment, no SQL in C, no word of one machine."""
import re
import unittest

from tests.lint import tree

COMMENT = {".c": "//", ".h": "//", ".proto": "//", ".js": "//", ".sql": "--", ".py": "#", ".sh": "#", ".build": "#"}
SPDX = "SPDX-License-Identifier: Apache-2.0"
HEAD_CAP = 12
STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
SQL = re.compile(
    r"\s*(select\b.*(\bfrom\b|\()|select\s+[\d'*]|insert\s+into\s|update\s+\S+\s+set\s|delete\s+from\s"
    r"|(create|drop|alter)\s+(or\s+replace\s+)?(table|function|role|schema|database|extension|index|user|trigger)\b"
    r"|grant\s.*\s(on|to)\s|truncate\s+(table\s)?\w+\s*$|(begin|commit|rollback)\s*;"
    r"|(listen|notify)\s+\w+\s*;?$|set\s+(role\s+\w+|(local\s+)?[\w.]+\s*(=|\bto\b)\s))", re.IGNORECASE)
# Written in pieces so that this file does not find itself.
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|(?<!-)XX" r"X(?!-)|HA" r"CK)\b(?!\(#\d+\))")
MACHINE = re.compile(r"(/wo" r"rk/|/ro" r"ot/|/ho" r"me/\w+/|/tm" r"p/ts\b)")
REGISTRY = re.compile(r"(registry\.npm" r"js\.org|registry\.yarn" r"pkg|py" r"pi\.org|proxy\.gol" r"ang\.org|\"reso" r"lved\":)")
MADE = re.compile(r"create or replace (?:function|procedure) ([a-z_.]+)\(")
BANNED = (
    (UNFINISHED, "finish it, or name its issue as WORD(#12)"),
    (MACHINE, "an absolute path of one machine: derive it, or take it from the configuration"),
    (REGISTRY, "a registry's host does not belong here: clients know their own (npm --omit-lockfile-registry-resolved)"),
)
PICTURES = {".pdf", ".png", ".jpg", ".ttf", ".otf", ".gz", ".bin"}


def heads(root):
    findings = []
    for name in tree.files(root):
        mark = COMMENT.get(name.suffix)
        if mark is None:
            continue
        lines = tree.lines(root, name)
        if not lines:
            continue
        at = 1 if lines and lines[0].startswith("#!") else 0
        if len(lines) <= at or lines[at] != f"{mark} {SPDX}":
            findings.append(f"{name}:{at + 1}: begins without its licence: put \"{mark} {SPDX}\" here")
        elif name.suffix in (".c", ".h") and (why := head_comment(lines)):
            findings.append(f"{name}:2: {why}")
    return findings


def head_comment(lines):
    count = 0
    while count < len(lines) and lines[count].startswith("//"):
        count += 1
    if count < 2:
        return "no head comment: say what the file is, who calls it, who owns what (3-10 lines)"
    return f"a head comment of {count} lines: say it in {HEAD_CAP}" if count > HEAD_CAP else None


def sql_in_c(root):
    findings = []
    for name in tree.sources(root, ".c", ".h"):
        if name.parts[0] not in ("server", "client", "proto"):
            continue
        for number, line in enumerate(tree.lines(root, name), 1):
            if not line.lstrip().startswith("//") and any(SQL.match(s) for s in STRING.findall(line)):
                findings.append(f"{name}:{number}: SQL in C: it belongs into server/sql or migrations/functions")
    return findings


def made_twice(root):
    """The later file would silently take the place of the first."""
    first, findings = {}, []
    for name in sorted(tree.sources(root, ".sql")):
        if name.parts[:2] != ("migrations", "functions"):
            continue
        for number, line in enumerate(tree.lines(root, name), 1):
            if made := MADE.match(line):
                if made[1] in first:
                    findings.append(f"{name}:{number}: {made[1]} is made in {first[made[1]]} already: give it a name of its own")
                first.setdefault(made[1], name)
    return findings


def banned_words(root):
    findings = []
    for name in tree.files(root):
        if name.suffix in PICTURES or name.name == "LICENSE":
            continue
        for number, line in enumerate(tree.lines(root, name), 1):
            for pattern, advice in BANNED:
                if found := pattern.search(line):
                    findings.append(f"{name}:{number}: \"{found.group(0)}\": {advice}")
    return findings


class Text(unittest.TestCase):
    def test_every_source_names_its_licence_and_its_purpose(self):
        found = heads(tree.ROOT)
        self.assertEqual(found, [], tree.report(found))

    def test_no_sql_stands_in_c(self):
        found = sql_in_c(tree.ROOT)
        self.assertEqual(found, [], tree.report(found))

    def test_no_unfinished_marks_and_no_machine_s_words(self):
        found = banned_words(tree.ROOT)
        self.assertEqual(found, [], tree.report(found))

    def test_no_function_of_the_database_is_made_twice(self):
        found = made_twice(tree.ROOT)
        self.assertEqual(found, [], tree.report(found))

    def test_a_function_that_a_later_file_makes_again_is_found(self):
        sql = f"-- {SPDX}\n-- Fine.\ncreate or replace function lab.one(a text) returns text\n"
        with tree.made_of({"migrations/functions/1.sql": sql, "migrations/functions/2.sql": sql}) as root:
            self.assertEqual([found.split(": ")[0] for found in made_twice(root)], ["migrations/functions/2.sql:3"])

    def test_a_file_without_licence_or_head_is_found(self):
        bad = {"a.c": "int x;\n", "b.c": f"// {SPDX}\nint x;\n", "c.sh": f"#!/bin/sh\n# {SPDX}\n",
               "d.c": f"// {SPDX}\n" + "// long\n" * 12, "e.sql": "select 1;\n", "f.c": f"// {SPDX}\n// Fine.\n"}
        with tree.made_of(bad) as root:
            places = [finding.split(": ")[0] for finding in heads(root)]
        self.assertEqual(places, ["a.c:1", "b.c:2", "d.c:2", "e.sql:1"])

    def test_sql_in_a_string_is_found_and_plain_words_are_not(self):
        sql = ["select f($1)", "INSERT INTO t values (1)", "update t set a = 1", "delete from t", "begin;",
               "set role x = 1", "create table t ()"]
        plain = ["select an item", "update failed", "create staff", "begin", "set the table to rights", "grant of arms"]
        with tree.made_of({"server/a.c": "".join(f'f("{s}");\n' for s in sql),
                           "server/b.c": "".join(f'f("{s}");\n' for s in plain)}) as root:
            self.assertEqual([f.split(": ")[0] for f in sql_in_c(root)], [f"server/a.c:{n + 1}" for n in range(len(sql))])

    def test_banned_words_are_found(self):
        bad = ["// TO" "DO later", "/ro" "ot/x", "https://registry.npm" "js.org/a"]
        with tree.made_of({"a.txt": "\n".join([*bad, "TO" "DO(#12): fine", "mkstemp XXXXXX"]) + "\n"}) as root:
            self.assertEqual(len(banned_words(root)), len(bad))
