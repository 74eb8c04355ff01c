# SPDX-License-Identifier: Apache-2.0
"""What goes on behind the desks of a replayed day: hand-over to the bench, test, review, release, the way back, the safe. Each is a
connection that stays, because a process for each of their thousands of acts would be too slow."""
import queue
import threading

from tests.support.daemon import PASSWORD

LIGHTER_EVERY, LIGHTER_FIRST = 60, 20  # items that come back lighter than they went: an incident each


class Job:
    """The items of one receipt on their way."""

    def __init__(self, receipt_no, items, person, desk):
        self.receipt_no, self.items, self.person, self.desk, self.left, self.lock = receipt_no, items, person, desk, len(items), threading.Lock()
        self.work = desk.laboratory.work

    def one_less(self):
        with self.lock:
            self.left -= 1
            return self.left == 0


class Behind:
    def __init__(self, stage):
        self.stage, self.lock, self.taken, self.open_jobs, self.receipts = stage, threading.Lock(), 0, 0, []
        self.benches = [queue.Queue() for _ in stage.benches]
        self.backs = [queue.Queue() for _ in stage.desks]
        self.reviews = {code: queue.Queue() for code in stage.laboratories}
        self.releases = {code: queue.Queue() for code in stage.laboratories}

    def workers(self):
        for queues, work in ((self.backs, self.back), (self.benches, self.bench)):
            yield from ((work, at) for at in range(len(queues)))
        for code, laboratory in self.stage.laboratories.items():
            yield self.review, laboratory, self.reviews[code]
            yield self.release, laboratory, self.releases[code]

    def go_home(self):
        for each in (*self.benches, *self.backs, *self.reviews.values(), *self.releases.values()):
            each.put(None)

    def took_in(self, desk, person, receipt_no, items, printed=False):
        """items: item_code and tests of each. printed: its labels come out by themselves."""
        job = Job(receipt_no, items, person, desk)
        with self.lock:
            self.open_jobs += 1
            self.receipts.append(receipt_no)
        desk.printer.bag(receipt_no, [item["item_code"] for item in items], printed)
        for item in items:
            with self.lock:
                self.taken += 1
                benches = desk.laboratory.benches
                bench, item["mass"] = benches[self.taken % len(benches)], job.work.mass_after
                item["lighter"] = job.work.other_mass and self.taken % LIGHTER_EVERY == LIGHTER_FIRST
            self.backs[desk.at].put((self.hand_to_bench, job, item, bench))

    # ---- one colleague of each desk
    def back(self, at):
        while (what := self.backs[at].get()) is not None:
            what[0](self.stage.desks[at], *what[1:])

    def hand_to_bench(self, desk, job, item, bench):
        desk.line("DeskService.OfferItem", item_code=item["item_code"], receiver=self.stage.benches[bench][0])
        self.benches[bench].put((job, item))

    def take_back(self, desk, job, item, bench):
        if item["lighter"]:
            self.another_mass(desk, job, item, bench)
        desk.line("DeskService.AcceptItem", item_code=item["item_code"], mass_g=item["mass"])
        self.reviews[desk.laboratory.code].put((job, item))

    @staticmethod
    def another_mass(desk, job, item, bench):
        """The item is frozen; the quality manager finds why, and it is offered again."""
        item["mass"], quality = job.work.other_mass, desk.laboratory.quality
        made = desk.line("DeskService.AcceptItem", item_code=item["item_code"], mass_g=item["mass"])
        incident = next(one for one in quality("DeskService.ListIncidents", laboratory=desk.laboratory.code, only_open=True).incidents
                        if one.incident_no == made.incident_no)
        quality("DeskService.CloseIncident", incident_no=incident.incident_no, version=incident.version,
                resolution="a loose part came off and lies in the bag", accepted_mass_g=item["mass"])
        bench("DeskService.OfferItem", item_code=item["item_code"], receiver=desk.username)

    def give_out(self, desk, job):
        for item in job.items:
            version = desk.line("DeskService.GetItem", item_code=item["item_code"]).item.version
            if job.person.fetches:
                desk.line("DeskService.ReturnItem", item_code=item["item_code"], version=version, mass_out_g=item["mass"],
                          phone_last4=job.person.phone[-4:], photo_compared=True)
            else:
                desk.line("DeskService.StoreItems", item_codes=[item["item_code"]], storage="SAFE")
        with self.lock:
            self.open_jobs -= 1

    # ---- a bench
    def bench(self, at):
        _, line = self.stage.benches[at]
        while (what := self.benches[at].get()) is not None:
            job, item = what
            line("DeskService.AcceptItem", item_code=item["item_code"], mass_g=job.work.mass)
            for test in item["tests"]:
                taken = line("BenchService.ClaimTest", test_id=test["test_id"], version=test["version"]).test
                taken = line("BenchService.EnterResult", test_id=taken.test_id, version=taken.version, **job.work.result).test
                test["version"] = line("BenchService.SubmitTest", test_id=taken.test_id, version=taken.version).test.version
            if job.work.consumed:
                line("DeskService.RecordConsumption", item_code=item["item_code"], mass_g=job.work.consumed, note="cut out for the test")
            line("DeskService.OfferItem", item_code=item["item_code"], receiver=job.desk.username)
            self.backs[job.desk.at].put((self.take_back, job, item, line))

    # ---- the second person, and the signatory
    def review(self, laboratory, items):
        while (what := items.get()) is not None:
            job, item = what
            for test in item["tests"]:
                laboratory.reviewer("ReviewService.ApproveTest", test_id=test["test_id"], version=test["version"])
            if job.one_less():
                self.releases[laboratory.code].put(job)

    def release(self, laboratory, jobs):
        while (job := jobs.get()) is not None:
            releases = [dict(item_code=item["item_code"], version=job.desk.line("DeskService.GetItem", item_code=item["item_code"]).item.version)
                        for item in job.items]
            laboratory.signatory("SheetService.ReleaseSheets", releases=releases, password=PASSWORD, meaning="approved for issue")
            self.backs[job.desk.at].put((self.give_out, job))
