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


def in_block(kind, stream_id, payload):
    """A frame where only CONTINUATION may stand."""
    return lambda l: (l.frame(HEADERS, 0, 1, l.block(request())), l.frame(kind, 0, stream_id, payload))


def block(octets):
    return lambda l: l.frame(HEADERS, END_HEADERS | END_STREAM, 1, octets)


def open_stream(act):
    return lambda l: (l.headers(1, path=HANG, end=False), act(l))


def one_field(name, value):
    return lambda l: l.headers(1, request((name, value)))


def post(*extra):
    return request(*extra, change={":method": "POST"})


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
    "4_2_settings_above_the_frame_size": (lambda l: l.frame(SETTINGS, 0, 0, bytes(16386)), {SIZE}),
    "4_3_table_size_above_what_was_allowed": (block(b"\x3f\xe1\xff\x3f"), {COMPRESSION}),
    "4_3_table_size_behind_a_field": (block(b"\x82\x20"), {COMPRESSION}),
    "4_3_index_0": (block(b"\x80"), {COMPRESSION}),
    "4_3_index_beyond_the_table": (block(b"\xbe"), {COMPRESSION}),
    "4_3_huffman_padding_of_zeros": (block(b"\x00\x81\x00\x01x"), {COMPRESSION}),
    "4_3_string_longer_than_the_block": (block(b"\x00\x05ab"), {COMPRESSION}),
    "4_3_ping_inside_a_header_block": (in_block(PING, 0, bytes(8)), {PROTOCOL}),
    "4_3_settings_inside_a_header_block": (in_block(SETTINGS, 0, b""), {PROTOCOL}),
    "4_3_window_update_inside_a_header_block": (in_block(WINDOW, 0, bytes([0, 0, 0, 1])), {PROTOCOL}),
    "4_3_reset_inside_a_header_block": (in_block(RST, 1, bytes(4)), {PROTOCOL}),
    "4_3_goaway_inside_a_header_block": (in_block(GOAWAY, 0, bytes(8)), {PROTOCOL}),
    "4_3_unknown_frame_inside_a_header_block": (in_block(0xbb, 0, b"x"), {PROTOCOL}),
    "6_1_padded_data_without_its_length": (open_stream(lambda l: l.frame(DATA, PADDED, 1, b"")), {PROTOCOL, SIZE}),
    "6_2_padded_headers_without_their_length": (
        lambda l: l.frame(HEADERS, END_HEADERS | PADDED, 1, b""), {PROTOCOL, SIZE}),
    "6_2_headers_with_half_a_priority": (
        lambda l: l.frame(HEADERS, END_HEADERS | 0x20, 1, bytes(4)), {PROTOCOL, SIZE}),
    "6_4_reset_that_is_too_long": (open_stream(lambda l: l.frame(RST, 0, 1, bytes(5))), {SIZE}),
    "6_5_settings_of_seven_octets": (lambda l: l.frame(SETTINGS, 0, 0, bytes(7)), {SIZE}),
    "6_5_settings_ack_on_a_stream": (lambda l: l.frame(SETTINGS, ACK, 1, b""), {PROTOCOL}),
    "6_6_push_promise_on_stream_0": (
        lambda l: l.frame(PUSH, END_HEADERS, 0, bytes([0, 0, 0, 2]) + l.block(request())), {PROTOCOL}),
    "6_7_ping_that_is_too_long": (lambda l: l.frame(PING, 0, 0, bytes(9)), {SIZE}),
    "6_8_goaway_that_is_too_short": (lambda l: l.frame(GOAWAY, 0, 0, bytes(7)), {SIZE}),
    "6_9_window_update_that_is_too_long": (lambda l: l.frame(WINDOW, 0, 0, bytes([0, 0, 0, 1, 0])), {SIZE}),
    "6_10_continuation_after_end_headers": (
        open_stream(lambda l: l.frame(CONTINUATION, END_HEADERS, 1, b"")), {PROTOCOL}),
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
    # The RFC wants the connection ended; nghttp2 ends the stream, which is the one that cannot go on.
    "6_9_2_settings_that_overflow_a_stream_window": (
        lambda l: (l.call(1, HANG, end=False), l.window(1, 2**31 - 1 - 65535), l.frame(SETTINGS, 0, 0, setting(4, 65536))),
        {FLOW}),
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
    "8_1_1_content_length_without_a_body": (lambda l: l.headers(1, post(("content-length", "1"))), {PROTOCOL}),
    "8_1_1_content_length_that_is_no_number": (lambda l: l.headers(1, post(("content-length", "x")), end=False), {PROTOCOL}),
    "8_1_1_two_content_lengths": (
        lambda l: l.headers(1, post(("content-length", "1"), ("content-length", "2")), end=False), {PROTOCOL}),
    "8_1_upper_case_name_in_trailers": (open_stream(lambda l: l.headers(1, [("X-Upper", "y")])), {PROTOCOL}),
    "8_1_connection_header_in_trailers": (open_stream(lambda l: l.headers(1, [("connection", "close")])), {PROTOCOL}),
    "8_2_1_name_with_a_space": (one_field("x y", "z"), {PROTOCOL}),
    "8_2_1_name_with_nul": (one_field("x\0y", "z"), {PROTOCOL}),
    "8_2_1_name_with_a_colon": (one_field("x:y", "z"), {PROTOCOL}),
    "8_2_1_name_with_a_high_octet": (one_field(b"x\xe9", "z"), {PROTOCOL}),
    "8_2_1_empty_name": (one_field("", "z"), {PROTOCOL}),
    "8_2_1_value_with_nul": (one_field("x", "y\0z"), {PROTOCOL}),
    "8_2_1_value_with_a_line_end": (one_field("x", "y\nz"), {PROTOCOL}),
    "8_2_1_value_with_a_carriage_return": (one_field("x", "y\rz"), {PROTOCOL}),
    "8_2_2_keep_alive_header": (one_field("keep-alive", "5"), {PROTOCOL}),
    "8_2_2_proxy_connection_header": (one_field("proxy-connection", "x"), {PROTOCOL}),
    "8_2_2_transfer_encoding_header": (one_field("transfer-encoding", "chunked"), {PROTOCOL}),
    "8_2_2_upgrade_header": (one_field("upgrade", "h2c"), {PROTOCOL}),
    "8_3_1_scheme_twice": (lambda l: l.headers(1, [(":scheme", "https")] + request()), {PROTOCOL}),
    "8_3_1_authority_twice": (lambda l: l.headers(1, [(":authority", "a")] + request()), {PROTOCOL}),
    "8_3_1_path_without_a_slash": (lambda l: l.headers(1, request(change={":path": "readyz"})), {PROTOCOL}),
    "8_4_protocol_without_its_setting": (lambda l: l.headers(1, [(":protocol", "websocket")] + request()), {PROTOCOL}),
    "8_5_connect_with_a_path": (lambda l: l.headers(1, request(change={":method": "CONNECT"})), {PROTOCOL}),
    "8_5_connect_without_authority": (lambda l: l.headers(1, [(":method", "CONNECT")]), {PROTOCOL}),
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
    "5_5_unknown_frame_on_an_open_stream": open_stream(lambda l: l.frame(0xbb, 0, 1, b"x")),
    "6_2_priority_in_headers": lambda l: l.frame(HEADERS, END_HEADERS | END_STREAM | 0x20, 1,
                                                 bytes([0, 0, 0, 0, 9]) + l.block(request())),
    "6_3_priority_of_a_closed_stream": lambda l: (closed(l), l.frame(PRIORITY, 0, 1, bytes([0, 0, 0, 3, 9]))),
    "6_4_reset_with_an_unknown_code": open_stream(lambda l: l.frame(RST, 0, 1, bytes([0, 0, 0xff, 0]))),
    "6_5_2_the_same_setting_twice": lambda l: l.frame(SETTINGS, 0, 0, setting(4, 1) + setting(4, 70000)),
    "6_5_2_a_table_of_nothing": lambda l: l.frame(SETTINGS, 0, 0, setting(1, 0)),
    "6_5_2_the_largest_frame_and_window": lambda l: l.frame(SETTINGS, 0, 0, setting(5, 2**24 - 1) + setting(4, 2**31 - 1)),
    "6_7_an_answer_to_no_ping": lambda l: l.frame(PING, ACK, 0, bytes(8)),
    "6_9_window_update_of_a_closed_stream": lambda l: (closed(l), l.window(1, 1)),
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
