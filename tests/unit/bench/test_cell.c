// SPDX-License-Identifier: Apache-2.0
// Cells, letter by letter: what is right so far, what is wrong and why, what looks like a slip; and what is
// sent.
#include "testing.h"

#include <stdio.h>
#include <string.h>

#include "bench/cell.h"

static const struct cell_facts gold = {.unit = "‰", .decimals = 1};
static const struct cell_facts lead = {.unit = "mg/kg", .lod = "0.01", .loq = "0.03", .decimals = 2};
static const struct cell_facts fastness = {.decimals = -1, .grades = {"3", "3-4", "4"}, .grade_count = 3};

static void judged(enum cell_kind kind, const struct cell_facts *facts, const char *text,
                   enum cell_state wanted, const char *why)
{
    char told[CELL_WHY];
    enum cell_state state = cell_judge(kind, facts, text, false, told);

    if (state != wanted || strstr(told, why) == NULL)
        fail_msg("%s: state %d instead of %d, told: %s", text, state, wanted, told);
}

static void test_a_number_is_right_so_far_until_it_is_whole(void **state)
{
    (void)state;
    judged(CELL_READING, &gold, "", CELL_EMPTY, "");
    judged(CELL_READING, &gold, "  ", CELL_EMPTY, "");
    judged(CELL_READING, &gold, "751", CELL_ODD, "Few decimals");
    judged(CELL_READING, &gold, "751.", CELL_UNFINISHED, "digit behind the point");
    judged(CELL_READING, &gold, "751.2", CELL_FINE, "");
    judged(CELL_READING, &gold, "751.2@", CELL_FINE, "");
    judged(CELL_READING, &gold, "751.2@shank", CELL_FINE, "");
    judged(CELL_READING, &gold, "-", CELL_UNFINISHED, "no digits");
    judged(CELL_READING, &lead, "15.50(", CELL_UNFINISHED, "");
    judged(CELL_READING, &lead, "15.50(-)", CELL_FINE, "");
}

static void test_what_is_no_number_is_named(void **state)
{
    char told[CELL_WHY];

    (void)state;
    judged(CELL_READING, &gold, "751,2", CELL_WRONG, "has a comma");
    judged(CELL_READING, &gold, "７５１", CELL_WRONG, "full-width");
    judged(CELL_READING, &gold, "7.5e2", CELL_WRONG, "exponent");
    judged(CELL_READING, &gold, "75 1", CELL_WRONG, "space");
    judged(CELL_READING, &gold, ".5", CELL_WRONG, "before the point");
    judged(CELL_READING, &gold, "7l1", CELL_WRONG, "does not belong");
    assert_int_equal(cell_judge(CELL_READING, &gold, "751，2", true, told), CELL_WRONG);
    assert_non_null(strstr(told, "全角"));
    assert_int_equal(cell_judge(CELL_READING, &gold, "751,2", true, told), CELL_WRONG);
    assert_non_null(strstr(told, "小数点用"));
}

static void test_out_of_range_is_refused_where_the_server_refuses_and_else_marked(void **state)
{
    static const struct cell_facts percent = {.unit = "%", .decimals = -1};

    (void)state;
    judged(CELL_READING, &gold, "7512.0", CELL_WRONG, "0 to 1000");
    judged(CELL_READING, &gold, "-0.1", CELL_WRONG, "Out of range");
    judged(CELL_READING, &gold, "1000.0", CELL_FINE, "");
    judged(CELL_READING, &percent, "101", CELL_ODD, "0 to 100");
    judged(CELL_READING, &lead, "-0.02", CELL_ODD, "negative");
}

static void taken(const struct cell_facts *facts, const char *text, const char *value, const char *qualifier)
{
    struct cell_reading reading;

    judged(CELL_READING, facts, text, CELL_FINE, "");
    cell_take_reading(facts, text, &reading);
    assert_string_equal(reading.value, value);
    if (qualifier == NULL)
        assert_null(reading.qualifier);
    else
        assert_string_equal(reading.qualifier, qualifier);
}

static void test_qualifiers_never_become_a_zero(void **state)
{
    (void)state;
    taken(&lead, "0.05", "0.05", NULL);
    taken(&lead, "ND", "0.01", "not_detected");
    taken(&lead, "nd", "0.01", "not_detected");
    taken(&lead, "未检出", "0.01", "not_detected");
    taken(&lead, "<LOD", "0.01", "not_detected");
    taken(&lead, "<LOQ", "0.03", "less_than");
    taken(&lead, "ND0.02", "0.02", "not_detected");
    taken(&lead, "ND<0.02", "0.02", "not_detected");
    taken(&lead, "<0.03", "0.03", "less_than");
    taken(&lead, "> 300", "300", "greater_than");
    judged(CELL_READING, &gold, "ND", CELL_UNFINISHED, "ND0.01");
    judged(CELL_READING, &lead, "<", CELL_UNFINISHED, "");
    judged(CELL_READING, &lead, "<L", CELL_UNFINISHED, "");
    judged(CELL_READING, &lead, "N", CELL_UNFINISHED, "");
    judged(CELL_READING, &lead, "<15.5(-)", CELL_WRONG, "qualifier");
}

static void written(const char *text, const char *wanted)
{
    char json[400];

    judged(CELL_INPUT, &gold, text, CELL_FINE, "");
    cell_write_json(CELL_INPUT, text, json, sizeof json);
    assert_string_equal(json, wanted);
}

static void test_inputs_are_a_number_a_list_or_one_for_each_dilution(void **state)
{
    (void)state;
    written("23.15", "\"23.15\"");
    written("250.12 250.34", "[\"250.12\", \"250.34\"]");
    written("0.01: 232 244 / 0.001: 33 TNTC",
            "{\"0.01\": [\"232\", \"244\"], \"0.001\": [\"33\", \"TNTC\"]}");
    written("1:5", "{\"1\": [\"5\"]}");
    written("<0.01 0.02", "[\"<0.01\", \"0.02\"]");
    judged(CELL_INPUT, &gold, "23,15", CELL_WRONG, "comma");
    judged(CELL_INPUT, &gold, "TN", CELL_UNFINISHED, "TNTC");
    judged(CELL_INPUT, &gold, "TN 3", CELL_WRONG, "");
    judged(CELL_INPUT, &gold, "0.01:", CELL_UNFINISHED, "missing");
    judged(CELL_INPUT, &gold, "0.01: 232 / ", CELL_UNFINISHED, "missing");
    judged(CELL_INPUT, &gold, "0.01: 2 0.1: 3", CELL_WRONG, "/");
    judged(CELL_INPUT, &gold, "3 / 4", CELL_WRONG, "dilutions");
}

static void test_a_text_is_quoted_for_json(void **state)
{
    char json[100];

    (void)state;
    cell_write_json(CELL_TEXT, " \"jadeite\" \\ A ", json, sizeof json);
    assert_string_equal(json, "\"\\\"jadeite\\\" \\\\ A\"");
    // As much as there is room for is written, and the whole length told.
    assert_int_equal(cell_write_json(CELL_TEXT, "abcdef", json, 4), 8);
    assert_string_equal(json, "\"ab");
}

static void test_a_grade_is_one_of_the_scale(void **state)
{
    (void)state;
    judged(CELL_GRADE, &fastness, "3-4", CELL_FINE, "");
    judged(CELL_GRADE, &fastness, "3-", CELL_UNFINISHED, "3-4");
    judged(CELL_GRADE, &fastness, "5", CELL_WRONG, "One of: 3 3-4 4");
}

static void test_an_uncertainty_is_more_than_nothing(void **state)
{
    (void)state;
    judged(CELL_POSITIVE, &gold, "2.0", CELL_FINE, "");
    judged(CELL_POSITIVE, &gold, "0", CELL_UNFINISHED, "more than 0");
    judged(CELL_POSITIVE, &gold, "-1", CELL_WRONG, "negative");
}

static void test_a_tenth_apart_is_far(void **state)
{
    (void)state;
    assert_true(cell_is_far(&gold, "75.12", "751.2"));
    assert_true(cell_is_far(&gold, "751.2", "75.12"));
    assert_false(cell_is_far(&gold, "750.0", "751.2"));
    assert_false(cell_is_far(&gold, "900.0", "990.0"));
    assert_false(cell_is_far(&lead, "ND", "751.2"));
    assert_false(cell_is_far(&gold, "0", "0"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_number_is_right_so_far_until_it_is_whole),
        cmocka_unit_test(test_what_is_no_number_is_named),
        cmocka_unit_test(test_out_of_range_is_refused_where_the_server_refuses_and_else_marked),
        cmocka_unit_test(test_qualifiers_never_become_a_zero),
        cmocka_unit_test(test_inputs_are_a_number_a_list_or_one_for_each_dilution),
        cmocka_unit_test(test_a_text_is_quoted_for_json),
        cmocka_unit_test(test_a_grade_is_one_of_the_scale),
        cmocka_unit_test(test_an_uncertainty_is_more_than_nothing),
        cmocka_unit_test(test_a_tenth_apart_is_far),
    };

    return cmocka_run_group_tests(tests, testing_locale, NULL);
}
