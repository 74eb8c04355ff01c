// SPDX-License-Identifier: Apache-2.0
// An intake between its request and the journal: reserved codes, the leased place and the time go into the
// request before it is packed; what the journal must know of a request is read from it.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "journal/journal.h"
#include "journal/keys.h"
#include "touchstone/v1/desk.pb-c.h"

struct arena;

// How the request is taken.
enum offline_taking {
    // Nothing of it was sent: codes, lease (unless it serves a booking or a ticket) and the time are put in.
    OFFLINE_FRESH,
    // It was sent and nobody knows what came of it: it stays byte by byte what it was, with its key.
    OFFLINE_AS_SENT,
};

// Puts the intake into the journal; true: saved here, not yet booked. `request` must have its request_id; its
// texts of the journal's making live in the arena. `line` is what the list shows. *ret_index is its place,
// see journal_entry: codes[0] is the number of the provisional slip. JOURNAL_NO_CODES: fewer reserved codes
// are left than it has items.
bool offline_take(struct journal *journal, Touchstone__V1__RegisterIntakeRequest *request,
                  enum offline_taking taking, const char *user, const char *line, int64_t now_ms,
                  struct arena *arena, size_t *ret_index, struct ts_error *error);

// "王** 2 件 戒指" / "王** 2 items: 戒指": what the list may show of an intake.
const char *offline_line(const Touchstone__V1__RegisterIntakeRequest *request, bool chinese,
                         struct arena *arena);

// The keys as the server gave them, for journal_keys_keep. `laboratory`: the one meant, or "" for the first.
bool offline_keys(const Touchstone__V1__GetJournalKeysResponse *answer, const char *laboratory,
                  struct journal_keys *ret_keys, struct ts_error *error);

// The request of an entry, unpacked into the arena.
Touchstone__V1__RegisterIntakeRequest *offline_request(const struct journal *journal, size_t index,
                                                       struct arena *arena, struct ts_error *error);

// Sends the entry anew under a new key: `changed` as a person corrected it, or NULL for the same again (the
// server keeps a refusal with its key). It names the ids of before: what is booked under one of them is not
// booked again. The codes stay what they are, labels are printed; so does the time,
// if the server takes it.
bool offline_resend(struct journal *journal, size_t index, Touchstone__V1__RegisterIntakeRequest *changed,
                    const char *by, const char *reason, int64_t now_ms, struct arena *arena,
                    struct ts_error *error);
