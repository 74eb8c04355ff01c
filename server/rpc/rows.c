// SPDX-License-Identifier: Apache-2.0
// From libpq's rows to wire/row_wire.h, see rows.h. Called by call.c when a list was read.
#include "rpc/rows.h"

#include "wire/error.h"
#include "wire/row_wire.h"

enum { ROW_BYTES = 512 }; // of one element, about

bool rows_write(const struct rpc_method *method, const PGresult *result, struct arena *arena,
                const uint8_t **ret_bytes, size_t *ret_length, struct ts_error *error)
{
    struct row_wire rows;
    const char *names[ROW_COLUMNS_MOST];
    struct row_cell cells[ROW_COLUMNS_MOST];
    int columns = PQnfields(result), count = PQntuples(result);
    for (int i = 0; i < columns && i < ROW_COLUMNS_MOST; i++)
        names[i] = PQfname(result, i);
    if (!row_wire_init(&rows, method->response, names, (size_t)columns, arena,
                       ((size_t)count + 1) * ROW_BYTES, error))
        return false;
    for (int row = 0; row < count; row++) {
        for (int i = 0; i < columns; i++)
            cells[i] = PQgetisnull(result, row, i) ? (struct row_cell){0}
                                                   : (struct row_cell){PQgetvalue(result, row, i),
                                                                       (size_t)PQgetlength(result, row, i)};
        if (!row_wire_add(&rows, cells, error))
            return false;
    }
    *ret_bytes = rows.wire.bytes;
    *ret_length = rows.wire.length;
    return true;
}
