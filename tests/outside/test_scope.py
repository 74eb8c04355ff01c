# SPDX-License-Identifier: Apache-2.0
"""The scope table and the table of signatories through the daemon: imported as files, they decide what a sheet says and who may
release it."""
import csv
import pathlib
import tempfile
import unittest

from tests.outside.case import Outside
from tests.outside.test_documents import text_of
from tests.support.daemon import PASSWORD

SCOPE = ("site", "product_id", "param_id", "method_id", "standard_id", "cma", "cnas", "effective_from", "effective_to", "note")
SIGNATORIES = ("username", "domain_id", "cma", "cnas", "effective_from", "effective_to", "note")


class Scope(Outside):
    def bring(self, name, columns, *rows):
        with tempfile.TemporaryDirectory() as folder:
            with open(pathlib.Path(folder) / name, "w", newline="", encoding="utf-8") as file:
                writer = csv.writer(file)
                writer.writerow(columns)
                writer.writerows(rows)
            done = self.daemon.admin_command("catalogue", "import", "--add", "--author", "amy", folder)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def sheet(self):
        sheet = self.world.released()
        pdf = b"".join(piece.data for piece in self.people["RECEPTION"]("SheetService.DownloadSheet", sheet_no=sheet.sheet_no, timeout=60))
        return self.daemon.sql("select record from lab.sheet where sheet_no = %s", sheet.sheet_no)[0][0], text_of(pdf)

    def test_the_files_decide_what_is_in_scope_and_who_releases(self):
        record, text = self.sheet()
        self.assertEqual(record["statement"]["results"][0]["scope"], "0")
        self.assertIn("金含量 *", " ".join(text.split()).replace("\xa0", " "))
        self.bring("scope.csv", SCOPE, ("MAIN", "JEW_ANY", "AU", "M_XRF", "GBT18043-2013", "Y", "N", "2020-01-01", "", ""))
        record, text = self.sheet()
        self.assertEqual((record["results"][0]["scope"], record["statement"]["results"][0]["scope"]), ("CMA", "1"))
        self.assertEqual((record["legal_class"], record["marks"]), ("demonstration", []), "a specimen bears no marks")
        self.assertNotIn("金含量 *", " ".join(text.split()).replace("\xa0", " "))
        self.assertNotIn("STM08", [one["id"] for one in record["statements"]])
        self.bring("signatories.csv", SIGNATORIES, ("somebody.else", "JEW", "Y", "Y", "2020-01-01", "", ""))
        item = self.world.item(self.world.approved().item_code)
        with self.ends_in("PERMISSION_DENIED", "NOT_SIGNATORY"):
            self.people["SIGNATORY"]("SheetService.ReleaseSheet", item_code=item.item_code, version=item.version, password=PASSWORD,
                                     meaning="approved for issue")
        self.bring("signatories.csv", SIGNATORIES, ("signatory", "JEW", "N", "N", "2020-01-01", "", ""))
        self.sheet()


if __name__ == "__main__":
    unittest.main()
