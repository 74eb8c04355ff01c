// SPDX-License-Identifier: Apache-2.0
// JSON of the database straight to the bytes of its message (Protocol Buffers encoding), with no structs in
// between: what most calls answer with. Reads what json_message_read reads and refuses what it refuses;
// fields come in the order of the text, defaults are left out. Keys must not come twice in an object, and
// jsonb has none such.
#pragma once

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct ts_error;
struct wire_writer;

// The bytes are the arena's. False with the errors of json_message_read.
bool json_wire_write(const ProtobufCMessageDescriptor *descriptor, const char *json, size_t length,
                     struct arena *arena, const uint8_t **ret_bytes, size_t *ret_length,
                     struct ts_error *error);
// One field of a message of that kind, tag and all, from a text that is its value alone.
bool json_wire_write_field(const ProtobufCMessageDescriptor *descriptor,
                           const ProtobufCFieldDescriptor *field, const char *json, size_t length,
                           struct wire_writer *wire, struct ts_error *error);
