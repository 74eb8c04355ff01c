# SPDX-License-Identifier: Apache-2.0
"""Card and copy to share of real sheets of every domain: one page, the sheet's own codes, nothing of the client, each verdict as
the record has it."""
import os
import pathlib
import unittest

from tests.outside.sheets_of_all import OWNER, SheetsOfAll
from tests.outside.test_documents import codes_of, text_of


class DocumentsOfAll(SheetsOfAll):
    def drawn(self, sheet, document):
        pieces = self.people["RECEPTION", sheet.number.partition("-")[0]](
            "SheetService.DownloadSheet", sheet_no=sheet.number, document="SHEET_DOCUMENT_" + document, timeout=60)
        pdf = b"".join(piece.data for piece in pieces)
        if os.environ.get("TOUCHSTONE_KEEP_SHEETS"):  # to be looked at
            (pathlib.Path(os.environ["TOUCHSTONE_KEEP_SHEETS"]) / f"{sheet.name}-{document.lower()}.pdf").write_bytes(pdf)
        return pdf

    def test_card_and_share_of_every_domain(self):
        for sheet in self.sheets():
            with self.subTest(sheet.name):
                codes = sorted(codes_of(sheet.pdf))
                self.assertEqual(len(codes), 2)
                card, share = self.drawn(sheet, "CARD"), self.drawn(sheet, "SHARE")
                for pdf in (card, share):
                    text = text_of(pdf)
                    self.assertEqual(sorted(codes_of(pdf)), codes)
                    for secret in (OWNER["name"], sheet.record["client"]["contact"], sheet.record["receipt_no"]):
                        self.assertNotIn(secret, text)
                    self.assertLess(text.index("样张，无效"), text.index(sheet.number))
                text = "".join(text_of(card).split())
                self.assertIn("1of1", text)
                self.assertIn("".join(sheet.record["conclusion"]["zh"].split())[:20], text)


if __name__ == "__main__":
    unittest.main()
