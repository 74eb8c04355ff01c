# SPDX-License-Identifier: Apache-2.0
"""A raw HTTP/2 client over TLS (python3-h2): says what no gRPC library would say, and shows headers,
trailers and frames as they came. Blocking, every wait bounded."""
import base64
import socket
import ssl
import struct
from urllib.parse import unquote

import h2.config
import h2.connection
import h2.events

WAIT_S = 30


def frame(message, compressed=False):
    """The length-prefixed message of gRPC."""
    return struct.pack(">BI", compressed, len(message)) + message


def unframe(data):
    """[(compressed, message)] of a response body."""
    messages = []
    while data:
        compressed, length = struct.unpack(">BI", data[:5])
        messages.append((bool(compressed), data[5:5 + length]))
        data = data[5 + length:]
    return messages


def unbase64(text):
    """Padded or not."""
    return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)


class Answer:
    def __init__(self):
        self.headers, self.trailers, self.data = [], [], b""
        self.ended, self.reset, self.blocks = False, None, 0

    def all(self):
        return dict(self.headers + self.trailers)

    @property
    def http_status(self):
        return int(dict(self.headers)[":status"])

    @property
    def status(self):
        text = self.all().get("grpc-status")
        return None if text is None else int(text)

    @property
    def message(self):
        return unquote(self.all().get("grpc-message", ""))

    @property
    def trailers_only(self):
        return self.blocks == 1 and not self.data

    @property
    def messages(self):
        return unframe(self.data)


class Raw:
    def __init__(self, daemon, wait_s=WAIT_S):
        context = ssl.create_default_context(cafile=str(daemon.certificate))
        context.set_alpn_protocols(["h2"])
        plain = socket.create_connection(("127.0.0.1", daemon.port), timeout=wait_s)
        self.socket = context.wrap_socket(plain, server_hostname="localhost")
        self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(
            header_encoding="utf-8", validate_outbound_headers=False, normalize_outbound_headers=False))
        self.answers = {}
        self.goaway = None
        self.h2.initiate_connection()
        self.flush()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def flush(self):
        self.socket.sendall(self.h2.data_to_send())

    def open(self, path, headers=(), method="POST", content_type="application/grpc", token=None, end=False):
        stream = self.h2.get_next_available_stream_id()
        head = [(":method", method), (":scheme", "https"), (":path", path), (":authority", "localhost")]
        if content_type:
            head += [("content-type", content_type), ("te", "trailers")]
        if token:
            head.append(("authorization", f"Bearer {token}"))
        self.h2.send_headers(stream, head + list(headers), end_stream=end)
        self.answers[stream] = Answer()
        self.flush()
        return stream

    def send(self, stream, data, end=False, piece=16384):
        """Waits for the window where it must."""
        while data:
            room = min(self.h2.local_flow_control_window(stream), self.h2.max_outbound_frame_size, piece)
            if self.answers[stream].ended:
                return
            if room <= 0:
                self.read()
                continue
            self.h2.send_data(stream, data[:room])
            data = data[room:]
            self.flush()
        if end and not self.answers[stream].ended:
            self.h2.end_stream(stream)
            self.flush()

    def read(self):
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError("the daemon hung up")
        for event in self.h2.receive_data(data):
            answer = self.answers.get(getattr(event, "stream_id", None))
            if isinstance(event, h2.events.ResponseReceived):
                answer.headers, answer.blocks = list(event.headers), answer.blocks + 1
            elif isinstance(event, h2.events.TrailersReceived):
                answer.trailers, answer.blocks = list(event.headers), answer.blocks + 1
            elif isinstance(event, h2.events.DataReceived):
                answer.data += event.data
                self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            elif isinstance(event, h2.events.StreamEnded):
                answer.ended = True
            elif isinstance(event, h2.events.StreamReset):
                answer.ended, answer.reset = True, event.error_code
            elif isinstance(event, h2.events.ConnectionTerminated):
                self.goaway = event
        self.flush()

    def finish(self, stream):
        answer = self.answers[stream]
        while not answer.ended:
            self.read()
        return answer

    def call(self, path, message=b"", body=None, piece=16384, **head):
        """One unary call."""
        stream = self.open(path, **head)
        self.send(stream, frame(message) if body is None else body, end=True, piece=piece)
        return self.finish(stream)
