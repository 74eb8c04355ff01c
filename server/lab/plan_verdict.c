// SPDX-License-Identifier: Apache-2.0
// See plan_verdict.h. judge/plan.h counts the exact values (GB/T 8170-2008 4.3.1.2: the standards of food say
// nothing of rounded ones); what is printed is rounded as the method says, and gets more digits where it
// would stand on the other side of m or M.
#include "lab/plan_verdict.h"

#include "number/rounding.h"
#include "wire/arena.h"
#include "wire/error.h"

#include <stdlib.h>
#include <string.h>

enum { DIGITS_MOST = 40, SHOWN = 6 };

struct telling {
    const Touchstone__V1__Test *test;
    const Touchstone__Internal__V1__JudgeContext *context;
    const Touchstone__Internal__V1__SamplingPlan *plan;
    const struct calculation *calculation;
    struct arena *arena;
    Touchstone__V1__Judgement *judgement;
    Touchstone__V1__Trace *trace;
    struct plan_result result;
};

static bool no_memory(struct ts_error *error)
{
    return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "The answer is too large.");
}

// ---- the figures

// Whether both stand on the same side of the limit; there may be none.
static bool agree(const struct decimal *printed, const struct decimal *exact, const char *limit)
{
    struct decimal number;
    return !*limit || !decimal_parse(limit, strlen(limit), &number, NULL) ||
           (decimal_compare(printed, &number) > 0) == (decimal_compare(exact, &number) > 0);
}

// As GB 4789.2 reports: whole below the digits that it wants, then so many digits.
static bool round_count(const struct telling *telling, const struct rounded *exact, int digits,
                        struct rounded *ret_value)
{
    static const struct decimal one = {.count = 1, .digit = {1}};
    enum decimal_mode mode =
        strcmp(telling->context->round_mode, "half_up") == 0 ? DECIMAL_HALF_UP : DECIMAL_HALF_EVEN;
    if (!rounding_significant(exact, digits, mode, ret_value, NULL))
        return false;
    return ret_value->value.exponent >= 0 || rounding_round(exact, &one, mode, ret_value, NULL);
}

static const char *printed_number(const struct telling *telling, const char *text)
{
    char number[DECIMAL_TEXT_SIZE];
    struct rounded exact, shown;
    int digits =
        strcmp(telling->context->round_rule, "sigfig") == 0 ? atoi(telling->context->round_value) : 0;
    if (digits < 1 || !rounding_parse(text, strlen(text), &exact, NULL))
        return text;
    for (; digits <= DIGITS_MOST; digits++) {
        if (!round_count(telling, &exact, digits, &shown))
            return text;
        if (!agree(&shown.value, &exact.value, telling->plan->m) ||
            !agree(&shown.value, &exact.value, telling->plan->big_m))
            continue;
        decimal_format(&shown.value, number, sizeof number);
        return arena_copy(telling->arena, number, strlen(number));
    }
    return text;
}

static const char *unit_text(const struct telling *telling, const struct plan_unit *unit, bool is_printed)
{
    static const char *const signs[] = {"", "< ", "> "};
    bool has_bound = *unit->value && strcmp(unit->value, "0") != 0;
    if (unit->qualifier == JUDGE_NOT_DETECTED)
        return has_bound ? arena_printf(telling->arena, "ND < %s", unit->value) : "ND";
    if (unit->qualifier == JUDGE_ORDINARY)
        return is_printed ? printed_number(telling, unit->value) : unit->value;
    return arena_printf(telling->arena, "%s%s", signs[unit->qualifier], unit->value);
}

// All of them, or of very many the first.
static bool show_units(const struct telling *telling)
{
    const struct calculation *calculation = telling->calculation;
    Touchstone__V1__Trace *trace = telling->trace;
    const char *all = "";
    trace->determinations =
        arena_array(telling->arena, calculation->unit_count + 1, sizeof *trace->determinations);
    if (!trace->determinations)
        return false;
    for (size_t i = 0; i < calculation->unit_count; i++) {
        const char *exact = unit_text(telling, &calculation->units[i], false);
        const char *printed = unit_text(telling, &calculation->units[i], true);
        if (!exact || !printed)
            return false;
        trace->determinations[trace->n_determinations++] = (char *)exact;
        if (i < SHOWN)
            all = arena_printf(telling->arena, "%s%s%s", all, i > 0 ? "; " : "", printed);
        else if (i == SHOWN)
            all = arena_printf(telling->arena, "%s; …", all);
        if (!all)
            return false;
    }
    telling->judgement->mean = trace->rounded = (char *)all;
    return true;
}

// ---- the words

struct words {
    const char *zh, *en;
};

static const struct words endings[] = {
    [PLAN_BY_COUNT] = {"判定：", ": "},
    [PLAN_ABOVE_BIG_M] = {"判定：", ": "},
    [PLAN_TOO_FEW_UNITS] = {"样品件数不足，结果仅供参考：",
                            "; fewer units than the plan asks, for reference only: "},
    [PLAN_MIXED_BATCHES] = {"各件样品不是同一批次，结果仅供参考：",
                            "; the units are not of one batch, for reference only: "},
    [PLAN_UNITS_OPEN] = {"部分样品的结果不足以判断：", "; what is known of some units is not enough: "},
};

static const struct words unconfirmed = {
    "判定依据尚未与标准原文核实：",
    "; what it is judged by has not been confirmed against the text of the standard: "};

static bool show_sentences(const struct telling *telling, const struct words *ending,
                           enum ruling_outcome outcome)
{
    const Touchstone__Internal__V1__SamplingPlan *plan = telling->plan;
    const struct plan_result *result = &telling->result;
    const char *gap = *plan->portion ? " / " : "";
    const char *big_zh = "", *big_en = "";
    if (*plan->big_m) {
        big_zh = arena_printf(telling->arena, "，%d 件超过 M = %s", result->above_big_m, plan->big_m);
        big_en = arena_printf(telling->arena, ", %d above M = %s", result->above_big_m, plan->big_m);
    }
    if (!big_zh || !big_en)
        return false;
    telling->judgement->sentence_zh = arena_printf(
        telling->arena,
        "%s%s%s：检验 %zu 件（方案 n = %d），%d 件超过 m = %s（允许 c = %d）%s，依据 %s，%s%s。",
        telling->test->parameter_zh, gap, plan->portion, telling->calculation->unit_count, plan->n,
        result->above_m, plan->m, plan->c, big_zh, plan->standard, ending->zh, ruling_outcome_zh(outcome));
    telling->judgement->sentence_en = arena_printf(
        telling->arena,
        "%s%s%s: %zu units tested (plan n = %d), %d above m = %s (c = %d allowed)%s, by %s%s%s.",
        telling->test->parameter_en, gap, plan->portion, telling->calculation->unit_count, plan->n,
        result->above_m, plan->m, plan->c, big_en, *plan->standard_en ? plan->standard_en : plan->standard,
        ending->en, ruling_outcome_en(outcome));
    return telling->judgement->sentence_zh && telling->judgement->sentence_en;
}

static bool show_plan(const struct telling *telling)
{
    const Touchstone__Internal__V1__SamplingPlan *plan = telling->plan;
    const struct plan_result *result = &telling->result;
    Touchstone__V1__Trace *trace = telling->trace;
    const char *gap = *plan->big_m ? ", M = " : "";
    telling->judgement->requirement = arena_printf(telling->arena, "n = %d, c = %d, m = %s%s%s", plan->n,
                                                   plan->c, plan->m, gap, plan->big_m);
    telling->judgement->standard = plan->standard;
    telling->judgement->unit = *plan->unit ? plan->unit : telling->context->unit;
    trace->compared = arena_printf(telling->arena, "%d > m, %d > M", result->above_m, result->above_big_m);
    trace->calculated = (char *)"";
    trace->limit_id = plan->plan_id;
    trace->operator_ = (char *)"plan";
    trace->low = plan->m;
    trace->high = plan->big_m;
    trace->condition = plan->portion;
    trace->comparison = (char *)"default-full";
    trace->confidence = *trace->unconfirmed ? (char *)"check" : plan->confidence;
    trace->rule = (char *)"simple";
    return telling->judgement->requirement && trace->compared;
}

static Touchstone__V1__Verdict verdict_of(enum ruling_outcome outcome)
{
    switch (outcome) {
    case RULING_PASS:
        return TOUCHSTONE__V1__VERDICT__VERDICT_PASS;
    case RULING_FAIL:
        return TOUCHSTONE__V1__VERDICT__VERDICT_FAIL;
    case RULING_INCONCLUSIVE:
        return TOUCHSTONE__V1__VERDICT__VERDICT_INCONCLUSIVE;
    default:
        return TOUCHSTONE__V1__VERDICT__VERDICT_NOT_JUDGED;
    }
}

bool plan_verdict_fill(const Touchstone__V1__Test *test,
                       const Touchstone__Internal__V1__JudgeContext *context,
                       const struct calculation *calculation, struct arena *arena,
                       Touchstone__V1__Judgement *judgement, struct ts_error *error)
{
    const Touchstone__Internal__V1__SamplingPlan *plan = context->plan;
    const struct plan_row row = {plan->n, plan->c, plan->m, plan->big_m};
    struct telling telling = {.test = test,
                              .context = context,
                              .plan = plan,
                              .calculation = calculation,
                              .arena = arena,
                              .judgement = judgement,
                              .trace = calculation->trace};
    if (!plan_decide(&row, calculation->units, calculation->unit_count, calculation->are_of_one_batch,
                     &telling.result, error))
        return false;
    bool is_check = *telling.trace->unconfirmed != '\0';
    enum ruling_outcome outcome = is_check ? RULING_NOT_JUDGED : telling.result.outcome;
    judgement->verdict = verdict_of(outcome);
    telling.trace->reason = (char *)(is_check ? "CHECK" : plan_reason_name(telling.result.reason));
    if (!show_units(&telling) || !show_plan(&telling) ||
        !show_sentences(&telling, is_check ? &unconfirmed : &endings[telling.result.reason], outcome))
        return no_memory(error);
    return true;
}
