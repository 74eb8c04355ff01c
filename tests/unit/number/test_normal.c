// SPDX-License-Identifier: Apache-2.0
// The normal distribution against values of 24 digits (mpmath 1.3, ncdf with 50 digits), within its bound.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "number/normal.h"
#include "rounds.h"

#include <string.h>

struct known {
    const char *z, *below;
};

static const struct known table[] = {
    {"0", "0.5"},
    {"0.5", "0.691462461274013103637705"},
    {"1", "0.841344746068542948585233"},
    {"1.6448536269514727", "0.949999999999999998467007"},
    {"-1.6448536269514727", "0.0500000000000000015329926"},
    {"1.96", "0.975002104851779565863416"},
    {"-1.96", "0.0249978951482204341365843"},
    {"-0.6111111111111111", "0.270563012235834112317305"},
    {"3", "0.998650101968369905473348"},
    {"-3", "0.00134989803163009452665181"},
    {"6", "0.999999999013412354962302"},
    {"-6", "0.000000000986587645037698140"},
    {"-8.5", "0.00000000000000000947953482220331"},
    {"0.0000001", "0.500000039894228040143201"},
    {"-37", "0"},
    {"2.5758293035489004", "0.994999999999999994780343"},
    {"0.3333333333333333333333333", "0.630558659818236361727208"},
    {"123456789012345678901234567890", "1"},
    {"-123456789012345678901234567890", "0"},
};

static struct decimal parse(const char *text)
{
    struct decimal value = {0};
    assert_true(decimal_parse(text, strlen(text), &value, NULL));
    return value;
}

static void assert_within_bound(const struct decimal *got, const struct decimal *wanted, const char *what)
{
    const struct decimal bound = {.count = 1, .exponent = NORMAL_BOUND_EXPONENT, .digit = {1}};
    struct decimal distance;
    assert_true(decimal_sub(got, wanted, &distance, NULL));
    decimal_absolute(&distance, &distance);
    if (decimal_compare(&distance, &bound) >= 0)
        fail_msg("beyond the bound at %s", what);
}

static void test_the_table_is_met_within_the_bound(void **unused)
{
    (void)unused;
    const struct decimal one = parse("1");
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct decimal z = parse(table[i].z), wanted = parse(table[i].below), above, got;
        normal_between(NULL, &z, &got);
        assert_within_bound(&got, &wanted, table[i].z);
        normal_between(&z, NULL, &got);
        assert_true(decimal_sub(&one, &wanted, &above, NULL));
        assert_within_bound(&got, &above, table[i].z);
    }
}

static void test_the_example_of_jcgm_106_is_met(void **unused)
{
    (void)unused;
    struct decimal low = parse("-0.61111111111111111111"), high = parse("1.5"), got;
    struct decimal wanted = parse("0.662629786495307825355868");
    normal_between(&low, &high, &got);
    assert_within_bound(&got, &wanted, "13.6 in 12.5 to 16.3 with u = 1.8");
    normal_between(&high, &low, &got);
    assert_true(decimal_is_zero(&got));
}

static void test_a_wider_interval_is_never_less_probable(void **unused)
{
    (void)unused;
    uint64_t random = 7;
    for (long i = rounds_of_laws(); i > 0; i--) {
        struct decimal low, high, wider, narrow_p, wide_p;
        decimal_from_int((int64_t)(rounds_next(&random) % 20000000) - 10000000, &low);
        decimal_from_int((int64_t)(rounds_next(&random) % 20000000) - 10000000, &high);
        low.exponent = high.exponent = -6;
        struct decimal more = {.count = 1, .exponent = -3, .digit = {1}};
        assert_true(decimal_add(&high, &more, &wider, NULL));
        normal_between(&low, &high, &narrow_p);
        normal_between(&low, &wider, &wide_p);
        const struct decimal bound = {.count = 1, .exponent = NORMAL_BOUND_EXPONENT, .digit = {1}};
        assert_true(decimal_add(&wide_p, &bound, &wide_p, NULL));
        assert_true(decimal_compare(&narrow_p, &wide_p) <= 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_table_is_met_within_the_bound),
        cmocka_unit_test(test_the_example_of_jcgm_106_is_met),
        cmocka_unit_test(test_a_wider_interval_is_never_less_probable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
