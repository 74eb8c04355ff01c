// SPDX-License-Identifier: Apache-2.0
// The growing text, see text.h. Capacity doubles; what it grew out of stays in the arena, so a text takes at
// most about twice its length.
#include "wire/text.h"

#include "wire/arena.h"
#include "wire/base64.h"
#include "wire/json_plain.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { FIRST_CAPACITY = 512, PRINTED_USUALLY = 32 };

void text_init(struct text *text, struct arena *arena)
{
    *text = (struct text){.arena = arena};
}

// Room for `more` bytes and a NUL; NULL when there is none.
static char *reserve(struct text *text, size_t more)
{
    if (text->failed)
        return NULL;
    if (text->bytes && more < text->capacity - text->length)
        return text->bytes + text->length;
    size_t wanted;
    if (__builtin_add_overflow(text->length, more, &wanted) || wanted > SIZE_MAX / 4) {
        text->failed = true;
        return NULL;
    }
    size_t capacity = text->capacity ? text->capacity : FIRST_CAPACITY;
    while (capacity <= wanted)
        capacity *= 2;
    char *bytes = arena_alloc(text->arena, capacity);
    if (!bytes) {
        text->failed = true;
        return NULL;
    }
    if (text->length)
        memcpy(bytes, text->bytes, text->length);
    text->bytes = bytes;
    text->capacity = capacity;
    return bytes + text->length;
}

void text_append(struct text *text, const void *bytes, size_t length)
{
    char *room = reserve(text, length);
    if (!room || !length)
        return;
    memcpy(room, bytes, length);
    text->length += length;
}

void text_put(struct text *text, const char *string)
{
    text_append(text, string, strlen(string));
}

void text_put_char(struct text *text, char character)
{
    char *room = reserve(text, 1);
    if (!room)
        return;
    *room = character;
    text->length++;
}

// Formats where the text ends, and once more when that was not enough room.
void text_printf(struct text *text, const char *format, ...)
{
    va_list values;
    char *room = reserve(text, PRINTED_USUALLY);
    size_t size = room ? text->capacity - text->length : 0;
    va_start(values, format);
    int length = vsnprintf(room, size, format, values);
    va_end(values);
    if (length >= 0 && (size_t)length >= size && (room = reserve(text, (size_t)length))) {
        va_start(values, format);
        vsnprintf(room, (size_t)length + 1, format, values);
        va_end(values);
    }
    if (length >= 0 && room)
        text->length += (size_t)length;
}

void text_put_int(struct text *text, int64_t number)
{
    char digits[24];
    size_t at = sizeof digits;
    uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;
    do
        digits[--at] = (char)('0' + rest % 10);
    while (rest /= 10);
    if (number < 0)
        digits[--at] = '-';
    text_append(text, digits + at, sizeof digits - at);
}

static void put_escape(struct text *text, unsigned char byte)
{
    static const char shorts[] = {
        ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r', ['"'] = '"', ['\\'] = '\\'};
    if (byte < sizeof shorts && shorts[byte]) {
        const char escape[2] = {'\\', shorts[byte]};
        text_append(text, escape, sizeof escape);
    } else {
        text_printf(text, "\\u%04x", byte);
    }
}

void text_put_json(struct text *text, const char *bytes, size_t length)
{
    text_put_char(text, '"');
    for (const char *end = bytes + length;;) {
        size_t plain = json_plain_length(bytes, (size_t)(end - bytes));
        text_append(text, bytes, plain);
        bytes += plain;
        if (bytes == end)
            break;
        put_escape(text, (unsigned char)*bytes++);
    }
    text_put_char(text, '"');
}

void text_put_base64(struct text *text, const void *bytes, size_t length)
{
    char *room = length < SIZE_MAX / 8 ? reserve(text, BASE64_TEXT_SIZE(length)) : NULL;
    if (room)
        text->length += base64_write(bytes, length, true, room);
    else
        text->failed = true;
}

char *text_finish(struct text *text)
{
    char *room = reserve(text, 0);
    if (!room)
        return NULL;
    *room = '\0';
    return text->bytes;
}
