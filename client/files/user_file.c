// SPDX-License-Identifier: Apache-2.0
// See user_file.h.
#include "files/user_file.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "wire/error.h"

bool user_file_path(enum user_file kind, char ret_path[PATH_MAX], struct ts_error *error, const char *format,
                    ...)
{
    static const struct {
        const char *variable, *of_home;
    } folders[] = {
        [USER_CONFIG] = {"XDG_CONFIG_HOME", "/.config"},
        [USER_STATE] = {"XDG_STATE_HOME", "/.local/state"},
        [USER_CACHE] = {"XDG_CACHE_HOME", "/.cache"},
    };
    const char *named = getenv(folders[kind].variable), *home = getenv("HOME");
    bool is_named = named != NULL && named[0] == '/';
    int head, tail;
    va_list values;

    if (!is_named && (home == NULL || home[0] != '/'))
        return error_set(error, TS_INVALID_ARGUMENT, "CONFIG", "neither %s nor HOME names a folder",
                         folders[kind].variable);
    head = snprintf(ret_path, PATH_MAX, "%s%s/touchstone/", is_named ? named : home,
                    is_named ? "" : folders[kind].of_home);
    if (head < 0 || head >= PATH_MAX)
        return error_set(error, TS_INVALID_ARGUMENT, "CONFIG", "the path of the user's folder is too long");
    va_start(values, format);
    tail = vsnprintf(ret_path + head, (size_t)(PATH_MAX - head), format, values);
    va_end(values);
    return tail >= 0 && tail < PATH_MAX - head
               ? true
               : error_set(error, TS_INVALID_ARGUMENT, "CONFIG", "the path of %.100s is too long", format);
}
