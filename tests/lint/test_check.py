# SPDX-License-Identifier: Apache-2.0
"""./check counts every test function and misses no failure."""
import contextlib
import io
import pathlib
import re
import signal
import subprocess
import sys
import threading
import time
import unittest

from tests.lint import tree
from tests.support.check import __main__ as check
from tests.support.check import count, jobs


def states(outcomes):
    return [outcome.state for outcome in outcomes]


class FromTap(unittest.TestCase):
    def test_each_line_counts(self):
        text = "1..3\nok 1 - a\nnot ok 2 - b\n# why\nok 3 # SKIP c\n"
        found = count.from_tap("job", text, 1)
        self.assertEqual(states(found), ["passed", "failed", "skipped"])
        self.assertIn("why", found[1].text)

    def test_plans_of_several_groups_add_up(self):
        self.assertEqual(states(count.from_tap("job", "1..1\nok 1 - a\n1..1\nok 1 - b\n", 0)), ["passed", "passed"])

    def test_a_crash_fails_the_tests_that_did_not_report(self):
        self.assertEqual(states(count.from_tap("job", "1..3\nok 1 - a\n", -11)), ["passed", "failed", "failed"])

    def test_a_leak_after_the_last_test_fails(self):
        self.assertEqual(states(count.from_tap("job", "1..1\nok 1 - a\n", 23)), ["passed", "failed"])

    def test_a_program_without_tap_is_one_test(self):
        self.assertEqual(states(count.from_tap("job", "fine\n", 0)), ["passed"])
        self.assertEqual(states(count.from_tap("job", "bad\n", 1)), ["failed"])


class FromUnittest(unittest.TestCase):
    def run_module(self, text):
        with tree.made_of({"test_made.py": text}) as folder:
            report = folder / "report.jsonl"
            done = subprocess.run([sys.executable, "-m", "tests.support.check.unittest_job", "test_made", str(report)],
                                  cwd=tree.ROOT, env={"PYTHONPATH": f"{folder}:{tree.ROOT}"}, capture_output=True, text=True)
            return count.from_report("job", report.read_text() if report.exists() else "", done.returncode, done.stdout)

    def test_passed_failed_and_skipped_are_told_apart(self):
        found = self.run_module(
            "import unittest\nclass A(unittest.TestCase):\n"
            " def test_a(self): pass\n def test_b(self): self.fail()\n def test_c(self): self.skipTest('no')\n"
            " def test_d(self):\n  for i in range(3):\n   with self.subTest(i): self.assertEqual(i, 0)\n")
        self.assertEqual(states(found), ["passed", "failed", "skipped", "failed"])

    def test_a_class_fixture_that_fails_fails_its_tests(self):
        found = self.run_module("import unittest\nclass A(unittest.TestCase):\n @classmethod\n"
                                " def setUpClass(cls): 1/0\n def test_a(self): pass\n def test_b(self): pass\n")
        self.assertEqual(states(found), ["failed", "failed"])

    def test_a_killed_process_fails_the_tests_it_did_not_reach(self):
        found = self.run_module("import os, unittest\nclass A(unittest.TestCase):\n def test_a(self): pass\n"
                                " def test_b(self): os._exit(3)\n def test_c(self): pass\n")
        self.assertEqual(states(found), ["passed", "failed", "failed"])

    def test_a_module_that_cannot_be_loaded_fails(self):
        self.assertEqual(states(self.run_module("import nothing_of_that_name\n")), ["failed"])


class Running(unittest.TestCase):
    """Modules as ./check runs them, in a folder of their own."""

    def run_modules(self, limit_s=60, **modules):
        said = io.StringIO()
        board = check.Board()
        with tree.made_of({f"{name}.py": text for name, text in modules.items()}) as folder, contextlib.redirect_stdout(said):
            work = [jobs.Job("made", f"tests.{name}", [sys.executable, "-m", "tests.support.check.unittest_job", name,
                                                       str(folder / f"{name}.jsonl")],
                             folder / f"{name}.log", limit_s, folder / f"{name}.jsonl") for name in modules]
            board.plan("made", len(work))
            check.run_all(board, check.Runner(board, {"PYTHONPATH": f"{folder}:{tree.ROOT}", "PYTHONUNBUFFERED": "1"}), work)
            board.slowest()
        return board.all(), said.getvalue()

    def test_a_module_that_hangs_is_stopped_and_the_test_it_was_in_is_named(self):
        found, said = self.run_modules(limit_s=5, test_made=(
            "import time, unittest\nclass A(unittest.TestCase):\n def test_a(self): pass\n"
            " def test_b(self): time.sleep(600)\n def test_c(self): pass\n"))
        self.assertEqual(states(found), ["passed", "failed", "failed"])
        self.assertIn("STOPPED tests.test_made: no end after 5 s, in test_made.A.test_b", said)

    def test_an_interrupted_check_ends_what_runs_and_begins_nothing_more(self):
        sleeps = "import time, unittest\nclass A(unittest.TestCase):\n def test_a(self): time.sleep(600)\n"
        began = time.monotonic()
        self.addCleanup(signal.signal, signal.SIGINT, signal.signal(signal.SIGINT, signal.default_int_handler))
        threading.Timer(2, signal.pthread_kill, [threading.main_thread().ident, signal.SIGINT]).start()  # ^C
        with self.assertRaises(KeyboardInterrupt):
            self.run_modules(**{f"test_{n}": sleeps for n in range(2 * check.WORKERS)})
        self.assertLess(time.monotonic() - began, 60)

    def test_one_that_measures_has_one_neighbour_less_and_its_turn_comes(self):
        places, began = check.Places(3), []
        with contextlib.ExitStack() as stack:
            stack.enter_context(places.taken(1))
            with places.taken(1):
                wide = threading.Thread(target=self.stay, args=(places, 2, began))
                wide.start()
                while not places.turn.locked():
                    pass
                small = threading.Thread(target=self.stay, args=(places, 1, began))
                small.start()
                self.assertEqual(began, [])  # one place is free, and it is not the small one's turn
            wide.join(60)
            small.join(60)
        self.assertEqual((began, places.free), ([2, 1], 3))

    @staticmethod
    def stay(places, count, began):
        with places.taken(count):
            began.append(count)

    def test_the_slowest_modules_are_named_the_slowest_first(self):
        quick = "import unittest\nclass A(unittest.TestCase):\n def test_a(self): pass\n"
        found, said = self.run_modules(test_quick=quick, test_slow="import time\ntime.sleep(1)\n" + quick)
        self.assertEqual(states(found), ["passed", "passed"])
        self.assertRegex(said, r"slow +[\d.]+ s test_slow, [\d.]+ s of a processor\nslow +[\d.]+ s test_quick, ")

    def test_the_processor_s_time_of_a_module_is_told_with_that_of_what_it_started(self):
        found, said = self.run_modules(test_made=(
            "import subprocess, sys, unittest\nclass A(unittest.TestCase):\n def test_a(self):\n"
            "  subprocess.run([sys.executable, '-c', 'import time\\nwhile time.process_time() < 2: pass'], check=True)\n"))
        self.assertEqual(states(found), ["passed"])
        used = re.search(r"slow +[\d.]+ s test_made, ([\d.]+) s of a processor", said)
        self.assertGreaterEqual(float(used.group(1)), 2)

    def test_of_a_module_that_was_stopped_only_its_time_is_told(self):
        found, said = self.run_modules(limit_s=3, test_made="import time, unittest\nclass A(unittest.TestCase):\n"
                                                           " def test_a(self): time.sleep(600)\n")
        self.assertEqual(states(found), ["failed"])
        self.assertRegex(said, r"slow +[\d.]+ s test_made\n")


class Suites(unittest.TestCase):
    def test_every_folder_of_tests_is_in_the_table(self):
        table = (tree.ROOT / "tests/suites.txt").read_text()
        folders = {str(pathlib.PurePosixPath(*name.parts[:2])) for name in tree.files(tree.ROOT)
                   if name.parts[0] == "tests" and name.name.startswith("test_") and name.suffix == ".py"}
        missing = [folder for folder in sorted(folders) if f"| {folder}" not in table]
        self.assertEqual(missing, [], "these folders hold tests that ./check would not run")
