// SPDX-License-Identifier: Apache-2.0
// Tables of factors, see units.h.
#include "formula/units.h"

#include "formula/builtin.h"
#include "wire/arena.h"
#include "wire/error.h"
#include "wire/json_reader.h"

#include <string.h>

const struct formula_unit *units_find(const struct formula_units *units, const char *name)
{
    for (size_t i = 0; i < units->count; i++)
        if (strcmp(units->rows[i].code, name) == 0)
            return &units->rows[i];
    for (size_t i = 0; i < units->count; i++)
        if (strcmp(units->rows[i].display, name) == 0)
            return &units->rows[i];
    return NULL;
}

static bool read_row(struct json_reader *reader, struct formula_unit *ret_row)
{
    const char **const cells[] = {&ret_row->code, &ret_row->display, &ret_row->dimension, &ret_row->factor,
                                  &ret_row->offset};
    const size_t width = sizeof cells / sizeof *cells;
    bool first = true;
    size_t count = 0, length;
    char *text;
    if (!json_reader_enter(reader, JSON_ARRAY))
        return false;
    while (json_reader_next_element(reader, &first)) {
        if (count == width || !json_reader_string(reader, &text, &length))
            return false;
        *cells[count++] = text;
    }
    return count == width;
}

bool units_read(const char *json, struct arena *arena, struct formula_units *ret_units,
                struct ts_error *error)
{
    struct formula_unit *rows;
    struct json_reader reader;
    bool first = true;
    size_t count = 0;
    if (!*json) {
        *ret_units = builtin_units;
        return true;
    }
    rows = arena_array(arena, FORMULA_UNITS_MOST, sizeof *rows);
    json_reader_init(&reader, json, strlen(json), arena);
    if (!rows || reader.out_of_memory)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "There is no memory left.");
    bool held = json_reader_enter(&reader, JSON_ARRAY);
    while (held && json_reader_next_element(&reader, &first)) {
        if (count == FORMULA_UNITS_MOST)
            return error_set(error, TS_RESOURCE_EXHAUSTED, "FORMULA_TOO_LARGE",
                             "There are more than %d factors of units.", FORMULA_UNITS_MOST);
        held = read_row(&reader, &rows[count++]);
    }
    if (!held || !json_reader_finish(&reader))
        return error_set(error, TS_INVALID_ARGUMENT, "FORMULA_UNITS", "The factors of units cannot be read.");
    *ret_units = (struct formula_units){rows, count};
    return true;
}
