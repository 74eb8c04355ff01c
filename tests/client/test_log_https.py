# SPDX-License-Identifier: Apache-2.0
"""touchstone log audit over HTTPS, from a mirror that python3-h2 serves: another implementation of HTTP/2."""
import json
import pathlib
import shutil
import socket
import ssl
import tempfile
import threading
import unittest

import h2.config
import h2.connection
import h2.events
import h2.exceptions

from tests.client.case import ClientCase, make_authority
from tests.client.test_log_audit import usual

CHUNK = 16000


class Mirror:
    """Serves a folder below /log and /s over HTTP/2, one thread a connection. answers[path] is a list of statuses that are
    given before the file is."""

    def __init__(self, folder, certificate, key, protocols=("h2",)):
        self.folder, self.answers, self.asked = folder, {}, []
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)
        self.context.set_alpn_protocols(list(protocols))
        self.listener = socket.create_server(("localhost", 0))
        self.url = f"https://localhost:{self.listener.getsockname()[1]}/log"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(near,), daemon=True).start()

    def serve(self, near):
        try:
            with self.context.wrap_socket(near, server_side=True) as wire:
                self.talk(wire)
        except (OSError, h2.exceptions.ProtocolError):
            pass

    def talk(self, wire):
        connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        connection.initiate_connection()
        waiting = {}
        while True:
            wire.sendall(connection.data_to_send())
            data = wire.recv(65536)
            if not data:
                return
            for event in connection.receive_data(data):
                if isinstance(event, h2.events.RequestReceived):
                    waiting[event.stream_id] = self.answer(connection, event)
                elif isinstance(event, h2.events.StreamReset):
                    waiting.pop(event.stream_id, None)
            for stream in list(waiting):
                waiting[stream] = self.send(connection, stream, waiting[stream])
                if not waiting[stream]:
                    del waiting[stream]

    def answer(self, connection, event):
        path = dict(event.headers)[":path" if isinstance(event.headers[0][0], str) else b":path"]
        path = path if isinstance(path, str) else path.decode()
        self.asked.append(path)
        status = self.answers.get(path, []).pop(0) if self.answers.get(path) else 200
        file = self.folder / path.lstrip("/")
        body = memoryview(file.read_bytes() if status == 200 and file.is_file() else b"")
        status = 404 if status == 200 and not file.is_file() else status
        connection.send_headers(event.stream_id, [(":status", str(status))], end_stream=not body)
        return body

    @staticmethod
    def send(connection, stream, body):
        while body:
            room = min(connection.local_flow_control_window(stream), CHUNK)
            if room <= 0:
                return body
            connection.send_data(stream, bytes(body[:room]), end_stream=len(body) <= room)
            body = body[room:]
        return body


class LogOverHttps(ClientCase):
    @classmethod
    def setUpClass(cls):
        cls.keys = pathlib.Path(tempfile.mkdtemp(prefix="touchstone-keys-"))
        cls.addClassCleanup(shutil.rmtree, cls.keys)
        cls.authority, cls.certificate, cls.key = make_authority(cls.keys)

    def setUp(self):
        super().setUp()
        self.folder = usual().write(self.directory / "public")
        self.mirror = self.serve()

    def serve(self, **how):
        mirror = Mirror(self.folder, self.certificate, self.key, **how)
        self.addCleanup(mirror.listener.close)
        return mirror

    def audit(self, *words, expect=0, url=None):
        result = self.run_client("log", "audit", "--url", url or self.mirror.url, "--ca", self.authority, "--json", *words,
                                 expect=expect)
        return json.loads(result.stdout) if result.stdout else result.stderr

    def test_a_mirror_is_audited_as_its_folder_is(self):
        here = json.loads(self.run_client("log", "audit", "--directory", self.folder, "--json").stdout)
        self.assertEqual(self.audit(), here)
        self.assertEqual(self.audit(url=self.mirror.url + "/"), here)
        self.assertIn("/s/data.json", self.mirror.asked)

    def test_what_is_busy_is_asked_for_again(self):
        self.mirror.answers["/log/tile/entries/001"] = [503, 429]
        self.assertEqual(self.audit()["finding_count"], 0)
        self.assertEqual(self.mirror.asked.count("/log/tile/entries/001"), 3)

    def test_what_stays_busy_or_is_forbidden_is_no_finding(self):
        self.mirror.answers["/log/checkpoint"] = [503] * 10
        self.assertIn("busy", self.audit(expect=7))
        self.mirror.answers["/log/checkpoint"] = [403]
        self.assertIn("answers 403", self.audit(expect=7))

    def test_what_is_not_there_is_a_finding(self):
        self.mirror.answers["/log/tile/0/001"] = [410]
        self.assertIn("TILE_BROKEN", [one["code"] for one in self.audit(expect=1)["findings"]])

    def test_a_file_that_is_too_long_is_not_fetched_to_its_end(self):
        (self.folder / "log/status/0").write_bytes(bytes(50_000_000))
        self.assertIn("STATUS_BROKEN", [one["code"] for one in self.audit(expect=1)["findings"]])

    def test_another_authority_or_protocol_is_refused(self):
        other, _, _ = make_authority(self.directory, "other")
        told = self.run_client("log", "audit", "--url", self.mirror.url, "--ca", other, expect=4).stderr
        self.assertIn("no trusted connection", told)
        old = self.serve(protocols=("http/1.1",))
        self.run_client("log", "audit", "--url", old.url, "--ca", self.authority, expect=7)


if __name__ == "__main__":
    unittest.main()
