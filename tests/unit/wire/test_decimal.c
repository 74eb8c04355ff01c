// SPDX-License-Identifier: Apache-2.0
// Decimals against Python's decimal module, the examples of GB/T 8170-2008, and their own laws.
#include "testing.h"

#include "wire/decimal_round.h"
#include "wire/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct decimal parse(const char *text)
{
    struct decimal value;
    struct ts_error error = {0};
    if (!decimal_parse(text, strlen(text), &value, &error))
        fail_msg("%s: %s", text, error.detail);
    return value;
}

static void assert_decimal(const struct decimal *value, const char *wanted, const char *what)
{
    char text[DECIMAL_TEXT_SIZE];
    size_t length = decimal_format(value, text, sizeof text);
    assert_int_equal(length, strlen(text));
    if (strcmp(text, wanted) != 0)
        fail_msg("%s: got %s, wanted %s", what, text, wanted);
}

static void check_row(const char *row, const char *operation, const char *left, const char *right,
                      int argument, const char *wanted)
{
    struct decimal a = parse(left), b = parse(right), result = {0};
    enum decimal_mode mode = strstr(operation, "_up") ? DECIMAL_HALF_UP : DECIMAL_HALF_EVEN;
    bool held = true;
    if (strcmp(operation, "add") == 0)
        held = decimal_add(&a, &b, &result, NULL);
    else if (strcmp(operation, "sub") == 0)
        held = decimal_sub(&a, &b, &result, NULL);
    else if (strcmp(operation, "mul") == 0)
        held = decimal_mul(&a, &b, &result, NULL);
    else if (strcmp(operation, "compare") == 0)
        decimal_from_int(decimal_compare(&a, &b), &result);
    else if (strncmp(operation, "round", 5) == 0)
        held = decimal_round(&a, argument, mode, &result, NULL);
    else
        held = decimal_round_quotient(&a, &b, argument, mode, &result, NULL);
    assert_true(held);
    assert_decimal(&result, wanted, row);
}

static void test_table_agrees_with_python(void **unused)
{
    (void)unused;
    FILE *file = fopen(DECIMAL_TABLE, "r");
    char line[1024], copy[1024];
    size_t rows = 0;
    assert_non_null(file);
    for (; fgets(line, sizeof line, file); rows++) {
        memcpy(copy, line, sizeof copy);
        char *rest = line, *cells[5];
        for (size_t i = 0; i < 5; i++)
            cells[i] = strsep(&rest, ",\n");
        check_row(copy, cells[0], cells[1], cells[2], (int)strtol(cells[3], NULL, 10), cells[4]);
    }
    fclose(file);
    assert_in_range(rows, 20000, 30000);
}

// "15.5(-)" splits into a number and a mark.
static struct decimal parse_marked(const char *text, enum decimal_mark *ret_mark)
{
    struct decimal value;
    size_t length = strcspn(text, "(");
    assert_true(decimal_parse(text, length, &value, NULL));
    *ret_mark = text[length] == '\0'      ? DECIMAL_MARK_EXACT
                : text[length + 1] == '+' ? DECIMAL_MARK_ACTUAL_LARGER
                                          : DECIMAL_MARK_ACTUAL_SMALLER;
    return value;
}

// The exponent of an interval that is a power of ten.
static int exponent_of(const char *interval)
{
    struct decimal value = parse(interval);
    return value.exponent + value.count - 1;
}

static bool check_standard_row(const char *kind, const char *input, const char *interval, const char *wanted)
{
    enum decimal_mark mark = DECIMAL_MARK_EXACT, wanted_mark;
    struct decimal value = parse_marked(input, &mark), result = {0},
                   expected = parse_marked(wanted, &wanted_mark);
    char text[DECIMAL_TEXT_SIZE];
    if (strcmp(kind, "round") == 0)
        assert_true(decimal_round(&value, exponent_of(interval), DECIMAL_HALF_EVEN, &result, NULL));
    else if (strcmp(kind, "round_half_unit") == 0)
        assert_true(decimal_round_part(&value, exponent_of(interval), 2, DECIMAL_HALF_EVEN, &result, NULL));
    else if (strcmp(kind, "round_fifth_unit") == 0)
        assert_true(decimal_round_part(&value, exponent_of(interval), 5, DECIMAL_HALF_EVEN, &result, NULL));
    else if (strcmp(kind, "round_sig") == 0)
        assert_true(decimal_round_significant(&value, (int)strtol(interval, NULL, 10), DECIMAL_HALF_EVEN,
                                              &result, NULL));
    else if (strcmp(kind, "report_mark") == 0 || strcmp(kind, "round_marked") == 0)
        assert_true(decimal_round_marked(&value, mark, exponent_of(interval), DECIMAL_HALF_EVEN, &result,
                                         &mark, NULL));
    else
        return false;
    if (strcmp(kind, "report_mark") == 0)
        assert_int_equal(mark, wanted_mark);
    decimal_format(&expected, text, sizeof text);
    assert_decimal(&result, text, input);
    return true;
}

static void test_examples_of_the_rounding_standard_hold(void **unused)
{
    (void)unused;
    FILE *file = fopen(ROUNDING_TABLE, "r");
    char line[1024];
    size_t rows = 0;
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    while (fgets(line, sizeof line, file)) {
        char *rest = line, *cells[8];
        for (size_t i = 0; i < 8; i++)
            cells[i] = strsep(&rest, ",\n");
        bool rounds = strncmp(cells[1], "round", 5) == 0 || strcmp(cells[1], "report_mark") == 0;
        rows += rounds && check_standard_row(cells[1], cells[2], cells[3], cells[7]);
    }
    fclose(file);
    assert_in_range(rows, 17, 1000);
}

static void test_rounding_traps_of_the_standard_hold(void **unused)
{
    (void)unused;
    static const struct {
        const char *value;
        int exponent;
        enum decimal_mode mode;
        const char *wanted;
    } rows[] = {
        {"2.675", -2, DECIMAL_HALF_EVEN, "2.68"},   {"0.045", -2, DECIMAL_HALF_EVEN, "0.04"},
        {"2.5", 0, DECIMAL_HALF_EVEN, "2"},         {"3.5", 0, DECIMAL_HALF_EVEN, "4"},
        {"2.5001", 0, DECIMAL_HALF_EVEN, "3"},      {"-0.4", 0, DECIMAL_HALF_EVEN, "0"},
        {"-0.5", 0, DECIMAL_HALF_EVEN, "0"},        {"-1.5", 0, DECIMAL_HALF_EVEN, "-2"},
        {"15.4546", 0, DECIMAL_HALF_EVEN, "15"},    {"24500", 3, DECIMAL_HALF_UP, "25000"},
        {"24500", 3, DECIMAL_HALF_EVEN, "24000"},   {"750", -1, DECIMAL_HALF_EVEN, "750.0"},
        {"0.5", 3, DECIMAL_HALF_UP, "0"},           {"999.95", -1, DECIMAL_HALF_EVEN, "1000.0"},
        {"500", 3, DECIMAL_HALF_EVEN, "0"},         {"501", 3, DECIMAL_HALF_EVEN, "1000"},
        {"0.00", -5, DECIMAL_HALF_EVEN, "0.00000"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct decimal value = parse(rows[i].value);
        assert_true(decimal_round(&value, rows[i].exponent, rows[i].mode, &value, NULL));
        assert_decimal(&value, rows[i].wanted, rows[i].value);
    }
    struct decimal value = parse("-930");
    assert_true(decimal_round_part(&value, 2, 5, DECIMAL_HALF_EVEN, &value, NULL));
    assert_decimal(&value, "-920", "-930 to 0.2 of hundreds");
}

static void test_typed_digits_are_kept(void **unused)
{
    (void)unused;
    static const char *const rows[][2] = {
        {"750.0", "750.0"},
        {"750", "750"},
        {"+0.10", "0.10"},
        {"-0", "0"},
        {"-0.00", "0.00"},
        {"007.50", "7.50"},
        {"0", "0"},
        {"-12.5", "-12.5"},
        {"0.0001", "0.0001"},
        {"1234567890123456789012345678901234567890", "1234567890123456789012345678901234567890"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct decimal value = parse(rows[i][0]);
        assert_decimal(&value, rows[i][1], rows[i][0]);
    }
    struct decimal a = parse("750.0"), b = parse("750");
    assert_int_equal(decimal_compare(&a, &b), 0);
    assert_int_equal(decimal_places(&a), 1);
    assert_int_equal(decimal_places(&b), 0);
}

static void test_what_is_no_number_is_refused_with_a_reason(void **unused)
{
    (void)unused;
    static const char *const rows[][2] = {{"", "empty"},
                                          {"-", "no digits"},
                                          {"+", "no digits"},
                                          {".5", "before the point"},
                                          {"5.", "behind the point"},
                                          {"1e3", "exponent"},
                                          {"1.5E-3", "exponent"},
                                          {"NaN", "not a number"},
                                          {"Infinity", "not a number"},
                                          {"１２", "full-width"},
                                          {"1２", "full-width"},
                                          {"1．5", "full-width"},
                                          {"1,000", "comma"},
                                          {" 1", "space"},
                                          {"1 ", "space"},
                                          {"--1", "does not belong"},
                                          {"1.2.3", "does not belong"},
                                          {"0x10", "does not belong"},
                                          {"１", "full-width"},
                                          {"−5", "does not belong"},
                                          {"1.５", "full-width"},
                                          {"12345678901234567890123456789012345678901", "40 digits"},
                                          {"0.0000000000000000000000000000000000000001", "40 digits"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct decimal kept = {.count = 77};
        struct ts_error error = {0};
        size_t length = strlen(rows[i][0]);
        char *exact = testing_exact(rows[i][0], length);
        assert_false(decimal_parse(exact, length, &kept, &error));
        assert_int_equal(kept.count, 77);
        assert_string_equal(error.reason, "DECIMAL_INVALID");
        if (!strstr(error.detail, rows[i][1]))
            fail_msg("%s: %s", rows[i][0], error.detail);
        free(exact);
    }
    assert_false(decimal_parse("1\0002", 3, &(struct decimal){0}, NULL));
}

static void test_every_short_text_is_parsed_or_refused_alike(void **unused)
{
    (void)unused;
    static const char signs[] = "0159.+-e ";
    size_t base = sizeof signs - 1, accepted = 0;
    for (size_t length = 1; length <= 5; length++) {
        size_t count = 1;
        for (size_t i = 0; i < length; i++)
            count *= base;
        for (size_t number = 0; number < count; number++) {
            char text[8] = "", printed[DECIMAL_TEXT_SIZE];
            for (size_t i = 0, rest = number; i < length; i++, rest /= base)
                text[i] = signs[rest % base];
            struct decimal value;
            if (!decimal_parse(text, length, &value, NULL))
                continue;
            accepted++;
            decimal_format(&value, printed, sizeof printed);
            char *end;
            double wanted = strtod(text, &end), got = strtod(printed, NULL); // short: doubles tell them apart
            assert_true(*end == '\0' && wanted == got);
        }
    }
    assert_in_range(accepted, 3000, 30000);
}

static void test_sum_of_extremes_stays_exact(void **unused)
{
    (void)unused;
    struct decimal huge = parse("9999999999999999999999999999999999999999"), sum = {0}, product;
    struct decimal tiny = parse("0.000000000000000000000000000000000000001");
    for (int i = 0; i < 96; i++) {
        assert_true(decimal_add(&sum, &huge, &sum, NULL));
        assert_true(decimal_add(&sum, &tiny, &sum, NULL));
    }
    assert_decimal(&sum, "959999999999999999999999999999999999999904.000000000000000000000000000000000000096",
                   "sum");
    int order;
    assert_true(decimal_compare_mean(&sum, 96, &huge, &order, NULL));
    assert_int_equal(order, 1);
    assert_true(decimal_mul(&huge, &huge, &product, NULL));
    struct ts_error error = {0};
    assert_false(decimal_mul(&product, &huge, &product, &error));
    assert_string_equal(error.reason, "DECIMAL_TOO_LONG");
    assert_int_equal(error.status, TS_OUT_OF_RANGE);
}

static void test_too_long_results_fail_untouched(void **unused)
{
    (void)unused;
    struct decimal value = parse("1"), kept = {.count = 77}, small = parse("1"), zero = parse("0");
    enum decimal_mark mark;
    assert_false(decimal_round(&value, -100, DECIMAL_HALF_EVEN, &kept, NULL));
    assert_false(decimal_round(&value, 201, DECIMAL_HALF_EVEN, &kept, NULL));
    assert_false(
        decimal_round_marked(&value, DECIMAL_MARK_EXACT, -201, DECIMAL_HALF_EVEN, &kept, &mark, NULL));
    assert_false(decimal_round_significant(&value, 0, DECIMAL_HALF_EVEN, &kept, NULL));
    assert_false(decimal_round_part(&value, 0, 3, DECIMAL_HALF_EVEN, &kept, NULL));
    assert_false(decimal_round_quotient(&value, &zero, 0, DECIMAL_HALF_EVEN, &kept, NULL));
    assert_false(decimal_round_quotient(&value, &small, -120, DECIMAL_HALF_EVEN, &kept, NULL));
    assert_true(decimal_round(&small, -99, DECIMAL_HALF_EVEN, &small, NULL));
    struct decimal hundred = parse("100");
    assert_false(decimal_add(&small, &hundred, &kept, NULL));
    assert_false(decimal_sub(&hundred, &small, &kept, NULL));
    assert_int_equal(kept.count, 77);
}

static void test_integers_come_in_whole(void **unused)
{
    (void)unused;
    static const struct {
        int64_t number;
        const char *text;
    } rows[] = {
        {0, "0"}, {-1, "-1"}, {INT64_MAX, "9223372036854775807"}, {INT64_MIN, "-9223372036854775808"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct decimal value;
        decimal_from_int(rows[i].number, &value);
        assert_decimal(&value, rows[i].text, "integer");
        assert_int_equal(decimal_is_zero(&value), rows[i].number == 0);
        decimal_absolute(&value, &value);
        assert_false(value.negative);
    }
    struct decimal value = parse("1.5");
    assert_true(decimal_mul_int(&value, -3, &value, NULL));
    assert_decimal(&value, "-4.5", "1.5 * -3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table_agrees_with_python),
        cmocka_unit_test(test_examples_of_the_rounding_standard_hold),
        cmocka_unit_test(test_rounding_traps_of_the_standard_hold),
        cmocka_unit_test(test_typed_digits_are_kept),
        cmocka_unit_test(test_what_is_no_number_is_refused_with_a_reason),
        cmocka_unit_test(test_every_short_text_is_parsed_or_refused_alike),
        cmocka_unit_test(test_sum_of_extremes_stays_exact),
        cmocka_unit_test(test_too_long_results_fail_untouched),
        cmocka_unit_test(test_integers_come_in_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
