# SPDX-License-Identifier: Apache-2.0
"""Instructions of the daemon for one call of each act, counted by callgrind: the same on a busy machine and an idle one.

    TOUCHSTONE_BUILD=build/release python3 -m tests.bench.instructions
"""
import contextlib
import pathlib
import re
import subprocess
import tempfile

from tests.bench import books as data
from tests.bench import measure
from tests.bench.marks import ACTS

ITEMS = 2000
SLOTS = 16  # calls in flight
FEW, MANY = 2, 8  # how often each of them is made: what both runs spend on connecting is not counted


def control(option, pid):
    done = subprocess.run(["callgrind_control", option, str(pid)], capture_output=True, text=True)
    if done.returncode != 0 or "Error" in done.stdout:
        raise measure.Failed(f"callgrind_control {option}: {done.stdout}{done.stderr}")


def counted(folder):
    """The instructions of the newest dump."""
    newest = max(folder.glob("calls.*"), key=lambda path: int(path.suffix[1:]))
    return int(re.search(r"^(?:summary|totals): (\d+)", newest.read_text(), re.M).group(1))


def instructions(daemon, act, run, turns, folder):
    """Of one run, connecting included."""
    command = measure.load_command(daemon, act, ITEMS, in_flight=SLOTS, connections=measure.CONNECTIONS, window=run,
                                   windows=3 * len(ACTS), seed=run, seconds=300, calls=turns)
    control("-z", daemon.process.pid)
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        raise measure.Failed(f"{act}: {done.stdout}{done.stderr}")
    control("-d", daemon.process.pid)
    return counted(folder)


@contextlib.contextmanager
def counted_daemon(books, folder):
    with books.daemon() as daemon:
        books.open_sessions()
        wrapper = folder / "touchstoned"
        wrapper.write_text(f"#!/bin/sh\nexec valgrind -q --tool=callgrind --callgrind-out-file={folder}/calls "
                           f'{daemon.program} "$@"\n')
        wrapper.chmod(0o755)
        daemon.program = wrapper
        daemon.start()
        yield daemon


def wait_until_even(daemon, folder):
    """Until one run of reads costs what the one before it did: then the daemon opens no connections to the database any
    more, which would be counted as cost of calls."""
    before = 0
    for _ in range(20):
        now = instructions(daemon, ACTS[0], 0, FEW, folder)
        if abs(now - before) < now / 20:
            return
        before = now
    raise measure.Failed("the daemon does not come to rest")


def per_call():
    """act -> instructions of one call."""
    data.prepare(ITEMS, print)
    found = {}
    with tempfile.TemporaryDirectory(prefix="ts-count-") as name, data.Books(ITEMS) as books:
        folder = pathlib.Path(name)
        with counted_daemon(books, folder) as daemon:
            wait_until_even(daemon, folder)
            for number, act in enumerate(ACTS):
                _, few, many = (instructions(daemon, act, 3 * number + run, turns, folder)
                                for run, turns in enumerate((FEW, FEW, MANY)))  # the first fills caches
                found[act] = (many - few) // (SLOTS * (MANY - FEW))
    return found


if __name__ == "__main__":
    for name, count in per_call().items():
        print(f"{name:10} {count:9}")
