# SPDX-License-Identifier: Apache-2.0
"""The benchmark: the daemon over TLS against pgbench on the same functions, in interleaved rounds; docs/speed.md.

    meson compile -C build/release bench        # or: BENCH="--scale 10" meson compile ...
Exits 1 when a "must" is short in the median of the rounds, 2 when something could not be measured.
"""
import argparse
import contextlib
import os
import sys

from tests.bench import books as data
from tests.bench import measure, peer_stack, search, sheets, tenfold
from tests.bench.marks import (ACTS, CELL_HEAD, DESKS_MB, FLOOR_CLIENTS, IDLE_MB, MARK_HEAD, PEER_HEAD, SHEETS_PER_S,
                               START_MS, Mark, Rounds, markdown)


def tell(text):
    print(text, file=sys.stderr, flush=True)


def read_options(arguments):
    parser = argparse.ArgumentParser(prog="bench", description=__doc__.split("\n")[0])
    parser.add_argument("--scale", type=float, default=1, help="1 = 100,000 items")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4, help="of each cell, the first quarter (at most 1) not counted")
    parser.add_argument("--acts", default=",".join(ACTS))
    parser.add_argument("--in-flight", default="1,16,64")
    parser.add_argument("--peer", action="store_true",
                        help="also measure the peer stack, gRPC core with a pool of libpq; needs libgrpc-dev at build")
    parser.add_argument("--peer-connections", type=int, default=peer_stack.CONNECTIONS, help="of its pool")
    parser.add_argument("--tenfold", action="store_true",
                        help="instead, what becomes of the daemon's speed with ten times the items; needs 40 GB on disk")
    parser.add_argument("--search", action="store_true",
                        help="instead, what search and the evening's lists cost; --scale 1 = a million items")
    options = parser.parse_args(arguments)
    options.acts = options.acts.split(",")
    options.in_flight = [int(number) for number in options.in_flight.split(",")]
    if any(64 % number for number in options.in_flight) or set(options.acts) - set(ACTS):
        parser.error(f"in flight: divisors of 64, so that two calls never enter one result; acts: {', '.join(ACTS)}")
    return options


def cells_of(options):
    """(of whom, act, in flight or clients) of one round; a load comes right after what it is held against."""
    for act in options.acts:
        if 1 in options.in_flight:
            yield from (("floor", act, 1), ("daemon", act, 1))
        yield "floor", act, FLOOR_CLIENTS
        for number in (number for number in options.in_flight if number != 1):
            yield "daemon", act, number
            if options.peer and act in peer_stack.ACTS:
                yield "peer", act, number


def run_cell(cell, books, served, seconds, windows):
    whose, act, number = cell
    if whose == "floor":
        return measure.floor(books, act, number, seconds, windows)
    return measure.load(served[whose], act, number, seconds, windows)


def run_rounds(options, books, served):
    cells = list(cells_of(options))
    windows = measure.Window(books.items, (options.rounds + 2) * len(cells))
    rounds = Rounds()
    if options.peer:
        peer_stack.require_same_answers(served["daemon"], served["peer"], windows)
    for act in options.acts if options.seconds > 1 else ():  # plans, caches and pages of both; not counted
        measure.floor(books, act, FLOOR_CLIENTS, 1, windows)
        for whose in served:
            if whose == "daemon" or act in peer_stack.ACTS:
                measure.load(served[whose], act, FLOOR_CLIENTS, 1, windows)
    for number in range(options.rounds):
        tell(f"round {number + 1} of {options.rounds} ...")
        for cell in cells if number % 2 == 0 else reversed(cells):  # neither always comes after the other
            where = dict(floor=rounds.floors, daemon=rounds.cells, peer=rounds.peers)[cell[0]]
            where.setdefault(cell[1:], []).append(run_cell(cell, books, served, options.seconds, windows))
    refused = books.sql("select refusal ->> 'reason', count(*) from lab.replay where refusal is not null group by 1")
    if refused:
        raise measure.Failed(f"refused acts were counted: {refused}")
    return rounds


def run_tenfold(options):
    items = int(100000 * options.scale)
    rows, marks = tenfold.run(items, options.rounds, options.seconds, tell)
    print(f"{items} and {10 * items} items, {options.rounds} rounds of {options.seconds} s a cell, {os.cpu_count()} cores\n")
    print(markdown(tenfold.HEAD, rows) + "\n\n" + markdown(MARK_HEAD, [mark.row() for mark in marks]))
    return 0 if all(mark.holds(mark.must) for mark in marks) else 1


def run_search(options):
    items = int(search.search_books.ITEMS * options.scale)
    rows, marks = search.run(items, tell, Mark)
    print(f"{items} items, {os.cpu_count()} cores, {os.getloadavg()[0]:.1f} load of the last minute\n")
    print(markdown(search.HEAD, rows) + "\n\n" + markdown(MARK_HEAD, [mark.row() for mark in marks if mark.value > mark.goal / 2]))
    return 0 if all(mark.holds(mark.must) for mark in marks) else 1


def run(options):
    items = int(100000 * options.scale)
    data.prepare(items, tell)
    with data.Books(items) as books:
        with books.daemon() as daemon:
            books.open_sessions()
            daemon.start()
            daemon.stop()
            start_ms = measure.start_ms(daemon, items)
            idle_mb = measure.resident_mb(daemon.process.pid)
            desks_mb = measure.memory_with_desks(daemon, items)
            with contextlib.ExitStack() as stack:
                served = dict(daemon=daemon)
                if options.peer:
                    served["peer"] = stack.enter_context(
                        peer_stack.PeerStack(books, daemon, options.peer_connections))
                rounds = run_rounds(options, books, served)
        latency_ms = data.fsync_ms(books.cluster.data)
        sheets_per_s = sheets.per_core_second(options.seconds)
    marks = rounds.marks() + [Mark("memory of the idle daemon, MB", idle_mb, IDLE_MB, False),
                              Mark("memory with 200 desks over TLS, MB", desks_mb, DESKS_MB, False),
                              Mark("ms from start to first answer, database up", start_ms, START_MS, False),
                              Mark("sheets drawn and sealed per second and core", sheets_per_s, SHEETS_PER_S, True)]
    print(f"{items} items, {options.rounds} rounds of {options.seconds} s a cell, {os.cpu_count()} cores, "
          f"fsync {latency_ms:.2f} ms\n")
    order = sorted(rounds.cells, key=lambda cell: (ACTS.index(cell[0]), cell[1]))
    rounds.cells = {cell: rounds.cells[cell] for cell in order}
    print(markdown(CELL_HEAD, rounds.table()) + "\n")
    if rounds.peers:
        print(markdown(PEER_HEAD, rounds.peer_table()) + "\n")
    print(markdown(MARK_HEAD, [mark.row() for mark in marks]))
    return 0 if all(mark.holds(mark.must) for mark in marks) else 1


def main(arguments):
    try:
        options = read_options(arguments)
        return run_search(options) if options.search else run_tenfold(options) if options.tenfold else run(options)
    except measure.Failed as error:
        tell(f"bench: {error}")
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
