// SPDX-License-Identifier: Apache-2.0
// Hex text of a bytea to bytes. A sheet of some megabytes comes this way, so digits are looked up, not
// parsed.
#include "db/bytea.h"
#include "wire/arena.h"
#include "wire/error.h"

static int hex_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    return -1;
}

static bool decode_pairs(const char *digits, size_t count, uint8_t *bytes)
{
    for (size_t i = 0; i < count; i++) {
        int high = hex_value(digits[2 * i]);
        int low = hex_value(digits[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        bytes[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

bool bytea_decode(const char *text, size_t length_bytes, struct arena *arena, uint8_t **ret_data,
                  size_t *ret_length_bytes, struct ts_error *error)
{
    if (length_bytes < 2 || length_bytes % 2 != 0 || text[0] != '\\' || text[1] != 'x')
        return error_set(error, TS_INTERNAL, "BYTEA_MALFORMED",
                         "the database answered with unreadable bytes");
    size_t count = length_bytes / 2 - 1;
    uint8_t *bytes = arena_alloc(arena, count + 1);
    if (!bytes)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "the answer is too large");
    if (!decode_pairs(text + 2, count, bytes))
        return error_set(error, TS_INTERNAL, "BYTEA_MALFORMED",
                         "the database answered with unreadable bytes");
    bytes[count] = 0;
    *ret_data = bytes;
    *ret_length_bytes = count;
    return true;
}
