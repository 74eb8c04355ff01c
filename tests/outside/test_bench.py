# SPDX-License-Identifier: Apache-2.0
"""The benchmark measures what it says, in its shortest form: every act on the daemon and on pgbench, nothing refused.
The figures of such a run mean nothing and are not looked at."""
import os
import subprocess
import sys
import unittest
import unittest.mock

from tests.bench import __main__ as bench
from tests.bench import measure, peer_stack
from tests.bench.marks import ACTS, NAMES, TENFOLD, Mark, Rounds
from tests.support import paths


def rounds(daemon_rates, floor_rates):
    made = Rounds()
    made.cells["item", 16] = [dict(rate=rate, cpu=0.05, p50=1, p99=2) for rate in daemon_rates]
    made.floors["item", 16] = [dict(rate=rate, cpu=1, p50=1, p99=2) for rate in floor_rates]
    return made


class Marks(unittest.TestCase):
    def test_ratio_is_the_median_of_the_rounds_own_ratios(self):
        # One slow round of both is no news; the ratio of the medians would be 1.
        self.assertEqual(rounds([100, 10, 100], [200, 20, 100]).ratio("item", 16, "rate", 16), 0.5)

    def test_a_must_is_short_below_and_a_ceiling_is_short_above(self):
        self.assertEqual(Mark("rate", 0.74, (0.75, 0.9), True).row()[3::2], ["short", "short"])
        self.assertEqual(Mark("rate", 0.75, (0.75, 0.9), True).row()[3::2], ["ok", "short"])
        self.assertEqual(Mark("CPU", 0.11, (0.10, 0.06), False).row()[3::2], ["short", "short"])
        self.assertEqual(Mark("CPU", 0.06, (0.10, 0.06), False).row()[3::2], ["ok", "ok"])

    def test_marks_are_told_of_what_was_measured_only(self):
        names = [mark.name for mark in rounds([100], [200]).marks()]
        self.assertEqual(names, ["item read: throughput / pgbench, 16 in flight", "item read: daemon CPU ms, 16 in flight",
                                 "item read: p99 / pgbench's, 16 in flight"])

    def test_peer_stack_is_held_against_the_daemon_s_own_round(self):
        made = Rounds()
        made.cells["item", 64] = [dict(rate=rate, cpu=0.05, p50=1, p99=2) for rate in (300, 30, 100)]
        made.floors["item", 16] = [dict(rate=100, p50=1, p99=2)] * 3
        made.peers["item", 64] = [dict(rate=rate, cpu=0.2, p50=1, p99=2) for rate in (200, 20, 100)]
        found = next(mark for mark in made.marks() if "peer stack" in mark.name)
        self.assertEqual(found.row(), ["item read: throughput / peer stack, 64 in flight", "1.5", "≥ 1.4", "ok",
                                       "≥ 1.8", "short"])
        self.assertEqual(made.peer_table(), [["item read", "64", "100", "1.50", "0.200", "1.00", "2.00"]])

    def test_peer_that_answers_otherwise_is_not_measured(self):
        with unittest.mock.patch.object(measure, "answers_digest", lambda whose, act, *_: (whose, act)[whose == "same"]):
            peer_stack.require_same_answers("same", "same", measure.Window(64, 2))
            with self.assertRaisesRegex(measure.Failed, "item: the peer stack answers otherwise"):
                peer_stack.require_same_answers("same", "other", measure.Window(64, 2))

    def test_peer_is_measured_right_after_the_daemon_when_asked_for(self):
        cells = list(bench.cells_of(bench.read_options(["--peer", "--acts", "item,results96", "--in-flight", "64"])))
        self.assertEqual(cells, [("floor", "item", 16), ("daemon", "item", 64), ("peer", "item", 64),
                                 ("floor", "results96", 16), ("daemon", "results96", 64)])
        plain = bench.cells_of(bench.read_options(["--acts", "item", "--in-flight", "64"]))
        self.assertEqual([cell[0] for cell in plain], ["floor", "daemon"])


class Shortest(unittest.TestCase):
    def bench(self, *options):
        done = subprocess.run([sys.executable, "-m", "tests.bench", "--rounds", "1", "--seconds", "1", *options],
                              cwd=paths.ROOT, capture_output=True, text=True,
                              env=dict(os.environ, TOUCHSTONE_BUILD=str(paths.build())))
        self.assertIn(done.returncode, (0, 1), done.stderr)
        return done

    def test_with_ten_times_the_data_every_act_is_answered(self):
        done = self.bench("--tenfold", "--scale", "0.01")
        for act in TENFOLD:
            row = next(line for line in done.stdout.splitlines() if line.startswith(f"| {NAMES[act]} | 64 |"))
            for rate in row.split(" | ")[2:4]:
                self.assertGreater(float(rate), 0, act)
            self.assertIn(f"| {NAMES[act]}: throughput with ten times the data | ", done.stdout)

    def test_every_act_is_answered_by_daemon_and_floor(self):
        done = self.bench("--scale", "0.02", "--in-flight", "8")
        for act in ACTS:
            row = next(line for line in done.stdout.splitlines() if line.startswith(f"| {NAMES[act]} | 8 |"))
            calls, floor = row.split(" | ")[2:4]
            self.assertGreater(float(calls), 0, act)
            self.assertGreater(float(floor), 0, act)
        self.assertIn("ms from start to first answer", done.stdout)
        self.assertIn("sheets drawn and sealed", done.stdout)


if __name__ == "__main__":
    unittest.main()
