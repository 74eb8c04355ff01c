// SPDX-License-Identifier: Apache-2.0
// The record on its way into the renderer: what is not one is refused, with the field that is wrong.
#include "testing.h"

#include "render/record.h"
#include "render/record_rules.h"

#include <stdio.h>
#include <stdlib.h>

static bool reads(const char *json, struct ts_error *error)
{
    struct record *record = record_read(&record_rules_sheet, (const uint8_t *)json, strlen(json), error);
    bool read = record != NULL;
    record_free(record);
    return read;
}

static void assert_field(const char *extra, const char *field)
{
    char json[70000];
    struct ts_error error = {.status = TS_OK};
    assert_false(reads(testing_record(json, sizeof json, true, extra), &error));
    assert_int_equal(error.violation_count, 1);
    assert_string_equal(error.violations[0].field, field);
}

static void test_a_whole_record_is_read(void **state)
{
    (void)state;
    char json[4096];
    struct ts_error error = {.status = TS_OK};
    testing_record(json, sizeof json, true, "\"later\":{\"x\":[1,2]},");
    struct record *record = record_read(&record_rules_sheet, (const uint8_t *)json, strlen(json), &error);
    assert_non_null(record);
    assert_true(record_is_specimen(record));
    assert_int_equal(record_count(record, "results[%d].readings", 0), 1);
    assert_string_equal(record_text(record, "results[%d].readings[0].value", 0), "750.1");
    assert_string_equal(record_text(record, "item.stones"), "");
    assert_string_equal(record_text(record, "results[7].unit"), "");
    record_free(record);
}

static void test_what_is_not_json_is_refused(void **state)
{
    (void)state;
    static const char *const TEXTS[] = {"",     "null", "[]", "{", "{\"a\":1,\"a\":2}", "{\"a\":\"\xFF\"}",
                                        "{} {}"};
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        struct ts_error error = {.status = TS_OK};
        assert_false(reads(TEXTS[i], &error));
        assert_int_equal(error.status, TS_INVALID_ARGUMENT);
    }
    char *deep = malloc(200001);
    memset(deep, '[', 200000);
    deep[200000] = '\0';
    assert_false(reads(deep, NULL));
    free(deep);
}

// Duplicates are refused by the parser, so each wrong member replaces a right one here.
static void test_a_wrong_member_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to, *field;
    } cases[] = {
        {"\"sheet_no\":\"JEW-2026-000001\"", "\"sheet_no\":7", "sheet_no"},
        {"\"sheet_no\":\"JEW-2026-000001\"", "\"sheet_no\":\"\"", "sheet_no"},
        {"\"sheet_no\":\"JEW-2026-000001\",", "", "sheet_no"},
        {"touchstone/record/1", "touchstone/record/9", "format"},
        {"\"specimen\":true", "\"specimen\":\"true\"", "specimen"},
        {"\"specimen\":true", "\"specimen\":false", "legal_class"},
        {"\"demonstration\"", "\"accredited\"", "legal_class"},
        {"\"name\":\"ring\"", "\"name\":\"ri\\u202eng\"", "item.name"},
        {"\"name\":\"ring\"", "\"name\":\"ri\\nng\"", "item.name"},
        {"\"name\":\"ring\"", "\"name\":\"ri\\u0000ng\"", "record"},
        {"\"verdict\":\"pass\",\"verdict_en\"", "\"verdict\":\"great\",\"verdict_en\"", "results[0].verdict"},
        {"\"value\":\"750.1\"", "\"value\":750.1", "results[0].readings[0].value"},
        {"\"value\":\"750.1\"", "\"position\":\"x\"", "results[0].readings[0].value"},
        {"\"value\":\"750.1\"", "\"value\":\"1\",\"qualifier\":\"about\"",
         "results[0].readings[0].qualifier"},
        {"\"role\":\"reviewed\"", "\"role\":\"approved\"", "signatures"},
        {"\"role\":\"prepared\"", "\"role\":\"reviewed\"", "signatures"},
        {"\"role\":\"approved\"", "\"role\":\"reviewed\"", "signatures"},
        {"\"name\":\"丙\",", "", "signatures[2].name"},
        {"{\"code\":\"D1-000017-4\",\"name\":\"ring\"}", "[]", "item"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char json[4096], changed[4096];
        struct ts_error error = {.status = TS_OK};
        testing_record(json, sizeof json, true, "");
        const char *at = strstr(json, cases[i].from);
        assert_non_null(at);
        snprintf(changed, sizeof changed, "%.*s%s%s", (int)(at - json), json, cases[i].to,
                 at + strlen(cases[i].from));
        assert_false(reads(changed, &error));
        assert_int_equal(error.violation_count, 1);
        assert_string_equal(error.violations[0].field, cases[i].field);
    }
}

static void test_lists_and_texts_have_ceilings(void **state)
{
    (void)state;
    char *many = malloc(60000);
    strcpy(many, "\"statements\":[");
    for (int i = 0; i < 41; i++)
        strcat(many, "{\"zh\":\"x\"},");
    many[strlen(many) - 1] = '\0';
    strcat(many, "],");
    assert_field(many, "statements");
    strcpy(many, "\"environment\":{\"temperature_c\":\"");
    for (int i = 0; i < 101; i++)
        strcat(many, "度");
    strcat(many, "\"},");
    assert_field(many, "environment.temperature_c");
    free(many);
    uint8_t *large = calloc(1, RECORD_CEILING_BYTES + 1);
    assert_null(record_read(&record_rules_sheet, large, RECORD_CEILING_BYTES + 1, NULL));
    free(large);
}

static void test_every_rule_can_be_found(void **state)
{
    (void)state;
    const struct record_rules *const kinds[] = {&record_rules_sheet, &record_rules_original};
    for (size_t kind = 0; kind < 2; kind++) {
        for (size_t i = 0; i < kinds[kind]->count; i++)
            assert_ptr_equal(record_rule_find(kinds[kind], kinds[kind]->rules[i].path),
                             &kinds[kind]->rules[i]);
        assert_null(record_rule_find(kinds[kind], "nothing"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_whole_record_is_read),  cmocka_unit_test(test_what_is_not_json_is_refused),
        cmocka_unit_test(test_a_wrong_member_is_named), cmocka_unit_test(test_lists_and_texts_have_ceilings),
        cmocka_unit_test(test_every_rule_can_be_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
