# SPDX-License-Identifier: Apache-2.0
"""The books of reception against somebody who wants an item, its mass or its money to vanish from them: a closed day that would
change, an item used up by one person, a mass corrected under the accepter's hands, an event dated back, a whole ring kept as a
portion. Each over gRPC against the daemon, and what the database guards against plain SQL too."""
import datetime
import unittest

import psycopg2

from tests.outside import test_custody as custody
from tests.outside.case import Outside
from tests.outside.test_custody import ACCEPTED, AGREED, DISPOSED, FROZEN, HELD, OFFERED, RETURNED, today
from tests.outside.world import intake_fields, ring
from tests.support.daemon import PASSWORD

MONEY = ("receipts", "receipts_void", "fees_cny", "fees_back_cny", "items_waived", "intakes_set_aside")

# Ideographic space, no-break space, zero width, joiners, a bidirectional control, fillers, a selector, the blank of Braille.
NOTHING = ("\u3000", " \u00a0\u2003", "\u200b", "\u200d\u200c", "\u202e", "\u3164", "\uffa0", "\ufe0f", "\U000e0100", "\u2800")


class Closed(Outside):
    """Two days of a daemon of its own."""
    desk, ring, sql_refused = custody.Custody.desk, custody.Custody.ring, custody.Custody.sql_refused

    def tomorrow(self):
        """The database's clock a day ahead, for the daemon's next life."""
        moment = self.daemon.sql("select (now() + interval '1 day')::text")[0][0]
        self.daemon.sql("update lab.policy set test_clock = true")
        self.daemon.sql(f"alter role touchstone_daemon set touchstone.test_now = '{moment}'")
        self.daemon.write_config(self.daemon.port)
        self.daemon.stop()
        self.daemon.start()
        for name in ("RECEPTION", "MANAGER"):
            self.people[name] = self.daemon.log_in(name.lower(), "D1")
        return (datetime.date.fromisoformat(today()) + datetime.timedelta(days=1)).isoformat()

    def void(self, receipt):
        fresh = self.desk("GetReceipt", receipt_no=receipt.receipt_no).receipt
        return self.desk("VoidReceipt", receipt_no=fresh.receipt_no, version=fresh.version, reason="typed twice").receipt

    def reject(self, item, **more):
        return self.desk("RejectItem", item_code=item.item_code, reason_id="AMOUNT", words="too little of it",
                         version=self.desk("GetItem", item_code=item.item_code).item.version, **more).item

    def drawn(self, day):
        figures = self.daemon.sql("select lab.day_drawn('JEW', %s)", day)[0][0]
        return {name: figures[name] for name in MONEY}

    def test_a_closed_day_keeps_its_figures_and_what_is_given_back_later_stands_on_its_own_day(self):
        self.people["MANAGER"]("DeskService.SetFeeRule", laboratory="JEW", method_id="M_XRF", fee_cny="200", valid_from="2026-01-01",
                               reason="price list")
        self.people["MANAGER"]("DeskService.SetFeeWaiver", laboratory="JEW", campaign="315", first_day=today(), last_day=today(),
                               reason="open day")
        void_at_once, void_later, refused_later = (self.world.received(fee_cny="", waiver="") for _ in range(3))
        pair = self.world.received(items=[ring(), ring()], fee_cny="", waiver="")
        free = self.world.received(fee_cny="", waiver="315")
        self.void(void_at_once)
        self.reject(pair.items[0])
        codes = [item.item_code for one in (void_at_once, void_later, refused_later, pair, free) for item in one.items]
        self.desk("StoreItems", item_codes=codes, storage="SAFE")
        day = today()
        act = self.desk("CloseDay", laboratory="JEW", day=day).day_close
        # 200 + 200 + 200 + 400, less 200 of the void one and 200 of the refused one.
        self.assertEqual((act.receipts, act.receipts_void, act.fees_cny, act.fees_back_cny, act.items_waived), (5, 1, "600", "0", 1))
        for what in (lambda: self.void(void_later), lambda: self.reject(refused_later.items[0])):
            with self.ends_in("FAILED_PRECONDITION", "DAY_CLOSED"):
                what()
        with self.sql_refused("DAY_CLOSED") as cursor:
            cursor.execute("update lab.test set state = 'cancelled' where item_code = %s", (void_later.items[0].item_code,))
            cursor.execute("update lab.receipt set voided_at = now(), voided_by = received_by, void_reason = 'x' where receipt_no = %s",
                           (void_later.receipt_no,))
        with self.sql_refused("DAY_CLOSED") as cursor:  # a receipt of nothing
            cursor.execute("insert into lab.receipt (receipt_no, laboratory, desk, received_at, received_by, owner_id, bringer_id, purpose, "
                           "return_choice, fee_cny) select 'D1-26-999999', laboratory, desk, now(), received_by, owner_id, bringer_id, "
                           "purpose, return_choice, '9' from lab.receipt where receipt_no = %s", (void_later.receipt_no,))
        before = self.drawn(day)
        following = self.tomorrow()
        self.void(void_later)
        self.void(free)
        self.reject(refused_later.items[0])
        self.assertEqual(self.drawn(day), before, "the act of the closed day is no longer what the books say")
        now = self.desk("ListUnaccounted", laboratory="JEW").today
        self.assertEqual((now.day, now.receipts, now.receipts_void, now.fees_cny, now.fees_back_cny), (following, 0, 2, "-400", "400"))
        act = self.desk("CloseDay", laboratory="JEW", day=following).day_close
        self.assertEqual((act.receipts_void, act.fees_cny, act.fees_back_cny), (2, "-400", "400"))
        # Of a void receipt nothing is given back twice.
        self.desk("ReopenDay", "MANAGER", laboratory="JEW", day=following, reason="one more")
        with self.ends_in("FAILED_PRECONDITION", "RECEIPT_VOID"):
            self.reject(void_later.items[0])


class Taken(Outside):
    """One person alone takes nothing off an item, and nobody corrects what somebody is about to accept."""
    desk, custody, sql_refused = custody.Custody.desk, custody.Custody.custody, custody.Custody.sql_refused

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.code = cls.world.received().items[0].item_code

    def ring(self, **more):
        return self.world.received(**dict(dict(consents=AGREED), **more)).items[0].item_code

    def consume(self, code, mass, **more):
        return self.desk("RecordConsumption", item_code=code, mass_g=mass, note="cupellation", **more)

    def test_all_of_an_item_is_used_up_before_a_witness_who_weighs_what_is_left(self):
        code = self.ring()
        for mass in ("3.52", "3.51", "3.50"):
            with self.ends_in("FAILED_PRECONDITION", "WITNESS_REQUIRED", mass):
                self.consume(code, mass)
        self.consume(code, "1")  # a part is the holder's word, and the rest is what counts then
        with self.ends_in("FAILED_PRECONDITION", "WITNESS_REQUIRED"):
            self.consume(code, "2.52")
        with self.ends_in("INVALID_ARGUMENT") as refusal:
            self.consume(code, "2.52", witness="reception")
        self.assertIn("witness", refusal[0].fields)
        paper = self.consume(code, "2.52", witness="technician").hand_over
        self.assertEqual((paper.receiver, paper.consumes_g, paper.expected_mass_g, paper.state), ("technician", "2.52", "0.00", OFFERED))
        self.assertEqual(self.custody(code).custody.expected_mass_g, "2.52")  # not yet
        self.assertIn(code, [one.item_code for one in self.desk("ListUnaccounted", laboratory="JEW").items])
        with self.ends_in("PERMISSION_DENIED", "NOT_YOURS"):
            self.desk("AcceptItem", item_code=code, mass_g="0")
        done = self.desk("AcceptItem", "TECHNICIAN", item_code=code, mass_g="0")
        self.assertEqual((done.custody.expected_mass_g, done.custody.holder, done.hand_over.state), ("0.00", "reception", ACCEPTED))
        newest = self.custody(code).events[-1]
        self.assertEqual((newest.giver, newest.receiver, newest.mass_g, newest.note), ("reception", "technician", "2.52", "cupellation"))

    def test_more_than_the_laboratorys_share_is_used_up_before_a_witness_also_in_parts(self):
        code = self.ring()  # 3.52 g, of which one person uses up a half: 1.76 g
        with self.ends_in("FAILED_PRECONDITION", "WITNESS_REQUIRED") as refusal:
            self.consume(code, "1.77")
        self.assertIn("50 %", refusal[0].text)
        self.consume(code, "1.00")
        self.consume(code, "0.76")
        with self.ends_in("FAILED_PRECONDITION", "WITNESS_REQUIRED"):
            self.consume(code, "0.01")
        with self.sql_refused("WITNESS_REQUIRED") as cursor:
            cursor.execute("insert into lab.custody_event (item_code, laboratory, at, kind, from_staff, mass_text) select item_code, "
                           "laboratory, now(), 'consumed', holder_id, '0.01' from lab.item where item_code = %s", (code,))
        self.consume(code, "1.00", witness="technician")
        done = self.desk("AcceptItem", "TECHNICIAN", item_code=code, mass_g="0.76")
        self.assertEqual((done.custody.expected_mass_g, done.custody.holder), ("0.76", "reception"))
        with self.ends_in("FAILED_PRECONDITION", "WITNESS_REQUIRED"):  # what a witness saw frees nothing for the next one
            self.consume(code, "0.01")
        self.daemon.sql("update lab.laboratory set unwitnessed_share = 0.8 where laboratory = 'JEW'")
        try:
            self.assertEqual(self.consume(code, "0.10").custody.expected_mass_g, "0.66")
        finally:
            self.daemon.sql("update lab.laboratory set unwitnessed_share = 0.5 where laboratory = 'JEW'")

    # ---- a void receipt
    def test_who_made_a_receipt_void_does_not_hand_its_items_back(self):
        receipt = self.world.received(items=[ring(), ring()], consents=AGREED)
        code, stored = (item.item_code for item in receipt.items)
        self.desk("VoidReceipt", receipt_no=receipt.receipt_no, version=receipt.version, reason="taken in by mistake")
        self.people["ADMINISTRATOR"].staff("late", ["RECEPTION"])
        me, late = self.people["RECEPTION"], self.daemon.log_in("late", "D2")
        back = lambda code, who: who("DeskService.ReturnItem", item_code=code, version=self.world.item(code).version,  # noqa: E731
                                     mass_out_g="3.52")
        with self.ends_in("PERMISSION_DENIED", "SECOND_PERSON"):
            back(code, me)
        returned = ("insert into lab.custody_event (item_code, laboratory, at, kind, from_staff, mass_text) select item_code, laboratory, "
                    "now(), 'returned', holder_id, '3.52' from lab.item where item_code = %s")
        with self.sql_refused("SECOND_PERSON") as cursor:
            cursor.execute(returned, (code,))
        for what in (lambda: self.consume(code, "0.10"), lambda: self.consume(code, "3.52", witness="technician"),
                     lambda: self.desk("RetainPortion", item_code=code, mass_g="0.10", storage="SAFE")):
            with self.ends_in("FAILED_PRECONDITION", "RECEIPT_VOID"):
                what()
        self.desk("OfferItem", item_code=code, receiver="late")
        late("DeskService.AcceptItem", item_code=code, mass_g="3.52")
        self.assertEqual(back(code, late).item.custody_state, RETURNED)
        self.desk("StoreItems", item_codes=[stored], storage="SAFE")
        with self.ends_in("PERMISSION_DENIED", "SECOND_PERSON"):
            back(stored, me)
        self.assertEqual(back(stored, late).item.custody_state, RETURNED)

    def test_a_witness_who_finds_something_left_freezes_the_item(self):
        code = self.ring()
        self.consume(code, "3.52", witness="technician")
        done = self.desk("AcceptItem", "TECHNICIAN", item_code=code, mass_g="1.10")
        self.assertEqual((done.custody.custody_state, done.custody.expected_mass_g), (FROZEN, "3.52"))
        self.assertTrue(done.incident_no)

    def test_what_was_used_up_before_a_witness_need_not_be_kept_for_its_owner(self):
        receipt = self.world.received(consents=AGREED)
        code = receipt.items[0].item_code
        self.consume(code, "3.52", witness="technician")
        self.desk("AcceptItem", "TECHNICIAN", item_code=code, mass_g="0")
        with self.ends_in("FAILED_PRECONDITION", "TESTS_OPEN"):
            self.desk("OfferDisposal", item_code=code, witness="manager", manner="nothing is left")
        self.desk("VoidReceipt", receipt_no=receipt.receipt_no, version=receipt.version, reason="typed twice")
        self.desk("OfferDisposal", item_code=code, witness="manager", manner="nothing is left")
        done = self.desk("AcceptItem", "MANAGER", item_code=code, mass_g="0")
        self.assertEqual(done.custody.custody_state, DISPOSED)

    def test_nothing_is_taken_off_an_item_whose_owner_agreed_to_no_damage(self):
        code = self.ring(consents=AGREED[:2])
        for what in (lambda: self.consume(code, "0.10"), lambda: self.consume(code, "0.10", witness="technician"),
                     lambda: self.desk("RetainPortion", item_code=code, mass_g="0.10", storage="SAFE")):
            with self.ends_in("FAILED_PRECONDITION", "NO_DAMAGE_AGREED"):
                what()

    def test_plain_sql_uses_nothing_up_alone_either(self):
        code = self.ring()
        taken_off = ("insert into lab.custody_event (item_code, laboratory, at, kind, from_staff, mass_text) select item_code, laboratory, "
                     "now(), %s, holder_id, %s from lab.item where item_code = %s")
        with self.sql_refused("WITNESS_REQUIRED") as cursor:
            cursor.execute(taken_off, ("consumed", "3.52", code))
        with self.sql_refused("HOLDER_UNPROVEN") as cursor:  # a portion that lies nowhere
            cursor.execute(taken_off, ("portion_retained", "1", code))

    # ---- portions
    def test_a_portion_is_never_all_nor_due_at_once_and_who_kept_it_does_not_dispose_of_it(self):
        code = self.ring()
        keep = dict(item_code=code, storage="SAFE")
        with self.ends_in("FAILED_PRECONDITION", "PORTION_IS_ALL"):
            self.desk("RetainPortion", mass_g="3.52", **keep)
        with self.ends_in("INVALID_ARGUMENT") as refusal:
            self.desk("RetainPortion", mass_g="1", keep_until="2026-01-01", **keep)
        self.assertIn("keep_until", refusal[0].fields)
        kept = self.desk("RetainPortion", mass_g="1", keep_until=today(), **keep).portion
        self.daemon.sql("alter table lab.retained_portion disable trigger guard_retained_portion")
        self.daemon.sql("update lab.retained_portion set keep_until = '2026-01-01' where portion_id = %s", kept.portion_id)
        self.daemon.sql("alter table lab.retained_portion enable always trigger guard_retained_portion")
        with self.ends_in("PERMISSION_DENIED", "SAME_PERSON"):
            self.desk("DisposePortion", portion_id=kept.portion_id, version=kept.version, witness="technician", manner="melted down")
        done = self.desk("DisposePortion", "MANAGER", portion_id=kept.portion_id, version=kept.version, witness="reception",
                         manner="melted down").portion
        self.assertEqual(done.disposed_by, "manager")

    # ---- masses
    def correct(self, code, mass):
        return self.desk("CorrectIntake", item_code=code, version=self.world.item(code).version, mass_g=mass, reason="typed wrongly")

    def test_no_mass_is_corrected_while_somebody_is_asked_to_accept_the_item(self):
        code = self.ring()
        self.desk("OfferItem", item_code=code, receiver="technician")
        with self.ends_in("FAILED_PRECONDITION", "OFFERED") as refusal:
            self.correct(code, "1.00")
        self.assertEqual(dict(refusal[0].metadata), dict(offered_by="reception", receiver="technician"))
        self.assertIn("reception offers this item to technician", refusal[0].text)
        with self.sql_refused("OFFERED") as cursor:
            cursor.execute("update lab.item set mass_text = '1.00' where item_code = %s", (code,))
        self.desk("CancelOffer", item_code=code, reason="typed wrongly")
        self.assertEqual(self.correct(code, "1.00").item.mass_g, "1.00")
        self.desk("OfferItem", item_code=code, receiver="technician")
        self.assertEqual(self.desk("AcceptItem", "TECHNICIAN", item_code=code, mass_g="1.00").custody.custody_state, HELD)

    def test_once_an_item_was_put_away_two_persons_say_what_it_weighs(self):
        code = self.ring()
        self.assertEqual(self.correct(code, "3.53").item.mass_g, "3.53")
        self.desk("StoreItems", item_codes=[code], storage="SAFE")
        self.desk("TakeOutItem", item_code=code)
        with self.ends_in("FAILED_PRECONDITION", "WEIGHED_SINCE"):
            self.correct(code, "1.53")
        with self.sql_refused("WEIGHED_SINCE") as cursor:
            cursor.execute("update lab.item set mass_text = '1.53' where item_code = %s", (code,))
        made = self.desk("OpenIncident", item_code=code, incident_kind="INCIDENT_KIND_OTHER", description="typed 3.53, weighs 1.53").incident
        self.desk("CloseIncident", "QUALITY", incident_no=made.incident_no, version=made.version, accepted_mass_g="1.53", resolution="seen")
        with self.ends_in("FAILED_PRECONDITION", "WEIGHED_SINCE"):
            self.correct(code, "1.50")
        self.assertEqual(self.correct(code, "1.53").item.mass_g, "1.53")
        self.assertEqual(self.custody(code).custody.expected_mass_g, "1.53")

    def test_an_amendment_does_not_make_an_item_lighter_that_is_here(self):
        sheet = self.world.released()
        code = sheet.item_code
        self.desk("OfferItem", item_code=code, receiver="technician")
        self.desk("AcceptItem", "TECHNICIAN", item_code=code, mass_g="3.52")
        self.people["RECEPTION"]("SheetService.DownloadSheet", sheet_no=sheet.sheet_no)  # waits for the seal
        self.people["QUALITY"]("SheetService.RequestAmendment", sheet_no=sheet.sheet_no, revision=sheet.revision, what="AMENDMENT_WHAT_ITEM_DATA",
                               version=self.world.item(code).version, reason="质量录错", reason_en="the mass was typed wrongly")
        lighter = dict(item_code=code, version=self.world.item(code).version, mass_g="1.52")
        with self.ends_in("FAILED_PRECONDITION", "WEIGHED_SINCE"):
            self.people["MANAGER"]("SheetService.CorrectItem", **lighter)

    # ---- times
    def test_an_event_is_dated_when_it_is_written_and_not_before_or_after(self):
        code = self.ring()
        for moment in ("now() - interval '40 days'", "now() - interval '1 minute'", "now() + interval '1 minute'"):
            for statement in (
                    "insert into lab.custody_event (item_code, laboratory, at, kind, from_staff, to_staff, storage) select item_code, "
                    f"laboratory, {moment}, 'stored', holder_id, holder_id, 'SAFE' from lab.item where item_code = %s",
                    "insert into lab.hand_over (item_code, laboratory, holder_id, offered_by, to_staff, offered_at) select item_code, "
                    f"laboratory, holder_id, holder_id, (select staff_id from lab.staff where username = 'technician'), {moment} "
                    "from lab.item where item_code = %s",
                    "insert into lab.incident (incident_no, item_code, laboratory, kind, description, opened_at, opened_by) select "
                    f"'INC-JEW-2026-9999', item_code, laboratory, 'other', 'x', {moment}, holder_id from lab.item where item_code = %s",
                    "insert into lab.retained_portion (item_code, laboratory, mass_text, storage, retained_by, retained_at, keep_until) "
                    f"select item_code, laboratory, '1', 'SAFE', holder_id, {moment}, '2099-01-01' from lab.item where item_code = %s",
                    "insert into lab.item_rejection (item_code, laboratory, reason_id, reason_zh, reason_en, words, rejected_by, rejected_at) "
                    f"select item_code, laboratory, 'AMOUNT', 'a', 'a', 'a', holder_id, {moment} from lab.item where item_code = %s",
                    f"update lab.receipt set voided_at = {moment}, voided_by = received_by, void_reason = 'x' where receipt_no = "
                    "(select receipt_no from lab.item where item_code = %s)"):
                with self.subTest(statement), self.sql_refused("NOT_NOW") as cursor:
                    cursor.execute("update lab.test set state = 'cancelled' where item_code = %s", (code,))
                    cursor.execute(statement, (code,))
        self.desk("OfferItem", item_code=code, receiver="technician")
        with self.sql_refused("NOT_NOW") as cursor:
            cursor.execute("update lab.hand_over set state = 'cancelled', decided_by = to_staff, decided_at = now() - interval '1 hour', "
                           "reason = 'x' where item_code = %s", (code,))
        with self.sql_refused("NOT_NOW") as cursor:
            cursor.execute("insert into lab.receipt (receipt_no, laboratory, desk, received_at, received_by, owner_id, bringer_id, purpose, "
                           "return_choice) select 'D1-26-999999', laboratory, desk, now() - interval '40 days', received_by, owner_id, "
                           "bringer_id, purpose, return_choice from lab.receipt limit 1")

    def test_an_earlier_day_is_told_only_of_what_was_taken_in_without_the_server(self):
        earlier = int((datetime.datetime.now().timestamp() - 86400) * 1000)
        with self.ends_in("INVALID_ARGUMENT") as refusal:
            self.desk("RegisterIntake", taken_offline_ms=earlier, **intake_fields())
        self.assertIn("taken_offline_ms", refusal[0].fields)
        code, = self.desk("ReserveItemCodes", laboratory="JEW", count=1).item_codes
        taken = self.desk("RegisterIntake", taken_offline_ms=earlier, **intake_fields(items=[ring(reserved_item_code=code)])).receipt
        self.assertLess(taken.taken_offline_at.seconds, taken.received_at.seconds)

    def test_an_item_that_no_book_received_is_none(self):
        code = self.ring()
        copied = ("receipt_no, laboratory, received_at, name, pieces, claimed_product_id, claim_text, hallmark, mass_text, condition, "
                  "stones, declared_value_cny, seal_no, holder_id")
        with self.sql_refused("HOLDER_UNPROVEN") as cursor:
            cursor.execute(f"insert into lab.item (item_code, place, {copied}) select lab.item_code_next('JEW'), 2, {copied} from lab.item "
                           "where item_code = %s", (code,))

    # ---- names
    def test_a_name_of_which_nothing_is_seen_is_none_and_white_space_around_one_is_taken_off(self):
        fields = lambda name, item="戒指": intake_fields(owner=dict(name=name, phone="13800007777"), items=[ring(name=item)])  # noqa: E731
        intake = lambda **what: self.desk("RegisterIntake", **what)  # noqa: E731
        for nothing in NOTHING:
            with self.subTest(ascii(nothing)):
                for what, field in ((fields(nothing), "owner.name"), (fields("王", nothing), "items[0].name")):
                    with self.ends_in("INVALID_ARGUMENT") as refusal:
                        intake(**what)
                    self.assertIn(field, refusal[0].fields)
                with self.ends_in("INVALID_ARGUMENT"):
                    self.people["ADMINISTRATOR"]("StaffService.CreateStaff", username="nobody", name=nothing, password=PASSWORD,
                                                 laboratory="JEW", roles=["ROLE_TECHNICIAN"])
                with self.ends_in("INVALID_ARGUMENT"):
                    self.desk("OpenIncident", item_code=self.code, incident_kind="INCIDENT_KIND_OTHER", description=nothing)
                with self.assertRaises(psycopg2.errors.CheckViolation):
                    self.daemon.sql("insert into lab.person (name, phone) values (%s, '13800007778')", nothing)
        receipt = intake(**fields("\u3000王小明\u00a0", "\u3000金戒指 ")).receipt
        self.assertEqual((self.desk("RevealPerson", person_id=receipt.owner.person_id, reason="for the test").name, receipt.items[0].name),
                         ("王小明", "金戒指"))
        for something in ("葛\U000e0100", "A", "𠮷", "·"):
            self.assertTrue(self.daemon.sql("select lab.shows(%s) and lab.trimmed(%s) = %s", something, something, something)[0][0], something)

    def test_an_intake_that_is_set_aside_stands_in_the_act_of_the_day(self):
        before = self.desk("ListUnaccounted", laboratory="JEW").today.intakes_set_aside
        self.desk("SetAsideIntake", laboratory="JEW", entry_request_id="0193b1c2-0000-7000-8000-000000000001", item_codes=[],
                  reason="the visitor left with the ring")
        self.assertEqual(self.desk("ListUnaccounted", laboratory="JEW").today.intakes_set_aside, before + 1)


if __name__ == "__main__":
    unittest.main()
