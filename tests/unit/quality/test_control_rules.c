// SPDX-License-Identifier: Apache-2.0
// Rules of control charts: each test of each set where it fires, where it nearly fires, and on the line;
// which points belong to a pattern; rows that make a set, and rows that are refused.
#include "numbers.h"

#include "quality/control_rule_table.h"
#include "quality/control_rules.h"
#include "wire/arena.h"
#include "wire/error.h"
#include "wire/text.h"

#include <stdlib.h>
#include <string.h>

enum { ALARMS = NUMBERS_MOST * CONTROL_RULES };

static void check_set(const struct control_rule_set *set, const char *points, const unsigned long *runs,
                      const char *expected)
{
    static struct control_alarm alarms[ALARMS];
    struct numbers numbers = numbers_of(points);
    struct control_series series = {
        .points = numbers.at, .count = numbers.count, .sigma = number_of("1"), .runs = runs};
    struct arena *arena = arena_create(1 << 16);
    struct text text;
    size_t count = 0;
    text_init(&text, arena);
    assert_true(control_rules_evaluate(set, &series, alarms, ALARMS, &count, NULL));
    control_rules_write(set, alarms, count, &text);
    assert_string_equal(text_finish(&text), expected);
    arena_free(arena);
}

static void check_runs(const char *name, const char *points, const unsigned long *runs, const char *expected)
{
    struct control_rule_set set;
    assert_true(control_rules_choose(control_rule_table, control_rule_table_count, name, &set, NULL));
    check_set(&set, points, runs, expected);
}

static void check(const char *name, const char *points, const char *expected)
{
    check_runs(name, points, NULL, expected);
}

static void test_nelson_1_is_strictly_beyond_three_sigma(void **state)
{
    (void)state;
    check("nelson8", "0.2 -0.5 3.1 0.4", "1@3");
    check("nelson8", "0.2 -3.00000000000000000000000000001", "1@2");
    check("nelson8", "3 0 -3", "none");
}

static void test_nelson_2_takes_nine_on_one_side(void **state)
{
    (void)state;
    check("nelson8", "0.3 0.2 0.5 0.1 0.4 0.2 0.6 0.3 0.2", "2@9");
    check("nelson8", "0.3 0.2 0.5 0.1 0.4 0.2 0.6 0.3 -0.2", "none");
    check("nelson8", "0.3 0.2 0.5 0.1 0 0.2 0.6 0.3 0.2", "none");
}

static void test_nelson_3_takes_six_that_rise_or_fall(void **state)
{
    (void)state;
    check("nelson8", "-0.5 -0.3 -0.1 0.1 0.3 0.5", "3@6");
    check("nelson8", "0.5 0.3 0.1 -0.1 -0.3 -0.5", "3@6");
    check("nelson8", "-0.5 -0.3 -0.1 -0.1 0.3 0.5", "none");
    check("nelson8", "-0.5 -0.3 -0.1 0.1 0.3", "none");
}

static void test_nelson_4_takes_fourteen_that_alternate(void **state)
{
    (void)state;
    check("nelson8", "0.1 -0.1 0.2 -0.2 0.1 -0.1 0.2 -0.2 0.1 -0.1 0.2 -0.2 0.1 -0.1", "4@14");
    check("nelson8", "0.1 -0.1 0.2 -0.2 0.1 -0.1 0.2 -0.2 0.1 -0.1 0.2 -0.2 0.1 0.3", "none");
    check("nelson8", "0.1 -0.1 0.2 -0.2 0.1 -0.1 -0.1 0.2 0.1 -0.1 0.2 -0.2 0.1 -0.1", "none");
}

static void test_nelson_5_takes_two_of_three_on_one_side(void **state)
{
    (void)state;
    check("nelson8", "2.1 0 2.2", "5@3");
    check("nelson8", "2.1 2.2", "5@2");
    check("nelson8", "2.1 2.2 0", "5@2");
    check("nelson8", "2.1 0 0 2.2", "none");
    check("nelson8", "2.1 -2.2", "none");
    check("nelson8", "2.1 2", "none");
}

static void test_nelson_6_takes_four_of_five_on_one_side(void **state)
{
    (void)state;
    check("nelson8", "-1.1 -1.2 0 -1.3 -1.2", "6@5");
    check("nelson8", "-1.1 -1.2 0 -1.3 -1", "none");
    check("nelson8", "-1.1 -1.2 1.1 1.3 -1.2", "none");
}

static void test_nelson_7_takes_fifteen_strictly_within_one_sigma(void **state)
{
    (void)state;
    check("nelson8", "0.9 0.9 -0.9 0.2 0.1 -0.1 -0.2 0.4 0.3 -0.3 -0.1 0.2 0.1 0 0.1", "7@15");
    check("nelson8", "0.9 0.9 -1 0.2 0.1 -0.1 -0.2 0.4 0.3 -0.3 -0.1 0.2 0.1 0 0.1", "none");
}

static void test_nelson_8_takes_eight_outside_on_both_sides(void **state)
{
    (void)state;
    check("nelson8", "1.1 -1.1 -1.2 1.3 1.2 -1.4 1.1 -1.3", "8@8");
    check("nelson8", "1.1 -1.1 -1.2 1 1.2 -1.4 1.1 -1.3", "none");
    check("nelson8", "1.1 1.2 1.1 1.3 1.2 1.1 1.4 1.2", "6@4;6@5;6@6;6@7;6@8");
}

static void test_alarms_come_by_position_and_then_by_rule(void **state)
{
    (void)state;
    check("nelson8", "0.1 2.2 3.2 2.3", "1@3;5@3;5@4");
}

static void test_westgard_warns_and_rejects(void **state)
{
    (void)state;
    check("westgard", "0.5 2.3 0.1", "1-2s@2");
    check("westgard", "0.5 2 -2", "none");
    check("westgard", "0.5 3.2", "1-2s@2;1-3s@2");
    check("westgard", "2.1 2.2", "1-2s@1;1-2s@2;2-2s@2");
    check("westgard", "2.1 0 2.2", "1-2s@1;1-2s@3");
    check("westgard", "1.1 1.2 1.3 1.2", "4-1s@4");
    check("westgard", "1.1 1.2 1.3 1", "none");
    check("westgard", "-0.1 -0.2 -0.1 -0.3 -0.2 -0.1 -0.4 -0.2 -0.1 -0.1", "10x@10");
    check("westgard", "-0.1 -0.2 -0.1 -0.3 -0.2 -0.1 -0.4 -0.2 -0.1 0", "none");
}

static void test_r_4s_looks_only_within_one_run(void **state)
{
    (void)state;
    check_runs("westgard", "2.1 -2.2", (const unsigned long[]){4, 4}, "1-2s@1;1-2s@2;R-4s@2");
    check_runs("westgard", "2.1 -2.2", (const unsigned long[]){4, 5}, "1-2s@1;1-2s@2");
    check_runs("westgard", "2.1 0 -2.2", (const unsigned long[]){4, 4, 4}, "1-2s@1;1-2s@3;R-4s@3");
    check_runs("westgard", "2.5 -1.9", (const unsigned long[]){4, 4}, "1-2s@1");
}

static void test_without_runs_only_neighbours_are_of_one_run(void **state)
{
    (void)state;
    check("westgard", "2.1 -2.2", "1-2s@1;1-2s@2;R-4s@2");
    check("westgard", "2.1 0 -2.2", "1-2s@1;1-2s@3");
}

static void test_only_rejecting_rules_reject(void **state)
{
    struct control_rule_set set;
    struct control_alarm warning = {.position = 1, .rule = 0}, rejection = {.position = 1, .rule = 1};
    (void)state;
    assert_true(control_rules_choose(control_rule_table, control_rule_table_count, "westgard", &set, NULL));
    assert_false(control_rules_reject(&set, &warning, 1));
    assert_true(control_rules_reject(&set, &rejection, 1));
    assert_false(control_rules_reject(&set, NULL, 0));
}

static void test_the_shorter_list_is_marked_unconfirmed(void **state)
{
    struct control_rule_set set;
    (void)state;
    check("iso7870_2", "0.1 0.2 0.1 0.3 0.2 0.1 0.2", "2@7");
    check("iso7870_2", "-0.3 -0.2 -0.1 0.1 0.2 0.3 0.4", "3@7");
    assert_true(control_rules_choose(control_rule_table, control_rule_table_count, "iso7870_2", &set, NULL));
    for (size_t i = 0; i < set.count; i++)
        assert_false(set.rules[i].confirmed);
}

static void test_members_are_the_points_of_the_pattern(void **state)
{
    struct control_rule_set set;
    struct control_alarm alarms[8];
    struct numbers numbers = numbers_of("2.3 0 2.4");
    struct control_series series = {.points = numbers.at, .count = 3, .sigma = number_of("1")};
    size_t count = 0;
    (void)state;
    assert_true(control_rules_choose(control_rule_table, control_rule_table_count, "nelson8", &set, NULL));
    assert_true(control_rules_evaluate(&set, &series, alarms, 8, &count, NULL));
    assert_int_equal(count, 1);
    assert_int_equal(alarms[0].position, 3);
    assert_int_equal(alarms[0].members, 5); // the third and the first, not the second
}

static void test_a_laboratory_adds_a_set_by_rows(void **state)
{
    const struct control_rule_row rows[] = {
        {"mine", "1-2.5s", "beyond", "1", "1", "2.5", "any", "", "reject", "certain"},
        {"mine", "3of4", "beyond", "3", "4", "1.5", "same", "series", "warning", "check"},
        {"mine", "up4", "trend", "4", "", "", "", "", "warning", "check"}};
    struct control_rule_set set = {.count = 0};
    (void)state;
    for (size_t i = 0; i < 3; i++)
        assert_true(control_rules_add(&set, &rows[i], NULL));
    check_set(&set, "1.6 1.7 0 1.8 2.6", NULL, "3of4@4;1-2.5s@5;3of4@5");
    check_set(&set, "0 0.1 0.2 0.3", NULL, "up4@4");
}

static void check_refused(const struct control_rule_row *row, const char *column)
{
    struct control_rule_set set = {.count = 0};
    struct ts_error error = {0};
    assert_false(control_rules_add(&set, row, &error));
    assert_string_equal(error.reason, "CONTROL_RULE_INVALID");
    if (strncmp(error.detail, column, strlen(column)) != 0)
        fail_msg("\"%s\" does not name %s", error.detail, column);
    assert_int_equal(set.count, 0);
}

static void test_a_broken_row_is_refused_by_its_column(void **state)
{
    (void)state;
    check_refused(
        &(struct control_rule_row){"s", "a@b", "beyond", "1", "1", "3", "any", "", "reject", "check"},
        "name");
    check_refused(&(struct control_rule_row){"s", "", "beyond", "1", "1", "3", "any", "", "reject", "check"},
                  "name");
    check_refused(&(struct control_rule_row){"s", "a", "over", "1", "1", "3", "any", "", "reject", "check"},
                  "kind");
    check_refused(&(struct control_rule_row){"s", "a", "beyond", "0", "1", "3", "any", "", "reject", "check"},
                  "count");
    check_refused(
        &(struct control_rule_row){"s", "a", "beyond", "65", "65", "3", "any", "", "reject", "check"},
        "count");
    check_refused(&(struct control_rule_row){"s", "a", "trend", "1", "", "", "", "", "reject", "check"},
                  "count");
    check_refused(&(struct control_rule_row){"s", "a", "alternating", "2", "", "", "", "", "reject", "check"},
                  "count");
    check_refused(&(struct control_rule_row){"s", "a", "beyond", "3", "2", "3", "any", "", "reject", "check"},
                  "of");
    check_refused(&(struct control_rule_row){"s", "a", "trend", "3", "3", "", "", "", "reject", "check"},
                  "of");
    check_refused(&(struct control_rule_row){"s", "a", "beyond", "1", "1", "", "any", "", "reject", "check"},
                  "sigma");
    check_refused(
        &(struct control_rule_row){"s", "a", "beyond", "1", "1", "-1", "any", "", "reject", "check"},
        "sigma");
    check_refused(&(struct control_rule_row){"s", "a", "within", "2", "", "0", "", "", "reject", "check"},
                  "sigma");
    check_refused(
        &(struct control_rule_row){"s", "a", "beyond", "1", "1", "3", "left", "", "reject", "check"}, "side");
    check_refused(
        &(struct control_rule_row){"s", "a", "beyond", "1", "2", "3", "both", "", "reject", "check"}, "side");
    check_refused(
        &(struct control_rule_row){"s", "a", "beyond", "1", "1", "3", "any", "day", "reject", "check"},
        "scope");
    check_refused(&(struct control_rule_row){"s", "a", "beyond", "1", "1", "3", "any", "", "stop", "check"},
                  "effect");
    check_refused(&(struct control_rule_row){"s", "a", "beyond", "1", "1", "3", "any", "", "reject", ""},
                  "confidence");
}

static void test_a_name_stands_once_in_a_set(void **state)
{
    struct control_rule_set set;
    struct ts_error error = {0};
    (void)state;
    assert_true(control_rules_choose(control_rule_table, control_rule_table_count, "nelson8", &set, NULL));
    assert_false(control_rules_add(&set, &control_rule_table[0], &error));
    assert_int_equal(set.count, 8);
}

static void test_an_unknown_set_is_not_found(void **state)
{
    struct control_rule_set set;
    struct ts_error error = {0};
    (void)state;
    assert_false(control_rules_choose(control_rule_table, control_rule_table_count, "nelson9", &set, &error));
    assert_int_equal(error.status, TS_NOT_FOUND);
}

static void test_a_sigma_of_zero_is_refused(void **state)
{
    struct control_rule_set set;
    struct numbers numbers = numbers_of("1 1");
    struct control_series series = {.points = numbers.at, .count = 2};
    struct ts_error error = {0};
    size_t count = 7;
    (void)state;
    assert_true(control_rules_choose(control_rule_table, control_rule_table_count, "nelson8", &set, NULL));
    assert_false(control_rules_evaluate(&set, &series, NULL, 0, &count, &error));
    assert_string_equal(error.reason, "CONTROL_SIGMA");
    series.sigma = number_of("-1");
    assert_false(control_rules_evaluate(&set, &series, NULL, 0, &count, &error));
    assert_int_equal(count, 7);
}

static void test_more_alarms_than_room_is_an_error(void **state)
{
    struct control_rule_set set;
    struct control_alarm alarms[1];
    struct numbers numbers = numbers_of("4 4");
    struct control_series series = {.points = numbers.at, .count = 2, .sigma = number_of("1")};
    struct ts_error error = {0};
    size_t count = 7;
    (void)state;
    assert_true(control_rules_choose(control_rule_table, control_rule_table_count, "nelson8", &set, NULL));
    assert_false(control_rules_evaluate(&set, &series, alarms, 1, &count, &error));
    assert_string_equal(error.reason, "CONTROL_ALARMS");
    assert_int_equal(count, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nelson_1_is_strictly_beyond_three_sigma),
        cmocka_unit_test(test_nelson_2_takes_nine_on_one_side),
        cmocka_unit_test(test_nelson_3_takes_six_that_rise_or_fall),
        cmocka_unit_test(test_nelson_4_takes_fourteen_that_alternate),
        cmocka_unit_test(test_nelson_5_takes_two_of_three_on_one_side),
        cmocka_unit_test(test_nelson_6_takes_four_of_five_on_one_side),
        cmocka_unit_test(test_nelson_7_takes_fifteen_strictly_within_one_sigma),
        cmocka_unit_test(test_nelson_8_takes_eight_outside_on_both_sides),
        cmocka_unit_test(test_alarms_come_by_position_and_then_by_rule),
        cmocka_unit_test(test_westgard_warns_and_rejects),
        cmocka_unit_test(test_r_4s_looks_only_within_one_run),
        cmocka_unit_test(test_without_runs_only_neighbours_are_of_one_run),
        cmocka_unit_test(test_only_rejecting_rules_reject),
        cmocka_unit_test(test_the_shorter_list_is_marked_unconfirmed),
        cmocka_unit_test(test_members_are_the_points_of_the_pattern),
        cmocka_unit_test(test_a_laboratory_adds_a_set_by_rows),
        cmocka_unit_test(test_a_broken_row_is_refused_by_its_column),
        cmocka_unit_test(test_a_name_stands_once_in_a_set),
        cmocka_unit_test(test_an_unknown_set_is_not_found),
        cmocka_unit_test(test_a_sigma_of_zero_is_refused),
        cmocka_unit_test(test_more_alarms_than_room_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
