// SPDX-License-Identifier: Apache-2.0
// One act on its way: waiting in its lane (then it owns a copy of its values) or sent on a connection (then
// it stands in that connection's FIFO until its Sync comes back). Private to the pool.
#pragma once

#include "db/outcome.h"
#include "db/value.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

struct db_connection;
struct db_lane;
struct db_parameters;

struct db_ticket {
    TAILQ_ENTRY(db_ticket) link;
    struct db_lane *lane;
    struct db_connection *connection; // NULL while waiting
    size_t statement;
    db_done *done; // NULL = orphan
    void *context;
    uint64_t origin;   // whose it is, see pool_set_origin
    bool is_question;  // goes first, see pool_ask
    uint64_t due_ms;   // on the loop's clock
    size_t heap_index; // see deadline.h
    bool overdue;      // answered at its deadline; at the next one its connection is dropped
    bool doubtful; // the wait for a synchronous standby was cancelled: committed here, perhaps nowhere else
    PGresult *result;                 // the first result, or the error that followed it
    struct db_parameters *parameters; // only while waiting
};

TAILQ_HEAD(ticket_list, db_ticket);

// NULL without memory.
struct db_ticket *ticket_create(struct db_lane *lane, size_t statement, db_done *done, void *context);
void ticket_free(struct db_ticket *ticket);

// Takes the ticket's answer from *outcome to its caller, if there still is one, and frees the ticket, which
// must be off every list and heap by now.
void ticket_answer(struct db_ticket *ticket, const struct db_outcome *outcome);
// The same for the kinds that carry only an error.
void ticket_fail(struct db_ticket *ticket, enum db_result_kind kind, const struct ts_error *error);
