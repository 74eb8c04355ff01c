// SPDX-License-Identifier: Apache-2.0
// What walking messages by their descriptors needs everywhere: how wide a field's element is in memory, and
// the path of a field from the message's top, kept on the stack of the walk and written only for an error.
#pragma once

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>

#define FIELD_PATH_SIZE 96

struct field_path {
    const struct field_path *parent; // NULL at the top
    const char *name;
    size_t index; // of the element; FIELD_NO_INDEX when the field is not repeated or is meant as a whole
};

#define FIELD_NO_INDEX ((size_t)-1)

// Bytes of one element of the type in a protobuf-c struct.
size_t field_size(ProtobufCType type);
// "items[2].tests[0].method_id"; cut from the right when it does not fit.
void field_write_path(const struct field_path *path, char ret_text[FIELD_PATH_SIZE]);
