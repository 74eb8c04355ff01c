# SPDX-License-Identifier: Apache-2.0
"""What becomes of the daemon's speed with ten times the data: two daemons on books of their own, one with ten times the
items, under the same load right after one another. What is idle meanwhile costs nothing."""
import contextlib
import statistics

from tests.bench import books as data
from tests.bench import measure
from tests.bench.marks import NAMES, TENFOLD, Mark

IN_FLIGHT = 64
HEAD = ["act", "in flight", "calls/s", "with ten times the items", "ratio", "p99 ms", "with ten times the items"]


@contextlib.contextmanager
def served(items, tell):
    data.prepare(items, tell)
    with data.Books(items) as books, books.daemon() as daemon:
        books.open_sessions()
        daemon.start()
        yield daemon


def run(items, rounds, seconds, tell):
    """The rows of the table under HEAD, and the marks."""
    with served(items, tell) as one, served(10 * items, tell) as ten:
        sides = [(daemon, measure.Window(count, (rounds + 1) * len(TENFOLD)))
                 for daemon, count in ((one, items), (ten, 10 * items))]
        found = {(act, side): [] for act in TENFOLD for side in (0, 1)}
        for number in range(rounds + 1):
            tell(f"ten times the data: round {number} of {rounds} ..." if number else "ten times the data: warming up ...")
            for act in TENFOLD:
                for side in (0, 1) if number % 2 else (1, 0):
                    daemon, windows = sides[side]
                    load = measure.load(daemon, act, IN_FLIGHT, seconds, windows)
                    found[act, side] += [load] if number else []
    rows, marks = [], []
    for act, limits in TENFOLD.items():
        pairs = list(zip(found[act, 0], found[act, 1]))
        ratio = statistics.median(ten["rate"] / one["rate"] for one, ten in pairs)
        middle = {name: [statistics.median(pair[side][name] for pair in pairs) for side in (0, 1)] for name in ("rate", "p99")}
        rows.append([NAMES[act], str(IN_FLIGHT), *(f"{rate:.0f}" for rate in middle["rate"]), f"{ratio:.2f}",
                     *(f"{p99:.2f}" for p99 in middle["p99"])])
        marks.append(Mark(f"{NAMES[act]}: throughput with ten times the data", ratio, limits, True))
    return rows, marks
