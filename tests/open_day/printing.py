# SPDX-License-Identifier: Apache-2.0
"""The label printer of a desk on a replayed day: its labels are printed by processes of `touchstone label`, one after the other,
beside what the desk does; paper ends, the cable is out; what was left over is printed by `print resume`."""
import collections
import pathlib
import queue
import re
import threading
import time
import traceback

from tests.open_day.clients import Refused
from tests.printer.printer import Printer

PAPER_LEFT = 3  # labels, when it is nearly out
REPRINT_EVERY = 40
MENDED = ("mended",)
LABEL_S = 300
LOOK_S = 0.2
SCREEN = "screen"  # the state folder of the desk's screen, which prints what it has registered


class DeskPrinter:
    def __init__(self, program):
        self.program, self.printer, self.jobs = program, Printer(), queue.Queue()
        program.environment["TOUCHSTONE_PRINTER"] = self.printer.name
        self.left_over, self.failure, self.bags, self.in_trouble = 0, None, 0, threading.Event()
        self.asked = collections.Counter()
        self.thread = threading.Thread(target=self.work, daemon=True)
        self.thread.start()

    def close(self):
        self.printer.close()

    # ---- what is printed
    def bag(self, receipt_no, item_codes, by_itself=False):
        """The bag and its items; now and then a label is spoilt and asked for again."""
        self.asked.update(item_codes)
        if by_itself:
            return
        self.jobs.put(("label", "bag", receipt_no))
        self.bags += 1
        if self.bags % REPRINT_EVERY == 1:
            self.jobs.put(("label", "print", item_codes[0], "--reason", "smeared"))
            self.asked.update(item_codes[:1])

    def work(self):
        while (words := self.jobs.get()) is not None:
            try:
                self.mend() if words == MENDED else self.print(words)
            except Exception:
                self.failure = traceback.format_exc()

    def print(self, words):
        try:
            self.program.read(*words, plain=True)
        except Refused as refused:
            # 1: what could not be printed is kept. That is no failure of a day while the printer is in trouble.
            if refused.reason != 1 or not self.in_trouble.is_set():
                raise
            self.left_over += 1

    # ---- what goes wrong
    def paper_ends(self):
        self.in_trouble.set()
        self.printer.paper_left = PAPER_LEFT

    def is_unplugged(self):
        """Between two labels: what comes out while the cable is pulled, nobody knows."""
        self.in_trouble.set()
        self.printer.unplug()

    def is_mended(self):
        """After the label that it is at: that one may still have found it without paper."""
        self.jobs.put(MENDED)

    def mend(self):
        if self.printer.listener.fileno() < 0:
            self.printer.plug_in()
        self.printer.mend()
        self.resume()
        self.in_trouble.clear()

    def resume(self):
        self.program.read("print", "resume", plain=True)

    def finish(self):
        """All is printed, and nothing is kept."""
        self.jobs.put(None)
        self.thread.join(LABEL_S)
        if self.failure or self.thread.is_alive():
            raise AssertionError(self.failure or "labels are still being printed")
        self.resume()
        end = time.monotonic() + LABEL_S
        while self.asked - self.printed() and time.monotonic() < end:
            time.sleep(LOOK_S)

    # ---- what came of it
    def kept(self):
        return [job for spool in self.spools() for job in spool.glob("*.job")]

    def spools(self):
        return [folder / "touchstone" / "print" for folder in (pathlib.Path(self.program.environment["XDG_STATE_HOME"]), self.program.directory / SCREEN)]

    def printed(self):
        """Labels that came out by their code."""
        return collections.Counter(re.search(rb"\^BCN,[^^]*\^FD([^^]*)\^FS", label).group(1).decode() for label in self.printer.printed)

    def counted_here(self):
        """Copies of each item's label that the desk counted by itself, because the server could not be reached."""
        lines = [line for spool in self.spools() if (spool / "asked").exists() for line in (spool / "asked").read_text().splitlines()]
        return collections.Counter(line.split()[1] for line in lines if line.startswith("item "))
