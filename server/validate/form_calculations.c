// SPDX-License-Identifier: Apache-2.0
// The form of reference data for calculations:
//   id, calc_key, inputs_json, expected, tolerance
// The formula is looked up by its key (catalogue.h) and evaluated
// with the inputs. A number agrees when it is within the tolerance: 0 or "exact" is equality of value, "1e-9
// relative" is relative to the expected number, empty compares the text. In a text result ("12.00 % accept",
// "mean=10000002;sd=1") each number is compared so and the rest as text. A column unit is for people: the
// same formula serves methods that print other names of it (mg/kg is ug/g).
#include "formula/builtin.h"
#include "formula/formula.h"
#include "formula/inputs.h"
#include "number/arithmetic.h"
#include "validate/catalogue.h"
#include "validate/forms.h"
#include "wire/arena.h"
#include "wire/decimal_round.h"
#include "wire/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum column { ID, CALC_KEY, INPUTS, EXPECTED, TOLERANCE };

#define PRINTED_DIGITS 20 // of a number that does not end

static const char *const columns[] = {
    [ID] = "id",
    [CALC_KEY] = "calc_key",
    [INPUTS] = "inputs_json",
    [EXPECTED] = "expected",
    [TOLERANCE] = "tolerance",
    NULL,
};

struct tolerance {
    bool is_text; // nothing but the text counts
    bool is_relative;
    struct decimal size;
};

// One evaluation; too large for the stack.
struct work {
    struct formula_program program;
    struct formula_space space;
};

static bool row_wrong(struct ts_error *error, const char *what, const char *text)
{
    return error_set(error, TS_INVALID_ARGUMENT, "VALIDATE_ROW", "%s \"%.100s\"", what, text);
}

// "0.0005", "1e-9", with " relative" behind it; "exact" is 0.
static bool read_tolerance(const char *text, struct tolerance *ret_tolerance, struct ts_error *error)
{
    struct tolerance tolerance = {.is_text = *text == '\0'};
    size_t length = strcspn(text, " eE");
    char *end = NULL;
    long shift = 0;
    if (tolerance.is_text || strcmp(text, "exact") == 0) {
        *ret_tolerance = tolerance;
        return true;
    }
    const char *rest = text + length;
    if (!decimal_parse(text, length, &tolerance.size, NULL) || tolerance.size.negative)
        return row_wrong(error, "there is no tolerance", text);
    if (*rest == 'e' || *rest == 'E') {
        shift = strtol(rest + 1, &end, 10);
        if (end == rest + 1 || shift < -100 || shift > 100)
            return row_wrong(error, "there is no tolerance", text);
        rest = end;
    }
    tolerance.size.exponent = (int16_t)(tolerance.size.exponent + shift);
    tolerance.is_relative = form_equal("relative", rest);
    if (!tolerance.is_relative && !form_equal("", rest))
        return row_wrong(error, "there is no tolerance", text);
    *ret_tolerance = tolerance;
    return true;
}

static bool is_within(const struct decimal *expected, const struct decimal *got,
                      const struct tolerance *tolerance)
{
    struct decimal difference, size = tolerance->size, wanted;
    decimal_absolute(expected, &wanted);
    if (!number_subtract(got, expected, &difference, NULL) ||
        (tolerance->is_relative && !number_multiply(&size, &wanted, &size, NULL)))
        return false;
    difference.negative = false;
    return decimal_compare(&difference, &size) <= 0;
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_word(char byte)
{
    return is_digit(byte) || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_' ||
           byte == '.' || (unsigned char)byte >= 0x80;
}

// The length of the number that begins at text[at]; 0 when none does. A digit inside a word is none.
static size_t number_length(const char *text, size_t at)
{
    size_t from = at + (text[at] == '-'), end = from;
    if ((at > 0 && is_word(text[at - 1])) || !is_digit(text[from]))
        return 0;
    while (is_digit(text[end]))
        end++;
    if (text[end] == '.' && is_digit(text[end + 1]))
        for (end++; is_digit(text[end]);)
            end++;
    return end - at;
}

static bool is_space(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static size_t skip_space(const char *text, size_t at)
{
    while (is_space(text[at]))
        at++;
    return at;
}

static bool both_numbers_agree(const char *expected, size_t expected_length, const char *got,
                               size_t got_length, const struct tolerance *tolerance)
{
    struct decimal a, b;
    return decimal_parse(expected, expected_length, &a, NULL) && decimal_parse(got, got_length, &b, NULL) &&
           is_within(&a, &b, tolerance);
}

// The texts side by side: numbers within the tolerance, runs of space alike, the rest byte by byte.
static bool texts_agree(const char *expected, const char *got, const struct tolerance *tolerance)
{
    size_t i = skip_space(expected, 0), k = skip_space(got, 0);
    while (expected[i] && got[k]) {
        size_t first = number_length(expected, i), second = number_length(got, k);
        if (first && second) {
            if (!both_numbers_agree(expected + i, first, got + k, second, tolerance))
                return false;
            i += first;
            k += second;
        } else if (is_space(expected[i]) && is_space(got[k])) {
            i = skip_space(expected, i);
            k = skip_space(got, k);
        } else if (expected[i++] != got[k++]) {
            return false;
        }
    }
    return !expected[skip_space(expected, i)] && !got[skip_space(got, k)];
}

// A number is printed in full when it ends, else with 20 digits.
static void print_number(const struct decimal *number, char *text, size_t size)
{
    struct decimal shown = *number;
    if (number->count > DECIMAL_DIGITS_TYPED)
        decimal_round_significant(number, PRINTED_DIGITS, DECIMAL_HALF_EVEN, &shown, NULL);
    decimal_format(&shown, text, size);
}

static void compare(const char *expected, const struct tolerance *tolerance, const struct decimal *number,
                    const char *text, struct validate_answer *ret_answer)
{
    struct decimal wanted;
    size_t from = skip_space(expected, 0), length = strlen(expected + from);
    while (length && is_space(expected[from + length - 1]))
        length--;
    form_answer(expected, text, ret_answer);
    if (ret_answer->agrees || tolerance->is_text)
        return;
    if (number && decimal_parse(expected + from, length, &wanted, NULL))
        ret_answer->agrees = is_within(&wanted, number, tolerance);
    else
        ret_answer->agrees = texts_agree(expected, text, tolerance);
}

// An error is the engine's answer to these inputs.
static bool calculate(const struct builtin_formula *formula, const struct validate_row *row,
                      struct arena *arena, struct work *work, struct formula_value *ret_value,
                      struct ts_error *error)
{
    const char *json = row->cells[INPUTS];
    space_init(&work->space, &row->catalogue->units);
    return formula_parse(formula->expression, &work->program, error) &&
           inputs_read(json, strlen(json), arena, &work->space, error) &&
           formula_evaluate(&work->program, &work->space, ret_value, error);
}

static bool run(const struct validate_row *row, struct arena *arena, struct validate_answer *ret_answer,
                struct ts_error *error)
{
    const struct builtin_formula *formula = catalogue_find(row->catalogue, row->cells[CALC_KEY]);
    struct work *work = arena_alloc(arena, sizeof *work);
    struct tolerance tolerance;
    struct formula_value value;
    char text[FORMULA_TEXT_BYTES];
    if (!formula)
        return row_wrong(error, "there is no formula with the calc_key", row->cells[CALC_KEY]);
    if (!work)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "VALIDATE_MEMORY", "there is no memory left");
    if (!read_tolerance(row->cells[TOLERANCE], &tolerance, error))
        return false;
    bool is_number = false;
    bool held = calculate(formula, row, arena, work, &value, error);
    if (held) {
        is_number = value.kind == FORMULA_NUMBER && !*formula->report;
        if (is_number)
            print_number(&value.number, text, sizeof text);
        else
            held = formula_report(formula->report, &work->space, text, error);
    }
    if (held)
        compare(row->cells[EXPECTED], &tolerance, is_number ? &value.number : NULL, text, ret_answer);
    else
        form_refusal(row->cells[EXPECTED], error, ret_answer);
    return true;
}

const struct validate_form form_calculations = {.name = "calculations", .columns = columns, .run = run};
