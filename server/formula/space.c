// SPDX-License-Identifier: Apache-2.0
// Values and their space, see space.h.
#include "formula/space.h"

#include "wire/error.h"

#include <stdio.h>
#include <string.h>

void space_init(struct formula_space *space, const struct formula_units *units)
{
    space->units = units;
    space->cell_count = space->entry_count = space->variable_count = 0;
    space->work = 0;
    space->text_used = 0;
}

const struct formula_value *space_find(const struct formula_space *space, const char *name)
{
    for (size_t i = 0; i < space->variable_count; i++)
        if (strcmp(space->variables[i].name, name) == 0)
            return &space->variables[i].value;
    return NULL;
}

bool space_set(struct formula_space *space, const char *name, const struct formula_value *value,
               struct ts_error *error)
{
    if (space_find(space, name))
        return error_set(error, TS_INVALID_ARGUMENT, "FORMULA_NAME", "The name %.40s is there twice.", name);
    size_t length = strlen(name);
    if (space->variable_count == FORMULA_VARIABLES || length >= FORMULA_NAME_BYTES)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "FORMULA_TOO_LARGE",
                         "At %.40s: there are more than %d names, or the name is too long.", name,
                         FORMULA_VARIABLES);
    struct formula_variable *variable = &space->variables[space->variable_count++];
    memcpy(variable->name, name, length + 1);
    variable->value = *value;
    return true;
}

bool space_list(struct formula_space *space, size_t count, struct formula_value *ret_list,
                struct ts_error *error)
{
    if (count > FORMULA_CELLS - space->cell_count)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "FORMULA_TOO_LARGE",
                         "The lists have more than %d values together.", FORMULA_CELLS);
    *ret_list = (struct formula_value){.kind = FORMULA_LIST, .first = space->cell_count, .count = count};
    space->cell_count += count;
    return true;
}

struct formula_value space_number(const struct decimal *number)
{
    return (struct formula_value){.kind = FORMULA_NUMBER, .number = *number};
}

struct formula_value space_text(const char *text)
{
    return (struct formula_value){.kind = FORMULA_TEXT, .text = text};
}

struct formula_value space_truth(bool truth)
{
    return (struct formula_value){.kind = FORMULA_TRUTH, .truth = truth};
}

bool space_keep_text(struct formula_space *space, const char *text, struct formula_value *ret_value,
                     struct ts_error *error)
{
    size_t size = strlen(text) + 1;
    if (size > FORMULA_TEXT_BYTES - space->text_used)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "FORMULA_TOO_LARGE",
                         "The texts have more than %d bytes together.", FORMULA_TEXT_BYTES);
    memcpy(space->text + space->text_used, text, size);
    *ret_value = space_text(space->text + space->text_used);
    space->text_used += size;
    return true;
}

const char *space_kind_name(enum formula_kind kind)
{
    static const char *const names[] = {"a number", "a text", "yes or no", "a list", "a map"};
    return names[kind];
}

bool space_work(struct formula_space *space, size_t operations, struct ts_error *error)
{
    if (operations > FORMULA_WORK - space->work)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "FORMULA_TOO_LONG",
                         "The calculation takes more than %d operations.", FORMULA_WORK);
    space->work += (unsigned)operations;
    return true;
}
