# SPDX-License-Identifier: Apache-2.0
"""Reads what test programs report: one Outcome per test function, never per program.

Pure functions over text, so that the counting itself is tested (tests/lint/test_check.py).
"""
import json
import re
from dataclasses import dataclass

PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"
PLAN = re.compile(r"^1\.\.(\d+)\b")
LINE = re.compile(r"^(not )?ok\b\s*(\d+)?\s*-?\s*([^#]*)(#.*)?$")


@dataclass
class Outcome:
    name: str
    state: str
    text: str = ""


def from_tap(job, text, exit_code):
    """Several plans in one output are added up (cmocka prints one per group)."""
    outcomes, planned, plans = [], 0, 0
    for line in text.splitlines():
        if plan := PLAN.match(line):
            planned, plans = planned + int(plan.group(1)), plans + 1
        elif line.startswith(("ok", "not ok")) and (found := LINE.match(line)):
            name = f"{job}: {found.group(3).strip() or found.group(2)}"
            directive = (found.group(4) or "").lower()
            if "# skip" in directive:
                state = SKIPPED
            else:
                state = FAILED if found.group(1) and "# todo" not in directive else PASSED
            outcomes.append(Outcome(name, state))
        elif line.startswith("#") and outcomes and outcomes[-1].state == FAILED:
            outcomes[-1].text += line.lstrip("# ") + "\n"
    for number in range(len(outcomes), planned):
        words = text[-3000:] if number + 1 == planned else ""
        outcomes.append(Outcome(f"{job}: test {number + 1} of {planned} did not report", FAILED, words))
    if plans == 0 and not outcomes:
        outcomes.append(Outcome(job, FAILED if exit_code else PASSED, text[-3000:]))
    elif exit_code and not any(o.state == FAILED for o in outcomes):
        # A leak or a fault found by a sanitizer after the last test.
        outcomes.append(Outcome(f"{job}: exit code {exit_code}", FAILED, text[-3000:]))
    return outcomes


def processor_s(text):
    """What the module of a report and all it started used of the processors, in seconds; None when it did not end."""
    last = json.loads(text.splitlines()[-1]) if text else {}
    return last.get("processor_s")


def from_report(job, text, exit_code, output):
    """The JSON lines of unittest_job.py."""
    outcomes, planned, finished = {}, [], False
    for line in text.splitlines():
        entry = json.loads(line)
        if "planned" in entry:
            planned = entry["planned"]
        elif "finished" in entry:
            finished = True
        else:
            outcomes[entry["name"]] = Outcome(entry["name"], entry["state"], entry.get("text", ""))
    silent = [name for name in planned if name not in outcomes]
    for name in silent:  # the first is the one that was running: what was last said is its own
        words = f"did not report (exit code {exit_code})\n"
        outcomes[name] = Outcome(name, FAILED, words + output[-3000:] if name == silent[0] else words)
    if not finished and all(o.state != FAILED for o in outcomes.values()):
        outcomes[job] = Outcome(job, FAILED, f"ended early (exit code {exit_code})\n{output[-3000:]}")
    return list(outcomes.values())
