// SPDX-License-Identifier: Apache-2.0
// A text that grows at its end, inside an arena. Appending never has to be checked piece by piece: a text
// that ran out of memory remembers it, and text_finish() answers NULL. The struct is public so that it can
// live on the stack; it owns nothing.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

struct text {
    struct arena *arena;
    char *bytes;
    size_t length;
    size_t capacity;
    bool failed;
};

void text_init(struct text *text, struct arena *arena);
void text_append(struct text *text, const void *bytes, size_t length);
void text_put(struct text *text, const char *string);
void text_put_char(struct text *text, char character);
void text_put_int(struct text *text, int64_t number);
void text_printf(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
// A JSON string with its quotes: only what RFC 8259 section 7 demands is escaped, with the short forms of
// RFC 8785 3.2.2.2. `bytes` must be valid UTF-8.
void text_put_json(struct text *text, const char *bytes, size_t length);
void text_put_base64(struct text *text, const void *bytes, size_t length);
// Ends the text with a NUL (not counted in length). NULL when any append failed.
char *text_finish(struct text *text);
