// SPDX-License-Identifier: Apache-2.0
// gRPC frames in any pieces, base64 and percent-encoding.
#include "testing.h"

#include "wire/arena.h"
#include "wire/base64.h"
#include "wire/error.h"
#include "wire/grpc_frame.h"
#include "wire/percent.h"

#include <stdlib.h>
#include <string.h>

// Three messages of 0, 7 and 300 bytes behind each other.
static size_t make_stream(uint8_t *stream)
{
    static const uint32_t lengths[] = {0, 7, 300};
    size_t at = 0;
    for (size_t i = 0; i < 3; i++) {
        grpc_frame_write_prefix(stream + at, i == 1, lengths[i]);
        memset(stream + at + GRPC_FRAME_PREFIX, (int)(i + 1), lengths[i]);
        at += GRPC_FRAME_PREFIX + lengths[i];
    }
    return at;
}

// Feeds one piece and checks each message that ends in it. Returns how many have ended so far.
static size_t feed(struct grpc_frame *frame, const uint8_t *bytes, size_t length, size_t seen)
{
    static const uint32_t lengths[] = {0, 7, 300};
    size_t taken = 0;
    struct ts_error error = {0};
    uint8_t *exact = testing_exact(bytes, length);
    for (size_t at = 0; at < length; at += taken) {
        enum grpc_frame_result result = grpc_frame_feed(frame, exact + at, length - at, &taken, &error);
        assert_int_not_equal(result, GRPC_FRAME_FAILED);
        if (result != GRPC_FRAME_MESSAGE) {
            assert_int_equal(taken, length - at);
            continue;
        }
        assert_in_range(seen, 0, 2);
        assert_non_null(frame->message);
        assert_int_equal(frame->length, lengths[seen]);
        assert_int_equal(frame->compressed, seen == 1);
        for (size_t i = 0; i < frame->length; i++)
            assert_int_equal(frame->message[i], seen + 1);
        assert_true(grpc_frame_is_idle(frame));
        seen++;
    }
    free(exact);
    return seen;
}

static void test_messages_survive_every_split(void **unused)
{
    (void)unused;
    uint8_t stream[400];
    size_t length = make_stream(stream);
    for (size_t first = 0; first <= length; first++) {
        for (size_t second = first; second <= length; second += 7) {
            struct arena *arena = arena_create(1 << 16);
            struct grpc_frame frame;
            grpc_frame_init(&frame, arena, 1000);
            size_t seen = feed(&frame, stream, first, 0);
            seen = feed(&frame, stream + first, second - first, seen);
            assert_int_equal(feed(&frame, stream + second, length - second, seen), 3);
            arena_free(arena);
        }
    }
}

static void test_messages_survive_single_bytes(void **unused)
{
    (void)unused;
    uint8_t stream[400];
    size_t length = make_stream(stream), seen = 0;
    struct arena *arena = arena_create(1 << 16);
    struct grpc_frame frame;
    grpc_frame_init(&frame, arena, 300);
    assert_true(grpc_frame_is_idle(&frame));
    for (size_t i = 0; i < length; i++)
        seen = feed(&frame, stream + i, 1, seen);
    assert_int_equal(seen, 3);
    arena_free(arena);
}

static void test_length_that_lies_takes_little_memory(void **unused)
{
    (void)unused;
    struct arena *arena = arena_create(1 << 20);
    struct grpc_frame frame;
    struct ts_error error = {0};
    uint8_t bytes[6] = {0, 0x00, 0xFF, 0xFF, 0xFF, 1};
    size_t taken;
    grpc_frame_init(&frame, arena, 1 << 24);
    assert_int_equal(grpc_frame_feed(&frame, bytes, 6, &taken, &error), GRPC_FRAME_MORE);
    assert_false(grpc_frame_is_idle(&frame));
    assert_in_range(arena_used(arena), 1, 70000);
    arena_free(arena);
}

static void test_large_message_arrives_whole(void **unused)
{
    (void)unused;
    size_t length = 3000000, taken, at = 0;
    struct arena *arena = arena_create(length * 2);
    struct grpc_frame frame;
    struct ts_error error = {0};
    uint8_t prefix[GRPC_FRAME_PREFIX], piece[16384];
    grpc_frame_init(&frame, arena, length);
    grpc_frame_write_prefix(prefix, false, (uint32_t)length);
    assert_int_equal(grpc_frame_feed(&frame, prefix, sizeof prefix, &taken, &error), GRPC_FRAME_MORE);
    enum grpc_frame_result result = GRPC_FRAME_MORE;
    while (result == GRPC_FRAME_MORE) {
        for (size_t i = 0; i < sizeof piece; i++)
            piece[i] = (uint8_t)((at + i) * 31 >> 8);
        result = grpc_frame_feed(&frame, piece, sizeof piece, &taken, &error);
        at += taken;
    }
    assert_int_equal(result, GRPC_FRAME_MESSAGE);
    assert_int_equal(at, length);
    for (size_t i = 0; i < length; i += 997)
        assert_int_equal(frame.message[i], (uint8_t)(i * 31 >> 8));
    arena_free(arena);
}

// What grpc_frame.h promises about memory: never much more than has come, and a third more than the message
// in the end.
static void test_memory_follows_what_has_come(void **unused)
{
    static const size_t lengths[] = {0, 1, 65535, 65536, 65537, 262145, 4194305, 6000000, 8388607, 8388608};
    static uint8_t piece[16384];
    (void)unused;
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        size_t length = lengths[i], taken;
        struct arena *arena = arena_create(length / 3 * 4 + 65536);
        struct grpc_frame frame;
        struct ts_error error = {0};
        uint8_t prefix[GRPC_FRAME_PREFIX];
        grpc_frame_init(&frame, arena, length);
        grpc_frame_write_prefix(prefix, false, (uint32_t)length);
        enum grpc_frame_result result = grpc_frame_feed(&frame, prefix, sizeof prefix, &taken, &error);
        while (result == GRPC_FRAME_MORE) {
            result = grpc_frame_feed(&frame, piece, sizeof piece, &taken, &error);
            assert_in_range(frame.capacity, frame.have, 65536 + 4 * frame.have);
            assert_in_range(arena_used(arena), 0, length / 3 * 4 + 1024);
        }
        assert_int_equal(result, GRPC_FRAME_MESSAGE);
        assert_int_equal(frame.have, length);
        arena_free(arena);
    }
}

static void test_wrong_frames_are_refused(void **unused)
{
    (void)unused;
    struct arena *arena = arena_create(1 << 20);
    struct grpc_frame frame;
    struct ts_error error = {0};
    size_t taken;
    const uint8_t flagged[] = {2, 0, 0, 0, 0}, large[] = {0, 0, 0, 3, 0xE9}, plain[] = {0, 0, 0, 0, 1, 9};
    grpc_frame_init(&frame, arena, 1000);
    assert_int_equal(grpc_frame_feed(&frame, flagged, 5, &taken, &error), GRPC_FRAME_FAILED);
    assert_int_equal(error.status, TS_INTERNAL);
    grpc_frame_init(&frame, arena, 1000);
    assert_int_equal(grpc_frame_feed(&frame, large, 5, &taken, &error), GRPC_FRAME_FAILED);
    assert_int_equal(error.status, TS_RESOURCE_EXHAUSTED);
    assert_string_equal(error.reason, "MESSAGE_TOO_LARGE");
    grpc_frame_init(&frame, arena, 1000);
    arena_fail_at(arena, 1);
    assert_int_equal(grpc_frame_feed(&frame, plain, 6, &taken, &error), GRPC_FRAME_FAILED);
    assert_string_equal(error.reason, "OUT_OF_MEMORY");
    arena_free(arena);
}

static void test_base64_knows_rfc_4648_vectors(void **unused)
{
    (void)unused;
    static const char *const rows[][3] = {{"", "", ""},
                                          {"f", "Zg==", "Zg"},
                                          {"fo", "Zm8=", "Zm8"},
                                          {"foo", "Zm9v", "Zm9v"},
                                          {"foob", "Zm9vYg==", "Zm9vYg"},
                                          {"fooba", "Zm9vYmE=", "Zm9vYmE"},
                                          {"foobar", "Zm9vYmFy", "Zm9vYmFy"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[16];
        size_t length = strlen(rows[i][0]);
        for (int padded = 0; padded < 2; padded++) {
            const char *wanted = rows[i][padded ? 1 : 2];
            assert_int_equal(base64_write(rows[i][0], length, padded, text), strlen(wanted));
            assert_string_equal(text, wanted);
            uint8_t *bytes = malloc(BASE64_BYTES_SIZE(strlen(wanted)));
            size_t read;
            assert_true(base64_read(wanted, strlen(wanted), bytes, &read));
            assert_int_equal(read, length);
            assert_memory_equal(bytes, rows[i][0], length);
            free(bytes);
        }
    }
}

static void test_base64_refuses_what_no_writer_makes(void **unused)
{
    (void)unused;
    static const char *const wrong[] = {"Z",     "Zg=",  "Zh==",  "Zh",       "Zm9=",
                                        "=",     "==",   "====",  "Zg==Zg==", "Z g",
                                        "Zm9\n", "Zm-_", "Zm9v=", "Z===",     "\xC3\xA4"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        uint8_t bytes[16];
        size_t length;
        assert_false(base64_read(wrong[i], strlen(wrong[i]), bytes, &length));
    }
}

static void test_grpc_message_is_percent_encoded(void **unused)
{
    (void)unused;
    struct arena *arena = arena_create(1 << 16);
    const char *text = "50 % of 金 \t~";
    const char *encoded = "50 %25 of %E9%87%91 %09~";
    assert_string_equal(percent_encode(text, arena), encoded);
    assert_string_equal(percent_decode(encoded, strlen(encoded), arena), text);
    static const char *const lenient[][2] = {
        {"%", "%"}, {"%4", "%4"}, {"%zz", "%zz"}, {"a%41%e9", "aA\xe9"}, {"%%41", "%A"}};
    for (size_t i = 0; i < sizeof lenient / sizeof lenient[0]; i++) {
        char *exact = testing_exact(lenient[i][0], strlen(lenient[i][0]));
        assert_string_equal(percent_decode(exact, strlen(lenient[i][0]), arena), lenient[i][1]);
        free(exact);
    }
    arena_fail_at(arena, 1);
    assert_null(percent_encode(text, arena));
    arena_fail_at(arena, 1);
    assert_null(percent_decode(text, 3, arena));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_messages_survive_every_split),
        cmocka_unit_test(test_messages_survive_single_bytes),
        cmocka_unit_test(test_length_that_lies_takes_little_memory),
        cmocka_unit_test(test_large_message_arrives_whole),
        cmocka_unit_test(test_memory_follows_what_has_come),
        cmocka_unit_test(test_wrong_frames_are_refused),
        cmocka_unit_test(test_base64_knows_rfc_4648_vectors),
        cmocka_unit_test(test_base64_refuses_what_no_writer_makes),
        cmocka_unit_test(test_grpc_message_is_percent_encoded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
