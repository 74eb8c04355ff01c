// SPDX-License-Identifier: Apache-2.0
// Paths of tiles, see tile.h.
#include "evidence/tile.h"

#include <stdio.h>
#include <string.h>

enum { GROUPS_CEILING = 7 }; // 1000^7 > 2^64

// "x001/x234/067"
static size_t put_number(uint64_t number, char *text, size_t size)
{
    unsigned groups[GROUPS_CEILING];
    size_t count = 0, length = 0;
    do {
        groups[count++] = (unsigned)(number % 1000);
        number /= 1000;
    } while (number > 0);
    while (count-- > 0)
        length +=
            (size_t)snprintf(text + length, size - length, count > 0 ? "x%03u/" : "%03u", groups[count]);
    return length;
}

static bool put_path(const char *folder, uint64_t number, unsigned width, char ret_path[TILE_PATH_SIZE])
{
    if (width < 1 || width > TILE_WIDTH)
        return false;
    size_t length = (size_t)snprintf(ret_path, TILE_PATH_SIZE, "tile/%s/", folder);
    length += put_number(number, ret_path + length, TILE_PATH_SIZE - length);
    if (width < TILE_WIDTH)
        snprintf(ret_path + length, TILE_PATH_SIZE - length, ".p/%u", width);
    return true;
}

bool tile_path(unsigned level, uint64_t number, unsigned width, char ret_path[TILE_PATH_SIZE])
{
    char folder[12];
    snprintf(folder, sizeof folder, "%u", level);
    return level < TILE_LEVELS && put_path(folder, number, width, ret_path);
}

bool tile_bundle_path(uint64_t number, unsigned width, char ret_path[TILE_PATH_SIZE])
{
    return put_path("entries", number, width, ret_path);
}

uint64_t tile_count(uint64_t size, unsigned level, unsigned *ret_partial_width)
{
    uint64_t hashes = level < TILE_LEVELS ? size >> (8 * level) : 0;
    *ret_partial_width = (unsigned)(hashes % TILE_WIDTH);
    return hashes / TILE_WIDTH;
}
