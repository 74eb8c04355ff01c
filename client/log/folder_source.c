// SPDX-License-Identifier: Apache-2.0
// Files of a folder, see folder_source.h.
#include "log/folder_source.h"

#include "wire/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static bool is_folder(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

bool folder_source_init(struct folder_source *source, const char *folder, struct ts_error *error)
{
    char below[PATH_MAX];
    if (!is_folder(folder))
        return error_set(error, TS_INVALID_ARGUMENT, "USAGE", "%.180s is no folder", folder);
    if (snprintf(below, sizeof below, "%s/log", folder) >= (int)sizeof below)
        return error_set(error, TS_INVALID_ARGUMENT, "USAGE", "the folder's name is too long");
    strcpy(source->root, below);
    if (!is_folder(below))
        source->root[strlen(folder)] = '\0';
    return true;
}

static bool read_all(int fd, struct audit_file *file, struct ts_error *error)
{
    char buffer[16384];
    ssize_t got;
    file->got = AUDIT_GOT;
    while (file->got == AUDIT_GOT && (got = read(fd, buffer, sizeof buffer)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_set(error, TS_INTERNAL, "FILE", "cannot read %.100s: %s", file->path,
                             strerror(errno));
        if (!audit_file_append(file, buffer, (size_t)got))
            return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
    }
    return true;
}

static bool fetch_one(const struct folder_source *source, struct audit_file *file, struct ts_error *error)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/%s", source->root, file->path) >= (int)sizeof path)
        return error_set(error, TS_INVALID_ARGUMENT, "USAGE", "the folder's name is too long");
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    file->got = AUDIT_ABSENT;
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return true;
    if (fd < 0)
        return error_set(error, TS_INTERNAL, "FILE", "cannot read %.180s: %s", path, strerror(errno));
    struct stat about;
    bool done = fstat(fd, &about) != 0 || !S_ISREG(about.st_mode) || read_all(fd, file, error);
    close(fd);
    return done;
}

bool folder_source_fetch(void *source, struct audit_file *files, size_t count, struct ts_error *error)
{
    for (size_t i = 0; i < count; i++)
        if (!fetch_one(source, &files[i], error))
            return false;
    return true;
}

bool folder_source_wait(void *source)
{
    (void)source;
    return nanosleep(&(struct timespec){.tv_nsec = 250 * 1000 * 1000}, NULL) == 0;
}
