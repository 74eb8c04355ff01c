# SPDX-License-Identifier: Apache-2.0
"""RFC 9113 case by case with raw frames (what h2spec asks): each wrong frame has its error, and what must be
ignored is ignored."""
import unittest

from hyperframe.frame import DataFrame, GoAwayFrame, HeadersFrame, RstStreamFrame, SettingsFrame

from tests.net.echo import PREFACE, Link, Server

PROTOCOL, FLOW, CLOSED, SIZE, REFUSED, COMPRESSION = 1, 3, 5, 6, 7, 9
DATA, HEADERS, PRIORITY, RST, SETTINGS, PUSH, PING, GOAWAY, WINDOW, CONTINUATION = range(10)
END_STREAM = ACK = 1
END_HEADERS, PADDED = 4, 8
HANG = "/echo.Echo/Hang"


def request(*extra, leave_out=(), change=None):
    fields = {":method": "GET", ":scheme": "https", ":path": "/readyz", ":authority": "localhost"}
    fields.update(change or {})
    return [pair for pair in fields.items() if pair[0] not in leave_out] + list(extra)


def half_closed(link):
    link.call(1, HANG)


def closed(link):
    link.headers(1, path=HANG, end=False)
    link.frame(RST, 0, 1, bytes([0, 0, 0, 8]))


def setting(number, value):
    return number.to_bytes(2, "big") + value.to_bytes(4, "big")


# name: (what is sent, the codes of a connection error)
CONNECTION_ERRORS = {
    "4_2_headers_above_the_frame_size": (lambda l: l.frame(HEADERS, END_HEADERS, 1, bytes(16385)), {SIZE}),
    "4_3_broken_header_block": (lambda l: l.frame(HEADERS, END_HEADERS | END_STREAM, 1, b"\xff\xff\xff\xff\xff"),
                                {COMPRESSION}),
    "4_3_priority_inside_a_header_block": (
        lambda l: (l.frame(HEADERS, 0, 1, l.block(request())), l.frame(PRIORITY, 0, 1, bytes(5))), {PROTOCOL}),
    "4_3_headers_of_another_stream_inside_a_header_block": (
        lambda l: (l.frame(HEADERS, 0, 1, l.block(request())), l.headers(3)), {PROTOCOL}),
    "5_1_data_on_an_idle_stream": (lambda l: l.data(1, b"x"), {PROTOCOL}),
    "5_1_reset_of_an_idle_stream": (lambda l: l.frame(RST, 0, 1, bytes(4)), {PROTOCOL}),
    "5_1_window_update_on_an_idle_stream": (lambda l: l.window(1, 100), {PROTOCOL}),
    "5_1_continuation_on_an_idle_stream": (lambda l: l.frame(CONTINUATION, END_HEADERS, 1, b""), {PROTOCOL}),
    "5_1_continuation_after_end_stream": (
        lambda l: (half_closed(l), l.frame(CONTINUATION, END_HEADERS, 1, l.block(request()))), {PROTOCOL, CLOSED}),
    "5_1_1_even_stream_number": (lambda l: l.headers(2), {PROTOCOL}),
    "6_1_data_on_stream_0": (lambda l: l.frame(DATA, 0, 0, b"x"), {PROTOCOL}),
    "6_1_padding_as_long_as_the_frame": (
        lambda l: (l.headers(1, path=HANG, end=False), l.frame(DATA, PADDED, 1, b"\5test")), {PROTOCOL}),
    "6_2_headers_on_stream_0": (lambda l: l.frame(HEADERS, END_HEADERS, 0, l.block(request())), {PROTOCOL}),
    "6_2_headers_with_too_much_padding": (
        lambda l: l.frame(HEADERS, END_HEADERS | END_STREAM | PADDED, 1, b"\xff" + l.block(request())), {PROTOCOL}),
    "6_3_priority_on_stream_0": (lambda l: l.frame(PRIORITY, 0, 0, bytes(5)), {PROTOCOL}),
    "6_4_reset_on_stream_0": (lambda l: l.frame(RST, 0, 0, bytes(4)), {PROTOCOL}),
    "6_4_reset_of_wrong_length": (
        lambda l: (l.headers(1, path=HANG, end=False), l.frame(RST, 0, 1, bytes(3))), {SIZE}),
    "6_5_settings_ack_with_payload": (lambda l: l.frame(SETTINGS, ACK, 0, bytes(6)), {SIZE}),
    "6_5_settings_on_a_stream": (lambda l: l.frame(SETTINGS, 0, 1, b""), {PROTOCOL}),
    "6_5_settings_of_wrong_length": (lambda l: l.frame(SETTINGS, 0, 0, bytes(3)), {SIZE}),
    "6_5_2_enable_push_of_2": (lambda l: l.frame(SETTINGS, 0, 0, setting(2, 2)), {PROTOCOL}),
    "6_5_2_window_above_the_maximum": (lambda l: l.frame(SETTINGS, 0, 0, setting(4, 2**31)), {FLOW}),
    "6_5_2_frame_size_below_the_minimum": (lambda l: l.frame(SETTINGS, 0, 0, setting(5, 16383)), {PROTOCOL}),
    "6_5_2_frame_size_above_the_maximum": (lambda l: l.frame(SETTINGS, 0, 0, setting(5, 2**24)), {PROTOCOL}),
    "6_6_push_promise_from_a_client": (
        lambda l: (l.headers(1, path=HANG, end=False),
                   l.frame(PUSH, END_HEADERS, 1, bytes([0, 0, 0, 2]) + l.block(request()))), {PROTOCOL}),
    "6_7_ping_on_a_stream": (lambda l: l.frame(PING, 0, 1, bytes(8)), {PROTOCOL}),
    "6_7_ping_of_wrong_length": (lambda l: l.frame(PING, 0, 0, bytes(6)), {SIZE}),
    "6_8_goaway_on_a_stream": (lambda l: l.frame(GOAWAY, 0, 1, bytes(8)), {PROTOCOL}),
    "6_9_window_update_of_0": (lambda l: l.frame(WINDOW, 0, 0, bytes(4)), {PROTOCOL}),
    "6_9_window_update_of_wrong_length": (lambda l: l.frame(WINDOW, 0, 0, bytes(3)), {SIZE}),
    "6_9_1_connection_window_overflows": (
        lambda l: (l.window(0, 2**31 - 1), l.window(0, 2**31 - 1)), {FLOW}),
    "6_10_continuation_on_stream_0": (
        lambda l: (l.frame(HEADERS, 0, 1, l.block(request())), l.frame(CONTINUATION, END_HEADERS, 0, b"")),
        {PROTOCOL}),
    "6_10_continuation_without_headers": (lambda l: l.frame(CONTINUATION, END_HEADERS, 3, b""), {PROTOCOL}),
    "6_10_data_between_headers_and_continuation": (
        lambda l: (l.frame(HEADERS, 0, 1, l.block(request())), l.frame(DATA, 0, 1, b"x")), {PROTOCOL}),
}

# name: (what is sent on stream 1, the codes of a stream error; a connection error is allowed too)
STREAM_ERRORS = {
    "4_2_data_above_the_frame_size": (
        lambda l: (l.headers(1, path=HANG, end=False), l.frame(DATA, 0, 1, bytes(16385))), {SIZE}),
    "5_1_data_after_end_stream": (lambda l: (half_closed(l), l.data(1, b"x")), {CLOSED}),
    "5_1_headers_after_end_stream": (lambda l: (half_closed(l), l.headers(1)), {CLOSED}),
    "5_1_data_after_reset": (lambda l: (closed(l), l.data(1, b"x")), {CLOSED, PROTOCOL}),
    "5_1_headers_after_reset": (lambda l: (closed(l), l.headers(1)), {CLOSED, PROTOCOL}),
    "6_3_priority_of_wrong_length": (
        lambda l: (l.headers(1, path=HANG, end=False), l.frame(PRIORITY, 0, 1, bytes(4))), {SIZE}),
    "6_9_stream_window_update_of_0": (
        lambda l: (l.headers(1, path=HANG, end=False), l.frame(WINDOW, 0, 1, bytes(4))), {PROTOCOL}),
    "6_9_1_stream_window_overflows": (
        lambda l: (l.headers(1, path=HANG, end=False), l.window(1, 2**31 - 1), l.window(1, 2**31 - 1)), {FLOW}),
    "8_1_second_headers_without_end_stream": (
        lambda l: (l.headers(1, path=HANG, end=False), l.headers(1, [("x", "y")], end=False)), {PROTOCOL}),
    "8_1_pseudo_header_in_trailers": (
        lambda l: (l.headers(1, path=HANG, end=False), l.headers(1, [(":method", "GET")])), {PROTOCOL}),
    "8_2_upper_case_name": (lambda l: l.headers(1, request(("X-Upper", "y"))), {PROTOCOL}),
    "8_2_2_connection_header": (lambda l: l.headers(1, request(("connection", "keep-alive"))), {PROTOCOL}),
    "8_2_2_te_of_anything_but_trailers": (lambda l: l.headers(1, request(("te", "gzip"))), {PROTOCOL}),
    "8_3_unknown_pseudo_header": (
        lambda l: l.headers(1, [(":unknown", "y")] + request()), {PROTOCOL}),
    "8_3_response_pseudo_header": (lambda l: l.headers(1, [(":status", "200")] + request()), {PROTOCOL}),
    "8_3_pseudo_header_after_a_regular_one": (
        lambda l: l.headers(1, request(leave_out=[":path"]) + [("x", "y"), (":path", "/")]), {PROTOCOL}),
    "8_3_1_no_method": (lambda l: l.headers(1, request(leave_out=[":method"])), {PROTOCOL}),
    "8_3_1_no_scheme": (lambda l: l.headers(1, request(leave_out=[":scheme"])), {PROTOCOL}),
    "8_3_1_no_path": (lambda l: l.headers(1, request(leave_out=[":path"])), {PROTOCOL}),
    "8_3_1_empty_path": (lambda l: l.headers(1, request(change={":path": ""})), {PROTOCOL}),
    "8_3_1_method_twice": (lambda l: l.headers(1, [(":method", "GET")] + request()), {PROTOCOL}),
    "8_3_1_path_twice": (lambda l: l.headers(1, [(":path", "/")] + request()), {PROTOCOL}),
    "8_1_1_content_length_is_larger": (
        lambda l: (l.headers(1, request(("content-length", "2"), change={":method": "POST"}), end=False),
                   l.data(1, b"x", end=True)), {PROTOCOL}),
    "8_1_1_content_length_is_smaller": (
        lambda l: (l.headers(1, request(("content-length", "1"), change={":method": "POST"}), end=False),
                   l.data(1, b"xx", end=True)), {PROTOCOL}),
}

# name: what is sent; the connection lives on
IGNORED = {
    "4_1_unknown_frame_type": lambda l: l.frame(0xbb, 0xff, 0, b"whatever"),
    "4_1_unknown_flags": lambda l: l.frame(PING, 0xfe, 0, bytes(8)),
    "4_1_reserved_bit": lambda l: l.frame(PING, 0, 2**31, bytes(8)),
    "5_1_window_update_after_end_stream": lambda l: (half_closed(l), l.window(1, 1000)),
    "5_1_reset_of_a_closed_stream": lambda l: (closed(l), l.frame(RST, 0, 1, bytes(4))),
    "5_1_priority_on_an_idle_stream": lambda l: l.frame(PRIORITY, 0, 7, bytes([0, 0, 0, 1, 9])),
    "6_5_2_unknown_setting": lambda l: l.frame(SETTINGS, 0, 0, setting(0xff, 1)),
}


def end_of(link):
    return link.wait(lambda f: isinstance(f, (GoAwayFrame, RstStreamFrame)))


class Frames(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(linger_timeout_ms=200)
        cls.server.__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__(None)

    def test_a_wrong_preface_is_hung_up_on(self):
        with Link(self.server.port, greet=False) as link:
            link.raw(b"PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n")
            self.assertTrue(link.is_hung_up())

    def test_something_else_than_settings_first_is_an_error(self):
        with Link(self.server.port, greet=False) as link:
            link.raw(PREFACE)
            link.frame(PING, 0, 0, bytes(8))
            self.assertEqual(PROTOCOL, link.wait_goaway().error_code)

    def test_too_many_streams_are_refused(self):
        with Link(self.server.port) as link:
            for number in range(101):
                link.headers(2 * number + 1, path=HANG, end=False, method="GET")
            refused = link.wait(lambda f: isinstance(f, (RstStreamFrame, GoAwayFrame)))
            self.assertIn(refused.error_code, {PROTOCOL, REFUSED})

    def test_the_window_of_the_client_is_kept(self):
        with Link(self.server.port, settings={SettingsFrame.INITIAL_WINDOW_SIZE: 3}) as link:
            link.headers(1, path="/readyz")
            data = link.wait(lambda f: isinstance(f, DataFrame))
            self.assertEqual(b"/re", data.data)
            self.assertNotIn("END_STREAM", data.flags)
            link.send(SettingsFrame(0, settings={SettingsFrame.INITIAL_WINDOW_SIZE: 1}))  # the window is -2 now
            link.window(1, 3)
            self.assertEqual(b"a", link.wait(lambda f: isinstance(f, DataFrame)).data)
            link.window(1, 100)
            self.assertEqual(b"dyz", link.wait(lambda f: isinstance(f, DataFrame)).data)

    def test_large_frames_are_not_sent_to_who_did_not_allow_them(self):
        with Link(self.server.port) as link:
            link.headers(1, [(":method", "POST"), (":scheme", "https"), (":path", "/echo.Echo/Unary"),
                             (":authority", "localhost"), ("content-type", "application/grpc")], end=False)
            body = b"\0" + (50000).to_bytes(4, "big") + bytes(50000)
            for at in range(0, len(body), 16384):
                link.data(1, body[at:at + 16384], end=at + 16384 >= len(body))
            answer = link.wait_answer(1)
            self.assertEqual(50005, len(answer[b""]))
            self.assertTrue(all(len(f.data) <= 16384 for f in link.seen if isinstance(f, DataFrame)))

    def test_a_call_may_come_in_one_byte_frames_with_padding(self):
        with Link(self.server.port) as link:
            link.headers(1, [(":method", "POST"), (":scheme", "https"), (":path", "/echo.Echo/Unary"),
                             (":authority", "localhost"), ("content-type", "application/grpc")], end=False)
            for byte in b"\0\0\0\0\5hello":
                link.frame(DATA, PADDED, 1, b"\2" + bytes([byte]) + b"\0\0")
            link.data(1, end=True)
            answer = link.wait_answer(1)
            self.assertEqual(b"\0\0\0\0\5hello", answer[b""])
            self.assertEqual("0", answer["grpc-status"])

    def test_a_header_block_may_come_in_pieces(self):
        with Link(self.server.port) as link:
            block = link.block(request())
            link.frame(HEADERS, END_STREAM, 1, block[:3])
            link.frame(CONTINUATION, 0, 1, block[3:9])
            link.frame(CONTINUATION, END_HEADERS, 1, block[9:])
            self.assertEqual("200", link.wait_answer(1)[":status"])

    def test_a_ping_is_answered_with_its_bytes(self):
        with Link(self.server.port) as link:
            link.frame(PING, 0, 0, b"touchsto")
            self.assertEqual(b"touchsto", link.wait(lambda f: type(f).__name__ == "PingFrame").opaque_data)

    def test_a_smaller_stream_number_is_not_served(self):
        # nghttp2 cannot tell it from a late frame of a stream that is forgotten, and ignores it.
        with Link(self.server.port) as link:
            link.headers(5, path=HANG, end=False)
            link.headers(3)
            link.ping()
            self.assertFalse([f for f in link.seen if isinstance(f, HeadersFrame) and f.stream_id == 3])

    def test_open_calls_are_finished_after_the_clients_goaway(self):
        with Link(self.server.port) as link:
            link.call(1, end=False)
            link.frame(GOAWAY, 0, 0, bytes(8))
            link.data(1, end=True)
            self.assertEqual("0", link.wait_answer(1)["grpc-status"])
            self.assertTrue(link.is_hung_up())

    def test_headers_in_trailers_are_taken(self):
        with Link(self.server.port) as link:
            link.call(1, end=False)
            link.headers(1, [("x-trailer", "y")])
            self.assertEqual("0", link.wait_answer(1)["grpc-status"])


def add(name, check):
    check.__name__ = f"test_{name}"
    setattr(Frames, check.__name__, check)


def connection_error(act, codes):
    def check(self):
        with Link(self.server.port) as link:
            act(link)
            end = link.wait_goaway()
            self.assertIsNotNone(end, "the server hung up without GOAWAY")
            self.assertIn(end.error_code, codes)
            self.assertTrue(link.is_hung_up())
    return check


def stream_error(act, codes):
    def check(self):
        with Link(self.server.port) as link:
            act(link)
            end = end_of(link)
            self.assertIsNotNone(end, "the server hung up without a word")
            self.assertIn(end.error_code, codes)
    return check


def ignored(act):
    def check(self):
        with Link(self.server.port) as link:
            act(link)
            self.assertTrue(link.ping(), link.seen)
    return check


for case, (act, codes) in CONNECTION_ERRORS.items():
    add(f"rfc9113_{case}_is_a_connection_error", connection_error(act, codes))
for case, (act, codes) in STREAM_ERRORS.items():
    add(f"rfc9113_{case}_is_a_stream_error", stream_error(act, codes))
for case, act in IGNORED.items():
    add(f"rfc9113_{case}_is_ignored", ignored(act))

if __name__ == "__main__":
    unittest.main()
