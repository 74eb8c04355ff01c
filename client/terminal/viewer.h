// SPDX-License-Identifier: Apache-2.0
// Pictures and papers beside the terminal: opened by the viewer of the person's choice, which goes on without
// us.
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct ts_error;

// A folder of the user in XDG_RUNTIME_DIR, else TMPDIR, else /tmp, that nobody else can read.
bool viewer_folder(char *ret_path, size_t size, struct ts_error *error);

// Starts $TOUCHSTONE_VIEWER, or xdg-open where a display is. False: no viewer was started, and `error` says
// why.
bool viewer_open(const char *path, struct ts_error *error);

// Saves it as NAME.png in viewer_folder and opens it. False: it could not be saved. *ret_is_open false: no
// viewer was started, and `error` says why.
bool viewer_show(const char *name, const void *bytes, size_t length, char *ret_path, size_t size,
                 bool *ret_is_open, struct ts_error *error);
