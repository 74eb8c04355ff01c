// SPDX-License-Identifier: Apache-2.0
// What a technician typed that cannot be meant is refused with what to do, instead of becoming a figure.
#include "lab/calculation_parts.h"

#include "number/arithmetic.h"
#include "wire/arena.h"
#include "wire/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 3, 4))) static bool refuse(struct calculation_work *work, const char *reason,
                                                         const char *format, ...)
{
    char detail[CALCULATION_DETAIL_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(detail, sizeof detail, format, arguments);
    va_end(arguments);
    return calculation_parts_fail(work, reason, detail);
}

bool calculation_checks_inputs(struct calculation_work *work, const struct formula_program *program,
                               const struct formula_space *space)
{
    bool has_points = space_find(space, "points");
    if (calculation_parts_is_textual(work))
        return true;
    if (has_points && work->context->screening)
        return refuse(work, "FORMULA_INPUT",
                      "The input points: enter the points of a screening method as readings, so that each is "
                      "looked at.");
    if (work->test->n_readings > 0 && (has_points || !formula_report_check("{points}", program, NULL)))
        return refuse(
            work, "FORMULA_INPUT",
            "There are readings beside inputs (%s) that say a result by themselves: enter one of the two.",
            has_points ? "points" : space->variables[0].name);
    for (size_t i = 0; i < space->variable_count; i++) {
        const char *name = space->variables[i].name;
        bool is_batch = work->context->plan && strcmp(name, "batch") == 0;
        if (!is_batch && !formula_knows(program, name))
            return refuse(work, "FORMULA_INPUT", "The formula has no input %s: correct its name.", name);
    }
    return true;
}

// How much of a text is shown: not to the middle of a character.
static int shown(const char *text)
{
    enum { SHOWN_BYTES = 60 };
    size_t length = strnlen(text, SHOWN_BYTES);
    while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
        length--;
    return (int)length;
}

bool calculation_checks_count(struct calculation_work *work, const char *text)
{
    struct decimal number;
    if (decimal_parse(text, strlen(text), &number, NULL) && !number.negative)
        return true;
    return refuse(
        work, "FORMULA_INPUT",
        "Sample unit %zu: \"%.*s\" is no count; enter a number of 0 or more, 检出 (detected) or 未检出 "
        "(not detected).",
        work->calculation->unit_count + 1, shown(text), text);
}

// The two determinations: what a formula made twice, or two readings that are averaged as they stand.
static bool find_two(const struct calculation_work *work, struct decimal *ret_a, struct decimal *ret_b)
{
    const Touchstone__V1__Test *test = work->test;
    if (work->count == 2) {
        *ret_a = work->numbers[0];
        *ret_b = work->numbers[1];
        return true;
    }
    return test->n_readings == 2 && !*test->inputs && !*work->calculation->trace->calc_key &&
           decimal_parse(test->readings[0]->value, strlen(test->readings[0]->value), ret_a, NULL) &&
           decimal_parse(test->readings[1]->value, strlen(test->readings[1]->value), ret_b, NULL);
}

bool calculation_checks_agreement(struct calculation_work *work)
{
    const Touchstone__Internal__V1__JudgeContext *context = work->context;
    bool is_percent = context->agreement_is_percent;
    struct decimal a, b, difference, sum, allowed, scaled;
    char text[DECIMAL_TEXT_SIZE];
    if (!*context->agreement_limit || !find_two(work, &a, &b) ||
        (!is_percent && !calculation_parts_is_in_unit_of_result(work)) ||
        !decimal_parse(context->agreement_limit, strlen(context->agreement_limit), &allowed, NULL))
        return true;
    // |a - b| <= p % of the mean is 200 |a - b| <= p |a + b|.
    if (!number_subtract(&a, &b, &difference, NULL) || !number_add(&a, &b, &sum, NULL))
        return true;
    difference.negative = sum.negative = false;
    scaled = difference;
    if (is_percent && (!decimal_mul_int(&difference, 200, &scaled, NULL) ||
                       !number_multiply(&allowed, &sum, &allowed, NULL)))
        return true;
    if (decimal_compare(&scaled, &allowed) <= 0)
        return true;
    decimal_format(&difference, text, sizeof text);
    return refuse(
        work, "DETERMINATIONS_DISAGREE",
        "The two determinations differ by %.60s, more than the method allows (%.20s%s): repeat both.", text,
        context->agreement_limit, is_percent ? " % of their mean" : "");
}
