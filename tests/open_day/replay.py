# SPDX-License-Identifier: Apache-2.0
"""One day from its plan to its report."""
import time

from tests.open_day import checks
from tests.open_day.clients import Tries
from tests.open_day.day import Day
from tests.open_day.plan import Plan
from tests.open_day.report import as_text, write
from tests.open_day.report import rows as as_rows
from tests.open_day.stage import Stage
from tests.open_day.terminal import Keys

SECOND_FROM = 3   # so many desks, and the last is a second laboratory's
TOLD_LINES = 40  # of the daemon's log, when a day fails


def replay(people, items, desks, technicians, terminals, cuts, seed, report, log=lambda line: print(line, flush=True), after=lambda *_: None):
    """after(stage, day) is called at the very end, with everything still there."""
    began = time.monotonic()
    with Stage(Plan(people, items, seed, with_second=desks >= SECOND_FROM), desks, technicians, terminals) as stage:
        log(f"the stage is set after {time.monotonic() - began:.0f} s: {desks} desks ({terminals} of them screens), {technicians} technicians, {stage.day:%F}")
        try:
            day = Day(stage, cuts, log)
            day.run()
        except AssertionError:
            log("\n".join(stage.daemon.log[-TOLD_LINES:]))
            log("\n".join(line for line in stage.cluster.log if "deadlock" in line))
            raise
        for told in checks.all_of(stage, day):
            log(f"ok  {told}")
        found = as_rows(stage.daemon)
        log(as_text(found))
        if report:
            write(found, report)
        log(f"{Tries.processes} processes of the client, {Tries.calls} calls of lines that stay, tried again: {dict(Tries.why)}, keys {Keys.again}; "
            f"{time.monotonic() - began:.0f} s in all")
        after(stage, day)
