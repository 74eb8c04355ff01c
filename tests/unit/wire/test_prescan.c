// SPDX-License-Identifier: Apache-2.0
// The pre-scan lets through what unpacks, and refuses everything that must not reach protobuf-c.
#include "testing.h"

#include "grpc/reflection/v1/reflection.pb-c.h"
#include "touchstone/v1/bench.pb-c.h"
#include "touchstone/v1/common.pb-c.h"
#include "touchstone/v1/desk.pb-c.h"
#include "touchstone/v1/staff.pb-c.h"
#include "wire/arena.h"
#include "wire/error.h"
#include "wire/prescan.h"

#include <stdlib.h>
#include <string.h>

enum { ARENA_BYTES = 1 << 22 };

static bool scan_exact(const ProtobufCMessageDescriptor *descriptor, const void *bytes, size_t length,
                       struct ts_error *error)
{
    uint8_t *exact = testing_exact(bytes, length);
    bool held = prescan_message(descriptor, exact, length, error);
    free(exact);
    return held;
}

// What passes must unpack.
static void assert_unpacks(const ProtobufCMessageDescriptor *descriptor, const uint8_t *bytes, size_t length)
{
    struct arena *arena = arena_create(ARENA_BYTES);
    ProtobufCAllocator allocator = arena_allocator(arena);
    ProtobufCMessage *message = protobuf_c_message_unpack(descriptor, &allocator, length, bytes);
    assert_non_null(message);
    free(testing_pack(message, &length));
    arena_free(arena);
}

static void test_random_messages_pass(void **unused)
{
    (void)unused;
    uint64_t state = 21;
    for (int round = 0; round < 100; round++) {
        for (size_t i = 0; i < testing_descriptor_count; i++) {
            struct arena *arena = arena_create(ARENA_BYTES);
            size_t length;
            struct ts_error error = {0};
            uint8_t *bytes = testing_pack(testing_message(testing_descriptors[i], arena, &state), &length);
            if (!prescan_message(testing_descriptors[i], bytes, length, &error))
                fail_msg("%s", error.detail);
            free(bytes);
            arena_free(arena);
        }
    }
    assert_true(prescan_message(&touchstone__v1__test__descriptor, NULL, 0, NULL));
}

static void test_every_truncation_ends_in_refusal_or_in_a_message(void **unused)
{
    (void)unused;
    uint64_t state = 22;
    for (int round = 0; round < 10; round++) {
        struct arena *arena = arena_create(ARENA_BYTES);
        const ProtobufCMessageDescriptor *descriptor = &touchstone__v1__register_intake_response__descriptor;
        size_t length;
        uint8_t *bytes = testing_pack(testing_message(descriptor, arena, &state), &length);
        for (size_t cut = 0; cut < length; cut++) {
            uint8_t *exact = testing_exact(bytes, cut);
            struct ts_error error = {0};
            if (prescan_message(descriptor, exact, cut, &error))
                assert_unpacks(descriptor, exact, cut);
            else
                assert_int_equal(error.status, TS_INVALID_ARGUMENT);
            free(exact);
        }
        free(bytes);
        arena_free(arena);
    }
}

static void test_mutated_bytes_are_refused_or_unpack(void **unused)
{
    (void)unused;
    uint64_t state = 23;
    size_t passed = 0;
    for (int round = 0; round < 8000; round++) {
        struct arena *arena = arena_create(ARENA_BYTES);
        const ProtobufCMessageDescriptor *descriptor =
            testing_descriptors[testing_below(&state, testing_descriptor_count)];
        size_t length;
        uint8_t *bytes = testing_pack(testing_message(descriptor, arena, &state), &length);
        for (size_t changes = 1 + testing_below(&state, 5); changes && length; changes--)
            bytes[testing_below(&state, length)] = (uint8_t)testing_random(&state);
        if (prescan_message(descriptor, bytes, length, NULL)) {
            assert_unpacks(descriptor, bytes, length);
            passed++;
        }
        free(bytes);
        arena_free(arena);
    }
    assert_in_range(passed, 500, 7500);
}

static void test_random_bytes_never_crash(void **unused)
{
    (void)unused;
    uint64_t state = 24;
    uint8_t bytes[64];
    for (int round = 0; round < 100000; round++) {
        size_t length = testing_below(&state, sizeof bytes);
        for (size_t i = 0; i < length; i++)
            bytes[i] = (uint8_t)(testing_random(&state) % (round % 2 ? 256 : 32));
        const ProtobufCMessageDescriptor *descriptor =
            testing_descriptors[(size_t)round % testing_descriptor_count];
        uint8_t *exact = testing_exact(bytes, length);
        if (prescan_message(descriptor, exact, length, NULL))
            assert_unpacks(descriptor, exact, length);
        free(exact);
    }
}

struct refusal {
    const char *bytes;
    size_t length;
    const char *field; // "" for no violation but MESSAGE_MALFORMED
    const char *why;
};

#define BYTES(text) text, sizeof(text) - 1

static void test_wrong_fields_are_named_by_their_path(void **unused)
{
    (void)unused;
    // RegisterIntakeRequest: items = 5 {name = 1, tests = 11 {method_id = 1}, pieces = 12}, return_choice
    // = 7.
    static const struct refusal rows[] = {
        {BYTES("\x08\x01"), "request_id", "has the wrong type"},
        {BYTES("\x0D\x01\x01\x01\x01"), "request_id", "has the wrong type"},
        {BYTES("\x3A\x01\x01"), "return_choice", "has the wrong type"},
        {BYTES("\x0A\x02\xC3\x28"), "request_id", "is not valid UTF-8"},
        {BYTES("\x0A\x03"
               "a\0b"),
         "request_id", "NUL"},
        {BYTES("\x0A\x05"
               "abc"),
         "request_id", "is cut off"},
        {BYTES("\x2A\x00\x2A\x00\x2A\x04\x5A\x02\x08\x01"), "items[2].tests[0].method_id",
         "has the wrong type"},
        {BYTES("\x2A\x00\x2A\x03\x0A\x01\xFF"), "items[1].name", "is not valid UTF-8"},
        {BYTES("\x2A\x02\x62\x00"), "items[0].pieces", "has the wrong type"},
        {BYTES("\x2A\x02\x60\x80"), "items[0].pieces", "is cut off"},
        {BYTES("\x2A\x01\x80"), "items[0]", "is no valid message"},
        {BYTES("\x1A\x00\x1A\x00"), "owner", "is given twice"},
        {BYTES("\x38\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"), "return_choice", "is cut off"},
        {BYTES("\x80"), "", ""},
        {BYTES("\x00"), "", ""},
        {BYTES("\x02\x00"), "", ""},
        {BYTES("\x0B\x0C"), "request_id", "has the wrong type"}, // a group
        {BYTES("\xA3\x06\xA4\x06"), "", ""},                     // an unknown group
        {BYTES("\xA7\x06\x00"), "", ""},
        {BYTES("\xA0\x06"), "", ""},
        {BYTES("\xA1\x06\x01\x02"), "", ""},
        {BYTES("\xA2\x06\x05\x01"), "", ""},
        {BYTES("\xA2\x06\xFF\xFF\xFF\xFF\xFF\x01"), "", ""},
        {BYTES("\xFF\xFF\xFF\xFF\x7F\x00"), "", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct ts_error error = {0};
        assert_false(scan_exact(&touchstone__v1__register_intake_request__descriptor, rows[i].bytes,
                                rows[i].length, &error));
        assert_int_equal(error.status, TS_INVALID_ARGUMENT);
        if (!*rows[i].field) {
            assert_string_equal(error.reason, "MESSAGE_MALFORMED");
            continue;
        }
        assert_int_equal(error.violation_count, 1);
        assert_string_equal(error.violations[0].field, rows[i].field);
        if (!strstr(error.violations[0].description, rows[i].why))
            fail_msg("%s: %s", rows[i].field, error.violations[0].description);
    }
}

static void test_unknown_fields_are_skipped(void **unused)
{
    (void)unused;
    static const char bytes[] =
        "\xA0\x06\x07\xA1\x06\1\2\3\4\5\6\7\x08\xA2\x06\x03\xFF\xFE\xFD\xA5\x06\1\2\3\4\x0A\x01x";
    assert_true(
        scan_exact(&touchstone__v1__register_intake_request__descriptor, bytes, sizeof bytes - 1, NULL));
}

static void test_packed_and_single_elements_are_alike(void **unused)
{
    (void)unused;
    const ProtobufCMessageDescriptor *roles = &touchstone__v1__laboratory_roles__descriptor;
    assert_true(scan_exact(roles, "\x12\x03\x01\x02\x03", 5, NULL));
    assert_true(scan_exact(roles, "\x10\x01\x10\x02", 4, NULL));
    assert_true(scan_exact(roles, "\x10\x01\x12\x01\x02\x10\x03", 7, NULL));
    assert_true(scan_exact(roles, "\x12\x00", 2, NULL));
    assert_unpacks(roles, (const uint8_t *)"\x10\x01\x12\x01\x02\x10\x03", 7);
    struct ts_error error = {0};
    assert_false(scan_exact(roles, "\x12\x03\x01\x02\x83", 5, &error));
    assert_string_equal(error.violations[0].field, "roles[2]");
    assert_false(scan_exact(roles, "\x15\x01\x02\x03\x04", 5, &error));
}

// A message of `count` times the same field.
static bool scan_many(const ProtobufCMessageDescriptor *descriptor, const char *field, size_t length,
                      size_t count, struct ts_error *error)
{
    uint8_t *bytes = malloc(length * count);
    assert_non_null(bytes);
    for (size_t i = 0; i < count; i++)
        memcpy(bytes + i * length, field, length);
    bool held = prescan_message(descriptor, bytes, length * count, error);
    free(bytes);
    return held;
}

static void test_counts_have_ceilings(void **unused)
{
    (void)unused;
    struct ts_error error = {0};
    const ProtobufCMessageDescriptor *intake = &touchstone__v1__register_intake_request__descriptor;
    assert_true(scan_many(intake, "\x2A\x00", 2, PRESCAN_ELEMENTS, &error));
    assert_false(scan_many(intake, "\x2A\x00", 2, PRESCAN_ELEMENTS + 1, &error));
    assert_string_equal(error.violations[0].field, "items");
    assert_true(scan_many(intake, "\xA0\x06\x07", 3, PRESCAN_FIELDS, &error));
    assert_false(scan_many(intake, "\xA0\x06\x07", 3, PRESCAN_FIELDS + 1, &error));
    assert_string_equal(error.reason, "MESSAGE_TOO_LARGE");
    assert_false(scan_many(intake, "\x0A\x00", 2, PRESCAN_FIELDS + 1, &error));
    uint8_t packed[4 + PRESCAN_ELEMENTS + 1] = {0x12, 0xE9, 0x07};
    memset(packed + 3, 1, PRESCAN_ELEMENTS + 1);
    assert_false(prescan_message(&touchstone__v1__laboratory_roles__descriptor, packed,
                                 3 + PRESCAN_ELEMENTS + 1, &error));
    assert_string_equal(error.violations[0].field, "roles");
}

static void test_depth_has_a_ceiling(void **unused)
{
    (void)unused;
    // FileDescriptorProto-like nesting does not exist in our schema; DescriptorProto.nested_type = 3 does in
    // Google's.
    extern const ProtobufCMessageDescriptor google__protobuf__descriptor_proto__descriptor;
    uint8_t bytes[256], next[256];
    size_t length = 0;
    for (int depth = 1; depth < 60; depth++) {
        struct ts_error error = {0};
        bool held = prescan_message(&google__protobuf__descriptor_proto__descriptor, bytes, length, &error);
        assert_int_equal(held, depth <= PRESCAN_DEPTH);
        if (!held)
            assert_non_null(strstr(error.violations[0].description, "too deep"));
        memcpy(next + 2, bytes, length);
        next[0] = 0x1A;
        next[1] = (uint8_t)length;
        length += 2;
        memcpy(bytes, next, length);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_messages_pass),
        cmocka_unit_test(test_every_truncation_ends_in_refusal_or_in_a_message),
        cmocka_unit_test(test_mutated_bytes_are_refused_or_unpack),
        cmocka_unit_test(test_random_bytes_never_crash),
        cmocka_unit_test(test_wrong_fields_are_named_by_their_path),
        cmocka_unit_test(test_unknown_fields_are_skipped),
        cmocka_unit_test(test_packed_and_single_elements_are_alike),
        cmocka_unit_test(test_counts_have_ceilings),
        cmocka_unit_test(test_depth_has_a_ceiling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
