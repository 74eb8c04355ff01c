# SPDX-License-Identifier: Apache-2.0
"""kill -9 of the daemon in the middle of intakes from several desks: every acknowledged intake is there
exactly once, every retry by key gives one and the same answer, no receipt number is missing.

A kill counts as "between COMMIT sent and answered" when, after the restart and before any retry, a request
that was never answered is found booked. Used by test_kill.py and, with more kills, by tests/long."""
import os
import random
import select
import subprocess
import sys
import unittest

from tests.outside.desks import hold_books_whole
from tests.outside.intake_load import PATH, fingerprint, read_ledger, request_for
from tests.support import paths

DESKS = ["D1", "D2", "D3", "D4"]
SENDERS = 24
SEND_S = 60
MORE = 4  # so many times as many kills at most
SEED = int(os.environ.get("TOUCHSTONE_SEED", random.SystemRandom().randrange(1 << 32)))


class Killed:
    """A daemon under load that is killed and started again, and the books held against the ledger."""

    def __init__(self, test, daemon):
        self.test, self.daemon = test, daemon
        self.ledger = daemon.directory / "ledger"
        self.random = random.Random(SEED)
        self.rounds, self.in_window, self.checked = 0, 0, set()

    def prepare(self):
        self.daemon.people()
        admin = self.daemon.log_in("administrator")
        self.clients = {}
        for desk in DESKS:
            admin.staff(f"desk{desk.lower()}", ["RECEPTION"])
            self.clients[desk] = self.daemon.log_in(f"desk{desk.lower()}", desk)
        self.tokens = {desk: client.token for desk, client in self.clients.items()}
        self.daemon.write_config(self.daemon.port)

    def start_load(self):
        command = [sys.executable, "-m", "tests.outside.intake_load", f"localhost:{self.daemon.port}",
                   self.daemon.certificate, self.ledger, str(SENDERS), str(len(self.checked))]
        self.load = subprocess.Popen(command, cwd=paths.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.load.stdin.write((" ".join(self.tokens.values()) + "\n").encode())
        self.load.stdin.flush()

    def stop_load(self):
        """What is under way ends with an answer or an error, and that too is in the ledger."""
        self.load.stdin.close()
        self.load.stdout.read()
        self.load.stdout.close()
        self.test.assertEqual(self.load.wait(60), 0)

    def after_sends(self, count):
        """The load says '.' for each request it sends."""
        while count:
            readable, _, _ = select.select([self.load.stdout], [], [], SEND_S)
            self.test.assertTrue(readable, "the load sends nothing any more")
            seen = len(os.read(self.load.stdout.fileno(), count))
            self.test.assertTrue(seen, "the load ended by itself")
            count -= seen

    def one_kill(self):
        self.start_load()
        self.after_sends(SENDERS + self.random.randrange(120))
        self.daemon.stop(kill=True)
        self.stop_load()
        self.daemon.start()
        self.clients = {desk: self.daemon.client(token) for desk, token in self.tokens.items()}
        self.hold_against_ledger()
        self.rounds += 1

    def items_of(self, phone):
        persons = self.clients["D1"]("DeskService.FindPersons", query=phone, timeout=60).persons
        self.test.assertLessEqual(len(persons), 1, phone)
        return persons[0].item_count if persons else 0

    def hold_against_ledger(self):
        sent = {k: v for k, v in read_ledger(self.ledger).items() if k not in self.checked}
        self.test.assertTrue(sent)
        for request_id, one in sent.items():
            self.test.assertTrue(one.answer or one.code, f"{request_id} ended in nothing")
        lost = {k: v for k, v in sent.items() if v.code}
        for request_id, one in sent.items():
            if one.answer:
                self.test.assertEqual(self.items_of(one.phone), 1, f"{request_id} was acknowledged")
                self.test.assertEqual(self.resend(request_id, one.phone), one.answer)
        booked = sum(self.items_of(one.phone) for one in lost.values())
        self.in_window += booked > 0
        for request_id, one in lost.items():
            first = self.resend(request_id, one.phone)
            self.test.assertEqual(self.resend(request_id, one.phone), first)
            self.test.assertEqual(self.items_of(one.phone), 1, f"{request_id} was retried")
        self.checked |= set(sent)

    def resend(self, request_id, phone):
        """By any desk; every byte of the answer counts."""
        client = self.clients[self.random.choice(DESKS)]
        request = request_for(self.daemon.schema, request_id, phone).SerializeToString()
        return fingerprint(client.channel.unary_unary(PATH)(request, metadata=client.metadata(), timeout=60))


class KillCase(unittest.TestCase):
    def kill(self, daemon, times, at_least):
        killed = Killed(self, daemon)
        killed.prepare()
        # Where a kill falls is chance: more of them where too few fell between COMMIT sent and answered.
        for number in range(1, MORE * times + 1):
            if number > times and killed.in_window >= at_least:
                break
            with self.subTest(kill=number, seed=SEED):
                killed.one_kill()
        self.assertEqual(hold_books_whole(self, daemon), len(killed.checked))
        print(f"{killed.rounds} kills, {len(killed.checked)} intakes, {killed.in_window} kills between COMMIT sent "
              f"and answered, seed {SEED}")
        self.assertGreaterEqual(killed.rounds, times)
        self.assertGreaterEqual(killed.in_window, at_least)
