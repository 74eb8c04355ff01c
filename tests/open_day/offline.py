# SPDX-License-Identifier: Apache-2.0
"""The desk of a replayed day that loses the network for an hour: it takes in by its journal, walk-ins on places that it leased and
under codes that it reserved beforehand, and books them once the network is back."""
import threading
import time

from tests.open_day.clients import Refused

CODES, MOST_PLACES = 60, 12
SAVED, FULL = 8, 6  # saved here, not yet booked; a conflict of state
LOOK_S = 0.1


class OfflineDesk:
    def __init__(self, desk, proxy):
        self.desk, self.proxy, self.secret = desk, proxy, str(desk.program.directory / "password")
        self.lock, self.wanted, self.is_cut = threading.Lock(), threading.Event(), False
        self.coming, self.saved = [], []
        # A lease ends with its session: places of each session of that hour, and the session that it is.
        self.slots, self.places, self.session = {}, {}, 0

    def prepare(self):
        """In the morning: the key, and codes."""
        self.journal("prepare", "--codes", str(CODES))

    def journal(self, *words):
        return self.desk.program.read("journal", *words, "--password-file", self.secret, plain=True)

    # ---- the hall
    def takes(self, person):
        """Who walks in is sent straight to this desk, as long as it has places: it hears of no numbers."""
        with self.lock:
            if not (self.is_cut and self.wanted.is_set()) or person.laboratory != self.desk.laboratory.code or person.is_booked or self.places.get(self.session, 0) < person.items:
                return False
            self.places[self.session] -= person.items
            self.coming.append(person)
            return True

    def lease(self, slot, wanted):
        """So many, or as many as are left."""
        while wanted:
            try:
                self.journal("prepare", "--codes", str(CODES), "--slot", slot, "--places", str(wanted))
                return wanted
            except Refused as refused:
                if refused.reason != FULL:
                    raise
                wanted //= 2
        return 0

    # ---- the desk's own thread
    def work(self, took_in):
        """Called between two visitors; returns when the network is back and everything is booked."""
        places = {session: self.lease(slot, wanted) for session, (slot, wanted) in self.slots.items()}
        self.proxy.pull()
        with self.lock:
            self.places, self.is_cut = places, True
        while self.wanted.is_set() or self.coming:
            if self.coming:
                self.take_in(self.coming[0])
                self.coming.pop(0)
            else:
                time.sleep(LOOK_S)
        self.is_cut = False
        self.proxy.plug_in()
        self.book(took_in)

    def take_in(self, person):
        try:
            self.desk.program.write("intake", "register", "--offline", "--password-file", self.secret, "--file", "-", "--retries", "0",
                                    "--timeout", "2", data=self.desk.laboratory.work.intake_of(person), plain=True)
        except Refused as refused:
            if refused.reason != SAVED:
                raise
            self.saved.append((refused.told.replace("-", "").split(), person))
            return
        raise AssertionError("a desk without the network was answered")

    def book(self, took_in):
        """Everything, in its order; the number of the provisional slip leads to the receipt."""
        self.journal("replay")
        for codes, person in self.saved:
            item = self.desk.line("DeskService.GetItem", item_code=codes[0]).item
            took_in(self.desk, person, item.receipt_no)
