// SPDX-License-Identifier: Apache-2.0
// The words that a flag of an enum field accepts: the names of the enum's values in the schema, without
// the enum's prefix and in lower case (TEST_STATE_IN_PROGRESS is in_progress). The same words appear in
// tables and in JSON.
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include <protobuf-c/protobuf-c.h>

// The enum of the field at `path` (path.h), or NULL when it is not an enum. Both may be NULL.
const ProtobufCEnumDescriptor *choices_at(const ProtobufCMessageDescriptor *message, const char *path);

// Writes all words but "unspecified", with `between` in between.
void choices_write(FILE *out, const ProtobufCEnumDescriptor *descriptor, const char *between);

// Copies the word of one value; "" for unspecified, the number for a value this client does not know.
void choices_word(const ProtobufCEnumDescriptor *descriptor, int value, char *ret_word, size_t size);

// The value of a word ('-' counts as '_'). Returns false when there is none; "unspecified" is none.
bool choices_value(const ProtobufCEnumDescriptor *descriptor, const char *word, int *ret_value);
