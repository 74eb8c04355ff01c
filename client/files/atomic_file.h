// SPDX-License-Identifier: Apache-2.0
// A file that appears whole or not at all: written beside its name, synced, then renamed. Used for
// sheets, session tokens and the configuration.
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct ts_error;

struct atomic_file {
    int fd;
    char path[PATH_MAX];
    char temporary[PATH_MAX + 16];
};

// Opens a temporary file beside `path` with exactly this mode. End with commit or abandon. What is there and
// no ordinary file (a folder, a device) is refused.
bool atomic_file_open(struct atomic_file *file, const char *path, mode_t mode, struct ts_error *error);

bool atomic_file_append(struct atomic_file *file, const void *bytes, size_t length, struct ts_error *error);

// Syncs file and folder and gives the file its name. On failure the temporary file is gone.
bool atomic_file_commit(struct atomic_file *file, struct ts_error *error);

// Removes the temporary file. Takes a file that is already committed or was never opened (fd -1).
void atomic_file_abandon(struct atomic_file *file);

// All of it at once.
bool atomic_file_write(const char *path, const void *bytes, size_t length, mode_t mode,
                       struct ts_error *error);

// Makes the folders that `path` stands in, with mode 0700.
bool atomic_file_make_folders(const char *path, struct ts_error *error);
