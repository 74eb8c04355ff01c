// SPDX-License-Identifier: Apache-2.0
// Pipeline mode, as it really behaves (verified on libpq 15): a statement gives result, NULL, PIPELINE_SYNC;
// a deferred constraint gives rows, NULL, error, PIPELINE_SYNC; a lost backend gives errors and no
// PIPELINE_SYNC. So the answer of the head ticket is complete at PIPELINE_SYNC and an error replaces rows
// that came before it. PQpipelineSync of libpq 15 writes to the socket itself, so each act costs one write;
// what the socket does not take is flushed when it is writable again.
#include "db/pipeline.h"
#include "core/log.h"
#include "db/parameters.h"
#include "db/pool_state.h"
#include "db/sqlstate.h"
#include <stdio.h>
#include <string.h>

void pipeline_set_unknown(struct ts_error *error)
{
    memset(error, 0, sizeof(*error));
    error_set(error, TS_UNKNOWN, "OUTCOME_UNKNOWN",
              "the outcome is unknown; send the same request again to learn it");
}

void pipeline_set_unavailable(struct ts_error *error)
{
    memset(error, 0, sizeof(*error));
    error_set(error, TS_UNAVAILABLE, "DATABASE_UNAVAILABLE", "the database is not available, try again");
}

static void mark_failed(struct db_connection *connection, const char *why)
{
    if (!connection->failure)
        connection->failure = why;
    pool_mark_dirty(connection->lane->pool, connection);
}

// Flushes and watches for what is still to go. Results may have been read by the flush: the turn looks at
// them.
static bool push(struct db_connection *connection)
{
    int left = PQflush(connection->pg);
    if (left < 0 || !connection_watch(connection, UV_READABLE | (left > 0 ? UV_WRITABLE : 0))) {
        mark_failed(connection, "write");
        return false;
    }
    return true;
}

bool pipeline_send(struct db_connection *connection, struct db_ticket *ticket,
                   const struct db_parameters *parameters)
{
    const struct db_statement *statement = &connection->lane->pool->statements[ticket->statement];
    if (!PQsendQueryPrepared(connection->pg, statement->name, parameters->count, parameters->values,
                             parameters->lengths, parameters->formats, 0)) {
        // Without a Sync the server never commits it.
        mark_failed(connection, "send");
        return false;
    }
    // A Sync that failed may still stand in libpq's buffer, which goes out when the connection is closed.
    bool synced = PQpipelineSync(connection->pg);
    if (!synced)
        mark_failed(connection, "send");
    ticket->connection = connection;
    TAILQ_INSERT_TAIL(&connection->sent, ticket, link);
    connection->in_flight++;
    pool_mark_dirty(connection->lane->pool, connection);
    if (synced)
        push(connection);
    return true;
}

bool pipeline_prepare(struct db_connection *connection)
{
    struct db_pool *pool = connection->lane->pool;
    connection->to_prepare = 0;
    for (size_t i = 0; i < pool->statement_count; i++) {
        const struct db_statement *statement = &pool->statements[i];
        if (statement->class != connection->lane->class)
            continue;
        if (!PQsendPrepare(connection->pg, statement->name, statement->sql, 0, NULL) ||
            !PQpipelineSync(connection->pg))
            return false;
        connection->to_prepare++;
    }
    pool_mark_dirty(pool, connection);
    return push(connection);
}

static bool is_error(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    return status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && status != PGRES_EMPTY_QUERY;
}

// An error of libpq itself: the line is gone, or memory was short and rows or a Sync are lost to us, after
// which answers no longer stand beside their questions. Nothing that comes after it is believed.
static bool is_own_error(const PGresult *result)
{
    return PQresultStatus(result) != PGRES_PIPELINE_SYNC && is_error(result) &&
           !PQresultErrorField(result, PG_DIAG_SQLSTATE);
}

// A migration made the function anew with another type: the statement prepared before it no longer fits, and
// was not begun.
static bool is_stale_plan(const PGresult *error)
{
    const char *sqlstate = PQresultErrorField(error, PG_DIAG_SQLSTATE);
    const char *function = PQresultErrorField(error, PG_DIAG_SOURCE_FUNCTION);
    return sqlstate && strcmp(sqlstate, "0A000") == 0 && function &&
           strcmp(function, "RevalidateCachedQuery") == 0;
}

// Errors after which this connection is of no use: its plans are stale, or the server has become a standby.
static bool needs_new_connection(const PGresult *error)
{
    const char *sqlstate = PQresultErrorField(error, PG_DIAG_SQLSTATE);
    return is_stale_plan(error) || (sqlstate && strcmp(sqlstate, "25006") == 0);
}

static void read_outcome(struct db_ticket *ticket, struct db_outcome *ret)
{
    memset(ret, 0, sizeof(*ret));
    if (is_error(ticket->result)) {
        if (is_stale_plan(ticket->result))
            pipeline_set_unavailable(&ret->error);
        else
            sqlstate_read(ticket->result, &ret->error);
        ret->kind = sqlstate_kind(&ret->error);
        if (ret->error.status == TS_INTERNAL)
            sqlstate_log(ticket->result, ticket->lane->pool->statements[ticket->statement].name);
        if (needs_new_connection(ticket->result) && ticket->connection->state == CONNECTION_READY)
            connection_enter(ticket->connection, CONNECTION_DRAINING);
    } else if (ticket->doubtful) {
        ret->kind = DB_UNKNOWN;
        pipeline_set_unknown(&ret->error);
    } else {
        ret->kind = DB_DONE;
        ret->result = ticket->result;
    }
}

static void finish_head(struct db_connection *connection)
{
    struct db_ticket *ticket = TAILQ_FIRST(&connection->sent);
    struct db_lane *lane = connection->lane;
    struct db_outcome outcome;
    if (!ticket || !ticket->result) { // without rows: there was no memory for them
        mark_failed(connection, "protocol");
        return;
    }
    TAILQ_REMOVE(&connection->sent, ticket, link);
    connection->in_flight--;
    deadline_remove(&lane->pool->deadlines, ticket);
    read_outcome(ticket, &outcome);
    if (outcome.kind == DB_UNKNOWN)
        lane->pool->answers_unknown++;
    ticket_answer(ticket, &outcome);
    lane_dispatch(lane);
}

// The Syncs come back in order: the statement is the one that has as many of its class behind it as are
// outstanding.
static const char *statement_being_prepared(const struct db_connection *connection)
{
    const struct db_pool *pool = connection->lane->pool;
    size_t left = connection->to_prepare;
    for (size_t i = pool->statement_count; i-- > 0 && left > 0;)
        if (pool->statements[i].class == connection->lane->class && --left == 0)
            return pool->statements[i].name;
    return "";
}

// A statement that does not fit the schema leaves the connection useful for the others; anything else ends
// it.
static void take_prepare_error(struct db_connection *connection, const PGresult *result)
{
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (sqlstate_status(sqlstate) != TS_INTERNAL) {
        mark_failed(connection, "prepare");
        return;
    }
    struct db_pool *pool = connection->lane->pool;
    const char *statement = statement_being_prepared(connection);
    if (!pool->wrong_statement)
        pool->wrong_statement = statement;
    // Before the pool was ever ready its owner says what to do, once; later every statement is news.
    if (connection == connection->lane->connections)
        log_write(pool->was_ready ? LOG_ERROR : LOG_DEBUG, "statement_wrong", "statement", statement,
                  "sqlstate", sqlstate, "error",
                  log_text(PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY)), NULL);
}

static void take_prepare_result(struct db_connection *connection, PGresult *result)
{
    if (is_own_error(result)) {
        mark_failed(connection, "prepare");
    } else if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
        if (connection->to_prepare > 0 && --connection->to_prepare == 0)
            connection_enter(connection, CONNECTION_READY);
    } else if (is_error(result)) {
        take_prepare_error(connection, result);
    }
    PQclear(result);
}

static void take_result(struct db_connection *connection, PGresult *result)
{
    if (connection->state == CONNECTION_PREPARING) {
        take_prepare_result(connection, result);
        return;
    }
    if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
        PQclear(result);
        finish_head(connection);
        return;
    }
    struct db_ticket *ticket = TAILQ_FIRST(&connection->sent);
    // It must not cover the server's last word.
    bool own = is_own_error(result);
    if (own)
        mark_failed(connection, "lost");
    if (ticket && !own && (!ticket->result || is_error(result))) {
        PQclear(ticket->result);
        ticket->result = result;
    } else {
        PQclear(result);
    }
}

// Whether a result is there to take. Without memory for one, libpq says so in its message and goes on
// waiting, for a Sync that has long come: such a connection would hold its calls until their deadlines.
static bool has_result(struct db_connection *connection)
{
    size_t told = strlen(PQerrorMessage(connection->pg));
    if (!PQisBusy(connection->pg))
        return true;
    if (strlen(PQerrorMessage(connection->pg)) > told)
        mark_failed(connection, "memory");
    return false;
}

void pipeline_drain(struct db_connection *connection)
{
    unsigned nulls = 0;
    while (connection->pg && nulls < 2 && has_result(connection)) {
        PGresult *result = PQgetResult(connection->pg);
        if (!result) {
            nulls++;
            continue;
        }
        nulls = 0;
        bool own = is_own_error(result);
        take_result(connection, result);
        if (own)
            return;
    }
}

void pipeline_settle(struct db_connection *connection)
{
    // Still marked from before it was lost and begun anew: nothing to settle until it is connected.
    if (!connection->pg || connection->state == CONNECTION_CONNECTING)
        return;
    pipeline_drain(connection);
    if (!connection->failure)
        push(connection);
    if (connection->failure)
        connection_lose(connection, connection->failure);
    else if (PQstatus(connection->pg) == CONNECTION_BAD)
        connection_lose(connection, "lost");
    else if (connection->state == CONNECTION_DRAINING && connection->in_flight == 0)
        connection_lose(connection, "renew");
}

void pipeline_read(struct db_connection *connection)
{
    if (!PQconsumeInput(connection->pg))
        mark_failed(connection, "lost");
    pipeline_settle(connection);
}

// The server's own last word on this connection: FATAL or PANIC with a code. It is the last thing it ever
// sends, so what stands behind the head was never begun.
static bool server_ended_at(const struct db_ticket *head)
{
    if (!head || !head->result || !is_error(head->result))
        return false;
    const char *severity = PQresultErrorField(head->result, PG_DIAG_SEVERITY_NONLOCALIZED);
    return severity && (strcmp(severity, "FATAL") == 0 || strcmp(severity, "PANIC") == 0);
}

void pipeline_abandon(struct db_connection *connection)
{
    struct db_pool *pool = connection->lane->pool;
    struct ticket_list lost = TAILQ_HEAD_INITIALIZER(lost);
    struct db_ticket *ticket;
    struct ts_error unknown, unavailable;
    pipeline_set_unknown(&unknown);
    pipeline_set_unavailable(&unavailable);
    TAILQ_CONCAT(&lost, &connection->sent, link);
    connection->in_flight = 0;
    // All leave the heap first: answering one can submit others, and the heap's room is counted.
    TAILQ_FOREACH(ticket, &lost, link)
    deadline_remove(&pool->deadlines, ticket);
    bool head = true, only_head = server_ended_at(TAILQ_FIRST(&lost));
    while ((ticket = TAILQ_FIRST(&lost))) {
        TAILQ_REMOVE(&lost, ticket, link);
        bool doubt = lane_may_change(connection->lane, ticket->statement) && (head || !only_head);
        pool->answers_unknown += doubt && ticket->done;
        ticket_fail(ticket, doubt ? DB_UNKNOWN : DB_UNAVAILABLE, doubt ? &unknown : &unavailable);
        head = false;
    }
}

void pipeline_notice(void *context, const PGresult *notice)
{
    struct db_connection *connection = context;
    struct db_ticket *head = TAILQ_FIRST(&connection->sent);
    // By the function, because the text can be translated; by the text, because functions can be renamed.
    const char *function = PQresultErrorField(notice, PG_DIAG_SOURCE_FUNCTION);
    const char *message = PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY);
    bool cancelled = (function && strcmp(function, "SyncRepWaitForLSN") == 0) ||
                     (message && strstr(message, "synchronous replication"));
    if (head && cancelled)
        head->doubtful = true;
}
