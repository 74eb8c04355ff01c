# SPDX-License-Identifier: Apache-2.0
"""Custody: two persons to every hand-over, masses that agree, a freeze that a quality person lifts with words, collectors by a
one-time code that the owner alone is told, and a day that closes only when everything is accounted for."""
import contextlib
import datetime
import time
import unittest

import psycopg2

from tests.outside.case import Outside, Refusal, at_once
from tests.outside.hook import Hook
from tests.outside.world import picture, ring
from tests.support.daemon import Daemon

AGREED = [dict(kind=f"CONSENT_KIND_{kind}", given_by_owner=True) for kind in ("PRIVACY", "AGREEMENT", "DESTRUCTIVE")]
HELD, RETURNED, FROZEN, DISPOSED = 1, 2, 3, 4
OFFERED, ACCEPTED, CANCELLED, DIFFERS = 1, 2, 3, 4


def today():
    return datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))).date().isoformat()


class Custody(Outside):
    @classmethod
    def make_daemon(cls):
        cls.hook = Hook()
        cls.addClassCleanup(cls.hook.remove)
        return Daemon(settings=cls.hook.settings)

    def custody(self, code):
        return self.desk("GetCustody", item_code=code)

    def ring(self, **more):
        return self.world.received(**more).items[0].item_code

    def given(self, to="TECHNICIAN", mass="3.52", **more):
        """A ring that reception handed over."""
        code = self.ring(**more)
        self.desk("OfferItem", item_code=code, receiver=to.lower())
        self.desk("AcceptItem", to, item_code=code, mass_g=mass)
        return code

    @contextlib.contextmanager
    def sql_refused(self, reason):
        with self.assertRaises(psycopg2.Error) as caught:
            with contextlib.closing(self.daemon.database()) as connection:
                connection.autocommit = False
                with connection.cursor() as cursor:
                    yield cursor
                connection.commit()
        self.assertEqual(caught.exception.diag.constraint_name, reason, str(caught.exception))

    # ---- hand-overs
    def test_the_holder_changes_when_the_receiver_accepts_and_not_before(self):
        code = self.ring()
        paper = self.desk("OfferItem", item_code=code, receiver="technician", note="for M_XRF").hand_over
        self.assertEqual((paper.holder, paper.offered_by, paper.receiver, paper.state), ("reception", "reception", "technician", OFFERED))
        self.assertEqual(self.custody(code).custody.holder, "reception")
        self.assertIn(code, [one.item_code for one in self.desk("ListOffers", "TECHNICIAN", laboratory="JEW",
                                                                receiver="technician").hand_overs])
        done = self.desk("AcceptItem", "TECHNICIAN", item_code=code, mass_g="3.52")
        self.assertEqual((done.custody.holder, done.hand_over.state, done.incident_no), ("technician", ACCEPTED, ""))
        events = self.custody(code).events
        self.assertEqual([(one.kind, one.giver, one.receiver, one.mass_g) for one in events],
                         [(1, "", "reception", "3.52"), (2, "reception", "technician", "3.52")])

    def test_only_the_holder_offers_and_only_the_receiver_accepts(self):
        code = self.ring()
        with self.ends_in("FAILED_PRECONDITION", "NOT_HOLDER") as refusal:
            self.desk("OfferItem", "TECHNICIAN", item_code=code, receiver="reviewer")
        self.assertEqual(refusal[0].metadata["holder"], "reception")
        with self.ends_in("INVALID_ARGUMENT"):
            self.desk("OfferItem", item_code=code, receiver="reception")
        with self.ends_in("FAILED_PRECONDITION", "MAY_NOT_HOLD"):
            self.desk("OfferItem", item_code=code, receiver="auditor")
        with self.ends_in("FAILED_PRECONDITION", "NOT_OFFERED"):
            self.desk("AcceptItem", "TECHNICIAN", item_code=code, mass_g="3.52")
        self.desk("OfferItem", item_code=code, receiver="technician")
        with self.ends_in("FAILED_PRECONDITION", "OFFERED"):
            self.desk("OfferItem", item_code=code, receiver="reviewer")
        with self.ends_in("PERMISSION_DENIED", "NOT_YOURS"):
            self.desk("AcceptItem", "REVIEWER", item_code=code, mass_g="3.52")
        with self.ends_in("INVALID_ARGUMENT") as refusal:
            self.desk("AcceptItem", "TECHNICIAN", item_code=code)
        self.assertIn("mass_g", refusal[0].fields)

    def test_an_offer_is_taken_back_or_declined_with_a_reason(self):
        code = self.ring()
        for who in ("RECEPTION", "TECHNICIAN", "MANAGER"):
            self.desk("OfferItem", item_code=code, receiver="technician")
            paper = self.desk("CancelOffer", who, item_code=code, reason="not today").hand_over
            self.assertEqual((paper.state, paper.decided_by, paper.reason), (CANCELLED, who.lower(), "not today"))
        self.desk("OfferItem", item_code=code, receiver="technician")
        with self.ends_in("PERMISSION_DENIED", "NOT_YOURS"):
            self.desk("CancelOffer", "REVIEWER", item_code=code, reason="not today")
        self.assertEqual(self.custody(code).custody.holder, "reception")

    def test_of_two_who_accept_at_once_one_gets_it_and_it_is_once_in_the_book(self):
        code = self.ring()
        self.desk("OfferItem", item_code=code, receiver="technician")
        done = at_once([lambda: self.desk("AcceptItem", "TECHNICIAN", item_code=code, mass_g="3.52") for _ in range(1)] +
                       [lambda: self.desk("CancelOffer", item_code=code, reason="changed my mind")] +
                       [lambda: self.desk("AcceptItem", "TECHNICIAN", item_code=code, mass_g="3.52")])
        self.assertEqual(sum(not isinstance(one, Refusal) for one in done), 1, done)
        self.assertLessEqual([one.kind for one in self.custody(code).events].count(2), 1)

    def test_another_mass_at_the_hand_over_freezes_the_item_with_its_holder(self):
        code = self.ring()
        self.desk("OfferItem", item_code=code, receiver="technician")
        done = self.desk("AcceptItem", "TECHNICIAN", item_code=code, mass_g="3.40")
        self.assertEqual((done.custody.custody_state, done.custody.holder, done.hand_over.state), (FROZEN, "reception", DIFFERS))
        self.assertTrue(done.incident_no)
        with self.ends_in("FAILED_PRECONDITION", "NOT_HELD"):
            self.desk("OfferItem", item_code=code, receiver="technician")
        incident = next(one for one in self.desk("ListIncidents", "QUALITY", laboratory="JEW", only_open=True).incidents
                        if one.incident_no == done.incident_no)
        close = dict(incident_no=incident.incident_no, version=incident.version, resolution="the scale was not levelled")
        with self.ends_in("PERMISSION_DENIED"):
            self.desk("CloseIncident", "MANAGER", accepted_mass_g="3.52", **close)
        with self.ends_in("INVALID_ARGUMENT"):
            self.desk("CloseIncident", "QUALITY", **close)
        closed = self.desk("CloseIncident", "QUALITY", accepted_mass_g="3.40", **close)
        self.assertEqual((closed.custody.custody_state, closed.custody.expected_mass_g, closed.incident.closed_by),
                         (HELD, "3.40", "quality"))
        with self.ends_in("ABORTED", "VERSION_STALE"):
            self.desk("CloseIncident", "QUALITY", accepted_mass_g="3.52", **close)
        self.desk("OfferItem", item_code=code, receiver="technician")
        self.assertEqual(self.desk("AcceptItem", "TECHNICIAN", item_code=code, mass_g="3.40").custody.holder, "technician")

    def test_what_testing_consumed_is_not_missed(self):
        code = self.given(consents=AGREED)
        with self.ends_in("FAILED_PRECONDITION", "NOT_HOLDER"):
            self.desk("RecordConsumption", item_code=code, mass_g="0.50", note="not mine")
        done = self.desk("RecordConsumption", "TECHNICIAN", item_code=code, mass_g="0.50", note="cupellation")
        self.assertEqual(done.custody.expected_mass_g, "3.02")
        self.desk("OfferItem", "TECHNICIAN", item_code=code, receiver="reception")
        done = self.desk("AcceptItem", item_code=code, mass_g="3.02")
        self.assertEqual((done.custody.holder, done.incident_no), ("reception", ""))

    # ---- against plain SQL
    def test_nobody_changes_a_holder_behind_the_daemons_back(self):
        code = self.ring()
        with self.sql_refused("HOLDER_UNPROVEN") as cursor:
            cursor.execute("update lab.item set holder_id = (select staff_id from lab.staff where username = 'technician') "
                           "where item_code = %s", (code,))
        with self.sql_refused("NOT_HOLDER") as cursor:
            cursor.execute("insert into lab.custody_event (item_code, laboratory, at, kind, from_staff, storage) select item_code, "
                           "laboratory, now(), 'stored', (select staff_id from lab.staff where username = 'technician'), 'SAFE' "
                           "from lab.item where item_code = %s", (code,))
        with self.sql_refused("HOLDER_UNPROVEN") as cursor:
            cursor.execute("insert into lab.custody_event (item_code, laboratory, at, kind, from_staff, storage) select item_code, "
                           "laboratory, now(), 'stored', holder_id, 'SAFE' from lab.item where item_code = %s", (code,))
        self.desk("OfferItem", item_code=code, receiver="technician")
        with self.sql_refused("MASS_DIFFERS") as cursor:
            cursor.execute("update lab.hand_over set state = 'accepted', decided_by = to_staff, decided_at = now(), "
                           "mass_text = '3.2' where item_code = %s", (code,))
        with self.sql_refused("HOLDER_UNPROVEN") as cursor:
            cursor.execute("update lab.hand_over set state = 'accepted', decided_by = to_staff, decided_at = now(), "
                           "mass_text = '3.52' where item_code = %s", (code,))

    def test_a_book_of_custody_has_one_beginning_and_nothing_is_consumed_that_is_not_there(self):
        code = self.ring()
        begun = ("insert into lab.custody_event (item_code, laboratory, at, kind, {who}, mass_text) select item_code, laboratory, now(), "
                 "'{kind}', holder_id, '{mass}' from lab.item where item_code = %s")
        for kind, mass in (("consumed", "-1"), ("consumed", "0"), ("consumed", "3.53"), ("portion_retained", "3.53")):
            with self.subTest(kind + mass), self.sql_refused("NOT_HOLDER") as cursor:
                cursor.execute(begun.format(who="from_staff", kind=kind, mass=mass), (code,))
        with self.sql_refused("HOLDER_UNPROVEN") as cursor:
            cursor.execute(begun.format(who="to_staff", kind="received", mass="9"), (code,))

    # ---- stores
    def test_what_is_stored_keeps_its_holder_and_who_opens_the_store_gives_it(self):
        code = self.ring()
        with self.ends_in("INVALID_ARGUMENT"):
            self.desk("StoreItems", item_codes=[code], storage="NOWHERE")
        stored = self.desk("StoreItems", item_codes=[code], storage="SAFE").custodies[0]
        self.assertEqual((stored.holder, stored.storage), ("reception", "SAFE"))
        with self.ends_in("FAILED_PRECONDITION", "NOT_HOLDER"):
            self.desk("TakeOutItem", "TECHNICIAN", item_code=code)
        paper = self.desk("OfferItem", "MANAGER", item_code=code, receiver="technician").hand_over
        self.assertEqual((paper.holder, paper.offered_by), ("reception", "manager"))
        done = self.desk("AcceptItem", "TECHNICIAN", item_code=code, mass_g="3.52").custody
        self.assertEqual((done.holder, done.storage), ("technician", ""))
        self.desk("StoreItems", "TECHNICIAN", item_codes=[code], storage="SAFE")
        self.assertEqual(self.desk("TakeOutItem", "TECHNICIAN", item_code=code).custody.storage, "")

    def test_a_tray_is_stored_whole_or_not_at_all(self):
        mine, theirs = self.ring(), self.given()
        with self.ends_in("FAILED_PRECONDITION", "NOT_HOLDER"):
            self.desk("StoreItems", item_codes=[mine, theirs], storage="SAFE")
        self.assertEqual(self.custody(mine).custody.storage, "")

    def test_a_store_with_items_is_not_closed(self):
        self.desk("SetStorage", "MANAGER", laboratory="JEW", storage="COLD-1", name="冷库", in_use=True)
        code = self.ring()
        self.desk("StoreItems", item_codes=[code], storage="COLD-1")
        with self.ends_in("FAILED_PRECONDITION", "STORE_NOT_EMPTY"):
            self.desk("SetStorage", "MANAGER", laboratory="JEW", storage="COLD-1", name="冷库")
        self.desk("TakeOutItem", item_code=code)
        closed = self.desk("SetStorage", "MANAGER", laboratory="JEW", storage="COLD-1", name="冷库").storage
        self.assertFalse(closed.in_use)
        self.assertIn(("COLD-1", 0), [(one.storage, one.item_count) for one in self.desk("ListStorages", laboratory="JEW").storages])

    # ---- incidents
    def test_an_incident_freezes_and_ends_the_offer_and_who_opened_it_does_not_close_it(self):
        code = self.ring()
        self.desk("OfferItem", item_code=code, receiver="technician")
        with self.ends_in("INVALID_ARGUMENT"):
            self.desk("OpenIncident", "QUALITY", item_code=code, incident_kind="INCIDENT_KIND_MASS_DIFFERENCE", description="typed")
        made = self.desk("OpenIncident", "QUALITY", item_code=code, incident_kind="INCIDENT_KIND_DAMAGED",
                         description="a stone is loose").incident
        now = self.custody(code).custody
        self.assertEqual((now.custody_state, now.incident_no, now.HasField("hand_over")), (FROZEN, made.incident_no, False))
        with self.ends_in("PERMISSION_DENIED", "SAME_PERSON"):
            self.desk("CloseIncident", "QUALITY", incident_no=made.incident_no, version=made.version, resolution="it is not")
        with self.sql_refused("ROLE_REQUIRED") as cursor:
            cursor.execute("update lab.incident set closed_at = now(), closed_by = (select staff_id from lab.staff where "
                           "username = 'manager'), resolution = 'gone' where incident_no = %s", (made.incident_no,))

    # ---- returning, collectors
    def released(self, **intake):
        sheet = self.world.released()
        self.people["RECEPTION"]("SheetService.DownloadSheet", sheet_no=sheet.sheet_no)
        return self.world.item(sheet.item_code)

    def told(self, reference):
        """The code that the hook program was given for the owner."""
        return self.hook.wait(reference=reference)

    def give_back(self, item, **more):
        return self.desk("ReturnItem", item_code=item.item_code, version=self.world.item(item.item_code).version,
                         mass_out_g="3.52", **more)

    def test_a_collector_needs_the_code_that_the_owner_was_told(self):
        item = self.released()
        receipt = dict(receipt_no=item.receipt_no)
        with self.ends_in("FAILED_PRECONDITION", "PROXY_CODE_REQUIRED"):
            self.give_back(item, returned_to="李 明")
        with self.ends_in("FAILED_PRECONDITION", "NO_PROXY_CODE"):
            self.desk("PresentProxyCode", code="12345678", **receipt)
        asked = self.desk("AskProxyCode", **receipt).proxy_code
        self.assertEqual(asked.address_masked, "138****1234")
        news = self.told(item.receipt_no)
        self.assertEqual((news["kind"], news["channel"], news["address"]), ("proxy_code", "sms", "13800001234"))
        wrong = self.desk("PresentProxyCode", code=f"{(int(news['code']) + 1) % 10**8:08}", **receipt)
        self.assertEqual((wrong.code_is_right, wrong.tries_left), (False, 4))
        right = self.desk("PresentProxyCode", code=news["code"][:4] + "-" + news["code"][4:], **receipt)
        self.assertTrue(right.code_is_right)
        self.assertEqual(self.give_back(item, returned_to="李 明", photo_compared=True).item.custody_state, RETURNED)
        with self.ends_in("FAILED_PRECONDITION", "NO_PROXY_CODE"):
            self.desk("PresentProxyCode", code=news["code"], **receipt)
        with self.ends_in("FAILED_PRECONDITION", "NOTHING_HERE"):
            self.desk("AskProxyCode", **receipt)
        for table in ("history", "replay", "notice", "proxy_code"):
            self.assertEqual(self.daemon.sql(f"select count(*) from lab.{table} as one where one::text like %s",
                                             f"%{news['code']}%"), [(0,)], table)

    def test_five_wrong_codes_end_it_and_another_one_ends_the_one_before(self):
        item = self.released()
        receipt = dict(receipt_no=item.receipt_no)
        self.desk("AskProxyCode", **receipt)
        first = self.told(item.receipt_no)["code"]
        self.desk("AskProxyCode", **receipt)
        end = time.monotonic() + 60
        while self.told(item.receipt_no)["code"] == first and time.monotonic() < end:
            time.sleep(0.1)
        second = self.told(item.receipt_no)["code"]
        self.assertFalse(self.desk("PresentProxyCode", code=first, **receipt).code_is_right)
        wrong = f"{(int(second) + 7) % 10**8:08}"
        for left in (3, 2, 1, 0):
            self.assertEqual(self.desk("PresentProxyCode", code=wrong, **receipt).tries_left, left)
        with self.ends_in("FAILED_PRECONDITION", "NO_PROXY_CODE"):
            self.desk("PresentProxyCode", code=second, **receipt)

    def test_the_owner_shows_the_last_digits_and_another_colleague_takes_over_first(self):
        item = self.released()
        with self.ends_in("INVALID_ARGUMENT") as refusal:
            self.give_back(item, phone_last4="9999")
        self.assertIn("phone_last4", refusal[0].fields)
        self.people["ADMINISTRATOR"].staff("evening", ["RECEPTION"])
        evening = self.daemon.log_in("evening", "D2")
        fields = dict(item_code=item.item_code, version=item.version, mass_out_g="3.52", phone_last4="1234")
        with self.ends_in("FAILED_PRECONDITION", "NOT_HOLDER"):
            evening("DeskService.ReturnItem", **fields)
        self.desk("StoreItems", item_codes=[item.item_code], storage="SAFE")
        fields["version"] = self.world.item(item.item_code).version
        self.assertEqual(evening("DeskService.ReturnItem", **fields).item.custody_state, RETURNED)

    def test_the_collector_whom_the_owner_named_fetches_by_the_digits_of_their_own_phone_and_the_bringer_does_not(self):
        bringer, collector = dict(name="李 明", phone="13900005678"), dict(name="赵 云", phone="13700004321")
        code = self.ring(bringer=bringer, collector=collector)
        item = self.world.item(code)
        receipt = self.desk("GetReceipt", receipt_no=item.receipt_no).receipt
        self.assertEqual(receipt.collector.phone_masked, "137****4321")
        self.desk("VoidReceipt", "MANAGER", receipt_no=receipt.receipt_no, version=receipt.version, reason="taken in by mistake")
        for digits in ("", "5678", "1234"):
            with self.ends_in("INVALID_ARGUMENT") as refusal:
                self.give_back(item, to_collector=True, phone_last4=digits)
            self.assertIn("phone_last4", refusal[0].fields)
        with self.ends_in("INVALID_ARGUMENT"):
            self.give_back(item, phone_last4="5678")
        self.assertEqual(self.give_back(item, to_collector=True, phone_last4="4321").item.custody_state, RETURNED)
        receipt = self.world.received()
        self.desk("VoidReceipt", "MANAGER", receipt_no=receipt.receipt_no, version=receipt.version, reason="taken in by mistake")
        other = receipt.items[0]
        with self.ends_in("FAILED_PRECONDITION", "NO_COLLECTOR"):
            self.give_back(other, to_collector=True, phone_last4="1234")

    def test_a_colleague_is_chosen_from_those_who_may_hold_and_the_store_told_of_what_lies_in_it(self):
        code = self.ring()
        self.desk("StoreItems", item_codes=[code], storage="SAFE")
        holders = {one.username: one for one in self.desk("ListItemHolders", laboratory="JEW").holders}
        self.assertIn("technician", holders)
        self.assertNotIn("auditor", holders)
        self.assertGreaterEqual(holders["reception"].item_count, 1)
        stored = self.desk("ListItems", laboratory="JEW", storage="SAFE").items
        self.assertIn((code, "SAFE"), [(one.item_code, one.storage) for one in stored])
        with self.ends_in("INVALID_ARGUMENT"):
            self.desk("ListItems", laboratory="JEW", storage="SAFE", query="1234")
        self.assertEqual(self.custody(code).custody.mass_tolerance_g, "0.02")

    def test_the_picture_of_the_intake_is_there_to_compare_with(self):
        self.assertEqual(self.desk("GetPhoto", item_code=self.ring()).content, picture())
        with self.ends_in("FAILED_PRECONDITION", "NO_PHOTO"):
            self.desk("GetPhoto", item_code=self.ring(items=[ring(photo=b"")]))

    # ---- what is left
    def test_what_is_ready_and_not_fetched_is_listed_by_age(self):
        first, second = self.released(), self.released()
        self.world.received()  # not ready
        listed = list(self.desk("ListUncollected", laboratory="JEW").uncollected)
        codes = [one.item_code for one in listed]
        self.assertLess(codes.index(first.item_code), codes.index(second.item_code))
        one = listed[codes.index(first.item_code)]
        self.assertEqual((one.days, one.owner.phone_masked, one.holder), (0, "138****1234", "reception"))
        self.assertEqual(len(self.desk("ListUncollected", laboratory="JEW", minimum_days=1).uncollected), 0)
        pages, token = [], ""
        while not pages or token:
            page = self.desk("ListUncollected", laboratory="JEW", page=dict(page_size=1, page_token=token))
            pages += [one.item_code for one in page.uncollected]
            token = page.next_page_token
        self.assertEqual(pages, codes)

    def test_an_item_is_disposed_of_when_it_may_be_and_before_a_witness(self):
        item = self.released()
        ask = dict(item_code=item.item_code, witness="manager", manner="melted down")
        with self.ends_in("FAILED_PRECONDITION", "KEPT_STILL"):
            self.desk("OfferDisposal", **ask)
        self.daemon.sql("update lab.policy set uncollected_kept = '0 days'")
        self.addCleanup(self.daemon.sql, "update lab.policy set uncollected_kept = '180 days'")
        with self.ends_in("INVALID_ARGUMENT"):
            self.desk("OfferDisposal", **dict(ask, witness="reception"))
        self.desk("OfferDisposal", **ask)
        self.assertEqual(self.custody(item.item_code).custody.holder, "reception")
        done = self.desk("AcceptItem", "MANAGER", item_code=item.item_code, mass_g="3.52")
        self.assertEqual((done.custody.custody_state, done.custody.holder), (DISPOSED, ""))
        newest = self.custody(item.item_code).events[-1]
        self.assertEqual((newest.kind, newest.giver, newest.note), (10, "reception", "melted down"))
        with self.ends_in("FAILED_PRECONDITION", "NOT_HELD"):
            self.give_back(item)

    def test_a_portion_is_kept_until_its_day_and_then_disposed_of_with_a_record(self):
        code = self.ring(consents=AGREED)
        kept = self.desk("RetainPortion", item_code=code, mass_g="0.30", storage="SAFE", keep_until=today()).portion
        self.assertEqual(self.custody(code).custody.expected_mass_g, "3.22")
        dispose = dict(portion_id=kept.portion_id, version=kept.version, witness="technician", manner="melted down")
        with self.ends_in("FAILED_PRECONDITION", "KEPT_STILL"):
            self.desk("DisposePortion", **dispose)
        old = self.desk("RetainPortion", item_code=code, mass_g="0.20", storage="SAFE", keep_until=today()).portion
        self.daemon.sql("alter table lab.retained_portion disable trigger guard_retained_portion")
        self.daemon.sql("update lab.retained_portion set keep_until = '2026-01-01' where portion_id = %s", old.portion_id)
        self.daemon.sql("alter table lab.retained_portion enable always trigger guard_retained_portion")
        self.assertEqual([one.portion_id for one in self.desk("ListPortions", laboratory="JEW", only_due=True).portions],
                         [old.portion_id])
        with self.ends_in("INVALID_ARGUMENT"):
            self.desk("DisposePortion", "MANAGER", **dict(dispose, portion_id=old.portion_id, witness="manager"))
        done = self.desk("DisposePortion", "MANAGER", **dict(dispose, portion_id=old.portion_id)).portion
        self.assertEqual((done.state, done.disposed_by, done.witness, done.manner), (2, "manager", "technician", "melted down"))


class DayClose(Outside):
    """In a daemon of its own: everything of the laboratory counts."""
    desk, custody, ring, sql_refused = Custody.desk, Custody.custody, Custody.ring, Custody.sql_refused

    def unaccounted(self):
        return {one.item_code: one.unaccounted_reason for one in self.desk("ListUnaccounted", laboratory="JEW").items}

    def test_a_day_closes_only_when_everything_is_accounted_for(self):
        in_hand, offered, frozen, off, stored = (self.ring() for _ in range(5))
        self.desk("OfferItem", item_code=offered, receiver="technician")
        self.desk("OpenIncident", item_code=frozen, incident_kind="INCIDENT_KIND_DAMAGED", description="a stone is loose")
        self.desk("StoreItems", item_codes=[frozen, stored], storage="SAFE")
        self.people["ADMINISTRATOR"].staff("gone", ["TECHNICIAN"])
        gone = self.daemon.log_in("gone")
        self.desk("OfferItem", item_code=off, receiver="gone")
        gone("DeskService.AcceptItem", item_code=off, mass_g="3.52")
        gone("StaffService.Logout")
        day = dict(laboratory="JEW", day=today())
        self.assertEqual(self.unaccounted(), {in_hand: 4, offered: 2, off: 3})
        with self.ends_in("FAILED_PRECONDITION", "DAY_NOT_ACCOUNTED") as refusal:
            self.desk("CloseDay", **day)
        self.assertEqual(refusal[0].metadata, {in_hand: "in_hand reception", offered: "offered reception", off: "holder_off gone"})
        with self.sql_refused("DAY_NOT_ACCOUNTED") as cursor:
            cursor.execute("insert into lab.day_close select drawn.* from jsonb_populate_record(null::lab.day_close, "
                           "lab.day_drawn('JEW', %s) || jsonb_build_object('laboratory', 'JEW', 'day', %s, 'closed_by', "
                           "(select staff_id from lab.staff where username = 'manager'), 'closed_at', now(), 'reopen_reason', '', "
                           "'act_no', 1)) as drawn", (today(), today()))
        self.desk("CancelOffer", item_code=offered, reason="it is evening")
        gone = self.daemon.log_in("gone")
        gone("DeskService.StoreItems", item_codes=[off], storage="SAFE")
        self.desk("StoreItems", item_codes=[in_hand, offered], storage="SAFE")
        self.assertEqual(self.unaccounted(), {})
        now = self.desk("ListUnaccounted", laboratory="JEW").today
        self.assertEqual((now.day, now.act_no, now.items_received, now.items_stored, now.closed_by), (today(), 0, 5, 5, ""))
        act = self.desk("CloseDay", **day).day_close
        self.assertEqual((act.act_no, act.receipts, act.items_received, act.items_returned, act.hand_overs, act.items_stored,
                          act.items_with_holders, act.items_frozen, act.incidents_opened, act.incidents_open, act.closed_by),
                         (1, 5, 5, 0, 1, 5, 0, 1, 1, 1, "reception"))
        with self.ends_in("FAILED_PRECONDITION", "DAY_CLOSED"):
            self.desk("CloseDay", **day)
        with self.ends_in("FAILED_PRECONDITION", "DAY_CLOSED"):
            self.ring()
        with self.ends_in("FAILED_PRECONDITION", "DAY_CLOSED"):
            self.desk("TakeOutItem", item_code=stored)
        # Nor what stands in no book of custody: an offer, another mass, a rejection.
        item = dict(item_code=stored, version=self.desk("GetItem", item_code=stored).item.version)
        for method, what in (("OfferItem", dict(item_code=stored, receiver="technician")),
                             ("CorrectIntake", dict(item, mass_g="1.00", reason="typed wrongly")),
                             ("RejectItem", dict(item, reason_id="DAMAGED", words="bent"))):
            with self.subTest(method), self.ends_in("FAILED_PRECONDITION", "DAY_CLOSED"):
                self.desk(method, **what)
        with self.sql_refused("APPEND_ONLY") as cursor:
            cursor.execute("update lab.day_close set items_stored = 4")
        with self.ends_in("PERMISSION_DENIED"):
            self.desk("ReopenDay", reason="a late visitor", **day)
        self.assertEqual(self.desk("ReopenDay", "MANAGER", reason="a late visitor", **day).day_close.reopened_by, "manager")
        lost = self.ring()
        self.assertEqual(self.unaccounted(), {lost: 4})
        made = self.desk("OpenIncident", "TECHNICIAN", item_code=lost, incident_kind="INCIDENT_KIND_LOST",
                         description="not on the tray").incident
        self.assertEqual(self.unaccounted(), {})
        # It is put nowhere, and neither who holds it nor who reported it closes the day over it; not by plain SQL either.
        with self.ends_in("FAILED_PRECONDITION", "ITEM_LOST"):
            self.desk("StoreItems", item_codes=[lost], storage="SAFE")
        with self.sql_refused("ITEM_LOST") as cursor:
            cursor.execute("insert into lab.custody_event (item_code, laboratory, at, kind, from_staff, to_staff, storage) select item_code, "
                           "laboratory, now(), 'stored', holder_id, holder_id, 'SAFE' from lab.item where item_code = %s", (lost,))
        with self.ends_in("PERMISSION_DENIED", "LOST_ITEM"):
            self.desk("CloseDay", **day)
        closing = ("insert into lab.day_close select drawn.* from jsonb_populate_record(null::lab.day_close, lab.day_drawn('JEW', %s) || "
                   "%s || jsonb_build_object('laboratory', 'JEW', 'day', %s, 'closed_by', (select staff_id from lab.staff where "
                   "username = %s), 'closed_at', now(), 'reopen_reason', '', 'act_no', 2)) as drawn")
        with self.sql_refused("LOST_ITEM") as cursor:
            cursor.execute(closing, (today(), "{}", today(), "technician"))
        with self.sql_refused("DAY_NOT_ACCOUNTED") as cursor:  # lost, and told as stored
            cursor.execute(closing, (today(), '{"items_lost": 0, "items_stored": 6}', today(), "manager"))
        again = self.desk("CloseDay", "MANAGER", **day).day_close
        self.assertEqual((again.act_no, again.receipts, again.items_stored, again.items_with_holders, again.items_lost, again.items_frozen),
                         (2, 6, 5, 0, 1, 2))
        # Found: a quality person ends it, and then it has to be put somewhere again.
        self.desk("ReopenDay", "MANAGER", reason="it was found", **day)
        self.desk("CloseIncident", "QUALITY", incident_no=made.incident_no, version=made.version, resolution="under the tray")
        self.assertEqual(self.unaccounted(), {lost: 4})
        self.assertEqual([(one.act_no, one.reopened_by) for one in self.desk("ListDayCloses", laboratory="JEW").day_closes],
                         [(2, "manager"), (1, "manager")])
        with self.ends_in("INVALID_ARGUMENT"):
            self.desk("CloseDay", laboratory="JEW", day="2099-01-01")


if __name__ == "__main__":
    unittest.main()
