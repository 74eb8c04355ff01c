# SPDX-License-Identifier: Apache-2.0
"""Sheets as files and on paper: whole and checked, or not at all."""
import hashlib
import os
import stat

import grpc

from tests.client import details
from tests.client.case import Cutter, ServerCase

NO = "JEW-2026-000001"
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 1000 + b"%%EOF\n"


class Sheets(ServerCase):
    def setUp(self):
        super().setUp()
        self.sheet = {"sheet_no": NO, "pdf_bytes": len(PDF), "pdf_sha256": hashlib.sha256(PDF).hexdigest()}
        self.data, self.between = PDF, lambda at: None
        self.server.answers["SheetService.DownloadSheet"] = self.send
        self.out = self.directory / "sheet.pdf"

    def send(self, request, context):
        yield self.message("DownloadSheetResponse", sheet=self.sheet)
        for at in range(0, len(self.data), 65536):
            self.between(at)
            yield self.message("DownloadSheetResponse", data=self.data[at:at + 65536])

    def left_over(self):
        return sorted(path.name for path in self.directory.iterdir() if path.name.startswith(("sheet", NO)))

    def test_a_sheet_comes_whole(self):
        result = self.run_client("sheet", "fetch", NO, "-o", self.out)
        self.assertEqual((self.out.read_bytes(), result.stdout), (PDF, ""))
        self.assertEqual(self.server.calls[0].request.sheet_no, NO)
        self.assertEqual(self.left_over(), ["sheet.pdf"])

    def test_a_sheet_names_its_consumer_and_only_who_fetched_it_reads_the_file(self):
        self.run_client("sheet", "fetch", NO, "-o", self.out)
        self.run_client("sheet", "print", NO, "-o", self.directory / "sheet2.pdf")
        for path in (self.out, self.directory / "sheet2.pdf"):
            self.assertEqual(path.stat().st_mode & 0o777, 0o600)

    def test_what_is_not_to_be_handed_out_is_told(self):
        self.assertNotIn("hand it to nobody", self.run_client("sheet", "fetch", NO, "-o", self.out).stderr)
        for standing, told in (({"superseded_by": 1}, "this revision is SUPERSEDED by 1: hand it to nobody"),
                               ({"superseded_by": 1, "withdrawn_at": {"seconds": 1785542400}}, "this sheet is WITHDRAWN: hand it to nobody")):
            self.sheet.update(standing)
            for verb in ("fetch", "print"):
                self.assertIn(told, self.run_client("sheet", verb, NO, "-o", self.out).stderr)
                self.assertEqual(self.out.read_bytes(), PDF)

    def test_without_a_name_the_number_is_the_name(self):
        self.run_client("sheet", "fetch", NO)
        self.assertEqual((self.directory / f"{NO}.pdf").read_bytes(), PDF)
        self.run_client("sheet", "fetch", "../../etc/x", expect=2)

    def test_standard_output_gets_it_after_it_was_checked(self):
        result = self.run_client("sheet", "fetch", NO, "-o", "-", errors="surrogateescape")
        self.assertEqual(os.fsencode(result.stdout), PDF.replace(b"\r\n", b"\n").replace(b"\r", b"\n"))

    def refused(self):
        self.out.write_bytes(b"the old one")
        told = self.run_client("sheet", "fetch", NO, "-o", self.out, expect=1).stderr
        self.assertIn("is not the sheet", told)
        self.assertEqual(self.out.read_bytes(), b"the old one")
        self.assertEqual(self.left_over(), ["sheet.pdf"])
        self.assertEqual(self.run_client("sheet", "fetch", NO, "-o", "-", expect=1).stdout, "")

    def test_one_flipped_bit_is_refused_and_the_old_file_stays(self):
        self.data = PDF[:500] + bytes([PDF[500] ^ 1]) + PDF[501:]
        self.refused()

    def test_one_byte_more_or_less_is_refused(self):
        self.data = PDF[:-1]
        self.refused()
        self.data = PDF + b"\n"
        self.refused()

    def test_a_hash_that_is_not_there_is_refused(self):
        self.sheet["pdf_sha256"] = ""
        self.refused()

    def test_a_cut_stream_is_begun_anew(self):
        cutter = Cutter(self.server.port)
        self.addCleanup(cutter.stop)
        self.use(cutter.port)
        cuts = []

        def cut_once(at):
            if at == 131072 and not cuts:
                cuts.append(at)
                cutter.cut()
        self.between = cut_once
        self.run_client("sheet", "fetch", NO, "-o", self.out)
        self.assertEqual((self.out.read_bytes(), len(self.server.calls)), (PDF, 2))

    def test_a_sheet_that_is_not_there_is_not_found(self):
        self.server.answers["SheetService.DownloadSheet"] = lambda request, context: details.refuse(
            grpc.StatusCode.NOT_FOUND, "There is no such sheet.")(request, context) or iter(())
        self.run_client("sheet", "fetch", NO, "-o", self.out, expect=3)
        self.assertEqual(self.left_over(), [])

    def test_a_folder_that_is_not_there_is_told(self):
        told = self.run_client("sheet", "fetch", NO, "-o", "none/sheet.pdf", expect=1).stderr
        self.assertIn("cannot write none/sheet.pdf", told)
        self.assertNotIn("daemon", told)

    def test_only_an_ordinary_file_is_replaced(self):
        os.mkfifo(self.out)
        told = self.run_client("sheet", "fetch", NO, "-o", self.out, expect=2).stderr
        self.assertIn("is no ordinary file", told)
        self.assertTrue(stat.S_ISFIFO(self.out.stat().st_mode))
        self.assertIn("is a folder", self.run_client("sheet", "fetch", NO, "-o", self.directory, expect=2).stderr)
        self.assertEqual(self.left_over(), ["sheet.pdf"])

    def printer(self, script):
        folder = self.directory / "bin"
        folder.mkdir()
        program = folder / "lp"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        return {"PATH": f"{folder}:{os.environ['PATH']}"}

    def test_printing_hands_the_sheet_to_lp(self):
        environment = self.printer(f"printf '%s ' \"$@\" >{self.directory}/words; cat >{self.directory}/printed")
        self.run_client("sheet", "print", NO, environment=environment)
        self.assertEqual((self.directory / "printed").read_bytes(), PDF)
        self.assertEqual((self.directory / "words").read_text(), f"-t {NO} ")
        self.run_client("sheet", "print", NO, "--printer", "desk1", environment=environment)
        self.assertEqual((self.directory / "words").read_text(), f"-t {NO} -d desk1 ")

    def test_a_printer_that_fails_is_told(self):
        told = self.run_client("sheet", "print", NO, environment=self.printer("exit 1"), expect=1).stderr
        self.assertIn("lp failed; the sheet is not printed", told)

    def test_without_lp_it_says_what_to_do(self):
        told = self.run_client("sheet", "print", NO, environment={"PATH": str(self.directory)}, expect=1).stderr
        self.assertIn("lp is not installed", told)
        self.assertIn("--output FILE", told)

    def test_printing_into_a_file(self):
        self.run_client("sheet", "print", NO, "--output", self.out, environment={"PATH": str(self.directory)})
        self.assertEqual(self.out.read_bytes(), PDF)
