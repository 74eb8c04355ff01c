// SPDX-License-Identifier: Apache-2.0
// Readings, grades and the choice of the rule: see cell.h. Qualifiers follow the three states of a value near
// its limits (below LOD, below LOQ, above): none of them is ever typed as 0.
#include "bench/cell.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "bench/cell_parts.h"
#include "touchstone/v1/rules.pb-c.h"
#include "wire/decimal.h"

// How a qualifier is typed. Longer ones go first. Without a number behind it the limit of the catalogue
// counts.
static const struct sign {
    const char *text, *qualifier;
    enum { NO_LIMIT, LOD, LOQ } limit;
} signs[] = {{"未检出", "not_detected", LOD}, {"ND<", "not_detected", NO_LIMIT},
             {"<LOD", "not_detected", LOD},   {"<LOQ", "less_than", LOQ},
             {"ND", "not_detected", LOD},     {"<", "less_than", NO_LIMIT},
             {">", "greater_than", NO_LIMIT}};

// Parts the text into sign, number and place.
static const struct sign *part(const char *text, char ret_number[CELL_BYTES], char ret_place[CELL_BYTES])
{
    char head[CELL_BYTES];
    const char *at = strchr(text, '@');

    cell_trim(at != NULL ? at + 1 : "", ret_place);
    snprintf(head, sizeof head, "%.*s", at != NULL ? (int)(at - text) : (int)strlen(text), text);
    cell_trim(head, ret_number);
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        size_t length = strlen(signs[i].text);

        if (strncasecmp(ret_number, signs[i].text, length) == 0) {
            memmove(head, ret_number + length, strlen(ret_number + length) + 1);
            cell_trim(head, ret_number);
            return &signs[i];
        }
    }
    return NULL;
}

static bool begins_a_sign(const char *text)
{
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (text[0] != '\0' && strncasecmp(text, signs[i].text, strlen(text)) == 0)
            return true;
    return false;
}

static const char *limit_of(const struct cell_facts *facts, const struct sign *sign)
{
    return sign->limit == LOD ? facts->lod : sign->limit == LOQ ? facts->loq : "";
}

// A number that is accepted, and whether it looks mistyped.
static enum cell_state judge_plausible(const struct cell_facts *facts, const char *number, bool chinese,
                                       char ret_why[CELL_WHY])
{
    static const struct {
        const char *unit;
        int most;
    } wholes[] = {{"‰", 1000}, {"%", 100}};
    struct decimal value, most;
    size_t length = strlen(number);

    if (!decimal_parse(number, length - decimal_mark_length(number, length), &value, NULL))
        return CELL_FINE;
    for (size_t i = 0; i < sizeof wholes / sizeof *wholes; i++) {
        bool is_refused = wholes[i].most == 1000;

        decimal_from_int(wholes[i].most, &most);
        if (strcmp(facts->unit, wholes[i].unit) != 0 ||
            (!value.negative && decimal_compare(&value, &most) <= 0))
            continue;
        snprintf(ret_why, CELL_WHY,
                 chinese ? "超出范围：%s 应在 0 到 %d %s 之间" : "Out of range: %s lies outside 0 to %d %s",
                 number, wholes[i].most, wholes[i].unit);
        return is_refused ? CELL_WRONG : CELL_ODD;
    }
    if (value.negative)
        return cell_say(CELL_ODD, chinese, "超出范围：是负数", "Out of range: it is negative", ret_why);
    if (facts->decimals > decimal_places(&value)) {
        snprintf(ret_why, CELL_WHY,
                 chinese ? "小数位少：读数 %d 位，结果取 %d 位"
                         : "Few decimals: %d here, and the result has %d",
                 decimal_places(&value), facts->decimals);
        return CELL_ODD;
    }
    return CELL_FINE;
}

static enum cell_state judge_reading(const struct cell_facts *facts, const char *text, bool chinese,
                                     char ret_why[CELL_WHY])
{
    char number[CELL_BYTES], place[CELL_BYTES];
    const struct sign *sign = part(text, number, place);
    enum cell_state state;

    if (sign != NULL && number[0] == '\0' && sign->limit != NO_LIMIT) {
        const char *limit = limit_of(facts, sign);

        if (limit[0] == '\0')
            return cell_say(CELL_UNFINISHED, chinese, "目录没有此参数的检出限：请接着输入限值，如 ND0.01",
                            "The catalogue has no limit for it: type the limit behind it, as in ND0.01",
                            ret_why);
        snprintf(ret_why, CELL_WHY, "%s %s %s", text, limit, facts->unit);
        return CELL_FINE;
    }
    if (begins_a_sign(text))
        return cell_say(CELL_UNFINISHED, chinese, "接着输入：<数值、<LOD、<LOQ 或 ND",
                        "Go on: <number, <LOD, <LOQ or ND", ret_why);
    state = cell_judge_number(number, TOUCHSTONE__V1__FORMAT__FORMAT_DECIMAL_MARKED, chinese, ret_why);
    if (state != CELL_FINE)
        return state;
    if (sign != NULL && decimal_mark_length(number, strlen(number)) > 0)
        return cell_say(CELL_WRONG, chinese, "已修约的数（带 (+) (-)）不能再带限定符",
                        "What was rounded already takes no qualifier", ret_why);
    return sign != NULL ? CELL_FINE : judge_plausible(facts, number, chinese, ret_why);
}

static enum cell_state judge_grade(const struct cell_facts *facts, const char *text, bool chinese,
                                   char ret_why[CELL_WHY])
{
    bool begins = false;
    size_t length;

    for (size_t i = 0; i < facts->grade_count; i++) {
        if (strcmp(facts->grades[i], text) == 0)
            return CELL_FINE;
        begins = begins || strncmp(facts->grades[i], text, strlen(text)) == 0;
    }
    length = (size_t)snprintf(ret_why, CELL_WHY, "%s", chinese ? "等级为：" : "One of: ");
    for (size_t i = 0; i < facts->grade_count && length < CELL_WHY; i++)
        length += (size_t)snprintf(ret_why + length, CELL_WHY - length, "%s ", facts->grades[i]);
    return begins ? CELL_UNFINISHED : CELL_WRONG;
}

static enum cell_state judge_positive(const char *text, bool chinese, char ret_why[CELL_WHY])
{
    struct decimal value;
    enum cell_state state =
        cell_judge_number(text, TOUCHSTONE__V1__FORMAT__FORMAT_DECIMAL_NOT_NEGATIVE, chinese, ret_why);

    // "0" may still become "0.5".
    if (state == CELL_FINE && decimal_parse(text, strlen(text), &value, NULL) && decimal_is_zero(&value))
        return cell_say(CELL_UNFINISHED, chinese, "须大于 0", "It must be more than 0", ret_why);
    return state;
}

enum cell_state cell_judge(enum cell_kind kind, const struct cell_facts *facts, const char *text,
                           bool chinese, char ret_why[CELL_WHY])
{
    char trimmed[CELL_BYTES];

    ret_why[0] = '\0';
    cell_trim(text, trimmed);
    if (trimmed[0] == '\0')
        return CELL_EMPTY;
    switch (kind) {
    case CELL_READING:
        return judge_reading(facts, trimmed, chinese, ret_why);
    case CELL_INPUT:
        return cell_judge_input(trimmed, chinese, ret_why);
    case CELL_POSITIVE:
        return judge_positive(trimmed, chinese, ret_why);
    case CELL_GRADE:
        return judge_grade(facts, trimmed, chinese, ret_why);
    default:
        return CELL_FINE;
    }
}

void cell_take_reading(const struct cell_facts *facts, const char *text, struct cell_reading *ret_reading)
{
    char trimmed[CELL_BYTES];
    const struct sign *sign;

    cell_trim(text, trimmed);
    sign = part(trimmed, ret_reading->value, ret_reading->position);
    ret_reading->qualifier = sign != NULL ? sign->qualifier : NULL;
    if (sign != NULL && ret_reading->value[0] == '\0')
        snprintf(ret_reading->value, sizeof ret_reading->value, "%s", limit_of(facts, sign));
}

bool cell_is_far(const struct cell_facts *facts, const char *text, const char *other)
{
    struct cell_reading a, b;
    struct decimal one, two, apart;

    cell_take_reading(facts, text, &a);
    cell_take_reading(facts, other, &b);
    if (a.qualifier != NULL || b.qualifier != NULL || !decimal_parse(a.value, strlen(a.value), &one, NULL) ||
        !decimal_parse(b.value, strlen(b.value), &two, NULL) || !decimal_sub(&one, &two, &apart, NULL) ||
        !decimal_mul_int(&apart, 10, &apart, NULL))
        return false;
    return decimal_compare_magnitude(&apart, &one) > 0 && decimal_compare_magnitude(&apart, &two) > 0;
}
