// SPDX-License-Identifier: Apache-2.0
// See public_check.h.
#include "lab/public_check.h"

#include "evidence/log_entry.h"
#include "evidence/tile.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

enum { ENTRY_BYTES = TILE_BUNDLE_ENTRY_HEAD + LOG_ENTRY_BYTES, SHARD_BITS = 16, TILE_BITS = 8 };

// `length` 0: any.
static bool is_there(const struct public_check *check, const char *name, uint64_t length)
{
    char path[PATH_MAX];
    struct stat about;
    if (snprintf(path, sizeof path, "%s/log/%s", check->directory, name) >= (int)sizeof path)
        return true; // writing it says so
    return stat(path, &about) == 0 && S_ISREG(about.st_mode) && about.st_size > 0 &&
           (length == 0 || (uint64_t)about.st_size == length);
}

static unsigned width_of(uint64_t size, unsigned level, uint64_t number)
{
    unsigned partial;
    uint64_t full = tile_count(size, level, &partial);
    return number < full ? TILE_WIDTH : number == full ? partial : 0;
}

static bool has_tile(const struct public_check *check, unsigned level, uint64_t number)
{
    char path[TILE_PATH_SIZE];
    unsigned width = width_of(check->size, level, number);
    if (width == 0)
        return true;
    if (!tile_path(level, number, width, path) || !is_there(check, path, (uint64_t)width * HASH_BYTES))
        return false;
    return level > 0 ||
           (tile_bundle_path(number, width, path) && is_there(check, path, (uint64_t)width * ENTRY_BYTES));
}

// The tile, and those above it that begin with it.
static bool has_tiles(const struct public_check *check, uint64_t number)
{
    bool held = true;
    for (unsigned level = 0; held && level < TILE_LEVELS - 1; level++) {
        unsigned bits = TILE_BITS * level;
        if (number & ((UINT64_C(1) << bits) - 1))
            break;
        held = has_tile(check, level, number >> bits);
    }
    return held;
}

static void check_small(struct public_check *check)
{
    char name[64];
    check->version = 0;
    check->has_no_status = false;
    for (int version = 1; version <= check->registry && !check->version; version++) {
        snprintf(name, sizeof name, "registry/%d.json", version);
        if (!is_there(check, name, 0))
            check->version = version;
    }
    for (uint64_t shard = 0; shard << SHARD_BITS < check->size && !check->has_no_status; shard++) {
        snprintf(name, sizeof name, "status/%" PRIu64, shard);
        check->has_no_status = !is_there(check, name, 0);
    }
}

void public_check_run(struct public_check *check, uint64_t most)
{
    uint64_t tiles = (check->size + TILE_WIDTH - 1) / TILE_WIDTH;
    check->leaf = check->size;
    check_small(check);
    for (uint64_t i = 0; i < most && i < tiles; i++) {
        uint64_t number = check->next < tiles ? check->next : 0;
        check->next = number + 1 < tiles ? number + 1 : 0;
        if (!has_tiles(check, number) && number * TILE_WIDTH < check->leaf)
            check->leaf = number * TILE_WIDTH;
    }
}
