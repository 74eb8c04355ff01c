// SPDX-License-Identifier: Apache-2.0
// Scratch paper, see wide.h: schoolbook arithmetic on decimal digits, and the one place where a result is cut
// to its final digits, so that nothing is rounded twice.
#include "number/wide.h"

#include "wire/error.h"

#include <string.h>

static int digit_at(const struct decimal *value, int position)
{
    int index = position - value->exponent;
    return index >= 0 && index < value->count ? value->digit[index] : 0;
}

void wide_product(const struct decimal *a, const struct decimal *b, struct wide *ret_product)
{
    int cells[2 * DECIMAL_DIGITS] = {0};
    for (int i = 0; i < a->count; i++)
        for (int k = 0; k < b->count; k++)
            cells[i + k] += a->digit[i] * b->digit[k];
    struct wide *product = ret_product;
    product->negative = a->negative != b->negative;
    product->has_rest = false;
    product->exponent = a->exponent + b->exponent;
    product->count = a->count + b->count;
    int carry = 0;
    for (int i = 0; i < product->count; i++) {
        carry += cells[i];
        product->digit[i] = (uint8_t)(carry % 10);
        carry /= 10;
    }
}

// larger - smaller or their sum, by magnitude.
static void combine(const struct decimal *larger, const struct decimal *smaller, bool subtract, int top,
                    struct wide *ret)
{
    int carry = 0;
    ret->count = 0;
    for (int position = ret->exponent; position <= top; position++) {
        int other = digit_at(smaller, position);
        int digit = digit_at(larger, position) + (subtract ? -other : other) + carry;
        carry = digit < 0 ? -1 : digit / 10;
        ret->digit[ret->count++] = (uint8_t)(digit < 0 ? digit + 10 : digit % 10);
    }
}

void wide_sum(const struct decimal *a, const struct decimal *b, bool b_negative, struct wide *ret_sum)
{
    int top_a = a->count + a->exponent, top_b = b->count + b->exponent;
    bool subtract = a->negative != b_negative;
    bool swapped = subtract && decimal_compare_magnitude(a, b) < 0;
    ret_sum->has_rest = false;
    ret_sum->exponent = a->exponent < b->exponent ? a->exponent : b->exponent;
    ret_sum->negative = swapped ? b_negative : a->negative;
    combine(swapped ? b : a, swapped ? a : b, subtract, top_a > top_b ? top_a : top_b, ret_sum);
}

void wide_quotient(const struct decimal *a, const struct decimal *b, int digits, struct wide *ret_quotient)
{
    int steps = b->count + digits + 1;
    if (steps < a->count)
        steps = a->count;
    struct wide *quotient = ret_quotient;
    quotient->negative = a->negative != b->negative;
    quotient->count = steps;
    quotient->exponent = a->exponent - b->exponent - (steps - a->count);
    quotient->has_rest = decimal_divide_digits(a, b, steps, quotient->digit);
}

static bool out_of_range(struct ts_error *error)
{
    return error_set(error, TS_OUT_OF_RANGE, "NUMBER_OUT_OF_RANGE",
                     "The result is too large or too small to calculate with.");
}

static bool rounds_up(const struct wide *wide, int drop)
{
    if (drop <= 0 || drop > wide->count || wide->digit[drop - 1] != 5)
        return drop > 0 && drop <= wide->count && wide->digit[drop - 1] > 5;
    if (wide->has_rest)
        return true;
    for (int i = 0; i < drop - 1; i++)
        if (wide->digit[i])
            return true;
    return drop < wide->count && wide->digit[drop] % 2;
}

// Cuts `drop` digits off; `highest` is the number of digits without leading zeros.
static void cut(const struct wide *wide, int highest, int drop, struct wide *ret)
{
    ret->negative = wide->negative;
    ret->has_rest = false;
    ret->exponent = wide->exponent + drop;
    ret->count = highest > drop ? highest - drop : 0;
    memcpy(ret->digit, wide->digit + drop, (size_t)ret->count);
    if (!rounds_up(wide, drop))
        return;
    for (int i = 0; i < ret->count; i++) {
        ret->digit[i] = (uint8_t)((ret->digit[i] + 1) % 10);
        if (ret->digit[i])
            return;
    }
    ret->digit[ret->count++] = 1;
}

static int used(const struct wide *wide)
{
    int count = wide->count;
    while (count > 0 && wide->digit[count - 1] == 0)
        count--;
    return count;
}

static int zeros_below(const struct wide *wide, int count)
{
    int zeros = 0;
    while (zeros < count && wide->digit[zeros] == 0)
        zeros++;
    return zeros;
}

static void store(const struct wide *wide, struct decimal *ret_value)
{
    int count = used(wide);
    struct decimal value = {
        .negative = wide->negative && count, .count = (uint8_t)count, .exponent = (int16_t)wide->exponent};
    memcpy(value.digit, wide->digit, (size_t)count);
    *ret_value = value;
}

bool wide_settle(const struct wide *wide, int exact, int digits, int ideal, struct decimal *ret_value,
                 struct ts_error *error)
{
    struct wide kept;
    int count = used(wide);
    if (count == 0 && !wide->has_rest) {
        kept = (struct wide){.exponent = ideal < -DECIMAL_EXPONENT  ? -DECIMAL_EXPONENT
                                         : ideal > DECIMAL_EXPONENT ? DECIMAL_EXPONENT
                                                                    : ideal};
        store(&kept, ret_value);
        return true;
    }
    int zeros = zeros_below(wide, count);
    bool fits = !wide->has_rest && count - zeros <= exact;
    cut(wide, count, fits || count < digits ? 0 : count - digits, &kept);
    if (fits) { // zeros go, down to the ideal exponent and as far as the length asks for
        int drop = ideal - wide->exponent < count - exact ? count - exact : ideal - wide->exponent;
        drop = drop > zeros ? zeros : drop < 0 ? 0 : drop;
        cut(wide, count, drop, &kept);
    }
    if (kept.exponent < -DECIMAL_EXPONENT || kept.exponent > DECIMAL_EXPONENT ||
        kept.count + kept.exponent > DECIMAL_EXPONENT)
        return out_of_range(error);
    store(&kept, ret_value);
    return true;
}

void wide_fix(const struct wide *wide, int exponent, struct decimal *ret_value)
{
    struct wide kept = *wide;
    int drop = exponent - wide->exponent;
    if (drop > 0)
        cut(wide, wide->count, drop > WIDE_DIGITS ? WIDE_DIGITS : drop, &kept);
    if (drop > WIDE_DIGITS || drop > wide->count)
        kept.count = 0;
    kept.exponent = drop > 0 ? exponent : kept.exponent;
    store(&kept, ret_value);
}
