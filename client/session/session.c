// SPDX-License-Identifier: Apache-2.0
// Session files: see session.h. The same ini form as the configuration; written atomically.
#include "session/session.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files/atomic_file.h"
#include "files/user_file.h"
#include "profile/config.h"
#include "wire/error.h"

static bool session_path(const char *profile, char ret_path[PATH_MAX], struct ts_error *error)
{
    return user_file_path(USER_STATE, ret_path, error, "%s.session", profile);
}

static bool visit_key(void *context, const char *section, const char *key, const char *value, unsigned line,
                      struct ts_error *error)
{
    struct session *session = context;

    (void)section;
    (void)line;
    (void)error;
    if (strcmp(key, "server") == 0)
        snprintf(session->server, sizeof session->server, "%s", value);
    else if (strcmp(key, "username") == 0)
        snprintf(session->username, sizeof session->username, "%s", value);
    else if (strcmp(key, "token") == 0 && strspn(value, "0123456789abcdefABCDEF") == strlen(value))
        snprintf(session->token, sizeof session->token, "%s", value);
    return true;
}

bool session_load(const char *profile, const char *server, struct session *ret_session,
                  struct ts_error *error)
{
    struct session session = {0};
    char path[PATH_MAX];
    struct stat about;

    if (!session_path(profile, path, error))
        return false;
    if (stat(path, &about) == 0 && (about.st_mode & 077) != 0)
        return error_set(error, TS_UNAUTHENTICATED, "SESSION_FILE",
                         "%.160s can be read by others; remove it and log in again", path);
    if (!config_read(path, visit_key, &session, error))
        return false;
    if (strcmp(session.server, server) != 0)
        session = (struct session){0};
    *ret_session = session;
    return true;
}

bool session_save(const char *profile, const struct session *session, struct ts_error *error)
{
    char path[PATH_MAX], text[512];
    int length = snprintf(text, sizeof text, "server = %s\nusername = %s\ntoken = %s\n", session->server,
                          session->username, session->token);

    return session_path(profile, path, error) && atomic_file_make_folders(path, error) &&
           atomic_file_write(path, text, (size_t)length, 0600, error);
}

bool session_forget(const char *profile, struct ts_error *error)
{
    char path[PATH_MAX];

    if (!session_path(profile, path, error))
        return false;
    if (unlink(path) != 0 && errno != ENOENT)
        return error_set(error, TS_INTERNAL, "FILE", "cannot remove %.180s: %s", path, strerror(errno));
    return true;
}
