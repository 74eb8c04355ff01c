# SPDX-License-Identifier: Apache-2.0
"""The metrics page of a real daemon, read with curl over its Unix socket."""
import contextlib
import os
import pathlib
import signal
import socket
import stat
import tempfile
import unittest

import grpc

from tests.outside.processes import named
from tests.support import prometheus
from tests.support.daemon import PASSWORD, Daemon
from tests.support.prometheus import Malformed, value

CLASSES = ("read", "search", "write", "slow")


class Metrics(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon().__enter__()
        cls.addClassCleanup(cls.daemon.__exit__)
        cls.people = cls.daemon.people()
        cls.socket = cls.daemon.directory / "state" / "metrics.sock"

    def test_the_socket_is_for_the_daemon_s_user_and_group_only(self):
        about = os.stat(self.socket)
        self.assertTrue(stat.S_ISSOCK(about.st_mode))
        self.assertEqual(stat.S_IMODE(about.st_mode), 0o660)

    def test_a_call_is_counted_by_method_and_status_with_its_time(self):
        before = prometheus.fetch(self.socket)
        for _ in range(3):
            self.people["RECEPTION"]("StaffService.WhoAmI")
        with self.assertRaises(grpc.RpcError) as refused:
            self.daemon.client()("StaffService.Login", username="reception", password=PASSWORD + "x")
        self.assertEqual(refused.exception.code(), grpc.StatusCode.UNAUTHENTICATED)
        after = prometheus.fetch(self.socket)

        def grown(name, **labels):
            return value(after, name, **labels) - value(before, name, **labels)
        self.assertEqual(grown("touchstone_requests_total", method="StaffService.WhoAmI", status="OK"), 3)
        self.assertEqual(grown("touchstone_requests_total", method="StaffService.Login", status="UNAUTHENTICATED"), 1)
        self.assertEqual(grown("touchstone_request_seconds_count", method="StaffService.WhoAmI"), 3)
        self.assertGreater(grown("touchstone_request_seconds_sum", method="StaffService.WhoAmI"), 0)

    def test_the_page_tells_of_database_process_and_loop(self):
        page = prometheus.fetch(self.socket)
        for one in CLASSES:
            self.assertGreater(value(page, "touchstone_database_connections", **{"class": one}), 0, one)
            for name in ("touchstone_database_in_flight", "touchstone_database_waiting"):
                self.assertIn((name, (("class", one),)), page)
        self.assertGreater(value(page, "touchstone_loop_lag_seconds_count"), 0)
        self.assertGreater(value(page, "process_cpu_seconds_total"), 0)
        self.assertGreater(value(page, "process_resident_memory_bytes"), 1 << 20)
        pid = self.daemon.process.pid
        self.assertAlmostEqual(value(page, "process_open_fds"), len(os.listdir(f"/proc/{pid}/fd")), delta=4)
        for name in ("touchstone_sheets_waiting", "touchstone_issuing_halted", "touchstone_workers_waiting", "touchstone_database_outcomes_unknown_total"):
            self.assertIn((name, ()), page)
        for direction in ("in", "out"):
            self.assertIn(("touchstone_net_queue_bytes", (("direction", direction),)), page)

    def test_a_helper_that_was_killed_is_counted_when_it_is_back(self):
        before = value(prometheus.fetch(self.socket), "touchstone_helper_restarts_total", helper="render")
        for pid in named(self.daemon.process.pid, "touchstone-render"):
            os.kill(pid, signal.SIGKILL)
        restarts = before
        while restarts == before:  # each look is a whole exchange; the daemon starts it again by itself
            restarts = value(prometheus.fetch(self.socket), "touchstone_helper_restarts_total", helper="render")
        self.assertEqual(restarts, before + 1)

    def test_readers_that_say_nothing_do_not_keep_curl_out(self):
        with contextlib.ExitStack() as stack:
            for _ in range(7):
                silent = stack.enter_context(socket.socket(socket.AF_UNIX))
                silent.connect(str(self.socket))
            self.assertGreater(len(prometheus.fetch(self.socket)), 50)

    def test_a_limit_that_is_met_is_counted(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "m"
            with Daemon(settings=f"[metrics]\nsocket = {path}\n[limits]\nmax_connections = 1\n"
                                 "max_connections_per_address = 1\n") as daemon:
                before = prometheus.fetch(path)
                with socket.create_connection(("127.0.0.1", daemon.port)), \
                        socket.create_connection(("127.0.0.1", daemon.port), timeout=10) as second:
                    self.assertEqual(second.recv(1), b"")
                after = prometheus.fetch(path)
            self.assertFalse(path.exists())
        self.assertEqual([value(page, "touchstone_net_limit_total", limit="connections") for page in (before, after)], [0, 1])

    def test_a_page_that_a_collector_would_refuse_is_found(self):
        good = "# HELP a_total A.\n# TYPE a_total counter\na_total{x=\"y\"} 1\n"
        self.assertEqual(prometheus.parse(good), {("a_total", (("x", "y"),)): 1})
        for bad in (good.rstrip(), good + "a_total{x=\"y\"} 2\n", good + "b_total 1\n", "a_total 1\n",
                    good.replace(" 1", " x"), good.replace("_total", ""), good + "# HELP b B.\n# TYPE b gauge\n" + good,
                    "# HELP h H.\n# TYPE h histogram\nh_bucket{le=\"1\"} 2\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n"):
            with self.assertRaises(Malformed, msg=bad):
                prometheus.parse(bad)


if __name__ == "__main__":
    unittest.main()
