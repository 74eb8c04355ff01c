# SPDX-License-Identifier: Apache-2.0
"""What a real intake prints, asked of the real daemon by who took it in."""
import os
import subprocess

from tests.desk.case import PROGRAM, DeskCase
from tests.printer.case import read_zbar
from tests.printer.printer import Printer


class Desk(DeskCase):
    def made(self, *words):
        done = subprocess.run([PROGRAM, *words], env=dict(os.environ, **self.environment), capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def test_bag_and_items_of_an_intake_are_printed_and_its_papers_name_them(self):
        receipt = self.known()
        printer = Printer()
        self.addCleanup(printer.close)
        self.log_in()
        self.made("label", "bag", receipt.receipt_no, "--printer", printer.name)
        codes = [receipt.receipt_no, *(item.item_code for item in receipt.items)]
        self.assertEqual([code.encode() in label for code, label in zip(codes, printer.printed, strict=True)], [True] * len(codes))
        for verb in ("print", "agreement"):
            pdf = self.directory / f"{verb}.pdf"
            self.made("receipt", verb, receipt.receipt_no, "-o", str(pdf))
            words = subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, text=True, check=True).stdout
            self.assertTrue(all(code in words for code in codes), words)
            subprocess.run(["pdftoppm", "-r", "300", "-png", "-singlefile", str(pdf), str(pdf.with_suffix(""))], check=True)
            self.assertIn(receipt.receipt_no, read_zbar(pdf.with_suffix(".png")))
            if os.environ.get("TOUCHSTONE_SHOTS"):
                pdf.with_suffix(".png").rename(f"{os.environ['TOUCHSTONE_SHOTS']}/{verb}.png")

    def test_a_refused_item_has_a_notice_that_says_why_and_no_other_has_one(self):
        item = self.known().items[0]
        self.log_in()
        notice = self.directory / "notice.pdf"
        early = subprocess.run([PROGRAM, "item", "print-rejection", item.item_code, "-o", str(notice)], capture_output=True, text=True,
                               env=dict(os.environ, **self.environment), timeout=60)
        self.assertIn("item reject comes first", early.stderr)
        self.made("item", "reject", item.item_code, "SEAL", "--words", "封签号 77 与登记 78 不符")
        self.made("item", "print-rejection", item.item_code, "-o", str(notice))
        words = subprocess.run(["pdftotext", str(notice), "-"], capture_output=True, text=True, check=True).stdout
        for told in ("样品拒收通知单", item.item_code, item.receipt_no, "[SEAL] 封签破损或编号不符", "封签号 77 与登记 78 不符", "reception"):
            self.assertIn(told, words)
        subprocess.run(["pdftoppm", "-r", "300", "-png", "-singlefile", str(notice), str(notice.with_suffix(""))], check=True)
        self.assertIn(item.item_code, read_zbar(notice.with_suffix(".png")))
        if os.environ.get("TOUCHSTONE_SHOTS"):
            notice.with_suffix(".png").rename(f"{os.environ['TOUCHSTONE_SHOTS']}/rejection.png")
