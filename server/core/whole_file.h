// SPDX-License-Identifier: Apache-2.0
// Files read and written whole: what is read has a ceiling, and what is written appears whole or not at all
// (beside its name, synced, renamed). For commands; not for the loop, because it waits for the disk.
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct ts_error;

// The bytes with a NUL behind them, in the arena. NOT_FOUND / FILE_UNREADABLE with the path and why,
// RESOURCE_EXHAUSTED / FILE_TOO_LARGE.
bool whole_file_read(const char *path, size_t ceiling_bytes, struct arena *arena, char **ret_bytes,
                     size_t *ret_length, struct ts_error *error);

// FAILED_PRECONDITION / FILE_UNWRITABLE; then nothing of it is left. What is there and no ordinary file is
// refused. The mode is what the process's umask leaves of 0666.
bool whole_file_write(const char *path, const char *bytes, size_t length, struct ts_error *error);
