# SPDX-License-Identifier: Apache-2.0
"""Sessions and bookings in the database alone: quotas hold against plain SQL from many connections, codes survive mistyping,
freed places go to the first who wait and fit."""
import datetime
import itertools
import unittest

from tests.database.case import DatabaseCase

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CONNECTIONS = 50


def times_x(value):
    """In GF(32) over x^5 + x^2 + 1."""
    value *= 2
    return value ^ 0b100101 if value & 32 else value


def is_code(code):
    """The check by the weights themselves: the sum of sign i times x^(5-i) is 0."""
    total = 0
    for place, sign in enumerate(code):
        value = SIGNS.index(sign)
        for _ in range(len(code) - 1 - place):
            value = times_x(value)
        total ^= value
    return total == 0


class OpenDayCase(DatabaseCase):
    """A session of today from midnight to midnight, so that arrivals and no-shows have their time."""
    days_out = 0

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cursor = cls.owner.cursor()
        cursor.execute("select lab.today()")
        cls.today = cursor.fetchone()[0]
        cursor.execute("select staff_id from lab.staff where username = 'manager'")
        cls.manager = cursor.fetchone()[0]

    def new_day(self, **changes):
        """Far days, each used once."""
        OpenDayCase.days_out += 1
        day = str(self.today + datetime.timedelta(days=100 + OpenDayCase.days_out))
        fields = dict(laboratory="JEW", day=day, day_kind="open_day", name_zh="开放日", booked_turns=2, walk_in_turns=1,
                      reason="plan of the year")
        return self.write("open_day_set_day", "manager", **dict(fields, **changes))["visit_day"]

    def new_slot(self, **changes):
        fields = dict(laboratory="JEW", day=None, begins="09:00", ends="10:00", minutes=60, booked_quota=3, walk_in_quota=2,
                      person_cap=100, tour_seats=2)
        fields.update(changes)
        fields["day"] = fields["day"] or self.new_day()["day"]
        return self.write("open_day_create_slots", "manager", **fields)["slots"][0]

    def slot(self, slot_id):
        names = ("booked_taken", "walk_in_taken", "tour_taken", "given_to_walk_ins")
        return dict(zip(names, self.sql(f"select {', '.join(names)} from lab.session_slot where slot_id = %s", slot_id)[0]))

    def book(self, slot, person="甲", places=1, **more):
        return self.write("open_day_make_booking", "reception", slot_id=slot["slot_id"], places=places,
                          person=dict(name=person, phone="13900000001"), **more)["booking"]

    def cancel(self, booking):
        return self.write("open_day_cancel_booking", "reception", booking_code=booking["booking_code"], reason="called again")

    def state(self, booking):
        return self.one("select state from lab.booking where booking_code = %s", booking["booking_code"])


class Codes(DatabaseCase):
    def codes(self, count):
        return [code for code, in self.sql("select lab.booking_code_next() from generate_series(1, %s)", count)]

    def valid(self, code):
        return self.one("select lab.booking_code_valid(%s)", code)

    def test_codes_are_valid_by_the_weights_and_come_once(self):
        codes = self.codes(3000)
        self.assertEqual(len(set(codes)), 3000)
        self.assertEqual([code for code in codes if not is_code(code)], [])

    def test_every_wrong_sign_and_every_swap_is_seen(self):
        for code in self.codes(3):
            wrong = {code[:place] + sign + code[place + 1:] for place in range(6) for sign in SIGNS} - {code}
            for one, two in itertools.combinations(range(6), 2):
                signs = list(code)
                signs[one], signs[two] = signs[two], signs[one]
                wrong |= {"".join(signs)} - {code}
            found = self.sql("select code from unnest(%s) as code where lab.booking_code_valid(code)", sorted(wrong))
            self.assertEqual(found, [])
            self.assertGreaterEqual(len(wrong), 6 * 31)

    def test_what_is_no_code_is_not_valid(self):
        for text in ("", "0", "0000000", "ABCDEU", "abcdef", "００００００"):
            self.assertFalse(self.valid(text), text)

    def test_a_mistyped_code_is_named_as_mistyped(self):
        with self.refused("BOOKING_CODE_MISTYPED", "booking_code", 3):
            self.read("open_day_get_booking", "reception", booking_code="000001")


class Quotas(OpenDayCase):
    INSERT = ("insert into lab.booking (booking_code, slot_id, laboratory, person_id, places, state, booked_at, booked_by, changed_at) "
              "select lab.booking_code_next(), %s, 'JEW', person_id, %s, 'booked', lab.ts_now(), %s, lab.ts_now() "
              "from lab.person limit 1")

    def setUp(self):
        self.receive()

    def test_fifty_connections_of_plain_sql_take_the_last_ten_places_and_no_more(self):
        slot = self.new_slot(booked_quota=10)
        outcomes = self.sql_at_once([(self.INSERT, slot["slot_id"], 1, self.manager)], times=CONNECTIONS)
        self.assertEqual(sorted(outcomes), [""] * 10 + ["slot_booked_quota"] * 40)
        self.assertEqual(self.slot(slot["slot_id"])["booked_taken"], 10)
        self.assertEqual(self.one("select sum(places) from lab.booking where slot_id = %s and state = 'booked'", slot["slot_id"]), 10)

    def test_plain_sql_cannot_exceed_quota_cap_seats_or_walk_ins_nor_lie_about_what_is_taken(self):
        slot = self.new_slot(person_cap=2)
        made = self.book(slot, places=2)
        with self.sql_refused("slot_booked_quota"):
            self.sql(self.INSERT.replace("limit 1", "where name = '王小明' limit 1"), slot["slot_id"], 2, self.manager)
        with self.sql_refused("PERSON_CAP"):
            self.sql(self.INSERT.replace("limit 1", "where name = '甲' limit 1"), slot["slot_id"], 1, self.manager)
        for change in ("booked_taken = 0", "booked_taken = booked_taken - 1", "walk_in_taken = 1", "tour_taken = 1", "given_to_walk_ins = 1",
                       "booked_quota = 1", "begins = begins - interval '1 minute'", "ends = ends + interval '1 hour'"):
            with self.subTest(change), self.sql_refused():
                self.sql(f"update lab.session_slot set {change} where slot_id = %s", slot["slot_id"])
        for change in ("places = 1", "state = 'waiting'", "state = 'served'", "slot_id = gen_random_uuid()", "person_id = gen_random_uuid()"):
            with self.subTest(change), self.sql_refused():
                self.sql(f"update lab.booking set {change} where booking_code = %s", made["booking_code"])
        for statement in ("delete from lab.booking", "truncate lab.booking cascade", "delete from lab.session_slot", "delete from lab.ticket",
                          "truncate lab.ticket cascade", "delete from lab.queue_day", "delete from lab.visit_day", "delete from lab.visit_advice"):
            with self.subTest(statement), self.sql_refused():
                self.sql(statement)
        self.assertEqual(self.slot(slot["slot_id"])["booked_taken"], 2)

    def test_a_session_on_a_closed_day_cannot_be(self):
        day = self.new_day(day_kind="closed")["day"]
        with self.refused("DAY_CLOSED"):
            self.new_slot(day=day)
        with self.sql_refused("DAY_CLOSED"):
            self.sql("insert into lab.session_slot (laboratory, day, begins, ends, booked_quota, walk_in_quota, person_cap, releases_at, made_by) "
                     "values ('JEW', %s, %s, %s, 1, 1, 1, %s, %s)", day, day + " 01:00+00", day + " 02:00+00", day + " 01:00+00", self.manager)

    def test_sessions_do_not_overlap(self):
        slot = self.new_slot()
        for begins, ends in (("09:30", "10:30"), ("08:30", "09:30"), ("09:00", "10:00"), ("08:00", "11:00")):
            with self.subTest(begins), self.refused("SLOT_OVERLAPS", status=6):
                self.new_slot(day=slot["day"], begins=begins, ends=ends)
        self.new_slot(day=slot["day"], begins="10:00", ends="11:00")

    def test_each_wrong_field_is_named(self):
        for changes, field in ((dict(day="2026-02-30"), "day"), (dict(begins="9:00"), "begins"), (dict(ends="25:00"), "ends"),
                               (dict(ends="09:30"), "ends"), (dict(minutes=1, ends="12:00"), "minutes"), (dict(day="2020-01-06"), "day")):
            with self.subTest(field), self.refused("FIELD_INVALID", field):
                self.new_slot(**changes)
        for changes, field in ((dict(name_zh=" "), "name_zh"), (dict(booked_turns=0, walk_in_turns=0), "booked_turns"),
                               (dict(day="tomorrow"), "day"), (dict(reason=" "), "reason")):
            with self.subTest(field), self.refused("FIELD_INVALID", field):
                self.new_day(**changes)

    def test_a_day_that_another_has_changed_is_told(self):
        day = self.new_day()
        with self.refused("VERSION_STALE", status=10):
            self.write("open_day_set_day", "manager", laboratory="JEW", day=day["day"], day_kind="working", booked_turns=1,
                       reason="second thoughts")
        again = self.write("open_day_set_day", "manager", laboratory="JEW", day=day["day"], day_kind="working", booked_turns=1,
                           reason="second thoughts", day_version=1)["visit_day"]
        self.assertEqual((again["day_kind"], again["version"]), ("working", 2))

    def test_the_calendar_tells_days_without_a_row_by_the_week(self):
        days = self.read("open_day_list_days", "reception", laboratory="JEW", day="2031-01-01", days=7)["visit_days"]
        self.assertEqual([day["day_kind"] for day in days], ["working"] * 3 + ["closed"] * 2 + ["working"] * 2)
        self.assertEqual({day["version"] for day in days}, {0})
        self.assertEqual(days[0]["rule_en"], "2 booked, then 1 walk-in, in turn; where nobody waits, the others go on.")


class Bookings(OpenDayCase):
    def test_a_booking_reads_back_its_code_its_time_and_what_to_bring(self):
        made = self.book(self.new_slot(), places=2, tour_seats=1)
        self.assertTrue(is_code(made["booking_code"]))
        self.assertEqual((made["local_begins"], made["local_ends"], made["booking_state"]), ("09:00", "10:00", "booked"))
        self.assertIn("购买凭证", made["advice_zh"])
        self.assertIn("identity card", made["advice_en"])
        self.assertEqual(made["person"]["phone_masked"], "139****0001")
        code = made["booking_code"]
        for said in (code.lower(), f"{code[:3]}-{code[3:]}", code.replace("0", "O").replace("1", "I")):
            self.assertEqual(self.read("open_day_get_booking", "reception", booking_code=said)["booking"], made)

    def test_a_full_session_says_how_many_are_free_and_waiting_is_a_choice(self):
        slot = self.new_slot()
        self.book(slot, places=2)
        with self.refused("SLOT_FULL", status=9) as told:
            self.book(slot, "乙", places=2)
        self.assertEqual(told.exception.metadata["free"], "1")
        waits = self.book(slot, "乙", places=2, or_wait=True)
        self.assertEqual((waits["booking_state"], waits["waiting_before"]), ("waiting", 0))
        self.assertEqual(self.book(slot, "丙", places=3, or_wait=True)["waiting_before"], 1)
        self.assertEqual(self.book(slot, "丁")["booking_state"], "booked")  # nobody who waits fits into one place
        with self.refused("FIELD_INVALID", "places"):
            self.book(slot, "戊", places=4, or_wait=True)
        with self.refused("TOUR_FULL", status=9):
            self.book(self.new_slot(), tour_seats=3)

    def test_freed_places_go_to_the_first_who_wait_and_fit(self):
        slot = self.new_slot()
        first = self.book(slot, places=2)
        second = self.book(slot, "乙")
        waiting = [self.book(slot, name, places=items, or_wait=True) for name, items in (("丙", 3), ("丁", 2), ("戊", 1), ("己", 1))]
        told = self.cancel(first)
        self.assertEqual([one["booking_code"] for one in told["promoted"]], [waiting[1]["booking_code"]])
        self.assertEqual(self.slot(slot["slot_id"])["booked_taken"], 3)
        told = self.cancel(second)
        self.assertEqual([one["booking_code"] for one in told["promoted"]], [waiting[2]["booking_code"]])
        told = self.cancel(waiting[0])  # it held nothing
        self.assertEqual((told["promoted"] if "promoted" in told else None, self.state(waiting[3])), (None, "waiting"))
        with self.refused("ILLEGAL_TRANSITION"):
            self.cancel(first)

    def test_more_places_go_to_those_who_wait_and_fewer_than_taken_cannot_be(self):
        slot = self.new_slot()
        self.book(slot, places=3)
        waits = self.book(slot, "乙", places=2, or_wait=True)

        def change(version, **fields):
            asked = dict(booked_quota=3, walk_in_quota=2, tour_seats=2, person_cap=5, reason="a second bench")
            return self.write("open_day_change_slot", "manager", slot_id=slot["slot_id"], version=version, **dict(asked, **fields))["slot"]
        with self.refused("FIELD_INVALID", "booked_quota"):
            change(1, booked_quota=2)
        changed = change(1, booked_quota=5)
        self.assertEqual((changed["booked_taken"], changed["waiting"], self.state(waits), changed["version"]), (5, 0, "booked", 2))
        with self.refused("VERSION_STALE"):
            change(1)

    def test_a_no_show_frees_the_place_when_the_grace_is_over_and_may_come_after_all_if_there_is_room(self):
        early = self.book(self.new_slot())
        with self.refused("STILL_EXPECTED"):
            self.write("open_day_mark_no_show", "reception", booking_code=early["booking_code"])
        with self.refused("NOT_TODAY"):
            self.write("open_day_arrive_booking", "reception", booking_code=early["booking_code"])
        self.write("open_day_set_day", "manager", laboratory="JEW", day=str(self.today), day_kind="open_day", name_zh="今天",
                   booked_turns=2, walk_in_turns=1, reason="for this test")
        slot = self.new_slot(day=str(self.today), begins="00:00", ends="24:00", minutes=1440)
        late = self.book(slot, "迟到", places=2)
        waits = self.book(slot, "候补", places=2, or_wait=True)
        told = self.write("open_day_mark_no_show", "reception", booking_code=late["booking_code"])
        self.assertEqual((told["booking"]["booking_state"], self.state(waits)), ("no_show", "booked"))
        with self.refused("SLOT_FULL"):
            self.write("open_day_arrive_booking", "reception", booking_code=late["booking_code"])
        told = self.write("open_day_release_no_shows", "reception", slot_id=slot["slot_id"])
        self.assertEqual([one["booking_code"] for one in told["missed"]], [waits["booking_code"]])
        came = self.write("open_day_arrive_booking", "reception", booking_code=late["booking_code"])
        self.assertEqual((came["booking"]["booking_state"], came["ticket"]["ticket_no"]), ("arrived", "J001"))
        self.walk_ins(slot)
        self.intake_serves(came["ticket"]["ticket_no"], late)

    def walk_ins(self, slot):
        """Two of their own, one that nobody booked, and then no more."""
        def take(places=1):
            return self.write("open_day_take_ticket", "reception", laboratory="JEW", places=places)["ticket"]
        first = take(2)
        self.assertEqual((first["ticket_kind"], first["ticket_no"]), ("walk_in", "J002"))
        with self.refused("WALK_IN_FULL", status=9):
            take(2)
        take()
        self.assertEqual(self.slot(slot["slot_id"]), dict(booked_taken=2, walk_in_taken=3, tour_taken=0, given_to_walk_ins=1))
        with self.refused("WALK_IN_FULL"):
            take()
        with self.refused("SLOT_FULL"):
            self.book(slot, "太晚")
        self.write("open_day_finish_ticket", "reception", laboratory="JEW", ticket_no="2", left_queue=True)
        self.assertEqual(take(2)["ticket_no"], "J004")
        with self.sql_refused("slot_walk_in_quota"):
            self.sql("with counted as (update lab.queue_day set last_number = last_number + 1 returning last_number) select 1 from counted")
            self.sql("insert into lab.ticket (laboratory, day, number, ticket_no, kind, slot_id, places, rank, taken_at, taken_by) "
                     "select 'JEW', day, last_number, 'J009', 'walk_in', %s, 1, 9, lab.ts_now(), %s from lab.queue_day",
                     slot["slot_id"], self.manager)

    def intake_serves(self, number, booking):
        with self.refused("TICKET_NOT_CALLED", status=9):
            self.receive(serves_ticket_no=number)
        called = self.write("open_day_call_next_ticket", "reception", laboratory="JEW", room="3")["ticket"]
        self.assertEqual((called["ticket_no"], called["room"]), (number, "3"))
        receipt = self.receive(serves_ticket_no=number)
        self.assertEqual(self.sql("select state, receipt_no from lab.ticket where ticket_no = %s", number),
                         [("done", receipt["receipt_no"])])
        self.assertEqual(self.state(booking), "served")


if __name__ == "__main__":
    unittest.main()
