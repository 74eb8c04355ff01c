// SPDX-License-Identifier: Apache-2.0
// The file that is meant by a path: the file itself, or of a folder the newest one in it, as an instrument or
// a camera writes them there.
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct stat;
struct ts_error;

// Whether a file of the folder counts.
typedef bool newest_file_counts(const char *name, const struct stat *found);

// The newest file of a folder that counts (NULL: each does), and what is known of it (or NULL). Hidden files
// and what is no regular file are passed over. INVALID_ARGUMENT says what is wrong with the folder, or that
// there is none.
bool newest_file_in(const char *folder, newest_file_counts *counts, char *ret_path, size_t size,
                    struct stat *ret_found, struct ts_error *error);

// Of a folder newest_file_in, of any kind. INVALID_ARGUMENT says what is wrong with the path.
bool newest_file_find(const char *path, char *ret_path, size_t size, struct ts_error *error);
