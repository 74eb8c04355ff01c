# SPDX-License-Identifier: Apache-2.0
"""The words of worksheet commands: results of many positions in flags, and the picture in a file."""
from tests.client.case import ServerCase

SHEET = "WS-JEW-2026-00001"


class Worksheet(ServerCase):
    def entered(self, *results):
        self.write_session(self.address)
        flags = [word for result in results for word in ("--result", result)]
        self.run_client("worksheet", "enter", SHEET, "--version", "3", *flags)
        return self.server.calls[-1].request

    def test_results_keep_every_digit_qualifier_and_uncertainty(self):
        request = self.entered("1=0.10", "2=<0.5", "3=753.10,753.5,ND<2/2.0", "96=>1100,-1.50")
        self.assertEqual([(one.position, [(r.value, r.qualifier) for r in one.readings], one.expanded_uncertainty)
                          for one in request.results],
                         [(1, [("0.10", 0)], ""), (2, [("0.5", 1)], ""), (3, [("753.10", 0), ("753.5", 0), ("2", 3)], "2.0"),
                          (96, [("1100", 2), ("-1.50", 0)], "")])
        self.assertEqual((request.worksheet_no, request.version), (SHEET, 3))

    def test_a_sample_is_skipped_with_its_reason(self):
        request = self.entered("7=skip:the vial, it broke / twice")
        self.assertEqual([(one.position, one.skipped, len(one.readings)) for one in request.results],
                         [(7, "the vial, it broke / twice", 0)])

    def test_a_result_that_is_none_is_refused_before_anything_is_sent(self):
        for word, told in (("7", "expected POSITION=VALUE"), ("=7", "expected POSITION=VALUE"), ("7=", "expected POSITION=VALUE"),
                           ("x=7", "--result"), ("7=1,,2", "a value is missing"), ("7=1,", "a value is missing"), ("7=/2", "a value is missing")):
            with self.subTest(word):
                result = self.run_client("worksheet", "enter", SHEET, "--version", "3", "--result", word, expect=2)
                self.assertIn(told, result.stderr)
        self.assertEqual(self.server.calls, [])

    def test_a_file_and_flags_together_are_one_request(self):
        self.write_session(self.address)
        self.run_client("worksheet", "enter", SHEET, "--version", "3", "--file", "-", "--result", "2=750.2",
                        stdin='{"results":[{"position":1,"inputs":"{\\"V_mL\\":\\"23.15\\"}"}]}')
        self.assertEqual([(one.position, one.inputs) for one in self.server.calls[-1].request.results],
                         [(1, '{"V_mL":"23.15"}'), (2, "")])

    def test_lots_are_named_once_for_all_samples(self):
        self.write_session(self.address)
        self.run_client("worksheet", "enter", SHEET, "--version", "3", "--result", "1=0.1", "--lot", "STD-2609", "--lot", "免疫亲和柱 IAC-2411")
        self.assertEqual(list(self.server.calls[-1].request.lots), ["STD-2609", "免疫亲和柱 IAC-2411"])

    def test_a_form_is_of_records_or_of_worksheets(self):
        self.write_session(self.address)
        form = ("record", "form", "--form", "FOOD-QR-025", "--edition", "B/1", "--from", "2026-01-01", "--reason", "review")
        for flags, document in (((), 0), (("--of", "record"), 1), (("--of", "worksheet"), 2)):
            self.run_client(*form, *flags)
            self.assertEqual(self.server.calls[-1].request.document, document)
