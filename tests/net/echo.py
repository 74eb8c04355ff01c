# SPDX-License-Identifier: Apache-2.0
"""The echo server of tests/unit/net behind real sockets, and a client that says any frame it likes.

Frames are built by hyperframe and headers by hpack (both come with python3-h2); nothing checks what is
sent. Every wait is bounded and for an event.
"""
import pathlib
import signal
import socket
import ssl
import subprocess
import tempfile

import hpack
from hyperframe.frame import (ContinuationFrame, DataFrame, Frame, GoAwayFrame, HeadersFrame, PingFrame,
                              RstStreamFrame, SettingsFrame, WindowUpdateFrame)

from tests.support import paths

WAIT_S = 10
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


def make_certificate(directory, name="server"):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-keyout", directory / "key.pem", "-out", directory / "certificate.pem", "-days", "2",
                    "-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"],
                   check=True, capture_output=True)


class Server:
    """Started with limits by keyword; its end checks that the loop closed and that no call was left."""

    def __init__(self, **limits):
        self.limits = [f"{name}={value}" for name, value in limits.items()]
        self.directory = tempfile.TemporaryDirectory(prefix="touchstone-net-")
        self.folder = pathlib.Path(self.directory.name)
        self.metrics = {}

    def __enter__(self):
        make_certificate(self.folder)
        program = paths.build() / "tests" / "unit" / "net" / "echo_server"
        self.process = subprocess.Popen(
            [program, self.folder / "certificate.pem", self.folder / "key.pem", *self.limits],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline().split()[1])
        return self

    def release(self):
        """Answers all calls that hang."""
        self.process.stdin.write("r")
        self.process.stdin.flush()

    def reload(self):
        self.process.send_signal(signal.SIGHUP)
        return self.process.stdout.readline()

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)

    def finish(self):
        out, errors = self.process.communicate(timeout=120)  # with the leak check, on a busy machine
        for line in out.splitlines():
            name, _, value = line.rpartition(" ")
            if not line.startswith("#"):
                self.metrics[name] = value
        if self.process.returncode != 0:
            raise AssertionError(f"the server ended with {self.process.returncode}:\n{out}\n{errors}")

    def __exit__(self, kind, *_):
        try:
            if self.process.poll() is None:
                self.finish() if kind is None else self.process.kill()
            self.process.communicate()
        finally:
            self.directory.cleanup()

    def url(self, path):
        return f"https://127.0.0.1:{self.port}{path}"


def connect(port, alpn=("h2",), **context_options):
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if alpn:
        context.set_alpn_protocols(list(alpn))
    for name, value in context_options.items():
        setattr(context, name, value)
    plain = socket.create_connection(("127.0.0.1", port), timeout=WAIT_S)
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return context.wrap_socket(plain, server_hostname="localhost")


class Link:
    """One HTTP/2 connection; `greet=False` leaves even the preface to the caller."""

    def __init__(self, port, greet=True, settings=None):
        self.socket = connect(port)
        self.encoder, self.decoder = hpack.Encoder(), hpack.Decoder()
        self.buffer, self.seen = b"", []
        if greet:
            self.raw(PREFACE)
            self.send(SettingsFrame(0, settings=settings or {}))
            self.wait(lambda frame: isinstance(frame, SettingsFrame) and "ACK" in frame.flags)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def raw(self, data):
        self.socket.sendall(data)

    def send(self, *frames):
        self.raw(b"".join(frame.serialize() for frame in frames))

    def frame(self, kind, flags, stream_id, payload):
        """A frame that hyperframe would refuse to build."""
        self.raw(len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream_id.to_bytes(4, "big") + payload)

    def block(self, fields):
        return self.encoder.encode(fields, huffman=False)

    def headers(self, stream_id, fields=None, end=True, path="/readyz", method="GET", block=None):
        if fields is None:
            fields = [(":method", method), (":scheme", "https"), (":path", path), (":authority", "localhost")]
        frame = HeadersFrame(stream_id, self.block(fields) if block is None else block)
        frame.flags.add("END_HEADERS")
        if end:
            frame.flags.add("END_STREAM")
        self.send(frame)

    def call(self, stream_id, path="/echo.Echo/Unary", message=b"hello", end=True):
        fields = [(":method", "POST"), (":scheme", "https"), (":path", path), (":authority", "localhost"),
                  ("content-type", "application/grpc"), ("te", "trailers")]
        self.headers(stream_id, fields, end=False)
        self.data(stream_id, b"\0" + len(message).to_bytes(4, "big") + message, end)

    def data(self, stream_id, data=b"", end=False):
        frame = DataFrame(stream_id, data)
        if end:
            frame.flags.add("END_STREAM")
        self.send(frame)

    def read(self):
        """The next frame; None when the server has hung up."""
        while True:
            if len(self.buffer) >= 9:
                frame, length = Frame.parse_frame_header(memoryview(self.buffer[:9]))
                if len(self.buffer) >= 9 + length:
                    frame.parse_body(memoryview(self.buffer[9:9 + length]))
                    self.buffer = self.buffer[9 + length:]
                    self.seen.append(frame)
                    if isinstance(frame, (HeadersFrame, ContinuationFrame)):
                        frame.fields = dict(self.decoder.decode(frame.data))
                    return frame
            try:
                data = self.socket.recv(65536)
            except (ConnectionResetError, ssl.SSLError):
                return None
            if not data:
                return None
            self.buffer += data

    def wait(self, wanted):
        """The next frame that `wanted` takes; None when the server hangs up before."""
        while (frame := self.read()) is not None:
            if wanted(frame):
                return frame
        return None

    def wait_answer(self, stream_id):
        """All headers and trailers of a stream together, with its data under b""."""
        answer = {b"": b""}
        while True:
            frame = self.read()
            if frame is None:
                raise AssertionError(f"the server hung up; frames: {self.seen}")
            if frame.stream_id != stream_id:
                continue
            if isinstance(frame, HeadersFrame):
                answer.update(frame.fields)
            elif isinstance(frame, DataFrame):
                answer[b""] += frame.data
            elif isinstance(frame, RstStreamFrame):
                answer["reset"] = frame.error_code
                return answer
            if "END_STREAM" in frame.flags:
                return answer

    def wait_goaway(self):
        return self.wait(lambda frame: isinstance(frame, GoAwayFrame))

    def ping(self, data=b"12345678"):
        """True when the server still answers."""
        self.send(PingFrame(0, data))
        return self.wait(lambda frame: isinstance(frame, PingFrame) and "ACK" in frame.flags) is not None

    def window(self, stream_id, increment):
        self.send(WindowUpdateFrame(stream_id, window_increment=increment))

    def is_hung_up(self):
        return self.wait(lambda frame: False) is None
