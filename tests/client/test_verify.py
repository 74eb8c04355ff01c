# SPDX-License-Identifier: Apache-2.0
"""touchstone verify on sheets that the real renderer drew and the real signer sealed."""
import base64
import datetime
import json
import pathlib
import shutil
import tempfile

from tests.client.case import ClientCase, make_authority
from tests.client.forger import Forger, higher
from tests.sheet import support

SPECIMEN = "/O=样张 SPECIMEN/CN=Seal"
NAMED = "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"
SEAL = "basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\n" + NAMED


def forged(hole, behind=b""):
    """The least that has the places of a sheet, around any hole. With `behind` the signature has no /Contents: that stands
    in the trailer, behind the table."""
    record = b"{}"
    objects = [b" /AcroForm << /Fields [2 0 R] >> /AF [4 0 R] /Names << /EmbeddedFiles << /Names [(results.json) 4 0 R] >> >> >>\nendobj\n" + b"%" * 1000 + b"\n",
               b" /Type /Annot /Subtype /Widget /FT /Sig /T (sheet-seal) /V 3 0 R >>\nendobj\n", None,
               b" /Type /Filespec /F (results.json) /EF << /F 5 0 R >> >>\nendobj\n",
               b" /Type /EmbeddedFile /Length %d >>\nstream\n%s\nendstream\nendobj\n" % (len(record), record), None]
    head = b" /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached\n/ByteRange [%10d %10d %10d %10d]" \
           b"\n/M (D:20261124101500+08'00')"
    ranges = (0, 0, 0, 0)
    for _ in range(2):  # the second time with the ranges that the first one had
        data, offsets = b"%PDF-1.4\nxref\nstartxref\n9\n%%EOF\n", []  # what the renderer drew
        for number in (1, 2, 4, 5, 3):
            offsets.append((number, len(data)))
            body = objects[number - 1] or head % ranges + (b"" if behind else b"\n/Contents " + hole) + b" >>\nendobj\n"
            data += b"%d 0 obj\n<<" % number + body
        table = len(data)
        data += b"xref\n1 5\n" + b"".join(b"%010d 00000 n \n" % offset for _, offset in sorted(offsets))
        data += b"trailer\n<< /Root 1 0 R /Prev 9 >>" + behind + b"\nstartxref\n%d\n%%%%EOF\n" % table
        start = data.find(b"/Contents ") + 10
        ranges = (0, start, start + len(hole), len(data) - start - len(hole))
    return data


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
            cls.drawn = drawn[0]
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

    def test_times_are_local_on_a_terminal_and_rfc_3339_in_json(self):
        path = self.directory / "sheet.pdf"
        path.write_bytes(self.sheet.read_bytes())
        sealed = datetime.datetime.fromisoformat(self.judged(self.sheet.read_bytes(), 0)["sealed_at"])
        self.assertIsNotNone(sealed.tzinfo)
        local = sealed.astimezone(datetime.timezone(datetime.timedelta(hours=9))).strftime("%Y-%m-%d %H:%M:%S")
        self.assertRegex(self.on_terminal("verify", path, NO_COLOR="1", TZ="JST-9"), rf"(?m)^Sealed: +{local}$")

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
        self.run_client("verify", self.directory, expect=2)
        self.run_client("verify", self.sheet, "--trust", "none.pem", expect=2)
        self.run_client("verify", self.sheet, "--trust", self.sheet, expect=2)

    # ---- seals of the right form by others
    def forged(self, expect=1, trust=None, approved=None, **how):
        """What is found of the same pages under another seal; its certificate is valid from now on for three days."""
        forger = Forger(**{"subject": SPECIMEN, **how})
        self.addCleanup(forger.close)
        soon = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))) + datetime.timedelta(minutes=5)
        record = support.sample_record()
        record["signatures"][2]["at"] = approved or soon.strftime("%Y-%m-%d %H:%M")
        sheet = support.seal(self.drawn, record, forger, self.directory)
        return self.judged(sheet.read_bytes(), expect, "--trust", trust or forger.certificate)

    def authority(self):
        authority = Forger("/CN=Authority", "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n" + NAMED)
        self.addCleanup(authority.close)
        return authority.certificate, authority.key

    def test_a_seal_by_the_trusted_key_itself_or_by_one_that_the_authority_certified_passes(self):
        self.assertTrue(self.forged(expect=0)["good"])
        self.assertTrue(self.forged(expect=0, key=("-newkey", "rsa:3072"))["good"])
        authority = self.authority()
        for purpose in ("", "extendedKeyUsage=emailProtection\n"):
            self.assertTrue(self.forged(expect=0, authority=authority, trust=authority[0], extensions=SEAL + purpose)["good"])

    def test_anybody_elses_seal_is_refused(self):
        found = self.forged(trust=self.certificate)
        self.assertEqual((found["code"], found["checks"]["signature"]), ("NOT_TRUSTED", "passed"))

    def test_a_web_servers_certificate_of_the_same_authority_seals_nothing(self):
        authority = self.authority()
        for extensions in (SEAL + "extendedKeyUsage=serverAuth,clientAuth\n",
                           SEAL.replace("digitalSignature", "keyEncipherment")):
            found = self.forged(authority=authority, trust=authority[0], extensions=extensions)
            self.assertEqual((found["good"], found["code"]), (False, "CERTIFICATE_PURPOSE"))

    def test_keys_that_the_signer_never_uses_are_refused(self):
        for key in (("-newkey", "rsa:1024"), ("-newkey", "rsa:2048"),
                    ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:secp256k1")):
            self.assertEqual(self.forged(key=key)["code"], "SIGNATURE_FORM", key)

    def test_the_other_signature_that_fits_the_same_key_is_refused(self):
        self.assertEqual(self.forged(change=higher)["code"], "SIGNATURE_WRONG")

    def test_a_certificate_that_was_not_valid_at_the_sealing_is_refused(self):
        for approved in ("2020-01-01 10:00", "2199-01-01 10:00"):
            self.assertEqual(self.forged(approved=approved)["code"], "CERTIFICATE_EXPIRED")

    def test_a_demonstration_key_and_a_sheet_that_is_none_contradict_each_other(self):
        self.assertEqual(self.forged(subject="/CN=Seal")["code"], "KIND_MISMATCH")

    def test_a_second_seal_behind_the_first_is_refused(self):
        found = self.sheet.read_bytes()
        at = found.rindex(b"startxref")
        self.assertIn(self.judged(found + found[found.rindex(b"xref\n", 0, at):], 1)["code"],
                      ("RANGE_BROKEN", "NO_SEAL", "NOT_A_SHEET", "HOLE_BROKEN"))

    def test_what_is_no_sheet_is_refused_whatever_it_is(self):
        for data in (b"", b"%PDF-1.4", b"%PDF-1.4\n" + b"\0" * 5000, b"\xff" * 100000, b"%PDF-1.4\nstartxref\n9\n%%EOF\n" * 90,
                     b"%PDF-1.4\n" + b"xref\n" * 400 + b"startxref\n9\n%%EOF\n"):
            self.assertFalse(self.judged(data, 1)["good"])

    def test_holes_too_short_for_any_seal_are_refused(self):
        for hole in (b"<>", b"<30>", b"<3082>", b"<308201>", b"<30820100>", b"<3082ffff>"):
            self.assertEqual(self.judged(forged(hole), 1)["code"], "HOLE_BROKEN", hole)

    def test_a_hole_behind_the_table_is_none(self):
        self.assertEqual(self.judged(forged(b"<", b"\n/Contents <"), 1)["code"], "NO_SEAL")

    def test_a_file_too_large_for_a_sheet_is_a_usage_mistake(self):
        with (self.directory / "large.pdf").open("wb") as file:
            file.truncate(65 * 1024 * 1024)
        self.run_client("verify", "large.pdf", expect=2)
