// SPDX-License-Identifier: Apache-2.0
// Values in the shape libpq wants them, either borrowed for one call or copied with their bytes in one block.
// Private to the pool.
#pragma once

#include "db/value.h"

#define DB_PARAMETERS_MAX 16

struct db_parameters {
    const char *values[DB_PARAMETERS_MAX];
    int lengths[DB_PARAMETERS_MAX];
    int formats[DB_PARAMETERS_MAX];
    int count;
};

// Borrows.
void parameters_set(struct db_parameters *parameters, const struct db_value *values, int count);
// Copies; to be freed with free(). NULL without memory.
struct db_parameters *parameters_copy(const struct db_value *values, int count);
