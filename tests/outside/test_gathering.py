# SPDX-License-Identifier: Apache-2.0
"""The daemon's scheduling policy follows the acts that wait for the database: SCHED_BATCH while there are many, with the
longest slice on kernels that hear such a wish."""
import contextlib
import ctypes
import os
import platform
import signal
import struct
import threading
import time
import unittest

from tests.outside.case import Outside, at_once
from tests.outside.processes import named, tree

WAIT_S = 60
MANY, BLOCKED = 10, 4  # acts under way; the head of each connection's queue waits for the lock
LONGEST_NS = 100_000_000
ATTRIBUTES = struct.Struct("=IIQiIQQQ")  # struct sched_attr, sched_setattr(2)
SCHED_SETATTR, SCHED_GETATTR = {"x86_64": (314, 315)}.get(platform.machine(), (274, 275))


def attributes(pid):
    libc, buffer = ctypes.CDLL(None, use_errno=True), ctypes.create_string_buffer(ATTRIBUTES.size)
    if libc.syscall(SCHED_GETATTR, pid, buffer, ATTRIBUTES.size, 0) != 0:
        raise OSError(ctypes.get_errno(), "sched_getattr")
    return list(ATTRIBUTES.unpack(buffer.raw))


def slice_ns(pid):
    return attributes(pid)[5]


def hears_slices():
    """Whether this kernel gives a child of ours the slice that it asks for."""
    child = os.fork()
    if child == 0:
        wished = attributes(0)
        wished[5] = LONGEST_NS
        ctypes.CDLL(None).syscall(SCHED_SETATTR, 0, ATTRIBUTES.pack(*wished), 0)
        os._exit(slice_ns(0) == LONGEST_NS)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1


class Loaded(Outside):
    walked = False

    @classmethod
    def setUpClass(cls):
        try:
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
            os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
        except PermissionError as error:
            raise unittest.SkipTest("this system forbids another scheduling policy") from error
        super().setUpClass()

    def policy(self):
        return os.sched_getscheduler(self.daemon.process.pid)

    def until(self, condition):
        end = time.monotonic() + WAIT_S
        while not condition():
            self.assertLess(time.monotonic(), end, "\n".join(self.daemon.log[-10:]))

    def until_policy(self, wanted):
        self.until(lambda: self.policy() == wanted)

    @contextlib.contextmanager
    def loaded(self):
        """Calls that wait for a lock: MANY acts are under way."""
        reception, ended = self.people["RECEPTION"], []
        with contextlib.closing(self.daemon.database()) as connection:
            connection.autocommit = False
            connection.cursor().execute("lock table lab.session in access exclusive mode")
            callers = threading.Thread(target=lambda: ended.extend(at_once([lambda: reception("StaffService.WhoAmI")] * MANY)))
            callers.start()
            yield connection.info.backend_pid
            connection.rollback()
        callers.join()
        self.assertEqual([answer.staff.username for answer in ended], ["reception"] * MANY)

    def until_they_wait(self, holder):
        self.until(lambda: self.daemon.sql("select count(*) from pg_stat_activity where %s = any (pg_blocking_pids(pid))",
                                           holder)[0][0] >= BLOCKED)


class Gathering(Loaded):
    def helper(self, *gone):
        found = set()
        self.until(lambda: found.update(set(named(self.daemon.process.pid, "touchstone-signer")) - set(gone)) or found)
        return found.pop()

    def test_under_load_the_daemon_interrupts_nobody_and_alone_it_wakes_at_once(self):
        self.until_policy(os.SCHED_OTHER)
        usual_ns = slice_ns(self.daemon.process.pid)
        under_load_ns = LONGEST_NS if hears_slices() else usual_ns
        for _ in range(2):
            with self.loaded():
                self.until_policy(os.SCHED_BATCH)
                self.until(lambda: slice_ns(self.daemon.process.pid) == under_load_ns)
                before = self.helper()
                os.kill(before, signal.SIGKILL)
                self.helper(before)  # one that is started meanwhile
                others = tree(self.daemon.process.pid)[1:]
                self.assertEqual({os.sched_getscheduler(pid) for pid in others}, {os.SCHED_OTHER})
                self.assertNotIn(LONGEST_NS, {slice_ns(pid) for pid in others})
            self.until_policy(os.SCHED_OTHER)
            self.until(lambda: slice_ns(self.daemon.process.pid) == usual_ns)


class Chosen(Loaded):
    def test_a_policy_that_somebody_chose_is_kept(self):
        os.sched_setscheduler(self.daemon.process.pid, os.SCHED_BATCH, os.sched_param(0))
        with self.loaded() as holder:
            self.until_they_wait(holder)
        self.still_serves()
        self.assertEqual(self.policy(), os.SCHED_BATCH)


if __name__ == "__main__":
    unittest.main()
