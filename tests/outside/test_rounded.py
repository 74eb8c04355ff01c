# SPDX-License-Identifier: Apache-2.0
"""Numbers that an instrument or another laboratory has rounded already, with the mark of GB/T 8170-2008, 3.3.2: entered and
imported as they are, compared by where the actual value lies, never rounded twice and never calculated with."""
import unittest

from tests.outside.domains import DomainCase


class Rounded(DomainCase):
    domains = ("AIR",)
    methods = [("AIR", "M_CO2"), ("AIR", "M_PHYS"), ("AIR", "M_AHMT")]

    def air(self, method="M_CO2", parameter="CO2"):
        return self.ordered("AIR", "AIR_HOME", method, parameter, sampled_on="2026-10-01", name="客厅 living room")

    def entered(self, *values, **more):
        return self.enter(self.air(), readings=[dict(value=value) for value in values], **more)

    def test_the_mark_decides_at_the_limit_and_is_printed(self):
        # CO2 at most 0.10 %: L170.
        for value, verdict, shown in (("0.10", "pass", "0.10"), ("0.10(-)", "pass", "0.10(-)"), ("0.10(+)", "fail", "0.10(+)")):
            with self.subTest(value):
                found = self.judged(self.entered(value), verdict, shown)
                self.assertEqual((found.trace.calculated, found.trace.compared), (value, value))
                self.assertIn(shown, found.sentence_zh)

    def test_it_is_rounded_once_more_to_the_side_where_the_actual_value_lies(self):
        # Printed with two decimals: 0.085(-) was below 0.085 and goes down, 0.085(+) up, 0.085 to the even digit.
        for value, shown in (("0.085(-)", "0.08"), ("0.085(+)", "0.09"), ("0.085", "0.08"), ("0.075(-)", "0.07")):
            with self.subTest(value):
                self.judged(self.entered(value), "pass", shown)

    def test_what_was_typed_is_kept_and_stands_on_the_sheet(self):
        test = self.entered("0.10(+)")
        self.assertEqual([one.value for one in test.readings], ["0.10(+)"])
        self.submit(test)
        record, _ = self.released(test.item_code, "AIR")
        self.assertEqual([one["value"] for one in record["results"][0]["readings"]], ["0.10(+)"])
        self.assertEqual((record["results"][0]["mean"], record["results"][0]["verdict"]), ("0.10(+)", "fail"))

    def test_it_is_not_averaged_nor_qualified_nor_calculated_with(self):
        with self.ends_in("INVALID_ARGUMENT", "ROUNDED_ALREADY") as refusal:
            self.entered("0.10(+)", "0.09")
        self.assertEqual(list(refusal[0].fields), ["readings[0].value"])
        with self.ends_in("INVALID_ARGUMENT", "ROUNDED_ALREADY"):
            self.enter(self.air(), readings=[dict(value="0.10(+)", qualifier="QUALIFIER_LESS_THAN")])
        with self.ends_in("INVALID_ARGUMENT", "FIELD_INVALID"):
            self.entered("0.10(x)")

    def test_plain_sql_cannot_average_it_either(self):
        test = self.entered("0.09")
        for readings in (["0.10(+)", "0.09"], ["0.09", "0.10(-)"]):
            with self.assertRaisesRegex(Exception, "rounded already is not averaged"):
                self.daemon.sql("with entry as (insert into lab.result_entry (test_id, entry_no, laboratory, entered_by, at, "
                                "coverage_factor, instrument, deviation, reason) select test_id, entry_no + 1, laboratory, entered_by, at, '2', '', '', 'again' from lab.result_entry "
                                "where test_id = %s returning test_id, entry_no) insert into lab.reading (test_id, entry_no, place, "
                                "value_text) select test_id, entry_no, place, value from entry cross join unnest(%s) with ordinality "
                                "as one (value, place)", test.test_id, readings)

    def test_a_file_of_an_instrument_brings_it_with_its_unit_converted(self):
        layout = dict(instrument="NDIR-03", kind="FILE_KIND_CSV", delimiter="DELIMITER_COMMA", decimal_mark="DECIMAL_MARK_POINT",
                      has_header=True, item=dict(heading="Item"), values=[dict(column=dict(heading="ppm"), code="CO2")],
                      codes=[dict(code="CO2", method_id="M_CO2", parameter_id="CO2", unit="[ppm]")])
        self.people["MANAGER", "AIR"]("InstrumentService.SaveProfile", laboratory="AIR", profile="NDIR", layout=layout)
        above, below = self.air(), self.air()
        text = f"Item,ppm\n{above.item_code},1000(+)\n{below.item_code},1000(-)\n"
        done = self.people["TECHNICIAN", "AIR"]("InstrumentService.ImportFile", laboratory="AIR", profile="NDIR",
                                                content=text.encode(), name="run.csv")
        self.assertEqual([(one.raw, one.value) for one in done.values], [("1000(+)", "0.1000(+)"), ("1000(-)", "0.1000(-)")])
        for test, verdict in ((above, "fail"), (below, "pass")):
            test = self.people["TECHNICIAN", "AIR"]("BenchService.GetTest", test_id=test.test_id).test
            self.assertEqual(self.verdict(self.submit(test)), verdict)


if __name__ == "__main__":
    unittest.main()
