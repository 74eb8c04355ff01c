// SPDX-License-Identifier: Apache-2.0
// Replays a public log from its public files alone: promises and their signatures, every entry, every tile,
// the rules of entries, status lists, registry and keys. Pure: files come by a callback, the time is given.
// Whoever runs it needs no trust in the institute, only its public keys.
#pragma once

#include "evidence/hash.h"
#include "verify/log_keys.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct ts_error;

enum {
    AUDIT_PATH_SIZE = 96,
    AUDIT_TEXT_SIZE = 400,
    AUDIT_FINDINGS = 100, // kept; more are counted
    AUDIT_BATCH = 32,     // files asked for at once
    AUDIT_KINDS = 8,
};

enum audit_got { AUDIT_ABSENT, AUDIT_GOT, AUDIT_TOO_LONG };

// A file of the log. Paths are below <host>/log; "../s/data.json" is the verify page's.
struct audit_file {
    char path[AUDIT_PATH_SIZE];
    size_t ceiling;
    enum audit_got got;
    uint8_t *bytes; // malloc'ed
    size_t length, capacity;
};

// For sources. False without memory; a file that grows over its ceiling becomes AUDIT_TOO_LONG.
bool audit_file_append(struct audit_file *file, const void *bytes, size_t length);

struct audit_source {
    // Sets got, bytes and length of each. False when they could not be asked for.
    bool (*fetch)(void *context, struct audit_file *files, size_t count, struct ts_error *error);
    // Waits a moment because the log is being written; false when that makes no sense. May be NULL.
    bool (*wait)(void *context);
    // May be NULL.
    void (*progress)(void *context, uint64_t done, uint64_t size);
    void *context;
};

struct audit_order {
    struct audit_source source;
    const struct log_keys *pinned; // trusted beforehand; NULL: the log's own list is taken
    const char *since;             // a checkpoint that was good before; NULL: none
    size_t since_length;
    uint64_t now; // unix seconds
};

enum audit_level { AUDIT_WARNING, AUDIT_FINDING };

struct audit_finding {
    enum audit_level level;
    const char *code; // "ENTRY_CHANGED"
    char where[AUDIT_PATH_SIZE];
    char text[AUDIT_TEXT_SIZE]; // what it means and what to do
};

struct audit_report {
    size_t findings, warnings; // all of them
    size_t kept;
    struct audit_finding list[AUDIT_FINDINGS];
    char origin[AUDIT_PATH_SIZE * 3];
    uint64_t size;
    uint8_t root[HASH_BYTES];
    const char *checkpoint; // the note, in the arena; NULL when none was good
    size_t checkpoint_length;
    uint64_t kinds[AUDIT_KINDS];     // entries of each kind
    uint64_t first_ms, last_ms;      // times of the first and last entry
    uint64_t since_size;             // of the earlier checkpoint
    uint64_t superseded, withdrawn;  // sheets
    size_t shards, registries, keys; // looked at
};

// False when the log could not be looked at, which says nothing about it. What was found is in the report.
bool audit_run(const struct audit_order *order, struct arena *arena, struct audit_report *ret_report,
               struct ts_error *error);
