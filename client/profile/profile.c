// SPDX-License-Identifier: Apache-2.0
// Profiles from flags, environment and file: see profile.h. The keys of a profile are one table, so
// that reading, setting and precedence treat each the same way.
#include "profile/profile.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "files/user_file.h"
#include "profile/config.h"
#include "wire/error.h"

struct key {
    const char *name;
    const char *variable;
    size_t offset;
    size_t size;
};

#define KEY(member, variable)                                                                                \
    {                                                                                                        \
#member, variable, offsetof(struct profile, member), sizeof((struct profile *)0)->member             \
    }

static const struct key keys[] = {
    KEY(server, "TOUCHSTONE_SERVER"),     KEY(ca, "TOUCHSTONE_CA"),
    KEY(desk, "TOUCHSTONE_DESK"),         KEY(laboratory, "TOUCHSTONE_LABORATORY"),
    KEY(printer, "TOUCHSTONE_PRINTER"),   KEY(paper, "TOUCHSTONE_PAPER"),
    KEY(pictures, "TOUCHSTONE_PICTURES"), KEY(camera, "TOUCHSTONE_CAMERA"),
};

enum { KEY_COUNT = sizeof keys / sizeof *keys, PROFILES_MAX = 200 };

static const char section_prefix[] = "profile ";

struct profile_file {
    char current[64];
    size_t count;
    struct profile profiles[PROFILES_MAX];
};

bool profile_name_is_valid(const char *name)
{
    size_t length = strlen(name);

    return length > 0 && length < 64 && name[0] != '.' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == length;
}

bool profile_config_path(char ret_path[PATH_MAX], struct ts_error *error)
{
    return user_file_path(USER_CONFIG, ret_path, error, "config");
}

static char *member(struct profile *profile, const struct key *key)
{
    return (char *)profile + key->offset;
}

static const struct key *find_key(const char *name)
{
    for (size_t i = 0; i < KEY_COUNT; i++)
        if (strcmp(keys[i].name, name) == 0)
            return &keys[i];
    return NULL;
}

static bool put(struct profile *profile, const struct key *key, const char *value, struct ts_error *error)
{
    if (strlen(value) >= key->size)
        return error_set(error, TS_INVALID_ARGUMENT, "CONFIG", "%s is too long", key->name);
    strcpy(member(profile, key), value);
    return true;
}

static struct profile *profile_in(struct profile_file *file, const char *name, bool make)
{
    for (size_t i = 0; i < file->count; i++)
        if (strcmp(file->profiles[i].name, name) == 0)
            return &file->profiles[i];
    if (!make || file->count == PROFILES_MAX)
        return NULL;
    struct profile *profile = &file->profiles[file->count++];
    snprintf(profile->name, sizeof profile->name, "%s", name);
    return profile;
}

static bool visit_key(void *context, const char *section, const char *name, const char *value, unsigned line,
                      struct ts_error *error)
{
    struct profile_file *file = context;
    const struct key *key = find_key(name);
    struct profile *profile;

    if (section[0] == '\0' && strcmp(name, "current") == 0) {
        snprintf(file->current, sizeof file->current, "%s", value);
        return true;
    }
    if (strncmp(section, section_prefix, sizeof section_prefix - 1) != 0 ||
        !profile_name_is_valid(section + sizeof section_prefix - 1))
        return error_set(error, TS_INVALID_ARGUMENT, "CONFIG", "config line %u: unknown section [%.60s]",
                         line, section);
    if (key == NULL)
        return error_set(error, TS_INVALID_ARGUMENT, "CONFIG", "config line %u: unknown key '%.60s'", line,
                         name);
    profile = profile_in(file, section + sizeof section_prefix - 1, true);
    if (profile == NULL)
        return error_set(error, TS_INVALID_ARGUMENT, "CONFIG", "config line %u: more than %d profiles", line,
                         PROFILES_MAX);
    return put(profile, key, value, error);
}

// Reads the whole file; the caller frees what it gets. NULL on a mistake.
static struct profile_file *read_profiles(struct ts_error *error)
{
    struct profile_file *file = calloc(1, sizeof *file);
    char path[PATH_MAX];

    if (file == NULL) {
        error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
        return NULL;
    }
    if (profile_config_path(path, error) && config_read(path, visit_key, file, error))
        return file;
    free(file);
    return NULL;
}

static const char *outside_value(profile_flag *flag, const void *context, const char *name,
                                 const char *variable)
{
    const char *value = flag(context, name);

    if (value == NULL)
        value = getenv(variable);
    return value != NULL && value[0] != '\0' ? value : NULL;
}

// A relative CA file in the configuration stands beside it, wherever the client is run.
static void anchor_ca(struct profile *profile)
{
    char path[PATH_MAX], anchored[PATH_MAX];
    char *slash;
    int length;

    if (profile->ca[0] == '\0' || profile->ca[0] == '/' || !profile_config_path(path, NULL))
        return;
    slash = strrchr(path, '/');
    slash[1] = '\0';
    length = snprintf(anchored, sizeof anchored, "%s%s", path, profile->ca);
    if (length > 0 && (size_t)length < sizeof anchored)
        strcpy(profile->ca, anchored);
}

static bool start_from_file(const struct profile_file *file, const char *asked, bool has_server,
                            struct profile *ret_profile, struct ts_error *error)
{
    const char *name = asked != NULL ? asked : file->current[0] != '\0' ? file->current : "default";
    const struct profile *found;

    if (!profile_name_is_valid(name))
        return error_set(error, TS_INVALID_ARGUMENT, "USAGE", "'%.60s' cannot name a profile", name);
    found = profile_in((struct profile_file *)file, name, false);
    *ret_profile = (struct profile){0};
    if (found != NULL)
        *ret_profile = *found;
    else if (asked != NULL && !has_server)
        return error_set(error, TS_INVALID_ARGUMENT, "NO_PROFILE", "there is no profile '%s'", name);
    snprintf(ret_profile->name, sizeof ret_profile->name, "%s", name);
    anchor_ca(ret_profile);
    return true;
}

bool profile_resolve(profile_flag *flag, const void *context, struct profile *ret_profile,
                     struct ts_error *error)
{
    const char *asked = outside_value(flag, context, "profile", "TOUCHSTONE_PROFILE");
    bool has_server = outside_value(flag, context, "server", "TOUCHSTONE_SERVER") != NULL;
    struct profile_file *file = read_profiles(error);
    bool done = file != NULL && start_from_file(file, asked, has_server, ret_profile, error);

    free(file);
    for (size_t i = 0; i < KEY_COUNT && done; i++) {
        const char *value = outside_value(flag, context, keys[i].name, keys[i].variable);

        if (value != NULL)
            done = put(ret_profile, &keys[i], value, error);
    }
    return done;
}

bool profile_each(void (*visit)(void *context, const struct profile *profile, bool is_current), void *context,
                  struct ts_error *error)
{
    struct profile_file *file = read_profiles(error);

    if (file == NULL)
        return false;
    for (size_t i = 0; i < file->count; i++) {
        const char *current = file->current[0] != '\0' ? file->current : "default";

        visit(context, &file->profiles[i], strcmp(file->profiles[i].name, current) == 0);
    }
    free(file);
    return true;
}

bool profile_set(const char *name, const char *key, const char *value, struct ts_error *error)
{
    char path[PATH_MAX], section[sizeof section_prefix + 64];

    if (!profile_name_is_valid(name))
        return error_set(error, TS_INVALID_ARGUMENT, "USAGE", "'%.60s' cannot name a profile", name);
    if (find_key(key) == NULL || strpbrk(value, "\r\n") != NULL || strlen(value) >= find_key(key)->size)
        return error_set(error, TS_INVALID_ARGUMENT, "USAGE", "the value of %.40s cannot be kept", key);
    snprintf(section, sizeof section, "%s%s", section_prefix, name);
    return profile_config_path(path, error) && config_change(path, section, key, value, error);
}

bool profile_use(const char *name, struct ts_error *error)
{
    struct profile_file *file = read_profiles(error);
    bool exists = file != NULL && profile_in(file, name, false) != NULL;
    char path[PATH_MAX];

    if (file == NULL)
        return false;
    free(file);
    if (!exists)
        return error_set(error, TS_NOT_FOUND, "NO_PROFILE", "there is no profile '%.60s'", name);
    return profile_config_path(path, error) && config_change(path, "", "current", name, error);
}
