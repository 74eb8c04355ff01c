# SPDX-License-Identifier: Apache-2.0
"""Connections from outside: other people's clients, deadlines, slow and vanishing peers, drain, and a new
certificate while running. Each server's end checks that nothing was left open."""
import os
import select
import signal
import socket
import ssl
import subprocess
import unittest

from hyperframe.frame import GoAwayFrame, PingFrame

from tests.net.echo import PREFACE, Link, Server, connect, make_certificate

HANG = "/echo.Echo/Hang"
CALM = 11


def curl(server, path, *options):
    return subprocess.run(["curl", "-s", "--http2", "--cacert", server.folder / "certificate.pem", *options,
                           server.url(path)], capture_output=True, timeout=60, check=False)


def deadline(server, name):
    return int(server.metrics[f'touchstone_net_limit_total{{limit="{name}_timeout_ms"}}'])


class Clients(unittest.TestCase):
    def test_curl_gets_a_page(self):
        with Server() as server:
            answer = curl(server, "/readyz", "-w", "%{http_code} %{http_version}")
            self.assertEqual(b"/readyz200 2", answer.stdout)

    def test_curl_learns_that_it_posted_the_wrong_type(self):
        with Server() as server:
            for body in ("few", "x" * 100000):
                answer = curl(server, "/echo.Echo/Unary", "-d", body, "-o", os.devnull, "-w", "%{http_code}")
                self.assertEqual(b"415", answer.stdout)

    def test_curl_does_a_call(self):
        with Server() as server:
            body = server.folder / "body"
            body.write_bytes(b"\0\0\0\0\5hello")
            answer = curl(server, "/echo.Echo/Unary", "-H", "content-type: application/grpc", "--data-binary",
                          f"@{body}", "-D", "-")
            self.assertIn(b"\0\0\0\0\5hello", answer.stdout)
            self.assertIn(b"grpc-status: 0", answer.stdout)

    def test_a_thousand_requests_over_a_hundred_connections(self):
        with Server() as server:
            run = subprocess.run(["h2load", "-n", "5000", "-c", "100", "-m", "10", server.url("/readyz")],
                                 capture_output=True, text=True, timeout=120, check=True)
            self.assertIn("5000 succeeded, 0 failed", run.stdout)

    def test_http_1_1_and_plaintext_are_closed_cleanly(self):
        with Server() as server:
            with self.assertRaises((ssl.SSLError, ConnectionResetError)):
                with connect(server.port, alpn=["http/1.1"]) as link:
                    link.sendall(b"GET / HTTP/1.1\r\n\r\n")
                    if link.recv(100) == b"":
                        raise ConnectionResetError
            with socket.create_connection(("127.0.0.1", server.port), timeout=10) as plain:
                plain.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                while plain.recv(1000):
                    pass

    def test_tls_1_1_is_refused_and_1_2_is_taken(self):
        with Server() as server:
            with connect(server.port, maximum_version=ssl.TLSVersion.TLSv1_2) as link:
                self.assertEqual("TLSv1.2", link.version())
            with self.assertRaises((ssl.SSLError, ValueError, ConnectionResetError)):
                connect(server.port, minimum_version=ssl.TLSVersion.TLSv1_1,
                        maximum_version=ssl.TLSVersion.TLSv1_1)


class Deadlines(unittest.TestCase):
    def test_a_handshake_that_is_not_finished(self):
        with Server(handshake_timeout_ms=200) as server:
            with socket.create_connection(("127.0.0.1", server.port), timeout=10) as plain:
                self.assertEqual(b"", plain.recv(1))
            server.finish()
            self.assertEqual(1, deadline(server, "handshake"))

    def test_a_preface_that_does_not_come(self):
        with Server(handshake_timeout_ms=1000) as server:  # a busy machine has TLS done by then
            with Link(server.port, greet=False) as link:
                link.raw(PREFACE[:10])
                self.assertTrue(link.is_hung_up())
            server.finish()
            self.assertEqual(1, deadline(server, "handshake"))

    def test_a_header_block_that_is_not_finished(self):
        with Server(header_timeout_ms=200) as server:
            with Link(server.port) as link:
                link.frame(1, 0, 1, link.block([(":method", "GET")]))
                self.assertTrue(link.is_hung_up())
            server.finish()
            self.assertEqual("1", server.metrics['touchstone_net_limit_total{limit="header_timeout_ms"}'])

    def test_an_idle_connection_is_told_goodbye(self):
        with Server(idle_timeout_ms=1000) as server:
            with Link(server.port) as link:
                link.call(1)
                link.wait_answer(1)
                goaway = link.wait_goaway()
                self.assertEqual((0, 1), (goaway.error_code, goaway.last_stream_id))
                self.assertTrue(link.is_hung_up())
            server.finish()
            self.assertEqual(1, deadline(server, "idle"))

    def test_a_connection_with_a_call_is_not_idle(self):
        with Server(idle_timeout_ms=1000, handshake_timeout_ms=3000) as server:
            with Link(server.port) as link, Link(server.port, greet=False) as clock:
                link.call(1, HANG)
                self.assertTrue(clock.is_hung_up())  # three times the idle time has passed
                server.release()
                self.assertEqual("0", link.wait_answer(1)["grpc-status"])

    def test_a_peer_that_does_not_read_is_cut(self):
        with Server(write_timeout_ms=300, stream_output_bytes=1 << 20) as server:
            with Link(server.port) as link:
                link.window(0, 2**30)
                for number in range(1, 60, 2):
                    link.call(number, "/echo.Echo/Stream", bytes(16000))
                    link.window(number, 2**30)
                with Link(server.port) as other:  # others are served meanwhile
                    other.headers(1)
                    self.assertEqual("200", other.wait_answer(1)[":status"])
                end = select.poll()
                end.register(link.socket, select.POLLERR)
                self.assertTrue(end.poll(60000))  # reset, without a byte read
            server.finish()
            self.assertEqual(1, deadline(server, "write"))


class Peers(unittest.TestCase):
    def test_peers_that_vanish_at_any_moment_leave_nothing(self):
        with Server() as server:
            for path in (HANG, "/echo.Echo/Unary", "/echo.Echo/Stream", "/echo.Echo/Early", "/echo.Echo/Reset"):
                for end in (False, True):
                    link = Link(server.port)
                    link.call(1, path, bytes(10000), end=end)
                    # RST instead of FIN
                    link.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                    link.socket.close()
            with Link(server.port) as link:
                link.headers(1)
                self.assertEqual("200", link.wait_answer(1)[":status"])

    def test_a_connection_cut_after_any_byte_leaves_nothing(self):
        with Server() as server:
            with Link(server.port) as probe:
                sent = []
                probe.raw = sent.append
                probe.call(1)
                request = b"".join(sent)
            for cut in range(0, len(request), 7):
                with Link(server.port) as link:
                    link.raw(request[:cut])

    def test_too_many_pings_are_told_by_name(self):
        with Server(ping_minimum_ms=20000) as server:
            with Link(server.port) as link:
                for _ in range(4):
                    link.send(PingFrame(0, b"12345678"))
                goaway = link.wait_goaway()
                self.assertEqual((CALM, b"too_many_pings"), (goaway.error_code, goaway.additional_data))
                self.assertTrue(link.is_hung_up())

    def test_connections_of_one_address_are_capped(self):
        with Server(connections_per_address=2) as server:
            with Link(server.port), Link(server.port):
                with self.assertRaises((ssl.SSLError, ConnectionResetError)):
                    Link(server.port)
            # Their places are free again once the server has seen them go.
            while True:
                try:
                    with Link(server.port):
                        break
                except (ssl.SSLError, ConnectionResetError):
                    continue


class Drain(unittest.TestCase):
    def test_open_calls_end_and_new_ones_go_elsewhere(self):
        with Server() as server:
            with Link(server.port) as link:
                link.call(1, HANG)
                link.ping()
                server.terminate()
                self.assertEqual(2**31 - 1, link.wait_goaway().last_stream_id)
                ping = link.wait(lambda f: isinstance(f, PingFrame))
                link.call(3)  # crosses the notice: still served
                link.send(PingFrame(0, ping.opaque_data, flags=["ACK"]))
                self.assertEqual(3, link.wait_goaway().last_stream_id)
                with self.assertRaises((ConnectionRefusedError, ConnectionResetError)):
                    connect(server.port)
                server.release()
                self.assertEqual("0", link.wait_answer(1)["grpc-status"])
                self.assertTrue(link.is_hung_up())
            server.finish()

    def test_a_client_that_answers_no_ping_is_told_the_last_stream_too(self):
        with Server() as server:
            with Link(server.port) as link:
                server.terminate()
                self.assertEqual(2**31 - 1, link.wait_goaway().last_stream_id)
                self.assertEqual(0, link.wait_goaway().last_stream_id)
                self.assertTrue(link.is_hung_up())
            server.finish()

    def test_a_call_that_does_not_end_is_cut_at_the_deadline(self):
        with Server(drain_timeout_ms=300) as server:
            with Link(server.port) as link:
                link.call(1, HANG)
                link.ping()
                server.terminate()
                self.assertTrue(link.is_hung_up())
            server.finish()

    def test_no_call_fails_while_servers_take_turns(self):
        """A load that reconnects at GOAWAY, as gRPC clients do, loses nothing when a server drains."""
        with Server() as server:
            answered, number = 0, 1
            with Link(server.port) as link:
                for _ in range(50):
                    link.call(number)
                    number += 2
                server.terminate()
                refused_after = None
                for stream_id in range(1, number, 2):
                    if refused_after is None or stream_id <= refused_after:
                        self.assertEqual("0", answer_after_drain(link, stream_id)["grpc-status"])
                        answered += 1
                    goaways = [f.last_stream_id for f in link.seen if isinstance(f, GoAwayFrame)]
                    refused_after = min(goaways, default=None)
            server.finish()
            self.assertEqual(50, answered)


def answer_after_drain(link, stream_id):
    """The answer of a stream whose frames may have been read already."""
    answer = {}
    for frame in link.seen:
        if frame.stream_id == stream_id and hasattr(frame, "fields"):
            answer.update(frame.fields)
    while "grpc-status" not in answer:
        frame = link.read()
        if frame is None:
            raise AssertionError(f"no answer for stream {stream_id}")
        if isinstance(frame, PingFrame) and "ACK" not in frame.flags:
            link.send(PingFrame(0, frame.opaque_data, flags=["ACK"]))
        if frame.stream_id == stream_id and hasattr(frame, "fields"):
            answer.update(frame.fields)
    return answer


class Certificates(unittest.TestCase):
    def peer_name(self, server):
        with connect(server.port) as link:
            return link.getpeercert(binary_form=True)

    def test_a_new_certificate_is_taken_and_a_bad_one_is_not(self):
        with Server() as server:
            first = self.peer_name(server)
            with Link(server.port) as link:
                make_certificate(server.folder, "renewed")
                self.assertEqual("reload good\n", server.reload())
                second = self.peer_name(server)
                self.assertNotEqual(first, second)
                (server.folder / "key.pem").write_text("no key")
                self.assertIn("no private key", server.reload())
                self.assertEqual(second, self.peer_name(server))
                link.headers(1)  # who was connected before stays connected
                self.assertEqual("200", link.wait_answer(1)[":status"])

    def test_sighup_and_sigterm_together_end_in_order(self):
        with Server() as server:
            server.process.send_signal(signal.SIGHUP)
            server.terminate()
            server.finish()


if __name__ == "__main__":
    unittest.main()
