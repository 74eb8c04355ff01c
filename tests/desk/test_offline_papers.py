# SPDX-License-Identifier: Apache-2.0
"""Papers that the desk prints without its server go by the institute's clock, whatever the machine's own is."""
import pathlib
import re
import subprocess
import unittest

from tests.desk.test_offline import OfflineCase


class Papers(OfflineCase):
    def setUp(self):
        super().setUp()
        self.connect_printer()
        self.program_in_path("lp", "exit 0\n")
        self.environment["TZ"] = "America/New_York"

    def printed(self, told):
        """The words of the provisional slip of an intake that was kept, its booking afterwards, and when that was by the institute's clock."""
        terminal = self.ready()
        self.cable.cut()
        self.take_in(terminal)
        code = self.kept(terminal)
        terminal.key("F5")
        terminal.until(told)
        slip, = pathlib.Path(self.directory / "state").rglob(f"{code}.pdf")
        words = subprocess.run(["pdftotext", "-layout", str(slip), "-"], capture_output=True, text=True, check=True).stdout
        self.cable.mend()
        terminal.until("离线 0 ")
        zones = "to_char({0}, 'YYYY-MM-DD HH24:MI'), to_char(taken_offline_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI')"
        zones = zones.format("lab.local_time(taken_offline_at)")
        there, utc = self.daemon.sql(f"select {zones} from lab.receipt join lab.item using (receipt_no) where item_code = %s", code)[0]
        return re.search(r"收样时间 Received: (.*)", words).group(1).strip(), there, utc

    def test_the_slip_has_the_institutes_time_on_a_machine_of_another_zone(self):
        words, there, utc = self.printed("标签已")
        self.assertNotEqual(there, utc)
        self.assertEqual(words, there)

    def test_a_machine_that_does_not_know_the_zone_says_so_and_prints_by_utc(self):
        (self.directory / "none").mkdir()
        self.environment["TZDIR"] = str(self.directory / "none")
        words, there, utc = self.printed("tzdata")
        self.assertEqual(words, f"{utc} UTC")


if __name__ == "__main__":
    unittest.main()
