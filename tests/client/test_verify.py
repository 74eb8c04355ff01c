# SPDX-License-Identifier: Apache-2.0
"""touchstone verify on sheets that the real renderer drew and the real signer sealed."""
import base64
import json
import pathlib
import shutil
import tempfile

from tests.client.case import ClientCase, make_authority
from tests.sheet import support


class Verify(ClientCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="touchstone-sheet-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        photo = support.ring_photo(100)
        cls.record = support.sample_record(photo)
        with support.Renderer() as renderer, \
                support.Signer("--demonstration", str(cls.folder / "key"), "--channel") as signer:
            drawn = renderer.draw(cls.record, photo)
            if isinstance(drawn, str):
                raise AssertionError(drawn)
            cls.sheet = support.seal(drawn[0], cls.record, signer, cls.folder)
            cls.certificate = cls.folder / "laboratory.pem"
            certificate = signer.identity()[3]
            cls.certificate.write_text("-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(certificate).decode() +
                                       "-----END CERTIFICATE-----\n")

    def judged(self, data, expect, *words):
        path = self.directory / "a sheet 样张.pdf"
        path.write_bytes(data)
        return json.loads(self.run_client("verify", path, "--json", *words, expect=expect).stdout)

    def test_a_sealed_sheet_is_good_without_any_server(self):
        found = self.judged(self.sheet.read_bytes(), 0)
        self.assertTrue(found["good"] and found["specimen"])
        self.assertEqual(found["sheet_no"], self.record["sheet_no"])
        self.assertEqual(found["checks"]["trust"], "not checked")

    def test_whose_seal_it_is_is_checked_against_the_laboratorys_certificate(self):
        self.assertEqual(self.judged(self.sheet.read_bytes(), 0, "--trust", self.certificate)["checks"]["trust"], "passed")

    def test_the_seal_of_a_laboratory_that_is_not_trusted_is_refused(self):
        other, _, _ = make_authority(self.directory)
        found = self.judged(self.sheet.read_bytes(), 1, "--trust", other)
        self.assertEqual((found["good"], found["code"]), (False, "NOT_TRUSTED"))

    def test_one_flipped_byte_anywhere_is_refused(self):
        data = self.sheet.read_bytes()
        for at in range(7, len(data), max(1, len(data) // 25)):
            changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]
            found = self.judged(changed, 1)
            self.assertFalse(found["good"], at)
            self.assertIn("FAILED", found["checks"].values())

    def test_one_byte_added_or_cut_is_refused(self):
        data = self.sheet.read_bytes()
        for changed in (data + b"\n", data + b"\0", data[:-1], data[:len(data) // 2], b"", b"\n" + data):
            self.assertFalse(self.judged(changed, 1)["good"])

    def test_a_refusal_is_told_in_words_and_repeats_nothing_of_the_file(self):
        path = self.directory / "x.pdf"
        path.write_bytes(self.sheet.read_bytes() + b"more")
        result = self.run_client("verify", path, expect=1)
        self.assertIn("refused: the file does not end where its seal ends", result.stderr)
        self.assertNotIn(self.record["sheet_no"], result.stdout)

    def test_the_findings_are_lines_for_a_person_and_a_script(self):
        lines = dict(line.split("\t") for line in self.run_client("verify", self.sheet).stdout.splitlines())
        self.assertEqual((lines["signature"], lines["sheet_no"]), ("passed", self.record["sheet_no"]))

    def test_a_file_that_cannot_be_read_is_a_usage_mistake(self):
        self.run_client("verify", "none.pdf", expect=2)
        self.run_client("verify", self.sheet, "--trust", "none.pem", expect=2)
        self.run_client("verify", self.sheet, "--trust", self.sheet, expect=2)
