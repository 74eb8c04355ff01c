// SPDX-License-Identifier: Apache-2.0
// Birth and end of a ticket. Where it stands in between is the business of lane.c and pipeline.c.
#include "db/ticket.h"
#include "db/parameters.h"
#include <stdlib.h>

struct db_ticket *ticket_create(struct db_lane *lane, size_t statement, db_done *done, void *context)
{
    struct db_ticket *ticket = calloc(1, sizeof(*ticket));
    if (!ticket)
        return NULL;
    ticket->lane = lane;
    ticket->statement = statement;
    ticket->done = done;
    ticket->context = context;
    return ticket;
}

void ticket_free(struct db_ticket *ticket)
{
    if (!ticket)
        return;
    PQclear(ticket->result);
    free(ticket->parameters);
    free(ticket);
}

void ticket_answer(struct db_ticket *ticket, const struct db_outcome *outcome)
{
    db_done *done = ticket->done;
    void *context = ticket->context;
    // The rows live in ticket->result: freed only after the call, though the caller has to forget the ticket
    // at once.
    if (done)
        done(context, outcome);
    ticket_free(ticket);
}

void ticket_fail(struct db_ticket *ticket, enum db_result_kind kind, const struct ts_error *error)
{
    struct db_outcome outcome = {.kind = kind, .error = *error};
    ticket_answer(ticket, &outcome);
}
