// SPDX-License-Identifier: Apache-2.0
// See newest_file.h.
#include "files/newest_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "wire/error.h"

static bool is_newer(const struct stat *a, const struct stat *b)
{
    if (a->st_mtim.tv_sec != b->st_mtim.tv_sec)
        return a->st_mtim.tv_sec > b->st_mtim.tv_sec;
    return a->st_mtim.tv_nsec > b->st_mtim.tv_nsec;
}

bool newest_file_in(const char *folder, newest_file_counts *counts, char *ret_path, size_t size,
                    struct stat *ret_found, struct ts_error *error)
{
    struct stat newest = {0}, one;
    const struct dirent *entry;
    char best[256] = "";
    DIR *listed = opendir(folder);

    if (listed == NULL)
        return error_set(error, TS_INVALID_ARGUMENT, "USAGE", "cannot read %.180s: %s", folder,
                         strerror(errno));
    while ((entry = readdir(listed)) != NULL) {
        if (entry->d_name[0] == '.' || fstatat(dirfd(listed), entry->d_name, &one, 0) != 0 ||
            !S_ISREG(one.st_mode) || (counts != NULL && !counts(entry->d_name, &one)))
            continue;
        if (best[0] == '\0' || is_newer(&one, &newest)) {
            newest = one;
            snprintf(best, sizeof best, "%s", entry->d_name);
        }
    }
    closedir(listed);
    if (ret_found != NULL)
        *ret_found = newest;
    if (best[0] == '\0')
        return error_set(error, TS_INVALID_ARGUMENT, "USAGE", "there is no file in %.180s yet", folder);
    if ((size_t)snprintf(ret_path, size, "%s/%s", folder, best) >= size)
        return error_set(error, TS_INVALID_ARGUMENT, "USAGE", "the path of %.180s is too long", best);
    return true;
}

bool newest_file_find(const char *path, char *ret_path, size_t size, struct ts_error *error)
{
    struct stat found;

    if (stat(path, &found) != 0)
        return error_set(error, TS_INVALID_ARGUMENT, "USAGE", "cannot read %.180s: %s", path,
                         strerror(errno));
    if (S_ISDIR(found.st_mode))
        return newest_file_in(path, NULL, ret_path, size, NULL, error);
    if (!S_ISREG(found.st_mode))
        return error_set(error, TS_INVALID_ARGUMENT, "USAGE", "%.180s is no file", path);
    if ((size_t)snprintf(ret_path, size, "%s", path) >= size)
        return error_set(error, TS_INVALID_ARGUMENT, "USAGE", "the path is too long");
    return true;
}
