// SPDX-License-Identifier: Apache-2.0
// Tables: see table.h. Widths are those of the terminal (wide characters take two columns).
#include "print/table.h"

#include <stdlib.h>
#include <string.h>

#include "print/fit.h"
#include "print/style.h"
#include "text/collect.h"
#include "text/safe.h"

enum { COLUMNS_MAX = 32, GAP_COLUMNS = 2 };

static char *safe_copy(const char *text)
{
    struct collect collect;
    FILE *stream = collect_begin(&collect);

    if (stream != NULL)
        safe_write(stream, text != NULL ? text : "", false);
    return collect_end(&collect, NULL);
}

static size_t cell_width(const char *text)
{
    char *copy = safe_copy(text);
    size_t width = copy != NULL ? safe_width(copy) : 0;

    free(copy);
    return width;
}

// Writes one cell, cut with an ellipsis when it is wider than `width`; pads it unless it is the last of its
// line. False without memory.
static bool write_cell(FILE *out, const char *text, size_t width, bool is_last)
{
    char *copy = safe_copy(text);
    size_t used;

    if (copy == NULL)
        return false;
    used = safe_width(copy);
    if (used > width) {
        copy[safe_fitting(copy, width - 1)] = '\0';
        used = safe_width(copy) + 1;
        fprintf(out, "%s…", copy);
    } else {
        fputs(copy, out);
    }
    for (; !is_last && used < width + GAP_COLUMNS; used++)
        fputc(' ', out);
    free(copy);
    return true;
}

static bool write_line(FILE *out, const char *const *cells, const size_t *widths, size_t columns)
{
    size_t last = columns;
    bool whole = true;

    while (last > 1 && (cells[last - 1] == NULL || *cells[last - 1] == '\0'))
        last--;
    for (size_t i = 0; i < last; i++)
        whole = write_cell(out, cells[i], widths[i], i + 1 == last) && whole;
    fputc('\n', out);
    return whole;
}

static void write_tabbed(FILE *out, const char *const *cells, size_t columns)
{
    for (size_t i = 0; i < columns; i++) {
        if (i > 0)
            fputc('\t', out);
        safe_write(out, cells[i] != NULL ? cells[i] : "", false);
    }
    fputc('\n', out);
}

// RFC 4180. A spreadsheet must not take a consumer's words for a formula: such a cell begins with an
// apostrophe.
static void write_quoted(FILE *out, const char *cell)
{
    bool is_formula =
        *cell != '\0' && strchr("=+-@", *cell) != NULL && strspn(cell + 1, "0123456789.") != strlen(cell + 1);

    fputc('"', out);
    if (is_formula)
        fputc('\'', out);
    for (const char *at = cell; *at != '\0';) {
        uint32_t character;
        char part[8] = {0};
        size_t length = safe_decode(at, strlen(at), &character);

        memcpy(part, at, length < sizeof part ? length : sizeof part - 1);
        safe_write(out, *at == '"' ? "\"\"" : part, false);
        at += length;
    }
    fputc('"', out);
}

static void write_csv(FILE *out, const char *const *cells, size_t columns)
{
    for (size_t i = 0; i < columns; i++) {
        if (i > 0)
            fputc(',', out);
        write_quoted(out, cells[i] != NULL ? cells[i] : "");
    }
    fputs("\r\n", out);
}

static void fit(const struct print_style *style, size_t *widths, const bool *are_ids, size_t columns)
{
    static const bool none[COLUMNS_MAX];
    size_t gaps = (columns - 1) * GAP_COLUMNS;

    if (style->columns > 0)
        fit_widths(widths, are_ids != NULL ? are_ids : none, columns,
                   style->columns > gaps ? style->columns - gaps : 0);
}

bool table_write(FILE *out, const struct print_style *style, const char *const *headings, const bool *are_ids,
                 const char *const *cells, size_t rows, size_t columns)
{
    size_t widths[COLUMNS_MAX];
    bool whole;

    if (columns > COLUMNS_MAX)
        columns = COLUMNS_MAX;
    if (style->csv) {
        write_csv(out, headings, columns);
        for (size_t row = 0; row < rows; row++)
            write_csv(out, cells + row * columns, columns);
        return true;
    }
    if (!style->terminal) {
        for (size_t row = 0; row < rows; row++)
            write_tabbed(out, cells + row * columns, columns);
        return true;
    }
    for (size_t i = 0; i < columns; i++)
        widths[i] = cell_width(headings[i]);
    for (size_t i = 0; i < rows * columns; i++) {
        size_t width = cell_width(cells[i]);

        if (width > widths[i % columns])
            widths[i % columns] = width;
    }
    fit(style, widths, are_ids, columns);
    fputs(style->color ? "\033[1m" : "", out);
    whole = write_line(out, headings, widths, columns);
    fputs(style->color ? "\033[0m" : "", out);
    for (size_t row = 0; row < rows; row++)
        whole = write_line(out, cells + row * columns, widths, columns) && whole;
    return whole;
}
