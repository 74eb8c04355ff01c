// SPDX-License-Identifier: Apache-2.0
// From an entry to a judgement without a database: what is calculated, by which rule, what the trace says.
// Expected figures are by hand.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lab/calculator.h"
#include "lab/verdict.h"
#include "wire/arena.h"
#include "wire/error.h"

#include <string.h>

enum { READINGS = 8 };

struct bench {
    struct arena *arena;
    struct calculator *calculator;
    Touchstone__V1__Test test;
    Touchstone__Internal__V1__JudgeContext context;
    Touchstone__V1__Reading readings[READINGS];
    Touchstone__V1__Reading *pointers[READINGS];
    struct ts_error error;
};

static void open_bench(struct bench *bench, const char *operator_name, const char *low, const char *high)
{
    memset(bench, 0, sizeof *bench);
    bench->arena = arena_create(1 << 20);
    bench->calculator = calculator_create();
    touchstone__v1__test__init(&bench->test);
    touchstone__internal__v1__judge_context__init(&bench->context);
    bench->context.operator_ = (char *)operator_name;
    bench->context.limit_low = (char *)low;
    bench->context.limit_high = (char *)high;
    bench->context.limit = (char *)(*low ? low : high);
    bench->context.comparison = (char *)"default-full";
    bench->context.confidence = (char *)"verified";
    bench->context.value_type = (char *)"numeric";
    bench->context.requirement = (char *)"as written";
    bench->test.readings = bench->pointers;
}

static void close_bench(struct bench *bench)
{
    calculator_free(bench->calculator);
    arena_free(bench->arena);
}

static void enter(struct bench *bench, const char *value, Touchstone__V1__Qualifier qualifier)
{
    size_t at = bench->test.n_readings++;
    touchstone__v1__reading__init(&bench->readings[at]);
    bench->readings[at].value = (char *)value;
    bench->readings[at].qualifier = qualifier;
    bench->pointers[at] = &bench->readings[at];
}

static const Touchstone__V1__Judgement *judge(struct bench *bench)
{
    Touchstone__V1__Judgement *found =
        verdict_make(&bench->test, &bench->context, bench->calculator, false, bench->arena, &bench->error);
    if (!found)
        fail_msg("%s", bench->error.detail);
    return found;
}

static void test_readings_are_the_points_of_a_formula_that_names_them(void **state)
{
    struct bench bench;
    (void)state;
    open_bench(&bench, "le", "", "10");
    bench.context.calc_key = (char *)"TWICE";
    bench.context.expression = (char *)"let middle = mean(points); middle * 2";
    enter(&bench, "5", 0);
    enter(&bench, "5.2", 0);
    const Touchstone__V1__Judgement *found = judge(&bench);
    assert_int_equal(found->verdict, TOUCHSTONE__V1__VERDICT__VERDICT_FAIL);
    assert_string_equal(found->trace->calculated, "10.2");
    assert_string_equal(found->trace->calc_key, "TWICE");
    assert_string_equal(found->trace->steps[0]->name, "middle");
    assert_string_equal(found->trace->steps[0]->value, "5.1");
    close_bench(&bench);
}

static void test_readings_of_any_other_formula_are_determinations(void **state)
{
    struct bench bench;
    (void)state;
    open_bench(&bench, "le", "", "10");
    bench.context.calc_key = (char *)"RATIO";
    bench.context.expression = (char *)"a / b";
    enter(&bench, "9.9", 0);
    enter(&bench, "10.1", 0);
    const Touchstone__V1__Judgement *found = judge(&bench);
    assert_int_equal(found->verdict, TOUCHSTONE__V1__VERDICT__VERDICT_PASS);
    assert_string_equal(found->trace->calc_key, "");
    assert_string_equal(found->trace->compared, "10.0");
    assert_string_equal(found->range, "0.2");
    close_bench(&bench);
}

static void test_each_object_of_inputs_is_a_determination(void **state)
{
    struct bench bench;
    (void)state;
    open_bench(&bench, "ge", "2.1", "");
    bench.context.calc_key = (char *)"RATIO";
    bench.context.expression = (char *)"a / b";
    bench.test.inputs = (char *)"[{\"a\": \"4\", \"b\": 2}, {\"a\": \"6.6\", \"b\": 3}]";
    const Touchstone__V1__Judgement *found = judge(&bench);
    assert_int_equal(found->verdict, TOUCHSTONE__V1__VERDICT__VERDICT_PASS);
    assert_int_equal(found->trace->n_determinations, 2);
    assert_string_equal(found->trace->determinations[1], "2.2");
    assert_string_equal(found->mean, "2.10");
    close_bench(&bench);
}

static void test_a_result_gets_the_unit_of_its_limit(void **state)
{
    struct bench bench;
    (void)state;
    open_bench(&bench, "le", "", "0.5");
    bench.context.calc_key = (char *)"RATIO";
    bench.context.expression = (char *)"a / b";
    bench.context.formula_unit = (char *)"ug/g";
    bench.context.unit_ucum = (char *)"ug/kg";
    bench.context.unit = (char *)"ug/kg";
    bench.test.inputs = (char *)"{\"a\": \"0.003\", \"b\": \"5\"}";
    const Touchstone__V1__Judgement *found = judge(&bench);
    assert_int_equal(found->verdict, TOUCHSTONE__V1__VERDICT__VERDICT_FAIL);
    assert_string_equal(found->trace->calculated, "0.6");
    close_bench(&bench);
}

static void test_bounds_and_numbers_are_never_averaged(void **state)
{
    struct bench bench;
    (void)state;
    open_bench(&bench, "le", "", "20");
    enter(&bench, "1", TOUCHSTONE__V1__QUALIFIER__QUALIFIER_NOT_DETECTED);
    enter(&bench, "3", 0);
    const Touchstone__V1__Judgement *found = judge(&bench);
    assert_int_equal(found->verdict, TOUCHSTONE__V1__VERDICT__VERDICT_NOT_JUDGED);
    assert_string_equal(found->trace->reason, "QUALIFIED");
    close_bench(&bench);
}

static void test_of_bounds_the_one_that_holds_for_all_counts(void **state)
{
    struct bench bench;
    (void)state;
    open_bench(&bench, "le", "", "20");
    enter(&bench, "1", TOUCHSTONE__V1__QUALIFIER__QUALIFIER_LESS_THAN);
    enter(&bench, "3", TOUCHSTONE__V1__QUALIFIER__QUALIFIER_LESS_THAN);
    const Touchstone__V1__Judgement *found = judge(&bench);
    assert_int_equal(found->verdict, TOUCHSTONE__V1__VERDICT__VERDICT_PASS);
    assert_string_equal(found->mean, "< 3");
    close_bench(&bench);
}

static void test_below_the_limit_of_detection_nothing_was_found(void **state)
{
    struct bench bench;
    (void)state;
    open_bench(&bench, "le", "", "0.5");
    bench.context.lod = (char *)"0.01";
    enter(&bench, "0.004", 0);
    const Touchstone__V1__Judgement *found = judge(&bench);
    assert_int_equal(found->verdict, TOUCHSTONE__V1__VERDICT__VERDICT_PASS);
    assert_string_equal(found->mean, "ND < 0.01");
    assert_string_equal(found->trace->calculated, "0.004");
    close_bench(&bench);
}

static void test_a_grade_is_a_text_and_two_readers_must_agree(void **state)
{
    struct bench bench;
    (void)state;
    open_bench(&bench, "grade_ge", "3-4", "");
    bench.context.value_type = (char *)"grade";
    bench.context.scale = (char *)"1|1-2|2|2-3|3|3-4|4|4-5|5";
    bench.test.inputs = (char *)"[{\"result\": \"4\"}, {\"result\": \"4\"}]";
    assert_int_equal(judge(&bench)->verdict, TOUCHSTONE__V1__VERDICT__VERDICT_PASS);
    bench.test.inputs = (char *)"[{\"result\": \"4\"}, {\"result\": \"3\"}]";
    const Touchstone__V1__Judgement *found = judge(&bench);
    assert_int_equal(found->verdict, TOUCHSTONE__V1__VERDICT__VERDICT_NOT_JUDGED);
    assert_string_equal(found->trace->reason, "DETERMINATIONS_DIFFER");
    bench.test.blind = true; // of the test itself, whatever the catalogue says of its method now
    found = judge(&bench);
    assert_int_equal(found->verdict, TOUCHSTONE__V1__VERDICT__VERDICT_INCONCLUSIVE);
    assert_string_equal(found->trace->reason, "READERS_DIFFER");
    close_bench(&bench);
}

static void test_counts_may_be_bounds(void **state)
{
    struct bench bench;
    (void)state;
    open_bench(&bench, "le", "", "100");
    bench.context.value_type = (char *)"count";
    bench.context.calc_key = (char *)"APC";
    bench.context.expression = (char *)"plate_count(dilutions)";
    bench.test.inputs = (char *)"{\"dilutions\": {\"0.1\": [0, 0], \"0.01\": [0, 0]}}";
    const Touchstone__V1__Judgement *found = judge(&bench);
    assert_int_equal(found->verdict, TOUCHSTONE__V1__VERDICT__VERDICT_PASS);
    assert_string_equal(found->mean, "< 10");
    close_bench(&bench);
}

static void test_an_input_that_is_missing_is_told_and_refused_when_it_is_binding(void **state)
{
    struct bench bench;
    (void)state;
    open_bench(&bench, "le", "", "10");
    bench.context.expression = (char *)"a / b";
    bench.test.inputs = (char *)"{\"a\": 1}";
    const Touchstone__V1__Judgement *found = judge(&bench);
    assert_int_equal(found->verdict, TOUCHSTONE__V1__VERDICT__VERDICT_NOT_JUDGED);
    assert_non_null(strstr(found->sentence_en, "The input b is missing."));
    assert_null(verdict_make(&bench.test, &bench.context, bench.calculator, true, bench.arena, &bench.error));
    assert_string_equal(bench.error.reason, "FORMULA_INPUT");
    close_bench(&bench);
}

static void test_a_condition_that_nobody_chose_is_said_with_the_figure(void **state)
{
    struct bench bench;
    (void)state;
    open_bench(&bench, "", "", "");
    bench.context.not_judged = (char *)"condition_not_chosen";
    enter(&bench, "3.25", 0);
    const Touchstone__V1__Judgement *found = judge(&bench);
    assert_int_equal(found->verdict, TOUCHSTONE__V1__VERDICT__VERDICT_NOT_JUDGED);
    assert_string_equal(found->mean, "3.25");
    assert_string_equal(found->trace->reason, "CONDITION_NOT_CHOSEN");
    close_bench(&bench);
}

static void test_the_screening_mean_is_what_the_formula_made_of_the_points(void **state)
{
    struct bench bench;
    (void)state;
    open_bench(&bench, "ge", "750", "");
    bench.context.screening = true;
    bench.context.calc_key = (char *)"LESS_ONE";
    bench.context.expression = (char *)"mean(points) - 1";
    bench.test.expanded_uncertainty = (char *)"0.5";
    enter(&bench, "751.2", 0);
    enter(&bench, "751.4", 0);
    const Touchstone__V1__Judgement *found = judge(&bench); // 750.3: within 0.5 of the mark
    assert_int_equal(found->verdict, TOUCHSTONE__V1__VERDICT__VERDICT_TO_BE_CONFIRMED);
    assert_string_equal(found->mean, "750.3");
    close_bench(&bench);
}

static void test_no_memory_is_an_error_at_every_point(void **state)
{
    (void)state;
    for (size_t ceiling = 1024; ceiling < 65536; ceiling += 1024) {
        struct bench bench;
        open_bench(&bench, "le", "", "10");
        arena_free(bench.arena);
        bench.arena = arena_create(ceiling);
        enter(&bench, "5", 0);
        if (bench.arena &&
            !verdict_make(&bench.test, &bench.context, bench.calculator, true, bench.arena, &bench.error))
            assert_string_equal(bench.error.reason, "OUT_OF_MEMORY");
        close_bench(&bench);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_readings_are_the_points_of_a_formula_that_names_them),
        cmocka_unit_test(test_readings_of_any_other_formula_are_determinations),
        cmocka_unit_test(test_each_object_of_inputs_is_a_determination),
        cmocka_unit_test(test_a_result_gets_the_unit_of_its_limit),
        cmocka_unit_test(test_bounds_and_numbers_are_never_averaged),
        cmocka_unit_test(test_of_bounds_the_one_that_holds_for_all_counts),
        cmocka_unit_test(test_below_the_limit_of_detection_nothing_was_found),
        cmocka_unit_test(test_a_grade_is_a_text_and_two_readers_must_agree),
        cmocka_unit_test(test_counts_may_be_bounds),
        cmocka_unit_test(test_an_input_that_is_missing_is_told_and_refused_when_it_is_binding),
        cmocka_unit_test(test_a_condition_that_nobody_chose_is_said_with_the_figure),
        cmocka_unit_test(test_the_screening_mean_is_what_the_formula_made_of_the_points),
        cmocka_unit_test(test_no_memory_is_an_error_at_every_point),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
