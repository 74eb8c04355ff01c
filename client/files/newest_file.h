// SPDX-License-Identifier: Apache-2.0
// The file that is meant by a path: the file itself, or of a folder the newest one in it, as an instrument or
// a camera writes them there.
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct ts_error;

// Hidden files and what is no regular file are passed over. INVALID_ARGUMENT says what is wrong with the
// path, or that the folder is empty.
bool newest_file_find(const char *path, char *ret_path, size_t size, struct ts_error *error);
