// SPDX-License-Identifier: Apache-2.0
// What the parts of the audit share. A function that returns false has met an end of the audit itself (no
// memory, no connection), never a fault of the log: faults are findings.
#pragma once

#include "evidence/log_entry.h"
#include "evidence/merkle.h"
#include "evidence/status_list.h"
#include "evidence/tile.h"
#include "verify/audit.h"
#include "wire/error.h"

enum {
    AUDIT_REPLAYED_KEYS = 1024,
    AUDIT_REGISTRIES = 65536,
    AUDIT_PENDING = 16,
};

// A sheet's index as the entries up to now leave it: two bits each.
enum audit_state { AUDIT_NO_SHEET, AUDIT_VALID, AUDIT_SUPERSEDED, AUDIT_WITHDRAWN };

struct audit_key {
    uint8_t kid[LOG_ENTRY_KID_BYTES];
    uint8_t digest[HASH_BYTES];
    uint64_t from, last, last_used, first_sheet; // LOG_KEYS_NO_INDEX: not yet
};

struct audit_status {
    uint64_t size, time; // size 0: there is none to compare
    char *body;          // of the note; malloc'ed
    size_t length;
};

// One reading of the tree, with the tiles that contradict it.
struct audit_tree {
    struct merkle_frontier frontier;
    uint8_t rows[TILE_LEVELS][TILE_WIDTH][HASH_BYTES]; // level 0 is not kept here
    unsigned widths[TILE_LEVELS];
    size_t pending_count;
    char pending[AUDIT_PENDING][AUDIT_PATH_SIZE];
    uint8_t since_root[HASH_BYTES];
};

struct audit {
    const struct audit_order *order;
    struct audit_report *report;
    struct arena *arena;
    struct ts_error *error;
    const struct log_keys *keys; // that signatures are checked by
    uint64_t size;
    uint8_t since_root[HASH_BYTES];
    bool has_since;

    struct audit_tree *tree; // by the entries
    struct audit_tree
        *promised;        // by the tiles of level 0, from the first entry that they contradict; NULL: none
    size_t changed_count; // entries that contradict their tile
    uint64_t changed[AUDIT_PENDING];
    bool is_broken_off; // the tree could not be followed to its end

    bool is_partial; // an entry could not be read: what follows from all of them is not known
    uint8_t *states;
    uint64_t states_capacity; // indexes
    size_t key_count;
    struct audit_key *replayed;
    uint8_t (*registries)[HASH_BYTES];
    size_t registry_count, registry_capacity;

    struct audit_status *statuses;
    size_t shard_count;
    uint64_t next_status; // the least size of a list that is still to be compared
};

// audit_find.c
void audit_find(struct audit *audit, const char *code, const char *where, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void audit_init_file(struct audit_file *file, size_t ceiling, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void audit_free_files(struct audit_file *files, size_t count);
bool audit_fetch(struct audit *audit, struct audit_file *files, size_t count);
bool audit_fail_memory(struct audit *audit);
// One more moment for a log that is being written.
bool audit_wait(struct audit *audit);

// audit_head.c: keys, checkpoint, earlier checkpoint. False with *ret_goes_on set when only findings end it.
bool audit_head(struct audit *audit, bool *ret_goes_on);
bool audit_head_checkpoint(struct audit *audit, bool *ret_goes_on);

// audit_status.c
bool audit_status_read(struct audit *audit);
// Compares every list that was made from a tree of this size. `entry` is the first one it does not cover.
void audit_status_reached(struct audit *audit, uint64_t size, const struct log_entry *entry);
void audit_status_done(struct audit *audit);

// audit_entries.c: the rules of entries.
bool audit_entry(struct audit *audit, uint64_t index, const uint8_t *bytes, size_t length);
enum audit_state audit_state_of(const struct audit *audit, uint64_t index);

// audit_tree.c: bundles and tiles.
bool audit_tree(struct audit *audit);

// audit_old_tiles.c: shorter tiles of earlier checkpoints, where they are still there.
bool audit_old_tiles(struct audit *audit);

// audit_registry.c
bool audit_registry(struct audit *audit);

// audit_keys.c: the published list against what was replayed, and the page's data.
bool audit_keys(struct audit *audit);
