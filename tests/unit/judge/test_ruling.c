// SPDX-License-Identifier: Apache-2.0
// Rulings: one row per case of the field, what is expected by hand from the standards' rules; and the law
// that a printed figure never contradicts its outcome, tried on random numbers.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../number/rounds.h"
#include "judge/ruling.h"
#include "wire/error.h"
#include "wire/utf8.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct trial {
    struct ruling_requirement requirement;
    struct ruling_result result;
    const char *rule;
};

static struct trial make(const char *operator_name, const char *low, const char *high, const char *value)
{
    return (struct trial){
        .requirement = {.operator_name = operator_name,
                        .low = low,
                        .high = high,
                        .comparison = "default-full",
                        .confidence = "verified",
                        .scale = "1|1-2|2|2-3|3|3-4|4|4-5|5",
                        .text = "",
                        .standard = "GB 1-2026"},
        .result = {.value = value,
                   .lod = "",
                   .loq = "",
                   .uncertainty = "",
                   .coverage = "",
                   .round_rule = "",
                   .round_value = "",
                   .unit = "mg/kg",
                   .name_zh = "甲醛",
                   .name_en = "Formaldehyde"},
        .rule = "",
    };
}

static struct ruling decide(const struct trial *trial)
{
    struct ruling ruling;
    struct ts_error error = {0};
    if (!ruling_decide(&trial->requirement, &trial->result, trial->rule, &ruling, &error))
        fail_msg("%s", error.detail);
    assert_true(utf8_is_text(ruling.sentence_zh, strlen(ruling.sentence_zh)));
    assert_null(strchr(ruling.sentence_zh, '{'));
    assert_null(strchr(ruling.sentence_en, '{'));
    return ruling;
}

static void assert_ruling(const struct trial *trial, const char *outcome, const char *reason)
{
    struct ruling ruling = decide(trial);
    assert_string_equal(ruling_outcome_name(ruling.outcome), outcome);
    assert_string_equal(ruling_reason_name(ruling.reason), reason);
}

struct row {
    const char *operator_name, *low, *high, *value, *outcome;
};

static void test_every_operator_with_an_ordinary_number(void **unused)
{
    (void)unused;
    static const struct row rows[] = {
        {"le", "", "0.08", "0.080", "pass"},      {"le", "", "0.08", "0.0801", "fail"},
        {"lt", "", "0.5", "0.5", "fail"},         {"ge", "750", "", "749.96", "fail"},
        {"ge", "750", "", "750", "pass"},         {"gt", "1", "", "1", "fail"},
        {"between", "4.0", "7.5", "4.0", "pass"}, {"between", "4.0", "7.5", "7.51", "fail"},
        {"abs_le", "", "0.5", "-0.5", "pass"},    {"abs_le", "", "0.5", "-0.51", "fail"},
        {"le", "", "0.50", "0.50(+)", "fail"},    {"le", "", "0.50", "0.50(-)", "pass"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct trial trial = make(rows[i].operator_name, rows[i].low, rows[i].high, rows[i].value);
        assert_ruling(&trial, rows[i].outcome, "BY_VALUE");
    }
}

// GB/T 8170-2008, 3.3.2: the mark of a number that was rounded already decides where it stands at the limit,
// and is printed where without it the figure would say the other.
static void test_a_number_that_was_rounded_already_is_printed_so_that_it_says_its_verdict(void **unused)
{
    (void)unused;
    static const struct {
        struct row row;
        const char *round_rule, *round_value, *reported, *compared;
    } rows[] = {
        {{"le", "", "0.50", "0.50(+)", "fail"}, "", "", "0.50(+)", "0.50(+)"},
        {{"le", "", "0.50", "0.50(-)", "pass"}, "", "", "0.50(-)", "0.50(-)"},
        {{"le", "", "15", "15.5(-)", "fail"}, "decimals", "0", "15.5(-)", "15.5(-)"},
        {{"le", "", "16", "15.5(-)", "pass"}, "decimals", "0", "15", "15.5(-)"},
        {{"le", "", "16", "15.5(+)", "pass"}, "decimals", "0", "16", "15.5(+)"},
        {{"le", "", "16", "15.5", "pass"}, "decimals", "0", "16", "15.5"},
        {{"ge", "-0.5", "", "-0.5(+)", "fail"}, "decimals", "1", "-0.5(+)", "-0.5(+)"},
        {{"abs_le", "", "0.5", "-0.5(-)", "pass"}, "decimals", "1", "-0.5(-)", "-0.5(-)"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *row = &rows[i].row;
        struct trial trial = make(row->operator_name, row->low, row->high, row->value);
        trial.result.round_rule = rows[i].round_rule;
        trial.result.round_value = rows[i].round_value;
        struct ruling ruling = decide(&trial);
        assert_string_equal(ruling_outcome_name(ruling.outcome), row->outcome);
        assert_string_equal(ruling.reported, rows[i].reported);
        assert_string_equal(ruling.compared, rows[i].compared);
    }
}

static void test_grades_are_ordered_by_their_scale(void **unused)
{
    (void)unused;
    static const struct row rows[] = {
        {"grade_ge", "3-4", "", "3", "fail"},
        {"grade_ge", "3-4", "", "3-4", "pass"},
        {"grade_ge", "3-4", "", "4", "pass"},
        {"grade_ge", "3", "", "2-3", "fail"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct trial trial = make(rows[i].operator_name, rows[i].low, rows[i].high, rows[i].value);
        assert_ruling(&trial, rows[i].outcome, "BY_GRADE");
    }
    struct trial unknown = make("grade_ge", "3-4", "", "3.5");
    assert_ruling(&unknown, "not_judged", "GRADE_UNKNOWN");
}

static void test_texts_are_equal_or_not(void **unused)
{
    (void)unused;
    struct trial trial = make("eq", "none", "", "none");
    assert_ruling(&trial, "pass", "BY_TEXT");
    trial.result.value = "musty";
    assert_ruling(&trial, "fail", "BY_TEXT");
}

struct censored {
    const char *operator_name, *low, *high;
    enum judge_qualifier qualifier;
    const char *value, *lod, *loq, *outcome, *reason;
};

static void test_results_without_a_number_decide_only_where_they_can(void **unused)
{
    (void)unused;
    static const struct censored rows[] = {
        {"le", "", "0.5", JUDGE_NOT_DETECTED, "", "0.5", "", "pass", "BY_CENSORING"},
        {"lt", "", "0.5", JUDGE_NOT_DETECTED, "", "0.5", "", "pass", "BY_CENSORING"},
        {"le", "", "0.5", JUDGE_NOT_DETECTED, "", "0.6", "", "inconclusive", "METHOD_UNFIT"},
        {"le", "", "0.5", JUDGE_NOT_DETECTED, "", "", "", "not_judged", "NO_DETECTION_LIMIT"},
        {"ge", "2.8", "", JUDGE_NOT_DETECTED, "", "0.1", "", "fail", "BY_CENSORING"},
        {"ge", "2.8", "", JUDGE_NOT_DETECTED, "", "", "", "fail", "BY_CENSORING"},
        {"between", "1", "5", JUDGE_NOT_DETECTED, "", "0.1", "", "fail", "BY_CENSORING"},
        {"le", "", "10", JUDGE_LESS_THAN, "10", "", "", "pass", "BY_CENSORING"},
        {"le", "", "10", JUDGE_LESS_THAN, "20", "", "", "inconclusive", "METHOD_UNFIT"},
        {"le", "", "1000", JUDGE_GREATER_THAN, "1100", "", "", "fail", "BY_CENSORING"},
        {"le", "", "2000", JUDGE_GREATER_THAN, "1100", "", "", "inconclusive", "METHOD_UNFIT"},
        {"ge", "10", "", JUDGE_GREATER_THAN, "10", "", "", "pass", "BY_CENSORING"},
        {"ge", "10", "", JUDGE_LESS_THAN, "20", "", "", "inconclusive", "METHOD_UNFIT"},
        {"not_detected", "", "", JUDGE_NOT_DETECTED, "", "", "", "pass", "BY_DETECTION"},
        {"not_detected", "", "", JUDGE_ORDINARY, "0.2", "0.1", "0.3", "inconclusive", "REPEAT"},
        {"not_detected", "", "", JUDGE_ORDINARY, "0.3", "0.1", "0.3", "inconclusive", "UNCONFIRMED"},
        {"not_detected", "", "", JUDGE_ORDINARY, "0.05", "0.1", "0.3", "pass", "BY_DETECTION"},
        {"not_detected", "", "", JUDGE_LESS_THAN, "0.3", "0.1", "0.3", "inconclusive", "REPEAT"},
        {"not_detected", "", "", JUDGE_ORDINARY, "0.3", "", "", "not_judged", "NO_DETECTION_LIMIT"},
        {"not_permitted", "", "", JUDGE_ORDINARY, "0.3", "0.1", "0.3", "fail", "BY_DETECTION"},
        {"not_permitted", "", "", JUDGE_ORDINARY, "0.29", "0.1", "0.3", "inconclusive", "REPEAT"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct trial trial = make(rows[i].operator_name, rows[i].low, rows[i].high, rows[i].value);
        trial.result.qualifier = rows[i].qualifier;
        trial.result.lod = rows[i].lod;
        trial.result.loq = rows[i].loq;
        assert_ruling(&trial, rows[i].outcome, rows[i].reason);
    }
}

static void test_a_report_limit_method_looks_at_its_loq(void **unused)
{
    (void)unused;
    struct trial trial = make("le", "", "0.5", "");
    trial.result.qualifier = JUDGE_NOT_DETECTED;
    trial.result.lod = "0.3";
    trial.result.loq = "0.9";
    assert_ruling(&trial, "pass", "BY_CENSORING");
    trial.result.judges_by_loq = true;
    assert_ruling(&trial, "inconclusive", "METHOD_UNFIT");
}

static void test_a_banned_substance_fails_once_it_is_confirmed(void **unused)
{
    (void)unused;
    struct trial trial = make("not_detected", "", "", "0.3");
    trial.result.loq = "0.3";
    trial.result.is_confirmed = true;
    assert_ruling(&trial, "fail", "BY_DETECTION");
}

static void test_by_rounded_values_what_is_printed_is_what_was_compared(void **unused)
{
    (void)unused;
    struct trial trial = make("le", "", "0.10", "0.104");
    trial.requirement.comparison = "rounded";
    struct ruling ruling = decide(&trial);
    assert_int_equal(ruling.outcome, RULING_PASS);
    assert_string_equal(ruling.reported, "0.10");
    assert_string_equal(ruling.compared, "0.10");
    assert_string_equal(ruling.calculated, "0.104");
}

static void test_decision_rules_have_four_words(void **unused)
{
    (void)unused;
    static const struct {
        const char *value, *outcome;
    } rows[] = {
        {"0.070", "pass"}, {"0.075", "conditional_pass"}, {"0.085", "conditional_fail"}, {"0.0901", "fail"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct trial trial = make("le", "", "0.080", rows[i].value);
        trial.result.uncertainty = "0.010";
        trial.rule = "nonbinary_U";
        assert_ruling(&trial, rows[i].outcome, "BY_VALUE");
    }
}

static void test_what_must_not_be_judged_is_not_and_says_why(void **unused)
{
    (void)unused;
    struct trial trial = make("le", "", "0.080", "0.050");
    trial.rule = "guard_accept_U";
    assert_ruling(&trial, "not_judged", "NO_UNCERTAINTY");
    trial.result.uncertainty = "0.010";
    assert_ruling(&trial, "pass", "BY_VALUE");
    trial.requirement.is_statutory = true;
    assert_ruling(&trial, "not_judged", "RULE_REFUSED");
    trial.rule = "";
    assert_ruling(&trial, "pass", "BY_VALUE");
    trial.requirement.confidence = "check";
    assert_ruling(&trial, "not_judged", "CHECK");
    trial.requirement.is_signed_off = true;
    assert_ruling(&trial, "pass", "BY_VALUE");
    trial.rule = "fair";
    assert_ruling(&trial, "not_judged", "RULE_UNKNOWN");
    trial = make("about", "", "1", "1");
    assert_ruling(&trial, "not_judged", "RULE_UNKNOWN");
    trial = make("", "", "", "1");
    assert_ruling(&trial, "not_judged", "NO_LIMIT");
    trial = make("between", "1", "", "1");
    assert_ruling(&trial, "not_judged", "NO_LIMIT");
    trial = make("le", "", "1", "");
    assert_ruling(&trial, "not_judged", "NO_RESULT");
    trial = make("le", "", "1", "");
    trial.result.qualifier = JUDGE_NOT_DETECTED;
    trial.rule = "guard_accept_U";
    assert_ruling(&trial, "not_judged", "RULE_NEEDS_VALUE");
    trial = make("between", "1", "2", "1.5");
    trial.result.uncertainty = "0.5";
    trial.rule = "nonbinary_U";
    assert_ruling(&trial, "not_judged", "RULE_REFUSED");
    trial.rule = "prob";
    assert_ruling(&trial, "not_judged", "PROBABILITY");
}

static void test_a_screening_method_never_decides_within_u(void **unused)
{
    (void)unused;
    struct trial trial = make("ge", "750", "", "751.2");
    trial.result.is_screening = true;
    assert_ruling(&trial, "not_judged", "NO_UNCERTAINTY");
    trial.result.uncertainty = "1.2";
    assert_ruling(&trial, "inconclusive", "NEAR_LIMIT");
    trial.result.value = "751.21";
    assert_ruling(&trial, "pass", "BY_VALUE");
    trial.result.value = "748.7";
    assert_ruling(&trial, "fail", "BY_VALUE");
}

static void test_a_number_that_is_none_is_an_error(void **unused)
{
    (void)unused;
    struct ruling ruling;
    struct ts_error error = {0};
    struct trial trial = make("le", "", "1,0", "1");
    assert_false(ruling_decide(&trial.requirement, &trial.result, "", &ruling, &error));
    assert_string_equal(
        error.detail,
        "The upper limit has a comma; the decimal mark is a point and thousands are not marked.");
    trial = make("le", "", "1", "one");
    assert_false(ruling_decide(&trial.requirement, &trial.result, "", &ruling, &error));
}

static void test_the_sentence_says_what_was_compared(void **unused)
{
    (void)unused;
    struct trial trial = make("le", "", "75", "75.04");
    trial.requirement.text = "≤ 75 mg/kg";
    trial.result.round_rule = "decimals";
    trial.result.round_value = "0";
    struct ruling ruling = decide(&trial);
    assert_string_equal(ruling.reported, "75.04");
    assert_string_equal(
        ruling.sentence_en,
        "Formaldehyde: 75.04 mg/kg, compared by the full-value method with ≤ 75 mg/kg of GB 1-2026: "
        "does not conform.");
    assert_string_equal(
        ruling.sentence_zh,
        "甲醛为 75.04 mg/kg，按全数值比较法与 GB 1-2026 要求 ≤ 75 mg/kg 比较，判定：不符合。");
}

static void test_each_half_of_the_sentences_is_in_its_own_language(void **unused)
{
    (void)unused;
    struct trial trial = make("grade_ge", "3", "", "3-4");
    trial.requirement.text = "≥ 3 级", trial.requirement.text_en = "not below grade 3";
    trial.requirement.standard = "五部门公告2011年第10号";
    trial.requirement.standard_en = "Announcement No. 10 of 2011";
    trial.result.unit = "级", trial.result.unit_en = "grade";
    struct ruling ruling = decide(&trial);
    assert_string_equal(ruling.sentence_zh, "甲醛为 3-4 级，五部门公告2011年第10号要求 ≥ 3 级，判定：符合。");
    assert_string_equal(ruling.sentence_en,
                        "Formaldehyde: grade 3-4, against the requirement of Announcement "
                        "No. 10 of 2011 (not below grade 3): conforms.");
    trial = make("eq", "none", "", "none");
    trial.result.unit = "";
    ruling = decide(&trial);
    assert_string_equal(ruling.sentence_zh, "甲醛为“无”，GB 1-2026 要求“无”，判定：符合。");
    assert_string_equal(ruling.sentence_en,
                        "Formaldehyde: “none”, against the requirement of GB 1-2026 (“none”): conforms.");
    trial = make("le", "", "0.10", "0.08");
    trial.requirement.text = "≤ 0.10 % (体积分数)";
    trial.requirement.text_en = "≤ 0.10 % (volume fraction)";
    trial.result.unit = "% (体积分数)", trial.result.unit_en = "% (volume fraction)";
    trial.result.uncertainty = "0.01", trial.rule = "guard_accept_U";
    ruling = decide(&trial);
    assert_non_null(strstr(ruling.sentence_zh, "按全数值比较法（保护带 w = U）"));
    assert_non_null(strstr(ruling.sentence_en,
                           "% (volume fraction), compared by the full-value method (guard band "
                           "w = U) with ≤ 0.10 % (volume fraction)"));
}

static const char *random_text(uint64_t *random, int span, int most_places, char *text, size_t size)
{
    struct decimal value;
    char number[DECIMAL_TEXT_SIZE];
    decimal_from_int(rounds_below(random, 2 * span) - span, &value);
    value.exponent = (int16_t)-rounds_below(random, most_places + 1);
    decimal_format(&value, number, sizeof number);
    snprintf(text, size, "%.60s", number);
    return text;
}

static void test_a_printed_figure_never_contradicts_its_outcome(void **unused)
{
    (void)unused;
    static const char *const operators[] = {"le", "lt", "ge", "gt", "between", "abs_le"};
    static const char *const rules[] = {
        "", "guard_accept_U", "guard_1p64u", "guard_reject_U", "nonbinary_U", "prob95"};
    static const char *const round_rules[] = {"", "decimals", "sigfig", "interval"};
    uint64_t random = 21;
    for (long i = rounds_of_laws() / 4; i > 0; i--) {
        char value[64], low[64], high[64], uncertainty[64], digits[8];
        struct trial trial =
            make(operators[rounds_below(&random, 6)], random_text(&random, 500, 2, low, sizeof low),
                 random_text(&random, 900, 1, high, sizeof high),
                 random_text(&random, 90000, 4, value, sizeof value));
        snprintf(digits, sizeof digits, "%d", 1 + rounds_below(&random, 3));
        snprintf(uncertainty, sizeof uncertainty, "0.%d", 1 + rounds_below(&random, 9));
        trial.result.uncertainty = uncertainty;
        trial.result.round_rule = round_rules[rounds_below(&random, 4)];
        trial.result.round_value = digits;
        trial.result.mode = rounds_below(&random, 2) ? DECIMAL_HALF_UP : DECIMAL_HALF_EVEN;
        trial.rule = rules[rounds_below(&random, 6)];
        trial.requirement.comparison = *trial.rule || rounds_below(&random, 2) ? "full" : "rounded";
        struct ruling exact, printed;
        struct ts_error error = {0};
        if (!ruling_decide(&trial.requirement, &trial.result, trial.rule, &exact, &error))
            continue; // the lower limit is above the upper one
        char reported[RULING_TEXT_SIZE];
        snprintf(reported, sizeof reported, "%s", exact.reported);
        trial.result.value = reported;
        printed = decide(&trial);
        if (printed.outcome != exact.outcome)
            fail_msg("%s %s|%s: %s is printed as %s", trial.requirement.operator_name, low, high, value,
                     reported);
    }
}

static void test_every_reason_has_a_name(void **unused)
{
    (void)unused;
    for (int reason = RULING_BY_VALUE; reason <= RULING_RULE_UNKNOWN; reason++)
        assert_true(*ruling_reason_name((enum ruling_reason)reason));
    assert_string_equal(ruling_reason_name((enum ruling_reason)(RULING_RULE_UNKNOWN + 1)), "");
    assert_string_equal(ruling_reason_name(RULING_RULE_UNKNOWN), "RULE_UNKNOWN");
    assert_string_equal(ruling_outcome_zh(RULING_CONDITIONAL_PASS), "有条件符合");
    assert_string_equal(ruling_outcome_en(RULING_NOT_JUDGED), "not judged");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_operator_with_an_ordinary_number),
        cmocka_unit_test(test_a_number_that_was_rounded_already_is_printed_so_that_it_says_its_verdict),
        cmocka_unit_test(test_grades_are_ordered_by_their_scale),
        cmocka_unit_test(test_texts_are_equal_or_not),
        cmocka_unit_test(test_results_without_a_number_decide_only_where_they_can),
        cmocka_unit_test(test_a_report_limit_method_looks_at_its_loq),
        cmocka_unit_test(test_a_banned_substance_fails_once_it_is_confirmed),
        cmocka_unit_test(test_by_rounded_values_what_is_printed_is_what_was_compared),
        cmocka_unit_test(test_decision_rules_have_four_words),
        cmocka_unit_test(test_what_must_not_be_judged_is_not_and_says_why),
        cmocka_unit_test(test_a_screening_method_never_decides_within_u),
        cmocka_unit_test(test_a_number_that_is_none_is_an_error),
        cmocka_unit_test(test_the_sentence_says_what_was_compared),
        cmocka_unit_test(test_each_half_of_the_sentences_is_in_its_own_language),
        cmocka_unit_test(test_a_printed_figure_never_contradicts_its_outcome),
        cmocka_unit_test(test_every_reason_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
