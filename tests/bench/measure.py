# SPDX-License-Identifier: Apache-2.0
"""One measurement each: the load on the daemon, pgbench on the same functions, memory, the start. Of pgbench `cpu` is the
processor time of PostgreSQL for one call: what it says of the machine makes the daemon's readable."""
import contextlib
import json
import math
import os
import pathlib
import re
import subprocess
import tempfile
import time

from tests.bench.books import HERE
from tests.outside.processes import tree
from tests.support import paths
from tests.support.cluster import BIN

CONNECTIONS = 4
PAGE_ROWS = 51  # and the one that tells that there are more
# What the daemon's connections are set to (server/db/lane.c).
FLOOR_OPTIONS = "-c plan_cache_mode=force_generic_plan -c bytea_output=hex -c datestyle=ISO -c timezone=UTC"


class Failed(Exception):
    pass


def warm_up_s(seconds):
    """Not counted: a backend of pgbench makes its plans in its first calls, the daemon's have theirs."""
    return min(1, seconds / 4)


class Window:
    """Open tests for one cell, which no other cell enters results of: so the versions are known. The first windows hold the
    first page of everybody's worklist, one row each. As far as there are enough they are left out: a worklist is the same
    in the last round as in the first, and not one of tests with 96 readings."""

    def __init__(self, items, cells):
        rows = items * 2 // 64
        self.items, self.next = items, min(PAGE_ROWS, rows - cells)
        self.count = self.next + cells
        if self.next < 0:
            raise Failed(f"{items} items are too few for {cells} cells")

    def take(self):
        self.next += 1
        return self.next - 1


def load_command(daemon, act, items, **options):
    command = [paths.build() / "tests" / "bench" / "bench_load", "--port", str(daemon.port), "--ca", daemon.certificate,
               "--act", act, "--items", str(items)]
    for name, value in options.items():
        command += [f"--{name.replace('_', '-')}", str(value)]
    return command


def load(daemon, act, in_flight, seconds, windows):
    window = windows.take() if act in ("enter", "results96") else 0
    done = subprocess.run(load_command(
        daemon, act, windows.items, in_flight=in_flight, connections=min(in_flight, CONNECTIONS), warm_up=warm_up_s(seconds),
        seconds=seconds - warm_up_s(seconds), pid=daemon.process.pid, window=window, windows=windows.count,
        seed=time.monotonic_ns() & 0xffffff), capture_output=True, text=True)
    if done.returncode != 0:
        raise Failed(f"{act}, {in_flight} in flight: {done.stdout}{done.stderr}")
    found = json.loads(done.stdout)
    return dict(rate=found["calls"] / found["seconds"], p50=found["p50_us"] / 1000, p99=found["p99_us"] / 1000,
                cpu=found["daemon_ms"] / max(found["calls"], 1))


def answers_digest(daemon, act, window, windows):
    """Of the answers to sixteen calls, the same ones every time it is asked: later the replay answers."""
    done = subprocess.run(load_command(daemon, act, windows.items, in_flight=16, connections=1, window=window,
                                       windows=windows.count, seed=1) + ["--hold"],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        raise Failed(f"{act}: {done.stdout}{done.stderr}")
    return json.loads(done.stdout)["digest"]


def percentile(samples, share):
    return samples[min(math.floor(share * len(samples)), len(samples) - 1)]


def samples_of(folder, seconds):
    """Latencies in ms of the transactions that ended after the warm-up, from pgbench's logs."""
    lines = [line.split() for path in folder.glob("log.*") for line in path.read_text().splitlines()]
    ended = [(int(line[4]) + int(line[5]) / 1e6, int(line[2]) / 1000) for line in lines]
    begin = min(end - took / 1000 for end, took in ended) + warm_up_s(seconds)
    return sorted(took for end, took in ended if begin <= end < begin + seconds - warm_up_s(seconds))


def processor_s(*pids):
    """Of these processes, and of their children that have ended."""
    ticks = 0
    for pid in pids:
        with contextlib.suppress(OSError), open(f"/proc/{pid}/stat", encoding="ascii") as stat:
            ticks += sum(map(int, stat.read().rpartition(")")[2].split()[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def floor(books, act, clients, seconds, windows):
    window = windows.take() if act in ("enter", "results96") else 0
    variables = dict(items=windows.items, clients=clients, calls=0, window=window, windows=windows.count,
                     places=windows.items * 2 // 64 // windows.count * 64)
    postgres = books.cluster.process.pid
    before_s = processor_s(*tree(postgres))
    with tempfile.TemporaryDirectory(prefix="ts-bench-") as folder:
        done = subprocess.run(
            [BIN / "pgbench", "-n", "-M", "prepared", "-c", str(clients), "-j", "1", "-T", str(seconds), "-l",
             "--log-prefix", f"{folder}/log", "-f", HERE / "floor" / f"{act}.sql",
             *(word for name, value in variables.items() for word in ("-D", f"{name}={value}")),
             books.url("touchstone_daemon")], capture_output=True, text=True,
            env=dict(os.environ, PGOPTIONS=FLOOR_OPTIONS))
        if done.returncode != 0 or "aborted" in done.stderr:
            raise Failed(f"pgbench, {act}: {done.stderr}")
        used_s = processor_s(*tree(postgres)) - before_s
        samples = samples_of(pathlib.Path(folder), seconds)
        calls = int(re.search(r"actually processed: (\d+)", done.stdout).group(1))
    return dict(rate=len(samples) / (seconds - warm_up_s(seconds)), cpu=1000 * used_s / calls,
                p50=percentile(samples, 0.5), p99=percentile(samples, 0.99))


def resident_mb(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise Failed("no memory of the daemon is told")


def memory_with_desks(daemon, items, desks=200):
    """Resident MB while so many desks, each a TLS connection of its own that has made one call, stay connected."""
    with subprocess.Popen(load_command(daemon, "item", items, in_flight=desks, connections=desks) + ["--hold"],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as held:
        if json.loads(held.stdout.readline())["failed"]:
            raise Failed("a desk got no answer")
        found = resident_mb(daemon.process.pid)
        held.stdin.close()
    return found


def start_ms(daemon, items):
    """From exec of the daemon to the first answered call, the database up."""
    began = time.monotonic()
    daemon.start()
    done = subprocess.run(load_command(daemon, "item", items) + ["--hold"], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True)
    took = (time.monotonic() - began) * 1000
    if done.returncode != 0:
        raise Failed(f"first call: {done.stdout}{done.stderr}")
    return took
