# SPDX-License-Identifier: Apache-2.0
"""grpc.health.v1 and the plain /readyz through a database that pauses, dies and comes back, and through a
drain. Each watcher hears the change without asking again."""
import contextlib
import os
import pathlib
import queue
import signal
import subprocess
import tempfile
import time
import threading
import unittest

import grpc

from tests.outside.case import Outside
from tests.outside.external import bin_directory
from tests.outside.processes import stopped, tree
from tests.outside.raw import Raw
from tests.support.daemon import Daemon

SERVING, NOT_SERVING, SERVICE_UNKNOWN = 1, 2, 3
CHANGE_S = 60


def check(daemon, service="", channel=None):
    request = daemon.schema.message("grpc.health.v1.HealthCheckRequest")(service=service)
    answer = daemon.schema.message("grpc.health.v1.HealthCheckResponse")
    call = (channel or daemon.channel()).unary_unary("/grpc.health.v1.Health/Check",
                                                     response_deserializer=answer.FromString)
    return call(request.SerializeToString(), timeout=20).status


class Watcher:
    """Puts every status told by Watch into a queue, and the end of the stream last."""

    def __init__(self, daemon, service=""):
        request = daemon.schema.message("grpc.health.v1.HealthCheckRequest")(service=service)
        answer = daemon.schema.message("grpc.health.v1.HealthCheckResponse")
        call = daemon.channel().unary_stream("/grpc.health.v1.Health/Watch", response_deserializer=answer.FromString)
        self.stream = call(request.SerializeToString())
        self.told = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        try:
            for answer in self.stream:
                self.told.put(answer.status)
            self.told.put(None)
        except grpc.RpcError as error:
            self.told.put(error)

    def next(self, seconds=CHANGE_S):
        return self.told.get(timeout=seconds)

    def end(self):
        self.stream.cancel()


class Health(Outside):
    walked = False

    def test_the_daemon_and_each_of_its_services_are_serving(self):
        services = ["", *(name for name in self.daemon.schema.services if name.startswith("touchstone.v1.")),
                    "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection"]
        self.assertGreaterEqual(len(services), 10)
        for service in services:
            self.assertEqual(check(self.daemon, service), SERVING, service)

    def test_check_of_an_unknown_service_is_not_found(self):
        for service in ("touchstone.v1.NoService", "touchstone.v1.Desk", "touchstone.v1.DeskService/GetItem"):
            with self.ends_in("NOT_FOUND", text=service):
                check(self.daemon, service)

    def test_watch_of_an_unknown_service_says_service_unknown_and_stays(self):
        watcher = Watcher(self.daemon, "touchstone.v1.NoService")
        self.addCleanup(watcher.end)
        self.assertEqual(watcher.next(), SERVICE_UNKNOWN)
        self.assertEqual(check(self.daemon), SERVING)
        self.assertTrue(watcher.told.empty())

    def test_health_needs_no_session_and_a_wrong_one_does_no_harm(self):
        with Raw(self.daemon) as raw:
            answer = raw.call("/grpc.health.v1.Health/Check", token="f" * 32)
        self.assertEqual(answer.status, 0)

    def test_watchers_hear_that_the_database_died_and_came_back(self):
        watchers = [Watcher(self.daemon, service) for service in ("", "touchstone.v1.DeskService")]
        for watcher in watchers:
            self.addCleanup(watcher.end)
            self.assertEqual(watcher.next(), SERVING)
        os.kill(int(self.daemon.postmaster()[0]), signal.SIGKILL)
        for watcher in watchers:
            self.assertEqual(watcher.next(), NOT_SERVING)
        for watcher in watchers:
            self.assertEqual(watcher.next(), SERVING)
        self.still_serves()

    def test_readyz_and_calls_tell_of_a_database_that_is_gone_and_recover(self):
        watcher = Watcher(self.daemon)
        self.addCleanup(watcher.end)
        self.assertEqual(watcher.next(), SERVING)
        postmaster = int(self.daemon.postmaster()[0])
        # Stopped, so that it cannot be started again while this looks.
        family = tree(postmaster)
        for pid in family:
            os.kill(pid, signal.SIGSTOP)
        try:
            for pid in family[1:]:
                os.kill(pid, signal.SIGKILL)
            self.assertEqual(watcher.next(), NOT_SERVING)
            self.assertEqual(check(self.daemon), NOT_SERVING)
            with Raw(self.daemon) as raw:
                self.assertEqual(raw.call("/readyz", method="GET", content_type=None, body=b"").http_status, 503)
                self.assertEqual(raw.call("/livez", method="GET", content_type=None, body=b"").http_status, 200)
            with self.ends_in("UNAVAILABLE"):
                self.people["RECEPTION"]("StaffService.WhoAmI", timeout=20)
        finally:
            os.kill(postmaster, signal.SIGCONT)
        self.assertEqual(watcher.next(), SERVING)
        self.still_serves()

    def test_a_paused_database_is_noticed_and_forgiven(self):
        watcher = Watcher(self.daemon)
        self.addCleanup(watcher.end)
        self.assertEqual(watcher.next(), SERVING)
        with stopped(*tree(int(self.daemon.postmaster()[0]))):
            with self.assertRaises(grpc.RpcError) as caught:
                self.people["RECEPTION"]("StaffService.WhoAmI", timeout=1)
            self.assertIn(caught.exception.code().name, ("DEADLINE_EXCEEDED", "UNAVAILABLE"))
            self.assertEqual(watcher.next(), NOT_SERVING)
        self.assertEqual(watcher.next(), SERVING)
        self.still_serves()


class WithoutPostgres(unittest.TestCase):
    """PostgreSQL's programs are gone when it is to be started again, as in the middle of an upgrade of the system."""

    def test_a_database_that_cannot_be_started_again_is_told_and_tried_until_it_can(self):
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder).chmod(0o711)
            programs = pathlib.Path(folder) / "bin"
            programs.symlink_to(bin_directory())
            with Daemon(settings=f"[postgresql]\nbin_directory = {programs}\n") as daemon:
                watcher = Watcher(daemon)
                self.addCleanup(watcher.end)
                self.assertEqual(watcher.next(), SERVING)
                programs.unlink()
                os.kill(int(daemon.postmaster()[0]), signal.SIGKILL)
                self.assertEqual(watcher.next(), NOT_SERVING)
                while not any("level=warning event=database_not_restarted" in line and "CLUSTER_LEFTOVERS" not in line
                              for line in list(daemon.log)):
                    self.assertIsNone(daemon.process.poll())
                    time.sleep(0.05)
                programs.symlink_to(bin_directory())
                self.assertEqual(watcher.next(), SERVING)
                watcher.end()


class WithoutSigner(unittest.TestCase):
    """A key that others may read: the signer ends at its start, every time."""

    def readyz(self, daemon):
        with Raw(daemon) as raw:
            answer = raw.call("/readyz", method="GET", content_type=None, body=b"")
            return answer.http_status, answer.data.decode()

    def test_a_signer_that_cannot_start_is_told_and_the_desk_stays_open(self):
        sheets = "touchstone.v1.SheetService"
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            folder.chmod(0o711)
            key, passphrase, certificate = (folder / name for name in ("key.pem", "passphrase", "certificate.pem"))
            passphrase.write_text("correct horse\n")
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                            "-days", "2", "-subj", "/CN=Seal", "-passout", f"file:{passphrase}", "-keyout", key,
                            "-out", certificate], check=True, capture_output=True)
            passphrase.chmod(0o600)
            key.chmod(0o644)
            with Daemon(settings=f"[signer]\nkey = {key}\npassphrase = {passphrase}\n"
                        f"certificate = {certificate}\nuser =\n") as daemon:
                watcher = Watcher(daemon, sheets)
                self.addCleanup(watcher.end)
                told = watcher.next()
                self.assertEqual(watcher.next() if told == SERVING else told, NOT_SERVING)
                self.assertEqual(check(daemon, sheets), NOT_SERVING)
                self.assertEqual(check(daemon), SERVING)
                self.assertEqual(check(daemon, "touchstone.v1.DeskService"), SERVING)
                status, text = self.readyz(daemon)
                self.assertEqual(status, 200)
                self.assertIn(sheets, text)
                daemon.says("event=child_says", "child=signer")
                said = [line for line in daemon.log if "event=child_says" in line and "child=signer" in line]
                self.assertTrue(said and all("level=warning" in line for line in said), said)
                daemon.says("level=error event=sheets_wait")
                key.chmod(0o600)
                self.assertEqual(watcher.next(), SERVING)
                self.assertEqual(self.readyz(daemon), (200, "ready\n"))
                watcher.end()


class Drain(unittest.TestCase):
    def test_a_drain_is_told_to_watchers_lets_calls_end_and_exits_with_0(self):
        with Daemon(settings="[limits]\ndrain_timeout = 20s\n") as daemon:
            daemon.people()
            desk = daemon.log_in("reception", "D1")
            watcher = Watcher(daemon)
            self.assertEqual(watcher.next(), SERVING)
            with daemon.database() as connection, connection.cursor() as cursor:
                connection.autocommit = False
                cursor.execute("lock table lab.laboratory in access exclusive mode")
                flying = desk.channel.unary_unary("/touchstone.v1.CatalogueService/ListLaboratories").future(
                    b"", metadata=desk.metadata(), timeout=30)
                # The call is in the database when it waits for the lock.
                while not daemon.sql("select 1 from pg_locks where not granted"):
                    pass
                process = daemon.process
                process.send_signal(signal.SIGTERM)
                self.assertEqual(watcher.next(), NOT_SERVING)
                with self.assertRaises((ConnectionError, OSError)):
                    Raw(daemon)
                connection.rollback()
            self.assertIn(b"JEW", flying.result())
            watcher.end()
            self.assertEqual(process.wait(60), 0, "\n".join(daemon.log[-20:]))

    def test_a_drain_waits_for_no_stream_that_has_no_end_of_its_own(self):
        with Daemon(settings="[limits]\ndrain_timeout = 10min\n") as daemon:
            watcher = Watcher(daemon)
            self.assertEqual(watcher.next(), SERVING)
            request = daemon.schema.message("grpc.reflection.v1.ServerReflectionRequest")
            questions = queue.SimpleQueue()
            answers = daemon.channel().stream_stream(
                "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
                request_serializer=request.SerializeToString)(iter(questions.get, None))
            questions.put(request(list_services="*"))
            self.assertTrue(next(answers))
            daemon.process.send_signal(signal.SIGTERM)
            self.assertEqual(watcher.next(), NOT_SERVING)
            self.assertEqual(watcher.next().code().name, "UNAVAILABLE")
            with self.assertRaises(grpc.RpcError) as caught:
                next(answers)
            self.assertEqual(caught.exception.code().name, "UNAVAILABLE")
            questions.put(None)
            self.assertEqual(daemon.process.wait(60), 0, "\n".join(daemon.log[-20:]))

    def test_two_signals_of_the_end_still_end_well(self):
        with Daemon() as daemon:
            process = daemon.process
            process.send_signal(signal.SIGTERM)
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(60), 0)

    def test_the_end_again_and_again_while_the_database_ends_still_ends_well(self):
        with Daemon() as daemon:
            process = daemon.process
            while process.poll() is None:
                process.send_signal(signal.SIGTERM)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(0.005)
            self.assertEqual(process.returncode, 0)
            daemon.reader.join(60)  # to the end of what it wrote
            self.assertIn("event=stopped", daemon.log[-1])


if __name__ == "__main__":
    unittest.main()
