// SPDX-License-Identifier: Apache-2.0
// What server/rpc/call.c is to the daemon, for the peer stack: the verdicts that steps return, each done at
// once and waited for in the calling thread. See peer_steps.h.
#include "peer_steps.h"

#include "auth/token.h"
#include "db/parameters.h"
#include "db/sqlstate.h"
#include "lab/calculator.h"
#include "lab/lab.h"
#include "lab/statements.h"
#include "lab/steps.h"
#include "rpc/dispatch.h"
#include "rpc/rows.h"
#include "wire/json_wire.h"
#include "wire/prescan.h"
#include "wire/rules.h"

#include <err.h>
#include <string.h>

enum { ARENA_BYTES = 64 << 20 };

PGconn *peer_steps_connect(const char *conninfo, const struct rpc_method *const *methods, size_t count)
{
    PGconn *database = PQconnectdb(conninfo);
    if (PQstatus(database) != CONNECTION_OK)
        errx(1, "%s", PQerrorMessage(database));
    for (size_t i = 0; i < count; i++) {
        const struct db_statement *statement = &statement_table[methods[i]->statement];
        PGresult *result = PQprepare(database, statement->name, statement->sql, 0, NULL);
        if (PQresultStatus(result) != PGRES_COMMAND_OK)
            errx(1, "%s", PQerrorMessage(database));
        PQclear(result);
    }
    return database;
}

static bool read_request(struct rpc_call *call, const uint8_t *bytes, size_t length)
{
    ProtobufCAllocator allocator = arena_allocator(call->arena);
    if (!prescan_message(call->method->request, bytes, length, &call->error))
        return false;
    call->request = protobuf_c_message_unpack(call->method->request, &allocator, length, bytes);
    if (!call->request)
        return error_set(&call->error, TS_INVALID_ARGUMENT, "MESSAGE_MALFORMED", "This is no such message.");
    return rules_check(call->request, &call->error);
}

bool peer_steps_run(struct peer_steps *steps, PGconn *database, const struct rpc_method *method,
                    const char *authorization, const uint8_t *bytes, size_t length)
{
    struct rpc_call *call = &steps->call;
    memset(steps, 0, sizeof *steps);
    steps->database = database;
    call->method = method;
    call->arena = arena_create(ARENA_BYTES);
    const char *token = token_of_header(authorization);
    if (!call->arena)
        return error_set(&call->error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "No memory.");
    if (!token)
        return error_set(&call->error, TS_UNAUTHENTICATED, "SESSION_MISSING", "Log in first.");
    if (!token_hash(token, strlen(token), call->token_hash, &call->error) ||
        !read_request(call, bytes, length))
        return false;
    while (method->step(call).kind == RPC_WAITING)
        ;
    return call->error.status == TS_OK;
}

void peer_steps_done(struct peer_steps *steps)
{
    PQclear(steps->result);
    arena_free(steps->call.arena);
}

// ---- the verdicts of rpc/call.h that steps of the four acts need

static struct rpc_verdict done(void)
{
    return (struct rpc_verdict){.kind = RPC_DONE};
}

struct rpc_verdict rpc_fail(struct rpc_call *call)
{
    (void)call;
    return done();
}

struct rpc_verdict rpc_fail_answer(struct rpc_call *call)
{
    return rpc_fail(call);
}

static bool borrow_row(struct rpc_call *call, const PGresult *result)
{
    call->row = (struct rpc_row){.columns = PQnfields(result)};
    if (call->method->answers_rows)
        return rows_write(call->method->response, result, call->arena, &call->row.response,
                          &call->row.response_length, &call->error);
    for (int i = 0; PQntuples(result) > 0 && i < call->row.columns; i++) {
        if (PQgetisnull(result, 0, i))
            continue;
        call->row.value[i] = PQgetvalue(result, 0, i);
        call->row.length[i] = (size_t)PQgetlength(result, 0, i);
    }
    return true;
}

struct rpc_verdict rpc_wait_sql(struct rpc_call *call, size_t statement, const struct db_value *values,
                                int stage)
{
    struct peer_steps *steps = (struct peer_steps *)call;
    struct db_parameters parameters;
    parameters_set(&parameters, values, statement_table[statement].parameter_count);
    PQclear(steps->result);
    steps->result = PQexecPrepared(steps->database, statement_table[statement].name, parameters.count,
                                   parameters.values, parameters.lengths, parameters.formats, 0);
    if (PQresultStatus(steps->result) != PGRES_TUPLES_OK) {
        sqlstate_read(steps->result, &call->error);
        return rpc_fail(call);
    }
    if (!borrow_row(call, steps->result))
        return rpc_fail(call);
    call->stage = stage;
    return (struct rpc_verdict){.kind = RPC_WAITING};
}

static bool no_memory(struct rpc_call *call)
{
    return error_set(&call->error, TS_RESOURCE_EXHAUSTED, "ANSWER_TOO_LARGE", "The answer is too large.");
}

// In place: nobody waits for this loop.
struct rpc_verdict rpc_wait_work(struct rpc_call *call, bool (*work)(struct rpc_call *call), int stage)
{
    call->work_succeeded = work(call);
    call->stage = stage;
    return (struct rpc_verdict){.kind = RPC_WAITING};
}

struct rpc_verdict rpc_reply(struct rpc_call *call, const ProtobufCMessage *response)
{
    struct peer_steps *steps = (struct peer_steps *)call;
    uint8_t *bytes = arena_alloc(call->arena, protobuf_c_message_get_packed_size(response) + 1);
    if (!bytes) {
        no_memory(call);
        return rpc_fail(call);
    }
    steps->answer_length = protobuf_c_message_pack(response, bytes);
    steps->answer = bytes;
    return done();
}

struct rpc_verdict rpc_reply_json(struct rpc_call *call, const char *json, size_t length)
{
    struct peer_steps *steps = (struct peer_steps *)call;
    if (!json_wire_write(call->method->response, json, length, call->arena, &steps->answer,
                         &steps->answer_length, &call->error))
        return rpc_fail(call);
    return done();
}

struct rpc_verdict rpc_reply_bytes(struct rpc_call *call, const uint8_t *bytes, size_t length)
{
    struct peer_steps *steps = (struct peer_steps *)call;
    steps->answer = bytes;
    steps->answer_length = length;
    return done();
}

const char *rpc_request_text(const struct rpc_call *call, const char *field)
{
    const ProtobufCFieldDescriptor *found =
        protobuf_c_message_descriptor_get_field_by_name(call->method->request, field);
    if (!found || found->type != PROTOBUF_C_TYPE_STRING || found->label == PROTOBUF_C_LABEL_REPEATED)
        return "";
    const char *text = *(char *const *)((const char *)call->request + found->offset);
    return text ? text : "";
}

// Each thread calculates for itself; what it made lives as long as the program.
void *dispatch_lab(struct rpc_dispatch *dispatch)
{
    static _Thread_local struct lab lab;
    (void)dispatch;
    if (!lab.calculator && !(lab.calculator = calculator_create()))
        errx(1, "no memory");
    return &lab;
}

// ---- steps of the method table that are not served here

#define NOT_SERVED(step)                                                                                     \
    struct rpc_verdict step(struct rpc_call *call)                                                           \
    {                                                                                                        \
        error_set(&call->error, TS_UNIMPLEMENTED, "METHOD_UNKNOWN", "Not served by the peer stack.");        \
        return rpc_fail(call);                                                                               \
    }

NOT_SERVED(step_login)
NOT_SERVED(step_change_password)
NOT_SERVED(step_hash_password)
NOT_SERVED(step_release)
NOT_SERVED(step_confirm)
NOT_SERVED(step_look_up_sheet)
NOT_SERVED(step_track)
NOT_SERVED(step_show_board)
NOT_SERVED(step_show_statistics)
NOT_SERVED(step_follow_ticket)
NOT_SERVED(step_send_complaint)
NOT_SERVED(step_draw_statistics)
NOT_SERVED(step_fetch_sheet)
NOT_SERVED(step_download)
NOT_SERVED(step_slip)
NOT_SERVED(step_draw_chart)
NOT_SERVED(step_attach_file)
NOT_SERVED(step_download_record)
NOT_SERVED(step_record_proficiency)
NOT_SERVED(step_record_crm_check)
NOT_SERVED(step_save_profile)
NOT_SERVED(step_preview_file)
NOT_SERVED(step_import_file)
