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
