# SPDX-License-Identifier: Apache-2.0
"""What the client's tests share: running the real program, and a real gRPC server over TLS to call.

The server is python3-grpcio with generic handlers: it answers what a test tells it to. Nothing of
Touchstone's own server is in it.
"""
import contextlib
import fcntl
import os
import pathlib
import pty
import shutil
import socket
import struct
import subprocess
import tempfile
import termios
import threading
import unittest
from concurrent import futures

os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # refused handshakes are what some tests want

import grpc  # noqa: E402

from tests.support import paths, schema
from tests.support.daemon import STREAMS

PROGRAM = paths.build() / "client" / "touchstone"
METHOD_ROOT = "/touchstone.v1."


def make_authority(directory, name="authority"):
    """A self-signed authority, and a certificate for localhost that it signed."""
    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=directory, check=True, capture_output=True)

    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-keyout", f"{name}.key", "-out", f"{name}.pem", "-subj", f"/CN={name}")
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{name}-server.key",
            "-out", f"{name}-server.csr", "-subj", "/CN=localhost")
    (directory / f"{name}.ext").write_text("subjectAltName=DNS:localhost\n")
    openssl("x509", "-req", "-in", f"{name}-server.csr", "-CA", f"{name}.pem", "-CAkey", f"{name}.key", "-days", "2",
            "-CAcreateserial", "-extfile", f"{name}.ext", "-out", f"{name}-server.pem")
    return directory / f"{name}.pem", directory / f"{name}-server.pem", directory / f"{name}-server.key"


class Call:
    """One call as the server saw it."""

    def __init__(self, method, request, metadata):
        self.method, self.request, self.metadata = method, request, dict(metadata)


class Server(grpc.GenericRpcHandler):
    """answers["BenchService.GetTest"] = function(request, context) -> response (or a generator of them)."""

    def __init__(self, certificate, key, the_schema):
        self.schema, self.answers, self.calls = the_schema, {}, []
        self.server = grpc.server(futures.ThreadPoolExecutor(max_workers=4), handlers=(self,))
        credentials = grpc.ssl_server_credentials([(key.read_bytes(), certificate.read_bytes())])
        self.port = self.server.add_secure_port("localhost:0", credentials)
        self.server.start()

    def stop(self):
        self.server.stop(None).wait()

    def message(self, name, **fields):
        return self.schema.message(f"touchstone.v1.{name}")(**fields)

    def service(self, details):
        short = details.method.removeprefix(METHOD_ROOT).replace("/", ".")
        try:
            method = self.schema.method(short)
        except KeyError:
            return None
        request = self.schema.message(method.input_type.full_name)
        response = self.schema.message(method.output_type.full_name)
        is_stream = short in STREAMS

        def unary(message, context):
            self.calls.append(Call(short, message, context.invocation_metadata()))
            answer = self.answers.get(short)
            return answer(message, context) if answer else response()

        def stream(message, context):
            self.calls.append(Call(short, message, context.invocation_metadata()))
            yield from self.answers[short](message, context)

        make = grpc.unary_stream_rpc_method_handler if is_stream else grpc.unary_unary_rpc_method_handler
        return make(stream if is_stream else unary, request.FromString, response.SerializeToString)


class Cutter:
    """A TCP relay in front of a server that can cut every connection at once."""

    def __init__(self, port):
        self.target, self.sockets, self.lock = port, set(), threading.Lock()
        self.listener = socket.create_server(("localhost", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                far = socket.create_connection(("localhost", self.target))
                with self.lock:
                    self.sockets |= {near, far}
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=self.relay, args=(source, sink), daemon=True).start()

    @staticmethod
    def relay(source, sink):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        source.close()

    def cut(self):
        with self.lock:
            ends, self.sockets = self.sockets, set()
        for end in ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def stop(self):
        self.listener.close()
        self.cut()


class ClientCase(unittest.TestCase):
    """Runs the program with a home of its own."""

    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="touchstone-client-"))
        self.addCleanup(shutil.rmtree, self.directory)
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": str(self.directory), "TERM": "xterm", "LANG": "C.UTF-8",
            "TZ": "UTC", "XDG_CONFIG_HOME": str(self.directory / "config"),
            "XDG_STATE_HOME": str(self.directory / "state"),
            "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", ""), "UBSAN_OPTIONS": os.environ.get("UBSAN_OPTIONS", ""),
        }

    def run_client(self, *words, expect=0, environment=None, stdin="", **options):
        result = subprocess.run([PROGRAM, *map(str, words)], env=self.environment | (environment or {}),
                                input=stdin, capture_output=True, text=True, timeout=60, cwd=self.directory, **options)
        self.assertEqual(result.returncode, expect, f"{words}\n{result.stdout}\n{result.stderr}")
        self.assertNotIn("Sanitizer", result.stderr)
        return result

    def on_terminal(self, *words, columns=0, expect=0, **environment):
        """What the program shows on a terminal that is so many columns wide (0: it does not say), both outputs in one."""
        pid, terminal = pty.fork()
        if pid == 0:
            fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
            os.chdir(self.directory)
            os.execve(PROGRAM, ["touchstone", *map(str, words)], self.environment | environment)
        shown = b""
        with contextlib.suppress(OSError):
            while more := os.read(terminal, 65536):
                shown += more
        os.close(terminal)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), expect, shown)
        return shown.decode().replace("\r\n", "\n")

    @property
    def config(self):
        return self.directory / "config" / "touchstone" / "config"

    def session(self, profile="default"):
        return self.directory / "state" / "touchstone" / f"{profile}.session"

    def write_session(self, server, profile="default", token="00112233445566778899aabbccddeeff"):
        path = self.session(profile)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"server = {server}\nusername = somebody\ntoken = {token}\n")
        path.chmod(0o600)


class ServerCase(ClientCase):
    """With a server of its own, trusted and logged in to."""

    @classmethod
    def setUpClass(cls):
        cls.schema = schema.load()
        cls.keys = pathlib.Path(tempfile.mkdtemp(prefix="touchstone-keys-"))
        cls.addClassCleanup(shutil.rmtree, cls.keys)
        cls.authority, cls.certificate, cls.key = make_authority(cls.keys)

    def setUp(self):
        super().setUp()
        self.server = Server(self.certificate, self.key, self.schema)
        self.addCleanup(self.server.stop)
        self.use(self.server.port)

    def use(self, port):
        self.address = f"localhost:{port}"
        self.environment |= {"TOUCHSTONE_SERVER": self.address, "TOUCHSTONE_CA": str(self.authority),
                             "TOUCHSTONE_LABORATORY": "JEW"}
        self.write_session(self.address)

    def message(self, name, **fields):
        return self.server.message(name, **fields)

    def calls(self, method):
        return [call for call in self.server.calls if call.method == method]
