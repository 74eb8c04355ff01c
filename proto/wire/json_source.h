// SPDX-License-Identifier: Apache-2.0
// What both readers of JSON share (json_message_read.c makes structs, json_wire.c makes bytes): the fields of
// a message by their keys, and every value that is no message.
#pragma once

#include "wire/json_reader.h"
#include "wire/wire_writer.h"

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ts_error;

// The text and, for the error, the innermost field that was read.
struct json_source {
    struct json_reader json;
    const ProtobufCMessageDescriptor *message;
    const ProtobufCFieldDescriptor *field;
};

void json_source_init(struct json_source *source, const ProtobufCMessageDescriptor *descriptor,
                      const char *json, size_t length, struct arena *arena);
// The members of an object that is a message; begin with the message alone.
struct json_members {
    const ProtobufCMessageDescriptor *message;
    const ProtobufCFieldDescriptor *field; // of the member; NULL when the message has no such field
    const char *key;                       // of the member, not NUL-terminated
    size_t length;
    bool has_begun;
};

// Goes to the next member and stays in front of its value; false at the end of the object, which is then
// left. A field is remembered for the error.
bool json_source_next(struct json_source *source, struct json_members *members);
// False when what comes next does not fit the field. Texts and bytes are the source's.
bool json_source_value(struct json_source *source, const ProtobufCFieldDescriptor *field,
                       union wire_value *ret_value);
// Whether messages of the kind are written as a text: Timestamp and Date.
bool json_source_is_text(const ProtobufCMessageDescriptor *descriptor);
// Fills such a message, which is initialised.
bool json_source_text_message(struct json_source *source, ProtobufCMessage *message);
// The same from the text itself, as RFC 3339 or PostgreSQL write it; false when it is none.
bool json_source_read_text(const char *text, size_t length, ProtobufCMessage *message);
// From the arena, zeroed; NULL with the source failed.
void *json_source_allocate(struct json_source *source, size_t count, size_t size);
// For want of memory; returns false.
bool json_source_fail_memory(struct json_source *source);
// The value that an enum's name stands for, without its prefix and in lower case; "" is the default.
bool json_source_enum(const ProtobufCEnumDescriptor *kind, const char *text, int32_t *ret_value);
// What was wrong, as INVALID_ARGUMENT or RESOURCE_EXHAUSTED; returns false.
bool json_source_error(const struct json_source *source, struct ts_error *error);
