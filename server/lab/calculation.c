// SPDX-License-Identifier: Apache-2.0
// See calculation.h. A formula that names `points` takes the readings as such; for any other they are single
// determinations already calculated, of which the mean counts. Where nothing is calculated at all, an entry
// says `result`. Both of these rules are themselves expressions, so that there is one way to a value.
#include "lab/calculation.h"

#include "formula/inputs.h"
#include "lab/calculation_parts.h"
#include "lab/calculator.h"
#include "lab/replicates.h"
#include "wire/arena.h"
#include "wire/decimal_round.h"
#include "wire/error.h"
#include "wire/json_reader.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char MEAN[] = "mean(points)";
static const char RESULT[] = "result";
static const char CONVERT[] = "convert(value, frm, to)";
static const char ROUNDED_ALREADY[] =
    "A number that was rounded already (+, -) is not calculated with: enter what was not rounded.";

static bool failed_by(struct calculation_work *work, const struct ts_error *why)
{
    return calculation_parts_fail(work, why->reason, why->detail);
}

// ---- one determination

static bool take_number(struct calculation_work *work, const struct decimal *number)
{
    if (work->count == CALCULATION_DETERMINATIONS)
        return calculation_parts_fail(work, "FORMULA_TOO_LARGE", "There are too many determinations.");
    work->numbers[work->count++] = *number;
    return true;
}

static bool take_text(struct calculation_work *work, const char *text)
{
    if (work->text && strcmp(work->text, text) != 0)
        return calculation_parts_fail(work, "DETERMINATIONS_DIFFER", "The determinations differ.");
    work->text = calculation_trace_copy(work, text);
    return !work->out_of_memory;
}

// ---- the units of a sampling plan

static bool add_unit(struct calculation_work *work, enum judge_qualifier qualifier, const char *value)
{
    struct calculation *calculation = work->calculation;
    if (value && *value && !calculation_checks_count(work, value))
        return false;
    if (calculation->unit_count == PLAN_UNITS)
        return calculation_parts_fail(work, "FORMULA_TOO_LARGE", "There are too many sample units.");
    calculation->units[calculation->unit_count++] = (struct plan_unit){
        .qualifier = qualifier, .value = value, .lod = qualifier == JUDGE_NOT_DETECTED ? value : ""};
    return value != NULL;
}

// How presence is reported (GB 4789.4: 未检出 in 25 g), and counts beyond what can be counted.
static bool take_unit_text(struct calculation_work *work, const char *text)
{
    static const char *const absent[] = {"未检出", "阴性",    "ND",       "not detected",
                                         "absent", "absence", "negative", "none"};
    static const char *const present[] = {"检出", "阳性", "detected", "present", "positive"};
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++)
        if (strcasecmp(text, absent[i]) == 0)
            return add_unit(work, JUDGE_NOT_DETECTED, "");
    for (size_t i = 0; i < sizeof present / sizeof present[0]; i++)
        if (strcasecmp(text, present[i]) == 0)
            return add_unit(work, JUDGE_ORDINARY, "1");
    if (*text != '<' && *text != '>')
        return add_unit(work, JUDGE_ORDINARY, calculation_trace_copy(work, text));
    return add_unit(work, *text == '<' ? JUDGE_LESS_THAN : JUDGE_GREATER_THAN,
                    calculation_trace_copy(work, text + 1 + strspn(text + 1, " ")));
}

static bool take_unit(struct calculation_work *work, const struct formula_space *space,
                      const struct formula_value *value)
{
    const struct formula_value *batch = space_find(space, "batch");
    const char *name = batch ? calculation_trace_value(work, space, batch) : NULL;
    work->calculation->are_of_one_batch &= !name || !work->batch || strcmp(name, work->batch) == 0;
    work->batch = name ? name : work->batch;
    if (value->kind == FORMULA_NUMBER)
        return add_unit(work, JUDGE_ORDINARY, calculation_trace_number(work, &value->number));
    return value->kind == FORMULA_TEXT
               ? take_unit_text(work, value->text)
               : calculation_parts_fail(work, "FORMULA_VALUE", "A sample unit has no one result.");
}

static bool take(struct calculation_work *work, const struct formula_space *space,
                 const struct formula_value *value)
{
    if (work->context->plan)
        return take_unit(work, space, value);
    if (calculation_parts_is_textual(work)) {
        const char *text = calculation_trace_value(work, space, value);
        return text && take_text(work, text);
    }
    if (value->kind == FORMULA_NUMBER)
        return take_number(work, &value->number);
    if (value->kind == FORMULA_TEXT)
        return take_text(work, value->text);
    if (value->kind != FORMULA_LIST)
        return calculation_parts_fail(work, "FORMULA_VALUE", "The formula makes no number.");
    for (size_t i = 0; i < value->count; i++) {
        const struct formula_cell *cell = &space->cells[value->first + i];
        if (cell->text ? !take_text(work, cell->text) : !take_number(work, &cell->number))
            return false;
    }
    return true;
}

static bool put_numbers(struct formula_space *space, const char *name, const struct decimal *numbers,
                        size_t count, struct ts_error *error)
{
    struct formula_value list;
    if (!space_list(space, count, &list, error))
        return false;
    for (size_t i = 0; i < count; i++)
        space->cells[list.first + i] = (struct formula_cell){.number = numbers[i]};
    return space_set(space, name, &list, error);
}

static bool put_points(const struct calculation_work *work, struct formula_space *space,
                       struct ts_error *error)
{
    const Touchstone__V1__Test *test = work->test;
    struct formula_value points;
    if (test->n_readings == 0 || space_find(space, "points"))
        return true;
    if (!space_list(space, test->n_readings, &points, error))
        return false;
    for (size_t i = 0; i < test->n_readings; i++) {
        struct formula_cell *cell = &space->cells[points.first + i];
        const char *value = test->readings[i]->value;
        cell->text = NULL;
        if (!decimal_parse(value, strlen(value) - strlen(work->mark), &cell->number, error))
            return false;
    }
    return space_set(space, "points", &points, error);
}

// The inputs are one JSON object, or NULL when only readings were entered.
static bool determine(struct calculation_work *work, const struct formula_program *program,
                      const char *inputs, size_t length)
{
    struct formula_space *space = calculator_space(work->calculator, &work->units);
    struct formula_value value;
    struct ts_error why = {0};
    if (inputs && !inputs_read(inputs, length, work->arena, space, &why))
        return failed_by(work, &why);
    if (inputs && !calculation_checks_inputs(work, program, space))
        return false;
    if (!put_points(work, space, &why) || !formula_evaluate(program, space, &value, &why))
        return failed_by(work, &why);
    work->replicates += replicates_count(work->context->replicates, space, &value);
    return calculation_trace_steps(work, program, space) && take(work, space, &value);
}

// ---- all of them

static bool names(const struct formula_program *program, const char *form)
{
    return formula_report_check(form, program, NULL);
}

// By which expression; the trace tells when it is the catalogue's.
static const struct formula_program *choose(struct calculation_work *work)
{
    const Touchstone__Internal__V1__JudgeContext *context = work->context;
    Touchstone__V1__Trace *trace = work->calculation->trace;
    bool has_inputs = *work->test->inputs;
    const struct formula_program *program = NULL;
    struct ts_error why = {0};
    if (!calculation_parts_is_textual(work) && *context->expression) {
        program = calculator_program(work->calculator, context->expression, &why);
        if (!program) {
            failed_by(work, &why);
            return NULL;
        }
        if (has_inputs || names(program, "{points}")) {
            trace->calc_key = context->calc_key;
            trace->expression = context->expression;
            return program;
        }
    }
    trace->expression =
        has_inputs ? calculation_trace_copy(work, RESULT) : calculation_trace_copy(work, MEAN);
    return calculator_program(work->calculator, has_inputs ? RESULT : MEAN, NULL);
}

// GB/T 8170-2008, 3.3.2: a number that was rounded already is compared, and rounded once more by its mark;
// what else is made of it is not known any more.
static bool take_mark(struct calculation_work *work)
{
    const Touchstone__V1__Test *test = work->test;
    for (size_t i = 0; i < test->n_readings; i++) {
        const char *value = test->readings[i]->value;
        size_t length = strlen(value), mark = decimal_mark_length(value, length);
        if (mark > 0 && (test->n_readings > 1 || test->readings[i]->qualifier || *test->inputs ||
                         work->context->plan || work->context->screening))
            return calculation_parts_fail(work, "ROUNDED_ALREADY", ROUNDED_ALREADY);
        work->mark = value + length - mark;
    }
    return true;
}

static bool determine_all(struct calculation_work *work, const struct formula_program *program)
{
    const char *inputs = work->test->inputs, *one;
    struct json_reader reader;
    bool first = true;
    size_t length;
    if (!*inputs)
        return determine(work, program, NULL, 0);
    json_reader_init(&reader, inputs, strlen(inputs), work->arena);
    if (json_reader_peek(&reader) != JSON_ARRAY)
        return determine(work, program, inputs, strlen(inputs));
    json_reader_enter(&reader, JSON_ARRAY);
    while (json_reader_next_element(&reader, &first))
        if (!json_reader_skip(&reader, &one, &length) || !determine(work, program, one, length))
            break;
    if (reader.wrong || !json_reader_finish(&reader))
        return work->calculation->state != CALCULATION_FAILED &&
               calculation_parts_fail(work, "FORMULA_INPUT",
                                      "The inputs are no JSON object or list of objects.");
    return work->calculation->state != CALCULATION_FAILED;
}

static bool mean_of_all(struct calculation_work *work, struct decimal *ret_mean)
{
    const struct formula_program *program = calculator_program(work->calculator, MEAN, NULL);
    struct formula_space *space = calculator_space(work->calculator, &work->units);
    struct formula_value value;
    struct ts_error why = {0};
    if (!program || !put_numbers(space, "points", work->numbers, work->count, &why) ||
        !formula_evaluate(program, space, &value, &why))
        return failed_by(work, &why);
    *ret_mean = value.number;
    return true;
}

static bool convert(struct calculation_work *work, struct decimal *value)
{
    const Touchstone__Internal__V1__JudgeContext *context = work->context;
    const struct formula_program *program;
    struct formula_space *space;
    struct formula_value from, to, number = space_number(value), result;
    struct ts_error why = {0};
    if (calculation_parts_is_in_unit_of_result(work))
        return true;
    program = calculator_program(work->calculator, CONVERT, NULL);
    space = calculator_space(work->calculator, &work->units);
    from = space_text(context->formula_unit);
    to = space_text(context->unit_ucum);
    if (!program || !space_set(space, "value", &number, &why) || !space_set(space, "frm", &from, &why) ||
        !space_set(space, "to", &to, &why) || !formula_evaluate(program, space, &result, &why))
        return failed_by(work, &why);
    *value = result.number;
    return true;
}

// Below the limit of detection nothing is there to be told (未检出), whatever the formula made of the noise.
static bool hide_noise(struct calculation_work *work, const struct decimal *value)
{
    struct calculation *calculation = work->calculation;
    struct decimal lod;
    if (!*calculation->lod || work->context->screening ||
        !decimal_parse(calculation->lod, strlen(calculation->lod), &lod, NULL) ||
        decimal_compare(value, &lod) >= 0)
        return true;
    lod.negative = !decimal_is_zero(&lod);
    if (decimal_compare(value, &lod) < 0)
        return calculation_parts_fail(
            work, "RESULT_NEGATIVE",
            "The result lies further below zero than the limit of detection above it: look whether "
            "sample and blank were exchanged.");
    calculation->qualifier = JUDGE_NOT_DETECTED;
    return true;
}

// "<10" and ">1100", as counts are reported.
static bool finish_text(struct calculation_work *work)
{
    struct calculation *calculation = work->calculation;
    const char *text = work->text;
    if (calculation_parts_is_textual(work) || (*text != '<' && *text != '>')) {
        calculation->value = text;
        return calculation_parts_is_textual(work) || calculation_parts_fail(work, "FORMULA_VALUE", text);
    }
    calculation->qualifier = *text == '<' ? JUDGE_LESS_THAN : JUDGE_GREATER_THAN;
    calculation->value = text + 1 + strspn(text + 1, " ");
    return true;
}

// Replicates that the method asks for; "*" is a formula that counts them itself.
static bool has_enough_replicates(struct calculation_work *work)
{
    const Touchstone__Internal__V1__JudgeContext *context = work->context;
    char detail[96];
    if (!*work->test->inputs || strcmp(context->replicates, "*") == 0 ||
        work->replicates >= (size_t)context->min_replicates)
        return true;
    snprintf(detail, sizeof detail, "This method needs at least %d determinations; there are %zu.",
             context->min_replicates, work->replicates);
    return calculation_parts_fail(work, "DETERMINATIONS_TOO_FEW", detail);
}

// A formula that takes the mean of one leaves it as it is; any other number is not known to be on that side.
static bool keeps_mark(const struct calculation_work *work, const struct decimal *value)
{
    const char *reading = *work->mark ? work->test->readings[0]->value : "";
    struct decimal read;
    return !*work->mark ||
           (decimal_parse(reading, strlen(reading) - strlen(work->mark), &read, NULL) &&
            decimal_compare(&read, value) == 0 && calculation_parts_is_in_unit_of_result(work));
}

static bool finish(struct calculation_work *work)
{
    struct calculation *calculation = work->calculation;
    struct decimal value;
    if (!has_enough_replicates(work))
        return false;
    if (work->text && work->count > 0)
        return calculation_parts_fail(work, "DETERMINATIONS_DIFFER", "The determinations differ.");
    if (work->text)
        return finish_text(work);
    if (work->count == 0)
        return calculation_parts_fail(work, "FORMULA_INPUT", "There is no determination.");
    if (!calculation_trace_determinations(work) || !calculation_checks_agreement(work))
        return false;
    value = work->numbers[0];
    if (!keeps_mark(work, &value))
        return calculation_parts_fail(work, "ROUNDED_ALREADY", ROUNDED_ALREADY);
    if (work->context->screening && !calculation_parts_is_in_unit_of_result(work))
        return calculation_parts_fail(
            work, "FORMULA_UNIT",
            "The formula of a screening method must have the unit of the result, so that its points can "
            "be compared with the limit.");
    if ((work->count > 1 && !mean_of_all(work, &value)) || !convert(work, &value))
        return false;
    calculation->value = calculation_trace_number(work, &value);
    if (calculation->value && *work->mark)
        calculation->value = arena_printf(work->arena, "%s%s", calculation->value, work->mark);
    return calculation->value && hide_noise(work, &value);
}

// ---- readings with a qualifier

static enum judge_qualifier qualifier_of(const Touchstone__V1__Test *test, size_t i)
{
    return (enum judge_qualifier)test->readings[i]->qualifier;
}

// Of bounds the one that holds for all: the largest of "less than", the smallest of "more than".
static bool take_bound(struct calculation_work *work)
{
    const Touchstone__V1__Test *test = work->test;
    struct calculation *calculation = work->calculation;
    struct decimal bound = {0}, other;
    size_t at = 0;
    for (size_t i = 0; i < test->n_readings; i++) {
        if (!decimal_parse(test->readings[i]->value, strlen(test->readings[i]->value), &other, work->error))
            return false;
        int order = decimal_compare(&other, &bound);
        if (i > 0 && (calculation->qualifier == JUDGE_GREATER_THAN ? order >= 0 : order <= 0))
            continue;
        bound = other;
        at = i;
    }
    calculation->value = test->readings[at]->value;
    // What this laboratory's method detects goes before the catalogue's typical figure.
    if (calculation->qualifier == JUDGE_NOT_DETECTED && !decimal_is_zero(&bound))
        calculation->lod = calculation->value;
    return true;
}

// True when the readings are bounds, or bounds among numbers.
static bool are_qualified(struct calculation_work *work)
{
    const Touchstone__V1__Test *test = work->test;
    struct calculation *calculation = work->calculation;
    size_t qualified = 0;
    bool equal = true;
    for (size_t i = 0; i < test->n_readings; i++) {
        qualified += qualifier_of(test, i) != JUDGE_ORDINARY;
        equal &= qualifier_of(test, i) == qualifier_of(test, 0);
    }
    if (qualified == 0)
        return false;
    if (equal)
        calculation->qualifier = qualifier_of(test, 0);
    else
        calculation->state = CALCULATION_MIXED;
    return true;
}

static bool are_too_few(const struct calculation_work *work)
{
    return !*work->test->inputs && work->test->n_readings < (size_t)work->context->min_replicates;
}

static bool calculate_units(struct calculation_work *work)
{
    const Touchstone__V1__Test *test = work->test;
    const struct formula_program *program;
    work->calculation->units = arena_array(work->arena, PLAN_UNITS, sizeof(struct plan_unit));
    if (!work->calculation->units)
        return false;
    if (*test->inputs) {
        program = choose(work);
        return (program && determine_all(work, program)) || !work->out_of_memory;
    }
    for (size_t i = 0; i < test->n_readings; i++)
        if (!add_unit(work, qualifier_of(test, i), test->readings[i]->value))
            break;
    return !work->out_of_memory;
}

static bool calculate(struct calculation_work *work)
{
    const struct formula_program *program;
    if (!take_mark(work))
        return true;
    if (work->context->plan)
        return calculate_units(work);
    if (are_too_few(work)) {
        work->calculation->state = CALCULATION_FEW;
        return true;
    }
    if (are_qualified(work))
        return work->calculation->state == CALCULATION_MIXED || take_bound(work);
    program = choose(work);
    if (program && determine_all(work, program))
        finish(work);
    return !work->out_of_memory;
}

static bool begin(struct calculation_work *work)
{
    struct calculation *calculation = work->calculation;
    const Touchstone__Internal__V1__JudgeContext *context = work->context;
    Touchstone__V1__Trace *trace = arena_alloc(work->arena, sizeof *trace);
    *calculation = (struct calculation){
        .value = "", .lod = context->lod, .loq = context->loq, .reason = "", .are_of_one_batch = true};
    work->numbers = arena_alloc(work->arena, CALCULATION_DETERMINATIONS * sizeof *work->numbers);
    if (!trace || !work->numbers || !units_read(context->unit_factors, work->arena, &work->units, NULL))
        return false;
    touchstone__v1__trace__init(trace);
    trace->steps = arena_array(work->arena, CALCULATION_STEPS, sizeof(Touchstone__V1__TraceStep *));
    calculation->trace = trace;
    return trace->steps;
}

bool calculation_make(const Touchstone__V1__Test *test, const Touchstone__Internal__V1__JudgeContext *context,
                      struct calculator *calculator, struct arena *arena, struct calculation *ret_calculation,
                      struct ts_error *error)
{
    struct calculation_work *work = arena_alloc(arena, sizeof *work);
    if (!work)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "The answer is too large.");
    *work = (struct calculation_work){.test = test,
                                      .context = context,
                                      .calculator = calculator,
                                      .arena = arena,
                                      .calculation = ret_calculation,
                                      .mark = "",
                                      .error = error};
    if (!begin(work) || !calculate(work) || work->out_of_memory)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "The answer is too large.");
    // GB/T 2912.1: below what the method reports, it reports "not detected".
    ret_calculation->judges_by_loq = !*ret_calculation->lod && *ret_calculation->loq;
    return true;
}
