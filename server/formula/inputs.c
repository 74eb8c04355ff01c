// SPDX-License-Identifier: Apache-2.0
// JSON to inputs, see inputs.h.
#include "formula/inputs.h"

#include "wire/arena.h"
#include "wire/error.h"
#include "wire/json_reader.h"

#include <string.h>

struct reading {
    struct json_reader json;
    struct formula_space *space;
    struct ts_error *error;
    const char *name; // of the input that is read
};

static bool wrong(const struct reading *reading, const char *why)
{
    return error_set(reading->error, TS_INVALID_ARGUMENT, "FORMULA_INPUT", "The input %.60s %s.",
                     reading->name, reading->json.wrong ? reading->json.wrong : why);
}

// A string or a number. A string that is a decimal is a number; another stays a text.
static bool read_scalar(struct reading *reading, struct formula_cell *ret_cell)
{
    struct ts_error why = {0};
    const char *digits;
    char *text;
    size_t length;
    struct formula_cell cell = {.text = NULL};
    if (json_reader_peek(&reading->json) == JSON_NUMBER) {
        if (!json_reader_number(&reading->json, &digits, &length))
            return wrong(reading, "is no number");
        if (!decimal_parse(digits, length, &cell.number, &why))
            return wrong(reading, why.detail);
    } else {
        if (!json_reader_string(&reading->json, &text, &length))
            return wrong(reading, "should be a number, a text, a list or a map of lists");
        if (!decimal_parse(text, length, &cell.number, NULL))
            cell.text = text;
    }
    *ret_cell = cell;
    return true;
}

static bool read_list(struct reading *reading, struct formula_value *ret_list)
{
    struct formula_value list = {.kind = FORMULA_LIST, .first = reading->space->cell_count};
    struct formula_value one;
    bool first = true;
    if (!json_reader_enter(&reading->json, JSON_ARRAY))
        return wrong(reading, "should be a list");
    while (json_reader_next_element(&reading->json, &first)) {
        if (!space_list(reading->space, 1, &one, reading->error) ||
            !read_scalar(reading, &reading->space->cells[one.first]))
            return false;
        list.count++;
    }
    if (reading->json.wrong)
        return wrong(reading, "");
    *ret_list = list;
    return true;
}

// The list of one key; a single count is a list of one.
static bool read_entry_list(struct reading *reading, struct formula_value *ret_list)
{
    if (json_reader_peek(&reading->json) == JSON_ARRAY)
        return read_list(reading, ret_list);
    return space_list(reading->space, 1, ret_list, reading->error) &&
           read_scalar(reading, &reading->space->cells[ret_list->first]);
}

static bool read_entry(struct reading *reading, const char *key, size_t length)
{
    struct formula_space *space = reading->space;
    struct formula_entry *entry = &space->entries[space->entry_count];
    struct formula_value list;
    struct ts_error why = {0};
    if (space->entry_count == FORMULA_ENTRIES)
        return error_set(reading->error, TS_RESOURCE_EXHAUSTED, "FORMULA_TOO_LARGE",
                         "The input %.60s has more than %d entries.", reading->name, FORMULA_ENTRIES);
    if (!decimal_parse(key, length, &entry->key, &why))
        return wrong(reading, "has a key that is no number");
    space->entry_count++;
    if (!read_entry_list(reading, &list))
        return false;
    entry->first = list.first;
    entry->count = list.count;
    return true;
}

static bool has_twice(const struct formula_space *space, const struct formula_value *map)
{
    for (size_t i = map->first; i < map->first + map->count; i++)
        for (size_t k = map->first; k < i; k++)
            if (decimal_compare(&space->entries[i].key, &space->entries[k].key) == 0)
                return true;
    return false;
}

static bool read_map(struct reading *reading, struct formula_value *ret_map)
{
    struct formula_value map = {.kind = FORMULA_MAP, .first = reading->space->entry_count};
    const char *key;
    size_t length;
    bool first = true;
    if (!json_reader_enter(&reading->json, JSON_OBJECT))
        return wrong(reading, "should be a map");
    while (json_reader_next_member(&reading->json, &first, &key, &length)) {
        if (!read_entry(reading, key, length))
            return false;
        map.count++;
    }
    if (reading->json.wrong)
        return wrong(reading, "");
    if (has_twice(reading->space, &map))
        return wrong(reading, "has a key twice");
    *ret_map = map;
    return true;
}

static bool read_truth(struct reading *reading, struct formula_value *ret_value)
{
    bool truth;
    if (!json_reader_bool(&reading->json, &truth))
        return wrong(reading, "is no truth");
    *ret_value = space_truth(truth);
    return true;
}

// `*ret_given` is false for null and "".
static bool read_value(struct reading *reading, struct formula_value *ret_value, bool *ret_given)
{
    struct formula_cell cell;
    *ret_given = true;
    switch (json_reader_peek(&reading->json)) {
    case JSON_NULL:
        *ret_given = false;
        return json_reader_skip(&reading->json, NULL, NULL) || wrong(reading, "cannot be read");
    case JSON_ARRAY:
        return read_list(reading, ret_value);
    case JSON_OBJECT:
        return read_map(reading, ret_value);
    case JSON_TRUE:
    case JSON_FALSE:
        return read_truth(reading, ret_value);
    default:
        break;
    }
    if (!read_scalar(reading, &cell))
        return false;
    *ret_given = !cell.text || *cell.text;
    *ret_value = cell.text ? space_text(cell.text) : space_number(&cell.number);
    return true;
}

static bool read_member(struct reading *reading, const char *key, size_t length, struct arena *arena)
{
    struct formula_value value;
    bool given;
    char *name = arena_copy(arena, key, length);
    if (!name)
        return error_set(reading->error, TS_RESOURCE_EXHAUSTED, "FORMULA_TOO_LARGE",
                         "There is no memory for the inputs.");
    reading->name = name;
    if (length == 0)
        return wrong(reading, "has no name");
    if (!read_value(reading, &value, &given))
        return false;
    return !given || space_set(reading->space, name, &value, reading->error);
}

bool inputs_read(const char *json, size_t length, struct arena *arena, struct formula_space *space,
                 struct ts_error *error)
{
    struct reading reading = {.space = space, .error = error, .name = "object"};
    const char *key;
    size_t key_length;
    bool first = true;
    json_reader_init(&reading.json, json, length, arena);
    if (!json_reader_enter(&reading.json, JSON_OBJECT))
        return error_set(error, TS_INVALID_ARGUMENT, "FORMULA_INPUT", "The inputs should be a JSON object.");
    while (json_reader_next_member(&reading.json, &first, &key, &key_length))
        if (!read_member(&reading, key, key_length, arena))
            return false;
    if (!json_reader_finish(&reading.json))
        return error_set(error, TS_INVALID_ARGUMENT, "FORMULA_INPUT", "The inputs: %s.",
                         reading.json.wrong ? reading.json.wrong : "something follows the object");
    return true;
}
