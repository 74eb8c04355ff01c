// SPDX-License-Identifier: Apache-2.0
// The writer of json_wire.h. One pass; the length in front of a submessage is put in when its end is known.
#include "wire/json_wire.h"

#include "wire/arena.h"
#include "wire/error.h"
#include "wire/json_source.h"

#include <string.h>

enum {
    WIRE_VARINT = 0,
    WIRE_64_BIT = 1,
    WIRE_LENGTH = 2,
    WIRE_32_BIT = 5,
    VARINT_MOST = 10,
    SLACK_BYTES = 64, // beside the length of the text, which is nearly always enough
};

struct writing {
    struct json_source source;
    uint8_t *bytes;
    size_t length, capacity;
};

static bool write_members(struct writing *writing, const ProtobufCMessageDescriptor *descriptor);

// Room for so many bytes more; NULL with the source failed. Good until the next call.
static uint8_t *reserve(struct writing *writing, size_t bytes)
{
    if (bytes > writing->capacity - writing->length) {
        size_t wider = writing->capacity * 2 + bytes;
        uint8_t *grown = json_source_bytes(&writing->source, wider);
        if (!grown)
            return NULL;
        if (writing->length)
            memcpy(grown, writing->bytes, writing->length);
        writing->bytes = grown;
        writing->capacity = wider;
    }
    return writing->bytes + writing->length;
}

static size_t write_varint(uint8_t *to, uint64_t number)
{
    size_t length = 0;
    for (; number >= 0x80; number >>= 7)
        to[length++] = (uint8_t)(number | 0x80);
    to[length++] = (uint8_t)number;
    return length;
}

static bool put_varint(struct writing *writing, uint64_t number)
{
    uint8_t *to = reserve(writing, VARINT_MOST);
    if (!to)
        return false;
    writing->length += write_varint(to, number);
    return true;
}

// A field of bytes, tag and all.
static bool put_bytes(struct writing *writing, const ProtobufCFieldDescriptor *field, const void *bytes,
                      size_t length)
{
    uint8_t *to = reserve(writing, 2 * (size_t)VARINT_MOST + length);
    if (!to)
        return false;
    to += write_varint(to, (uint64_t)field->id << 3 | WIRE_LENGTH);
    to += write_varint(to, length);
    if (length)
        memcpy(to, bytes, length);
    writing->length = (size_t)(to - writing->bytes) + length;
    return true;
}

// Little-endian.
static bool put_fixed(struct writing *writing, uint64_t number, size_t width)
{
    uint8_t *to = reserve(writing, width);
    if (!to)
        return false;
    for (size_t i = 0; i < width; i++, number >>= 8)
        to[i] = (uint8_t)number;
    writing->length += width;
    return true;
}

static int wire_type(ProtobufCType type)
{
    switch (type) {
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_BYTES:
    case PROTOBUF_C_TYPE_MESSAGE:
        return WIRE_LENGTH;
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_FLOAT:
        return WIRE_32_BIT;
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
        return WIRE_64_BIT;
    default:
        return WIRE_VARINT;
    }
}

static bool put_tag(struct writing *writing, const ProtobufCFieldDescriptor *field, int type)
{
    return put_varint(writing, (uint64_t)field->id << 3 | (unsigned)type);
}

static bool put_number(struct writing *writing, ProtobufCType type, const union json_value *value)
{
    switch (type) {
    case PROTOBUF_C_TYPE_BOOL:
        return put_varint(writing, value->boolean);
    case PROTOBUF_C_TYPE_ENUM:
    case PROTOBUF_C_TYPE_INT32:
        return put_varint(writing, (uint64_t)(int64_t)value->int32);
    case PROTOBUF_C_TYPE_UINT32:
        return put_varint(writing, value->uint32);
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_UINT64:
        return put_varint(writing, value->uint64);
    case PROTOBUF_C_TYPE_SINT32:
        return put_varint(writing, (value->uint32 << 1) ^ (uint32_t) - (int32_t)(value->uint32 >> 31));
    case PROTOBUF_C_TYPE_SINT64:
        return put_varint(writing, (value->uint64 << 1) ^ (uint64_t) - (int64_t)(value->uint64 >> 63));
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_SFIXED32:
        return put_fixed(writing, value->uint32, sizeof value->uint32);
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_SFIXED64:
        return put_fixed(writing, value->uint64, sizeof value->uint64);
    default:
        return json_reader_fail(&writing->source.json, "has a type that JSON is not made of");
    }
}

static bool is_zero(ProtobufCType type, const union json_value *value)
{
    switch (type) {
    case PROTOBUF_C_TYPE_BOOL:
        return !value->boolean;
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_SFIXED64:
        return value->uint64 == 0;
    default:
        return value->uint32 == 0;
    }
}

// One byte is left for a length; most are below 128.
static bool open_length(struct writing *writing, size_t *ret_start)
{
    if (!reserve(writing, 1))
        return false;
    writing->length++;
    *ret_start = writing->length;
    return true;
}

static bool close_length(struct writing *writing, size_t start)
{
    uint8_t varint[VARINT_MOST];
    size_t length = writing->length - start, width = write_varint(varint, length);
    if (!reserve(writing, width - 1))
        return false;
    if (width > 1)
        memmove(writing->bytes + start + width - 1, writing->bytes + start, length);
    memcpy(writing->bytes + start - 1, varint, width);
    writing->length += width - 1;
    return true;
}

// Of a message that is written as a text.
static bool write_text_message(struct writing *writing, const ProtobufCMessageDescriptor *descriptor)
{
    ProtobufCMessage *message = json_source_allocate(&writing->source, 1, descriptor->sizeof_message);
    if (!message)
        return false;
    protobuf_c_message_init(descriptor, message);
    if (!json_source_text_message(&writing->source, message))
        return false;
    uint8_t *to = reserve(writing, protobuf_c_message_get_packed_size(message));
    if (!to)
        return false;
    writing->length += protobuf_c_message_pack(message, to);
    return true;
}

static bool write_submessage(struct writing *writing, const ProtobufCFieldDescriptor *field)
{
    const ProtobufCMessageDescriptor *descriptor = field->descriptor;
    size_t start;
    return put_tag(writing, field, WIRE_LENGTH) && open_length(writing, &start) &&
           (json_source_is_text(descriptor) ? write_text_message(writing, descriptor)
                                            : write_members(writing, descriptor)) &&
           close_length(writing, start);
}

// A field that has no presence of its own leaves its default out.
static bool write_value(struct writing *writing, const ProtobufCFieldDescriptor *field, bool has_presence)
{
    union json_value value;
    if (field->type == PROTOBUF_C_TYPE_MESSAGE)
        return write_submessage(writing, field);
    if (!json_source_value(&writing->source, field, &value))
        return false;
    if (field->type == PROTOBUF_C_TYPE_STRING)
        return (!has_presence && value.string.length == 0) ||
               put_bytes(writing, field, value.string.text, value.string.length);
    if (field->type == PROTOBUF_C_TYPE_BYTES)
        return (!has_presence && value.bytes.len == 0) ||
               put_bytes(writing, field, value.bytes.data, value.bytes.len);
    return (!has_presence && is_zero(field->type, &value)) ||
           (put_tag(writing, field, wire_type(field->type)) && put_number(writing, field->type, &value));
}

// Numbers of a list stand behind one tag (packed).
static bool write_packed(struct writing *writing, const ProtobufCFieldDescriptor *field)
{
    union json_value value;
    bool first = true;
    size_t tag = writing->length, start;
    if (!put_tag(writing, field, WIRE_LENGTH) || !open_length(writing, &start))
        return false;
    while (json_reader_next_element(&writing->source.json, &first))
        if (!json_source_value(&writing->source, field, &value) || !put_number(writing, field->type, &value))
            return false;
    if (writing->length > start)
        return close_length(writing, start);
    writing->length = tag; // an empty list is nothing
    return true;
}

static bool write_array(struct writing *writing, const ProtobufCFieldDescriptor *field)
{
    struct json_reader *json = &writing->source.json;
    bool first = true;
    if (!json_reader_enter(json, JSON_ARRAY))
        return false;
    if (wire_type(field->type) != WIRE_LENGTH)
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
    bool first = true;
    const char *key;
    size_t length;
    if (!json_reader_enter(json, JSON_OBJECT))
        return false;
    while (json_reader_next_member(json, &first, &key, &length)) {
        const ProtobufCFieldDescriptor *field = json_source_field(&writing->source, descriptor, key, length);
        bool is_read = field && json_reader_peek(json) != JSON_NULL;
        if (!(is_read ? write_field(writing, field) : json_reader_skip(json, NULL, NULL)))
            return false;
    }
    return !json->wrong;
}

bool json_wire_write(const ProtobufCMessageDescriptor *descriptor, const char *json, size_t length,
                     struct arena *arena, const uint8_t **ret_bytes, size_t *ret_length,
                     struct ts_error *error)
{
    struct writing writing = {0};
    json_source_init(&writing.source, descriptor, json, length, arena);
    if (!reserve(&writing, length + SLACK_BYTES) || !write_members(&writing, descriptor) ||
        !json_reader_finish(&writing.source.json))
        return json_source_error(&writing.source, error);
    *ret_bytes = writing.bytes;
    *ret_length = writing.length;
    return true;
}
