# SPDX-License-Identifier: Apache-2.0
"""Every limit of server/net/limits.h is met once by a real client, and its counter on the metrics page grows.

docs/limits.md lists the same names (tests/lint/test_limits.py)."""
import contextlib
import gzip
import re
import socket
import time
import unittest

from hyperframe.frame import GoAwayFrame, RstStreamFrame

from tests.net.echo import WAIT_S, Link, Server
from tests.net.test_frames import (ACK, CONTINUATION, DATA, END_HEADERS, HANG, HEADERS, PING, PRIORITY, RST, SETTINGS,
                                   WINDOW, request)

COUNTER = re.compile(r'touchstone_net_limit_total\{limit="(\w+)"\}')
INITIAL_WINDOW = 4
MOST_DATA = 16384


def ended(link):
    """Waits for the server's word against a stream or the connection, or for its hanging up."""
    link.wait(lambda frame: isinstance(frame, (GoAwayFrame, RstStreamFrame)))


def with_link(act, settings=None):
    def attack(server):
        with Link(server.port, settings=settings) as link:
            act(link)
            ended(link)
    return attack


def repeat(count, kind, flags, stream_id, payload):
    return with_link(lambda link: [link.frame(kind, flags, stream_id, payload) for _ in range(count)])


def second_connection(server):
    with Link(server.port), socket.create_connection(("127.0.0.1", server.port), timeout=WAIT_S) as second:
        with contextlib.suppress(ConnectionResetError):
            second.recv(1)


def says_nothing(server):
    with socket.create_connection(("127.0.0.1", server.port), timeout=WAIT_S) as silent:
        silent.recv(1)


def outlasts_the_drain(server):
    with Link(server.port) as link:
        link.call(1, HANG)
        link.ping()
        server.terminate()
        link.is_hung_up()
    server.finish()


def many_resets(link):
    for number in (1, 3, 5):
        link.call(number, HANG, message=b"", end=False)  # a call: a plain request would be answered at its head
        link.frame(RST, 0, number, bytes([0, 0, 0, 8]))


def hanging_data(link, sizes):
    link.frame(SETTINGS, ACK, 0, b"")  # from here on the server may hold us to its windows
    link.call(1, HANG, end=False, message=b"")
    for size in sizes:
        link.frame(DATA, 0, 1, bytes(size))


def unfinished_message(link):
    link.call(1, end=False, message=b"")
    link.data(1, b"\0" + (100000).to_bytes(4, "big") + bytes(5000))
    link.wait_answer(1)


def pings(link, count):
    link.raw(b"".join(b"\0\0\x08" + bytes([PING, 0, 0, 0, 0, 0]) + bytes(8) for _ in range(count)))


def three_blocks(link):
    block = link.block(request())
    link.frame(HEADERS, 0, 1, block[:1])
    for at in range(1, 4):
        link.frame(CONTINUATION, 0, 1, block[at:at + 1])


def zeros(link):
    packed = gzip.compress(bytes(100000))
    link.headers(1, request(("content-type", "application/grpc"), ("te", "trailers"), ("grpc-encoding", "gzip"),
                            change={":method": "POST", ":path": "/echo.Echo/Unary"}), end=False)
    link.data(1, b"\1" + len(packed).to_bytes(4, "big") + packed, end=True)


def answered(act):
    def attack(server):
        with Link(server.port) as link:
            act(link)
            link.wait_answer(1)
    return attack


def breach_of(server, count=1):
    for _ in range(count):
        with Link(server.port) as link:
            link.frame(SETTINGS, 0, 0, b"")
            link.wait_goaway()
            link.is_hung_up()


def waits_and_is_served(server):
    breach_of(server)
    with Link(server.port) as link:
        link.call(1)
        link.wait_answer(1)


def is_refused(server):
    breach_of(server)
    says_nothing(server)


NO_BREACH = {"settings_frames": 1, "calm_breaches": 0}
LONG = [("x-long", "y" * 400)]

# limit: (the server's limits, what a client does until the server reacts)
BREACHES = {
    "connections": ({"connections": 1}, second_connection),
    "connections_per_address": ({"connections_per_address": 1}, second_connection),
    "handshake_timeout_ms": ({"handshake_timeout_ms": 100}, says_nothing),
    "idle_timeout_ms": ({"idle_timeout_ms": 100}, with_link(lambda link: None)),
    "header_timeout_ms": ({"header_timeout_ms": 100}, with_link(lambda link: link.frame(HEADERS, 0, 1, b""))),
    "write_timeout_ms": ({"write_timeout_ms": 100}, with_link(lambda link: link.call(1), {INITIAL_WINDOW: 0})),
    "drain_timeout_ms": ({"drain_timeout_ms": 100}, outlasts_the_drain),
    "linger_timeout_ms": ({"linger_timeout_ms": 50}, with_link(lambda link: link.headers(1, end=False))),
    "streams": ({"streams": 1}, with_link(lambda link: [link.headers(number, path=HANG, end=False) for number in (1, 3)])),
    "header_list_bytes": ({"header_list_bytes": 300}, answered(lambda link: link.headers(1, request(*LONG)))),
    "stream_window_bytes": ({"stream_window_bytes": 1000}, with_link(lambda link: hanging_data(link, [1001]))),
    "connection_window_bytes": ({"connection_window_bytes": 1000},
                                with_link(lambda link: hanging_data(link, [MOST_DATA] * 5))),
    "message_bytes": ({"message_bytes": 100}, answered(lambda link: link.call(1, message=bytes(101)))),
    "connection_input_bytes": ({"connection_input_bytes": 1000}, with_link(unfinished_message)),
    "stream_output_bytes": ({"stream_output_bytes": 1000, "stream_output_low_bytes": 500},
                            answered(lambda link: link.call(1, "/echo.Echo/Stream", bytes(300)))),
    "connection_output_bytes": ({"connection_output_bytes": 100}, with_link(lambda link: link.call(1, message=bytes(200)))),
    "outbound_frames": ({"outbound_frames": 10, "ping_strikes": 1000}, with_link(lambda link: pings(link, 100))),
    "calm_breaches": (NO_BREACH | {"calm_interval_ms": 10}, waits_and_is_served),
    "calm_wait_ms": (NO_BREACH | {"calm_wait_ms": 0}, is_refused),
    "ping_strikes": ({}, with_link(lambda link: pings(link, 4))),
    "ping_strikes_active": ({"ping_strikes_active": 1}, with_link(lambda link: (link.call(1, HANG), pings(link, 4)))),
    "settings_frames": ({"settings_frames": 2}, repeat(3, SETTINGS, 0, 0, b"")),
    "empty_data_frames": ({"empty_data_frames": 2}, with_link(
        lambda link: (link.call(1, HANG, end=False), [link.frame(DATA, 0, 1, b"") for _ in range(3)]))),
    "tiny_window_updates": ({"tiny_window_updates": 2}, repeat(3, WINDOW, 0, 0, bytes([0, 0, 0, 1]))),
    "priority_frames": ({"priority_frames": 2}, repeat(3, PRIORITY, 0, 1, bytes([0, 0, 0, 3, 9]))),
    "reset_frames": ({"reset_frames": 2}, with_link(many_resets)),
    "rapid_resets": ({"rapid_resets": 2, "rapid_reset_ms": 60000}, with_link(many_resets)),
    "continuation_frames": ({"continuation_frames": 2}, with_link(three_blocks)),
    "header_bytes": ({"header_bytes": 300}, with_link(lambda link: link.headers(1, request(*LONG)))),
    "header_window_bytes": ({"header_window_bytes": 300}, with_link(lambda link: link.headers(1, request(*LONG)))),
    "inflated_window_bytes": ({"inflated_window_bytes": 1000}, with_link(zeros)),
}


class Calm(unittest.TestCase):
    def test_who_is_connected_is_served_while_new_connections_of_the_address_wait(self):
        with Server(**NO_BREACH, calm_interval_ms=300) as server, Link(server.port) as desk:
            breach_of(server)
            began = time.monotonic()
            with socket.create_connection(("127.0.0.1", server.port), timeout=WAIT_S):  # the first to wait
                desk.call(1)
                self.assertEqual(desk.wait_answer(1)["grpc-status"], "0")
                with Link(server.port) as second:
                    self.assertGreater(time.monotonic() - began, 0.5)
                    second.call(1)
                    self.assertEqual(second.wait_answer(1)["grpc-status"], "0")

    def test_the_waiting_is_no_part_of_the_handshake_s_time(self):
        with Server(**NO_BREACH, calm_interval_ms=900, handshake_timeout_ms=400) as server:
            breach_of(server)
            with Link(server.port) as late:
                late.call(1)
                self.assertEqual(late.wait_answer(1)["grpc-status"], "0")

    def test_resets_of_calls_that_were_answered_at_their_head_are_not_rapid(self):
        with Server(rapid_resets=3) as server, Link(server.port) as link:
            for number in range(1, 41, 2):
                link.call(number, "/echo.Echo/Early", message=b"", end=False)
                self.assertNotEqual(link.wait_answer(number)["grpc-status"], None)
                link.frame(RST, 0, number, (8).to_bytes(4, "big"))
            link.call(41)
            self.assertEqual(link.wait_answer(41)["grpc-status"], "0")

    def test_a_connection_that_waits_does_not_hold_up_the_drain(self):
        with Server(**NO_BREACH, calm_interval_ms=60000, calm_wait_ms=60000) as server, Link(server.port) as desk:
            breach_of(server)
            with socket.create_connection(("127.0.0.1", server.port), timeout=WAIT_S) as waiting:
                desk.ping()
                server.terminate()
                with contextlib.suppress(ConnectionResetError):
                    self.assertEqual(waiting.recv(1), b"")
            desk.socket.close()
            server.finish()


class Limits(unittest.TestCase):
    def test_every_limit_stands_on_the_page_at_zero_and_has_its_breach_here(self):
        with Server() as server:
            pass
        counted = {found.group(1): int(value) for name, value in server.metrics.items() if (found := COUNTER.match(name))}
        self.assertEqual(set(counted), set(BREACHES))
        self.assertEqual(set(counted.values()), {0})


def breach(limit, settings, attack):
    def check(self):
        with Server(**settings) as server:
            attack(server)
        met = {found.group(1) for name, value in server.metrics.items()
               if (found := COUNTER.match(name)) and int(value) > 0}
        self.assertIn(limit, met)
        # The client may be slow to hang up, and breaches one limit to meet the other.
        self.assertLessEqual(met - {limit}, {"linger_timeout_ms"} | (settings.keys() & {"settings_frames"}))
    return check


for one, (settings_of_one, attack_of_one) in BREACHES.items():
    setattr(Limits, f"test_{one}_is_counted", breach(one, settings_of_one, attack_of_one))

if __name__ == "__main__":
    unittest.main()
