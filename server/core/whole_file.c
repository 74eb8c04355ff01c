// SPDX-License-Identifier: Apache-2.0
// Reading and writing whole files, see whole_file.h.
#include "core/whole_file.h"

#include "wire/arena.h"
#include "wire/error.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool unreadable(const char *path, struct ts_error *error)
{
    return error_set(error, TS_NOT_FOUND, "FILE_UNREADABLE", "%.180s: %s", path, strerror(errno));
}

static bool unwritable(const char *path, struct ts_error *error)
{
    return error_set(error, TS_FAILED_PRECONDITION, "FILE_UNWRITABLE", "%.180s: %s", path, strerror(errno));
}

// Reads until the end: the size that the system tells is only how much room is made.
static bool read_all(int fd, const char *path, char *bytes, size_t room, size_t *ret_length,
                     struct ts_error *error)
{
    size_t length = 0;
    while (length < room) {
        ssize_t taken = read(fd, bytes + length, room - length);
        if (taken < 0 && errno == EINTR)
            continue;
        if (taken < 0)
            return unreadable(path, error);
        if (taken == 0) {
            bytes[length] = '\0';
            *ret_length = length;
            return true;
        }
        length += (size_t)taken;
    }
    return error_set(error, TS_RESOURCE_EXHAUSTED, "FILE_TOO_LARGE", "%.180s: the file is too large", path);
}

static bool read_opened(int fd, const char *path, size_t ceiling_bytes, struct arena *arena, char **ret_bytes,
                        size_t *ret_length, struct ts_error *error)
{
    struct stat status;
    if (fstat(fd, &status) != 0)
        return unreadable(path, error);
    if (S_ISDIR(status.st_mode)) {
        errno = EISDIR;
        return unreadable(path, error);
    }
    // A pipe tells no size, so it gets all the room there may be.
    size_t room = S_ISREG(status.st_mode) ? (size_t)status.st_size : ceiling_bytes;
    if (room > ceiling_bytes)
        room = ceiling_bytes;
    room++; // for the NUL, and so that the end is seen
    char *bytes = arena_alloc(arena, room);
    if (!bytes)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "FILE_TOO_LARGE", "%.180s: no memory for the file",
                         path);
    if (!read_all(fd, path, bytes, room, ret_length, error))
        return false;
    *ret_bytes = bytes;
    return true;
}

bool whole_file_read(const char *path, size_t ceiling_bytes, struct arena *arena, char **ret_bytes,
                     size_t *ret_length, struct ts_error *error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return unreadable(path, error);
    bool done = read_opened(fd, path, ceiling_bytes, arena, ret_bytes, ret_length, error);
    close(fd);
    return done;
}

static bool write_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, bytes, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        bytes += written;
        length -= (size_t)written;
    }
    return true;
}

// A process that was killed leaves its file behind, and in a container the next one has the same number.
static int create(const char *temporary)
{
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
    int fd = open(temporary, flags, 0666);
    return fd < 0 && errno == EEXIST && unlink(temporary) == 0 ? open(temporary, flags, 0666) : fd;
}

// The file itself is safe by now, and some file systems cannot sync a folder: no reason to fail.
static void sync_folder(const char *path)
{
    char folder[PATH_MAX] = ".";
    const char *slash = strrchr(path, '/');
    if (slash)
        snprintf(folder, sizeof folder, "%.*s", slash == path ? 1 : (int)(slash - path), path);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    (void)fsync(fd);
    close(fd);
}

bool whole_file_write(const char *path, const char *bytes, size_t length, struct ts_error *error)
{
    char temporary[PATH_MAX];
    struct stat there;
    // The rename would put a file in the place of a device.
    if (stat(path, &there) == 0 && !S_ISREG(there.st_mode)) {
        errno = S_ISDIR(there.st_mode) ? EISDIR : EINVAL;
        return unwritable(path, error);
    }
    int named = snprintf(temporary, sizeof temporary, "%s.%ld.new", path, (long)getpid());
    if (named < 0 || (size_t)named >= sizeof temporary) {
        errno = ENAMETOOLONG;
        return unwritable(path, error);
    }
    int fd = create(temporary);
    if (fd < 0)
        return unwritable(path, error);
    bool done = write_all(fd, bytes, length) && fsync(fd) == 0;
    int why = errno;
    if (close(fd) != 0 && done) {
        why = errno;
        done = false;
    }
    if (done && rename(temporary, path) != 0) {
        why = errno;
        done = false;
    }
    if (!done) {
        unlink(temporary);
        errno = why;
        return unwritable(path, error);
    }
    sync_folder(path);
    return true;
}
