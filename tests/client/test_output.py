# SPDX-License-Identifier: Apache-2.0
"""What comes out: aligned for a person, tab-separated for a script, JSON, one field; and nothing that a
terminal would obey."""
import json
import unicodedata

import grpc

from tests.client import details
from tests.client.case import ServerCase

TEST = "5b0e1c2a-0000-4000-8000-000000000001"


def columns(text):
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


class Output(ServerCase):
    def setUp(self):
        super().setUp()
        self.tests = [
            {"test_id": "1", "item_code": "000000000", "item_name": "戒指", "method_id": "M_XRF", "parameter_id": "AU",
             "state": 3, "assigned_to": "tech1", "due_at": {"seconds": 1795480274, "nanos": 123456000},
             "judgement": {"mean": "750.0", "verdict": 3}},
            {"test_id": "22", "item_name": "a ring", "method_id": "M_XRF", "state": 1, "due_at": {"seconds": 1795480274}},
        ]
        self.server.answers["BenchService.ListTests"] = lambda request, context: self.message(
            "ListTestsResponse", tests=self.tests)

    def test_a_table_is_aligned_on_a_terminal_with_wide_characters(self):
        lines = self.on_terminal("test", "list", NO_COLOR="1").splitlines()
        self.assertTrue(lines[0].startswith("TEST"))
        for heading, cells in (("METHOD", ["M_XRF", "M_XRF"]), ("STATE", ["in_progress", "unassigned"]),
                               ("DUE", ["2026-11-24 00:31:14", "2026-11-24 00:31:14"])):
            at = columns(lines[0][:lines[0].index(heading)])
            self.assertEqual([columns(line[:line.index(cell)]) for line, cell in zip(lines[1:], cells)], [at, at], heading)

    def test_headings_are_bold_unless_no_color_is_set(self):
        self.assertIn("\033[1m", self.on_terminal("test", "list"))
        self.assertNotIn("\033", self.on_terminal("test", "list", NO_COLOR="1"))
        self.assertNotIn("\033", self.on_terminal("test", "list", TERM="dumb"))

    def test_instants_are_local_time_to_the_second_on_a_terminal(self):
        self.assertIn("2026-11-24 08:31:14", self.on_terminal("test", "list", TZ="CST-8"))
        self.server.answers["DeskService.CollectReceipt"] = details.refuse(
            grpc.StatusCode.FAILED_PRECONDITION, "Collected.", metadata={"collected_at": "2026-11-24T00:31:14.951873+00:00"})
        told = self.run_client("receipt", "collect", "D1-000001", "--version", "1", expect=6, environment={"TZ": "CST-8"})
        self.assertIn("  collected at: 2026-11-24 08:31:14\n", told.stderr)

    def test_piped_lists_are_tab_separated_without_headings(self):
        lines = self.run_client("test", "list").stdout.splitlines()
        self.assertEqual(lines[0].split("\t"), ["1", "000000000", "戒指", "M_XRF", "AU", "in_progress", "tech1",
                                                "2026-11-24T00:31:14.123456Z", "750.0", "to_be_confirmed"])
        self.assertEqual(len(lines[1].split("\t")), 10)

    def test_an_empty_list_says_so_on_standard_error(self):
        self.tests.clear()
        result = self.run_client("test", "list")
        self.assertEqual((result.stdout, result.stderr), ("", "no tests\n"))

    def test_json_is_the_documented_mapping(self):
        self.assertEqual(json.loads(self.run_client("test", "list", "--json").stdout), {"tests": [
            {"test_id": "1", "item_code": "000000000", "item_name": "戒指", "method_id": "M_XRF", "parameter_id": "AU",
             "state": "in_progress", "assigned_to": "tech1", "due_at": "2026-11-24T00:31:14.123456Z",
             "judgement": {"mean": "750.0", "verdict": "to_be_confirmed"}},
            {"test_id": "22", "item_name": "a ring", "method_id": "M_XRF", "state": "unassigned",
             "due_at": json.loads(self.run_client("test", "list", "--json").stdout)["tests"][1]["due_at"]}]})

    def test_one_field_is_a_line_per_value(self):
        self.assertEqual(self.run_client("test", "list", "--field", "tests.test_id").stdout, "1\n22\n")
        self.assertEqual(self.run_client("test", "list", "--field", "tests.judgement.mean").stdout, "750.0\n")
        self.run_client("test", "list", "--field", "tests.nothing", expect=2)

    def test_a_single_object_is_labels_and_values(self):
        self.server.answers["BenchService.GetTest"] = lambda request, context: self.message("GetTestResponse", test={
            "test_id": TEST, "readings": [{"value": "750.1", "position": "shank"}, {"value": "750.2"}], "version": 4})
        shown = self.on_terminal("test", "show", TEST, NO_COLOR="1")
        self.assertIn(f"Test:                 {TEST}\n", shown)
        self.assertNotIn("Hallmark", shown)
        self.assertIn("\nREADING  POSITION  QUALIFIER\n750.1    shank\n750.2\n", shown)
        lines = [line.split("\t") for line in self.run_client("test", "show", TEST).stdout.splitlines()]
        self.assertIn(["version", "4"], lines)
        self.assertIn(["hallmark", ""], lines)
        self.assertEqual(lines[-2:], [["750.1", "shank", ""], ["750.2", "", ""]])

    def test_control_characters_from_the_server_are_shown_and_not_obeyed(self):
        self.tests[0]["item_name"] = "a\x1b[31mb\x07c\rd\ne\tf\x7f\u009b\u202eg\u200b"
        shown = "a\\x1b[31mb\\x07c\\x0dd\\ne\\tf\\x7f\\u{009b}\\u{202e}g\\u{200b}"
        self.assertIn(shown, self.run_client("test", "list").stdout)
        self.assertIn(shown, self.on_terminal("test", "list", NO_COLOR="1"))
        self.assertIn("a\\x1b[31mb", self.run_client("test", "list", "--field", "tests.item_name").stdout)

    def test_json_keeps_the_value_and_escapes_what_a_terminal_would_obey(self):
        self.tests[0]["item_name"] = "a\x1b[31mb\x7f\u009b\u202eg\U000e0001"
        text = self.run_client("test", "list", "--json").stdout
        for bad in ("\x1b", "\x7f", "\u009b", "\u202e", "\U000e0001"):
            self.assertNotIn(bad, text)
        self.assertEqual(json.loads(text)["tests"][0]["item_name"], "a\x1b[31mb\x7f\u009b\u202eg\U000e0001")

    def test_more_pages_are_told_and_all_are_fetched_when_asked(self):
        def pages(request, context):
            number = int(request.page.page_token or 1)
            return self.message("ListTestsResponse", tests=[{"test_id": str(number)}],
                                next_page_token=str(number + 1) if number < 3 else "")
        self.server.answers["BenchService.ListTests"] = pages
        result = self.run_client("test", "list", "--page-size", "1", "--field", "tests.test_id")
        self.assertEqual((result.stdout, result.stderr), ("1\n", "more: --page-token 2 (or --all)\n"))
        self.assertEqual(self.server.calls[-1].request.page.page_size, 1)
        result = self.run_client("test", "list", "--all", "--field", "tests.test_id")
        self.assertEqual((result.stdout, result.stderr), ("1\n2\n3\n", ""))
        answer = json.loads(self.run_client("test", "list", "--all", "--json").stdout)
        self.assertEqual(answer, {"tests": [{"test_id": "1"}, {"test_id": "2"}, {"test_id": "3"}]})

    def test_an_answer_of_a_thousand_rows_comes_whole(self):
        self.tests[:] = [{"test_id": str(i), "item_name": "x" * 500} for i in range(1000)]
        lines = self.run_client("test", "list", "--field", "tests.test_id").stdout.splitlines()
        self.assertEqual(lines, [str(i) for i in range(1000)])


class Advice(ServerCase):
    def refused(self, expect, status, reason):
        self.server.answers["BenchService.SubmitTest"] = details.refuse(status, "Refused.", reason=reason)
        return self.run_client("test", "submit", TEST, "--version", "1", expect=expect)

    def test_what_to_do_fits_the_reason_and_not_the_status_alone(self):
        code = grpc.StatusCode
        for status, expected, reason, advice in [
                (code.PERMISSION_DENIED, 5, "SAME_PERSON", "somebody else must do this"),
                (code.PERMISSION_DENIED, 5, "TEST_NOT_YOURS", "touchstone test assign"),
                (code.PERMISSION_DENIED, 5, "NOT_QUALIFIED", "touchstone staff qualify"),
                (code.PERMISSION_DENIED, 5, "NOT_SIGNATORY", "touchstone staff signatory"),
                (code.PERMISSION_DENIED, 5, "ROLE_REQUIRED", "touchstone whoami shows your roles"),
                (code.UNAUTHENTICATED, 4, "SESSION_INVALID", "log in: touchstone login"),
                (code.UNAUTHENTICATED, 4, "PASSWORD_WRONG", "repeat with the right password")]:
            self.assertIn(advice, self.refused(expected, status, reason).stderr.splitlines()[-1])
        self.assertEqual(self.refused(4, code.UNAUTHENTICATED, "LOGIN_FAILED").stderr,
                         "touchstone: Refused.\n")
