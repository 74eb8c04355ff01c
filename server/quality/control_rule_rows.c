// SPDX-License-Identifier: Apache-2.0
// Rows to rules, see control_rules.h. A row is checked so that whatever is accepted can be evaluated: a
// laboratory's own set is not C, but it cannot break any. The import of a pack checks the same of each cell
// (migrations/functions/44_control_rule_faults.sql), where it can say the line.
#include "quality/control_rules.h"

#include "wire/error.h"

#include <stdlib.h>
#include <string.h>

static const char *const KINDS[] = {[CONTROL_BEYOND] = "beyond",
                                    [CONTROL_WITHIN] = "within",
                                    [CONTROL_TREND] = "trend",
                                    [CONTROL_ALTERNATING] = "alternating"};
static const char *const SIDES[] = {[CONTROL_ANY] = "any", [CONTROL_SAME] = "same", [CONTROL_BOTH] = "both"};
static const char *const SCOPES[] = {"series", "run"};
static const char *const EFFECTS[] = {"warning", "reject"};
static const char *const CONFIDENCES[] = {"check", "certain", "verified"};
// Points that a pattern of each kind needs at least: one turn takes three.
static const unsigned SMALLEST[] = {
    [CONTROL_BEYOND] = 1, [CONTROL_WITHIN] = 1, [CONTROL_TREND] = 2, [CONTROL_ALTERNATING] = 3};

static bool wrong(const char *column, const char *why, struct ts_error *error)
{
    return error_set(error, TS_INVALID_ARGUMENT, "CONTROL_RULE_INVALID", "%s: %s", column, why);
}

static bool is_given(const char *text)
{
    return text && *text;
}

// Index of the word among `count`; false when it is none of them.
static bool choose(const char *text, const char *const *words, size_t count, size_t *ret_index)
{
    for (size_t i = 0; i < count; i++)
        if (text && strcmp(text, words[i]) == 0) {
            *ret_index = i;
            return true;
        }
    return false;
}

static bool read_count(const char *text, unsigned least, unsigned *ret_count)
{
    if (!is_given(text) || strlen(text) > 2 || strspn(text, "0123456789") != strlen(text))
        return false;
    unsigned count = (unsigned)strtoul(text, NULL, 10);
    if (count < least || count > CONTROL_RULE_WINDOW)
        return false;
    *ret_count = count;
    return true;
}

static bool read_name(const struct control_rule_set *set, const char *name, struct control_rule *rule,
                      struct ts_error *error)
{
    static const char LETTERS[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    if (!is_given(name) || strlen(name) >= sizeof rule->name || strspn(name, LETTERS) != strlen(name))
        return wrong("name", "must be 1 to 15 letters, digits, '-', '_' or '.'", error);
    for (size_t i = 0; i < set->count; i++)
        if (strcmp(set->rules[i].name, name) == 0)
            return wrong("name", "stands twice in the set", error);
    memcpy(rule->name, name, strlen(name) + 1);
    return true;
}

static bool read_sigma(const char *text, struct control_rule *rule, struct ts_error *error)
{
    struct ts_error why = {0};
    if (!is_given(text) || !decimal_parse(text, strlen(text), &rule->sigma, &why))
        return wrong("sigma", is_given(text) ? why.detail : "is empty", error);
    if (rule->sigma.negative || (rule->kind == CONTROL_WITHIN && decimal_is_zero(&rule->sigma)))
        return wrong("sigma", "is too small", error);
    return true;
}

static bool read_window(const struct control_rule_row *row, struct control_rule *rule, struct ts_error *error)
{
    size_t side = 0;
    if (is_given(row->of) && strcmp(row->of, CONTROL_RULE_ALL) == 0)
        rule->of = CONTROL_RULE_WINDOW;
    else if (!read_count(row->of, rule->count, &rule->of))
        return wrong("of", "must be a number from count to 64, or all", error);
    if (!choose(row->side, SIDES, sizeof SIDES / sizeof *SIDES, &side))
        return wrong("side", "must be any, same or both", error);
    if (side == CONTROL_BOTH && rule->count < 2)
        return wrong("side", "both sides need a count of two", error);
    rule->side = (enum control_side)side;
    return read_sigma(row->sigma, rule, error);
}

static bool read_shape(const struct control_rule_row *row, struct control_rule *rule, struct ts_error *error)
{
    size_t kind = 0;
    if (!choose(row->kind, KINDS, sizeof KINDS / sizeof *KINDS, &kind))
        return wrong("kind", "must be beyond, within, trend or alternating", error);
    rule->kind = (enum control_kind)kind;
    if (!read_count(row->count, SMALLEST[kind], &rule->count))
        return wrong("count", "must be a whole number of points, at most 64", error);
    if (rule->kind == CONTROL_BEYOND)
        return read_window(row, rule, error);
    if (is_given(row->of))
        return wrong("of", "belongs to beyond only", error);
    if (is_given(row->side))
        return wrong("side", "belongs to beyond only", error);
    if (rule->kind == CONTROL_WITHIN)
        return read_sigma(row->sigma, rule, error);
    return !is_given(row->sigma) || wrong("sigma", "belongs to beyond and within only", error);
}

bool control_rules_add(struct control_rule_set *set, const struct control_rule_row *row,
                       struct ts_error *error)
{
    struct control_rule rule = {0};
    size_t scope = 0, effect = 0, confidence = 0;
    if (set->count == CONTROL_RULES)
        return wrong("set", "has more than 24 rules", error);
    if (!read_name(set, row->name, &rule, error) || !read_shape(row, &rule, error))
        return false;
    if (is_given(row->scope) && !choose(row->scope, SCOPES, sizeof SCOPES / sizeof *SCOPES, &scope))
        return wrong("scope", "must be series or run", error);
    if (!choose(row->effect, EFFECTS, sizeof EFFECTS / sizeof *EFFECTS, &effect))
        return wrong("effect", "must be warning or reject", error);
    if (!choose(row->confidence, CONFIDENCES, sizeof CONFIDENCES / sizeof *CONFIDENCES, &confidence))
        return wrong("confidence", "must be verified, certain or check", error);
    rule.within_run = scope != 0;
    rule.rejects = effect != 0;
    rule.confirmed = confidence != 0;
    set->rules[set->count++] = rule;
    return true;
}

bool control_rules_choose(const struct control_rule_row *rows, size_t count, const char *name,
                          struct control_rule_set *ret_set, struct ts_error *error)
{
    struct control_rule_set set = {.count = 0};
    for (size_t i = 0; i < count; i++)
        if (strcmp(rows[i].set, name) == 0 && !control_rules_add(&set, &rows[i], error))
            return false;
    if (set.count == 0)
        return error_set(error, TS_NOT_FOUND, "CONTROL_SET_UNKNOWN", "There is no rule set of this name.");
    *ret_set = set;
    return true;
}
