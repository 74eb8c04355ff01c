# SPDX-License-Identifier: Apache-2.0
"""What people are handed of a sheet: the sealed file, the card in plain words, the copy to share, and the slip of who waits; their
codes read back from pictures of the pages, and what of the client is on each."""
import os
import pathlib
import subprocess
import tempfile
import unittest

from tests.outside.domains import DomainCase
from tests.outside.test_domains_food import UNITS
from tests.support.daemon import PASSWORD

RARE = "龘㐀𠀀 fur collar"  # characters that GB 2312 has not


def codes_of(pdf, dpi=150):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["pdftoppm", "-r", str(dpi), "-gray", "-", folder + "/p"], input=pdf, check=True)
        found = subprocess.run(["zbarimg", "-q", "--raw", "-Sdisable", "-Sqrcode.enable",  # else it sees DataBar in some codes
                                *map(str, sorted(pathlib.Path(folder).iterdir()))], capture_output=True, text=True, check=False)
    return found.stdout.split()


def text_of(pdf):
    return subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()


class Handed(DomainCase):
    domains = ("FUR", "FOOD", "AIR")
    methods = (("FOOD", "M_APC"), ("FUR", "M_FURMIC"), ("AIR", "M_MBTH"))

    def fetched(self, sheet_no, domain, document=None):
        more = dict(document="SHEET_DOCUMENT_" + document) if document else {}
        pdf = b"".join(piece.data for piece in self.people["RECEPTION", domain](
            "SheetService.DownloadSheet", sheet_no=sheet_no, timeout=60, **more))
        self.assertTrue(pdf.startswith(b"%PDF-"))
        if os.environ.get("TOUCHSTONE_KEEP_SHEETS"):  # to be looked at
            name = f"{self.id().rpartition('.')[2]}-{(document or 'full').lower()}.pdf"
            (pathlib.Path(os.environ["TOUCHSTONE_KEEP_SHEETS"]) / name).write_bytes(pdf)
        return pdf

    def milk(self):
        return self.submit(self.enter(self.ordered("FOOD", "FOOD_MILK_PAST", "M_APC", "APC", name="巴氏杀菌乳 pasteurised milk",
                                                   produced_on="2026-10-01", condition="冷藏到样 4 ℃ chilled"), inputs=UNITS))

    def test_all_documents_of_milk_carry_the_same_signed_code(self):
        record, full = self.released(self.milk().item_code, "FOOD")
        sheet_no = record["sheet_no"]
        codes = codes_of(full)
        self.assertEqual(len(codes), 2, codes)
        for document in ("CARD", "SHARE"):
            pdf = self.fetched(sheet_no, "FOOD", document)
            self.assertEqual(sorted(codes_of(pdf)), sorted(codes))
            text = text_of(pdf)
            self.assertIn(sheet_no, text)
            for secret in (record["client"]["name"], record["client"]["contact"], record["receipt_no"]):
                self.assertNotIn(secret, text)
            self.assertEqual(pdf, self.fetched(sheet_no, "FOOD", document), "the same bytes each time")
        self.assertIn(record["client"]["name"], text_of(full))
        self.assertIn("检验人", text_of(full))
        self.assertIn("Example Works", text_of(full))

    def test_a_slip_is_of_reviewed_results_only_and_says_what_it_is(self):
        test = self.milk()
        reviewer = self.people["REVIEWER", "FOOD"]
        with self.ends_in("FAILED_PRECONDITION", "ITEM_NOT_REVIEWED"):
            list(reviewer("SheetService.DownloadSlip", item_code=test.item_code))
        now = reviewer("BenchService.GetTest", test_id=test.test_id).test
        reviewer("ReviewService.ApproveTest", test_id=test.test_id, version=now.version)
        pdf = b"".join(piece.data for piece in self.people["TECHNICIAN", "FOOD"]("SheetService.DownloadSlip", item_code=test.item_code))
        text = text_of(pdf)
        self.assertIn("not a test report", text)
        self.assertNotIn("End of report", text)
        self.assertNotIn("委托方 Client", " ".join(text.split()))
        owner = self.daemon.sql("select name, phone from lab.person limit 1")[0]
        self.assertFalse([secret for secret in owner if secret in text])
        self.assertEqual(codes_of(pdf), [])
        if os.environ.get("TOUCHSTONE_KEEP_SHEETS"):
            (pathlib.Path(os.environ["TOUCHSTONE_KEEP_SHEETS"]) / "slip.pdf").write_bytes(pdf)
        self.told(test.item_code, "FOOD")
        item = self.people["RECEPTION", "FOOD"]("DeskService.GetItem", item_code=test.item_code).item
        self.people["SIGNATORY", "FOOD"]("SheetService.ReleaseSheet", item_code=item.item_code, version=item.version, password=PASSWORD,
                                         meaning="approved for issue")
        with self.ends_in("FAILED_PRECONDITION", "SHEET_ISSUED"):
            list(reviewer("SheetService.DownloadSlip", item_code=test.item_code))


if __name__ == "__main__":
    unittest.main()
