# SPDX-License-Identifier: Apache-2.0
"""The marks that are to be held, and the tables that say how far. Pure: tested without a measurement."""
import statistics

ACTS = ["item", "enter", "worklist", "intake", "results96"]
NAMES = dict(item="item read", enter="enter result", worklist="worklist", intake="intake", results96="96 results",
             names="name search")
FLOOR_CLIENTS = 16
# measure -> act -> (must, goal)
RATIO_64 = dict(item=(1.0, 1.5), enter=(0.8, 1.3), worklist=(0.7, 0.9), intake=(0.8, 1.0))
RATIO_16 = dict(item=(0.75, 0.9), enter=(0.6, 0.9), worklist=(0.65, 0.85), intake=(0.8, 1.0), results96=(0.9, 1.0))
PEER_64 = dict(item=(1.4, 1.8), enter=(0.9, 1.3), worklist=(1.2, 1.4), intake=(0.9, 1.0))
CPU_MS = dict(item=(0.10, 0.06), enter=(0.13, 0.08), worklist=(0.22, 0.14), intake=(0.18, 0.11))
P99_RATIO = (2.0, 1.2)
ALONE_MS = (0.9, 0.4)
IDLE_MB, DESKS_MB, START_MS = (20, 12), (45, 30), (400, 150)
SHEETS_PER_S = (75, 100)
TENFOLD = dict(item=(0.8, 0.9), enter=(0.8, 0.9), worklist=(0.7, 0.8), intake=(0.8, 0.9), names=(0.5, 0.8))


class Mark:
    def __init__(self, name, value, limits, at_least):
        self.name, self.value, (self.must, self.goal), self.at_least = name, value, limits, at_least

    def holds(self, limit):
        return self.value >= limit if self.at_least else self.value <= limit

    def row(self):
        sign = "≥" if self.at_least else "≤"
        return [self.name, f"{self.value:.3g}", f"{sign} {self.must:g}", "ok" if self.holds(self.must) else "short",
                f"{sign} {self.goal:g}", "ok" if self.holds(self.goal) else "short"]


class Rounds:
    """Cells and those of the peer stack by (act, in flight), floors by (act, clients), one value per round each."""

    def __init__(self):
        self.cells, self.floors, self.peers = {}, {}, {}

    def ratio(self, act, in_flight, key, clients):
        pairs = zip(self.cells[act, in_flight], self.floors[act, clients])
        return statistics.median(cell[key] / floor[key] for cell, floor in pairs)

    def peer_ratio(self, act, in_flight):
        pairs = zip(self.cells[act, in_flight], self.peers[act, in_flight])
        return statistics.median(cell["rate"] / peer["rate"] for cell, peer in pairs)

    def added_ms(self, act):
        pairs = zip(self.cells[act, 1], self.floors[act, 1])
        return statistics.median(cell["p50"] - floor["p50"] for cell, floor in pairs)

    def middle(self, where, key, name):
        return statistics.median(one[name] for one in where[key])

    def marks(self):
        found = []
        for in_flight, limits in ((64, RATIO_64), (16, RATIO_16)):
            found += [Mark(f"{NAMES[act]}: throughput / pgbench, {in_flight} in flight",
                           self.ratio(act, in_flight, "rate", FLOOR_CLIENTS), limit, True)
                      for act, limit in limits.items() if (act, in_flight) in self.cells]
        found += [Mark(f"{NAMES[act]}: throughput / peer stack, 64 in flight", self.peer_ratio(act, 64), limit, True)
                  for act, limit in PEER_64.items() if (act, 64) in self.peers]
        found += [Mark(f"{NAMES[act]}: daemon CPU ms, 16 in flight", self.middle(self.cells, (act, 16), "cpu"), limit, False)
                  for act, limit in CPU_MS.items() if (act, 16) in self.cells]
        found += [Mark(f"{NAMES[act]}: p99 / pgbench's, 16 in flight",
                       self.ratio(act, 16, "p99", FLOOR_CLIENTS), P99_RATIO, False)
                  for act in ACTS if (act, 16) in self.cells]
        found += [Mark(f"{NAMES[act]}: ms added to pgbench's p50, alone", self.added_ms(act), ALONE_MS, False)
                  for act in ACTS if (act, 1) in self.cells]
        return found

    def table(self):
        rows = []
        for (act, in_flight) in self.cells:
            clients = 1 if in_flight == 1 else FLOOR_CLIENTS
            cell = {name: self.middle(self.cells, (act, in_flight), name) for name in ("rate", "cpu", "p50", "p99")}
            rate = self.middle(self.floors, (act, FLOOR_CLIENTS), "rate") if (act, FLOOR_CLIENTS) in self.floors else 0
            rows.append([NAMES[act], str(in_flight), f"{cell['rate']:.0f}", f"{rate:.0f}",
                         f"{self.ratio(act, in_flight, 'rate', FLOOR_CLIENTS):.2f}", f"{cell['cpu']:.3f}",
                         f"{self.middle(self.floors, (act, FLOOR_CLIENTS), 'cpu'):.2f}",
                         f"{cell['p50']:.2f}", f"{self.ratio(act, in_flight, 'p50', clients):.2f}",
                         f"{cell['p99']:.2f}", f"{self.ratio(act, in_flight, 'p99', clients):.2f}"])
        return rows

    def peer_table(self):
        """How the daemon stands to the peer stack."""
        rows = []
        for (act, in_flight), name in ((key, NAMES[key[0]]) for key in self.cells if key in self.peers):
            peer = {key: self.middle(self.peers, (act, in_flight), key) for key in ("rate", "cpu", "p50", "p99")}
            rows.append([name, str(in_flight), f"{peer['rate']:.0f}", f"{self.peer_ratio(act, in_flight):.2f}",
                         f"{peer['cpu']:.3f}", f"{peer['p50']:.2f}", f"{peer['p99']:.2f}"])
        return rows


PEER_HEAD = ["act", "in flight", "peer's calls/s", "daemon / peer", "peer's CPU ms", "p50 ms", "p99 ms"]
CELL_HEAD = ["act", "in flight", "calls/s", "pgbench c=16", "ratio", "CPU ms", "PostgreSQL's", "p50 ms", "/ pgbench",
             "p99 ms", "/ pgbench"]
MARK_HEAD = ["measure", "found", "must", "", "goal", ""]


def markdown(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
