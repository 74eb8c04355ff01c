// SPDX-License-Identifier: Apache-2.0
// What a text is made of: whether it is UTF-8 at all, and which of its characters a record must not hold.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Valid UTF-8 (RFC 3629: no surrogates, nothing overlong) without NUL.
bool utf8_is_text(const char *bytes, size_t length);
// Takes one character off valid text. Returns its length in bytes.
size_t utf8_next(const char *bytes, size_t length, int32_t *ret_character);
// Control, bidirectional, line separator, private, unassigned and non-characters. A line feed is a control.
bool utf8_is_hazard(int32_t character);
// White space, the ideographic one (U+3000) and the one without a break (U+00A0) too.
bool utf8_is_space(int32_t character);
// Whether no character of a valid text leaves a sign on paper: white space, what Unicode calls
// default-ignorable (joiners, fillers, variation selectors) and the blank of Braille. So an empty text too.
// lab.shows (migration 0054) has the same list.
bool utf8_shows_nothing(const char *bytes, size_t length);
