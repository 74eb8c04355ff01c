// SPDX-License-Identifier: Apache-2.0
// What the database tells of a chart, made ready for the engine: limits, ranges, runs, the picture. Expected
// numbers are by hand.
#include "numbers.h"

#include "quality/chart_svg.h"
#include "quality/control_context.h"
#include "quality/control_rule_table.h"
#include "wire/arena.h"
#include "wire/error.h"
#include "wire/text.h"

#include <stdio.h>
#include <string.h>

enum { VALUES_MOST = 410, ARENA_BYTES = 4 << 20 };

struct told {
    Touchstone__Internal__V1__ControlContext message;
    Touchstone__Internal__V1__ControlValue values[VALUES_MOST];
    Touchstone__Internal__V1__ControlValue *list[VALUES_MOST];
    Touchstone__Internal__V1__ControlRule rules[CONTROL_RULES];
    Touchstone__Internal__V1__ControlRule *rule_list[CONTROL_RULES];
    struct arena *arena;
};

static char TITLE[] = "CRM";
static char INDIVIDUALS[] = "individuals", RANGES[] = "moving_range", WESTGARD[] = "westgard";

static void add(struct told *told, char *value, int run)
{
    Touchstone__Internal__V1__ControlValue *one = &told->values[told->message.n_values];
    touchstone__internal__v1__control_value__init(one);
    one->value = value;
    one->run = run;
    one->label = TITLE;
    told->list[told->message.n_values++] = one;
}

static char *copied(struct told *told, const char *text)
{
    return arena_copy(told->arena, text, strlen(text));
}

// As the database tells them: the rows that came with the program.
static void add_rules(struct told *told, const char *set)
{
    told->message.rules = told->rule_list;
    for (size_t i = 0; i < control_rule_table_count; i++) {
        const struct control_rule_row *row = &control_rule_table[i];
        Touchstone__Internal__V1__ControlRule *rule = &told->rules[told->message.n_rules];
        if (strcmp(row->set, set) != 0)
            continue;
        touchstone__internal__v1__control_rule__init(rule);
        rule->name = copied(told, row->name);
        rule->kind = copied(told, row->kind);
        rule->count = copied(told, row->count);
        rule->of = copied(told, row->of);
        rule->sigma = copied(told, row->sigma);
        rule->side = copied(told, row->side);
        rule->scope = copied(told, row->scope);
        rule->effect = copied(told, row->effect);
        rule->confidence = copied(told, row->confidence);
        told->rule_list[told->message.n_rules++] = rule;
    }
}

static void begin(struct told *told, char *kind)
{
    touchstone__internal__v1__control_context__init(&told->message);
    told->message.values = told->list;
    told->message.kind = kind;
    told->message.rule_set = WESTGARD;
    told->message.title_zh = told->message.title_en = told->message.unit = TITLE;
    told->arena = arena_create(ARENA_BYTES);
    assert_non_null(told->arena);
    add_rules(told, WESTGARD);
}

static void freeze(struct told *told, char *mean, char *sigma)
{
    static char estimator[] = "standard_deviation";
    told->message.mean = mean;
    told->message.sigma = sigma;
    told->message.estimator = estimator;
    told->message.limits_version = 4;
    told->message.limits_points = 20;
}

static struct told told; // too large for a stack with sanitizers

static void test_points_are_judged_by_the_frozen_limits(void **state)
{
    char values[][4] = {"10", "16", "17"};
    char mean[] = "10", sigma[] = "2";
    struct control_context context;
    (void)state;
    begin(&told, INDIVIDUALS);
    freeze(&told, mean, sigma);
    for (int i = 0; i < 3; i++)
        add(&told, values[i], 1);
    assert_true(control_context_read(&told.message, told.arena, &context, NULL));
    // 16 is on the line of 3s; 17 is beyond it, and the second beyond 2s.
    assert_int_equal(context.alarm_count, 4);
    assert_int_equal(context.alarms[3].position, 3);
    assert_int_equal(context.limits.version, 4);
    assert_int_equal(context.limits.estimator, CONTROL_STANDARD_DEVIATION);
    arena_free(told.arena);
}

static void test_a_point_that_was_left_out_counts_for_nothing_and_is_crossed_out(void **state)
{
    char values[22][8], mean[] = "10.5", sigma[] = "1";
    struct control_context context;
    struct control_chart chart;
    struct control_limits limits;
    struct text svg;
    struct ts_error error = {0};
    (void)state;
    begin(&told, INDIVIDUALS);
    for (int i = 0; i < 21; i++) {
        snprintf(values[i], sizeof values[i], "%d", i == 8 ? 90 : 10 + i % 2);
        add(&told, values[i], 1);
    }
    told.list[8]->left_out = true;
    assert_true(control_context_freeze(&told.message, told.arena, &limits, NULL));
    assert_int_equal(limits.count, 20);
    // By hand: ten of 10 and ten of 11 remain of 21, and 18 steps of 1: from 7 to 9 there is none.
    assert_number(&limits.mean, 4, "10.5");
    assert_number(&limits.sigma, 6, "0.886525"); // 1 / 1.128
    told.list[9]->left_out = true;
    assert_false(control_context_freeze(&told.message, told.arena, &limits, &error));
    assert_string_equal(error.reason, "CONTROL_TOO_FEW_POINTS");
    told.list[9]->left_out = false;
    freeze(&told, mean, sigma);
    assert_true(control_context_read(&told.message, told.arena, &context, NULL));
    assert_true(context.alarm_count > 0); // it is judged all the same
    assert_true(control_context_chart(&told.message, &context, &chart, NULL));
    int height = control_chart_height(&chart);
    text_init(&svg, told.arena);
    assert_true(chart_svg_write(&chart, &svg, NULL));
    assert_non_null(strstr(text_finish(&svg), "Left out when the limits were fixed (at 9)"));
    told.list[8]->left_out = false;
    assert_true(control_context_read(&told.message, told.arena, &context, NULL));
    assert_true(control_context_chart(&told.message, &context, &chart, NULL));
    text_init(&svg, told.arena);
    assert_true(chart_svg_write(&chart, &svg, NULL));
    assert_null(strstr(text_finish(&svg), "Left out"));
    assert_int_equal(height - control_chart_height(&chart), 22);
    arena_free(told.arena);
}

static void test_a_chart_is_judged_by_the_rows_that_come_with_it_and_by_no_others(void **state)
{
    char values[][4] = {"11", "12", "13"}, mean[] = "10", sigma[] = "10";
    char name[] = "up", kind[] = "trend", count[] = "3", effect[] = "warning", check[] = "check",
         none[] = "none";
    struct control_context context;
    struct control_chart chart;
    struct text svg;
    struct ts_error error = {0};
    (void)state;
    begin(&told, INDIVIDUALS);
    freeze(&told, mean, sigma);
    for (int i = 0; i < 3; i++)
        add(&told, values[i], 1);
    assert_true(control_context_read(&told.message, told.arena, &context, NULL));
    assert_int_equal(context.alarm_count, 0); // nothing of Westgard
    told.message.n_rules = 1;
    told.rules[0] = (Touchstone__Internal__V1__ControlRule)TOUCHSTONE__INTERNAL__V1__CONTROL_RULE__INIT;
    told.rules[0].name = name;
    told.rules[0].kind = kind;
    told.rules[0].count = count;
    told.rules[0].effect = effect;
    told.rules[0].confidence = check;
    told.message.rules_revision = 7;
    told.message.first_point = 41;
    assert_true(control_context_read(&told.message, told.arena, &context, NULL));
    assert_int_equal(context.alarm_count, 1);
    assert_int_equal(context.alarms[0].position, 3);
    assert_true(control_context_chart(&told.message, &context, &chart, NULL));
    text_init(&svg, told.arena);
    assert_true(chart_svg_write(&chart, &svg, NULL));
    assert_non_null(
        strstr(text_finish(&svg), "Warning: 3 points in a row rising or falling (rule to be confirmed)"));
    assert_non_null(strstr(svg.bytes, "catalogue revision 7"));
    told.rules[0].effect = none;
    assert_false(control_context_read(&told.message, told.arena, &context, &error));
    assert_string_equal(error.reason, "CONTROL_RULE_INVALID");
    told.message.n_rules = 0;
    assert_false(control_context_read(&told.message, told.arena, &context, &error));
    assert_string_equal(error.reason, "CONTROL_SET_UNKNOWN");
    arena_free(told.arena);
}

static void test_a_range_on_the_upper_limit_is_not_beyond_it(void **state)
{
    // sigma 1: centre 1.128, upper limit 3.267 * 1.128 = 3.685176.
    char first[] = "0", on[] = "3.685176", level[] = "3.685176", beyond[] = "-0.000001", mean[] = "9",
         sigma[] = "1";
    struct control_context context;
    (void)state;
    begin(&told, RANGES);
    freeze(&told, mean, sigma);
    add(&told, first, 1);
    add(&told, on, 2);
    add(&told, level, 3);
    assert_true(control_context_read(&told.message, told.arena, &context, NULL));
    assert_int_equal(context.series.count, 2);
    assert_int_equal(context.series.runs[0], 2);
    assert_int_equal(context.alarm_count, 0);
    add(&told, beyond, 4); // a range of 3.685177
    assert_true(control_context_read(&told.message, told.arena, &context, NULL));
    assert_int_equal(context.alarm_count, 1);
    assert_int_equal(context.alarms[0].position, context.series.count);
    assert_true(context.set.rules[context.alarms[0].rule].rejects);
    arena_free(told.arena);
}

static void test_a_chart_without_frozen_limits_is_drawn_with_its_own_and_says_so(void **state)
{
    char low[] = "1", high[] = "2";
    struct control_context context;
    struct control_chart chart;
    struct text svg;
    (void)state;
    for (int kind = 0; kind < 2; kind++) {
        begin(&told, kind ? RANGES : INDIVIDUALS);
        text_init(&svg, told.arena);
        for (int i = 0; i < 8; i++)
            add(&told, i % 3 ? high : low, i);
        assert_true(control_context_read(&told.message, told.arena, &context, NULL));
        assert_int_equal(context.limits.version, 0);
        assert_true(control_context_chart(&told.message, &context, &chart, NULL));
        assert_int_equal(chart.count, kind ? 7 : 8);
        assert_true(chart_svg_write(&chart, &svg, NULL));
        assert_non_null(strstr(text_finish(&svg), "not fixed"));
        arena_free(told.arena);
    }
}

static void test_frozen_limits_are_the_next_version(void **state)
{
    char low[] = "1", high[] = "3", mean[] = "9", sigma[] = "1";
    struct control_limits limits;
    struct ts_error error = {0};
    (void)state;
    begin(&told, RANGES);
    freeze(&told, mean, sigma);
    for (int i = 0; i < 19; i++)
        add(&told, i % 2 ? high : low, 1);
    assert_false(control_context_freeze(&told.message, told.arena, &limits, &error));
    assert_string_equal(error.reason, "CONTROL_TOO_FEW_POINTS");
    add(&told, high, 1);
    assert_true(control_context_freeze(&told.message, told.arena, &limits, NULL));
    assert_int_equal(limits.version, 5);
    assert_number(&limits.mean, 0, "2"); // of the values, not of the ranges
    arena_free(told.arena);
}

static void test_more_than_a_chart_shows_and_what_is_no_number_is_refused(void **state)
{
    char one[] = "1", word[] = "about 1", mean[] = "1", sigma[] = "1";
    struct control_context context;
    struct ts_error error = {0};
    (void)state;
    begin(&told, INDIVIDUALS);
    freeze(&told, mean, sigma);
    add(&told, word, 1);
    assert_false(control_context_read(&told.message, told.arena, &context, &error));
    assert_string_equal(error.reason, "DECIMAL_INVALID");
    told.values[0].value = one;
    while (told.message.n_values <= CONTROL_CONTEXT_VALUES)
        add(&told, one, 1);
    assert_false(control_context_read(&told.message, told.arena, &context, &error));
    assert_string_equal(error.reason, "CONTROL_CONTEXT");
    arena_free(told.arena);
}

static void test_scores_are_drawn_by_the_verdicts_that_come_with_them(void **state)
{
    static char scores[] = "z_scores", within[] = "1.96", warned[] = "-2.00002", acted[] = "3.00";
    static char questionable[] = "questionable", unsatisfactory[] = "unsatisfactory", unit[] = "mg/kg";
    static char measured[] = "8.60", assigned[] = "8.00", sigma_pt[] = "0.20";
    struct control_context context;
    struct control_chart chart;
    struct text svg;
    (void)state;
    begin(&told, scores);
    text_init(&svg, told.arena);
    add(&told, within, 0);
    add(&told, warned, 0);
    add(&told, acted, 0);
    told.values[1].verdict = questionable;
    told.values[2].verdict = unsatisfactory;
    told.values[2].measured = measured;
    told.values[2].assigned = assigned;
    told.values[2].sigma_pt = sigma_pt;
    told.message.unit = unit;
    assert_true(control_context_read(&told.message, told.arena, &context, NULL));
    assert_int_equal(context.alarm_count, 2);
    assert_int_equal(context.alarms[0].position, 2);
    assert_true(context.set.rules[context.alarms[1].rule].rejects);
    assert_true(control_context_chart(&told.message, &context, &chart, NULL));
    assert_int_equal(chart.line_count, 5);
    assert_true(chart_svg_write(&chart, &svg, NULL));
    char *drawn = text_finish(&svg);
    assert_non_null(strstr(drawn, "−2.00002"));
    assert_non_null(strstr(drawn, "unsatisfactory (at 3)"));
    assert_null(strstr(drawn, "Rule set"));
    assert_non_null(strstr(drawn, ">各轮数据 · Numbers of the rounds (mg/kg)<"));
    assert_non_null(strstr(drawn, ">8.60<"));
    assert_non_null(strstr(drawn, ">8.00<"));
    assert_non_null(strstr(drawn, ">0.20<"));
    assert_non_null(strstr(drawn, ">不满意 unsatisfactory<"));
    assert_non_null(strstr(drawn, ">满意 satisfactory<"));
    assert_null(strstr(drawn, "z-score (mg/kg)"));
    assert_null(strstr(drawn, "_pt"));
    arena_free(told.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scores_are_drawn_by_the_verdicts_that_come_with_them),
        cmocka_unit_test(test_points_are_judged_by_the_frozen_limits),
        cmocka_unit_test(test_a_point_that_was_left_out_counts_for_nothing_and_is_crossed_out),
        cmocka_unit_test(test_a_chart_is_judged_by_the_rows_that_come_with_it_and_by_no_others),
        cmocka_unit_test(test_a_range_on_the_upper_limit_is_not_beyond_it),
        cmocka_unit_test(test_a_chart_without_frozen_limits_is_drawn_with_its_own_and_says_so),
        cmocka_unit_test(test_frozen_limits_are_the_next_version),
        cmocka_unit_test(test_more_than_a_chart_shows_and_what_is_no_number_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
