// SPDX-License-Identifier: Apache-2.0
// See layouts.h.
#include "printer/layouts.h"

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "files/read_file.h"
#include "printer/layout.h"
#include "profile/profile.h"
#include "wire/error.h"

enum { LAYOUT_BYTES = 256 * 1024 };

const char *layouts_built_in(const char *name)
{
    for (const struct layouts_text *at = layouts_texts; at->name != NULL; at++)
        if (strcmp(at->name, name) == 0)
            return at->text;
    return NULL;
}

static bool own_path(const char *name, char ret_path[PATH_MAX + 64], struct ts_error *error)
{
    char config[PATH_MAX];

    if (!profile_config_path(config, error))
        return false;
    *strrchr(config, '/') = '\0';
    snprintf(ret_path, PATH_MAX + 64, "%s/layouts/%s.layout", config, name);
    return true;
}

bool layouts_load(const char *name, struct arena *arena, struct layout *ret_layout, struct ts_error *error)
{
    const char *text = layouts_built_in(name);
    char path[PATH_MAX + 64];
    uint8_t *bytes;
    size_t length;

    if (text == NULL)
        return error_set(error, TS_NOT_FOUND, "LAYOUT", "there is no layout '%.40s'", name);
    if (!own_path(name, path, error))
        return false;
    if (access(path, F_OK) != 0)
        return layout_parse(text, ret_layout, error);
    return read_file_whole(path, LAYOUT_BYTES, arena, &bytes, &length, error) &&
           layout_parse((const char *)bytes, ret_layout, error);
}
