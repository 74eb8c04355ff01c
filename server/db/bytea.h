// SPDX-License-Identifier: Apache-2.0
// Reads a bytea that came as text (bytea_output = hex, which every connection of the pool sets).
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct ts_error;

// text: "\x" and pairs of hex digits, length_bytes long. On success *ret_data points into the arena (followed
// by one NUL byte that is not counted) and *ret_length_bytes is its size. Errors: INTERNAL/BYTEA_MALFORMED,
// RESOURCE_EXHAUSTED/OUT_OF_MEMORY at the arena's ceiling.
bool bytea_decode(const char *text, size_t length_bytes, struct arena *arena, uint8_t **ret_data,
                  size_t *ret_length_bytes, struct ts_error *error);
