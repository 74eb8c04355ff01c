// SPDX-License-Identifier: Apache-2.0
// The mark, see mark.h. The file is four lines: what it is, origin, size, root.
#include "signer/mark.h"

#include "evidence/lines.h"
#include "evidence/merkle.h"
#include "signer/secret_file.h"
#include "wire/base64.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { MARK_BYTES = 1024, FILE_MODE = 0600 };
static const char HEAD[] = "touchstone-signer-mark/1";

static bool broken(struct ts_error *error, const char *name, const char *why)
{
    return error_set(
        error, TS_FAILED_PRECONDITION, "MARK_BROKEN",
        "The signer's file %s %s. Nothing is signed for the log without it: make it again from the "
        "newest public checkpoint with touchstone-signer --mark-from (docs/recovery.md).",
        name, why);
}

bool mark_open(const char *folder, const char *name, const char *origin, struct mark_file *ret_file,
               struct ts_error *error)
{
    int opened = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (opened < 0)
        return error_set(error, TS_FAILED_PRECONDITION, "KEY_FILE", "%s: %s", folder, strerror(errno));
    *ret_file = (struct mark_file){.folder = opened, .name = name, .origin = origin};
    return true;
}

void mark_close(struct mark_file *file)
{
    if (file->folder >= 0)
        close(file->folder);
    file->folder = -1;
}

// Returns the length, or 0 when it does not fit.
static size_t write_text(const char *origin, const struct mark *mark, char text[MARK_BYTES])
{
    char root[BASE64_TEXT_SIZE(HASH_BYTES)];
    base64_write(mark->root, HASH_BYTES, true, root);
    int length = snprintf(text, MARK_BYTES, "%s\n%s\n%" PRIu64 "\n%s\n", HEAD, origin, mark->size, root);
    return length > 0 && length < MARK_BYTES ? (size_t)length : 0;
}

bool mark_create(const char *folder, const char *name, const char *origin, struct ts_error *error)
{
    struct mark mark = {.size = 0};
    char text[MARK_BYTES], path[PATH_MAX];
    hash_of("", 0, mark.root);
    size_t length = write_text(origin, &mark, text);
    if (length == 0 || snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path)
        return error_set(error, TS_INVALID_ARGUMENT, "KEY_FILE",
                         "the name of the log or the folder is too long");
    return secret_file_create(folder, path, text, length, FILE_MODE, error);
}

bool mark_lock(const struct mark_file *file, struct ts_error *error)
{
    while (flock(file->folder, LOCK_EX) != 0)
        if (errno != EINTR)
            return broken(error, file->name, "cannot be kept from other signers");
    return true;
}

void mark_unlock(const struct mark_file *file)
{
    flock(file->folder, LOCK_UN);
}

static bool parse(const char *text, size_t length, const char *origin, struct mark *ret_mark)
{
    struct lines lines = {text, text + length};
    const char *line;
    size_t line_length;
    struct mark mark;
    if (!lines_next_is(&lines, HEAD) || !lines_next(&lines, &line, &line_length) ||
        !lines_next_number(&lines, &mark.size) || mark.size > MERKLE_SIZE_CEILING ||
        !lines_next_hash(&lines, mark.root) || lines.at != lines.end)
        return false;
    // A log keeps its name from its first checkpoint on.
    if (mark.size > 0 && (line_length != strlen(origin) || memcmp(line, origin, line_length) != 0))
        return false;
    *ret_mark = mark;
    return true;
}

static ssize_t read_all(int fd, char text[MARK_BYTES])
{
    size_t length = 0;
    ssize_t got;
    while ((got = read(fd, text + length, MARK_BYTES - length)) != 0) {
        if (got < 0 && errno != EINTR)
            return -1;
        length += got > 0 ? (size_t)got : 0;
        if (length == MARK_BYTES)
            return -1;
    }
    return (ssize_t)length;
}

bool mark_read(const struct mark_file *file, struct mark *ret_mark, struct ts_error *error)
{
    char text[MARK_BYTES];
    int fd = openat(file->folder, file->name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return broken(error, file->name, errno == ENOENT ? "is missing" : "cannot be opened");
    ssize_t length = read_all(fd, text);
    close(fd);
    if (length < 0)
        return broken(error, file->name, "cannot be read");
    return parse(text, (size_t)length, file->origin, ret_mark) ||
           broken(error, file->name, "is no mark of this log, or was changed");
}

static bool write_all(int fd, const char *text, size_t length)
{
    while (length > 0) {
        ssize_t put = write(fd, text, length);
        if (put < 0 && errno != EINTR)
            return false;
        text += put > 0 ? put : 0;
        length -= put > 0 ? (size_t)put : 0;
    }
    return true;
}

bool mark_move(const struct mark_file *file, const struct mark *mark, struct ts_error *error)
{
    char text[MARK_BYTES], temporary[NAME_MAX + 1];
    size_t length = write_text(file->origin, mark, text);
    snprintf(temporary, sizeof temporary, "%s.new", file->name);
    int fd = length == 0 ? -1
                         : openat(file->folder, temporary,
                                  O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
    bool written = fd >= 0 && write_all(fd, text, length) && fsync(fd) == 0;
    if (fd >= 0 && close(fd) != 0)
        written = false;
    // The rename must have reached the disk before anything leaves that the mark is to remember.
    if (written && renameat(file->folder, temporary, file->folder, file->name) == 0 &&
        fsync(file->folder) == 0)
        return true;
    return error_set(
        error, TS_UNAVAILABLE, "MARK_NOT_WRITTEN",
        "The signer's file %s cannot be written (%s); nothing was signed. Free space, or mend the folder.",
        file->name, strerror(errno));
}
