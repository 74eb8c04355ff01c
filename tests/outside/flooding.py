# SPDX-License-Identifier: Apache-2.0
"""Floods of HTTP/2 frames against a daemon, from a process of their own, and what another desk notices of them.

    with Attacker(daemon.port, "pings", token) as attacker:
        attacker.go()       floods on one connection after the other
        attacker.rest()     when the flood under way has ended; its connections' ends are in attacker.ends

The attacker stands for another machine: it has a process, so that it does not hold up the desk that is measured, and
the lowest priority. It is bound by its own rate: a connection is flooded until the daemon ends it, then comes the next.
"""
import contextlib
import gzip
import os
import select
import statistics
import subprocess
import sys
import time

from hyperframe.frame import GoAwayFrame

from tests.net.echo import Link
from tests.support import paths

DATA, HEADERS, PRIORITY, RST, SETTINGS, PING, WINDOW, CONTINUATION = 0, 1, 2, 3, 4, 6, 8, 9
END_STREAM, END_HEADERS = 1, 4
PROTOCOL, CALM = 1, 11
EXHAUSTED = "8"  # grpc-status RESOURCE_EXHAUSTED
COST_ROUNDS = 3
FLOODS_IN_WINDOW = 2
WHO_AM_I = "/touchstone.v1.StaffService/WhoAmI"
BOMB = gzip.compress(bytes(64 << 20), 9)
LIE = gzip.compress(bytes(4 << 20), 9)[:-4] + (1 << 20).to_bytes(4, "little")  # declares a quarter of what it has


def raw(kind, flags, stream_id, payload=b""):
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream_id.to_bytes(4, "big") + payload


def fields(token, *extra):
    return [(":method", "POST"), (":scheme", "https"), (":path", WHO_AM_I), (":authority", "localhost"),
            ("content-type", "application/grpc"), ("te", "trailers"), ("authorization", f"Bearer {token}"), *extra]


def opened(link, token, number=1, *extra):
    """A call whose message never comes."""
    return raw(HEADERS, END_HEADERS, number, link.block(fields(token, *extra)))


def many(link, token, after):
    return b"".join(opened(link, token, number) + after(number) for number in range(1, 6000, 2))


def bombs(link, token):
    message = b"\1" + len(BOMB).to_bytes(4, "big") + BOMB
    pieces = [message[at:at + 16384] for at in range(0, len(message), 16384)]
    return opened(link, token, 1, ("grpc-encoding", "gzip")) + b"".join(raw(DATA, 0, 1, piece) for piece in pieces)


def lies(link, token):
    message = b"\1" + len(LIE).to_bytes(4, "big") + LIE
    return b"".join(opened(link, token, number, ("grpc-encoding", "gzip")) + raw(DATA, END_STREAM, number, message)
                    for number in range(1, 100, 2))


def header_bomb(link, token):
    """One field of 4000 bytes in the table, and then ten thousand times by its number: 40 MB from 14 KB."""
    return raw(HEADERS, END_HEADERS | END_STREAM, 1,
               link.block(fields(token)) + b"\x40\x01x\x7f\xa1\x1e" + b"y" * 4000 + b"\xbe" * 10000)


# name: (the octets of one flood, far above its limit; how the daemon may end it)
FLOODS = {
    "rapid_resets": (lambda l, t: many(l, t, lambda number: raw(RST, 0, number, bytes(4))), {CALM}),
    "too_many_streams": (lambda l, t: many(l, t, lambda number: b""), {CALM, PROTOCOL}),
    "continuations": (lambda l, t: raw(HEADERS, 0, 1, b"\x82") + raw(CONTINUATION, 0, 1, b"\x40\x01x\x01y") * 5000, {CALM}),
    "settings": (lambda l, t: raw(SETTINGS, 0, 0) * 20000, {CALM}),
    "pings": (lambda l, t: raw(PING, 0, 0, bytes(8)) * 20000, {CALM}),
    "empty_data": (lambda l, t: opened(l, t) + raw(DATA, 0, 1) * 20000, {CALM}),
    "priorities": (lambda l, t: raw(PRIORITY, 0, 1, bytes([0, 0, 0, 3, 9])) * 20000, {CALM}),
    "tiny_window_updates": (lambda l, t: raw(WINDOW, 0, 0, bytes([0, 0, 0, 1])) * 20000, {CALM}),
    "header_bombs": (header_bomb, {CALM}),
    "gzip_bombs": (bombs, {EXHAUSTED}),  # a call's fault, not the connection's
    "gzip_bombs_that_lie": (lies, {CALM}),
}


# ---- the process of the attacker

def end_of(link, is_of_call):
    """The code of GOAWAY, or the grpc-status of the one call; None when it hung up without a word."""
    with contextlib.suppress(OSError):
        found = link.wait(lambda frame: isinstance(frame, GoAwayFrame) or
                          is_of_call and "grpc-status" in getattr(frame, "fields", ()))
        return found and (found.error_code if isinstance(found, GoAwayFrame) else found.fields["grpc-status"])
    return None


def flood_once(port, name, token):
    with Link(port) as link:
        with contextlib.suppress(OSError):  # it hangs up while we are still sending
            link.raw(FLOODS[name][0](link, token))
        return end_of(link, EXHAUSTED in FLOODS[name][1])


def attack():
    port, name = int(sys.argv[1]), sys.argv[2]
    os.nice(19)
    token = sys.stdin.buffer.raw.readline().decode().strip()
    while sys.stdin.buffer.raw.readline() == b"go\n":
        while True:
            print(flood_once(port, name, token), flush=True)
            if select.select([sys.stdin], [], [], 0)[0]:
                break
        sys.stdin.buffer.raw.readline()
        print("resting", flush=True)


# ---- the side of the test

class Attacker:
    def __init__(self, port, name, token):
        self.ends, self.token = [], token
        self.command = [sys.executable, "-m", "tests.outside.flooding", str(port), name]

    def __enter__(self):
        # Without a buffer of ours, so that select() sees every line that waits.
        self.process = subprocess.Popen(self.command, cwd=paths.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        bufsize=0)
        self.tell(self.token)
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(30)

    def tell(self, word):
        self.process.stdin.write(word.encode() + b"\n")

    def hear(self):
        """The next word; that of a flood's end is kept."""
        word = self.process.stdout.readline().decode().strip()
        if not word:
            raise AssertionError("the attacker died")
        if word != "resting":
            self.ends.append(word)
        return word

    def has_flooded(self, count):
        while select.select([self.process.stdout], [], [], 0)[0]:
            self.hear()
        return len(self.ends) >= count

    def go(self):
        """From here on it floods: the first one has ended."""
        self.tell("go")
        self.hear()

    def rest(self):
        self.tell("rest")
        while self.hear() != "resting":
            pass


class Desk:
    """Makes one call after the other on one connection."""

    def __init__(self, port, token):
        self.link, self.token, self.number = Link(port), token, 1
        self.link.window(0, 2**30)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.link.socket.close()

    def call(self):
        number, self.number = self.number, self.number + 2
        self.link.headers(number, fields(self.token), end=False)
        self.link.data(number, bytes(5), end=True)
        answer = self.link.wait_answer(number)
        self.link.seen.clear()
        if answer.get("grpc-status") != "0":
            raise AssertionError(f"a desk was answered {answer}")

    def window(self, calls, is_enough=lambda: True):
        """The p99 and the slowest of some calls, and of those until it is enough, in ms."""
        took = []
        while len(took) < calls or not is_enough():
            began = time.monotonic()
            self.call()
            took.append(1000 * (time.monotonic() - began))
        return statistics.quantiles(took, n=100)[98], max(took)


def resident(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) << 10 for line in status if line.startswith("VmRSS"))


def loop_ms(pid):
    """Processor time of the daemon's loop, its first thread: what other work the machine has does not count."""
    with open(f"/proc/{pid}/task/{pid}/schedstat", encoding="ascii") as stat:
        return int(stat.read().split()[0]) / 1e6


def is_sanitized(daemon):
    """AddressSanitizer keeps 256 MiB of what was freed, and ends a program that has no memory."""
    return b"__asan_init" in daemon.program.read_bytes()


def memory_most(daemon, most):
    return most + (512 << 20 if is_sanitized(daemon) else 0)


class Measured:
    """quiet, flooded: medians of windows, each (p99, slowest) in ms. flood_ms, connection_ms: processor time of the
    loop for one flood, and for one connection that only says hello."""

    def __init__(self, quiet, flooded, grown, ends, flood_ms, connection_ms):
        self.quiet, self.flooded, self.grown, self.ends = quiet, flooded, grown, ends
        self.flood_ms, self.connection_ms = flood_ms, connection_ms

    def __str__(self):
        return (f"p99 {self.quiet[0]:.2f} ms quiet, {self.flooded[0]:.2f} ms flooded, slowest {self.quiet[1]:.1f} and "
                f"{self.flooded[1]:.1f} ms, loop {self.connection_ms:.2f} ms a connection, {self.flood_ms:.2f} ms a flood, "
                f"{len(self.ends)} floods, memory {self.grown / 1048576:+.1f} MiB")

    def slow(self, ratio, floors):
        """What a desk notices above a ratio: (p99, slowest) each against its floor, below which it is scheduling."""
        for what, quiet, flooded, floor in zip(("p99", "slowest"), self.quiet, self.flooded, floors):
            if flooded > ratio * max(quiet, floor):
                yield f"{what} {flooded:.2f} ms flooded, {quiet:.2f} ms quiet"


def cost_ms(daemon, act):
    """Processor time of the loop for one of what `act` answers that it did, while nobody else asks for anything."""
    before = loop_ms(daemon.process.pid)
    count = act()
    return (loop_ms(daemon.process.pid) - before) / count


def greet(daemon):
    for _ in range(COST_ROUNDS):
        Link(daemon.port).socket.close()
    return COST_ROUNDS


def flood(attacker):
    known = len(attacker.ends)
    for _ in range(COST_ROUNDS):
        attacker.go()
        attacker.rest()
    return len(attacker.ends) - known


def medians(windows):
    return tuple(map(statistics.median, zip(*windows)))


def measure(daemon, token, name, rounds, calls):
    """Windows without and with the flood in turn; of each kind the medians, and how far memory rose."""
    quiet, flooded, memory = [], [], []
    with Desk(daemon.port, token) as desk, Attacker(daemon.port, name, token) as attacker:
        connection_ms = cost_ms(daemon, lambda: greet(daemon))
        # What the first floods leave behind, buffers of the allocator above all, is the base.
        flood_ms = cost_ms(daemon, lambda: flood(attacker))
        desk.window(calls)
        base = resident(daemon.process.pid)
        for _ in range(rounds):
            quiet.append(desk.window(calls))
            attacker.go()
            floods = len(attacker.ends) + FLOODS_IN_WINDOW
            flooded.append(desk.window(calls, lambda most=floods: attacker.has_flooded(most)))
            memory.append(resident(daemon.process.pid))
            attacker.rest()
            memory.append(resident(daemon.process.pid))
    return Measured(medians(quiet), medians(flooded), max(memory) - base, attacker.ends, flood_ms, connection_ms)


if __name__ == "__main__":
    attack()
