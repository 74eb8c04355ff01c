# SPDX-License-Identifier: Apache-2.0
"""Full load for a given time, and nothing grows: used by test_endurance.py for seconds, by tests/long for ten minutes
(TOUCHSTONE_LOAD_SECONDS; 3600 for a day's load in an hour: an institute's day of 3000 items has some 50 000 calls).

One daemon is loaded by the benchmark's load generator with reads and intakes from its first to its last moment; its
memory and descriptors and those of PostgreSQL's backends are sampled. On the same database, daemons take over one
socket from each other under a load of gRPC desks, of whom none may see a call fail. The loaded daemon is given a new
certificate by SIGHUP, and bad ones, which it must not take."""
import contextlib
import json
import os
import signal
import socket
import ssl
import statistics
import subprocess
import time
import unittest

from tests.bench import books as data
from tests.bench.measure import load_command
from tests.outside.case import MANY_CONNECTIONS
from tests.outside.external import ExternalDaemon
from tests.outside.flooding import memory_most
from tests.outside.test_takeover import WAIT_S, Load
from tests.support import prometheus

ITEMS = 2000
IN_FLIGHT = dict(item=16, intake=8)
ROUNDS_LEAST = 4  # takeovers, each followed by a sample; the first quarter warms up
GROWN_MOST = 8 << 20
BACKEND_GROWN_MOST = 4 << 20


def anonymous_bytes(pid):
    """Memory that is a process's own; shared buffers of PostgreSQL are not."""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) << 10 for line in status if line.startswith("RssAnon"))


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def served_certificate(port):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    with socket.create_connection(("127.0.0.1", port), timeout=WAIT_S) as plain, context.wrap_socket(plain) as link:
        return link.getpeercert(binary_form=True)


class Endurance(unittest.TestCase):
    def hold_out(self, seconds):
        data.prepare(ITEMS, print)
        with contextlib.ExitStack() as stack:
            self.books = stack.enter_context(data.Books(ITEMS))
            self.books.open_sessions()
            self.daemon = ExternalDaemon(self.books, MANY_CONNECTIONS)
            (self.daemon.directory / "state").mkdir()  # for the socket of the metrics
            stack.enter_context(self.daemon)
            people = self.daemon.people()
            self.socket = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            self.stack = stack
            current = self.next_daemon(None)
            loads = [self.start_load(act, seconds) for act in IN_FLIGHT]
            with Load(current, people["RECEPTION"].token) as desks:
                samples = self.take_turns(current, desks, seconds)
            self.assertEqual(desks.refused, [])
            calls = sum(self.end_load(load) for load in loads)
            print(f"{calls} calls of the load generator and {desks.answered} of desks in {seconds} s, {len(samples)} takeovers, "
                  f"daemon {samples[-1]['memory'] >> 20} MiB, {samples[-1]['descriptors']} descriptors, "
                  f"{samples[-1]['backends']} backends", flush=True)
            self.judge(samples)

    def start_load(self, act, seconds):
        command = load_command(self.daemon, act, ITEMS, in_flight=IN_FLIGHT[act], connections=4, warm_up=0.1,
                               seconds=seconds, pid=self.daemon.process.pid, window=0, windows=1, seed=len(act))
        return self.stack.enter_context(
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))

    def end_load(self, load):
        out, errors = load.communicate(timeout=WAIT_S)
        self.assertEqual(load.returncode, 0, out + errors)
        found = json.loads(out)
        self.assertEqual(found["failed"], 0, found)
        self.assertGreater(found["calls"], 0)
        return found["calls"]

    def next_daemon(self, old):
        daemon = ExternalDaemon(self.books, MANY_CONNECTIONS, directory=old and old.directory, passed=self.socket.fileno())
        self.stack.enter_context(daemon)
        if old:
            old.process.terminate()
            self.assertEqual(old.process.wait(WAIT_S), 0)
            old.reader.join(WAIT_S)
            old.process.stderr.close()
        return daemon

    def take_turns(self, current, desks, seconds):
        """A takeover, a certificate and a sample, again and again; the load runs on."""
        samples, end = [], time.monotonic() + seconds
        while time.monotonic() < end or len(samples) < ROUNDS_LEAST:
            desks.until_answered(50)
            current = self.next_daemon(current)
            desks.until_answered(50)
            self.renew(good=len(samples) % 2 == 0)
            samples.append(self.sample())
        return samples

    def renew(self, good):
        """The certificate by SIGHUP: a new one is served from the next connection on, of a bad one nothing is seen."""
        before, seen = served_certificate(self.daemon.port), len(self.daemon.log)
        certificate, key = self.daemon.certificate, self.daemon.directory / "server.key"
        kept = key.read_bytes()
        if good:
            subprocess.run(["openssl", "req", "-x509", "-key", key, "-days", "2", "-subj", "/CN=renewed", "-addext",
                            "subjectAltName=DNS:localhost,IP:127.0.0.1", "-out", certificate], check=True, capture_output=True)
        else:
            key.write_text("no key")
        self.daemon.process.send_signal(signal.SIGHUP)
        self.until_logged("certificate_renewed" if good else "certificate_kept", seen)
        key.write_bytes(kept)
        after = served_certificate(self.daemon.port)
        (self.assertNotEqual if good else self.assertEqual)(before, after)
        self.assertEqual(after, ssl.PEM_cert_to_DER_cert(certificate.read_text()))

    def until_logged(self, event, seen):
        patience = time.monotonic() + WAIT_S
        while not any(f"event={event}" in line for line in self.daemon.log[seen:]):
            self.assertLess(time.monotonic(), patience, event)

    def sample(self):
        pid = self.daemon.process.pid
        clients = "select pid from pg_stat_activity where usename = 'touchstone_daemon'"
        backends = [row[0] for row in self.books.sql(clients)]
        memory = []
        for backend in backends:
            with contextlib.suppress(FileNotFoundError):  # of a daemon that has just ended
                memory.append(anonymous_bytes(backend))
        page = prometheus.fetch(self.daemon.directory / "state" / "metrics.sock")
        return dict(memory=anonymous_bytes(pid), descriptors=descriptors(pid), backends=len(backends),
                    backend_memory=max(memory), connections=prometheus.value(page, "touchstone_net_connections"),
                    own=descriptors(os.getpid()))

    def judge(self, samples):
        """The last quarter against the second: the first warms up caches and the allocator."""
        quarter = len(samples) // 4
        early, late = samples[quarter:2 * quarter], samples[-quarter:]
        grown = {what: statistics.median(one[what] for one in late) - statistics.median(one[what] for one in early)
                 for what in samples[0]}
        print("grown: " + ", ".join(f"{what} {value:+.0f}" for what, value in grown.items()), flush=True)
        self.assertLess(grown["memory"], memory_most(self.daemon, GROWN_MOST))
        self.assertLess(grown["backend_memory"], BACKEND_GROWN_MOST)
        for what, most in (("descriptors", 4), ("connections", 0), ("backends", 4), ("own", 4)):
            self.assertLessEqual(grown[what], most, what)
