// SPDX-License-Identifier: Apache-2.0
// Exact decimals, see decimal.h: one decimal digit per element, because every rule of rounding and printing
// speaks of decimal digits. Laboratory numbers are short, so speed is no reason for larger limbs.
#include "wire/decimal.h"

#include "wire/error.h"

#include <stdio.h>
#include <string.h>

static bool too_long(struct ts_error *error)
{
    return error_set(error, TS_OUT_OF_RANGE, "DECIMAL_TOO_LONG",
                     "The number has too many digits to calculate with.");
}

static bool invalid(struct ts_error *error, const char *why)
{
    return error_set(error, TS_INVALID_ARGUMENT, "DECIMAL_INVALID", "%s", why);
}

// Says what is wrong with the first byte that does not belong.
static const char *why_wrong(const char *text, size_t length)
{
    unsigned char byte = (unsigned char)*text;
    if (length >= 3 && byte == 0xEF && (unsigned char)text[1] == 0xBC && (unsigned char)text[2] >= 0x8B)
        return "is typed with full-width characters; use the digits 0 to 9 and a point";
    if (byte == 'e' || byte == 'E')
        return "has an exponent; write all digits out";
    if (byte == ',')
        return "has a comma; the decimal mark is a point and thousands are not marked";
    if (byte == ' ' || byte == '\t')
        return "has a space in it";
    if (byte == 'n' || byte == 'N' || byte == 'i' || byte == 'I')
        return "is not a number";
    return "has a character that does not belong in a number; use the digits 0 to 9 and a point";
}

// Counts leading ASCII digits.
static size_t span_digits(const char *text, size_t length)
{
    size_t count = 0;
    while (count < length && text[count] >= '0' && text[count] <= '9')
        count++;
    return count;
}

static void drop_leading_zeros(struct decimal *value)
{
    while (value->count > 0 && value->digit[value->count - 1] == 0)
        value->count--;
    if (value->count == 0)
        value->negative = false;
}

// Finds sign, whole and fraction in the text; false with a reason.
static bool split(const char *text, size_t length, bool *ret_negative, size_t *ret_whole,
                  size_t *ret_fraction, struct ts_error *error)
{
    const char *at = text, *end = text + length;
    if (length == 0)
        return invalid(error, "is empty");
    *ret_negative = *at == '-';
    if (*at == '-' || *at == '+')
        at++;
    *ret_whole = span_digits(at, (size_t)(end - at));
    *ret_fraction = 0;
    if (*ret_whole == 0)
        return invalid(error, at == end    ? "has no digits"
                              : *at == '.' ? "needs a digit before the point"
                                           : why_wrong(at, (size_t)(end - at)));
    at += *ret_whole;
    if (at < end && *at == '.') {
        at++;
        *ret_fraction = span_digits(at, (size_t)(end - at));
        if (*ret_fraction == 0)
            return invalid(error,
                           at == end ? "needs a digit behind the point" : why_wrong(at, (size_t)(end - at)));
        at += *ret_fraction;
    }
    if (at < end)
        return invalid(error, why_wrong(at, (size_t)(end - at)));
    if (*ret_whole + *ret_fraction > DECIMAL_DIGITS_TYPED)
        return invalid(error, "has more than 40 digits");
    return true;
}

bool decimal_parse(const char *text, size_t length, struct decimal *ret_value, struct ts_error *error)
{
    bool negative = false;
    size_t whole = 0, fraction = 0;
    if (!split(text, length, &negative, &whole, &fraction, error))
        return false;
    struct decimal value = {
        .negative = negative, .count = (uint8_t)(whole + fraction), .exponent = (int16_t)(0 - (int)fraction)};
    const char *last = text + length;
    for (size_t i = 0; i < value.count; i++) {
        last--;
        if (*last == '.')
            last--;
        value.digit[i] = (uint8_t)(*last - '0');
    }
    drop_leading_zeros(&value);
    *ret_value = value;
    return true;
}

size_t decimal_mark_length(const char *text, size_t length)
{
    static const char *const marks[] = {"(+)", "(-)"};
    enum { SIZE = 3 };
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (length >= SIZE && memcmp(text + length - SIZE, marks[i], SIZE) == 0)
            return SIZE;
    return 0;
}

void decimal_from_int(int64_t number, struct decimal *ret_value)
{
    struct decimal value = {.negative = number < 0};
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    for (; rest; rest /= 10)
        value.digit[value.count++] = (uint8_t)(rest % 10);
    *ret_value = value;
}

size_t decimal_format(const struct decimal *value, char *buffer, size_t size)
{
    char whole[DECIMAL_TEXT_SIZE]; // of who has less room than asked for
    char *text = size < DECIMAL_TEXT_SIZE ? whole : buffer;
    size_t length = 0;
    int places = decimal_places(value);
    int top = value->count + value->exponent; // digits before the point
    int highest = value->count > 0 && top > 1 ? top : 1;
    if (value->negative)
        text[length++] = '-';
    for (int position = highest - 1; position >= -places; position--) {
        int index = position - value->exponent;
        if (position == -1)
            text[length++] = '.';
        text[length++] = (char)('0' + (index >= 0 && index < value->count ? value->digit[index] : 0));
    }
    text[length] = '\0';
    if (text == whole)
        snprintf(buffer, size, "%s", whole);
    return length;
}

int decimal_places(const struct decimal *value)
{
    return value->exponent < 0 ? -value->exponent : 0;
}

bool decimal_is_zero(const struct decimal *value)
{
    return value->count == 0;
}

// The digit that stands at 10^position.
static int digit_at(const struct decimal *value, int position)
{
    int index = position - value->exponent;
    return index >= 0 && index < value->count ? value->digit[index] : 0;
}

int decimal_compare_magnitude(const struct decimal *a, const struct decimal *b)
{
    if (a->count == 0 || b->count == 0)
        return (a->count != 0) - (b->count != 0);
    int top_a = a->count + a->exponent, top_b = b->count + b->exponent;
    if (top_a != top_b)
        return top_a < top_b ? -1 : 1;
    if (a->exponent == b->exponent) { // nearly always: then digits stand at the same index
        for (int i = a->count - 1; i >= 0; i--)
            if (a->digit[i] != b->digit[i])
                return a->digit[i] < b->digit[i] ? -1 : 1;
        return 0;
    }
    int lowest = a->exponent < b->exponent ? a->exponent : b->exponent;
    for (int position = top_a - 1; position >= lowest; position--) {
        int difference = digit_at(a, position) - digit_at(b, position);
        if (difference)
            return difference < 0 ? -1 : 1;
    }
    return 0;
}

int decimal_compare(const struct decimal *a, const struct decimal *b)
{
    if (a->negative != b->negative)
        return a->negative ? -1 : 1;
    int order = decimal_compare_magnitude(a, b);
    return a->negative ? -order : order;
}

// a + b or a - b by magnitude (|a| >= |b| for the latter), into lowest..top. False when too long.
static bool combine(const struct decimal *a, const struct decimal *b, bool subtract, struct decimal *ret,
                    struct ts_error *error)
{
    int lowest = a->exponent < b->exponent ? a->exponent : b->exponent;
    int top = lowest;
    if (a->count && a->count + a->exponent > top)
        top = a->count + a->exponent;
    if (b->count && b->count + b->exponent > top)
        top = b->count + b->exponent;
    if (top - lowest > DECIMAL_DIGITS)
        return too_long(error);
    struct decimal result = {.exponent = (int16_t)lowest};
    int carry = 0;
    for (int position = lowest; position < top; position++) {
        int digit =
            digit_at(a, position) + (subtract ? -digit_at(b, position) : digit_at(b, position)) + carry;
        carry = digit < 0 ? -1 : digit / 10;
        result.digit[result.count++] = (uint8_t)(digit < 0 ? digit + 10 : digit % 10);
    }
    if (carry) {
        if (result.count == DECIMAL_DIGITS)
            return too_long(error);
        result.digit[result.count++] = (uint8_t)carry;
    }
    *ret = result;
    return true;
}

static bool add_signed(const struct decimal *a, const struct decimal *b, bool b_negative,
                       struct decimal *ret_sum, struct ts_error *error)
{
    struct decimal sum;
    bool negative = a->negative;
    bool held;
    if (a->negative == b_negative) {
        held = combine(a, b, false, &sum, error);
    } else if (decimal_compare_magnitude(a, b) >= 0) {
        held = combine(a, b, true, &sum, error);
    } else {
        negative = b_negative;
        held = combine(b, a, true, &sum, error);
    }
    if (!held)
        return false;
    sum.negative = negative;
    drop_leading_zeros(&sum);
    *ret_sum = sum;
    return true;
}

bool decimal_add(const struct decimal *a, const struct decimal *b, struct decimal *ret_sum,
                 struct ts_error *error)
{
    return add_signed(a, b, b->negative, ret_sum, error);
}

bool decimal_sub(const struct decimal *a, const struct decimal *b, struct decimal *ret_rest,
                 struct ts_error *error)
{
    return add_signed(a, b, !b->negative, ret_rest, error);
}

bool decimal_mul(const struct decimal *a, const struct decimal *b, struct decimal *ret_product,
                 struct ts_error *error)
{
    uint16_t cells[2 * DECIMAL_DIGITS + 1] = {0}; // a column sums up to 100 * 81, and a carry
    int exponent = a->exponent + b->exponent;
    if (exponent < -DECIMAL_EXPONENT || exponent > DECIMAL_EXPONENT)
        return too_long(error);
    for (int i = 0; i < a->count; i++)
        for (int k = 0; k < b->count; k++)
            cells[i + k] = (uint16_t)(cells[i + k] + a->digit[i] * b->digit[k]);
    int count = a->count + b->count;
    for (int i = 0; i < count; i++) {
        cells[i + 1] = (uint16_t)(cells[i + 1] + cells[i] / 10);
        cells[i] %= 10;
    }
    while (count > 0 && cells[count - 1] == 0)
        count--;
    if (count > DECIMAL_DIGITS)
        return too_long(error);
    struct decimal product = {.negative = a->negative != b->negative, .exponent = (int16_t)exponent};
    for (int i = 0; i < count; i++)
        product.digit[product.count++] = (uint8_t)cells[i];
    drop_leading_zeros(&product);
    *ret_product = product;
    return true;
}

bool decimal_mul_int(const struct decimal *a, int64_t b, struct decimal *ret_product, struct ts_error *error)
{
    struct decimal factor;
    decimal_from_int(b, &factor);
    return decimal_mul(a, &factor, ret_product, error);
}

void decimal_absolute(const struct decimal *value, struct decimal *ret_value)
{
    struct decimal result = *value;
    result.negative = false;
    *ret_value = result;
}

bool decimal_compare_mean(const struct decimal *sum, int64_t count, const struct decimal *value,
                          int *ret_order, struct ts_error *error)
{
    struct decimal product;
    if (!decimal_mul_int(value, count, &product, error))
        return false;
    *ret_order = decimal_compare(sum, &product);
    return true;
}

// The digit that long division brings down at `step`, the highest first.
static uint8_t dividend_digit(const struct decimal *a, int step)
{
    return step < a->count ? a->digit[a->count - 1 - step] : 0;
}

// By a divisor that fits a machine word with a digit to spare, as nearly all do.
static bool divide_by_word(const struct decimal *a, const struct decimal *b, int steps, uint8_t *ret_digits)
{
    uint64_t divisor = 0, rest = 0;
    for (int i = b->count - 1; i >= 0; i--)
        divisor = divisor * 10 + b->digit[i];
    for (int i = 0; i < steps; i++) {
        rest = rest * 10 + dividend_digit(a, i);
        ret_digits[steps - 1 - i] = (uint8_t)(rest / divisor);
        rest %= divisor;
    }
    return rest != 0;
}

// Whether `rest`, one digit longer than the divisor, is at least that.
static bool holds(const uint8_t *rest, const struct decimal *divisor)
{
    if (rest[divisor->count])
        return true;
    for (int i = divisor->count - 1; i >= 0; i--)
        if (rest[i] != divisor->digit[i])
            return rest[i] > divisor->digit[i];
    return true;
}

static void take_away(uint8_t *rest, const struct decimal *divisor)
{
    int borrow = 0;
    for (int i = 0; i <= divisor->count; i++) {
        int digit = rest[i] - (i < divisor->count ? divisor->digit[i] : 0) - borrow;
        borrow = digit < 0;
        rest[i] = (uint8_t)(digit < 0 ? digit + 10 : digit);
    }
}

bool decimal_divide_digits(const struct decimal *a, const struct decimal *b, int steps, uint8_t *ret_digits)
{
    enum { WORD_DIGITS = 18 };
    uint8_t rest[DECIMAL_DIGITS + 1] = {0};
    bool has_rest = false;
    if (b->count <= WORD_DIGITS)
        return divide_by_word(a, b, steps, ret_digits);
    for (int i = 0; i < steps; i++) {
        uint8_t digit = 0;
        memmove(rest + 1, rest, b->count);
        rest[0] = dividend_digit(a, i);
        for (; holds(rest, b); digit++)
            take_away(rest, b);
        ret_digits[steps - 1 - i] = digit;
    }
    for (int i = 0; i < b->count; i++)
        has_rest |= rest[i] != 0;
    return has_rest;
}
