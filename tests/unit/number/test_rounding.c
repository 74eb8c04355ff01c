// SPDX-License-Identifier: Apache-2.0
// Laws of rounding by GB/T 8170-2008 that hold for any number, tried on random ones: a value is rounded once,
// to the nearest multiple, the same on both sides of zero, and in two steps with a mark as in one.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "number/rounding.h"
#include "rounds.h"
#include "wire/error.h"

#include <string.h>

static const int steps[] = {1, 2, 5, 25};

// Fives are frequent, so that ties are.
static struct rounded random_value(uint64_t *random)
{
    static const char digits[] = "0123456789555550099";
    struct rounded value = {0};
    char text[64];
    int length = 0, count = 1 + rounds_below(random, DECIMAL_DIGITS_TYPED),
        point = rounds_below(random, count);
    if (rounds_below(random, 2))
        text[length++] = '-';
    for (int i = 0; i < count; i++) {
        text[length++] = digits[rounds_below(random, sizeof digits - 1)];
        if (i == point && i + 1 < count)
            text[length++] = '.';
    }
    assert_true(decimal_parse(text, (size_t)length, &value.value, NULL));
    return value;
}

static struct decimal random_interval(uint64_t *random)
{
    struct decimal interval;
    decimal_from_int(steps[rounds_below(random, 4)], &interval);
    interval.exponent = (int16_t)(rounds_below(random, 24) - 18);
    return interval;
}

static struct rounded round_to(const struct rounded *value, const struct decimal *interval,
                               enum decimal_mode mode)
{
    struct rounded result = {0};
    struct ts_error error = {0};
    if (!rounding_round(value, interval, mode, &result, &error))
        fail_msg("%s", error.detail);
    return result;
}

static enum decimal_mode random_mode(uint64_t *random)
{
    return rounds_below(random, 2) ? DECIMAL_HALF_UP : DECIMAL_HALF_EVEN;
}

static void test_rounding_twice_changes_nothing(void **unused)
{
    (void)unused;
    uint64_t random = 1;
    for (long i = rounds_of_laws(); i > 0; i--) {
        struct rounded value = random_value(&random);
        struct decimal interval = random_interval(&random);
        enum decimal_mode mode = random_mode(&random);
        struct rounded once = round_to(&value, &interval, mode), twice = round_to(&once, &interval, mode);
        assert_int_equal(decimal_compare(&once.value, &twice.value), 0);
        assert_int_equal(once.mark, twice.mark);
    }
}

static void test_a_result_is_a_multiple_within_half_an_interval(void **unused)
{
    (void)unused;
    uint64_t random = 2;
    for (long i = rounds_of_laws(); i > 0; i--) {
        struct rounded value = random_value(&random);
        struct decimal interval = random_interval(&random), distance, whole;
        struct rounded result = round_to(&value, &interval, random_mode(&random));
        assert_true(decimal_sub(&result.value, &value.value, &distance, NULL));
        assert_true(decimal_mul_int(&distance, 2, &distance, NULL));
        distance.negative = false;
        assert_true(decimal_compare(&distance, &interval) <= 0);
        assert_true(decimal_round_quotient(&result.value, &interval, -3, DECIMAL_HALF_EVEN, &whole, NULL));
        for (int place = 0; place < 3 && place < whole.count; place++)
            assert_int_equal(whole.digit[place], 0);
        assert_false(result.value.negative && result.value.count == 0);
    }
}

static void test_both_sides_of_zero_are_the_same(void **unused)
{
    (void)unused;
    uint64_t random = 3;
    for (long i = rounds_of_laws(); i > 0; i--) {
        struct rounded value = random_value(&random), other = value;
        struct decimal interval = random_interval(&random);
        enum decimal_mode mode = random_mode(&random);
        other.value.negative = !other.value.negative && other.value.count > 0;
        struct rounded a = round_to(&value, &interval, mode), b = round_to(&other, &interval, mode);
        assert_int_equal(a.mark, b.mark);
        decimal_absolute(&a.value, &a.value);
        decimal_absolute(&b.value, &b.value);
        assert_int_equal(decimal_compare(&a.value, &b.value), 0);
    }
}

static void test_a_larger_value_never_rounds_to_less(void **unused)
{
    (void)unused;
    uint64_t random = 4;
    for (long i = rounds_of_laws(); i > 0; i--) {
        struct rounded value = random_value(&random), larger = value;
        struct decimal interval = random_interval(&random), more = random_interval(&random);
        enum decimal_mode mode = random_mode(&random);
        assert_true(decimal_add(&value.value, &more, &larger.value, NULL));
        struct rounded a = round_to(&value, &interval, mode), b = round_to(&larger, &interval, mode);
        assert_true(decimal_compare(&a.value, &b.value) <= 0);
    }
}

// 3.3.2: the bench reports one digit more with its mark, somebody else rounds that.
static void test_two_steps_with_a_mark_are_one_step(void **unused)
{
    (void)unused;
    uint64_t random = 5;
    for (long i = rounds_of_laws(); i > 0; i--) {
        struct rounded value = random_value(&random), read;
        struct decimal fine = {.count = 1, .digit = {1}}, coarse = fine;
        coarse.exponent = (int16_t)(rounds_below(&random, 20) - 16);
        fine.exponent = (int16_t)(coarse.exponent - 1);
        char text[DECIMAL_TEXT_SIZE + 3];
        struct rounded reported = round_to(&value, &fine, DECIMAL_HALF_EVEN);
        size_t length = rounding_format(&reported, text, sizeof text);
        if (length > DECIMAL_DIGITS_TYPED)
            continue; // nobody can type it
        assert_true(rounding_parse(text, length, &read, NULL));
        struct rounded two = round_to(&read, &coarse, DECIMAL_HALF_EVEN);
        struct rounded one = round_to(&value, &coarse, DECIMAL_HALF_EVEN);
        if (decimal_compare(&one.value, &two.value) != 0)
            fail_msg("by way of %s", text);
    }
}

static void test_a_mark_says_on_which_side_the_actual_value_is(void **unused)
{
    (void)unused;
    uint64_t random = 6;
    for (long i = rounds_of_laws(); i > 0; i--) {
        struct rounded value = random_value(&random);
        struct decimal interval = random_interval(&random);
        struct rounded result = round_to(&value, &interval, random_mode(&random));
        int side = rounding_compare(&result, &result.value);
        assert_int_equal(side, result.value.count == 0 ? 0 : decimal_compare(&value.value, &result.value));
    }
}

static void test_numbers_that_are_too_long_are_refused(void **unused)
{
    (void)unused;
    struct rounded value, result;
    struct decimal interval;
    struct ts_error error = {0};
    assert_true(rounding_parse("1234567890123456789012345678901234567890", 40, &value, NULL));
    interval = (struct decimal){.count = 1, .digit = {1}, .exponent = -90};
    assert_false(rounding_round(&value, &interval, DECIMAL_HALF_EVEN, &result, &error));
    assert_string_equal(error.reason, "DECIMAL_TOO_LONG");
    assert_false(rounding_significant(&value, 41, DECIMAL_HALF_EVEN, &result, &error));
    assert_string_equal(error.reason, "ROUNDING_INTERVAL");
    assert_false(rounding_interval("-1", 2, 1, &interval, &error));
    assert_false(rounding_interval("one", 3, 1, &interval, &error));
    assert_false(rounding_parse("(+)", 3, &value, &error));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rounding_twice_changes_nothing),
        cmocka_unit_test(test_a_result_is_a_multiple_within_half_an_interval),
        cmocka_unit_test(test_both_sides_of_zero_are_the_same),
        cmocka_unit_test(test_a_larger_value_never_rounds_to_less),
        cmocka_unit_test(test_two_steps_with_a_mark_are_one_step),
        cmocka_unit_test(test_a_mark_says_on_which_side_the_actual_value_is),
        cmocka_unit_test(test_numbers_that_are_too_long_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
