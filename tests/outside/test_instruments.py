# SPDX-License-Identifier: Apache-2.0
"""Files of instruments as laboratories get them: a profile, a preview that changes nothing, an import that is whole or
nothing, the same file twice, and a file kept with what each line became."""
import decimal
import hashlib
import json
import unittest

from tests.outside.case import Outside, at_once
from tests.outside.world import instrument_layout, ring

XRF = ("XRF session 7;operator tech\r\n"
       "Sample;Element;Result;Unit\r\n"
       "{0};Au;75,31;%\r\n"
       "{0};Au;75,29;%\r\n"
       "{0};Au;75,30;%\r\n")


def semicolons(**changes):
    """Percent with a decimal comma; rows are replicates."""
    fields = dict(delimiter="DELIMITER_SEMICOLON", decimal_mark="DECIMAL_MARK_COMMA", skip_lines=1,
                  item=dict(heading="Sample"), parameter=dict(heading="Element"),
                  values=[dict(column=dict(heading="Result"))], spellings=[], skipped=["BLANK"], rows_are_replicates=True)
    return instrument_layout(**dict(fields, **changes))


class Instruments(Outside):
    def save(self, profile, layout, **more):
        return self.people["MANAGER"]("InstrumentService.SaveProfile", laboratory="JEW", profile=profile, layout=layout,
                                      **more).profile

    def preview(self, profile, text, who="TECHNICIAN", **more):
        return self.people[who]("InstrumentService.PreviewFile", laboratory="JEW", profile=profile, content=text.encode(),
                                **more)

    def bring(self, profile, text, who="TECHNICIAN", **more):
        return self.people[who]("InstrumentService.ImportFile", laboratory="JEW", profile=profile,
                                content=text if isinstance(text, bytes) else text.encode(), **more)

    def seen(self, test):
        return self.people["TECHNICIAN"]("BenchService.GetTest", test_id=test.test_id).test

    def reasons(self, answer):
        return [(value.line, value.reason) for value in answer.values if not value.entered]

    def test_a_file_is_previewed_imported_judged_and_kept(self):
        profile = self.save("XRF-1", semicolons())
        self.assertEqual((profile.version, profile.saved_by), (1, "manager"))
        test = self.world.claimed()
        text = XRF.format(test.item_code)
        shown = self.preview("XRF-1", text)
        self.assertEqual([(one.line, one.raw, one.value, one.test_id, one.entered) for one in shown.values],
                         [(3, "75,31", "753.1", test.test_id, True), (4, "75,29", "752.9", test.test_id, True),
                          (5, "75,30", "753.0", test.test_id, True)])
        self.assertEqual(self.seen(test).version, test.version)  # a preview changes nothing
        self.assertFalse(self.people["TECHNICIAN"]("InstrumentService.ListFiles", laboratory="JEW",
                                                   test_id=test.test_id).files)
        done = self.bring("XRF-1", text, name="run7.csv")
        self.assertEqual((done.file.sha256, done.file.tests_entered, done.file.imported_by, done.already_imported),
                         (hashlib.sha256(text.encode()).hexdigest(), 1, "technician", False))
        entered = self.seen(test)
        self.assertEqual([one.value for one in entered.readings], ["753.1", "752.9", "753.0"])
        self.assertEqual((entered.instrument, entered.expanded_uncertainty, entered.judgement.mean),
                         ("XRF-01", "2.0", "753.0"))
        submitted = self.people["TECHNICIAN"]("BenchService.SubmitTest", test_id=test.test_id,
                                              version=entered.version).test
        self.assertEqual(submitted.judgement.verdict, 1)  # pass
        kept = self.people["AUDITOR"]("InstrumentService.GetFile", laboratory="JEW", sha256=done.file.sha256)
        self.assertEqual((kept.content, kept.file, kept.values), (text.encode(), done.file, done.values))
        listed = self.people["AUDITOR"]("InstrumentService.ListFiles", laboratory="JEW", test_id=test.test_id)
        self.assertEqual(list(listed.files), [done.file])
        self.assertEqual(self.daemon.sql("select line, column_no, raw from lab.instrument_reading where test_id = %s "
                                         "order by place", test.test_id), [(3, 14, "75,31"), (4, 14, "75,29"), (5, 14, "75,30")])

    def gravimetry(self, **changes):
        """Columns of weighings: named inputs of the formula (m_residue_mg - m_blank_mg) / m_sample_mg * 1000."""
        columns = [dict(column=dict(heading=heading), input=name)
                   for heading, name in (("Residue", "m_residue_mg"), ("Blank", "m_blank_mg"), ("Sample", "m_sample_mg"))]
        return instrument_layout(**dict(dict(instrument="BAL-02", values=columns, rows_are_replicates=True, codes=[
            dict(code="Pt", method_id="M_PTGRAV", parameter_id="PT", expanded_uncertainty="1.5")]), **changes))

    def platinum(self):
        self.world.qualified("M_PTGRAV")
        test = self.world.received(items=[ring(tests=[dict(method_id="M_PTGRAV", parameter_id="PT")])], consents=[
            dict(kind=f"CONSENT_KIND_{kind}", given_by_owner=True) for kind in ("PRIVACY", "AGREEMENT", "DESTRUCTIVE")])
        test = test.items[0].tests[0]
        return self.people["TECHNICIAN"]("BenchService.ClaimTest", test_id=test.test_id, version=test.version).test

    def test_columns_are_named_inputs_of_the_formula_and_each_row_a_determination(self):
        self.save("GRAV", self.gravimetry())
        test = self.platinum()
        # (400.5 - 0.5) / 500 and (401.5 - 0.5) / 500: 800 and 802.
        text = f"Item,Code,Residue,Blank,Sample\n{test.item_code},Pt,400.5,0.5,500\n{test.item_code},Pt,401.5,0.50,500\n"
        shown = self.preview("GRAV", text)
        self.assertEqual((self.reasons(shown), shown.file.values_entered, shown.file.tests_entered), ([], 6, 1))
        self.assertEqual([one.input for one in shown.values[:3]], ["m_residue_mg", "m_blank_mg", "m_sample_mg"])
        self.assertFalse(self.seen(test).inputs)
        done = self.bring("GRAV", text)
        entered = self.seen(test)
        self.assertEqual(json.loads(entered.inputs), [{"m_residue_mg": "400.5", "m_blank_mg": "0.5", "m_sample_mg": "500"},
                                                      {"m_residue_mg": "401.5", "m_blank_mg": "0.50", "m_sample_mg": "500"}])
        self.assertEqual((len(entered.readings), entered.instrument, decimal.Decimal(entered.judgement.mean)),
                         (0, "BAL-02", 801))
        again = self.bring("GRAV", text)
        self.assertEqual((again.already_imported, again.file, again.values), (True, done.file, done.values))
        self.assertEqual(self.seen(test), entered)

    def test_a_column_for_an_input_that_no_formula_asks_for_is_told_when_the_profile_is_saved(self):
        layout = self.gravimetry()
        layout["values"][1]["input"] = "m_blank"
        with self.ends_in("INVALID_ARGUMENT", "FIELD_INVALID") as refusal:
            self.save("GRAV-3", layout)
        self.assertEqual(list(refusal[0].fields), ["layout.values[1].input"])
        self.assertIn("'m_blank', which no formula of these codes asks for", refusal[0].text)

    def test_an_input_that_is_no_plain_number_keeps_back_its_test_and_is_listed(self):
        self.save("GRAV-2", self.gravimetry(rows_are_replicates=False))
        good, bad = self.platinum(), self.platinum()
        text = f"Item,Code,Residue,Blank,Sample\n{good.item_code},Pt,400.5,0.5,500\n{bad.item_code},Pt,400.5,<0.5,500\n"
        shown = self.preview("GRAV-2", text)
        self.assertEqual(self.reasons(shown), [(3, "OTHER_VALUE"), (3, "NOT_A_NUMBER"), (3, "OTHER_VALUE")])
        with self.ends_in("FAILED_PRECONDITION", "VALUES_LEFT_OUT"):
            self.bring("GRAV-2", text)
        self.bring("GRAV-2", text, leave_out=True)
        self.assertEqual(json.loads(self.seen(good).inputs),
                         {"m_residue_mg": "400.5", "m_blank_mg": "0.5", "m_sample_mg": "500"})
        self.assertFalse(self.seen(bad).inputs)

    def test_unknown_rows_are_listed_and_left_out_only_when_asked(self):
        self.save("MIXED", instrument_layout())
        test, foreign = self.world.claimed(), self.world.received().items[0]
        pending = self.world.received(items=[ring(photo=b"")]).items[0]
        self.people["TECHNICIAN"]("BenchService.ClaimTest", test_id=pending.tests[0].test_id,
                                  version=pending.tests[0].version)
        text = (f"Item,Code,Value\n{test.item_code},Au,75.31\nCRM-7,Au,75.00\n{test.item_code},Zn,1\n"
                f"{foreign.item_code},Au,75.20\n{pending.item_code},Au,75.2\n000000000,Au,1\n# remark\n")
        shown = self.preview("MIXED", text)
        told = [(3, "UNKNOWN_ITEM"), (4, "UNKNOWN_PARAMETER"), (5, "TEST_NOT_OPEN"), (6, "PHOTO_PENDING"),
                (7, "UNKNOWN_ITEM")]
        self.assertEqual(self.reasons(shown), told)
        self.assertEqual((shown.file.values_entered, shown.file.values_left_out), (1, 5))
        with self.ends_in("FAILED_PRECONDITION", "VALUES_LEFT_OUT") as refusal:
            self.bring("MIXED", text)
        self.assertIn("line 3: UNKNOWN_ITEM", refusal[0].metadata["left_out"])
        self.assertFalse(self.seen(test).readings)
        done = self.bring("MIXED", text, leave_out=True)
        self.assertEqual((self.reasons(done), done.file.values_left_out), (told, 5))
        self.assertEqual([one.value for one in self.seen(test).readings], ["753.1"])

    def test_the_same_bytes_again_change_nothing_whoever_brings_them(self):
        self.save("TWICE", instrument_layout())
        test = self.world.claimed()
        text = f"Item,Code,Value\n{test.item_code},Au,75.31\n"
        first = self.bring("TWICE", text)
        entered = self.seen(test)
        self.people["ADMINISTRATOR"].staff("technician2", ["TECHNICIAN"])
        for who in (self.people["TECHNICIAN"], self.daemon.log_in("technician2")):
            again = who("InstrumentService.ImportFile", laboratory="JEW", profile="TWICE", content=text.encode(), name="other")
            self.assertTrue(again.already_imported)
            self.assertEqual((again.file, again.values), (first.file, first.values))
            self.assertEqual(again.file.imported_by, "technician")
        self.assertTrue(self.preview("TWICE", text).already_imported)
        self.assertEqual(self.seen(test), entered)

    def test_the_same_file_brought_by_many_at_once_is_imported_once(self):
        self.save("RACE", instrument_layout())
        test = self.world.claimed()
        text = f"Item,Code,Value\n{test.item_code},Au,75.31\n"
        ended = at_once([lambda: self.bring("RACE", text) for _ in range(5)])
        self.assertEqual(sorted(one.already_imported for one in ended), [False, True, True, True, True])
        self.assertEqual(self.daemon.sql("select count(*) from lab.result_entry where test_id = %s", test.test_id), [(1,)])

    def test_duplicates_and_a_bad_replicate_keep_back_the_whole_test(self):
        self.save("ROWS", instrument_layout())
        self.save("REPLICATES", instrument_layout(rows_are_replicates=True))
        test = self.world.claimed()
        text = f"Item,Code,Value\n{test.item_code},Au,75.31\n{test.item_code},Au,75.2x\n{test.item_code},Au,75.33\n"
        good = text.replace("75.2x", "75.29")
        self.assertEqual(self.reasons(self.preview("ROWS", good)), [(2, "DUPLICATE"), (3, "DUPLICATE"), (4, "DUPLICATE")])
        self.assertEqual(self.reasons(self.preview("REPLICATES", text)),
                         [(2, "OTHER_VALUE"), (3, "NOT_A_NUMBER"), (4, "OTHER_VALUE")])
        with self.ends_in("FAILED_PRECONDITION", "NOTHING_TO_ENTER"):
            self.bring("REPLICATES", text, leave_out=True)
        self.bring("REPLICATES", good)
        self.assertEqual(len(self.seen(test).readings), 3)

    def test_readings_that_stand_are_replaced_only_with_a_reason(self):
        self.save("AGAIN", instrument_layout())
        test = self.world.entered()
        text = f"Item,Code,Value\n{test.item_code},Au,75.31\n"
        shown = self.preview("AGAIN", text)
        self.assertEqual([(one.reason, one.detail) for one in shown.values],
                         [("FIELD_INVALID", "is required when readings are replaced")])
        self.assertTrue(self.preview("AGAIN", text, reason="measured again after cleaning").values[0].entered)
        self.bring("AGAIN", text, reason="measured again after cleaning")
        entries = self.people["AUDITOR"]("AuditService.ListHistory", laboratory="JEW", object_type="test",
                                         object_id=test.test_id).entries
        self.assertIn("measured again after cleaning", [one.reason for one in entries])

    def test_a_result_that_was_submitted_is_never_reopened_by_a_file(self):
        self.save("DONE", instrument_layout())
        text, why = "Item,Code,Value\n{},Au,75.31\n", "measured again after cleaning"
        for test in (self.world.submitted(), self.world.approved()):
            shown = self.preview("DONE", text.format(test.item_code), reason=why)
            self.assertEqual([(one.entered, one.reason) for one in shown.values], [(False, "TEST_NOT_OPEN")])
            with self.ends_in("FAILED_PRECONDITION", "NOTHING_TO_ENTER"):
                self.bring("DONE", text.format(test.item_code), reason=why, leave_out=True)
            self.assertEqual(self.seen(test).version, test.version)

    def test_a_value_of_an_item_that_is_tested_again_is_the_new_tests(self):
        self.save("RETEST", instrument_layout())
        first = self.world.submitted()
        again = self.people["REVIEWER"]("ReviewService.OrderRetest", test_id=first.test_id, version=first.version,
                                        reason="the client doubts it").test
        self.people["TECHNICIAN"]("BenchService.ClaimTest", test_id=again.test_id, version=again.version)
        text = f"Item,Code,Value\n{first.item_code},Au,75.31\n"
        self.assertEqual([(one.test_id, one.entered) for one in self.preview("RETEST", text).values], [(again.test_id, True)])
        self.bring("RETEST", text)
        self.assertEqual([one.value for one in self.seen(again).readings], ["753.1"])
        self.assertEqual(len(self.seen(first).readings), 3)

    def test_a_reading_out_of_range_is_told_by_the_preview_already(self):
        self.save("RANGE", instrument_layout())
        text = f"Item,Code,Value\n{self.world.claimed().item_code},Au,100.1\n"
        self.assertEqual([(one.reason, one.detail) for one in self.preview("RANGE", text).values],
                         [("FIELD_INVALID", "must lie between 0 and 1000 per mille")])

    def test_not_detected_is_entered_with_the_limit_of_the_profile(self):
        self.save("TRACES", instrument_layout())
        test = self.world.claimed()
        self.bring("TRACES", f"Item,Code,Value\n{test.item_code},Au,ND\n")
        self.assertEqual([(one.value, one.qualifier) for one in self.seen(test).readings], [("0.1", 3)])

    def test_fixed_width_with_a_byte_order_mark(self):
        layout = instrument_layout(kind="FILE_KIND_FIXED", delimiter=0, has_header=False, skip_lines=1,
                                   item={"from": 1, "width": 12}, parameter=None, spellings=[],
                                   values=[dict(column={"from": 14, "width": 8}, code="Au"),
                                           dict(column={"from": 23, "width": 8}, code="Au")])
        self.save("FIXED", layout)
        test = self.world.claimed()
        text = f"\ufeff样品 sample   金 1      金 2\r\n{test.item_code:<12} {'75.31':>8} {'75.29':>8}\r\n"
        done = self.bring("FIXED", text)
        self.assertEqual([(one.line, one.column, one.value) for one in done.values], [(2, 17, "753.1"), (2, 26, "752.9")])

    def test_what_is_no_text_is_refused_with_its_place(self):
        self.save("BYTES", instrument_layout())
        for content, told in ((b"Item,Code,Value\nx,\xbd\xf0,1\n", "line 2, column 3"),
                              (b"\xff\xfeI\0", "UTF-16"), (b"Item,Code,Value\rx", "line 1, column 16"),
                              (b"Item,Code,Value\nx,\"y,1\n", "line 2, column 3"),
                              (b"Probe;Au\n1;2\n", "no column")):
            with self.ends_in("INVALID_ARGUMENT", "FILE_INVALID") as refusal:
                self.people["TECHNICIAN"]("InstrumentService.PreviewFile", laboratory="JEW", profile="BYTES", content=content)
            self.assertIn(told, refusal[0].text)

    def test_a_profile_has_versions_and_is_refused_when_it_makes_no_sense(self):
        first = self.save("VERSIONS", instrument_layout())
        with self.ends_in("ABORTED", "VERSION_STALE"):
            self.save("VERSIONS", instrument_layout())
        second = self.save("VERSIONS", instrument_layout(instrument="XRF-02"), version=first.version)
        listed = self.people["TECHNICIAN"]("InstrumentService.ListProfiles", laboratory="JEW",
                                           page=dict(page_size=200)).profiles
        self.assertEqual([one for one in listed if one.profile == "VERSIONS"], [second])
        code = instrument_layout()["codes"][0]
        for changes, field in ((dict(codes=[dict(code, parameter_id="XX")]), "layout.codes[0].parameter_id"),
                               (dict(codes=[dict(code, unit="mg/L")]), "layout.codes[0].unit"),
                               (dict(decimal_mark="DECIMAL_MARK_COMMA"), "layout.decimal_mark"),
                               (dict(item=dict(width=3)), "layout.item.width")):
            with self.ends_in("INVALID_ARGUMENT") as refusal:
                self.save("WRONG", instrument_layout(**changes))
            self.assertIn(field, refusal[0].fields)

    def test_a_file_of_many_tests_is_entered_in_one_call(self):
        self.save("MANY", instrument_layout(rows_are_replicates=True))
        receipt = self.world.received(items=[ring() for _ in range(20)])
        rows = []
        for item in receipt.items:
            test = item.tests[0]
            self.people["TECHNICIAN"]("BenchService.ClaimTest", test_id=test.test_id, version=test.version)
            rows += [f"{item.item_code},Au,75.{n}" for n in (31, 29, 30)]
        done = self.bring("MANY", "Item,Code,Value\n" + "\n".join(rows))
        self.assertEqual((done.file.tests_entered, done.file.values_entered), (20, 60))


if __name__ == "__main__":
    unittest.main()
