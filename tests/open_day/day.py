# SPDX-License-Identifier: Apache-2.0
"""The driver of a replayed day: bookings, then session after session who comes, the desks, the benches, review and release, the
way back of the items, the close of the day. It remembers who holds which number, as people do; nothing is checked from that."""
import base64
import contextlib
import itertools
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
MASS, OTHER_MASS = "3.52", "3.40"
LIGHTER_EVERY, LIGHTER_FIRST = 60, 20  # items that come back lighter than they went: an incident each
WEATHER = ("cut up 3000", "pass", "reset", "pass", "cut down 2000", "pass", "half-open 2500", "pass", "cut up 700", "pass", "drip", "pass")
WEATHER_S, EVENING_S = 2, 300
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
    def __init__(self, stage, with_cuts, log=print):
        self.stage, self.plan, self.with_cuts, self.log = stage, stage.plan, with_cuts, log
        self.by_ticket, self.lock = {}, threading.Lock()
        self.benches = [queue.Queue() for _ in stage.technicians]
        self.backs = [queue.Queue() for _ in stage.backs]
        self.reviews, self.releases = queue.Queue(), queue.Queue()
        self.taken, self.open_jobs, self.failures, self.threads = 0, 0, [], []
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

    # ---- the hall
    def sessions(self):
        steps = SESSION_MINUTES // STEP_MINUTES
        for session in range(self.plan.sessions):
            people = self.plan.of(session)
            for step in range(steps):
                self.stage.turn_to_session(session, step * STEP_MINUTES)
                self.together(self.comes, [(one,) for one in people[step::steps]])
                self.until(lambda: self.waiting() <= 2 * len(self.stage.desks))
            self.stage.greeter.write("slot", "no-shows", self.stage.slots[session])
            if session == self.plan.sessions // 2 and self.with_cuts:
                self.restart()
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
        """At its screen, or with a process for every act."""
        keys = self.stage.keys.get(at)
        while True:
            over = self.all_came.is_set()
            with self.stage.at_work[at]:
                number = self.call_by_keys(at, keys) if keys else self.call(at)
                if number is not None:
                    (self.serve_by_keys if keys else self.serve)(at, self.person_of(number), number)
            if number is None:
                if over:
                    return
                time.sleep(CALL_S)

    def call(self, at):
        return self.stage.desks[at].write("ticket", "call", f"D{at + 1}").get("ticket", {}).get("ticket_no")

    def serve(self, at, person, number):
        program = self.stage.desks[at]
        if person.strays:
            program.write("ticket", "skip", number)
            return self.comes_back(program, person, number)
        program.write("ticket", "start", number)
        self.took_in(at, person, program.write("intake", "register", "--file", "-", "--ticket", number, data=intake_of(person))["receipt"])

    @staticmethod
    def comes_back(program, person, number):
        """Waits again, behind the others."""
        person.strays = False
        program.write("ticket", "move", number, "--reason", "did not hear the call")

    def call_by_keys(self, at, keys):
        if not self.stage.daemon.sql("select from lab.ticket where state = 'waiting' limit 1"):
            return None

        def called_here():
            found = self.stage.daemon.sql("select ticket_no from lab.ticket where state = 'called' and room = %s", f"D{at + 1}")
            return found[0][0] if found else None
        return keys.call(called_here)

    def serve_by_keys(self, at, person, number):
        keys, program = self.stage.keys[at], self.stage.desks[at]
        if person.strays:
            keys.skip(number)
            return self.comes_back(program, person, number)
        receipt_no = keys.take_in(number, person)
        look = self.stage.backs[at][1]
        for item in look("DeskService.GetReceipt", receipt_no=receipt_no).receipt.items:  # the screen left the pictures pending
            program.write("item", "photo", item.item_code, str(self.stage.photo))
        receipt = look("DeskService.GetReceipt", receipt_no=receipt_no).receipt
        self.took_in(at, person, dict(items=[dict(item_code=item.item_code, tests=[
            dict(test_id=test.test_id, version=test.version) for test in item.tests]) for item in receipt.items]))

    def took_in(self, at, person, receipt):
        job = Job(receipt, person, at)
        with self.lock:
            self.open_jobs += 1
        for item in receipt["items"]:
            with self.lock:
                self.taken += 1
                bench, item["mass"] = self.taken % len(self.benches), MASS
                item["lighter"] = self.taken % LIGHTER_EVERY == LIGHTER_FIRST
            self.backs[at].put((self.hand_to_bench, job, item, bench))

    # ---- behind the desks: one colleague of each, with a connection that stays
    def back(self, at):
        name, line = self.stage.backs[at]
        while (what := self.backs[at].get()) is not None:
            what[0](name, line, *what[1:])

    def hand_to_bench(self, _, line, job, item, bench):
        line("DeskService.OfferItem", item_code=item["item_code"], receiver=self.stage.technicians[bench][0])
        self.benches[bench].put((job, item))

    def take_back(self, name, line, job, item, bench):
        if item["lighter"]:
            self.another_mass(name, line, item, bench)
        line("DeskService.AcceptItem", item_code=item["item_code"], mass_g=item["mass"])
        self.reviews.put((job, item))

    def another_mass(self, name, line, item, bench):
        """The item is frozen; the quality manager finds why, and it is offered again."""
        made = line("DeskService.AcceptItem", item_code=item["item_code"], mass_g=OTHER_MASS)
        incident = next(one for one in self.stage.quality("DeskService.ListIncidents", laboratory="JEW", only_open=True).incidents
                        if one.incident_no == made.incident_no)
        self.stage.quality("DeskService.CloseIncident", incident_no=incident.incident_no, version=incident.version,
                           resolution="a loose stone came off and lies in the bag", accepted_mass_g=OTHER_MASS)
        item["mass"] = OTHER_MASS
        bench("DeskService.OfferItem", item_code=item["item_code"], receiver=name)

    def give_out(self, _, line, job):
        for item in job.receipt["items"]:
            version = line("DeskService.GetItem", item_code=item["item_code"]).item.version
            if job.person.fetches:
                line("DeskService.ReturnItem", item_code=item["item_code"], version=version, mass_out_g=item["mass"],
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
            self.backs[job.desk].put((self.take_back, job, item, line))

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

    # ---- what goes wrong
    def weather(self):
        """Connections of the desks are spoiled, one kind after the other."""
        for mode in itertools.cycle(WEATHER):
            if self.all_served.wait(WEATHER_S):
                return self.stage.spoil("pass")
            self.stage.spoil(*mode.split())

    def restart(self):
        """The daemon is killed in the middle of the day. Desks in terminals are between two visitors."""
        with contextlib.ExitStack() as stack:
            for at in self.stage.keys:
                stack.enter_context(self.stage.at_work[at])
            self.stage.kill_and_restart()
        self.log("the daemon was killed and is back")

    # ---- the whole
    def run(self):
        began = time.monotonic()
        self.book_all()
        self.log(f"{sum(one.is_booked for one in self.plan.people)} bookings by processes after {time.monotonic() - began:.0f} s")
        desks = [self.start(self.desk, at) for at in range(len(self.stage.desks))]
        for queues, work in ((self.backs, self.back), (self.benches, self.bench)):
            for at in range(len(queues)):
                self.start(work, at)
        for work in (self.review, self.release, *((self.weather,) if self.with_cuts else ())):
            self.start(work)
        self.sessions()
        self.all_came.set()
        for desk in desks:
            self.until(lambda desk=desk: not desk.is_alive(), EVENING_S)
        self.all_served.set()
        self.log(f"everybody is served after {time.monotonic() - began:.0f} s")
        self.until(lambda: self.open_jobs == 0, EVENING_S)
        self.go_home()
        self.until(lambda: not self.stage.daemon.sql("select from lab.sheet where state <> 'sealed' limit 1"), EVENING_S)
        self.close()
        self.log(f"the day is closed after {time.monotonic() - began:.0f} s")

    def go_home(self):
        for each in (*self.benches, *self.backs, self.reviews, self.releases):
            each.put(None)
        for thread in self.threads:
            thread.join(60)
        self.check()

    def close(self):
        self.stage.turn_to_session(self.plan.sessions, 60)
        self.stage.manager.write("custody", "close-day", self.stage.day.date().isoformat())
