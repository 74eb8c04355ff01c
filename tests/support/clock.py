# SPDX-License-Identifier: Apache-2.0
"""Clocks that tests turn.

    with sql_clock(owner) as clock:                  # lab.ts_now() of chosen connections
        clock.turn(caller, "2029-12-31 16:00:00+00")
        clock.turn(caller, None)                     # real time again

    clock = SystemClock(directory / "clock")         # the wall clock of whole processes, while they run
    subprocess.Popen(..., env=clock.environment())
    clock.turn(hours=-3)                             # from now on, three hours back; what is monotonic goes on
"""
import contextlib
import datetime
import mmap
import os
import pathlib
import struct

from tests.support import paths

LIBRARY = paths.build() / "tests" / "support" / "clock" / "clock.so"
BYTES = 4096


class SqlClock:
    def __init__(self):
        self.turned = set()

    def turn(self, connection, moment):
        connection.cursor().execute("select set_config('touchstone.test_now', %s, false)", (str(moment or ""),))
        self.turned.add(connection)


@contextlib.contextmanager
def sql_clock(owner):
    """The owner's policy lets clocks be turned for as long as this lasts."""
    clock = SqlClock()
    owner.cursor().execute("update lab.policy set test_clock = true")
    try:
        yield clock
    finally:
        for connection in list(clock.turned):
            clock.turn(connection, None)
        owner.cursor().execute("update lab.policy set test_clock = false")


class SystemClock:
    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.path.write_bytes(bytes(BYTES))
        self.path.chmod(0o644)  # PostgreSQL runs as somebody else
        with open(self.path, "r+b") as file:
            self.memory = mmap.mmap(file.fileno(), BYTES)

    def environment(self):
        options = ":".join(filter(None, [os.environ.get("ASAN_OPTIONS"), "detect_leaks=1", "verify_asan_link_order=0"]))
        return {"LD_PRELOAD": str(LIBRARY), "TOUCHSTONE_CLOCK": str(self.path), "ASAN_OPTIONS": options}

    def turn(self, **how):
        """As timedelta's words; nothing is real time."""
        ahead = datetime.timedelta(**how)
        struct.pack_into("=q", self.memory, 0, int(ahead.total_seconds()))
