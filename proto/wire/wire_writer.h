// SPDX-License-Identifier: Apache-2.0
// Protocol Buffers encoding of a message, piece by piece or from its structs: what json_wire.h and the
// daemon's answers are written with. One pass; the length in front of a submessage is put in when its end is
// known.
#pragma once

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

// Any value but a message; the type of the field says which member is meant.
union wire_value {
    bool boolean;
    int32_t int32; // enums too
    uint32_t uint32;
    int64_t int64;
    uint64_t uint64;
    struct {
        char *text; // NUL-terminated
        size_t length;
    } string;
    ProtobufCBinaryData bytes;
};

// The bytes are the arena's. A function that answers false had no memory.
struct wire_writer {
    struct arena *arena;
    uint8_t *bytes;
    size_t length, capacity;
};

// With room for so many bytes.
bool wire_writer_init(struct wire_writer *writer, struct arena *arena, size_t capacity);
// A field of bytes, tag and all.
bool wire_put_bytes(struct wire_writer *writer, const ProtobufCFieldDescriptor *field, const void *bytes,
                    size_t length);
// The tag in front of one value, or of a packed list.
bool wire_put_tag(struct wire_writer *writer, const ProtobufCFieldDescriptor *field);
bool wire_put_packed_tag(struct wire_writer *writer, const ProtobufCFieldDescriptor *field);
// A number, enum or bool, without tag.
bool wire_put_number(struct wire_writer *writer, ProtobufCType type, const union wire_value *value);
// A message whose structs are there, without tag: what protobuf_c_message_pack() writes, in one walk instead
// of two and more. For messages of proto3 without `optional`; unknown fields are left out.
bool wire_put_message(struct wire_writer *writer, const ProtobufCMessage *message);
// What stands between the two is preceded by its length.
bool wire_open_length(struct wire_writer *writer, size_t *ret_start);
bool wire_close_length(struct wire_writer *writer, size_t start);

// Whether a list of the type stands behind one tag (packed).
bool wire_is_packed(ProtobufCType type);
// Whether the type is one of wire_put_number.
bool wire_is_number(ProtobufCType type);
bool wire_is_zero(ProtobufCType type, const union wire_value *value);
