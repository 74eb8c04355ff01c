# SPDX-License-Identifier: Apache-2.0
"""A worksheet that is entered from the file of an instrument: samples by their codes, controls, blanks, duplicates and spikes by
their positions; what is nobody's is listed, the file is kept, and nothing of it is entered twice or by halves."""
import hashlib
import unittest

import psycopg2

from tests.outside.world import instrument_layout
from tests.outside.worksheets import WorksheetCase, name_of, outcome_of
from tests.support.daemon import key

CODES = [dict(code="Au", method_id="M_XRF", parameter_id="AU", unit="%", detection_limit="0.01", expanded_uncertainty="2.0"),
         dict(code="Ag", method_id="M_XRF", parameter_id="AG")]


class Files(WorksheetCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile = cls.saved("LINES", rows_are_replicates=True)

    @classmethod
    def saved(cls, name, **changes):
        cls.people["MANAGER"]("InstrumentService.SaveProfile", laboratory="JEW", profile=name, layout=instrument_layout(
            **dict(dict(codes=CODES, skipped=["STD"]), **changes)))
        return name

    # positions of one ring: 1 blank, 2 control, 3 sample, 4 duplicate, 5 spike, 6 control; in the file per cent
    def lines(self, sheet, **changes):
        code = sheet.positions[2].test.item_code
        made = dict(p1=["BLK1,Au,ND"], p2=["QC2,Au,75.03"], p3=[f"{code},Au,75.31", f"{code},Au,75.35", f"{code},Au,75.34"],
                    p4=["dup-4,Au,75.35"], p5=["5,Au,76.34"], p6=["QC 6,Au,75.01"], more=[])
        made.update(changes)
        return "\n".join(["Item,Code,Value", "STD1,Au,99.9", *sum(made.values(), [])]).encode() + b"\n"

    def file(self, content, **more):
        return dict(dict(profile=self.profile, content=content, name="run7.csv"), **more)

    def preview(self, sheet, content, who=None, **more):
        return (who or self.technician)("WorksheetService.PreviewReadings", worksheet_no=sheet.worksheet.worksheet_no,
                                        readings_file=self.file(content, **more))

    def enter_file(self, sheet, content, results=(), who=None, request_id=None, **more):
        fields = dict(request_id=request_id) if request_id else {}
        return (who or self.technician)("WorksheetService.EnterWorksheet", timeout=60, worksheet_no=sheet.worksheet.worksheet_no,
                                        version=sheet.worksheet.version, results=list(results), temperature_c="23.1",
                                        humidity_percent="45", readings_file=self.file(content, **more), **fields)

    def made(self):
        self.plan()
        return self.of_rings(1)

    def test_every_position_of_a_worksheet_is_read_from_a_file_and_judged_as_if_it_were_typed(self):
        sheet, points = self.made(), self.points()
        content = self.lines(sheet)
        shown = self.preview(sheet, content)
        self.assertEqual([(one.position, [reading.value for reading in one.readings]) for one in shown.results],
                         [(1, ["0.1"]), (2, ["750.3"]), (3, ["753.1", "753.5", "753.4"]), (4, ["753.5"]), (5, ["763.4"]), (6, ["750.1"])])
        self.assertEqual(([value.position for value in shown.values], list(shown.missing)), ([1, 2, 3, 3, 3, 4, 5, 6], []))
        self.assertTrue(all(value.entered for value in shown.values))
        self.assertEqual((self.points(), name_of(self.read(sheet).worksheet, "state")), (points, "WORKSHEET_STATE_OPEN"))
        done = self.enter_file(sheet, content)
        self.assertEqual([outcome_of(position) for position in done.positions],
                         ["accepted", "accepted", "none", "accepted", "accepted", "accepted"])
        sample = done.positions[2].test
        self.assertEqual((sample.judgement.mean, sample.expanded_uncertainty, sample.instrument, done.positions[4].figure),
                         ("753.3", "2.0", "XRF-01", "100.67"))
        self.assertEqual(self.points() - points, 2)
        self.assertEqual((done.worksheet.file_name, done.worksheet.file_sha256), ("run7.csv", hashlib.sha256(content).hexdigest()))
        kept = self.people["AUDITOR"]("InstrumentService.GetFile", laboratory="JEW", sha256=done.worksheet.file_sha256)
        self.assertEqual(kept.content, content)
        record = self.people["REVIEWER"]("RecordService.GetOriginalRecord", test_id=sample.test_id).record
        self.assertEqual([reading.source.startswith("run7.csv") for reading in record.readings], [True] * 3)
        self.assertIn("line 5", record.readings[0].source)

    def test_a_control_that_fails_in_the_file_holds_the_batch(self):
        sheet = self.made()
        done = self.enter_file(sheet, self.lines(sheet, p6=["QC6,Au,76.10"]))
        self.assertEqual((outcome_of(done.positions[5]), done.worksheet.held, done.holds[0].value), ("rejected", True, "761.0"))

    def test_rows_that_are_nobodys_are_listed_and_refuse_the_file_unless_they_are_left_out(self):
        sheet = self.made()
        other = self.world.claimed().item_code
        content = self.lines(sheet, more=["97,Au,75.0", "SMP-1,Au,75.0", f"{other},Au,75.0", "S2,Au,75.0", "3,Cu,1.0", "QC2,Ag,100"])
        told = {value.item: value.reason for value in self.preview(sheet, content).values if not value.entered}
        self.assertEqual(told, {"97": "UNKNOWN_POSITION", "SMP-1": "UNKNOWN_POSITION", other: "UNKNOWN_POSITION",
                                "S2": "POSITION_MISMATCH", "3": "UNKNOWN_PARAMETER", "QC2": "OTHER_PARAMETER"})
        with self.ends_in("FAILED_PRECONDITION", "VALUES_LEFT_OUT") as refusal:
            self.enter_file(sheet, content)
        self.assertIn("line 11: UNKNOWN_POSITION", refusal[0].metadata["left_out"])
        done = self.enter_file(sheet, content, leave_out=True)
        self.assertEqual(outcome_of(done.positions[5]), "accepted")
        # What is of another parameter is another worksheet's, and refuses nothing.
        sheet = self.of_rings(1)
        self.enter_file(sheet, self.lines(sheet, more=["QC2,Ag,100"]))

    def test_what_the_file_does_not_say_is_typed_beside_it_and_nothing_is_entered_by_halves(self):
        sheet, points = self.made(), self.points()
        content = self.lines(sheet, p1=[], p2=["QC2,Au,what"])
        shown = self.preview(sheet, content)
        self.assertEqual(list(shown.missing), [1, 2])
        with self.ends_in("INVALID_ARGUMENT") as refusal:
            self.enter_file(sheet, content, leave_out=True)
        self.assertIn("position 2 is missing", str(refusal[0].fields))
        self.assertEqual(self.points(), points)
        self.assertEqual(self.daemon.sql("select count(*) from lab.worksheet_file where worksheet_no = %s", sheet.worksheet.worksheet_no), [(0,)])
        typed = [dict(position=1, readings=[dict(value="0.1")]), dict(position=2, readings=[dict(value="750.3")])]
        done = self.enter_file(sheet, content, typed, leave_out=True)
        self.assertEqual([outcome_of(done.positions[at]) for at in (0, 1)], ["accepted"] * 2)

    def test_a_position_that_is_typed_and_in_the_file_is_refused_unless_the_file_s_is_left_out(self):
        sheet = self.made()
        typed = [dict(position=3, skipped="the ring broke"), *(dict(position=at) for at in (4, 5))]
        with self.ends_in("FAILED_PRECONDITION", "VALUES_LEFT_OUT") as refusal:
            self.enter_file(sheet, self.lines(sheet), typed)
        self.assertIn("TYPED_BY_HAND", refusal[0].metadata["left_out"])
        done = self.enter_file(sheet, self.lines(sheet), typed, leave_out=True)
        self.assertEqual([outcome_of(done.positions[at]) for at in (2, 3, 4)], ["skipped"] * 3)

    def test_lines_of_one_position_are_replicates_only_where_the_profile_says_so(self):
        sheet = self.made()
        single = self.saved("SINGLE")
        told = [(value.position, value.reason) for value in self.preview(sheet, self.lines(sheet), profile=single).values if value.reason]
        self.assertEqual(told, [(3, "DUPLICATE")] * 3)
        broken = self.preview(sheet, self.lines(sheet, p4=["DUP4,Au,75.35", "DUP4,Au,"], p5=["SPK5,Au,76.34", "SPK5,Au,x"]))
        self.assertEqual([(value.position, value.reason) for value in broken.values if value.reason],
                         [(4, "NO_VALUE"), (5, "OTHER_VALUE"), (5, "NOT_A_NUMBER")])

    def test_the_same_key_enters_once_and_the_same_file_again_enters_nothing(self):
        sheet, request_id, points = self.made(), key(), self.points()
        content = self.lines(sheet)
        first = self.enter_file(sheet, content, request_id=request_id)
        self.assertEqual(self.enter_file(sheet, content, request_id=request_id), first)
        with self.ends_in("INVALID_ARGUMENT", "REQUEST_ID_REUSED"):
            self.enter_file(sheet, content + b"\n", request_id=request_id)
        with self.ends_in("ABORTED", "VERSION_STALE"):
            self.enter_file(sheet, content)
        with self.ends_in("FAILED_PRECONDITION", "WORKSHEET_NOT_OPEN"):
            self.enter_file(self.read(sheet), content)
        with self.ends_in("FAILED_PRECONDITION", "WORKSHEET_NOT_OPEN"):
            self.preview(sheet, content)
        self.assertEqual(self.points() - points, 2)
        again = self.technician("InstrumentService.ImportFile", laboratory="JEW", profile=self.profile, content=content)
        self.assertTrue(again.already_imported)

    def test_two_worksheets_are_entered_from_one_file_by_two_persons(self):
        self.plan()
        first = self.of_rings(1)
        second = self.create(self.second, test_ids=self.rings(1))
        code = second.positions[2].test.item_code
        content = self.lines(first, more=[f"{code},Au,75.31", f"{code},Au,75.35", f"{code},Au,75.34"])
        self.enter_file(first, content, leave_out=True)
        done = self.enter_file(second, content, who=self.second, leave_out=True)
        self.assertEqual(done.positions[2].test.judgement.mean, "753.3")
        self.assertEqual(self.daemon.sql("select count(*) from lab.instrument_file where sha256 = %s", hashlib.sha256(content).digest()), [(1,)])

    def test_a_file_of_another_instrument_and_a_profile_that_is_none_are_refused(self):
        sheet = self.made()
        other = self.saved("OTHER", instrument="XRF-02")
        with self.ends_in("FAILED_PRECONDITION", "INSTRUMENT_DIFFERS"):
            self.enter_file(sheet, self.lines(sheet), profile=other)
        for call in (self.preview, self.enter_file):
            with self.ends_in("NOT_FOUND"):
                call(sheet, self.lines(sheet), profile="NONE")
        with self.ends_in("INVALID_ARGUMENT", "FILE_INVALID"):
            self.enter_file(sheet, b"\xff\xfe")

    def test_what_a_worksheet_was_entered_from_never_changes(self):
        sheet = self.made()
        self.enter_file(sheet, self.lines(sheet))
        for statement in ("update lab.worksheet_file set name = 'x' where worksheet_no = %s", "delete from lab.worksheet_file where worksheet_no = %s"):
            with self.assertRaisesRegex(psycopg2.Error, "worksheet_file never changes"):
                self.daemon.sql(statement, sheet.worksheet.worksheet_no)


if __name__ == "__main__":
    unittest.main()
