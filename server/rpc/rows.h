// SPDX-License-Identifier: Apache-2.0
// Rows of the database straight to the bytes of a response that is a list (method->answers_rows): each row
// becomes one element of the response's repeated message. A column is a field of the element by its name, or
// else a field of the response beside the list; a column that is neither says nothing. Values are
// PostgreSQL's text format: texts as they are, enums as their names in lower case, Timestamp and Date as
// PostgreSQL writes them with datestyle ISO (db/lane.c), everything else as json. NULL and defaults are left
// out. For lists that are read all day: docs/decisions/rpc.md.
#pragma once

#include <libpq-fe.h>
#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct ts_error;

enum { ROWS_COLUMNS_MOST = 48 };

// The bytes are the arena's. False with INVALID_ARGUMENT/ROWS_INVALID (a response without a list, too many
// columns, a value that is none of its field), RESOURCE_EXHAUSTED/OUT_OF_MEMORY, or the errors of
// json_message_read.
bool rows_write(const ProtobufCMessageDescriptor *response, const PGresult *result, struct arena *arena,
                const uint8_t **ret_bytes, size_t *ret_length, struct ts_error *error);
