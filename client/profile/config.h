// SPDX-License-Identifier: Apache-2.0
// The small ini files of the client: sections, `key = value` lines, comments with '#' or ';'. Reading
// reports the line of a mistake; a change keeps every other line as it stands.
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct ts_error;

// Called for every key; `section` is "" before the first section. Returns false to stop with *error.
typedef bool config_visit(void *context, const char *section, const char *key, const char *value,
                          unsigned line, struct ts_error *error);

// Reads the file; a file that does not exist is an empty one.
bool config_read(const char *path, config_visit *visit, void *context, struct ts_error *error);

// Sets one key of one section ("" = before the first), adding both where missing; atomically, with the
// folders. An empty value removes the key.
bool config_change(const char *path, const char *section, const char *key, const char *value,
                   struct ts_error *error);
