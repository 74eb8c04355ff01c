// SPDX-License-Identifier: Apache-2.0
// Arrays for PQsendQueryPrepared. libpq measures text with strlen, so a copy always ends with a NUL.
#include "db/parameters.h"
#include <stdlib.h>
#include <string.h>

void parameters_set(struct db_parameters *parameters, const struct db_value *values, int count)
{
    parameters->count = count;
    for (int i = 0; i < count; i++) {
        parameters->values[i] = values[i].data;
        parameters->lengths[i] = values[i].length;
        parameters->formats[i] = values[i].binary ? 1 : 0;
    }
}

struct db_parameters *parameters_copy(const struct db_value *values, int count)
{
    size_t size = sizeof(struct db_parameters);
    for (int i = 0; i < count; i++)
        size += values[i].data ? (size_t)values[i].length + 1 : 0;
    struct db_parameters *copy = malloc(size);
    if (!copy)
        return NULL;
    parameters_set(copy, values, count);
    char *at = (char *)(copy + 1);
    for (int i = 0; i < count; i++) {
        if (!values[i].data)
            continue;
        memcpy(at, values[i].data, (size_t)values[i].length);
        at[values[i].length] = 0;
        copy->values[i] = at;
        at += values[i].length + 1;
    }
    return copy;
}
