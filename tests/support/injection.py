# SPDX-License-Identifier: Apache-2.0
"""The steering side of tests/support/inject: counts the calls of a program under test and fails the n-th.

    injection = Injection(file, "touchstoned")        # only in programs of this name
    subprocess.run(..., env=injection.environment())
    injection.arm(MEMORY, at=17)                           # from now on: count, and fail the 17th
    calls, failed = injection.disarm()
"""
import mmap
import os
import pathlib
import struct

from tests.support import paths

MEMORY, FILES, SOCKETS, PROCESS = 1, 2, 4, 8
ALL = MEMORY | FILES | SOCKETS | PROCESS
NUMBERS = 6  # groups, fail_from, fail_count, calls, failed, traces: control.h
NAME_BYTES = 32
SITES_AT = 8 * NUMBERS + NAME_BYTES
SITES_MAX = 1 << 17
FOREVER = (1 << 64) - 1
LIBRARY = paths.build() / "tests" / "support" / "inject" / "inject.so"


class Injection:
    def __init__(self, path, program):
        self.path = pathlib.Path(path)
        size = SITES_AT + 8 * SITES_MAX
        with open(self.path, "wb") as file:
            file.truncate(size)
        self.path.chmod(0o666)  # helpers may run as somebody else
        with open(self.path, "r+b") as file:
            self.memory = mmap.mmap(file.fileno(), size)
        self.memory[8 * NUMBERS:SITES_AT] = program.encode().ljust(NAME_BYTES, b"\0")

    def environment(self):
        """For the program, on top of the test's own. ASan wants to be first, and need not be."""
        options = ":".join(filter(None, [os.environ.get("ASAN_OPTIONS"), "detect_leaks=1", "verify_asan_link_order=0"]))
        return dict(os.environ, LD_PRELOAD=str(LIBRARY), TOUCHSTONE_INJECT=str(self.path), ASAN_OPTIONS=options)

    def arm(self, groups, at=0, count=1, traces=False):
        self.put(0)
        self.put(0, at, count, 0, 0, int(traces))
        self.put(groups)

    def disarm(self):
        """(calls counted, calls failed) since arm()."""
        self.put(0)
        return struct.unpack_from("=2Q", self.memory, 24)

    def failed(self):
        return struct.unpack_from("=Q", self.memory, 32)[0]

    def first_of_each_site(self, calls):
        """The number of the first call from each place, of those that arm(..., traces=True) counted."""
        seen = {}
        for n, site in enumerate(struct.unpack_from(f"={min(calls, SITES_MAX - 1)}Q", self.memory, SITES_AT + 8), 1):
            seen.setdefault(site, n)
        return seen

    @staticmethod
    def is_own(site):
        """Whether the program itself, and no library, is among the nearest callers."""
        return bool(site & 1)

    def put(self, *numbers):
        struct.pack_into(f"={len(numbers)}Q", self.memory, 0, *numbers)
