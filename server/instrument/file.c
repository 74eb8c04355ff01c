// SPDX-License-Identifier: Apache-2.0
// See file.h. A row gives a value for every cell of its value columns that is not empty; a row that gives
// none, or whose item or parameter is not known, is told once or for each value, so that nothing is lost
// silently.
#include "instrument/file.h"

#include "formula/convert.h"
#include "instrument/layout.h"
#include "instrument/number.h"
#include "instrument/source.h"
#include "wire/arena.h"
#include "wire/error.h"
#include "wire/item_code.h"
#include "wire/utf8.h"

#include <string.h>

enum { SHOWN_BYTES = 80, VALUE_DIGITS = 40 };

struct work {
    const Touchstone__Internal__V1__InstrumentContext *context;
    struct source source;
    struct formula_units units;
    struct arena *arena;
    struct decimal *factors; // of the codes
    Touchstone__Internal__V1__FoundValues *found;
    struct csv_cell item;  // of the row at hand
    const char *item_code; // "" when it is none
    struct ts_error *error;
};

static bool no_memory(struct ts_error *error)
{
    return error_set(error, TS_RESOURCE_EXHAUSTED, "FILE_TOO_LARGE", "The file is too large to be read.");
}

static char *keep(struct work *work, const char *text)
{
    char *copy = arena_copy(work->arena, text, strlen(text));
    if (!copy)
        no_memory(work->error);
    return copy;
}

// What stands in the file, short enough to be shown, and without what would disturb a screen.
static char *keep_shown(struct work *work, const char *text)
{
    size_t length = strlen(text), at = 0;
    char *copy = keep(work, text);
    while (copy && at < length) {
        int32_t character;
        size_t next = utf8_next(text + at, length - at, &character);
        if (at + next > SHOWN_BYTES)
            break;
        if (utf8_is_hazard(character))
            memset(copy + at, '?', next);
        at += next;
    }
    if (copy)
        copy[at] = '\0';
    return copy;
}

static bool say(struct work *work, Touchstone__Internal__V1__FoundValue *value, const char *reason,
                const char *detail)
{
    value->reason = keep(work, reason);
    value->detail = keep(work, detail);
    return value->reason && value->detail;
}

// A value of the row at hand; NULL with the error set.
static Touchstone__Internal__V1__FoundValue *add(struct work *work, const struct csv_cell *cell,
                                                 const char *code)
{
    Touchstone__Internal__V1__FoundValue *value = arena_alloc(work->arena, sizeof *value);
    if (work->found->n_values == FILE_VALUES_MOST) {
        error_set(work->error, TS_RESOURCE_EXHAUSTED, "FILE_TOO_LARGE",
                  "The file has more than %d values. Split it.", FILE_VALUES_MOST);
        return NULL;
    }
    if (!value) {
        no_memory(work->error);
        return NULL;
    }
    touchstone__internal__v1__found_value__init(value);
    value->line = (int32_t)cell->line;
    value->column = (int32_t)cell->column;
    value->item = keep_shown(work, work->item.text);
    value->code = keep_shown(work, code);
    value->raw = keep_shown(work, cell->text);
    value->item_code = (char *)work->item_code;
    if (!value->item || !value->code || !value->raw)
        return NULL;
    work->found->values[work->found->n_values++] = value;
    return value;
}

static bool is_writable(const struct decimal *number)
{
    int digits = number->count + (number->exponent > 0 ? number->exponent : 0);
    return digits <= VALUE_DIGITS && decimal_places(number) <= VALUE_DIGITS - 1;
}

// In the unit of the parameter, as text.
static bool put_number(struct work *work, Touchstone__Internal__V1__FoundValue *value, size_t code,
                       const struct instrument_number *number)
{
    char text[DECIMAL_TEXT_SIZE];
    struct decimal converted;
    if (!decimal_mul(&number->value, &work->factors[code], &converted, NULL) || !is_writable(&converted))
        return say(work, value, "NOT_A_NUMBER", "The number has more than 40 digits.");
    decimal_format(&converted, text, sizeof text);
    value->value = arena_printf(work->arena, "%s%s", text, number->mark);
    return value->value || no_memory(work->error);
}

// A qualifier without a number: what the laboratory's method detects or quantifies.
static const char *limit_of(const Touchstone__V1__InstrumentCode *code, Touchstone__V1__Qualifier qualifier)
{
    switch (qualifier) {
    case TOUCHSTONE__V1__QUALIFIER__QUALIFIER_NOT_DETECTED:
        return code->detection_limit;
    case TOUCHSTONE__V1__QUALIFIER__QUALIFIER_LESS_THAN:
        return code->quantification_limit;
    default:
        return "";
    }
}

// A number as it stands: the formula knows what it is, and has no use for a qualifier.
static bool put_input(struct work *work, Touchstone__Internal__V1__FoundValue *value,
                      const struct instrument_number *number)
{
    char text[DECIMAL_TEXT_SIZE];
    if (!number->has_value || *number->mark ||
        number->qualifier != TOUCHSTONE__V1__QUALIFIER__QUALIFIER_UNSPECIFIED)
        return say(work, value, "NOT_A_NUMBER",
                   "An input of a formula is a number without a qualifier that was not rounded already.");
    if (!is_writable(&number->value))
        return say(work, value, "NOT_A_NUMBER", "The number has more than 40 digits.");
    decimal_format(&number->value, text, sizeof text);
    value->value = keep(work, text);
    return value->value;
}

static bool put_value(struct work *work, Touchstone__Internal__V1__FoundValue *value, size_t index,
                      const char *text)
{
    const Touchstone__V1__InstrumentCode *code = work->context->layout->codes[index];
    struct instrument_number number;
    struct ts_error why = {0};
    value->method_id = code->method_id;
    value->parameter_id = code->parameter_id;
    value->expanded_uncertainty = code->expanded_uncertainty;
    value->coverage_factor = code->coverage_factor;
    if (!number_read(work->context->layout, text, &number, &why))
        return say(work, value, why.reason, why.detail);
    if (*value->input)
        return put_input(work, value, &number);
    if (!number.has_value) {
        const char *limit = limit_of(code, number.qualifier);
        if (!decimal_parse(limit, strlen(limit), &number.value, NULL))
            return say(work, value, "NO_LIMIT", "The profile has no limit for this spelling and code.");
    }
    value->qualifier = number.qualifier;
    return put_number(work, value, index, &number);
}

static bool read_value(struct work *work, const struct csv_cell *cell, const char *code, char *input)
{
    Touchstone__Internal__V1__FoundValue *value = add(work, cell, code);
    size_t index;
    if (!value)
        return false;
    value->input = input;
    if (!*work->item_code && !work->context->takes_any_item)
        return say(work, value, "UNKNOWN_ITEM", "This is not the code of an item.");
    if (!layout_find_code(work->context->layout, code, &index))
        return say(work, value, "UNKNOWN_PARAMETER", "The profile does not know this code.");
    return put_value(work, value, index, cell->text);
}

static bool begins_with_any(const Touchstone__V1__InstrumentLayout *layout, const char *text)
{
    for (size_t i = 0; i < layout->n_skipped; i++)
        if (strncmp(text, layout->skipped[i], strlen(layout->skipped[i])) == 0)
            return true;
    return false;
}

// Told once for the whole row.
static bool refuse_row(struct work *work, const char *reason, const char *detail)
{
    struct csv_cell cell = work->item;
    cell.text = "";
    Touchstone__Internal__V1__FoundValue *value = add(work, &cell, "");
    return value && say(work, value, reason, detail);
}

static bool read_item(struct work *work)
{
    char code[ITEM_CODE_SIZE] = "";
    if (!source_cell(&work->source, work->context->layout->item, &work->item, work->error))
        return false;
    if (!item_code_check(work->item.text, work->item.length, code))
        code[0] = '\0';
    work->item_code = keep(work, code);
    return work->item_code;
}

static bool read_row(struct work *work)
{
    const Touchstone__V1__InstrumentLayout *layout = work->context->layout;
    struct csv_cell first, cell, parameter = {.text = ""};
    bool has_value = false;
    if (!source_first(&work->source, &first, work->error) || !read_item(work))
        return false;
    if (begins_with_any(layout, first.text) || begins_with_any(layout, work->item.text))
        return true;
    if (source_is_too_long(&work->source))
        return refuse_row(work, "ROW_TOO_LONG",
                          "The row has more cells than the header: a delimiter inside a cell needs quotes.");
    if (layout->parameter && !source_cell(&work->source, layout->parameter, &parameter, work->error))
        return false;
    for (size_t i = 0; i < layout->n_values; i++) {
        if (!source_cell(&work->source, layout->values[i]->column, &cell, work->error))
            return false;
        if (cell.length == 0)
            continue;
        has_value = true;
        if (!read_value(work, &cell, layout->parameter ? parameter.text : layout->values[i]->code,
                        layout->values[i]->input))
            return false;
    }
    return has_value || refuse_row(work, "NO_VALUE", "The row has no value.");
}

static bool find_factors(struct work *work)
{
    const Touchstone__V1__InstrumentLayout *layout = work->context->layout;
    for (size_t i = 0; i < layout->n_codes; i++) {
        const char *unit = *layout->codes[i]->unit ? layout->codes[i]->unit : work->context->units[i];
        if (!convert_factor(&work->units, unit, work->context->units[i], &work->factors[i], work->error))
            return false;
    }
    return true;
}

static bool begin(struct work *work)
{
    work->found = arena_alloc(work->arena, sizeof *work->found);
    work->factors = arena_array(work->arena, work->context->layout->n_codes + 1, sizeof *work->factors);
    if (!work->found || !work->factors)
        return no_memory(work->error);
    touchstone__internal__v1__found_values__init(work->found);
    work->found->values = arena_array(work->arena, FILE_VALUES_MOST, sizeof *work->found->values);
    work->found->instrument = work->context->layout->instrument;
    work->found->rows_are_replicates = work->context->layout->rows_are_replicates;
    work->found->profile_version = work->context->profile_version;
    return work->found->values || no_memory(work->error);
}

bool file_read(const Touchstone__Internal__V1__InstrumentContext *context, const char *bytes, size_t length,
               struct arena *arena, Touchstone__Internal__V1__FoundValues **ret_values,
               struct ts_error *error)
{
    struct work work = {.context = context, .arena = arena, .error = error};
    enum source_step step;
    if (!units_read(context->unit_factors, arena, &work.units, error) ||
        !layout_check(context, &work.units, error) || !begin(&work) || !find_factors(&work) ||
        !source_open(context->layout, bytes, length, arena, &work.source, error))
        return false;
    while ((step = source_next(&work.source, error)) == SOURCE_ROW)
        if (!read_row(&work))
            return false;
    if (step == SOURCE_FAILED)
        return false;
    work.found->size = (int32_t)length;
    *ret_values = work.found;
    return true;
}
