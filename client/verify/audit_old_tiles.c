// SPDX-License-Identifier: Apache-2.0
// The last tile of a level and the last bundle grow, and their shorter forms stay for who holds an earlier
// checkpoint (C2SP tlog-tiles). Where one is still there it must be the beginning of the longer one.
#include "verify/audit_parts.h"

#include <stdlib.h>
#include <string.h>

enum { FILE_BYTES = 32 * 1024 };

typedef bool path_of(unsigned level, uint64_t number, unsigned width, char ret_path[TILE_PATH_SIZE]);

static bool bundle_path(unsigned level, uint64_t number, unsigned width, char ret_path[TILE_PATH_SIZE])
{
    (void)level;
    return tile_bundle_path(number, width, ret_path);
}

static void check_one(struct audit *audit, const struct audit_file *file, const uint8_t *whole, size_t length)
{
    if (file->got != AUDIT_ABSENT && (file->length != length || memcmp(file->bytes, whole, length) != 0))
        audit_find(audit, "OLD_TILE_DIFFERS", file->path,
                   "is not the beginning of the longer one: who holds an earlier checkpoint could not check "
                   "it. Fetch it "
                   "again or from a mirror.");
}

static bool check_shorter(struct audit *audit, path_of *path, unsigned level, uint64_t number, unsigned width,
                          size_t unit)
{
    struct audit_file whole, files[AUDIT_BATCH];
    char text[TILE_PATH_SIZE];
    path(level, number, width, text);
    audit_init_file(&whole, FILE_BYTES, "%s", text);
    bool done = audit_fetch(audit, &whole, 1),
         is_whole = done && whole.got == AUDIT_GOT && whole.length == width * unit;
    for (unsigned next = 1; is_whole && done && next < width;) {
        size_t count = 0;
        unsigned first = next;
        for (; count < AUDIT_BATCH && next < width; next++) {
            path(level, number, next, text);
            audit_init_file(&files[count++], FILE_BYTES, "%s", text);
        }
        done = audit_fetch(audit, files, count);
        for (size_t i = 0; done && i < count; i++)
            check_one(audit, &files[i], whole.bytes, (first + i) * unit);
        audit_free_files(files, count);
    }
    audit_free_files(&whole, 1);
    return done;
}

bool audit_old_tiles(struct audit *audit)
{
    unsigned width;
    uint64_t number = tile_count(audit->size, 0, &width);
    if (!check_shorter(audit, bundle_path, 0, number, width, TILE_BUNDLE_ENTRY_HEAD + LOG_ENTRY_BYTES))
        return false;
    for (unsigned level = 0; level < TILE_LEVELS; level++) {
        number = tile_count(audit->size, level, &width);
        if (!check_shorter(audit, tile_path, level, number, width, HASH_BYTES))
            return false;
    }
    return true;
}
