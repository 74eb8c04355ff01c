// SPDX-License-Identifier: Apache-2.0
// Walks the JSON beside the descriptor: see unknown_key.h. The place is kept as one path text that grows and
// shrinks with the walk.
#include "message/unknown_key.h"

#include <stdio.h>
#include <string.h>

#include "text/suggest.h"
#include "wire/arena.h"
#include "wire/error.h"
#include "wire/json_reader.h"

enum { PATH_SIZE = 160 };

struct walk {
    struct json_reader json;
    char path[PATH_SIZE];
    struct ts_error *error;
    bool refused;
};

static bool check_members(struct walk *walk, const ProtobufCMessageDescriptor *descriptor);

// Adds to the path; what does not fit is cut off, the message is for a person.
static size_t path_add(struct walk *walk, const char *text)
{
    size_t length = strlen(walk->path);

    snprintf(walk->path + length, PATH_SIZE - length, "%s%s",
             length > 0 && text[0] != '[' && text[0] != '\0' ? "." : "", text);
    return length;
}

static bool refuse(struct walk *walk, const ProtobufCMessageDescriptor *descriptor, const char *key)
{
    struct suggest search = suggest_begin(key);
    const char *meant;

    for (unsigned i = 0; i < descriptor->n_fields; i++)
        suggest_offer(&search, descriptor->fields[i].name);
    meant = suggest_result(&search);
    path_add(walk, key);
    walk->refused = true;
    return error_set(walk->error, TS_INVALID_ARGUMENT, "USAGE", "%s: there is no such field%s%s%s",
                     walk->path, meant != NULL ? "; did you mean '" : "", meant != NULL ? meant : "",
                     meant != NULL ? "'?" : "");
}

static bool check_elements(struct walk *walk, const ProtobufCMessageDescriptor *descriptor)
{
    bool first = true, known = json_reader_enter(&walk->json, JSON_ARRAY);

    for (size_t i = 0; known && json_reader_next_element(&walk->json, &first); i++) {
        char index[24];
        size_t before;

        snprintf(index, sizeof index, "[%zu]", i);
        before = path_add(walk, index);
        known = json_reader_peek(&walk->json) == JSON_OBJECT ? check_members(walk, descriptor)
                                                             : json_reader_skip(&walk->json, NULL, NULL);
        if (known)
            walk->path[before] = '\0';
    }
    return known;
}

static bool check_value(struct walk *walk, const ProtobufCFieldDescriptor *field)
{
    enum json_kind kind = json_reader_peek(&walk->json);
    bool repeated = field->label == PROTOBUF_C_LABEL_REPEATED;

    if (field->type == PROTOBUF_C_TYPE_MESSAGE && repeated && kind == JSON_ARRAY)
        return check_elements(walk, field->descriptor);
    if (field->type == PROTOBUF_C_TYPE_MESSAGE && !repeated && kind == JSON_OBJECT)
        return check_members(walk, field->descriptor);
    return json_reader_skip(&walk->json, NULL, NULL);
}

static bool check_members(struct walk *walk, const ProtobufCMessageDescriptor *descriptor)
{
    bool first = true;
    const char *key;
    size_t length;

    if (!json_reader_enter(&walk->json, JSON_OBJECT))
        return false;
    while (json_reader_next_member(&walk->json, &first, &key, &length)) {
        const char *name = arena_copy(walk->json.arena, key, length);
        const ProtobufCFieldDescriptor *field;
        size_t before;

        if (name == NULL)
            return false;
        field = protobuf_c_message_descriptor_get_field_by_name(descriptor, name);
        if (field == NULL)
            return refuse(walk, descriptor, name);
        before = path_add(walk, name);
        if (!check_value(walk, field))
            return false;
        walk->path[before] = '\0';
    }
    return walk->json.wrong == NULL;
}

bool unknown_key_refuse(const ProtobufCMessageDescriptor *descriptor, const char *json, size_t length,
                        struct arena *arena, struct ts_error *error)
{
    struct walk walk = {.error = error};

    json_reader_init(&walk.json, json, length, arena);
    if (check_members(&walk, descriptor))
        return true;
    // The text was read once already, so that only memory can be wanting.
    return !walk.refused ? error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory") : false;
}
