// SPDX-License-Identifier: Apache-2.0
// Rows of the database straight to the bytes of a response that is a list: each row becomes one element of
// the response's repeated message. A column is a field of the element by its name, or else a field of the
// response beside the list; a column that is neither says nothing. Values are PostgreSQL's text format:
// messages and lists as json, Timestamp and Date as PostgreSQL or RFC 3339 write them, enums as their names
// in lower case. NULL and defaults are left out. For lists that are read all day: a json object of every row
// cost PostgreSQL as much again.
#pragma once

#include "wire/wire_writer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct ts_error;

enum { ROW_COLUMNS_MOST = 48 };

struct row_cell {
    const char *text; // NUL-terminated; NULL is SQL NULL
    size_t length;
};

struct row_wire {
    const ProtobufCMessageDescriptor *response;
    const ProtobufCFieldDescriptor *list;
    struct {
        const ProtobufCFieldDescriptor *field; // NULL: says nothing
        bool is_beside;                        // of the response, not of the element
    } columns[ROW_COLUMNS_MOST];
    size_t column_count;
    struct wire_writer wire;
};

// `capacity`: about how many bytes there will be. False with INVALID_ARGUMENT/ROWS_INVALID (a response
// without a list, too many columns) or RESOURCE_EXHAUSTED/OUT_OF_MEMORY.
bool row_wire_init(struct row_wire *rows, const ProtobufCMessageDescriptor *response,
                   const char *const *names, size_t count, struct arena *arena, size_t capacity,
                   struct ts_error *error);
// The next element; cells as many as there are columns. False as above, and with the errors of
// json_message_read. What it is made of is rows->wire.
bool row_wire_add(struct row_wire *rows, const struct row_cell *cells, struct ts_error *error);
