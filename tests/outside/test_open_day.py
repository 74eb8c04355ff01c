# SPDX-License-Identifier: Apache-2.0
"""Open days against the real daemon: fifty desks and the last ten places, with the daemon killed in between; the way of a
booking from the telephone to the receipt; the queue from two rooms at once."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import threading
import time
import unittest

import grpc

from tests.outside.case import MANY_CONNECTIONS, Outside, Refusal, at_once
from tests.outside.world import intake_fields, ring
from tests.support import paths
from tests.support.daemon import PASSWORD, key

PROGRAM = paths.build() / "client" / "touchstone"
DESKS = 50
PLACES = 10
PATIENCE_S = 120


class OpenDay(Outside):
    settings = MANY_CONNECTIONS

    def connected(self, token):
        client = self.daemon.client(token, self.daemon.channel([("grpc.use_local_subchannel_pool", 1)]))
        client("StaffService.WhoAmI")
        return client

    def desks(self):
        token = self.people["RECEPTION"].token
        return [self.connected(token) for _ in range(DESKS)]

    def request(self, slot, number, request_id=None, **more):
        return self.people["RECEPTION"].request("OpenDayService.MakeBooking", request_id=request_id or key(), slot_id=slot.slot_id,
                                                places=1, person=dict(name=f"来电{number}", phone=f"1380000{number:04d}"), **more)

    def taken(self, slot):
        rows = self.daemon.sql("select booked_taken, (select count(*) from lab.booking where booking.slot_id = slot.slot_id and state = 'booked'), "
                               "(select count(distinct booking_code) from lab.booking where booking.slot_id = slot.slot_id) "
                               "from lab.session_slot as slot where slot_id = %s", slot.slot_id)
        return rows[0]

    def test_fifty_desks_booking_the_last_ten_places_get_exactly_ten(self):
        slot = self.world.new_slot(booked_quota=PLACES)
        requests = [self.request(slot, number) for number in range(DESKS)]
        clients = self.desks()
        answers = at_once([lambda c=c, r=r: c("OpenDayService.MakeBooking", message=r, timeout=60) for c, r in zip(clients, requests)])
        self.ten_of(slot, answers)
        again = at_once([lambda c=c, r=r: c("OpenDayService.MakeBooking", message=r, timeout=60) for c, r in zip(reversed(clients), requests)])
        self.assertEqual([self.told(answer) for answer in again], [self.told(answer) for answer in answers])
        self.assertEqual(self.taken(slot), (PLACES, PLACES, PLACES))

    @staticmethod
    def told(answer):
        return (answer.code.name, answer.reason) if isinstance(answer, Refusal) else answer.booking.booking_code

    def ten_of(self, slot, answers):
        refused = [answer for answer in answers if isinstance(answer, Refusal)]
        self.assertEqual({(answer.code.name, answer.reason) for answer in refused}, {("FAILED_PRECONDITION", "SLOT_FULL")})
        codes = {answer.booking.booking_code for answer in answers if not isinstance(answer, Refusal)}
        self.assertEqual((len(codes), len(refused)), (PLACES, DESKS - PLACES))
        self.assertEqual(self.taken(slot), (PLACES, PLACES, PLACES))

    def test_fifty_desks_that_wait_fill_the_list_and_freed_places_go_in_its_order(self):
        slot = self.world.new_slot(booked_quota=PLACES)
        clients = self.desks()
        answers = at_once([lambda c=c, n=n: c("OpenDayService.MakeBooking", message=self.request(slot, n, or_wait=True), timeout=60)
                           for n, c in enumerate(clients)])
        self.assertEqual([vars(answer) for answer in answers if isinstance(answer, Refusal)], [])
        made = [answer.booking for answer in answers]
        booked = [one for one in made if one.booking_state == 1]
        self.assertEqual(len(booked), PLACES)
        told = at_once([lambda c=c, one=one: c("OpenDayService.CancelBooking", booking_code=one.booking_code, reason="called again")
                        for c, one in zip(clients, booked)])
        self.assertEqual(sorted(len(one.promoted) for one in told), [1] * PLACES)
        order = [code for code, in self.daemon.sql("select booking_code from lab.booking where slot_id = %s and waiting_since is not null "
                                                   "order by waiting_since, booking_code", slot.slot_id)]
        self.assertEqual({one.promoted[0].booking_code for one in told}, set(order[:PLACES]))
        self.assertEqual(self.taken(slot)[:2], (PLACES, PLACES))

    def test_one_key_from_fifty_desks_makes_one_booking(self):
        slot = self.world.new_slot(booked_quota=PLACES)
        request = self.request(slot, 1)
        answers = at_once([lambda c=c: c("OpenDayService.MakeBooking", message=request, timeout=60) for c in self.desks()])
        self.assertEqual(len({answer.booking.booking_code for answer in answers}), 1)
        self.assertEqual(self.taken(slot), (1, 1, 1))


class Killed(OpenDay):
    """The same fifty, while the daemon is killed and comes back on its port: who heard nothing asks again with the same key."""

    def send_until_told(self, request, answers, at):
        """A desk: tries until it has an answer, whatever happens to the daemon."""
        until = time.monotonic() + PATIENCE_S
        while answers[at] is None and time.monotonic() < until:
            channel = self.daemon.channel([("grpc.use_local_subchannel_pool", 1)])
            self.daemon.channels.remove(channel)  # the restart does not close it: its peer is gone
            try:
                answers[at] = self.daemon.client(self.token, channel)("OpenDayService.MakeBooking", message=request, timeout=20)
            except grpc.RpcError as error:
                refusal = Refusal(error)
                if refusal.reason == "SLOT_FULL":
                    answers[at] = refusal
            finally:
                channel.close()

    def test_kills_in_between_leave_exactly_ten_and_every_answer_stays(self):
        for kills in range(3):
            with self.subTest(kills=kills):
                self.a_round(kills)

    def a_round(self, round_no):
        slot = self.world.new_slot(booked_quota=PLACES)
        self.token = self.people["RECEPTION"].token
        requests = [self.request(slot, number) for number in range(DESKS)]
        answers = [None] * DESKS
        threads = [threading.Thread(target=self.send_until_told, args=(request, answers, at)) for at, request in enumerate(requests)]
        for thread in threads[:DESKS // 2]:
            thread.start()
        while self.taken(slot)[0] < 1 + 2 * round_no:  # killed while others ask
            pass
        for thread in threads[DESKS // 2:]:
            thread.start()
        port = self.daemon.port
        self.daemon.stop(kill=True)
        self.daemon.write_config(port)
        self.daemon.start()
        for thread in threads:
            thread.join(PATIENCE_S)
        self.assertNotIn(None, answers)
        self.people.update({role: self.daemon.client(client.token) for role, client in self.people.items()})
        self.ten_of(slot, answers)
        again = at_once([lambda r=r: self.daemon.client(self.token)("OpenDayService.MakeBooking", message=r, timeout=60) for r in requests])
        self.assertEqual([self.told(answer) for answer in again], [self.told(answer) for answer in answers])

    # Those of the class above ran there.
    test_fifty_desks_booking_the_last_ten_places_get_exactly_ten = None
    test_fifty_desks_that_wait_fill_the_list_and_freed_places_go_in_its_order = None
    test_one_key_from_fifty_desks_makes_one_booking = None


class Programs(Outside):
    """The same with fifty processes of the client itself, each a desk of its own."""
    settings = MANY_CONNECTIONS

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="ts-desks-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.environment = dict(os.environ, HOME=str(self.folder), XDG_CONFIG_HOME=str(self.folder), XDG_STATE_HOME=str(self.folder),
                                TOUCHSTONE_SERVER=f"localhost:{self.daemon.port}", TOUCHSTONE_CA=str(self.daemon.certificate),
                                ASAN_OPTIONS="detect_leaks=0")
        (self.folder / "secret").write_text(PASSWORD + "\n")
        (self.folder / "secret").chmod(0o600)
        self.client("login", "reception", "--desk", "D1", "--password-file", str(self.folder / "secret")).communicate(timeout=60)

    def client(self, *words):
        return subprocess.Popen([PROGRAM, *words], env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def test_fifty_processes_book_the_last_ten_places_and_a_retry_by_its_key_gives_the_same_booking(self):
        slot = self.world.new_slot(booked_quota=PLACES)
        words = [("booking", "make", slot.slot_id, "--name", f"来电{n}", "--phone", f"1380000{n:04d}", "--request-id", key(),
                  "--field", "booking.booking_code", "--retries", "0", "--timeout", "60") for n in range(DESKS)]
        rounds = []
        for _ in range(2):
            desks = [self.client(*line) for line in words]
            told = [desk.communicate(timeout=PATIENCE_S) for desk in desks]
            rounds.append([(desk.returncode, out) for desk, (out, _) in zip(desks, told)])
        codes = [out.strip() for status, out in rounds[0] if status == 0]
        self.assertEqual((len(codes), len(set(codes))), (PLACES, PLACES), told)
        self.assertNotIn(0, {status for status, out in rounds[0] if not out})
        self.assertEqual(rounds[0], rounds[1])
        rows = self.daemon.sql("select booking_code from lab.booking where slot_id = %s", slot.slot_id)
        self.assertEqual(sorted(code for code, in rows), sorted(codes))


class ADay(Outside):
    def test_from_the_telephone_to_the_receipt(self):
        desk = self.people["RECEPTION"]
        made = self.world.booked()
        self.assertRegex(made.booking_code, "^[0-9A-HJKMNP-TV-Z]{6}$")
        came = desk("OpenDayService.ArriveBooking", booking_code=made.booking_code.lower())
        self.assertEqual((came.booking.ticket_no, came.ticket.ticket_kind, came.ticket.place), (came.ticket.ticket_no, 1, 1))
        with self.ends_in("FAILED_PRECONDITION", "TICKET_NOT_CALLED"):
            desk("DeskService.RegisterIntake", **intake_fields(serves_ticket_no=came.ticket.ticket_no))
        called = desk("OpenDayService.CallNextTicket", laboratory="JEW", room="2").ticket
        self.assertEqual((called.ticket_no, called.room), (came.ticket.ticket_no, "2"))
        receipt = desk("DeskService.RegisterIntake", **intake_fields(items=[ring(photo=b"")], serves_ticket_no=called.ticket_no)).receipt
        listed = desk("OpenDayService.ListTickets", laboratory="JEW", with_ended=True).tickets
        self.assertEqual([(one.ticket_state, one.receipt_no) for one in listed if one.ticket_no == called.ticket_no], [(4, receipt.receipt_no)])
        self.assertEqual(desk("OpenDayService.GetBooking", booking_code=made.booking_code).booking.booking_state, 4)
        with self.ends_in("FAILED_PRECONDITION", "ILLEGAL_TRANSITION"):
            desk("OpenDayService.CancelBooking", booking_code=made.booking_code, reason="too late now")

    def test_an_intake_may_name_the_booking_alone(self):
        desk = self.people["RECEPTION"]
        made = self.world.booked()
        desk("DeskService.RegisterIntake", **intake_fields(items=[ring(photo=b"")], serves_booking_code=made.booking_code))
        self.assertEqual(desk("OpenDayService.GetBooking", booking_code=made.booking_code).booking.booking_state, 4)
        with self.ends_in("FAILED_PRECONDITION", "ILLEGAL_TRANSITION"):
            desk("DeskService.RegisterIntake", **intake_fields(serves_booking_code=made.booking_code))
        with self.ends_in("INVALID_ARGUMENT", "BOOKING_CODE_MISTYPED"):
            desk("DeskService.RegisterIntake", **intake_fields(serves_booking_code="000001"))

    def test_two_rooms_that_call_at_once_never_call_one_number(self):
        self.world.session()
        numbers = {self.world.ticket()["ticket_no"] for _ in range(24)}
        rooms = [self.daemon.client(self.people[role].token) for role in ("RECEPTION", "TECHNICIAN") * 4]

        def call(client, room):
            heard = []
            while True:
                answer = client("OpenDayService.CallNextTicket", laboratory="JEW", room=room)
                if not answer.HasField("ticket"):
                    return heard
                heard.append(answer.ticket.ticket_no)
        heard = [one for answers in at_once([lambda c=c, r=r: call(c, str(r)) for r, c in enumerate(rooms)]) for one in answers]
        self.assertEqual(len(heard), len(set(heard)))
        self.assertLessEqual(numbers, set(heard))

    def test_an_elder_goes_first_within_the_kind_and_why_is_kept(self):
        first, second = self.world.ticket()["ticket_no"], self.world.ticket(priority=True, priority_reason="elder")["ticket_no"]
        with self.ends_in("INVALID_ARGUMENT", "FIELD_INVALID"):
            self.world.ticket(priority=True)
        desk = self.people["RECEPTION"]
        listed = [one.ticket_no for one in desk("OpenDayService.ListTickets", laboratory="JEW").tickets if one.ticket_state == 1]
        self.assertLess(listed.index(second), listed.index(first))
        desk("OpenDayService.MoveTicket", laboratory="JEW", ticket_no=first, to_front=True, reason="came back with a child")
        desk("OpenDayService.PrioritiseTicket", laboratory="JEW", ticket_no=first, priority=True, reason="small child")
        self.assertEqual(desk("OpenDayService.ListTickets", laboratory="JEW").tickets[0].ticket_no, first)
        told = self.people["AUDITOR"]("AuditService.ListHistory", laboratory="JEW", object_type="ticket").entries
        self.assertIn("came back with a child", [entry.reason for entry in told])


class Moved(Outside):
    """A booking goes into another session in one act."""

    def move(self, booking, slot, **more):
        return self.people["RECEPTION"]("OpenDayService.MoveBooking", **dict(dict(booking_code=booking.booking_code, slot_id=slot.slot_id,
                                                                                  reason="not ready at home"), **more))

    def test_a_visit_is_booked_anew_with_its_rooms_and_the_old_place_is_free(self):
        visit = self.world.visit()
        old = self.people["RECEPTION"]("OpenDayService.GetBooking", booking_code=visit.booking_code).booking
        taken = lambda slot: self.daemon.sql("select booked_taken from lab.session_slot where slot_id = %s", slot)[0][0]  # noqa: E731
        before = taken(old.slot_id), taken(self.world.later().slot_id)
        new = self.move(old, self.world.later()).booking
        self.assertNotEqual(new.booking_code, old.booking_code)
        self.assertEqual((new.person.person_id, new.places), (old.person.person_id, old.places))
        moved = self.people["RECEPTION"]("OpenDayService.GetVisit", booking_code=new.booking_code).visit
        self.assertEqual((moved.address, [(room.name, room.area_m2) for room in moved.rooms], moved.visit_state),
                         (visit.address, [(room.name, room.area_m2) for room in visit.rooms], 1))
        gone = self.people["RECEPTION"]("OpenDayService.GetBooking", booking_code=old.booking_code).booking
        self.assertEqual(gone.booking_state, 5)
        self.assertEqual((taken(old.slot_id), taken(self.world.later().slot_id)), (before[0] - 1, before[1] + 1))

    def test_into_a_full_session_nothing_is_moved(self):
        booking = self.world.booked()
        manager = self.people["MANAGER"]
        day = self.world.new_day()
        manager("OpenDayService.SetDay", **day)
        full = manager("OpenDayService.CreateSlots", **self.world.new_session(day=day["day"], begins="09:00", ends="10:00", minutes=60,
                                                                             booked_quota=0, walk_in_quota=1)).slots[0]
        with self.ends_in("FAILED_PRECONDITION", "SLOT_FULL"):
            self.move(booking, full)
        again = self.people["RECEPTION"]("OpenDayService.GetBooking", booking_code=booking.booking_code).booking
        self.assertEqual(again.booking_state, 1)
        with self.ends_in("INVALID_ARGUMENT"):
            self.move(booking, self.world.session())


if __name__ == "__main__":
    unittest.main()
