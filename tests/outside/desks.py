# SPDX-License-Identifier: Apache-2.0
"""Desks that take in one thing after the other whatever happens to the database, and ask again by the same key until
they are answered; and the books held against what they were told. The faults are made by the test in the meantime.

    with Desks(test, daemon) as desks:
        desks.until_answered(20)
        ... break something, mend it ...
        desks.until_answered(20)
    desks.hold_books()
"""
import threading
import time

import grpc

from tests.outside.intake_load import PATH, fingerprint, request_for
from tests.support.daemon import key

DESKS = 6
CALL_S = 10
HEALED_S = 90
PAUSE_S = 0.1  # between two tries of one key, as a client would
# A call that a database fault meets ends in one of these and in nothing else.
CLEAN = {"UNAVAILABLE", "UNKNOWN", "DEADLINE_EXCEEDED", "ABORTED", "RESOURCE_EXHAUSTED"}


class Intake:
    def __init__(self, number):
        self.request_id, self.phone = key(), f"137{number:08}"
        self.told, self.answer = [], None


class Desks:
    numbers = iter(range(10**8))

    def __init__(self, test, daemon, desks=DESKS, call_s=CALL_S):
        self.test, self.daemon, self.count, self.call_s = test, daemon, desks, call_s
        self.changed, self.stopping = threading.Condition(), False
        self.intakes, self.answered, self.failed, self.wrong = [], 0, 0, []

    def __enter__(self):
        self.token = self.daemon.log_in("reception", "D1").token
        self.threads = [threading.Thread(target=self.work) for _ in range(self.count)]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        with self.changed:
            self.stopping = True
        for thread in self.threads:
            thread.join(2 * HEALED_S)

    # ---- the desks
    def work(self):
        call = self.call()
        while not self.stopping and not self.wrong:
            intake = Intake(next(Desks.numbers))
            with self.changed:
                self.intakes.append(intake)
            if not self.until_booked(call, intake):
                self.wrong.append(f"{intake.request_id} was never answered: {intake.told[-3:]}")

    def until_booked(self, call, intake):
        raw = request_for(self.daemon.schema, intake.request_id, intake.phone).SerializeToString()
        patience = time.monotonic() + HEALED_S
        while not self.wrong and time.monotonic() < patience:
            if self.try_once(call, intake, raw):
                return True
            time.sleep(PAUSE_S)
        return False

    def try_once(self, call, intake, raw):
        try:
            intake.answer = fingerprint(call(raw, metadata=self.metadata(), timeout=self.call_s))
        except grpc.RpcError as error:
            code, text = error.code().name, error.details()
            with self.changed:
                intake.told.append((code, text))
                self.failed += 1
                if code not in CLEAN:
                    self.wrong.append(f"{intake.request_id} ended in {code}: {text}")
                self.changed.notify_all()
            return False
        with self.changed:
            self.answered += 1
            self.changed.notify_all()
        return True

    def call(self):
        """On a connection of its own; the daemon's test end closes it."""
        return self.daemon.channel([("grpc.use_local_subchannel_pool", 1)]).unary_unary(PATH)

    def metadata(self):
        return [("authorization", f"Bearer {self.token}")]

    # ---- the test
    def until(self, condition, what):
        with self.changed:
            fine = self.changed.wait_for(lambda: self.wrong or condition(), HEALED_S)
        self.test.assertFalse(self.wrong, self.wrong[:3])
        self.test.assertTrue(fine, f"waited in vain for {what}")

    def until_answered(self, more):
        wanted = self.answered + more
        self.until(lambda: self.answered >= wanted, f"{more} more answers")

    def until_failed(self, more=1):
        wanted = self.failed + more
        self.until(lambda: self.failed >= wanted, f"{more} more failures")

    def codes(self):
        """{code: how often} of everything that was not an answer."""
        told = [code for intake in self.intakes for code, _ in intake.told]
        return {code: told.count(code) for code in sorted(set(told))}

    def hold_books(self):
        """After the desks have stopped: each intake once, whatever its desk was told on the way."""
        self.test.assertFalse(self.wrong, self.wrong[:3])
        self.test.assertTrue(self.intakes)
        phones = dict(self.daemon.sql(
            "select person.phone, count(distinct receipt.receipt_no) from lab.receipt join lab.person on "
            "person.person_id = receipt.owner_id where person.phone = any (%s) group by 1",
            [intake.phone for intake in self.intakes]))
        self.test.assertEqual(phones, {intake.phone: 1 for intake in self.intakes})
        self.ask_again()
        hold_books_whole(self.test, self.daemon)

    def ask_again(self):
        call = self.call()
        for intake in self.intakes:
            raw = request_for(self.daemon.schema, intake.request_id, intake.phone).SerializeToString()
            answer = call(raw, metadata=self.metadata(), timeout=CALL_S)
            self.test.assertEqual(fingerprint(answer), intake.answer, intake.request_id)


def hold_books_whole(test, daemon):
    """No receipt number is missing or twice, nothing stands half written; answers the number of intakes."""
    total = 0
    for desk, in daemon.sql("select distinct desk from lab.receipt"):
        numbers = [row[0] for row in daemon.sql(
            r"select substring(receipt_no from '\d+$')::int from lab.receipt where desk = %s order by 1", desk)]
        test.assertEqual(numbers, list(range(1, len(numbers) + 1)), desk)
        total += len(numbers)
    counts = daemon.sql("select (select count(*) from lab.item), (select count(*) from lab.test), "
                        "(select count(*) from lab.consent), (select count(*) from lab.replay "
                        "where method = 'DeskService.RegisterIntake')")
    test.assertEqual(counts, [(total, total, 2 * total, total)])
    return total
