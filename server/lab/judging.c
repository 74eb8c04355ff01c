// SPDX-License-Identifier: Apache-2.0
// Where the judgement engine meets the calls: previews in what the bench reads, the decision in what it
// submits. The database says what the requirement is, and refuses a decision that was made on anything
// older than what it holds.
#include "lab/lab.h"
#include "lab/statements.h"
#include "lab/steps.h"
#include "lab/verdict.h"
#include "rpc/call.h"
#include "rpc/dispatch.h"
#include "rpc/sql_step.h"
#include "touchstone/internal/v1/judge.pb-c.h"
#include "touchstone/v1/bench.pb-c.h"
#include "wire/json_message.h"

static struct calculator *calculator_of(struct rpc_call *call)
{
    return ((struct lab *)dispatch_lab(call->dispatch))->calculator;
}

// The result as the API shows it; NULL with call->error set.
static Touchstone__V1__Judgement *judge(struct rpc_call *call, const Touchstone__V1__Test *test,
                                        const Touchstone__Internal__V1__JudgeContext *context,
                                        bool is_binding)
{
    return verdict_make(test, context, calculator_of(call), is_binding, call->arena, &call->error);
}

// An answer with one test, and beside it what the test is judged by; NULL when there is nothing to judge by.
struct judged {
    ProtobufCMessage *response;
    Touchstone__V1__Test *test;
    const Touchstone__Internal__V1__JudgeContext *context;
};

static bool read_judged(struct rpc_call *call, const ProtobufCMessageDescriptor *descriptor,
                        struct judged *ret)
{
    struct json_beside *beside = NULL;
    *ret = (struct judged){0};
    ret->response = json_message_read_beside(descriptor, call->row.value[0], call->row.length[0], "judge",
                                             &touchstone__internal__v1__judge_context__descriptor, &beside,
                                             call->arena, &call->error);
    if (ret->response && beside && beside->message->descriptor == &touchstone__v1__test__descriptor) {
        ret->test = (Touchstone__V1__Test *)beside->message;
        ret->context = (const void *)beside->facts;
    }
    return ret->response;
}

// A test that is not submitted yet gets a preview, from the third reading on and also before: the engine then
// says what is missing.
static bool preview(struct rpc_call *call, struct judged *judged)
{
    Touchstone__V1__Test *test = judged->test;
    if (!test || test->judgement || (test->n_readings == 0 && !*test->inputs))
        return true;
    test->judgement = judge(call, test, judged->context, false);
    return test->judgement != NULL;
}

struct rpc_verdict step_judge(struct rpc_call *call)
{
    struct judged judged;
    if (call->stage == RPC_STAGE_FIRST)
        return sql_step_begin(call);
    if (!sql_step_accepted(call))
        return rpc_fail(call);
    if (!read_judged(call, call->method->response, &judged) || !preview(call, &judged))
        return rpc_fail_answer(call);
    return rpc_reply(call, judged.response);
}

// The decision as members of "daemon" for the act.
static bool add_decision(struct rpc_call *call)
{
    struct judged judged;
    if (!read_judged(call, &touchstone__v1__get_test_response__descriptor, &judged))
        return false;
    if (!judged.test)
        return true; // nothing to judge by: the act itself says why not
    Touchstone__Internal__V1__SubmitDecision decision = TOUCHSTONE__INTERNAL__V1__SUBMIT_DECISION__INIT;
    decision.judgement = judge(call, judged.test, judged.context, true);
    decision.test_version = judged.test->version;
    return decision.judgement && sql_step_hand_over(call, &decision.base);
}

struct rpc_verdict step_submit(struct rpc_call *call)
{
    enum { READ = RPC_STAGE_FIRST, JUDGE };
    switch (call->stage) {
    case READ:
        return sql_step_ask(call, STATEMENT_BENCH_JUDGE_CONTEXT, JUDGE);
    case JUDGE:
        if (call->row.value[0] && !add_decision(call))
            return rpc_fail(call);
        // Without a context the act itself says why not: replays, foreign tests, states.
        return sql_step_begin(call);
    default:
        return sql_step_answer(call);
    }
}
