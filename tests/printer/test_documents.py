# SPDX-License-Identifier: Apache-2.0
"""The receipt that the consumer keeps and the agreement that both sides sign, as PDF and through lp."""
import re

from tests.client.commands import ITEM
from tests.printer.case import RECEIPT, TRACKING, PrinterCase, read_zbar


class Documents(PrinterCase):
    def make(self, verb):
        pdf = self.directory / f"{verb}.pdf"
        self.run_client("receipt", verb, RECEIPT, "-o", pdf)
        return pdf

    def test_the_receipt_s_codes_are_read_back(self):
        pdf = self.make("print")
        read = read_zbar(self.pages(pdf)[0])
        self.assertEqual(read, sorted([RECEIPT, f"https://{self.address}/t#{TRACKING}"]))

    def test_the_receipt_names_code_and_items_and_is_no_invoice(self):
        words = self.words(self.make("print"))
        for text in ("收样回执", TRACKING, ITEM, "戒指", "3.52", "不是发票"):
            self.assertIn(text, words)
        self.assertNotIn("收据", words)

    def test_the_agreement_has_its_parts_and_places_to_sign(self):
        self.item["tests"] = [dict(parameter_zh=zh, parameter_en=en, method="GB/T 18043-2013", decision_rule=rule)
                              for zh, en, rule in (("金", "gold", "guarded"), ("银", "silver", ""))]
        words = self.words(self.make("agreement"))
        self.assertEqual(words.count("GB/T 18043-2013"), 1)
        for text in ("委托检测协议书", RECEIPT, ITEM, "GB/T 18043-2013", "guarded", "损耗", "减免", "样品处置", "个人信息", "委托方签字"):
            self.assertIn(text, words)

    def test_many_items_go_over_pages_that_are_numbered(self):
        many = [self.item | dict(name=f"戒指{number}") for number in range(20)]
        self.server.answers["DeskService.GetReceipt"] = lambda request, context: self.message(
            "GetReceiptResponse", receipt=self.receipt | dict(items=many))
        pdf = self.make("agreement")
        words = self.words(pdf)
        pages = len(self.pages(pdf))
        self.assertGreater(pages, 1)
        for page in range(1, pages + 1):
            self.assertIn(f"{page}/{pages}", words)
        self.assertEqual(len(re.findall("戒指\\d+", words)), 20)

    def test_a_second_receipt_is_marked(self):
        self.assertNotIn("补打", self.words(self.make("print")))
        self.assertIn("补打 reprint 1", self.words(self.make("print")))

    def test_a_document_goes_to_lp_as_a_pdf(self):
        folder = self.directory / "bin"
        folder.mkdir()
        (folder / "lp").write_text(f"#!/bin/sh\necho \"$@\" > {self.directory}/words\ncat > {self.directory}/got.pdf\n")
        (folder / "lp").chmod(0o755)
        told = self.run_client("receipt", "print", RECEIPT, "--printer", "office", environment={"PATH": f"{folder}:/usr/bin:/bin"}).stderr
        self.assertIn("is sent to the printer", told)
        self.assertEqual((self.directory / "words").read_text(), f"-t receipt {RECEIPT} -d office\n")
        self.assertIn("收样回执", self.words(self.directory / "got.pdf"))
