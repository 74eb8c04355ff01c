# SPDX-License-Identifier: Apache-2.0
"""Sweeps over the calls of a program that runs once: counts them, fails them one by one, judges each end.
Used by test_injection_*.py with a sample of the points, and by tests/long with every one."""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor

from tests.support.injection import ALL, Injection

RUN_S = 60
EVERY = 0
LEAK = 99  # the exit code of a leak, whatever the program itself said: of a library, see own_leaks
OURS_WITHIN = 2  # frames: our own malloc, or a thing that we asked a library to make
ALLOCATORS = re.compile(r" in (__interceptor_|CRYPTO_(m|z|re)alloc|CRYPTO_str|g_(m|re)alloc|__wrap_)")


def own_leaks(report):
    """The direct leaks that our code made, of a report with whole stacks. OpenSSL and others lose what they have
    half made of their own when memory fails in them: deeper than that is theirs."""
    found = []
    for leak in re.split(r"\n\n", report):
        if leak.startswith("Direct leak"):
            frames = [line for line in leak.splitlines()[1:] if not ALLOCATORS.search(line)]
            if any(" ../../" in frame for frame in frames[:OURS_WITHIN]):
                found.append(leak)
    return found


def spread(points, limit):
    """At most `limit` of them, evenly; EVERY is no limit."""
    points = sorted(points)
    if limit == EVERY or len(points) <= limit:
        return points
    return [points[at * len(points) // limit] for at in range(limit)]


def crashed_library(report):
    """Where the sanitizer saw a crash, when it was in a library and not in our code: OpenSSL 3.0 takes locks that it
    could not make, fontconfig walks lists that it could not make."""
    frames = re.findall(r"^ +#\d+ \S+ (.*)$", report, re.MULTILINE)
    outside_libc = [frame for frame in frames
                    if not re.search(r" nptl/| stdlib/|/libc\.so|libc_start|sysdeps/|/libsanitizer/", frame)]
    found = re.search(r"/(lib[^/]+)\.so", outside_libc[0]) if "DEADLYSIGNAL" in report and outside_libc else None
    return found and found[1]


class Ended:
    """How one run of the program ended."""

    failed = 0  # calls, of those that were to fail

    def __init__(self, point, done, directory):
        self.point, self.code, self.out, self.directory = point, done.returncode, done.stdout, directory
        self.told = done.stderr.decode(errors="replace")

    def __str__(self):
        return f"call {self.point} failed: exit {self.code}\n{self.told[-6000:]}"


class InjectedCase(unittest.TestCase):
    """prepare(directory) makes what a run finds there; command(directory) is the run; judge(ended) its oracle."""
    name, limit, groups, stdin, run_s = "", 40, ALL, b"", RUN_S
    clean_codes = {0, 1}
    libraries = ()  # whose crashes are not ours
    sanitizer = ""  # further options

    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="ts-injected-"))
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)

    def prepare(self, directory):
        pass

    def environment(self):
        return {}

    def aim(self, point):
        """What fails in the run of this point: groups, the first call, how many calls."""
        return self.groups, point, 1

    def run_program(self, command, environment, directory):
        return subprocess.run(command, env=environment, input=self.stdin, capture_output=True, timeout=self.run_s,
                              cwd=directory)

    def run_at(self, point, traces=False, slow=False):
        """(Ended, calls, first call of each place); slow: with whole stacks of leaks."""
        directory = pathlib.Path(tempfile.mkdtemp(dir=self.directory, prefix=f"run-{point}-"))
        self.prepare(directory)
        injection = Injection(self.directory / f"control-{point}", self.name)
        injection.arm(*self.aim(point), traces=traces)
        environment = injection.environment() | {"LSAN_OPTIONS": f"exitcode={LEAK}"} | self.environment()
        environment["ASAN_OPTIONS"] += f":exitcode={LEAK}{self.sanitizer}"
        if slow:
            environment["ASAN_OPTIONS"] += ":fast_unwind_on_malloc=0"
        try:
            done = self.run_program(self.command(directory), environment, directory)
        except subprocess.TimeoutExpired as late:
            done = subprocess.CompletedProcess(late.args, "late", late.stdout or b"", late.stderr or b"")
        calls, failed = injection.disarm()
        sites = injection.first_of_each_site(calls) if traces else {}
        injection.path.unlink()
        ended = Ended(point, done, directory)
        ended.failed = failed
        return ended, calls, sites

    def one(self, point):
        ended, _, _ = self.run_at(point)
        if "LeakSanitizer" in ended.told:
            ended, _, _ = self.run_at(point, slow=True)
        try:
            if crashed_library(ended.told) in self.libraries:
                ended.code = f"crash in {crashed_library(ended.told)}"
            elif "LeakSanitizer" in ended.told:
                self.assertFalse(own_leaks(ended.told), f"call {point} failed:")
            else:
                self.assertIn(ended.code, self.clean_codes | {LEAK}, ended)
                # Without memory the sanitizer may fail to begin a thread; that is no report of it.
                told = ended.told.replace("AddressSanitizer: CHECK failed: sanitizer_", "")
                self.assertNotIn("Sanitizer", told, ended)
            self.judge(ended)
        except AssertionError as error:
            return ended.code, str(error)
        finally:
            shutil.rmtree(ended.directory, ignore_errors=True)
        return ended.code, None

    def sweep(self):
        ended, calls, sites = self.run_at(0, traces=True)
        self.assertEqual(ended.code, 0, ended)
        self.judge(ended)
        points = range(1, calls + 1) if self.limit == EVERY else spread(sites.values(), self.limit)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            ends = list(pool.map(self.one, points))
        wrong = [text for _, text in ends if text]
        codes = {code: sum(end[0] == code for end in ends) for code in {end[0] for end in ends}}
        print(f"{self.name}: {calls} calls from {len(sites)} places, {len(ends)} failed one by one; exit codes {codes}")
        self.assertFalse(wrong, f"{len(wrong)} of {len(ends)}:\n" + "\n----\n".join(wrong[:5]))
        self.assertGreater(sum(end[0] != 0 for end in ends), 0, "nothing that failed was noticed")
