// SPDX-License-Identifier: Apache-2.0
// See verdict.h. Readings of a screening method against one limit are judged by judge.h, which also looks at
// how the points stand to each other; everything else is a ruling. Where the database found no requirement it
// says why, and that reason is the sentence.
#include "lab/verdict.h"

#include "judge/ruling.h"
#include "lab/calculation.h"
#include "lab/plan_verdict.h"
#include "wire/arena.h"
#include "wire/decimal_round.h"
#include "wire/error.h"

#include <string.h>

struct job {
    const Touchstone__V1__Test *test;
    const Touchstone__Internal__V1__JudgeContext *context;
    struct arena *arena;
    struct calculation calculation;
    bool is_binding;
    Touchstone__V1__Judgement *judgement;
    struct ts_error *error;
};

static bool no_memory(struct ts_error *error)
{
    return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "The answer is too large.");
}

static char *keep(const struct job *job, const char *text)
{
    return arena_copy(job->arena, text, strlen(text));
}

// ---- what cannot be judged, and why

struct obstacle {
    const char *name;   // of JudgeContext.not_judged
    const char *reason; // of the trace
    Touchstone__V1__Verdict verdict;
    const char *zh, *en;
};

#define NOT_JUDGED TOUCHSTONE__V1__VERDICT__VERDICT_NOT_JUDGED

static const struct obstacle obstacles[] = {
    {"condition_not_chosen", "CONDITION_NOT_CHOSEN", NOT_JUDGED,
     "有多项不同条件的要求可适用，尚未选定：不作判定。",
     "several requirements with different conditions apply and none is chosen: not judged."},
    {"edition_unknown", "EDITION_UNKNOWN", NOT_JUDGED, "未记录确定标准版本所依据的日期：不作判定。",
     "the day that decides the edition of the standard is not recorded: not judged."},
    {"failed", "NOT_CALCULATED", NOT_JUDGED, "无法计算结果：不作判定。", "cannot be calculated: not judged."},
    {"readers_differ", "READERS_DIFFER", TOUCHSTONE__V1__VERDICT__VERDICT_INCONCLUSIVE,
     "由三人分别鉴别，结果各不相同：不能判定。",
     "was identified by three persons apart, each with another result: inconclusive."},
};

static bool tell_obstacle(struct job *job, const char *name, const char *reason, const char *detail)
{
    const char *gap = *detail ? " " : "";
    for (size_t i = 0; i < sizeof obstacles / sizeof obstacles[0]; i++) {
        const struct obstacle *it = &obstacles[i];
        if (strcmp(it->name, name) != 0)
            continue;
        job->judgement->verdict = it->verdict;
        job->calculation.trace->reason = (char *)(*reason ? reason : it->reason);
        job->judgement->sentence_zh =
            arena_printf(job->arena, "%s%s%s%s", job->test->parameter_zh, it->zh, gap, detail);
        job->judgement->sentence_en =
            arena_printf(job->arena, "%s: %s%s%s", job->test->parameter_en, it->en, gap, detail);
    }
    return (job->judgement->sentence_zh && job->judgement->sentence_en) || no_memory(job->error);
}

// ---- readings of a screening method, and readings that make no value

static bool is_one_limit(const char *name)
{
    static const char *const operators[] = {"", "ge", "gt", "le", "lt"};
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++)
        if (strcmp(operators[i], name) == 0)
            return true;
    return false;
}

static bool is_for_judge(const struct job *job)
{
    enum calculation_state state = job->calculation.state;
    return state == CALCULATION_MIXED || state == CALCULATION_FEW ||
           (job->context->screening && is_one_limit(job->context->operator_) && state == CALCULATION_DONE &&
            job->calculation.qualifier != JUDGE_NOT_DETECTED);
}

static const char *confidence_of(const struct job *job)
{
    const char *told = job->calculation.trace->confidence;
    return strcmp(told, "signed") == 0 ? "certain" : told;
}

// The readings; where a formula made determinations from other inputs, these.
static struct judge_reading *points_of(const struct job *job, size_t *ret_count)
{
    const Touchstone__V1__Test *test = job->test;
    const Touchstone__V1__Trace *trace = job->calculation.trace;
    bool are_readings = test->n_readings > 0;
    size_t count = are_readings ? test->n_readings : trace->n_determinations;
    struct judge_reading *points = arena_array(job->arena, count + 1, sizeof *points);
    for (size_t i = 0; points && i < count; i++)
        points[i] = are_readings ? (struct judge_reading){test->readings[i]->value,
                                                          (enum judge_qualifier)test->readings[i]->qualifier}
                                 : (struct judge_reading){trace->determinations[i], JUDGE_ORDINARY};
    *ret_count = count;
    return points;
}

static bool judge_readings(struct job *job)
{
    const Touchstone__V1__Test *test = job->test;
    const Touchstone__Internal__V1__JudgeContext *context = job->context;
    size_t count;
    struct judge_reading *readings = points_of(job, &count);
    struct judge_result *result = arena_alloc(job->arena, sizeof *result);
    if (!readings || !result)
        return no_memory(job->error);
    const struct judge_input input = {
        .readings = readings,
        .reading_count = count,
        .calculated = job->calculation.state == CALCULATION_DONE ? job->calculation.value : "",
        .expanded_uncertainty = test->expanded_uncertainty,
        .coverage_factor = test->coverage_factor,
        .limit = context->limit,
        .operator_name = context->operator_,
        .comparison = context->comparison,
        .confidence = confidence_of(job),
        .agreement_limit = "",
        .screening = context->screening,
        .min_replicates = context->min_replicates,
        .unit = context->unit,
        .requirement = context->requirement,
        .standard = context->standard,
        .unit_en = context->unit_en,
        .standard_en = context->standard_en,
        .name_zh = test->parameter_zh,
        .name_en = test->parameter_en,
    };
    if (!judge_decide(&input, result, job->error))
        return false;
    job->judgement->verdict = (Touchstone__V1__Verdict)result->verdict;
    job->judgement->mean = result->mean;
    job->judgement->range = result->range;
    job->judgement->requirement = result->requirement;
    job->judgement->sentence_zh = result->sentence_zh;
    job->judgement->sentence_en = result->sentence_en;
    job->calculation.trace->rounded = result->mean;
    job->calculation.trace->compared = job->calculation.trace->calculated;
    job->calculation.trace->rule = (char *)"screening_U";
    job->calculation.trace->reason = (char *)judge_reason_name(result->reason);
    return true;
}

// ---- a ruling

static Touchstone__V1__Verdict verdict_of(const struct ruling *ruling)
{
    static const Touchstone__V1__Verdict verdicts[] = {
        [RULING_PASS] = TOUCHSTONE__V1__VERDICT__VERDICT_PASS,
        [RULING_FAIL] = TOUCHSTONE__V1__VERDICT__VERDICT_FAIL,
        [RULING_CONDITIONAL_PASS] = TOUCHSTONE__V1__VERDICT__VERDICT_CONDITIONAL_PASS,
        [RULING_CONDITIONAL_FAIL] = TOUCHSTONE__V1__VERDICT__VERDICT_CONDITIONAL_FAIL,
        [RULING_INCONCLUSIVE] = TOUCHSTONE__V1__VERDICT__VERDICT_INCONCLUSIVE,
        [RULING_NOT_JUDGED] = TOUCHSTONE__V1__VERDICT__VERDICT_NOT_JUDGED,
    };
    // Only a screening method is near a limit: the reference method decides.
    if (ruling->outcome == RULING_INCONCLUSIVE && ruling->reason == RULING_NEAR_LIMIT)
        return TOUCHSTONE__V1__VERDICT__VERDICT_TO_BE_CONFIRMED;
    return verdicts[ruling->outcome];
}

// What stands as the result: the figure, or what is known of it.
static char *result_text(const struct job *job, const struct ruling *ruling)
{
    const struct calculation *calculation = &job->calculation;
    const char *bound = calculation->judges_by_loq ? calculation->loq : calculation->lod;
    switch (calculation->qualifier) {
    case JUDGE_LESS_THAN:
        return arena_printf(job->arena, "< %s", ruling->reported);
    case JUDGE_GREATER_THAN:
        return arena_printf(job->arena, "> %s", ruling->reported);
    case JUDGE_NOT_DETECTED:
        return *bound ? arena_printf(job->arena, "ND < %s", bound) : keep(job, "ND");
    default:
        return keep(job, ruling->reported);
    }
}

// Largest minus smallest of the readings, as far as they are numbers.
static bool find_range(struct job *job)
{
    const Touchstone__V1__Test *test = job->test;
    struct decimal low, high, one, range;
    char text[DECIMAL_TEXT_SIZE];
    if (test->n_readings < 2 || *test->inputs)
        return true;
    for (size_t i = 0; i < test->n_readings; i++) {
        if (test->readings[i]->qualifier ||
            !decimal_parse(test->readings[i]->value, strlen(test->readings[i]->value), &one, NULL))
            return true;
        if (i == 0 || decimal_compare(&one, &low) < 0)
            low = one;
        if (i == 0 || decimal_compare(&one, &high) > 0)
            high = one;
    }
    if (!decimal_sub(&high, &low, &range, NULL))
        return true;
    decimal_format(&range, text, sizeof text);
    job->judgement->range = keep(job, text);
    return job->judgement->range || no_memory(job->error);
}

static bool show_ruling(struct job *job, const struct ruling *ruling)
{
    Touchstone__V1__Judgement *judgement = job->judgement;
    Touchstone__V1__Trace *trace = job->calculation.trace;
    char probability[DECIMAL_TEXT_SIZE];
    judgement->verdict = verdict_of(ruling);
    judgement->mean = result_text(job, ruling);
    judgement->requirement = job->context->requirement;
    judgement->sentence_zh = (char *)ruling->sentence_zh;
    judgement->sentence_en = (char *)ruling->sentence_en;
    trace->rounded = judgement->mean;
    trace->compared = (char *)ruling->compared;
    trace->rule = (char *)ruling->rule;
    trace->reason = (char *)ruling_reason_name(ruling->reason);
    if (ruling->is_by_probability) {
        decimal_format(&ruling->probability, probability, sizeof probability);
        trace->probability = keep(job, probability);
    }
    return (judgement->mean && trace->probability) ? find_range(job) : no_memory(job->error);
}

static bool rule(struct job *job)
{
    const Touchstone__Internal__V1__JudgeContext *context = job->context;
    const struct calculation *calculation = &job->calculation;
    struct ruling *ruling = arena_alloc(job->arena, sizeof *ruling);
    const char *gap = *context->unit && *context->requirement ? " " : "";
    char *text = arena_printf(job->arena, "%s%s%s", context->requirement, gap, *gap ? context->unit : "");
    if (!ruling || !text)
        return no_memory(job->error);
    const struct ruling_requirement requirement = {
        .operator_name = context->operator_,
        .low = context->limit_low,
        .high = context->limit_high,
        .comparison = context->comparison,
        .confidence = confidence_of(job),
        .is_statutory = context->mandatory,
        .scale = context->scale,
        .text = *context->need_zh ? context->need_zh : text,
        .standard = context->standard,
        .text_en = context->need_en,
        .standard_en = context->standard_en,
    };
    const struct ruling_result result = {
        .value = calculation->value,
        .qualifier = calculation->qualifier,
        .lod = calculation->lod,
        .loq = calculation->loq,
        .method_lod = *context->lod ? context->lod : context->loq,
        .judges_by_loq = calculation->judges_by_loq,
        .is_confirmed = *job->test->confirmation != '\0',
        .uncertainty = job->test->expanded_uncertainty,
        .coverage = job->test->coverage_factor,
        .round_rule = context->round_rule,
        .round_value = context->round_value,
        .mode = strcmp(context->round_mode, "half_up") == 0 ? DECIMAL_HALF_UP : DECIMAL_HALF_EVEN,
        .is_screening = context->screening,
        .unit = context->unit,
        .name_zh = job->test->parameter_zh,
        .name_en = job->test->parameter_en,
        .unit_en = context->unit_en,
    };
    return ruling_decide(&requirement, &result, job->test->decision_rule, ruling, job->error) &&
           show_ruling(job, ruling);
}

// ---- all together

// Rows marked "check" that nobody signed off: of what it is held against, and the formula if that made the
// value.
static bool tell_unconfirmed(const struct job *job, Touchstone__V1__Trace *trace)
{
    const Touchstone__Internal__V1__JudgeContext *context = job->context;
    const char *rows = context->plan ? context->plan->unconfirmed : context->unconfirmed;
    const char *formula = *trace->calc_key ? context->formula_unconfirmed : "";
    if (!context->plan && !*context->limit_id)
        return true;
    trace->unconfirmed = arena_printf(job->arena, "%s%s%s", rows, *rows && *formula ? "; " : "", formula);
    if (!trace->unconfirmed)
        return no_memory(job->error);
    if (*trace->unconfirmed)
        trace->confidence = (char *)"check";
    return true;
}

static bool fill_trace(struct job *job)
{
    const Touchstone__Internal__V1__JudgeContext *context = job->context;
    Touchstone__V1__Trace *trace = job->calculation.trace;
    trace->calculated = (char *)(job->calculation.state == CALCULATION_DONE ? job->calculation.value : "");
    trace->limit_id = context->limit_id;
    trace->operator_ = context->operator_;
    trace->low = context->limit_low;
    trace->high = context->limit_high;
    trace->condition = context->condition;
    trace->comparison = context->comparison;
    trace->confidence = context->confidence;
    trace->lod = (char *)job->calculation.lod;
    trace->loq = (char *)job->calculation.loq;
    job->judgement->trace = trace;
    return tell_unconfirmed(job, trace);
}

static bool fill(struct job *job)
{
    Touchstone__V1__Judgement *judgement = job->judgement;
    const Touchstone__Internal__V1__JudgeContext *context = job->context;
    touchstone__v1__judgement__init(judgement);
    judgement->expanded_uncertainty = job->test->expanded_uncertainty;
    judgement->unit = context->unit;
    judgement->requirement = context->requirement;
    judgement->catalogue_revision = context->catalogue_revision;
    judgement->standard = *context->clause
                              ? arena_printf(job->arena, "%s, %s", context->standard, context->clause)
                              : keep(job, context->standard);
    return judgement->standard || no_memory(job->error);
}

// The database makes an entry of differing results only when a third person has read too.
static bool are_readers_apart(const struct job *job)
{
    return job->test->blind && job->calculation.state == CALCULATION_FAILED &&
           strcmp(job->calculation.reason, "DETERMINATIONS_DIFFER") == 0;
}

static bool decide(struct job *job)
{
    const struct calculation *calculation = &job->calculation;
    if (is_for_judge(job))
        return judge_readings(job);
    if (are_readers_apart(job)) {
        job->judgement->mean = (char *)"不能确定 / inconclusive";
        return tell_obstacle(job, "readers_differ", "", "");
    }
    if (calculation->state == CALCULATION_FAILED && job->is_binding)
        return error_set(job->error, TS_INVALID_ARGUMENT, calculation->reason, "%s", calculation->detail);
    if (calculation->state == CALCULATION_FAILED)
        return tell_obstacle(job, "failed", calculation->reason, calculation->detail);
    if (job->context->plan)
        return plan_verdict_fill(job->test, job->context, calculation, job->arena, job->judgement,
                                 job->error);
    if (*job->context->not_judged) {
        // The figure is reported all the same.
        return rule(job) && tell_obstacle(job, job->context->not_judged, "", "");
    }
    return rule(job);
}

Touchstone__V1__Judgement *verdict_make(const Touchstone__V1__Test *test,
                                        const Touchstone__Internal__V1__JudgeContext *context,
                                        struct calculator *calculator, bool is_binding, struct arena *arena,
                                        struct ts_error *error)
{
    struct job *job = arena_alloc(arena, sizeof *job);
    Touchstone__V1__Judgement *judgement = arena_alloc(arena, sizeof *judgement);
    if (!job || !judgement) {
        no_memory(error);
        return NULL;
    }
    *job = (struct job){.test = test,
                        .context = context,
                        .arena = arena,
                        .judgement = judgement,
                        .error = error,
                        .is_binding = is_binding};
    if (!fill(job) || !calculation_make(test, context, calculator, arena, &job->calculation, error) ||
        !fill_trace(job) || !decide(job))
        return NULL;
    return judgement;
}
