# SPDX-License-Identifier: Apache-2.0
"""Labels by way of CUPS, with its own scheduler; and without it, with programs that only look like it."""
import os
import unittest

from tests.client.commands import ITEM
from tests.printer.case import RECEIPT, PrinterCase
from tests.printer.cups import SCHEDULER, Cups


@unittest.skipUnless(os.path.exists(SCHEDULER), "CUPS (package cups-daemon) is not installed here")
class Scheduled(PrinterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cups = Cups()
        cls.addClassCleanup(cls.cups.close)

    def setUp(self):
        super().setUp()
        self.addCleanup(self.cups.clear)
        self.environment |= self.cups.environment | {"TOUCHSTONE_PRINTER": "cups:zebra"}

    def jobs(self):
        return self.cups.ask("lpstat", "-W", "not-completed", "-o").stdout

    def test_a_label_goes_raw_and_is_out_when_the_client_says_so(self):
        self.assertIn("printed: 1", self.run_client("label", "print", ITEM).stderr)
        printed = self.cups.printed()
        self.assertEqual(len(printed), 1)
        self.assertTrue(printed[0].startswith(b"^XA") and printed[0].endswith(b"^XZ\n") and ITEM.encode() in printed[0])
        self.assertEqual(self.kept(), "")

    def test_a_printer_without_zpl_gets_the_drawn_label(self):
        self.run_client("label", "print", ITEM, "--printer", "cups:office:picture")
        self.assertTrue(self.cups.printed()[0].startswith(b"%PDF"))

    def test_out_of_paper_is_told_the_label_kept_and_printed_once_when_paper_is_in(self):
        self.cups.empty(True)
        told = self.run_client("label", "print", ITEM, expect=1).stderr
        self.assertIn("the printer is out of paper", told)
        self.assertIn("touchstone print resume", told)
        self.assertEqual((self.jobs(), self.cups.printed()), ("", []))
        self.assertIn(f"item {ITEM}", self.kept())
        self.assertIn("打印机缺纸", self.run_client("print", "state", environment={"LANG": "zh_CN.UTF-8"}).stdout)
        self.cups.empty(False)
        self.run_client("print", "resume")
        self.assertEqual((len(self.cups.printed()), self.kept()), (1, ""))

    def test_a_paused_printer_gets_nothing(self):
        self.cups.ask("/usr/sbin/cupsdisable", "zebra", check=True)
        self.assertIn("the printer is paused", self.run_client("label", "print", ITEM, expect=1).stderr)
        self.assertEqual(self.jobs(), "")
        self.cups.ask("/usr/sbin/cupsenable", "zebra", check=True)
        self.run_client("print", "resume")
        self.assertEqual(len(self.cups.printed()), 1)

    def test_a_label_that_cups_gives_up_stays(self):
        (self.cups.out / "broken").touch()
        self.run_client("label", "print", ITEM, expect=1)
        self.assertIn(f"item {ITEM}", self.kept())

    def test_a_printer_that_cups_does_not_know_is_told(self):
        self.assertIn("knows no such printer", self.run_client("label", "print", ITEM, "--printer", "cups:nosuch", expect=1).stderr)

    def test_a_document_is_cups_s_once_it_has_it(self):
        self.cups.empty(True)
        self.assertIn("printed: 1", self.run_client("receipt", "print", RECEIPT, "--printer", "office").stderr)
        self.assertIn("office-", self.jobs())
        self.cups.empty(False)
        self.cups.wait(lambda: len(self.cups.printed()) == 1)
        self.assertTrue(self.cups.printed()[0].startswith(b"%PDF"))


class Pretended(PrinterCase):
    """Programs of the test's own in the place of CUPS's: what stands in a folder is what they say."""

    def setUp(self):
        super().setUp()
        self.folder = self.directory / "bin"
        self.folder.mkdir()
        self.environment |= {"PATH": str(self.folder), "TOUCHSTONE_PRINTER": "cups:zebra"}
        self.says("lpstat", "printer zebra is idle.  enabled since today")
        self.says("cancel", "")

    def says(self, program, text, code=0, more=""):
        path = self.folder / program
        path.write_text(f"#!/bin/sh\n{more}echo '{program}' \"$@\" >> {self.directory}/asked\nprintf '%s\\n' '{text}'\nexit {code}\n")
        path.chmod(0o755)

    def asked(self):
        return (self.directory / "asked").read_text()

    def test_without_cups_the_label_is_kept_and_the_way_out_is_told(self):
        for program in ("lp", "lpstat", "cancel"):
            (self.folder / program).unlink(missing_ok=True)
        self.assertIn("not installed here", self.run_client("label", "print", ITEM, expect=1).stderr)
        self.assertIn(f"item {ITEM}", self.kept())

    def test_the_words_for_lp_are_single_words(self):
        self.says("lp", "request id is zebra-7 (1 file(s))")
        self.run_client("label", "print", ITEM)
        self.assertIn(f"lp -t item {ITEM} -d zebra -o raw\n", self.asked())

    def test_a_cover_that_opens_while_it_prints_takes_the_label_back(self):
        self.says("lp", "request id is zebra-7 (1 file(s))", more=f"cat > /dev/null\nprintf '#!/bin/sh\\necho \"printer zebra now printing "
                  f"zebra-7.\"\\necho \"\tAlerts: cover-open\"\\necho \"zebra-7   reception  1024\"\\n' > {self.folder}/lpstat\n")
        self.environment["PATH"] = f"{self.folder}:/usr/bin:/bin"
        self.assertIn("cover is open", self.run_client("label", "print", ITEM, expect=1).stderr)
        self.assertIn("cancel zebra-7", self.asked())
        self.assertIn(f"item {ITEM}", self.kept())

    def test_a_name_that_is_an_option_is_refused(self):
        for name in ("cups:-o", "cups:", "cups:a b", "cups:a/b"):
            with self.subTest(name=name):
                self.assertIn("names no printer", self.run_client("label", "print", ITEM, "--printer", name, expect=2).stderr)
        self.assertEqual(self.copies, {})


if __name__ == "__main__":
    unittest.main()
