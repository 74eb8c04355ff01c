// SPDX-License-Identifier: Apache-2.0
// Small files with secrets: read only when nobody else may, written whole or not at all.
#pragma once

#include "wire/error.h"

#include <stdbool.h>
#include <stddef.h>

enum { SECRET_FILE_BYTES = 64 * 1024 };

// NUL-terminated; freed by secret_file_free. `secret`: refuse a file that its group or others may read; of a
// credential in $CREDENTIALS_DIRECTORY others only.
bool secret_file_read(const char *path, bool secret, char **ret_text, size_t *ret_length,
                      struct ts_error *error);
// Cleans the memory.
void secret_file_free(char *text, size_t length);
// Appears with mode `mode` under `path`, as the folder's owner's when root makes it, unless something is
// there already; that is then left as it is.
bool secret_file_create(const char *directory, const char *path, const char *text, size_t length,
                        unsigned mode, struct ts_error *error);
