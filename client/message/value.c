// SPDX-License-Identifier: Apache-2.0
// Converts text by field type: see value.h. Decimals are strings in the schema and pass through exactly
// as typed; nothing here is ever floating point.
#include "message/value.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "message/choices.h"
#include "message/path.h"
#include "text/collect.h"
#include "wire/arena.h"
#include "wire/error.h"
#include "wire/field.h"
#include "wire/utf8.h"

static bool refuse(struct ts_error *error, const char *expected, const char *text)
{
    return error_set(error, TS_INVALID_ARGUMENT, "USAGE", "expected %s, got '%.60s'", expected, text);
}

static bool whole_number(const char *text, int64_t smallest, int64_t largest, int64_t *ret_number,
                         struct ts_error *error)
{
    char *end;
    long long number;

    errno = 0;
    number = strtoll(text, &end, 10);
    if (end == text || *end != '\0' || errno != 0 || number < smallest || number > largest ||
        strspn(text, "-0123456789") != strlen(text))
        return refuse(error, "a whole number", text);
    *ret_number = number;
    return true;
}

static bool truth(const char *text, int *ret_truth, struct ts_error *error)
{
    static const struct {
        const char *word;
        int truth;
    } words[] = {{"yes", 1}, {"true", 1}, {"on", 1}, {"no", 0}, {"false", 0}, {"off", 0}};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i].word, text) == 0) {
            *ret_truth = words[i].truth;
            return true;
        }
    return refuse(error, "yes or no", text);
}

static bool choice(const ProtobufCEnumDescriptor *descriptor, const char *text, int *ret_value,
                   struct ts_error *error)
{
    struct collect collect;
    char *words;
    FILE *out;

    if (choices_value(descriptor, text, ret_value))
        return true;
    out = collect_begin(&collect);
    if (out != NULL)
        choices_write(out, descriptor, ", ");
    words = collect_end(&collect, NULL);
    error_set(error, TS_INVALID_ARGUMENT, "USAGE", "'%.40s' is none of: %s", text,
              words != NULL ? words : "");
    free(words);
    return false;
}

static bool convert(const ProtobufCFieldDescriptor *field, const char *text, void *place,
                    struct ts_error *error)
{
    int64_t number;

    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING:
        if (!utf8_is_text(text, strlen(text)))
            return error_set(error, TS_INVALID_ARGUMENT, "USAGE", "the text is not UTF-8");
        *(const char **)place = text;
        return true;
    case PROTOBUF_C_TYPE_INT32:
        if (!whole_number(text, INT32_MIN, INT32_MAX, &number, error))
            return false;
        *(int32_t *)place = (int32_t)number;
        return true;
    case PROTOBUF_C_TYPE_INT64:
        return whole_number(text, INT64_MIN, INT64_MAX, place, error);
    case PROTOBUF_C_TYPE_BOOL:
        return truth(text, place, error);
    case PROTOBUF_C_TYPE_ENUM:
        return choice(field->descriptor, text, place, error);
    default:
        break;
    }
    return error_set(error, TS_INTERNAL, "BAD_PATH", "%s cannot be set from text", field->name);
}

bool value_set(struct arena *arena, ProtobufCMessage *message, const char *path, const char *text,
               struct ts_error *error)
{
    ProtobufCMessage *owner;
    const ProtobufCFieldDescriptor *field;
    // Large enough for any scalar; converted first so that a refused text appends nothing.
    union {
        uint64_t number;
        void *pointer;
    } converted = {0};
    void *place;

    if (!path_open(arena, message, path, &owner, &field, error) || !convert(field, text, &converted, error))
        return false;
    if (field->label != PROTOBUF_C_LABEL_REPEATED)
        place = path_place(owner, field);
    else if (!path_append(arena, owner, field, &place, error))
        return false;
    memcpy(place, &converted, field_size(field->type));
    return true;
}

bool value_set_bytes(struct arena *arena, ProtobufCMessage *message, const char *path, uint8_t *bytes,
                     size_t length, struct ts_error *error)
{
    ProtobufCMessage *owner;
    const ProtobufCFieldDescriptor *field;

    if (!path_open(arena, message, path, &owner, &field, error))
        return false;
    if (field->type != PROTOBUF_C_TYPE_BYTES || field->label == PROTOBUF_C_LABEL_REPEATED)
        return error_set(error, TS_INTERNAL, "BAD_PATH", "%s is no field of bytes", field->name);
    *(ProtobufCBinaryData *)path_place(owner, field) = (ProtobufCBinaryData){length, bytes};
    return true;
}

// Finds an existing field; a list on the way means its last element. NULL when something is absent.
static const void *look(const ProtobufCMessage *message, const char *path,
                        const ProtobufCFieldDescriptor **ret_field)
{
    for (;;) {
        size_t length = strcspn(path, ".");
        char name[64] = "";
        const ProtobufCFieldDescriptor *field;

        if (length >= sizeof name)
            return NULL;
        memcpy(name, path, length);
        field = protobuf_c_message_descriptor_get_field_by_name(message->descriptor, name);
        if (field == NULL)
            return NULL;
        if (path[length] == '\0') {
            *ret_field = field;
            return path_place((ProtobufCMessage *)message, field);
        }
        if (field->type != PROTOBUF_C_TYPE_MESSAGE || path_count(message, field) == 0)
            return NULL;
        message = path_element(message, field, path_count(message, field) - 1);
        path += length + 1;
    }
}

const char *value_text(const ProtobufCMessage *message, const char *path)
{
    const ProtobufCFieldDescriptor *field;
    const void *place = look(message, path, &field);
    const char *text;

    if (place == NULL || field->type != PROTOBUF_C_TYPE_STRING || field->label == PROTOBUF_C_LABEL_REPEATED)
        return NULL;
    text = *(const char *const *)place;
    return text != NULL && text[0] != '\0' ? text : NULL;
}

bool value_is_set(const ProtobufCMessage *message, const char *path)
{
    const ProtobufCFieldDescriptor *field;
    const void *place = look(message, path, &field);

    if (place == NULL)
        return false;
    if (field->label == PROTOBUF_C_LABEL_REPEATED || field->type == PROTOBUF_C_TYPE_MESSAGE)
        return path_count(message, field) > 0;
    if (field->type == PROTOBUF_C_TYPE_STRING)
        return value_text(message, path) != NULL;
    if (field->type == PROTOBUF_C_TYPE_BYTES)
        return ((const ProtobufCBinaryData *)place)->len > 0;
    return field_size(field->type) == 8 ? *(const int64_t *)place != 0 : *(const int32_t *)place != 0;
}

int64_t value_int(const ProtobufCMessage *message, const char *path)
{
    const ProtobufCFieldDescriptor *field;
    const void *place = look(message, path, &field);

    if (place == NULL || field->label == PROTOBUF_C_LABEL_REPEATED)
        return 0;
    if (field->type == PROTOBUF_C_TYPE_INT64)
        return *(const int64_t *)place;
    return field->type == PROTOBUF_C_TYPE_INT32 ? *(const int32_t *)place : 0;
}
