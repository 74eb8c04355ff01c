// SPDX-License-Identifier: Apache-2.0
// See worksheet_readings.h. A position is read whole or not at all: one value of it that is none keeps back
// the others, as an import of tests does.
#include "lab/worksheet_readings.h"

#include "lab/worksheet_check.h"
#include "wire/arena.h"
#include "wire/error.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { READINGS_MOST = 24, LEFT_OUT_SIZE = 200 };

#define KIND(name) TOUCHSTONE__V1__POSITION_KIND__POSITION_KIND_##name

// What the file says of one position.
struct place {
    const Touchstone__V1__WorksheetPosition *on; // NULL: there is no such position
    bool is_typed, is_faulty, is_spread;         // by hand; a value is none; over several lines
    int first_line;
    size_t count;
};

struct placing {
    const Touchstone__Internal__V1__WorksheetContext *context;
    const Touchstone__Internal__V1__FoundValues *found;
    Touchstone__Internal__V1__PlacedReadings *placed;
    struct place places[WORKSHEET_POSITIONS + 1];
    struct arena *arena;
};

static bool no_memory(struct ts_error *error)
{
    return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "The file is too large.");
}

// ---- whose a value is

// "51", "QC51", "QC-51": as the page prints a position. 0 when it is none; `ret_kind` is UNSPECIFIED for a
// bare number.
static int position_named(const char *item, Touchstone__V1__PositionKind *ret_kind)
{
    static const struct {
        const char *letters;
        Touchstone__V1__PositionKind kind;
    } KINDS[] = {{"", KIND(UNSPECIFIED)}, {"S", KIND(SAMPLE)},      {"BLK", KIND(BLANK)},
                 {"QC", KIND(CONTROL)},   {"DUP", KIND(DUPLICATE)}, {"SPK", KIND(SPIKE)}};
    size_t letters = strspn(item, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    const char *digits = item + letters;
    digits += letters > 0 && *digits && strchr("-_ #", *digits) ? 1 : 0;
    size_t count = strspn(digits, "0123456789");
    int position = 0;
    if (count < 1 || count > 3 || digits[count])
        return 0;
    for (size_t i = 0; i < count; i++)
        position = position * 10 + (digits[i] - '0');
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++)
        if (strlen(KINDS[i].letters) == letters && strncasecmp(item, KINDS[i].letters, letters) == 0) {
            *ret_kind = KINDS[i].kind;
            return position <= WORKSHEET_POSITIONS ? position : 0;
        }
    return 0;
}

static int position_of_item(const struct placing *placing, const char *item_code)
{
    for (int p = 1; p <= WORKSHEET_POSITIONS; p++) {
        const Touchstone__V1__WorksheetPosition *on = placing->places[p].on;
        if (on && on->test && strcmp(on->test->item_code, item_code) == 0)
            return p;
    }
    return 0;
}

static void say(Touchstone__V1__InstrumentValue *value, const char *reason, const char *detail)
{
    value->reason = (char *)reason; // nobody writes through it
    value->detail = (char *)detail;
}

static bool is_of_worksheet(const struct placing *placing, const Touchstone__V1__InstrumentValue *value)
{
    const Touchstone__V1__Worksheet *sheet = placing->context->worksheet;
    return strcmp(value->method_id, sheet->method_id) == 0 &&
           strcmp(value->parameter_id, sheet->parameter_id) == 0;
}

// Sets its position, and why it cannot stand there as far as the value alone shows.
static void place_value(const struct placing *placing, Touchstone__V1__InstrumentValue *value)
{
    Touchstone__V1__PositionKind kind = KIND(UNSPECIFIED);
    value->position =
        *value->item_code ? position_of_item(placing, value->item_code) : position_named(value->item, &kind);
    const Touchstone__V1__WorksheetPosition *on =
        value->position > 0 ? placing->places[value->position].on : NULL;
    if (*value->method_id && !is_of_worksheet(placing, value))
        say(value, "OTHER_PARAMETER", "It is of another method or parameter than this worksheet.");
    else if (*value->reason)
        return;
    else if (!on)
        say(value, "UNKNOWN_POSITION", "This worksheet has no such item or position.");
    else if (kind != KIND(UNSPECIFIED) && kind != on->kind) {
        say(value, "POSITION_MISMATCH", "Something else stands at this position of the worksheet.");
        value->position = 0;
    } else if (*value->input)
        say(value, "INPUT_BY_HAND", "Named inputs of a formula are entered by hand on a worksheet.");
    if (!on)
        value->position = 0;
}

static Touchstone__V1__InstrumentValue *value_of(const struct placing *placing,
                                                 const Touchstone__Internal__V1__FoundValue *found)
{
    Touchstone__V1__InstrumentValue *value = arena_alloc(placing->arena, sizeof *value);
    if (!value)
        return NULL;
    touchstone__v1__instrument_value__init(value);
    value->line = found->line;
    value->column = found->column;
    value->item = found->item;
    value->code = found->code;
    value->raw = found->raw;
    value->item_code = found->item_code;
    value->method_id = found->method_id;
    value->parameter_id = found->parameter_id;
    value->value = found->value;
    value->qualifier = found->qualifier;
    value->input = found->input;
    value->reason = found->reason;
    value->detail = found->detail;
    place_value(placing, value);
    return value;
}

static bool is_other_parameter(const Touchstone__V1__InstrumentValue *value)
{
    return strcmp(value->reason, "OTHER_PARAMETER") == 0;
}

// ---- positions together

static void count_value(struct placing *placing, const Touchstone__V1__InstrumentValue *value)
{
    struct place *place = &placing->places[value->position];
    if (value->position == 0 || !*value->method_id || is_other_parameter(value))
        return; // of a code that the profile does not know, too
    place->is_faulty |= *value->reason != '\0';
    place->is_spread |= place->count > 0 && place->first_line != value->line;
    place->first_line = place->count > 0 ? place->first_line : value->line;
    place->count++;
}

static void refuse_together(const struct placing *placing, Touchstone__V1__InstrumentValue *value)
{
    const struct place *place = &placing->places[value->position];
    if (value->position == 0 || *value->reason)
        return;
    if (place->is_typed)
        say(value, "TYPED_BY_HAND", "The request has a result of this position.");
    else if (place->is_spread && !placing->found->rows_are_replicates)
        say(value, "DUPLICATE",
            "Several lines are of this position, and rows of this profile are no replicates.");
    else if (place->count > READINGS_MOST)
        say(value, "TOO_MANY_READINGS", "A position takes at most 24 readings.");
    else if (place->is_faulty)
        say(value, "OTHER_VALUE", "Another value of the same position cannot be entered.");
    else
        value->entered = true;
}

static bool add_reading(const struct placing *placing, Touchstone__V1__PositionResult *result,
                        const Touchstone__V1__InstrumentValue *value)
{
    Touchstone__V1__Reading *reading = arena_alloc(placing->arena, sizeof *reading);
    if (!reading)
        return false;
    touchstone__v1__reading__init(reading);
    reading->value = value->value;
    reading->qualifier = value->qualifier;
    result->readings[result->n_readings++] = reading;
    return true;
}

// The uncertainty stands in the profile, with the code.
static const char *uncertainty_of(const struct placing *placing, int position)
{
    if (placing->places[position].on->kind != KIND(SAMPLE))
        return "";
    for (size_t i = 0; i < placing->found->n_values; i++)
        if (placing->placed->values[i]->position == position && placing->placed->values[i]->entered)
            return placing->found->values[i]->expanded_uncertainty;
    return "";
}

static bool make_result(struct placing *placing, int position)
{
    Touchstone__V1__PositionResult *result = arena_alloc(placing->arena, sizeof *result);
    if (!result)
        return false;
    touchstone__v1__position_result__init(result);
    result->position = position;
    result->readings = arena_array(placing->arena, READINGS_MOST, sizeof *result->readings);
    if (!result->readings)
        return false;
    for (size_t i = 0; i < placing->placed->n_values; i++) {
        const Touchstone__V1__InstrumentValue *value = placing->placed->values[i];
        if (value->position == position && value->entered && !add_reading(placing, result, value))
            return false;
    }
    result->expanded_uncertainty = (char *)uncertainty_of(placing, position);
    placing->placed->results[placing->placed->n_results++] = result;
    return true;
}

static bool has_entered(const struct placing *placing, int position)
{
    for (size_t i = 0; i < placing->placed->n_values; i++)
        if (placing->placed->values[i]->position == position && placing->placed->values[i]->entered)
            return true;
    return false;
}

static bool make_results(struct placing *placing)
{
    for (int p = 1; p <= WORKSHEET_POSITIONS; p++) {
        if (!placing->places[p].on)
            continue;
        if (has_entered(placing, p)) {
            if (!make_result(placing, p))
                return false;
        } else if (!placing->places[p].is_typed) {
            placing->placed->missing[placing->placed->n_missing++] = p;
        }
    }
    return true;
}

static struct placing *begin(const Touchstone__Internal__V1__WorksheetContext *context,
                             const Touchstone__Internal__V1__FoundValues *found, struct arena *arena)
{
    struct placing *placing = arena_array(arena, 1, sizeof *placing);
    Touchstone__Internal__V1__PlacedReadings *placed = arena_alloc(arena, sizeof *placed);
    if (!placing || !placed)
        return NULL;
    *placing = (struct placing){.context = context, .found = found, .placed = placed, .arena = arena};
    touchstone__internal__v1__placed_readings__init(placed);
    placed->instrument = found->instrument;
    placed->profile_version = found->profile_version;
    placed->values = arena_array(arena, found->n_values + 1, sizeof *placed->values);
    placed->results = arena_array(arena, WORKSHEET_POSITIONS, sizeof *placed->results);
    placed->missing = arena_array(arena, WORKSHEET_POSITIONS, sizeof *placed->missing);
    for (size_t i = 0; i < context->n_positions; i++) {
        int position = context->positions[i]->position;
        if (position >= 1 && position <= WORKSHEET_POSITIONS)
            placing->places[position].on = context->positions[i];
    }
    return placed->values && placed->results && placed->missing ? placing : NULL;
}

bool worksheet_readings_place(const Touchstone__Internal__V1__WorksheetContext *context,
                              const Touchstone__Internal__V1__FoundValues *found,
                              Touchstone__V1__PositionResult *const *typed, size_t typed_count,
                              struct arena *arena, Touchstone__Internal__V1__PlacedReadings **ret_placed,
                              struct ts_error *error)
{
    struct placing *placing = begin(context, found, arena);
    if (!placing)
        return no_memory(error);
    for (size_t i = 0; i < typed_count; i++)
        if (typed[i]->position >= 1 && typed[i]->position <= WORKSHEET_POSITIONS)
            placing->places[typed[i]->position].is_typed = true;
    for (size_t i = 0; i < found->n_values; i++) {
        Touchstone__V1__InstrumentValue *value = value_of(placing, found->values[i]);
        if (!value)
            return no_memory(error);
        placing->placed->values[placing->placed->n_values++] = value;
        count_value(placing, value);
    }
    for (size_t i = 0; i < placing->placed->n_values; i++)
        refuse_together(placing, placing->placed->values[i]);
    if (!make_results(placing))
        return no_memory(error);
    *ret_placed = placing->placed;
    return true;
}

// ---- whether it may be entered

static size_t count_left_out(const Touchstone__Internal__V1__PlacedReadings *placed, char told[LEFT_OUT_SIZE])
{
    size_t count = 0, length = 0;
    for (size_t i = 0; i < placed->n_values; i++) {
        const Touchstone__V1__InstrumentValue *value = placed->values[i];
        if (value->entered || is_other_parameter(value))
            continue;
        count++;
        if (length < LEFT_OUT_SIZE - 60)
            length += (size_t)snprintf(told + length, LEFT_OUT_SIZE - length, "%sline %d: %.30s",
                                       length ? "; " : "", value->line, value->reason);
    }
    return count;
}

bool worksheet_readings_are_whole(const Touchstone__Internal__V1__WorksheetContext *context,
                                  const Touchstone__Internal__V1__PlacedReadings *placed, bool leaves_out,
                                  struct ts_error *error)
{
    char told[LEFT_OUT_SIZE] = "";
    const char *instrument = context->worksheet->instrument;
    if (*instrument && strcmp(instrument, placed->instrument) != 0)
        return error_set(error, TS_FAILED_PRECONDITION, "INSTRUMENT_DIFFERS",
                         "The worksheet was made for %.60s, the profile reads files of %.60s.", instrument,
                         placed->instrument);
    size_t count = count_left_out(placed, told);
    if (count == 0 || leaves_out)
        return true;
    error_set(error, TS_FAILED_PRECONDITION, "VALUES_LEFT_OUT",
              "%zu of %zu values cannot be entered: the preview says why. Mend that, or leave them out.",
              count, placed->n_values);
    error_metadata(error, "left_out", told);
    return false;
}
