// SPDX-License-Identifier: Apache-2.0
// Text from the command line into a field of a message, converted by the field's type.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <protobuf-c/protobuf-c.h>

struct arena;
struct ts_error;

// Sets the field at `path` (path.h), or appends to it when it is repeated. Text must be UTF-8; whole
// numbers must fit; an enum takes the words of message/choices.h; a bool yes/no/true/false.
// INVALID_ARGUMENT says what was expected. The text is not copied.
bool value_set(struct arena *arena, ProtobufCMessage *message, const char *path, const char *text,
               struct ts_error *error);

// Sets a bytes field. The bytes are not copied.
bool value_set_bytes(struct arena *arena, ProtobufCMessage *message, const char *path, uint8_t *bytes,
                     size_t length, struct ts_error *error);

// The text at `path` without making anything; NULL when absent, empty or no text.
const char *value_text(const ProtobufCMessage *message, const char *path);

// Whether the field at `path` holds something: not empty, not zero, not absent.
bool value_is_set(const ProtobufCMessage *message, const char *path);

// The whole number at `path`; 0 when absent.
int64_t value_int(const ProtobufCMessage *message, const char *path);
