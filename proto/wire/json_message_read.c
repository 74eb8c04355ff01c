// SPDX-License-Identifier: Apache-2.0
// Reading of json_message.h: one pass over the text, straight into protobuf-c structs in the arena.
#include "wire/json_message.h"

#include "wire/arena.h"
#include "wire/error.h"
#include "wire/field.h"
#include "wire/json_source.h"

#include <string.h>

struct reading {
    struct json_source source;
    const char *beside_name; // NULL: unknown members are skipped
    const ProtobufCMessageDescriptor *beside_kind;
    struct json_beside **beside_end;
};

static bool read_members(struct reading *reading, ProtobufCMessage *message);

static ProtobufCMessage *new_message(struct reading *reading, const ProtobufCMessageDescriptor *descriptor)
{
    ProtobufCMessage *message = json_source_allocate(&reading->source, 1, descriptor->sizeof_message);
    if (message)
        protobuf_c_message_init(descriptor, message);
    return message;
}

static bool read_submessage(struct reading *reading, const ProtobufCMessageDescriptor *descriptor,
                            ProtobufCMessage **ret_message)
{
    *ret_message = new_message(reading, descriptor);
    if (!*ret_message)
        return false;
    return json_source_is_text(descriptor) ? json_source_text_message(&reading->source, *ret_message)
                                           : read_members(reading, *ret_message);
}

// `ret_value` is the field's place in its struct, or an element of its array.
static bool read_value(struct reading *reading, const ProtobufCFieldDescriptor *field, void *ret_value)
{
    union wire_value value;
    if (field->type == PROTOBUF_C_TYPE_MESSAGE)
        return read_submessage(reading, field->descriptor, ret_value);
    if (!json_source_value(&reading->source, field, &value))
        return false;
    if (field->type == PROTOBUF_C_TYPE_BOOL)
        *(protobuf_c_boolean *)ret_value = value.boolean;
    else
        memcpy(ret_value, &value, field_size(field->type));
    return true;
}

// A key that comes twice begins its array anew: the last one counts, as in jsonb.
static bool read_array(struct reading *reading, const ProtobufCFieldDescriptor *field,
                       ProtobufCMessage *message)
{
    size_t size = field_size(field->type), count = 0, capacity = 0;
    char *elements = NULL;
    bool first = true;
    if (!json_reader_enter(&reading->source.json, JSON_ARRAY))
        return false;
    while (json_reader_next_element(&reading->source.json, &first)) {
        if (count == capacity) {
            size_t wider = capacity ? capacity * 2 : 4;
            char *grown = json_source_allocate(&reading->source, wider, size);
            if (!grown)
                return false;
            if (count)
                memcpy(grown, elements, count * size);
            elements = grown;
            capacity = wider;
        }
        if (!read_value(reading, field, elements + count * size))
            return false;
        count++;
    }
    if (reading->source.json.wrong)
        return false;
    *(size_t *)((char *)message + field->quantifier_offset) = count;
    *(char **)((char *)message + field->offset) = elements;
    return true;
}

static bool read_field(struct reading *reading, const ProtobufCFieldDescriptor *field,
                       ProtobufCMessage *message)
{
    char *base = (char *)message;
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return read_array(reading, field, message);
    if (!(field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF))
        return read_value(reading, field, base + field->offset);
    ProtobufCBinaryData value = {0}; // the widest type; members of a oneof share their place
    if (!read_value(reading, field, &value))
        return false;
    memcpy(base + field->offset, &value, field_size(field->type));
    *(uint32_t *)(base + field->quantifier_offset) = field->id;
    return true;
}

static bool read_beside(struct reading *reading, ProtobufCMessage *message)
{
    struct json_beside *beside = json_source_allocate(&reading->source, 1, sizeof *beside);
    if (!beside || !read_submessage(reading, reading->beside_kind, &beside->facts))
        return false;
    beside->message = message;
    *reading->beside_end = beside;
    reading->beside_end = &beside->next;
    return true;
}

static bool read_unknown(struct reading *reading, ProtobufCMessage *message,
                         const struct json_members *members)
{
    return reading->beside_name && json_reader_is_key(members->key, members->length, reading->beside_name)
               ? read_beside(reading, message)
               : json_reader_skip(&reading->source.json, NULL, NULL);
}

static bool read_members(struct reading *reading, ProtobufCMessage *message)
{
    struct json_reader *json = &reading->source.json;
    struct json_members members = {.message = message->descriptor};
    if (!json_reader_enter(json, JSON_OBJECT))
        return false;
    while (json_source_next(&reading->source, &members)) {
        bool held = json_reader_peek(json) == JSON_NULL ? json_reader_skip(json, NULL, NULL)
                    : members.field                     ? read_field(reading, members.field, message)
                                                        : read_unknown(reading, message, &members);
        if (!held)
            return false;
    }
    return !json->wrong;
}

static ProtobufCMessage *read_all(struct reading *reading, struct ts_error *error)
{
    ProtobufCMessage *message = new_message(reading, reading->source.message);
    if (message && read_members(reading, message) && json_reader_finish(&reading->source.json))
        return message;
    json_source_error(&reading->source, error);
    return NULL;
}

ProtobufCMessage *json_message_read(const ProtobufCMessageDescriptor *descriptor, const char *json,
                                    size_t length, struct arena *arena, struct ts_error *error)
{
    struct reading reading = {0};
    json_source_init(&reading.source, descriptor, json, length, arena);
    return read_all(&reading, error);
}

ProtobufCMessage *json_message_read_beside(const ProtobufCMessageDescriptor *descriptor, const char *json,
                                           size_t length, const char *name,
                                           const ProtobufCMessageDescriptor *kind,
                                           struct json_beside **ret_beside, struct arena *arena,
                                           struct ts_error *error)
{
    struct json_beside *beside = NULL;
    struct reading reading = {.beside_name = name, .beside_kind = kind, .beside_end = &beside};
    json_source_init(&reading.source, descriptor, json, length, arena);
    ProtobufCMessage *message = read_all(&reading, error);
    if (message)
        *ret_beside = beside;
    return message;
}
