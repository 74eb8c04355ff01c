// SPDX-License-Identifier: Apache-2.0
// The writer of row_wire.h. Columns are matched with fields once for all rows.
#include "wire/row_wire.h"

#include "google/protobuf/timestamp.pb-c.h"
#include "touchstone/v1/common.pb-c.h"
#include "wire/error.h"
#include "wire/json_source.h"
#include "wire/json_wire.h"
#include "wire/timestamp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool no_memory(struct ts_error *error)
{
    return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "Too much memory is needed.");
}

static bool wrong_value(const ProtobufCFieldDescriptor *field, struct ts_error *error)
{
    return error_set(error, TS_INVALID_ARGUMENT, "ROWS_INVALID", "Column %s is no value of its field.",
                     field->name);
}

static const ProtobufCFieldDescriptor *list_of(const ProtobufCMessageDescriptor *response)
{
    for (unsigned i = 0; i < response->n_fields; i++)
        if (response->fields[i].label == PROTOBUF_C_LABEL_REPEATED &&
            response->fields[i].type == PROTOBUF_C_TYPE_MESSAGE)
            return &response->fields[i];
    return NULL;
}

bool row_wire_init(struct row_wire *rows, const ProtobufCMessageDescriptor *response,
                   const char *const *names, size_t count, struct arena *arena, size_t capacity,
                   struct ts_error *error)
{
    *rows = (struct row_wire){.response = response, .list = list_of(response), .column_count = count};
    if (!rows->list || count > ROW_COLUMNS_MOST)
        return error_set(error, TS_INVALID_ARGUMENT, "ROWS_INVALID", "%s cannot be made of rows.",
                         response->short_name);
    const ProtobufCMessageDescriptor *element = rows->list->descriptor;
    for (size_t i = 0; i < count; i++) {
        const ProtobufCFieldDescriptor *field =
            protobuf_c_message_descriptor_get_field_by_name(element, names[i]);
        rows->columns[i].is_beside = !field;
        rows->columns[i].field =
            field ? field : protobuf_c_message_descriptor_get_field_by_name(response, names[i]);
    }
    return wire_writer_init(&rows->wire, arena, capacity) || no_memory(error);
}

static bool read_number(const ProtobufCFieldDescriptor *field, const struct row_cell *cell,
                        union wire_value *ret_value)
{
    char *end;
    errno = 0;
    long long number = strtoll(cell->text, &end, 10);
    bool read = cell->length > 0 && end == cell->text + cell->length && errno == 0;
    if (field->type == PROTOBUF_C_TYPE_INT64) {
        ret_value->int64 = number;
        return read;
    }
    ret_value->int32 = (int32_t)number;
    return read && number >= INT32_MIN && number <= INT32_MAX;
}

static bool read_cell(const ProtobufCFieldDescriptor *field, const struct row_cell *cell,
                      union wire_value *ret_value)
{
    switch (field->type) {
    case PROTOBUF_C_TYPE_ENUM:
        return json_source_enum(field->descriptor, cell->text, &ret_value->int32);
    case PROTOBUF_C_TYPE_BOOL:
        ret_value->boolean = cell->text[0] == 't';
        return cell->length == 1 && (cell->text[0] == 't' || cell->text[0] == 'f');
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_INT64:
        return read_number(field, cell, ret_value);
    default: // the schema's lists have no others; a new one is told of here
        return false;
    }
}

static bool add_number(struct wire_writer *wire, const ProtobufCFieldDescriptor *field,
                       const struct row_cell *cell, struct ts_error *error)
{
    union wire_value value;
    if (!read_cell(field, cell, &value))
        return wrong_value(field, error);
    if (wire_is_zero(field->type, &value))
        return true;
    return (wire_put_tag(wire, field) && wire_put_number(wire, field->type, &value)) || no_memory(error);
}

static bool add_message(struct wire_writer *wire, const ProtobufCFieldDescriptor *field,
                        const ProtobufCMessage *message, struct ts_error *error)
{
    size_t start;
    return (wire_put_tag(wire, field) && wire_open_length(wire, &start) && wire_put_message(wire, message) &&
            wire_close_length(wire, start)) ||
           no_memory(error);
}

// Timestamp or Date.
static bool add_text_message(struct wire_writer *wire, const ProtobufCFieldDescriptor *field,
                             const struct row_cell *cell, struct ts_error *error)
{
    if (field->descriptor == &touchstone__v1__date__descriptor) {
        Touchstone__V1__Date date = TOUCHSTONE__V1__DATE__INIT;
        return timestamp_parse_date(cell->text, cell->length, &date.year, &date.month, &date.day)
                   ? add_message(wire, field, &date.base, error)
                   : wrong_value(field, error);
    }
    Google__Protobuf__Timestamp at = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    return timestamp_parse(cell->text, cell->length, &at.seconds, &at.nanos)
               ? add_message(wire, field, &at.base, error)
               : wrong_value(field, error);
}

static bool add_cell(struct row_wire *rows, const ProtobufCFieldDescriptor *field,
                     const struct row_cell *cell, struct ts_error *error)
{
    struct wire_writer *wire = &rows->wire;
    bool is_list = field->label == PROTOBUF_C_LABEL_REPEATED;
    if (field->type == PROTOBUF_C_TYPE_STRING && !is_list)
        return cell->length == 0 || wire_put_bytes(wire, field, cell->text, cell->length) || no_memory(error);
    if (field->type == PROTOBUF_C_TYPE_MESSAGE && !is_list && json_source_is_text(field->descriptor))
        return add_text_message(wire, field, cell, error);
    if (field->type == PROTOBUF_C_TYPE_MESSAGE || is_list)
        return json_wire_write_field(rows->response, field, cell->text, cell->length, wire, error);
    return add_number(wire, field, cell, error);
}

static bool add_cells(struct row_wire *rows, const struct row_cell *cells, bool is_beside,
                      struct ts_error *error)
{
    for (size_t i = 0; i < rows->column_count; i++)
        if (cells[i].text && rows->columns[i].field && rows->columns[i].is_beside == is_beside &&
            !add_cell(rows, rows->columns[i].field, &cells[i], error))
            return false;
    return true;
}

bool row_wire_add(struct row_wire *rows, const struct row_cell *cells, struct ts_error *error)
{
    size_t start;
    if (!wire_put_tag(&rows->wire, rows->list) || !wire_open_length(&rows->wire, &start))
        return no_memory(error);
    if (!add_cells(rows, cells, false, error))
        return false;
    return (wire_close_length(&rows->wire, start) || no_memory(error)) && add_cells(rows, cells, true, error);
}
