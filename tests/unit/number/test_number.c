// SPDX-License-Identifier: Apache-2.0
// Quotients, roots, logarithms and powers against Python's decimal module (number_table.py), and the ends of
// their ranges.
#include "number/arithmetic.h"
#include "wire/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct decimal parse(const char *text)
{
    struct decimal value;
    assert_true(decimal_parse(text, strlen(text), &value, NULL));
    return value;
}

// "d.ddde+nn" with up to 71 digits.
static struct decimal parse_scientific(const char *text)
{
    struct decimal value = {0};
    const char *e = strchr(text, 'e');
    assert_non_null(e);
    value.negative = *text == '-';
    int places = 0;
    for (const char *at = e - 1; at >= text; at--) {
        if (*at == '.')
            places = value.count;
        else if (*at != '-')
            value.digit[value.count++] = (uint8_t)(*at - '0');
    }
    value.exponent = (int16_t)(strtol(e + 1, NULL, 10) - places);
    while (value.count && value.digit[value.count - 1] == 0)
        value.count--;
    value.negative = value.negative && value.count;
    return value;
}

static bool calculate(const char *name, const struct decimal *a, const struct decimal *b,
                      struct decimal *ret_result, struct ts_error *error)
{
    if (strcmp(name, "divide") == 0)
        return number_divide(a, b, ret_result, error);
    if (strcmp(name, "add") == 0)
        return number_add(a, b, ret_result, error);
    if (strcmp(name, "multiply") == 0)
        return number_multiply(a, b, ret_result, error);
    if (strcmp(name, "power") == 0)
        return number_power(a, b, ret_result, error);
    if (strcmp(name, "sqrt") == 0)
        return number_sqrt(a, ret_result, error);
    if (strcmp(name, "ln") == 0)
        return number_ln(a, ret_result, error);
    if (strcmp(name, "log10") == 0)
        return number_log10(a, ret_result, error);
    assert_string_equal(name, "exp");
    return number_exp(a, ret_result, error);
}

static bool is_within(const char *name, const struct decimal *got, const struct decimal *wanted)
{
    struct decimal difference, bound = {.count = 1, .digit = {1}, .exponent = -65};
    if (strchr("dsam", *name))
        return decimal_compare(got, wanted) == 0;
    assert_true(number_subtract(got, wanted, &difference, NULL));
    difference.negative = false;
    if (strcmp(name, "exp") == 0 || strcmp(name, "power") == 0) {
        bound.exponent = (int16_t)(wanted->count + wanted->exponent - 46);
    } else if (wanted->count + wanted->exponent - 49 > bound.exponent) {
        bound.exponent = (int16_t)(wanted->count + wanted->exponent - 49); // 50 digits of a longer number
    }
    return decimal_compare(&difference, &bound) <= 0;
}

static void test_table_agrees_with_python(void **unused)
{
    (void)unused;
    FILE *file = fopen(NUMBER_TABLE, "r");
    char line[1024], text[DECIMAL_TEXT_SIZE];
    size_t rows = 0;
    assert_non_null(file);
    for (; fgets(line, sizeof line, file); rows++) {
        char *rest = line, *name = strsep(&rest, ",");
        struct decimal a = parse(strsep(&rest, ",")), b = parse(strsep(&rest, ",")), got = {0};
        struct decimal wanted = parse_scientific(rest);
        struct ts_error error = {0};
        if (!calculate(name, &a, &b, &got, &error))
            fail_msg("row %zu %s: %s", rows + 1, name, error.detail);
        decimal_format(&got, text, sizeof text);
        if (!is_within(name, &got, &wanted))
            fail_msg("row %zu: %s got %s, wanted %s", rows + 1, name, text, rest);
    }
    fclose(file);
    assert_in_range(rows, 2500, 4000);
}

static void assert_text(const struct decimal *value, const char *wanted)
{
    char text[DECIMAL_TEXT_SIZE];
    decimal_format(value, text, sizeof text);
    assert_string_equal(text, wanted);
}

static void check(const char *name, const char *left, const char *right, const char *wanted)
{
    struct decimal a = parse(left), b = parse(right), got;
    struct ts_error error = {0};
    if (!calculate(name, &a, &b, &got, &error))
        fail_msg("%s %s %s: %s", name, left, right, error.detail);
    assert_text(&got, wanted);
}

static void refuse(const char *name, const char *left, const char *right, const char *reason)
{
    struct decimal a = parse(left), b = parse(right), got = parse("7");
    struct ts_error error = {0};
    assert_false(calculate(name, &a, &b, &got, &error));
    assert_string_equal(error.reason, reason);
    assert_text(&got, "7");
}

static void test_exact_results_stay_exact(void **unused)
{
    (void)unused;
    check("divide", "6", "4", "1.5");
    check("divide", "750.0", "1", "750.0");
    check("divide", "1", "3", "0.33333333333333333333333333333333333333333333333333");
    check("divide", "2", "3", "0.66666666666666666666666666666666666666666666666667");
    check("divide", "-1", "8", "-0.125");
    check("sqrt", "2.25", "0", "1.5");
    check("sqrt", "0", "0", "0");
    check("sqrt", "100", "0", "10");
    check("power", "1.1", "2", "1.21");
    check("power", "-2", "3", "-8");
    check("power", "2", "-2", "0.25");
    check("power", "0", "0", "1");
    check("power", "10", "20", "100000000000000000000");
    check("log10", "1000", "0", "3");
    check("log10", "0.01", "0", "-2");
    check("ln", "1.00", "0", "0");
    check("exp", "0", "0", "1");
}

static void test_a_sum_too_long_is_rounded_once(void **unused)
{
    (void)unused;
    struct decimal large = {.count = 1, .digit = {1}, .exponent = 100},
                   tiny = {.count = 1, .digit = {1}, .exponent = -100};
    struct decimal sum;
    assert_true(number_add(&large, &tiny, &sum, NULL));
    assert_int_equal(decimal_compare(&sum, &large), 0);
    assert_true(number_subtract(&tiny, &tiny, &sum, NULL));
    assert_true(decimal_is_zero(&sum));
}

static void test_what_has_no_result_is_refused(void **unused)
{
    (void)unused;
    refuse("divide", "1", "0", "NUMBER_DIVISION_BY_ZERO");
    refuse("divide", "0", "0.00", "NUMBER_DIVISION_BY_ZERO");
    refuse("sqrt", "-0.1", "0", "NUMBER_ROOT_OF_NEGATIVE");
    refuse("ln", "0", "0", "NUMBER_LOGARITHM");
    refuse("ln", "-1", "0", "NUMBER_LOGARITHM");
    refuse("log10", "0", "0", "NUMBER_LOGARITHM");
    refuse("power", "0", "-1", "NUMBER_POWER");
    refuse("power", "-2", "0.5", "NUMBER_POWER");
    refuse("exp", "500", "0", "NUMBER_OUT_OF_RANGE");
    refuse("exp", "-1000", "0", "NUMBER_OUT_OF_RANGE");
    refuse("power", "10", "201", "NUMBER_OUT_OF_RANGE");
    refuse("power", "2", "1234567890123456789012", "NUMBER_OUT_OF_RANGE");
}

static void test_mean_and_deviation_keep_what_floating_point_loses(void **unused)
{
    (void)unused;
    // NIST StRD NumAcc1, and NumAcc3 by hand: mean 1000000.2, deviation 0.1.
    struct decimal first[] = {parse("10000001"), parse("10000003"), parse("10000002")}, got;
    struct decimal third[] = {parse("1000000.2"), parse("1000000.1"), parse("1000000.3")};
    assert_true(number_mean(first, 3, &got, NULL));
    assert_text(&got, "10000002");
    assert_true(number_deviation(first, 3, &got, NULL));
    assert_text(&got, "1");
    assert_true(number_mean(third, 3, &got, NULL));
    assert_text(&got, "1000000.2");
    assert_true(number_deviation(third, 3, &got, NULL));
    assert_text(&got, "0.1");
    assert_true(number_sum(first, 0, &got, NULL));
    assert_text(&got, "0");
    assert_false(number_mean(first, 0, &got, NULL));
    assert_false(number_deviation(first, 1, &got, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table_agrees_with_python),
        cmocka_unit_test(test_exact_results_stay_exact),
        cmocka_unit_test(test_a_sum_too_long_is_rounded_once),
        cmocka_unit_test(test_what_has_no_result_is_refused),
        cmocka_unit_test(test_mean_and_deviation_keep_what_floating_point_loses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
