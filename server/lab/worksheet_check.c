// SPDX-License-Identifier: Apache-2.0
// See worksheet_check.h. Samples come first, because duplicates and spikes are held against them; wrong
// positions are told together. One reading of a blank, control, duplicate or spike is its value as it stands.
#include "lab/worksheet_check.h"

#include "lab/calculation.h"
#include "lab/worksheet_charts.h"
#include "quality/control_checks.h"
#include "wire/arena.h"
#include "wire/decimal_round.h"
#include "wire/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define OUTCOME(name) TOUCHSTONE__V1__POSITION_OUTCOME__POSITION_OUTCOME_##name
#define KIND(name) TOUCHSTONE__V1__POSITION_KIND__POSITION_KIND_##name

struct one {
    const Touchstone__V1__WorksheetPosition *placed;
    const Touchstone__V1__PositionResult *typed;
    size_t at; // in the request
    Touchstone__Internal__V1__FoundPosition found;
    bool has_number; // `number` is what found.value says
    struct decimal number;
};

struct sheet {
    const struct worksheet_check *check;
    const Touchstone__V1__ControlPlan *plan;
    struct one *ones; // from 1
    int count;
    Touchstone__Internal__V1__JudgeContext shared; // of method and parameter, for what is no sample
    bool has_shared;
    struct ts_error *error;
};

static bool no_memory(struct ts_error *error)
{
    return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "The worksheet is too large.");
}

__attribute__((format(printf, 4, 5))) static bool wrong(struct sheet *sheet, const struct one *one,
                                                        const char *field, const char *format, ...)
{
    char text[120], path[64], number[16];
    bool is_first = sheet->error->violation_count == 0;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    snprintf(path, sizeof path, "results[%zu].%s", one->at, field);
    error_violation(sheet->error, path, "position %d: %s", one->placed->position, text);
    snprintf(number, sizeof number, "%d", one->placed->position);
    if (is_first)
        error_metadata(sheet->error, "position", number);
    return false;
}

static bool is_number(const struct one *one)
{
    return one->has_number;
}

static bool is_skipped(const struct one *one)
{
    return one->found.outcome == OUTCOME(SKIPPED);
}

// ---- each position once

static bool match_result(struct sheet *sheet, size_t i)
{
    const Touchstone__V1__PositionResult *typed = sheet->check->request->results[i];
    char path[64];
    snprintf(path, sizeof path, "results[%zu].position", i);
    if (typed->position < 1 || typed->position > sheet->count)
        return error_violation(sheet->error, path, "this worksheet has the positions 1 to %d, not %d",
                               sheet->count, typed->position);
    struct one *one = &sheet->ones[typed->position];
    if (one->typed)
        return error_violation(sheet->error, path, "position %d is there twice", typed->position);
    one->typed = typed;
    one->at = i;
    return true;
}

static void match(struct sheet *sheet)
{
    const Touchstone__Internal__V1__WorksheetContext *context = sheet->check->context;
    for (size_t i = 0; i < context->n_positions; i++)
        if (context->positions[i]->position >= 1 && context->positions[i]->position <= sheet->count)
            sheet->ones[context->positions[i]->position].placed = context->positions[i];
    for (size_t i = 0; i < sheet->check->request->n_results; i++)
        match_result(sheet, i);
    for (int p = 1; p <= sheet->count; p++) {
        touchstone__internal__v1__found_position__init(&sheet->ones[p].found);
        sheet->ones[p].found.position = p;
        if (!sheet->ones[p].typed)
            error_violation(sheet->error, "results", "position %d is missing", p);
    }
}

// ---- what a position comes to

static bool is_left_empty(const struct one *one)
{
    return one->typed->n_readings == 0 && !*one->typed->inputs && !*one->typed->confirmation;
}

// By the method's formula, as an entry of a test.
static bool calculate(struct sheet *sheet, struct one *one,
                      const Touchstone__Internal__V1__JudgeContext *facts)
{
    struct calculation *calculation = arena_alloc(sheet->check->arena, sizeof *calculation);
    Touchstone__V1__Test test = TOUCHSTONE__V1__TEST__INIT;
    if (!calculation)
        return no_memory(sheet->error);
    test.n_readings = one->typed->n_readings;
    test.readings = one->typed->readings;
    test.inputs = one->typed->inputs;
    struct ts_error why = {0};
    if (!calculation_make(&test, facts, sheet->check->calculator, sheet->check->arena, calculation, &why)) {
        *sheet->error = why;
        return false;
    }
    if (calculation->state == CALCULATION_FAILED)
        return wrong(sheet, one, *one->typed->inputs ? "inputs" : "readings", "%s", calculation->detail);
    if (calculation->state == CALCULATION_DONE) {
        one->found.value = (char *)calculation->value;
        one->found.qualifier = (Touchstone__V1__Qualifier)calculation->qualifier;
    }
    return true;
}

static bool take(struct sheet *sheet, struct one *one, const Touchstone__Internal__V1__JudgeContext *facts)
{
    const Touchstone__V1__PositionResult *typed = one->typed;
    bool is_plain = one->placed->kind != KIND(SAMPLE) && typed->n_readings == 1 && !*typed->inputs;
    if (typed->n_readings == 0 && !*typed->inputs)
        return wrong(sheet, one, "readings", "needs readings or inputs");
    if (is_plain) {
        one->found.value = typed->readings[0]->value;
        one->found.qualifier = typed->readings[0]->qualifier;
    } else if (facts && !calculate(sheet, one, facts)) {
        return false;
    }
    one->has_number =
        *one->found.value && decimal_parse(one->found.value, strlen(one->found.value), &one->number, NULL);
    return one->placed->kind == KIND(SAMPLE) || is_number(one) ||
           wrong(sheet, one, "readings", "comes to no number");
}

static bool take_sample(struct sheet *sheet, struct one *one)
{
    bool skips = one->typed->skipped[strspn(one->typed->skipped, " ")] != '\0';
    if (skips && !is_left_empty(one))
        return wrong(sheet, one, "skipped", "has a result: either is told, not both");
    one->found.outcome = skips ? OUTCOME(SKIPPED) : OUTCOME(NONE);
    return skips || take(sheet, one, sheet->check->facts[one->placed->position]);
}

// ---- blanks, duplicates, spikes

static void decide(struct one *one, bool is_accepted)
{
    one->found.outcome = is_accepted ? OUTCOME(ACCEPTED) : OUTCOME(REJECTED);
}

static bool parse(struct sheet *sheet, const char *text, struct decimal *ret_number)
{
    return decimal_parse(text, strlen(text), ret_number, sheet->error);
}

static bool check_blank(struct sheet *sheet, struct one *one)
{
    struct decimal limit;
    enum control_blank level;
    if (!parse(sheet, sheet->plan->blank_limit, &limit))
        return false;
    switch (one->found.qualifier) {
    case TOUCHSTONE__V1__QUALIFIER__QUALIFIER_UNSPECIFIED:
        if (!control_checks_blank(&one->number, &limit, NULL, &level, sheet->error))
            return false;
        decide(one, level == CONTROL_BLANK_CLEAN);
        return true;
    case TOUCHSTONE__V1__QUALIFIER__QUALIFIER_GREATER_THAN:
        decide(one, false);
        return true;
    default: // what was not seen lies below its bound
        decide(one, decimal_compare(&one->number, &limit) <= 0);
        return true;
    }
}

// Two places, and more where fewer would contradict the outcome.
static bool show_figure(struct sheet *sheet, struct one *one, const struct decimal *figure,
                        const struct decimal *low, const struct decimal *high)
{
    enum { PLACES = 2, PLACES_MOST = 30 };
    char text[DECIMAL_TEXT_SIZE];
    struct decimal shown = *figure;
    bool is_accepted = one->found.outcome == OUTCOME(ACCEPTED), is_inside = !is_accepted;
    for (int places = PLACES; is_inside != is_accepted && places <= PLACES_MOST; places++) {
        if (!decimal_round(figure, -places, DECIMAL_HALF_EVEN, &shown, sheet->error))
            return false;
        is_inside = (!low || decimal_compare(&shown, low) >= 0) && decimal_compare(&shown, high) <= 0;
    }
    decimal_format(&shown, text, sizeof text);
    one->found.figure = arena_copy(sheet->check->arena, text, strlen(text));
    return one->found.figure || no_memory(sheet->error);
}

// Of what lies beyond its range nobody knows how far.
static bool is_either_beyond(const struct one *a, const struct one *b)
{
    return a->found.qualifier == TOUCHSTONE__V1__QUALIFIER__QUALIFIER_GREATER_THAN ||
           b->found.qualifier == TOUCHSTONE__V1__QUALIFIER__QUALIFIER_GREATER_THAN;
}

// The one is minus the other, and neither is 0: their mean is 0, and no difference is a share of it.
static bool are_opposite(const struct decimal *a, const struct decimal *b)
{
    struct decimal x, y;
    decimal_absolute(a, &x);
    decimal_absolute(b, &y);
    return decimal_compare(&x, &y) == 0 && decimal_compare(a, b) != 0;
}

static bool are_both_unseen(const struct one *a, const struct one *b)
{
    return a->found.qualifier != TOUCHSTONE__V1__QUALIFIER__QUALIFIER_UNSPECIFIED &&
           a->found.qualifier == b->found.qualifier;
}

// What was not seen stands at its bound.
static bool check_duplicate(struct sheet *sheet, struct one *one, const struct one *base)
{
    struct decimal percent, figure;
    bool is_accepted;
    bool is_beyond = is_either_beyond(one, base);
    if (is_beyond || are_both_unseen(one, base) || are_opposite(&base->number, &one->number)) {
        decide(one, !is_beyond && are_both_unseen(one, base)); // without a figure
        return true;
    }
    if (!parse(sheet, sheet->plan->duplicate_percent, &percent) ||
        !control_checks_duplicates(&base->number, &one->number, &percent, &is_accepted, sheet->error))
        return false;
    decide(one, is_accepted);
    return control_checks_duplicates_percent(&base->number, &one->number, &figure, sheet->error) &&
           show_figure(sheet, one, &figure, NULL, &percent);
}

// What was not detected counts as 0.
static struct decimal amount_of(const struct one *one)
{
    struct decimal zero;
    decimal_from_int(0, &zero);
    bool is_unseen = one->found.qualifier == TOUCHSTONE__V1__QUALIFIER__QUALIFIER_LESS_THAN ||
                     one->found.qualifier == TOUCHSTONE__V1__QUALIFIER__QUALIFIER_NOT_DETECTED;
    return is_unseen ? zero : one->number;
}

static bool check_spike(struct sheet *sheet, struct one *one, const struct one *base)
{
    struct decimal added, low, high, figure, spiked = amount_of(one), unspiked = amount_of(base);
    bool is_accepted;
    if (is_either_beyond(one, base)) {
        decide(one, false);
        return true;
    }
    if (!parse(sheet, one->placed->added, &added) || !parse(sheet, sheet->plan->spike_low_percent, &low) ||
        !parse(sheet, sheet->plan->spike_high_percent, &high) ||
        !control_checks_recovery(&spiked, &unspiked, &added, &low, &high, &is_accepted, sheet->error) ||
        !control_checks_recovery_percent(&spiked, &unspiked, &added, &figure, sheet->error))
        return false;
    decide(one, is_accepted);
    return show_figure(sheet, one, &figure, &low, &high);
}

// A duplicate or a spike, against its sample.
static bool check_beside(struct sheet *sheet, struct one *one)
{
    int of = one->placed->of_position;
    const struct one *base = of >= 1 && of <= sheet->count ? &sheet->ones[of] : NULL;
    if (!base || base->placed->kind != KIND(SAMPLE))
        return error_set(sheet->error, TS_INTERNAL, "WORKSHEET_BROKEN", "Position %d has no sample.",
                         one->placed->position);
    if (is_skipped(base)) {
        one->found.outcome = OUTCOME(SKIPPED);
        return is_left_empty(one) ||
               wrong(sheet, one, "readings", "its sample at position %d was skipped", of);
    }
    if (!take(sheet, one, sheet->has_shared ? &sheet->shared : NULL))
        return false;
    if (!is_number(base))
        return wrong(sheet, one, "readings", "its sample at position %d comes to no number", of);
    return one->placed->kind == KIND(SPIKE) ? check_spike(sheet, one, base)
                                            : check_duplicate(sheet, one, base);
}

static bool check_one(struct sheet *sheet, struct one *one)
{
    if (*one->typed->confirmation)
        return wrong(sheet, one, "confirmation", "only the finding in a sample is confirmed");
    if (one->placed->kind == KIND(DUPLICATE) || one->placed->kind == KIND(SPIKE))
        return check_beside(sheet, one);
    if (*one->typed->skipped)
        return wrong(sheet, one, "skipped", "only a sample is skipped");
    if (!take(sheet, one, sheet->has_shared ? &sheet->shared : NULL))
        return false;
    if (one->placed->kind == KIND(BLANK))
        return check_blank(sheet, one);
    return one->found.qualifier == TOUCHSTONE__V1__QUALIFIER__QUALIFIER_UNSPECIFIED ||
           wrong(sheet, one, "readings", "a control is a number without a qualifier");
}

// ---- all together

// Anything but a wrong position ends it at once.
static bool goes_on(const struct sheet *sheet)
{
    return sheet->error->status == TS_OK || sheet->error->violation_count > 0;
}

static void check_all(struct sheet *sheet)
{
    for (int p = 1; p <= sheet->count && goes_on(sheet); p++)
        if (sheet->ones[p].placed->kind == KIND(SAMPLE))
            take_sample(sheet, &sheet->ones[p]);
    // Without their samples duplicates and spikes would only repeat what is wrong.
    if (sheet->error->status != TS_OK)
        return;
    for (int p = 1; p <= sheet->count && goes_on(sheet); p++)
        if (sheet->ones[p].placed->kind != KIND(SAMPLE))
            check_one(sheet, &sheet->ones[p]);
}

static bool begin(struct sheet *sheet)
{
    const struct worksheet_check *check = sheet->check;
    const Touchstone__V1__Worksheet *worksheet = check->context->worksheet;
    if (!worksheet || !worksheet->plan || worksheet->positions < 1 ||
        worksheet->positions > WORKSHEET_POSITIONS ||
        check->context->n_positions != (size_t)worksheet->positions)
        return error_set(sheet->error, TS_INTERNAL, "WORKSHEET_BROKEN", "The worksheet is not whole.");
    sheet->plan = worksheet->plan;
    sheet->count = worksheet->positions;
    sheet->ones = arena_array(check->arena, WORKSHEET_POSITIONS + 1, sizeof *sheet->ones);
    for (int p = 1; p <= sheet->count && !sheet->has_shared; p++) {
        if (!check->facts[p])
            continue;
        sheet->shared = *check->facts[p];
        sheet->shared.min_replicates = 1;
        sheet->shared.plan = NULL; // of units of a sample
        sheet->has_shared = true;
    }
    return sheet->ones || no_memory(sheet->error);
}

static bool collect(struct sheet *sheet, Touchstone__Internal__V1__WorksheetDecision *decision)
{
    decision->positions = arena_array(sheet->check->arena, WORKSHEET_POSITIONS, sizeof *decision->positions);
    if (!decision->positions)
        return no_memory(sheet->error);
    for (int p = 1; p <= sheet->count; p++)
        decision->positions[decision->n_positions++] = &sheet->ones[p].found;
    return worksheet_charts_judge(sheet->check->context, decision, sheet->check->arena, sheet->error);
}

bool worksheet_check_decide(const struct worksheet_check *check,
                            Touchstone__Internal__V1__WorksheetDecision *ret_decision, struct ts_error *error)
{
    struct sheet *sheet = arena_array(check->arena, 1, sizeof *sheet);
    if (!sheet)
        return no_memory(error);
    sheet->check = check;
    sheet->error = error;
    if (!begin(sheet))
        return false;
    match(sheet);
    if (error->status == TS_OK)
        check_all(sheet);
    return error->status == TS_OK && collect(sheet, ret_decision);
}
