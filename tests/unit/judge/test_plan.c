// SPDX-License-Identifier: Apache-2.0
// Sampling plans n/c/m/M: what fails, what passes, and what says nothing about a batch.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "judge/plan.h"
#include "wire/error.h"

#include <stdio.h>
#include <string.h>

static const struct plan_row milk = {5, 2, "50000", "100000"};
static const struct plan_row staphylococcus = {5, 0, "0", ""};

// Units as words: "120", "<10", ">3000", "ND".
static struct plan_result decide(const struct plan_row *row, const char *words, bool is_one_batch)
{
    char text[256];
    struct plan_unit units[PLAN_UNITS];
    size_t count = 0;
    struct plan_result result;
    struct ts_error error = {0};
    snprintf(text, sizeof text, "%s", words);
    for (char *word = strtok(text, " "); word; word = strtok(NULL, " ")) {
        units[count] = (struct plan_unit){.value = word, .lod = ""};
        if (*word == '<' || *word == '>') {
            units[count].qualifier = *word == '<' ? JUDGE_LESS_THAN : JUDGE_GREATER_THAN;
            units[count].value++;
        } else if (*word == 'N') {
            units[count].qualifier = JUDGE_NOT_DETECTED;
        }
        count++;
    }
    if (!plan_decide(row, units, count, is_one_batch, &result, &error))
        fail_msg("%s", error.detail);
    return result;
}

struct row {
    const struct plan_row *plan;
    const char *units, *outcome, *reason;
};

static void test_units_are_counted_against_m_and_big_m(void **unused)
{
    (void)unused;
    static const struct row rows[] = {
        {&milk, "1000 2000 3000 4000 5000", "pass", "BY_COUNT"},
        {&milk, "50000 50000 50000 50000 50000", "pass", "BY_COUNT"},
        {&milk, "60000 60000 3000 4000 5000", "pass", "BY_COUNT"},
        {&milk, "60000 60000 60000 4000 5000", "fail", "BY_COUNT"},
        {&milk, "100000 100000 1 1 1", "pass", "BY_COUNT"},
        {&milk, "100001 1 1 1 1", "fail", "ABOVE_BIG_M"},
        {&milk, "<10 <10 <10 <10 <10", "pass", "BY_COUNT"},
        {&milk, ">300000 1 1 1 1", "fail", "ABOVE_BIG_M"},
        {&milk, ">60000 1 1 1 1", "inconclusive", "UNITS_OPEN"},
        {&milk, "<60000 <60000 1 1 1", "pass", "BY_COUNT"},
        {&milk, "<60000 60000 60000 1 1", "inconclusive", "UNITS_OPEN"},
        {&milk, "1 1 1 1", "not_judged", "TOO_FEW_UNITS"},
        {&milk, "200000 1 1 1", "not_judged", "TOO_FEW_UNITS"},
        {&staphylococcus, "0 0 0 0 0", "pass", "BY_COUNT"},
        {&staphylococcus, "ND ND ND ND ND", "pass", "BY_COUNT"},
        {&staphylococcus, "0 0 0 0 1", "fail", "BY_COUNT"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct plan_result result = decide(rows[i].plan, rows[i].units, true);
        if (strcmp(ruling_outcome_name(result.outcome), rows[i].outcome) != 0 ||
            strcmp(plan_reason_name(result.reason), rows[i].reason) != 0)
            fail_msg("%s: %s %s", rows[i].units, ruling_outcome_name(result.outcome),
                     plan_reason_name(result.reason));
    }
}

static void test_units_of_several_batches_say_nothing_of_one(void **unused)
{
    (void)unused;
    struct plan_result result = decide(&milk, "1 1 1 1 1", false);
    assert_int_equal(result.outcome, RULING_NOT_JUDGED);
    assert_int_equal(result.reason, PLAN_MIXED_BATCHES);
}

static void test_what_is_no_plan_is_an_error(void **unused)
{
    (void)unused;
    struct plan_result result;
    struct ts_error error = {0};
    struct plan_row odd = {5, 5, "1", ""};
    assert_false(plan_decide(&odd, NULL, 0, true, &result, &error));
    odd = (struct plan_row){5, 2, "many", ""};
    assert_false(plan_decide(&odd, NULL, 0, true, &result, &error));
    odd = (struct plan_row){5, 2, "1", "more"};
    assert_false(plan_decide(&odd, NULL, 0, true, &result, &error));
    const struct plan_unit unit = {.value = "x", .lod = ""};
    assert_false(plan_decide(&milk, &unit, 1, true, &result, &error));
    assert_false(plan_decide(&milk, &unit, PLAN_UNITS + 1, true, &result, &error));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_units_are_counted_against_m_and_big_m),
        cmocka_unit_test(test_units_of_several_batches_say_nothing_of_one),
        cmocka_unit_test(test_what_is_no_plan_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
