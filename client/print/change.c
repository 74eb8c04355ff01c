// SPDX-License-Identifier: Apache-2.0
// See change.h. An entry has some ten members, so that the old value is looked for from the beginning each
// time.
#include "print/change.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "print/instant.h"
#include "text/collect.h"
#include "wire/arena.h"
#include "wire/json_reader.h"

enum { ARENA_CEILING_BYTES = 1024 * 1024 };

struct change {
    FILE *out;
    struct arena *arena;
    const char *old_values;
    const char *new_values;
    bool terminal;
    bool has_written;
};

// The value that the reader stands before: a string without quotes, anything else as it is written.
static const char *read_value(struct json_reader *reader)
{
    char *text;
    const char *piece;
    size_t length;

    if (json_reader_peek(reader) == JSON_STRING)
        return json_reader_string(reader, &text, &length) ? text : NULL;
    if (json_reader_peek(reader) == JSON_NULL)
        return json_reader_skip(reader, NULL, NULL) ? "none" : NULL;
    return json_reader_skip(reader, &piece, &length) ? arena_copy(reader->arena, piece, length) : NULL;
}

// The value of one member, or NULL when the object has none.
static const char *find_value(const struct change *change, const char *object, const char *key, size_t length)
{
    struct json_reader reader;
    bool first = true;
    const char *other;
    size_t other_length;

    json_reader_init(&reader, object, strlen(object), change->arena);
    if (!json_reader_enter(&reader, JSON_OBJECT))
        return NULL;
    while (json_reader_next_member(&reader, &first, &other, &other_length)) {
        if (other_length == length && memcmp(other, key, length) == 0)
            return read_value(&reader);
        if (!json_reader_skip(&reader, NULL, NULL))
            return NULL;
    }
    return NULL;
}

static void write_member(struct change *change, const char *key, size_t length, const char *before,
                         const char *after)
{
    fprintf(change->out, "%s%.*s: ", change->has_written ? "; " : "", (int)length, key);
    change->has_written = true;
    if (*change->old_values != '\0') {
        instant_write_text(change->out, before != NULL && *before != '\0' ? before : "none",
                           change->terminal);
        fputs(" -> ", change->out);
    }
    instant_write_text(change->out, after != NULL && *after != '\0' ? after : "none", change->terminal);
}

// Every member of `object`; with `only_old` those that the new values do not have.
static bool write_members(struct change *change, const char *object, bool only_old)
{
    struct json_reader reader;
    bool first = true;
    const char *key;
    size_t length;

    json_reader_init(&reader, object, strlen(object), change->arena);
    if (!json_reader_enter(&reader, JSON_OBJECT))
        return false;
    while (json_reader_next_member(&reader, &first, &key, &length)) {
        const char *value = read_value(&reader);

        if (value == NULL)
            return false;
        if (!only_old)
            write_member(change, key, length, find_value(change, change->old_values, key, length), value);
        else if (find_value(change, change->new_values, key, length) == NULL)
            write_member(change, key, length, value, NULL);
    }
    return json_reader_finish(&reader);
}

char *change_text(const char *old_values, const char *new_values, bool terminal)
{
    struct change change = {.arena = arena_create(ARENA_CEILING_BYTES),
                            .old_values = old_values != NULL ? old_values : "",
                            .new_values = new_values != NULL ? new_values : "",
                            .terminal = terminal};
    struct collect collect;
    char *text;
    bool done = false;

    change.out = collect_begin(&collect);
    if (change.out != NULL && change.arena != NULL)
        done = (*change.new_values == '\0' || write_members(&change, change.new_values, false)) &&
               (*change.old_values == '\0' || write_members(&change, change.old_values, true));
    text = collect_end(&collect, NULL);
    arena_free(change.arena);
    if (done || text == NULL)
        return text;
    free(text);
    change.out = collect_begin(&collect);
    if (change.out != NULL)
        fprintf(change.out, "%s -> %s", change.old_values, change.new_values);
    return collect_end(&collect, NULL);
}
