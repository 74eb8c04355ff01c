// SPDX-License-Identifier: Apache-2.0
// Parameters of statements: text, bytea, and bytea[] in PostgreSQL's binary array format (array_recv in
// src/backend/utils/adt/arrayfuncs.c reads: dimensions, has-null flag, element type, length, lower bound,
// elements).
#include "db/value.h"
#include "wire/arena.h"
#include <string.h>

#define BYTEA_OID 17u
#define ARRAY_BYTES_MAX ((size_t)1 << 30)

struct db_value value_null(void)
{
    return (struct db_value){.data = NULL};
}

struct db_value value_text(const char *text)
{
    return (struct db_value){.data = text, .length = text ? (int)strlen(text) : 0};
}

struct db_value value_bytea(const void *data, size_t length_bytes)
{
    return (struct db_value){.data = data, .length = (int)length_bytes, .binary = true};
}

static uint8_t *write_u32(uint8_t *at, uint32_t number)
{
    at[0] = (uint8_t)(number >> 24);
    at[1] = (uint8_t)(number >> 16);
    at[2] = (uint8_t)(number >> 8);
    at[3] = (uint8_t)number;
    return at + 4;
}

bool value_bytea_array(struct arena *arena, const void *const *data, const size_t *lengths_bytes,
                       size_t count, struct db_value *ret_value)
{
    size_t size = 20;
    for (size_t i = 0; i < count; i++) {
        if (lengths_bytes[i] > ARRAY_BYTES_MAX - size - 4)
            return false;
        size += 4 + lengths_bytes[i];
    }
    uint8_t *bytes = arena_alloc(arena, size);
    if (!bytes)
        return false;
    uint8_t *at = write_u32(bytes, count > 0 ? 1 : 0);
    at = write_u32(at, 0);
    at = write_u32(at, BYTEA_OID);
    if (count > 0) {
        at = write_u32(at, (uint32_t)count);
        at = write_u32(at, 1);
    }
    for (size_t i = 0; i < count; i++) {
        at = write_u32(at, (uint32_t)lengths_bytes[i]);
        if (lengths_bytes[i] > 0)
            memcpy(at, data[i], lengths_bytes[i]);
        at += lengths_bytes[i];
    }
    *ret_value = value_bytea(bytes, (size_t)(at - bytes));
    return true;
}
