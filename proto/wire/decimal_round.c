// SPDX-License-Identifier: Apache-2.0
// Rounding, see decimal_round.h. Everything comes down to decimal_round_marked: the mark of GB/T 8170-2008
// 3.3.2, "the true value is a little larger", is also what the rest of a division says.
#include "wire/decimal_round.h"

#include "wire/error.h"

#include <string.h>

static bool too_long(struct ts_error *error)
{
    return error_set(error, TS_OUT_OF_RANGE, "DECIMAL_TOO_LONG",
                     "The number has too many digits to calculate with.");
}

// Writes the number with more places: the same value with zeros behind it.
static bool fill_zeros(const struct decimal *value, int exponent, struct decimal *ret_value,
                       struct ts_error *error)
{
    int more = value->exponent - exponent;
    struct decimal filled = {.negative = value->negative, .exponent = (int16_t)exponent};
    if (value->count) {
        if (value->count + more > DECIMAL_DIGITS)
            return too_long(error);
        memcpy(filled.digit + more, value->digit, value->count);
        filled.count = (uint8_t)(value->count + more);
    }
    *ret_value = filled;
    return true;
}

// What is cut off the lowest `drop` digits, against half of the interval: -2 nothing, -1 less, 0 half, 1
// more.
static int weigh_dropped(const struct decimal *value, int drop)
{
    int highest = drop - 1 < value->count ? value->digit[drop - 1] : 0;
    bool rest = false;
    for (int i = 0; i < drop - 1 && i < value->count; i++)
        rest |= value->digit[i] != 0;
    if (highest != 5)
        return highest > 5 ? 1 : highest || rest ? -1 : -2;
    return rest ? 1 : 0;
}

static bool rounds_up(int weight, enum decimal_mark mark, enum decimal_mode mode, int last_kept)
{
    if (weight != 0)
        return weight > 0;
    if (mark != DECIMAL_MARK_EXACT)
        return mark == DECIMAL_MARK_ACTUAL_LARGER;
    return mode == DECIMAL_HALF_UP || last_kept % 2 != 0;
}

// Adds 1 to the lowest digit. Only a full row of nines grows, and a number that lost a digit has room.
static void add_one(struct decimal *value)
{
    for (int i = 0; i < value->count; i++) {
        value->digit[i] = (uint8_t)((value->digit[i] + 1) % 10);
        if (value->digit[i] != 0)
            return;
    }
    value->digit[value->count++] = 1;
}

bool decimal_round_marked(const struct decimal *value, enum decimal_mark mark, int exponent,
                          enum decimal_mode mode, struct decimal *ret_value, enum decimal_mark *ret_mark,
                          struct ts_error *error)
{
    if (exponent < -DECIMAL_EXPONENT || exponent > DECIMAL_EXPONENT)
        return too_long(error);
    int drop = exponent - value->exponent;
    if (drop <= 0) {
        if (!fill_zeros(value, exponent, ret_value, error))
            return false;
        *ret_mark = mark;
        return true;
    }
    struct decimal kept = {.negative = value->negative, .exponent = (int16_t)exponent};
    if (value->count > drop) {
        kept.count = (uint8_t)(value->count - drop);
        memcpy(kept.digit, value->digit + drop, kept.count);
    }
    int weight = weigh_dropped(value, drop);
    if (weight == -2) {
        *ret_mark = mark;
    } else if (rounds_up(weight, mark, mode, kept.count ? kept.digit[0] : 0)) {
        add_one(&kept);
        *ret_mark = DECIMAL_MARK_ACTUAL_SMALLER;
    } else {
        *ret_mark = DECIMAL_MARK_ACTUAL_LARGER;
    }
    kept.negative = kept.negative && kept.count;
    *ret_value = kept;
    return true;
}

bool decimal_round(const struct decimal *value, int exponent, enum decimal_mode mode,
                   struct decimal *ret_value, struct ts_error *error)
{
    enum decimal_mark mark;
    return decimal_round_marked(value, DECIMAL_MARK_EXACT, exponent, mode, ret_value, &mark, error);
}

bool decimal_round_significant(const struct decimal *value, int digits, enum decimal_mode mode,
                               struct decimal *ret_value, struct ts_error *error)
{
    struct decimal rounded;
    int exponent = value->count + value->exponent - digits;
    if (value->count == 0)
        exponent = 1 - digits;
    if (digits < 1 || !decimal_round(value, exponent, mode, &rounded, error))
        return digits < 1 ? too_long(error) : false;
    // 9.995 to three digits carried to 10.00: its last zero is one digit too many.
    if (rounded.count > digits)
        return decimal_round(&rounded, exponent + 1, mode, ret_value, error);
    *ret_value = rounded;
    return true;
}

bool decimal_round_part(const struct decimal *value, int exponent, int parts, enum decimal_mode mode,
                        struct decimal *ret_value, struct ts_error *error)
{
    struct decimal scaled;
    // Dividing by the parts of ten is multiplying by the other part, one place further down.
    if ((parts != 2 && parts != 5) || !decimal_mul_int(value, parts, &scaled, error) ||
        !decimal_round(&scaled, exponent, mode, &scaled, error) ||
        !decimal_mul_int(&scaled, 10 / parts, &scaled, error))
        return false;
    scaled.exponent--;
    *ret_value = scaled;
    return true;
}

bool decimal_round_quotient(const struct decimal *a, const struct decimal *b, int exponent,
                            enum decimal_mode mode, struct decimal *ret_quotient, struct ts_error *error)
{
    uint8_t digits[2 * DECIMAL_DIGITS];
    if (b->count == 0)
        return error_set(error, TS_INVALID_ARGUMENT, "DECIMAL_DIVISION_BY_ZERO", "Division by zero.");
    // At least one digit more than asked for, so that rounding sees it; the rest decides ties.
    int more = a->exponent - b->exponent - exponent + 1;
    if (more < 0)
        more = 0;
    int count = a->count ? a->count + more : 0;
    if (count - b->count > DECIMAL_DIGITS)
        return too_long(error);
    bool has_rest = decimal_divide_digits(a, b, count, digits);
    while (count > 0 && digits[count - 1] == 0)
        count--;
    if (count > DECIMAL_DIGITS)
        return too_long(error);
    struct decimal quotient = {.negative = count && a->negative != b->negative,
                               .count = (uint8_t)count,
                               .exponent = (int16_t)(a->exponent - b->exponent - more)};
    memcpy(quotient.digit, digits, (size_t)count);
    enum decimal_mark mark = has_rest ? DECIMAL_MARK_ACTUAL_LARGER : DECIMAL_MARK_EXACT;
    return decimal_round_marked(&quotient, mark, exponent, mode, ret_quotient, &mark, error);
}
