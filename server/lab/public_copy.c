// SPDX-License-Identifier: Apache-2.0
// Reading a copy of the public files, see public_copy.h.
#include "lab/public_copy.h"

#include "core/whole_file.h"
#include "evidence/checkpoint.h"
#include "evidence/log_entry.h"
#include "evidence/merkle.h"
#include "evidence/note_line.h"
#include "evidence/tile.h"
#include "wire/arena.h"
#include "wire/error.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    ENTRY_BYTES = TILE_BUNDLE_ENTRY_HEAD + LOG_ENTRY_BYTES,
    FILE_BYTES = 16 << 20,
    // More than any backup lacks; they travel to the database as one value.
    MISSING_MOST = 4 << 20,
    BUNDLE_ARENA_BYTES = 1 << 20,
};

static bool broken(struct ts_error *error, const char *path, const char *why)
{
    return error_set(error, TS_DATA_LOSS, "COPY_BROKEN", "%.100s: %.120s. Take another copy, from a mirror.",
                     path, why);
}

static bool read_file(const struct public_copy *copy, const char *name, struct arena *arena, char **ret_bytes,
                      size_t *ret_length, struct ts_error *error)
{
    char path[4096 + TILE_PATH_SIZE];
    snprintf(path, sizeof path, "%s/%s", copy->log, name);
    return whole_file_read(path, FILE_BYTES, arena, ret_bytes, ret_length, error);
}

bool public_copy_file(const struct public_copy *copy, const char *name, struct arena *arena, char **ret_bytes,
                      size_t *ret_length, struct ts_error *error)
{
    if (read_file(copy, name, arena, ret_bytes, ret_length, error))
        return true;
    if (error->status != TS_NOT_FOUND)
        return false;
    *error = (struct ts_error){0};
    *ret_bytes = NULL;
    return true;
}

// Every key that the database knows for this must have signed.
static bool check_lines(const struct note *note, const struct public_copy_key *keys, size_t count,
                        struct ts_error *error)
{
    if (count == 0)
        return error_set(
            error, TS_FAILED_PRECONDITION, "NO_LOG_KEYS",
            "The database knows no keys of this log. Start touchstoned once with its signer: it tells them.");
    for (size_t i = 0; i < count; i++)
        if (!note_line_is_good(note, keys[i].kind, keys[i].name, keys[i].spki, keys[i].length))
            return broken(error, "checkpoint", "it is not signed by the keys that the database knows");
    return true;
}

static bool read_checkpoint(struct public_copy *copy, const struct public_copy_key *keys, size_t count,
                            struct arena *arena, struct ts_error *error)
{
    struct checkpoint checkpoint;
    struct note note;
    char *bytes;
    size_t length;
    if (!read_file(copy, "checkpoint", arena, &bytes, &length, error) ||
        !note_read(bytes, length, arena, &note, error) || !check_lines(&note, keys, count, error) ||
        !checkpoint_read(note.body, note.body_length, &checkpoint, error))
        return false;
    if (!checkpoint_is_of(&checkpoint, keys[0].name))
        return broken(error, "checkpoint", "it is of a log of another name");
    copy->note = bytes;
    copy->size = checkpoint.size;
    memcpy(copy->root, checkpoint.root, HASH_BYTES);
    return true;
}

static bool take_bundle(struct public_copy *copy, const char *path, const uint8_t *bytes, size_t length,
                        uint64_t head, struct merkle_frontier *frontier, struct ts_error *error)
{
    struct log_entry entry;
    uint8_t leaf[HASH_BYTES];
    for (size_t at = 0; at < length; at += ENTRY_BYTES) {
        const uint8_t *one = bytes + at + TILE_BUNDLE_ENTRY_HEAD;
        if (bytes[at] != 0 || bytes[at + 1] != LOG_ENTRY_BYTES ||
            !log_entry_read(one, LOG_ENTRY_BYTES, &entry))
            return broken(error, path, "it holds what is no entry of a log");
        if (frontier->size == head)
            merkle_root(frontier, copy->head_root);
        if (frontier->size >= head) {
            memcpy(copy->entries + copy->entries_length, one, LOG_ENTRY_BYTES);
            copy->entries_length += LOG_ENTRY_BYTES;
        }
        merkle_leaf(one, LOG_ENTRY_BYTES, leaf);
        merkle_append(frontier, leaf);
    }
    return true;
}

static bool read_bundle(struct public_copy *copy, uint64_t number, uint64_t head,
                        struct merkle_frontier *frontier, struct ts_error *error)
{
    uint64_t rest = copy->size - number * TILE_WIDTH;
    unsigned width = rest < TILE_WIDTH ? (unsigned)rest : TILE_WIDTH;
    struct arena *arena = arena_create(BUNDLE_ARENA_BYTES);
    char path[TILE_PATH_SIZE], *bytes;
    size_t length;
    tile_bundle_path(number, width, path);
    bool done = arena ? read_file(copy, path, arena, &bytes, &length, error)
                      : error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY",
                                  "No memory for a bundle of entries.");
    if (done && length != (size_t)width * ENTRY_BYTES)
        done = broken(error, path, "it is cut or too long");
    done = done && take_bundle(copy, path, (const uint8_t *)bytes, length, head, frontier, error);
    arena_free(arena);
    return done;
}

static bool read_entries(struct public_copy *copy, uint64_t head, struct arena *arena, struct ts_error *error)
{
    struct merkle_frontier frontier = {.size = 0};
    uint8_t root[HASH_BYTES];
    if (copy->size < head)
        return error_set(error, TS_FAILED_PRECONDITION, "COPY_TOO_SHORT",
                         "The files end at %" PRIu64 " entries, the database has %" PRIu64
                         ": they are older. Take a newer copy, from the public directory or a mirror.",
                         copy->size, head);
    if (copy->size - head > MISSING_MOST)
        return error_set(error, TS_FAILED_PRECONDITION, "COPY_TOO_LONG",
                         "More than 4,194,304 entries are missing.");
    copy->entries = arena_alloc(arena, (size_t)(copy->size - head) * LOG_ENTRY_BYTES + 1);
    if (!copy->entries)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "No memory for the missing entries.");
    for (uint64_t number = 0; number * TILE_WIDTH < copy->size; number++)
        if (!read_bundle(copy, number, head, &frontier, error))
            return false;
    merkle_root(&frontier, root);
    if (copy->size == head)
        memcpy(copy->head_root, root, HASH_BYTES);
    return memcmp(root, copy->root, HASH_BYTES) == 0 ||
           broken(error, "checkpoint", "the entries are not those that it promises");
}

bool public_copy_read(const char *folder, const struct public_copy_key *keys, size_t count, uint64_t head,
                      struct arena *arena, struct public_copy *ret_copy, struct ts_error *error)
{
    struct public_copy *copy = ret_copy;
    memset(copy, 0, sizeof *copy);
    if (snprintf(copy->log, sizeof copy->log, "%s/log", folder) >= (int)sizeof copy->log)
        return error_set(error, TS_INVALID_ARGUMENT, "COPY_BROKEN", "The folder's name is too long.");
    if (access(copy->log, F_OK) != 0)
        copy->log[strlen(folder)] = '\0';
    return read_checkpoint(copy, keys, count, arena, error) && read_entries(copy, head, arena, error);
}
