// SPDX-License-Identifier: Apache-2.0
// A copy of a log's public files, read to put back what a database has lost: a checkpoint that the log's keys
// have signed, and entries that give its root. For a command; not for the loop, because it waits for the
// disk.
#pragma once

#include "evidence/hash.h"
#include "evidence/note.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct ts_error;

// A key that must have signed the checkpoint.
struct public_copy_key {
    enum note_key kind;
    const char *name;
    const uint8_t *spki;
    size_t length;
};

struct public_copy {
    char log[4096];   // the folder that "checkpoint" is in
    const char *note; // the checkpoint
    uint64_t size;    // of the log that it promises
    uint8_t root[HASH_BYTES];
    uint8_t head_root[HASH_BYTES]; // over the first `head` entries
    uint8_t *entries;              // from index `head` on, one behind the other
    size_t entries_length;
};

// `folder` is <state>/public, or the log below it. DATA_LOSS / COPY_BROKEN when the files are not what their
// checkpoint promises, FAILED_PRECONDITION / COPY_TOO_SHORT when they are older than the database. Everything
// lies in the arena.
bool public_copy_read(const char *folder, const struct public_copy_key *keys, size_t count, uint64_t head,
                      struct arena *arena, struct public_copy *ret_copy, struct ts_error *error);
// A small file of the copy: "keys.json"; *ret_bytes NULL when there is none.
bool public_copy_file(const struct public_copy *copy, const char *name, struct arena *arena, char **ret_bytes,
                      size_t *ret_length, struct ts_error *error);
