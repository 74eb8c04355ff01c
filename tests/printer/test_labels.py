# SPDX-License-Identifier: Apache-2.0
"""Labels on a printer, in a PDF and as a preview; what a printer without paper left over; names that are commands."""
import os
import pty
import re
import tty

from tests.client.commands import ITEM
from tests.printer.case import RECEIPT, PrinterCase, read_matrix, read_zbar, texts
from tests.printer.printer import Printer


class Labels(PrinterCase):
    def test_a_label_is_printed_after_the_printer_was_asked_how_it_is_and_nothing_is_kept(self):
        told = self.run_client("label", "print", ITEM).stderr
        self.assertIn("printed: 1", told)
        self.assertEqual(len(self.printer.printed), 1)
        self.assertTrue(self.printer.seen.startswith(b"~HS"))
        self.assertGreaterEqual(self.printer.seen.count(b"~HS"), 2)
        label = self.printer.printed[0]
        self.assertRegex(label, rb"\^BCN,\d+,N,N,N\^FD" + ITEM.encode() + rb"\^FS")
        self.assertRegex(label, rb"\^BXN,\d+,200\^FD" + ITEM.encode() + rb"\^FS")
        self.assertEqual(self.kept(), "")

    def test_letters_that_the_printer_lacks_come_as_a_bitmap(self):
        self.run_client("label", "print", ITEM)
        total, stride, bits = re.search(rb"\^GFA,(\d+),\d+,(\d+),([0-9A-F]+)\^FS", self.printer.printed[0]).groups()
        self.assertEqual(len(bits), 2 * int(total))
        self.assertEqual(int(total) % int(stride), 0)
        self.assertIn(b"F", bits)
        self.assertNotIn("戒指".encode(), self.printer.seen)

    def test_the_codes_of_the_pdf_and_of_the_preview_are_read_back(self):
        pdf, preview = self.directory / "label.pdf", self.directory / "preview.png"
        self.run_client("label", "print", ITEM, "-o", pdf)
        self.run_client("label", "preview", ITEM, "-o", preview)
        for picture in (*self.pages(pdf), preview):
            with self.subTest(picture=picture.name):
                self.assertIn(ITEM, read_zbar(picture))
                self.assertEqual(read_matrix(picture), ITEM)
        self.assertEqual(pdf.stat().st_mode & 0o777, 0o600)

    def test_a_name_that_is_a_command_is_only_a_name(self):
        for name in ("^XA~JR^XZ", "~JR", "_5EXA_7EJR", "a^FS^XZ~DYE:X.GRF", "戒指^XA~JR^XZ", "x\u202e~JA\u0007", "\\&^CC~"):
            with self.subTest(name=name):
                self.item["name"] = self.item["seal_no"] = name
                self.copies.clear()
                before = len(self.printer.seen)
                self.run_client("label", "print", ITEM)
                sent = self.printer.seen[before:].replace(b"~HS\r\n", b"")
                self.assertEqual((sent.count(b"^XA"), sent.count(b"^XZ"), sent.count(b"~")), (1, 1, 0))
                self.assertEqual(set(re.findall(rb"\^[A-Z][A-Z0-9]", sent)) - {b"^XA", b"^XZ", b"^CI", b"^LH", b"^PW", b"^LL", b"^FO", b"^A0",
                                 b"^FH", b"^FD", b"^FS", b"^GF", b"^BY", b"^BC", b"^BX", b"^PQ"}, set())

    def test_a_short_plain_name_is_printed_in_the_printer_s_letters_to_the_sign(self):
        self.item["name"] = "a_^~b"
        self.run_client("label", "print", ITEM)
        self.assertIn("a_^~b", texts(self.printer.printed[0]))

    def test_a_code_that_no_printer_takes_is_refused(self):
        self.item["item_code"] = "7K3^XA~JR"
        told = self.run_client("label", "print", ITEM, expect=2).stderr
        self.assertIn("a code takes letters, digits", told)
        self.assertEqual((self.printer.printed, self.kept()), ([], ""))

    def test_out_of_paper_is_told_and_the_label_is_printed_later_once(self):
        self.printer.paper_out = True
        told = self.run_client("label", "print", ITEM, expect=1).stderr
        self.assertIn("the printer is out of paper", told)
        self.assertIn("touchstone print resume", told)
        self.assertIn(f"item {ITEM}", self.kept())
        self.assertIn("out of paper", self.run_client("print", "state").stdout)
        self.run_client("print", "resume", expect=1)
        self.printer.mend()
        self.run_client("print", "resume")
        self.assertEqual((len(self.printer.printed), self.kept()), (1, ""))

    def test_paper_that_ends_under_way_prints_no_label_twice(self):
        self.printer.paper_left = 1
        told = self.run_client("label", "bag", RECEIPT, expect=1).stderr
        self.assertIn("printed: 1", told)
        self.assertEqual(self.printer.held, [])
        self.printer.mend()
        self.run_client("print", "resume")
        self.assertEqual(len(self.printer.printed), 2)
        self.assertIn(RECEIPT.encode(), self.printer.printed[0])
        self.assertIn(ITEM.encode(), self.printer.printed[1])

    def test_an_open_head_is_told_in_chinese_too(self):
        self.printer.head_up = True
        told = self.run_client("label", "print", ITEM, expect=1, environment={"LANG": "zh_CN.UTF-8"}).stderr
        self.assertIn("打印头未合上", told)

    def test_offline_the_label_is_kept_and_another_printer_prints_it(self):
        self.printer.close()
        told = self.run_client("label", "print", ITEM, expect=1).stderr
        self.assertIn("the printer is offline", told)
        other = Printer()
        self.addCleanup(other.close)
        self.run_client("print", "resume", "--printer", other.name)
        self.assertEqual((len(other.printed), self.kept()), (1, ""))

    def test_one_printer_that_stands_still_does_not_stop_another(self):
        self.printer.paper_out = True
        self.run_client("label", "print", ITEM, expect=1)
        other = Printer()
        self.addCleanup(other.close)
        self.run_client("label", "print", ITEM, "--printer", other.name, "--reason", "the other printer stands still")
        self.assertEqual((len(other.printed), self.kept().count(ITEM)), (1, 1))

    def test_a_printer_that_does_not_answer_prints_nothing(self):
        self.printer.silent = True
        self.assertIn("does not answer", self.run_client("label", "print", ITEM, expect=1).stderr)
        self.assertEqual(self.printer.printed, [])

    def test_a_device_file_is_a_printer(self):
        near, far = pty.openpty()
        tty.setraw(far)
        self.addCleanup(os.close, far)
        printer = Printer(device=near)
        self.addCleanup(printer.close)
        self.run_client("label", "print", ITEM, "--printer", os.ttyname(far))
        self.assertEqual(len(printer.printed), 1)

    def test_what_is_asked_for_again_is_marked_and_a_preview_is_not_counted(self):
        pdf = self.directory / "label.pdf"
        self.run_client("label", "preview", ITEM, "-o", self.directory / "preview.png")
        self.run_client("label", "print", ITEM, "-o", pdf)
        self.assertNotIn("reprint", self.words(pdf))
        self.assertIn("--reason", self.run_client("label", "print", ITEM, "-o", pdf, expect=6).stderr)
        self.run_client("label", "print", ITEM, "-o", pdf, "--reason", "torn")
        self.assertIn("reprint 1", self.words(pdf))
        self.run_client("label", "print", ITEM, "-o", pdf, "--reason", "torn")
        self.assertIn("reprint 2", self.words(pdf))

    def test_the_laboratory_s_own_layout_is_used_and_its_mistake_named_by_line(self):
        own = self.directory / "config" / "touchstone" / "layouts" / "item.layout"
        own.parent.mkdir(parents=True)
        own.write_text(self.run_client("layout", "show", "item").stdout.replace("{laboratory}", "OURS"))
        self.run_client("label", "print", ITEM)
        self.assertTrue(any("OURS" in words for words in texts(self.printer.printed[0])) or b"^GFA" in self.printer.printed[0])
        own.write_text("page 50 30\ntext 1 1 : x\n")
        self.copies.clear()
        self.assertIn("line 2", self.run_client("label", "print", ITEM, expect=2).stderr)
