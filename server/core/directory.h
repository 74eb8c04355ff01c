// SPDX-License-Identifier: Apache-2.0
// Directories that the daemon keeps its own files in.
#pragma once

#include <stdbool.h>

struct ts_error;

// Makes the directory and what is missing above it, as mkdir -p does; one that is there stays as it is.
// Fails with DIRECTORY, naming the part that cannot be made.
bool directory_make(const char *path, struct ts_error *error);
