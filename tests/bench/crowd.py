# SPDX-License-Identifier: Apache-2.0
"""What a crowd of sheets costs, released at once through the real daemon: how long until the last one is entered, promised and
sealed, in how many batches, and which process worked how long for one of them.

    TOUCHSTONE_BUILD=build/release /usr/bin/python3 -m tests.bench.crowd [sheets]
"""
import sys
import time
import unittest

from tests.bench.measure import processor_s
from tests.outside.issuing import Issuing, pids
from tests.support.daemon import Daemon

SHEETS = 1000
LOOK_S = 0.05
FLOOR = 75  # drawn and sealed per second of one core (product's must)


def worked(daemon):
    """Seconds of processor time by process; PostgreSQL's backends are not ours to count here."""
    return {name: processor_s(pid) for name, pid in pids(daemon).items() if name != "postgres"}


def until(daemon, question, count):
    began = time.monotonic()
    while daemon.sql(question)[0][0] < count:
        time.sleep(LOOK_S)
    return time.monotonic() - began


def measure(count):
    with Daemon() as daemon:
        issuing = Issuing(unittest.TestCase(), daemon)
        pairs = issuing.reviewed(count)
        issuing.release(pairs[:1])
        issuing.until_sealed()  # fonts are read, keys are entered
        checkpoints, before, began = issuing.batches(), worked(daemon), time.monotonic()
        issuing.release(pairs[1:])
        released = time.monotonic() - began
        until(daemon, "select count(*) from lab.sheet_statement as made where made.idx < "
                      "(select max(size) from lab.log_checkpoint)", count)
        promised = time.monotonic() - began
        issuing.until_sealed()
        sealed = time.monotonic() - began
        after = worked(daemon)
        issuing.hold_books()
        return dict(released=released, promised=promised, sealed=sealed, batches=issuing.batches() - checkpoints,
                    work={name: (after[name] - before[name]) / (count - 1) for name in before})


def table(count, told):
    drawing = told["work"]["touchstone-render"] + told["work"]["touchstone-signer"]
    rows = [("all released (password checked again for each)", f"{told['released']:.1f} s"),
            ("all entered and promised", f"{told['promised']:.1f} s, {told['batches']} batches"),
            ("all sealed and stored", f"{told['sealed']:.1f} s, {(count - 1) / told['sealed']:.0f} a second"),
            *((f"{name}, processor time a sheet", f"{work * 1000:.2f} ms") for name, work in told["work"].items()),
            ("drawn and sealed per second of one core", f"{1 / drawing:.0f} (must: {FLOOR})")]
    return "\n".join(f"{what:<50} {value}" for what, value in rows), 1 / drawing >= FLOOR


if __name__ == "__main__":
    sheets = int(sys.argv[1]) if len(sys.argv) > 1 else SHEETS
    text, holds = table(sheets, measure(sheets))
    print(text)
    sys.exit(0 if holds else 1)
