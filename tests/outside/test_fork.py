# SPDX-License-Identifier: Apache-2.0
"""A database whose log does not continue what the signer has promised, and is not shorter: nothing more is issued, it is told
everywhere, and issuing goes on by itself once the two agree again."""
import base64
import time
import unittest

from tests.outside.case import Outside


class Fork(Outside):
    def restart(self):
        self.daemon.start()
        self.people.update({role: self.daemon.log_in(role.lower(), "D1" if role == "RECEPTION" else "") for role in self.people})

    def until(self, event):
        end = time.monotonic() + 60
        while not any(f"event={event}" in line for line in self.daemon.log):
            self.assertLess(time.monotonic(), end, "\n".join(self.daemon.log[-20:]))
            time.sleep(0.05)

    def with_mark(self, content):
        """The daemon's next life, with this mark; in the file that is there, which belongs to the signer's user."""
        self.daemon.stop()
        self.daemon.log.clear()
        self.mark.write_text(content)
        self.restart()

    def sealed(self, sheet):
        return b"".join(piece.data for piece in self.people["RECEPTION"]("SheetService.DownloadSheet", sheet_no=sheet.sheet_no, timeout=60))

    def test_a_fork_halts_until_log_and_mark_agree_again(self):
        self.sealed(self.world.released())
        self.daemon.write_config(self.daemon.port)
        self.mark = self.daemon.directory / "state" / "signer" / "demonstration-mark"
        promised = self.mark.read_text()
        lines = promised.splitlines()
        self.with_mark("\n".join([*lines[:3], base64.b64encode(bytes(32)).decode()]) + "\n")
        waiting = self.world.released()  # nobody can know before it is entered
        self.until("issuing_halted")
        head = self.daemon.sql("select size from lab.log_head")[0][0]
        with self.ends_in("FAILED_PRECONDITION", "ISSUING_HALTED") as refused:
            self.world.released()
        self.assertIn("docs/recovery.md", refused[0].text)
        self.assertEqual(self.daemon.sql("select max(size) from lab.log_checkpoint")[0][0], int(lines[2]))
        self.assertEqual(self.daemon.sql("select size from lab.log_head")[0][0], head)
        self.with_mark(promised)
        self.assertTrue(self.sealed(waiting).startswith(b"%PDF"))
        self.assertTrue(self.sealed(self.world.released()).startswith(b"%PDF"))

    def test_a_mark_that_is_lost_halts_until_it_is_back(self):
        self.sealed(self.world.released())
        mark = self.daemon.directory / "state" / "signer" / "demonstration-mark"
        promised = mark.read_text()
        self.daemon.log.clear()
        mark.write_text("")
        waiting = self.world.released()  # nobody can know before it is to be entered
        self.until("issuing_halted")
        with self.ends_in("FAILED_PRECONDITION", "ISSUING_HALTED") as refused:
            self.world.released()
        self.assertIn("docs/recovery.md", refused[0].text)
        self.daemon.log.clear()
        lines = promised.splitlines()
        mark.write_text("\n".join([*lines[:2], "99999", *lines[3:]]) + "\n")  # of a log that is far longer
        self.until("issuing_halted")
        mark.write_text(promised)
        self.assertTrue(self.sealed(waiting).startswith(b"%PDF"))
        self.until("issuing_goes_on")


if __name__ == "__main__":
    unittest.main()
