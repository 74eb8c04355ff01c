# SPDX-License-Identifier: Apache-2.0
"""Fees by rules as rows, campaigns with a quota that nobody gets past, and receipts that are void and never gone."""
import contextlib
import datetime
import unittest

import psycopg2

from tests.outside.case import Outside, Refusal, at_once
from tests.outside.test_custody import today
from tests.outside.world import intake_fields, ring

XRF = dict(method_id="M_XRF", parameter_id="AU")


class Fees(Outside):
    def rule(self, fee, **more):
        return self.people["MANAGER"]("DeskService.SetFeeRule", **dict(dict(laboratory="JEW", fee_cny=fee,
                                      valid_from="2026-01-01", reason="price list 2026"), **more)).fee_rule

    def campaign(self, name, quota=0, **more):
        return self.people["MANAGER"]("DeskService.SetFeeWaiver", **dict(dict(laboratory="JEW", campaign=name, quota=quota,
                                      first_day=today(), last_day=today(), reason="open day"), **more)).waiver

    def used(self, name):
        listed = self.people["RECEPTION"]("DeskService.ListFeeWaivers", laboratory="JEW").waivers
        return next(one.used for one in listed if one.campaign == name)

    def intake(self, **more):
        return self.people["RECEPTION"]("DeskService.RegisterIntake", **intake_fields(**more)).receipt

    def setUp(self):
        self.rule("200", method_id="M_XRF")

    def test_without_a_rule_that_fits_reception_says_the_fee(self):
        self.rule("0", method_id="M_XRF", ended=True)
        receipt = self.intake(fee_cny="55.50", waiver="by the mayor")
        self.assertEqual((receipt.fee_cny, receipt.waiver, receipt.fee_rule_cny), ("55.50", "by the mayor", ""))

    def test_the_intake_is_charged_by_the_nearest_rule_for_tests_and_items(self):
        self.assertEqual(self.intake().fee_cny, "200")
        self.assertEqual(self.intake(items=[ring(), ring()]).fee_cny, "400")
        parent = self.daemon.sql("select parent_id from lab.product where product_id = 'JEW_AU750'")[0][0]
        self.rule("260", method_id="M_XRF", product_id=parent)
        self.assertEqual(self.intake().fee_cny, "260")
        self.rule("230.50", method_id="M_XRF", product_id="JEW_AU750")
        self.rule("999", method_id="M_XRF", product_id="JEW_AU750", valid_from="2099-01-01")
        self.assertEqual(self.intake().fee_cny, "230.50")
        self.rule("12.5", product_id="JEW_AU750")
        receipt = self.intake()
        self.assertEqual((receipt.fee_cny, receipt.fee_rule_cny), ("243.00", "243.00"))
        quoted = self.people["RECEPTION"]("DeskService.QuoteFee", laboratory="JEW", product_id="JEW_AU750", method_ids=["M_XRF"])
        self.assertEqual(quoted.fee_cny, "243.00")
        for ended in (dict(product_id="JEW_AU750"), dict(method_id="M_XRF", product_id="JEW_AU750"),
                      dict(method_id="M_XRF", product_id=parent)):
            self.daemon.sql("alter table lab.fee_rule disable trigger guard_append_only")
            self.daemon.sql("delete from lab.fee_rule where product_id = %s", ended["product_id"])
            self.daemon.sql("alter table lab.fee_rule enable always trigger guard_append_only")

    def test_another_fee_needs_its_reason(self):
        with self.ends_in("FAILED_PRECONDITION", "FEE_DIFFERS") as refusal:
            self.intake(fee_cny="100")
        self.assertEqual(refusal[0].metadata["fee_rule_cny"], "200")
        receipt = self.intake(fee_cny="100", fee_reason="half for pensioners")
        self.assertEqual((receipt.fee_cny, receipt.fee_rule_cny, receipt.fee_reason), ("100", "200", "half for pensioners"))
        self.assertEqual(self.intake(fee_cny="200.00").fee_cny, "200.00")
        with self.ends_in("INVALID_ARGUMENT") as refusal:
            self.intake(waiver="no such day")
        self.assertIn("waiver", refusal[0].fields)

    def test_a_campaign_waives_and_counts_items(self):
        self.campaign("315")
        receipt = self.intake(waiver="315", items=[ring(), ring()])
        self.assertEqual((receipt.fee_cny, receipt.fee_rule_cny, receipt.waiver), ("0", "400", "315"))
        self.assertEqual(self.used("315"), 2)
        self.campaign("yesterday", first_day="2026-01-01", last_day="2026-01-02")
        with self.ends_in("INVALID_ARGUMENT"):
            self.intake(waiver="yesterday")
        self.campaign("other things", product_id="JEW_AG925")
        with self.ends_in("INVALID_ARGUMENT") as refusal:
            self.intake(waiver="other things")
        self.assertIn("waiver", refusal[0].fields)

    def test_of_ten_who_want_the_last_three_places_three_get_one(self):
        self.campaign("three", quota=3)
        done = at_once([lambda: self.intake(waiver="three") for _ in range(10)])
        refused = [one for one in done if isinstance(one, Refusal)]
        self.assertEqual({(one.code.name, one.reason) for one in refused}, {("FAILED_PRECONDITION", "WAIVER_QUOTA")})
        self.assertEqual((len(refused), self.used("three")), (7, 3))
        with self.ends_in("INVALID_ARGUMENT") as refusal:
            self.campaign("three", quota=2)
        self.assertIn("quota", refusal[0].fields)
        self.campaign("three", quota=4)
        self.intake(waiver="three")
        with self.assertRaisesRegex(psycopg2.Error, "counts by itself"):
            self.daemon.sql("update lab.fee_waiver set used = 0 where campaign = 'three'")

    def test_a_campaign_waives_on_its_own_days_and_nowhere_else_also_not_by_plain_sql(self):
        self.campaign("3·15", first_day="2027-03-15", last_day="2027-03-15")
        for more in ({}, dict(fee_cny="0", fee_reason="it is nearly March")):
            with self.subTest(more), self.ends_in("INVALID_ARGUMENT") as refusal:
                self.intake(waiver="3·15", **more)
            self.assertIn("other days", refusal[0].fields["waiver"])
        self.campaign("the week", last_day=(datetime.date.fromisoformat(today()) + datetime.timedelta(days=6)).isoformat())
        receipt = self.intake(waiver="the week")
        move = "update lab.receipt set waiver_id = (select waiver_id from lab.fee_waiver where campaign = %s) where receipt_no = %s"
        columns = self.daemon.sql("select string_agg(column_name, ', ') from information_schema.columns "
                                  "where table_schema = 'lab' and table_name = 'item' and is_generated = 'NEVER'")[0][0]
        item = (f"insert into lab.item ({columns}) select {columns} from (select (jsonb_populate_record(item, "
                "jsonb_build_object('item_code', '000000000', 'place', 2))).* from lab.item where item_code = %s) as copied")
        # The guard of receipts is switched off for a moment, as somebody with the books in their hands would do: the campaign holds.
        self.daemon.sql("alter table lab.receipt disable trigger guard_receipt")
        try:
            self.daemon.sql(move, "3·15", receipt.receipt_no)
            with self.assertRaisesRegex(psycopg2.Error, "waives on other days"):
                self.daemon.sql(item, receipt.items[0].item_code)
            self.daemon.sql(move, "the week", receipt.receipt_no)
        finally:
            self.daemon.sql("alter table lab.receipt enable always trigger guard_receipt")
        yesterday = (datetime.date.fromisoformat(today()) - datetime.timedelta(days=1)).isoformat()
        with self.assertRaisesRegex(psycopg2.Error, "keeps its name, first day"):
            self.daemon.sql("update lab.fee_waiver set last_day = %s, first_day = %s where campaign = 'the week'", yesterday, yesterday)
        self.campaign("the week")  # ends today: nothing of later days was waived
        self.daemon.sql("alter table lab.receipt disable trigger user")
        try:
            self.daemon.sql("update lab.receipt set received_at = received_at + interval '1 day' where receipt_no = %s", receipt.receipt_no)
            self.daemon.sql("update lab.fee_waiver set last_day = last_day + 3 where campaign = 'the week'")
            with self.ends_in("FAILED_PRECONDITION", "WAIVER_USED"):
                self.campaign("the week")
        finally:
            self.daemon.sql("update lab.receipt set received_at = received_at - interval '1 day' where receipt_no = %s", receipt.receipt_no)
            for trigger, in self.daemon.sql("select tgname from pg_trigger where tgrelid = 'lab.receipt'::regclass and not tgisinternal"):
                self.daemon.sql(f'alter table lab.receipt enable always trigger "{trigger}"')

    def test_a_void_receipt_stays_in_the_series_and_gives_back_what_it_took(self):
        self.campaign("void")
        receipt = self.intake(waiver="void")
        fields = dict(receipt_no=receipt.receipt_no, version=receipt.version, reason="typed twice")
        voided = self.people["RECEPTION"]("DeskService.VoidReceipt", **fields).receipt
        self.assertEqual((voided.voided_by, voided.void_reason, voided.items[0].tests[0].state), ("reception", "typed twice", 7))
        self.assertEqual(self.used("void"), 0)
        following = self.intake()
        self.assertEqual(int(following.receipt_no[-6:]), int(receipt.receipt_no[-6:]) + 1)
        with self.ends_in("FAILED_PRECONDITION", "ALREADY_VOID"):
            self.people["RECEPTION"]("DeskService.VoidReceipt", **dict(fields, version=voided.version))
        item = self.world.item(receipt.items[0].item_code)
        with self.ends_in("PERMISSION_DENIED", "SECOND_PERSON"):
            self.people["RECEPTION"]("DeskService.ReturnItem", item_code=item.item_code, version=item.version, mass_out_g="3.52")
        listed = {one.receipt_no: one for one in self.people["RECEPTION"]("DeskService.ListReceipts", laboratory="JEW", day=today(),
                                                                          page=dict(page_size=200)).receipts}
        self.assertEqual((listed[receipt.receipt_no].void_reason, listed[following.receipt_no].fee_cny), ("typed twice", "200"))
        series = sorted(int(no[-6:]) for no in listed if no.startswith("D1-"))
        self.assertEqual(series, list(range(series[0], series[-1] + 1)))

    def test_what_was_tested_is_not_void_also_not_by_plain_sql(self):
        code = self.world.entered().item_code
        no = self.world.item(code).receipt_no
        receipt = self.people["RECEPTION"]("DeskService.GetReceipt", receipt_no=no).receipt
        with self.ends_in("FAILED_PRECONDITION", "TESTS_BEGUN"):
            self.people["RECEPTION"]("DeskService.VoidReceipt", receipt_no=no, version=receipt.version, reason="typed twice")
        for change in ("voided_at = now(), voided_by = received_by, void_reason = 'x'", "fee_cny = '1'", "fee_reason = 'x'"):
            with self.subTest(change), contextlib.suppress(psycopg2.Error):
                self.daemon.sql(f"update lab.receipt set {change} where receipt_no = %s", no)
                self.fail("was allowed")


if __name__ == "__main__":
    unittest.main()
