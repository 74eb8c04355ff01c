// SPDX-License-Identifier: Apache-2.0
// Bundles of entries and tiles of hashes, from the first leaf to the root. Two readings of the tree are kept
// from the first contradiction on, one by the entries and one by the tiles of level 0: the signed root says
// which of the two is the log, and so what was changed.
#include "verify/audit_parts.h"
#include "wire/arena.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ENTRY_BYTES = TILE_BUNDLE_ENTRY_HEAD + LOG_ENTRY_BYTES,
    BUNDLE_BYTES = TILE_WIDTH * ENTRY_BYTES,
    TILE_BYTES = TILE_WIDTH * HASH_BYTES,
    PAIRS = AUDIT_BATCH / 2,
};

static void pend(struct audit_tree *tree, const char *path)
{
    if (tree->pending_count < AUDIT_PENDING)
        snprintf(tree->pending[tree->pending_count++], AUDIT_PATH_SIZE, "%s", path);
}

// A tile of a level above the leaves against the row that was calculated.
static bool check_row(struct audit *audit, struct audit_tree *tree, unsigned level, uint64_t number)
{
    struct audit_file file;
    char path[TILE_PATH_SIZE];
    size_t length = (size_t)tree->widths[level] * HASH_BYTES;
    tile_path(level, number, tree->widths[level], path);
    audit_init_file(&file, TILE_BYTES, "%s", path);
    bool done = audit_fetch(audit, &file, 1);
    if (done && (file.got != AUDIT_GOT || file.length != length ||
                 memcmp(file.bytes, tree->rows[level], length) != 0))
        pend(tree, path);
    audit_free_files(&file, 1);
    return done;
}

static bool put_in_row(struct audit *audit, struct audit_tree *tree, unsigned level, const uint8_t *hash)
{
    if (level >= TILE_LEVELS)
        return true;
    memcpy(tree->rows[level][tree->widths[level]++], hash, HASH_BYTES);
    if (tree->widths[level] < TILE_WIDTH)
        return true;
    // The leaf that completed it is not counted yet.
    bool done = check_row(audit, tree, level, tree->frontier.size >> (8 * (level + 1)));
    tree->widths[level] = 0;
    return done;
}

// As merkle_append, and each complete subtree of 256, 65,536, ... leaves goes into the row of its level.
static bool append(struct audit *audit, struct audit_tree *tree, const uint8_t leaf[HASH_BYTES])
{
    struct merkle_frontier *frontier = &tree->frontier;
    uint8_t carried[HASH_BYTES];
    unsigned level = 0;
    memcpy(carried, leaf, HASH_BYTES);
    for (; frontier->size >> level & 1; level++) {
        merkle_node(frontier->hashes[level], carried, carried);
        if ((level + 1) % 8 == 0 && !put_in_row(audit, tree, (level + 1) / 8, carried))
            return false;
    }
    memcpy(frontier->hashes[level], carried, HASH_BYTES);
    frontier->size++;
    if (audit->has_since && frontier->size == audit->report->since_size)
        merkle_root(frontier, tree->since_root);
    return true;
}

// Whether the bundle is entries of 64 bytes each, as many as it must have.
static bool is_bundle(const struct audit_file *file, unsigned width)
{
    if (file->got != AUDIT_GOT || file->length != (size_t)width * ENTRY_BYTES)
        return false;
    for (unsigned i = 0; i < width; i++)
        if (file->bytes[i * ENTRY_BYTES] != 0 || file->bytes[i * ENTRY_BYTES + 1] != LOG_ENTRY_BYTES)
            return false;
    return true;
}

static const char *wrong_with(const struct audit_file *file)
{
    if (file->got == AUDIT_ABSENT)
        return "is not there";
    return file->got == AUDIT_TOO_LONG ? "is longer than it can be"
                                       : "is cut, or not of the form that it must have";
}

// From the first entry that its tile contradicts, the tiles are followed as well.
static bool fork_tree(struct audit *audit)
{
    if (audit->promised)
        return true;
    audit->promised = arena_alloc(audit->arena, sizeof *audit->promised);
    if (!audit->promised)
        return audit_fail_memory(audit);
    *audit->promised = *audit->tree;
    return true;
}

static bool take_leaf(struct audit *audit, uint64_t index, const uint8_t *entry, const uint8_t *promised)
{
    uint8_t leaf[HASH_BYTES];
    if (!entry) {
        memcpy(leaf, promised, HASH_BYTES);
    } else {
        merkle_leaf(entry, LOG_ENTRY_BYTES, leaf);
        if (!audit->is_partial && !audit_entry(audit, index, entry, LOG_ENTRY_BYTES))
            return false;
    }
    if (promised && memcmp(leaf, promised, HASH_BYTES) != 0) {
        if (!fork_tree(audit))
            return false;
        if (audit->changed_count < AUDIT_PENDING)
            audit->changed[audit->changed_count] = index;
        audit->changed_count++;
    }
    if (audit->promised && !append(audit, audit->promised, promised ? promised : leaf))
        return false;
    return append(audit, audit->tree, leaf);
}

// A bundle and the tile of its leaves' hashes. Where one is not there the other is followed.
static bool take_pair(struct audit *audit, uint64_t first, unsigned width, const struct audit_file *bundle,
                      const struct audit_file *tile)
{
    bool has_entries = is_bundle(bundle, width);
    bool has_hashes = tile->got == AUDIT_GOT && tile->length == (size_t)width * HASH_BYTES;
    if (!has_entries) {
        audit_find(audit, "BUNDLE_BROKEN", bundle->path,
                   "%s: these entries are hidden from you. Fetch it again or from a mirror; if it stays so, "
                   "tell the "
                   "institute and its accreditation body.",
                   wrong_with(bundle));
        audit->is_partial = true;
    }
    if (!has_hashes)
        audit_find(audit, "TILE_BROKEN", tile->path,
                   "%s: proofs of these entries cannot be made. Fetch it again or from a mirror.",
                   wrong_with(tile));
    if (!has_entries && !has_hashes) {
        audit->is_broken_off = true;
        return true;
    }
    for (unsigned i = 0; i < width; i++)
        if (!take_leaf(audit, first + i,
                       has_entries ? bundle->bytes + i * ENTRY_BYTES + TILE_BUNDLE_ENTRY_HEAD : NULL,
                       has_hashes ? tile->bytes + i * HASH_BYTES : NULL))
            return false;
    return true;
}

static bool take_batch(struct audit *audit, uint64_t number)
{
    struct audit_file files[AUDIT_BATCH];
    char path[TILE_PATH_SIZE];
    unsigned widths[PAIRS];
    size_t count = 0;
    for (; count < PAIRS && (number + count) * TILE_WIDTH < audit->size; count++) {
        uint64_t rest = audit->size - (number + count) * TILE_WIDTH;
        widths[count] = rest < TILE_WIDTH ? (unsigned)rest : TILE_WIDTH;
        tile_bundle_path(number + count, widths[count], path);
        audit_init_file(&files[2 * count], BUNDLE_BYTES, "%s", path);
        tile_path(0, number + count, widths[count], path);
        audit_init_file(&files[2 * count + 1], TILE_BYTES, "%s", path);
    }
    bool done = audit_fetch(audit, files, 2 * count);
    for (size_t i = 0; done && i < count && !audit->is_broken_off; i++)
        done = take_pair(audit, (number + i) * TILE_WIDTH, widths[i], &files[2 * i], &files[2 * i + 1]);
    audit_free_files(files, 2 * count);
    return done;
}

static bool check_partial_rows(struct audit *audit, struct audit_tree *tree)
{
    for (unsigned level = 1; level < TILE_LEVELS; level++)
        if (tree->widths[level] > 0 &&
            !check_row(audit, tree, level, tree->frontier.size >> (8 * (level + 1))))
            return false;
    return true;
}

static bool has_root(const struct audit *audit, const struct audit_tree *tree)
{
    uint8_t root[HASH_BYTES];
    if (!tree)
        return false;
    merkle_root(&tree->frontier, root);
    return memcmp(root, audit->report->root, HASH_BYTES) == 0;
}

static void tell_changed(struct audit *audit)
{
    for (size_t i = 0; i < audit->changed_count && i < AUDIT_PENDING; i++) {
        char where[AUDIT_PATH_SIZE];
        snprintf(where, sizeof where, "entry %" PRIu64, audit->changed[i]);
        audit_find(audit, "ENTRY_CHANGED", where,
                   "is not the one that was promised (%zu such in all): somebody changed what was done. Keep "
                   "this bundle and "
                   "the checkpoint as evidence; fetch it again to see whether it was on its way.",
                   audit->changed_count);
    }
}

static void tell_tiles(struct audit *audit, const struct audit_tree *tree)
{
    for (size_t i = 0; i < tree->pending_count; i++)
        audit_find(audit, "TILE_DIFFERS", tree->pending[i],
                   "is missing or not what follows from the entries: proofs made with it would fail. Fetch "
                   "it again or from "
                   "a mirror; the entries themselves are as promised.");
}

// Tiles of level 0 that the signed root proves wrong.
static void tell_leaves(struct audit *audit)
{
    uint64_t told = UINT64_MAX;
    for (size_t i = 0; i < audit->changed_count && i < AUDIT_PENDING; i++) {
        uint64_t number = audit->changed[i] / TILE_WIDTH, rest = audit->size - number * TILE_WIDTH;
        char path[TILE_PATH_SIZE];
        if (number == told)
            continue;
        told = number;
        tile_path(0, number, rest < TILE_WIDTH ? (unsigned)rest : TILE_WIDTH, path);
        audit_find(audit, "TILE_DIFFERS", path,
                   "is not what follows from the entries (first at index %" PRIu64
                   "): proofs made with it would fail. Fetch it again or from a mirror.",
                   audit->changed[i]);
    }
}

static void tell_since(struct audit *audit, const struct audit_tree *tree)
{
    if (audit->has_since && memcmp(tree->since_root, audit->since_root, HASH_BYTES) != 0)
        audit_find(audit, "FORKED", "checkpoint",
                   "does not continue your earlier one of %" PRIu64
                   " entries: the institute has shown two different pasts. Keep both checkpoints; together "
                   "they prove it.",
                   audit->report->since_size);
}

static void conclude(struct audit *audit)
{
    if (has_root(audit, audit->tree)) {
        tell_leaves(audit);
        tell_tiles(audit, audit->tree);
        tell_since(audit, audit->tree);
    } else if (has_root(audit, audit->promised)) {
        tell_changed(audit);
        tell_tiles(audit, audit->promised);
        tell_since(audit, audit->promised);
    } else {
        audit_find(audit, "ROOT_DIFFERS", "checkpoint",
                   "promises other entries than the files hold: the log is forked, or files and checkpoint "
                   "are of different "
                   "days. Fetch them again; if it stays so, keep both as evidence.");
        tell_leaves(audit);
        tell_since(audit, audit->tree);
    }
}

bool audit_tree(struct audit *audit)
{
    const struct audit_source *source = &audit->order->source;
    if (audit->has_since && audit->report->since_size == 0)
        merkle_root(&audit->tree->frontier, audit->tree->since_root);
    for (uint64_t number = 0; number * TILE_WIDTH < audit->size && !audit->is_broken_off; number += PAIRS) {
        if (!take_batch(audit, number))
            return false;
        if (source->progress && !audit->is_broken_off)
            source->progress(source->context, audit->tree->frontier.size, audit->size);
    }
    if (audit->is_broken_off)
        return true;
    if (audit->next_status == audit->size)
        audit_status_reached(audit, audit->size, NULL);
    if (!check_partial_rows(audit, audit->tree) ||
        (audit->promised && !check_partial_rows(audit, audit->promised)))
        return false;
    conclude(audit);
    return true;
}
