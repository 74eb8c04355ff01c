// SPDX-License-Identifier: Apache-2.0
// The growing text, see text.h. Capacity doubles; what it grew out of stays in the arena, so a text takes at
// most about twice its length.
#include "wire/text.h"

#include "wire/arena.h"
#include "wire/base64.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { FIRST_CAPACITY = 512 };

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

void text_printf(struct text *text, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    int length = vsnprintf(NULL, 0, format, values);
    va_end(values);
    char *room = length >= 0 ? reserve(text, (size_t)length) : NULL;
    if (!room)
        return;
    va_start(values, format);
    vsnprintf(room, (size_t)length + 1, format, values);
    va_end(values);
    text->length += (size_t)length;
}

static bool is_plain(unsigned char byte)
{
    return byte >= 0x20 && byte != '"' && byte != '\\';
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
    size_t start = 0;
    for (size_t i = 0; i < length; i++) {
        if (is_plain((unsigned char)bytes[i]))
            continue;
        text_append(text, bytes + start, i - start);
        put_escape(text, (unsigned char)bytes[i]);
        start = i + 1;
    }
    text_append(text, bytes + start, length - start);
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
