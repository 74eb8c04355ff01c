// SPDX-License-Identifier: Apache-2.0
// The writer of wire_writer.h (Protocol Buffers encoding, "Message structure").
#include "wire/wire_writer.h"

#include "wire/arena.h"
#include "wire/field.h"

#include <string.h>

enum {
    WIRE_VARINT = 0,
    WIRE_64_BIT = 1,
    WIRE_LENGTH = 2,
    WIRE_32_BIT = 5,
    VARINT_MOST = 10,
};

bool wire_writer_init(struct wire_writer *writer, struct arena *arena, size_t capacity)
{
    *writer =
        (struct wire_writer){.arena = arena, .bytes = arena_alloc(arena, capacity), .capacity = capacity};
    return writer->bytes;
}

// Room for so many bytes more; NULL without memory. Good until the next call.
static uint8_t *reserve(struct wire_writer *writer, size_t bytes)
{
    if (bytes > writer->capacity - writer->length) {
        size_t wider = writer->capacity * 2 + bytes;
        uint8_t *grown = arena_alloc(writer->arena, wider);
        if (!grown)
            return NULL;
        if (writer->length)
            memcpy(grown, writer->bytes, writer->length);
        writer->bytes = grown;
        writer->capacity = wider;
    }
    return writer->bytes + writer->length;
}

static size_t write_varint(uint8_t *to, uint64_t number)
{
    size_t length = 0;
    for (; number >= 0x80; number >>= 7)
        to[length++] = (uint8_t)(number | 0x80);
    to[length++] = (uint8_t)number;
    return length;
}

static bool put_varint(struct wire_writer *writer, uint64_t number)
{
    uint8_t *to = reserve(writer, VARINT_MOST);
    if (!to)
        return false;
    writer->length += write_varint(to, number);
    return true;
}

bool wire_put_bytes(struct wire_writer *writer, const ProtobufCFieldDescriptor *field, const void *bytes,
                    size_t length)
{
    uint8_t *to = reserve(writer, 2 * (size_t)VARINT_MOST + length);
    if (!to)
        return false;
    to += write_varint(to, (uint64_t)field->id << 3 | WIRE_LENGTH);
    to += write_varint(to, length);
    if (length)
        memcpy(to, bytes, length);
    writer->length = (size_t)(to - writer->bytes) + length;
    return true;
}

// Little-endian.
static bool put_fixed(struct wire_writer *writer, uint64_t number, size_t width)
{
    uint8_t *to = reserve(writer, width);
    if (!to)
        return false;
    for (size_t i = 0; i < width; i++, number >>= 8)
        to[i] = (uint8_t)number;
    writer->length += width;
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

bool wire_is_packed(ProtobufCType type)
{
    return wire_type(type) != WIRE_LENGTH;
}

bool wire_is_number(ProtobufCType type)
{
    return wire_is_packed(type) && type != PROTOBUF_C_TYPE_FLOAT && type != PROTOBUF_C_TYPE_DOUBLE;
}

bool wire_put_tag(struct wire_writer *writer, const ProtobufCFieldDescriptor *field)
{
    return put_varint(writer, (uint64_t)field->id << 3 | (unsigned)wire_type(field->type));
}

bool wire_put_packed_tag(struct wire_writer *writer, const ProtobufCFieldDescriptor *field)
{
    return put_varint(writer, (uint64_t)field->id << 3 | WIRE_LENGTH);
}

bool wire_put_number(struct wire_writer *writer, ProtobufCType type, const union wire_value *value)
{
    switch (type) {
    case PROTOBUF_C_TYPE_BOOL:
        return put_varint(writer, value->boolean);
    case PROTOBUF_C_TYPE_ENUM:
    case PROTOBUF_C_TYPE_INT32:
        return put_varint(writer, (uint64_t)(int64_t)value->int32);
    case PROTOBUF_C_TYPE_UINT32:
        return put_varint(writer, value->uint32);
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_UINT64:
        return put_varint(writer, value->uint64);
    case PROTOBUF_C_TYPE_SINT32:
        return put_varint(writer, (value->uint32 << 1) ^ (uint32_t) - (int32_t)(value->uint32 >> 31));
    case PROTOBUF_C_TYPE_SINT64:
        return put_varint(writer, (value->uint64 << 1) ^ (uint64_t) - (int64_t)(value->uint64 >> 63));
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_FLOAT:
        return put_fixed(writer, value->uint32, sizeof value->uint32);
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
        return put_fixed(writer, value->uint64, sizeof value->uint64);
    default:
        return false; // wire_is_number says so before
    }
}

bool wire_is_zero(ProtobufCType type, const union wire_value *value)
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
bool wire_open_length(struct wire_writer *writer, size_t *ret_start)
{
    if (!reserve(writer, 1))
        return false;
    writer->length++;
    *ret_start = writer->length;
    return true;
}

bool wire_close_length(struct wire_writer *writer, size_t start)
{
    uint8_t varint[VARINT_MOST];
    size_t length = writer->length - start, width = write_varint(varint, length);
    if (!reserve(writer, width - 1))
        return false;
    if (width > 1)
        memmove(writer->bytes + start + width - 1, writer->bytes + start, length);
    memcpy(writer->bytes + start - 1, varint, width);
    writer->length += width - 1;
    return true;
}

// ---- a message whose structs are there

static bool put_submessage(struct wire_writer *writer, const ProtobufCFieldDescriptor *field,
                           const ProtobufCMessage *message)
{
    size_t start;
    return wire_put_tag(writer, field) && wire_open_length(writer, &start) &&
           wire_put_message(writer, message) && wire_close_length(writer, start);
}

static union wire_value number_at(const ProtobufCFieldDescriptor *field, const char *place)
{
    union wire_value value = {0};
    if (field->type == PROTOBUF_C_TYPE_BOOL)
        value.boolean = *(const protobuf_c_boolean *)place;
    else
        memcpy(&value, place, field_size(field->type));
    return value;
}

// One value, `place` being where it stands in its struct or array; the default only when it is asked for.
static bool put_value(struct wire_writer *writer, const ProtobufCFieldDescriptor *field, const char *place,
                      bool with_default)
{
    const char *text;
    const ProtobufCBinaryData *bytes;
    const ProtobufCMessage *message;
    union wire_value number;
    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING:
        text = *(const char *const *)place;
        return (!*text && !with_default) || wire_put_bytes(writer, field, text, strlen(text));
    case PROTOBUF_C_TYPE_BYTES:
        bytes = (const void *)place;
        return (!bytes->len && !with_default) || wire_put_bytes(writer, field, bytes->data, bytes->len);
    case PROTOBUF_C_TYPE_MESSAGE:
        message = *(const ProtobufCMessage *const *)place;
        return !message || put_submessage(writer, field, message);
    default:
        number = number_at(field, place);
        return (!with_default && wire_is_zero(field->type, &number)) ||
               (wire_put_tag(writer, field) && wire_put_number(writer, field->type, &number));
    }
}

// Numbers of a list stand behind one tag.
static bool put_packed(struct wire_writer *writer, const ProtobufCFieldDescriptor *field,
                       const char *elements, size_t count)
{
    size_t start;
    if (!wire_put_packed_tag(writer, field) || !wire_open_length(writer, &start))
        return false;
    for (size_t i = 0; i < count; i++) {
        union wire_value number = number_at(field, elements + i * field_size(field->type));
        if (!wire_put_number(writer, field->type, &number))
            return false;
    }
    return wire_close_length(writer, start);
}

static bool put_list(struct wire_writer *writer, const ProtobufCFieldDescriptor *field, const char *elements,
                     size_t count)
{
    if (count > 0 && wire_is_packed(field->type))
        return put_packed(writer, field, elements, count);
    for (size_t i = 0; i < count; i++)
        if (!put_value(writer, field, elements + i * field_size(field->type), true))
            return false;
    return true;
}

bool wire_put_message(struct wire_writer *writer, const ProtobufCMessage *message)
{
    const char *base = (const char *)message;
    const ProtobufCFieldDescriptor *field = message->descriptor->fields;
    for (const ProtobufCFieldDescriptor *end = field + message->descriptor->n_fields; field < end; field++) {
        const char *place = base + field->offset, *quantifier = base + field->quantifier_offset;
        bool is_one_of = field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF, held = true;
        if (field->label == PROTOBUF_C_LABEL_REPEATED)
            held = put_list(writer, field, *(const char *const *)place,
                            *(const size_t *)(const void *)quantifier);
        else if (!is_one_of || *(const uint32_t *)(const void *)quantifier == field->id)
            held = put_value(writer, field, place, is_one_of);
        if (!held)
            return false;
    }
    return true;
}
