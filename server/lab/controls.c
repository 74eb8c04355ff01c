// SPDX-License-Identifier: Apache-2.0
// Where the engine of control charts meets the calls: a control is judged, limits are calculated, a chart is
// drawn. The database says what the points are, and refuses what was found on an older chart than it holds.
#include "lab/controls.h"

#include "lab/statements.h"
#include "lab/steps.h"
#include "quality/control_context.h"
#include "rpc/call.h"
#include "rpc/sql_step.h"
#include "touchstone/v1/quality.pb-c.h"
#include "wire/json_message.h"
#include "wire/text.h"

#include <string.h>

static bool no_memory(struct ts_error *error)
{
    return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "The chart is too large.");
}

const Touchstone__Internal__V1__ControlContext *controls_read_context(struct rpc_call *call)
{
    return (const Touchstone__Internal__V1__ControlContext *)json_message_read(
        &touchstone__internal__v1__control_context__descriptor, call->row.value[0], call->row.length[0],
        call->arena, &call->error);
}

bool controls_alarms_at(const struct control_context *context, size_t position, struct arena *arena,
                        Touchstone__Internal__V1__FoundAlarm ***ret_alarms, size_t *ret_count,
                        struct ts_error *error)
{
    Touchstone__Internal__V1__FoundAlarm *found = arena_array(arena, context->set.count + 1, sizeof *found);
    Touchstone__Internal__V1__FoundAlarm **list = arena_array(arena, context->set.count + 1, sizeof *list);
    size_t count = 0;
    if (!found || !list)
        return no_memory(error);
    for (size_t i = 0; i < context->alarm_count && count < context->set.count; i++) {
        const struct control_rule *rule = &context->set.rules[context->alarms[i].rule];
        if (context->alarms[i].position != position)
            continue;
        touchstone__internal__v1__found_alarm__init(&found[count]);
        found[count].rule = arena_copy(arena, rule->name, strlen(rule->name));
        found[count].rejects = rule->rejects;
        if (!found[count].rule)
            return no_memory(error);
        list[count] = &found[count];
        count++;
    }
    *ret_alarms = list;
    *ret_count = count;
    return true;
}

// Without frozen limits nothing is judged.
static bool judge_control(struct rpc_call *call)
{
    Touchstone__Internal__V1__ControlDecision decision = TOUCHSTONE__INTERNAL__V1__CONTROL_DECISION__INIT;
    struct control_context context;
    const Touchstone__Internal__V1__ControlContext *message = controls_read_context(call);
    if (!message)
        return false;
    decision.chart_version = message->chart_version;
    decision.rules_revision = message->rules_revision;
    if (message->limits_version > 0 &&
        (!control_context_read(message, call->arena, &context, &call->error) ||
         !controls_alarms_at(&context, context.series.count, call->arena, &decision.alarms,
                             &decision.n_alarms, &call->error)))
        return false;
    return sql_step_hand_over(call, &decision.base);
}

struct rpc_verdict step_enter_control(struct rpc_call *call)
{
    enum { READ = RPC_STAGE_FIRST, JUDGE };
    switch (call->stage) {
    case READ:
        return sql_step_ask(call, STATEMENT_QUALITY_CONTROL_CONTEXT, JUDGE);
    case JUDGE:
        return judge_control(call) ? sql_step_begin(call) : rpc_fail(call);
    default:
        return sql_step_answer(call);
    }
}

static bool calculate_limits(struct rpc_call *call)
{
    Touchstone__Internal__V1__FreezeDecision decision = TOUCHSTONE__INTERNAL__V1__FREEZE_DECISION__INIT;
    struct control_limits limits;
    const Touchstone__Internal__V1__ControlContext *message = controls_read_context(call);
    if (!message || !control_context_freeze(message, call->arena, &limits, &call->error))
        return false;
    decision.chart_version = message->chart_version;
    decision.mean = arena_alloc(call->arena, DECIMAL_TEXT_SIZE);
    decision.sigma = arena_alloc(call->arena, DECIMAL_TEXT_SIZE);
    if (!decision.mean || !decision.sigma)
        return no_memory(&call->error);
    decimal_format(&limits.mean, decision.mean, DECIMAL_TEXT_SIZE);
    decimal_format(&limits.sigma, decision.sigma, DECIMAL_TEXT_SIZE);
    return sql_step_hand_over(call, &decision.base);
}

struct rpc_verdict step_freeze_limits(struct rpc_call *call)
{
    enum { READ = RPC_STAGE_FIRST, CALCULATE };
    switch (call->stage) {
    case READ:
        return sql_step_ask(call, STATEMENT_QUALITY_FREEZE_CONTEXT, CALCULATE);
    case CALCULATE:
        return calculate_limits(call) ? sql_step_begin(call) : rpc_fail(call);
    default:
        return sql_step_answer(call);
    }
}
