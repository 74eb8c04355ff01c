// SPDX-License-Identifier: Apache-2.0
// Writing of json_message.h: walks the descriptor in the order of the fields.
#include "wire/json_message.h"

#include "google/protobuf/timestamp.pb-c.h"
#include "touchstone/v1/common.pb-c.h"
#include "wire/arena.h"
#include "wire/error.h"
#include "wire/field.h"
#include "wire/item_code.h"
#include "wire/rules.h"
#include "wire/text.h"
#include "wire/timestamp.h"

#include <inttypes.h>
#include <string.h>

enum { DEPTH_MOST = 64 };

struct writer {
    struct text text;
    bool for_sql;
    struct json_text *json; // its blobs
    size_t blob_capacity;
    struct ts_error *error;
    int depth;
};

static bool write_message(struct writer *writer, const ProtobufCMessage *message);

static bool write_timestamp(struct writer *writer, const Google__Protobuf__Timestamp *at)
{
    char text[TIMESTAMP_TEXT_SIZE];
    if (!timestamp_format(at->seconds, at->nanos, text))
        return error_set(writer->error, TS_INVALID_ARGUMENT, "TIME_INVALID", "An instant is out of range.");
    text_printf(&writer->text, "\"%s\"", text);
    return true;
}

static bool write_date(struct writer *writer, const Touchstone__V1__Date *date)
{
    if (!timestamp_is_date(date->year, date->month, date->day))
        return error_set(writer->error, TS_INVALID_ARGUMENT, "DATE_INVALID", "A date does not exist.");
    text_printf(&writer->text, "\"%04d-%02d-%02d\"", (int)date->year, (int)date->month, (int)date->day);
    return true;
}

// The value's name without the prefix that its enum's names share (X_UNSPECIFIED tells it), in lower case.
static void write_enum(struct writer *writer, const ProtobufCEnumDescriptor *kind, int number)
{
    const ProtobufCEnumValue *value = protobuf_c_enum_descriptor_get_value(kind, number);
    if (!value) {
        text_printf(&writer->text, "%d", number);
        return;
    }
    const ProtobufCEnumValue *zero = protobuf_c_enum_descriptor_get_value(kind, 0);
    const char *ending = zero ? strstr(zero->name, "UNSPECIFIED") : NULL;
    size_t prefix = ending ? (size_t)(ending - zero->name) : 0;
    const char *name = value->name;
    if (strncmp(name, zero ? zero->name : "", prefix) == 0)
        name += prefix;
    text_put_char(&writer->text, '"');
    for (; *name; name++)
        text_put_char(&writer->text, *name >= 'A' && *name <= 'Z' ? (char)(*name - 'A' + 'a') : *name);
    text_put_char(&writer->text, '"');
}

static bool add_blob(struct writer *writer, const ProtobufCBinaryData *blob)
{
    struct json_text *json = writer->json;
    if (json->blob_count == writer->blob_capacity) {
        size_t capacity = writer->blob_capacity ? writer->blob_capacity * 2 : 4;
        const ProtobufCBinaryData **blobs = arena_array(writer->text.arena, capacity, sizeof *blobs);
        if (!blobs)
            return error_set(writer->error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY",
                             "Too much memory is needed.");
        if (json->blob_count)
            memcpy(blobs, json->blobs, json->blob_count * sizeof *blobs);
        json->blobs = blobs;
        writer->blob_capacity = capacity;
    }
    json->blobs[json->blob_count++] = blob;
    text_printf(&writer->text, "%zu", json->blob_count);
    return true;
}

static bool write_bytes(struct writer *writer, const ProtobufCBinaryData *bytes)
{
    if (writer->for_sql)
        return add_blob(writer, bytes);
    text_put_char(&writer->text, '"');
    text_put_base64(&writer->text, bytes->data, bytes->len);
    text_put_char(&writer->text, '"');
    return true;
}

static bool write_submessage(struct writer *writer, const ProtobufCMessage *message)
{
    if (message->descriptor == &google__protobuf__timestamp__descriptor)
        return write_timestamp(writer, (const Google__Protobuf__Timestamp *)message);
    if (message->descriptor == &touchstone__v1__date__descriptor)
        return write_date(writer, (const Touchstone__V1__Date *)message);
    return write_message(writer, message);
}

// One value of the field's type.
static bool write_value(struct writer *writer, const ProtobufCFieldDescriptor *field, const void *value)
{
    struct text *text = &writer->text;
    switch (field->type) {
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
        text_put_int(text, *(const int32_t *)value);
        return true;
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
        text_put_int(text, *(const int64_t *)value);
        return true;
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
        text_put_int(text, *(const uint32_t *)value);
        return true;
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
        text_printf(text, "%" PRIu64, *(const uint64_t *)value);
        return true;
    case PROTOBUF_C_TYPE_BOOL:
        text_put(text, *(const protobuf_c_boolean *)value ? "true" : "false");
        return true;
    case PROTOBUF_C_TYPE_ENUM:
        write_enum(writer, field->descriptor, *(const int *)value);
        return true;
    case PROTOBUF_C_TYPE_STRING:
        text_put_json(text, *(char *const *)value, strlen(*(char *const *)value));
        return true;
    case PROTOBUF_C_TYPE_BYTES:
        return write_bytes(writer, value);
    case PROTOBUF_C_TYPE_MESSAGE:
        return write_submessage(writer, *(ProtobufCMessage *const *)value);
    case PROTOBUF_C_TYPE_FLOAT:
    case PROTOBUF_C_TYPE_DOUBLE:
        break;
    }
    return error_set(writer->error, TS_INTERNAL, "JSON_UNSUPPORTED",
                     "Field %s has a type that JSON is not made of.", field->name);
}

static bool is_default(const ProtobufCFieldDescriptor *field, const void *value)
{
    static const char zeros[8];
    if (field->type == PROTOBUF_C_TYPE_STRING)
        return !*(char *const *)value || !**(char *const *)value;
    if (field->type == PROTOBUF_C_TYPE_BYTES)
        return ((const ProtobufCBinaryData *)value)->len == 0;
    if (field->type != PROTOBUF_C_TYPE_MESSAGE)
        return memcmp(value, zeros, field_size(field->type)) == 0;
    const ProtobufCMessage *message = *(ProtobufCMessage *const *)value;
    if (!message || message->descriptor != &touchstone__v1__date__descriptor)
        return !message;
    const Touchstone__V1__Date *date = (const Touchstone__V1__Date *)message;
    return date->year == 0 && date->month == 0 && date->day == 0;
}

// Whether a singular field is there to be written.
static bool is_present(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    const char *base = (const char *)message;
    const void *value = base + field->offset;
    if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF)
        return *(const uint32_t *)(base + field->quantifier_offset) == field->id &&
               (field->type != PROTOBUF_C_TYPE_MESSAGE || *(ProtobufCMessage *const *)value);
    return !is_default(field, value);
}

static bool write_array(struct writer *writer, const ProtobufCFieldDescriptor *field, const char *elements,
                        size_t count)
{
    text_put_char(&writer->text, '[');
    for (size_t i = 0; i < count; i++) {
        if (i)
            text_put_char(&writer->text, ',');
        if (!write_value(writer, field, elements + i * field_size(field->type)))
            return false;
    }
    text_put_char(&writer->text, ']');
    return true;
}

// False when the field is no item code, or the text none: then it is written as any other text.
static bool write_item_code(struct writer *writer, const ProtobufCFieldDescriptor *field,
                            const struct rules_message *rules, const void *value)
{
    char code[ITEM_CODE_SIZE];
    if (field->type != PROTOBUF_C_TYPE_STRING || !rules_is_item_code(rules, field))
        return false;
    const char *typed = *(char *const *)value;
    if (!item_code_check(typed, strlen(typed), code))
        return false;
    text_put_json(&writer->text, code, strlen(code));
    return true;
}

static bool write_field(struct writer *writer, const ProtobufCMessage *message,
                        const ProtobufCFieldDescriptor *field, const struct rules_message *rules, bool *first)
{
    const char *base = (const char *)message;
    bool repeated = field->label == PROTOBUF_C_LABEL_REPEATED;
    size_t count = repeated ? *(const size_t *)(base + field->quantifier_offset) : is_present(message, field);
    if (count == 0 || rules_is_secret(rules, field))
        return true;
    if (!*first)
        text_put_char(&writer->text, ',');
    *first = false;
    text_put_json(&writer->text, field->name, strlen(field->name));
    text_put_char(&writer->text, ':');
    if (repeated)
        return write_array(writer, field, *(const char *const *)(base + field->offset), count);
    return write_item_code(writer, field, rules, base + field->offset) ||
           write_value(writer, field, base + field->offset);
}

static bool write_message(struct writer *writer, const ProtobufCMessage *message)
{
    const ProtobufCMessageDescriptor *descriptor = message->descriptor;
    const struct rules_message *rules = writer->for_sql ? rules_of(descriptor) : NULL;
    bool first = true;
    if (++writer->depth > DEPTH_MOST)
        return error_set(writer->error, TS_INVALID_ARGUMENT, "TOO_DEEP", "The message is nested too deep.");
    text_put_char(&writer->text, '{');
    for (unsigned i = 0; i < descriptor->n_fields; i++)
        if (!write_field(writer, message, &descriptor->fields[i], rules, &first))
            return false;
    text_put_char(&writer->text, '}');
    writer->depth--;
    return true;
}

static bool write_all(const ProtobufCMessage *message, bool for_sql, struct arena *arena,
                      struct json_text *ret_json, struct ts_error *error)
{
    struct json_text json = {0};
    struct writer writer = {.for_sql = for_sql, .json = &json, .error = error};
    text_init(&writer.text, arena);
    if (!write_message(&writer, message))
        return false;
    json.text = text_finish(&writer.text);
    json.length = writer.text.length;
    if (!json.text)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "Too much memory is needed.");
    *ret_json = json;
    return true;
}

bool json_message_write(const ProtobufCMessage *message, struct arena *arena, struct json_text *ret_json,
                        struct ts_error *error)
{
    return write_all(message, false, arena, ret_json, error);
}

bool json_message_write_for_sql(const ProtobufCMessage *message, struct arena *arena,
                                struct json_text *ret_json, struct ts_error *error)
{
    return write_all(message, true, arena, ret_json, error);
}
