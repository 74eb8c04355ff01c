// SPDX-License-Identifier: Apache-2.0
// The desk and the hours without a server. While there is one the desk prepares itself: the journal's keys,
// item codes, leased places, the catalogue on the disk. When there is none, intakes go into the journal; when
// it is back, they are sent one after the other by the same thread that makes all calls, and never before
// what a person waits for. docs/offline.md.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <protobuf-c/protobuf-c.h>

#include "desk/ask.h"
#include "desk/field.h"
#include "desk/reason.h"
#include "journal/journal.h"
#include "journal/keys.h"

struct arena;
struct catalogue;
struct desk;
struct press;
struct rpc_outcome;

enum {
    // Whether it is back.
    OFFLINE_PROBE_MS = 3000,
    // How long what the desk wants by itself, and what a visitor waits for, may take.
    OFFLINE_QUIET_MS = 6000,
    OFFLINE_PATIENCE_MS = 12000,
    // After a failure of what the desk prepares, and of a sending that did not count.
    OFFLINE_AGAIN_MS = 60000,
    OFFLINE_RESEND_MS = 5000,
    // Codes that are held, and when more are asked for.
    OFFLINE_CODES = 60,
    OFFLINE_CODES_LOW = 20,
    // Places of a session that a desk leases, as long as so many stay free for all.
    OFFLINE_PLACES = 2,
    OFFLINE_PLACES_FREE = 6,
};

struct kept_bytes {
    uint8_t *bytes;
    size_t length;
};

struct offline {
    // Names the files; "" = nothing is kept on this machine.
    char profile[64];
    // The time of day, in milliseconds since 1970; the loop sets it.
    int64_t wall_ms;
    // NULL until the keys are there.
    struct journal *journal;
    // Why it could not be opened, for the person; "" = it was not tried.
    char trouble[600];
    // Another program has it: it is tried again until that one has ended.
    bool is_busy;
    int64_t busy_ms;
    struct journal_keys keys;
    bool has_keys;
    // Unlocked by the password alone: no server has said yet who this is.
    bool is_local;
    // The server is back and wants a log-in.
    bool needs_login;
    // Typed at the log-in, until the keys have come.
    char password[129];
    bool wants_keys, wants_leases;
    int64_t probed_ms, after_ms, resend_ms;
    // A session of today has places for walk-ins; this desk holds a lease that is not the journal's.
    bool has_sessions, has_strange_lease;
    // The lease that this desk has of the server, to be given back.
    char lease_id[JOURNAL_ID];
    int lease_places;
    int64_t lease_ends_ms;
    // What is being sent, and whether it stands in the other journal.
    char sending[JOURNAL_ID];
    bool sends_other;
    // Another desk's, while it is open.
    struct journal *other;
    char other_path[FIELD_BYTES];
    // The list shows what is done with too.
    bool shows_all;
    // What is being set aside stands in the other journal.
    bool aside_is_other;
    // The provisional slip that is shown: a receipt without a number.
    struct arena *slip_arena;
    ProtobufCMessage *slip;
    char slip_id[JOURNAL_ID];
    bool slip_is_other;
    // Answers that are read, until all of them are there.
    struct kept_bytes kept;
    // When the catalogue that is used was read, if it is the one on the disk.
    int64_t catalogue_at_ms;
    // The server is back, and its own is to be read as soon as no form is open.
    bool wants_catalogue;
    // Leaving, once the lease is given back.
    bool is_leaving;
};

void offline_done(struct desk *desk);

// Somebody has logged in, or has a session: what has to be prepared is asked for when there is time.
void offline_begin(struct desk *desk);

// Whether intakes can be kept here.
bool offline_can_keep(const struct desk *desk);

// offline_calls.c. Time has passed.
void offline_tick(struct desk *desk);

// A call of the desk's own came back.
void offline_answered(struct desk *desk, struct ask *ask, ProtobufCMessage *response);
// A call failed. True: it was one of the desk's own.
bool offline_failed(struct desk *desk, const struct ask *ask, const struct rpc_outcome *outcome);

// What the journal says that it could not do, in the desk's language.
const char *offline_why(const struct desk *desk, const struct ts_error *error, char text[REASON_TEXT]);

// How many entries wait, of the desk's own journal; whether a person has to look at one.
size_t offline_waiting(const struct desk *desk);
bool offline_is_stopped(const struct desk *desk);
// Codes and places that are left.
size_t offline_codes(const struct desk *desk);
int offline_places(const struct desk *desk);

// opening.c: whether this person's password opens the journal here; opens it by it, and tells what is wrong.
bool opening_knows(const struct desk *desk, const char *username);
bool opening_unlock(struct desk *desk, const char *username, const char *password);
// The other program that had it may have ended.
void opening_again(struct desk *desk);
void opening_take_keys(struct desk *desk, const ProtobufCMessage *response);

// preparing.c: asks for the next thing; false when all is there.
bool preparing_next(struct desk *desk);
// One call of the desk's own. False when it cannot be made.
bool preparing_ask(struct desk *desk, enum ask_kind kind, const char *path, const char *text);
void preparing_take_codes(struct desk *desk, const ProtobufCMessage *response);
void preparing_take_leases(struct desk *desk, const ProtobufCMessage *response);
void preparing_take_slots(struct desk *desk, const ProtobufCMessage *response);
void preparing_take_lease(struct desk *desk, const ProtobufCMessage *response);
void preparing_forget_lease(struct desk *desk);
// Reserved codes for the items of the open intake; without any the server gives them.
void preparing_give_codes(struct desk *desk);
// Gives the lease back and then ends; false when there is nothing to give back.
bool preparing_leave(struct desk *desk);

// replaying.c: sends what is due. False when nothing is.
bool replaying_next(struct desk *desk);
void replaying_answered(struct desk *desk, ProtobufCMessage *response);
void replaying_failed(struct desk *desk, const struct rpc_outcome *outcome);

// saving.c: keeps the open intake here, and shows its slip. `was_sent`: nobody knows what became of it.
void saving_keep(struct desk *desk, bool was_sent);
// Sends the corrected intake in the place of the entry that it came from.
void saving_resend(struct desk *desk);
// Prints the slip that is shown, and its labels.
void saving_print(struct desk *desk);
// Shows the entry as a slip.
bool saving_show(struct desk *desk, bool is_other, size_t index);
// slip.c: a receipt without a number, in the arena; NULL when the entry cannot be read.
ProtobufCMessage *slip_make(const struct catalogue *catalogue, const struct journal *journal, size_t index,
                            struct arena *arena);
// The journal and the place of the slip that is shown; NULL when it is gone.
struct journal *saving_shown(const struct desk *desk, size_t *ret_index);

// waiting.c: the screen of what waits.
void waiting_show(struct desk *desk);
struct journal *waiting_journal(const struct desk *desk);
// The entry in the row; NULL beyond the end.
const struct journal_entry *waiting_entry(const struct desk *desk, size_t row, size_t *ret_index);
// The server has it: set aside in the journal too.
void waiting_set_aside(struct desk *desk);
// Of its dialogs: a path, a reason.
void waiting_dialog_done(struct desk *desk);

// kept_catalogue.c: the catalogue on the disk.
enum kept_part { KEPT_FORM = 1, KEPT_PRODUCTS = 2, KEPT_METHODS = 3 };
void kept_catalogue_add(struct desk *desk, enum kept_part part, const ProtobufCMessage *answer);
// It is whole: written.
void kept_catalogue_save(struct desk *desk);
// Reads it when nothing better is there. False when there is none.
bool kept_catalogue_load(struct desk *desk);
