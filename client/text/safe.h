// SPDX-License-Identifier: Apache-2.0
// Text of unknown origin made harmless for a terminal.
//
// Everything a server sends is printed through here: control characters (C0, DEL, C1), bidirectional
// overrides and broken UTF-8 reach a terminal only as visible escapes. Written to a FILE, so that
// callers collect it (collect.h) when they need its width.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

// Reads one character of `text` (UTF-8, `length` bytes, at least 1). Returns how many bytes it takes
// and sets *ret_character; a broken sequence is 1 byte long and sets *ret_character to UINT32_MAX.
size_t safe_decode(const char *text, size_t length, uint32_t *ret_character);

// Whether a terminal could act on the character, or show the text around it in another order.
bool safe_is_hazard(uint32_t character);

// Writes `text` with every hazard as \xNN (one byte) or \u{NNNN}. Line feeds stay when `lines_stay`.
void safe_write(FILE *out, const char *text, bool lines_stay);

// Writes JSON text with the hazards that JSON allows unescaped (DEL, C1, bidirectional) as \uNNNN:
// they can only stand inside strings, so the value does not change. Line feeds and blanks stay.
void safe_write_json(FILE *out, const char *json, size_t length);

// Columns the text takes on a terminal; what safe_write writes has only printable characters.
size_t safe_width(const char *text);

// How many bytes of `text` take at most so many columns; never cuts a character, nor what stands upon it.
size_t safe_fitting(const char *text, size_t columns);
