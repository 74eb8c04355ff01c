# SPDX-License-Identifier: Apache-2.0
"""The public API: buf's STANDARD rules, and one row in server/rpc/methods.csv for every RPC."""
import csv
import os
import pathlib
import re
import subprocess
import unittest

from tests.lint import tree

SERVICE = re.compile(r"^service\s+(\w+)")
RPC = re.compile(r"^\s+rpc\s+(\w+)\s*\(")
COLUMNS = ["service", "method", "session", "effect", "pool", "blobs", "rows", "step"]


def buf(*arguments):
    modules = os.environ.get("NODE_PATH", str(tree.ROOT / "build/node/node_modules"))
    return subprocess.run([pathlib.Path(modules) / ".bin" / "buf", *arguments], capture_output=True, text=True)


def rpcs(root):
    for name in tree.sources(root, ".proto"):
        if name.parts[:3] != ("proto", "touchstone", "v1"):
            continue
        service = None
        for number, line in enumerate(tree.lines(root, name), 1):
            if found := SERVICE.match(line):
                service = found.group(1)
            elif found := RPC.match(line):
                yield (service, found.group(1)), f"{name}:{number}"


def rows(root):
    table = "server/rpc/methods.csv"
    for number, row in enumerate(csv.DictReader(tree.lines(root, table)), 2):
        yield (row["service"], row["method"]), f"{table}:{number}", row


def unmatched(root):
    in_schema, in_table = dict(rpcs(root)), {}
    findings = []
    for key, place, row in rows(root):
        if key in in_table:
            findings.append(f"{place}: a second row for {'.'.join(key)}: delete one")
        in_table[key] = place
        findings += faults(place, row)
    findings += [f"{place}: no row for {'.'.join(key)} in server/rpc/methods.csv: say who may call it"
                 for key, place in in_schema.items() if key not in in_table]
    findings += [f"{place}: no RPC {'.'.join(key)} in proto/touchstone/v1: delete the row or declare it"
                 for key, place in in_table.items() if key not in in_schema]
    return findings


def faults(place, row):
    roles = {name: value for name, value in row.items() if name not in COLUMNS}
    if any(value not in ("x", "") for value in roles.values()):
        yield f"{place}: a role's cell holds x or nothing"
    if row["session"] == "yes" and "x" not in roles.values():
        yield f"{place}: nobody may call it: mark a role or delete the RPC"
    if row["session"] == "no" and "x" in roles.values():
        yield f"{place}: it needs no session, so its roles mean nothing: clear them"


class Schema(unittest.TestCase):
    def test_buf_lint_finds_nothing(self):
        done = buf("lint", str(tree.ROOT / "proto"))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_buf_lint_can_fail(self):
        bad = {"a/v1/a.proto": 'syntax = "proto3";\npackage a.v1;\nmessage bad_name {}\n',
               "buf.yaml": tree.text(tree.ROOT, "proto/buf.yaml")}
        with tree.made_of(bad) as root:
            done = buf("lint", str(root))
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("PascalCase", done.stdout)

    def test_every_rpc_has_one_row_and_every_row_an_rpc(self):
        found = unmatched(tree.ROOT)
        self.assertEqual(found, [], tree.report(found))

    def test_missing_extra_double_and_closed_rows_are_found(self):
        proto = "service AService {\n  rpc DoOne(R) returns (S);\n  rpc DoTwo(R) returns (S);\n}\n"
        table = ("service,method,session,effect,pool,blobs,step,manager\nAService,DoOne,yes,read,read,,,x\n"
                 "AService,DoOne,yes,read,read,,,x\nAService,Gone,yes,read,read,,,\n")
        with tree.made_of({"proto/touchstone/v1/a.proto": proto, "server/rpc/methods.csv": table}) as root:
            found = unmatched(root)
        self.assertEqual([finding.split(": ")[0] for finding in found],
                         ["server/rpc/methods.csv:3", "server/rpc/methods.csv:4", "proto/touchstone/v1/a.proto:3",
                          "server/rpc/methods.csv:4"])
