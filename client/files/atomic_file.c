// SPDX-License-Identifier: Apache-2.0
// Write beside, fsync, rename, fsync the folder: see atomic_file.h.
#include "files/atomic_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wire/error.h"

static bool fail(struct ts_error *error, const char *act, const char *path)
{
    return error_set(error, TS_INTERNAL, "FILE", "cannot %s %.180s: %s", act, path, strerror(errno));
}

bool atomic_file_open(struct atomic_file *file, const char *path, mode_t mode, struct ts_error *error)
{
    struct stat there;

    file->fd = -1;
    if (strlen(path) >= sizeof file->path)
        return error_set(error, TS_INVALID_ARGUMENT, "USAGE", "the file name is too long");
    // The rename would put a file in the place of a device or a pipe.
    if (stat(path, &there) == 0 && !S_ISREG(there.st_mode))
        return error_set(error, TS_INVALID_ARGUMENT, "USAGE", "%.180s is %s", path,
                         S_ISDIR(there.st_mode) ? "a folder; name a file" : "no ordinary file");
    strcpy(file->path, path);
    snprintf(file->temporary, sizeof file->temporary, "%s.XXXXXX", path);
    file->fd = mkostemp(file->temporary, O_CLOEXEC);
    if (file->fd < 0)
        return fail(error, "write", path);
    if (fchmod(file->fd, mode) != 0) {
        fail(error, "write", path);
        atomic_file_abandon(file);
        return false;
    }
    return true;
}

bool atomic_file_append(struct atomic_file *file, const void *bytes, size_t length, struct ts_error *error)
{
    const char *at = bytes;

    while (length > 0) {
        ssize_t written = write(file->fd, at, length);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return fail(error, "write", file->path);
        at += written;
        length -= (size_t)written;
    }
    return true;
}

static void sync_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    char folder[PATH_MAX] = ".";
    int fd;

    if (slash != NULL)
        snprintf(folder, sizeof folder, "%.*s", slash == path ? 1 : (int)(slash - path), path);
    fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    // Some file systems cannot sync a folder; the file itself is safe by now.
    (void)fsync(fd);
    close(fd);
}

bool atomic_file_commit(struct atomic_file *file, struct ts_error *error)
{
    bool done = fsync(file->fd) == 0 && rename(file->temporary, file->path) == 0;

    if (!done) {
        fail(error, "write", file->path);
        atomic_file_abandon(file);
        return false;
    }
    close(file->fd);
    file->fd = -1;
    sync_folder(file->path);
    return true;
}

void atomic_file_abandon(struct atomic_file *file)
{
    if (file->fd < 0)
        return;
    close(file->fd);
    unlink(file->temporary);
    file->fd = -1;
}

bool atomic_file_write(const char *path, const void *bytes, size_t length, mode_t mode,
                       struct ts_error *error)
{
    struct atomic_file file;

    if (!atomic_file_open(&file, path, mode, error))
        return false;
    if (!atomic_file_append(&file, bytes, length, error)) {
        atomic_file_abandon(&file);
        return false;
    }
    return atomic_file_commit(&file, error);
}

bool atomic_file_make_folders(const char *path, struct ts_error *error)
{
    char folder[PATH_MAX];

    if (strlen(path) >= sizeof folder)
        return error_set(error, TS_INVALID_ARGUMENT, "USAGE", "the file name is too long");
    strcpy(folder, path);
    for (char *slash = strchr(folder + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(folder, 0700) != 0 && errno != EEXIST)
            return fail(error, "make the folder", folder);
        *slash = '/';
    }
    return true;
}
