// SPDX-License-Identifier: Apache-2.0
// One parameter of a statement. A value borrows its bytes: pool_submit copies them when the statement has to
// wait. The caller keeps the array only until pool_submit returns.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

struct db_value {
    const void *data; // NULL = SQL NULL
    int length;       // bytes; text needs no NUL inside length but must be followed by one
    bool binary;      // true for bytea and for arrays made by value_bytea_array
};

// SQL NULL.
struct db_value value_null(void);
// NUL-terminated text of any type that reads text (jsonb, uuid, numeric, timestamptz, ...). NULL = SQL NULL.
struct db_value value_text(const char *text);
// Raw bytes for a bytea parameter; data NULL = SQL NULL, length 0 with data = empty bytea.
struct db_value value_bytea(const void *data, size_t length_bytes);
// A bytea[] of count elements in PostgreSQL's binary form, built in the arena. The statement must cast:
// $5::bytea[]. false when the arena is at its ceiling or the array would pass 1 GB; *ret_value is then
// untouched.
bool value_bytea_array(struct arena *arena, const void *const *data, const size_t *lengths_bytes,
                       size_t count, struct db_value *ret_value);
