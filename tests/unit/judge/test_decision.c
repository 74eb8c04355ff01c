// SPDX-License-Identifier: Apache-2.0
// Decision rules and comparisons against their definitions, written once more in whole numbers: every number
// of a trial is a count of ten-thousandths, so that the definition needs no decimals.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../number/rounds.h"
#include "judge/comparison.h"
#include "judge/decision.h"
#include "wire/error.h"

#include <string.h>

enum { SCALE_EXPONENT = -4 };

// One trial in whole numbers.
struct trial {
    int64_t value, uncertainty, coverage, low, high;
    bool has_low, has_high, low_included, high_included;
};

static struct decimal scaled(int64_t number)
{
    struct decimal value;
    decimal_from_int(number, &value);
    value.exponent = SCALE_EXPONENT;
    return value;
}

static int64_t random_between(uint64_t *random, int64_t low, int64_t high)
{
    return low + (int64_t)(rounds_next(random) % (uint64_t)(high - low + 1));
}

// Small numbers, so that equality is frequent.
static struct trial random_trial(uint64_t *random)
{
    struct trial trial = {
        .value = random_between(random, -300, 300),
        .uncertainty = random_between(random, 1, 100),
        .coverage = random_between(random, 1, 4),
        .low = random_between(random, -200, 0),
        .high = random_between(random, 0, 200),
        .low_included = rounds_below(random, 2),
        .high_included = rounds_below(random, 2),
    };
    int ends = rounds_below(random, 3);
    trial.has_low = ends != 0;
    trial.has_high = ends != 1;
    return trial;
}

static struct decision_input input_of(const struct trial *trial, enum decision_rule rule)
{
    struct decision_input input = {
        .rule = rule,
        .value = scaled(trial->value),
        .has_uncertainty = true,
        .uncertainty = scaled(trial->uncertainty),
        .has_low = trial->has_low,
        .has_high = trial->has_high,
        .low_included = trial->low_included,
        .high_included = trial->high_included,
        .low = scaled(trial->low),
        .high = scaled(trial->high),
    };
    decimal_from_int(trial->coverage, &input.coverage);
    return input;
}

// Whether value * scale is inside the limits * scale, moved inwards by the guard.
static bool is_inside(const struct trial *trial, int64_t scale, int64_t guard)
{
    int64_t value = scale * trial->value, low = scale * trial->low + guard,
            high = scale * trial->high - guard;
    return (!trial->has_low || value > low || (value == low && trial->low_included)) &&
           (!trial->has_high || value < high || (value == high && trial->high_included));
}

static bool is_refused(const struct trial *trial, int64_t scale, int64_t guard)
{
    return trial->has_low && trial->has_high && 2 * guard >= scale * (trial->high - trial->low);
}

static void assert_outcome(const struct trial *trial, enum decision_rule rule, bool refused,
                           enum decision_outcome wanted)
{
    struct decision_input input = input_of(trial, rule);
    struct decision_result result;
    struct ts_error error = {0};
    bool held = decision_decide(&input, &result, &error);
    assert_int_equal(held, !refused);
    if (refused)
        assert_string_equal(error.reason, "DECISION_RULE_REFUSED");
    else
        assert_string_equal(decision_outcome_name(result.outcome), decision_outcome_name(wanted));
}

static enum decision_outcome pass_if(bool passes)
{
    return passes ? DECISION_PASS : DECISION_FAIL;
}

static void test_acceptance_intervals_are_those_of_the_definition(void **unused)
{
    (void)unused;
    uint64_t random = 11;
    for (long i = rounds_of_laws(); i > 0; i--) {
        struct trial trial = random_trial(&random);
        int64_t u = trial.uncertainty, hundred_k = 100 * trial.coverage;
        assert_outcome(&trial, DECISION_SIMPLE, false, pass_if(is_inside(&trial, 1, 0)));
        assert_outcome(&trial, DECISION_GUARD_ACCEPT_U, is_refused(&trial, 1, u),
                       pass_if(is_inside(&trial, 1, u)));
        assert_outcome(&trial, DECISION_GUARD_REJECT_U, false, pass_if(is_inside(&trial, 1, -u)));
        assert_outcome(&trial, DECISION_GUARD_1P64U, is_refused(&trial, hundred_k, 164 * u),
                       pass_if(is_inside(&trial, hundred_k, 164 * u)));
        assert_outcome(&trial, DECISION_NONBINARY_U, is_refused(&trial, 1, u),
                       is_inside(&trial, 1, u)    ? DECISION_PASS
                       : is_inside(&trial, 1, 0)  ? DECISION_CONDITIONAL_PASS
                       : is_inside(&trial, 1, -u) ? DECISION_CONDITIONAL_FAIL
                                                  : DECISION_FAIL);
    }
}

// 1.6448 < z95 < 1.6449, so outside of those two nothing depends on more digits.
static void test_ninety_five_percent_is_a_margin_of_1_645_standard_uncertainties(void **unused)
{
    (void)unused;
    uint64_t random = 12;
    for (long i = rounds_of_laws(); i > 0; i--) {
        struct trial trial = random_trial(&random);
        if (trial.has_low && trial.has_high)
            continue;
        int64_t margin = trial.has_high ? trial.high - trial.value : trial.value - trial.low;
        int64_t left = 10000 * trial.coverage * margin;
        int64_t under = 16448 * trial.uncertainty, over = 16449 * trial.uncertainty;
        if (left >= over)
            assert_outcome(&trial, DECISION_PROB95, false, DECISION_PASS);
        else if (left <= -over)
            assert_outcome(&trial, DECISION_PROB95, false, DECISION_FAIL);
        else if (left > -under && left < under)
            assert_outcome(&trial, DECISION_PROB95, false, DECISION_INCONCLUSIVE);
    }
}

static void test_the_probability_agrees_with_the_verdict_by_it(void **unused)
{
    (void)unused;
    uint64_t random = 13;
    const struct decimal high = {.count = 2, .exponent = -2, .digit = {5, 9}};
    const struct decimal low = {.count = 1, .exponent = -2, .digit = {5}};
    for (long i = rounds_of_laws(); i > 0; i--) {
        struct trial trial = random_trial(&random);
        struct decision_input input = input_of(&trial, DECISION_PROB95);
        struct decision_result result;
        assert_true(decision_decide(&input, &result, NULL));
        assert_true(result.has_probability);
        enum decision_outcome wanted = decimal_compare(&result.probability, &high) >= 0 ? DECISION_PASS
                                       : decimal_compare(&result.probability, &low) <= 0
                                           ? DECISION_FAIL
                                           : DECISION_INCONCLUSIVE;
        assert_int_equal(result.outcome, wanted);
    }
}

static void test_what_the_rule_needs_and_does_not_have_is_an_error(void **unused)
{
    (void)unused;
    const struct trial trial = {.value = 5, .uncertainty = 1, .coverage = 2, .high = 10, .has_high = true};
    for (enum decision_rule rule = DECISION_SIMPLE; rule <= DECISION_PROB95; rule++) {
        struct decision_input input = input_of(&trial, rule);
        struct decision_result result = {.outcome = DECISION_INCONCLUSIVE};
        struct ts_error error = {0};
        input.has_uncertainty = false;
        assert_int_equal(decision_decide(&input, &result, &error), rule == DECISION_SIMPLE);
        if (rule != DECISION_SIMPLE) {
            assert_string_equal(error.reason, "DECISION_NO_UNCERTAINTY");
            assert_int_equal(result.outcome, DECISION_INCONCLUSIVE);
        }
        input = input_of(&trial, rule);
        input.uncertainty = scaled(0);
        assert_int_equal(decision_check(&input, &error), rule == DECISION_SIMPLE);
        input = input_of(&trial, rule);
        input.has_high = false;
        assert_false(decision_check(&input, &error));
        assert_string_equal(error.reason, "DECISION_INPUT");
    }
}

static void test_every_rule_is_found_by_its_name(void **unused)
{
    (void)unused;
    for (enum decision_rule rule = DECISION_SIMPLE; rule <= DECISION_PROB95; rule++) {
        enum decision_rule found = DECISION_SIMPLE;
        assert_true(decision_find_rule(decision_rule_name(rule), &found));
        assert_int_equal(found, rule);
    }
    enum decision_rule found;
    assert_false(decision_find_rule("", &found));
}

// 4.3.4: for limits that include their ends, by rounding a value passes that the full value fails, never the
// other way round; for a limit that does not, it is the other way round.
static void test_the_full_value_is_never_laxer_at_an_included_limit(void **unused)
{
    (void)unused;
    static const char *const names[] = {"le", "ge", "lt", "gt"};
    uint64_t random = 14;
    for (long i = rounds_of_laws(); i > 0; i--) {
        int which = rounds_below(&random, 4);
        struct rounded value = {.value = scaled(random_between(&random, -30000, 30000))};
        struct comparison_limits limits = {.relation = comparison_find(names[which])};
        struct comparison_outcome full, by_rounding;
        decimal_from_int(random_between(&random, -30, 30), &limits.low);
        limits.low.exponent = -1;
        limits.high = limits.low;
        assert_true(comparison_compare(&value, &limits, &full, NULL));
        limits.method = COMPARISON_ROUNDED;
        assert_true(comparison_compare(&value, &limits, &by_rounding, NULL));
        assert_int_equal(by_rounding.compared.exponent, -1);
        assert_true(which < 2 ? by_rounding.conforms || !full.conforms
                              : full.conforms || !by_rounding.conforms);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_acceptance_intervals_are_those_of_the_definition),
        cmocka_unit_test(test_ninety_five_percent_is_a_margin_of_1_645_standard_uncertainties),
        cmocka_unit_test(test_the_probability_agrees_with_the_verdict_by_it),
        cmocka_unit_test(test_what_the_rule_needs_and_does_not_have_is_an_error),
        cmocka_unit_test(test_every_rule_is_found_by_its_name),
        cmocka_unit_test(test_the_full_value_is_never_laxer_at_an_included_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
