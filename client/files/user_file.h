// SPDX-License-Identifier: Apache-2.0
// Where a user's own files are (XDG Base Directory Specification): in the folder that its variable names by
// an absolute path, else in that of HOME.
#pragma once

#include <limits.h>
#include <stdbool.h>

struct ts_error;

enum user_file {
    // What the user chose: $XDG_CONFIG_HOME/touchstone, else ~/.config/touchstone.
    USER_CONFIG,
    // What must not be lost: $XDG_STATE_HOME/touchstone, else ~/.local/state/touchstone.
    USER_STATE,
    // What can be read again: $XDG_CACHE_HOME/touchstone, else ~/.cache/touchstone.
    USER_CACHE,
};

// The name inside that folder is the text of `format`; no folder is made. INVALID_ARGUMENT / CONFIG when
// neither variable names a folder, or the path is too long; ret_path holds nothing of use then.
bool user_file_path(enum user_file kind, char ret_path[PATH_MAX], struct ts_error *error, const char *format,
                    ...) __attribute__((format(printf, 4, 5)));
