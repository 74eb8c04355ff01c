// SPDX-License-Identifier: Apache-2.0
// Small files with secrets, see secret_file.h.
#include "signer/secret_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool refuse(struct ts_error *error, const char *path, const char *why)
{
    return error_set(error, TS_FAILED_PRECONDITION, "KEY_FILE", "%s: %s", path, why);
}

// A credential that systemd passes lies in a folder that nobody else can enter; its group bit is the mask of
// an access list (systemd.exec(5), CREDENTIALS).
static mode_t forbidden_bits(const char *path)
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    size_t length = folder ? strlen(folder) : 0;
    return length > 0 && strncmp(path, folder, length) == 0 && path[length] == '/' ? 037 : 077;
}

static bool read_open(int fd, const char *path, bool secret, char **ret_text, size_t *ret_length,
                      struct ts_error *error)
{
    struct stat state;
    if (fstat(fd, &state) != 0 || !S_ISREG(state.st_mode) || state.st_size > SECRET_FILE_BYTES)
        return refuse(error, path, "is not a small file");
    if (secret && (state.st_mode & forbidden_bits(path)) != 0)
        return refuse(error, path, "may be read by others; its mode must be 0600");
    char *text = malloc((size_t)state.st_size + 1);
    ssize_t length = text ? read(fd, text, (size_t)state.st_size) : -1;
    if (length != state.st_size) {
        free(text);
        return refuse(error, path, "cannot be read");
    }
    text[length] = '\0';
    *ret_text = text;
    *ret_length = (size_t)length;
    return true;
}

bool secret_file_read(const char *path, bool secret, char **ret_text, size_t *ret_length,
                      struct ts_error *error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return refuse(error, path, strerror(errno));
    bool fine = read_open(fd, path, secret, ret_text, ret_length, error);
    close(fd);
    return fine;
}

void secret_file_free(char *text, size_t length)
{
    if (text)
        OPENSSL_cleanse(text, length);
    free(text);
}

// Root makes it for whom the folder belongs to: the signer runs as that user.
static bool give(int fd, const char *directory)
{
    struct stat folder;
    if (geteuid() != 0 || stat(directory, &folder) != 0 || folder.st_uid == 0)
        return true;
    return fchown(fd, folder.st_uid, folder.st_gid) == 0;
}

static bool write_temporary(int fd, const char *directory, const char *text, size_t length, unsigned mode)
{
    return fchmod(fd, mode) == 0 && give(fd, directory) && write(fd, text, length) == (ssize_t)length &&
           fsync(fd) == 0;
}

bool secret_file_create(const char *directory, const char *path, const char *text, size_t length,
                        unsigned mode, struct ts_error *error)
{
    char temporary[PATH_MAX];
    int printed = snprintf(temporary, sizeof temporary, "%s/.new-XXXXXX", directory);
    int fd = printed < (int)sizeof temporary ? mkostemp(temporary, O_CLOEXEC) : -1;
    if (fd < 0)
        return refuse(error, directory, strerror(errno));
    bool fine = write_temporary(fd, directory, text, length, mode);
    // Two signers may start at once: the first name wins, the other reads what is there.
    fine = fine && (link(temporary, path) == 0 || errno == EEXIST);
    if (!fine)
        refuse(error, path, strerror(errno));
    unlink(temporary);
    close(fd);
    int folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder >= 0) {
        fsync(folder);
        close(folder);
    }
    return fine;
}
