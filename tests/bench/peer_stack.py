# SPDX-License-Identifier: Apache-2.0
"""The best peer stack as a program to measure: gRPC core with a pool of libpq connections, see peer_stack.c."""
import os
import subprocess

from tests.bench import measure
from tests.support import paths

ACTS = ["item", "enter", "worklist", "intake"]
# What served most calls, of 8, 16 and 24 connections with one queue for all threads and with one for each.
CONNECTIONS = 24
QUEUES = 1  # completion queues that the threads share
# As the daemon's own connections, see measure.FLOOR_OPTIONS; and what those have besides.
OPTIONS = measure.FLOOR_OPTIONS + " -c statement_timeout=30000"


def require_same_answers(daemon, peer, windows):
    """Reads answer the same bytes, and a write asked again with its request_id is answered with what was kept."""
    window = windows.take()
    for act in ACTS:
        if measure.answers_digest(daemon, act, window, windows) != measure.answers_digest(peer, act, window, windows):
            raise measure.Failed(f"{act}: the peer stack answers otherwise than the daemon")


class PeerStack:
    """What measure.load asks of a daemon."""

    def __init__(self, books, daemon, connections=CONNECTIONS, queues=QUEUES):
        self.program = paths.build() / "tests" / "bench" / "bench_peer_stack"
        self.certificate, self.key = daemon.certificate, daemon.directory / "server.key"
        self.url = books.url("touchstone_daemon")
        self.connections, self.queues = connections, queues

    def __enter__(self):
        if not self.program.exists():
            raise measure.Failed("the peer stack is not built: it needs libgrpc-dev")
        self.process = subprocess.Popen(
            [self.program, self.certificate, self.key, self.url, str(self.connections), str(self.queues)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=dict(os.environ, PGOPTIONS=OPTIONS))
        line = self.process.stdout.readline()
        if not line:
            self.__exit__()
            raise measure.Failed("the peer stack did not start")
        self.port = int(line)
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(30)
        self.process.stdout.close()
