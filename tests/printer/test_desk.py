# SPDX-License-Identifier: Apache-2.0
"""What a real intake prints, asked of the real daemon by who took it in."""
import os
import re
import shutil
import subprocess

from tests.desk.case import PROGRAM, DeskCase
from tests.outside.world import ring
from tests.printer.case import read_matrix, read_zbar
from tests.printer.printer import Printer


class Desk(DeskCase):
    def made(self, *words):
        done = subprocess.run([PROGRAM, *words], env=dict(os.environ, **self.environment), capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def seen(self, pdf, name):
        """The words of a PDF, and its first page as a picture (kept where TOUCHSTONE_SHOTS says)."""
        subprocess.run(["pdftoppm", "-r", "300", "-png", "-singlefile", str(pdf), str(pdf.with_suffix(""))], check=True)
        picture = pdf.with_suffix(".png")
        if os.environ.get("TOUCHSTONE_SHOTS"):
            shutil.copy(picture, f"{os.environ['TOUCHSTONE_SHOTS']}/{name}.png")
        text = subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, text=True, check=True).stdout
        return re.sub(r"\s+", "", text), picture

    def taken(self):
        """Two rings, one of them cut for the fire assay, brought by a daughter."""
        cut = dict(tests=[dict(method_id="M_CUP", parameter_id="AU"), dict(method_id="M_XRF", parameter_id="AU"),
                          dict(method_id="M_XRF", parameter_id="AG")])
        return self.world.received(
            bringer=dict(name="王小红", phone="13900005678"), items=[ring(**cut), ring(name="吊坠 pendant", seal_no="S-0042", mass_g="12.05")],
            consents=[dict(kind=f"CONSENT_KIND_{kind}", given_by_owner=True) for kind in ("PRIVACY", "AGREEMENT", "DESTRUCTIVE")],
            waiver="315 开放日", recipients=[dict(channel="CHANNEL_MAIL", address="wang@example.org")])

    def test_bag_and_items_of_an_intake_are_printed_and_its_papers_name_them(self):
        receipt = self.taken()
        printer = Printer()
        self.addCleanup(printer.close)
        self.log_in()
        self.made("label", "bag", receipt.receipt_no, "--printer", printer.name)
        codes = [receipt.receipt_no, *(item.item_code for item in receipt.items)]
        self.assertEqual([code.encode() in label for code, label in zip(codes, printer.printed, strict=True)], [True] * len(codes))
        for verb in ("print", "agreement"):
            pdf = self.directory / f"{verb}.pdf"
            self.made("receipt", verb, receipt.receipt_no, "-o", str(pdf))
            words, picture = self.seen(pdf, verb)
            self.assertTrue(all(word in words for word in (*codes, "王小明", "王小红", "315开放日", "wang@example.org", "免费")), words)
            self.assertIn(receipt.receipt_no, read_zbar(picture))
        for word in ("GB/T9288-2019", "GB/T18043-2013", "GB11887-2012", "13800001234", "atmost0.5g", "简单接受", "筛选方法", "180天"):
            self.assertIn(word, words)

    def test_what_each_desk_printed_is_counted_together_and_shown(self):
        code = self.known().items[0].item_code
        self.log_in()
        label = self.directory / "label.pdf"
        self.made("label", "print", code, "-o", str(label))
        self.environment["XDG_STATE_HOME"] = str(self.directory / "another desk")
        self.log_in()
        self.made("label", "print", code, "-o", str(label), "--reason", "the first was smudged")
        words, picture = self.seen(label, "item")
        self.assertIn("补打reprint1", words)
        self.assertEqual(read_matrix(picture), code)
        history = self.made("print", "history", code).stdout
        self.assertRegex(history, r"(?m)^item_label\s+1\s")
        self.assertIn("the first was smudged", history)

    def test_a_real_ticket_s_slip_has_the_published_rule_and_is_followed_by_its_code(self):
        ticket = self.people["RECEPTION"]("OpenDayService.TakeTicket", laboratory="JEW", places=1).ticket
        self.log_in()
        slip = self.directory / "slip.pdf"
        self.made("ticket", "print", ticket.ticket_no, "-o", str(slip))
        words, picture = self.seen(slip, "ticket")
        self.assertIn(ticket.ticket_no, words)
        self.assertEqual(read_zbar(picture), [f"https://localhost:{self.daemon.port}/q#{ticket.ticket_code}"])
        bag = self.directory / "bag.pdf"
        self.made("label", "bag", self.known().receipt_no, "-o", str(bag))
        self.seen(bag, "bag")

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
        for told in ("样品拒收通知单", item.item_code, item.receipt_no, "[SEAL] 封签破损或编号不符", "封签号 77 与登记 78 不符", "经办人 By: Reception",
                     "示例市产品质量检验研究院", "金银珠宝实验室", "封签 Seal —", "still charges: 免费 free of charge"):
            self.assertIn(told, words)
        subprocess.run(["pdftoppm", "-r", "300", "-png", "-singlefile", str(notice), str(notice.with_suffix(""))], check=True)
        self.assertIn(item.item_code, read_zbar(notice.with_suffix(".png")))
        if os.environ.get("TOUCHSTONE_SHOTS"):
            notice.with_suffix(".png").rename(f"{os.environ['TOUCHSTONE_SHOTS']}/rejection.png")
