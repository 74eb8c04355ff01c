# SPDX-License-Identifier: Apache-2.0
"""The order of calling against a model of the published rule that was written apart, over days made by chance; what a wait comes
to; and what of a ticket never changes."""
import contextlib
import random
import threading
import time
import unittest

from tests.database.test_open_day import OpenDayCase

DAYS = 8
ACTS = 60


class Model:
    """The rule as the board tells it: elders first where the day says so; else so many booked, then so many walk-ins, round and
    round; where nobody waits, the others go on. Written as a walk over a list of wishes, from the words alone."""

    def __init__(self, booked, walk_ins, elders_first):
        self.wishes = ["booked"] * booked + ["walk_in"] * walk_ins  # the first is due
        self.elders_first = elders_first
        self.lines = {"booked": [], "walk_in": []}  # each in the order of calling, elders apart
        self.kind, self.elders = {}, set()

    def take(self, number, kind, elder):
        self.kind[number] = kind
        self.lines[kind].append(number)
        if elder:
            self.elders.add(number)

    def elder_at_all(self):
        waiting = [number for line in self.lines.values() for number in line if number in self.elders]
        return min(waiting, key=self.order_of_all.index) if waiting else None

    # Elders of both kinds go by their place among all; kept beside the lines.
    @property
    def order_of_all(self):
        return self.all

    def due(self, kind):
        line = self.lines[kind]
        return next((number for number in line if number in self.elders), line[0] if line else None)

    def call(self):
        if self.elders_first and (elder := self.elder_at_all()) is not None:
            return self.gone(elder)
        for turned, kind in enumerate(self.wishes):
            if self.lines[kind]:
                self.wishes = self.wishes[turned + 1:] + self.wishes[:turned + 1]
                return self.gone(self.due(kind))
        for kind in ("booked", "walk_in"):
            if self.lines[kind]:
                return self.gone(self.due(kind))
        return None

    def gone(self, number):
        self.lines[self.kind[number]].remove(number)
        self.all.remove(number)
        return number

    def whole_order(self):
        """By calling a copy empty."""
        copy = Model(0, 0, self.elders_first)
        copy.wishes, copy.kind, copy.elders = list(self.wishes), self.kind, self.elders
        copy.lines = {kind: list(line) for kind, line in self.lines.items()}
        copy.all = list(self.all)
        order = []
        while (number := copy.call()) is not None:
            order.append(number)
        return order


class Queue(OpenDayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sql(cls, "update lab.policy set test_clock = true")

    def turn_to(self, day):
        """The clock of this connection, noon of the day."""
        self.caller.execute("select set_config('touchstone.test_now', %s, false)", f"{day} 04:00+00")
        for token in self.tokens.values():
            self.sql("update lab.session set created_at = %s, idle_expires_at = %s, expires_at = %s where token_hash = %s",
                     f"{day} 00:00+00", f"{day} 23:00+00", f"{day} 23:00+00", token)

    def act(self, what, number=None, **more):
        if number is not None:
            more["ticket_no"] = number
        return self.write(f"open_day_{what}", "reception", laboratory="JEW", **more).get("ticket")

    def opened(self, **rule):
        day = self.new_day(**rule)["day"]
        slot = self.new_slot(day=day, begins="00:00", ends="24:00", minutes=1440, booked_quota=500, walk_in_quota=500, person_cap=100)
        self.turn_to(day)
        return day, slot

    def booked(self, slot, **more):
        self.people = getattr(self, "people", 0) + 1
        code = self.book(slot, f"人{self.people}")["booking_code"]
        return self.write("open_day_arrive_booking", "reception", booking_code=code, **more)["ticket"]["ticket_no"]

    def waiting(self, day):
        listed = self.read("open_day_list_tickets", "reception", laboratory="JEW", day=day)["tickets"]
        return [one["ticket_no"] for one in listed if one["ticket_state"] == "waiting"]

    def test_the_order_is_that_of_the_model_over_days_made_by_chance(self):
        for seed in range(DAYS):
            chance = random.Random(seed)
            booked, walk_ins = chance.choice([(2, 1), (1, 1), (3, 2), (0, 1), (1, 0), (4, 1), (1, 3)])
            elders_first = seed % 2 == 1
            with self.subTest(seed=seed, rule=(booked, walk_ins, elders_first)):
                self.a_day(chance, booked, walk_ins, elders_first)

    def a_day(self, chance, booked, walk_ins, elders_first):
        day, slot = self.opened(booked_turns=booked, walk_in_turns=walk_ins, elders_first=elders_first)
        model = Model(booked, walk_ins, elders_first)
        model.all = []
        called, skipped, calls = [], [], 0
        for _ in range(ACTS):
            what = chance.choice(["booked"] * 3 + ["walk_in"] * 3 + ["call"] * 5 + ["skip", "back", "behind", "front", "elder", "left", "done"])
            if what in ("booked", "walk_in"):
                elder = chance.random() < 0.2
                more = dict(priority=True, priority_reason="elder") if elder else {}
                number = self.booked(slot, **more) if what == "booked" else self.act("take_ticket", places=1, **more)["ticket_no"]
                model.all.append(number)
                model.take(number, what, elder)
            elif what == "call":
                told = self.act("call_next_ticket", room="1")
                self.assertEqual(told and told["ticket_no"], model.call())
                called += [told["ticket_no"]] if told else []
                calls += told is not None
            elif what == "skip" and called:
                skipped.append(called.pop())
                self.act("skip_ticket", skipped[-1])
            elif what == "done" and called:
                self.act("finish_ticket", called.pop(0))
            elif what == "back" and skipped:
                self.moved(model, skipped.pop(0), None)
            elif what in ("behind", "front") and model.all:
                number = chance.choice(model.all)
                line = [one for one in model.lines[model.kind[number]] if one != number]
                self.moved(model, number, 0 if what == "front" else chance.choice(line) if line else None)
            elif what == "elder" and model.all:
                number, is_elder = chance.choice(model.all), chance.random() < 0.7
                self.act("prioritise_ticket", number, priority=is_elder, reason="seen at the desk")
                model.elders = model.elders | {number} if is_elder else model.elders - {number}
            elif what == "left" and model.all:
                number = chance.choice(model.all)
                self.act("finish_ticket", number, left_queue=True)
                model.gone(number)
            self.assertEqual(self.waiting(day), model.whole_order(), what)
        self.assertGreater(calls, 5)

    def moved(self, model, number, to):
        """To the front (0), behind another, or to the end (None), among all and so among its kind."""
        where = dict(to_front=True) if to == 0 else dict(behind=to) if to else {}
        self.act("move_ticket", number, reason="asked at the desk", **where)
        for line in (model.all, model.lines[model.kind[number]]):
            if number in line:
                line.remove(number)
            line.insert(0 if to == 0 else line.index(to) + 1 if to else len(line), number)

    def test_two_booked_then_one_walk_in_by_hand(self):
        day, slot = self.opened(booked_turns=2, walk_in_turns=1)
        booked = [self.booked(slot) for _ in range(5)]  # 1 to 5
        walked = [self.act("take_ticket", places=1)["ticket_no"] for _ in range(3)]  # 6 to 8
        wanted = [booked[0], booked[1], walked[0], booked[2], booked[3], walked[1], booked[4], walked[2]]
        self.assertEqual(self.waiting(day), wanted)
        self.assertEqual([self.act("call_next_ticket", room="1")["ticket_no"] for _ in wanted], wanted)
        self.assertIsNone(self.act("call_next_ticket", room="1"))

    def test_who_comes_later_waits_behind_those_who_were_moved_to_the_end(self):
        day, _ = self.opened(booked_turns=0, walk_in_turns=1)
        numbers = [self.act("take_ticket", places=1)["ticket_no"] for _ in range(4)]
        for number in numbers[:3]:
            self.act("move_ticket", number, reason="did not hear the call")
        late = [self.act("take_ticket", places=1)["ticket_no"] for _ in range(2)]
        self.assertEqual(self.waiting(day), [numbers[3], *numbers[:3], *late])

    def test_the_wait_comes_from_the_median_of_what_was_measured_shared_by_the_rooms(self):
        day, slot = self.opened(booked_turns=1, walk_in_turns=1, ticket_minutes=10)
        numbers = [self.act("take_ticket", places=1)["ticket_no"] for _ in range(8)]

        def waits():
            told = self.read("open_day_list_tickets", "reception", laboratory="JEW", day=day)
            return told["service_seconds"], told["rooms_open"], [one.get("wait_minutes") for one in told["tickets"] if one["ticket_state"] == "waiting"]
        self.assertEqual(waits(), (600, 1, [0, 10, 20, 30, 40, 50, 60, 70]))
        for minutes, room in ((4, "1"), (9, "2"), (5, "1")):
            self.caller.execute("select set_config('touchstone.test_now', %s, false)", f"{day} 04:10+00")
            number = self.act("call_next_ticket", room=room)["ticket_no"]
            self.act("start_ticket", number)
            self.caller.execute("select set_config('touchstone.test_now', %s, false)", f"{day} 04:{10 + minutes}+00")
            self.act("finish_ticket", number)
        self.assertEqual(waits(), (300, 2, [0, 3, 5, 8, 10]))  # 5 minutes, two rooms: 2.5, 5, 7.5, 10
        self.assertEqual(len(numbers), 8)

    def test_a_ticket_goes_only_its_ways(self):
        day, slot = self.opened()
        number = self.act("take_ticket", places=1)["ticket_no"]
        for what in ("recall_ticket", "skip_ticket", "start_ticket", "finish_ticket"):
            with self.subTest(what), self.refused("ILLEGAL_TRANSITION"):
                self.act(what, number)
        for said in (number.lower(), number[1:], number[1:].lstrip("0")):
            self.act("prioritise_ticket", said, priority=False, reason="nobody in particular")
        for said in ("J999", "X001", "0", "J"):
            with self.subTest(said), self.refused("TICKET_UNKNOWN", status=5):
                self.act("skip_ticket", said)
        self.act("call_next_ticket", room="1")
        self.act("recall_ticket", number, room="2")
        self.act("skip_ticket", number)
        self.assertEqual(self.act("recall_ticket", number)["room"], "2")
        self.act("start_ticket", number)
        self.act("finish_ticket", number)
        for what in ("recall_ticket", "skip_ticket", "start_ticket", "finish_ticket"):
            with self.subTest(what), self.refused("ILLEGAL_TRANSITION"):
                self.act(what, number)
        with self.refused("FIELD_INVALID", "priority_reason"):
            self.act("take_ticket", places=1, priority=True)
        for change in ("number = 9", "kind = 'booked'", "places = 2", "slot_id = null", "state = 'waiting'", "taken_at = taken_at - interval '1 h'",
                       "day = day + 1", "ticket_code = '00000000'"):
            with self.subTest(change), self.sql_refused():
                self.sql(f"update lab.ticket set {change} where ticket_no = %s and day = %s", number, day)
        with self.sql_refused("NUMBER_GAP"):
            self.sql("update lab.queue_day set last_number = last_number + 2 where day = %s", day)
        with self.sql_refused("NUMBER_GAP"):
            self.sql("insert into lab.ticket (laboratory, day, number, ticket_no, kind, slot_id, places, rank, taken_at, taken_by) "
                     "values ('JEW', %s, 7, 'J007', 'walk_in', %s, 1, 7, lab.ts_now(), %s)", day, slot["slot_id"], self.manager)

    def test_who_serves_a_booking_by_its_number_waits_for_the_session_before_the_queue_as_an_arrival_does(self):
        """Else the two, each with the other's lock, would be a deadlock: an intake beside an arrival."""
        day, slot = self.opened()
        for serve in (lambda number: self.act("finish_ticket", number), lambda number: self.receive(serves_ticket_no=number)):
            number = self.booked(slot)
            self.act("call_next_ticket", room="1")
            with contextlib.closing(self.database.connect()) as arrival:
                arrival.autocommit = False
                cursor = arrival.cursor()
                cursor.execute("set role touchstone_owner; set local lock_timeout = '5 s'")
                cursor.execute("select lab.slot_locked(%s)", (slot["slot_id"],))
                server = threading.Thread(target=serve, args=(number,))
                server.start()
                self.until_it_waits(self.caller.connection.info.backend_pid)
                cursor.execute("select lab.queue_locked('JEW', %s)", (day,))  # raises when it is held
                arrival.rollback()
            server.join(60)
            self.assertEqual(self.one("select state from lab.ticket where day = %s and ticket_no = %s", day, number), "done")

    def until_it_waits(self, backend):
        end = time.monotonic() + 60
        while not self.sql("select from pg_locks where pid = %s and not granted", backend):
            self.assertLess(time.monotonic(), end, "it does not wait")


if __name__ == "__main__":
    unittest.main()
