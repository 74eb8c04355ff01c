// SPDX-License-Identifier: Apache-2.0
// How texts are made to fit their places on a worksheet, see worksheet_parts.h: cut, made smaller, or broken
// into lines.
#include "quality/worksheet_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { FIT_SIZE = 400, SMALLEST = 60 };

void worksheet_pen_add(struct worksheet_text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int added = vsnprintf(text->bytes + text->length, sizeof text->bytes - text->length, format, arguments);
    va_end(arguments);
    if (added > 0)
        text->length += (size_t)added;
    if (text->length < sizeof text->bytes)
        return;
    // Not in the middle of a character.
    text->length = sizeof text->bytes - 1;
    while (text->length > 0 && ((unsigned char)text->bytes[text->length - 1] & 0xC0) == 0x80)
        text->length--;
    if (text->length > 0 && (unsigned char)text->bytes[text->length - 1] >= 0xC0)
        text->length--;
    text->bytes[text->length] = '\0';
}

static size_t character_bytes(const char *text)
{
    unsigned char first = (unsigned char)*text;
    size_t wanted = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4, found = 1;
    while (found < wanted && ((unsigned char)text[found] & 0xC0) == 0x80)
        found++;
    return found;
}

// Of a sans serif, rounded up, in hundredths of the font's size.
static int character_width(const char *text, int size)
{
    unsigned char first = (unsigned char)*text;
    if (first >= 0x80)
        return size;
    if (strchr(" .,:;'|!ijltfr()-", first))
        return size * (first == ' ' ? 27 : 36) / 100;
    return size * (strchr("%mwMW@", first) ? 92 : first >= 'A' && first <= 'Z' ? 68 : 57) / 100;
}

int worksheet_pen_width(const char *text, int size)
{
    int width = 0;
    for (; *text; text += character_bytes(text))
        width += character_width(text, size);
    return width;
}

// Cut to `width` with an ellipsis.
static void fit(const char *text, int size, int width, char fitted[FIT_SIZE])
{
    static const char ELLIPSIS[] = "..."; // the one character hangs in the middle of a Chinese line
    size_t length = 0, whole = 0;
    int used = 0;
    for (const char *at = text; *at; at += character_bytes(at)) {
        size_t bytes = character_bytes(at);
        used += character_width(at, size);
        if (used > width || length + bytes + sizeof ELLIPSIS > FIT_SIZE) {
            memcpy(fitted + whole, ELLIPSIS, sizeof ELLIPSIS);
            return;
        }
        memcpy(fitted + length, at, bytes);
        length += bytes;
        if (used <= width - size)
            whole = length;
    }
    fitted[length] = '\0';
}

static void put_words(const struct worksheet_page *page, const struct worksheet_cell *cell, int size, int y,
                      const char *text)
{
    char fitted[FIT_SIZE];
    const struct chart_words how = {
        .anchor = cell->anchor, .size = size, .bold = cell->bold, .rgb = cell->rgb};
    if (!*text)
        return;
    fit(text, size, cell->width, fitted);
    page->pen.words(page->pen.state, (struct chart_place){cell->x, y}, &how, fitted);
}

void worksheet_pen_put(const struct worksheet_page *page, const struct worksheet_cell *cell, const char *text)
{
    put_words(page, cell, cell->size, cell->y, text);
}

void worksheet_pen_put_whole(const struct worksheet_page *page, const struct worksheet_cell *cell,
                             const char *text, const char *instead)
{
    int size = cell->size;
    while (size > SMALLEST && worksheet_pen_width(text, size) > cell->width)
        size -= 2;
    bool fits = worksheet_pen_width(text, size) <= cell->width && strlen(text) < FIT_SIZE - 4;
    put_words(page, cell, fits ? size : cell->size, cell->y, fits ? text : instead);
}

// ---- lines

static bool begins_with_one(const char *at, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strncmp(at, words[i], strlen(words[i])) == 0)
            return true;
    return false;
}

static bool is_chinese(const char *at)
{
    return (unsigned char)*at >= 0xE3; // from U+3000 on
}

static bool is_digit(char character)
{
    return character >= '0' && character <= '9';
}

// A blank parts words, but not a number from its unit nor a day from its hour.
static bool parts(const char *blank)
{
    const char *next = blank + 1;
    return !is_digit(blank[-1]) || !(is_digit(*next) || *next == '%' || (*next & 0x80 && !is_chinese(next)));
}

// Between `at` and the character before it.
static bool may_break(const char *start, const char *before, const char *at)
{
    static const char *const CLOSING[] = {"，", "。", "；", "：", "）", "、"}, *const OPENING[] = {"（"};
    if (*at == ' ' || begins_with_one(at, CLOSING, sizeof CLOSING / sizeof CLOSING[0]) ||
        begins_with_one(before, OPENING, 1))
        return false;
    if (*before == ' ')
        return before > start && parts(before);
    return is_chinese(before) || is_chinese(at);
}

// Bytes of the first line; blanks at its end belong to it.
static size_t line_of(const char *text, int size, int width)
{
    int used = 0;
    size_t broken = 0;
    const char *before = NULL;
    for (const char *at = text; *at; before = at, at += character_bytes(at)) {
        if (before && may_break(text, before, at))
            broken = (size_t)(at - text);
        used += character_width(at, size);
        if (used > width && before && *at != ' ')
            return broken ? broken : (size_t)(at - text);
    }
    return strlen(text);
}

int worksheet_pen_wrap(const struct worksheet_page *page, const struct worksheet_cell *cell, int most,
                       const char *text)
{
    char line[PAGE_TEXT];
    int lines = 0;
    while (*text && lines < most) {
        size_t length = line_of(text, cell->size, cell->width);
        size_t shown = lines + 1 == most ? strlen(text) : length; // the last is cut, when it is too long
        while (shown > 0 && text[shown - 1] == ' ')
            shown--;
        snprintf(line, sizeof line, "%.*s", (int)shown, text);
        put_words(page, cell, cell->size, cell->y + lines * PAGE_PITCH, line);
        text += length;
        lines++;
    }
    return lines;
}

void worksheet_pen_rule(const struct worksheet_page *page, int x1, int y1, int x2, int y2, int width,
                        uint32_t rgb)
{
    const struct chart_place places[] = {{x1, y1}, {x2, y2}};
    const struct chart_stroke stroke = {.rgb = rgb, .width = width};
    page->pen.line(page->pen.state, places, 2, &stroke);
}

void worksheet_pen_box(const struct worksheet_page *page, int x, int y, int width, int height, uint32_t fill)
{
    const struct chart_place places[] = {{x, y}, {x + width, y}, {x + width, y + height}, {x, y + height}};
    const struct chart_stroke stroke = {.rgb = fill, .width = 1};
    page->pen.area(page->pen.state, places, 4, fill, &stroke);
}
