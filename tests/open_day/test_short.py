# SPDX-License-Identifier: Apache-2.0
"""The short form of the replayed day: twelve people, one desk on a screen, one by processes, one of a second laboratory, cuts and a restart of the daemon.
What must hold is checked by checks.py, from the database; it raises."""
import pathlib
import tempfile
import unittest

from tests.open_day import checks
from tests.open_day.replay import replay

# What nobody can do while the guards of the tables are there, and which check it must not get past.
SPOILT = (
    (checks.quotas, "update lab.session_slot set booked_taken = booked_taken - 1 where booked_taken > 0"),
    (checks.quotas, "update lab.walk_in_lease set used = used - 1 where used > 0"),
    (checks.order, "update lab.history set method = 'OpenDayService.RecallTicket' where entry_id = (select min(entry_id) from lab.history "
                   "where method = 'OpenDayService.CallNextTicket' and object_type = 'ticket')"),
    (checks.intakes, "update lab.ticket set receipt_no = null where ticket_id = (select ticket_id from lab.ticket where state = 'done' limit 1)"),
    (checks.items, "update lab.item set stored_in = null where item_code = (select min(item_code) from lab.item where stored_in is not null)"),
    (checks.close, "update lab.day_close set items_returned = items_returned + 1"))


class AShortDay(unittest.TestCase):
    def test_a_day_of_twelve_people_with_cuts_and_a_restart_ends_accounted_for_and_closed_and_no_check_passes_spoilt_data(self):
        lines = []
        with tempfile.TemporaryDirectory(prefix="ts-report-") as folder:
            replay(people=12, items=24, desks=3, technicians=4, terminals=1, cuts=True, seed=1, report=folder, log=lines.append, after=self.spoil)
            self.assertGreater((pathlib.Path(folder) / "report.pdf").stat().st_size, 10000)
            self.assertRegex((pathlib.Path(folder) / "report.txt").read_text(), r"\d+ receipts, .*; [1-9]\d* of them offline")
        self.assertGreater(sum(line.startswith("ok  ") for line in lines), 20)

    def spoil(self, stage, day):
        for check, statement in SPOILT:
            with self.subTest(statement):
                table = statement.split()[1]  # whose guards refuse the owner of the database, too
                self.assertGreater(stage.daemon.sql(f"alter table {table} disable trigger user; {statement}"), 0)
                with self.assertRaises(AssertionError):
                    list(check(stage.daemon))
        printers = [desk.printer for desk in stage.desks]
        for what, check in (
                (day.behind.receipts.pop, lambda: checks.told(stage.daemon, day.behind.receipts, ())),
                (lambda: None, lambda: checks.told(stage.daemon, day.behind.receipts, [["000000001"]])),
                (printers[1].printer.printed.pop, lambda: checks.labels(stage.daemon, printers)),
                (lambda: printers[1].spools()[0].joinpath("1.job").touch(), lambda: checks.labels(stage.daemon, printers))):
            what()
            with self.assertRaises(AssertionError):
                list(check())


if __name__ == "__main__":
    unittest.main()
