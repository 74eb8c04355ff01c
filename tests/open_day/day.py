# SPDX-License-Identifier: Apache-2.0
"""The driver of a replayed day: bookings, then session after session who comes, the desks, the benches, review and release, the
way back of the items, the close of the day. It remembers who holds which number, as people do; nothing is checked from that."""
import base64
import contextlib
import json
import queue
import threading
import time
import traceback

from tests.open_day.clients import Refused
from tests.open_day.plan import SESSION_MINUTES
from tests.outside.world import READINGS, intake_fields, picture, ring
from tests.support.daemon import PASSWORD

CALL_S = 0.2
STEP_MINUTES = 10
MASS = "3.52"
PHOTO = base64.b64encode(picture()).decode()


def intake_of(person):
    """The request that a desk sends for a person, as the file of `intake register`."""
    fields = intake_fields(owner=dict(name=person.name, phone=person.phone),
                           items=[ring(photo=PHOTO) for _ in range(person.items)])
    fields["consents"] = [dict(one, kind=one["kind"].removeprefix("CONSENT_KIND_").lower()) for one in fields["consents"]]
    fields["return_choice"] = "return"
    return json.dumps(fields)


class Job:
    """The items of one receipt on their way."""

    def __init__(self, receipt, person, desk):
        self.receipt, self.person, self.desk, self.left, self.lock = receipt, person, desk, len(receipt["items"]), threading.Lock()

    def one_less(self):
        with self.lock:
            self.left -= 1
            return self.left == 0


class Day:
    def __init__(self, stage, log=print):
        self.stage, self.plan, self.log = stage, stage.plan, log
        self.by_booking, self.by_ticket, self.lock = {}, {}, threading.Lock()
        self.benches = [queue.Queue() for _ in stage.technicians]
        self.backs = [queue.Queue() for _ in stage.backs]
        self.reviews, self.releases = queue.Queue(), queue.Queue()
        self.next_bench, self.open_jobs, self.failures, self.threads = 0, 0, [], []
        self.all_came = threading.Event()

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
                what(*row)
        threads = [self.start(work) for _ in range(3)]
        for thread in threads:
            thread.join()
        self.check()

    def check(self):
        if self.failures:
            raise AssertionError("\n".join(self.failures[:3]))

    # ---- before the day
    def book_all(self):
        self.together(self.book, [(one,) for one in self.plan.people if one.is_booked])

    def book(self, person):
        made = self.stage.greeter.write("booking", "make", self.stage.slots[person.session], "--name", person.name, "--phone", person.phone,
                                        "--places", str(person.items), "--or-wait")["booking"]
        person.booking = made["booking_code"]
        self.by_booking[person.booking] = person

    # ---- the hall
    def sessions(self):
        steps = SESSION_MINUTES // STEP_MINUTES
        for session in range(self.plan.sessions):
            people = self.plan.of(session)
            for step in range(steps):
                self.stage.turn_to_session(session, step * STEP_MINUTES)
                if step == 2:
                    self.release_no_shows(session)
                self.together(self.comes, [(one,) for one in people[step::steps]])
                self.until(lambda: self.waiting() <= 2 * len(self.stage.desks))
            self.log(f"session {session + 1} of {self.plan.sessions}: {len(people)} people")

    def waiting(self):
        return self.stage.daemon.sql("select count(*) from lab.ticket where state in ('waiting', 'called', 'serving')")[0][0]

    def until(self, what, seconds=120):
        end = time.monotonic() + seconds
        while not what():
            self.check()
            if time.monotonic() > end:
                raise AssertionError("the day does not go on")
            time.sleep(CALL_S)

    def release_no_shows(self, session):
        missed = self.stage.greeter.write("slot", "no-shows", self.stage.slots[session])
        for one in missed.get("missed", []):
            self.by_booking[one["booking_code"]].booking = None

    def comes(self, person):
        elder = ("--priority", "--why", "elder") if person.is_elder else ()
        if person.fate == "cancels":
            with contextlib.suppress(Refused):
                self.stage.greeter.write("booking", "cancel", person.booking, "--reason", "cannot come")
        elif person.fate == "comes":
            self.takes_a_number(person, elder)

    def takes_a_number(self, person, elder):
        with contextlib.suppress(Refused):  # who still waits for a place, or came too late, is a walk-in
            if person.booking:
                return self.has(person, self.stage.greeter.write("booking", "arrive", person.booking, *elder)["ticket"])
        if person.booking:
            with contextlib.suppress(Refused):
                self.stage.greeter.write("booking", "cancel", person.booking, "--reason", "walks in")
        try:
            self.has(person, self.stage.greeter.write("ticket", "take", "--places", str(person.items), *elder)["ticket"])
        except Refused as refused:
            self.log(f"sent home: {refused}")

    def has(self, person, ticket):
        person.ticket = ticket["ticket_no"]
        with self.lock:
            self.by_ticket[person.ticket] = person

    def person_of(self, number):
        """Called before the answer reached the person: a moment."""
        self.until(lambda: number in self.by_ticket, 60)
        return self.by_ticket[number]

    # ---- a desk
    def desk(self, at):
        program, room = self.stage.desks[at], str(at + 1)
        while True:
            over = self.all_came.is_set()
            ticket = program.write("ticket", "call", room).get("ticket")
            if ticket is not None:
                self.serve(at, program, ticket["ticket_no"])
            elif over:
                return
            else:
                time.sleep(CALL_S)

    def serve(self, at, program, number):
        person = self.person_of(number)
        if person.strays:
            program.write("ticket", "skip", number)
            person.strays = False
            # Comes back to the desk, and waits again behind the others.
            program.write("ticket", "move", number, "--reason", "did not hear the call")
            return
        program.write("ticket", "start", number)
        receipt = program.write("intake", "register", "--file", "-", "--ticket", number, data=intake_of(person))["receipt"]
        self.took_in(at, person, receipt)

    def took_in(self, at, person, receipt):
        job = Job(receipt, person, at)
        with self.lock:
            self.open_jobs += 1
        for item in receipt["items"]:
            with self.lock:
                bench = self.next_bench = (self.next_bench + 1) % len(self.benches)
            self.backs[at].put((self.hand_to_bench, job, item, bench))

    # ---- behind the desks: one colleague of each, with a connection that stays
    def back(self, at):
        name, line = self.stage.backs[at]
        while (what := self.backs[at].get()) is not None:
            what[0](name, line, *what[1:])

    def hand_to_bench(self, _, line, job, item, bench):
        line("DeskService.OfferItem", item_code=item["item_code"], receiver=self.stage.technicians[bench][0])
        self.benches[bench].put((job, item))

    def take_back(self, _, line, job, item):
        line("DeskService.AcceptItem", item_code=item["item_code"], mass_g=MASS)
        self.reviews.put((job, item))

    def give_out(self, _, line, job):
        for item in job.receipt["items"]:
            version = line("DeskService.GetItem", item_code=item["item_code"]).item.version
            if job.person.fetches:
                line("DeskService.ReturnItem", item_code=item["item_code"], version=version, mass_out_g=MASS,
                     phone_last4=job.person.phone[-4:], photo_compared=True)
            else:
                line("DeskService.StoreItems", item_codes=[item["item_code"]], storage="SAFE")
        with self.lock:
            self.open_jobs -= 1

    # ---- a bench
    def bench(self, at):
        _, line = self.stage.technicians[at]
        while (what := self.benches[at].get()) is not None:
            job, item = what
            line("DeskService.AcceptItem", item_code=item["item_code"], mass_g=MASS)
            for test in item["tests"]:
                taken = line("BenchService.ClaimTest", test_id=test["test_id"], version=test["version"]).test
                taken = line("BenchService.EnterResult", test_id=taken.test_id, version=taken.version, readings=READINGS,
                             expanded_uncertainty="2.0", instrument="XRF-01", temperature_c="23.1", humidity_percent="45").test
                test["version"] = line("BenchService.SubmitTest", test_id=taken.test_id, version=taken.version).test.version
            line("DeskService.OfferItem", item_code=item["item_code"], receiver=self.stage.backs[job.desk][0])
            self.backs[job.desk].put((self.take_back, job, item))

    # ---- the second person, and the signatory
    def review(self):
        while (what := self.reviews.get()) is not None:
            job, item = what
            for test in item["tests"]:
                self.stage.reviewer("ReviewService.ApproveTest", test_id=test["test_id"], version=test["version"])
            if job.one_less():
                self.releases.put(job)

    def release(self):
        while (job := self.releases.get()) is not None:
            _, look = self.stage.backs[job.desk]
            releases = [dict(item_code=item["item_code"], version=look("DeskService.GetItem", item_code=item["item_code"]).item.version)
                        for item in job.receipt["items"]]
            self.stage.signatory("SheetService.ReleaseSheets", releases=releases, password=PASSWORD, meaning="approved for issue")
            self.backs[job.desk].put((self.give_out, job))

    # ---- the whole
    def run(self):
        began = time.monotonic()
        self.book_all()
        self.log(f"{len(self.by_booking)} bookings by process after {time.monotonic() - began:.0f} s")
        desks = [self.start(self.desk, at) for at in range(len(self.stage.desks))]
        workers = [(self.backs, self.back), (self.benches, self.bench)]
        for queues, work in workers:
            for at in range(len(queues)):
                self.start(work, at)
        self.start(self.review)
        self.start(self.release)
        self.sessions()
        self.all_came.set()
        for desk in desks:
            self.until(lambda desk=desk: not desk.is_alive(), 300)
        self.log(f"everybody is served after {time.monotonic() - began:.0f} s")
        self.until(lambda: self.open_jobs == 0, 300)
        for each in (*self.benches, *self.backs, self.reviews, self.releases):
            each.put(None)
        for thread in self.threads:
            thread.join(60)
        self.check()
        self.close()
        self.log(f"the day is closed after {time.monotonic() - began:.0f} s")

    def close(self):
        self.stage.turn_to_session(self.plan.sessions, 60)
        self.stage.manager.write("custody", "close-day", self.stage.day.date().isoformat())
