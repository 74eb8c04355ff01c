// SPDX-License-Identifier: Apache-2.0
// Fields: see field.h. What has no width of its own stands upon the letter before it, and moves and goes with
// it.
#include "desk/field.h"

#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "desk/press.h"
#include "text/safe.h"
#include "wire/utf8.h"

void field_init(struct field *field, size_t most)
{
    *field = (struct field){.most = most};
}

size_t field_encode(uint32_t character, char ret_bytes[4])
{
    if (character < 0x80) {
        ret_bytes[0] = (char)character;
        return 1;
    }
    if (character < 0x800) {
        ret_bytes[0] = (char)(0xc0 | character >> 6);
        ret_bytes[1] = (char)(0x80 | (character & 0x3f));
        return 2;
    }
    if (character < 0x10000) {
        ret_bytes[0] = (char)(0xe0 | character >> 12);
        ret_bytes[1] = (char)(0x80 | (character >> 6 & 0x3f));
        ret_bytes[2] = (char)(0x80 | (character & 0x3f));
        return 3;
    }
    ret_bytes[0] = (char)(0xf0 | character >> 18);
    ret_bytes[1] = (char)(0x80 | (character >> 12 & 0x3f));
    ret_bytes[2] = (char)(0x80 | (character >> 6 & 0x3f));
    ret_bytes[3] = (char)(0x80 | (character & 0x3f));
    return 4;
}

static int width_of(uint32_t character)
{
    int width = wcwidth((wchar_t)character);

    return width < 0 ? 0 : width;
}

// The end of the letter that begins at `at`: its character and the marks upon it.
static size_t after(const struct field *field, size_t at)
{
    uint32_t character;

    if (at >= field->length)
        return field->length;
    at += safe_decode(field->text + at, field->length - at, &character);
    while (at < field->length) {
        size_t size = safe_decode(field->text + at, field->length - at, &character);

        if (width_of(character) != 0)
            break;
        at += size;
    }
    return at;
}

static size_t before(const struct field *field, size_t at)
{
    size_t begin = 0, next;

    while ((next = after(field, begin)) < at)
        begin = next;
    return begin;
}

static int letter_width(const struct field *field, size_t at)
{
    uint32_t character;

    if (at >= field->length)
        return 0;
    safe_decode(field->text + at, field->length - at, &character);
    return width_of(character);
}

size_t field_count(const struct field *field)
{
    size_t count = 0;

    for (size_t i = 0; i < field->length; i++)
        count += ((unsigned char)field->text[i] & 0xc0) != 0x80;
    return count;
}

enum field_result field_insert(struct field *field, uint32_t character)
{
    char bytes[4];
    size_t size;

    if (safe_is_hazard(character) || character > 0x10ffff)
        return FIELD_REFUSED;
    size = field_encode(character, bytes);
    if (field_count(field) >= field->most || field->length + size >= FIELD_BYTES)
        return FIELD_FULL;
    memmove(field->text + field->cursor + size, field->text + field->cursor, field->length - field->cursor);
    memcpy(field->text + field->cursor, bytes, size);
    field->length += size;
    field->cursor += size;
    field->text[field->length] = '\0';
    return FIELD_TOOK;
}

void field_set(struct field *field, const char *text)
{
    size_t most = field->most, length = strlen(text);

    field_init(field, most);
    for (size_t at = 0; at < length;) {
        uint32_t character;

        at += safe_decode(text + at, length - at, &character);
        if (field_insert(field, character) == FIELD_FULL)
            break;
    }
}

void field_preset(struct field *field, const char *text)
{
    field_set(field, text);
    field->is_preset = true;
}

static void cut(struct field *field, size_t begin, size_t end)
{
    memmove(field->text + begin, field->text + end, field->length - end);
    field->length -= end - begin;
    field->text[field->length] = '\0';
    field->cursor = begin;
}

static enum field_result type(struct field *field, uint32_t character)
{
    if (field->is_preset && !safe_is_hazard(character))
        field_set(field, "");
    return field_insert(field, character);
}

static enum field_result edit(struct field *field, const struct press *press)
{
    switch (press->kind) {
    case PRESS_CHARACTER:
        return type(field, press->character);
    case PRESS_LEFT:
        field->cursor = before(field, field->cursor);
        return FIELD_TOOK;
    case PRESS_RIGHT:
        field->cursor = after(field, field->cursor);
        return FIELD_TOOK;
    case PRESS_HOME:
        field->cursor = 0;
        return FIELD_TOOK;
    case PRESS_END:
        field->cursor = field->length;
        return FIELD_TOOK;
    case PRESS_BACKSPACE:
        if (field->cursor > 0)
            cut(field, before(field, field->cursor), field->cursor);
        return FIELD_TOOK;
    case PRESS_DELETE:
        cut(field, field->cursor, after(field, field->cursor));
        return FIELD_TOOK;
    case PRESS_CLEAR:
        cut(field, 0, field->length);
        return FIELD_TOOK;
    default:
        return FIELD_IGNORED;
    }
}

enum field_result field_press(struct field *field, const struct press *press)
{
    enum field_result result = edit(field, press);

    field->is_preset = field->is_preset && result != FIELD_TOOK;
    return result;
}

void field_window(const struct field *field, int columns, size_t *ret_begin, size_t *ret_end, int *ret_cursor)
{
    size_t begin = 0, end, at;
    int cursor = 0, width = 0;

    for (at = 0; at < field->cursor; at = after(field, at))
        cursor += letter_width(field, at);
    // One column stays for the cursor behind the last letter.
    while (cursor > columns - 1 && begin < field->cursor) {
        cursor -= letter_width(field, begin);
        begin = after(field, begin);
    }
    for (end = begin; end < field->length; end = after(field, end)) {
        if (width + letter_width(field, end) > columns)
            break;
        width += letter_width(field, end);
    }
    *ret_begin = begin;
    *ret_end = end;
    *ret_cursor = cursor;
}

static bool is_space_at(const struct field *field, size_t at)
{
    int32_t character;

    utf8_next(field->text + at, field->length - at, &character);
    return utf8_is_space(character);
}

void field_trimmed(const struct field *field, char *ret_text, size_t size)
{
    size_t begin = 0, end = field->length;

    while (begin < end && is_space_at(field, begin))
        begin = after(field, begin);
    while (end > begin && is_space_at(field, before(field, end)))
        end = before(field, end);
    snprintf(ret_text, size, "%.*s", (int)(end - begin), field->text + begin);
}

bool field_is_blank(const struct field *field)
{
    return utf8_shows_nothing(field->text, field->length);
}
