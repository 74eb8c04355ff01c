# SPDX-License-Identifier: Apache-2.0
"""The short form of the replayed day: twelve people, one desk on a screen, one by processes, one of a second laboratory, cuts and a restart of the daemon.
What must hold is checked by checks.py, from the database; it raises."""
import pathlib
import tempfile
import unittest

from tests.open_day.replay import replay


class AShortDay(unittest.TestCase):
    def test_a_day_of_twelve_people_with_cuts_and_a_restart_ends_accounted_for_and_closed(self):
        lines = []
        with tempfile.TemporaryDirectory(prefix="ts-report-") as folder:
            replay(people=12, items=24, desks=3, technicians=4, terminals=1, cuts=True, seed=1, report=folder, log=lines.append)
            page = (pathlib.Path(folder) / "report.txt").read_text()
            self.assertRegex((pathlib.Path(folder) / "report.svg").read_text(), r"1\d receipts")
        self.assertRegex(page, r"1\d receipts")
        self.assertGreater(sum(line.startswith("ok  ") for line in lines), 20)


if __name__ == "__main__":
    unittest.main()
