// SPDX-License-Identifier: Apache-2.0
// gzip of one message, with a ceiling against bombs: inflating stops at it and never holds more. Used by the
// input and output of a stream.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ts_error;

// *ret_bytes by malloc. RESOURCE_EXHAUSTED/MESSAGE_TOO_LARGE above the ceiling,
// INVALID_ARGUMENT/COMPRESSION_INVALID for what is not one whole gzip member.
bool gzip_inflate(const uint8_t *bytes, size_t length, size_t ceiling, uint8_t **ret_bytes,
                  size_t *ret_length, struct ts_error *error);
// *ret_bytes by malloc. False without memory.
bool gzip_deflate(const uint8_t *bytes, size_t length, uint8_t **ret_bytes, size_t *ret_length);
