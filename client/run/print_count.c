// SPDX-License-Identifier: Apache-2.0
// See print_count.h.
#include "run/print_count.h"

#include <stdio.h>
#include <string.h>

#include "message/path.h"
#include "message/value.h"
#include "printer/order.h"
#include "printer/spool.h"
#include "rpc/outcome.h"
#include "rpc/retry.h"
#include "run/client.h"
#include "run/request_id.h"
#include "text/exit_code.h"
#include "touchstone/v1/desk.pb-c.h"
#include "wire/arena.h"
#include "wire/error.h"

static const char METHOD[] = "/touchstone.v1.DeskService/RecordPrints";

static bool add_piece(struct client *client, ProtobufCMessage *request, int kind, const char *number,
                      struct ts_error *error)
{
    void *place;

    if (!path_append(client->arena, request, &touchstone__v1__record_prints_request__descriptor.fields[1],
                     &place, error))
        return false;
    (*(Touchstone__V1__PrintPiece **)place)->print_kind = (Touchstone__V1__PrintKind)kind;
    return value_set(client->arena, *(ProtobufCMessage **)place, "number", number, error);
}

static ProtobufCMessage *build(struct client *client, const struct order *orders, const char *const *numbers,
                               size_t count, const char *printer, struct ts_error *error)
{
    ProtobufCMessage *request =
        path_new_message(client->arena, &touchstone__v1__record_prints_request__descriptor);
    char *id = arena_alloc(client->arena, REQUEST_ID_SIZE);
    const char *reason = client_flag(client, "reason");
    bool held;

    if (request == NULL || id == NULL) {
        error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
        return NULL;
    }
    if (!request_id_make(id)) {
        error_set(error, TS_INTERNAL, "NO_RANDOM", "the system gives no random bytes");
        return NULL;
    }
    held = value_set(client->arena, request, "request_id", id, error) &&
           (reason == NULL || value_set(client->arena, request, "reason", reason, error)) &&
           value_set(client->arena, request, "printer", printer, error);
    for (size_t i = 0; held && i < count; i++)
        held = add_piece(client, request, order_kind(orders[i].layout), numbers[i], error);
    return held ? request : NULL;
}

// A daemon that is not there, or one that is older than this client.
static bool is_away(const struct rpc_outcome *outcome)
{
    return outcome->fate == RPC_NOT_SENT || outcome->fate == RPC_NO_ANSWER ||
           (outcome->fate == RPC_ANSWERED &&
            (outcome->error.status == TS_UNAVAILABLE || outcome->error.status == TS_UNIMPLEMENTED));
}

static void take(struct order *order, const char *number, const Touchstone__V1__RecordPrintsResponse *answer)
{
    for (size_t i = 0; i < answer->n_prints; i++) {
        const Touchstone__V1__Print *print = answer->prints[i];

        // A ticket is asked for without its day.
        if ((int)print->print_kind == order_kind(order->layout) &&
            (strcmp(print->number, number) == 0 || answer->ticket != NULL))
            order_mark(order, print->copy, false);
    }
    if (answer->paper != NULL)
        order->paper = &answer->paper->base;
    if (answer->ticket != NULL)
        order->root = &answer->ticket->base;
}

static bool count_here(struct client *client, struct order *orders, size_t count, struct ts_error *error)
{
    for (size_t i = 0; i < count; i++) {
        int before;

        if (!spool_count(orders[i].what, &before, error))
            return false;
        order_mark(&orders[i], before + 1, true);
    }
    fprintf(client->talk, "the server is away: copies are counted at this desk, and the paper says so\n");
    return true;
}

bool print_count(struct client *client, struct order *orders, const char *const *numbers, size_t count,
                 const char *printer, int *ret_exit_code)
{
    struct rpc_outcome outcome = {.fate = RPC_NOT_SENT};
    struct ts_error error = {0};
    ProtobufCMessage *request = build(client, orders, numbers, count, printer, &error), *answer;
    bool held = request != NULL;

    if (held && client_call(client, RETRY_WRITE, METHOD, request,
                            &touchstone__v1__record_prints_response__descriptor, &answer, &outcome)) {
        for (size_t i = 0; i < count; i++)
            take(&orders[i], numbers[i], (const Touchstone__V1__RecordPrintsResponse *)answer);
        return true;
    }
    // A ticket's slip is made from the server's answer: there is nothing to print without it.
    if (held && is_away(&outcome) && orders[0].root != NULL) {
        held = count_here(client, orders, count, &error);
        if (held)
            return true;
    }
    *ret_exit_code =
        request == NULL || !held ? client_fail(client, &error) : client_fail_call(client, &outcome, false);
    return false;
}
