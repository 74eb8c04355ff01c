// SPDX-License-Identifier: Apache-2.0
// JSON to inputs, see quality_inputs.h.
#include "validate/quality_inputs.h"

#include "wire/arena.h"
#include "wire/error.h"
#include "wire/json_reader.h"

#include <string.h>

static bool wrong(struct ts_error *error, const char *name, const char *why)
{
    return error_set(error, TS_INVALID_ARGUMENT, "QUALITY_INPUT", "input \"%s\": %s", name, why);
}

// A string or a number, as text in the arena.
static bool read_text(struct json_reader *reader, struct arena *arena, const char **ret_text)
{
    const char *text = NULL;
    char *string = NULL;
    size_t length = 0;
    if (json_reader_peek(reader) == JSON_STRING) {
        if (!json_reader_string(reader, &string, &length))
            return false;
        text = string;
    } else if (!json_reader_number(reader, &text, &length)) {
        return false;
    }
    *ret_text = arena_copy(arena, text, length);
    return *ret_text || json_reader_fail(reader, "no memory");
}

// An array of texts; grows by doubling.
static bool read_texts(struct json_reader *reader, struct arena *arena, const char ***ret_texts,
                       size_t *ret_count)
{
    const char **texts = NULL;
    size_t count = 0, room = 0;
    bool first = true;
    if (!json_reader_enter(reader, JSON_ARRAY))
        return false;
    while (json_reader_next_element(reader, &first)) {
        if (count == QUALITY_INPUTS_POINTS)
            return json_reader_fail(reader, "more than 4096 values");
        if (count == room) {
            room = room ? 2 * room : 32;
            const char **more = arena_array(arena, room, sizeof *more);
            if (!more)
                return json_reader_fail(reader, "no memory");
            if (count)
                memcpy(more, texts, count * sizeof *more);
            texts = more;
        }
        if (!read_text(reader, arena, &texts[count]))
            return false;
        count++;
    }
    *ret_texts = texts;
    *ret_count = count;
    return reader->wrong == NULL;
}

static bool read_points(struct json_reader *reader, struct quality_inputs *inputs, struct ts_error *error)
{
    const char **texts = NULL;
    struct ts_error why = {0};
    if (!read_texts(reader, inputs->arena, &texts, &inputs->point_count))
        return wrong(error, "data", "must be an array of numbers");
    inputs->points = arena_array(inputs->arena, inputs->point_count + 1, sizeof *inputs->points);
    if (!inputs->points)
        return wrong(error, "data", "there is no memory for it");
    for (size_t i = 0; i < inputs->point_count; i++)
        if (!decimal_parse(texts[i], strlen(texts[i]), &inputs->points[i], &why))
            return wrong(error, "data", why.detail);
    return true;
}

// A run has a new number where its name changes: only neighbours are ever compared.
static bool read_runs(struct json_reader *reader, struct quality_inputs *inputs, size_t *ret_count,
                      struct ts_error *error)
{
    const char **texts = NULL;
    if (!read_texts(reader, inputs->arena, &texts, ret_count))
        return wrong(error, "runs", "must be an array with the run of each point");
    inputs->runs = arena_array(inputs->arena, *ret_count + 1, sizeof *inputs->runs);
    if (!inputs->runs)
        return wrong(error, "runs", "there is no memory for it");
    for (size_t i = 1; i < *ret_count; i++)
        inputs->runs[i] = inputs->runs[i - 1] + (strcmp(texts[i], texts[i - 1]) != 0);
    return true;
}

static const char **column(struct control_rule_row *row, const char *key, size_t length)
{
    const struct {
        const char *name;
        const char **cell;
    } columns[] = {{"name", &row->name},   {"kind", &row->kind},     {"count", &row->count},
                   {"of", &row->of},       {"sigma", &row->sigma},   {"side", &row->side},
                   {"scope", &row->scope}, {"effect", &row->effect}, {"confidence", &row->confidence}};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        if (json_reader_is_key(key, length, columns[i].name))
            return columns[i].cell;
    return NULL;
}

static bool read_rule(struct json_reader *reader, struct quality_inputs *inputs, struct ts_error *error)
{
    struct control_rule_row row = {.effect = "reject", .confidence = "check"};
    const char *key = NULL;
    size_t length = 0;
    bool first = true;
    if (!json_reader_enter(reader, JSON_OBJECT))
        return wrong(error, "rules", "must be an array of objects");
    while (json_reader_next_member(reader, &first, &key, &length)) {
        const char **cell = column(&row, key, length);
        if (!cell || !read_text(reader, inputs->arena, cell))
            return wrong(error, "rules", "has a member that no rule has, or that is no text");
    }
    return control_rules_add(&inputs->rules, &row, error);
}

static bool read_rules(struct json_reader *reader, struct quality_inputs *inputs, struct ts_error *error)
{
    bool first = true;
    if (!json_reader_enter(reader, JSON_ARRAY))
        return wrong(error, "rules", "must be an array of objects");
    while (json_reader_next_element(reader, &first))
        if (!read_rule(reader, inputs, error))
            return false;
    return true;
}

static bool read_value(struct json_reader *reader, struct quality_inputs *inputs, const char *key,
                       size_t length, struct ts_error *error)
{
    char *name = arena_copy(inputs->arena, key, length);
    if (!name || inputs->value_count == QUALITY_INPUTS_VALUES)
        return wrong(error, name ? name : "", "is one too many");
    if (quality_inputs_text(inputs, name))
        return wrong(error, name, "stands twice");
    struct quality_input *value = &inputs->values[inputs->value_count];
    if (!read_text(reader, inputs->arena, &value->text))
        return wrong(error, name, "must be a text or a number");
    value->name = name;
    inputs->value_count++;
    return true;
}

static bool read_members(struct json_reader *reader, struct quality_inputs *inputs, size_t *ret_runs,
                         struct ts_error *error)
{
    const char *key = NULL;
    size_t length = 0;
    bool first = true;
    if (!json_reader_enter(reader, JSON_OBJECT))
        return wrong(error, "inputs_json", "must be a JSON object");
    while (json_reader_next_member(reader, &first, &key, &length)) {
        bool is_array = json_reader_peek(reader) == JSON_ARRAY, held;
        if (json_reader_is_key(key, length, "data"))
            held = read_points(reader, inputs, error);
        else if (json_reader_is_key(key, length, "runs"))
            held = read_runs(reader, inputs, ret_runs, error);
        else if (is_array && json_reader_is_key(key, length, "rules"))
            held = read_rules(reader, inputs, error);
        else
            held = read_value(reader, inputs, key, length, error);
        if (!held)
            return false;
    }
    return json_reader_finish(reader) ||
           wrong(error, "inputs_json", reader->wrong ? reader->wrong : "is no JSON");
}

bool quality_inputs_read(const char *json, const struct validate_catalogue *catalogue, struct arena *arena,
                         struct quality_inputs *ret_inputs, struct ts_error *error)
{
    struct json_reader reader;
    size_t runs = 0;
    *ret_inputs = (struct quality_inputs){.arena = arena, .catalogue = catalogue};
    json_reader_init(&reader, json, strlen(json), arena);
    if (!read_members(&reader, ret_inputs, &runs, error))
        return false;
    return !ret_inputs->runs || runs == ret_inputs->point_count ||
           wrong(error, "runs", "must have as many values as data");
}

const char *quality_inputs_text(const struct quality_inputs *inputs, const char *name)
{
    for (size_t i = 0; i < inputs->value_count; i++)
        if (strcmp(inputs->values[i].name, name) == 0)
            return inputs->values[i].text;
    return NULL;
}

bool quality_inputs_number(struct quality_inputs *inputs, const char *name, struct decimal *ret_value,
                           struct ts_error *error)
{
    struct ts_error why = {0};
    const char *text = quality_inputs_text(inputs, name);
    if (text && decimal_parse(text, strlen(text), ret_value, &why))
        return true;
    inputs->unread = true;
    return wrong(error, name, text ? why.detail : "is missing");
}

bool quality_inputs_has_points(struct quality_inputs *inputs, struct ts_error *error)
{
    inputs->unread = inputs->unread || inputs->point_count == 0;
    return inputs->point_count > 0 || wrong(error, "data", "is missing");
}
