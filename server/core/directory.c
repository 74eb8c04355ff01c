// SPDX-License-Identifier: Apache-2.0
// See directory.h.
#include "core/directory.h"

#include "wire/error.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static bool make(const char *part, struct ts_error *error)
{
    struct stat about;
    if (mkdir(part, 0755) == 0 || (errno == EEXIST && stat(part, &about) == 0 && S_ISDIR(about.st_mode)))
        return true;
    return error_set(error, TS_FAILED_PRECONDITION, "DIRECTORY", "cannot make %s: %s", part, strerror(errno));
}

bool directory_make(const char *path, struct ts_error *error)
{
    char part[PATH_MAX];
    if ((size_t)snprintf(part, sizeof part, "%s", path) >= sizeof part)
        return error_set(error, TS_FAILED_PRECONDITION, "DIRECTORY", "cannot make %.100s: too long", path);
    for (char *at = part + 1; *part && *at; at++) {
        if (*at != '/')
            continue;
        *at = 0;
        if (!make(part, error))
            return false;
        *at = '/';
    }
    return make(part, error);
}
