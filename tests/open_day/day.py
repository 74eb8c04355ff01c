# SPDX-License-Identifier: Apache-2.0
"""The driver of a replayed day: bookings, then session after session who comes, the desks, what goes wrong, the close of the day. It
remembers who holds which number, as people do; what must hold is read from the database afterwards."""
import itertools
import threading
import time
import traceback

from tests.open_day.behind import Behind
from tests.open_day.clients import Refused
from tests.open_day.hall import FULL, Hall
from tests.open_day.offline import MOST_PLACES
from tests.open_day.plan import SESSION_MINUTES

CALL_S = 0.2
STEP_MINUTES = 10
WEATHER = ("cut up 3000", "pass", "reset", "pass", "cut down 2000", "pass", "half-open 2500", "pass", "cut up 700", "pass", "drip", "pass")
WEATHER_S, EVENING_S, STUCK_S = 2, 300, 200


class Day:
    def __init__(self, stage, with_cuts, log=print):
        self.stage, self.plan, self.with_cuts, self.log = stage, stage.plan, with_cuts, log
        self.hall, self.behind = Hall(stage), Behind(stage)
        self.lock, self.failures, self.threads = threading.Lock(), [], []
        self.all_came, self.all_served = threading.Event(), threading.Event()

    # ---- threads
    def start(self, what, *arguments):
        def run():
            try:
                what(*arguments)
            except Exception:
                self.failures.append(traceback.format_exc())
        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        self.threads.append(thread)
        return thread

    def together(self, what, rows):
        """what(row) for all rows, several at once."""
        rows = iter(rows)

        def work():
            while True:
                with self.lock:
                    row = next(rows, None)
                if row is None or self.failures:
                    return
                what(row)
        threads = [self.start(work) for _ in range(3)]
        for thread in threads:
            thread.join()
        self.check()

    def check(self):
        if self.failures:
            raise AssertionError("\n".join(self.failures[:3]))

    def until(self, what, seconds=STUCK_S):
        end = time.monotonic() + seconds
        while not what():
            self.check()
            if time.monotonic() > end:
                raise AssertionError("the day does not go on")
            time.sleep(CALL_S)

    # ---- the sessions
    def sessions(self):
        steps = SESSION_MINUTES // STEP_MINUTES
        for session in range(self.plan.sessions):
            people = self.plan.of(session)
            self.stage.offline.session = session
            self.what_goes_wrong(session)
            for step in range(steps):
                self.stage.turn_to_session(session, step * STEP_MINUTES)
                self.hall.some_leave()
                self.together(self.hall.comes, people[step::steps])
                self.until(lambda: self.waiting() <= 2 * len(self.stage.desks) and not self.stage.offline.coming)
            for laboratory in self.stage.laboratories.values():
                laboratory.greeter.write("slot", "no-shows", laboratory.slots[session])
            self.log(f"session {session + 1} of {self.plan.sessions}: {len(people)} people")
        self.hall.some_leave()

    def waiting(self):
        return self.stage.daemon.sql("select count(*) from lab.ticket where state in ('waiting', 'called', 'serving')")[0][0]

    # ---- a desk
    def desk(self, desk):
        """At its screen, or with a process for every act."""
        while True:
            over = self.all_came.is_set()
            if desk.offline and desk.offline.wanted.is_set():
                desk.offline.work(self.booked_later)
                continue
            number = self.call_by_keys(desk) if desk.keys else self.call(desk)
            if number is not None:
                (self.serve_by_keys if desk.keys else self.serve)(desk, self.person_of(desk, number), number)
            elif over:
                return
            else:
                time.sleep(CALL_S)

    def person_of(self, desk, number):
        """Called before the answer reached the person: a moment."""
        key = desk.laboratory.code, number
        self.until(lambda: key in self.hall.by_ticket)
        return self.hall.by_ticket[key]

    @staticmethod
    def call(desk):
        return desk.program.write("ticket", "call", desk.name).get("ticket", {}).get("ticket_no")

    def serve(self, desk, person, number):
        if self.passed_over(desk, person, number):
            return
        desk.program.write("ticket", "start", number)
        taken = desk.program.write("intake", "register", "--file", "-", "--ticket", number,
                                   data=desk.laboratory.work.intake_of(person))["receipt"]
        self.behind.took_in(desk, person, taken["receipt_no"], taken["items"])

    def passed_over(self, desk, person, number):
        """Who does not come is skipped; who only did not hear the call waits again, behind the others."""
        if not person.strays and person.fate != "leaves":
            return False
        if desk.keys:
            desk.keys.skip(number)
        else:
            try:
                desk.program.write("ticket", "skip", number)
            except Refused as refused:  # said to be gone in the same moment
                if person.fate != "leaves" or refused.reason != FULL:
                    raise
        if person.fate != "leaves":
            person.strays = False
            desk.program.write("ticket", "move", number, "--reason", "did not hear the call")
        return True

    def call_by_keys(self, desk):
        if not self.stage.daemon.sql("select from lab.ticket where state = 'waiting' and laboratory = %s limit 1", desk.laboratory.code):
            return None
        return desk.keys.call()

    def serve_by_keys(self, desk, person, number):
        if self.passed_over(desk, person, number):
            return
        receipt_no, code = desk.keys.take_in(number, person)
        if code:
            receipt_no = self.booked_by_itself(code)
        for item in desk.line("DeskService.GetReceipt", receipt_no=receipt_no).receipt.items:  # the screen left the pictures pending
            desk.program.write("item", "photo", item.item_code, str(self.stage.photo))
        self.booked_later(desk, person, receipt_no, printed=not code)

    def booked_by_itself(self, code):
        """What the screen has kept: it books it once it is answered."""
        self.hall.kept_on_screens += 1
        query = "select receipt_no from lab.item where item_code = %s"
        self.until(lambda: self.stage.daemon.sql(query, code))
        return self.stage.daemon.sql(query, code)[0][0]

    def booked_later(self, desk, person, receipt_no, printed=False):
        """Known by its number alone."""
        receipt = desk.line("DeskService.GetReceipt", receipt_no=receipt_no).receipt
        self.behind.took_in(desk, person, receipt_no, [dict(item_code=item.item_code, tests=[
            dict(test_id=test.test_id, version=test.version) for test in item.tests]) for item in receipt.items], printed)

    # ---- what goes wrong
    def weather(self):
        """Connections of the desks are spoiled, one kind after the other."""
        for mode in itertools.cycle(WEATHER):
            if self.all_served.wait(WEATHER_S):
                return self.stage.spoil("pass")
            self.stage.spoil(*mode.split())

    def what_goes_wrong(self, session):
        """Before this session begins. One printer runs out of paper and one is unplugged for about a quarter of the day; the desks
        lease places; one desk has no network for an hour; the daemon is killed in the middle of the day."""
        if session == min(self.plan.sessions // 3 + 2, self.plan.sessions - 1):
            self.stage.offline.wanted.clear()
        if session == self.plan.sessions // 3:
            laboratory = self.stage.offline.desk.laboratory
            self.stage.offline.slots = {at: (slot, min(MOST_PLACES, max(1, self.plan.walk_in_quota(laboratory.code, at) // 2)))
                                        for at, slot in list(enumerate(laboratory.slots))[session:session + 2]}
            self.stage.offline.wanted.set()
            self.until(lambda: self.stage.offline.is_cut)
        no_paper, unplugged = (self.stage.desks[at].printer for at in (-2, -1))
        if session == self.plan.sessions // 4:
            no_paper.paper_ends()
            unplugged.is_unplugged()
            for desk in self.stage.desks:
                if not desk.keys and not desk.offline:
                    self.hall.lease(desk, session)
        if session == self.plan.sessions // 2 and self.with_cuts:
            self.stage.kill_and_restart()
            self.log("the daemon was killed and is back")
        if session == self.plan.sessions // 2 + 1:
            self.mend_printers()

    def mend_printers(self):
        for desk in self.stage.desks:
            if desk.printer.in_trouble.is_set():
                desk.printer.is_mended()

    # ---- the whole
    def run(self):
        began = time.monotonic()
        self.together(self.hall.book, [one for one in self.plan.people if one.is_booked])
        self.log(f"{sum(one.is_booked for one in self.plan.people)} bookings by processes after {time.monotonic() - began:.0f} s")
        desks = [self.start(self.desk, desk) for desk in self.stage.desks]
        for work in (*self.behind.workers(), *(((self.weather,),) if self.with_cuts else ())):
            self.start(*work)
        self.sessions()
        self.all_came.set()
        self.stage.offline.wanted.clear()
        for desk in desks:
            self.until(lambda desk=desk: not desk.is_alive(), EVENING_S)
        self.all_served.set()
        self.log(f"everybody is served after {time.monotonic() - began:.0f} s; {self.hall.sent_home} were sent home, "
                 f"{len(self.stage.offline.saved)} were taken in offline, {self.hall.kept_on_screens} kept on a screen, "
                 f"{sum(desk.printer.left_over for desk in self.stage.desks)} labels or bags had to wait for their printer")
        self.until(lambda: self.behind.open_jobs == 0, EVENING_S)
        self.go_home()
        self.until(lambda: not self.stage.daemon.sql("select from lab.sheet where state <> 'sealed' limit 1"), EVENING_S)
        self.close()
        self.log(f"the day is closed after {time.monotonic() - began:.0f} s")

    def go_home(self):
        self.mend_printers()
        for desk in self.stage.desks:
            desk.printer.finish()
        self.hall.give_back_leases()
        self.behind.go_home()
        for thread in self.threads:
            thread.join(STUCK_S)
        self.check()

    def close(self):
        self.stage.turn_to_session(self.plan.sessions, 60)
        for laboratory in self.stage.laboratories.values():
            laboratory.manager.write("custody", "close-day", self.stage.day.date().isoformat())
