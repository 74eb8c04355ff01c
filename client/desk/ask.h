// SPDX-License-Identifier: Apache-2.0
// What the desk wants to ask the server: calls in the order they were wanted, each with its request in an
// arena of its own. The loop (client/terminal) takes one at a time and brings the answer back; nothing here
// waits.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <protobuf-c/protobuf-c.h>

#include "wire/error.h"

struct arena;

enum ask_kind {
    ASK_NOTHING,
    ASK_WHO,
    ASK_LOGIN,
    ASK_FORM,
    ASK_PRODUCTS,
    ASK_METHODS,
    ASK_PERSONS,
    ASK_REVEAL,
    ASK_REGISTER,
    ASK_RECEIPT,
    ASK_ITEM,
    ASK_ITEMS,
    ASK_RETURN,
    ASK_RETURN_ITEM,
    ASK_RETURN_OF,
    ASK_WEIGH,
    ASK_PRESENT,
    ASK_PICTURE,
    ASK_CUSTODY,
    ASK_HOLDERS,
    ASK_STORAGES,
    ASK_OFFER,
    ASK_ACCEPT,
    ASK_UNOFFER,
    ASK_STORE,
    ASK_TAKE_OUT,
    ASK_CONSUME,
    ASK_INCIDENT,
    ASK_SETTLE,
    ASK_PORTION,
    ASK_DISPOSE,
    ASK_PROXY,
    ASK_VOID,
    ASK_OFFERS,
    ASK_STORED,
    ASK_UNCOLLECTED,
    ASK_UNACCOUNTED,
    ASK_TRAY,
    ASK_TRAY_STORE,
    ASK_TRAY_OUT,
    ASK_CLOSE_DAY,
    ASK_REOPEN_DAY,
    ASK_PHOTO,
    ASK_COLLECT,
    ASK_DELIVERIES,
    ASK_DELIVERY_COLLECTED,
    ASK_DELIVERY_RETRY,
    ASK_SLOTS,
    ASK_BOOK,
    ASK_BOOKING,
    ASK_ARRIVE,
    ASK_CANCEL_BOOKING,
    ASK_TICKETS,
    ASK_TAKE_TICKET,
    ASK_CALL,
    ASK_RECALL,
    ASK_SKIP,
    ASK_START,
    ASK_FINISH,
    ASK_REJECT,
    ASK_MEND_REVEAL,
    ASK_MEND_PERSON,
    ASK_MEND_ITEM,
    ASK_MERGE,
    ASK_UNMERGE,
    ASK_CHANGES,
    ASK_AIR,
    ASK_AIR_PLAN,
    ASK_AIR_CREW,
    ASK_AIR_READY,
    ASK_MOVE,
    // What the desk prepares for the hours without a server, and what it sends afterwards.
    ASK_PROBE,
    ASK_KEYS,
    ASK_CODES,
    ASK_LEASES,
    ASK_LEASE_SLOTS,
    ASK_LEASE,
    ASK_RETURN_LEASE,
    ASK_REPLAY,
    ASK_SET_ASIDE,
    // Of the guest (guest.h), up to ASK_BENCH_DRAW.
    ASK_BENCH_TESTS,
    ASK_BENCH_TEST,
    ASK_BENCH_FORM,
    ASK_BENCH_CLAIM,
    ASK_BENCH_ENTER,
    ASK_BENCH_SUBMIT,
    ASK_BENCH_LOTS,
    ASK_BENCH_BEGIN,
    ASK_BENCH_STOP,
    ASK_BENCH_HOLDS,
    ASK_BENCH_HOLD,
    ASK_BENCH_SHEETS,
    ASK_BENCH_SHEET,
    ASK_BENCH_SHEET_ENTER,
    ASK_BENCH_SHEET_SUBMIT,
    ASK_BENCH_PROFILES,
    ASK_BENCH_PREVIEW,
    ASK_BENCH_IMPORT,
    ASK_BENCH_CHARTS,
    ASK_BENCH_CHART,
    ASK_BENCH_DRAW,
    ASK_KINDS,
};

static inline bool ask_is_guests(enum ask_kind kind)
{
    return kind >= ASK_BENCH_TESTS && kind <= ASK_BENCH_DRAW;
}

struct ask {
    enum ask_kind kind;
    // Changes something.
    bool is_write;
    // May be repeated with the same key (a log-in has none).
    bool has_key;
    // Asked by the desk itself to see what others changed: its failure is no news, and it gives way.
    bool is_quiet;
    // The last press before it was wanted (desk.h: press_no).
    unsigned press_no;
    const char *method;
    ProtobufCMessage *request;
    const ProtobufCMessageDescriptor *response;
    struct arena *arena;
    // Why the request could not be put together.
    struct ts_error error;
};

enum { ASK_QUEUE = 8 };

struct ask_queue {
    struct ask asks[ASK_QUEUE];
    size_t count;
};

// A new ask with an empty request. False without memory.
bool ask_begin(enum ask_kind kind, struct ask *ret_ask);

// A text for the request; NULL without memory.
char *ask_text(struct ask *ask, const char *text);

// Puts it at the queue's end, and takes the ask over. When there is no room it is dropped and false returned.
bool ask_put(struct ask_queue *queue, struct ask *ask);

// Whether one of the kind waits there.
bool ask_waits(const struct ask_queue *queue, enum ask_kind kind);

// Takes the oldest. False when nothing is wanted.
bool ask_take(struct ask_queue *queue, struct ask *ret_ask);

void ask_free(struct ask *ask);
void ask_queue_done(struct ask_queue *queue);
