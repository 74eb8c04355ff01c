# SPDX-License-Identifier: Apache-2.0
"""The receipt that the consumer keeps and the agreement that both sides sign, as PDF and through lp."""
import re

import grpc

from tests.client.commands import ITEM
from tests.printer.case import RECEIPT, TRACKING, PrinterCase, read_zbar


class Documents(PrinterCase):
    def make(self, verb, *more, wants=""):
        pdf = self.directory / f"{verb}.pdf"
        self.assertIn(wants, self.run_client("receipt", verb, RECEIPT, "-o", pdf, *more).stderr)
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
        self.paper |= dict(owner_phone="13800001234", consented="个人信息处理告知 privacy notice", fee_basis="减免依据 waived by 315",
                           tests=[dict(item_number=1, parameters="金 gold、银 silver", standard="GB/T 18043-2013", title_zh="首饰",
                                       method_zh="X射线荧光光谱法", judged_by="GB 11887-2012", rule_no=1)],
                           rules=[dict(rule_no=1, zh="简单接受", en="simple acceptance")])
        words = self.words(self.make("agreement"))
        for text in ("国家首饰检验中心", "委托检测协议书", RECEIPT, ITEM, "王小明 13800001234", "GB/T 18043-2013", "GB 11887-2012", "金 gold、银 silver",
                     "(1)：简单接受。 simple acceptance", "无损", "免费 free of charge（减免依据 waived by 315）", "检毕退还", "王小明 短信",
                     "个人信息", "委托方（签字）", "受理人（签字、盖章）"):
            self.assertIn(text, words)

    def test_away_from_the_server_it_is_the_desk_that_counts_and_the_paper_says_so(self):
        self.server.answers["DeskService.RecordPrints"] = lambda request, context: context.abort(grpc.StatusCode.UNAVAILABLE, "away")
        words = self.words(self.make("agreement", wants="counted at this desk"))
        self.assertIn("本台计数 counted here", words)
        self.assertIn("王**", words)
        self.assertIn("补打 reprint 1 本台计数 counted here", self.words(self.make("agreement")))

    def test_a_ticket_s_slip_has_its_number_rule_and_code(self):
        pdf = self.directory / "ticket.pdf"
        self.run_client("ticket", "print", "J012", "--laboratory", "JEW", "-o", pdf)
        for text in ("J012", "首饰", "预约2、现场1轮流叫号"):
            self.assertIn(text, self.words(pdf))
        self.assertEqual(read_zbar(self.pages(pdf)[0]), [f"https://{self.address}/q#7K3M9QX2"])
        self.run_client("ticket", "print", "J012", "--laboratory", "JEW", "--reason", "lost")
        self.assertIn(b"/q#7K3M9QX2", self.printer.printed[0])

    def test_the_longest_rule_stands_whole_on_the_slip(self):
        zh = "长者优先；依次叫现场号，无现场号时叫预约号；一方无人等候时，由另一方递补。"
        en = "Elders first. Walk-ins first, then booked; where nobody waits, the others go on."
        self.server.answers["DeskService.RecordPrints"] = lambda request, context: self.message("RecordPrintsResponse", ticket=dict(
            ticket_no="J012", ticket_code="7K3M9QX2", rule_zh=zh, rule_en=en, taken_local="2026-12-01 04:01"))
        pdf = self.directory / "ticket.pdf"
        self.run_client("ticket", "print", "J012", "--laboratory", "JEW", "-o", pdf)
        words = re.sub(r"\s", "", self.words(pdf))
        for told in (zh, en, "2026-12-01 04:01"):
            self.assertIn(told.replace(" ", ""), words)

    def test_many_items_go_over_pages_that_are_numbered(self):
        many = [self.item | dict(name=f"戒指{number}") for number in range(20)]
        self.paper["items"] = [dict(number=number, name=f"戒指{number}", condition="好" * 40) for number in range(20)]
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
        self.run_client("receipt", "print", RECEIPT, "-o", self.directory / "again.pdf", expect=6)
        self.assertIn("补打 reprint 1", self.words(self.make("print", "--reason", "lost")))

    def test_a_document_goes_to_lp_as_a_pdf(self):
        folder = self.directory / "bin"
        folder.mkdir()
        (folder / "lp").write_text(f"#!/bin/sh\necho \"$@\" > {self.directory}/words\ncat > {self.directory}/got.pdf\necho request id is office-1\n")
        (folder / "lp").chmod(0o755)
        told = self.run_client("receipt", "print", RECEIPT, "--printer", "office", environment={"PATH": f"{folder}:/usr/bin:/bin"}).stderr
        self.assertIn("printed: 1", told)
        self.assertEqual((self.directory / "words").read_text(), f"-t receipt {RECEIPT} -d office\n")
        self.assertIn("收样回执", self.words(self.directory / "got.pdf"))
