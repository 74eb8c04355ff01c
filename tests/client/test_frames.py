# SPDX-License-Identifier: Apache-2.0
"""The HTTP/2 frames of a call, against python3-h2: what no well-behaved server would show or send."""
import contextlib
import socket
import ssl
import threading

import h2.config
import h2.connection
import h2.events

from tests.client.case import ServerCase

HEADERS = [(":status", "200"), ("content-type", "application/grpc")]


class RawServer:
    """Accepts connections one after the other; `answer(connection, stream, headers, body)` writes."""

    def __init__(self, certificate, key, answer, alpn=("h2",)):
        self.answer, self.seen, self.protocols = answer, [], []
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)
        self.context.set_alpn_protocols(list(alpn))
        self.listener = socket.create_server(("localhost", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def stop(self):
        self.listener.close()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                peer, _ = self.listener.accept()
                with contextlib.suppress(OSError, ssl.SSLError), peer, \
                        self.context.wrap_socket(peer, server_side=True) as link:
                    self.protocols.append(link.selected_alpn_protocol())
                    self.serve(link)

    def serve(self, link):
        connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False, header_encoding="utf-8"))
        connection.initiate_connection()
        link.sendall(connection.data_to_send())
        headers, body = {}, b""
        while data := link.recv(65536):
            for event in connection.receive_data(data):
                if isinstance(event, h2.events.RequestReceived):
                    headers = dict(event.headers)
                elif isinstance(event, h2.events.DataReceived):
                    body += event.data
                    connection.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                elif isinstance(event, h2.events.StreamEnded):
                    self.seen.append((headers, body))
                    if self.answer(connection, event.stream_id, link) == "cut":
                        return
            link.sendall(connection.data_to_send())


class Frames(ServerCase):
    def serve(self, answer, **options):
        server = RawServer(self.certificate, self.key, answer, **options)
        self.addCleanup(server.stop)
        self.use(server.port)
        return server

    def framed(self, payload, flag=0):
        return bytes([flag]) + len(payload).to_bytes(4, "big") + payload

    def whoami(self):
        return self.message("WhoAmIResponse", desk="D1").SerializeToString()

    def test_the_request_is_as_grpc_demands(self):
        def answer(connection, stream, link):
            connection.send_headers(stream, HEADERS + [("grpc-status", "0")], end_stream=True)
        server = self.serve(answer)
        self.run_client("person", "find", "1234", "--timeout", "9", expect=1)
        headers, body = server.seen[0]
        self.assertEqual({name: headers[name] for name in (":method", ":scheme", ":path", "content-type", "te", "grpc-timeout")},
                         {":method": "POST", ":scheme": "https", ":path": "/touchstone.v1.DeskService/FindPersons",
                          "content-type": "application/grpc", "te": "trailers", "grpc-timeout": "9000m"})
        self.assertEqual(headers[":authority"], self.address)
        self.assertNotIn("accept", headers)
        self.assertEqual(body, self.framed(self.message("FindPersonsRequest", query="1234").SerializeToString()))

    def test_messages_may_come_byte_by_byte(self):
        def answer(connection, stream, link):
            connection.send_headers(stream, HEADERS)
            for byte in self.framed(self.whoami()):
                connection.send_data(stream, bytes([byte]))
                link.sendall(connection.data_to_send())
            connection.send_headers(stream, [("grpc-status", "0")], end_stream=True)
        self.serve(answer)
        self.assertEqual(self.run_client("whoami", "--field", "desk").stdout, "D1\n")

    def test_a_status_in_the_only_headers_is_read(self):
        def answer(connection, stream, link):
            connection.send_headers(stream, HEADERS + [("grpc-status", "5"), ("grpc-message", "no%20%E6%A0%B7 100%")],
                                    end_stream=True)
        self.serve(answer)
        self.assertIn("no 样 100%", self.run_client("whoami", expect=3).stderr)

    def test_padded_and_unpadded_details_are_read(self):
        for value in ("CAUSBGdvbmU=", "CAUSBGdvbmU"):
            def answer(connection, stream, link, value=value):
                connection.send_headers(stream, HEADERS + [("grpc-status", "5"), ("grpc-message", "other"),
                                                           ("grpc-status-details-bin", value)], end_stream=True)
            self.serve(answer)
            self.assertIn("touchstone: gone\n", self.run_client("whoami", expect=3).stderr)

    def test_details_that_are_no_base64_leave_the_message(self):
        def answer(connection, stream, link):
            connection.send_headers(stream, HEADERS + [("grpc-status", "5"), ("grpc-message", "plain"),
                                                       ("grpc-status-details-bin", "!!!")], end_stream=True)
        self.serve(answer)
        self.assertIn("touchstone: plain\n", self.run_client("whoami", expect=3).stderr)

    def test_a_stream_without_status_is_no_success(self):
        def answer(connection, stream, link):
            connection.send_headers(stream, HEADERS)
            connection.send_data(stream, self.framed(self.whoami()), end_stream=True)
        self.serve(answer)
        self.assertIn("ended before its status", self.run_client("whoami", "--retries", "0", expect=7).stderr)

    def test_a_message_cut_short_is_no_success(self):
        def answer(connection, stream, link):
            connection.send_headers(stream, HEADERS)
            connection.send_data(stream, self.framed(self.whoami())[:-1])
            connection.send_headers(stream, [("grpc-status", "0")], end_stream=True)
        self.serve(answer)
        self.assertIn("within a message", self.run_client("whoami", "--retries", "0", expect=7).stderr)

    def bad_message(self, data, told):
        def answer(connection, stream, link):
            connection.send_headers(stream, HEADERS)
            connection.send_data(stream, data)
            connection.send_headers(stream, [("grpc-status", "0")], end_stream=True)
        self.serve(answer)
        self.assertIn(told, self.run_client("whoami", expect=1).stderr)

    def test_two_answers_to_one_call_are_refused(self):
        self.bad_message(self.framed(self.whoami()) * 2, "two answers")

    def test_a_compressed_answer_is_refused(self):
        self.bad_message(self.framed(self.whoami(), flag=1), "compressed")

    def test_garbage_is_refused(self):
        self.bad_message(self.framed(b"\xff\xff\xff\xff\xff"), "cannot be read")
        self.bad_message(self.framed(b"\x12\x02\xff\xfe"), "cannot be read")

    def test_a_length_that_lies_takes_no_memory(self):
        def answer(connection, stream, link):
            connection.send_headers(stream, HEADERS)
            connection.send_data(stream, b"\x00\xff\xff\xff\xff")
            connection.send_headers(stream, [("grpc-status", "0")], end_stream=True)
        self.serve(answer)
        self.run_client("whoami", "--retries", "0", expect=7)

    def test_a_web_server_is_not_taken_for_grpc(self):
        for status, expected in (("404", 1), ("503", 7), ("200", 7), ("403", 5)):
            def answer(connection, stream, link, status=status):
                connection.send_headers(stream, [(":status", status), ("content-type", "text/html")])
                connection.send_data(stream, b"<html>" * 10, end_stream=True)
            self.serve(answer)
            told = self.run_client("whoami", "--retries", "0", expect=expected).stderr
            self.assertIn(f"HTTP status {status}", told)

    def test_a_reset_after_the_trailers_is_still_an_answer(self):
        def answer(connection, stream, link):
            connection.send_headers(stream, HEADERS)
            connection.send_data(stream, self.framed(self.whoami()))
            connection.send_headers(stream, [("grpc-status", "0")], end_stream=True)
            link.sendall(connection.data_to_send())
            # The frame by hand: h2 does not reset a stream that has ended.
            link.sendall(b"\x00\x00\x04\x03\x00" + stream.to_bytes(4, "big") + b"\x00\x00\x00\x00")
        self.serve(answer)
        self.assertEqual(self.run_client("whoami", "--field", "desk").stdout, "D1\n")

    def test_a_connection_that_ends_without_an_answer_is_unknown_for_a_write(self):
        server = self.serve(lambda connection, stream, link: "cut")
        self.run_client("test", "auto-assign", "--retries", "1", expect=9)
        self.assertEqual(len({body for _, body in server.seen}), 1)
        self.assertEqual(len(server.seen), 2)

    def test_a_server_without_h2_gets_no_request(self):
        for alpn in (("http/1.1",), ()):
            server = self.serve(lambda connection, stream, link: None, alpn=alpn)
            told = self.run_client("whoami", "--retries", "0", expect=4).stderr
            self.assertNotEqual(told, "")
            self.assertEqual(server.seen, [])

    def test_a_read_and_its_write_share_one_connection(self):
        read = self.message("GetTestResponse", test={"version": 3}).SerializeToString()

        def answer(connection, stream, link):
            connection.send_headers(stream, HEADERS)
            connection.send_data(stream, self.framed(read))
            connection.send_headers(stream, [("grpc-status", "0")], end_stream=True)
        server = self.serve(answer)
        self.run_client("test", "claim", "5b0e1c2a-0000-4000-8000-000000000001")
        self.assertEqual((len(server.seen), server.protocols), (2, ["h2"]))
