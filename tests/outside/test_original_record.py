# SPDX-License-Identifier: Apache-2.0
"""Original records: a form by method and day, files attached and struck out, everything of a test on paper, prints that are
counted and give the same bytes; and what two read apart stays apart."""
import contextlib
import hashlib
import json
import subprocess
import unittest

import psycopg2

from tests.outside.case import Outside
from tests.outside.domains import DomainCase
from tests.outside.world import READINGS, instrument_layout, picture
from tests.support.daemon import key

CSV = "energy,counts\n9.71,18200\n".encode()


def text_of(pdf):
    return subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()


class Records(Outside):
    @property
    def technician(self):
        return self.people["TECHNICIAN"]

    def record(self, test, who="REVIEWER"):
        return self.people[who]("RecordService.GetOriginalRecord", test_id=test.test_id).record

    def attach(self, test, name="spectrum.png", content=None, **more):
        return self.technician("RecordService.AttachFile", test_id=test.test_id, name=name,
                               content=picture(40, 20) if content is None else content, **more).attachment

    def printed(self, test, who="QUALITY"):
        made = self.people[who]("RecordService.PrintOriginalRecord", test_id=test.test_id)
        return made, self.download(test, made.print_no)

    def download(self, test, number, who="AUDITOR"):
        return b"".join(piece.data for piece in self.people[who](
            "RecordService.DownloadOriginalRecord", test_id=test.test_id, print_no=number))

    def form(self, **fields):
        return self.people["QUALITY"]("RecordService.SetForm", **dict(
            dict(laboratory="JEW", form_no="JEW-QR-001", edition="A/0", effective_from="2020-01-01", title_zh="检测原始记录",
                 reason="management review"), **fields)).form

    def test_everything_of_a_test_stands_in_its_record(self):
        fitness = dict(self.world.fitness("FITNESS_KIND_CALIBRATION", "XRF-01"), evidence="certificate 881")
        self.people["MANAGER"]("FitnessService.RecordFitness", **fitness)
        test = self.world.entered()
        self.technician("FitnessService.UseReagents", test_id=test.test_id, version=test.version, lots=[self.world.lot()])
        test = self.technician("BenchService.SubmitTest", test_id=test.test_id, version=test.version).test
        test = self.technician("BenchService.EnterResult", test_id=test.test_id, version=test.version, expanded_uncertainty="2.0",
                               readings=[dict(value="753.0"), dict(value="753.1"), dict(value="753.2")], instrument="XRF-01",
                               temperature_c="22.0", humidity_percent="40", reason="digits were swapped").test
        test = self.technician("BenchService.SubmitTest", test_id=test.test_id, version=test.version).test
        self.people["REVIEWER"]("ReviewService.ApproveTest", test_id=test.test_id, version=test.version, comment="checked")
        record = self.record(test)
        self.assertEqual([reading.value for reading in record.readings], ["753.0", "753.1", "753.2"])
        self.assertEqual((record.entry.temperature_c, record.entry.humidity_percent, record.draft), ("22.0", "40", False))
        self.assertEqual([(one.name, one.evidence, one.state_en) for one in record.instruments],
                         [("XRF-01", "certificate 881", "valid")])
        self.assertEqual((record.calculation.rounded, record.judgement.mean, record.judgement.verdict), ("753.1", "753.1", "pass"))
        self.assertIn("interval 0.1", record.calculation.rounding_en)
        self.assertTrue(record.calculation.steps and record.calculation.expression)
        self.assertIn("GB 11887", record.judgement.standard)
        change = record.changes[0]
        self.assertEqual((change.kind_en, change.reason), ("changed after submission", "digits were swapped"))
        self.assertIn("753.4 (shank), 753.1 (shank), 753.9 (setting)", change.old_result)
        self.assertIn("753.0, 753.1, 753.2", change.new_result)
        self.assertEqual([act.act_en for act in record.acts], ["entered", "submitted", "opened again", "entered", "submitted", "approved"])
        self.assertIn("(technician)", record.acts[0].name)
        self.assertEqual(record.acts[-1].note, "checked")
        self.assertEqual(len(record.item.photo_sha256), 64)

    def test_a_form_is_that_of_the_method_before_that_of_the_laboratory_and_of_the_day_of_the_entry(self):
        test = self.world.entered()
        self.assertEqual(self.record(test).form.form_no, "")
        _, pdf = self.printed(test)
        self.assertIn("未指定受控表格编号", text_of(pdf))
        self.form()
        self.assertEqual((self.record(test).form.form_no, self.record(test).form.edition), ("JEW-QR-001", "A/0"))
        self.form(form_no="JEW-QR-031", edition="A/3", method_id="M_XRF")
        self.form(form_no="JEW-QR-031", edition="B/0", method_id="M_XRF", effective_from="2099-01-01")
        self.assertEqual((self.record(test).form.form_no, self.record(test).form.edition), ("JEW-QR-031", "A/3"))
        _, pdf = self.printed(test)
        for number in range(1, text_of(pdf).count("\f") + 1):
            page = subprocess.run(["pdftotext", "-f", str(number), "-l", str(number), "-", "-"], input=pdf, capture_output=True,
                                  check=True).stdout.decode()
            self.assertIn("JEW-QR-031 版次 Edition A/3", " ".join(page.split()))
            self.assertIn(test.test_id, page)
        self.form(method_id="M_XRF", withdrawn=True, form_no="", edition="")
        self.assertEqual(self.record(test).form.form_no, "JEW-QR-001")
        listed = self.people["TECHNICIAN"]("RecordService.ListForms", laboratory="JEW").forms
        self.assertEqual([form.withdrawn for form in listed[:4]], [True, False, False, False])
        self.form(withdrawn=True, form_no="", edition="")
        for changes, field in ((dict(form_no=""), "form_no"), (dict(edition=""), "edition"), (dict(effective_from="2026-02-30"), "effective_from"),
                               (dict(method_id="M_NONE"), "method_id")):
            with self.ends_in("INVALID_ARGUMENT") as refusal:
                self.form(**changes)
            self.assertIn(field, refusal[0].fields)

    def test_files_are_kept_with_their_hash_and_what_does_not_count_is_struck_out(self):
        test = self.world.claimed()
        spectrum, export = self.attach(test, caption="spectrum of the shank"), self.attach(test, "run7.csv", CSV)
        self.assertEqual((spectrum.media_type, export.media_type, export.size), ("image/png", "text/csv", str(len(CSV))))
        self.assertEqual(export.sha256, hashlib.sha256(CSV).hexdigest())
        got = self.people["AUDITOR"]("RecordService.GetAttachment", attachment_id=export.attachment_id)
        self.assertEqual((got.content, got.attachment.name), (CSV, "run7.csv"))
        with self.ends_in("ALREADY_EXISTS", "FILE_PRESENT"):
            self.attach(test, "again.csv", CSV)
        struck = self.technician("RecordService.StrikeAttachment", attachment_id=spectrum.attachment_id, reason="wrong ring").attachment
        self.assertEqual((struck.struck_reason, struck.picture), ("wrong ring", False))
        with self.ends_in("FAILED_PRECONDITION", "STRUCK_OUT"):
            self.technician("RecordService.StrikeAttachment", attachment_id=spectrum.attachment_id, reason="once more")
        self.attach(test)  # the same bytes, once struck out, may come again
        self.assertEqual([(one.name, one.struck_reason) for one in self.record(test).attachments],
                         [("spectrum.png", "wrong ring"), ("run7.csv", ""), ("spectrum.png", "")])

    def test_after_submission_nothing_is_attached_and_after_the_sheet_nothing_is_struck_out(self):
        test = self.world.entered()
        kept = [self.attach(test, f"note{n}.txt", f"note {n}".encode()) for n in range(2)]
        test = self.technician("BenchService.SubmitTest", test_id=test.test_id, version=test.version).test
        with self.ends_in("FAILED_PRECONDITION", "TEST_NOT_OPEN"):
            self.attach(test)
        self.technician("RecordService.StrikeAttachment", attachment_id=kept[0].attachment_id, reason="of another item")
        self.assertEqual(self.daemon.sql("select from_state from lab.attachment_strike where attachment_id = %s",
                                         kept[0].attachment_id), [("submitted",)])
        test = self.people["REVIEWER"]("ReviewService.ApproveTest", test_id=test.test_id, version=test.version).test
        from tests.support.daemon import PASSWORD
        item = self.world.item(test.item_code)
        self.people["SIGNATORY"]("SheetService.ReleaseSheet", item_code=item.item_code, version=item.version, password=PASSWORD,
                                 meaning="approved for issue")
        with self.ends_in("FAILED_PRECONDITION", "SHEET_ISSUED"):
            self.technician("RecordService.StrikeAttachment", attachment_id=kept[1].attachment_id, reason="of another item")
        self.assertFalse(self.record(test).draft)

    def test_bytes_that_are_no_picture_and_no_text_are_refused_and_the_renderer_lives(self):
        test = self.world.claimed()
        broken = bytearray(picture(60, 60))
        broken[60:70] = b"\xff" * 10
        for name, content in (("a.png", bytes(broken)), ("b.png", picture()[:40]), ("c.jpg", b"\xff\xd8\xff" + b"\0" * 200),
                              ("d.bin", b"\x7fELF\0\0"), ("e.pdf", b"%PDF-1.4 "), ("f.txt", "读数".encode("gb18030")),
                              ("signature.png", b"\x89PNG\r\n\x1a\n"), ("signature.jpg", b"\xff\xd8\xff")):
            with self.subTest(name=name), self.ends_in("INVALID_ARGUMENT") as refusal:
                self.attach(test, name, content)
            self.assertIn("content", refusal[0].fields)
        with self.ends_in("INVALID_ARGUMENT"):
            self.attach(test, content=b"x" * (3 * 1024 * 1024 + 1), name="large.txt")
        self.assertEqual(self.attach(test, "good.png").media_type, "image/png")
        self.assertEqual(len(self.record(test).attachments), 1)

    def test_words_that_no_font_has_are_refused_with_the_file_and_named(self):
        test = self.world.claimed()
        for content in (picture(20, 20), CSV):
            for fields, field, code in ((dict(caption="bright \U0001F600"), "caption", "U+1F600"),
                                        (dict(name="\U0001F48D.png"), "name", "U+1F48D"),
                                        (dict(caption="\u2764\ufe0f"), "caption", "U+2764")):
                with self.subTest(fields=fields), self.ends_in("INVALID_ARGUMENT") as refusal:
                    self.attach(test, content=content, **fields)
                self.assertEqual(list(refusal[0].fields), [field])
                self.assertIn(code, refusal[0].fields[field])
                self.assertIn("say it in words", refusal[0].fields[field])
        self.assertEqual(len(self.record(test).attachments), 0)
        self.attach(test, "谱图 ≥ 5 ‰.png", caption="㐀㙟 spectrum of the shank, 21 ℃")

    def test_other_words_that_no_font_has_are_printed_by_their_code_points_and_kept_as_they_are(self):
        test = self.world.claimed()
        test = self.technician("BenchService.EnterResult", test_id=test.test_id, version=test.version, expanded_uncertainty="2.0",
                               readings=[dict(value=value, position="top \U0001F48D") for value in ("753.1", "753.2", "753.3")],
                               deviation="shorter \U0001F609 time", instrument="XRF \U0001F52C").test
        test = self.technician("BenchService.SubmitTest", test_id=test.test_id, version=test.version).test
        self.people["REVIEWER"]("ReviewService.SendBackTest", test_id=test.test_id, version=test.version, reason="look again \U0001F440")
        made, pdf = self.printed(test)
        text = " ".join(text_of(pdf).split())
        for wanted in ("top [U+1F48D]", "[U+1F609]", "[U+1F52C]", "[U+1F440]", "[U+…] is a character that the fonts lack"):
            self.assertIn(wanted, text)
        self.assertIn("shorter \U0001F609 time", self.record(test).entry.deviation)
        frozen = self.daemon.sql("select convert_from(record_bytes, 'UTF8') from lab.record_print where test_id = %s", test.test_id)
        self.assertIn("look again \U0001F440", frozen[0][0])
        self.assertEqual(self.download(test, made.print_no), pdf)

    def test_who_attaches_and_strikes(self):
        self.people["ADMINISTRATOR"].staff("technician3", ["TECHNICIAN"])
        other = self.daemon.log_in("technician3")
        test = self.world.claimed()
        with self.ends_in("PERMISSION_DENIED", "TEST_NOT_YOURS"):
            other("RecordService.AttachFile", test_id=test.test_id, name="a.txt", content=b"mine")
        kept = self.attach(test)
        with self.ends_in("PERMISSION_DENIED", "ATTACHMENT_NOT_YOURS"):
            other("RecordService.StrikeAttachment", attachment_id=kept.attachment_id, reason="because")

    def test_prints_are_counted_and_each_gives_its_bytes_again(self):
        test = self.world.entered()
        self.attach(test, "XRF spectrum.png", caption="谱图 of the shank")
        first, pdf = self.printed(test)
        self.assertEqual(pdf, self.download(test, 1))
        self.assertIn("草稿", text_of(pdf))
        test = self.technician("BenchService.SubmitTest", test_id=test.test_id, version=test.version).test
        self.people["REVIEWER"]("ReviewService.ApproveTest", test_id=test.test_id, version=test.version)
        asked = key()
        second = self.people["QUALITY"]("RecordService.PrintOriginalRecord", request_id=asked, test_id=test.test_id)
        again = self.people["QUALITY"]("RecordService.PrintOriginalRecord", request_id=asked, test_id=test.test_id)
        self.assertEqual((first.print_no, second.print_no, again), (1, 2, second))
        text = text_of(self.download(test, 2))
        for wanted in ("第2次打印", "Print 2", "753.4", "753.5", "shank", "GB 11887", "XRF spectrum.png", "谱图 of the shank", "符合",
                       "End of record", "23.1", test.test_id, "Specimen"):
            self.assertIn(wanted, text)
        self.assertNotIn("草稿", text)
        self.assertEqual(pdf, self.download(test, 1), "what was printed stays")
        self.assertEqual([one.print_no for one in self.record(test).prints], ["1", "2"])
        frozen = self.daemon.sql("select convert_from(record_bytes, 'UTF8'), encode(sha256, 'hex') from lab.record_print "
                                 "where test_id = %s and print_no = 2", test.test_id)[0]
        self.assertEqual(second.record_sha256, hashlib.sha256(frozen[0].encode()).hexdigest())
        self.assertEqual(second.record_sha256, frozen[1])
        self.assertEqual(json.loads(frozen[0])["prints"][1]["print_no"], "2")
        with self.ends_in("NOT_FOUND"):
            self.download(test, 3)

    def test_what_is_judged_anew_stands_among_the_changes(self):
        test = self.world.submitted()
        test = self.people["REVIEWER"]("ReviewService.SendBackTest", test_id=test.test_id, version=test.version, reason="look again").test
        self.technician("BenchService.SubmitTest", test_id=test.test_id, version=test.version)
        change = self.record(test).changes[0]
        self.assertEqual((change.kind_en, change.reason), ("judged anew", "look again"))
        self.assertIn("753.5", change.old_result)
        self.assertEqual(change.old_result, change.new_result)

    def test_nothing_entered_is_no_record(self):
        test = self.world.claimed()
        with self.ends_in("FAILED_PRECONDITION", "NOTHING_ENTERED"):
            self.printed(test)
        self.assertEqual(self.record(test).test.state, "assigned")

    def test_the_file_of_an_instrument_is_an_attachment_of_the_tests_that_it_gave_readings_to(self):
        profile = self.world.profile(**dict(instrument_layout(), rows_are_replicates=True))
        code = self.world.claimed().item_code
        content = f"Item,Code,Value\n{code},Au,75.31\n{code},Au,75.33\n{code},Au,75.35\n".encode()
        done = self.technician("InstrumentService.ImportFile", laboratory="JEW", profile=profile, content=content, name="run9.csv")
        test = self.technician("BenchService.GetTest", test_id=done.values[0].test_id).test
        record = self.record(test)
        self.assertEqual([(one.name, one.sha256) for one in record.attachments], [("run9.csv", done.file.sha256)])
        self.assertIn("run9.csv 行 line 2", record.readings[0].source)
        self.assertIn("75.31", record.readings[0].source)
        self.assertIn("run9.csv", text_of(self.printed(test)[1]))

    def test_a_worksheet_and_a_hold_stand_in_the_record(self):
        answer = self.world.worksheet_entered(2)
        test = next(position.test for position in answer.positions if position.test.test_id)
        record = self.record(test)
        self.assertEqual(record.worksheet.worksheet_no, answer.worksheet.worksheet_no)
        self.assertEqual({one.kind_en for one in record.worksheet.controls}, {"blank", "control", "duplicate", "spike"})
        self.assertEqual({one.outcome for one in record.worksheet.controls}, {"accepted"})
        test = self.world.entered()
        self.world.held(test.test_id)
        hold = self.record(test).holds[0]
        self.assertEqual((hold.of, hold.value, hold.measured_again, hold.nonconformities), (self.world.held_chart, "761.0", "", ""))
        text = text_of(self.printed(test)[1])
        self.assertIn("未放行", text)
        self.assertIn("Batch held: not released", text)
        self.assertIn("无重测记录", text, "a release that says otherwise would be seen")

    def test_a_retest_and_its_first_test_name_each_other(self):
        test = self.world.submitted()
        done = self.people["REVIEWER"]("ReviewService.OrderRetest", test_id=test.test_id, version=test.version, reason="the lamp was old")
        first, again = self.record(done.superseded), self.record(done.test)
        self.assertEqual((first.retests[0].test_id, first.retests[0].relation_en), (done.test.test_id, "repeat test"))
        self.assertEqual((again.retests[0].test_id, again.retests[0].relation_en), (test.test_id, "first test"))
        self.assertIn("753.5", again.retests[0].result)
        self.assertEqual((again.retests[0].ordered_by, again.retests[0].tested_by[:-17], again.retests[0].reviewed_by),
                         ("Reviewer (reviewer)", "Technician (technician)", ""))
        self.assertEqual([one.role_en for one in first.signatures], ["Tested and entered by", "Submitted by"])
        self.assertEqual(len(again.signatures), 0, "nobody has tested yet")
        text = text_of(self.printed(test)[1])
        self.assertIn("Superseded by the repeat test", text)
        self.assertIn("this verdict does not count", " ".join(text.split()))

    def test_a_long_text_is_printed_to_its_ceiling_and_says_so(self):
        test = self.world.claimed()
        long = "".join(f"{n};度数 {n}\r\n" for n in range(200))
        self.attach(test, "run.csv", long.encode())
        self.attach(test, "short.txt", b"\xef\xbb\xbfone\tline\n\nlast")
        self.attach(test, "wide.txt", ("宽" * 2000).encode())
        test = self.technician("BenchService.GetTest", test_id=test.test_id).test
        test = self.technician("BenchService.EnterResult", test_id=test.test_id, version=test.version, expanded_uncertainty="2.0",
                               readings=[dict(value=value) for value in ("753.1", "753.2", "753.3")]).test
        record = self.record(test)
        run, short, wide = record.attachments
        self.assertEqual((list(run.text), run.text_cut), (long.split("\r\n")[:60], True))
        self.assertEqual((list(short.text), short.text_cut), (["one line", "", "last"], False))
        self.assertEqual((list(wide.text), wide.text_cut), (["宽" * 240], True))
        text = text_of(self.printed(test)[1])
        self.assertIn("59;度数 59", text)
        self.assertNotIn("60;度数 60", text)
        self.assertEqual(text.count("cut here"), 2)

    def test_ninety_six_readings_print_over_pages(self):
        test = self.world.claimed()
        test = self.technician("BenchService.EnterResult", test_id=test.test_id, version=test.version, expanded_uncertainty="2.0",
                               readings=[dict(value=f"753.{n:02}", position=f"position {n}") for n in range(96)]).test
        text = text_of(self.printed(test)[1])
        for n in (0, 47, 95):
            self.assertIn(f"753.{n:02}", text)
        self.assertNotIn("来源", text, "typed by hand: they came from no file")

    def test_guards_hold_behind_the_daemons_back(self):
        test = self.world.submitted()
        for statement, reason in (
                ("insert into lab.test_attachment (test_id, laboratory, submission_no, name, media_type, content, caption, attached_by, "
                 "attached_at) select test_id, laboratory, submission_no, 'a.txt', 'text/plain', 'late', '', assigned_to, now() "
                 "from lab.test where test_id = %s", "TEST_NOT_OPEN"),
                ("insert into lab.record_print (test_id, print_no, laboratory, printed_by, printed_at, record_bytes) select test_id, 7, "
                 "laboratory, assigned_to, now(), '{}' from lab.test where test_id = %s", "NUMBER_GAP")):
            with contextlib.closing(self.daemon.database()) as connection, connection.cursor() as cursor:
                with self.assertRaises(psycopg2.Error) as caught:
                    cursor.execute(statement, (test.test_id,))
            self.assertEqual(caught.exception.diag.constraint_name, reason, str(caught.exception))


class Apart(DomainCase):
    def test_what_one_reader_attached_the_other_does_not_see_before_both_have_read(self):
        admin, readers = self.people["ADMINISTRATOR", "JEW"], []
        for name in ("reader1.jew", "reader2.jew"):
            admin.staff(name, ["TECHNICIAN"], "JEW")
            self.people["MANAGER", "JEW"]("StaffService.SetQualification", username=name, laboratory="JEW", method_id="M_GEM",
                                          version=self.member(name, "JEW").version, qualified=True, reason="trained and examined")
            readers.append(self.daemon.log_in(name))
        technician, self.people["TECHNICIAN", "JEW"] = self.people["TECHNICIAN", "JEW"], readers[0]
        try:
            test = self.ordered("JEW", "JEW_ANY", "M_GEM", "GEMID")
        finally:
            self.people["TECHNICIAN", "JEW"] = technician
        kept = readers[0]("RecordService.AttachFile", test_id=test.test_id, name="jadeite-437nm.png", content=picture(30, 30),
                          caption="jadeite, 437 nm").attachment
        self.read(readers[0], test, "jadeite")
        seen = readers[1]("RecordService.GetOriginalRecord", test_id=test.test_id).record
        self.assertNotIn("jadeite", str(seen))
        self.assertNotIn(kept.sha256, str(seen))
        self.assertIn("jadeite", str(readers[0]("RecordService.GetOriginalRecord", test_id=test.test_id).record))
        for short, fields in (("RecordService.GetAttachment", dict(attachment_id=kept.attachment_id)),
                              ("RecordService.StrikeAttachment", dict(attachment_id=kept.attachment_id, reason="because")),
                              ("RecordService.PrintOriginalRecord", dict(test_id=test.test_id))):
            with self.ends_in("FAILED_PRECONDITION", "READ_APART" if "Print" not in short else None):
                readers[1](short, **fields)
        told = str(self.daemon.sql("select * from lab.history where object_type in ('test_attachment', 'attachment_strike')"))
        self.assertNotIn("jadeite", told)
        self.read(readers[1], test, "jadeite")
        record = readers[1]("RecordService.GetOriginalRecord", test_id=test.test_id).record
        self.assertEqual([one.result for one in record.readers], ["jadeite", "jadeite"])
        self.assertEqual(list(record.inputs), [], "nobody typed them")
        self.assertEqual([one.name for one in record.attachments], ["jadeite-437nm.png"])
        made = readers[1]("RecordService.PrintOriginalRecord", test_id=test.test_id)
        self.assertEqual(made.print_no, 1)

    def read(self, reader, test, result):
        version = reader("BenchService.GetTest", test_id=test.test_id).test.version
        reader("BenchService.EnterReading", test_id=test.test_id, version=version, result=result)


if __name__ == "__main__":
    unittest.main()
