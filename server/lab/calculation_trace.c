// SPDX-License-Identifier: Apache-2.0
// How a value came about, as people read it: the steps of the formula and what each determination came to.
#include "lab/calculation_parts.h"

#include "wire/arena.h"
#include "wire/decimal_round.h"
#include "wire/text.h"

#include <string.h>

// Numbers are handed on as text of at most 40 digits, the zeros before them counted.
enum { DIGITS = 36, PLACES = 38 };

char *calculation_trace_copy(struct calculation_work *work, const char *text)
{
    char *copy = arena_copy(work->arena, text, strlen(text));
    work->out_of_memory |= !copy;
    return copy;
}

// A number of at most 40 digits, the zero before its point counted, goes on as it is.
static bool is_as_typed(const struct decimal *number)
{
    int places = decimal_places(number), whole = number->count + number->exponent;
    return places + (whole > 1 ? whole : 1) <= DECIMAL_DIGITS_TYPED;
}

char *calculation_trace_number(struct calculation_work *work, const struct decimal *number)
{
    char text[DECIMAL_TEXT_SIZE];
    struct decimal shown = *number;
    if (is_as_typed(number)) {
        decimal_format(number, text, sizeof text);
        return calculation_trace_copy(work, text);
    }
    if (number->count > DIGITS)
        decimal_round_significant(number, DIGITS, DECIMAL_HALF_EVEN, &shown, NULL);
    if (decimal_places(&shown) > PLACES)
        decimal_round(&shown, -PLACES, DECIMAL_HALF_EVEN, &shown, NULL);
    decimal_format(&shown, text, sizeof text);
    return calculation_trace_copy(work, text);
}

// The first of a list, "753.4; 753.1".
static const char *list_text(struct calculation_work *work, const struct formula_space *space,
                             const struct formula_value *list)
{
    enum { SHOWN = 6 };
    size_t count = list->count < SHOWN ? list->count : SHOWN;
    struct text text;
    text_init(&text, work->arena);
    for (size_t i = 0; i < count; i++) {
        const struct formula_cell *cell = &space->cells[list->first + i];
        const char *one = cell->text ? cell->text : calculation_trace_number(work, &cell->number);
        text_put(&text, i > 0 ? "; " : "");
        text_put(&text, one ? one : "");
    }
    char *whole = text_finish(&text);
    work->out_of_memory |= !whole;
    return whole;
}

const char *calculation_trace_value(struct calculation_work *work, const struct formula_space *space,
                                    const struct formula_value *value)
{
    switch (value->kind) {
    case FORMULA_NUMBER:
        return calculation_trace_number(work, &value->number);
    case FORMULA_TEXT:
        return calculation_trace_copy(work, value->text);
    case FORMULA_TRUTH:
        return value->truth ? "true" : "false";
    case FORMULA_LIST:
        return list_text(work, space, value);
    default:
        return "";
    }
}

// The let of the formula, in their order.
bool calculation_trace_steps(struct calculation_work *work, const struct formula_program *program,
                             const struct formula_space *space)
{
    Touchstone__V1__Trace *trace = work->calculation->trace;
    for (size_t i = 0; i < program->step_count && trace->n_steps < CALCULATION_STEPS; i++) {
        const char *name = program->pool + program->steps[i].name;
        const struct formula_value *value = space_find(space, name);
        Touchstone__V1__TraceStep *step = value ? arena_alloc(work->arena, sizeof *step) : NULL;
        if (!value)
            continue;
        if (!step)
            return !(work->out_of_memory = true);
        touchstone__v1__trace_step__init(step);
        step->name = calculation_trace_copy(work, name);
        step->value = (char *)calculation_trace_value(work, space, value);
        trace->steps[trace->n_steps++] = step;
    }
    return !work->out_of_memory;
}

bool calculation_trace_determinations(struct calculation_work *work)
{
    Touchstone__V1__Trace *trace = work->calculation->trace;
    trace->determinations = arena_array(work->arena, work->count + 1, sizeof *trace->determinations);
    work->out_of_memory |= !trace->determinations;
    for (size_t i = 0; trace->determinations && i < work->count; i++)
        trace->determinations[trace->n_determinations++] = calculation_trace_number(work, &work->numbers[i]);
    return !work->out_of_memory;
}
