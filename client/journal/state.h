// SPDX-License-Identifier: Apache-2.0
// What the records of a journal come to: entries with their outcomes, codes, leases. Inside of the library
// only.
#pragma once

#include "journal/file.h"
#include "journal/journal.h"

struct state_entry {
    struct journal_entry entry;
    struct scan_position position;
};

struct state_code {
    char desk[16], laboratory[16], code[JOURNAL_CODE];
    bool is_gone; // taken by an intake, or given back
};

struct state_lease {
    char desk[16], laboratory[16], lease_id[JOURNAL_ID];
    int places;
    int64_t ends_at_ms;
};

struct journal {
    struct journal_file file;
    struct journal_about about;
    char desk[16];
    struct state_entry *entries;
    size_t count, capacity;
    struct state_code *codes;
    size_t code_count, code_capacity;
    struct state_lease *leases;
    size_t lease_count, lease_capacity;
};

// Takes one record in: of the file when it is opened, and each that is appended.
bool state_take(struct journal *journal, const struct scan_position *position, const struct record *record,
                struct ts_error *error);
void state_done(struct journal *journal);

// Appends the record and takes it in.
bool state_append(struct journal *journal, const struct record *record, struct ts_error *error);

struct state_entry *state_find(const struct journal *journal, const char *request_id);
