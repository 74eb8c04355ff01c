// SPDX-License-Identifier: Apache-2.0
// Evaluation of control rules, see control_rules.h. Each rule walks the points once and keeps what the last
// 64 points were as bits: the newest point is bit 0. A pattern is then a mask, and nothing is looked at
// twice.
#include "quality/control_rules.h"

#include "number/arithmetic.h"
#include "wire/error.h"
#include "wire/text.h"

// What one rule remembers of the points before.
struct walk {
    uint64_t above;  // beyond the rule's sigma, above the mean
    uint64_t below;  // beyond it, below the mean
    uint64_t within; // nearer to the mean than it
    uint64_t up;     // above the point before
    uint64_t down;   // below the point before
    uint64_t turned; // up after down or down after up
};

static uint64_t last(unsigned count)
{
    return count >= CONTROL_RULE_WINDOW ? UINT64_MAX : (UINT64_C(1) << count) - 1;
}

static unsigned bits(uint64_t mask)
{
    return (unsigned)__builtin_popcountll(mask);
}

// The points that form the pattern, the newest among them; 0 when they do not.
static uint64_t beyond(const struct control_rule *rule, const struct walk *walk)
{
    uint64_t above = walk->above & last(rule->of), below = walk->below & last(rule->of);
    uint64_t found = above | below;
    if (rule->side == CONTROL_SAME)
        found = above & 1 ? above : below;
    if (rule->side == CONTROL_BOTH && (!above || !below))
        return 0;
    return found & 1 && bits(found) >= rule->count ? found : 0;
}

static uint64_t row_of(uint64_t mask, unsigned steps, unsigned points)
{
    return (mask & last(steps)) == last(steps) ? last(points) : 0;
}

static uint64_t pattern(const struct control_rule *rule, const struct walk *walk)
{
    switch (rule->kind) {
    case CONTROL_BEYOND:
        return beyond(rule, walk);
    case CONTROL_WITHIN:
        return row_of(walk->within, rule->count, rule->count);
    case CONTROL_TREND: // n points are n - 1 steps
        return row_of(walk->up, rule->count - 1, rule->count) |
               row_of(walk->down, rule->count - 1, rule->count);
    case CONTROL_ALTERNATING: // and n - 2 turns
        return row_of(walk->turned, rule->count - 2, rule->count);
    }
    return 0;
}

static void push(uint64_t *history, bool bit)
{
    *history = *history << 1 | (uint64_t)bit;
}

static bool new_run(const struct control_series *series, size_t at)
{
    return at == 0 || (series->runs && series->runs[at] != series->runs[at - 1]);
}

// Takes the point in: where it lies by `reach` = the rule's sigmas, and how it follows the one before.
static bool take(const struct control_series *series, size_t at, const struct decimal *reach,
                 struct walk *walk, bool follows, struct ts_error *error)
{
    struct decimal point = series->points[at], distance, size;
    if (!decimal_is_zero(&series->scale) && !number_multiply(&point, &series->scale, &point, error))
        return false;
    if (!number_subtract(&point, &series->mean, &distance, error))
        return false;
    decimal_absolute(&distance, &size);
    int order = decimal_compare(&size, reach);
    push(&walk->above, order > 0 && !distance.negative);
    push(&walk->below, order > 0 && distance.negative);
    push(&walk->within, order < 0);
    int step = follows ? decimal_compare(&series->points[at], &series->points[at - 1]) : 0;
    push(&walk->turned, (step > 0 && walk->down & 1) || (step < 0 && walk->up & 1));
    push(&walk->up, step > 0);
    push(&walk->down, step < 0);
    return true;
}

struct found {
    struct control_alarm *alarms;
    size_t size;
    size_t count;
};

static bool walk_rule(const struct control_rule_set *set, size_t which, const struct control_series *series,
                      struct found *found, struct ts_error *error)
{
    struct control_rule rule = set->rules[which];
    struct walk walk = {0};
    struct decimal reach;
    if (rule.within_run && !series->runs)
        rule.of = rule.count;
    if (!number_multiply(&rule.sigma, &series->sigma, &reach, error))
        return false;
    for (size_t at = 0; at < series->count; at++) {
        bool starts = at == 0 || (rule.within_run && new_run(series, at));
        if (starts)
            walk = (struct walk){0};
        if (!take(series, at, &reach, &walk, !starts, error))
            return false;
        uint64_t members = pattern(&rule, &walk);
        if (!members)
            continue;
        if (found->count == found->size)
            return error_set(error, TS_OUT_OF_RANGE, "CONTROL_ALARMS", "There are more than %zu alarms.",
                             found->size);
        found->alarms[found->count++] =
            (struct control_alarm){.position = at + 1, .rule = which, .members = members};
    }
    return true;
}

// By position, and the rules in their order: insertion keeps equal ones as they were.
static void sort(struct control_alarm *alarms, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct control_alarm moved = alarms[i];
        size_t at = i;
        for (; at > 0 && alarms[at - 1].position > moved.position; at--)
            alarms[at] = alarms[at - 1];
        alarms[at] = moved;
    }
}

bool control_rules_evaluate(const struct control_rule_set *set, const struct control_series *series,
                            struct control_alarm *alarms, size_t size, size_t *ret_count,
                            struct ts_error *error)
{
    struct found found = {.alarms = alarms, .size = size};
    if (decimal_is_zero(&series->sigma) || series->sigma.negative)
        return error_set(error, TS_INVALID_ARGUMENT, "CONTROL_SIGMA",
                         "The standard deviation of a control chart must be above zero.");
    for (size_t which = 0; which < set->count; which++)
        if (!walk_rule(set, which, series, &found, error))
            return false;
    sort(alarms, found.count);
    *ret_count = found.count;
    return true;
}

bool control_rules_reject(const struct control_rule_set *set, const struct control_alarm *alarms,
                          size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (set->rules[alarms[i].rule].rejects)
            return true;
    return false;
}

void control_rules_write(const struct control_rule_set *set, const struct control_alarm *alarms, size_t count,
                         struct text *out)
{
    if (count == 0)
        text_put(out, "none");
    for (size_t i = 0; i < count; i++)
        text_printf(out, "%s%s@%zu", i ? ";" : "", set->rules[alarms[i].rule].name, alarms[i].position);
}
