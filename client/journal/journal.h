// SPDX-License-Identifier: Apache-2.0
// The journal of a desk that goes on without the server: one file that only grows, encrypted, in which an
// intake stands before anybody is told "saved here, not yet booked". docs/offline.md has its format and what
// happens when the power goes at each line.
//
// Who has it open holds its lock. Nothing here waits for a network: who replays asks journal_next what is
// due, sends it by what it has (retry_unary, the desk's worker), and tells the outcome to journal_settle.
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct journal;
struct journal_keys;
struct journal_system;
struct rpc_outcome;
struct ts_error;

enum {
    JOURNAL_ID = 37, // a UUID as text
    JOURNAL_CODE = 10,
    JOURNAL_CODES = 20, // of one intake
    JOURNAL_NAME = 64,
    JOURNAL_TEXT = 256,
    JOURNAL_METHOD = 96,
    // The server keeps a key for 30 days (lab.policy): what is older may have been done and forgotten.
    JOURNAL_KEY_DAYS = 30,
    // How many ids of before an entry names to the server (RegisterIntakeRequest.replaces_request_ids).
    JOURNAL_IDS_BEFORE = 200,
};

struct journal_settings {
    // The file; its folder is made. journal_path tells the one of a profile.
    const char *path;
    // Who opens it: names the desk of a new file. With "" the file must be there.
    const char *desk;
    const struct journal_keys *keys;
    // Milliseconds since 1970.
    int64_t now_ms;
    // How long to wait for another process that has it open; 0: not at all.
    int lock_wait_ms;
    // NULL: the system's own calls. Tests make them fail.
    const struct journal_system *system;
};

// "$XDG_STATE_HOME/touchstone/journal/PROFILE/intake.journal".
bool journal_path(const char *profile, char ret_path[PATH_MAX], struct ts_error *error);

// Opens or begins the journal. Refusals by reason: JOURNAL_BUSY another process has it; JOURNAL_KEY none of
// the keys opens it; JOURNAL_FORMAT it is none; JOURNAL_NEWER a newer program wrote it; JOURNAL_READ_ONLY and
// JOURNAL_DISK_FULL name what lacks. What a sentence names stands in the metadata too. A torn tail and a
// damage are no refusals: see journal_about.
struct journal *journal_open(const struct journal_settings *settings, struct ts_error *error);
void journal_close(struct journal *journal);

struct journal_about {
    char journal_id[JOURNAL_ID], desk[16];
    int64_t created_at_ms;
    // What was being written when the power went, and where it was set aside. 0: nothing.
    size_t torn_bytes;
    char torn_path[512];
    // A record within the file is damaged: what stands before it can be read and exported, and nothing is
    // added or replayed. 0: none. `damage` is the sentence for the person.
    uint64_t damaged_at_byte;
    char damage[JOURNAL_TEXT];
    // JOURNAL_DAMAGED, JOURNAL_ALTERED; JOURNAL_NEWER: a newer program wrote it, and nothing is wrong with
    // it.
    char damage_reason[24];
};

const struct journal_about *journal_about(const struct journal *journal);

enum journal_state {
    // Saved here, not yet booked.
    JOURNAL_WAITING,
    JOURNAL_BOOKED,
    // The server refused it: a person decides, and what is behind it waits.
    JOURNAL_CONFLICT,
    // Another entry was sent in its place.
    JOURNAL_REPLACED,
    // A person gave it up, with a reason.
    JOURNAL_SET_ASIDE,
};

struct journal_entry {
    enum journal_state state;
    char request_id[JOURNAL_ID], user[JOURNAL_NAME];
    // When the person took it in, and when this entry (its key) was written.
    int64_t taken_at_ms, saved_at_ms;
    char method[JOURNAL_METHOD];
    // One line for the person's list: no more of a person than the list may show.
    char line[JOURNAL_TEXT];
    char laboratory[16];
    // Printed on labels; the first is the number of the provisional slip.
    char codes[JOURNAL_CODES][JOURNAL_CODE];
    size_t code_count;
    char lease_id[JOURNAL_ID];
    // In whose place this one is sent, or "".
    char replaces[JOURNAL_ID];
    // The newest outcome: receipt number when booked, and a sentence when it was booked earlier and otherwise
    // than it stands here; reason and sentence of a conflict; the person's reason.
    char receipt_no[48], reason[48], outcome[JOURNAL_TEXT], resolved_by[JOURNAL_NAME];
    int64_t settled_at_ms;
};

// In the order of taking; an entry that replaces another has the other's place.
size_t journal_count(const struct journal *journal);
// NULL beyond the end. Valid until the journal changes.
const struct journal_entry *journal_entry(const struct journal *journal, size_t index);
// By request id or by a code of it (the number of the provisional slip).
bool journal_find(const struct journal *journal, const char *number, size_t *ret_index);
// How many wait (waiting or in conflict).
size_t journal_waiting(const struct journal *journal);
// The request as it was packed; free() it.
bool journal_request(const struct journal *journal, size_t index, uint8_t **ret_bytes, size_t *ret_length,
                     struct ts_error *error);

struct journal_intake {
    // laboratory, codes and lease are what the packed request says: journal/offline.h reads them from it.
    const char *request_id, *user, *method, *line, *laboratory, *lease_id;
    const char (*codes)[JOURNAL_CODE];
    size_t code_count;
    const uint8_t *request;
    size_t request_bytes;
    int64_t taken_at_ms, now_ms;
};

// True: it is on the disk, synced. Only then may anybody be told that it is saved. On failure nothing of it
// is in the journal: JOURNAL_DISK_FULL, JOURNAL_WRITE, JOURNAL_CODE_USED, JOURNAL_DAMAGED.
bool journal_add(struct journal *journal, const struct journal_intake *intake, struct ts_error *error);

// What the desk holds beforehand: reserved codes and leased places.
bool journal_add_codes(struct journal *journal, const char *laboratory, const char (*codes)[JOURNAL_CODE],
                       size_t count, int64_t now_ms, struct ts_error *error);
// The same lease once more takes the place of what was known; 0 places: it was given back.
bool journal_add_lease(struct journal *journal, const char *laboratory, const char *lease_id, int places,
                       int64_t ends_at_ms, int64_t now_ms, struct ts_error *error);
size_t journal_codes_left(const struct journal *journal, const char *laboratory);
// So many free codes, not yet taken: taken is what an added intake names. False when there are fewer.
bool journal_free_codes(const struct journal *journal, const char *laboratory, size_t count,
                        char (*ret_codes)[JOURNAL_CODE]);
// These go to the server with an intake, at once: no longer free, whatever becomes of it. An entry may name
// them when nobody knows what became of it.
bool journal_spend_codes(struct journal *journal, const char (*codes)[JOURNAL_CODE], size_t count,
                         int64_t now_ms, struct ts_error *error);
// These are given back to the server and are no longer free.
bool journal_drop_codes(struct journal *journal, const char *laboratory, int64_t now_ms,
                        struct ts_error *error);
// A lease with so many places left whose session is not over; false when there is none.
bool journal_free_lease(const struct journal *journal, const char *laboratory, int places, int64_t now_ms,
                        char ret_lease_id[JOURNAL_ID]);
// The laboratories of which the desk holds unused codes, one after the other; false beyond the last.
bool journal_codes_of(const struct journal *journal, size_t index, char ret_laboratory[16]);
// The leases that have places left and whose session is not over; false beyond the last.
bool journal_lease_of(const struct journal *journal, size_t index, int64_t now_ms, char ret_laboratory[16],
                      char ret_lease_id[JOURNAL_ID]);
int journal_places_left(const struct journal *journal, const char *laboratory, int64_t now_ms);

enum journal_turn {
    // Nothing waits.
    JOURNAL_DONE,
    // Entry *ret_index is to be sent now, with its own request id.
    JOURNAL_SEND,
    // Entry *ret_index waits for a person (in conflict, older than the server keeps keys, or the file is
    // damaged), and all behind it too.
    JOURNAL_PERSON,
};

// It waits, and is so old that the server has forgotten its key: only a person sends it, anew.
bool journal_is_forgotten(const struct journal_entry *entry, int64_t now_ms);

enum journal_turn journal_next(const struct journal *journal, int64_t now_ms, size_t *ret_index);

enum journal_verdict {
    JOURNAL_IS_BOOKED,
    JOURNAL_IS_CONFLICT,
    // Nobody knows or nobody answered: the same again later, with the same key.
    JOURNAL_AGAIN,
    // The session has ended or may not: somebody must log in; the same again then.
    JOURNAL_LOG_IN,
};

// What an outcome means; pure.
enum journal_verdict journal_judge(const struct rpc_outcome *outcome);

// Writes down what came of sending entry `index`: `receipt_no` is the answer's when it was booked. Again and
// log-in write nothing. False when it could not be written; then it is sent again some time, which is safe.
bool journal_settle(struct journal *journal, size_t index, const struct rpc_outcome *outcome,
                    const char *receipt_no, int64_t now_ms, enum journal_verdict *ret_verdict,
                    struct ts_error *error);

// A person decides about an entry that is not booked: that was refused, or is forgotten and has reserved
// codes, which are on one intake only whatever became of the first sending. `replacement` takes its place in
// the order, with a request id of its own (journal/offline.h makes one: the same again, or changed).
bool journal_replace(struct journal *journal, size_t index, const struct journal_intake *replacement,
                     const char *by, const char *reason, struct ts_error *error);
bool journal_set_aside(struct journal *journal, size_t index, const char *by, const char *reason,
                       int64_t now_ms, struct ts_error *error);
