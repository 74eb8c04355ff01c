// SPDX-License-Identifier: Apache-2.0
// The walk of prescan.h. Recursion is bounded by PRESCAN_DEPTH; a frame keeps the counts of its repeated
// fields for their ceilings and for the index in the path.
#include "wire/prescan.h"

#include "wire/error.h"
#include "wire/field.h"
#include "wire/utf8.h"

// Fields of one message whose elements are counted; the others fall under the ceiling of the whole.
enum { COUNTED_FIELDS = 64, WIRE_VARINT = 0, WIRE_64BIT = 1, WIRE_BYTES = 2, WIRE_32BIT = 5 };

struct scan {
    const uint8_t *at;
    const uint8_t *start; // of the whole message
    size_t fields;
    unsigned depth;
    struct ts_error *error;
};

// One message of the walk.
struct level {
    const ProtobufCMessageDescriptor *descriptor;
    const uint8_t *end;
    const struct field_path *path; // of the message itself; NULL at the top
    uint32_t counts[COUNTED_FIELDS];
};

static bool scan_message(struct scan *scan, struct level *level);

static bool malformed(const struct scan *scan)
{
    return error_set(scan->error, TS_INVALID_ARGUMENT, "MESSAGE_MALFORMED",
                     "The message is no valid protobuf message (near byte %zu).",
                     (size_t)(scan->at - scan->start));
}

static bool wrong(const struct scan *scan, const struct field_path *path, const char *why)
{
    char text[FIELD_PATH_SIZE];
    if (!path)
        return malformed(scan);
    field_write_path(path, text);
    return error_violation(scan->error, text, "%s", why);
}

static bool take_varint(struct scan *scan, const uint8_t *end, unsigned most_bytes, uint64_t *ret_value)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < most_bytes && scan->at < end; i++) {
        uint8_t byte = *scan->at++;
        value |= (uint64_t)(byte & 0x7F) << (7 * i);
        if (byte < 0x80) {
            *ret_value = value;
            return true;
        }
    }
    return false;
}

// Skips a number of the wire type, or finds the extent of length-delimited content and stays before it.
static bool take_extent(struct scan *scan, const uint8_t *end, unsigned wire_type, size_t *ret_length)
{
    uint64_t number;
    *ret_length = 0;
    switch (wire_type) {
    case WIRE_VARINT:
        return take_varint(scan, end, 10, &number);
    case WIRE_64BIT:
    case WIRE_32BIT:
        number = wire_type == WIRE_64BIT ? 8 : 4;
        if ((uint64_t)(end - scan->at) < number)
            return false;
        scan->at += number;
        return true;
    case WIRE_BYTES:
        if (!take_varint(scan, end, 5, &number) || number > (uint64_t)(end - scan->at))
            return false;
        *ret_length = (size_t)number;
        return true;
    default: // groups (3, 4) do not exist in proto3
        return false;
    }
}

static unsigned wire_type_of(ProtobufCType type)
{
    switch (type) {
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_FLOAT:
        return WIRE_32BIT;
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
        return WIRE_64BIT;
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_BYTES:
    case PROTOBUF_C_TYPE_MESSAGE:
        return WIRE_BYTES;
    default:
        return WIRE_VARINT;
    }
}

// Counts one more element of the field; ret_index is its place. Without a counter it is 0.
static bool count_element(struct scan *scan, struct level *level, unsigned number, struct field_path *path)
{
    if (++scan->fields > PRESCAN_FIELDS)
        return error_set(scan->error, TS_INVALID_ARGUMENT, "MESSAGE_TOO_LARGE",
                         "The message has more than %d fields.", PRESCAN_FIELDS);
    const ProtobufCFieldDescriptor *field = &level->descriptor->fields[number];
    if (number >= COUNTED_FIELDS)
        return true;
    uint32_t seen = level->counts[number]++;
    if (field->label != PROTOBUF_C_LABEL_REPEATED)
        // Merging two is what protobuf asks for, and nothing that an honest client sends.
        return seen == 0 || field->type != PROTOBUF_C_TYPE_MESSAGE || wrong(scan, path, "is given twice");
    if (seen >= PRESCAN_ELEMENTS) {
        path->index = FIELD_NO_INDEX;
        return wrong(scan, path, "has too many elements");
    }
    path->index = seen;
    return true;
}

static bool scan_packed(struct scan *scan, struct level *level, unsigned number, struct field_path *path,
                        size_t length)
{
    const uint8_t *end = scan->at + length;
    unsigned wire_type = wire_type_of(level->descriptor->fields[number].type);
    size_t nothing;
    while (scan->at < end) {
        if (!count_element(scan, level, number, path))
            return false;
        if (!take_extent(scan, end, wire_type, &nothing))
            return wrong(scan, path, "is cut off");
    }
    return true;
}

static bool scan_content(struct scan *scan, const ProtobufCFieldDescriptor *field,
                         const struct field_path *path, size_t length)
{
    if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
        struct level below = {.descriptor = field->descriptor, .end = scan->at + length, .path = path};
        if (scan->depth == PRESCAN_DEPTH)
            return wrong(scan, path, "is nested too deep");
        scan->depth++;
        bool held = scan_message(scan, &below);
        scan->depth--;
        return held;
    }
    if (field->type == PROTOBUF_C_TYPE_STRING && !utf8_is_text((const char *)scan->at, length))
        return wrong(scan, path, "is not valid UTF-8 text, or has a NUL in it");
    scan->at += length;
    return true;
}

static bool scan_known(struct scan *scan, struct level *level, unsigned number, unsigned wire_type)
{
    const ProtobufCFieldDescriptor *field = &level->descriptor->fields[number];
    struct field_path path = {.parent = level->path, .name = field->name, .index = FIELD_NO_INDEX};
    unsigned wanted = wire_type_of(field->type);
    bool packed =
        field->label == PROTOBUF_C_LABEL_REPEATED && wanted != WIRE_BYTES && wire_type == WIRE_BYTES;
    size_t length;
    if (wire_type != wanted && !packed)
        return wrong(scan, &path, "has the wrong type");
    if (!packed && !count_element(scan, level, number, &path))
        return false;
    if (!take_extent(scan, level->end, wire_type, &length))
        return wrong(scan, &path, "is cut off");
    if (packed)
        return scan_packed(scan, level, number, &path, length);
    return wanted != WIRE_BYTES || scan_content(scan, field, &path, length);
}

// The field's place in the descriptor; n_fields when it is unknown.
static unsigned find_field(const ProtobufCMessageDescriptor *descriptor, uint32_t id)
{
    unsigned low = 0, high = descriptor->n_fields; // fields are sorted by id
    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        if (descriptor->fields[middle].id == id)
            return middle;
        if (descriptor->fields[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return descriptor->n_fields;
}

static bool scan_message(struct scan *scan, struct level *level)
{
    while (scan->at < level->end) {
        uint64_t tag;
        size_t length;
        if (!take_varint(scan, level->end, 5, &tag) || tag > UINT32_MAX || tag >> 3 == 0)
            return wrong(scan, level->path, "is no valid message");
        unsigned number = find_field(level->descriptor, (uint32_t)(tag >> 3));
        unsigned wire_type = tag & 7;
        if (number < level->descriptor->n_fields) {
            if (!scan_known(scan, level, number, wire_type))
                return false;
            continue;
        }
        if (++scan->fields > PRESCAN_FIELDS)
            return error_set(scan->error, TS_INVALID_ARGUMENT, "MESSAGE_TOO_LARGE",
                             "The message has more than %d fields.", PRESCAN_FIELDS);
        if (!take_extent(scan, level->end, wire_type, &length))
            return wrong(scan, level->path, "is no valid message");
        scan->at += length;
    }
    return true;
}

bool prescan_message(const ProtobufCMessageDescriptor *descriptor, const uint8_t *bytes, size_t length,
                     struct ts_error *error)
{
    static const uint8_t empty[1];
    const uint8_t *start = bytes ? bytes : empty;
    struct scan scan = {.at = start, .start = start, .depth = 1, .error = error};
    struct level top = {.descriptor = descriptor, .end = start + length};
    return scan_message(&scan, &top);
}
