# SPDX-License-Identifier: Apache-2.0
"""Whoever has all keys may sign whatever: the command line and the page then tell the same code, or both accept. No daemon: the
laboratory is tests/outside/counterfeit.py, and each verifier judges all cases in one process."""
import hashlib
import json
import pathlib
import random
import shutil
import tempfile
import unittest

from tests.outside import readers
from tests.outside.counterfeit import Laboratory
from tests.outside.flips import FLIPS, LIMIT_S, TOOL, told
from tests.sheet import independent, support
from tests.sheet.test_evidence import made_record

HOST = "localhost:8443"
# Edges of every kind of field.
VALUES = (0, 1, 40, 41, (1 << 48) - 1, 1 << 48, (1 << 53) - 1, 1 << 53, (1 << 64) - 1, -1, -(1 << 64), "", "1", "x" * 200, "x" * 201, "中" * 67,
          "9" * 20, "9" * 40, "9" * 41, "9" * 65, "-" + "9" * 30, "+" + "9" * 30, "15.5(-)", "15.(-)", "1e5", "９" * 20, None, True, False, b"", bytes(16),
          bytes(32), [], [1, -40], [1, -41], [-(1 << 64), 0], [(1 << 64) - 1, 0], [0, 0], [1, 1 << 53], [[1, 0], [2, 0]], [[1, 0], None],
          [None, True, [1, 0], False], [5, 2, [1, 0], None], [1 << 60, 2, [1, 0], None], [[1, 0]] * 64, {}, {1: 2})
FIRST = {0: [5, -1], 4: "A", 5: [[1, 0]]}
LIMIT = {0: None, 1: [1, 0], 3: [[1, 0], [2, 0]], 7: "A", 11: [5, 2, [1, 0], None], 12: [None, True, [1, 0], False]}


def result(qual=0, limop=0):
    return [1, qual, FIRST[qual], 2, None, limop, LIMIT[limop], 3, 1, None, 1]


class BothVerifiers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="ts-both-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.lab = Laboratory(HOST, names={"status": f"{HOST}/log/status", "status_p256": f"{HOST}/log/status"})
        record, _ = made_record(random.Random(5), 2)
        record["revision"], record["statement"]["legal_class"] = "0", "6"
        record["statement"].pop("supersedes", None)
        cls.record = support.canonical(record)
        cls.payload = cls.lab.statement(cls.record, 0)
        cls.lab.enter(cls.payload)
        cls.lab.entries += [cls.lab.entry(1, hashlib.sha256(bytes([n])).digest()) for n in range(20)]
        codes = [*range(70), 255, 256, 65536]
        registry = {"version": str((1 << 53) - 1), "entries": [{"kind": kind, "code": str(code)}
                                                               for kind in ("analyte", "unit", "method", "rule") for code in codes]}
        for name, content in {"data.json": cls.lab.data(registry), "results.json": cls.record, "sheet.cose": cls.lab.envelope(cls.payload),
                              "sheet.tlog-proof": cls.lab.proof(0), "checkpoint": cls.lab.checkpoint(), "status": cls.lab.status()}.items():
            (cls.folder / name).write_bytes(content)

    def judged(self, part, cases):
        """{name: (code of the command line, code of the page)} of {name: bytes, or bytes and a record}."""
        lines = [" ".join(one.hex() for one in (case if isinstance(case, tuple) else (case,))) for case in cases.values()]
        asked = "\n".join(lines) + "\n"
        both = [told(readers.run(*program, self.folder, part, "0", "1", "given", input=asked, text=True, timeout=LIMIT_S)) for program in ((TOOL,), ("node", FLIPS))]
        self.assertEqual([len(one) for one in both], [len(cases)] * 2)
        return {name: tuple(one.code for one in pair) for name, pair in zip(cases, zip(*both))}

    def agree(self, part, cases, **wanted):
        found = self.judged(part, cases)
        # The command line asks no registry of codes.
        self.assertEqual({name: pair for name, pair in found.items() if pair[0] != pair[1] and pair[1] != "E_REGISTRY"}, {})
        self.assertLessEqual(set(wanted.get("codes", ())), {code for code, _ in found.values()})
        return found

    def test_fields_of_every_kind(self):
        said = independent_fields(self.payload)
        cases = {}

        def add(name, fields):
            cases[name] = self.lab.envelope(independent.cbor(fields))

        for key in range(20):
            for place, value in enumerate(VALUES):
                add((key, place), said | {key: value})
        for place, value in enumerate(VALUES):
            for part in range(11):
                row = result()
                row[part] = value
                add(("part", part, place), said | {10: [row]})
            for limop in LIMIT:
                row = result(limop=limop)
                row[6] = value
                add(("limit", limop, place), said | {10: [row]})
            for qual in FIRST:
                row = result(qual)
                row[2] = value
                add(("value", qual, place), said | {10: [row]})
        small = {name: cose for name, cose in cases.items() if len(cose) <= 900}
        self.agree("sheet.cose", small, codes={"accepted", "E_FIELDS", "E_SCHEMA"})

    def test_keys_that_look_like_keys(self):
        said = independent_fields(self.payload)
        cases = {repr(key): self.lab.envelope(independent.cbor(said | {key: 1}))
                 for key in ("1", "18", "constructor", "toString", "__proto__", -1, None, b"", b"x", 1 << 53)}
        self.assertEqual(set(self.agree("sheet.cose", cases).values()), {("E_SCHEMA", "E_SCHEMA")})

    def test_a_record_that_two_readers_could_read_in_two_ways(self):
        def stated(record):
            payload = self.payload.replace(hashlib.sha256(self.record).digest(), hashlib.sha256(record).digest())
            return self.lab.envelope(payload), record

        text = self.record.decode()
        other = text.replace("CN-TS00", "CN-TS99")
        number = text.index('"sheet_no"')
        cases = {"as it is": stated(self.record), "a number twice": stated((text[:number] + '"sheet_no":"X",' + text[number:]).encode()),
                 "a statement twice": stated((text[:-1] + "," + other[other.index('"statement"'):]).encode()),
                 "blanks": stated(text.replace(":", ": ").encode()), "a line feed behind it": stated(self.record + b"\n"),
                 "escapes": stated(text.replace("CN-TS00", "\\u0043N-TS00").encode()), "another order": stated(json.dumps(
                     dict(reversed(json.loads(text).items())), ensure_ascii=False, separators=(",", ":")).encode())}
        found = self.agree("sheet.cose", cases)
        self.assertEqual(found.pop("as it is"), ("accepted", "accepted"))
        self.assertEqual(set(found.values()), {("E_FIELDS", "E_FIELDS")})

    def notes(self, note, *uses):
        body, lines = note.rsplit(b"\n\n", 1)
        stranger = independent.signature_line("x", b"abcd", bytes(64))
        cases = {"whole": note, "31 lines": note + stranger * 29, "32 lines": note + stranger * 30, "33 lines": note + stranger * 31}
        for use in uses:
            wrong = self.lab.keys[use].line(b"other")
            cases |= {f"{use} wrong behind": note + wrong, f"{use} wrong before": body + b"\n\n" + wrong + lines,
                      f"{use} again": note + self.lab.keys[use].line(body + b"\n")}
        for length in (0, 1, 6000, 6001):
            cases[f"{length} bytes"] = note + independent.signature_line("x", b"abcd", bytes(length))
        for name in ("\ufeffx", "x y", "x+y", "x\u3000y", "x\x85", "x\u200b", "x" * 255, "x" * 256, "中" * 85, "中" * 86):
            cases[repr(name)] = note + independent.signature_line(name, b"abcd", bytes(64))
        return cases

    def bodies(self, make, *uses):
        return {f"size {size}": self.lab.note(make(size), *uses) for size in
                ("0", "00", "-1", "9" * 15, "9" * 16, 1 << 48, (1 << 48) + 1, 1 << 53, (1 << 64) - 1, 1 << 64)}

    def checkpoints(self):
        root = independent.root(self.lab.leaves())
        return self.notes(self.lab.checkpoint(), "log", "log_p256") | self.bodies(
            lambda size: independent.checkpoint(self.lab.origin, size, root), "log", "log_p256") | {
                "another origin": self.lab.note(independent.checkpoint("other.example/log", 21, root), "log", "log_p256")}

    def test_checkpoints(self):
        self.agree("checkpoint", self.checkpoints(), codes={"accepted", "E_SIG", "E_NOTE", "E_CHECKPOINT"})

    def test_proofs(self):
        head, checkpoint = self.lab.proof(0).split(b"\n\n", 1)
        lines = head.split(b"\n")
        entry = self.lab.proof(3).split(b"\n")[1]
        cases = {name: head + b"\n\n" + one for name, one in self.checkpoints().items()}
        for name, one in self.checkpoints().items():  # with both wrong the note is told first
            cases["entry, " + name] = b"\n".join([lines[0], entry, *lines[2:]]) + b"\n\n" + one
        for name, changed in (("index", [*lines[:2], b"index 1", *lines[3:]]), ("fewer", lines[:-1]), ("more", [*lines, lines[3]]),
                              ("64", [*lines[:3], *lines[3:4] * 64]), ("short entry", [lines[0], b"extra AAAA", *lines[2:]])):
            cases[name] = b"\n".join(changed) + b"\n\n" + checkpoint
        self.agree("sheet.tlog-proof", cases, codes={"accepted", "E_PROOF", "E_SIG", "E_NOTE", "E_CHECKPOINT"})

    def test_status_lists(self):
        far = self.lab.status({0: 0, 9000: 3})
        cases = self.notes(self.lab.status(), "status", "status_p256") | {"an unknown state elsewhere": far} | self.bodies(
            lambda size: independent.status_list(self.lab.origin, 0, size, 1, {})[0], "status", "status_p256") | {
                "another shard": self.lab.status(shard=1), "a late time": self.lab.status(at=1 << 53)}
        found = self.agree("status", cases, codes={"accepted", "E_SIG", "E_NOTE", "E_STATUS"})
        self.assertEqual(found["an unknown state elsewhere"], ("E_STATUS", "E_STATUS"))


def independent_fields(payload):
    """A statement's map, read by a reader of its own."""
    def read(at):
        kind, low = payload[at] >> 5, payload[at] & 31
        width = {24: 1, 25: 2, 26: 4, 27: 8}.get(low, 0)
        count, at = int.from_bytes(payload[at + 1:at + 1 + width], "big") if width else low, at + 1 + width
        if kind < 2:
            return (count if kind == 0 else -1 - count), at
        if kind < 4:
            content = payload[at:at + count]
            return (content if kind == 2 else content.decode()), at + count
        if kind == 7:
            return {20: False, 21: True, 22: None}[low], at
        items = []
        for _ in range(count * (2 if kind == 5 else 1)):
            item, at = read(at)
            items.append(item)
        return (items if kind == 4 else dict(zip(items[::2], items[1::2]))), at
    return read(0)[0]


if __name__ == "__main__":
    unittest.main()
