// SPDX-License-Identifier: Apache-2.0
// Views of answers: see show.h.
#include "print/show.h"

#include <stdlib.h>
#include <string.h>

#include "command/view.h"
#include "message/path.h"
#include "message/value.h"
#include "print/cell.h"
#include "print/change.h"
#include "print/style.h"
#include "print/table.h"
#include "text/collect.h"
#include "text/safe.h"
#include "wire/error.h"
#include "wire/json_message.h"

enum { COLUMNS_MAX = 48, LABEL_COLUMNS = 22 };

static size_t column_count(const struct view *view)
{
    size_t count = 0;

    while (count < COLUMNS_MAX && view->columns[count].label != NULL)
        count++;
    return count;
}

// Fields that name a row: cut last where a terminal is too narrow.
static bool is_id(const char *path)
{
    static const char *const ids[] = {"test_id",   "item_code", "receipt_no", "sheet_no",
                                      "person_id", "object_id", "entry_id"};

    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        if (strcmp(ids[i], path) == 0)
            return true;
    return false;
}

// As cell_text, and nothing for a number that the row withholds.
static char *shown_text(const ProtobufCMessage *message, const struct view *view, const char *path,
                        bool terminal)
{
    char *text = cell_text(message, path, terminal);
    char *withheld = text != NULL && view->hides != NULL && strcmp(text, "0") == 0
                         ? cell_text(message, view->hides, false)
                         : NULL;

    if (withheld != NULL && strcmp(withheld, "yes") == 0)
        *text = '\0';
    free(withheld);
    return text;
}

// One cell, to be freed; NULL without memory.
static char *row_text(const ProtobufCMessage *message, const struct view *view, const char *path,
                      bool terminal)
{
    if (view->changed == NULL || strcmp(view->changed, path) != 0)
        return shown_text(message, view, path, terminal);
    return change_text(value_text(message, view->before), value_text(message, path), terminal);
}

// False without memory.
static bool show_rows(FILE *out, FILE *talk, const struct print_style *style, const struct view *view,
                      const ProtobufCMessage *owner, const ProtobufCFieldDescriptor *field)
{
    size_t rows = path_count(owner, field), columns = column_count(view);
    const char *headings[COLUMNS_MAX];
    bool are_ids[COLUMNS_MAX];
    char **cells = calloc(rows * columns + 1, sizeof *cells);
    bool whole = cells != NULL;

    if (rows == 0)
        fprintf(talk, "%s\n", view->empty != NULL ? view->empty : "nothing found");
    for (size_t i = 0; i < columns; i++) {
        headings[i] = view->columns[i].label;
        are_ids[i] = is_id(view->columns[i].path);
    }
    for (size_t i = 0; whole && i < rows * columns; i++) {
        cells[i] = row_text(path_element(owner, field, i / columns), view, view->columns[i % columns].path,
                            style->terminal);
        whole = cells[i] != NULL;
    }
    if (whole && rows > 0)
        whole = table_write(out, style, headings, are_ids, (const char *const *)cells, rows, columns);
    for (size_t i = 0; cells != NULL && i < rows * columns; i++)
        free(cells[i]);
    free(cells);
    return whole;
}

void show_line(FILE *out, const struct print_style *style, const char *label, const char *key,
               const char *text)
{
    if (style->terminal && *text == '\0')
        return;
    if (style->terminal) {
        fprintf(out, "%s%s:%s", style->color ? "\033[1m" : "", label, style->color ? "\033[0m" : "");
        for (size_t used = safe_width(label) + 1; used < LABEL_COLUMNS; used++)
            fputc(' ', out);
    } else {
        fprintf(out, "%s\t", key);
    }
    safe_write(out, text, false);
    fputc('\n', out);
}

// *ret_seen: whether a person sees anything of it. A script gets every line, with the field's path, which
// does not change. False without memory.
static bool show_record(FILE *out, const struct print_style *style, const struct view *view,
                        const ProtobufCMessage *message, bool *ret_seen)
{
    *ret_seen = false;
    for (size_t i = 0; i < column_count(view); i++) {
        const struct column *column = &view->columns[i];
        char *text = cell_text(message, column->path, style->terminal);

        if (text == NULL)
            return false;
        show_line(out, style, column->label, column->path, text);
        *ret_seen = *ret_seen || *text != '\0';
        free(text);
    }
    return true;
}

// Walks to the rows of a view; false when a message on the way is absent.
static bool find_rows(const struct view *view, const ProtobufCMessage **message,
                      const ProtobufCFieldDescriptor **ret_field)
{
    const char *path = view->rows;

    *ret_field = NULL;
    while (path != NULL && *path != '\0') {
        size_t length = strcspn(path, ".");
        char name[64];
        const ProtobufCFieldDescriptor *field;

        snprintf(name, sizeof name, "%.*s", (int)length, path);
        field = protobuf_c_message_descriptor_get_field_by_name((*message)->descriptor, name);
        if (field == NULL || field->type != PROTOBUF_C_TYPE_MESSAGE)
            return false;
        if (field->label == PROTOBUF_C_LABEL_REPEATED) {
            *ret_field = field;
            return path[length] == '\0';
        }
        *message = path_element(*message, field, 0);
        if (*message == NULL)
            return false;
        path += length + (path[length] == '.');
    }
    return true;
}

// One view. *ret_seen: whether there is anything to see of it. False without memory.
static bool show_one(FILE *out, FILE *talk, const struct print_style *style, const struct view *view,
                     const ProtobufCMessage *message, bool is_first, bool *ret_seen)
{
    const ProtobufCFieldDescriptor *field;

    *ret_seen = false;
    if (!find_rows(view, &message, &field))
        return true;
    if (field != NULL && !is_first && path_count(message, field) == 0)
        return true;
    if (!is_first && style->terminal)
        fputc('\n', out);
    if (field == NULL)
        return show_record(out, style, view, message, ret_seen);
    *ret_seen = true;
    return show_rows(out, talk, style, view, message, field);
}

bool show_view(FILE *out, FILE *talk, const struct print_style *style, const struct view *view,
               const ProtobufCMessage *message, struct ts_error *error)
{
    bool is_first = true, seen;

    for (; view != NULL; view = view->next) {
        if (!show_one(out, talk, style, view, message, is_first, &seen))
            return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
        is_first = is_first && !seen;
    }
    return true;
}

bool show_json(FILE *out, const ProtobufCMessage *message, struct arena *arena, struct ts_error *error)
{
    struct json_text json;

    if (!json_message_write(message, arena, &json, error))
        return false;
    safe_write_json(out, json.text, json.length);
    fputc('\n', out);
    return true;
}

bool show_field(FILE *out, const ProtobufCMessage *message, const char *path, struct ts_error *error)
{
    struct collect collect;
    FILE *stream;
    char *text;

    if (!cell_path_exists(message->descriptor, path))
        return error_set(error, TS_INVALID_ARGUMENT, "USAGE", "the answer has no field '%.60s'", path);
    stream = collect_begin(&collect);
    if (stream != NULL)
        cell_write(stream, message, path, false, "\n");
    text = collect_end(&collect, NULL);
    if (text == NULL)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
    safe_write(out, text, true);
    if (text[0] != '\0')
        fputc('\n', out);
    free(text);
    return true;
}
