// SPDX-License-Identifier: Apache-2.0
// Bytes as decimal digits for the numeric segment of a QR code: each 7 bytes, read little-endian, become 17
// digits; a last group of 1 to 6 bytes becomes 3, 5, 8, 10, 13 or 15 (docs/evidence.md, Digits).
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Enough for the text of so many bytes with a NUL, and for the bytes of so many digits.
#define DIGITS_TEXT_SIZE(bytes) ((bytes) / 7 * 17 + 16)
#define DIGITS_BYTES_SIZE(length) ((length) / 17 * 7 + 7)

// Writes digits and a NUL; returns how many digits.
size_t digits_write(const void *bytes, size_t length, char *ret_text);
// False for anything that digits_write does not write.
bool digits_read(const char *text, size_t length, uint8_t *ret_bytes, size_t *ret_length);
