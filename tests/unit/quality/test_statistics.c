// SPDX-License-Identifier: Apache-2.0
// Limits from points and their freezing, scores of proficiency tests, Algorithm A, and the checks of a batch.
// Expected numbers are from NIST, from the standards' examples or by hand.
#include "numbers.h"

#include "quality/control_checks.h"
#include "quality/control_limits.h"
#include "quality/proficiency_report.h"
#include "wire/arena.h"
#include "wire/error.h"
#include "wire/text.h"

#include <string.h>

// NIST/SEMATECH e-Handbook 6.3.2.2
static const char NIST[] = "49.6 47.6 49.9 51.3 47.8 51.2 52.6 52.4 53.6 52.1";
static const char TWENTY[] = "10 11 10 11 10 11 10 11 10 11 10 11 10 11 10 11 10 11 10 11";

static void test_individuals_give_the_limits_of_nist(void **state)
{
    struct numbers numbers = numbers_of(NIST);
    struct control_individuals limits;
    (void)state;
    assert_true(control_limits_individuals(numbers.at, numbers.count, &limits, NULL));
    assert_number(&limits.mean, 4, "50.81");
    assert_number(&limits.range_mean, 4, "1.8778");
    assert_number(&limits.upper, 4, "55.8041");
    assert_number(&limits.lower, 4, "45.8159");
    assert_number(&limits.range_upper, 4, "6.1347");
}

static void test_one_point_has_no_limits(void **state)
{
    struct numbers numbers = numbers_of("1");
    struct control_individuals limits;
    struct control_series series;
    struct ts_error error = {0};
    (void)state;
    assert_false(control_limits_individuals(numbers.at, 1, &limits, &error));
    assert_string_equal(error.reason, "CONTROL_TOO_FEW_POINTS");
    assert_false(control_limits_series(numbers.at, 1, &series, &error));
}

static void test_a_point_on_the_line_of_its_own_chart_is_not_beyond(void **state)
{
    // Ranges 3.384 and 0, so sigma is 1.692 / 1.128 = 1.5; mean 2.256; the last two lie 1.128 above it.
    struct numbers numbers = numbers_of("0 3.384 3.384");
    struct control_rule_set set = {.count = 0};
    struct control_rule_row row = {"s", "r", "beyond", "1", "1", "0.752", "any", "", "reject", "check"};
    struct control_series series;
    struct control_alarm alarms[3];
    size_t count = 0;
    (void)state;
    assert_true(control_rules_add(&set, &row, NULL)); // 0.752 sigma is 1.128
    assert_true(control_limits_series(numbers.at, 3, &series, NULL));
    assert_true(control_rules_evaluate(&set, &series, alarms, 3, &count, NULL));
    assert_int_equal(count, 1); // only the first, 2.256 below
    assert_int_equal(alarms[0].position, 1);
}

static void test_limits_freeze_from_twenty_points_on(void **state)
{
    struct numbers numbers = numbers_of(TWENTY);
    struct control_limits limits = {.version = 99}, next;
    struct ts_error error = {0};
    (void)state;
    assert_false(control_limits_freeze(numbers.at, NULL, 19, CONTROL_MOVING_RANGE, NULL, &limits, &error));
    assert_int_equal(error.status, TS_FAILED_PRECONDITION);
    assert_int_equal(limits.version, 99);
    assert_true(control_limits_freeze(numbers.at, NULL, 20, CONTROL_MOVING_RANGE, NULL, &limits, NULL));
    assert_int_equal(limits.version, 1);
    assert_int_equal(limits.count, 20);
    assert_number(&limits.mean, 4, "10.5");
    assert_number(&limits.sigma, 6, "0.886525"); // 1 / 1.128
    assert_true(
        control_limits_freeze(numbers.at, NULL, 20, CONTROL_STANDARD_DEVIATION, &limits, &next, NULL));
    assert_int_equal(next.version, 2);
    assert_number(&next.sigma, 6, "0.512989"); // sqrt(20 * 0.25 / 19)
}

// By hand: 10 11 ten times over; what begins after a gap has no range to what stands before it.
static void test_there_is_no_moving_range_over_a_point_that_was_left_out(void **state)
{
    struct numbers numbers = numbers_of(TWENTY);
    bool begins[20] = {[5] = true, [12] = true};
    struct control_limits limits;
    struct ts_error error = {0};
    (void)state;
    numbers.at[5] = number_of("16"); // to 4: 6, not counted; to 6: 6
    assert_true(control_limits_freeze(numbers.at, begins, 20, CONTROL_MOVING_RANGE, NULL, &limits, NULL));
    assert_number(&limits.mean, 4, "10.75");     // (210 - 11 + 16) / 20
    assert_number(&limits.sigma, 6, "1.147267"); // (16 * 1 + 6) / 17 / 1.128
    for (size_t i = 1; i < 20; i++)
        begins[i] = true;
    assert_false(control_limits_freeze(numbers.at, begins, 20, CONTROL_MOVING_RANGE, NULL, &limits, &error));
    assert_string_equal(error.reason, "CONTROL_SIGMA");
    assert_true(
        control_limits_freeze(numbers.at, begins, 20, CONTROL_STANDARD_DEVIATION, NULL, &limits, NULL));
}

static void test_frozen_limits_are_read_back_as_they_were(void **state)
{
    struct numbers numbers = numbers_of(TWENTY);
    struct control_limits limits;
    char text[DECIMAL_TEXT_SIZE];
    (void)state;
    numbers.at[0] = number_of("10.000000001");
    assert_true(control_limits_freeze(numbers.at, NULL, 20, CONTROL_STANDARD_DEVIATION, NULL, &limits, NULL));
    decimal_format(&limits.sigma, text, sizeof text);
    struct decimal again = number_of(text);
    assert_int_equal(decimal_compare(&again, &limits.sigma), 0);
}

static void test_equal_points_have_no_limits(void **state)
{
    struct numbers numbers = numbers_of("5 5 5 5 5 5 5 5 5 5 5 5 5 5 5 5 5 5 5 5");
    struct control_limits limits;
    struct ts_error error = {0};
    (void)state;
    assert_false(control_limits_freeze(numbers.at, NULL, 20, CONTROL_MOVING_RANGE, NULL, &limits, &error));
    assert_string_equal(error.reason, "CONTROL_SIGMA");
}

static void test_a_line_is_the_mean_and_so_many_sigma(void **state)
{
    struct control_limits limits = {.mean = number_of("0.180"), .sigma = number_of("0.008")};
    struct decimal line;
    (void)state;
    assert_true(control_limits_line(&limits, -3, &line, NULL));
    assert_number(&line, 6, "0.156");
    assert_true(control_limits_line(&limits, 2, &line, NULL));
    assert_number(&line, 6, "0.196");
}

static void test_moving_ranges_have_lines_of_their_own(void **state)
{
    struct numbers numbers = numbers_of("5 7 4 4");
    struct control_limits limits = {.mean = number_of("5"), .sigma = number_of("2")};
    struct decimal ranges[3], centre, upper;
    (void)state;
    assert_true(control_limits_ranges(numbers.at, 4, ranges, NULL));
    assert_number(&ranges[0], 4, "2");
    assert_number(&ranges[1], 4, "3");
    assert_number(&ranges[2], 4, "0");
    assert_false(control_limits_ranges(numbers.at, 1, ranges, NULL));
    assert_true(control_limits_range_lines(&limits, &centre, &upper, NULL));
    assert_number(&centre, 6, "2.256");
    assert_number(&upper, 6, "7.370352");
}

static void check_z(const char *x, enum proficiency_verdict verdict)
{
    struct decimal value = number_of(x), assigned = number_of("10"), sigma = number_of("0.1");
    struct proficiency_score score;
    assert_true(proficiency_z(&value, &assigned, &sigma, &score, NULL));
    if (score.verdict != verdict)
        fail_msg("%s is %s", x, proficiency_verdict_name(score.verdict));
}

static void test_z_is_satisfactory_to_two_and_unsatisfactory_from_three(void **state)
{
    (void)state;
    check_z("10.2", PROFICIENCY_SATISFACTORY);
    check_z("10.2000000000000000000000000000000000001", PROFICIENCY_QUESTIONABLE);
    check_z("10.2999999999999999999999999999999999999", PROFICIENCY_QUESTIONABLE);
    check_z("10.3", PROFICIENCY_UNSATISFACTORY);
    check_z("9.8", PROFICIENCY_SATISFACTORY);
    check_z("9.7", PROFICIENCY_UNSATISFACTORY);
}

static void test_z_needs_a_sigma_above_zero(void **state)
{
    struct decimal one = number_of("1"), none = number_of("0"), below = number_of("-1");
    struct proficiency_score score;
    struct ts_error error = {0};
    (void)state;
    assert_false(proficiency_z(&one, &one, &none, &score, &error));
    assert_string_equal(error.reason, "PROFICIENCY_INPUT");
    assert_false(proficiency_z(&one, &one, &below, &score, NULL));
}

static void test_zeta_and_en_take_the_root_of_both(void **state)
{
    struct decimal x = number_of("750.9"), reference = number_of("750.0");
    struct decimal a = number_of("0.5"), b = number_of("0.2");
    struct proficiency_score score;
    (void)state;
    assert_true(proficiency_zeta(&x, &reference, &a, &b, &score, NULL));
    assert_number(&score.value, 3, "1.671");
    assert_int_equal(score.verdict, PROFICIENCY_SATISFACTORY);
    a = number_of("1.0");
    b = number_of("0.4");
    assert_true(proficiency_en(&x, &reference, &a, &b, &score, NULL));
    assert_number(&score.value, 3, "0.836");
    assert_int_equal(score.verdict, PROFICIENCY_SATISFACTORY);
}

static void test_en_of_exactly_one_is_satisfactory(void **state)
{
    struct decimal x = number_of("5"), reference = number_of("0"), a = number_of("3"), b = number_of("4");
    struct proficiency_score score;
    (void)state;
    assert_true(proficiency_en(&x, &reference, &a, &b, &score, NULL));
    assert_int_equal(score.verdict, PROFICIENCY_SATISFACTORY);
    x = number_of("-5.0000000000000000000000000000000000001");
    assert_true(proficiency_en(&x, &reference, &a, &b, &score, NULL));
    assert_int_equal(score.verdict, PROFICIENCY_UNSATISFACTORY);
}

static void test_uncertainties_of_nothing_are_refused(void **state)
{
    struct decimal one = number_of("1"), none = number_of("0"), below = number_of("-1");
    struct proficiency_score score;
    (void)state;
    assert_false(proficiency_en(&one, &one, &none, &none, &score, NULL));
    assert_false(proficiency_zeta(&one, &one, &below, &one, &score, NULL));
    assert_true(proficiency_en(&one, &one, &none, &one, &score, NULL));
}

static void check_robust(const char *results, const char *mean, const char *deviation)
{
    struct numbers numbers = numbers_of(results);
    struct decimal scratch[NUMBERS_MOST];
    struct proficiency_robust robust;
    assert_true(proficiency_algorithm_a(numbers.at, numbers.count, scratch, &robust, NULL));
    assert_number(&robust.mean, 4, mean);
    assert_number(&robust.deviation, 4, deviation);
}

static void test_algorithm_a_holds_an_outlier_back(void **state)
{
    (void)state;
    check_robust("750.2 749.8 750.5 750.1 749.9 750.3 752.9 750.0 749.6 750.2", "750.1275", "0.3652");
    check_robust("750.2 749.8 750.5 750.1 749.9 750.3 99999 750.0 749.6 750.2", "750.1275", "0.3652");
}

static void test_algorithm_a_comes_to_rest_when_most_results_are_equal(void **state)
{
    (void)state;
    check_robust("7 7 7", "7", "0");
    check_robust("5.02 5.02 5.02 5.02 5.30", "5.02", "0");
    check_robust("0.00000000000050 0.00000000000051", "0", "0");
}

static void test_algorithm_a_needs_two_results(void **state)
{
    struct numbers numbers = numbers_of("7");
    struct decimal scratch[1];
    struct proficiency_robust robust;
    (void)state;
    assert_false(proficiency_algorithm_a(numbers.at, 1, scratch, &robust, NULL));
}

static void check_precision(const char *fraction, const char *horwitz, const char *thompson)
{
    struct decimal mass_fraction = number_of(fraction), sigma;
    assert_true(proficiency_horwitz(&mass_fraction, &sigma, NULL));
    assert_number(&sigma, 12, horwitz);
    assert_true(proficiency_thompson(&mass_fraction, &sigma, NULL));
    assert_number(&sigma, 12, thompson);
}

static void test_thompson_differs_from_horwitz_at_both_ends(void **state)
{
    (void)state;
    check_precision("0.00000002", "0.000000005764", "0.0000000044");
    check_precision("1", "0.02", "0.01");
    check_precision("0.25", "0.006159990367", "0.005");
}

static void test_a_mass_fraction_is_above_zero_and_at_most_one(void **state)
{
    struct decimal none = number_of("0"), above = number_of("1.0000001"), sigma;
    (void)state;
    assert_false(proficiency_horwitz(&none, &sigma, NULL));
    assert_false(proficiency_thompson(&above, &sigma, NULL));
}

static void test_a_reference_is_met_up_to_the_root_exactly(void **state)
{
    struct decimal x = number_of("0.185"), reference = number_of("0.180");
    struct decimal a = number_of("0.003"), b = number_of("0.004"), below = number_of("-1");
    bool accepted = false;
    (void)state;
    assert_true(control_checks_reference(&x, &reference, &a, &b, &accepted, NULL));
    assert_true(accepted);
    x = number_of("0.174999999999999999999999");
    assert_true(control_checks_reference(&x, &reference, &a, &b, &accepted, NULL));
    assert_false(accepted);
    assert_false(control_checks_reference(&x, &reference, &below, &b, &accepted, NULL));
}

static enum control_blank blank_of(const char *value)
{
    struct decimal blank = number_of(value), lod = number_of("0.005"), loq = number_of("0.010");
    enum control_blank level = CONTROL_BLANK_HIGH;
    assert_true(control_checks_blank(&blank, &lod, &loq, &level, NULL));
    return level;
}

static void test_a_blank_is_clean_only_below_detection(void **state)
{
    struct decimal blank = number_of("0.005"), lod = number_of("0.005"), none = number_of("0");
    enum control_blank level;
    (void)state;
    assert_int_equal(blank_of("0.0049999"), CONTROL_BLANK_CLEAN);
    assert_int_equal(blank_of("-0.001"), CONTROL_BLANK_CLEAN);
    assert_int_equal(blank_of("0.005"), CONTROL_BLANK_TRACE);
    assert_int_equal(blank_of("0.00999"), CONTROL_BLANK_TRACE);
    assert_int_equal(blank_of("0.010"), CONTROL_BLANK_HIGH);
    assert_true(control_checks_blank(&blank, &lod, NULL, &level, NULL));
    assert_int_equal(level, CONTROL_BLANK_HIGH);
    assert_false(control_checks_blank(&blank, &none, NULL, &level, NULL));
    assert_false(control_checks_blank(&blank, &lod, &none, &level, NULL));
}

static bool drifts(const char *before, const char *after)
{
    struct decimal first = number_of(before), second = number_of(after), five = number_of("5");
    bool accepted = false;
    assert_true(control_checks_drift(&first, &second, &five, &accepted, NULL));
    return !accepted;
}

static void test_a_drift_of_the_limit_is_accepted_and_more_is_not(void **state)
{
    struct decimal none = number_of("0"), one = number_of("1"), percent;
    bool accepted;
    (void)state;
    assert_false(drifts("0.5", "0.475"));
    assert_true(drifts("0.5", "0.474999999"));
    assert_false(drifts("0.5", "0.525"));
    assert_true(drifts("0.3", "0.3150001"));
    assert_false(control_checks_drift(&none, &one, &one, &accepted, NULL));
    struct decimal before = number_of("0.5"), after = number_of("0.478");
    assert_true(control_checks_drift_percent(&before, &after, &percent, NULL));
    assert_number(&percent, 6, "4.4");
}

static void test_duplicates_are_compared_with_their_mean(void **state)
{
    struct decimal a = number_of("95"), b = number_of("105"), ten = number_of("10"), percent;
    struct decimal none = number_of("0"), against = number_of("-95");
    bool accepted = false;
    (void)state;
    assert_true(control_checks_duplicates(&a, &b, &ten, &accepted, NULL));
    assert_true(accepted);
    assert_true(control_checks_duplicates_percent(&a, &b, &percent, NULL));
    assert_number(&percent, 6, "10");
    a = number_of("94.9999");
    assert_true(control_checks_duplicates(&a, &b, &ten, &accepted, NULL));
    assert_false(accepted);
    assert_true(control_checks_duplicates(&none, &none, &ten, &accepted, NULL));
    assert_true(accepted);
    a = number_of("95");
    assert_false(control_checks_duplicates(&a, &against, &ten, &accepted, NULL));
    assert_true(control_checks_duplicates_percent(&none, &none, &percent, NULL));
    assert_number(&percent, 6, "0");
}

static bool recovers(const char *spiked)
{
    struct decimal value = number_of(spiked), unspiked = number_of("0.1"), added = number_of("0.1");
    struct decimal low = number_of("80"), high = number_of("120");
    bool accepted = false;
    assert_true(control_checks_recovery(&value, &unspiked, &added, &low, &high, &accepted, NULL));
    return accepted;
}

static void test_the_window_of_recovery_is_closed(void **state)
{
    struct decimal one = number_of("1"), none = number_of("0"), percent;
    bool accepted;
    (void)state;
    assert_true(recovers("0.18"));
    assert_true(recovers("0.22"));
    assert_false(recovers("0.1799999"));
    assert_false(recovers("0.2200001"));
    assert_false(control_checks_recovery(&one, &one, &none, &one, &one, &accepted, NULL));
    assert_false(control_checks_recovery_percent(&one, &one, &none, &percent, NULL));
}

static void test_a_tolerance_includes_its_ends(void **state)
{
    struct decimal found = number_of("99.9998"), nominal = number_of("100"), tolerance = number_of("0.0002");
    bool accepted = false;
    (void)state;
    assert_true(control_checks_tolerance(&found, &nominal, &tolerance, &accepted, NULL));
    assert_true(accepted);
    found = number_of("100.00021");
    assert_true(control_checks_tolerance(&found, &nominal, &tolerance, &accepted, NULL));
    assert_false(accepted);
}

static void test_a_batch_needs_controls_by_its_size(void **state)
{
    (void)state;
    assert_int_equal(control_checks_needed(0, 1, 0), 1);
    assert_int_equal(control_checks_needed(1, 0, 20), 1);
    assert_int_equal(control_checks_needed(20, 0, 20), 1);
    assert_int_equal(control_checks_needed(21, 0, 20), 2);
    assert_int_equal(control_checks_needed(96, 1, 10), 10);
    assert_int_equal(control_checks_needed(0, 0, 10), 0);
}

// A figure of one score: expected text, verdict, trace.
static void assert_figure(enum proficiency_kind kind, const char *numbers, const char *figure,
                          enum proficiency_verdict verdict, const char *trace)
{
    struct numbers given = numbers_of(numbers);
    struct proficiency_input input = {given.at[0], given.at[1], given.at[2], given.at[3]};
    struct proficiency_report report;
    struct arena *arena = arena_create(1 << 16);
    char text[DECIMAL_TEXT_SIZE];
    struct text told;
    text_init(&told, arena);
    assert_true(proficiency_report_score(kind, &input, &told, &report, NULL));
    decimal_format(&report.figure, text, sizeof text);
    assert_string_equal(text, figure);
    assert_int_equal(report.verdict, verdict);
    assert_string_equal(text_finish(&told), trace);
    arena_free(arena);
}

static void test_a_figure_has_as_many_places_as_its_verdict_needs(void **state)
{
    (void)state;
    assert_figure(PROFICIENCY_Z, "12 10 0 1", "2.00", PROFICIENCY_SATISFACTORY,
                  "z = (x − x_pt) / σ_pt = (12 − 10) / 1 = 2.00; |x − x_pt| = 2, 2 σ_pt = 2, 3 σ_pt = 3: "
                  "satisfactory");
    assert_figure(PROFICIENCY_Z, "7.9999 10 0 1", "-2.0001", PROFICIENCY_QUESTIONABLE,
                  "z = (x − x_pt) / σ_pt = (7.9999 − 10) / 1 = -2.0001; |x − x_pt| = 2.0001, 2 σ_pt = 2, "
                  "3 σ_pt = 3: questionable");
    // 2.9951 would be 3.00.
    assert_figure(PROFICIENCY_Z, "12.9951 10 0 1", "2.995", PROFICIENCY_QUESTIONABLE,
                  "z = (x − x_pt) / σ_pt = (12.9951 − 10) / 1 = 2.995; |x − x_pt| = 2.9951, 2 σ_pt = 2, "
                  "3 σ_pt = 3: questionable");
    assert_figure(PROFICIENCY_EN, "10.50001 10 0.3 0.4", "1.00002", PROFICIENCY_UNSATISFACTORY,
                  "En = (x − x_pt) / √(U_lab² + U_pt²) = (10.50001 − 10) / √(0.3² + 0.4²) = 1.00002; "
                  "(x − x_pt)² = 0.2500100001, (U_lab² + U_pt²) = 0.25: unsatisfactory");
}

static void test_a_robust_mean_is_read_back_as_the_same_number(void **state)
{
    struct numbers results = numbers_of("0.000000000000001 0.000000000000002 0.000000000000004");
    struct decimal scratch[3], again;
    struct proficiency_robust robust;
    struct arena *arena = arena_create(1 << 16);
    char text[DECIMAL_TEXT_SIZE];
    struct text trace;
    (void)state;
    text_init(&trace, arena);
    assert_true(proficiency_report_robust(results.at, 3, scratch, &trace, &robust, NULL));
    size_t length = decimal_format(&robust.mean, text, sizeof text);
    assert_true(decimal_parse(text, length, &again, NULL));
    assert_int_equal(decimal_compare(&again, &robust.mean), 0);
    assert_non_null(strstr(text_finish(&trace), "p = 3, "));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_figure_has_as_many_places_as_its_verdict_needs),
        cmocka_unit_test(test_a_robust_mean_is_read_back_as_the_same_number),
        cmocka_unit_test(test_individuals_give_the_limits_of_nist),
        cmocka_unit_test(test_one_point_has_no_limits),
        cmocka_unit_test(test_a_point_on_the_line_of_its_own_chart_is_not_beyond),
        cmocka_unit_test(test_limits_freeze_from_twenty_points_on),
        cmocka_unit_test(test_there_is_no_moving_range_over_a_point_that_was_left_out),
        cmocka_unit_test(test_frozen_limits_are_read_back_as_they_were),
        cmocka_unit_test(test_equal_points_have_no_limits),
        cmocka_unit_test(test_a_line_is_the_mean_and_so_many_sigma),
        cmocka_unit_test(test_moving_ranges_have_lines_of_their_own),
        cmocka_unit_test(test_z_is_satisfactory_to_two_and_unsatisfactory_from_three),
        cmocka_unit_test(test_z_needs_a_sigma_above_zero),
        cmocka_unit_test(test_zeta_and_en_take_the_root_of_both),
        cmocka_unit_test(test_en_of_exactly_one_is_satisfactory),
        cmocka_unit_test(test_uncertainties_of_nothing_are_refused),
        cmocka_unit_test(test_algorithm_a_holds_an_outlier_back),
        cmocka_unit_test(test_algorithm_a_comes_to_rest_when_most_results_are_equal),
        cmocka_unit_test(test_algorithm_a_needs_two_results),
        cmocka_unit_test(test_thompson_differs_from_horwitz_at_both_ends),
        cmocka_unit_test(test_a_mass_fraction_is_above_zero_and_at_most_one),
        cmocka_unit_test(test_a_reference_is_met_up_to_the_root_exactly),
        cmocka_unit_test(test_a_blank_is_clean_only_below_detection),
        cmocka_unit_test(test_a_drift_of_the_limit_is_accepted_and_more_is_not),
        cmocka_unit_test(test_duplicates_are_compared_with_their_mean),
        cmocka_unit_test(test_the_window_of_recovery_is_closed),
        cmocka_unit_test(test_a_tolerance_includes_its_ends),
        cmocka_unit_test(test_a_batch_needs_controls_by_its_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
