// SPDX-License-Identifier: Apache-2.0
// The reader behind json_wire.h: what it reads it writes at once (wire_writer.h).
#include "wire/json_wire.h"

#include "wire/arena.h"
#include "wire/error.h"
#include "wire/json_source.h"
#include "wire/wire_writer.h"

enum { SLACK_BYTES = 64 }; // beside the length of the text, which is nearly always enough

struct writing {
    struct json_source source;
    struct wire_writer *wire;
};

static bool write_members(struct writing *writing, const ProtobufCMessageDescriptor *descriptor);

// What the writer answered; it only fails for memory.
static bool wrote(struct writing *writing, bool written)
{
    return written || json_source_fail_memory(&writing->source);
}

// Of a message that is written as a text.
static bool write_text_message(struct writing *writing, const ProtobufCMessageDescriptor *descriptor)
{
    ProtobufCMessage *message = json_source_allocate(&writing->source, 1, descriptor->sizeof_message);
    if (!message)
        return false;
    protobuf_c_message_init(descriptor, message);
    return json_source_text_message(&writing->source, message) &&
           wrote(writing, wire_put_message(writing->wire, message));
}

static bool write_submessage(struct writing *writing, const ProtobufCFieldDescriptor *field)
{
    const ProtobufCMessageDescriptor *descriptor = field->descriptor;
    size_t start;
    return wrote(writing, wire_put_tag(writing->wire, field) && wire_open_length(writing->wire, &start)) &&
           (json_source_is_text(descriptor) ? write_text_message(writing, descriptor)
                                            : write_members(writing, descriptor)) &&
           wrote(writing, wire_close_length(writing->wire, start));
}

static bool write_number(struct writing *writing, ProtobufCType type, const union wire_value *value)
{
    if (!wire_is_number(type))
        return json_reader_fail(&writing->source.json, "has a type that JSON is not made of");
    return wrote(writing, wire_put_number(writing->wire, type, value));
}

// A field that has no presence of its own leaves its default out.
static bool write_value(struct writing *writing, const ProtobufCFieldDescriptor *field, bool has_presence)
{
    union wire_value value;
    if (field->type == PROTOBUF_C_TYPE_MESSAGE)
        return write_submessage(writing, field);
    if (!json_source_value(&writing->source, field, &value))
        return false;
    if (field->type == PROTOBUF_C_TYPE_STRING)
        return (!has_presence && value.string.length == 0) ||
               wrote(writing, wire_put_bytes(writing->wire, field, value.string.text, value.string.length));
    if (field->type == PROTOBUF_C_TYPE_BYTES)
        return (!has_presence && value.bytes.len == 0) ||
               wrote(writing, wire_put_bytes(writing->wire, field, value.bytes.data, value.bytes.len));
    return (!has_presence && wire_is_zero(field->type, &value)) ||
           (wrote(writing, wire_put_tag(writing->wire, field)) && write_number(writing, field->type, &value));
}

// Numbers of a list stand behind one tag.
static bool write_packed(struct writing *writing, const ProtobufCFieldDescriptor *field)
{
    struct wire_writer *wire = writing->wire;
    union wire_value value;
    bool first = true;
    size_t tag = wire->length, start;
    if (!wrote(writing, wire_put_packed_tag(wire, field) && wire_open_length(wire, &start)))
        return false;
    while (json_reader_next_element(&writing->source.json, &first))
        if (!json_source_value(&writing->source, field, &value) ||
            !write_number(writing, field->type, &value))
            return false;
    if (wire->length > start)
        return wrote(writing, wire_close_length(wire, start));
    wire->length = tag; // an empty list is nothing
    return true;
}

static bool write_array(struct writing *writing, const ProtobufCFieldDescriptor *field)
{
    struct json_reader *json = &writing->source.json;
    bool first = true;
    if (!json_reader_enter(json, JSON_ARRAY))
        return false;
    if (wire_is_packed(field->type))
        return write_packed(writing, field) && !json->wrong;
    while (json_reader_next_element(json, &first))
        if (!write_value(writing, field, true))
            return false;
    return !json->wrong;
}

static bool write_field(struct writing *writing, const ProtobufCFieldDescriptor *field)
{
    return field->label == PROTOBUF_C_LABEL_REPEATED
               ? write_array(writing, field)
               : write_value(writing, field,
                             field->label == PROTOBUF_C_LABEL_OPTIONAL ||
                                 field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF);
}

static bool write_members(struct writing *writing, const ProtobufCMessageDescriptor *descriptor)
{
    struct json_reader *json = &writing->source.json;
    struct json_members members = {.message = descriptor};
    if (!json_reader_enter(json, JSON_OBJECT))
        return false;
    while (json_source_next(&writing->source, &members)) {
        bool is_read = members.field && json_reader_peek(json) != JSON_NULL;
        if (!(is_read ? write_field(writing, members.field) : json_reader_skip(json, NULL, NULL)))
            return false;
    }
    return !json->wrong;
}

bool json_wire_write(const ProtobufCMessageDescriptor *descriptor, const char *json, size_t length,
                     struct arena *arena, const uint8_t **ret_bytes, size_t *ret_length,
                     struct ts_error *error)
{
    struct wire_writer wire;
    struct writing writing = {.wire = &wire};
    json_source_init(&writing.source, descriptor, json, length, arena);
    if (!wrote(&writing, wire_writer_init(&wire, arena, length + SLACK_BYTES)) ||
        !write_members(&writing, descriptor) || !json_reader_finish(&writing.source.json))
        return json_source_error(&writing.source, error);
    *ret_bytes = wire.bytes;
    *ret_length = wire.length;
    return true;
}

bool json_wire_write_field(const ProtobufCMessageDescriptor *descriptor,
                           const ProtobufCFieldDescriptor *field, const char *json, size_t length,
                           struct wire_writer *wire, struct ts_error *error)
{
    struct writing writing = {.wire = wire};
    json_source_init(&writing.source, descriptor, json, length, wire->arena);
    writing.source.field = field;
    return (write_field(&writing, field) && json_reader_finish(&writing.source.json)) ||
           json_source_error(&writing.source, error);
}
