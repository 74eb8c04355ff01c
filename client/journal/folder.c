// SPDX-License-Identifier: Apache-2.0
// See folder.h.
#include "journal/folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire/error.h"

bool folder_path(const char *profile, const char *name, char *ret_path, size_t size, struct ts_error *error)
{
    const char *base = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    int length = -1;

    if (strchr(name, '/') != NULL || name[0] == '.')
        return error_set(error, TS_INVALID_ARGUMENT, "CONFIG", "%.60s is no name for a file", name);
    if (base != NULL && base[0] == '/')
        length = snprintf(ret_path, size, "%s/touchstone/journal/%s/%s", base, profile, name);
    else if (home != NULL && home[0] == '/')
        length = snprintf(ret_path, size, "%s/.local/state/touchstone/journal/%s/%s", home, profile, name);
    if (length < 0 || (size_t)length >= size)
        return error_set(error, TS_INVALID_ARGUMENT, "CONFIG",
                         "neither XDG_STATE_HOME nor HOME names a folder");
    return true;
}
