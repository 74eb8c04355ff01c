// SPDX-License-Identifier: Apache-2.0
// See source.h. A file of fixed width is cut by characters, not bytes: Chinese names stand in such files too.
#include "instrument/source.h"

#include "instrument/layout.h"
#include "wire/arena.h"
#include "wire/error.h"
#include "wire/utf8.h"

#include <string.h>

static bool no_memory(struct ts_error *error)
{
    return error_set(error, TS_RESOURCE_EXHAUSTED, "FILE_TOO_LARGE", "The file is too large to be read.");
}

static bool is_fixed(const struct source *source)
{
    return source->layout->kind == TOUCHSTONE__V1__FILE_KIND__FILE_KIND_FIXED;
}

// The reader of CSV says it in its own words; here it is a file of an instrument.
static bool refuse_as_file(const struct ts_error *why, struct ts_error *error)
{
    bool is_large = why->status == TS_RESOURCE_EXHAUSTED;
    return error_set(error, why->status, is_large ? "FILE_TOO_LARGE" : "FILE_INVALID", "%s", why->detail);
}

static bool find_heading(const struct source *source, const Touchstone__V1__InstrumentColumn *column,
                         size_t first, size_t *ret_index)
{
    const struct csv_row *header = &source->table.rows[0];
    for (size_t i = first; i < header->count; i++) {
        const struct csv_cell *cell = &header->cells[i];
        size_t before = strspn(cell->text, " \t"), length = cell->length - before;
        while (length > 0 && strchr(" \t", cell->text[before + length - 1]))
            length--;
        if (strlen(column->heading) == length && memcmp(cell->text + before, column->heading, length) == 0) {
            *ret_index = i;
            return true;
        }
    }
    return false;
}

// Which of two is meant nobody can tell: counts and concentrations of one name stand in such exports.
static bool check_heading(const struct source *source, const Touchstone__V1__InstrumentColumn *column,
                          struct ts_error *error)
{
    const struct csv_row *header = &source->table.rows[0];
    size_t first, second;
    if (!column || !*column->heading)
        return true;
    if (!find_heading(source, column, 0, &first))
        return error_set(error, TS_INVALID_ARGUMENT, "FILE_INVALID",
                         "line %u, column 1: the header has no column \"%.80s\"; is this the right profile?",
                         header->line, column->heading);
    if (!find_heading(source, column, first + 1, &second))
        return true;
    return error_set(error, TS_INVALID_ARGUMENT, "FILE_INVALID",
                     "line %u, column %u: the header has \"%.80s\" twice, as columns %zu and %zu; number the "
                     "one that is meant in the profile (from), or rename the other in the file.",
                     header->cells[second].line, header->cells[second].column, column->heading, first + 1,
                     second + 1);
}

static bool open_csv(struct source *source, const char *bytes, size_t length, struct ts_error *error)
{
    const Touchstone__V1__InstrumentLayout *layout = source->layout;
    const struct csv_form form = {layout_delimiter(layout), true, (unsigned)layout->skip_lines};
    struct ts_error why = {0};
    if (!csv_read_form(bytes, length, &form, source->arena, &source->table, &why))
        return refuse_as_file(&why, error);
    source->next = layout->has_header;
    for (size_t i = 0; layout->has_header && i < layout->n_values; i++)
        if (!check_heading(source, layout->values[i]->column, error))
            return false;
    return check_heading(source, layout->item, error) && check_heading(source, layout->parameter, error);
}

// The line that begins here, without its end.
static void take_line(struct source *source)
{
    const char *end = memchr(source->at, '\n', (size_t)(source->end - source->at));
    source->row = source->at;
    source->at = end ? end + 1 : source->end;
    end = end ? end : source->end;
    source->row_length = (size_t)(end - source->row);
    if (source->row_length > 0 && source->row[source->row_length - 1] == '\r')
        source->row_length--;
    source->line++;
}

// Encoding is checked by the reader of CSV, which tells the place of a bad byte.
static bool open_fixed(struct source *source, const char *bytes, size_t length, struct ts_error *error)
{
    const struct csv_form form = {'\n', true, 0};
    static const char mark[] = "\xEF\xBB\xBF";
    struct ts_error why = {0};
    int before = source->layout->skip_lines + (source->layout->has_header ? 1 : 0);
    if (!utf8_is_text(bytes, length) &&
        !csv_read_form(bytes, length, &form, source->arena, &source->table, &why))
        return refuse_as_file(&why, error);
    source->at = bytes;
    source->end = bytes + length;
    if (length >= 3 && memcmp(bytes, mark, 3) == 0)
        source->at += 3;
    for (int i = 0; i < before && source->at < source->end; i++)
        take_line(source);
    return true;
}

bool source_open(const Touchstone__V1__InstrumentLayout *layout, const char *bytes, size_t length,
                 struct arena *arena, struct source *ret_source, struct ts_error *error)
{
    struct source source = {.layout = layout, .arena = arena};
    if (length > SOURCE_BYTES_MOST)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "FILE_TOO_LARGE", "The file has more than 1 MiB.");
    if (!(is_fixed(&source) ? open_fixed : open_csv)(&source, bytes, length, error))
        return false;
    *ret_source = source;
    return true;
}

static bool is_blank(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!strchr(" \t", text[i]))
            return false;
    return true;
}

static bool check_line_end(const struct source *source, struct ts_error *error)
{
    const char *stray = memchr(source->row, '\r', source->row_length);
    unsigned column = 1;
    int32_t ignored;
    if (!stray)
        return true;
    for (const char *at = source->row; at < stray; column++)
        at += utf8_next(at, (size_t)(stray - at), &ignored);
    return error_set(error, TS_INVALID_ARGUMENT, "FILE_INVALID",
                     "line %u, column %u: a carriage return without a line feed; lines end with LF or CRLF",
                     source->line, column);
}

static enum source_step next_fixed(struct source *source, struct ts_error *error)
{
    while (source->at < source->end) {
        take_line(source);
        if (source->row_length > SOURCE_LINE_BYTES_MOST) {
            error_set(error, TS_INVALID_ARGUMENT, "FILE_INVALID",
                      "line %u, column 1: a line of more than 16 KiB; is this a file of fixed width?",
                      source->line);
            return SOURCE_FAILED;
        }
        if (!check_line_end(source, error))
            return SOURCE_FAILED;
        if (!is_blank(source->row, source->row_length))
            return SOURCE_ROW;
    }
    return SOURCE_END;
}

static enum source_step next_csv(struct source *source)
{
    while (source->next < source->table.count) {
        const struct csv_row *row = &source->table.rows[source->next++];
        source->line = row->line;
        for (size_t i = 0; i < row->count; i++)
            if (!is_blank(row->cells[i].text, row->cells[i].length))
                return SOURCE_ROW;
    }
    return SOURCE_END;
}

enum source_step source_next(struct source *source, struct ts_error *error)
{
    return is_fixed(source) ? next_fixed(source, error) : next_csv(source);
}

static bool keep_trimmed(struct source *source, struct csv_cell cell, struct csv_cell *ret_cell,
                         struct ts_error *error)
{
    while (cell.length > 0 && strchr(" \t", cell.text[0])) {
        cell.text++;
        cell.length--;
        cell.column++;
    }
    while (cell.length > 0 && strchr(" \t", cell.text[cell.length - 1]))
        cell.length--;
    cell.text = arena_copy(source->arena, cell.text, cell.length);
    if (!cell.text)
        return no_memory(error);
    *ret_cell = cell;
    return true;
}

// The byte where the n-th character stands, from 0, or the end of the row.
static size_t place_of(const struct source *source, size_t character)
{
    size_t at = 0;
    int32_t ignored;
    for (size_t i = 0; i < character && at < source->row_length; i++)
        at += utf8_next(source->row + at, source->row_length - at, &ignored);
    return at;
}

bool source_cell(struct source *source, const Touchstone__V1__InstrumentColumn *column,
                 struct csv_cell *ret_cell, struct ts_error *error)
{
    size_t from = (size_t)(column->from > 0 ? column->from - 1 : 0);
    if (is_fixed(source)) {
        size_t begin = place_of(source, from), end = place_of(source, from + (size_t)column->width);
        struct csv_cell cell = {source->row + begin, end - begin, source->line, (unsigned)from + 1};
        return keep_trimmed(source, cell, ret_cell, error);
    }
    const struct csv_row *row = &source->table.rows[source->next - 1];
    const struct csv_cell *last = &row->cells[row->count - 1];
    if (*column->heading)
        find_heading(source, column, 0, &from);
    if (from < row->count)
        return keep_trimmed(source, row->cells[from], ret_cell, error);
    *ret_cell = (struct csv_cell){"", 0, last->line, last->column};
    return true;
}

bool source_first(struct source *source, struct csv_cell *ret_cell, struct ts_error *error)
{
    struct csv_cell line = {source->row, source->row_length, source->line, 1};
    if (is_fixed(source))
        return keep_trimmed(source, line, ret_cell, error);
    return keep_trimmed(source, source->table.rows[source->next - 1].cells[0], ret_cell, error);
}

bool source_is_too_long(const struct source *source)
{
    if (is_fixed(source) || !source->layout->has_header)
        return false;
    const struct csv_row *row = &source->table.rows[source->next - 1];
    for (size_t i = source->table.rows[0].count; i < row->count; i++)
        if (!is_blank(row->cells[i].text, row->cells[i].length))
            return true;
    return false;
}
