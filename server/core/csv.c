// SPDX-License-Identifier: Apache-2.0
// The reader of CSV, see csv.h. One pass checks the encoding, one counts what there is at most, one reads.
// Cells are copied into one block of the arena, each with a NUL behind it.
#include "core/csv.h"

#include "wire/arena.h"
#include "wire/error.h"
#include "wire/utf8.h"

#include <string.h>

struct reader {
    const char *at, *end;
    unsigned line, column; // of *at
    char *out;             // where the next character of a cell goes
    struct csv_cell *cell; // the next cell
    const struct csv_form *form;
    struct ts_error *error;
};

static bool refuse(const struct reader *reader, unsigned line, unsigned column, const char *why)
{
    return error_set(reader->error, TS_INVALID_ARGUMENT, "CSV_INVALID", "line %u, column %u: %s", line,
                     column, why);
}

static bool refuse_here(const struct reader *reader, const char *why)
{
    return refuse(reader, reader->line, reader->column, why);
}

static bool too_large(struct ts_error *error, const char *why)
{
    return error_set(error, TS_RESOURCE_EXHAUSTED, "CSV_TOO_LARGE", "%s", why);
}

static bool stands_at(const struct reader *reader, const char *bytes)
{
    size_t length = strlen(bytes);
    return (size_t)(reader->end - reader->at) >= length && memcmp(reader->at, bytes, length) == 0;
}

// The length of the line end that stands here, or 0.
static size_t line_end(const struct reader *reader)
{
    return stands_at(reader, "\n") ? 1 : stands_at(reader, "\r\n") ? 2 : 0;
}

static bool at_delimiter(const struct reader *reader)
{
    return reader->at < reader->end && *reader->at == reader->form->delimiter;
}

static void take_line_end(struct reader *reader, size_t length)
{
    reader->at += length;
    reader->line++;
    reader->column = 1;
}

static void take_byte(struct reader *reader)
{
    // Bytes that continue a character of UTF-8 are no column of their own.
    if (++reader->at < reader->end && ((unsigned char)*reader->at & 0xC0) == 0x80)
        return;
    reader->column++;
}

static bool keep(struct reader *reader, size_t length)
{
    if (reader->cell->length + length > CSV_CELL_BYTES_MOST)
        return refuse(reader, reader->cell->line, reader->cell->column, "a cell of more than 64 KiB");
    memcpy(reader->out, reader->at, length);
    reader->out += length;
    reader->cell->length += length;
    return true;
}

static bool read_quoted(struct reader *reader)
{
    take_byte(reader);
    while (reader->at < reader->end) {
        size_t ends = line_end(reader);
        if (*reader->at == '"') {
            take_byte(reader);
            if (!stands_at(reader, "\""))
                return true;
        }
        if (!keep(reader, ends ? ends : 1))
            return false;
        if (ends)
            take_line_end(reader, ends);
        else
            take_byte(reader);
    }
    return refuse(reader, reader->cell->line, reader->cell->column, "a quoted cell that never ends");
}

static bool read_plain(struct reader *reader)
{
    while (reader->at < reader->end && !at_delimiter(reader) && line_end(reader) == 0) {
        if (*reader->at == '"')
            return refuse_here(reader, "a quote inside a cell that does not begin with one");
        if (*reader->at == '\r')
            return refuse_here(reader, "a carriage return without a line feed; lines end with LF or CRLF");
        if (!keep(reader, 1))
            return false;
        take_byte(reader);
    }
    return true;
}

// One cell, up to the delimiter or the line end behind it.
static bool read_cell(struct reader *reader)
{
    *reader->cell = (struct csv_cell){reader->out, 0, reader->line, reader->column};
    bool quoted = stands_at(reader, "\"");
    if (!(quoted ? read_quoted(reader) : read_plain(reader)))
        return false;
    if (reader->at < reader->end && !at_delimiter(reader) && line_end(reader) == 0)
        return refuse_here(reader, "text behind the closing quote of a cell");
    *reader->out++ = '\0';
    reader->cell++;
    return true;
}

// A spreadsheet of another language parts cells by semicolons: then the whole header is one cell.
static bool check_header(const struct reader *reader, const struct csv_row *header)
{
    const struct csv_cell *cell = &header->cells[0];
    size_t before = strcspn(cell->text, ";\t");
    if (reader->form->ragged || header->count > 1 || cell->text[before] == '\0')
        return true;
    return refuse(reader, cell->line, cell->column,
                  cell->text[before] == ';'
                      ? "the file is separated by semicolons; save it with commas (CSV UTF-8)"
                      : "the file is separated by tabs; save it with commas (CSV UTF-8)");
}

// A row that a spreadsheet leaves behind where its cells were deleted.
static bool is_empty(const struct csv_row *row)
{
    for (size_t i = 0; i < row->count; i++)
        if (row->cells[i].length > 0)
            return false;
    return true;
}

static bool read_row(struct reader *reader, const struct csv_table *table, struct csv_row *ret_row)
{
    struct csv_row row = {.cells = reader->cell, .line = reader->line};
    bool more = true;
    while (more) {
        if (++row.count > CSV_CELLS_MOST)
            return refuse_here(reader, "a row of more than 256 cells");
        if (!read_cell(reader))
            return false;
        more = at_delimiter(reader);
        if (more)
            take_byte(reader);
    }
    if (!reader->form->ragged && table->count > 0 && row.count != table->rows[0].count)
        return error_set(reader->error, TS_INVALID_ARGUMENT, "CSV_INVALID",
                         "line %u, column %u: %zu cells where the header has %zu", row.line, reader->column,
                         row.count, table->rows[0].count);
    take_line_end(reader, line_end(reader));
    *ret_row = row;
    return true;
}

// How many bytes at the start are text.
static size_t good_bytes(const char *bytes, size_t length, unsigned *ret_characters)
{
    size_t good = 0;
    *ret_characters = 0;
    while (good < length) {
        size_t next = 1;
        while (next <= 4 && good + next <= length && !utf8_is_text(bytes + good, next))
            next++;
        if (next > 4 || good + next > length)
            break;
        good += next;
        ++*ret_characters;
    }
    return good;
}

static bool check_encoding(struct reader *reader)
{
    const char *line = reader->at, *end;
    size_t length = (size_t)(reader->end - reader->at);
    if (utf8_is_text(line, length))
        return true;
    if (stands_at(reader, "\xFF\xFE") || stands_at(reader, "\xFE\xFF"))
        return refuse_here(reader, "the text is UTF-16; save it as CSV UTF-8");
    for (unsigned number = 1; line < reader->end; line = end, number++) {
        unsigned characters;
        end = memchr(line, '\n', (size_t)(reader->end - line));
        end = end ? end + 1 : reader->end;
        length = (size_t)(end - line);
        if (good_bytes(line, length, &characters) < length)
            return refuse(reader, number, characters + 1,
                          "a byte that is not UTF-8 text; save the file as UTF-8 (it may be GB18030)");
    }
    return true;
}

static size_t count_byte(const char *bytes, size_t length, char wanted)
{
    size_t count = 0;
    for (size_t i = 0; i < length; i++)
        count += bytes[i] == wanted;
    return count;
}

// Room for as many rows and cells as there can be: quoted delimiters and line ends are counted too.
static bool prepare(struct reader *reader, struct arena *arena, struct csv_row **ret_rows,
                    struct ts_error *error)
{
    size_t length = (size_t)(reader->end - reader->at);
    size_t rows = count_byte(reader->at, length, '\n') + 1;
    size_t cells = count_byte(reader->at, length, reader->form->delimiter) + rows;
    reader->out = arena_alloc(arena, length + cells);
    reader->cell = arena_array(arena, cells, sizeof *reader->cell);
    *ret_rows = arena_array(arena, rows, sizeof **ret_rows);
    return (reader->out && reader->cell && *ret_rows) || too_large(error, "the text is too large to be read");
}

static void skip_lines(struct reader *reader, unsigned lines)
{
    for (unsigned i = 0; i < lines && reader->at < reader->end; i++) {
        const char *end = memchr(reader->at, '\n', (size_t)(reader->end - reader->at));
        reader->at = end ? end + 1 : reader->end;
        reader->line++;
    }
}

bool csv_read_form(const char *bytes, size_t length, const struct csv_form *form, struct arena *arena,
                   struct csv_table *ret_table, struct ts_error *error)
{
    struct reader reader = {
        .at = bytes, .end = bytes + length, .line = 1, .column = 1, .form = form, .error = error};
    struct csv_row *rows = NULL;
    struct csv_table table = {0};
    if (length > CSV_BYTES_MOST)
        return too_large(error, "the text has more than 16 MiB");
    if (!check_encoding(&reader) || !prepare(&reader, arena, &rows, error))
        return false;
    if (stands_at(&reader, "\xEF\xBB\xBF"))
        reader.at += 3;
    skip_lines(&reader, form->skip_lines);
    table.rows = rows;
    while (reader.at < reader.end) {
        size_t empty = line_end(&reader);
        if (empty) {
            take_line_end(&reader, empty);
            continue;
        }
        if (table.count > CSV_ROWS_MOST)
            return too_large(error, "the text has more than 200000 rows");
        if (!read_row(&reader, &table, &rows[table.count]) ||
            (table.count == 0 && !check_header(&reader, &rows[0])))
            return false;
        table.count += form->ragged || table.count == 0 || !is_empty(&rows[table.count]);
    }
    if (table.count == 0)
        return refuse_here(&reader, "there is no header");
    *ret_table = table;
    return true;
}

bool csv_read(const char *bytes, size_t length, struct arena *arena, struct csv_table *ret_table,
              struct ts_error *error)
{
    static const struct csv_form form = {.delimiter = ','};
    return csv_read_form(bytes, length, &form, arena, ret_table, error);
}

bool csv_read_ragged(const char *bytes, size_t length, struct arena *arena, struct csv_table *ret_table,
                     struct ts_error *error)
{
    static const struct csv_form form = {.delimiter = ',', .ragged = true};
    return csv_read_form(bytes, length, &form, arena, ret_table, error);
}

bool csv_find_column(const struct csv_table *table, const char *name, size_t *ret_index)
{
    for (size_t i = 0; i < table->rows[0].count; i++)
        if (strcmp(table->rows[0].cells[i].text, name) == 0) {
            *ret_index = i;
            return true;
        }
    return false;
}
