// SPDX-License-Identifier: Apache-2.0
// Widths and paths of fields, see field.h.
#include "wire/field.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

size_t field_size(ProtobufCType type)
{
    switch (type) {
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
        return sizeof(int64_t);
    case PROTOBUF_C_TYPE_BOOL:
        return sizeof(protobuf_c_boolean);
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_MESSAGE:
        return sizeof(void *);
    case PROTOBUF_C_TYPE_BYTES:
        return sizeof(ProtobufCBinaryData);
    default:
        return sizeof(int32_t);
    }
}

void field_write_path(const struct field_path *path, char ret_text[FIELD_PATH_SIZE])
{
    char buffer[FIELD_PATH_SIZE];
    if (path->parent) {
        field_write_path(path->parent, buffer);
        strncat(buffer, ".", sizeof buffer - strlen(buffer) - 1);
    } else {
        buffer[0] = '\0';
    }
    size_t length = strlen(buffer);
    if (path->index == FIELD_NO_INDEX)
        snprintf(buffer + length, sizeof buffer - length, "%s", path->name);
    else
        snprintf(buffer + length, sizeof buffer - length, "%s[%zu]", path->name, path->index);
    memcpy(ret_text, buffer, sizeof buffer);
}
