// SPDX-License-Identifier: Apache-2.0
// Fields of a message by path, for writing: "owner.name", "items+.tests+.method_id". Sub-messages on the
// way are made; '+' after a name adds an element to a list, without it the last element is meant.
#pragma once

#include <stdbool.h>

#include <protobuf-c/protobuf-c.h>

struct arena;
struct ts_error;

// The message that holds the path's last field, and that field. INVALID_ARGUMENT when an element is meant
// that was not begun yet; INTERNAL when the path does not fit the message.
bool path_open(struct arena *arena, ProtobufCMessage *message, const char *path, ProtobufCMessage **ret_owner,
               const ProtobufCFieldDescriptor **ret_field, struct ts_error *error);

// Room for one more element of a repeated field; *ret_place points to it, zeroed. For a message field the
// element is made and initialised.
bool path_append(struct arena *arena, ProtobufCMessage *owner, const ProtobufCFieldDescriptor *field,
                 void **ret_place, struct ts_error *error);

// An empty message of the type, or NULL without memory.
ProtobufCMessage *path_new_message(struct arena *arena, const ProtobufCMessageDescriptor *descriptor);

// Where the field stands in the message.
void *path_place(ProtobufCMessage *owner, const ProtobufCFieldDescriptor *field);

// Elements of a repeated field; 0 or 1 for a message field.
size_t path_count(const ProtobufCMessage *owner, const ProtobufCFieldDescriptor *field);

// The i-th element of a message field, NULL when absent.
ProtobufCMessage *path_element(const ProtobufCMessage *owner, const ProtobufCFieldDescriptor *field,
                               size_t i);
