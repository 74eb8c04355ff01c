// SPDX-License-Identifier: Apache-2.0
// Field rules of the schema, and how errors travel as google.rpc.Status.
#include "testing.h"

#include "touchstone/v1/bench.pb-c.h"
#include "touchstone/v1/desk.pb-c.h"
#include "touchstone/v1/rules.pb-c.h"
#include "touchstone/v1/sheet.pb-c.h"
#include "touchstone/v1/staff.pb-c.h"
#include "wire/arena.h"
#include "wire/error.h"
#include "wire/field.h"
#include "wire/json_message.h"
#include "wire/rpc_status.h"
#include "wire/rules.h"
#include "wire/rules_table.h"
#include "wire/rules_text.h"

#include <stdlib.h>
#include <string.h>

// A PNG of one pixel, in base64.
#define GREY "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="
#define UUID "01234567-89ab-4def-8123-456789abcdef"

static const char intake[] =
    "{\"request_id\":\"" UUID
    "\",\"laboratory\":\"JEW\",\"owner\":{\"name\":\"王芳\",\"phone\":\"+86 138-0013-8000\"},"
    "\"items\":[{\"name\":\"戒指 "
    "ring\",\"claimed_product_id\":\"JEW_AU750\",\"mass_g\":\"3.52\",\"condition\":\"good\","
    "\"pieces\":1,\"photo\":\"" GREY "\",\"tests\":[{\"method_id\":\"M_XRF\",\"parameter_id\":\"AU\"}]}],"
    "\"consents\":[{\"kind\":\"privacy\",\"given_by_owner\":true}],\"return_choice\":\"return\",\"purpose\":"
    "\"reference\"}";

struct fixture {
    struct arena *arena;
    Touchstone__V1__RegisterIntakeRequest *request;
};

static struct fixture make(void)
{
    struct fixture fixture = {.arena = arena_create(1 << 20)};
    struct ts_error error = {0};
    fixture.request = (void *)json_message_read(&touchstone__v1__register_intake_request__descriptor, intake,
                                                sizeof intake - 1, fixture.arena, &error);
    if (!fixture.request)
        fail_msg("%s", error.detail);
    return fixture;
}

static void assert_right(const ProtobufCMessage *message)
{
    struct ts_error error = {0};
    if (!rules_check(message, &error))
        fail_msg("%s", error.detail);
}

static void assert_wrong(const ProtobufCMessage *message, const char *field, const char *why)
{
    struct ts_error error = {0};
    assert_false(rules_check(message, &error));
    assert_int_equal(error.status, TS_INVALID_ARGUMENT);
    assert_string_equal(error.reason, "FIELD_INVALID");
    assert_string_equal(error.violations[0].field, field);
    if (!strstr(error.violations[0].description, why))
        fail_msg("%s: %s", field, error.violations[0].description);
}

static void test_a_good_intake_passes(void **unused)
{
    (void)unused;
    struct fixture fixture = make();
    assert_right(&fixture.request->base);
    arena_free(fixture.arena);
}

static void test_missing_fields_are_all_named(void **unused)
{
    (void)unused;
    Touchstone__V1__RegisterIntakeRequest request = TOUCHSTONE__V1__REGISTER_INTAKE_REQUEST__INIT;
    struct ts_error error = {0};
    static const char *const fields[] = {"request_id", "laboratory",    "owner",  "items",
                                         "consents",   "return_choice", "purpose"};
    assert_false(rules_check(&request.base, &error));
    assert_int_equal(error.violation_count, 7);
    for (size_t i = 0; i < 7; i++)
        assert_string_equal(error.violations[i].field, fields[i]);
    assert_string_equal(error.detail, "request_id: is missing");
    Touchstone__V1__NewItem items[10];
    Touchstone__V1__NewItem *pointers[10];
    for (size_t i = 0; i < 10; i++) {
        touchstone__v1__new_item__init(&items[i]);
        pointers[i] = &items[i];
    }
    request.items = pointers;
    request.n_items = 10;
    assert_false(rules_check(&request.base, &error));
    assert_int_equal(error.violation_count, 8);
}

static void test_texts_are_bounded_in_characters(void **unused)
{
    (void)unused;
    struct fixture fixture = make();
    char name[400] = "";
    for (int i = 0; i < 60; i++)
        strcat(name, "王");
    fixture.request->owner->name = name;
    assert_right(&fixture.request->base);
    strcat(name, "王");
    assert_wrong(&fixture.request->base, "owner.name", "61 characters, at most 60");
    fixture.request->owner->name = (char *)"  ";
    assert_wrong(&fixture.request->base, "owner.name", "only spaces");
    fixture.request->purpose = (char *)"   ";
    fixture.request->owner->name = (char *)"";
    assert_wrong(&fixture.request->base, "purpose", "is missing");
    arena_free(fixture.arena);
}

static void test_deep_fields_are_named_by_their_path(void **unused)
{
    (void)unused;
    struct fixture fixture = make();
    Touchstone__V1__NewItem *item = fixture.request->items[0];
    item->tests[0]->method_id = (char *)"M XRF";
    assert_wrong(&fixture.request->base, "items[0].tests[0].method_id", "is no code");
    item->tests[0]->method_id = (char *)"M_XRF";
    item->mass_g = (char *)"-3.52";
    assert_wrong(&fixture.request->base, "items[0].mass_g", "must not be negative");
    item->mass_g = (char *)"３.５２";
    assert_wrong(&fixture.request->base, "items[0].mass_g", "full-width");
    item->mass_g = (char *)"3.52";
    item->pieces = 1001;
    assert_wrong(&fixture.request->base, "items[0].pieces", "from 1 to 1000");
    item->pieces = -1;
    assert_wrong(&fixture.request->base, "items[0].pieces", "from 1 to 1000");
    item->pieces = 0;
    assert_wrong(&fixture.request->base, "items[0].pieces", "is missing");
    item->pieces = 1;
    item->photo = (ProtobufCBinaryData){3, (uint8_t *)"GIF"};
    assert_wrong(&fixture.request->base, "items[0].photo", "neither a JPEG nor a PNG");
    item->photo = (ProtobufCBinaryData){3, (uint8_t *)"\xFF\xD8\xFF"};
    assert_wrong(&fixture.request->base, "items[0].photo", "is cut short: the camera");
    item->photo = (ProtobufCBinaryData){0, NULL};
    item->n_tests = 0;
    assert_wrong(&fixture.request->base, "items[0].tests", "at least 1");
    arena_free(fixture.arena);
}

static void test_unknown_enum_values_are_refused(void **unused)
{
    (void)unused;
    struct fixture fixture = make();
    fixture.request->consents[0]->kind = (Touchstone__V1__ConsentKind)4;
    assert_wrong(&fixture.request->base, "consents[0].kind", "is no value that is known");
    fixture.request->consents[0]->kind = TOUCHSTONE__V1__CONSENT_KIND__CONSENT_KIND_UNSPECIFIED;
    assert_wrong(&fixture.request->base, "consents[0].kind", "is missing");
    arena_free(fixture.arena);
    Touchstone__V1__SetRolesRequest roles = TOUCHSTONE__V1__SET_ROLES_REQUEST__INIT;
    Touchstone__V1__Role values[] = {TOUCHSTONE__V1__ROLE__ROLE_RECEPTION, 0, 77};
    roles.request_id = (char *)UUID;
    roles.username = (char *)"li.na";
    roles.version = 1;
    roles.laboratory = (char *)"JEW";
    roles.reason = (char *)"new duties";
    roles.roles = values;
    roles.n_roles = 1;
    assert_right(&roles.base);
    roles.n_roles = 2;
    assert_wrong(&roles.base, "roles[1]", "is empty");
    values[1] = 77;
    assert_wrong(&roles.base, "roles[1]", "is no value that is known");
    roles.n_roles = 9;
    assert_wrong(&roles.base, "roles", "at most 8");
    Touchstone__V1__ListTestsRequest list = TOUCHSTONE__V1__LIST_TESTS_REQUEST__INIT;
    list.laboratory = (char *)"JEW";
    assert_right(&list.base);
    list.state = (Touchstone__V1__TestState)-1;
    assert_wrong(&list.base, "state", "is no value that is known");
}

static void test_numbers_keep_to_their_bounds(void **unused)
{
    (void)unused;
    Touchstone__V1__ClaimTestRequest claim = TOUCHSTONE__V1__CLAIM_TEST_REQUEST__INIT;
    claim.request_id = claim.test_id = (char *)UUID;
    claim.version = INT64_C(9007199254740991);
    assert_right(&claim.base);
    claim.version++;
    assert_wrong(&claim.base, "version", "must be from 1 to 9007199254740991");
    claim.version = INT64_MIN;
    assert_wrong(&claim.base, "version", "must be from 1");
    claim.version = 0;
    assert_wrong(&claim.base, "version", "is missing");
    Touchstone__V1__PageRequest page = TOUCHSTONE__V1__PAGE_REQUEST__INIT;
    Touchstone__V1__ListTestsRequest list = TOUCHSTONE__V1__LIST_TESTS_REQUEST__INIT;
    list.laboratory = (char *)"JEW";
    list.page = &page;
    page.page_size = 201;
    assert_wrong(&list.base, "page.page_size", "from 0 to 200");
    page.page_size = 200;
    assert_right(&list.base);
}

static void check_format(int format, const char *const *right, const char *const *wrong)
{
    char why[RULES_WHY_SIZE];
    for (; *right; right++)
        if (!rules_text_fits(*right, format, why))
            fail_msg("format %d, %s: %s", format, *right, why);
    for (; *wrong; wrong++) {
        if (rules_text_fits(*wrong, format, why))
            fail_msg("format %d takes %s", format, *wrong);
        assert_in_range(strlen(why), 5, RULES_WHY_SIZE - 1);
    }
}

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

static void test_formats_take_and_refuse(void **unused)
{
    (void)unused;
    check_format(TOUCHSTONE__V1__FORMAT__FORMAT_LINE,
                 LIST("王芳", "O'Brien; drop table", "a%_\\", "💍", "=1+1"),
                 LIST("a\nb", "a\tb", "\x1b[31m",
                      "a\xE2\x80\xAE"
                      "b",
                      "\xC2\x85", "a\xE2\x80\xA8", "\xEE\x80\x80",
                      "\xEF\xBB\xBF"
                      "a"));
    check_format(TOUCHSTONE__V1__FORMAT__FORMAT_PARAGRAPH, LIST("a\nb"),
                 LIST("a\rb", "a\x0b", "\xE2\x81\xA6"));
    check_format(TOUCHSTONE__V1__FORMAT__FORMAT_UNSPECIFIED, LIST("a"), LIST("a\nb"));
    check_format(TOUCHSTONE__V1__FORMAT__FORMAT_PHONE, LIST("13800138000", "+86 138-0013-8000", "12345"),
                 LIST("1234", "1234-", "+1234", "123456789012345678901", "12a45", "1+2345",
                      "１３８００１３８０００", "++12345"));
    check_format(TOUCHSTONE__V1__FORMAT__FORMAT_DECIMAL, LIST("750.0", "-1", "+0.5"),
                 LIST("NaN", "1e3", "1,5", ".5", "٣"));
    check_format(TOUCHSTONE__V1__FORMAT__FORMAT_DECIMAL_MARKED, LIST("750.0", "-15.5(-)", "16.5(+)"),
                 LIST("(+)", "15.5(+)(-)", "15.5()", "15.5 (+)", "15.5+", "NaN(+)", "15.5(−)"));
    check_format(TOUCHSTONE__V1__FORMAT__FORMAT_DECIMAL_NOT_NEGATIVE, LIST("0", "0.00", "+3.52"),
                 LIST("-0.1", "-0", "x"));
    check_format(TOUCHSTONE__V1__FORMAT__FORMAT_ITEM_CODE, LIST("123456788", "123-456-788", "123 456 788"),
                 LIST("123456789", "213456788", "12345678", "1--------------------------------23456788"));
    check_format(TOUCHSTONE__V1__FORMAT__FORMAT_UUID, LIST(UUID, "01234567-89AB-4DEF-8123-456789ABCDEF"),
                 LIST("01234567-89ab-4def-8123-456789abcde", "0123456789ab4def8123456789abcdef",
                      "g1234567-89ab-4def-8123-456789abcdef", "01234567-89ab-4def-8123-456789abcdef0",
                      "012345678-9ab-4def-8123-456789abcdef"));
    check_format(TOUCHSTONE__V1__FORMAT__FORMAT_USERNAME, LIST("li.na", "a", "w3_x-y"),
                 LIST("Li", "1a", "a b", ".a", "李娜"));
    check_format(TOUCHSTONE__V1__FORMAT__FORMAT_CODE, LIST("JEW", "M_XRF", "a-1"),
                 LIST("a b", "a.b", "金", "a/b", "a%"));
    check_format(TOUCHSTONE__V1__FORMAT__FORMAT_NUMBER, LIST("D1-26-000001", "JEW-2026-000001"),
                 LIST("d1", "D1 1", "../1"));
}

static void test_table_is_sorted_and_every_request_id_is_required(void **unused)
{
    (void)unused;
    size_t writes = 0;
    for (size_t i = 0; i < rules_message_count; i++) {
        if (i)
            assert_true(strcmp(rules_messages[i - 1].name, rules_messages[i].name) < 0);
        const struct rules_field *field = &rules_messages[i].fields[0];
        bool write =
            field->format == TOUCHSTONE__V1__FORMAT__FORMAT_UUID && field->required && field->id == 1;
        writes += write && strstr(rules_messages[i].name, "Request") != NULL;
    }
    assert_in_range(writes, 15, 200);
}

static void test_secrets_are_known(void **unused)
{
    (void)unused;
    const ProtobufCMessageDescriptor *login = &touchstone__v1__login_request__descriptor;
    assert_true(
        rules_is_secret(rules_of(login), protobuf_c_message_descriptor_get_field_by_name(login, "password")));
    assert_false(
        rules_is_secret(rules_of(login), protobuf_c_message_descriptor_get_field_by_name(login, "username")));
    const ProtobufCMessageDescriptor *test = &touchstone__v1__test__descriptor;
    assert_false(rules_is_secret(rules_of(test), &test->fields[0]));
}

static void test_random_messages_never_crash_the_check(void **unused)
{
    (void)unused;
    uint64_t state = 31;
    for (int round = 0; round < 500; round++) {
        struct arena *arena = arena_create(1 << 22);
        struct ts_error error = {0};
        bool held = rules_check(
            testing_message(testing_descriptors[(size_t)round % testing_descriptor_count], arena, &state),
            &error);
        assert_int_equal(held, error.violation_count == 0);
        arena_free(arena);
    }
}

static void test_long_paths_are_cut(void **unused)
{
    (void)unused;
    char text[FIELD_PATH_SIZE];
    struct field_path paths[20];
    for (size_t i = 0; i < 20; i++)
        paths[i] = (struct field_path){.parent = i ? &paths[i - 1] : NULL, .name = "consents", .index = i};
    field_write_path(&paths[1], text);
    assert_string_equal(text, "consents[0].consents[1]");
    field_write_path(&paths[19], text);
    assert_int_equal(strlen(text), FIELD_PATH_SIZE - 1);
}

static void test_errors_survive_the_way_as_status(void **unused)
{
    (void)unused;
    struct ts_error error = {0}, back = {0};
    struct arena *arena = arena_create(1 << 16);
    uint8_t *bytes;
    size_t length;
    error_set(&error, TS_ABORTED, "VERSION_STALE", "Somebody else changed it: 版本");
    error_metadata(&error, "current", "7");
    error_metadata(&error, "readings", "[\"750.1\"]");
    assert_true(rpc_status_write(&error, arena, &bytes, &length));
    assert_true(rpc_status_read(bytes, length, arena, &back));
    assert_int_equal(back.status, TS_ABORTED);
    assert_string_equal(back.reason, error.reason);
    assert_string_equal(back.detail, error.detail);
    assert_string_equal(back.metadata, error.metadata);
    assert_int_equal(back.violation_count, 0);
    for (int i = 0; i < 8; i++)
        error_violation(&error, i ? "items[2].name" : "request_id", "is wrong %d", i);
    assert_true(rpc_status_write(&error, arena, &bytes, &length));
    assert_true(rpc_status_read(bytes, length, arena, &back));
    assert_int_equal(back.violation_count, 8);
    assert_string_equal(back.violations[7].field, "items[2].name");
    assert_string_equal(back.violations[7].description, "is wrong 7");
    assert_string_equal(back.detail, "request_id: is wrong 0");
    arena_free(arena);
}

static void test_broken_status_is_refused_and_missing_memory_reported(void **unused)
{
    (void)unused;
    struct ts_error error = {0}, kept = {.status = TS_DATA_LOSS};
    struct arena *arena = arena_create(1 << 20);
    uint8_t *bytes;
    size_t length;
    error_violation(&error, "a", "is wrong");
    error_metadata(&error, "k", "v");
    assert_true(rpc_status_write(&error, arena, &bytes, &length));
    for (size_t cut = 1; cut < length; cut++) {
        struct ts_error back = {0};
        uint8_t *exact = testing_exact(bytes, cut);
        rpc_status_read(exact, cut, arena, &back);
        free(exact);
    }
    assert_false(rpc_status_read((const uint8_t *)"\x08", 1, arena, &kept));
    assert_int_equal(kept.status, TS_DATA_LOSS);
    bool whole = false;
    for (size_t nth = 1; !whole; nth++) {
        uint8_t *other;
        size_t other_length;
        arena_fail_at(arena, nth);
        whole = rpc_status_write(&error, arena, &other, &other_length);
        assert_true(nth < 50);
    }
    for (size_t nth = 1; nth < 20; nth++) {
        arena_fail_at(arena, nth);
        struct ts_error back = {0};
        rpc_status_read(bytes, length, arena, &back);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_good_intake_passes),
        cmocka_unit_test(test_missing_fields_are_all_named),
        cmocka_unit_test(test_texts_are_bounded_in_characters),
        cmocka_unit_test(test_deep_fields_are_named_by_their_path),
        cmocka_unit_test(test_unknown_enum_values_are_refused),
        cmocka_unit_test(test_numbers_keep_to_their_bounds),
        cmocka_unit_test(test_formats_take_and_refuse),
        cmocka_unit_test(test_table_is_sorted_and_every_request_id_is_required),
        cmocka_unit_test(test_secrets_are_known),
        cmocka_unit_test(test_random_messages_never_crash_the_check),
        cmocka_unit_test(test_long_paths_are_cut),
        cmocka_unit_test(test_errors_survive_the_way_as_status),
        cmocka_unit_test(test_broken_status_is_refused_and_missing_memory_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
