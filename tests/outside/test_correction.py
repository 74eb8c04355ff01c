# SPDX-License-Identifier: Apache-2.0
"""Items refused at acceptance, and typing mistakes that are corrected with a reason; all of it against plain SQL too."""
import unittest

import psycopg2

from tests.outside.case import Outside
from tests.outside.test_custody import today
from tests.outside.world import ring


class Corrections(Outside):
    def reject(self, item, **more):
        return self.desk("RejectItem", **dict(dict(item_code=item.item_code, version=item.version, reason_id="AMOUNT",
                                                   words="0.4 g, the test takes 1 g"), **more)).item

    def receipt(self, no):
        return self.desk("GetReceipt", receipt_no=no).receipt

    def changes(self, **of):
        return self.desk("GetCorrections", **of).corrections

    def priced(self, fee="200"):
        self.people["MANAGER"]("DeskService.SetFeeRule", laboratory="JEW", method_id="M_XRF", fee_cny=fee, valid_from="2026-01-01",
                               reason="price list")
        self.addCleanup(self.people["MANAGER"], "DeskService.SetFeeRule", laboratory="JEW", method_id="M_XRF", fee_cny="0",
                        ended=True, valid_from="2026-01-01", reason="price list ends")

    # ---- rejection
    def test_a_rejected_item_is_not_tested_and_goes_back_whatever_was_agreed(self):
        item = self.reject(self.world.received(return_choice="RETURN_CHOICE_RETAIN").items[0])
        self.assertEqual((item.state, [test.state for test in item.tests]), (4, [7]))
        self.assertEqual((item.rejection.reason_id, item.rejection.reason_zh, item.rejection.rejected_by),
                         ("AMOUNT", "样品量不足", "reception"))
        self.assertTrue(item.rejection.owner.name_masked)
        self.assertIn(item.item_code, [one.item_code for one in self.desk("ListUncollected", laboratory="JEW").uncollected])
        back = self.desk("ReturnItem", item_code=item.item_code, version=item.version, mass_out_g="3.52").item
        self.assertEqual(back.custody_state, 2)

    def test_a_rejected_item_is_neither_disposed_of_nor_rejected_twice(self):
        item = self.reject(self.world.received().items[0])
        with self.ends_in("FAILED_PRECONDITION", "ALREADY_REJECTED"):
            self.reject(item)
        with self.ends_in("FAILED_PRECONDITION", "REJECTED_GOES_BACK"):
            self.desk("OfferDisposal", item_code=item.item_code, witness="manager", manner="melted down")

    def test_the_fee_of_a_rejected_item_is_not_charged(self):
        self.priced()
        receipt = self.world.received(items=[ring(), ring()], fee_cny="")
        self.assertEqual(receipt.fee_cny, "400")
        first = self.reject(receipt.items[0])
        self.assertEqual((first.rejection.fee_off_cny, first.rejection.fee_left_cny), ("200", "200"))
        self.reject(self.receipt(receipt.receipt_no).items[1])
        self.assertEqual(self.receipt(receipt.receipt_no).fee_cny, "0")

    def test_of_a_fee_that_no_rule_made_reception_says_what_is_left(self):
        receipt = self.world.received(items=[ring(), ring()], fee_cny="90", waiver="")
        with self.ends_in("FAILED_PRECONDITION", "FEE_UNDECIDED") as refusal:
            self.reject(receipt.items[0])
        self.assertEqual(refusal[0].metadata["charged_cny"], "90")
        with self.ends_in("INVALID_ARGUMENT"):
            self.reject(receipt.items[0], fee_cny="91")
        self.assertEqual(self.reject(receipt.items[0], fee_cny="50").rejection.fee_left_cny, "50")

    def test_a_campaign_gets_its_place_back_once(self):
        self.priced()
        self.people["MANAGER"]("DeskService.SetFeeWaiver", laboratory="JEW", campaign="reject", first_day=today(), last_day=today(),
                               reason="open day")
        receipt = self.world.received(items=[ring(), ring()], fee_cny="", waiver="reject")
        used = lambda: self.daemon.sql("select used from lab.fee_waiver where campaign = 'reject'")[0][0]  # noqa: E731
        self.assertEqual(used(), 2)
        self.reject(receipt.items[0])
        self.assertEqual(used(), 1)
        fresh = self.receipt(receipt.receipt_no)
        self.desk("VoidReceipt", receipt_no=fresh.receipt_no, version=fresh.version, reason="typed twice")
        self.assertEqual(used(), 0)

    def test_a_reason_is_of_the_catalogue_and_of_the_laboratory(self):
        reasons = self.people["RECEPTION"]("CatalogueService.GetIntakeForm", laboratory="JEW").rejection_reasons
        self.assertIn("FIXED_STONES", [one.reason_id for one in reasons])
        self.assertNotIn("TEMPERATURE", [one.reason_id for one in reasons])
        item = self.world.received().items[0]
        for wrong in ("TEMPERATURE", "BECAUSE"):
            with self.ends_in("INVALID_ARGUMENT") as refusal:
                self.reject(item, reason_id=wrong)
            self.assertIn("reason_id", refusal[0].fields)

    def test_what_was_measured_is_not_rejected_also_not_by_plain_sql(self):
        test = self.world.entered()
        with self.ends_in("FAILED_PRECONDITION", "TESTS_BEGUN"):
            self.reject(self.world.item(test.item_code))
        with self.assertRaisesRegex(psycopg2.Error, "measured already"):
            self.daemon.sql("insert into lab.item_rejection (item_code, laboratory, reason_id, reason_zh, reason_en, words, rejected_by, "
                            "rejected_at) select %s, 'JEW', 'AMOUNT', 'a', 'a', 'a', staff_id, now() from lab.staff limit 1",
                            test.item_code)

    def test_plain_sql_rejects_nothing_without_the_paper_and_charges_nobody_less(self):
        receipt = self.world.received(fee_cny="90", waiver="")
        for statement, why in (
                ("update lab.item set state = 'rejected' where item_code = %s", "cannot become rejected"),
                ("update lab.receipt set fee_cny = '1' where receipt_no = (select receipt_no from lab.item where item_code = %s)",
                 "keeps what was agreed"),
                ("insert into lab.item_rejection (item_code, laboratory, reason_id, reason_zh, reason_en, words, fee_off, rejected_by, "
                 "rejected_at) select %s, 'JEW', 'AMOUNT', 'a', 'a', 'a', 10, staff_id, now() from lab.staff limit 1", "Nobody pays")):
            with self.subTest(statement), self.assertRaisesRegex(psycopg2.Error, why):
                self.daemon.sql(statement, receipt.items[0].item_code)

    # ---- an item
    def test_a_mistyped_mass_and_claim_are_corrected_with_a_reason_and_stand_in_the_list(self):
        item = self.world.received().items[0]
        fixed = self.desk("CorrectIntake", item_code=item.item_code, version=item.version, mass_g="35.2", claim_text="足金999",
                          reason="typed 3.52").item
        self.assertEqual((fixed.mass_g, fixed.claim_text, fixed.name), ("35.2", "足金999", item.name))
        told = {one.field: one for one in self.changes(item_code=item.item_code)}
        self.assertEqual((told["mass_g"].old_value, told["mass_g"].new_value, told["mass_g"].reason, told["mass_g"].changed_by),
                         ("3.52", "35.2", "typed 3.52", "reception"))
        with self.ends_in("FAILED_PRECONDITION", "NOTHING_CORRECTED"):
            self.desk("CorrectIntake", item_code=item.item_code, version=fixed.version, mass_g="35.2", reason="again")
        back = self.desk("ReturnItem", item_code=self.reject(fixed).item_code, version=self.world.item(item.item_code).version,
                         mass_out_g="35.2")
        self.assertEqual(back.incident_no, "")

    def test_a_mass_that_was_weighed_since_is_no_typing_mistake(self):
        item = self.world.received().items[0]
        self.desk("OfferItem", item_code=item.item_code, receiver="manager")
        self.people["MANAGER"]("DeskService.AcceptItem", item_code=item.item_code, mass_g="3.52")
        with self.ends_in("FAILED_PRECONDITION", "WEIGHED_SINCE"):
            self.desk("CorrectIntake", item_code=item.item_code, version=self.world.item(item.item_code).version, mass_g="3.53",
                      reason="typed wrongly")
        with self.assertRaisesRegex(psycopg2.Error, "weighed or handed over"):
            self.daemon.sql("update lab.item set mass_text = '9' where item_code = %s", item.item_code)

    def test_a_fact_is_told_anew_with_the_reason(self):
        item = self.world.received().items[0]
        told = self.desk("TellItem", item_code=item.item_code, version=item.version, field="mfr", value="甲厂").item
        self.desk("CorrectIntake", item_code=item.item_code, version=told.version, facts=[dict(field="mfr", value="乙厂")],
                  reason="label read again")
        one = self.changes(item_code=item.item_code)[0]
        self.assertEqual((one.field, one.old_value, one.new_value, one.reason), ("mfr", "甲厂", "乙厂", "label read again"))

    def test_an_issued_sheet_is_amended_instead(self):
        item = self.world.item(self.world.released().item_code)
        with self.ends_in("FAILED_PRECONDITION", "SHEET_ISSUED"):
            self.desk("CorrectIntake", item_code=item.item_code, version=item.version, name="项链", reason="typed wrongly")

    # ---- persons
    def person(self, name, phone):
        return self.world.received(owner=dict(name=name, phone=phone)).owner.person_id

    def found(self, query):
        return [one.person_id for one in self.desk("FindPersons", query=query).persons]

    def test_a_mistyped_name_is_corrected_and_the_old_one_kept_masked(self):
        known = self.person("欧阳小", "13900000011")
        version = self.desk("RevealPerson", person_id=known, reason="typed wrongly").version
        self.desk("CorrectPerson", person_id=known, version=version, name="欧阳晓", reason="typed wrongly")
        self.assertEqual(self.desk("RevealPerson", person_id=known, reason="look at it").name, "欧阳晓")
        one = self.changes(person_id=known)[0]
        self.assertEqual((one.field, one.reason, "欧阳小" in one.old_value), ("name", "typed wrongly", False))
        with self.ends_in("ABORTED", "VERSION_STALE"):
            self.desk("CorrectPerson", person_id=known, version=version, phone="13900000012", reason="typed wrongly")

    def test_a_correction_into_somebody_known_says_to_merge(self):
        known, other = self.person("钱一", "13900000021"), self.person("钱乙", "13900000021")
        with self.ends_in("ALREADY_EXISTS", "PERSON_KNOWN") as refusal:
            self.desk("CorrectPerson", person_id=other, version=1, name="钱一", reason="typed wrongly")
        self.assertEqual(refusal[0].metadata["person_id"], known)

    def test_two_entries_become_one_and_two_again(self):
        kept, gone = self.person("孙一", "13900000031"), self.person("孙乙", "13900000032")
        merge = self.desk("MergePersons", kept_id=kept, gone_id=gone, reason="the same lady").merge
        self.assertEqual((merge.kept.person_id, merge.kept.item_count, merge.receipt_count), (kept, 2, 1))
        self.assertEqual((self.found("13900000031"), self.found("13900000032")), ([kept], [kept]))
        again = self.world.received(owner=dict(name="孙乙", phone="13900000032"))
        self.assertEqual((again.owner.person_id, again.owner.item_count), (kept, 3))
        listed = self.desk("ListItems", laboratory="JEW", query="0031").items
        self.assertEqual(len(listed), len({one.item_code for one in listed}))
        self.assertIn(again.items[0].item_code, [one.item_code for one in listed])
        with self.ends_in("FAILED_PRECONDITION", "MERGED_ALREADY"):
            self.desk("MergePersons", kept_id=gone, gone_id=kept, reason="in a ring")
        self.assertEqual(self.changes(person_id=kept)[0].merge_id, merge.merge_id)
        self.desk("UndoMerge", merge_id=merge.merge_id, reason="two sisters")
        self.assertEqual((self.found("13900000031"), self.found("13900000032")), ([kept], [gone]))
        with self.ends_in("FAILED_PRECONDITION", "ALREADY_UNDONE"):
            self.desk("UndoMerge", merge_id=merge.merge_id, reason="two sisters")
        self.assertEqual([one.field for one in self.changes(person_id=kept)][:2], ["merge_undone", "merged"])

    def test_the_consumer_tracks_with_either_phone_after_a_merge(self):
        kept = self.person("李一", "13900000041")
        receipt = self.world.received(owner=dict(name="李乙", phone="13900000052"))
        self.desk("MergePersons", kept_id=kept, gone_id=receipt.owner.person_id, reason="new phone")
        for last4 in ("0041", "0052"):
            tracked = self.people["RECEPTION"]("PublicService.Track", receipt_code=receipt.receipt_code, phone_last4=last4)
            self.assertEqual(len(tracked.items), 1)


if __name__ == "__main__":
    unittest.main()
