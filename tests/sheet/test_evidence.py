# SPDX-License-Identifier: Apache-2.0
"""Layer evidence against an implementation in another language (independent.py): trees, proofs, statements, digits."""
import json
import random
import subprocess
import unittest

from tests.sheet import independent, support

TREES = 1000


class Tool:
    """evidence_tool: many lines in, as many lines out."""

    def __init__(self):
        self.lines = []

    def ask(self, name, *arguments):
        words = [one.hex() or "-" if isinstance(one, bytes) else str(one) or "-" for one in arguments]
        self.lines.append(" ".join([name, *words]))

    def answers(self):
        asked = "\n".join(self.lines) + "\n"
        done = subprocess.run([support.program("evidence_tool")], input=asked.encode(), capture_output=True, check=True)
        answered = done.stdout.decode().splitlines()
        assert len(answered) == len(self.lines), done.stderr
        self.lines = []
        return answered


def flip(data, dice):
    changed = bytearray(data)
    changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
    return bytes(changed)


def number_text(dice):
    digits = "".join(dice.choice("0123456789") for _ in range(dice.choice((1, 2, 3, 5, 12, 19, 20, 21, 30))))
    places = dice.randrange(4)
    text = digits + ("." + "".join(dice.choice("0123456789") for _ in range(places)) if places else "")
    return dice.choice(("", "", "-")) + text if text.strip("0.") else text


def code_text(dice):
    return dice.choice(("#1", "#23", "#24", "#255", "#256", "#65536", "镍释放量", "nickel", "甲醛 HCHO"))


def made_limit(kind, dice):
    if kind in (1, 2, 4, 5, 6):
        return number_text(dice)
    if kind == 3:
        return [number_text(dice), number_text(dice)]
    if kind in (7, 8):
        return dice.choice(("A", "足金", "Ⅱ 级"))
    if kind == 11:
        return ["5", "2", number_text(dice), dice.choice((None, number_text(dice)))]
    if kind == 12:
        return [dice.choice((None, number_text(dice))), dice.choice("01"), dice.choice((None, number_text(dice))),
                dice.choice("01")]
    return None


def made_result(dice):
    kind, qual = dice.randrange(13), dice.randrange(6)
    value = {4: "翡翠 A 货 jadeite", 5: [number_text(dice) for _ in range(dice.randrange(1, 8))]}.get(qual)
    return {"analyte": code_text(dice), "qual": str(qual), "value": value or dice.choice((number_text(dice), "15.5(-)")),
            "unit": dice.choice(("#3", "mg/kg", "")), "u": dice.choice((None, number_text(dice))), "limop": str(kind),
            "limit": made_limit(kind, dice), "method": code_text(dice), "verdict": str(dice.randrange(7)),
            "rule": dice.choice((None, "#2")), "scope": dice.choice("01")}


def made_record(dice, results):
    revision = dice.choice((0, 0, 1, 7))
    said = {"issuer": "CN-TS00", "issued": str(dice.randrange(1 << 40)), "dates": ["20781", "20781", "20782"],
            "sample": dice.choice(("戒指 ring", "x", "牛奶" * 20)), "domain": str(dice.randrange(1, 7)), "rule": "#1",
            "overall": str(dice.randrange(1, 5)), "registry": "1", "legal_class": str(dice.randrange(1, 7)),
            "results": [made_result(dice) for _ in range(results)]}
    if dice.random() < 0.5:
        said["sample_id"] = [str(dice.randrange(1, 5)), "封 0042"]
    if revision:
        said["supersedes"] = str(dice.randrange(1000))
    record = {"sheet_no": f"JEW-2026-{dice.randrange(100000):05}", "revision": str(revision), "statement": said,
              "other": {"statement": "of no matter", "nested": [1, None, True]}}
    return record, json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


class Trees(unittest.TestCase):
    def setUp(self):
        self.dice = random.Random(6962)

    def leaves(self):
        size = self.dice.choice((1, 2, 3, self.dice.randrange(1, 20), self.dice.randrange(1, 150)))
        return [self.dice.randbytes(32) for _ in range(size)]

    def wrong_inclusions(self, index, leaves, proof, top):
        size = len(leaves)
        yield index, size, leaves[index], flip(top, self.dice), proof
        yield index, size, flip(leaves[index], self.dice), top, proof
        yield index, size, leaves[index], top, proof + [self.dice.randbytes(32)]
        yield index, size, leaves[index], top, proof + [top]
        yield size, size, leaves[index], top, proof
        yield index + (1 << 62), size, leaves[index], top, proof
        yield index, 0, leaves[index], top, proof
        yield index, (1 << 64) - 1, leaves[index], top, proof
        if proof:
            at = self.dice.randrange(len(proof))
            yield index, size, leaves[index], top, proof[:at] + [flip(proof[at], self.dice)] + proof[at + 1:]
            yield index, size, leaves[index], top, proof[:-1]
            yield index, size, leaves[index], top, proof[1:]
            yield index, size, leaves[index], top, []
            yield index, size, leaves[index], top, [self.dice.randbytes(32)] + proof
            if len(set(proof)) > 1:
                yield index, size, leaves[index], top, proof[::-1]

    def test_a_thousand_random_trees_agree_on_inclusion(self):
        tool, wanted = Tool(), []
        for _ in range(TREES):
            leaves = self.leaves()
            index, top = self.dice.randrange(len(leaves)), independent.root(leaves)
            proof = independent.path(index, leaves)
            tool.ask("root", b"".join(leaves))
            tool.ask("include", index, b"".join(leaves))
            tool.ask("inclusion", index, len(leaves), leaves[index], top, b"".join(proof))
            wanted += [top.hex(), b"".join(proof).hex(), "yes"]
            for number, size, leaf, above, hashes in self.wrong_inclusions(index, leaves, proof, top):
                tool.ask("inclusion", number, size, leaf, above, b"".join(hashes))
                wanted.append("no")
        self.assertEqual(tool.answers(), wanted)

    def wrong_growths(self, older, leaves, proof):
        old_top, top, size = independent.root(leaves[:older]), independent.root(leaves), len(leaves)
        yield older, size, flip(old_top, self.dice), top, proof
        yield older, size, old_top, top, proof + [self.dice.randbytes(32)]
        yield size + 1, size, old_top, top, proof
        if older:
            yield older, size, old_top, flip(top, self.dice), proof
        if 0 < older < size:
            yield older, size, top, old_top, proof
            yield older, size, old_top, top, []
            yield older, size, old_top, top, proof[:-1]
            yield older, size, old_top, top, proof[1:]
            at = self.dice.randrange(len(proof))
            yield older, size, old_top, top, proof[:at] + [flip(proof[at], self.dice)] + proof[at + 1:]

    def test_a_thousand_random_trees_agree_on_consistency(self):
        tool, wanted = Tool(), []
        for _ in range(TREES):
            leaves = self.leaves()
            older = self.dice.choice((0, 1, len(leaves), self.dice.randrange(len(leaves) + 1)))
            proof = independent.growth(older, leaves) if older else []
            tool.ask("grow", older, b"".join(leaves))
            tool.ask("consistency", older, len(leaves), independent.root(leaves[:older]), independent.root(leaves),
                     b"".join(proof))
            wanted += [b"".join(proof).hex(), "yes"]
            for old, size, old_top, top, hashes in self.wrong_growths(older, leaves, proof):
                tool.ask("consistency", old, size, old_top, top, b"".join(hashes))
                wanted.append("no")
        self.assertEqual(tool.answers(), wanted)


class Statements(unittest.TestCase):
    def setUp(self):
        self.dice = random.Random(8949)

    def test_random_records_make_the_same_statements(self):
        tool, wanted = Tool(), []
        for number in range(600):
            record, packed = made_record(self.dice, self.dice.choice((0, 1, 2, 5, 12, 39, 40, 41, 90)))
            index, salt = self.dice.choice((1000, 65535, 65536, (1 << 48) - 1)), self.dice.randbytes(16)
            payload = independent.statement(record, packed, index, salt)
            tool.ask("record", index, salt, packed)
            tool.ask("statement", payload)
            wanted += [payload.hex()] * 2
        self.assertEqual(tool.answers(), wanted)

    def test_a_text_that_is_not_composed_is_stated_composed(self):
        record, _ = made_record(self.dice, 1)
        record["statement"]["sample"] = "e\u0301"  # e and a combining accent
        packed = json.dumps(record).encode()
        record["statement"]["sample"] = independent.nfc("e\u0301")
        self.assertEqual(len(record["statement"]["sample"]), 1)
        tool = Tool()
        tool.ask("record", 5000, bytes(16), packed)
        self.assertEqual(tool.answers(), [independent.statement(record, packed, 5000, bytes(16)).hex()])

    def test_records_that_cannot_be_stated_are_refused_with_the_reason(self):
        cases = [(lambda said: said.pop("issuer"), "issuer"), (lambda said: said.update(issuer="cn"), "issuer"),
                 (lambda said: said.update(domain="7"), "domain"), (lambda said: said.update(dates=["1"]), "dates"),
                 (lambda said: said.update(rule="simple"), "rule"), (lambda said: said.update(legal_class=None), "class"),
                 (lambda said: said.update(supersedes="1"), "supersedes"), (lambda said: said.update(odd="1"), "member"),
                 (lambda said: said.update(sample="x" * 121), "sample"), (lambda said: said.update(issued=5), "text"),
                 (lambda said: said["results"][0].update(value="many"), "value"),
                 (lambda said: said["results"][0].update(qual="6"), "qual"),
                 (lambda said: said["results"][0].update(limop="1", limit=None), "limit"),
                 (lambda said: said["results"][0].update(limop="0", limit="5"), "limit"),
                 (lambda said: said["results"][0].update(limop="3", limit=["1"]), "limit"),
                 (lambda said: said["results"][0].update(verdict="7"), "verdict"),
                 (lambda said: said["results"][0].pop("method"), "method"),
                 (lambda said: said["results"][0].update(analyte="#0x1"), "analyte")]
        tool = Tool()
        for break_it, _ in cases:
            record, _ = made_record(random.Random(1), 1)
            record["revision"] = "0"
            record["statement"].pop("supersedes", None)
            record["statement"]["results"][0].update(qual="0", value="1.5", limop="1", limit="2")
            break_it(record["statement"])
            tool.ask("record", 5000, bytes(16), json.dumps(record).encode())
        for answer, (_, word) in zip(tool.answers(), cases):
            self.assertIn("STATEMENT_IMPOSSIBLE", answer)
            self.assertIn(word, answer)

    def test_no_flipped_bit_of_a_statement_reads_as_another_way_to_write_it(self):
        record, packed = made_record(self.dice, 3)
        payload = independent.statement(record, packed, 5000, bytes(16))
        tool, changed = Tool(), []
        for at in range(len(payload)):
            for bit in range(8):
                changed.append(payload[:at] + bytes([payload[at] ^ 1 << bit]) + payload[at + 1:])
                tool.ask("statement", changed[-1])
        for answer, sent in zip(tool.answers(), changed):
            self.assertTrue(answer == sent.hex() or answer.startswith(("E_CBOR", "E_SCHEMA")), answer)

    def test_the_bytes_to_be_signed_and_the_envelope_agree(self):
        tool, wanted = Tool(), []
        for length in (0, 1, 23, 24, 255, 256, 600):
            payload, kid = self.dice.randbytes(length), self.dice.randbytes(8)
            tool.ask("signing", kid, payload)
            tool.ask("cose", independent.envelope(payload, kid, self.dice.randbytes(64)))
            wanted += [independent.sig_structure(payload, kid).hex(), payload.hex()]
        self.assertEqual(tool.answers(), wanted)

    def test_every_flipped_bit_of_an_envelope_is_told_or_changes_what_is_signed(self):
        kid = bytes(range(8))
        whole = independent.envelope(b"payload of a sheet", kid, bytes(64))
        tool, starts = Tool(), len(whole) - 66 - 18
        for at in range(len(whole)):
            for bit in range(8):
                tool.ask("cose", whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1:])
        for number, answer in enumerate(tool.answers()):
            at = number // 8
            signed = 8 <= at < 16 or starts <= at < starts + 18 or at >= len(whole) - 64
            self.assertEqual(answer.startswith(("E_CBOR", "E_COSE", "E_ALG")), not signed, (at, answer))

    def test_digits_agree(self):
        tool, wanted = Tool(), []
        for length in range(1, 200):
            data = self.dice.randbytes(length)
            tool.ask("digits", data)
            tool.ask("undigits", independent.digits(data))
            wanted += [independent.digits(data), data.hex()]
        self.assertEqual(tool.answers(), wanted)


class Texts(unittest.TestCase):
    """Notes, proofs and status lists."""

    def setUp(self):
        self.dice = random.Random(42)
        self.top = self.dice.randbytes(32)
        body = independent.checkpoint("lab.example/log", 9, self.top)
        self.note = body + b"\n" + independent.signature_line("lab.example/log", b"abcd", bytes(64))

    def test_proofs_agree(self):
        hashes = [self.dice.randbytes(32) for _ in range(4)]
        tool = Tool()
        tool.ask("proof", independent.tlog_proof(b"\x11" * 64, 7, hashes, self.note))
        tool.ask("proof", independent.tlog_proof(b"\x22" * 64, 0, [], self.note))
        tool.ask("note", self.note)
        body = self.note[:self.note.index(b"\n\n") + 1]
        self.assertEqual(tool.answers(), [f"11 11 7 4 9 {self.top.hex()}", f"22 22 0 0 9 {self.top.hex()}", f"1 {body.hex()}"])

    def test_every_flipped_bit_of_a_proof_is_told_or_changes_what_it_says(self):
        whole = independent.tlog_proof(self.dice.randbytes(64), 7, [self.dice.randbytes(32)], self.note)
        tool = Tool()
        tool.ask("proof", whole)
        end = whole.index("— ".encode())
        for at in range(end):
            for bit in range(8):
                tool.ask("proof", whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1:])
        true, *changed = tool.answers()
        origin = whole.index(b"lab.example")
        entry, index = whole.index(b"extra ") + 6, whole.index(b"index 7") + 6
        hashes = index + 2
        for number, answer in enumerate(changed):
            at = number // 8
            if answer == true:  # the origin, which this command does not print, the hash, and the middle of the entry
                self.assertTrue(origin <= at < origin + len("lab.example/log") or hashes <= at < hashes + 44 or
                                entry <= at < entry + 88, at)

    def test_status_lists_agree_and_broken_ones_are_refused(self):
        body, packed = independent.status_list("lab.example/log", 3, 200000, 1785542400, {0: 1, 5: 2, 65535: 2, 77: 1})
        bomb = body.replace(body.splitlines()[5], independent.base64.b64encode(independent.zlib.compress(bytes(16385))))
        unknown, _ = independent.status_list("lab.example/log", 3, 200000, 1785542400, {9: 3})
        short = body.replace(body.splitlines()[5], independent.base64.b64encode(independent.zlib.compress(b"\x02")))
        tool = Tool()
        for one in (body, bomb, unknown, short, body + b"\n", body[:-1], body.replace(b"status/1", b"status/2")):
            tool.ask("status", one)
        for at in range(len(body)):
            tool.ask("status", body[:at] + bytes([body[at] ^ 0x80]) + body[at + 1:])
        answers = tool.answers()
        self.assertEqual(answers[0], packed.hex())
        self.assertEqual(answers[3], (b"\x02" + bytes(16383)).hex())
        for answer in answers[1:3] + answers[4:7]:
            self.assertTrue(answer.startswith("E_STATUS"), answer[:60])


if __name__ == "__main__":
    unittest.main()
