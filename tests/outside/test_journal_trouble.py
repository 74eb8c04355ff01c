# SPDX-License-Identifier: Apache-2.0
"""A journal that is replayed while the server is there and cannot book: its database is gone, the day is closed. Nothing is lost, nothing
is booked twice, and what is told says what to do."""
import os
import signal
import unittest

from tests.outside.offline import CONFLICT, QUEUED, UNAVAILABLE
from tests.outside.processes import tree
from tests.outside.test_journal import JournalCase


class Trouble(JournalCase):
    def test_a_replay_without_a_database_leaves_all_waiting_and_books_them_once_afterwards(self):
        desk = self.new_desk()
        codes = [self.taken(desk, phone=f"1350000010{number}") for number in range(2)]
        family = tree(int(self.daemon.postmaster()[0]))
        # Stopped, so that it cannot be started again while this looks.
        for pid in family:
            os.kill(pid, signal.SIGSTOP)
        try:
            for pid in family[1:]:
                os.kill(pid, signal.SIGKILL)
            done = desk.replay("--timeout", "5")
            self.assertIn(done.returncode, (UNAVAILABLE, 5), done.stderr)
            self.assertIn("2 are not yet booked", done.stderr)
            # An intake goes on meanwhile, and says that it is saved here.
            third = desk.intake(phone="13500000102")
            self.assertEqual(third.returncode, QUEUED, third.stderr)
        finally:
            os.kill(family[0], signal.SIGCONT)
        self.assertEqual([row[1] for row in desk.listed()], ["waiting"] * 3)
        done = desk.run("journal", "replay", "--password-file", desk.password, "--retries", "20")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual([line.split("\t")[0] for line in done.stdout.splitlines()], [*codes, third.stdout.strip()])
        self.assertEqual([len(self.receipts(f"1350000010{number}")) for number in range(3)], [1, 1, 1])

    def test_a_replay_on_a_closed_day_waits_for_a_person_and_is_booked_once_the_day_is_open_again(self):
        desk = self.new_desk()
        first, second = (self.taken(desk, phone=f"1350000011{number}") for number in range(2))
        today = self.daemon.sql("select lab.today()::text")[0][0]
        day = dict(laboratory="JEW", day=today)
        held = [one.item_code for one in self.people["RECEPTION"]("DeskService.ListUnaccounted", laboratory="JEW").items]
        if held:
            self.people["RECEPTION"]("DeskService.StoreItems", item_codes=held, storage="SAFE")
        self.people["RECEPTION"]("DeskService.CloseDay", **day)
        try:
            done = desk.replay()
            self.assertEqual(done.returncode, CONFLICT, done.stderr)
            # Which one, why, and who does what.
            for told in (first, "The day of this laboratory is closed", "custody reopen-day", "journal resolve", "2 are not yet booked"):
                self.assertIn(told, done.stderr)
        finally:
            self.people["MANAGER"]("DeskService.ReopenDay", reason="two intakes wait at a desk", **day)
        self.assertEqual([row[1] for row in desk.listed()], ["conflict", "waiting"])
        done = desk.run("journal", "resolve", first, "--retry", "--reason", "the day is open again", "--password-file", desk.password)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual([len(self.receipts(f"1350000011{number}")) for number in range(2)], [1, 1])
        self.assertEqual([row[0].replace("-", "") for row in desk.listed() if row[1] == "booked"], [first, second])


if __name__ == "__main__":
    unittest.main()
