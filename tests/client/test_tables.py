# SPDX-License-Identifier: Apache-2.0
"""Tables on terminals that are too narrow for them, and the history as people read it."""
import csv
import io
import json
import unicodedata

from tests.client.case import ServerCase

TEST = "5b0e1c2a-0000-4000-8000-000000000001"
NAME = "一枚镶嵌红宝石的足金戒指，附原厂鉴定证书"


def columns(text):
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 0 if unicodedata.combining(letter) else 1
               for letter in text)


class Width(ServerCase):
    def setUp(self):
        super().setUp()
        self.test = {"test_id": TEST, "item_code": "000000000", "item_name": NAME, "method_id": "M_XRF",
                     "parameter_id": "AU", "state": 3, "assigned_to": "technician.with.a.long.name",
                     "due_at": {"seconds": 1795480274}, "judgement": {"mean": "750.0", "verdict": 3}}
        self.server.answers["BenchService.ListTests"] = lambda request, context: self.message(
            "ListTestsResponse", tests=[self.test])

    def lines(self, width, **environment):
        return self.on_terminal("test", "list", columns=width, NO_COLOR="1", **environment).splitlines()

    def test_no_line_is_wider_than_the_terminal(self):
        for width in (60, 80, 81, 100, 120, 140, 160):
            for line in self.lines(width):
                self.assertLessEqual(columns(line), width, line)

    def test_identifiers_are_whole_as_long_as_the_rest_can_be_read(self):
        heading, row = self.lines(140)
        self.assertTrue(row.startswith(f"{TEST}  000000000  "), row)
        self.assertIn("…", row)
        self.assertTrue(self.lines(80)[1].startswith(TEST[:4]))
        self.assertNotIn(TEST, self.lines(80)[1])

    def test_a_cell_is_cut_between_characters_and_the_next_column_stays_in_place(self):
        for width in range(140, 150):
            heading, row = self.lines(width)
            cut = row.split("  ")[2]
            self.assertTrue(NAME.startswith(cut.rstrip("…").rstrip()) and cut.rstrip().endswith("…"), row)
            at = columns(heading[:heading.index("METHOD")])
            self.assertEqual(columns(row[:row.index("M_XRF")]), at, row)

    def test_a_mark_on_a_letter_is_not_cut_from_it(self):
        self.test["item_name"] = "e\u0301" * 60
        row = self.lines(140)[1]
        self.assertRegex(row, "  (e\u0301)+…")

    def test_a_wide_terminal_and_a_pipe_get_everything(self):
        self.assertIn(NAME, self.lines(400)[1])
        self.assertIn(NAME, self.lines(0)[1])
        self.assertIn(NAME, self.run_client("test", "list", environment={"COLUMNS": "40"}).stdout)
        self.assertIn(NAME, self.run_client("test", "list", "--json", environment={"COLUMNS": "40"}).stdout)

    def test_columns_says_more_than_the_terminal(self):
        self.assertIn(NAME, self.lines(80, COLUMNS="400")[1])
        self.assertLessEqual(columns(self.lines(400, COLUMNS="90")[1]), 90)
        self.assertLessEqual(columns(self.lines(90, COLUMNS="wide")[1]), 90)


class Spreadsheet(ServerCase):
    def csv(self, **row):
        self.server.answers["StatisticsService.GetPassRates"] = lambda request, context: self.message(
            "GetPassRatesResponse", rows=[row])
        done = self.run_client("statistics", "pass-rates", "--from", "2026-01-01", "--until", "2026-01-31", "--by", "claim", "--csv")
        self.assertEqual(done.returncode, 0, done.stderr)
        return list(csv.reader(io.StringIO(done.stdout, newline="")))

    def test_csv_has_headings_and_every_cell_is_read_back(self):
        told = '18K "金", 足\'s'
        headings, row = self.csv(key=told, items=12, passed=11, failed=1, pass_percent="91.7")
        self.assertEqual(headings, ["KEY", "NAME", "ITEMS", "PASSED", "FAILED", "OTHER", "PASSED %", "HIDDEN"])
        self.assertEqual(row[:7], [told, "", "12", "11", "1", "0", "91.7"])

    def test_a_number_that_is_withheld_is_an_empty_cell_and_no_zero(self):
        self.assertEqual(self.csv(key="18K", items=9, hidden=True)[1], ["18K", "", "9", "", "", "", "", "yes"])
        self.assertEqual(self.csv(key="18K", items=9, passed=9)[1][2:6], ["9", "9", "0", "0"])

    def test_no_cell_is_a_formula(self):
        for told in ("=1+1", "+cmd|' /C calc'!A0", "@SUM(1)", "-2+3"):
            self.assertEqual(self.csv(key=told, items=9)[1][0], "'" + told)
        self.assertEqual(self.csv(key="-2.5", items=9)[1][0], "-2.5")


class Records(ServerCase):
    def test_a_sheet_that_is_not_sealed_yet_has_no_size_and_says_whether_it_is_a_specimen(self):
        self.server.answers["SheetService.GetSheet"] = lambda request, context: self.message(
            "GetSheetResponse", sheet={"sheet_no": "JEW-2026-000001", "state": 1})
        shown = self.on_terminal("sheet", "show", "JEW-2026-000001", NO_COLOR="1")
        self.assertNotIn("PDF bytes", shown)
        self.assertRegex(shown, r"(?m)^Specimen: +no$")
        self.assertIn("pdf_bytes\t0\n", self.run_client("sheet", "show", "JEW-2026-000001").stdout)

    def test_an_item_that_is_returned_begins_with_the_item(self):
        self.server.answers["DeskService.ReturnItem"] = lambda request, context: self.message(
            "ReturnItemResponse", item={"item_code": "000000000", "tests": [{"test_id": TEST}]})
        shown = self.on_terminal("item", "return", "000000000", "--mass", "1.00", "--version", "1", NO_COLOR="1")
        self.assertTrue(shown.startswith("Item: "), shown)
        self.assertIn("\n\nTEST", shown)


class History(ServerCase):
    def changes(self, old, new, shown=None):
        self.server.answers["AuditService.ListHistory"] = lambda request, context: self.message(
            "ListHistoryResponse", entries=[{"entry_id": 7, "actor": "amy", "old_values": old, "new_values": new}])
        return self.run_client("history", "list").stdout.rstrip("\n").split("\t")[8]

    def test_a_change_is_told_as_field_old_new(self):
        self.assertEqual(self.changes('{"state": "assigned", "assigned_to": null, "k": 1.50}',
                                      '{"state": "in_progress", "assigned_to": "amy", "k": 2}'),
                         "state: assigned -> in_progress; assigned_to: none -> amy; k: 1.50 -> 2")

    def test_a_new_row_is_told_as_field_value(self):
        self.assertEqual(self.changes("", '{"name": "戒指", "tests": [1, 2], "is_new": true}'),
                         "name: 戒指; tests: [1, 2]; is_new: true")

    def test_what_is_gone_is_told_too(self):
        self.assertEqual(self.changes('{"a": "x", "b": ""}', '{"b": "y"}'), "b: none -> y; a: x -> none")

    def test_what_is_no_json_is_shown_as_it_stands(self):
        self.assertEqual(self.changes('{"a": ', "b"), '{"a":  -> b')

    def test_an_escape_in_a_value_reaches_no_terminal(self):
        self.assertEqual(self.changes("", r'{"a\u001b[2J": "\u001b[31m"}'), r"a\x1b[2J: \x1b[31m")

    def test_times_are_local_on_a_terminal_and_json_keeps_the_values(self):
        new = '{"due_at": "2026-11-24T00:31:14.951873+00:00"}'
        self.assertEqual(self.changes("", new), "due_at: 2026-11-24T00:31:14.951873+00:00")
        self.assertIn("due_at: 2026-11-24 08:31:14", self.on_terminal("history", "list", TZ="CST-8"))
        answer = json.loads(self.run_client("history", "list", "--json").stdout)
        self.assertEqual(answer["entries"][0]["new_values"], new)
