// SPDX-License-Identifier: Apache-2.0
// Files are written beside their place and renamed, so a torn write never stands there; new names are opened
// exclusively and without following links, because as root we write into a directory of another user.
#include "db/cluster_files.h"
#include "core/directory.h"
#include "wire/error.h"
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SOCKET_NAME_BYTES 20 // "/.s.PGSQL.5432.lock" and NUL
#define OLDEST_MAJOR 15

static bool directory_error(const char *what, const char *path, struct ts_error *error)
{
    return error_set(error, TS_FAILED_PRECONDITION, "CLUSTER_DIRECTORY", "%s %s: %s", what, path,
                     strerror(errno));
}

static bool own(const char *path, const struct cluster_identity *identity)
{
    return !identity->switch_user || lchown(path, identity->uid, identity->gid) == 0;
}

// A directory only the cluster's user (and root) may enter.
static bool make_private(const char *path, const struct cluster_identity *identity, struct ts_error *error)
{
    struct stat facts;
    bool made = mkdir(path, 0700) == 0;
    if ((!made && errno != EEXIST) || lstat(path, &facts) != 0)
        return directory_error("cannot make", path, error);
    if (!S_ISDIR(facts.st_mode) || (!made && facts.st_uid != identity->uid && facts.st_uid != geteuid()))
        return error_set(error, TS_FAILED_PRECONDITION, "CLUSTER_DIRECTORY", "%s belongs to somebody else",
                         path);
    if (!own(path, identity) || chmod(path, 0700) != 0)
        return directory_error("cannot own", path, error);
    return true;
}

bool cluster_files_init(struct cluster_files *files, const char *state_dir,
                        const struct cluster_identity *identity, struct ts_error *error)
{
    char absolute[PATH_MAX];
    memset(files, 0, sizeof(*files));
    if (strlen(state_dir) > CLUSTER_PATH_MAX - 100)
        return error_set(error, TS_FAILED_PRECONDITION, "CLUSTER_DIRECTORY",
                         "the state directory's path is too long");
    if (!directory_make(state_dir, error))
        return false;
    if (!realpath(state_dir, absolute) || strlen(absolute) > CLUSTER_PATH_MAX - 100)
        return directory_error("cannot use", state_dir, error);
    snprintf(files->home, sizeof(files->home), "%.900s/postgres", absolute);
    snprintf(files->data, sizeof(files->data), "%.950s/data", files->home);
    snprintf(files->data_new, sizeof(files->data_new), "%.950s/data.new", files->home);
    snprintf(files->log, sizeof(files->log), "%.950s/postgres.log", files->home);
    return make_private(files->home, identity, error);
}

// Writes directory/name as the identity's, in one step.
static bool write_file(const char *directory, const char *name, const struct cluster_identity *identity,
                       const char *text, struct ts_error *error)
{
    char temporary[PATH_MAX], final[PATH_MAX];
    size_t length = strlen(text);
    snprintf(final, sizeof(final), "%s/%s", directory, name);
    snprintf(temporary, sizeof(temporary), "%s/%s.new", directory, name);
    unlink(temporary);
    int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return directory_error("cannot write", final, error);
    bool fine = write(fd, text, length) == (ssize_t)length && fsync(fd) == 0 &&
                (!identity->switch_user || fchown(fd, identity->uid, identity->gid) == 0);
    close(fd);
    if (!fine || rename(temporary, final) != 0)
        return directory_error("cannot write", final, error);
    return true;
}

// Characters that need no thought in PostgreSQL's list of socket directories.
static bool is_plain_path(const char *path)
{
    return path[strspn(path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-")] == 0;
}

static bool is_usable_socket_dir(const char *path, const struct cluster_identity *identity)
{
    struct stat facts;
    return lstat(path, &facts) == 0 && S_ISDIR(facts.st_mode) && facts.st_uid == identity->uid &&
           (facts.st_mode & 077) == 0;
}

static bool make_short_dir(struct cluster_files *files, const struct cluster_identity *identity,
                           struct ts_error *error)
{
    static const char *const patterns[] = {"/run/touchstone-XXXXXX", "/tmp/touchstone-XXXXXX"};
    for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
        char path[sizeof(files->socket_dir)];
        strcpy(path, patterns[i]);
        if (!mkdtemp(path))
            continue;
        if (!own(path, identity))
            return directory_error("cannot own", path, error);
        strcpy(files->socket_dir, path);
        return write_file(files->home, "socket-dir", identity, path, error);
    }
    return directory_error("cannot make", "a directory for the database socket", error);
}

bool cluster_files_make_socket_dir(struct cluster_files *files, const struct cluster_identity *identity,
                                   struct ts_error *error)
{
    struct ts_error ignored;
    size_t length = strlen(files->home) + strlen("/socket");
    if (length + SOCKET_NAME_BYTES < sizeof(files->socket_dir) && is_plain_path(files->home)) {
        snprintf(files->socket_dir, sizeof(files->socket_dir), "%.80s/socket", files->home);
        return make_private(files->socket_dir, identity, error) &&
               write_file(files->home, "socket-dir", identity, files->socket_dir, error);
    }
    if (cluster_files_read_socket_dir(files, &ignored) && is_usable_socket_dir(files->socket_dir, identity))
        return true;
    return make_short_dir(files, identity, error);
}

bool cluster_files_read_socket_dir(struct cluster_files *files, struct ts_error *error)
{
    char path[PATH_MAX];
    snprintf(path, sizeof(path), "%s/socket-dir", files->home);
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    ssize_t length = fd < 0 ? -1 : read(fd, files->socket_dir, sizeof(files->socket_dir) - SOCKET_NAME_BYTES);
    if (fd >= 0)
        close(fd);
    if (length <= 0)
        return directory_error("cannot read", path, error);
    files->socket_dir[length] = 0;
    return true;
}

static bool has_programs(const char *directory)
{
    char path[PATH_MAX];
    snprintf(path, sizeof(path), "%s/initdb", directory);
    if (access(path, X_OK) != 0)
        return false;
    snprintf(path, sizeof(path), "%s/postgres", directory);
    return access(path, X_OK) == 0;
}

// The major version an existing data directory wants; 0 for none.
static int data_version(const struct cluster_files *files)
{
    char path[PATH_MAX], text[16] = "";
    snprintf(path, sizeof(path), "%s/PG_VERSION", files->data);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    ssize_t length = read(fd, text, sizeof(text) - 1);
    close(fd);
    return length > 0 ? (int)strtol(text, NULL, 10) : 0;
}

// Debian and PGDG keep one directory per major version: the number is the part of the path before /bin.
static int path_version(const char *directory)
{
    const char *at = directory + strcspn(directory, "0123456789");
    return (int)strtol(at, NULL, 10);
}

static void search_pattern(const char *pattern, int wanted, int *best, char *ret_directory)
{
    glob_t found;
    if (glob(pattern, 0, NULL, &found) != 0)
        return;
    for (size_t i = 0; i < found.gl_pathc; i++) {
        int version = path_version(found.gl_pathv[i]);
        bool fits = wanted > 0 ? version == wanted : version >= OLDEST_MAJOR && version > *best;
        if (!fits || !has_programs(found.gl_pathv[i]) || strlen(found.gl_pathv[i]) >= CLUSTER_PATH_MAX)
            continue;
        *best = version;
        strcpy(ret_directory, found.gl_pathv[i]);
    }
    globfree(&found);
}

bool cluster_files_find_programs(struct cluster_files *files, const char *wanted, struct ts_error *error)
{
    int version = data_version(files), best = 0;
    if (wanted && wanted[0]) {
        if (!has_programs(wanted) || strlen(wanted) >= CLUSTER_PATH_MAX)
            return error_set(error, TS_FAILED_PRECONDITION, "POSTGRES_NOT_FOUND",
                             "no initdb and postgres in %s", wanted);
        strcpy(files->bin_dir, wanted);
        return true;
    }
    search_pattern("/usr/lib/postgresql/*/bin", version, &best, files->bin_dir);
    search_pattern("/usr/pgsql-*/bin", version, &best, files->bin_dir);
    if (best > 0)
        return true;
    if (version > 0)
        return error_set(error, TS_FAILED_PRECONDITION, "POSTGRES_NOT_FOUND",
                         "the data was made by PostgreSQL %d, which is not installed", version);
    return error_set(error, TS_FAILED_PRECONDITION, "POSTGRES_NOT_FOUND",
                     "no PostgreSQL %d or newer found: install it (apt-get install postgresql)",
                     OLDEST_MAJOR);
}

// Our settings. Plans are kept for the life of a connection: statistics of a table that was empty yesterday
// may not be a minute old. Errors are not logged by the server (they go to the caller) and DETAIL, which can
// quote rows, never.
static const char settings_format[] =
    "# Written by touchstoned at every start.\n"
    "listen_addresses = ''\n"
    "port = 5432\n"
    "unix_socket_directories = '%s'\n"
    "unix_socket_permissions = 0700\n"
    "max_connections = %u\n"
    "shared_buffers = %uMB\n"
    "fsync = on\nsynchronous_commit = on\nfull_page_writes = on\n"
    "wal_compression = lz4\ncheckpoint_timeout = 30min\nmax_wal_size = 4GB\n"
    "jit = off\nautovacuum_naptime = 15s\nclient_connection_check_interval = 2s\n"
    "timezone = 'UTC'\nlog_timezone = 'UTC'\nlc_messages = 'C'\n"
    "logging_collector = on\nlog_directory = '../log'\nlog_filename = 'postgres-%%a.log'\n"
    "log_rotation_age = 1d\nlog_rotation_size = 0\nlog_truncate_on_rotation = on\nlog_file_mode = 0600\n"
    "log_min_messages = log\nlog_min_error_statement = panic\nlog_error_verbosity = terse\n"
    "log_checkpoints = off\n";

static void write_ident(const char *user, char *text, size_t size)
{
    static const char *const roles[] = {"postgres", "touchstone_owner", "touchstone_daemon"};
    for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
        size_t used = strlen(text);
        snprintf(text + used, size - used, "touchstone \"%s\" %s\n", user, roles[i]);
    }
}

bool cluster_files_write_settings(const struct cluster_files *files, const char *data,
                                  const struct cluster_identity *identity,
                                  const struct cluster_settings *settings, struct ts_error *error)
{
    char text[4096];
    snprintf(text, sizeof(text), settings_format, files->socket_dir, settings->max_connections,
             settings->shared_buffers_mb);
    if (!write_file(data, "postgresql.conf", identity, text, error) ||
        !write_file(data, "pg_hba.conf", identity, "local all all peer map=touchstone\n", error))
        return false;
    text[0] = 0;
    write_ident("root", text, sizeof(text));
    write_ident(identity->name, text, sizeof(text));
    return write_file(data, "pg_ident.conf", identity, text, error);
}

int cluster_files_open_log(const struct cluster_files *files, const struct cluster_identity *identity)
{
    int fd = open(files->log, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd >= 0 && identity->switch_user && fchown(fd, identity->uid, identity->gid) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}
