// SPDX-License-Identifier: Apache-2.0
// Base64 with the standard alphabet (RFC 4648 section 4), as "-bin" metadata of gRPC and bytes in JSON use
// it.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Sizes of buffers that are large enough: with padding and NUL, and for the bytes of a text.
#define BASE64_TEXT_SIZE(bytes) (((bytes) + 2) / 3 * 4 + 1)
#define BASE64_BYTES_SIZE(length) ((length) / 4 * 3 + 3)

// Writes text and a NUL; returns the length of the text. gRPC sends "-bin" values without padding.
size_t base64_write(const void *bytes, size_t length, bool padded, char *ret_text);
// Reads padded and unpadded text. False when a character, the length or the padding is wrong.
bool base64_read(const char *text, size_t length, uint8_t *ret_bytes, size_t *ret_length);
