// SPDX-License-Identifier: Apache-2.0
// Where the judgement engine meets the calls: previews in what the bench reads, the decision in what it
// submits. The database says what the requirement is, and refuses a decision that was made on anything
// older than what it holds.
#include "db/value.h"
#include "judge/judge.h"
#include "lab/statements.h"
#include "lab/steps.h"
#include "rpc/call.h"
#include "rpc/sql_step.h"
#include "touchstone/internal/v1/judge.pb-c.h"
#include "touchstone/v1/bench.pb-c.h"
#include "wire/json_message.h"

#include <string.h>

static bool no_memory(struct rpc_call *call)
{
    return error_set(&call->error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "The answer is too large.");
}

static char *keep(struct rpc_call *call, const char *text)
{
    return arena_copy(call->arena, text, strlen(text));
}

static bool decide(struct rpc_call *call, const Touchstone__Internal__V1__JudgedTest *test,
                   struct judge_result *ret_result)
{
    const Touchstone__Internal__V1__JudgeContext *context = test->judge;
    struct judge_reading *readings = arena_array(call->arena, test->n_readings + 1, sizeof *readings);
    if (!readings)
        return no_memory(call);
    for (size_t i = 0; i < test->n_readings; i++)
        readings[i] = (struct judge_reading){test->readings[i]->value,
                                             (enum judge_qualifier)test->readings[i]->qualifier};
    const struct judge_input input = {
        .readings = readings,
        .reading_count = test->n_readings,
        .expanded_uncertainty = test->expanded_uncertainty,
        .coverage_factor = test->coverage_factor,
        .limit = context->limit,
        .operator_name = context->operator_,
        .comparison = context->comparison,
        .confidence = context->confidence,
        .agreement_limit = "",
        .screening = context->screening,
        .min_replicates = context->min_replicates,
        .unit = context->unit,
        .requirement = context->requirement,
        .standard = context->standard,
        .name_zh = test->parameter_zh,
        .name_en = test->parameter_en,
    };
    return judge_decide(&input, ret_result, &call->error);
}

// The result as the API shows it; NULL with call->error set.
static Touchstone__V1__Judgement *judge(struct rpc_call *call,
                                        const Touchstone__Internal__V1__JudgedTest *test)
{
    struct judge_result *result = arena_alloc(call->arena, sizeof *result);
    Touchstone__V1__Judgement *judgement = arena_alloc(call->arena, sizeof *judgement);
    if (!result || !judgement) {
        no_memory(call);
        return NULL;
    }
    if (!decide(call, test, result))
        return NULL;
    touchstone__v1__judgement__init(judgement);
    judgement->verdict = (Touchstone__V1__Verdict)result->verdict;
    judgement->mean = result->mean;
    judgement->range = result->range;
    judgement->expanded_uncertainty = test->expanded_uncertainty;
    judgement->unit = test->judge->unit;
    judgement->requirement = result->requirement;
    judgement->standard =
        *test->judge->clause ? arena_printf(call->arena, "%s, %s", test->judge->standard, test->judge->clause)
                             : keep(call, test->judge->standard);
    judgement->sentence_zh = result->sentence_zh;
    judgement->sentence_en = result->sentence_en;
    judgement->catalogue_revision = test->judge->catalogue_revision;
    if (!judgement->standard) {
        no_memory(call);
        return NULL;
    }
    return judgement;
}

// A test that is not submitted yet gets a preview, from its third reading on and also before: the engine
// then says what is missing.
static bool preview(struct rpc_call *call, const Touchstone__Internal__V1__JudgedTest *judged,
                    Touchstone__V1__Test *test)
{
    if (!judged || !judged->judge || test->judgement || judged->n_readings == 0)
        return true;
    test->judgement = judge(call, judged);
    return test->judgement != NULL;
}

static const Touchstone__Internal__V1__JudgedAnswer *read_judged(struct rpc_call *call)
{
    return (const void *)json_message_read(&touchstone__internal__v1__judged_answer__descriptor,
                                           call->row.value[0], call->row.length[0], call->arena,
                                           &call->error);
}

static ProtobufCMessage *read_response(struct rpc_call *call)
{
    return json_message_read(call->method->response, call->row.value[0], call->row.length[0], call->arena,
                             &call->error);
}

struct rpc_verdict step_judge_one(struct rpc_call *call)
{
    if (call->stage == RPC_STAGE_FIRST)
        return sql_step_begin(call);
    if (!sql_step_accepted(call))
        return rpc_fail(call);
    const Touchstone__Internal__V1__JudgedAnswer *judged = read_judged(call);
    // GetTestResponse, EnterResultResponse: one test, in the same place.
    Touchstone__V1__GetTestResponse *response = judged ? (void *)read_response(call) : NULL;
    if (!response || (response->test && !preview(call, judged->test, response->test)))
        return rpc_fail_answer(call);
    return rpc_reply(call, &response->base);
}

struct rpc_verdict step_judge_list(struct rpc_call *call)
{
    if (call->stage == RPC_STAGE_FIRST)
        return sql_step_begin(call);
    if (!sql_step_accepted(call))
        return rpc_fail(call);
    const Touchstone__Internal__V1__JudgedAnswer *judged = read_judged(call);
    Touchstone__V1__ListTestsResponse *response = judged ? (void *)read_response(call) : NULL;
    if (!response)
        return rpc_fail(call);
    for (size_t i = 0; i < response->n_tests && i < judged->n_tests; i++)
        if (!preview(call, judged->tests[i], response->tests[i]))
            return rpc_fail(call);
    return rpc_reply(call, &response->base);
}

// The decision as members of "daemon" for the act.
static bool add_decision(struct rpc_call *call, const Touchstone__Internal__V1__JudgedTest *test)
{
    Touchstone__Internal__V1__SubmitDecision decision = TOUCHSTONE__INTERNAL__V1__SUBMIT_DECISION__INIT;
    struct json_text json;
    decision.judgement = judge(call, test);
    decision.test_version = test->version;
    if (!decision.judgement || !json_message_write(&decision.base, call->arena, &json, &call->error))
        return false;
    // Without its braces: members of an object that sql_step.c opens.
    call->daemon_json = arena_copy(call->arena, json.text + 1, json.length - 2);
    return call->daemon_json || no_memory(call);
}

struct rpc_verdict step_submit(struct rpc_call *call)
{
    enum { READ = RPC_STAGE_FIRST, JUDGE };
    struct json_text json;
    switch (call->stage) {
    case READ:
        if (!json_message_write_for_sql(call->request, call->arena, &json, &call->error))
            return rpc_fail(call);
        const struct db_value values[] = {value_bytea(call->token_hash, sizeof call->token_hash),
                                          value_text(json.text)};
        return rpc_wait_sql(call, STATEMENT_BENCH_JUDGE_CONTEXT, values, JUDGE);
    case JUDGE: {
        const Touchstone__Internal__V1__JudgedAnswer *judged = call->row.value[0] ? read_judged(call) : NULL;
        if (call->row.value[0] && !judged)
            return rpc_fail(call);
        if (judged && judged->test && judged->test->judge && !add_decision(call, judged->test))
            return rpc_fail(call);
        // Without a context the act itself says why not: replays, foreign tests, states.
        return sql_step_begin(call);
    }
    default:
        return sql_step_answer(call);
    }
}
