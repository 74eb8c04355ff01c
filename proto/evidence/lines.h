// SPDX-License-Identifier: Apache-2.0
// Texts of lines, as the formats of public logs have them (C2SP), read in the one form in which they may be
// written.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lines {
    const char *at, *end;
};

// Takes the next line off without its line feed; false when none that ends is left.
bool lines_next(struct lines *lines, const char **ret_line, size_t *ret_length);
// Takes the next line off when it is this one.
bool lines_next_is(struct lines *lines, const char *wanted);
// A decimal number without leading zeros.
bool lines_number(const char *text, size_t length, uint64_t *ret_number);
bool lines_next_number(struct lines *lines, uint64_t *ret_number);
// Padded base64 of at most `size` bytes.
bool lines_base64(const char *text, size_t length, uint8_t *ret_bytes, size_t size, size_t *ret_length);
// A line that is the base64 of exactly 32 bytes.
bool lines_next_hash(struct lines *lines, uint8_t *ret_hash);
