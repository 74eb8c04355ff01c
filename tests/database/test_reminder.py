# SPDX-License-Identifier: Apache-2.0
"""Reminders of appointments and of items that nobody fetched: each once, told by the hook program's queue, and never when they are
not so any more."""
import datetime
import json

from tests.database.case import DatabaseCase


class Reminders(DatabaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sql(cls, "update lab.policy set test_clock = true")
        cls.today = cls.sql(cls, "select lab.today()")[0][0]

    def setUp(self):
        self.turn()

    tearDown = setUp

    def turn(self, **ahead):
        """The clock of the daemon's connection, from now on so much ahead."""
        moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(**ahead)
        self.caller.execute("select set_config('touchstone.test_now', %s, false)", moment.isoformat() if ahead else "")

    def remind(self):
        self.caller.rows("select api.housekeeping()")

    def take(self):
        """What the hook program is given until there is nothing more."""
        told = []
        while rows := self.caller.rows("select delivery_id, kind, reference, address, at from api.news_take(60)"):
            told.append(dict(zip(("id", "kind", "reference", "address", "at"), rows[0])))
            self.caller.rows("select api.news_done(%s, 'sent', '')", rows[0][0])
        return [one for one in told if one["kind"] in ("appointment", "uncollected")]

    def listed(self, reference):
        """As the desk sees it now."""
        self.turn()
        return [one for one in self.read("desk_list_notices", "reception", laboratory="JEW", page=dict(page_size=200))["notices"]
                if one["reference"] == reference]

    def booked(self, days, begins="09:00", ends="10:00"):
        slot = self.write("open_day_create_slots", "manager", laboratory="JEW", day=str(self.today + datetime.timedelta(days=days)),
                          begins=begins, ends=ends, minutes=60, booked_quota=5, walk_in_quota=1, person_cap=5, tour_seats=0)["slots"][0]
        return slot, self.write("open_day_make_booking", "reception", slot_id=slot["slot_id"], places=1,
                                person=dict(name="来电", phone="13700000009"))["booking"]["booking_code"]

    def workday(self, at_least):
        """So many days ahead, and no Saturday or Sunday."""
        while (self.today + datetime.timedelta(days=at_least)).weekday() > 4:
            at_least += 1
        return at_least

    def to_noon_before(self, days):
        noon = datetime.datetime.combine(self.today + datetime.timedelta(days=days - 1), datetime.time(4), datetime.timezone.utc)
        self.caller.execute("select set_config('touchstone.test_now', %s, false)", noon.isoformat())

    def test_a_booking_is_reminded_of_the_day_before_and_once(self):
        days = self.workday(10)
        _, code = self.booked(days)
        self.remind()
        self.assertEqual(self.take(), [])
        self.to_noon_before(days)
        self.remind()
        self.remind()
        told = [one for one in self.take() if one["reference"] == code]
        self.assertEqual([(one["kind"], one["address"], one["at"]) for one in told],
                         [("appointment", "13700000009", f"{self.today + datetime.timedelta(days=days)} 09:00")])
        self.remind()
        self.assertEqual([one for one in self.take() if one["reference"] == code], [])
        notice, = self.listed(code)
        self.assertEqual((notice["state"], notice["notice_kind"], notice["address_masked"]), ("sent", "appointment", "137****0009"))

    def test_a_booking_that_is_cancelled_moved_or_over_is_told_to_nobody(self):
        days = self.workday(20)
        _, cancelled = self.booked(days)
        _, over = self.booked(days, "11:00", "12:00")
        _, moved = self.booked(days, "08:00", "09:00")
        later, _ = self.booked(self.workday(days + 3))
        self.to_noon_before(days)
        self.remind()
        self.turn()
        self.write("open_day_cancel_booking", "reception", booking_code=cancelled, version=1, reason="ill")
        self.write("open_day_move_booking", "reception", booking_code=moved, slot_id=later["slot_id"], version=1, reason="another day")
        self.turn(days=days + 1)
        self.assertEqual([one for one in self.take() if one["reference"] in (cancelled, over, moved)], [])
        self.assertEqual([self.listed(code)[0]["state"] for code in (cancelled, over, moved)], ["overtaken"] * 3)

    def collected(self, item):
        self.sql("alter table lab.item disable trigger user")
        self.sql("update lab.item set holder_id = null, stored_in = null, custody_state = 'returned' where item_code = %s", item)
        for trigger, in self.sql("select tgname from pg_trigger where tgrelid = 'lab.item'::regclass and not tgisinternal"):
            self.sql(f'alter table lab.item enable always trigger "{trigger}"')

    def ready(self):
        """Of a void receipt: it goes back from the day it came in."""
        receipt = self.receive()
        self.write("desk_void_receipt", "reception", receipt_no=receipt["receipt_no"], version=receipt["version"], reason="typed twice")
        return receipt["items"][0]["item_code"], receipt["receipt_no"]

    def test_what_nobody_fetches_is_reminded_of_every_two_weeks(self):
        item, number = self.ready()
        waiting = self.receive()["receipt_no"]  # its test is still open
        self.turn(days=13)
        self.remind()
        self.assertEqual([one for one in self.take() if one["reference"] == number], [])
        for days in (15, 29):
            self.turn(days=days)
            self.remind()
            self.remind()
            self.assertEqual([(one["kind"], one["address"]) for one in self.take() if one["reference"] == number],
                             [("uncollected", "13800138000")])
        self.assertEqual(self.listed(waiting), [])
        self.turn(days=43)
        self.remind()
        self.collected(item)
        self.assertEqual([one for one in self.take() if one["reference"] == number], [])
        self.assertEqual([one["state"] for one in self.listed(number)], ["sent", "sent", "overtaken"])
        self.turn(days=60)
        self.remind()
        self.assertEqual(len(self.listed(number)), 3)

    def test_a_reminder_that_failed_is_listed_and_tried_again_and_others_are_not(self):
        days = self.workday(40)
        _, code = self.booked(days)
        self.to_noon_before(days)
        self.remind()
        while (row := self.caller.rows("select delivery_id, reference from api.news_take(60)")) and row[0][1] != code:
            self.caller.rows("select api.news_done(%s, 'sent', '')", row[0][0])
        self.caller.rows("select api.news_done(%s, 'failed', 'no such number')", row[0][0])
        self.turn()
        failed, = [one for one in self.read("desk_list_notices", "reception", laboratory="JEW", state="failed")["notices"]
                   if one["reference"] == code]
        self.assertEqual((failed["error"], failed["attempts"], failed["version"]), ("no such number", 1, 2))
        with self.refused("VERSION_STALE"):
            self.write("desk_retry_notice", "reception", notice_id=failed["notice_id"], version=1)
        with self.refused("ROLE_REQUIRED"):
            self.write("desk_retry_notice", "tech", notice_id=failed["notice_id"], version=2)
        again = self.write("desk_retry_notice", "reception", notice_id=failed["notice_id"], version=2)["notice"]
        self.assertEqual((again["state"], again["attempts"], again["changed_by"]), ("waiting", 0, "reception"))
        self.assertIn(code, [one["reference"] for one in self.take()])
        with self.refused("NOT_FAILED"):
            self.write("desk_retry_notice", "reception", notice_id=failed["notice_id"], version=again["version"] + 1)

    def test_a_code_that_was_not_told_is_asked_for_anew(self):
        receipt = self.receive()["receipt_no"]
        self.write("desk_ask_proxy_code", "reception", receipt_no=receipt)
        self.sql("update lab.notice set state = 'failed', secret = '', last_error = 'no such number' where reference = %s", receipt)
        failed, = self.listed(receipt)
        with self.refused("CODE_GONE"):
            self.write("desk_retry_notice", "reception", notice_id=failed["notice_id"], version=failed["version"])
        self.assertNotIn("secret", json.dumps(failed))

    def test_a_notice_keeps_whom_it_tells_of_what(self):
        self.write("desk_ask_proxy_code", "reception", receipt_no=self.receive()["receipt_no"])
        for change in ("address = '1'", "kind = 'complaint_closed'", "reference = 'x'", "person_id = (select person_id from lab.person limit 1)"):
            with self.subTest(change), self.sql_refused():
                self.sql(f"update lab.notice set {change} where reference not like 'CMP%%'")
