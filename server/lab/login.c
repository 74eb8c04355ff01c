// SPDX-License-Identifier: Apache-2.0
// Calls with a password in them: log-in, change, reset, and the signatory's second signature. Hashing is
// slow by design and runs on worker threads; the password itself never reaches the database.
//
// Brute force: staff_login_begin counts attempts by name and by address and says how long to hold this one
// back; staff_password_context does so for whoever sits at somebody's open session. Unknown names get a decoy
// hash, so that they take as long as known ones.
#include "auth/password.h"
#include "auth/token.h"
#include "db/value.h"
#include "lab/lab.h"
#include "lab/log_works.h"
#include "lab/sheets.h"
#include "lab/statements.h"
#include "lab/steps.h"
#include "rpc/call.h"
#include "rpc/dispatch.h"
#include "rpc/sql_step.h"
#include "touchstone/v1/staff.pb-c.h"
#include "wire/json_message.h"

#include <stdlib.h>
#include <string.h>

struct password_work {
    const char *password;
    const char *encoded;  // to check against; NULL = only hash
    const char *to_hash;  // NULL = only check
    const char *staff_id; // log-in only
    const char *version;  // of the password that was checked
    const struct password_cost *cost;
    char hashed[PASSWORD_HASH_SIZE];
    struct ts_error error; // of checking or hashing; a wrong password is none
};

static struct password_work *work_create(struct rpc_call *call)
{
    struct password_work *work = arena_alloc(call->arena, sizeof *work);
    if (!work) {
        error_set(&call->error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "The server is too busy. Try again.");
        return NULL;
    }
    memset(work, 0, sizeof *work);
    work->cost = &((const struct lab *)dispatch_lab(call->dispatch))->password_cost;
    call->state = work;
    return work;
}

// On a worker thread: checks first, hashes only when the check held.
static bool work_run(struct rpc_call *call)
{
    struct password_work *work = call->state;
    if (work->encoded && !password_verify(work->encoded, work->password, &work->error))
        return false;
    return !work->to_hash || password_hash(work->cost, work->to_hash, work->hashed, &work->error);
}

static struct rpc_verdict fail_password(struct rpc_call *call, const struct password_work *work)
{
    if (work->error.status != TS_OK)
        call->error = work->error;
    else
        error_set(&call->error, TS_UNAUTHENTICATED, "PASSWORD_WRONG", "The password is wrong.");
    return rpc_fail(call);
}

static struct rpc_verdict login_finish(struct rpc_call *call, const Touchstone__V1__LoginRequest *request,
                                       int stage)
{
    struct password_work *work = call->state;
    char *token = arena_alloc(call->arena, TOKEN_TEXT_SIZE);
    uint8_t hash[TOKEN_HASH_BYTES];
    if (!token || !token_create(token, &call->error) ||
        !token_hash(token, TOKEN_TEXT_SIZE - 1, hash, &call->error))
        return rpc_fail(call);
    work->password = token; // the password has served; from here on the state carries the token
    const struct db_value values[] = {
        value_text(work->staff_id),
        value_text(work->version),
        value_text(call->work_succeeded ? "t" : "f"),
        value_bytea(hash, sizeof hash),
        value_text(request->desk && *request->desk ? request->desk : NULL),
        value_text(call->peer),
    };
    return rpc_wait_sql(call, STATEMENT_STAFF_LOGIN_FINISH, values, stage);
}

static struct rpc_verdict login_answer(struct rpc_call *call)
{
    const struct password_work *work = call->state;
    if (!call->work_succeeded || !call->row.value[0]) {
        error_set(&call->error, TS_UNAUTHENTICATED, "LOGIN_FAILED",
                  "The log-in or the password is wrong. Check both and try again.");
        return rpc_fail(call);
    }
    ProtobufCMessage *message =
        json_message_read(&touchstone__v1__login_response__descriptor, call->row.value[0],
                          call->row.length[0], call->arena, &call->error);
    if (!message)
        return rpc_fail(call);
    ((Touchstone__V1__LoginResponse *)message)->token = (char *)work->password;
    return rpc_reply(call, message);
}

struct rpc_verdict step_login(struct rpc_call *call)
{
    enum { BEGIN = RPC_STAGE_FIRST, HOLD_BACK, CHECK, FINISH, ANSWER };
    const Touchstone__V1__LoginRequest *request = (const Touchstone__V1__LoginRequest *)call->request;
    struct password_work *work = call->state;
    switch (call->stage) {
    case BEGIN: {
        const struct db_value values[] = {value_text(request->username), value_text(call->peer)};
        return rpc_wait_sql(call, STATEMENT_STAFF_LOGIN_BEGIN, values, HOLD_BACK);
    }
    case HOLD_BACK:
        work = work_create(call);
        if (!work)
            return rpc_fail(call);
        work->password = request->password;
        work->staff_id = call->row.value[0];
        work->encoded = call->row.value[1];
        work->version = call->row.value[2];
        return rpc_wait_ms(call, call->row.value[3] ? strtoull(call->row.value[3], NULL, 10) : 0, CHECK);
    case CHECK:
        return rpc_wait_work(call, work_run, FINISH);
    case FINISH:
        return work->error.status == TS_OK ? login_finish(call, request, ANSWER) : fail_password(call, work);
    default:
        return login_answer(call);
    }
}

static struct rpc_verdict ask_own_password(struct rpc_call *call, int stage)
{
    const struct db_value values[] = {value_bytea(call->token_hash, sizeof call->token_hash)};
    return rpc_wait_sql(call, STATEMENT_STAFF_PASSWORD_CONTEXT, values, stage);
}

// Holds back as long as the database says; then check_own_password.
static struct rpc_verdict hold_back_own(struct rpc_call *call, int stage)
{
    struct password_work *work = work_create(call);
    if (!work)
        return rpc_fail(call);
    work->encoded = call->row.value[0];
    work->version = call->row.value[1];
    if (!work->encoded || !work->version) {
        error_set(&call->error, TS_UNAUTHENTICATED, "SESSION_UNKNOWN",
                  "Your session has ended. Log in again.");
        return rpc_fail(call);
    }
    return rpc_wait_ms(call, call->row.value[2] ? strtoull(call->row.value[2], NULL, 10) : 0, stage);
}

// Checks `password` against the caller's own and, with `to_hash`, makes the hash of the new one.
static struct rpc_verdict check_own_password(struct rpc_call *call, const char *password, const char *to_hash,
                                             int stage)
{
    struct password_work *work = call->state;
    work->password = password;
    work->to_hash = to_hash;
    return rpc_wait_work(call, work_run, stage);
}

// Encoded argon2 hashes are ASCII without quotes or backslashes, so they stand in JSON as they are.
static struct rpc_verdict act_with_password(struct rpc_call *call)
{
    const struct password_work *work = call->state;
    call->daemon_json =
        work->to_hash && work->version
            ? arena_printf(call->arena, "\"password_version\":%s,\"new_password_hash\":\"%s\"", work->version,
                           work->hashed)
        : work->to_hash ? arena_printf(call->arena, "\"password_hash\":\"%s\"", work->hashed)
                        : arena_printf(call->arena, "\"password_version\":%s", work->version);
    if (call->daemon_json)
        return sql_step_begin(call);
    // Without it the act would refuse, and keep that refusal under the key.
    error_set(&call->error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "The server is too busy. Try again.");
    return rpc_fail(call);
}

// The old password does not fit: wrong, or this call was done before and its answer was lost. The act knows
// its key and gives that answer again; else it refuses.
static struct rpc_verdict act_without_password(struct rpc_call *call)
{
    const struct password_work *work = call->state;
    if (work->error.status != TS_OK)
        return fail_password(call, work);
    call->daemon_json = "\"password_wrong\":true";
    return sql_step_begin(call);
}

struct rpc_verdict step_change_password(struct rpc_call *call)
{
    enum { READ = RPC_STAGE_FIRST, HOLD_BACK, CHECK, ACT };
    const Touchstone__V1__ChangePasswordRequest *request =
        (const Touchstone__V1__ChangePasswordRequest *)call->request;
    switch (call->stage) {
    case READ:
        return ask_own_password(call, HOLD_BACK);
    case HOLD_BACK:
        return hold_back_own(call, CHECK);
    case CHECK:
        return check_own_password(call, request->old_password, request->new_password, ACT);
    case ACT:
        return call->work_succeeded ? act_with_password(call) : act_without_password(call);
    default:
        return sql_step_answer(call);
    }
}

struct rpc_verdict step_hash_password(struct rpc_call *call)
{
    enum { HASH = RPC_STAGE_FIRST, ACT };
    const char *password = rpc_request_text(call, "password");
    struct password_work *work;
    switch (call->stage) {
    case HASH:
        work = work_create(call);
        if (!work)
            return rpc_fail(call);
        work->to_hash = *password ? password : rpc_request_text(call, "new_password");
        return rpc_wait_work(call, work_run, ACT);
    case ACT:
        return call->work_succeeded ? act_with_password(call) : fail_password(call, call->state);
    default:
        return sql_step_answer(call);
    }
}

struct rpc_verdict step_confirm(struct rpc_call *call)
{
    enum { READ = RPC_STAGE_FIRST, HOLD_BACK, CHECK, ACT };
    switch (call->stage) {
    case READ:
        return ask_own_password(call, HOLD_BACK);
    case HOLD_BACK:
        return hold_back_own(call, CHECK);
    case CHECK:
        return check_own_password(call, rpc_request_text(call, "password"), NULL, ACT);
    case ACT:
        return call->work_succeeded ? act_with_password(call) : fail_password(call, call->state);
    default:
        return sheets_released(call);
    }
}

struct rpc_verdict step_release(struct rpc_call *call)
{
    enum { LOOK_AGAIN_MS = 50 };
    struct log_works *log = ((const struct lab *)dispatch_lab(call->dispatch))->log;
    const char *halted = log_works_halted(log);
    if (call->stage == RPC_STAGE_FIRST && !log_works_is_settled(log))
        return rpc_wait_ms(call, LOOK_AGAIN_MS, RPC_STAGE_FIRST);
    if (call->stage != RPC_STAGE_FIRST || !halted)
        return step_confirm(call);
    error_set(&call->error, TS_FAILED_PRECONDITION, "ISSUING_HALTED", "%s", halted);
    return rpc_fail(call);
}
