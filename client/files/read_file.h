// SPDX-License-Identifier: Apache-2.0
// Reads a whole file, or standard input, with a ceiling.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct ts_error;

// Reads `path` ('-' = standard input) into the arena, with a NUL after the last byte. A file longer
// than the ceiling is refused.
bool read_file_whole(const char *path, size_t ceiling_bytes, struct arena *arena, uint8_t **ret_bytes,
                     size_t *ret_length, struct ts_error *error);
