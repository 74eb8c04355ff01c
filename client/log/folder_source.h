// SPDX-License-Identifier: Apache-2.0
// The public files of a log in a folder: <state>/public of a daemon, its log below it, or a mirror's copy.
#pragma once

#include "verify/audit.h"

#include <limits.h>
#include <stdbool.h>

struct folder_source {
    char root[PATH_MAX]; // where "checkpoint" is
};

// INVALID_ARGUMENT when the folder is none.
bool folder_source_init(struct folder_source *source, const char *folder, struct ts_error *error);
bool folder_source_fetch(void *source, struct audit_file *files, size_t count, struct ts_error *error);
// A moment, for a daemon that writes just now.
bool folder_source_wait(void *source);
