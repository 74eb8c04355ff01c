// SPDX-License-Identifier: Apache-2.0
// Table-driven ini reading over libinih, see ini.h. The packaged libinih does not tell line numbers, so the
// lines are handed to it one by one and counted here; the first wrong pair ends the reading with its place.
#include "core/ini.h"

#include "wire/error.h"

#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_BYTES = 4096, KEYS_MAXIMUM = 128, ALLOWED_SIZE = 160, NAMES_SIZE = 200 };

struct unit {
    const char *suffix;
    int64_t factor;
};

static const struct unit duration_units[] = {
    {"ms", 1}, {"s", 1000}, {"min", 60000}, {"h", 3600000}, {"d", 86400000}};
static const struct unit size_units[] = {{"", 1}, {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}};

struct reader {
    const struct ini_key *keys;
    size_t count;
    char *target;
    const char *name;
    struct ts_error *error;
    FILE *file;
    int line;
    bool failed;
    int seen_line[KEYS_MAXIMUM];
};

static bool parse_number(const char *text, int64_t *ret_value, const char **ret_rest)
{
    if (!isdigit((unsigned char)*text) && !(*text == '-' && isdigit((unsigned char)text[1])))
        return false;
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (errno != 0)
        return false;
    *ret_value = value;
    *ret_rest = end;
    return true;
}

static bool parse_with_unit(const char *text, const struct unit *units, size_t count, int64_t *ret_value)
{
    int64_t number;
    const char *rest;
    if (!parse_number(text, &number, &rest))
        return false;
    while (*rest == ' ')
        rest++;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(rest, units[i].suffix) == 0)
            return !__builtin_mul_overflow(number, units[i].factor, ret_value);
    }
    return number == 0 && !*rest && (*ret_value = 0, true);
}

static bool is_choice(const char *choices, const char *value)
{
    size_t length = strlen(value);
    for (const char *at = choices; at && *at; at = strchr(at, '|')) {
        at += *at == '|';
        if (strncmp(at, value, length) == 0 && (at[length] == '|' || !at[length]))
            return length > 0;
    }
    return false;
}

static bool store_text(const struct ini_key *key, const char *value, char *place)
{
    size_t length = strlen(value);
    if (length >= key->size || (int64_t)length < key->minimum)
        return false;
    memcpy(place, value, length + 1);
    return true;
}

static bool store_number(const struct ini_key *key, int64_t number, char *place)
{
    if (number < key->minimum || number > key->maximum)
        return false;
    memcpy(place, &number, sizeof number); // int64_t or uint64_t: the minimum keeps the sign out
    return true;
}

static bool store(const struct ini_key *key, const char *value, char *target)
{
    char *place = target + key->offset;
    int64_t number;
    const char *rest;
    switch (key->kind) {
    case INI_TEXT:
        return store_text(key, value, place);
    case INI_CHOICE:
        return is_choice(key->choices, value) && store_text(key, value, place);
    case INI_BOOLEAN:
        if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
            return false;
        *(bool *)place = strcmp(value, "yes") == 0;
        return true;
    case INI_NUMBER:
        return parse_number(value, &number, &rest) && !*rest && store_number(key, number, place);
    case INI_DURATION_MS:
        return parse_with_unit(value, duration_units, sizeof duration_units / sizeof duration_units[0],
                               &number) &&
               store_number(key, number, place);
    case INI_BYTES:
        return parse_with_unit(value, size_units, sizeof size_units / sizeof size_units[0], &number) &&
               store_number(key, number, place);
    }
    return false;
}

// In the largest unit that says it exactly.
static void format_with_unit(int64_t value, const struct unit *units, size_t count, char *text, size_t size)
{
    for (size_t i = count; i-- > 0;) {
        if (value % units[i].factor == 0 && (value != 0 || i == 0)) {
            snprintf(text, size, "%" PRId64 "%s", value / units[i].factor, units[i].suffix);
            return;
        }
    }
}

static void format_allowed(const struct ini_key *key, char *text, size_t size)
{
    char least[32], most[32];
    switch (key->kind) {
    case INI_TEXT:
        snprintf(text, size, "a text of %" PRId64 " to %zu bytes", key->minimum, key->size - 1);
        return;
    case INI_CHOICE:
        snprintf(text, size, "one of %s", key->choices);
        return;
    case INI_BOOLEAN:
        snprintf(text, size, "yes or no");
        return;
    case INI_NUMBER:
        snprintf(text, size, "a number from %" PRId64 " to %" PRId64, key->minimum, key->maximum);
        return;
    case INI_DURATION_MS:
        format_with_unit(key->minimum, duration_units, 4, least, sizeof least);
        format_with_unit(key->maximum, duration_units, 4, most, sizeof most);
        snprintf(text, size, "a duration (ms, s, min, h, d) from %s to %s", least, most);
        return;
    case INI_BYTES:
        format_with_unit(key->minimum, size_units, 4, least, sizeof least);
        format_with_unit(key->maximum, size_units, 4, most, sizeof most);
        snprintf(text, size, "a size (bytes, KiB, MiB, GiB) from %s to %s", least, most);
        return;
    }
}

// The keys of a section, or the sections, for the person who mistyped one.
static void list_names(const struct reader *reader, const char *section, char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < reader->count; i++) {
        const struct ini_key *key = &reader->keys[i];
        bool wanted = section ? strcmp(key->section, section) == 0
                              : i == 0 || strcmp(key->section, key[-1].section) != 0;
        int wrote = wanted ? snprintf(text + used, size - used, "%s%s", used ? ", " : "",
                                      section ? key->key : key->section)
                           : 0;
        if (wrote < 0 || (size_t)wrote >= size - used) {
            text[used] = '\0';
            return;
        }
        used += (size_t)wrote;
    }
}

static int refuse_unknown(struct reader *reader, const char *section, const char *name)
{
    char names[NAMES_SIZE];
    list_names(reader, section, names, sizeof names);
    if (names[0]) {
        error_set(reader->error, TS_INVALID_ARGUMENT, "CONFIG_INVALID",
                  "%s:%d: unknown key %.40s in [%s]; allowed: %s", reader->name, reader->line, name, section,
                  names);
    } else {
        list_names(reader, NULL, names, sizeof names);
        error_set(reader->error, TS_INVALID_ARGUMENT, "CONFIG_INVALID",
                  "%s:%d: unknown section [%.40s]; allowed: %s", reader->name, reader->line, section, names);
    }
    reader->failed = true;
    return 0;
}

static int on_pair(void *user, const char *section, const char *name, const char *value)
{
    struct reader *reader = user;
    if (reader->failed)
        return 0;
    size_t i = 0;
    while (i < reader->count &&
           (strcmp(reader->keys[i].section, section) != 0 || strcmp(reader->keys[i].key, name) != 0))
        i++;
    if (i == reader->count)
        return refuse_unknown(reader, section, name);
    const struct ini_key *key = &reader->keys[i];
    if (reader->seen_line[i]) {
        error_set(reader->error, TS_INVALID_ARGUMENT, "CONFIG_INVALID",
                  "%s:%d: %s is given twice, first in line %d", reader->name, reader->line, name,
                  reader->seen_line[i]);
        reader->failed = true;
        return 0;
    }
    reader->seen_line[i] = reader->line;
    if (store(key, value, reader->target))
        return 1;
    char allowed[ALLOWED_SIZE];
    format_allowed(key, allowed, sizeof allowed);
    // The value is not repeated: it may be a password in a connection string.
    error_set(reader->error, TS_INVALID_ARGUMENT, "CONFIG_INVALID", "%s:%d: [%s] %s must be %s", reader->name,
              reader->line, section, name, allowed);
    reader->failed = true;
    return 0;
}

bool ini_set_defaults(const struct ini_key *keys, size_t count, void *target, struct ts_error *error)
{
    if (count > KEYS_MAXIMUM)
        return error_set(error, TS_INTERNAL, "CONFIG_TABLE", "More than %d keys.", KEYS_MAXIMUM);
    for (size_t i = 0; i < count; i++) {
        // An empty default of a required text stands until the file gives one.
        if (keys[i].kind == INI_TEXT && !*keys[i].default_text)
            ((char *)target)[keys[i].offset] = '\0';
        else if (!store(&keys[i], keys[i].default_text, target))
            return error_set(error, TS_INTERNAL, "CONFIG_TABLE", "Bad default of [%s] %s.", keys[i].section,
                             keys[i].key);
    }
    return true;
}

static char *refuse_line(struct reader *reader, const char *what, int number)
{
    reader->failed = true;
    error_set(reader->error, TS_INVALID_ARGUMENT, "CONFIG_INVALID", "%s:%d: %s %d", reader->name,
              reader->line, what, number);
    return NULL;
}

// As fgets; but what stands behind a NUL would be read by nobody.
static char *next_line(char *line, int size, void *stream)
{
    struct reader *reader = stream;
    int length = 0, c = 0;
    reader->line++;
    while (!reader->failed && c != '\n' && (c = getc(reader->file)) != EOF) {
        if (c == '\0')
            return refuse_line(reader, "holds a byte of value", c);
        if (length == size - 2 && c != '\n')
            return refuse_line(reader, "longer than this many bytes:", size - 2);
        line[length++] = (char)c;
    }
    line[length] = '\0';
    return length > 0 ? line : NULL;
}

static bool read_all(struct reader *reader)
{
    if (!ini_set_defaults(reader->keys, reader->count, reader->target, reader->error))
        return false;
    ini_max_line = LINE_BYTES;
    ini_allow_multiline = false; // an indented line is a line like any other
    int line = ini_parse_stream(next_line, reader, on_pair, reader);
    if (reader->failed)
        return false;
    if (ferror(reader->file))
        return error_set(reader->error, TS_NOT_FOUND, "CONFIG_UNREADABLE", "%s: cannot be read",
                         reader->name);
    if (line != 0)
        return error_set(reader->error, TS_INVALID_ARGUMENT, "CONFIG_INVALID",
                         "%s:%d: neither [section] nor key = value", reader->name, line);
    return true;
}

bool ini_read_text(const char *name, const char *text, const struct ini_key *keys, size_t count, void *target,
                   struct ts_error *error)
{
    struct reader reader = {.keys = keys, .count = count, .target = target, .name = name, .error = error};
    if (!*text)
        return ini_set_defaults(keys, count, target, error);
    reader.file = fmemopen((char *)(uintptr_t)text, strlen(text), "r"); // only read
    if (!reader.file)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "No memory for %s.", name);
    bool read = read_all(&reader);
    fclose(reader.file);
    return read;
}

bool ini_read_file(const char *path, const struct ini_key *keys, size_t count, void *target,
                   struct ts_error *error)
{
    struct reader reader = {.keys = keys, .count = count, .target = target, .name = path, .error = error};
    reader.file = fopen(path, "re");
    if (!reader.file)
        return error_set(error, TS_NOT_FOUND, "CONFIG_UNREADABLE", "%s: %s", path, strerror(errno));
    bool read = read_all(&reader);
    fclose(reader.file);
    return read;
}

void ini_print_defaults(const struct ini_key *keys, size_t count, FILE *out)
{
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || strcmp(keys[i].section, keys[i - 1].section) != 0)
            fprintf(out, "%s[%s]\n", i ? "\n" : "", keys[i].section);
        char allowed[ALLOWED_SIZE];
        format_allowed(&keys[i], allowed, sizeof allowed);
        fprintf(out, "# %s\n# %s\n#%s = %s\n", keys[i].doc, allowed, keys[i].key, keys[i].default_text);
    }
}
