# SPDX-License-Identifier: Apache-2.0
"""A daemon that runs out of descriptors, of memory and of readers of its log: it refuses what it cannot do, goes on with
what it can, and is whole again when the need is over."""
import collections
import contextlib
import fcntl
import os
import resource
import signal
import socket
import unittest

import grpc

from tests.outside import raw
from tests.outside.case import Outside
from tests.outside.flooding import is_sanitized
from tests.outside.processes import named
from tests.support.daemon import Daemon

SPARE = 8  # descriptors that are left to the daemon
MANY = 60
WAIT_S = 30
INTAKE = "/touchstone.v1.DeskService/RegisterIntake"


class Need(Outside):
    settings = "[limits]\nmax_connections_per_address = 400\n"
    walked = False

    @contextlib.contextmanager
    def limited(self, what, most):
        pid = self.daemon.process.pid
        before = resource.prlimit(pid, what)
        resource.prlimit(pid, what, (most, before[1]))
        try:
            yield
        finally:
            resource.prlimit(pid, what, before)

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.daemon.process.pid}/fd"))

    def address_space(self):
        with open(f"/proc/{self.daemon.process.pid}/statm", encoding="ascii") as statm:
            return int(statm.read().split()[0]) * resource.getpagesize()

    # ---- descriptors
    def test_without_descriptors_who_is_connected_is_served_and_who_comes_is_hung_up_on(self):
        self.still_serves()
        highest = max(int(name) for name in os.listdir(f"/proc/{self.daemon.process.pid}/fd"))
        with self.limited(resource.RLIMIT_NOFILE, highest + 1 + SPARE), contextlib.ExitStack() as stack:
            comers = [stack.enter_context(socket.create_connection(("127.0.0.1", self.daemon.port), timeout=WAIT_S))
                      for _ in range(MANY)]
            refused = 0
            for comer in comers[-SPARE:]:
                with contextlib.suppress(ConnectionResetError):
                    self.assertEqual(comer.recv(1), b"")
                refused += 1
            self.assertEqual(refused, SPARE)
            for _ in range(20):
                self.still_serves()

    def test_when_descriptors_are_there_again_everybody_is_served(self):
        highest = max(int(name) for name in os.listdir(f"/proc/{self.daemon.process.pid}/fd"))
        for _ in range(3):
            with self.limited(resource.RLIMIT_NOFILE, highest + 1 + SPARE), contextlib.ExitStack() as stack:
                comers = [stack.enter_context(socket.create_connection(("127.0.0.1", self.daemon.port), timeout=WAIT_S))
                          for _ in range(MANY)]
                with contextlib.suppress(ConnectionResetError):
                    comers[-1].recv(1)
            self.still_serves()  # behind the turn of the loop that hung up on them
            with raw.Raw(self.daemon) as link:
                self.assertEqual(link.call("/livez", method="GET", content_type=None, body=b"").http_status, 200)
            self.still_serves()

    # ---- memory
    def fill(self, links):
        """Messages that are not whole, on many streams; how many of the streams and connections were broken."""
        token, broken = self.people["RECEPTION"].token, 0
        piece = raw.frame(bytes(3 << 20))[:2 << 20]
        for link in links:
            streams = []
            try:
                for _ in range(8):
                    streams.append(link.open(INTAKE, token=token))
                    link.send(streams[-1], piece)
            except TimeoutError:
                pass  # it was left waiting for its window
            except OSError:
                broken += 1
            broken += sum("memory" in link.answers[stream].message for stream in streams)
        return broken

    def test_without_memory_calls_are_refused_and_the_daemon_lives(self):
        if is_sanitized(self.daemon):
            self.skipTest("AddressSanitizer itself ends without memory")
        self.still_serves()
        pid = self.daemon.process.pid
        with contextlib.ExitStack() as stack:
            links = [stack.enter_context(raw.Raw(self.daemon, wait_s=3)) for _ in range(4)]
            with self.limited(resource.RLIMIT_AS, self.address_space() + (4 << 20)):
                self.assertGreater(self.fill(links), 0)
                with contextlib.suppress(grpc.RpcError):  # served or refused; what matters is that it lives
                    self.still_serves()
            self.assertIsNone(self.daemon.process.poll())
        self.people["RECEPTION"] = self.daemon.log_in("reception", "D1")
        self.still_serves()
        self.assertEqual(self.daemon.process.pid, pid)

    def test_a_helper_that_the_kernel_kills_for_memory_is_started_again(self):
        for program in ("touchstone-render", "touchstone-signer"):
            first = named(self.daemon.process.pid, program)
            self.assertEqual(len(first), 1, program)
            seen = len(self.daemon.log)
            os.kill(first[0], signal.SIGKILL)  # as the kernel's OOM killer does
            self.wait_for(lambda p=program, f=first: (found := named(self.daemon.process.pid, p)) and found != f)
            self.wait_for(lambda seen=seen: any("child" in line for line in self.daemon.log[seen:]))
        self.still_serves()

    def wait_for(self, condition):
        for _ in range(1000):
            if condition():
                return
            self.still_serves()  # and takes its time
        self.fail("waited in vain")


class Unread(Daemon):
    """Nobody reads its log any more once it is ready, and the pipe is as small as a pipe can be."""

    def read_log(self, process):
        for line in process.stderr:
            if "event=ready" in line:
                self.port = int(line.split(" port=")[1].split()[0])
                fcntl.fcntl(process.stderr, fcntl.F_SETPIPE_SZ, 4096)
                self.ready.set()
                return


class Log(unittest.TestCase):
    """A line for every connection above a cap of two: one for the desk that goes on, one for luck."""
    settings = "[limits]\nmax_connections_per_address = 2\n"

    def flood(self, daemon, connections):
        with raw.Raw(daemon) as desk, raw.Raw(daemon):
            for _ in range(connections):
                with socket.create_connection(("127.0.0.1", daemon.port), timeout=WAIT_S) as comer:
                    with contextlib.suppress(ConnectionResetError):
                        self.assertEqual(comer.recv(1), b"")
            answer = desk.call("/livez", method="GET", content_type=None, body=b"")
            self.assertEqual(answer.http_status, 200)

    def test_a_flood_of_log_lines_is_capped(self):
        with Daemon(settings=self.settings) as daemon:
            self.flood(daemon, 2000)
        seconds = collections.Counter(line.split()[0][:24] for line in daemon.log)
        self.assertGreaterEqual(sum(seconds.values()), 200)
        self.assertLessEqual(max(seconds.values()), 402)  # 200 of the errors, 200 of the others, what was left out

    def test_a_log_that_nobody_reads_holds_up_no_call(self):
        with Unread(settings=self.settings) as daemon:
            self.flood(daemon, 500)  # some 50 KB into 4 KB


if __name__ == "__main__":
    unittest.main()
