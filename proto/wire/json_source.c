// SPDX-License-Identifier: Apache-2.0
// Fields and values, see json_source.h. A worklist of 50 tests is read on every list call, so keys are
// compared in place and nothing is built in between.
#include "wire/json_source.h"

#include "google/protobuf/timestamp.pb-c.h"
#include "touchstone/v1/common.pb-c.h"
#include "wire/arena.h"
#include "wire/base64.h"
#include "wire/error.h"
#include "wire/timestamp.h"

#include <string.h>

// Which field came behind which the last time, or first in its message: the database writes all messages of a
// kind in one order. Of each thread its own.
enum { FOLLOWERS = 1024 };
static _Thread_local struct follower {
    const void *before; // the field, or the message of the first one
    const ProtobufCFieldDescriptor *field;
    size_t length; // of its name
} followers[FOLLOWERS];

void json_source_init(struct json_source *source, const ProtobufCMessageDescriptor *descriptor,
                      const char *json, size_t length, struct arena *arena)
{
    *source = (struct json_source){.message = descriptor};
    json_reader_init(&source->json, json, length, arena);
}

bool json_source_fail_memory(struct json_source *source)
{
    source->json.out_of_memory = true;
    return json_reader_fail(&source->json, "is too large");
}

void *json_source_allocate(struct json_source *source, size_t count, size_t size)
{
    void *memory = arena_array(source->json.arena, count, size);
    if (!memory)
        json_source_fail_memory(source);
    return memory;
}

bool json_source_error(const struct json_source *source, struct ts_error *error)
{
    if (source->json.out_of_memory)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "Too much memory is needed.");
    return error_set(error, TS_INVALID_ARGUMENT, "JSON_INVALID", "JSON for %s%s%s %s.",
                     source->message->short_name, source->field ? " at " : "",
                     source->field ? source->field->name : "", source->json.wrong);
}

static int compare_key(const char *key, size_t length, const char *name)
{
    int order = strncmp(key, name, length);
    return order ? order : name[length] ? -1 : 0;
}

static const ProtobufCFieldDescriptor *search_field(const ProtobufCMessageDescriptor *descriptor,
                                                    const char *key, size_t length)
{
    unsigned low = 0, high = descriptor->n_fields;
    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        const ProtobufCFieldDescriptor *field =
            &descriptor->fields[descriptor->fields_sorted_by_name[middle]];
        int order = compare_key(key, length, field->name);
        if (order == 0)
            return field;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

bool json_source_next(struct json_source *source, struct json_members *members)
{
    const void *before = members->field ? (const void *)members->field : members->message;
    struct follower *follower = &followers[(uintptr_t)before / sizeof(void *) % FOLLOWERS];
    bool is_guessed = follower->before == before, first = !members->has_begun;
    const char *guess = is_guessed ? follower->field->name : NULL;
    members->has_begun = true;
    members->key = guess;
    members->length = is_guessed ? follower->length : 0;
    if (!json_reader_next_expected(&source->json, &first, &members->key, &members->length))
        return false;
    members->field = is_guessed && members->key == guess
                         ? follower->field
                         : search_field(members->message, members->key, members->length);
    if (members->field) {
        *follower = (struct follower){before, members->field, members->length};
        source->message = members->message; // for the error
        source->field = members->field;
    }
    return true;
}

static char lower(char character)
{
    return character >= 'A' && character <= 'Z' ? (char)(character - 'A' + 'a') : character;
}

static bool read_int32(struct json_source *source, int32_t *ret_value)
{
    int64_t number;
    if (!json_reader_int(&source->json, &number))
        return false;
    if (number < INT32_MIN || number > INT32_MAX)
        return json_reader_fail(&source->json, "is too large a number");
    *ret_value = (int32_t)number;
    return true;
}

static bool is_enum_name(const char *text, const char *name)
{
    for (; *text && *name; text++, name++)
        if (*text != lower(*name))
            return false;
    return !*text && !*name;
}

bool json_source_enum(const ProtobufCEnumDescriptor *kind, const char *text, int32_t *ret_value)
{
    const ProtobufCEnumValue *zero = protobuf_c_enum_descriptor_get_value(kind, 0);
    const char *ending = zero ? strstr(zero->name, "UNSPECIFIED") : NULL;
    size_t prefix = ending ? (size_t)(ending - zero->name) : 0;
    for (unsigned i = 0; i < kind->n_values; i++) {
        const char *name = kind->values[i].name;
        bool prefixed = prefix && strncmp(name, zero->name, prefix) == 0;
        if (is_enum_name(text, name + (prefixed ? prefix : 0))) {
            *ret_value = kind->values[i].value;
            return true;
        }
    }
    if (!*text)
        *ret_value = 0;
    return !*text;
}

static bool read_enum(struct json_source *source, const ProtobufCEnumDescriptor *kind, int32_t *ret_value)
{
    char *text;
    size_t length;
    if (json_reader_peek(&source->json) == JSON_NUMBER)
        return read_int32(source, ret_value); // a value that only the other side has a name for
    return json_reader_string(&source->json, &text, &length) &&
           (json_source_enum(kind, text, ret_value) ||
            json_reader_fail(&source->json, "is no value of its enum"));
}

static bool read_uint32(struct json_source *source, uint32_t *ret_value)
{
    int64_t number;
    if (!json_reader_int(&source->json, &number))
        return false;
    if (number < 0 || number > UINT32_MAX)
        return json_reader_fail(&source->json, "is out of range");
    *ret_value = (uint32_t)number;
    return true;
}

static bool read_uint64(struct json_source *source, uint64_t *ret_value)
{
    const char *text;
    size_t length;
    uint64_t number = 0;
    if (!json_reader_number(&source->json, &text, &length))
        return false;
    for (size_t i = 0; i < length; i++)
        if (text[i] < '0' || text[i] > '9' || __builtin_mul_overflow(number, 10, &number) ||
            __builtin_add_overflow(number, (uint64_t)(text[i] - '0'), &number))
            return json_reader_fail(&source->json, "is out of range");
    *ret_value = number;
    return true;
}

// jsonb that answers for a text (metadata, the values of a history entry) and numeric stay as they are
// written.
static bool read_text(struct json_source *source, char **ret_text, size_t *ret_length)
{
    const char *piece;
    enum json_kind kind = json_reader_peek(&source->json);
    if (kind == JSON_STRING)
        return json_reader_string(&source->json, ret_text, ret_length);
    if (kind != JSON_OBJECT && kind != JSON_ARRAY && kind != JSON_NUMBER)
        return json_reader_fail(&source->json, "is no text");
    if (!json_reader_skip(&source->json, &piece, ret_length))
        return false;
    char *copy = json_source_allocate(source, *ret_length + 1, 1);
    if (!copy)
        return false;
    memcpy(copy, piece, *ret_length);
    *ret_text = copy;
    return true;
}

static bool read_bytes(struct json_source *source, ProtobufCBinaryData *ret_bytes)
{
    char *text;
    size_t length;
    int64_t blob;
    if (json_reader_peek(&source->json) == JSON_NUMBER)
        return json_reader_int(&source->json, &blob);
    if (!json_reader_string(&source->json, &text, &length))
        return false;
    uint8_t *bytes = json_source_allocate(source, BASE64_BYTES_SIZE(length), 1);
    if (!bytes)
        return false;
    if (!base64_read(text, length, bytes, &ret_bytes->len))
        return json_reader_fail(&source->json, "is no base64");
    ret_bytes->data = bytes;
    return true;
}

bool json_source_value(struct json_source *source, const ProtobufCFieldDescriptor *field,
                       union wire_value *ret_value)
{
    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING:
        return read_text(source, &ret_value->string.text, &ret_value->string.length);
    case PROTOBUF_C_TYPE_ENUM:
        return read_enum(source, field->descriptor, &ret_value->int32);
    case PROTOBUF_C_TYPE_BOOL:
        return json_reader_bool(&source->json, &ret_value->boolean);
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
        return json_reader_int(&source->json, &ret_value->int64);
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
        return read_int32(source, &ret_value->int32);
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
        return read_uint32(source, &ret_value->uint32);
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
        return read_uint64(source, &ret_value->uint64);
    case PROTOBUF_C_TYPE_BYTES:
        ret_value->bytes = (ProtobufCBinaryData){0};
        return read_bytes(source, &ret_value->bytes);
    case PROTOBUF_C_TYPE_FLOAT:
    case PROTOBUF_C_TYPE_DOUBLE:
    case PROTOBUF_C_TYPE_MESSAGE:
        break;
    }
    return json_reader_fail(&source->json, "has a type that JSON is not made of");
}

bool json_source_is_text(const ProtobufCMessageDescriptor *descriptor)
{
    return descriptor == &google__protobuf__timestamp__descriptor ||
           descriptor == &touchstone__v1__date__descriptor;
}

bool json_source_read_text(const char *text, size_t length, ProtobufCMessage *message)
{
    if (message->descriptor == &touchstone__v1__date__descriptor) {
        Touchstone__V1__Date *date = (Touchstone__V1__Date *)message;
        return timestamp_parse_date(text, length, &date->year, &date->month, &date->day);
    }
    Google__Protobuf__Timestamp *at = (Google__Protobuf__Timestamp *)message;
    return timestamp_parse(text, length, &at->seconds, &at->nanos);
}

bool json_source_text_message(struct json_source *source, ProtobufCMessage *message)
{
    char *text;
    size_t length;
    if (!json_reader_string(&source->json, &text, &length))
        return false;
    bool is_date = message->descriptor == &touchstone__v1__date__descriptor;
    return (is_date && length == 0) || json_source_read_text(text, length, message) ||
           json_reader_fail(&source->json, is_date ? "is no date" : "is no instant");
}
