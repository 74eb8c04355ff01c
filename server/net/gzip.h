// SPDX-License-Identifier: Apache-2.0
// gzip of one message. A bomb is refused by the size that it declares, before a byte is inflated; what
// declares less than it has costs no more than what it declared. Used by the input and output of a stream.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ts_error;

// The size that a gzip member declares to have when inflated. False: it is none.
bool gzip_read_size(const uint8_t *bytes, size_t length, size_t *ret_size);
// *ret_bytes by malloc, exactly `size`. INVALID_ARGUMENT/COMPRESSION_INVALID for what is not one whole gzip
// member of this size.
bool gzip_inflate(const uint8_t *bytes, size_t length, size_t size, uint8_t **ret_bytes,
                  struct ts_error *error);
// *ret_bytes by malloc. False without memory.
bool gzip_deflate(const uint8_t *bytes, size_t length, uint8_t **ret_bytes, size_t *ret_length);
