# SPDX-License-Identifier: Apache-2.0
"""Real sheets of every domain before whatever a person may have at hand: readers of PDF, openssl, a camera, Node.js. The browser
has test_verify_page.py."""
import json
import unittest

from tests.outside import readers
from tests.outside.sheets_of_all import ALL, ATTACHMENTS, OWNER, SheetsOfAll
from tests.sheet import archival

PAGE_HEIGHT_PT = 842
HEADINGS = ("Conclusion", "Explanation of the result", "Decision rule and information", "Signatures", "Statements")
HOST = "localhost:8443"  # of the codes, whatever port the daemon has


class Readers(SheetsOfAll):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.trust = readers.Trust(next(cls.daemon.directory.rglob("seal-certificate.pem")), cls.folder)
        cls.public = next(cls.daemon.directory.rglob("public"))

    def path(self, sheet):
        return self.folder / f"{sheet.name}.pdf"

    def data(self):
        return (self.public / "s" / "data.json").read_bytes()

    def accepted_by(self, reader):
        for name in ALL:
            with self.subTest(name):
                sheet = self.sheet(name)
                self.assertIsNone(reader(self.path(sheet), self.trust))

    # ---- the file
    def test_pdfsig_says_its_three_lines(self):
        self.accepted_by(readers.pdfsig)

    def test_mutool_finds_it_unchanged(self):
        self.accepted_by(readers.mutool)

    def test_qpdf_finds_no_fault(self):
        self.accepted_by(readers.qpdf)

    def test_each_is_of_the_standard_for_archives(self):
        for name in ALL:
            with self.subTest(name):
                self.assertEqual(archival.faults(self.path(self.sheet(name))), [])

    def test_openssl_verifies_the_seal_over_everything_but_the_hole(self):
        self.accepted_by(readers.openssl)

    def test_poppler_takes_out_three_files_and_they_are_those_of_the_books(self):
        for name in ALL:
            with self.subTest(name):
                sheet = self.sheet(name)
                self.assertEqual(sorted(sheet.attached), sorted(ATTACHMENTS))
                stored, cose = self.daemon.sql(
                    "select sheet.record_bytes, stated.cose from lab.sheet join lab.sheet_statement as stated "
                    "using (sheet_no, revision) where sheet_no = %s", sheet.number)[0]
                self.assertEqual(sheet.attached["results.json"], bytes(stored))
                self.assertEqual(sheet.attached["sheet.cose"], bytes(cose))
                self.assertEqual(json.loads(sheet.attached["results.json"]), sheet.record)

    def test_sheets_have_one_to_four_pages_and_those_of_one_result_two(self):
        pages = {name: self.sheet(name).pages for name in ALL}
        print(json.dumps(pages), flush=True)
        for name, count in pages.items():
            with self.subTest(name):
                most = 4 if name == "air" else 2 if len(self.sheet(name).record["results"]) == 1 else 3
                self.assertIn(count, range(1, most + 1))

    def test_the_last_page_is_no_remainder_and_no_heading_ends_a_page(self):
        for name in ALL:
            pages = readers.lines(self.path(self.sheet(name)))
            with self.subTest(name):
                end, = [bottom for text, _, bottom in pages[-1] if "End of" in text]
                self.assertGreater(end, PAGE_HEIGHT_PT / 2)
                for lines in pages:
                    foot = min(top for text, top, _ in lines if "Page " in text and " of " in text)
                    last = max((line for line in lines if line[2] < foot), key=lambda line: line[1])
                    self.assertFalse(any(heading in last[0] for heading in HEADINGS), last)

    # ---- what stands on it
    def text(self, sheet):
        return readers.run("pdftotext", "-layout", self.path(sheet), "-").stdout

    def test_rare_characters_of_names_are_text_that_can_be_searched(self):
        for name in ALL:
            with self.subTest(name):
                sheet = self.sheet(name)
                self.assertIn(OWNER["name"], self.text(sheet))
        self.assertIn("戒指 ring 𠮷字纹", self.text(self.sheet("ring")))

    def test_each_kind_of_result_stands_on_paper_and_in_the_statement(self):
        for name, words, qual, limop in (("jadeite", ("翡翠 Jadeite",), 4, None), ("fur", ("蓝狐", "未检出"), 3, 1),
                                         ("milk", ("n = 5", "M = 100000", "25000"), 5, 11),
                                         ("uniform", ("3-4",), 4, 7), ("failing", ("0.5002", "不符合"), 0, 1),
                                         ("screened", ("750.3",), 0, 2), ("scale", ("±0.5",), 0, 6)):
            with self.subTest(name):
                sheet = self.sheet(name)
                text = " ".join(self.text(sheet).split())
                for word in words:
                    self.assertIn(word, text)
                said = self.stated(sheet)["10"]
                self.assertTrue(any(result[1] == qual and limop in (None, result[5]) for result in said), said)

    # ---- the code
    def test_zbarimg_reads_the_code_at_150_dpi_and_small_ones_at_72(self):
        seen = {}
        for name in ALL:
            with self.subTest(name):
                sheet = self.sheet(name)
                version = readers.version_of(readers.text_of(sheet.attached, HOST))
                for dpi, most in readers.DPI.items():
                    if version <= most:
                        seen.setdefault(dpi, []).append(version)
                        why = readers.zbarimg(self.path(sheet), sheet.attached, HOST, dpi)
                        self.assertIsNone(why, f"version {version}, {dpi} dpi")
        print(json.dumps(seen), flush=True)
        self.assertEqual(len(seen[150]), len(ALL))
        self.assertGreater(len(seen[72]), len(ALL) / 2)

    def test_the_small_code_names_the_sheet_and_its_revision(self):
        for name in ALL:
            with self.subTest(name):
                sheet = self.sheet(name)
                sid, = self.daemon.sql("select encode(sid, 'hex') from lab.sheet_statement where sheet_no = %s",
                                       sheet.number)[0]
                found = [text for text in readers.codes(self.path(sheet), 150) if text.startswith(f"https://{HOST}/s?")]
                bits = int(sid[:10], 16)
                code = "".join("0123456789ABCDEFGHJKMNPQRSTVWXYZ"[bits >> at & 31] for at in range(35, -1, -5))
                self.assertEqual(found, [f"https://{HOST}/s?n={sheet.number}&c={code}"])

    # ---- the statement
    def stated(self, sheet):
        found, why = readers.node(readers.text_of(sheet.attached, HOST), sheet.attached, self.data())
        self.assertIsNone(why)
        return found

    def test_node_verifies_statement_record_and_proof(self):
        for name in ALL:
            with self.subTest(name):
                sheet = self.sheet(name)
                said = self.stated(sheet)
                self.assertEqual((said["2"], said["3"], said["18"]), (sheet.number, 0, 6))
                self.assertEqual(len(said["10"]), len(sheet.record["results"]))

    def test_node_refuses_what_belongs_to_another_sheet(self):
        ring, jadeite = self.sheet("ring"), self.sheet("jadeite")
        for part, why in (("results.json", "record: hash"), ("sheet.cose", "text: another"), ("sheet.tlog-proof", "proof: ")):
            parts = dict(ring.attached, **{part: jadeite.attached[part]})
            found, told = readers.node(readers.text_of(ring.attached, HOST), parts, self.data())
            self.assertIsNone(found, part)
            self.assertTrue(told.startswith(why), told)


if __name__ == "__main__":
    unittest.main()
