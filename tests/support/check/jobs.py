# SPDX-License-Identifier: Apache-2.0
"""Turns tests/suites.txt into jobs: one process each, with a command, an environment and a reader."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field

from tests.support.check import count

ROOT = pathlib.Path(__file__).resolve().parents[3]
# Several times what the slowest takes on two cores that others use too: a job that hangs ends here.
LIMIT_S = {"cmocka": 300, "python": 1200, "tap": 600}
MEASURING = {"tests.outside.test_floods"}  # the milliseconds that another desk notices
SHARED, SCRATCH_BYTES = "/dev/shm", 6 << 30
LONG_LIMIT_S = 12 * 3600  # every fuzzer for half an hour


@dataclass
class Suite:
    name: str
    kind: str
    long: bool
    what: str


@dataclass
class Job:
    suite: str
    name: str
    command: list
    log: pathlib.Path
    limit_s: int
    report: pathlib.Path = None
    env: dict = field(default_factory=dict)
    cwd: pathlib.Path = ROOT

    @property
    def measures(self):
        return self.name in MEASURING

    def place(self):
        """Where it is: the last test that said it began."""
        begun = [line for line in self.log.read_text(encoding="utf-8", errors="replace").splitlines() if line.startswith("START ")]
        return f"in {begun[-1].removeprefix('START ')}" if begun else f"see {self.log}"

    def told(self):
        return self.report.read_text(encoding="utf-8") if self.report and self.report.exists() else ""

    def read(self, exit_code):
        output = self.log.read_text(encoding="utf-8", errors="replace")
        if self.report is None:
            return count.from_tap(self.name, output, exit_code)
        return count.from_report(self.name, self.told(), exit_code, output)

    def processor_s(self):
        return count.processor_s(self.told())


def suites():
    for line in (ROOT / "tests/suites.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, kind, when, what = (part.strip() for part in line.split("|"))
            yield Suite(name, kind, when == "long", what)


def of(suite, build, logs):
    limit_s = LONG_LIMIT_S if suite.long else LIMIT_S[suite.kind]
    return {"cmocka": cmocka, "python": python, "tap": tap}[suite.kind](suite, build, logs, limit_s)


def cmocka(suite, build, logs, limit_s):
    told = subprocess.run(["meson", "introspect", "--tests", str(build)], check=True, capture_output=True, text=True)
    for test in json.loads(told.stdout):
        if not any(name.split(":")[-1] == suite.what for name in test["suite"]):
            continue
        name = test["name"].replace("/", "_").replace(" ", "_")
        yield Job(suite.name, name, test["cmd"], logs / f"{suite.name}.{name}.log", max(limit_s, int(test["timeout"] or 0)),
                  env={**test["env"], "CMOCKA_MESSAGE_OUTPUT": "TAP"}, cwd=test["workdir"] or build)


def python(suite, build, logs, limit_s):
    for path in sorted((ROOT / suite.what).rglob("test_*.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        stem = logs / f"{suite.name}.{path.stem}"
        report = stem.with_name(stem.name + ".jsonl")
        yield Job(suite.name, module, [sys.executable, "-m", "tests.support.check.unittest_job", module, str(report)],
                  stem.with_name(stem.name + ".log"), limit_s, report)


def tap(suite, build, logs, limit_s):
    yield Job(suite.name, suite.name, ["sh", "-c", suite.what], logs / f"{suite.name}.log", limit_s)


def scratch():
    """A folder in memory for what tests make, or None where it has no room. There nobody waits for a disk: a database
    asks for that at each commit, and no test ends the power."""
    try:
        facts = os.statvfs(SHARED)
    except OSError:
        return None
    if facts.f_flag & os.ST_NOEXEC or facts.f_bavail * facts.f_frsize < SCRATCH_BYTES or free_memory() < SCRATCH_BYTES:
        return None
    folder = tempfile.mkdtemp(prefix="ts-", dir=SHARED)
    os.chmod(folder, 0o755)  # PostgreSQL and the helpers have users of their own
    return folder


def free_memory():
    told = pathlib.Path("/proc/meminfo").read_text(encoding="ascii")
    return next((1024 * int(line.split()[1]) for line in told.splitlines() if line.startswith("MemAvailable:")), 0)


def environment(build, folder):
    """What every job gets. Tests find the build, the Node modules and nothing of the person's own set-up."""
    env = {key: value for key, value in os.environ.items() if not key.startswith(("TOUCHSTONE_", "PG", "XDG_"))}
    env.update({
        "TOUCHSTONE_BUILD": str(build), "NODE_PATH": str(ROOT / "build" / "node" / "node_modules"),
        "LC_ALL": "C.UTF-8", "PYTHONUNBUFFERED": "1",
        "ASAN_OPTIONS": "detect_leaks=1:abort_on_error=0", "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
    })
    if folder:
        env["TMPDIR"] = folder
    return env
