// SPDX-License-Identifier: Apache-2.0
// Messages to JSON and back: the mapping, random messages, broken text, missing memory.
#include "testing.h"

#include "google/protobuf/timestamp.pb-c.h"
#include "touchstone/internal/v1/rpc_status.pb-c.h"
#include "touchstone/v1/audit.pb-c.h"
#include "touchstone/v1/bench.pb-c.h"
#include "touchstone/v1/desk.pb-c.h"
#include "touchstone/v1/sheet.pb-c.h"
#include "touchstone/v1/staff.pb-c.h"
#include "wire/arena.h"
#include "wire/error.h"
#include "wire/json_message.h"
#include "wire/json_reader.h"
#include "wire/json_wire.h"
#include "wire/wire_writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_BYTES = 1 << 22 };

static void assert_same(const ProtobufCMessage *a, const ProtobufCMessage *b)
{
    size_t length_a, length_b;
    uint8_t *bytes_a = testing_pack(a, &length_a), *bytes_b = testing_pack(b, &length_b);
    assert_int_equal(length_a, length_b);
    assert_memory_equal(bytes_a, bytes_b, length_a);
    free(bytes_a);
    free(bytes_b);
}

// The bytes that json_wire.h makes of a text say what the message says; of a text that is refused it makes
// none.
static void assert_wire(const ProtobufCMessageDescriptor *descriptor, const char *json, size_t length,
                        const ProtobufCMessage *message)
{
    struct arena *arena = arena_create(ARENA_BYTES);
    struct ts_error error = {0};
    const uint8_t *bytes;
    size_t byte_count;
    bool made = json_wire_write(descriptor, json, length, arena, &bytes, &byte_count, &error);
    assert_int_equal(made, message != NULL);
    if (made) {
        uint8_t *exact = (uint8_t *)testing_exact((const char *)bytes, byte_count);
        ProtobufCMessage *read = protobuf_c_message_unpack(descriptor, NULL, byte_count, exact);
        assert_non_null(read);
        assert_same(read, message);
        protobuf_c_message_free_unpacked(read, NULL);
        free(exact);
    }
    arena_free(arena);
}

// Reads from memory of the exact size, both ways.
static ProtobufCMessage *read_exact(const ProtobufCMessageDescriptor *descriptor, const char *json,
                                    size_t length, struct arena *arena, struct ts_error *error)
{
    char *exact = testing_exact(json, length);
    ProtobufCMessage *message = json_message_read(descriptor, exact, length, arena, error);
    assert_wire(descriptor, exact, length, message);
    free(exact);
    return message;
}

static void *read_text(const ProtobufCMessageDescriptor *descriptor, const char *json, struct arena *arena)
{
    struct ts_error error = {0};
    ProtobufCMessage *message = read_exact(descriptor, json, strlen(json), arena, &error);
    if (!message)
        fail_msg("%s: %s", json, error.detail);
    return message;
}

static void assert_refused(const ProtobufCMessageDescriptor *descriptor, const char *json)
{
    struct arena *arena = arena_create(ARENA_BYTES);
    struct ts_error error = {0};
    if (read_exact(descriptor, json, strlen(json), arena, &error))
        fail_msg("%s was taken", json);
    assert_int_equal(error.status, TS_INVALID_ARGUMENT);
    assert_string_equal(error.reason, "JSON_INVALID");
    arena_free(arena);
}

static void test_random_messages_survive_the_way_there_and_back(void **unused)
{
    (void)unused;
    uint64_t state = 7;
    for (int round = 0; round < 60; round++) {
        for (size_t i = 0; i < testing_descriptor_count; i++) {
            struct arena *arena = arena_create(ARENA_BYTES);
            struct ts_error error = {0};
            struct json_text json;
            // A date stands for text as a member only; by itself it is written as text, too.
            ProtobufCMessage *message = testing_message(testing_descriptors[i], arena, &state);
            assert_true(json_message_write(message, arena, &json, &error));
            assert_int_equal(json.length, strlen(json.text));
            ProtobufCMessage *back =
                read_exact(testing_descriptors[i], json.text, json.length, arena, &error);
            if (!back)
                fail_msg("%s: %s", json.text, error.detail);
            assert_same(message, back);
            arena_free(arena);
        }
    }
}

static void test_messages_are_packed_as_protobuf_c_packs_them(void **unused)
{
    (void)unused;
    uint64_t state = 11;
    for (int round = 0; round < 60; round++)
        for (size_t i = 0; i < testing_descriptor_count; i++) {
            struct arena *arena = arena_create(ARENA_BYTES);
            struct wire_writer wire;
            ProtobufCMessage *message = testing_message(testing_descriptors[i], arena, &state);
            size_t length;
            uint8_t *packed = testing_pack(message, &length);
            assert_true(wire_writer_init(&wire, arena, 1 + round) && wire_put_message(&wire, message));
            assert_int_equal(wire.length, length);
            assert_memory_equal(wire.bytes, packed, length);
            free(packed);
            arena_free(arena);
        }
}

// Without memory at any of its allocations the writer says so.
static void test_packing_without_memory_is_reported(void **unused)
{
    (void)unused;
    uint64_t state = 12;
    struct arena *arena = arena_create(ARENA_BYTES);
    ProtobufCMessage *message =
        testing_message(&touchstone__v1__register_intake_response__descriptor, arena, &state);
    bool packed = false;
    for (size_t nth = 1; !packed; nth++) {
        struct wire_writer wire;
        arena_fail_at(arena, nth);
        packed = wire_writer_init(&wire, arena, 1) && wire_put_message(&wire, message);
        assert_true(packed || nth < 100);
        assert_true(!packed || nth > 2);
    }
    arena_free(arena);
}

static void test_mapping_is_the_documented_one(void **unused)
{
    (void)unused;
    struct arena *arena = arena_create(ARENA_BYTES);
    Touchstone__V1__Test test = TOUCHSTONE__V1__TEST__INIT;
    Touchstone__V1__Reading reading = TOUCHSTONE__V1__READING__INIT, empty = TOUCHSTONE__V1__READING__INIT;
    Touchstone__V1__Reading *readings[] = {&reading, &empty};
    Google__Protobuf__Timestamp due = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    struct json_text json;
    test.test_id = (char *)"t\"1";
    test.state = TOUCHSTONE__V1__TEST_STATE__TEST_STATE_IN_PROGRESS;
    due.seconds = 1795480274;
    due.nanos = 123456000;
    test.due_at = &due;
    reading.value = (char *)"750.0";
    reading.qualifier = TOUCHSTONE__V1__QUALIFIER__QUALIFIER_NOT_DETECTED;
    test.n_readings = 2;
    test.readings = readings;
    test.version = INT64_C(9007199254740991);
    assert_true(json_message_write(&test.base, arena, &json, NULL));
    assert_string_equal(
        json.text,
        "{\"test_id\":\"t\\\"1\",\"state\":\"in_progress\",\"due_at\":\"2026-11-24T00:31:14.123456Z\","
        "\"readings\":[{\"value\":\"750.0\",\"qualifier\":\"not_detected\"},{}],"
        "\"version\":9007199254740991}");
    test = (Touchstone__V1__Test)TOUCHSTONE__V1__TEST__INIT;
    assert_true(json_message_write(&test.base, arena, &json, NULL));
    assert_string_equal(json.text, "{}");
    arena_free(arena);
}

static void test_pictures_become_numbers_and_secrets_stay_out_of_sql(void **unused)
{
    (void)unused;
    struct arena *arena = arena_create(ARENA_BYTES);
    Touchstone__V1__RegisterIntakeRequest request = TOUCHSTONE__V1__REGISTER_INTAKE_REQUEST__INIT;
    Touchstone__V1__NewItem items[6];
    Touchstone__V1__NewItem *pointers[6];
    uint8_t photo[] = {0xFF, 0xD8, 0xFF};
    struct json_text json;
    for (size_t i = 0; i < 6; i++) {
        touchstone__v1__new_item__init(&items[i]);
        pointers[i] = &items[i];
        if (i != 2)
            items[i].photo = (ProtobufCBinaryData){i % 3 + 1, photo};
    }
    request.n_items = 6;
    request.items = pointers;
    assert_true(json_message_write_for_sql(&request.base, arena, &json, NULL));
    assert_string_equal(
        json.text, "{\"items\":[{\"photo\":1},{\"photo\":2},{},{\"photo\":3},{\"photo\":4},{\"photo\":5}]}");
    assert_int_equal(json.blob_count, 5);
    assert_ptr_equal(json.blobs[2], &items[3].photo);
    request.n_items = 1;
    assert_true(json_message_write(&request.base, arena, &json, NULL));
    assert_string_equal(json.text, "{\"items\":[{\"photo\":\"/w==\"}]}");
    assert_int_equal(json.blob_count, 0);

    Touchstone__V1__LoginRequest login = TOUCHSTONE__V1__LOGIN_REQUEST__INIT;
    login.username = (char *)"li.na";
    login.password = (char *)"secret of li.na";
    assert_true(json_message_write_for_sql(&login.base, arena, &json, NULL));
    assert_string_equal(json.text, "{\"username\":\"li.na\"}");
    assert_true(json_message_write(&login.base, arena, &json, NULL));
    assert_non_null(strstr(json.text, "secret of li.na"));
    arena_free(arena);
}

static void test_item_codes_reach_sql_in_their_canonical_form(void **unused)
{
    (void)unused;
    struct arena *arena = arena_create(ARENA_BYTES);
    Touchstone__V1__GetItemRequest request = TOUCHSTONE__V1__GET_ITEM_REQUEST__INIT;
    struct json_text json;
    request.item_code = (char *)"l23-45 6-788";
    assert_true(json_message_write_for_sql(&request.base, arena, &json, NULL));
    assert_string_equal(json.text, "{\"item_code\":\"123456788\"}");
    assert_true(json_message_write(&request.base, arena, &json, NULL));
    assert_string_equal(json.text, "{\"item_code\":\"l23-45 6-788\"}");
    request.item_code = (char *)"no code";
    assert_true(json_message_write_for_sql(&request.base, arena, &json, NULL));
    assert_string_equal(json.text, "{\"item_code\":\"no code\"}");
    arena_free(arena);
}

static void test_reading_takes_what_postgresql_prints(void **unused)
{
    (void)unused;
    struct arena *arena = arena_create(ARENA_BYTES);
    Touchstone__V1__ListTestsResponse *list =
        read_text(&touchstone__v1__list_tests_response__descriptor,
                  " {\"tests\" : [ {\"due_at\":\"2026-11-24T08:31:14.123456+08:00\", \"state\":\"assigned\", "
                  "\"test_id\": "
                  "\"\\u91d1\\ud83d\\udc8d\\/\", \"judgement\": null, \"unknown\": {\"a\": [1, -2.5e+3, "
                  "true, false, null, "
                  "{\"b\": []}]}, \"version\": 7, \"readings\": [], \"item_code\":null}, {} "
                  "],\n\t\"next_page_token\": \"\"} ",
                  arena);
    assert_int_equal(list->n_tests, 2);
    assert_int_equal(list->tests[0]->due_at->seconds, 1795480274);
    assert_int_equal(list->tests[0]->due_at->nanos, 123456000);
    assert_int_equal(list->tests[0]->state, TOUCHSTONE__V1__TEST_STATE__TEST_STATE_ASSIGNED);
    assert_string_equal(list->tests[0]->test_id, "金💍/");
    assert_null(list->tests[0]->judgement);
    assert_int_equal(list->tests[0]->version, 7);
    assert_string_equal(list->tests[1]->test_id, "");

    Touchstone__V1__HistoryEntry *entry =
        read_text(&touchstone__v1__history_entry__descriptor,
                  "{\"old_values\": {\"a\" : 1.50}, \"new_values\": [1,2], \"reason\": 750.10}", arena);
    assert_string_equal(entry->old_values, "{\"a\" : 1.50}");
    assert_string_equal(entry->new_values, "[1,2]");
    assert_string_equal(entry->reason, "750.10");

    Touchstone__V1__DownloadSheetResponse *sheet =
        read_text(&touchstone__v1__download_sheet_response__descriptor, "{\"data\": 1}", arena);
    assert_int_equal(sheet->data.len, 0);
    sheet = read_text(&touchstone__v1__download_sheet_response__descriptor, "{\"data\": \"Zm9v\"}", arena);
    assert_int_equal(sheet->data.len, 3);
    Touchstone__V1__LaboratoryRoles *roles = read_text(&touchstone__v1__laboratory_roles__descriptor,
                                                       "{\"roles\":[\"reception\",\"signatory\"]}", arena);
    assert_int_equal(roles->n_roles, 2);
    assert_int_equal(roles->roles[1], TOUCHSTONE__V1__ROLE__ROLE_SIGNATORY);
    Touchstone__V1__MaskedPerson *person =
        read_text(&touchstone__v1__masked_person__descriptor, "{\"item_count\":-2147483648}", arena);
    assert_int_equal(person->item_count, INT32_MIN);
    arena_free(arena);
}

static void test_wrong_json_is_refused(void **unused)
{
    (void)unused;
    static const char *const wrong[] = {"",
                                        " ",
                                        "null",
                                        "[]",
                                        "1",
                                        "\"a\"",
                                        "{",
                                        "{}}",
                                        "{} x",
                                        "{\"a\"}",
                                        "{\"a\":}",
                                        "{\"a\":1,}",
                                        "{,}",
                                        "{\"a\" 1}",
                                        "{a:1}",
                                        "{'a':1}",
                                        "{\"a\":01}",
                                        "{\"a\":1.}",
                                        "{\"a\":.5}",
                                        "{\"a\":+1}",
                                        "{\"a\":-}",
                                        "{\"a\":1e}",
                                        "{\"a\":nul}",
                                        "{\"a\":nulll}",
                                        "{\"a\":tru}",
                                        "{\"a\":True}",
                                        "{\"a\":\"\\x\"}",
                                        "{\"a\":\"\\u12\"}",
                                        "{\"a\":\"\\u0000\"}",
                                        "{\"a\":\"\\ud800\"}",
                                        "{\"a\":\"\\udc00\\ud800\"}",
                                        "{\"a\":\"\\ud800\\u0041\"}",
                                        "{\"a\":\"\n\"}",
                                        "{\"a\":\"\xff\"}",
                                        "{\"a\":\"\xed\xa0\x80\"}",
                                        "{\"a\":\"\xc0\xaf\"}",
                                        "{\"a\":\"",
                                        "{\"a\":\"\\",
                                        "{\"a\":[1",
                                        "{\"a\":[1,]}",
                                        "{\"a\":[,1]}",
                                        "{\"a\":[1 2]}",
                                        "{\"a\":1}{",
                                        "{\"test_id\":true}",
                                        "{\"test_id\":false}",
                                        "{\"version\":\"7\"}",
                                        "{\"version\":1.0}",
                                        "{\"version\":1e3}",
                                        "{\"version\":9223372036854775808}",
                                        "{\"version\":[1]}",
                                        "{\"state\":\"lost\"}",
                                        "{\"due_at\":7}",
                                        "{\"due_at\":\"yesterday\"}",
                                        "{\"due_at\":\"2026-02-30T00:00:00Z\"}",
                                        "{\"due_at\":\"2026-01-01T00:00:00\"}",
                                        "{\"readings\":{}}",
                                        "{\"readings\":[1]}",
                                        "{\"readings\":[null]}",
                                        "{\"judgement\":[]}",
                                        "{\"judgement\":\"\"}"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_refused(&touchstone__v1__test__descriptor, wrong[i]);
    assert_refused(&touchstone__v1__masked_person__descriptor, "{\"item_count\":2147483648}");
    assert_refused(&touchstone__v1__masked_person__descriptor, "{\"item_count\":-2147483649}");
    assert_refused(&touchstone__v1__item__descriptor, "{\"photo_pending\":1}");
    assert_refused(&touchstone__v1__item__descriptor, "{\"photo_pending\":\"true\"}");
    assert_refused(&touchstone__v1__download_sheet_response__descriptor, "{\"data\":\"!\"}");
    assert_refused(&touchstone__v1__download_sheet_response__descriptor, "{\"data\":1.5}");
}

static void test_depth_is_bounded(void **unused)
{
    (void)unused;
    char text[400] = "{\"x\":";
    memset(text + 5, '[', 300);
    memset(text + 305, 0, 10);
    assert_refused(&touchstone__v1__test__descriptor, text);
    memset(text + 5, '[', 31);
    memset(text + 36, ']', 31);
    strcpy(text + 67, "}");
    struct arena *arena = arena_create(ARENA_BYTES);
    assert_non_null(read_text(&touchstone__v1__test__descriptor, text, arena));
    arena_free(arena);
}

static void test_every_truncation_is_refused(void **unused)
{
    (void)unused;
    uint64_t state = 11;
    struct arena *arena = arena_create(ARENA_BYTES * 4);
    struct json_text json;
    do {
        ProtobufCMessage *message =
            testing_message(&touchstone__v1__register_intake_response__descriptor, arena, &state);
        assert_true(json_message_write(message, arena, &json, NULL));
    } while (json.length < 1000);
    for (size_t length = 0; length < json.length; length++) {
        struct arena *small = arena_create(ARENA_BYTES);
        struct ts_error error = {0};
        assert_null(read_exact(&touchstone__v1__register_intake_response__descriptor, json.text, length,
                               small, &error));
        assert_string_equal(error.reason, "JSON_INVALID");
        arena_free(small);
    }
    arena_free(arena);
}

static void test_mutated_text_never_crashes(void **unused)
{
    (void)unused;
    static const char bytes[] = "{}[]\",:\\u0123456789eE+-.tfn \x01\x80\xff";
    uint64_t state = 13;
    for (int round = 0; round < 4000; round++) {
        struct arena *arena = arena_create(ARENA_BYTES);
        const ProtobufCMessageDescriptor *descriptor =
            testing_descriptors[testing_below(&state, testing_descriptor_count)];
        struct json_text json;
        assert_true(json_message_write(testing_message(descriptor, arena, &state), arena, &json, NULL));
        for (size_t changes = 1 + testing_below(&state, 4); changes; changes--)
            json.text[testing_below(&state, json.length)] = bytes[testing_below(&state, sizeof bytes)];
        struct ts_error error = {0};
        ProtobufCMessage *message = read_exact(descriptor, json.text, json.length, arena, &error);
        assert_true(message || error.status == TS_INVALID_ARGUMENT);
        if (message) // what was read can be written
            free(testing_pack(message, &(size_t){0}));
        arena_free(arena);
    }
}

static void test_missing_memory_at_every_allocation_is_reported(void **unused)
{
    (void)unused;
    uint64_t state = 17;
    struct arena *arena = arena_create(ARENA_BYTES);
    const ProtobufCMessageDescriptor *descriptor = &touchstone__v1__register_intake_request__descriptor;
    ProtobufCMessage *message = testing_message(descriptor, arena, &state);
    struct json_text json;
    assert_true(json_message_write(message, arena, &json, NULL));
    bool whole = false;
    for (size_t nth = 1; !whole; nth++) {
        struct arena *small = arena_create(ARENA_BYTES);
        struct ts_error error = {0};
        arena_fail_at(small, nth);
        ProtobufCMessage *back = json_message_read(descriptor, json.text, json.length, small, &error);
        if (!back)
            assert_string_equal(error.reason, "OUT_OF_MEMORY");
        whole = back;
        assert_true(nth < 5000);
        arena_free(small);
    }
    whole = false;
    for (size_t nth = 1; !whole; nth++) {
        struct arena *small = arena_create(ARENA_BYTES);
        struct ts_error error = {0};
        const uint8_t *bytes;
        size_t length;
        arena_fail_at(small, nth);
        whole = json_wire_write(descriptor, json.text, json.length, small, &bytes, &length, &error);
        assert_true(whole || strcmp(error.reason, "OUT_OF_MEMORY") == 0);
        arena_free(small);
    }
    whole = false;
    for (size_t nth = 1; !whole; nth++) {
        struct arena *small = arena_create(ARENA_BYTES);
        struct ts_error error = {0};
        struct json_text other;
        arena_fail_at(small, nth);
        whole = json_message_write_for_sql(message, small, &other, &error);
        assert_true(whole || strcmp(error.reason, "OUT_OF_MEMORY") == 0);
        arena_free(small);
    }
    arena_free(arena);
}

static void test_unwritable_messages_are_refused(void **unused)
{
    (void)unused;
    struct arena *arena = arena_create(ARENA_BYTES);
    struct ts_error error = {0};
    struct json_text json;
    Touchstone__V1__Test test = TOUCHSTONE__V1__TEST__INIT;
    Google__Protobuf__Timestamp due = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    due.nanos = -1;
    test.due_at = &due;
    assert_false(json_message_write(&test.base, arena, &json, &error));
    assert_string_equal(error.reason, "TIME_INVALID");
    test.due_at = NULL;
    test.state = (Touchstone__V1__TestState)99;
    assert_true(json_message_write(&test.base, arena, &json, &error));
    assert_string_equal(json.text, "{\"state\":99}");
    arena_free(arena);
}

// The reader looks at eight bytes at once: every place of every kind of end is tried.
static void test_a_text_ends_where_it_does_at_any_place(void **unused)
{
    static const char *const ends[] = {"\"", "\\u00e9\"", "\xc3\xa9\"", "\x7f\""};
    static const char *const means[] = {"", "\xc3\xa9", "\xc3\xa9", "\x7f"};
    (void)unused;
    for (size_t plain = 0; plain < 40; plain++)
        for (size_t i = 0; i < 4; i++)
            for (size_t behind = 0; behind < 12; behind++) {
                char json[160], wanted[80];
                snprintf(json, sizeof json, "{\"test_id\":\"%.*s%.*s%.*s\"}", (int)plain,
                         "abcdefghijklmnopqrstuvwxyz{}[]:, 0123456789", (int)strlen(ends[i]) - 1, ends[i],
                         (int)behind, "!#~'/-+.;<=>");
                snprintf(wanted, sizeof wanted, "%.*s%s%.*s", (int)plain,
                         "abcdefghijklmnopqrstuvwxyz{}[]:, 0123456789", means[i], (int)behind,
                         "!#~'/-+.;<=>");
                struct arena *arena = arena_create(ARENA_BYTES);
                Touchstone__V1__GetTestRequest *read =
                    read_text(&touchstone__v1__get_test_request__descriptor, json, arena);
                assert_string_equal(read->test_id, wanted);
                arena_free(arena);
            }
}

static void test_a_control_character_or_a_wrong_byte_is_refused_at_any_place(void **unused)
{
    (void)unused;
    for (size_t plain = 0; plain < 40; plain++)
        for (const char *wrong = "\x01\x1f\n\x80\xc3\xff"; *wrong; wrong++) {
            char json[80];
            snprintf(json, sizeof json, "{\"test_id\":\"%.*s%cabcdefgh\"}", (int)plain,
                     "abcdefghijklmnopqrstuvwxyz{}[]:, 0123456789", *wrong);
            assert_refused(&touchstone__v1__get_test_request__descriptor, json);
        }
}

static void test_what_stands_beside_a_message_is_told_with_it(void **unused)
{
    (void)unused;
    static const char json[] = "{\"judge\":{},\"tests\":[{\"judge\":{\"test_id\":\"750\"},\"version\":2},"
                               "{\"judge\":null,\"other\":{\"judge\":1}},{\"judge\": "
                               "{\"other\":[],\"test_id\":\"x\"} ,\"version\":4}]}";
    struct arena *arena = arena_create(ARENA_BYTES);
    struct ts_error error = {0};
    struct json_beside *beside = NULL;
    Touchstone__V1__ListTestsResponse *read = (void *)json_message_read_beside(
        &touchstone__v1__list_tests_response__descriptor, json, sizeof json - 1, "judge",
        &touchstone__v1__get_test_request__descriptor, &beside, arena, &error);
    assert_non_null(read);
    static const char *const texts[] = {"", "750", "x"};
    void *const messages[] = {read, read->tests[0], read->tests[2]};
    for (size_t i = 0; i < 3; i++, beside = beside->next) {
        assert_non_null(beside);
        assert_ptr_equal(beside->message, messages[i]);
        assert_string_equal(((Touchstone__V1__GetTestRequest *)beside->facts)->test_id, texts[i]);
    }
    assert_null(beside);
    assert_int_equal(read->tests[2]->version, 4);
    arena_free(arena);
}

static void test_reader_reads_by_hand(void **unused)
{
    (void)unused;
    struct arena *arena = arena_create(ARENA_BYTES);
    struct json_reader reader;
    bool first = true, value = false;
    const char *key, *number;
    char *text;
    size_t length;
    int64_t whole;
    const char *json = "{\"a\":[true,-9223372036854775808],\"b\\u0041\":\"x\",\"c\":-0.10e2}";
    json_reader_init(&reader, json, strlen(json), arena);
    assert_true(json_reader_enter(&reader, JSON_OBJECT));
    assert_true(json_reader_next_member(&reader, &first, &key, &length));
    assert_memory_equal(key, "a", length);
    bool first_element = true;
    assert_true(json_reader_enter(&reader, JSON_ARRAY));
    assert_true(json_reader_next_element(&reader, &first_element));
    assert_true(json_reader_bool(&reader, &value) && value);
    assert_true(json_reader_next_element(&reader, &first_element));
    assert_true(json_reader_int(&reader, &whole) && whole == INT64_MIN);
    assert_false(json_reader_next_element(&reader, &first_element));
    assert_true(json_reader_next_member(&reader, &first, &key, &length));
    assert_int_equal(length, 2);
    assert_memory_equal(key, "bA", 2);
    assert_true(json_reader_string(&reader, &text, &length));
    assert_string_equal(text, "x");
    assert_true(json_reader_next_member(&reader, &first, &key, &length));
    assert_true(json_reader_number(&reader, &number, &length));
    assert_int_equal(length, 7);
    assert_false(json_reader_next_member(&reader, &first, &key, &length));
    assert_true(json_reader_finish(&reader));
    assert_false(json_reader_string(&reader, &text, &length));
    assert_false(json_reader_finish(&reader));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_messages_survive_the_way_there_and_back),
        cmocka_unit_test(test_messages_are_packed_as_protobuf_c_packs_them),
        cmocka_unit_test(test_packing_without_memory_is_reported),
        cmocka_unit_test(test_mapping_is_the_documented_one),
        cmocka_unit_test(test_pictures_become_numbers_and_secrets_stay_out_of_sql),
        cmocka_unit_test(test_item_codes_reach_sql_in_their_canonical_form),
        cmocka_unit_test(test_reading_takes_what_postgresql_prints),
        cmocka_unit_test(test_wrong_json_is_refused),
        cmocka_unit_test(test_depth_is_bounded),
        cmocka_unit_test(test_every_truncation_is_refused),
        cmocka_unit_test(test_mutated_text_never_crashes),
        cmocka_unit_test(test_missing_memory_at_every_allocation_is_reported),
        cmocka_unit_test(test_unwritable_messages_are_refused),
        cmocka_unit_test(test_a_text_ends_where_it_does_at_any_place),
        cmocka_unit_test(test_a_control_character_or_a_wrong_byte_is_refused_at_any_place),
        cmocka_unit_test(test_what_stands_beside_a_message_is_told_with_it),
        cmocka_unit_test(test_reader_reads_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
