# SPDX-License-Identifier: Apache-2.0
"""The telephone and the hall of a replayed day: who books, cancels, comes, finds no place, loses patience. Every act is a process of
`touchstone` at the laboratory's own greeter."""
import contextlib
import threading

from tests.open_day.clients import Refused

LEASED = 4  # places that a desk holds for those who would find none
FULL = 6    # a conflict of state: exit code


class Hall:
    def __init__(self, stage):
        self.stage, self.by_ticket, self.leavers, self.lock = stage, {}, [], threading.Lock()
        self.sent_home = self.kept_on_screens = 0

    def greeter(self, person):
        return self.stage.laboratories[person.laboratory].greeter

    def book(self, person):
        laboratory = self.stage.laboratories[person.laboratory]
        person.booking = laboratory.greeter.write("booking", "make", laboratory.slots[person.session], "--name", person.name, "--phone",
                                                  person.phone, "--places", str(person.items), "--or-wait")["booking"]["booking_code"]

    def comes(self, person):
        elder = ("--priority", "--why", "elder") if person.is_elder else ()
        if person.fate == "cancels":
            with contextlib.suppress(Refused):
                self.greeter(person).write("booking", "cancel", person.booking, "--reason", "cannot come")
        elif person.fate == "comes" and self.stage.offline.takes(person):
            return
        elif person.fate in ("comes", "leaves"):
            self.takes_a_number(person, elder)
        if person.fate == "leaves" and person.ticket:
            self.leavers.append(person)

    def takes_a_number(self, person, elder):
        """Who still waits for a place, or came too late, is a walk-in."""
        greeter = self.greeter(person)
        with contextlib.suppress(Refused):
            if person.booking:
                return self.has(person, greeter.write("booking", "arrive", person.booking, *elder)["ticket"])
        if person.booking:
            with contextlib.suppress(Refused):
                greeter.write("booking", "cancel", person.booking, "--reason", "walks in")
        try:
            self.has(person, greeter.write("ticket", "take", "--places", str(person.items), *elder)["ticket"])
        except Refused as refused:
            self.full(refused)
            self.takes_a_leased_place(person, elder)

    @staticmethod
    def full(refused):
        if refused.reason != FULL:
            raise refused

    def takes_a_leased_place(self, person, elder):
        """A desk has some for the end; without one the person is sent home."""
        for desk in self.stage.laboratories[person.laboratory].desks:
            with self.lock:
                has_room = desk.lease and desk.lease_left >= person.items
                desk.lease_left -= person.items if has_room else 0
            if has_room:
                return self.has(person, desk.program.write("ticket", "take", "--places", str(person.items), "--lease", desk.lease,
                                                           *elder)["ticket"])
        with self.lock:
            self.sent_home += 1
        return None

    def has(self, person, ticket):
        person.ticket = ticket["ticket_no"]
        with self.lock:
            self.by_ticket[person.laboratory, person.ticket] = person

    def lease(self, desk, session):
        try:
            made = desk.program.write("slot", "lease", desk.laboratory.slots[session], "--places", str(LEASED))
            desk.lease, desk.lease_left = made["lease"]["lease_id"], LEASED
        except Refused as refused:
            self.full(refused)

    def give_back_leases(self):
        for laboratory in self.stage.laboratories.values():
            for lease in laboratory.manager.read("slot", "leases").get("leases", []):
                if "returned_at" not in lease:
                    laboratory.manager.write("slot", "return-lease", lease["lease_id"])

    def some_leave(self):
        """Who lost patience since the last time: from the row, or from before the counter where the desk just called them."""
        leaving, self.leavers = self.leavers, []
        for person in leaving:
            self.greeter(person).write("ticket", "finish", person.ticket, "--left")
