// SPDX-License-Identifier: Apache-2.0
// The writer of rows.h. Columns are matched with fields once for all rows. Called by call.c when a list was
// read.
#include "rpc/rows.h"

#include "wire/error.h"
#include "wire/json_source.h"
#include "wire/json_wire.h"
#include "wire/wire_writer.h"

enum { ROW_BYTES = 512, TEXT_MESSAGE_BYTES = 64 }; // of one element, about; of a Timestamp or Date, at most

struct column {
    const ProtobufCFieldDescriptor *field; // NULL: says nothing
    bool is_beside;                        // of the response, not of the element
};

struct rows {
    const ProtobufCMessageDescriptor *response;
    const ProtobufCFieldDescriptor *list;
    const PGresult *result;
    int column_count;
    struct column columns[ROWS_COLUMNS_MOST];
    struct wire_writer wire;
};

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

static bool match_columns(struct rows *rows, struct ts_error *error)
{
    rows->list = list_of(rows->response);
    rows->column_count = PQnfields(rows->result);
    if (!rows->list || rows->column_count > ROWS_COLUMNS_MOST)
        return error_set(error, TS_INVALID_ARGUMENT, "ROWS_INVALID", "%s cannot be made of these rows.",
                         rows->response->short_name);
    for (int i = 0; i < rows->column_count; i++) {
        const char *name = PQfname(rows->result, i);
        const ProtobufCFieldDescriptor *field =
            protobuf_c_message_descriptor_get_field_by_name(rows->list->descriptor, name);
        rows->columns[i].is_beside = !field;
        rows->columns[i].field =
            field ? field : protobuf_c_message_descriptor_get_field_by_name(rows->response, name);
    }
    return true;
}

static bool add_enum(struct wire_writer *wire, const ProtobufCFieldDescriptor *field, const char *text,
                     struct ts_error *error)
{
    union wire_value value;
    if (!json_source_enum(field->descriptor, text, &value.int32))
        return wrong_value(field, error);
    return wire_is_zero(field->type, &value) ||
           (wire_put_tag(wire, field) && wire_put_number(wire, field->type, &value)) || no_memory(error);
}

static bool add_text_message(struct wire_writer *wire, const ProtobufCFieldDescriptor *field,
                             const char *text, size_t length, struct ts_error *error)
{
    const ProtobufCMessageDescriptor *kind = field->descriptor;
    _Alignas(max_align_t) uint8_t memory[TEXT_MESSAGE_BYTES];
    ProtobufCMessage *message = (ProtobufCMessage *)memory;
    size_t start;
    if (kind->sizeof_message > sizeof memory)
        return wrong_value(field, error);
    protobuf_c_message_init(kind, message);
    if (!json_source_read_text(text, length, message))
        return wrong_value(field, error);
    return (wire_put_tag(wire, field) && wire_open_length(wire, &start) && wire_put_message(wire, message) &&
            wire_close_length(wire, start)) ||
           no_memory(error);
}

static bool add_value(struct rows *rows, const ProtobufCFieldDescriptor *field, const char *text,
                      size_t length, struct ts_error *error)
{
    struct wire_writer *wire = &rows->wire;
    if (field->label != PROTOBUF_C_LABEL_REPEATED) {
        if (field->type == PROTOBUF_C_TYPE_STRING)
            return length == 0 || wire_put_bytes(wire, field, text, length) || no_memory(error);
        if (field->type == PROTOBUF_C_TYPE_ENUM)
            return add_enum(wire, field, text, error);
        if (field->type == PROTOBUF_C_TYPE_MESSAGE && json_source_is_text(field->descriptor))
            return add_text_message(wire, field, text, length, error);
    }
    return json_wire_write_field(rows->response, field, text, length, wire, error);
}

static bool add_values(struct rows *rows, int row, bool is_beside, struct ts_error *error)
{
    for (int i = 0; i < rows->column_count; i++) {
        const struct column *column = &rows->columns[i];
        if (column->field && column->is_beside == is_beside && !PQgetisnull(rows->result, row, i) &&
            !add_value(rows, column->field, PQgetvalue(rows->result, row, i),
                       (size_t)PQgetlength(rows->result, row, i), error))
            return false;
    }
    return true;
}

static bool add_row(struct rows *rows, int row, struct ts_error *error)
{
    size_t start;
    if (!wire_put_tag(&rows->wire, rows->list) || !wire_open_length(&rows->wire, &start))
        return no_memory(error);
    return add_values(rows, row, false, error) &&
           (wire_close_length(&rows->wire, start) || no_memory(error)) && add_values(rows, row, true, error);
}

bool rows_write(const ProtobufCMessageDescriptor *response, const PGresult *result, struct arena *arena,
                const uint8_t **ret_bytes, size_t *ret_length, struct ts_error *error)
{
    struct rows rows = {.response = response, .result = result};
    int count = PQntuples(result);
    if (!match_columns(&rows, error))
        return false;
    if (!wire_writer_init(&rows.wire, arena, ((size_t)count + 1) * ROW_BYTES))
        return no_memory(error);
    for (int row = 0; row < count; row++)
        if (!add_row(&rows, row, error))
            return false;
    *ret_bytes = rows.wire.bytes;
    *ret_length = rows.wire.length;
    return true;
}
