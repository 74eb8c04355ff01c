// SPDX-License-Identifier: Apache-2.0
// Finding the helper programs, see helpers.h. Called once by serve.c.
#include "helpers.h"

#include "core/config.h"
#include "core/log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { REPLY_BYTES = 16 << 20, DRAW_MS = 20000, SIGN_MS = 5000 };

// Where an installation has them, and where a build leaves them.
static bool find_program(const char *directory, const char *name, const char *build_folder,
                         char ret_path[HELPER_PATH_SIZE], struct ts_error *error)
{
    const char *const places[] = {"../libexec/touchstone", build_folder, "."};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        int length = snprintf(ret_path, HELPER_PATH_SIZE, "%s/%s/%s", directory, places[i], name);
        if (length < HELPER_PATH_SIZE && access(ret_path, X_OK) == 0)
            return true;
    }
    return error_set(error, TS_FAILED_PRECONDITION, "HELPER_MISSING",
                     "%s is neither beside touchstoned in %s nor in libexec. Install the whole package.",
                     name, directory);
}

static void signer_arguments(const struct config *config, struct helper_programs *programs)
{
    const struct {
        const char *name, *value;
    } own[] = {{"--key", config->signer.key},
               {"--passphrase-file", config->signer.passphrase},
               {"--certificate", config->signer.certificate},
               {"--keys", programs->keys}};
    size_t count = 0;
    if (*config->signer.keys)
        snprintf(programs->keys, HELPER_PATH_SIZE, "%s", config->signer.keys);
    else
        snprintf(programs->keys, HELPER_PATH_SIZE, "%s/signer", config->state.directory);
    snprintf(programs->origin, HELPER_PATH_SIZE, "%s/log", config->public.host);
    programs->signer_argv[count++] = programs->signer_path;
    programs->signer_argv[count++] = "--channel";
    programs->signer_argv[count++] = "--origin";
    programs->signer_argv[count++] = programs->origin;
    for (size_t i = 0; *config->signer.key && i < sizeof own / sizeof own[0]; i++) {
        programs->signer_argv[count++] = own[i].name;
        programs->signer_argv[count++] = own[i].value;
    }
    if (!*config->signer.key) {
        programs->signer_argv[count++] = "--demonstration";
        programs->signer_argv[count++] = programs->keys;
    }
    programs->signer_argv[count] = NULL;
}

// Makes the keys' folder the signer's own, with what an earlier start as root left in it.
static bool give_folder(const char *folder, const struct passwd *user)
{
    struct stat about;
    if ((mkdir(folder, 0700) != 0 && errno != EEXIST) || lstat(folder, &about) != 0 ||
        !S_ISDIR(about.st_mode))
        return false;
    if (about.st_uid == user->pw_uid)
        return true;
    DIR *entries = opendir(folder);
    if (!entries)
        return false;
    bool given = true;
    for (struct dirent *entry; given && (entry = readdir(entries));)
        if (entry->d_type == DT_REG)
            given =
                fchownat(dirfd(entries), entry->d_name, user->pw_uid, user->pw_gid, AT_SYMLINK_NOFOLLOW) == 0;
    closedir(entries);
    return given && lchown(folder, user->pw_uid, user->pw_gid) == 0;
}

// The keys are best kept from the daemon's own user as well; where that cannot be, the log says so.
static const char *signer_user(const struct config *config, const char *keys)
{
    if (geteuid() != 0)
        return NULL; // only root can start it as somebody else
    const struct passwd *user = *config->signer.user ? getpwnam(config->signer.user) : NULL;
    if (user && give_folder(keys, user))
        return config->signer.user;
    log_write(LOG_WARNING, "signer_shares_user", user ? "keys_not_given_to" : "missing_user",
              config->signer.user, "consequence",
              "whoever takes over the daemon can read the keys; create the user", NULL);
    return NULL;
}

static bool find_own_directory(char ret_directory[HELPER_PATH_SIZE], struct ts_error *error)
{
    char program[HELPER_PATH_SIZE];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length < 0)
        return error_set(error, TS_FAILED_PRECONDITION, "HELPER_MISSING", "/proc is not mounted.");
    program[length] = '\0';
    *strrchr(program, '/') = '\0';
    snprintf(ret_directory, HELPER_PATH_SIZE, "%s", program);
    return true;
}

bool helpers_find_renderer(char ret_path[HELPER_PATH_SIZE], struct ts_error *error)
{
    char directory[HELPER_PATH_SIZE];
    return find_own_directory(directory, error) &&
           find_program(directory, "touchstone-render", "render", ret_path, error);
}

bool helpers_find(const struct config *config, struct helper_programs *ret_programs, struct ts_error *error)
{
    char directory[HELPER_PATH_SIZE];
    memset(ret_programs, 0, sizeof *ret_programs);
    if (!find_own_directory(directory, error) ||
        !find_program(directory, "touchstone-render", "render", ret_programs->renderer_path, error) ||
        !find_program(directory, "touchstone-signer", "signer", ret_programs->signer_path, error))
        return false;
    ret_programs->renderer_argv[0] = ret_programs->renderer_path;
    signer_arguments(config, ret_programs);
    ret_programs->renderer = (struct helper_config){.name = "render",
                                                    .argv = ret_programs->renderer_argv,
                                                    .reply_bytes = REPLY_BYTES,
                                                    .deadline_ms = DRAW_MS};
    ret_programs->signer = (struct helper_config){.name = "signer",
                                                  .argv = ret_programs->signer_argv,
                                                  .user = signer_user(config, ret_programs->keys),
                                                  .reply_bytes = REPLY_BYTES,
                                                  .deadline_ms = SIGN_MS};
    return true;
}
