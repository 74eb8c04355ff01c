# SPDX-License-Identifier: Apache-2.0
"""Reserved item codes, the time of taking, what is set aside, keys of journals: in the database, against plain SQL too."""
import datetime
import threading
import unittest
import uuid

from tests.database.case import PHOTO, Caller, DatabaseCase, Refused

REASON = "for this test"
COLUMNS = ("receipt_no, laboratory, received_at, name, pieces, claimed_product_id, claim_text, hallmark, mass_text, condition, stones, "
           "declared_value_cny, seal_no, holder_id")
# An item like another, under this code and place.
COPIED = f"insert into lab.item (item_code, place, {COLUMNS}) select %s, %s, {COLUMNS} from lab.item where receipt_no = %s limit 1"


class Offline(DatabaseCase):
    def block(self, count=2, who="reception", **more):
        return self.write("desk_reserve_item_codes", who, laboratory="JEW", count=count, **more)["item_codes"]

    def take(self, *codes, request_id=None, **how):
        request = self.intake_request(items=len(codes), **how)
        for item, code in zip(request["items"], codes):
            item["reserved_item_code"] = code
        return self.write("desk_register_intake", "reception", blobs=(PHOTO,), request_id=request_id, **request)["receipt"]

    def row(self, code):
        return self.sql("select receipt_no, voided_at is not null from lab.reserved_code where item_code = %s", code)[0]

    @staticmethod
    def ms(**back):
        return int((datetime.datetime.now().timestamp() - datetime.timedelta(**back).total_seconds()) * 1000)

    def test_a_reserved_code_is_given_to_the_intake_that_names_it_and_once(self):
        codes = self.block(3)
        self.assertEqual(len(set(codes)), 3)
        receipt = self.take(codes[1], codes[0])
        self.assertEqual([item["item_code"] for item in receipt["items"]], [codes[1], codes[0]])
        self.assertEqual(self.row(codes[0]), (receipt["receipt_no"], False))
        self.assertEqual(self.row(codes[2]), (None, False))
        with self.refused("CODE_USED", "items[0].reserved_item_code", status=9) as caught:
            self.take(codes[0], owner=dict(name="李四", phone="13800138001"))
        self.assertIn(receipt["receipt_no"], str(caught.exception))
        with self.refused("FIELD_INVALID", "items[1].reserved_item_code"):
            self.take(codes[2], codes[2])
        # An intake that names none is never given one.
        others = {item["item_code"] for _ in range(20) for item in self.receive(items=3)["items"]}
        self.assertFalse(others & set(codes))

    def test_the_same_key_is_the_same_receipt(self):
        (code,), key = self.block(1), str(uuid.uuid4())
        first = self.take(code, request_id=key)
        self.assertEqual(self.take(code, request_id=key)["receipt_no"], first["receipt_no"])

    def test_a_code_from_no_block_is_refused(self):
        for code in ("000000000", self.receive()["items"][0]["item_code"]):
            with self.refused("FIELD_INVALID", "items[0].reserved_item_code"):
                self.take(code)

    def test_what_is_given_back_is_void_for_ever(self):
        codes = self.block(3)
        self.take(codes[0])
        gone = self.write("desk_return_item_codes", "reception", laboratory="JEW", item_codes=codes, reason=REASON)["item_codes"]
        self.assertEqual(gone, sorted(codes[1:]))
        with self.refused("CODE_VOID", "items[0].reserved_item_code", status=9):
            self.take(codes[1])
        listed = self.read("desk_list_reserved_codes", "reception", laboratory="JEW", page=dict(page_size=200))["reserved_codes"]
        by_code = {one["item_code"]: one for one in listed}
        self.assertIn("receipt_no", by_code[codes[0]])
        self.assertEqual(by_code[codes[1]]["void_reason"], REASON)
        free = self.read("desk_list_reserved_codes", "reception", laboratory="JEW", only_free=True).get("reserved_codes", [])
        self.assertFalse({one["item_code"] for one in free} & set(codes))
        with self.refused("FIELD_INVALID", "item_codes"):
            self.write("desk_return_item_codes", "reception", laboratory="JEW", item_codes=["000000000"], reason=REASON)

    def test_a_desk_holds_no_more_than_two_thousand(self):
        self.sql("update lab.reserved_code set voided_at = lab.ts_now(), voided_by = reserved_by, void_reason = 'test' "
                 "where receipt_no is null and voided_at is null")
        for _ in range(4):
            self.block(500)
        with self.refused("CODES_ENOUGH", status=9):
            self.block(1)
        self.assertEqual(len(self.write("desk_return_item_codes", "reception", laboratory="JEW", reason=REASON)["item_codes"]), 2000)

    def test_plain_sql_is_held_to_it(self):
        codes = self.block(3)
        self.take(codes[0])
        number = self.row(codes[0])[0]
        for code, change in ((codes[0], "receipt_no = null"), (codes[0], "laboratory = 'AIR'"), (codes[1], f"receipt_no = '{number}'"),
                             (codes[1], "desk = 'D2'"), (codes[0], "voided_at = now(), voided_by = reserved_by, void_reason = 'x'")):
            with self.subTest(change), self.sql_refused():
                self.sql(f"update lab.reserved_code set {change} where item_code = %s", code)
        self.write("desk_return_item_codes", "reception", laboratory="JEW", item_codes=[codes[2]], reason=REASON)
        with self.sql_refused("CODE_FIXED"):
            self.sql(COPIED, codes[2], 19, number)
        with self.sql_refused("NEVER_DELETED"):
            self.sql("delete from lab.reserved_code")

    def twenty_at_once(self, code, owner):
        """What came of twenty intakes with this code, each of owner(number)."""
        outcomes, barrier = [], threading.Barrier(20)

        def run(number):
            request = self.intake_request(owner=owner(number))
            request["items"][0]["reserved_item_code"] = code
            caller = Caller(self.database)
            barrier.wait(30)
            try:
                outcomes.append(caller.write("desk_register_intake", self.tokens["reception"], blobs=(PHOTO,),
                                             **request)["receipt"]["receipt_no"])
            except Refused as refusal:
                outcomes.append(refusal.reason)
            caller.connection.close()
        threads = [threading.Thread(target=run, args=(number,)) for number in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        self.assertEqual(len(outcomes), 20)
        return outcomes

    def test_twenty_intakes_with_one_code_make_one_item(self):
        (code,) = self.block(1)
        outcomes = self.twenty_at_once(code, lambda number: dict(name="王小明", phone=f"138001380{number:02}"))
        self.assertEqual(outcomes.count("CODE_USED"), 19, outcomes)
        self.assertEqual(self.row(code), (next(one for one in outcomes if one != "CODE_USED"), False))

    def test_twenty_copies_of_one_intake_meet_one_receipt(self):
        (code,) = self.block(1)
        self.assertEqual(self.twenty_at_once(code, lambda _: dict(name="王小明", phone="13800138000")), [self.row(code)[0]] * 20)

    # ---- booked, and nobody heard it; the answer is forgotten since
    def forgotten(self, *codes, **how):
        """An intake that was booked while its answer was lost, when the server keeps no answer of it any more."""
        entry = str(uuid.uuid4())
        receipt = self.take(*codes, request_id=entry, taken_offline_ms=self.ms(hours=1), **how)
        self.sql("alter table lab.replay disable trigger guard_replay")
        self.assertEqual(self.sql("delete from lab.replay where request_id = %s", entry), 1)
        self.sql("alter table lab.replay enable always trigger guard_replay")
        return entry, receipt["receipt_no"]

    def receipts(self):
        return self.one("select count(*) from lab.receipt")

    def test_the_same_intake_meets_its_receipt_when_its_answer_is_forgotten(self):
        codes = self.block(2)
        entry, number = self.forgotten(*codes)
        before = self.receipts()
        # By its own id; sent anew by a person without the time; by a copy that knows no id of it.
        for how in (dict(request_id=entry, taken_offline_ms=self.ms(hours=1)), dict(replaces_request_ids=[entry.upper()]), {}):
            with self.subTest(sorted(how)):
                self.assertEqual(self.take(*codes, **how)["receipt_no"], number)
        self.assertEqual(self.receipts(), before)

    def test_what_is_booked_is_not_booked_again_under_other_codes_or_changed(self):
        (old, new, third) = self.block(3)
        entry, number = self.forgotten(old)
        before, again = self.receipts(), str(uuid.uuid4())
        for code, how in ((new, {}), (old, dict(purpose="dispute")), (third, dict(request_id=again))):
            with self.subTest(code), self.refused("ALREADY_BOOKED", status=9) as caught:
                self.take(code, replaces_request_ids=[entry], **how)
            self.assertEqual(caught.exception.metadata, {"receipt_no": number})
        with self.refused("ALREADY_BOOKED"):
            self.take(third, replaces_request_ids=[again, entry])
        self.assertEqual((self.receipts(), self.row(new)), (before, (None, False)))
        # Nor is it set aside: for ever.
        with self.refused("ALREADY_BOOKED", status=9):
            self.write("desk_set_aside_intake", "reception", laboratory="JEW", reason=REASON, entry_request_id=entry)
        with self.sql_refused("ALREADY_BOOKED"):
            self.sql("insert into lab.intake_set_aside select %s, 'JEW', 'D1', '{}', null, staff_id, lab.ts_now(), 'x' from lab.staff limit 1",
                     entry)

    def test_a_copy_that_comes_after_its_correction_meets_the_corrected_receipt(self):
        codes, entry = self.block(1), str(uuid.uuid4())
        corrected = self.take(*codes, purpose="dispute", replaces_request_ids=[entry])
        with self.refused("ALREADY_BOOKED") as caught:
            self.take(*codes, request_id=entry)
        self.assertEqual(caught.exception.metadata, {"receipt_no": corrected["receipt_no"]})

    def test_another_laboratory_learns_nothing_of_a_receipt(self):
        entry, number = self.forgotten(*self.block(1))
        other = self.intake_request(laboratory="AIR", replaces_request_ids=[entry])
        with self.assertRaises(Refused) as caught:
            self.write("desk_register_intake", "reception", blobs=(PHOTO,), **other)
        self.assertNotIn(number, str(caught.exception))

    def test_that_an_intake_is_booked_is_kept_against_plain_sql(self):
        (code,), (free,) = self.block(1), self.block(1)
        entry, number = self.forgotten(code)
        for statement in ("update lab.intake_booked set receipt_no = receipt_no", "delete from lab.intake_booked",
                          "truncate lab.intake_booked"):
            with self.subTest(statement), self.sql_refused("APPEND_ONLY"):
                self.sql(statement)
        self.write("desk_set_aside_intake", "reception", laboratory="JEW", reason=REASON, entry_request_id=(gone := str(uuid.uuid4())))
        with self.sql_refused("INTAKE_SET_ASIDE"):
            self.sql("insert into lab.intake_booked values (%s, %s)", gone, number)
        with self.sql_refused("intake_booked_pkey"):
            self.sql("insert into lab.intake_booked values (%s, %s)", entry, number)
        # A receipt whose id is not known takes no reserved code.
        other = self.receive(items=1)
        self.sql("alter table lab.intake_booked disable trigger guard_append_only")
        self.sql("delete from lab.intake_booked where receipt_no = %s", other["receipt_no"])
        self.sql("alter table lab.intake_booked enable always trigger guard_append_only")
        self.assertEqual(self.sql_at_once((("set constraints lab.guard_code_known immediate",), (COPIED, free, 19, other["receipt_no"]))),
                         ["CODE_FIXED"])

    def test_the_time_of_taking_stands_beside_the_time_of_booking_and_has_bounds(self):
        (first, second, third, fourth) = self.block(4)
        receipt = self.take(first, taken_offline_ms=self.ms(days=2))
        self.assertLess(receipt["taken_offline_at"], receipt["received_at"])
        for code, given in ((second, self.ms(days=31)), (third, self.ms(hours=-1))):
            with self.refused("FIELD_INVALID", "taken_offline_ms"):
                self.take(code, taken_offline_ms=given)
        # A clock that is a little ahead is no reason to send anybody home.
        self.take(fourth, taken_offline_ms=self.ms(minutes=-2))
        with self.sql_refused():
            self.sql("update lab.receipt set taken_offline_at = now() where receipt_no = %s", receipt["receipt_no"])

    def test_what_is_set_aside_is_refused_under_its_key(self):
        (code,), entry = self.block(1), str(uuid.uuid4())
        how = dict(laboratory="JEW", entry_request_id=entry, item_codes=[code], reason=REASON, taken_offline_ms=self.ms(hours=1))
        made = self.write("desk_set_aside_intake", "manager", **how)["set_aside"]
        self.assertEqual((made["item_codes"], made["set_aside_by"]), ([code], "manager"))
        self.assertEqual(self.write("desk_set_aside_intake", "reception", **how)["set_aside"], made)
        self.assertEqual(self.row(code), (None, True))
        with self.refused("INTAKE_SET_ASIDE", status=9):
            self.receive(request_id=entry)

    def test_what_is_booked_cannot_be_set_aside(self):
        (code,), entry = self.block(1), str(uuid.uuid4())
        receipt = self.take(code, request_id=entry)
        for how in (dict(entry_request_id=entry), dict(entry_request_id=str(uuid.uuid4()), item_codes=[code])):
            with self.refused("ALREADY_BOOKED", status=9) as caught:
                self.write("desk_set_aside_intake", "reception", laboratory="JEW", reason=REASON, **how)
            self.assertIn(receipt["receipt_no"], str(caught.exception))

    def test_keys_are_of_one_ring_newest_first_and_stand_nowhere_else(self):
        keys = self.write("desk_get_journal_keys", "reception")["keys"]
        self.assertRegex(keys[0]["key_hex"], "^[0-9a-f]{64}$")
        made = self.write("desk_rotate_journal_key", "admin", reason="a desk was stolen")["key_id"]
        again = self.write("desk_get_journal_keys", "reception2")["keys"]
        self.assertEqual([one["key_id"] for one in again[:len(keys) + 1]], [made] + [one["key_id"] for one in keys])
        self.assertNotEqual(again[0]["key_hex"], again[1]["key_hex"])
        for table in ("history", "replay"):
            for key in again:
                self.assertEqual(self.one(f"select count(*) from lab.{table} as kept where kept::text like %s", f"%{key['key_hex']}%"), 0)


if __name__ == "__main__":
    unittest.main()
