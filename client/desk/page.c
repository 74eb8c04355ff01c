// SPDX-License-Identifier: Apache-2.0
// The grid of cells: see page.h.
#include "desk/page.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "desk/field.h"
#include "text/safe.h"

enum { LINE_BYTES = 2048 };

bool page_init(struct page *page, int rows, int columns)
{
    *page = (struct page){.rows = rows, .columns = columns, .cursor_row = -1, .cursor_column = -1};
    if (rows < 1 || columns < 1 || rows > PAGE_ROWS_MOST || columns > PAGE_COLUMNS_MOST)
        return false;
    page->cells = calloc((size_t)rows * (size_t)columns, sizeof *page->cells);
    if (page->cells == NULL)
        return false;
    for (int row = 0; row < rows; row++)
        page_fill(page, row, 0, columns, PAGE_PLAIN);
    return true;
}

void page_done(struct page *page)
{
    free(page->cells);
    *page = (struct page){0};
}

struct page_cell *page_at(const struct page *page, int row, int column)
{
    if (row < 0 || column < 0 || row >= page->rows || column >= page->columns)
        return NULL;
    return &page->cells[row * page->columns + column];
}

static void put(struct page *page, int row, int column, enum page_style style, wchar_t letter)
{
    struct page_cell *cell = page_at(page, row, column);

    if (cell != NULL)
        *cell = (struct page_cell){.text = {letter}, .style = style};
}

void page_fill(struct page *page, int row, int column, int width, enum page_style style)
{
    for (int i = 0; i < width; i++)
        put(page, row, column + i, style, L' ');
}

// A mark upon the letter that was written last.
static void put_mark(struct page *page, int row, int column, wchar_t mark)
{
    struct page_cell *cell = page_at(page, row, column);
    size_t length = 0;

    while (cell != NULL && length < PAGE_MARKS && cell->text[length] != L'\0')
        length++;
    if (cell != NULL && length > 0 && length < PAGE_MARKS)
        cell->text[length] = mark;
}

// The text ends inside a letter: a buffer was too small for all of it.
static bool ends_inside(const char *text, size_t length)
{
    unsigned char lead = (unsigned char)text[0];
    size_t wants = lead >= 0xf0 && lead < 0xf5   ? 4
                   : lead >= 0xe0 && lead < 0xf0 ? 3
                   : lead >= 0xc2 && lead < 0xe0 ? 2
                                                 : 1;

    for (size_t i = 1; i < length && i < wants; i++)
        if (((unsigned char)text[i] & 0xc0) != 0x80)
            return false;
    return length < wants;
}

// Writes letters until `width` columns are full; *ret_end is the first byte that was not written.
static int write_some(struct page *page, int row, int column, int width, enum page_style style,
                      const char *text, size_t length, size_t *ret_end)
{
    int used = 0, last = -1;
    size_t at = 0;

    while (at < length) {
        uint32_t character;
        size_t size = safe_decode(text + at, length - at, &character);
        int columns = wcwidth((wchar_t)character);

        // Nothing that a terminal could act on is ever put into a cell.
        if (character == UINT32_MAX && ends_inside(text + at, length - at)) {
            character = '~';
            columns = 1;
            size = length - at;
        } else if (character == UINT32_MAX || safe_is_hazard(character) || columns < 0) {
            character = 0xfffd;
            columns = 1;
        }
        if (columns == 0) {
            put_mark(page, row, last, (wchar_t)character);
        } else if (used + columns > width) {
            break;
        } else {
            last = column + used;
            put(page, row, last, style, (wchar_t)character);
            if (columns == 2 && page_at(page, row, last + 1) != NULL)
                *page_at(page, row, last + 1) = (struct page_cell){.style = style};
            used += columns;
        }
        at += size;
    }
    *ret_end = at;
    return used;
}

// Signs whose width East Asian terminals and others differ on, and what is drawn for them.
static const char *plain_sign(uint32_t character)
{
    static const struct {
        uint32_t sign;
        const char *drawn;
    } signs[] = {{0x00b0, "deg"}, {0x00b1, "+/-"}, {0x00b2, "2"},    {0x00b3, "3"},    {0x00d7, "x"},
                 {0x2013, "-"},   {0x2014, "-"},   {0x2018, "'"},    {0x2019, "'"},    {0x201c, "\""},
                 {0x201d, "\""},  {0x2026, "..."}, {0x2030, "o/oo"}, {0x2103, "degC"}, {0x2160, "I"},
                 {0x2161, "II"},  {0x2162, "III"}, {0x2163, "IV"},   {0x2264, "<="},   {0x2265, ">="}};

    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (signs[i].sign == character)
            return signs[i].drawn;
    return NULL;
}

// The text itself when there is nothing of the kind in it.
static const char *make_plain(const char *text, char buffer[LINE_BYTES])
{
    size_t length = strlen(text), at = 0, used = 0;
    bool is_changed = false;

    while (at < length && used + 8 < LINE_BYTES) {
        uint32_t character;
        size_t size = safe_decode(text + at, length - at, &character);
        const char *drawn = plain_sign(character);

        is_changed = is_changed || drawn != NULL;
        memcpy(buffer + used, drawn != NULL ? drawn : text + at, drawn != NULL ? strlen(drawn) : size);
        used += drawn != NULL ? strlen(drawn) : size;
        at += size;
    }
    buffer[used] = '\0';
    return is_changed ? buffer : text;
}

int page_width(const char *text)
{
    char buffer[LINE_BYTES];

    return (int)safe_width(make_plain(text, buffer));
}

int page_text(struct page *page, int row, int column, int width, enum page_style style, const char *text)
{
    char buffer[LINE_BYTES];

    return page_typed(page, row, column, width, style, make_plain(text, buffer));
}

int page_typed(struct page *page, int row, int column, int width, enum page_style style, const char *text)
{
    size_t length = strlen(text), end;
    int used;

    if (column < 0 || width < 1 || column >= page->columns)
        return 0;
    if (column + width > page->columns)
        width = page->columns - column;
    if ((int)safe_width(text) <= width)
        return write_some(page, row, column, width, style, text, length, &end);
    used = write_some(page, row, column, width - 1, style, text, length, &end);
    return used + write_some(page, row, column + used, 1, style, "~", 1, &end);
}

int page_format(struct page *page, int row, int column, int width, enum page_style style, const char *format,
                ...)
{
    char text[LINE_BYTES];
    va_list list;

    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    return page_text(page, row, column, width, style, text);
}

// How many bytes fit into the width: up to a blank, or between wide letters; all of a word that is wider than
// the line.
static size_t line_end(const char *text, size_t width)
{
    size_t fits = safe_fitting(text, width), end = fits;

    if (text[fits] == '\0' || text[fits] == ' ')
        return fits;
    while (end > 0 && text[end - 1] != ' ' && (unsigned char)text[end - 1] < 0x80)
        end--;
    return end > 0 ? end : fits;
}

int page_wrap(struct page *page, int row, int column, int width, int rows, enum page_style style,
              const char *text)
{
    int used = 0;

    while (*text != '\0' && used < rows && width > 1) {
        size_t end = line_end(text, (size_t)width);

        if (used + 1 == rows || end == 0) {
            page_text(page, row + used++, column, width, style, text);
            break;
        }
        page_format(page, row + used++, column, width, style, "%.*s", (int)end, text);
        text += end;
        while (*text == ' ')
            text++;
    }
    return used;
}

char *page_row_text(const struct page *page, int row)
{
    char *text = malloc((size_t)page->columns * (PAGE_MARKS * 4) + 1);
    size_t length = 0, end = 0;

    for (int column = 0; text != NULL && column < page->columns; column++) {
        const struct page_cell *cell = page_at(page, row, column);

        for (size_t i = 0; cell != NULL && i < PAGE_MARKS && cell->text[i] != L'\0'; i++)
            length += field_encode((uint32_t)cell->text[i], text + length);
        if (cell != NULL && cell->text[0] != L' ' && cell->text[0] != L'\0')
            end = length;
    }
    if (text != NULL)
        text[end] = '\0';
    return text;
}
