# SPDX-License-Identifier: Apache-2.0
"""./check: configure, build, run the suites on all cores, print what failed and the one line of counts."""
import argparse
import contextlib
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from tests.support.check import jobs
from tests.support.check.count import FAILED, PASSED, SKIPPED, Outcome

SANITIZERS = ["-Db_sanitize=address,undefined", "-Db_lundef=false", "-Dwerror=true",
              "-Dc_args=-g1"]  # what a sanitizer finds is told by file and line; variables are a tenth of the build's time
BUILD = jobs.ROOT / "build" / "check"
LOGS = BUILD / "logs"
PROGRESS_S = 30
FAILURE_LINES = 40
SLOWEST = 10
CORES = os.cpu_count() or 2
WORKERS = CORES + 2  # a module waits for its daemon a part of its time: the others fill that


class Board:
    """Counts of every suite, and what is said while they run."""

    def __init__(self):
        self.lock = threading.Lock()
        self.outcomes, self.left, self.started, self.spent = {}, {}, {}, {}
        self.running, self.took, self.used = {}, {}, {}
        self.begin = time.monotonic()

    def plan(self, suite, count):
        self.outcomes[suite], self.left[suite] = [], count

    def start(self, job):
        with self.lock:
            self.running[job.name] = time.monotonic()
            self.started.setdefault(job.suite, time.monotonic())

    def end(self, job, outcomes):
        with self.lock:
            self.took[job.name] = time.monotonic() - self.running.pop(job.name)
            self.used[job.name] = job.processor_s()
            self.outcomes[job.suite] += outcomes
            self.left[job.suite] -= 1
            for outcome in outcomes:
                if outcome.state == FAILED:
                    tell_failure(outcome, job.log)
            if self.left[job.suite] == 0:
                self.tell_suite(job.suite, time.monotonic() - self.started[job.suite])

    def tell_suite(self, suite, seconds):
        counts = self.counts(self.outcomes[suite])
        mark = "FAIL" if counts[FAILED] else "ok"
        tell(f"{mark:4} {suite:12} {counts[PASSED]:5} passed {counts[FAILED]:3} failed "
             f"{counts[SKIPPED]:3} skipped  {seconds:6.1f} s")

    @staticmethod
    def counts(outcomes):
        found = {PASSED: 0, FAILED: 0, SKIPPED: 0}
        for outcome in outcomes:
            found[outcome.state] += 1
        return found

    def all(self):
        return [outcome for outcomes in self.outcomes.values() for outcome in outcomes]

    def progress(self):
        with self.lock:
            done = self.counts(self.all())
            names = ", ".join(sorted(name.removeprefix("tests.") for name in self.running)[:4])
            tell(f"... {time.monotonic() - self.begin:5.0f} s, {sum(done.values())} tests done, running: {names}")

    def slowest(self):
        """Where the time went: the modules that took longest, and what they used of the processors in it."""
        for name in sorted(self.took, key=self.took.get, reverse=True)[:SLOWEST]:
            used = "" if self.used[name] is None else f", {self.used[name]:.1f} s of a processor"
            tell(f"slow {self.took[name]:6.1f} s {name.removeprefix('tests.')}{used}")


def tell(text):
    print(text, flush=True)


def tell_failure(outcome, log):
    tell(f"FAILED {outcome.name}")
    if not outcome.text:
        return
    for line in outcome.text.rstrip().splitlines()[-FAILURE_LINES:]:
        tell(f"    {line}")
    tell(f"    log: {log}")


class Places:
    """As many jobs at once as there are places; one that measures takes as many as leave it less company than cores."""

    def __init__(self, count):
        self.free = count
        self.turn, self.change = threading.Lock(), threading.Condition()

    @contextlib.contextmanager
    def taken(self, count):
        with self.turn, self.change:  # in turn, or the small ones would always come before it
            self.change.wait_for(lambda: self.free >= count)
            self.free -= count
        try:
            yield
        finally:
            with self.change:
                self.free += count
                self.change.notify_all()


class Runner:
    def __init__(self, board, env):
        self.board, self.env = board, env
        self.places = Places(WORKERS)
        self.children, self.stopping = set(), False
        self.lock = threading.Lock()

    def run(self, job):
        with self.places.taken(WORKERS - CORES + 1 if job.measures else 1):
            if not self.stopping:
                self.run_now(job)

    def run_now(self, job):
        self.board.start(job)
        try:
            outcomes = job.read(self.execute(job))
        except (OSError, ValueError) as error:
            outcomes = [Outcome(job.name, FAILED, str(error))]
        if not self.stopping:
            self.board.end(job, outcomes)

    def execute(self, job):
        with open(job.log, "wb") as log:
            child = subprocess.Popen(job.command, cwd=job.cwd, env={**self.env, **job.env}, stdin=subprocess.DEVNULL,
                                     stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
            with self.lock:
                self.children.add(child)
            try:
                return child.wait(job.limit_s)
            except subprocess.TimeoutExpired:
                end_group(child, signal.SIGTERM, 10)
                log.write(f"\nstopped: no end after {job.limit_s} s\n".encode())
                tell(f"STOPPED {job.name}: no end after {job.limit_s} s, {job.place()}")
                return -1
            finally:
                # Whatever a test left behind ends with it: its process group is its own.
                end_group(child, signal.SIGKILL, 5)
                with self.lock:
                    self.children.discard(child)

    def stop(self):
        self.stopping = True
        with self.lock:
            children = list(self.children)
        for child in children:
            end_group(child, signal.SIGTERM, 5)


def end_group(child, number, seconds):
    try:
        os.killpg(child.pid, number)
        child.wait(seconds)
    except (ProcessLookupError, PermissionError, subprocess.TimeoutExpired):
        pass


def build():
    """A tree that does not build is one failed test, told with the compiler's words."""
    began, used = time.monotonic(), processor_s()
    if subprocess.run(["tests/support/configure.sh", str(BUILD), *SANITIZERS], cwd=jobs.ROOT).returncode != 0:
        return False
    shutil.rmtree(LOGS, ignore_errors=True)
    LOGS.mkdir()
    with ThreadPoolExecutor() as pool:  # npm waits for its registry meanwhile
        modules = pool.submit(run_logged, ["tests/support/node_modules.sh"], "node.log")
        built = run_logged(["ninja", "-C", str(BUILD)], "build.log") == 0
    # Without them the tests by Node and buf fail, each by itself; the others can still tell their part.
    if modules.result() != 0:
        tell_failure(Outcome("node modules", FAILED, (LOGS / "node.log").read_text(errors="replace")), LOGS / "node.log")
    if not built:
        text = (LOGS / "build.log").read_text(errors="replace")
        tell_failure(Outcome("build", FAILED, text), LOGS / "build.log")
        return False
    tell(f"ok   {'build':12} with ASan and UBSan, warnings are errors  {time.monotonic() - began:6.1f} s, "
         f"{processor_s() - used:.1f} s of a processor")
    return True


def processor_s():
    """What everything that was started and has ended used of the processors."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run_logged(command, name):
    with open(LOGS / name, "wb") as log:
        return subprocess.run(command, cwd=jobs.ROOT, stdout=log, stderr=subprocess.STDOUT).returncode


def arguments():
    parser = argparse.ArgumentParser(prog="./check", description=__doc__)
    parser.add_argument("--long", action="store_true", help="also the suites that take hours")
    parser.add_argument("--list", action="store_true", help="name the suites and end")
    parser.add_argument("--build", default=str(BUILD), help="test this build instead of making one")
    parser.add_argument("suite", nargs="*")
    return parser.parse_args()


def chosen(args):
    known = list(jobs.suites())
    names = {suite.name for suite in known}
    if wrong := [name for name in args.suite if name not in names]:
        sys.exit(f"./check: no suite {wrong[0]}; there are: {', '.join(sorted(names))}")
    if args.suite:
        return [suite for suite in known if suite.name in args.suite]
    return [suite for suite in known if args.long or not suite.long]


def run_all(board, runner, work):
    stopper = threading.Event()

    def watch():
        while not stopper.wait(PROGRESS_S):
            board.progress()
    threading.Thread(target=watch, daemon=True).start()
    with ThreadPoolExecutor(max_workers=WORKERS) as pool:
        try:
            for future in [pool.submit(runner.run, job) for job in work]:
                future.result()
        except KeyboardInterrupt:
            runner.stop()  # before the pool waits for what it has begun; what it has not begun ends at once
            raise
    stopper.set()


def main():
    args = arguments()
    suites = chosen(args)
    if args.list:
        for suite in suites:
            tell(f"{suite.name:12} {suite.what}")
        return 0
    target = pathlib.Path(args.build).resolve()
    if target == BUILD and not build():
        tell("0 passed, 1 failed, 0 skipped")
        return 1
    logs = target / "logs"
    logs.mkdir(exist_ok=True)
    board = Board()
    scratch = jobs.scratch()
    runner = Runner(board, jobs.environment(target, scratch))
    work = []
    for suite in suites:
        found = list(jobs.of(suite, target, logs))
        if found:
            board.plan(suite.name, len(found))
            work += found
    signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    try:
        run_all(board, runner, work)
    except KeyboardInterrupt:
        tell("interrupted")
        return 130
    finally:
        if scratch:
            shutil.rmtree(scratch, ignore_errors=True)
    counts = board.counts(board.all())
    board.slowest()
    tell(f"{time.monotonic() - board.begin:.0f} s, {processor_s():.0f} s of a processor; logs are in {logs}")
    tell(f"{counts[PASSED]} passed, {counts[FAILED]} failed, {counts[SKIPPED]} skipped")
    return 1 if counts[FAILED] or not work else 0


if __name__ == "__main__":
    sys.exit(main())
