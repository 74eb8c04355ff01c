// SPDX-License-Identifier: Apache-2.0
// The frozen record of a sheet, see record.h. Two checks: every value that is there obeys its rule, and
// every value that must be there is.
#include "render/record.h"

#include "render/record_rules.h"
#include "wire/arena.h"
#include "wire/utf8.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_SIZE = 96, ARENA_CEILING_BYTES = 4 * 1024 * 1024, DEPTH_CEILING = 6 };

static const char *const VERDICTS[] = {
    "pass",         "fail", "to_be_confirmed", "not_judged", "conditional_pass", "conditional_fail",
    "inconclusive", NULL};

struct record {
    json_t *root;
    struct arena *arena;
    const struct record_rules *rules;
};

// Two spellings of where the check stands: results[2].unit for people, results[].unit for the rules.
struct place {
    char path[PATH_SIZE];
    char rule[PATH_SIZE];
    const struct record_rules *rules;
};

static bool check_value(const json_t *value, const struct place *place, int depth, struct ts_error *error);

static bool check_text(const json_t *value, const struct place *place, const struct record_rule *rule,
                       struct ts_error *error)
{
    const char *text = json_string_value(value);
    size_t left = json_string_length(value), count = 0;
    while (left > 0) {
        int32_t character;
        size_t taken = utf8_next(text, left, &character);
        if (utf8_is_hazard(character) && !place->rules->shows_code_points)
            return error_violation(error, place->path, "holds a control or invisible character");
        text += taken;
        left -= taken;
        count++;
    }
    if (count > rule->most)
        return error_violation(error, place->path, "is longer than %zu characters", rule->most);
    return true;
}

static bool step(const struct place *place, const char *key, struct place *ret_place)
{
    const char *dot = place->path[0] ? "." : "";
    ret_place->rules = place->rules;
    int path = snprintf(ret_place->path, PATH_SIZE, "%s%s%s", place->path, dot, key);
    int rule = snprintf(ret_place->rule, PATH_SIZE, "%s%s%s", place->rule, dot, key);
    return path < PATH_SIZE && rule < PATH_SIZE;
}

static bool check_object(const json_t *object, const struct place *place, int depth, struct ts_error *error)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        struct place inner;
        if (!step(place, key, &inner))
            return error_violation(error, place->path, "holds a key that is too long");
        if (!check_value(value, &inner, depth + 1, error))
            return false;
    }
    return true;
}

static bool check_list(const json_t *list, const struct place *place, const struct record_rule *rule,
                       int depth, struct ts_error *error)
{
    if (json_array_size(list) > rule->most)
        return error_violation(error, place->path, "has more than %zu elements", rule->most);
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct place inner;
        inner.rules = place->rules;
        int path = snprintf(inner.path, PATH_SIZE, "%s[%zu]", place->path, i);
        int general = snprintf(inner.rule, PATH_SIZE, "%s[]", place->rule);
        if (path >= PATH_SIZE || general >= PATH_SIZE)
            return error_violation(error, place->path, "is nested too deep");
        if (!check_value(json_array_get(list, i), &inner, depth + 1, error))
            return false;
    }
    return true;
}

static bool has_kind(const json_t *value, enum record_kind kind)
{
    switch (kind) {
    case RECORD_TEXT:
        return json_is_string(value);
    case RECORD_TRUTH:
        return json_is_boolean(value);
    case RECORD_OBJECT:
        return json_is_object(value);
    case RECORD_LIST:
        return json_is_array(value);
    }
    return false;
}

static bool check_value(const json_t *value, const struct place *place, int depth, struct ts_error *error)
{
    const struct record_rule *rule = record_rule_find(place->rules, place->rule);
    if (!rule || (json_is_null(value) && rule->least == 0))
        return true;
    if (depth > DEPTH_CEILING || !has_kind(value, rule->kind))
        return error_violation(error, place->path, "has the wrong type");
    if (rule->kind == RECORD_TEXT)
        return check_text(value, place, rule, error);
    if (rule->kind == RECORD_OBJECT)
        return check_object(value, place, depth, error);
    return rule->kind == RECORD_TRUTH || check_list(value, place, rule, depth, error);
}

static bool is_missing(const json_t *value, const struct record_rule *rule)
{
    if (!value || json_is_null(value))
        return true;
    if (rule->kind == RECORD_TEXT)
        return json_string_length(value) == 0;
    return rule->kind == RECORD_LIST && json_array_size(value) < rule->least;
}

// Follows the rest of a rule's path below `value`, once per element of each list on the way.
static bool check_present(const json_t *value, const char *rest, const struct record_rule *rule,
                          const char *path, struct ts_error *error)
{
    char key[PATH_SIZE], inner[PATH_SIZE];
    if (!rest[0])
        return !is_missing(value, rule) || error_violation(error, path, "is missing");
    if (!value || json_is_null(value))
        return true; // the rule of the container says whether it may be absent
    if (strncmp(rest, "[]", 2) == 0) {
        for (size_t i = 0; i < json_array_size(value); i++) {
            snprintf(inner, sizeof inner, "%.70s[%zu]", path, i);
            if (!check_present(json_array_get(value, i), rest + 2, rule, inner, error))
                return false;
        }
        return true;
    }
    rest += rest[0] == '.';
    size_t length = strcspn(rest, ".[");
    snprintf(key, sizeof key, "%.*s", (int)length, rest);
    snprintf(inner, sizeof inner, "%.60s%s%.30s", path, path[0] ? "." : "", key);
    return check_present(json_object_get(value, key), rest + length, rule, inner, error);
}

bool record_check_word(const struct record *record, const char *path, const char *const *words,
                       struct ts_error *error)
{
    const char *text = record_text(record, "%s", path);
    while (*words && strcmp(*words, text) != 0)
        words++;
    return *words || error_violation(error, path, "is not known");
}

static bool check_result(const struct record *record, size_t i, struct ts_error *error)
{
    static const char *const QUALIFIERS[] = {"", "less_than", "greater_than", "not_detected", NULL};
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "results[%zu].verdict", i);
    if (!record_check_word(record, path, VERDICTS, error))
        return false;
    for (size_t j = 0; j < record_count(record, "results[%zu].readings", i); j++) {
        snprintf(path, sizeof path, "results[%zu].readings[%zu].qualifier", i, j);
        if (!record_check_word(record, path, QUALIFIERS, error))
            return false;
    }
    return true;
}

bool record_is_slip(const struct record *record)
{
    return strcmp(record_text(record, "format"), "touchstone/slip/1") == 0;
}

// Those who prepared, those who reviewed, and at last the one who approved; a slip nobody has approved yet.
static bool check_signatures(const struct record *record, struct ts_error *error)
{
    static const char *const ROLES[] = {"prepared", "reviewed", "approved"};
    size_t count = record_count(record, "signatures"), role = 0;
    bool ordered = true;
    for (size_t i = 0; i < count && ordered; i++) {
        const char *given = record_text(record, "signatures[%zu].role", i);
        bool next = i > 0 && role < 2 && strcmp(given, ROLES[role + 1]) == 0;
        role += next;
        ordered = strcmp(given, ROLES[role]) == 0 && (role < 2 || i + 1 == count);
    }
    return (ordered && role == (record_is_slip(record) ? 1 : 2)) ||
           error_violation(error, "signatures", "are not prepared, reviewed, approved in this order");
}

bool record_check_sheet(const struct record *record, struct ts_error *error)
{
    static const char *const FORMATS[] = {"touchstone/record/1", "touchstone/slip/1", NULL};
    static const char *const CLASSES[] = {"demonstration", "none", "cma", "cnas", "both", "mixed", NULL};
    if (!record_check_word(record, "format", FORMATS, error) ||
        !record_check_word(record, "legal_class", CLASSES, error) ||
        !record_check_word(record, "conclusion.verdict", VERDICTS, error))
        return false;
    if (!record_is_specimen(record) && strcmp(record_text(record, "legal_class"), "demonstration") == 0)
        return error_violation(error, "legal_class", "demonstration demands specimen");
    if (record_is_specimen(record) &&
        (record_count(record, "marks") || record_text(record, "seal_sha256")[0]))
        return error_violation(error, "marks", "a specimen bears neither marks nor a seal");
    for (size_t i = 0; i < record_count(record, "results"); i++)
        if (!check_result(record, i, error))
            return false;
    return check_signatures(record, error);
}

static bool check(const struct record *record, struct ts_error *error)
{
    const struct record_rules *rules = record->rules;
    const struct place top = {.rules = rules};
    if (!json_is_object(record->root))
        return error_violation(error, "record", "is not an object");
    if (!check_object(record->root, &top, 0, error))
        return false;
    for (size_t i = 0; i < rules->count; i++)
        if (rules->rules[i].least > 0 &&
            !check_present(record->root, rules->rules[i].path, &rules->rules[i], "", error))
            return false;
    return rules->check(record, error);
}

struct record *record_read(const struct record_rules *rules, const uint8_t *bytes, size_t length,
                           struct ts_error *error)
{
    json_error_t where;
    if (length > RECORD_CEILING_BYTES) {
        error_violation(error, "record", "is larger than %d bytes", RECORD_CEILING_BYTES);
        return NULL;
    }
    struct record *record = calloc(1, sizeof *record);
    if (!record || !(record->arena = arena_create(ARENA_CEILING_BYTES))) {
        error_set(error, TS_RESOURCE_EXHAUSTED, "MEMORY", "no memory for the record");
        record_free(record);
        return NULL;
    }
    record->rules = rules;
    record->root = json_loadb((const char *)bytes, length, JSON_REJECT_DUPLICATES, &where);
    if (!record->root)
        error_violation(error, "record", "is not JSON at line %d column %d", where.line, where.column);
    if (!record->root || !check(record, error)) {
        record_free(record);
        return NULL;
    }
    return record;
}

void record_free(struct record *record)
{
    if (!record)
        return;
    json_decref(record->root);
    arena_free(record->arena);
    free(record);
}

static const json_t *find(const struct record *record, const char *path)
{
    const json_t *value = record->root;
    while (value && *path) {
        if (*path == '[') {
            char *end;
            value = json_array_get(value, strtoul(path + 1, &end, 10));
            path = end + 1;
        } else {
            char key[PATH_SIZE];
            path += *path == '.';
            size_t length = strcspn(path, ".[");
            snprintf(key, sizeof key, "%.*s", (int)length, path);
            value = json_object_get(value, key);
            path += length;
        }
    }
    return value;
}

bool record_is_specimen(const struct record *record)
{
    return json_is_true(json_object_get(record->root, "specimen"));
}

size_t record_count(const struct record *record, const char *format, ...)
{
    char path[PATH_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(path, sizeof path, format, arguments);
    va_end(arguments);
    return json_array_size(find(record, path));
}

bool record_truth(const struct record *record, const char *format, ...)
{
    char path[PATH_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(path, sizeof path, format, arguments);
    va_end(arguments);
    return json_is_true(find(record, path));
}

static const char *text_at(const struct record *record, const char *path)
{
    const char *text = json_string_value(find(record, path));
    return text ? text : "";
}

const char *record_text(const struct record *record, const char *format, ...)
{
    char path[PATH_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(path, sizeof path, format, arguments);
    va_end(arguments);
    return text_at(record, path);
}

struct phrase record_phrase(struct record *record, struct style style, const char *format, ...)
{
    char path[PATH_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(path, sizeof path, format, arguments);
    va_end(arguments);
    const char *kept = arena_copy(record->arena, path, strlen(path));
    return (struct phrase){kept ? kept : "record", text_at(record, path), style};
}

const char *record_printf(struct record *record, const char *format, ...)
{
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    const char *kept = length < 0 ? NULL : arena_copy(record->arena, text, (size_t)length);
    free(text);
    return kept ? kept : "";
}
