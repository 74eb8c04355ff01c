// SPDX-License-Identifier: Apache-2.0
// Fields to text: see cell.h.
#include "print/cell.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "google/protobuf/timestamp.pb-c.h"
#include "message/choices.h"
#include "message/path.h"
#include "print/instant.h"
#include "text/collect.h"
#include "touchstone/v1/common.pb-c.h"
#include "wire/field.h"

struct cell {
    FILE *out;
    bool terminal;
    const char *between;
    bool has_written;
};

static void begin_value(struct cell *cell)
{
    if (cell->has_written)
        fputs(cell->between, cell->out);
    cell->has_written = true;
}

static void write_message(struct cell *cell, const ProtobufCMessage *message)
{
    if (message->descriptor == &google__protobuf__timestamp__descriptor) {
        const Google__Protobuf__Timestamp *at = (const Google__Protobuf__Timestamp *)message;

        instant_write(cell->out, at->seconds, at->nanos, cell->terminal);
    } else if (message->descriptor == &touchstone__v1__date__descriptor) {
        const Touchstone__V1__Date *date = (const Touchstone__V1__Date *)message;

        fprintf(cell->out, "%04d-%02d-%02d", date->year, date->month, date->day);
    }
}

// For a person there is no document of 0 bytes: there is none yet.
static void write_number(struct cell *cell, const ProtobufCFieldDescriptor *field, int64_t number)
{
    if (!cell->terminal || number != 0 || strstr(field->name, "_bytes") == NULL)
        fprintf(cell->out, "%" PRId64, number);
}

// One value of a field; `place` points to it.
static void write_value(struct cell *cell, const ProtobufCFieldDescriptor *field, const void *place)
{
    char word[64];

    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING:
        fputs(*(const char *const *)place != NULL ? *(const char *const *)place : "", cell->out);
        break;
    case PROTOBUF_C_TYPE_INT32:
        fprintf(cell->out, "%" PRId32, *(const int32_t *)place);
        break;
    case PROTOBUF_C_TYPE_INT64:
        write_number(cell, field, *(const int64_t *)place);
        break;
    case PROTOBUF_C_TYPE_BOOL:
        fputs(*(const int *)place ? "yes" : "no", cell->out);
        break;
    case PROTOBUF_C_TYPE_ENUM:
        choices_word(field->descriptor, *(const int *)place, word, sizeof word);
        fputs(word, cell->out);
        break;
    case PROTOBUF_C_TYPE_BYTES:
        fprintf(cell->out, "%zu bytes", ((const ProtobufCBinaryData *)place)->len);
        break;
    case PROTOBUF_C_TYPE_MESSAGE:
        write_message(cell, *(ProtobufCMessage *const *)place);
        break;
    default:
        break;
    }
}

static void write_path(struct cell *cell, const ProtobufCMessage *message, const char *path);

static void write_last(struct cell *cell, const ProtobufCMessage *message,
                       const ProtobufCFieldDescriptor *field)
{
    const char *place = path_place((ProtobufCMessage *)message, field);
    size_t count = 1, size = field_size(field->type);

    if (field->label == PROTOBUF_C_LABEL_REPEATED) {
        count = path_count(message, field);
        place = count > 0 ? *(const char *const *)(const void *)place : NULL;
    } else if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
        count = path_count(message, field);
    }
    for (size_t i = 0; i < count; i++) {
        begin_value(cell);
        write_value(cell, field, place + i * size);
    }
}

static const ProtobufCFieldDescriptor *first_field(const ProtobufCMessageDescriptor *descriptor,
                                                   const char *path, const char **ret_rest)
{
    size_t length = strcspn(path, ".");
    char name[64];

    if (length >= sizeof name)
        return NULL;
    memcpy(name, path, length);
    name[length] = '\0';
    *ret_rest = path[length] == '.' ? path + length + 1 : NULL;
    return protobuf_c_message_descriptor_get_field_by_name(descriptor, name);
}

static void write_path(struct cell *cell, const ProtobufCMessage *message, const char *path)
{
    const char *rest;
    const ProtobufCFieldDescriptor *field = first_field(message->descriptor, path, &rest);

    if (field == NULL)
        return;
    if (rest == NULL) {
        write_last(cell, message, field);
        return;
    }
    if (field->type != PROTOBUF_C_TYPE_MESSAGE)
        return;
    for (size_t i = 0; i < path_count(message, field); i++)
        write_path(cell, path_element(message, field, i), rest);
}

void cell_write(FILE *out, const ProtobufCMessage *message, const char *path, bool terminal,
                const char *between)
{
    struct cell cell = {.out = out, .terminal = terminal, .between = between};

    write_path(&cell, message, path);
}

char *cell_text(const ProtobufCMessage *message, const char *path, bool terminal)
{
    struct collect collect;
    FILE *out = collect_begin(&collect);

    if (out != NULL)
        cell_write(out, message, path, terminal, ", ");
    return collect_end(&collect, NULL);
}

bool cell_path_exists(const ProtobufCMessageDescriptor *descriptor, const char *path)
{
    while (path != NULL) {
        const ProtobufCFieldDescriptor *field = first_field(descriptor, path, &path);

        if (field == NULL || (path != NULL && field->type != PROTOBUF_C_TYPE_MESSAGE))
            return false;
        descriptor = field->descriptor;
    }
    return true;
}
