// SPDX-License-Identifier: Apache-2.0
// Reads and changes ini files line by line: see config.h.
#include "profile/config.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files/atomic_file.h"
#include "text/collect.h"
#include "wire/error.h"

enum config_line { CONFIG_NOTHING, CONFIG_SECTION, CONFIG_KEY, CONFIG_BROKEN };

static char *trimmed(char *text)
{
    size_t length;

    while (isspace((unsigned char)*text))
        text++;
    length = strlen(text);
    while (length > 0 && isspace((unsigned char)text[length - 1]))
        text[--length] = '\0';
    return text;
}

// Cuts one line in place: ret_name is the section or key, ret_value the value of a key.
static enum config_line cut_line(char *line, char **ret_name, char **ret_value)
{
    char *text = trimmed(line), *equals;
    size_t length = strlen(text);

    if (length == 0 || *text == '#' || *text == ';')
        return CONFIG_NOTHING;
    if (*text == '[' && text[length - 1] == ']') {
        text[length - 1] = '\0';
        *ret_name = trimmed(text + 1);
        return CONFIG_SECTION;
    }
    equals = strchr(text, '=');
    if (equals == NULL || equals == text)
        return CONFIG_BROKEN;
    *equals = '\0';
    *ret_name = trimmed(text);
    *ret_value = trimmed(equals + 1);
    return CONFIG_KEY;
}

static bool open_or_empty(const char *path, FILE **ret_file, struct ts_error *error)
{
    *ret_file = fopen(path, "re");
    if (*ret_file == NULL && errno != ENOENT && errno != ENOTDIR)
        return error_set(error, TS_INVALID_ARGUMENT, "CONFIG", "cannot read %.180s: %s", path,
                         strerror(errno));
    return true;
}

static bool visit_line(char *line, const char *path, unsigned number, char *section, size_t section_size,
                       config_visit *visit, void *context, struct ts_error *error)
{
    char *name = NULL, *value = NULL;

    switch (cut_line(line, &name, &value)) {
    case CONFIG_NOTHING:
        return true;
    case CONFIG_SECTION:
        snprintf(section, section_size, "%s", name);
        return true;
    case CONFIG_KEY:
        return visit(context, section, name, value, number, error);
    case CONFIG_BROKEN:
        break;
    }
    return error_set(error, TS_INVALID_ARGUMENT, "CONFIG", "%.180s line %u: expected `key = value`", path,
                     number);
}

// Why getline() ended: at the end of the file, or before it.
static bool was_read_whole(FILE *in, const char *path, struct ts_error *error)
{
    return in == NULL || feof(in) ||
           error_set(error, TS_INVALID_ARGUMENT, "CONFIG", "cannot read %.180s: %s", path, strerror(errno));
}

bool config_read(const char *path, config_visit *visit, void *context, struct ts_error *error)
{
    char section[128] = "";
    char *line = NULL;
    size_t size = 0;
    bool done = true;
    FILE *in;

    if (!open_or_empty(path, &in, error))
        return false;
    for (unsigned number = 1; in != NULL && done && getline(&line, &size, in) >= 0; number++)
        done = visit_line(line, path, number, section, sizeof section, visit, context, error);
    done = done && was_read_whole(in, path, error);
    free(line);
    if (in != NULL)
        fclose(in);
    return done;
}

struct change {
    const char *section;
    const char *key;
    const char *value;
    bool inside;
    bool done;
};

static void write_pair(FILE *out, const struct change *change)
{
    if (change->value[0] != '\0')
        fprintf(out, "%s = %s\n", change->key, change->value);
}

// False without memory.
static bool copy_line(FILE *out, const char *line, struct change *change)
{
    char *copy = strdup(line), *name = NULL, *value = NULL;
    enum config_line kind;

    if (copy == NULL)
        return false;
    kind = cut_line(copy, &name, &value);
    if (kind == CONFIG_SECTION) {
        if (change->inside && !change->done) {
            write_pair(out, change);
            change->done = true;
        }
        change->inside = strcmp(name, change->section) == 0;
    }
    if (kind == CONFIG_KEY && change->inside && strcmp(name, change->key) == 0) {
        if (!change->done)
            write_pair(out, change);
        change->done = true;
    } else {
        fputs(line, out);
        if (strchr(line, '\n') == NULL)
            fputc('\n', out);
    }
    free(copy);
    return true;
}

static bool copy_changed(FILE *in, FILE *out, const char *path, struct change *change, struct ts_error *error)
{
    char *line = NULL;
    size_t size = 0;
    bool done = true;

    while (in != NULL && done && getline(&line, &size, in) >= 0)
        done = copy_line(out, line, change) ||
               error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
    done = done && was_read_whole(in, path, error);
    free(line);
    if (!done || change->done)
        return done;
    if (!change->inside)
        fprintf(out, "\n[%s]\n", change->section);
    write_pair(out, change);
    return true;
}

bool config_change(const char *path, const char *section, const char *key, const char *value,
                   struct ts_error *error)
{
    struct change change = {.section = section, .key = key, .value = value, .inside = section[0] == '\0'};
    struct collect collect;
    char *text;
    size_t length = 0;
    FILE *in, *out;
    bool done;

    if (!open_or_empty(path, &in, error))
        return false;
    out = collect_begin(&collect);
    done = out == NULL || copy_changed(in, out, path, &change, error);
    text = collect_end(&collect, &length);
    if (in != NULL)
        fclose(in);
    if (done && text == NULL)
        done = error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
    done =
        done && atomic_file_make_folders(path, error) && atomic_file_write(path, text, length, 0600, error);
    free(text);
    return done;
}
