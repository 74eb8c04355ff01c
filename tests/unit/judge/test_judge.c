// SPDX-License-Identifier: Apache-2.0
// The judgement engine on gold fineness: the examples of the field, the edges, and laws that hold for any
// numbers.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "judge/judge.h"
#include "wire/error.h"
#include "wire/utf8.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 8 };

struct trial {
    struct judge_reading readings[MOST];
    struct judge_input input;
};

// "at least 750 ‰" by a screening method with U = 1.2 and three readings, unless changed.
static void make(struct trial *trial, const char *a, const char *b, const char *c)
{
    *trial = (struct trial){.readings = {{a, JUDGE_ORDINARY}, {b, JUDGE_ORDINARY}, {c, JUDGE_ORDINARY}}};
    trial->input = (struct judge_input){
        .readings = trial->readings,
        .reading_count = 3,
        .expanded_uncertainty = "1.2",
        .coverage_factor = "2",
        .limit = "750",
        .operator_name = "ge",
        .comparison = "full",
        .confidence = "verified",
        .agreement_limit = "",
        .screening = true,
        .min_replicates = 3,
        .unit = "‰",
        .requirement = "",
        .standard = "GB 11887-2012",
        .name_zh = "金含量",
        .name_en = "Gold fineness",
    };
}

static struct judge_result decide(const struct trial *trial)
{
    struct judge_result result;
    struct ts_error error = {0};
    if (!judge_decide(&trial->input, &result, &error))
        fail_msg("%s", error.detail);
    assert_true(utf8_is_text(result.sentence_zh, strlen(result.sentence_zh)));
    assert_true(utf8_is_text(result.sentence_en, strlen(result.sentence_en)));
    assert_true(*result.sentence_zh && *result.sentence_en);
    assert_null(strpbrk(result.sentence_en, "{}"));
    assert_null(strpbrk(result.sentence_zh, "{}"));
    return result;
}

static void assert_reason(const struct judge_result *result, enum judge_verdict verdict,
                          enum judge_reason reason)
{
    assert_string_equal(judge_reason_name(result->reason), judge_reason_name(reason));
    assert_string_equal(judge_verdict_name(result->verdict), judge_verdict_name(verdict));
}

static void test_clear_pass_says_so_in_both_languages(void **unused)
{
    (void)unused;
    struct trial trial;
    make(&trial, "752.1", "752.4", "752.3");
    struct judge_result result = decide(&trial);
    assert_reason(&result, JUDGE_PASS, JUDGE_REASON_MEETS);
    assert_string_equal(result.mean, "752.3"); // 752.2666...
    assert_string_equal(result.range, "0.3");
    assert_string_equal(result.requirement, "≥ 750");
    assert_string_equal(result.sentence_zh,
                        "金含量3次读数的平均值为 752.3 ‰，比限值 750 ‰ 高 2.3 ‰，超过扩展不确定度 1.2 ‰；"
                        "各点均在限值同侧，极差 0.3 ‰ 不大于 2.4 ‰。"
                        "按全数值比较法满足 GB 11887-2012 的要求 ≥ 750 ‰，判定：符合。");
    assert_string_equal(
        result.sentence_en,
        "Gold fineness: the mean of 3 readings, 752.3 ‰, is 2.3 ‰ above the limit of 750 ‰, beyond "
        "the expanded uncertainty of 1.2 ‰; all points lie on the same side of it and their range, "
        "0.3 ‰, is not more than 2.4 ‰. It meets the requirement ≥ 750 ‰ of GB 11887-2012 by "
        "full-value comparison: conforms.");
}

static void test_clear_fail_says_so_in_both_languages(void **unused)
{
    (void)unused;
    struct trial trial;
    make(&trial, "741.2", "741.9", "740.8");
    struct judge_result result = decide(&trial);
    assert_reason(&result, JUDGE_FAIL, JUDGE_REASON_DOES_NOT_MEET);
    assert_string_equal(result.mean, "741.3");
    assert_non_null(strstr(result.sentence_zh, "不符合"));
    assert_non_null(strstr(result.sentence_en, "does not conform"));
}

static void test_screening_near_the_mark_is_to_be_confirmed(void **unused)
{
    (void)unused;
    struct trial trial;
    static const char *const near[] = {"750.0", "750.9", "751.2", "748.8", "749.99"};
    for (size_t i = 0; i < sizeof near / sizeof near[0]; i++) {
        make(&trial, near[i], near[i], near[i]);
        struct judge_result result = decide(&trial);
        assert_reason(&result, JUDGE_TO_BE_CONFIRMED, JUDGE_REASON_NEAR_LIMIT);
        assert_non_null(strstr(result.sentence_zh, "需用仲裁方法确认"));
        assert_non_null(strstr(result.sentence_zh, "1.2 ‰"));
        assert_non_null(strstr(result.sentence_en, "to be confirmed by the reference method"));
        assert_non_null(strstr(result.sentence_en, "(k = 2)"));
    }
    make(&trial, "751.21", "751.21", "751.21");
    struct judge_result result = decide(&trial);
    assert_reason(&result, JUDGE_PASS, JUDGE_REASON_MEETS);
    make(&trial, "748.79", "748.79", "748.79");
    result = decide(&trial);
    assert_reason(&result, JUDGE_FAIL, JUDGE_REASON_DOES_NOT_MEET);
}

static void test_readings_on_both_sides_are_to_be_confirmed(void **unused)
{
    (void)unused;
    struct trial trial;
    make(&trial, "751.8", "749.6", "752.3"); // the standard's example: mean 751.23, spread 2.7
    struct judge_result result = decide(&trial);
    assert_string_equal(result.mean, "751.23"); // 751.2 would lie within U of the mark
    assert_string_equal(result.range, "2.7");
    assert_reason(&result, JUDGE_TO_BE_CONFIRMED, JUDGE_REASON_BOTH_SIDES);
    assert_non_null(strstr(result.sentence_en, "from 749.6 ‰ to 752.3 ‰"));
    make(&trial, "750.0", "752.3", "752.4"); // the mark itself conforms
    trial.input.agreement_limit = "5";
    result = decide(&trial);
    assert_reason(&result, JUDGE_PASS, JUDGE_REASON_MEETS);
}

static void test_readings_too_far_apart_are_to_be_confirmed(void **unused)
{
    (void)unused;
    struct trial trial;
    make(&trial, "760.0", "762.41", "761.0");
    struct judge_result result = decide(&trial);
    assert_reason(&result, JUDGE_TO_BE_CONFIRMED, JUDGE_REASON_SPREAD);
    assert_non_null(strstr(result.sentence_en, "differ by 2.41 ‰, more than the 2.4 ‰ allowed"));
    make(&trial, "760.0", "762.4", "761.0");
    result = decide(&trial);
    assert_reason(&result, JUDGE_PASS, JUDGE_REASON_MEETS);
    trial.input.agreement_limit = "2.3";
    result = decide(&trial);
    assert_reason(&result, JUDGE_TO_BE_CONFIRMED, JUDGE_REASON_SPREAD);
}

static void test_no_mean_is_made_of_points_of_which_one_is_far_off(void **unused)
{
    (void)unused;
    struct trial trial;
    make(&trial, "752.6", "12.4", "753.1"); // plated: one spot was filed
    struct judge_result result = decide(&trial);
    assert_reason(&result, JUDGE_TO_BE_CONFIRMED, JUDGE_REASON_BOTH_SIDES);
    assert_string_equal(result.mean, "");
    assert_string_equal(result.range, "740.7");
    make(&trial, "700.0", "800.0", "750.0"); // their mean would be the mark
    result = decide(&trial);
    assert_reason(&result, JUDGE_TO_BE_CONFIRMED, JUDGE_REASON_BOTH_SIDES);
    assert_string_equal(result.mean, "");
    make(&trial, "912.4", "871.0", "990.2");
    result = decide(&trial);
    assert_reason(&result, JUDGE_TO_BE_CONFIRMED, JUDGE_REASON_SPREAD);
    assert_string_equal(result.mean, "");
}

static void test_what_cannot_be_judged_is_not(void **unused)
{
    (void)unused;
    struct trial trial;
    make(&trial, "752.1", "752.4", "752.3");
    trial.input.reading_count = 0;
    struct judge_result result = decide(&trial);
    assert_reason(&result, JUDGE_NOT_JUDGED, JUDGE_REASON_NO_READINGS);
    assert_string_equal(result.mean, "");
    trial.input.reading_count = 2;
    result = decide(&trial);
    assert_reason(&result, JUDGE_NOT_JUDGED, JUDGE_REASON_TOO_FEW_READINGS);
    assert_string_equal(result.sentence_en,
                        "Gold fineness: there are 2 readings and the method needs at least 3: not judged.");
    assert_string_equal(result.range, "0.3");
    trial.input.reading_count = 1;
    result = decide(&trial);
    assert_string_equal(result.range, "");
    trial.input.reading_count = 3;
    trial.readings[1].qualifier = JUDGE_LESS_THAN;
    result = decide(&trial);
    assert_reason(&result, JUDGE_NOT_JUDGED, JUDGE_REASON_QUALIFIED);
    assert_string_equal(result.mean, "");
    make(&trial, "752.1", "752.4", "752.3");
    trial.input.limit = "";
    result = decide(&trial);
    assert_reason(&result, JUDGE_NOT_JUDGED, JUDGE_REASON_NO_LIMIT);
    assert_string_equal(result.mean, "752.3");
    make(&trial, "752.1", "752.4", "752.3");
    trial.input.confidence = "check";
    result = decide(&trial);
    assert_reason(&result, JUDGE_NOT_JUDGED, JUDGE_REASON_LIMIT_UNCONFIRMED);
    trial.input.confidence = "certain";
    result = decide(&trial);
    assert_reason(&result, JUDGE_PASS, JUDGE_REASON_MEETS);
    trial.input.comparison = "rounded";
    result = decide(&trial);
    assert_reason(&result, JUDGE_NOT_JUDGED, JUDGE_REASON_RULE_UNKNOWN);
    trial.input.comparison = "default-full";
    trial.input.operator_name = "between";
    result = decide(&trial);
    assert_reason(&result, JUDGE_NOT_JUDGED, JUDGE_REASON_RULE_UNKNOWN);
}

static void test_screening_without_uncertainty_is_never_judged(void **unused)
{
    (void)unused;
    struct trial trial;
    make(&trial, "752.1", "752.4", "752.3");
    trial.input.expanded_uncertainty = "";
    struct judge_result result = decide(&trial);
    assert_reason(&result, JUDGE_NOT_JUDGED, JUDGE_REASON_NO_UNCERTAINTY);
    trial.input.expanded_uncertainty = "0.00"; // missing is not zero, and zero is missing
    result = decide(&trial);
    assert_reason(&result, JUDGE_NOT_JUDGED, JUDGE_REASON_NO_UNCERTAINTY);
    trial.input.expanded_uncertainty = "";
    trial.input.screening = false;
    result = decide(&trial);
    assert_reason(&result, JUDGE_PASS, JUDGE_REASON_MEETS);
}

static void test_reference_method_decides_at_the_limit_by_the_full_value(void **unused)
{
    (void)unused;
    static const struct {
        const char *operator_name, *reading, *mean;
        enum judge_verdict verdict;
    } rows[] = {
        {"ge", "749.6", "749.6", JUDGE_FAIL},       {"ge", "749.96", "749.96", JUDGE_FAIL},
        {"ge", "749.9999", "749.9999", JUDGE_FAIL}, {"ge", "750", "750.0", JUDGE_PASS},
        {"ge", "750.04", "750.0", JUDGE_PASS},      {"gt", "750", "750.0", JUDGE_FAIL},
        {"gt", "750.04", "750.04", JUDGE_PASS},     {"le", "750.04", "750.04", JUDGE_FAIL},
        {"le", "749.96", "750.0", JUDGE_PASS},      {"lt", "749.96", "749.96", JUDGE_PASS},
        {"lt", "750.00", "750.0", JUDGE_FAIL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct trial trial;
        make(&trial, rows[i].reading, rows[i].reading, rows[i].reading);
        trial.input.screening = false;
        trial.input.operator_name = rows[i].operator_name;
        struct judge_result result = decide(&trial);
        assert_string_equal(judge_verdict_name(result.verdict), judge_verdict_name(rows[i].verdict));
        assert_string_equal(result.mean, rows[i].mean);
    }
}

static void test_endless_mean_gets_as_many_digits_as_it_takes(void **unused)
{
    (void)unused;
    struct trial trial;
    make(&trial, "750", "750", "749.9999999"); // mean 749.99999996666...
    trial.input.screening = false;
    struct judge_result result = decide(&trial);
    assert_reason(&result, JUDGE_FAIL, JUDGE_REASON_DOES_NOT_MEET);
    assert_string_equal(result.mean, "749.99999997");
    assert_string_equal(result.range, "0.0000001");
}

static void test_numbers_of_forty_digits_are_judged(void **unused)
{
    (void)unused;
    struct trial trial;
    make(&trial, "9999999999999999999999999999999999999999", "0.000000000000000000000000000000000000001",
         "0.000000000000000000000000000000000000001");
    trial.input.screening = false;
    trial.input.limit = "3333333333333333333333333333333333333333";
    struct judge_result result = decide(&trial);
    assert_reason(&result, JUDGE_PASS, JUDGE_REASON_MEETS); // above the limit by less than 10^-39
    trial.input.operator_name = "le";
    result = decide(&trial);
    assert_reason(&result, JUDGE_FAIL, JUDGE_REASON_DOES_NOT_MEET);
    assert_string_equal(result.mean, "3333333333333333333333333333333333333333."
                                     "000000000000000000000000000000000000001");
    trial.input.screening = true;
    trial.input.expanded_uncertainty = "0.000000000000000000000000000000000000001";
    result = decide(&trial);
    assert_reason(&result, JUDGE_TO_BE_CONFIRMED, JUDGE_REASON_BOTH_SIDES); // the first point is far off
    assert_string_equal(result.mean, "");
}

// The stand of a printed text against the limit, by the engine's own rule.
static int stand(const char *text, const char *limit)
{
    struct decimal value, mark;
    assert_true(decimal_parse(text, strlen(text), &value, NULL));
    assert_true(decimal_parse(limit, strlen(limit), &mark, NULL));
    return decimal_compare(&value, &mark);
}

// No other within 2 U = 2.4.
static bool is_one_far_off(const int64_t thousandths[3])
{
    for (int i = 0; i < 3; i++) {
        int others = 0;
        for (int j = 0; j < 3; j++)
            others += j != i && llabs(thousandths[i] - thousandths[j]) <= 2400;
        if (others == 0)
            return true;
    }
    return false;
}

static void check_random(int64_t thousandths[3], const char *operator_name, bool screening)
{
    char texts[3][32];
    struct trial trial;
    for (int i = 0; i < 3; i++)
        snprintf(texts[i], sizeof texts[i], "%" PRId64 ".%03" PRId64, thousandths[i] / 1000,
                 thousandths[i] % 1000);
    make(&trial, texts[0], texts[1], texts[2]);
    trial.input.operator_name = operator_name;
    trial.input.screening = screening;
    struct judge_result result = decide(&trial);
    int64_t off = thousandths[0] + thousandths[1] + thousandths[2] - 3 * 750000; // three times the distance
    bool strict = operator_name[1] == 't', lower = operator_name[0] == 'g';
    bool meets = off == 0 ? !strict : (off > 0) == lower;
    if (screening && is_one_far_off(thousandths)) {
        assert_int_equal(result.verdict, JUDGE_TO_BE_CONFIRMED);
        assert_string_equal(result.mean, "");
        return;
    }
    bool near = screening && (off < 0 ? -off : off) <= 3 * 1200;
    if (near)
        assert_reason(&result, JUDGE_TO_BE_CONFIRMED, JUDGE_REASON_NEAR_LIMIT);
    else if (result.verdict != JUDGE_TO_BE_CONFIRMED)
        assert_int_equal(result.verdict, meets ? JUDGE_PASS : JUDGE_FAIL);
    else
        assert_true(screening);
    int printed = stand(result.mean, "750");
    bool printed_meets = printed == 0 ? !strict : (printed > 0) == lower;
    assert_int_equal(printed_meets, meets);
    bool printed_near = stand(result.mean, "748.8") >= 0 && stand(result.mean, "751.2") <= 0;
    if (screening)
        assert_int_equal(printed_near, near);
}

static void test_printed_figure_never_contradicts_the_verdict(void **unused)
{
    (void)unused;
    static const char *const operators[] = {"ge", "gt", "le", "lt"};
    uint64_t state = 750;
    for (int round = 0; round < 20000; round++) {
        int64_t thousandths[3], centre = round % 3 == 0 ? 750000 : round % 3 == 1 ? 748800 : 751200;
        for (int i = 0; i < 3; i++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            thousandths[i] =
                centre + (int64_t)(state >> 33) % (round % 2 ? 5 : 4000) - (round % 2 ? 2 : 2000);
        }
        check_random(thousandths, operators[round / 2 % 4], round / 8 % 2);
    }
}

static void test_wrong_inputs_are_errors(void **unused)
{
    (void)unused;
    struct trial trial;
    struct judge_result result;
    struct ts_error error = {0};
    make(&trial, "752.1", "seven", "752.3");
    assert_false(judge_decide(&trial.input, &result, &error));
    assert_string_equal(error.reason, "JUDGE_INPUT");
    make(&trial, "752.1", "752.1", "752.3");
    trial.input.limit = "x";
    assert_false(judge_decide(&trial.input, &result, &error));
    trial.input.limit = "750";
    trial.input.expanded_uncertainty = "-1";
    assert_false(judge_decide(&trial.input, &result, &error));
    trial.input.expanded_uncertainty = "1";
    trial.input.agreement_limit = "?";
    assert_false(judge_decide(&trial.input, &result, &error));
    trial.input.reading_count = JUDGE_READINGS + 1;
    assert_false(judge_decide(&trial.input, &result, &error));
}

static void test_words_of_the_verdicts_are_those_of_the_field(void **unused)
{
    (void)unused;
    assert_string_equal(judge_verdict_zh(JUDGE_PASS), "符合");
    assert_string_equal(judge_verdict_zh(JUDGE_FAIL), "不符合");
    assert_string_equal(judge_verdict_zh(JUDGE_TO_BE_CONFIRMED), "需用仲裁方法确认");
    assert_string_equal(judge_verdict_zh(JUDGE_NOT_JUDGED), "不作判定");
    assert_string_equal(judge_verdict_en(JUDGE_FAIL), "Does not conform");
    assert_string_equal(judge_verdict_name((enum judge_verdict)9), "");
    assert_string_equal(judge_reason_name((enum judge_reason)99), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clear_pass_says_so_in_both_languages),
        cmocka_unit_test(test_clear_fail_says_so_in_both_languages),
        cmocka_unit_test(test_screening_near_the_mark_is_to_be_confirmed),
        cmocka_unit_test(test_readings_on_both_sides_are_to_be_confirmed),
        cmocka_unit_test(test_readings_too_far_apart_are_to_be_confirmed),
        cmocka_unit_test(test_no_mean_is_made_of_points_of_which_one_is_far_off),
        cmocka_unit_test(test_what_cannot_be_judged_is_not),
        cmocka_unit_test(test_screening_without_uncertainty_is_never_judged),
        cmocka_unit_test(test_reference_method_decides_at_the_limit_by_the_full_value),
        cmocka_unit_test(test_endless_mean_gets_as_many_digits_as_it_takes),
        cmocka_unit_test(test_numbers_of_forty_digits_are_judged),
        cmocka_unit_test(test_printed_figure_never_contradicts_the_verdict),
        cmocka_unit_test(test_wrong_inputs_are_errors),
        cmocka_unit_test(test_words_of_the_verdicts_are_those_of_the_field),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
