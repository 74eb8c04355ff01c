// SPDX-License-Identifier: Apache-2.0
// See replicates.h.
#include "lab/replicates.h"

#include <stdio.h>
#include <string.h>

static size_t values_of(const struct formula_space *space, const struct formula_value *input)
{
    size_t most = 1;
    if (input->kind == FORMULA_LIST)
        return input->count;
    for (size_t i = 0; input->kind == FORMULA_MAP && i < input->count; i++)
        if (space->entries[input->first + i].count > most)
            most = space->entries[input->first + i].count;
    return most;
}

size_t replicates_count(const char *names, const struct formula_space *space,
                        const struct formula_value *value)
{
    size_t most = 0;
    while (*names) {
        char one[FORMULA_NAME_BYTES];
        size_t length = strcspn(names, "|");
        snprintf(one, sizeof one, "%.*s", (int)length, names);
        const struct formula_value *input = space_find(space, one);
        if (input && values_of(space, input) > most)
            most = values_of(space, input);
        names += length + (names[length] != '\0');
    }
    if (most > 0)
        return most;
    return value->kind == FORMULA_LIST ? value->count : 1;
}
