// SPDX-License-Identifier: Apache-2.0
// Where the statistics of proficiency tests and reference materials meet the calls: the scores are calculated
// here, exactly, and the database, which compares them once more, keeps them with their traces.
#include "lab/statements.h"
#include "lab/steps.h"
#include "number/arithmetic.h"
#include "quality/control_checks.h"
#include "quality/proficiency_report.h"
#include "rpc/call.h"
#include "rpc/sql_step.h"
#include "touchstone/internal/v1/proficiency.pb-c.h"
#include "touchstone/v1/quality.pb-c.h"
#include "wire/text.h"

#include <string.h>

enum { SCORES = 3 };

static bool no_memory(struct rpc_call *call)
{
    return error_set(&call->error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "The numbers are too large.");
}

static bool read_number(struct rpc_call *call, const char *typed, struct decimal *ret_value)
{
    return decimal_parse(typed, strlen(typed), ret_value, &call->error);
}

static char *write_number(struct rpc_call *call, const struct decimal *value)
{
    char buffer[DECIMAL_TEXT_SIZE];
    size_t length = decimal_format(value, buffer, sizeof buffer);
    return arena_copy(call->arena, buffer, length);
}

// ---- RecordProficiency

struct round {
    const Touchstone__V1__RecordProficiencyRequest *asked;
    Touchstone__Internal__V1__ProficiencyDecision decision;
    Touchstone__V1__ProficiencyScore scores[SCORES];
    Touchstone__V1__ProficiencyScore *list[SCORES];
};

static bool check_given(struct rpc_call *call, const Touchstone__V1__RecordProficiencyRequest *asked)
{
    if (*asked->assigned_value && asked->n_participants > 0)
        return error_violation(&call->error, "participants",
                               "are given beside an assigned value: give one of both");
    if (!*asked->assigned_value && asked->n_participants == 0)
        return error_violation(&call->error, "assigned_value",
                               "is required, or the results of all participants");
    if (asked->n_participants == 1)
        return error_violation(&call->error, "participants", "must be at least two results");
    return true;
}

// x* and s* of all participants; s* is what z is scored with unless the provider says otherwise.
static bool make_assigned(struct rpc_call *call, struct round *round)
{
    const Touchstone__V1__RecordProficiencyRequest *asked = round->asked;
    struct decimal *results = arena_array(call->arena, 2 * asked->n_participants, sizeof *results);
    struct proficiency_robust robust;
    struct text trace;
    text_init(&trace, call->arena);
    if (!results)
        return no_memory(call);
    for (size_t i = 0; i < asked->n_participants; i++)
        if (!read_number(call, asked->participants[i], &results[i]))
            return false;
    if (!proficiency_report_robust(results, asked->n_participants, results + asked->n_participants, &trace,
                                   &robust, &call->error))
        return false;
    round->decision.scored_against = write_number(call, &robust.mean);
    if (!*asked->sigma_pt && decimal_is_zero(&robust.deviation))
        return error_violation(&call->error, "participants",
                               "are all equal, so nothing can be scored with their deviation: give sigma_pt");
    if (!*asked->sigma_pt)
        round->decision.scored_sigma = write_number(call, &robust.deviation);
    round->decision.robust_trace = text_finish(&trace);
    return (round->decision.scored_against && round->decision.scored_sigma && round->decision.robust_trace) ||
           no_memory(call);
}

// Where both numbers of a score are given.
static bool add_score(struct rpc_call *call, struct round *round, enum proficiency_kind kind, const char *own,
                      const char *reference)
{
    static const enum _Touchstone__V1__ScoreKind KINDS[] = {
        [PROFICIENCY_Z] = TOUCHSTONE__V1__SCORE_KIND__SCORE_KIND_Z,
        [PROFICIENCY_ZETA] = TOUCHSTONE__V1__SCORE_KIND__SCORE_KIND_ZETA,
        [PROFICIENCY_EN] = TOUCHSTONE__V1__SCORE_KIND__SCORE_KIND_EN};
    static const enum _Touchstone__V1__ScoreVerdict VERDICTS[] = {
        [PROFICIENCY_SATISFACTORY] = TOUCHSTONE__V1__SCORE_VERDICT__SCORE_VERDICT_SATISFACTORY,
        [PROFICIENCY_QUESTIONABLE] = TOUCHSTONE__V1__SCORE_VERDICT__SCORE_VERDICT_QUESTIONABLE,
        [PROFICIENCY_UNSATISFACTORY] = TOUCHSTONE__V1__SCORE_VERDICT__SCORE_VERDICT_UNSATISFACTORY};
    Touchstone__V1__ProficiencyScore *score = &round->scores[round->decision.n_scores];
    struct proficiency_input input = {.x = {.count = 0}};
    struct proficiency_report report;
    struct text trace;
    if (!*own || !*reference)
        return true;
    text_init(&trace, call->arena);
    if (!read_number(call, round->asked->value, &input.x) ||
        !read_number(call, round->decision.scored_against, &input.assigned) ||
        (kind != PROFICIENCY_Z && !read_number(call, own, &input.own)) ||
        !read_number(call, reference, &input.reference) ||
        !proficiency_report_score(kind, &input, &trace, &report, &call->error))
        return false;
    touchstone__v1__proficiency_score__init(score);
    score->score_kind = KINDS[kind];
    score->verdict = VERDICTS[report.verdict];
    score->score = write_number(call, &report.figure);
    score->trace = text_finish(&trace);
    round->list[round->decision.n_scores++] = score;
    return (score->score && score->trace) || no_memory(call);
}

// On a worker: Algorithm A may take many rounds over many results.
static bool score_round(struct rpc_call *call)
{
    const Touchstone__V1__RecordProficiencyRequest *asked = (const void *)call->request;
    struct round round = {.asked = asked};
    touchstone__internal__v1__proficiency_decision__init(&round.decision);
    round.decision.scores = round.list;
    round.decision.scored_against = asked->assigned_value;
    round.decision.scored_sigma = asked->sigma_pt;
    if (!check_given(call, asked) || (asked->n_participants > 0 && !make_assigned(call, &round)) ||
        !add_score(call, &round, PROFICIENCY_Z, asked->value, round.decision.scored_sigma) ||
        !add_score(call, &round, PROFICIENCY_ZETA, asked->standard_uncertainty,
                   asked->assigned_standard_uncertainty) ||
        !add_score(call, &round, PROFICIENCY_EN, asked->expanded_uncertainty,
                   asked->assigned_expanded_uncertainty))
        return false;
    if (round.decision.n_scores == 0)
        return error_violation(&call->error, "sigma_pt",
                               "is required, or uncertainties of both: nothing can be scored");
    return sql_step_hand_over(call, &round.decision.base);
}

struct rpc_verdict step_record_proficiency(struct rpc_call *call)
{
    enum { READ = RPC_STAGE_FIRST, SCORE, ACT };
    switch (call->stage) {
    case READ:
        return sql_step_ask(call, STATEMENT_QUALITY_PROFICIENCY_CONTEXT, SCORE);
    case SCORE:
        return rpc_wait_work(call, score_round, ACT);
    case ACT:
        return call->work_succeeded ? sql_step_begin(call) : rpc_fail(call);
    default:
        return sql_step_answer(call);
    }
}

// ---- RecordCrmCheck

struct crm {
    struct decimal value, certified, own, reference;
};

static bool put_squares(struct rpc_call *call, const struct crm *crm, struct text *out)
{
    struct decimal apart, square, own, reference;
    char text[DECIMAL_TEXT_SIZE];
    if (!number_subtract(&crm->value, &crm->certified, &apart, &call->error) ||
        !number_multiply(&apart, &apart, &square, &call->error) ||
        !number_multiply(&crm->own, &crm->own, &own, &call->error) ||
        !number_multiply(&crm->reference, &crm->reference, &reference, &call->error) ||
        !number_add(&own, &reference, &reference, &call->error))
        return false;
    decimal_format(&square, text, sizeof text);
    text_printf(out, "|x − ref| ≤ √(U_ref² + U_lab²): (x − ref)² = %s, ", text);
    decimal_format(&reference, text, sizeof text);
    text_printf(out, "U_ref² + U_lab² = %s", text);
    return true;
}

static bool check_crm(struct rpc_call *call)
{
    const Touchstone__V1__RecordCrmCheckRequest *asked = (const void *)call->request;
    Touchstone__Internal__V1__CrmDecision decision = TOUCHSTONE__INTERNAL__V1__CRM_DECISION__INIT;
    struct crm crm;
    struct text trace;
    bool accepted = false;
    text_init(&trace, call->arena);
    if (!read_number(call, asked->value, &crm.value) ||
        !read_number(call, asked->certified_value, &crm.certified) ||
        !read_number(call, asked->expanded_uncertainty, &crm.own) ||
        !read_number(call, asked->certified_uncertainty, &crm.reference) ||
        !control_checks_reference(&crm.value, &crm.certified, &crm.own, &crm.reference, &accepted,
                                  &call->error) ||
        !put_squares(call, &crm, &trace))
        return false;
    text_put(&trace, accepted ? ": accepted" : ": rejected");
    decision.accepted = accepted;
    decision.trace = text_finish(&trace);
    return decision.trace ? sql_step_hand_over(call, &decision.base) : no_memory(call);
}

struct rpc_verdict step_record_crm_check(struct rpc_call *call)
{
    enum { READ = RPC_STAGE_FIRST, CHECK };
    switch (call->stage) {
    case READ:
        return sql_step_ask(call, STATEMENT_QUALITY_CRM_CONTEXT, CHECK);
    case CHECK:
        return check_crm(call) ? sql_step_begin(call) : rpc_fail(call);
    default:
        return sql_step_answer(call);
    }
}
