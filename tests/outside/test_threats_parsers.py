# SPDX-License-Identifier: Apache-2.0
"""The attacks of docs/threats.md on whoever reads: what is too deep, too long, too many, ambiguous or never ends is refused by both
verifiers, by its code and at once. Where a signature comes first, it is a good one: by keys that were stolen."""
import base64
import hashlib
import json
import time
import unittest
import zlib

from tests.outside import readers
from tests.outside.counterfeit import Laboratory
from tests.outside.threats import CLIENT, Case
from tests.sheet import independent

AT_ONCE_S = 60  # with the program's start, on a busy machine, with sanitizers

# RFC 8949 items that no statement has. Each is one item or the beginning of one.
HOSTILE = {
    "a depth of 100,000": b"\x81" * 100000 + b"\x00",
    "a depth of 9": b"\x81" * 9 + b"\x00",
    "an indefinite array": b"\x9f\x00\xff",
    "an indefinite map": b"\xbf\x00\x00\xff",
    "an indefinite text": b"\x7f\x61a\xff",
    "indefinite bytes": b"\x5f\x41a\xff",
    "2^64 - 1 items": b"\x9b" + b"\xff" * 8,
    "2^64 - 1 pairs": b"\xbb" + b"\xff" * 8,
    "2^64 - 1 bytes": b"\x5b" + b"\xff" * 8 + b"a",
    "a text of 2^63 bytes": b"\x7b\x80" + bytes(7) + b"a",
    "65 items": b"\x98\x41" + bytes(65),
    "65 pairs": b"\xb8\x41" + b"".join(independent.cbor(n) + b"\x00" for n in range(65)),
    "a float": b"\xfb\x40\x09\x21\xfb\x54\x44\x2d\x18",
    "a half float": b"\xf9\x7e\x00",
    "undefined": b"\xf7",
    "a simple value": b"\xe0",
    "a date's tag": b"\xc1\x00",
    "a bignum": b"\xc2\x49\x01" + bytes(8),
    "a longer head than needed": b"\x18\x05",
    "the same key twice": b"\xa2\x01\x00\x01\x00",
    "keys not in order": b"\xa2\x02\x00\x01\x00",
    "bytes behind the end": b"\xa0\x00",
    "no UTF-8": b"\x62\xc3\x28",
    "a text that is not NFC": b"\x63e\xcc\x81",
    "a NUL in a text": b"\x61\x00",
    "nothing": b"",
}


class Parsers(Case):
    def judged(self, part, content, data=None):
        """The codes of the command line and of the page, which may take no time to think."""
        codes = []
        for verifier in (lambda: self.by_c(part, content, data), lambda: self.page_code(part, content, data)):
            began = time.monotonic()
            codes.append(verifier())
            self.assertLess(time.monotonic() - began, AT_ONCE_S)
        return codes

    def page_code(self, part, content, data):
        cose = content if part == "sheet.cose" else self.first[2]["sheet.cose"]
        if part == "sheet.cose":
            return self.offline(cose=cose, data=data).get("code", "accepted")
        alarms = self.page(cose=cose, data=data, changed={{"status": "status/0"}.get(part, part): content})["alarms"]
        return alarms[0] if alarms else "accepted"

    def test_no_hostile_item_is_taken_for_an_envelope(self):
        for name, item in HOSTILE.items():
            with self.subTest(name):
                self.assertEqual(self.judged("sheet.cose", item), ["E_CBOR", "E_CBOR"])
                if len(item) > 100:
                    continue
                wrapped = b"\xd2\x84\x43\xa1\x01\x26" + item + b"\x40\x58\x40" + bytes(64)
                for code in self.judged("sheet.cose", wrapped):
                    self.assertIn(code, ("E_CBOR", "E_COSE"))

    def test_no_hostile_item_is_taken_for_a_statement_though_the_key_signed_it(self):
        lab = self.laboratory("statement")
        for name, item in HOSTILE.items():
            if len(item) < 600:
                with self.subTest(name):
                    self.assertEqual(self.judged("sheet.cose", lab.envelope(item)), ["E_CBOR", "E_CBOR"])

    def test_what_is_no_statement_is_refused_though_it_is_cbor_and_signed(self):
        lab = self.laboratory("statement")
        whole = lab.statement(self.first[2]["results.json"])
        for item in (independent.cbor({}), independent.cbor([]), independent.cbor("statement"), whole[:1] + whole[1:].replace(b"\x01g", b"\x01f", 1),
                     independent.cbor({n: 0 for n in range(1, 19)})):
            for code in self.judged("sheet.cose", lab.envelope(item)):
                self.assertIn(code, ("E_SCHEMA", "E_CBOR"))

    def test_a_status_list_that_inflates_without_end_is_not_followed(self):
        lab = self.laboratory("status", "status_p256")
        size = len(lab.entries)
        for name, packed in (("50 MB of zeros", zlib.compress(bytes(50 << 20), 9)), ("one byte too many", zlib.compress(bytes(16385))),
                             ("half a stream", zlib.compress(bytes(16384))[:-6]), ("something behind it", zlib.compress(bytes(100)) + b"x"),
                             ("no zlib", b"\x00" * 40), ("an unknown state", zlib.compress(b"\xff" * 16)), ("nothing", b"")):
            with self.subTest(name):
                body = f"touchstone-status/1\n{lab.origin}\n0\n{size}\n{int(time.time())}\n{base64.b64encode(packed).decode()}\n".encode()
                codes = self.judged("status", lab.note(body, "status", "status_p256"))
                self.assertTrue(set(codes) <= {"E_STATUS", "E_NOTE"}, codes)

    def test_a_note_of_thousands_of_lines_is_refused_at_once(self):
        lab = self.laboratory("log", "log_p256")
        note, line = lab.checkpoint(), lab.keys["log"].line(b"x")
        stranger = independent.signature_line("x", b"abcd", bytes(64))
        for name, hostile in (("signatures", note + stranger * 10000), ("its own line", note + line * 10000), ("text", b"a\n" * 100000 + b"\n" + line),
                              ("one long line", note + independent.signature_line("x", b"abcd", bytes(1 << 20))),
                              ("blank lines", b"\n" * 300000)):
            with self.subTest(name):
                self.assertLessEqual(set(self.judged("checkpoint", hostile)), {"E_NOTE", "E_SIG"})

    def test_a_proof_of_endless_hashes_or_impossible_numbers_is_refused(self):
        _, _, parts = self.first
        head, checkpoint = parts["sheet.tlog-proof"].split(b"\n\n", 1)
        form, extra, index, *hashes = head.split(b"\n")
        one = base64.b64encode(bytes(32))
        for name, lines in (("10,000 hashes", [form, extra, index, *[one] * 10000]), ("64 hashes", [form, extra, index, *[one] * 64]),
                            ("2^64", [form, extra, b"index 18446744073709551616", *hashes]), ("below zero", [form, extra, b"index -1", *hashes]),
                            ("two entries", [form, extra, extra, index, *hashes]), ("a longer entry", [form, b"extra " + b"AAAA" * 1000, index, *hashes])):
            with self.subTest(name):
                hostile = b"\n".join(lines) + b"\n\n" + checkpoint
                self.assertEqual(self.by_c("sheet.tlog-proof", hostile), "E_PROOF")

    def test_numbers_that_overflow_in_a_file_lead_nowhere(self):
        """Tables, lengths and ranges of a PDF that point anywhere."""
        _, path, _ = self.first
        content = path.read_bytes()
        start = content.rsplit(b"startxref\n", 1)[1].split()[0]
        hostile = {"startxref": content.replace(b"startxref\n" + start, b"startxref\n99999999999999999999"),
                   "negative": content.replace(b"startxref\n" + start, b"startxref\n-1"),
                   "ranges": content.replace(b"/ByteRange [0 ", b"/ByteRange [18446744073709551615 "),
                   "length": content.replace(b"/Length ", b"/Length 9999999999999999"),
                   "only ends": b"%PDF-1.7\n" + b"startxref\n0\n%%EOF\n" * 100000, "nothing": b"", "a zip": b"PK\x03\x04" + bytes(100000),
                   "a table of a billion": content[:-60] + b"xref\n0 1000000000\ntrailer\n<< >>\nstartxref\n%d\n%%%%EOF\n" % (len(content) - 60)}
        for name, bytes_ in hostile.items():
            with self.subTest(name):
                attacked = self.folder / "hostile.pdf"
                attacked.write_bytes(bytes_)
                began = time.monotonic()
                self.assertNotEqual(self.command_line(attacked), "")
                if bytes_:  # a page asks for a file that is there
                    self.assertRegex(self.page(pdf=bytes_)["code"], "^E_")
                self.assertLess(time.monotonic() - began, 2 * AT_ONCE_S)

    def test_a_record_with_a_million_members_is_refused(self):
        """Whoever has all keys may sign any record: it is read within bounds, or not at all."""
        lab = self.laboratory("statement", "log", "log_p256")
        for name, record in (("deep", b'{"statement":' + b"[" * 200000 + b"]" * 200000 + b"}"), ("wide", b'{"a":[' + b"1," * 1000000 + b"1]}"),
                             ("no JSON", b"\xff\xfe"), ("no object", b"[]")):
            with self.subTest(name):
                honest = self.first[2]["results.json"]
                payload = lab.statement(honest).replace(hashlib.sha256(honest).digest(), hashlib.sha256(record).digest())
                parts = dict(self.first[2], **{"results.json": record, "sheet.cose": lab.envelope(payload)})
                self.assertIn(self.by_c("sheet.cose", parts["sheet.cose"], parts=parts), ("E_FIELDS", "E_RECORD"))

    def test_a_list_of_keys_that_is_none_trusts_nobody(self):
        _, path, _ = self.first
        good = json.loads(self.data())
        for name, data in (("empty", {}), ("no keys", dict(good, keys=[])), ("another origin", dict(good, origin="other.example/log")),
                           ("other keys", json.loads(Laboratory().data(registry=good["registry"])))):
            with self.subTest(name):
                text = json.dumps(data).encode()
                keys = self.folder / "odd.json"
                keys.write_bytes(text)
                self.assertNotEqual(readers.run(CLIENT, "verify", path, "--keys", keys).returncode, 0)


if __name__ == "__main__":
    unittest.main()
