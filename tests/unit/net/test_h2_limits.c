// SPDX-License-Identifier: Apache-2.0
// Floods and bombs against one HTTP/2 session: each named limit ends the connection with its name, and what
// is allowed passes.
#include "h2_peer.h"
#include "net/h2_session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const uint8_t ping[8] = "measure";

static void assert_ended_for(struct h2_peer *peer, const char *limit)
{
    peer_pump(peer);
    assert_true(peer->has_goaway);
    assert_int_equal(NGHTTP2_ENHANCE_YOUR_CALM, peer->goaway_code);
    assert_string_equal(limit, peer->goaway_text);
    assert_true(h2_session_is_over(peer->server));
    assert_true(peer->server_is_over);
}

static void send_ping(struct h2_peer *peer)
{
    peer_raw(peer, NGHTTP2_PING, 0, 0, ping, sizeof ping);
    peer_pump(peer);
}

static void test_pings_every_twenty_seconds_are_welcome(void **state)
{
    struct h2_peer peer;
    (void)state;
    peer_start(&peer, NULL);
    for (int i = 0; i < 50; i++) {
        send_ping(&peer);
        peer.now_ms += 20000;
    }
    assert_false(peer.has_goaway);
    peer_stop(&peer);
}

static void test_a_third_early_ping_is_too_many(void **state)
{
    struct h2_peer peer;
    (void)state;
    peer_start(&peer, NULL);
    for (int i = 0; i < 3; i++) {
        send_ping(&peer);
        peer.now_ms += 5000;
    }
    assert_false(peer.has_goaway);
    peer_raw(&peer, NGHTTP2_PING, 0, 0, ping, sizeof ping);
    assert_ended_for(&peer, "too_many_pings");
    peer_stop(&peer);
}

static void test_pings_during_a_call_are_allowed_generously_but_not_endlessly(void **state)
{
    struct h2_peer peer;
    (void)state;
    peer_start(&peer, NULL);
    peer_call(&peer, "/echo.Echo/Hang", ping, 1);
    peer_pump(&peer);
    for (int i = 0; i < 100; i++)
        send_ping(&peer);
    assert_false(peer.has_goaway);
    for (int i = 0; i < 2; i++)
        peer_raw(&peer, NGHTTP2_PING, 0, 0, ping, sizeof ping);
    assert_ended_for(&peer, "too_many_pings");
    peer_stop(&peer);
}

static void test_an_answer_forgives_pings(void **state)
{
    struct h2_peer peer;
    (void)state;
    peer_start(&peer, NULL);
    for (int i = 0; i < 60; i++) {
        send_ping(&peer);
        send_ping(&peer);
        peer_call(&peer, "/echo.Echo/Unary", ping, 1);
        peer_pump(&peer);
    }
    assert_false(peer.has_goaway);
    peer_stop(&peer);
}

static void test_settings_floods_end_the_connection(void **state)
{
    struct h2_peer peer;
    (void)state;
    peer_start(&peer, NULL);
    for (int i = 0; i < 60; i++)
        peer_raw(&peer, NGHTTP2_SETTINGS, 0, 0, NULL, 0);
    assert_ended_for(&peer, "settings_frames");
    peer_stop(&peer);
}

static void test_settings_over_a_long_time_are_allowed(void **state)
{
    struct h2_peer peer;
    (void)state;
    peer_start(&peer, NULL);
    for (int i = 0; i < 200; i++) {
        peer_raw(&peer, NGHTTP2_SETTINGS, 0, 0, NULL, 0);
        peer_pump(&peer);
        peer.now_ms += 1000;
    }
    assert_false(peer.has_goaway);
    peer_stop(&peer);
}

static void test_priority_floods_end_the_connection(void **state)
{
    struct h2_peer peer;
    const uint8_t priority[5] = {0, 0, 0, 0, 1};
    (void)state;
    peer_start(&peer, NULL);
    for (int i = 0; i < 1100; i++)
        peer_raw(&peer, NGHTTP2_PRIORITY, 0, 2 * i + 1, priority, sizeof priority);
    assert_ended_for(&peer, "priority_frames");
    peer_stop(&peer);
}

static void test_empty_data_floods_end_the_connection(void **state)
{
    struct h2_peer peer;
    (void)state;
    peer_start(&peer, NULL);
    struct peer_request request = {.path = "/echo.Echo/Hang", .stays_open = true};
    int32_t id = peer_request(&peer, &request);
    peer_pump(&peer);
    for (int i = 0; i < 1100; i++)
        peer_raw(&peer, NGHTTP2_DATA, 0, id, NULL, 0);
    assert_ended_for(&peer, "empty_data_frames");
    peer_stop(&peer);
}

static void test_data_that_is_only_padding_counts_as_empty(void **state)
{
    struct h2_peer peer;
    const uint8_t padding[11] = {10};
    (void)state;
    peer_start(&peer, NULL);
    struct peer_request request = {.path = "/echo.Echo/Hang", .stays_open = true};
    int32_t id = peer_request(&peer, &request);
    peer_pump(&peer);
    for (int i = 0; i < 1100; i++)
        peer_raw(&peer, NGHTTP2_DATA, NGHTTP2_FLAG_PADDED, id, padding, sizeof padding);
    assert_ended_for(&peer, "empty_data_frames");
    peer_stop(&peer);
}

static void test_tiny_window_updates_end_the_connection(void **state)
{
    struct h2_peer peer;
    const uint8_t one[4] = {0, 0, 0, 1};
    (void)state;
    peer_start(&peer, NULL);
    for (int i = 0; i < 1100; i++)
        peer_raw(&peer, NGHTTP2_WINDOW_UPDATE, 0, 0, one, sizeof one);
    assert_ended_for(&peer, "tiny_window_updates");
    peer_stop(&peer);
}

static void test_window_updates_after_each_answer_are_no_flood(void **state)
{
    struct h2_peer peer;
    const uint8_t ten[4] = {0, 0, 0, 10};
    struct net_limits limits;
    (void)state;
    limits_init(&limits);
    limits.tiny_window_updates = 10;
    peer_start(&peer, &limits);
    for (int i = 0; i < 100; i++) {
        peer_call(&peer, "/echo.Echo/Unary", ping, 1);
        peer_pump(&peer);
        peer_raw(&peer, NGHTTP2_WINDOW_UPDATE, 0, 0, ten, sizeof ten);
        peer_raw(&peer, NGHTTP2_WINDOW_UPDATE, 0, 0, ten, sizeof ten);
    }
    peer_pump(&peer);
    assert_false(peer.has_goaway);
    peer_stop(&peer);
}

// Calls that the client gives up `after_ms`, at most 100: its nghttp2 thinks them open. The server's nghttp2
// has a limit of its own (1000, then 33 per second).
static void send_resets(struct h2_peer *peer, int count, uint64_t after_ms)
{
    const uint8_t cancel[4] = {0, 0, 0, 8};
    for (int i = 0; i < count && !peer->server_is_over; i++) {
        int32_t id = peer_call(peer, "/echo.Echo/Hang", ping, 1);
        const uint8_t *bytes;
        for (ssize_t length; (length = nghttp2_session_mem_send(peer->client, &bytes)) > 0;)
            peer_raw_bytes(peer, bytes, (size_t)length);
        peer->now_ms += after_ms;
        peer_raw(peer, NGHTTP2_RST_STREAM, 0, id, cancel, sizeof cancel);
    }
}

static void test_rapid_resets_end_the_connection(void **state)
{
    struct h2_peer peer;
    struct net_limits limits;
    (void)state;
    limits_init(&limits);
    limits.rapid_resets = 50;
    peer_start(&peer, &limits);
    send_resets(&peer, 50, 0);
    assert_false(peer.has_goaway);
    send_resets(&peer, 20, 0);
    assert_ended_for(&peer, "rapid_resets");
    peer_stop(&peer);
}

static void test_resets_that_are_not_rapid_have_a_limit_of_their_own(void **state)
{
    struct h2_peer peer;
    struct net_limits limits;
    (void)state;
    limits_init(&limits);
    limits.reset_frames = 50;
    limits.rapid_resets = 0;
    peer_start(&peer, &limits);
    send_resets(&peer, 50, limits.rapid_reset_ms);
    assert_false(peer.has_goaway);
    send_resets(&peer, 20, limits.rapid_reset_ms);
    assert_ended_for(&peer, "reset_frames");
    peer_stop(&peer);
}

// A call without a token is answered at its head; a client that then gives it up is only counted as one that
// resets.
static void test_resets_of_answered_calls_are_not_rapid(void **state)
{
    struct h2_peer peer;
    struct net_limits limits;
    const uint8_t cancel[4] = {0, 0, 0, 8};
    (void)state;
    limits_init(&limits);
    limits.rapid_resets = 0;
    limits.reset_frames = 50;
    peer_start(&peer, &limits);
    for (size_t i = 0; i <= limits.reset_frames; i++) {
        struct peer_request request = {.path = "/echo.Echo/Early", .stays_open = true};
        assert_false(peer.has_goaway);
        int32_t id = peer_request(&peer, &request);
        peer_pump(&peer);
        peer_raw(&peer, NGHTTP2_RST_STREAM, 0, id, cancel, sizeof cancel);
        nghttp2_submit_rst_stream(peer.client, NGHTTP2_FLAG_NONE, id, NGHTTP2_CANCEL);
        const uint8_t *bytes;
        while (nghttp2_session_mem_send(peer.client, &bytes) > 0)
            continue; // the server has had it
    }
    assert_ended_for(&peer, "reset_frames");
    peer_stop(&peer);
}

static void test_too_many_streams_are_refused_one_by_one(void **state)
{
    struct h2_peer peer;
    struct net_limits limits;
    (void)state;
    limits_init(&limits);
    limits.streams = 3;
    peer_start(&peer, &limits);
    // A client that ignores SETTINGS: HEADERS by hand, four indexed fields and a literal path.
    const uint8_t block[] = {0x83, 0x87, 0x84, 0x41, 0x01, 'h'};
    for (int32_t id = 1; id <= 9; id += 2)
        peer_raw(&peer, NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS, id, block, sizeof block);
    assert_int_equal(3, peer.echo.heads);
    peer_stop(&peer);
}

static void test_a_continuation_flood_ends_the_connection(void **state)
{
    struct h2_peer peer;
    const uint8_t block[] = {0x83, 0x87, 0x84, 0x41, 0x01, 'h'};
    (void)state;
    peer_start(&peer, NULL);
    peer_raw(&peer, NGHTTP2_HEADERS, 0, 1, block, sizeof block);
    assert_int_equal(peer.now_ms, h2_session_header_since_ms(peer.server));
    for (int i = 0; i < 20; i++)
        peer_raw(&peer, NGHTTP2_CONTINUATION, 0, 1, NULL, 0);
    peer_pump(&peer);
    assert_true(peer.has_goaway);
    assert_true(peer.server_is_over);
    assert_int_equal(0, peer.echo.heads);
    peer_stop(&peer);
}

static int32_t request_with_header_bytes(struct h2_peer *peer, size_t bytes)
{
    char *value = malloc(bytes + 1);
    assert_non_null(value);
    memset(value, 'v', bytes);
    value[bytes] = '\0';
    const struct net_header headers[] = {{"x-large", value}};
    struct peer_request request = {.path = "/echo.Echo/Unary", .headers = headers, .header_count = 1};
    int32_t id = peer_request(peer, &request);
    peer_pump(peer);
    free(value);
    return id;
}

static void test_a_head_above_the_announced_size_is_answered_431(void **state)
{
    struct h2_peer peer;
    (void)state;
    peer_start(&peer, NULL);
    int32_t good = request_with_header_bytes(&peer, 12000);
    int32_t bad = request_with_header_bytes(&peer, 20000);
    assert_string_equal("200", peer_stream(&peer, good)->status);
    assert_string_equal("431", peer_stream(&peer, bad)->status);
    assert_int_equal(1, peer.echo.heads);
    assert_false(peer.has_goaway);
    peer_stop(&peer);
}

// HPACK bomb: one large field in the dynamic table, then a byte for each copy of it.
static void test_a_header_bomb_ends_the_connection(void **state)
{
    struct h2_peer peer;
    static uint8_t block[16000];
    size_t at = 0;
    (void)state;
    peer_start(&peer, NULL);
    const uint8_t begin[] = {0x83, 0x87, 0x84, 0x41, 0x01, 'h', 0x40, 0x01, 'x', 0x7f, 0xa1, 0x1e};
    memcpy(block, begin, sizeof begin);
    at = sizeof begin; // literal with indexing: name "x", value of 4000 bytes: 127 + 33 + 30 * 128
    memset(block + at, 'v', 4000);
    at += 4000;
    memset(block + at, 0xbe, 5000); // index 62: the newest entry
    at += 5000;
    peer_raw(&peer, NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS, 1, block, at);
    peer_pump(&peer);
    assert_true(peer.has_goaway);
    assert_string_equal("header_bytes", peer.goaway_text);
    assert_int_equal(0, peer.echo.heads);
    peer_stop(&peer);
}

static void test_many_unfinished_large_messages_break_a_stream_not_the_connection(void **state)
{
    struct h2_peer peer;
    struct net_limits limits;
    size_t length = 900000;
    uint8_t *part = calloc(1, length);
    (void)state;
    assert_non_null(part);
    part[1] = 0x00;
    part[2] = 0x3f; // announces 4 MB
    limits_init(&limits);
    limits.connection_input_bytes = 2000000;
    peer_start(&peer, &limits);
    for (int i = 0; i < 4; i++) {
        struct peer_request request = {
            .path = "/echo.Echo/Unary", .body = part, .body_length = length, .stays_open = true};
        peer_request(&peer, &request);
        peer_pump(&peer);
    }
    assert_string_equal("TOO_MUCH_AT_ONCE", peer.echo.last_broken);
    assert_true(peer.echo.brokens < 4);
    assert_false(peer.has_goaway);
    peer_stop(&peer);
    free(part);
}

static void test_a_lie_about_the_length_takes_no_memory(void **state)
{
    struct h2_peer peer;
    (void)state;
    peer_start(&peer, NULL);
    for (int i = 0; i < 60; i++) {
        struct peer_request request = {.path = "/echo.Echo/Unary",
                                       .body = (const uint8_t *)"\0\0\x3f\0\0x",
                                       .body_length = 6,
                                       .stays_open = true};
        peer_request(&peer, &request);
    }
    peer_pump(&peer);
    assert_int_equal(0, peer.echo.brokens); // 60 times 4 MB would have been above connection_input_bytes
    assert_int_equal(60, peer.echo.open);
    peer_stop(&peer);
}

static void test_something_else_than_http2_is_over_at_once(void **state)
{
    struct h2_peer peer;
    struct net_limits limits;
    struct echo echo = {0};
    struct ts_error *no_error = NULL;
    (void)state;
    (void)peer;
    limits_init(&limits);
    struct h2_session_config config = {
        .limits = &limits, .handlers = echo_handlers(), .handlers_context = &echo, .peer = "192.0.2.7"};
    struct h2_session *session = h2_session_create(&config, no_error);
    assert_non_null(session);
    static const char text[] = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    assert_false(h2_session_receive(session, (const uint8_t *)text, sizeof text - 1, 1));
    assert_true(h2_session_is_over(session));
    h2_session_free(session);
}

// Asks for more than the first window holds and takes nothing of the answer but what fits in it.
static int32_t ask_and_shut_the_window(struct h2_peer *peer)
{
    static uint8_t message[100000];
    int32_t id = peer_call(peer, "/echo.Echo/Unary", message, sizeof message);
    peer->reads_nothing = true;
    peer_pump(peer);
    uint8_t buffer[30000];
    while (h2_session_take(peer->server, buffer, sizeof buffer) > 0)
        continue;
    return id;
}

static void test_a_stream_whose_window_stays_shut_ends_at_the_write_deadline(void **state)
{
    struct h2_peer peer;
    uint8_t buffer[1000];
    (void)state;
    peer_start(&peer, NULL);
    ask_and_shut_the_window(&peer);
    h2_session_check(peer.server, peer.now_ms);
    h2_session_check(peer.server, peer.now_ms + peer.limits.write_timeout_ms - 1);
    assert_int_equal(0, h2_session_take(peer.server, buffer, sizeof buffer));
    assert_int_equal(1, peer.echo.open);
    h2_session_check(peer.server, peer.now_ms + peer.limits.write_timeout_ms);
    assert_int_equal(9 + 4, h2_session_take(peer.server, buffer, sizeof buffer)); // RST_STREAM
    assert_int_equal(NGHTTP2_RST_STREAM, buffer[3]);
    assert_int_equal(0, peer.echo.open);
    assert_int_equal(NGHTTP2_CANCEL, peer.echo.last_h2_error);
    peer_stop(&peer);
}

static void test_a_client_that_reads_slowly_keeps_its_stream(void **state)
{
    struct h2_peer peer;
    const uint8_t little[4] = {0, 0, 0x10, 0};
    uint8_t buffer[8192];
    (void)state;
    peer_start(&peer, NULL);
    int32_t id = ask_and_shut_the_window(&peer);
    for (int i = 0; i < 8; i++) {
        peer.now_ms += peer.limits.write_timeout_ms - 1;
        h2_session_check(peer.server, peer.now_ms);
        peer_raw(&peer, NGHTTP2_WINDOW_UPDATE, 0, 0, little, sizeof little);
        peer_raw(&peer, NGHTTP2_WINDOW_UPDATE, 0, id, little, sizeof little);
        assert_int_equal(9 + 0x1000, h2_session_take(peer.server, buffer, sizeof buffer));
        assert_int_equal(NGHTTP2_DATA, buffer[3]);
    }
    assert_int_equal(1, peer.echo.open);
    peer_stop(&peer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pings_every_twenty_seconds_are_welcome),
        cmocka_unit_test(test_a_third_early_ping_is_too_many),
        cmocka_unit_test(test_pings_during_a_call_are_allowed_generously_but_not_endlessly),
        cmocka_unit_test(test_an_answer_forgives_pings),
        cmocka_unit_test(test_settings_floods_end_the_connection),
        cmocka_unit_test(test_settings_over_a_long_time_are_allowed),
        cmocka_unit_test(test_priority_floods_end_the_connection),
        cmocka_unit_test(test_empty_data_floods_end_the_connection),
        cmocka_unit_test(test_data_that_is_only_padding_counts_as_empty),
        cmocka_unit_test(test_tiny_window_updates_end_the_connection),
        cmocka_unit_test(test_window_updates_after_each_answer_are_no_flood),
        cmocka_unit_test(test_rapid_resets_end_the_connection),
        cmocka_unit_test(test_resets_that_are_not_rapid_have_a_limit_of_their_own),
        cmocka_unit_test(test_resets_of_answered_calls_are_not_rapid),
        cmocka_unit_test(test_too_many_streams_are_refused_one_by_one),
        cmocka_unit_test(test_a_continuation_flood_ends_the_connection),
        cmocka_unit_test(test_a_head_above_the_announced_size_is_answered_431),
        cmocka_unit_test(test_a_header_bomb_ends_the_connection),
        cmocka_unit_test(test_many_unfinished_large_messages_break_a_stream_not_the_connection),
        cmocka_unit_test(test_a_lie_about_the_length_takes_no_memory),
        cmocka_unit_test(test_something_else_than_http2_is_over_at_once),
        cmocka_unit_test(test_a_stream_whose_window_stays_shut_ends_at_the_write_deadline),
        cmocka_unit_test(test_a_client_that_reads_slowly_keeps_its_stream),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
