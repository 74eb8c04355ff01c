# SPDX-License-Identifier: Apache-2.0
"""What the desk prints, and how its printer is: the real client, the real daemon, a printer of the test's own."""
import os
import re

from tests.desk.case import DeskCase


class Printing(DeskCase):
    def setUp(self):
        super().setUp()
        self.connect_printer()

    def shot(self, terminal, name):
        if os.environ.get("TOUCHSTONE_SHOTS"):
            with open(f"{os.environ['TOUCHSTONE_SHOTS']}/{name}.txt", "w", encoding="utf-8") as file:
                file.write(terminal.screen())

    def at_receipt(self, **options):
        """The receipt of one ring on the screen, and what was taken in."""
        receipt = self.known()
        terminal = self.open(**options)
        terminal.type(receipt.receipt_no)
        terminal.key("Enter")
        terminal.until(receipt.receipt_no, receipt.items[0].item_code)
        return receipt, terminal

    def prints(self, number):
        return [(one.copy, one.reason) for one in self.people["AUDITOR"]("DeskService.ListPrints", number=number).prints]

    def label_codes(self):
        return [re.search(rb"\^FD(?:>:)?([A-Z0-9-]+)\^FS", label[label.index(b"^BC"):]).group(1).decode() for label in self.printer.printed]

    def test_the_labels_of_a_receipt_are_printed_by_two_keys_and_again_only_with_a_reason(self):
        receipt, terminal = self.at_receipt()
        code = receipt.items[0].item_code
        terminal.until("打印机 就绪")
        terminal.key("C-l")
        terminal.until("打印（打印过的须写明原因")
        self.shot(terminal, "print-dialog")
        terminal.key("Right", "F8")
        terminal.until(f"已打印 {receipt.receipt_no}")
        self.assertEqual(self.label_codes(), [receipt.receipt_no, code])
        terminal.key("C-l", "Right", "F8")
        terminal.until("写明原因再打")
        terminal.type("污损")
        terminal.key("F8")
        terminal.until(f"已打印 {receipt.receipt_no}")
        self.assertEqual(len(self.printer.printed), 4)
        self.assertEqual(self.prints(code), [(1, ""), (2, "污损")])

    def test_out_of_paper_is_seen_kept_and_printed_by_one_key_once_paper_is_in(self):
        self.printer.paper_out = True
        receipt, terminal = self.at_receipt()
        terminal.until("打印机 !缺纸")
        terminal.key("Enter")
        terminal.until("声明价值")
        terminal.key("C-l")
        terminal.until("补打原因")
        terminal.key("F8")
        terminal.until("Ctrl-R 续打")
        terminal.until("待打 1")
        self.shot(terminal, "print-kept")
        terminal.key("F2")
        terminal.until("printer !out of paper 1 wait")
        terminal.key("F2")
        self.printer.mend()
        terminal.until("打印机 就绪")
        terminal.key("C-r")
        terminal.until("打印机 就绪", without=("待打",))
        self.assertEqual(self.label_codes(), [receipt.items[0].item_code])

    def test_an_intake_prints_its_labels_by_itself_and_its_receipt_where_papers_have_a_printer(self):
        self.program_in_path("lp", f"echo \"$@\" > {self.directory}/words\ncat > {self.directory}/got.pdf\necho request id is office-1\n")
        self.environment["TOUCHSTONE_PAPER"] = "office"
        self.known()
        terminal = self.open(columns=160, rows=50)
        terminal.type("1234")
        terminal.key("Enter")
        terminal.until("138****1234")
        terminal.key("Enter")
        terminal.until("样品 1 / 1", "贵金属成色筛查")
        terminal.type_item()
        terminal.accept()
        shown = terminal.until("已打印 D1-")
        number = re.search(r"D1-\d\d-\d{6}", shown).group()
        terminal.until(f"打印机 {self.printer.name} 就绪")
        self.assertEqual(self.label_codes()[0], number)
        terminal.wait(lambda: (self.directory / "got.pdf").exists() and self.prints(number)[-1:] == [(1, "")])
        self.assertIn("-d office", (self.directory / "words").read_text())

    def test_a_desk_without_a_printer_says_how_to_name_one(self):
        self.environment.pop("TOUCHSTONE_PRINTER")
        _, terminal = self.at_receipt(english=True)
        terminal.until("printer none")
        terminal.key("C-l", "Right", "F8")
        terminal.until("No label printer is set", "profile set")
