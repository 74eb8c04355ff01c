# SPDX-License-Identifier: Apache-2.0
"""One day from its plan to its report."""
import time

from tests.open_day import checks
from tests.open_day.clients import Tries
from tests.open_day.day import Day
from tests.open_day.plan import Plan
from tests.open_day.stage import Stage


def replay(people, items, desks, technicians, seed, log=lambda line: print(line, flush=True)):
    began = time.monotonic()
    with Stage(Plan(people, items, seed), desks, technicians) as stage:
        log(f"the stage is set after {time.monotonic() - began:.0f} s: {desks} desks, {technicians} technicians, {stage.day:%F}")
        Day(stage, log).run()
        for told in checks.all_of(stage.daemon):
            log(f"ok  {told}")
        log(f"{Tries.processes} processes of the client, {Tries.calls} calls of lines that stay, {Tries.count} of all tried again; "
            f"{time.monotonic() - began:.0f} s in all")
