# SPDX-License-Identifier: Apache-2.0
"""A newer daemon takes over the listening socket of an older one that drains: whoever holds the socket (systemd's
socket unit, here the test) passes it to both, and the clients, who know one address only, notice nothing."""
import contextlib
import os
import socket
import subprocess
import threading
import unittest

import grpc

from tests.outside.case import MANY_CONNECTIONS
from tests.outside.external import Cluster, ExternalDaemon
from tests.outside.raw import Raw
from tests.outside.world import World, intake_fields, ring

DESKS = 4
CALLS_BETWEEN = 40
WAIT_S = 60


class Load:
    """Desks that make one intake after the other on a channel each; whatever is refused is kept."""

    def __init__(self, daemon, token):
        self.changed, self.stopping, self.answered, self.refused = threading.Condition(), False, 0, []
        self.clients = [daemon.client(token, daemon.channel([("grpc.use_local_subchannel_pool", 1)]))
                        for _ in range(DESKS)]

    def __enter__(self):
        self.threads = [threading.Thread(target=self.work, args=(client,)) for client in self.clients]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopping = True
        for thread in self.threads:
            thread.join(WAIT_S)

    def work(self, client):
        while not self.stopping:
            try:
                client("DeskService.RegisterIntake", **intake_fields(items=[ring(photo=b"")]))
            except grpc.RpcError as error:
                self.refused.append(f"{error.code().name}: {error.details()}")
            with self.changed:
                self.answered += 1
                self.changed.notify_all()

    def until_answered(self, more):
        with self.changed:
            wanted = self.answered + more
            if not self.changed.wait_for(lambda: self.answered >= wanted, WAIT_S):
                raise AssertionError("the load stands still")


class Takeover(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster().__enter__()
        cls.addClassCleanup(cls.cluster.__exit__)

    def setUp(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(self.socket.close)

    def daemon(self, beside=None):
        """Not started yet. One beside another has the same files."""
        daemon = ExternalDaemon(self.cluster, MANY_CONNECTIONS, passed=self.socket.fileno(),
                                directory=beside and beside.directory)
        daemon.prepare()
        self.addCleanup(daemon.__exit__)
        return daemon

    def test_daemons_take_over_one_socket_from_each_other_under_load_and_no_call_fails(self):
        old = self.daemon()
        old.start()
        self.assertEqual(old.port, self.socket.getsockname()[1])
        people = old.people()
        World(people)
        with Load(old, people["RECEPTION"].token) as load:
            load.until_answered(CALLS_BETWEEN)
            for _ in range(3):
                new = self.daemon(beside=old)
                new.start()
                self.assertEqual(new.port, old.port)
                old.process.terminate()
                self.assertEqual(old.process.wait(WAIT_S), 0)
                load.until_answered(CALLS_BETWEEN)
                old = new
        self.assertEqual(load.refused, [])

    def test_who_connects_while_no_daemon_runs_is_served_by_the_next(self):
        daemon = self.daemon()
        served = []

        def ask():
            with Raw(daemon, wait_s=WAIT_S) as raw:
                served.append(raw.call("/readyz", method="GET", content_type=None, body=b"").http_status)
        daemon.port = self.socket.getsockname()[1]
        waiting = threading.Thread(target=ask)
        waiting.start()
        daemon.start()
        waiting.join(WAIT_S)
        self.assertEqual(len(served), 1)  # 200, or 503 of a moment before it was ready

    def test_a_passed_descriptor_that_is_no_tcp_socket_is_refused_by_name(self):
        daemon = self.daemon()
        with contextlib.closing(socket.socket(socket.AF_UNIX)) as other:
            daemon.passed = other.fileno()
            daemon.start(wait=False)
            self.assertEqual(daemon.process.wait(WAIT_S), 1)
            daemon.reader.join(WAIT_S)
        self.assertIn("descriptor 3 is no TCP socket. (PASSED_SOCKET)", daemon.log[-1])
        daemon.process.stderr.close()
        daemon.process = None

    def test_variables_for_another_process_and_senseless_ones_change_nothing(self):
        daemon = self.daemon()
        for pid, count in (("1", "1"), ("", "1"), ("x", "x"), (str(2**80), "1"), ("0", "-1")):
            environment = dict(os.environ, LISTEN_PID=pid, LISTEN_FDS=count)
            with subprocess.Popen([daemon.program, "serve", "--config", daemon.config], env=environment, text=True,
                                  stderr=subprocess.PIPE) as process:
                ready = next((line for line in process.stderr if "event=ready" in line), "")
                process.terminate()
                process.stderr.read()
            self.assertIn("address=127.0.0.1", ready)
            self.assertEqual(process.returncode, 0)


if __name__ == "__main__":
    unittest.main()
