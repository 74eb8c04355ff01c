// SPDX-License-Identifier: Apache-2.0
// Conversations that are damaged at random, always the same way: nothing crashes, and every stream that was
// told of is told to be over. The long search is libFuzzer's, with the same target.
#include "fuzz_h2_session.h"
#include "h2_peer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { CONVERSATION = 8192, ROUNDS = 2000 };

static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13; // xorshift32
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

// What nghttp2's client says for a few calls, behind the two bytes of the target.
static size_t record(uint8_t bytes[CONVERSATION])
{
    static const char *const paths[] = {"/echo.Echo/Unary", "/echo.Echo/Stream", "/echo.Echo/Early",
                                        "/echo.Echo/Hang",  "/echo.Echo/Gzip",   "/echo.Echo/Reset"};
    static const uint8_t ping[8] = "measure";
    static uint8_t message[300];
    struct h2_peer peer;
    const uint8_t *piece;
    size_t used = 2;
    peer_start(&peer, NULL);
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        peer_call(&peer, paths[i], message, 50 * i);
        nghttp2_submit_window_update(peer.client, 0, 0, 70000);
        if (i % 3 == 2)
            nghttp2_submit_rst_stream(peer.client, 0, (int32_t)(2 * i - 1), 8);
    }
    nghttp2_submit_ping(peer.client, 0, ping); // one: they overtake the calls, and more would be too many
    for (ssize_t length; (length = nghttp2_session_mem_send(peer.client, &piece)) > 0;) {
        assert_true(used + (size_t)length <= CONVERSATION);
        memcpy(bytes + used, piece, (size_t)length);
        used += (size_t)length;
    }
    peer_stop(&peer);
    return used;
}

static void damage(uint8_t *bytes, size_t *length, uint32_t *random)
{
    size_t at = 2 + next_random(random) % (*length - 2);
    switch (next_random(random) % 4) {
    case 0:
        bytes[at] ^= (uint8_t)(1u << next_random(random) % 8);
        break;
    case 1:
        bytes[at] = (uint8_t)next_random(random);
        break;
    case 2: // a byte is lost
        memmove(bytes + at, bytes + at + 1, *length - at - 1);
        --*length;
        break;
    default: // a piece comes twice
        if (*length + 64 <= CONVERSATION && at + 64 <= *length) {
            memmove(bytes + at + 64, bytes + at, *length - at);
            *length += 64;
        }
        break;
    }
}

static void test_damaged_conversations_never_crash(void **state)
{
    static uint8_t original[CONVERSATION], bytes[CONVERSATION];
    uint32_t random = 20261124;
    (void)state;
    size_t length = record(original);
    for (int round = 0; round < ROUNDS; round++) {
        size_t damaged = length;
        memcpy(bytes, original, length);
        bytes[0] = (uint8_t)next_random(&random);
        bytes[1] = (uint8_t)(next_random(&random) % 16);
        for (uint32_t i = next_random(&random) % 5; i > 0; i--)
            damage(bytes, &damaged, &random);
        LLVMFuzzerTestOneInput(bytes, damaged);
    }
}

static void test_a_conversation_may_end_anywhere(void **state)
{
    static uint8_t bytes[CONVERSATION];
    (void)state;
    size_t length = record(bytes);
    for (size_t cut = 2; cut < length; cut++) {
        bytes[0] = 0;
        bytes[1] = (uint8_t)(cut % 16);
        LLVMFuzzerTestOneInput(bytes, cut);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_damaged_conversations_never_crash),
        cmocka_unit_test(test_a_conversation_may_end_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
