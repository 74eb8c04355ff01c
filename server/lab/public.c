// SPDX-License-Identifier: Apache-2.0
// What anybody may ask: one SQL function each, which knows no caller; their parameters are fields of the
// request as they are. Wrong tries are counted there (migrations/functions/73_public.sql), so that every
// daemon counts the same.
#include "core/require.h"
#include "db/value.h"
#include "lab/statements.h"
#include "lab/steps.h"
#include "rpc/call.h"
#include "rpc/sql_step.h"

enum { FIELDS_MAX = 4 };

static struct rpc_verdict ask(struct rpc_call *call, size_t statement, const char *const *fields,
                              size_t count)
{
    struct db_value values[FIELDS_MAX];
    require(count <= FIELDS_MAX);
    for (size_t i = 0; i < count; i++)
        values[i] = value_text(rpc_request_text(call, fields[i]));
    return rpc_wait_sql(call, statement, values, SQL_STEP_ANSWER);
}

struct rpc_verdict step_look_up_sheet(struct rpc_call *call)
{
    static const char *const fields[] = {"sheet_no", "code"};
    return call->stage == RPC_STAGE_FIRST ? ask(call, STATEMENT_PUBLIC_LOOK_UP_SHEET, fields, 2)
                                          : sql_step_answer(call);
}

struct rpc_verdict step_show_board(struct rpc_call *call)
{
    static const char *const fields[] = {"laboratory"};
    return call->stage == RPC_STAGE_FIRST ? ask(call, STATEMENT_PUBLIC_BOARD, fields, 1)
                                          : sql_step_answer(call);
}

struct rpc_verdict step_follow_ticket(struct rpc_call *call)
{
    static const char *const fields[] = {"ticket_code"};
    return call->stage == RPC_STAGE_FIRST ? ask(call, STATEMENT_PUBLIC_FOLLOW_TICKET, fields, 1)
                                          : sql_step_answer(call);
}

struct rpc_verdict step_track(struct rpc_call *call)
{
    static const char *const fields[] = {"receipt_code", "phone_last4"};
    return call->stage == RPC_STAGE_FIRST ? ask(call, STATEMENT_PUBLIC_TRACK, fields, 2)
                                          : sql_step_answer(call);
}

struct rpc_verdict step_send_complaint(struct rpc_call *call)
{
    static const char *const fields[] = {"receipt_code", "phone_last4", "about", "statement"};
    return call->stage == RPC_STAGE_FIRST ? ask(call, STATEMENT_PUBLIC_SEND_COMPLAINT, fields, 4)
                                          : sql_step_answer(call);
}

struct rpc_verdict step_show_statistics(struct rpc_call *call)
{
    static const char *const fields[] = {"laboratory", "first_day", "pass_group"};
    return call->stage == RPC_STAGE_FIRST ? ask(call, STATEMENT_PUBLIC_SHOW_STATISTICS, fields, 3)
                                          : sql_step_answer(call);
}
