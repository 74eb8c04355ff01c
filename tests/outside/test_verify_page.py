# SPDX-License-Identifier: Apache-2.0
"""The consumers' pages as the daemon serves them, with real sheets of every domain: from the QR, from the file, by number and by
receipt, in headless Chromium."""
import decimal
import json
import os
import pathlib
import tempfile
import time
import unittest
import urllib.parse

from tests.outside import readers, sheets_of_all
from tests.outside.case import Outside
from tests.support.daemon import PASSWORD
from tests.web.browser import Browser, ELEMENT

CODE = "const code = document.getElementById('code'); return code && code.textContent"


def digits(content):
    """docs/evidence.md, Digits."""
    widths = (0, 3, 5, 8, 10, 13, 15, 17)
    groups = [content[at:at + 7] for at in range(0, len(content), 7)]
    return "".join(str(int.from_bytes(group, "little")).zfill(widths[len(group)]) for group in groups)


class VerifyPage(sheets_of_all.SheetsOfAll):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The daemon's certificate is its own; a consumer's browser would know the issuer.
        cls.browser = Browser("--ignore-certificate-errors")
        cls.addClassCleanup(cls.browser.close)
        cls.browser.size(390, 844)
        cls.address = f"https://localhost:{cls.daemon.port}"

    def every(self):
        for name in sheets_of_all.ALL:
            with self.subTest(name):
                yield self.sheet(name)

    def choose(self, path):
        self.browser.open(self.address + "/s")
        one = self.browser.element("#file")[ELEMENT]
        self.browser.ask("POST", f"{self.browser.session}/element/{one}/value", {"text": str(path)})
        return self.browser.wait(CODE)

    def shoot(self, name):
        if os.environ.get("TOUCHSTONE_SHOTS"):
            self.browser.picture(pathlib.Path(os.environ["TOUCHSTONE_SHOTS"]) / f"real-{name}.png", whole=True)

    def test_the_qr_of_every_domain_leads_to_its_verdict(self):
        for sheet in self.every():
            self.browser.open(f"{self.address}/s#{digits(sheet.attached['sheet.cose'])}")
            self.assertEqual(self.browser.wait(CODE), "CURRENT", self.browser.text())
            text = self.browser.text()
            self.assertIn("样张，无效", text)
            self.assertIn(sheet.number, text)
            self.assertEqual(self.browser.complaints(), [])
            self.shoot(sheet.name)

    def test_the_page_is_kept_for_when_there_is_no_network(self):
        self.browser.open(self.address + "/s")
        self.assertTrue(self.browser.wait("return navigator.serviceWorker.ready.then(() => true)"))

    def test_no_line_of_the_daemon_s_log_has_a_piece_of_a_statement(self):
        told = digits(self.sheet("ring").attached["sheet.cose"])
        self.browser.open(f"{self.address}/s#{told}")
        self.browser.wait(CODE)
        log = "\n".join(self.daemon.log)
        self.assertEqual([told[at:at + 17] for at in range(0, len(told) - 17, 17) if told[at:at + 17] in log], [])

    def test_the_file_of_every_domain_shows_all_results_and_holds(self):
        for sheet in self.every():
            self.assertEqual(self.choose(self.folder / f"{sheet.name}.pdf"), "CURRENT", self.browser.text())
            count = self.browser.run("return document.querySelectorAll('.result').length")
            self.assertEqual(count, len(sheet.record["statement"]["results"]))
            self.assertIn("The proof of the log in the file holds", self.browser.run("return document.getElementById('checks').textContent"))
            self.assertEqual(self.browser.run("return document.querySelectorAll('#checks li.bad').length"), 0)
            self.shoot(sheet.name + "-file")

    def test_a_changed_file_shows_nothing(self):
        sheet = self.sheet("ring")
        at = sheet.pdf.index(b"results.json")
        for name, content, code in (("flipped", sheet.pdf[:at] + b"R" + sheet.pdf[at + 1:], "E_SEAL_CONTENT"), ("longer", sheet.pdf + b"\n", "E_FILE")):
            path = pathlib.Path(self.folder) / f"{name}.pdf"
            path.write_bytes(content)
            self.assertEqual(self.choose(path), code)
            self.assertNotIn(sheet.number, self.browser.text())

    def test_the_mass_on_the_page_is_the_sheet_s(self):
        seen = 0
        for sheet in self.every():
            record = json.loads(sheet.attached["results.json"])
            mass = record["item"].get("mass_g")
            if record["statement"].get("sample_id", [""])[0] != "3":
                continue
            self.browser.open(f"{self.address}/s#{digits(sheet.attached['sheet.cose'])}")
            self.browser.wait(CODE)
            self.assertEqual(self.browser.run("return document.getElementById('sample-id').innerText"), f"{decimal.Decimal(mass).normalize():f} g")
            self.browser.open(self.address + "/s")
            self.choose(self.folder / f"{sheet.name}.pdf")
            self.assertEqual(self.browser.run("return document.getElementById('sample-id').innerText"), f"{mass} g")
            seen += 1
        self.assertGreater(seen, 0)

    def test_the_small_code_tells_how_the_sheet_stands(self):
        sheet = self.sheet("ring")
        code = self.daemon.sql("select lab.sheet_code(sid) from lab.sheet_statement where sheet_no = %s", sheet.number)[0][0]
        for given, wanted in ((code, "核验码和这份报告一致"), ("00000000", "核验码不是这份报告的")):
            self.browser.open(f"{self.address}/s?{urllib.parse.urlencode({'n': sheet.number, 'c': given})}")
            self.browser.wait("return document.getElementById('standing')")
            self.assertIn("现行有效", self.browser.text())
            self.assertIn(wanted, self.browser.text())

    def test_the_page_as_one_file_knows_the_laboratory_s_keys(self):
        sheet = self.sheet("ring")
        self.browser.open(f"{self.address}/s/offline.html#{digits(sheet.attached['sheet.cose'])}")
        self.assertEqual(self.browser.wait(CODE), "GENUINE")
        self.assertEqual(self.browser.complaints(), [])

    def test_a_receipt_leads_to_its_steps_and_to_the_file(self):
        sheet = self.sheet("ring")
        code = self.daemon.sql("select receipt_code from lab.receipt join lab.item using (receipt_no) where sheet_no = %s", sheet.number)[0][0]
        self.browser.open(self.address + "/t")
        self.browser.type("#receipt-code", code)
        self.browser.type("#last4", "1234")
        self.browser.click("#track-form button")
        self.browser.wait("return document.querySelector('#found .item')")
        self.assertIn("报告可取", self.browser.text())
        self.browser.click("#found .item button")
        self.browser.wait("return document.querySelector('#found .good a')")
        path = self.browser.downloads / f"{sheet.number}.pdf"
        until = time.monotonic() + 20  # the page has handed it over; the browser still writes it
        while not (path.exists() and path.stat().st_size == len(sheet.pdf)) and time.monotonic() < until:
            time.sleep(0.05)
        self.assertEqual(path.read_bytes(), sheet.pdf)

    def test_nothing_of_a_page_is_missing(self):
        for page in ("/s", "/t"):
            self.browser.open(self.address + page)
            self.assertEqual(self.browser.complaints(), [])


class LifeOnThePage(Outside):
    """A sheet is amended and the amended one withdrawn: the page learns it from the log."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.browser = Browser("--ignore-certificate-errors")
        cls.addClassCleanup(cls.browser.close)
        cls.browser.size(390, 844)
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)

    def scanned(self, sheet):
        """What stands behind # in the QR of the sheet's newest file."""
        pieces = self.people["RECEPTION"]("SheetService.DownloadSheet", sheet_no=sheet.sheet_no, timeout=sheets_of_all.SEALED_S)
        path = pathlib.Path(self.folder.name) / "sheet.pdf"
        path.write_bytes(b"".join(piece.data for piece in pieces))
        return digits(readers.attached(path)["sheet.cose"])

    def becomes(self, told, state):
        """The page is opened again until the status list of the log has it."""
        until = time.monotonic() + 60
        while True:
            self.browser.open(f"https://localhost:{self.daemon.port}/s#{told}")
            found = self.browser.wait(CODE)
            if found == state:
                return
            self.assertLess(time.monotonic(), until, f"still {found}, not {state}")

    def test_the_page_tells_what_became_of_a_sheet(self):
        sheet = self.world.released()
        first = self.scanned(sheet)
        self.becomes(first, "CURRENT")
        quality = self.people["QUALITY"]
        version = quality("SheetService.GetSheet", sheet_no=sheet.sheet_no).sheet.item_version
        quality("SheetService.RequestAmendment", sheet_no=sheet.sheet_no, version=version, what="AMENDMENT_WHAT_ITEM_DATA", reason="样品名称有误")
        version = self.world.item(sheet.item_code).version
        quality("SheetService.CorrectItem", item_code=sheet.item_code, version=version, name="手镯 bracelet")
        version = self.world.item(sheet.item_code).version
        self.people["SIGNATORY"]("SheetService.ReleaseSheet", item_code=sheet.item_code, version=version, password=PASSWORD, meaning="approved for issue")
        second = self.scanned(sheet)
        self.becomes(second, "CURRENT")
        self.assertIn("手镯 bracelet", self.browser.text())
        self.becomes(first, "SUPERSEDED")
        self.assertNotIn("750", self.browser.text())
        quality("SheetService.RequestWithdrawal", sheet_no=sheet.sheet_no, revision=1, withdrawal_code="WITHDRAWAL_CODE_WRONG_SAMPLE", reason="样品混淆")
        self.people["SIGNATORY"]("SheetService.ConfirmWithdrawal", sheet_no=sheet.sheet_no, revision=1, password=PASSWORD, meaning="withdrawn")
        self.becomes(second, "WITHDRAWN")
        self.assertNotIn("手镯", self.browser.text())
        # An index is marked once: the first revision stays superseded, shows no figure, and sends on to the one that is withdrawn.
        self.becomes(first, "SUPERSEDED")
        self.assertNotIn("750", self.browser.text())
        self.assertIn("也可能已被撤回", self.browser.text())
        code = self.daemon.sql("select lab.sheet_code(sid) from lab.sheet_statement where sheet_no = %s and revision = 0", sheet.sheet_no)[0][0]
        self.browser.open(f"https://localhost:{self.daemon.port}/s?n={sheet.sheet_no}&c={code}")
        self.browser.wait("return document.body.innerText.includes('已撤回')")


if __name__ == "__main__":
    unittest.main()
