// SPDX-License-Identifier: Apache-2.0
// A method whose SQL function answers rows (method->answers_rows): the response's bytes from them.
#pragma once

#include "rpc/method.h"

#include <libpq-fe.h>
#include <stdint.h>

struct arena;
struct ts_error;

// The bytes are the arena's. False with the errors of row_wire.h.
bool rows_write(const struct rpc_method *method, const PGresult *result, struct arena *arena,
                const uint8_t **ret_bytes, size_t *ret_length, struct ts_error *error);
