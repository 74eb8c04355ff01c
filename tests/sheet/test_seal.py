# SPDX-License-Identifier: Apache-2.0
"""A sheet from record to sealed file with the real programs, judged by independent ones.

pdfsig and mutool end with 0 even when a signature is wrong: their words are read.
"""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from tests.sheet import support


def run(*command, **options):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)


class Sealed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp())
        cls.photo = support.ring_photo(120)
        cls.record = support.sample_record(cls.photo)
        with support.Renderer() as renderer:
            cls.drawn = renderer.draw(cls.record, cls.photo)[0]
        with support.Signer("--channel", "--demonstration", str(cls.folder / "key")) as signer:
            cls.identity = signer.identity()
            cls.sheet = support.seal(cls.drawn, cls.record, signer, cls.folder)
        cls.certificate = cls.folder / "key" / "seal-certificate.pem"

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def altered(self, change):
        bytes_ = bytearray(self.sheet.read_bytes())
        change(bytes_)
        path = self.folder / "altered.pdf"
        path.write_bytes(bytes_)
        return path

    def trusting_database(self):
        database = self.folder / "nss"
        if not database.exists():
            database.mkdir()
            run("certutil", "-N", "-d", f"sql:{database}", "--empty-password", check=True)
            run("certutil", "-A", "-d", f"sql:{database}", "-n", "seal", "-t", "CT,CT,CT", "-i", self.certificate, check=True)
        return f"sql:{database}"

    def test_pdfsig_finds_one_valid_signature_over_the_whole_file(self):
        said = run("pdfsig", "-nssdir", self.trusting_database(), self.sheet).stdout
        self.assertIn("Signature is Valid", said)
        self.assertIn("Total document signed", said)
        self.assertIn("Signature Field Name: sheet-seal", said)
        self.assertIn("ETSI.CAdES.detached", said)
        self.assertEqual(said.count("Signature #"), 1)

    def test_pdfsig_sees_what_was_changed(self):
        def flip(bytes_):
            bytes_[5000] ^= 1

        said = run("pdfsig", "-nssdir", self.trusting_database(), self.altered(flip)).stdout
        self.assertNotIn("Signature is Valid", said)

    def test_mutool_finds_it_unchanged(self):
        said = run("mutool", "sign", "-v", self.sheet)
        self.assertIn("The document is unchanged since signing", said.stdout + said.stderr)

    def test_qpdf_finds_no_fault(self):
        said = run("qpdf", "--check", self.sheet)
        self.assertEqual(said.returncode, 0, said.stdout + said.stderr)
        self.assertIn("No syntax or stream encoding errors found", said.stdout)
        self.assertNotIn("WARNING", said.stdout + said.stderr)

    def ranges(self):
        bytes_ = self.sheet.read_bytes()
        numbers = bytes_.split(b"/ByteRange [", 1)[1].split(b"]")[0].split()
        start, first, second, rest = map(int, numbers)
        self.assertEqual(start, 0)
        self.assertEqual(second + rest, len(bytes_))
        hole = bytes.fromhex(bytes_[first + 1:second - 1].decode())
        return bytes_[:first] + bytes_[second:], hole

    def test_openssl_verifies_the_cms_over_the_ranges(self):
        content, hole = self.ranges()
        length = 4 + int.from_bytes(hole[2:4], "big")
        self.assertEqual(set(hole[length:]), {0})
        (self.folder / "content").write_bytes(content)
        (self.folder / "cms").write_bytes(hole[:length])
        said = run("openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", self.folder / "cms",
                   "-content", self.folder / "content", "-CAfile", self.certificate, "-purpose", "any",
                   "-partial_chain", "-out", "/dev/null")
        self.assertEqual(said.returncode, 0, said.stderr)
        self.assertIn("CAdES Verification successful", said.stderr)

    def test_the_cms_has_the_attributes_of_pades_and_no_time(self):
        _, hole = self.ranges()
        (self.folder / "cms").write_bytes(hole[:4 + int.from_bytes(hole[2:4], "big")])
        parsed = run("openssl", "asn1parse", "-inform", "DER", "-in", self.folder / "cms").stdout
        self.assertIn("id-smime-aa-signingCertificateV2", parsed)
        self.assertIn("messageDigest", parsed)
        self.assertIn("contentType", parsed)
        self.assertNotIn("signingTime", parsed)

    def test_the_text_has_code_fineness_and_verdict_in_both_languages(self):
        text = run("pdftotext", "-layout", self.sheet, "-").stdout
        for wanted in ("D1-000017-4", "753.1 ‰", "符合", "Conforms"):
            self.assertIn(wanted, text)

    def test_the_record_is_inside_byte_for_byte(self):
        said = run("pdfdetach", "-save", "1", "-o", self.folder / "results.json", self.sheet)
        self.assertEqual(said.returncode, 0, said.stderr)
        inside = (self.folder / "results.json").read_bytes()
        self.assertEqual(inside, support.canonical(self.record))
        self.assertEqual(json.loads(inside), self.record)

    def test_the_descriptive_data_agree(self):
        said = run("pdfinfo", "-meta", self.sheet).stdout
        for wanted in ("<pdfaid:part>3</pdfaid:part>", self.record["dates"]["issued"] + "T10:15:00+08:00", self.record["institute"]["name_zh"],
                       "JEW-2026-000001"):
            self.assertIn(wanted, said)
        info = run("pdfinfo", self.sheet, env={**os.environ, "TZ": "Asia/Shanghai"}).stdout
        self.assertIn("PDF version:     1.7", info)
        self.assertIn("10:15:00 " + self.record["dates"]["issued"][:4], info)

    def test_the_drawn_pages_stay_as_they_were_drawn(self):
        self.assertTrue(self.sheet.read_bytes().startswith(self.drawn))

    def test_touchstone_accepts_it_and_shows_what_it_is(self):
        code, said = support.tool("verify", self.sheet)
        self.assertEqual(code, 0, said)
        self.assertIn("INTACT, SPECIMEN", said)
        self.assertIn("trust\tnot checked", said)
        code, said = support.tool("verify", self.sheet, self.certificate)
        self.assertEqual(code, 0, said)
        self.assertIn("INTACT, TRUSTED, SPECIMEN", said)

    def test_every_changed_byte_and_every_appended_byte_is_refused(self):
        code, said = support.tool("sweep", self.sheet, 1, "0x01")
        self.assertEqual(code, 0, said)
        self.assertIn(", 0 accepted", said)

    def test_a_second_revision_behind_it_is_refused(self):
        bytes_ = self.sheet.read_bytes()
        start = bytes_.rsplit(b"startxref\n", 1)[1].split()[0]
        tail = b"1 0 obj\n<< >>\nendobj\nxref\n0 0\ntrailer\n<< /Size 40 /Root 27 0 R /Prev " + start + b" >>\n"
        tail += b"startxref\n" + str(len(bytes_) + 22).encode() + b"\n%%EOF\n"
        code, said = support.tool("verify", self.altered(lambda b: b.extend(tail)))
        self.assertEqual(code, 1)
        self.assertIn("REFUSED", said)

    def test_sealing_again_gives_another_signature_over_the_same_bytes(self):
        with support.Signer("--channel", "--demonstration", str(self.folder / "key")) as signer:
            again = support.seal(self.drawn, self.record, signer, self.folder, "again.pdf")
        first, second = self.sheet.read_bytes(), again.read_bytes()
        hole = first.index(b"/Contents <")
        self.assertEqual(first[:hole], second[:hole])
        self.assertEqual(support.tool("verify", again)[0], 0)


class Signing(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)

    def production(self, kind=("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256")):
        folder = pathlib.Path(self.folder)
        (folder / "pass").write_text("a passphrase\n")
        os.chmod(folder / "pass", 0o600)
        run("openssl", "req", "-x509", *kind, "-keyout", folder / "seal.key", "-out", folder / "seal.crt",
            "-passout", f"file:{folder / 'pass'}", "-subj", "/C=CN/O=Example laboratory/CN=Seal", "-days", "30",
            "-addext", "keyUsage=critical,digitalSignature,nonRepudiation", check=True)
        os.chmod(folder / "seal.key", 0o600)
        return ("--key", str(folder / "seal.key"), "--passphrase-file", str(folder / "pass"), "--certificate",
                str(folder / "seal.crt"))

    def test_a_production_key_seals_no_specimen_and_its_sheets_are_none(self):
        for kind in (("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"), ("-newkey", "rsa:3072")):
            options = self.production(kind)
            record = support.sample_record(specimen=False, legal_class="none")
            record["dates"] = {"received": "2026-11-24", "issued": "2026-11-24"}
            now = subprocess.run(["date", "+%Y-%m-%d %H:%M", "-d", "+5 min"], env={"TZ": "Asia/Shanghai"},
                                 capture_output=True, text=True, check=True).stdout.strip()
            record["signatures"][2]["at"] = now
            with support.Renderer() as renderer, support.Signer("--channel", *options) as signer:
                self.assertNotIn(4, signer.identity())
                refused = signer.seal("A-1", b"\0" * 32, specimen=True)
                self.assertIn("KEY_KIND", refused[1].decode())
                sheet = support.seal(renderer.draw(record)[0], record, signer, self.folder)
            code, said = support.tool("verify", sheet, options[5])
            self.assertEqual(code, 0, said)
            self.assertTrue(said.startswith("INTACT, TRUSTED\n"), said)

    def test_the_signer_refuses_what_is_no_request(self):
        with support.Signer("--channel", "--demonstration", self.folder + "/key") as signer:
            self.assertIn("KEY_KIND", signer.seal("A-1", b"\0" * 32, specimen=False)[1].decode())
            self.assertIn("digest", signer.seal("A-1", b"\0" * 31)[1].decode())
            self.assertIn("sheet_no", signer.seal("A 1", b"\0" * 32)[1].decode())
            self.assertIn("REQUEST_BROKEN", signer.ask(b"")[1].decode())
            self.assertIn("REQUEST_BROKEN", signer.ask(b"\xff\xff")[1].decode())
            self.assertEqual(signer.identity()[4], 1)

    def test_a_broken_frame_ends_the_channel(self):
        for bytes_ in (b"\0\0", b"\0\0\0\x05ab", b"\0\x11\0\0" + b"x" * 0x110000):
            done = subprocess.run([support.program("touchstone-signer"), "--channel", "--demonstration",
                                   self.folder + "/key"], input=bytes_, capture_output=True)
            self.assertEqual(done.returncode, 1)
            self.assertEqual(done.stdout, b"")

    def test_ten_at_once_make_one_demonstration_key(self):
        signers = [support.Signer("--channel", "--demonstration", self.folder + "/key") for _ in range(10)]
        certificates = {signer.identity()[3] for signer in signers}
        for signer in signers:
            self.assertEqual(signer.close(), 0)
        self.assertEqual(len(certificates), 1)
        self.assertEqual(os.stat(self.folder + "/key/demonstration-seal.pem").st_mode & 0o777, 0o600)
        self.assertEqual(os.stat(self.folder + "/key").st_mode & 0o777, 0o700)
        self.assertEqual(len(os.listdir(self.folder + "/key")), 8)  # two of the seal, five others, the mark

    def test_options_that_do_not_fit_together_are_refused(self):
        for options in ((), ("--channel",), ("--demonstration", self.folder), ("--channel", "--key", "x"),
                        ("--channel", "--socket", "y", "--demonstration", self.folder),
                        ("--channel", "--demonstration", self.folder, "--key", "x")):
            done = run(support.program("touchstone-signer"), *options, stdin=subprocess.DEVNULL)
            self.assertEqual(done.returncode, 2, options)

    def test_a_key_that_others_may_read_is_refused(self):
        options = self.production()
        os.chmod(options[1], 0o644)
        done = run(support.program("touchstone-signer"), "--channel", *options, stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, 1)
        self.assertIn("may be read by others", done.stderr)

    def test_a_socket_answers_its_own_user(self):
        import socket
        import time
        path = self.folder + "/s"
        process = subprocess.Popen([support.program("touchstone-signer"), "--socket", path, "--demonstration",
                                    self.folder + "/key"])
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        for _ in range(1000):
            try:
                first = socket.socket(socket.AF_UNIX)
                first.connect(path)
                break
            except OSError:
                first.close()
                time.sleep(0.01)
        silent = socket.socket(socket.AF_UNIX)
        silent.connect(path)
        with first, silent, first.makefile("rwb") as stream:
            for _ in range(3):
                stream.write(support.frame(support.field(2, b"")))
                stream.flush()
                self.assertEqual(support.parse(support.read_frame(stream))[4], 1)
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)


if __name__ == "__main__":
    unittest.main()
