// SPDX-License-Identifier: Apache-2.0
// Rounding by GB/T 8170-2008, see rounding.h. Every interval is handled the same way: the quotient of value
// and interval is rounded once to a whole number. For the 0.5 and 0.2 units that is the procedure of 3.4 with
// its two steps exchanged: 60.25 / 0.5 is 120.5, goes to 120, and 120 * 0.5 is 60.0.
#include "number/rounding.h"

#include "wire/error.h"

#include <stdio.h>
#include <string.h>

struct mark_text {
    const char *text;
    enum decimal_mark mark;
};

// The first of each mark is how it is written; the standard prints a superscript, the others are how people
// type that.
static const struct mark_text mark_texts[] = {
    {"(+)", DECIMAL_MARK_ACTUAL_LARGER},    {"(-)", DECIMAL_MARK_ACTUAL_SMALLER},
    {"(−)", DECIMAL_MARK_ACTUAL_SMALLER},   {"（+）", DECIMAL_MARK_ACTUAL_LARGER},
    {"（-）", DECIMAL_MARK_ACTUAL_SMALLER}, {"⁺", DECIMAL_MARK_ACTUAL_LARGER},
    {"⁻", DECIMAL_MARK_ACTUAL_SMALLER},     {"+", DECIMAL_MARK_ACTUAL_LARGER},
    {"-", DECIMAL_MARK_ACTUAL_SMALLER},
};

enum { MARK_TEXTS = sizeof mark_texts / sizeof mark_texts[0] };

// Takes a mark off the end of the text.
static enum decimal_mark take_mark(const char *text, size_t *length)
{
    for (size_t i = 0; i < MARK_TEXTS; i++) {
        size_t size = strlen(mark_texts[i].text);
        if (*length > size && memcmp(text + *length - size, mark_texts[i].text, size) == 0) {
            *length -= size;
            return mark_texts[i].mark;
        }
    }
    return DECIMAL_MARK_EXACT;
}

bool rounding_parse(const char *text, size_t length, struct rounded *ret_value, struct ts_error *error)
{
    struct rounded value = {.mark = take_mark(text, &length)};
    if (!decimal_parse(text, length, &value.value, error))
        return false;
    *ret_value = value;
    return true;
}

// The last digit that is not zero; 0 of zero.
static int last_digit(const struct decimal *value)
{
    for (int i = 0; i < value->count; i++)
        if (value->digit[i] != 0)
            return value->digit[i];
    return 0;
}

const char *rounding_mark_text(enum decimal_mark mark)
{
    return mark == DECIMAL_MARK_EXACT ? "" : mark_texts[mark == DECIMAL_MARK_ACTUAL_SMALLER].text;
}

size_t rounding_format(const struct rounded *value, char *buffer, size_t size)
{
    size_t length = decimal_format(&value->value, buffer, size);
    if (value->mark == DECIMAL_MARK_EXACT || last_digit(&value->value) != 5)
        return length;
    const char *mark = rounding_mark_text(value->mark);
    snprintf(buffer + length, size - length, "%s", mark);
    return length + strlen(mark);
}

// 100 becomes 1 * 10^2; a number with places keeps them as typed.
static void drop_whole_zeros(struct decimal *value)
{
    int zeros = 0;
    if (value->exponent < 0)
        return;
    while (zeros < value->count && value->digit[zeros] == 0)
        zeros++;
    value->count = (uint8_t)(value->count - zeros);
    value->exponent = (int16_t)(value->exponent + zeros);
    memmove(value->digit, value->digit + zeros, value->count);
}

bool rounding_interval(const char *text, size_t length, int parts, struct decimal *ret_interval,
                       struct ts_error *error)
{
    struct decimal interval;
    struct ts_error why = {0};
    if (!decimal_parse(text, length, &interval, &why))
        return error_set(error, TS_INVALID_ARGUMENT, "ROUNDING_INTERVAL", "The interval %s.", why.detail);
    if (interval.negative || decimal_is_zero(&interval))
        return error_set(error, TS_INVALID_ARGUMENT, "ROUNDING_INTERVAL", "The interval is not above zero.");
    drop_whole_zeros(&interval);
    if (parts != 1) {
        // A half is five tenths, a fifth two tenths.
        if (!decimal_mul_int(&interval, 10 / parts, &interval, error))
            return false;
        interval.exponent--;
    }
    *ret_interval = interval;
    return true;
}

// Whether |value| stands half an interval from |result|.
static bool is_tie(const struct decimal *value, const struct decimal *result, const struct decimal *interval,
                   struct ts_error *error, bool *ret_tie)
{
    struct decimal distance;
    if (!decimal_sub(value, result, &distance, error) || !decimal_mul_int(&distance, 2, &distance, error))
        return false;
    decimal_absolute(&distance, &distance);
    *ret_tie = decimal_compare(&distance, interval) == 0;
    return true;
}

// All of it for a value that is not negative.
static bool round_magnitude(const struct rounded *value, const struct decimal *interval,
                            enum decimal_mode mode, struct rounded *ret_value, struct ts_error *error)
{
    struct rounded result;
    bool tie = false;
    if (!decimal_round_quotient(&value->value, interval, 0, mode, &result.value, error) ||
        !decimal_mul(&result.value, interval, &result.value, error) ||
        !is_tie(&value->value, &result.value, interval, error, &tie))
        return false;
    int order = decimal_compare(&value->value, &result.value);
    if (tie && order > 0 && value->mark == DECIMAL_MARK_ACTUAL_LARGER) {
        if (!decimal_add(&result.value, interval, &result.value, error))
            return false;
        order = -1;
    } else if (tie && order < 0 && value->mark == DECIMAL_MARK_ACTUAL_SMALLER) {
        if (!decimal_sub(&result.value, interval, &result.value, error))
            return false;
        order = 1;
    }
    result.mark = order == 0  ? value->mark
                  : order > 0 ? DECIMAL_MARK_ACTUAL_LARGER
                              : DECIMAL_MARK_ACTUAL_SMALLER;
    *ret_value = result;
    return true;
}

bool rounding_round(const struct rounded *value, const struct decimal *interval, enum decimal_mode mode,
                    struct rounded *ret_value, struct ts_error *error)
{
    struct rounded result = *value;
    result.value.negative = false;
    if (!round_magnitude(&result, interval, mode, &result, error))
        return false;
    result.value.negative = value->value.negative && result.value.count > 0;
    if (result.value.count == 0)
        result.mark = DECIMAL_MARK_EXACT; // a zero has lost its sign, and with it what a mark would mean
    *ret_value = result;
    return true;
}

bool rounding_significant(const struct rounded *value, int digits, enum decimal_mode mode,
                          struct rounded *ret_value, struct ts_error *error)
{
    struct decimal interval = {.count = 1, .digit = {1}};
    struct rounded result;
    if (digits < 1 || digits > DECIMAL_DIGITS_TYPED)
        return error_set(error, TS_INVALID_ARGUMENT, "ROUNDING_INTERVAL",
                         "The number of significant digits is not between 1 and 40.");
    // The digits before and behind the point that the number really has; zero has one.
    int top = value->value.count ? value->value.count + value->value.exponent : 1;
    interval.exponent = (int16_t)(top - digits);
    if (!rounding_round(value, &interval, mode, &result, error))
        return false;
    // 9.995 to three digits carried to 10.00: its last zero is one digit too many.
    interval.exponent++;
    if (result.value.count > digits && !rounding_round(&result, &interval, mode, &result, error))
        return false;
    *ret_value = result;
    return true;
}

int rounding_compare(const struct rounded *value, const struct decimal *other)
{
    int order = decimal_compare(&value->value, other);
    if (order != 0 || value->mark == DECIMAL_MARK_EXACT)
        return order;
    bool above = (value->mark == DECIMAL_MARK_ACTUAL_LARGER) != value->value.negative;
    return above ? 1 : -1;
}
