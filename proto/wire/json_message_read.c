// SPDX-License-Identifier: Apache-2.0
// Reading of json_message.h: one pass over the text, straight into protobuf-c structs in the arena. A
// worklist of 50 tests is read on every list call, so keys are compared in place and nothing is built in
// between.
#include "wire/json_message.h"

#include "google/protobuf/timestamp.pb-c.h"
#include "touchstone/v1/common.pb-c.h"
#include "wire/arena.h"
#include "wire/base64.h"
#include "wire/error.h"
#include "wire/field.h"
#include "wire/json_reader.h"
#include "wire/timestamp.h"

#include <string.h>

enum { FOUND_FIELDS = 128 };

// The reader and, for the error, the innermost field that was read.
struct reading {
    struct json_reader json;
    // Fields found before, by a few bytes of their names: the elements of a list have all the same.
    struct {
        const ProtobufCMessageDescriptor *message;
        const ProtobufCFieldDescriptor *field;
    } found[FOUND_FIELDS];
    const ProtobufCMessageDescriptor *message;
    const ProtobufCFieldDescriptor *field;
};

static bool read_members(struct reading *reading, ProtobufCMessage *message);

static void *allocate(struct reading *reading, size_t count, size_t size)
{
    void *memory = arena_array(reading->json.arena, count, size);
    if (!memory) {
        reading->json.out_of_memory = true;
        json_reader_fail(&reading->json, "is too large");
    }
    return memory;
}

static ProtobufCMessage *new_message(struct reading *reading, const ProtobufCMessageDescriptor *descriptor)
{
    ProtobufCMessage *message = allocate(reading, 1, descriptor->sizeof_message);
    if (message)
        protobuf_c_message_init(descriptor, message);
    return message;
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

static const ProtobufCFieldDescriptor *find_field(struct reading *reading,
                                                  const ProtobufCMessageDescriptor *descriptor,
                                                  const char *key, size_t length)
{
    if (length == 0)
        return NULL;
    // Weights under which the names of the schema's larger messages share few places.
    unsigned at = ((unsigned char)key[0] + (unsigned char)key[length / 2] * 3u +
                   (unsigned char)key[length - 1] * 5u + (unsigned)length * 5u + descriptor->n_fields) %
                  FOUND_FIELDS;
    const ProtobufCFieldDescriptor *field = reading->found[at].field;
    if (field && reading->found[at].message == descriptor && strncmp(field->name, key, length) == 0 &&
        !field->name[length])
        return field;
    field = search_field(descriptor, key, length);
    reading->found[at].message = descriptor;
    reading->found[at].field = field;
    return field;
}

static char lower(char character)
{
    return character >= 'A' && character <= 'Z' ? (char)(character - 'A' + 'a') : character;
}

static bool read_int32(struct reading *reading, int32_t *ret_value)
{
    int64_t number;
    if (!json_reader_int(&reading->json, &number))
        return false;
    if (number < INT32_MIN || number > INT32_MAX)
        return json_reader_fail(&reading->json, "is too large a number");
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

static bool read_enum(struct reading *reading, const ProtobufCEnumDescriptor *kind, int *ret_value)
{
    char *text;
    size_t length;
    if (json_reader_peek(&reading->json) == JSON_NUMBER)
        return read_int32(reading, ret_value); // a value that only the other side has a name for
    if (!json_reader_string(&reading->json, &text, &length))
        return false;
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
    if (length == 0) {
        *ret_value = 0;
        return true;
    }
    return json_reader_fail(&reading->json, "is no value of its enum");
}

static bool read_uint32(struct reading *reading, uint32_t *ret_value)
{
    int64_t number;
    if (!json_reader_int(&reading->json, &number))
        return false;
    if (number < 0 || number > UINT32_MAX)
        return json_reader_fail(&reading->json, "is out of range");
    *ret_value = (uint32_t)number;
    return true;
}

static bool read_uint64(struct reading *reading, uint64_t *ret_value)
{
    const char *text;
    size_t length;
    uint64_t number = 0;
    if (!json_reader_number(&reading->json, &text, &length))
        return false;
    for (size_t i = 0; i < length; i++)
        if (text[i] < '0' || text[i] > '9' || __builtin_mul_overflow(number, 10, &number) ||
            __builtin_add_overflow(number, (uint64_t)(text[i] - '0'), &number))
            return json_reader_fail(&reading->json, "is out of range");
    *ret_value = number;
    return true;
}

// jsonb that answers for a text (metadata, the values of a history entry) and numeric stay as they are
// written.
static bool read_text(struct reading *reading, char **ret_text)
{
    const char *piece;
    size_t length;
    enum json_kind kind = json_reader_peek(&reading->json);
    if (kind == JSON_STRING)
        return json_reader_string(&reading->json, ret_text, &length);
    if (kind != JSON_OBJECT && kind != JSON_ARRAY && kind != JSON_NUMBER)
        return json_reader_fail(&reading->json, "is no text");
    if (!json_reader_skip(&reading->json, &piece, &length))
        return false;
    char *copy = allocate(reading, length + 1, 1);
    if (!copy)
        return false;
    memcpy(copy, piece, length);
    *ret_text = copy;
    return true;
}

static bool read_bytes(struct reading *reading, ProtobufCBinaryData *ret_bytes)
{
    char *text;
    size_t length;
    int64_t blob;
    if (json_reader_peek(&reading->json) == JSON_NUMBER)
        return json_reader_int(&reading->json, &blob);
    if (!json_reader_string(&reading->json, &text, &length))
        return false;
    uint8_t *bytes = allocate(reading, BASE64_BYTES_SIZE(length), 1);
    if (!bytes)
        return false;
    if (!base64_read(text, length, bytes, &ret_bytes->len))
        return json_reader_fail(&reading->json, "is no base64");
    ret_bytes->data = bytes;
    return true;
}

static bool read_submessage(struct reading *reading, const ProtobufCMessageDescriptor *descriptor,
                            ProtobufCMessage **ret_message)
{
    ProtobufCMessage *message = new_message(reading, descriptor);
    char *text;
    size_t length;
    if (!message)
        return false;
    *ret_message = message;
    bool is_date = descriptor == &touchstone__v1__date__descriptor;
    if (!is_date && descriptor != &google__protobuf__timestamp__descriptor)
        return read_members(reading, message);
    if (!json_reader_string(&reading->json, &text, &length))
        return false;
    if (is_date) {
        Touchstone__V1__Date *date = (Touchstone__V1__Date *)message;
        return length == 0 || timestamp_parse_date(text, length, &date->year, &date->month, &date->day) ||
               json_reader_fail(&reading->json, "is no date");
    }
    Google__Protobuf__Timestamp *at = (Google__Protobuf__Timestamp *)message;
    return timestamp_parse(text, length, &at->seconds, &at->nanos) ||
           json_reader_fail(&reading->json, "is no instant");
}

static bool read_bool(struct reading *reading, protobuf_c_boolean *ret_value)
{
    bool value;
    if (!json_reader_bool(&reading->json, &value))
        return false;
    *ret_value = value;
    return true;
}

static bool read_value(struct reading *reading, const ProtobufCFieldDescriptor *field, void *ret_value)
{
    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING:
        return read_text(reading, ret_value);
    case PROTOBUF_C_TYPE_MESSAGE:
        return read_submessage(reading, field->descriptor, ret_value);
    case PROTOBUF_C_TYPE_ENUM:
        return read_enum(reading, field->descriptor, ret_value);
    case PROTOBUF_C_TYPE_BOOL:
        return read_bool(reading, ret_value);
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
        return json_reader_int(&reading->json, ret_value);
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
        return read_int32(reading, ret_value);
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
        return read_uint32(reading, ret_value);
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
        return read_uint64(reading, ret_value);
    case PROTOBUF_C_TYPE_BYTES:
        return read_bytes(reading, ret_value);
    case PROTOBUF_C_TYPE_FLOAT:
    case PROTOBUF_C_TYPE_DOUBLE:
        break;
    }
    return json_reader_fail(&reading->json, "has a type that JSON is not made of");
}

// A key that comes twice begins its array anew: the last one counts, as in jsonb.
static bool read_array(struct reading *reading, const ProtobufCFieldDescriptor *field,
                       ProtobufCMessage *message)
{
    size_t size = field_size(field->type), count = 0, capacity = 0;
    char *elements = NULL;
    bool first = true;
    if (!json_reader_enter(&reading->json, JSON_ARRAY))
        return false;
    while (json_reader_next_element(&reading->json, &first)) {
        if (count == capacity) {
            size_t wider = capacity ? capacity * 2 : 4;
            char *grown = allocate(reading, wider, size);
            if (!grown)
                return false;
            if (count)
                memcpy(grown, elements, count * size);
            elements = grown;
            capacity = wider;
        }
        if (!read_value(reading, field, elements + count * size))
            return false;
        count++;
    }
    if (reading->json.wrong)
        return false;
    *(size_t *)((char *)message + field->quantifier_offset) = count;
    *(char **)((char *)message + field->offset) = elements;
    return true;
}

static bool read_field(struct reading *reading, const ProtobufCFieldDescriptor *field,
                       ProtobufCMessage *message)
{
    char *base = (char *)message;
    reading->message = message->descriptor;
    reading->field = field;
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return read_array(reading, field, message);
    if (!(field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF))
        return read_value(reading, field, base + field->offset);
    ProtobufCBinaryData value = {0}; // the widest type; members of a oneof share their place
    if (!read_value(reading, field, &value))
        return false;
    memcpy(base + field->offset, &value, field_size(field->type));
    *(uint32_t *)(base + field->quantifier_offset) = field->id;
    return true;
}

static bool read_members(struct reading *reading, ProtobufCMessage *message)
{
    struct json_reader *json = &reading->json;
    bool first = true;
    const char *key, *skipped;
    size_t key_length, length;
    if (!json_reader_enter(json, JSON_OBJECT))
        return false;
    while (json_reader_next_member(json, &first, &key, &key_length)) {
        const ProtobufCFieldDescriptor *field = find_field(reading, message->descriptor, key, key_length);
        bool held = field && json_reader_peek(json) != JSON_NULL ? read_field(reading, field, message)
                                                                 : json_reader_skip(json, &skipped, &length);
        if (!held)
            return false;
    }
    return !json->wrong;
}

static ProtobufCMessage *fail(const struct reading *reading, struct ts_error *error)
{
    if (reading->json.out_of_memory)
        error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "Too much memory is needed.");
    else
        error_set(error, TS_INVALID_ARGUMENT, "JSON_INVALID", "JSON for %s%s%s %s.",
                  reading->message->short_name, reading->field ? " at " : "",
                  reading->field ? reading->field->name : "", reading->json.wrong);
    return NULL;
}

ProtobufCMessage *json_message_read(const ProtobufCMessageDescriptor *descriptor, const char *json,
                                    size_t length, struct arena *arena, struct ts_error *error)
{
    struct reading reading = {.message = descriptor};
    json_reader_init(&reading.json, json, length, arena);
    ProtobufCMessage *message = new_message(&reading, descriptor);
    if (!message || !read_members(&reading, message) || !json_reader_finish(&reading.json))
        return fail(&reading, error);
    return message;
}
