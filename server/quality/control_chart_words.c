// SPDX-License-Identifier: Apache-2.0
// A rule of any set as one phrase in Chinese and in English, made from its data: a set that a laboratory adds
// has its phrases without a word of C. See control_chart_parts.h.
#include "quality/control_chart_parts.h"

#include <stdio.h>

struct shape {
    unsigned count, of;
    const char *sigma;
    bool on_side;  // sigma is 0: the centre line itself
    bool is_whole; // every point of the window
    bool is_run;   // the window is the whole run
};

static struct shape shape_of(const struct control_rule *rule, char *sigma, size_t size)
{
    struct decimal value = rule->sigma;
    decimal_format(&value, sigma, size);
    return (struct shape){.count = rule->count,
                          .of = rule->of,
                          .sigma = sigma,
                          .on_side = decimal_is_zero(&value),
                          .is_whole = rule->count == rule->of,
                          .is_run = rule->of == CONTROL_RULE_WINDOW};
}

static void how_many_zh(const struct shape *shape, char *out, size_t size)
{
    if (shape->count == 1 && shape->is_whole)
        snprintf(out, size, "1 点");
    else if (shape->is_whole)
        snprintf(out, size, "连续 %u 点", shape->count);
    else if (shape->is_run)
        snprintf(out, size, "%u 点", shape->count);
    else
        snprintf(out, size, "连续 %u 点中有 %u 点", shape->of, shape->count);
}

static void how_many_en(const struct shape *shape, char *out, size_t size)
{
    if (shape->count == 1 && shape->is_whole)
        snprintf(out, size, "1 point");
    else if (shape->is_whole)
        snprintf(out, size, "%u points in a row", shape->count);
    else if (shape->is_run)
        snprintf(out, size, "%u points", shape->count);
    else
        snprintf(out, size, "%u of %u points", shape->count, shape->of);
}

enum { AMONG_SIZE = sizeof " of 4294967295 points in a row" };

// Two points on both sides of the mean are one above and one below.
static bool is_pair(const struct control_rule *rule, const struct shape *shape)
{
    return rule->side == CONTROL_BOTH && shape->count == 2 && !shape->on_side;
}

static void pair_zh(const struct shape *shape, char *out, size_t size)
{
    char among[AMONG_SIZE] = "";
    if (shape->is_whole)
        snprintf(among, sizeof among, "连续 2 点中");
    else if (!shape->is_run)
        snprintf(among, sizeof among, "连续 %u 点中", shape->of);
    snprintf(out, size, "%s一点超出 +%.20ss、另一点超出 −%.20ss", among, shape->sigma, shape->sigma);
}

static void pair_en(const struct shape *shape, char *out, size_t size)
{
    char among[AMONG_SIZE] = "";
    if (shape->is_whole)
        snprintf(among, sizeof among, " of 2 points in a row");
    else if (!shape->is_run)
        snprintf(among, sizeof among, " of %u points in a row", shape->of);
    snprintf(out, size, "one point beyond +%.20ss and one beyond −%.20ss%s", shape->sigma, shape->sigma,
             among);
}

static void beyond_zh(const struct control_rule *rule, const struct shape *shape, char *out, size_t size)
{
    static const char *const SIDES[] = {[CONTROL_ANY] = "", [CONTROL_SAME] = "在同一侧", [CONTROL_BOTH] = ""};
    char many[64];
    how_many_zh(shape, many, sizeof many);
    if (is_pair(rule, shape))
        pair_zh(shape, out, size);
    else if (rule->side == CONTROL_BOTH)
        snprintf(out, size, shape->on_side ? "%s偏离中心线，上下两侧都有" : "%s超出 %.20ss，上下两侧都有",
                 many, shape->sigma);
    else if (shape->on_side && rule->side == CONTROL_SAME)
        snprintf(out, size, "%s在中心线同一侧", many);
    else if (shape->on_side)
        snprintf(out, size, "%s%s偏离中心线", many, SIDES[rule->side]);
    else
        snprintf(out, size, "%s%s超出 %.20ss", many, SIDES[rule->side], shape->sigma);
}

static void beyond_en(const struct control_rule *rule, const struct shape *shape, char *out, size_t size)
{
    static const char *const SIDES[] = {
        [CONTROL_ANY] = "", [CONTROL_SAME] = " on one side", [CONTROL_BOTH] = ""};
    char many[64];
    how_many_en(shape, many, sizeof many);
    if (is_pair(rule, shape))
        pair_en(shape, out, size);
    else if (rule->side == CONTROL_BOTH)
        snprintf(out, size,
                 shape->on_side ? "%s off the centre line, some above and some below"
                                : "%s beyond %.20ss, some above and some below",
                 many, shape->sigma);
    else if (shape->on_side && rule->side == CONTROL_SAME)
        snprintf(out, size, "%s on one side of the centre line", many);
    else if (shape->on_side)
        snprintf(out, size, "%s off the centre line%s", many, SIDES[rule->side]);
    else
        snprintf(out, size, "%s beyond %.20ss%s", many, shape->sigma, SIDES[rule->side]);
}

void control_chart_rule_zh(const struct control_rule *rule, char *buffer)
{
    char sigma[DECIMAL_TEXT_SIZE], what[CHART_RULE_TEXT_SIZE / 2] = "";
    struct shape shape = shape_of(rule, sigma, sizeof sigma);
    switch (rule->kind) {
    case CONTROL_BEYOND:
        beyond_zh(rule, &shape, what, sizeof what);
        break;
    case CONTROL_WITHIN:
        snprintf(what, sizeof what, "连续 %u 点都在 %.20ss 以内", shape.count, shape.sigma);
        break;
    case CONTROL_TREND:
        snprintf(what, sizeof what, "连续 %u 点递增或递减", shape.count);
        break;
    case CONTROL_ALTERNATING:
        snprintf(what, sizeof what, "连续 %u 点上下交替", shape.count);
        break;
    }
    snprintf(buffer, CHART_RULE_TEXT_SIZE, "%s%s%s", rule->within_run ? "同一测定批内" : "", what,
             rule->confirmed ? "" : "（规则待确认）");
}

void control_chart_rule_en(const struct control_rule *rule, char *buffer)
{
    char sigma[DECIMAL_TEXT_SIZE], what[CHART_RULE_TEXT_SIZE / 2] = "";
    struct shape shape = shape_of(rule, sigma, sizeof sigma);
    switch (rule->kind) {
    case CONTROL_BEYOND:
        beyond_en(rule, &shape, what, sizeof what);
        break;
    case CONTROL_WITHIN:
        snprintf(what, sizeof what, "%u points in a row within %.20ss", shape.count, shape.sigma);
        break;
    case CONTROL_TREND:
        snprintf(what, sizeof what, "%u points in a row rising or falling", shape.count);
        break;
    case CONTROL_ALTERNATING:
        snprintf(what, sizeof what, "%u points in a row up and down in turn", shape.count);
        break;
    }
    snprintf(buffer, CHART_RULE_TEXT_SIZE, "%s%s%s", what, rule->within_run ? " within one run" : "",
             rule->confirmed ? "" : " (rule to be confirmed)");
}
