# SPDX-License-Identifier: Apache-2.0
"""Many sheets released at once, through the real daemon: items walked to "reviewed" by several technicians, then released
together. Used by test_issuing.py and, with more of everything, by tests/long."""
import concurrent.futures
import contextlib
import os
import random
import signal
import subprocess
import time

import grpc
import psycopg2

from tests.outside import world
from tests.support import paths
from tests.support.daemon import PASSWORD, Client

WORKERS = 6
INTAKE_ITEMS = 10
SEALED_S = 300
LOOK_S = 0.05


@contextlib.contextmanager
def unlooked(daemon):
    """Meanwhile the daemon does not look at the log: what is changed in the database it learns afterwards."""
    connection = daemon.database()
    connection.autocommit = False
    connection.cursor().execute("lock table lab.log_sequencer in access exclusive mode")
    try:
        yield
    finally:
        with contextlib.suppress(psycopg2.Error):  # the daemon was stopped with its database
            connection.rollback()
        connection.close()


class Issuing:
    """Items that wait for their sheet, and what became of them."""

    def __init__(self, test, daemon):
        self.test, self.daemon = test, daemon
        self.people = daemon.people()
        self.world = world.World(self.people)
        self.numbers = []

    # ---- items whose tests are all approved
    def reviewed(self, count):
        """So many (item code, version), walked by the API."""
        receipts = [min(INTAKE_ITEMS, count - done) for done in range(0, count, INTAKE_ITEMS)]
        with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
            done = list(pool.map(self.walk_receipt, receipts))
        return [pair for receipt in done for pair in receipt]

    def walk_receipt(self, size):
        receipt = self.people["RECEPTION"]("DeskService.RegisterIntake", **world.intake_fields(
            items=[world.ring() for _ in range(size)])).receipt
        return [self.walk(item) for item in receipt.items]

    def walk(self, item):
        technician, reviewer = self.people["TECHNICIAN"], self.people["REVIEWER"]
        test = item.tests[0]
        test = technician("BenchService.ClaimTest", test_id=test.test_id, version=test.version).test
        test = technician("BenchService.EnterResult", test_id=test.test_id, version=test.version, readings=world.READINGS,
                          expanded_uncertainty="2.0", instrument="XRF-01", temperature_c="23.1", humidity_percent="45").test
        test = technician("BenchService.SubmitTest", test_id=test.test_id, version=test.version).test
        reviewer("ReviewService.ApproveTest", test_id=test.test_id, version=test.version)
        return item.item_code, self.daemon.sql("select version from lab.item where item_code = %s", item.item_code)[0][0]

    # ---- their release
    def release(self, pairs):
        """Each by a call of its own, as patient as a signatory's client: the same request until it is answered."""
        credentials = grpc.ssl_channel_credentials(self.daemon.certificate.read_bytes())
        with grpc.secure_channel(f"localhost:{self.daemon.port}", credentials) as channel, \
                concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
            # On a channel of its own, which outlives the daemon's lives.
            signatory = Client(self.daemon, channel, self.people["SIGNATORY"].token)
            self.numbers += pool.map(lambda pair: self.release_one(signatory, pair), pairs)

    def release_one(self, signatory, pair):
        fields = dict(item_code=pair[0], version=pair[1], password=PASSWORD, meaning="批准签发 / approved for issue")
        request = signatory.request("SheetService.ReleaseSheet", **fields)
        patience = time.monotonic() + SEALED_S
        while True:
            try:
                return signatory("SheetService.ReleaseSheet", message=request).sheet.sheet_no
            except grpc.RpcError as error:
                if error.code() not in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.UNKNOWN, grpc.StatusCode.ABORTED,
                                        grpc.StatusCode.DEADLINE_EXCEEDED) or time.monotonic() > patience:
                    raise
                time.sleep(LOOK_S)

    def waiting(self):
        return self.daemon.sql("select count(*) from lab.sheet_work where not done")[0][0]

    def until_sealed(self):
        return self.until_waiting(0)

    def until_waiting(self, count):
        """The seconds until no more wait; the books answer, so no event is missed."""
        began = time.monotonic()
        while True:
            with contextlib.suppress(Exception):  # while PostgreSQL is being started again nobody answers
                if self.waiting() <= count:
                    return time.monotonic() - began
            self.test.assertLess(time.monotonic() - began, SEALED_S, "sheets wait for ever:\n" + "\n".join(self.daemon.log[-30:]))
            time.sleep(LOOK_S)

    # ---- what must be true afterwards
    def hold_books(self):
        """No number skipped or twice, each with one statement at one index, all of it in the tree that is promised."""
        numbers = [number for number, in self.daemon.sql("select sheet_no from lab.sheet order by sheet_no")]
        places = [int(number.rsplit("-", 1)[1]) for number in numbers]
        self.test.assertEqual(places, list(range(1, len(numbers) + 1)))
        self.test.assertEqual(sorted(self.numbers), numbers)
        rows = self.daemon.sql(
            "select count(*), count(distinct stated.idx), count(file.sheet_no), count(*) filter (where sheet.state = 'sealed'), "
            "count(*) filter (where stated.idx < (select max(size) from lab.log_checkpoint)), "
            "count(*) filter (where substr(leaf.entry, 25, 32) = stated.sid) "
            "from lab.sheet left join lab.sheet_statement as stated using (sheet_no, revision) "
            "left join lab.sheet_file as file using (sheet_no, revision) left join lab.log_leaf as leaf on leaf.idx = stated.idx")
        self.test.assertEqual(rows, [(len(numbers),) * 6])
        size, leaves, last = self.daemon.sql("select (select size from lab.log_head), count(*), max(idx) from lab.log_leaf")[0]
        self.test.assertEqual((leaves, last), (size, size - 1))
        self.test.assertEqual(self.daemon.sql("select count(*) from lab.log_request where idx is null"), [(0,)])
        return len(numbers)

    def audit(self):
        """What an auditor who has only the public files finds: nothing, when all is well."""
        public = self.daemon.directory / "state" / "public"
        size = self.daemon.sql("select max(size) from lab.log_checkpoint")[0][0]
        patience = time.monotonic() + SEALED_S
        while (public / "log" / "checkpoint").read_text().split("\n")[1] != str(size):
            self.test.assertLess(time.monotonic(), patience, "the log is not published")
            time.sleep(LOOK_S)
        done = subprocess.run([paths.build() / "client" / "touchstone", "log", "audit", "--directory", public],
                              capture_output=True, text=True)
        return [] if done.returncode == 0 else (done.stdout + done.stderr).splitlines()

    def batches(self):
        """How many checkpoints the sheets took."""
        return self.daemon.sql("select count(*) from lab.log_checkpoint")[0][0]


def pids(daemon):
    """The processes that can be killed, by what they are."""
    found = {"daemon": daemon.process.pid, "postgres": int(daemon.postmaster()[0])}
    told = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(daemon.process.pid)], capture_output=True, text=True)
    for line in told.stdout.splitlines():
        pid, program = line.split(None, 1)
        for name in ("touchstone-signer", "touchstone-render"):
            if name in program.split()[0]:
                found[name] = int(pid)
    return found


class Killer:
    """Kills one of the daemon's processes after the other at moments of its own choice, while sheets are issued."""

    def __init__(self, issuing, seed, pause_s=(0.05, 0.6)):
        self.issuing, self.random, self.pause_s = issuing, random.Random(seed), pause_s
        self.done = {"daemon": 0, "postgres": 0, "touchstone-signer": 0, "touchstone-render": 0}

    @contextlib.contextmanager
    def beside(self, times):
        """All of its kills happen, some perhaps after the work: then `with` ends."""
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            killing = pool.submit(self.run, times)
            yield
            killing.result()

    def run(self, times):
        for _ in range(times):
            time.sleep(self.random.uniform(*self.pause_s))  # a moment of its own choice
            self.kill_one()

    def kill_one(self):
        daemon = self.issuing.daemon
        try:
            targets = pids(daemon)
        except Exception:  # between two lives of PostgreSQL
            return
        name = min(targets, key=lambda target: (self.done[target], self.random.random()))
        self.done[name] += 1
        if name == "daemon":
            daemon.process.kill()
            daemon.process.wait()
            daemon.reader.join(10)
            daemon.process.stderr.close()
            daemon.start()
        else:
            with contextlib.suppress(ProcessLookupError):
                os.kill(targets[name], signal.SIGKILL)
