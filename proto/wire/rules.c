// SPDX-License-Identifier: Apache-2.0
// The check of rules.h: one walk over the request, gathering what is wrong until the error is full. What
// single texts must look like stands in rules_text.c.
#include "wire/rules.h"

#include "google/protobuf/timestamp.pb-c.h"
#include "touchstone/v1/common.pb-c.h"
#include "wire/error.h"
#include "wire/field.h"
#include "wire/picture.h"
#include "wire/rules_table.h"
#include "wire/rules_text.h"
#include "wire/timestamp.h"
#include "wire/utf8.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { LENGTH_MOST = 1000, ITEMS_MOST = 200 };

static const struct rules_field no_rule;

static int compare_names(const void *name, const void *row)
{
    return strcmp(name, ((const struct rules_message *)row)->name);
}

// Found before: each call asks for the same few, and names in order are many cold lines apart. Of each thread
// its own.
enum { FOUND_COUNT = 256 };
static _Thread_local struct {
    const ProtobufCMessageDescriptor *message;
    const struct rules_message *rules; // NULL: it has none
} found[FOUND_COUNT];

const struct rules_message *rules_of(const ProtobufCMessageDescriptor *message)
{
    size_t at = (uintptr_t)message / sizeof *message % FOUND_COUNT;
    if (found[at].message != message) {
        found[at].rules = bsearch(message->name, rules_messages, rules_message_count, sizeof *rules_messages,
                                  compare_names);
        found[at].message = message;
    }
    return found[at].rules;
}

static const struct rules_field *find_rule(const struct rules_message *rules, uint32_t id)
{
    for (size_t i = 0; rules && i < rules->count; i++)
        if (rules->fields[i].id == id)
            return &rules->fields[i];
    return &no_rule;
}

bool rules_is_secret(const struct rules_message *rules, const ProtobufCFieldDescriptor *field)
{
    return find_rule(rules, field->id)->secret;
}

bool rules_is_item_code(const struct rules_message *rules, const ProtobufCFieldDescriptor *field)
{
    return find_rule(rules, field->id)->format == TOUCHSTONE__V1__FORMAT__FORMAT_ITEM_CODE;
}

static bool wrong(struct ts_error *error, const struct field_path *path, const char *why)
{
    char text[FIELD_PATH_SIZE];
    field_write_path(path, text);
    return error_violation(error, text, "%s", why);
}

static bool check_message(const ProtobufCMessage *message, const struct field_path *path,
                          struct ts_error *error);

static bool check_length(size_t length, const struct rules_field *rule, const char *unit,
                         const struct field_path *path, struct ts_error *error)
{
    char text[FIELD_PATH_SIZE];
    size_t most = rule->max_length ? rule->max_length : LENGTH_MOST;
    if (length <= most && length >= rule->min_length)
        return true;
    field_write_path(path, text);
    if (length > most)
        return error_violation(error, text, "has %zu %s, at most %zu are taken", length, unit, most);
    return error_violation(error, text, "has %zu %s, at least %u are needed", length, unit, rule->min_length);
}

static bool check_text(const char *text, const struct rules_field *rule, const struct field_path *path,
                       struct ts_error *error)
{
    char why[RULES_WHY_SIZE];
    size_t characters = rules_text_count(text);
    if (!check_length(characters, rule, "characters", path, error))
        return false;
    return rules_text_fits(text, rule->format, why) || wrong(error, path, why);
}

static bool check_bytes(const ProtobufCBinaryData *bytes, const struct rules_field *rule,
                        const struct field_path *path, struct ts_error *error)
{
    if (!check_length(bytes->len, rule, "bytes", path, error))
        return false;
    if (rule->format != TOUCHSTONE__V1__FORMAT__FORMAT_PICTURE)
        return true;
    enum picture_fault fault = picture_check(bytes->data, bytes->len);
    return fault == PICTURE_IS_WHOLE || wrong(error, path, picture_fault_text(fault, false));
}

static bool check_number(int64_t number, const struct rules_field *rule, const struct field_path *path,
                         struct ts_error *error)
{
    char text[FIELD_PATH_SIZE];
    if ((rule->minimum == 0 && rule->maximum == 0) || (number >= rule->minimum && number <= rule->maximum))
        return true;
    field_write_path(path, text);
    return error_violation(error, text, "must be from %" PRId64 " to %" PRId64, rule->minimum, rule->maximum);
}

static bool check_submessage(const ProtobufCMessage *message, const struct field_path *path,
                             struct ts_error *error)
{
    if (message->descriptor == &touchstone__v1__date__descriptor) {
        const Touchstone__V1__Date *date = (const Touchstone__V1__Date *)message;
        bool given = date->year || date->month || date->day;
        return !given || timestamp_is_date(date->year, date->month, date->day) ||
               wrong(error, path, "is no date of the calendar");
    }
    if (message->descriptor == &google__protobuf__timestamp__descriptor) {
        const Google__Protobuf__Timestamp *at = (const Google__Protobuf__Timestamp *)message;
        char text[TIMESTAMP_TEXT_SIZE];
        return timestamp_format(at->seconds, at->nanos, text) || wrong(error, path, "is out of range");
    }
    return check_message(message, path, error);
}

static bool check_enum(int number, const ProtobufCEnumDescriptor *kind, const struct field_path *path,
                       struct ts_error *error)
{
    return protobuf_c_enum_descriptor_get_value(kind, number) ||
           wrong(error, path, "is no value that is known");
}

// One value that is there.
static bool check_value(const ProtobufCFieldDescriptor *field, const void *value,
                        const struct rules_field *rule, const struct field_path *path, struct ts_error *error)
{
    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING:
        return check_text(*(char *const *)value, rule, path, error);
    case PROTOBUF_C_TYPE_BYTES:
        return check_bytes(value, rule, path, error);
    case PROTOBUF_C_TYPE_MESSAGE:
        return check_submessage(*(ProtobufCMessage *const *)value, path, error);
    case PROTOBUF_C_TYPE_ENUM:
        return check_enum(*(const int *)value, field->descriptor, path, error);
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
        return check_number(*(const int32_t *)value, rule, path, error);
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
        return check_number(*(const int64_t *)value, rule, path, error);
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
        return check_number(*(const uint32_t *)value, rule, path, error);
    default:
        return true;
    }
}

// Empty, zero, UNSPECIFIED, absent, or a date that is not given. A text of which nothing is seen is empty.
static bool is_empty(const ProtobufCFieldDescriptor *field, const void *value)
{
    static const char zeros[8];
    if (field->type == PROTOBUF_C_TYPE_STRING) {
        const char *text = *(char *const *)value;
        return !text || utf8_shows_nothing(text, strlen(text));
    }
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

static bool check_repeated(const ProtobufCFieldDescriptor *field, const char *base,
                           const struct rules_field *rule, struct field_path *path, struct ts_error *error)
{
    char text[FIELD_PATH_SIZE];
    size_t count = *(const size_t *)(base + field->quantifier_offset);
    size_t most = rule->max_items ? rule->max_items : ITEMS_MOST;
    size_t least = rule->min_items ? rule->min_items : rule->required ? 1 : 0;
    const char *elements = *(const char *const *)(base + field->offset);
    if (count > most || count < least) {
        field_write_path(path, text);
        return count > most
                   ? error_violation(error, text, "has %zu elements, at most %zu are taken", count, most)
                   : error_violation(error, text, "has %zu elements, at least %zu are needed", count, least);
    }
    bool held = true;
    bool may_be_empty = field->type == PROTOBUF_C_TYPE_MESSAGE || field->type == PROTOBUF_C_TYPE_BOOL;
    for (path->index = 0; path->index < count; path->index++) {
        const void *element = elements + path->index * field_size(field->type);
        if (!may_be_empty && is_empty(field, element))
            held = wrong(error, path, "is empty");
        else
            held = check_value(field, element, rule, path, error) && held;
    }
    return held;
}

static bool check_field(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field,
                        const struct rules_field *rule, const struct field_path *parent,
                        struct ts_error *error)
{
    const char *base = (const char *)message;
    struct field_path path = {.parent = parent, .name = field->name, .index = FIELD_NO_INDEX};
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return check_repeated(field, base, rule, &path, error);
    const void *value = base + field->offset;
    bool other_of_oneof = field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF &&
                          *(const uint32_t *)(base + field->quantifier_offset) != field->id;
    if (other_of_oneof)
        return true;
    if (!is_empty(field, value))
        return check_value(field, value, rule, &path, error);
    if (rule->required)
        return wrong(error, &path, "is missing");
    // Spaces alone, or what nobody sees, are nothing that is worth keeping.
    bool spaces = field->type == PROTOBUF_C_TYPE_STRING && *(char *const *)value && **(char *const *)value;
    return !spaces || wrong(error, &path, "has only spaces or signs that nobody sees");
}

static bool check_message(const ProtobufCMessage *message, const struct field_path *path,
                          struct ts_error *error)
{
    const struct rules_message *rules = rules_of(message->descriptor);
    bool held = true;
    for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
        held = check_field(message, field, find_rule(rules, field->id), path, error) && held;
    }
    return held;
}

bool rules_check(const ProtobufCMessage *request, struct ts_error *error)
{
    return check_message(request, NULL, error);
}
