# SPDX-License-Identifier: Apache-2.0
"""What a report says of an item beside its intake: told, or printed with the reason; and who signs as what in which domain."""
import json
import unittest

from tests.database.case import DatabaseCase


class Profiles(DatabaseCase):
    def tell(self, item, field, **words):
        return self.write("desk_tell_item", "reception", item_code=item["item_code"], version=item["version"], field=field,
                          **words)["item"]

    def record(self, told=()):
        test = self.approved()
        item = self.item(test["item_code"])
        for field, words in told:
            item = self.tell(item, field, **words)
        sheet = self.release(item["item_code"])
        return json.loads(bytes(self.one("select record_bytes from lab.sheet where sheet_no = %s", sheet["sheet_no"])))

    def test_the_newest_word_on_a_field_is_printed(self):
        record = self.record((("model", dict(value="R-6")), ("model", dict(value="R-7"))))
        self.assertEqual(record["item"]["model"], "R-7")
        self.assertEqual(record["missing_reasons"], [])

    def test_a_reason_is_printed_in_place_of_the_value(self):
        record = self.record((("batch", dict(reason="标签缺失 label torn off")),))
        self.assertEqual(record["item"]["batch"], "")
        self.assertEqual([(one["field"], one["zh"]) for one in record["missing_reasons"]], [("batch", "标签缺失 label torn off")])

    def test_a_field_that_nobody_knows_and_both_or_neither_are_refused(self):
        item = self.receive()["items"][0]
        with self.refused("FIELD_INVALID", "field"):
            self.tell(item, "colour", value="red")
        for words in ({}, dict(value="x", reason="y")):
            with self.refused("FIELD_INVALID", "value"):
                self.tell(item, "model", **words)

    def test_nothing_is_told_of_an_item_whose_sheet_is_issued(self):
        sheet = self.released()
        with self.refused("SHEET_ISSUED"):
            self.tell(self.item(sheet["item_code"]), "model", value="R-7")

    def test_under_an_amendment_too_what_a_sheet_says_changes_by_correction_only(self):
        sheet = self.sealed()
        self.amend(sheet)
        with self.refused("SHEET_ISSUED"):
            self.tell(self.item(sheet["item_code"]), "model", value="R-7")
        with self.sql_refused("SHEET_ISSUED"):
            self.sql("insert into lab.item_fact (item_code, field, entry_no, laboratory, value, reason, told_by, at) "
                     "select %s, 'model', 1, 'JEW', 'R-7', '', staff_id, lab.ts_now() from lab.staff limit 1",
                     sheet["item_code"])

    def test_food_is_signed_by_its_inspector_and_instruments_by_verifier_and_checker(self):
        self.assertEqual(self.sql("select zh[1], zh[2] from lab.record_roles('FOOD')"), [("检验人", "审核")])
        self.assertEqual(self.sql("select zh[1], zh[2] from lab.record_roles('MET')"), [("检定员", "核验员")])
        self.assertEqual(self.sql("select zh[1], zh[2] from lab.record_roles('JEW')"), [("编制", "审核")])

    def test_a_qualified_instrument_gets_a_certificate_and_any_other_a_notice(self):
        for verdicts, title in ((("1", "1"), "检定证书"), (("1", "2"), "检定结果通知书"), (("1", "6"), "检定结果通知书")):
            results = json.dumps([dict(signed=dict(verdict=one)) for one in verdicts])
            made = self.one("select lab.record_title(item, %s) from (select (jsonb_populate_record(item, "
                            "'{\"laboratory\": \"MET\"}')).* from lab.item limit 1) as item", results)
            self.assertEqual(made["title_zh"], title)


if __name__ == "__main__":
    unittest.main()
