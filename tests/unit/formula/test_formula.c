// SPDX-License-Identifier: Apache-2.0
// The language of formulas: its grammar, its ceilings, and the errors that name an input or a place. Results
// of methods stand in tests/validate/calculations.csv.
#include "formula/builtin.h"
#include "formula/formula.h"
#include "formula/functions.h"
#include "formula/inputs.h"
#include "wire/arena.h"
#include "wire/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct formula_program program;
static struct formula_space space;

static bool evaluate(const char *source, const char *json, struct arena *arena, char *text,
                     struct ts_error *error)
{
    struct formula_value value;
    space_init(&space, &builtin_units);
    if (!formula_parse(source, &program, error) || !inputs_read(json, strlen(json), arena, &space, error) ||
        !formula_evaluate(&program, &space, &value, error))
        return false;
    return formula_report("", &space, text, error);
}

static void check(const char *source, const char *json, const char *wanted)
{
    struct arena *arena = arena_create(1 << 20);
    struct ts_error error = {0};
    char text[FORMULA_TEXT_BYTES];
    if (!evaluate(source, json, arena, text, &error))
        fail_msg("%s: %s", source, error.detail);
    if (strcmp(text, wanted) != 0)
        fail_msg("%s: got %s, wanted %s", source, text, wanted);
    arena_free(arena);
}

static void refuse(const char *source, const char *json, const char *reason, const char *detail)
{
    struct arena *arena = arena_create(1 << 20);
    struct ts_error error = {0};
    char text[FORMULA_TEXT_BYTES];
    if (evaluate(source, json, arena, text, &error))
        fail_msg("%s was taken", source);
    assert_string_equal(error.reason, reason);
    if (!strstr(error.detail, detail))
        fail_msg("%s: \"%s\" does not say \"%s\"", source, error.detail, detail);
    arena_free(arena);
}

static void test_operators_bind_as_on_paper(void **unused)
{
    (void)unused;
    check("1 + 2 * 3", "{}", "7");
    check("(1 + 2) * 3", "{}", "9");
    check("10 - 4 - 3", "{}", "3");
    check("16 / 4 / 2", "{}", "2");
    check("2 ^ 3 ^ 2", "{}", "512");
    check("-2 ^ 2", "{}", "-4");
    check("2 ^ -1", "{}", "0.5");
    check("2 * -3", "{}", "-6");
    check("-(1 - 1)", "{}", "0");
    check("1 < 2 and 2 <= 2 and not 3 > 4", "{}", "yes");
    check("1 = 1.0 or 1 / 0 = 1", "{}", "yes");
    check("false and 1 / 0 = 1", "{}", "no");
    check("'a' = 'a'", "{}", "yes");
    check("'a' != 'a'", "{}", "no");
    check("if 2 >= 3 then 1 / 0 else if 1 != 2 then 5 else 6", "{}", "5");
    check("0.1 + 0.2", "{}", "0.3");
    check("1 / 3", "{}", "0.33333333333333333333333333333333333333333333333333");
}

static void test_steps_name_what_is_between(void **unused)
{
    (void)unused;
    check("let d = a - b;\nlet half = d / 2;\nhalf * half", "{\"a\": \"5\", \"b\": 2}", "2.25");
    refuse("let a = 1; a", "{\"a\": \"5\"}", "FORMULA_NAME", "a");
    refuse("let d = e; let e = 1; d", "{}", "FORMULA_INPUT", "The input e is missing");
}

static void test_lists_are_worked_on_value_by_value(void **unused)
{
    (void)unused;
    check("sum(a * 2 - b)", "{\"a\": [\"1\", 2], \"b\": [\"0.5\", \"0.25\"]}", "5.25");
    check("mean(-a)", "{\"a\": [1, 2]}", "-1.5");
    check("mean(1, 2, 6)", "{}", "3");
    check("range(a) + count(a) + item(a, 2)", "{\"a\": [1, 5, 2]}", "12");
    check("sum(a)", "{\"a\": []}", "0");
    check("sum(abs(a))", "{\"a\": [-1, 2]}", "3");
    refuse("mean(a)", "{\"a\": []}", "FORMULA_VALUE", "mean(a): the list is empty");
    refuse("a + b", "{\"a\": [1, 2], \"b\": [1]}", "FORMULA_VALUE", "not the same length");
    refuse("mean(a)", "{\"a\": [\"ND\", \"1\"]}", "FORMULA_VALUE", "mean(a): value 1 is the text \"ND\"");
    check("sum(substitute(a, 0))", "{\"a\": [\"ND\", \"未检出\", \"<0.01\", \"1\"]}", "1");
}

static void test_an_input_may_be_optional(void **unused)
{
    (void)unused;
    check("default(a, 7)", "{}", "7");
    check("default(a, 7)", "{\"a\": null}", "7");
    check("default(a, 7)", "{\"a\": \"\"}", "7");
    check("default(a, 7)", "{\"a\": \"3\"}", "3");
    check("given(a)", "{\"a\": \"3\"}", "yes");
    check("given(a)", "{}", "no");
}

static void test_rounding_has_every_form(void **unused)
{
    (void)unused;
    check("round(2.675, 2)", "{}", "2.68");
    check("round(0.045, 2)", "{}", "0.04");
    check("round_half_up(0.045, 2)", "{}", "0.05");
    check("round(1268, -2)", "{}", "1300");
    check("significant(24500, 2)", "{}", "24000");
    check("significant_half_up(24500, 2)", "{}", "25000");
    check("round_half_unit(60.25, 0)", "{}", "60.0");
    check("round_fifth_unit(830, -2)", "{}", "840");
    check("round_to(7.3, 0.25)", "{}", "7.25");
}

static void test_functions_of_mathematics(void **unused)
{
    (void)unused;
    check("sqrt(2.25)", "{}", "1.5");
    check("log10(1000)", "{}", "3");
    check("ln(exp(0)) + exp(0)", "{}", "1");
    check("round(exp(1), 10)", "{}", "2.7182818285");
    check("round(ln(2), 10)", "{}", "0.6931471806");
    check("interpolate(x, y, 1.5)", "{\"x\": [1, 2, 4], \"y\": [10, 20, 0]}", "15.0");
    refuse("interpolate(x, y, 5)", "{\"x\": [1, 2, 4], \"y\": [10, 20, 0]}", "FORMULA_VALUE", "outside");
    check("correlation(x, y)", "{\"x\": [1, 2, 3], \"y\": [2, 4, 6]}", "1");
    check("residual_sd(x, y)", "{\"x\": [1, 2, 3], \"y\": [2, 4, 6]}", "0");
    check("convert(0.2, '%', 'mg/kg')", "{}", "2000");
    check("convert(1, '[car_m]', 'g')", "{}", "0.2");
    check("convert(20, 'Cel', 'K')", "{}", "293.15");
    refuse("convert(1, 'mg/L', 'mg/kg')", "{}", "FORMULA_VALUE", "mass concentration");
    refuse("convert(1, 'mg/L', 'foo')", "{}", "FORMULA_VALUE", "foo");
}

static void test_an_error_names_its_place(void **unused)
{
    (void)unused;
    refuse("1 +", "{}", "FORMULA_SYNTAX", "line 1, column 4");
    refuse("let a = 1\na", "{}", "FORMULA_SYNTAX", "line 2, column 1: here should be \";\"");
    refuse("1 +\n  (2 * 3", "{}", "FORMULA_SYNTAX", "line 2, column 9: here should be \")\"");
    refuse("nothing(1)", "{}", "FORMULA_SYNTAX", "there is no function nothing");
    refuse("mean()", "{}", "FORMULA_SYNTAX", "mean takes 1 to 8 arguments, not 0");
    refuse("1 < 2 < 3", "{}", "FORMULA_SYNTAX", "chained");
    refuse("'abc", "{}", "FORMULA_SYNTAX", "does not end");
    refuse("1 $ 2", "{}", "FORMULA_SYNTAX", "line 1, column 3");
    refuse("let if = 1; 2", "{}", "FORMULA_SYNTAX", "no name");
    refuse("1 2", "{}", "FORMULA_SYNTAX", "should end");
    refuse("1.", "{}", "FORMULA_SYNTAX", "digit behind the point");
    refuse("", "{}", "FORMULA_SYNTAX", "line 1, column 1");
    refuse("1 + 1 / (a - a)", "{\"a\": 3}", "FORMULA_VALUE",
           "line 1, column 5, 1 / (a - a): Division by zero");
}

static void test_an_error_names_its_input(void **unused)
{
    (void)unused;
    refuse("a + 1", "{}", "FORMULA_INPUT", "The input a is missing");
    refuse("a + 1", "{\"a\": \"x\"}", "FORMULA_INPUT", "The input a should be a number, but is a text: x");
    refuse("if a then 1 else 2", "{\"a\": \"1\"}", "FORMULA_INPUT", "The input a should be yes or no");
    refuse("a", "{\"a\": 1e3}", "FORMULA_INPUT", "The input a has an exponent");
    refuse("a", "{\"a\": {\"x\": [1]}}", "FORMULA_INPUT", "The input a has a key that is no number");
    refuse("a", "{\"a\": {\"0.1\": [1], \"0.10\": [2]}}", "FORMULA_INPUT", "The input a has a key twice");
    refuse("a", "[]", "FORMULA_INPUT", "JSON object");
    refuse("a", "{\"a\": n", "FORMULA_INPUT", "The input a");
    refuse("a", "{\"a\": 1} 2", "FORMULA_INPUT", "The inputs");
    refuse("a", "{\"a\": [[1]]}", "FORMULA_INPUT", "The input a");
    refuse("a", "{\"a\": 1, \"a\": 2}", "FORMULA_NAME", "The name a");
}

static char *repeated(const char *piece, size_t count, const char *end)
{
    size_t length = strlen(piece);
    char *text = calloc(1, length * count + strlen(end) + 1);
    assert_non_null(text);
    for (size_t i = 0; i < count; i++)
        memcpy(text + i * length, piece, length);
    memcpy(text + count * length, end, strlen(end));
    return text;
}

static void refuse_repeated(const char *piece, size_t count, const char *end, const char *detail)
{
    char *text = repeated(piece, count, end);
    refuse(text, "{}", "FORMULA_TOO_LARGE", detail);
    free(text);
}

static void test_every_ceiling_is_refused_by_name(void **unused)
{
    (void)unused;
    refuse_repeated("(", 60, "1", "brackets inside each other");
    refuse_repeated("1+", 50, "1", "operators inside each other");
    refuse_repeated("-", 60, "1", "inside each other");
    refuse_repeated(" ", 5000, "1", "bytes");
    refuse_repeated("list(list(1,2),list(3,4)),", 0,
                    "list(1,2,3,4,5,6,7,8) + list(1,2,3,4,5,6,7,8)"
                    "+ list(1,2,3,4,5,6,7,8) + list(1,2,3,4,5,6,7,8) + list(1,2,3,4,5,6,7,8)"
                    "+ list(1,2,3,4,5,6,7,8) + list(1,2,3,4,5,6,7,8) + list(1,2,3,4,5,6,7,8) + list(1)",
                    "constants");
    char steps[2000] = "", *at = steps;
    for (int i = 0; i < 30; i++)
        at += snprintf(at, 40, "let s%d = 1; ", i);
    snprintf(at, 10, "1");
    refuse(steps, "{}", "FORMULA_TOO_LARGE", "steps");
}

static void test_a_long_list_is_refused(void **unused)
{
    (void)unused;
    char *list = repeated("1,", FORMULA_CELLS, "1]}");
    char *json = repeated("{\"a\": [", 1, list);
    refuse("sum(a)", json, "FORMULA_TOO_LARGE", "values together");
    free(json);
    free(list);
}

static void test_a_report_form_writes_what_it_names(void **unused)
{
    (void)unused;
    struct ts_error error = {0};
    struct formula_value value;
    char text[FORMULA_TEXT_BYTES];
    space_init(&space, &builtin_units);
    assert_true(formula_parse("let third = 1 / 3; let word = 'accept'; third * 36", &program, &error));
    assert_true(formula_evaluate(&program, &space, &value, &error));
    assert_true(formula_report("{:2} % {word} {third:3s} {third:4g}", &space, text, &error));
    assert_string_equal(text, "12.00 % accept 0.333 0.3333");
    assert_true(formula_report_check("{:2} {word}", &program, &error));
    assert_false(formula_report_check("{nobody}", &program, &error));
    assert_non_null(strstr(error.detail, "nobody"));
    assert_false(formula_report_check("{word", &program, &error));
    assert_false(formula_report_check("{word:x}", &program, &error));
    assert_false(formula_report("{nobody}", &space, text, &error));
}

static void test_every_formula_of_the_catalogue_can_be_read(void **unused)
{
    (void)unused;
    assert_true(builtin_formula_count > 40);
    for (size_t i = 0; i < builtin_formula_count; i++) {
        struct ts_error error = {0};
        const struct builtin_formula *formula = &builtin_formulas[i];
        if (!formula_parse(formula->expression, &program, &error) ||
            !formula_report_check(formula->report, &program, &error))
            fail_msg("%s: %s", formula->calc_key, error.detail);
    }
    for (size_t i = 0; i < builtin_units.count; i++) {
        struct decimal factor;
        const struct formula_unit *unit = &builtin_units.rows[i];
        assert_true(decimal_parse(unit->factor, strlen(unit->factor), &factor, NULL));
        assert_true(decimal_parse(unit->offset, strlen(unit->offset), &factor, NULL));
    }
}

static void test_factors_are_read_as_the_database_tells_them(void **unused)
{
    static const char *const broken[] = {
        "[[\"a\",\"b\",\"c\",\"1\"]]",
        "[[\"a\",\"b\",\"c\",\"1\",\"0\",\"\"]]",
        "[[1,2,3,4,5]]",
        "{}",
        "[[]",
        "[] []",
    };
    struct arena *arena = arena_create(1 << 20);
    struct formula_units units = {.count = 7};
    struct ts_error error = {0};
    (void)unused;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        assert_false(units_read(broken[i], arena, &units, &error));
        assert_string_equal(error.reason, "FORMULA_UNITS");
        assert_int_equal(units.count, 7);
    }
    assert_true(units_read(
        "[[\"[ppth]\",\"‰\",\"mass fraction\",\"0.001\",\"0\"],[\"a\",\"[ppth]\",\"b\",\"1\",\"0\"]]", arena,
        &units, &error));
    assert_int_equal(units.count, 2);
    assert_ptr_equal(units_find(&units, "‰"), &units.rows[0]);
    assert_ptr_equal(units_find(&units, "[ppth]"), &units.rows[0]); // the code goes before what is printed
    assert_null(units_find(&units, "ppth"));
    assert_true(units_read("", arena, &units, &error));
    assert_ptr_equal(units.rows, builtin_units.rows);
    arena_free(arena);
}

static void test_functions_stand_in_order(void **unused)
{
    (void)unused;
    for (size_t i = 1; i < functions_count; i++)
        assert_true(strcmp(functions_table[i - 1].name, functions_table[i].name) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_operators_bind_as_on_paper),
        cmocka_unit_test(test_steps_name_what_is_between),
        cmocka_unit_test(test_lists_are_worked_on_value_by_value),
        cmocka_unit_test(test_an_input_may_be_optional),
        cmocka_unit_test(test_rounding_has_every_form),
        cmocka_unit_test(test_functions_of_mathematics),
        cmocka_unit_test(test_an_error_names_its_place),
        cmocka_unit_test(test_an_error_names_its_input),
        cmocka_unit_test(test_every_ceiling_is_refused_by_name),
        cmocka_unit_test(test_a_long_list_is_refused),
        cmocka_unit_test(test_a_report_form_writes_what_it_names),
        cmocka_unit_test(test_every_formula_of_the_catalogue_can_be_read),
        cmocka_unit_test(test_factors_are_read_as_the_database_tells_them),
        cmocka_unit_test(test_functions_stand_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
