// SPDX-License-Identifier: Apache-2.0
// Checks of a batch, see control_checks.h. A percentage is compared by multiplying: 100 |d| against p |base|.
#include "quality/control_checks.h"

#include "number/arithmetic.h"
#include "wire/error.h"

static const struct decimal HUNDRED = {.count = 1, .exponent = 2, .digit = {1}};
static const struct decimal TWO_HUNDRED = {.count = 1, .exponent = 2, .digit = {2}};

static bool wrong(const char *why, struct ts_error *error)
{
    return error_set(error, TS_INVALID_ARGUMENT, "CONTROL_CHECK", "%s", why);
}

static bool distance(const struct decimal *a, const struct decimal *b, struct decimal *ret_distance,
                     struct ts_error *error)
{
    if (!number_subtract(a, b, ret_distance, error))
        return false;
    decimal_absolute(ret_distance, ret_distance);
    return true;
}

bool control_checks_reference(const struct decimal *x, const struct decimal *reference,
                              const struct decimal *a, const struct decimal *b, bool *ret_accepted,
                              struct ts_error *error)
{
    struct decimal apart, square, square_a, square_b, sum;
    if (a->negative || b->negative)
        return wrong("An uncertainty is negative.", error);
    if (!distance(x, reference, &apart, error) || !number_multiply(&apart, &apart, &square, error) ||
        !number_multiply(a, a, &square_a, error) || !number_multiply(b, b, &square_b, error) ||
        !number_add(&square_a, &square_b, &sum, error))
        return false;
    *ret_accepted = decimal_compare(&square, &sum) <= 0;
    return true;
}

bool control_checks_blank(const struct decimal *blank, const struct decimal *detection,
                          const struct decimal *quantification, enum control_blank *ret_level,
                          struct ts_error *error)
{
    if (decimal_is_zero(detection) || detection->negative)
        return wrong("The limit of detection must be above zero.", error);
    if (quantification && decimal_compare(quantification, detection) < 0)
        return wrong("The limit of quantification is below that of detection.", error);
    *ret_level = decimal_compare(blank, detection) < 0                          ? CONTROL_BLANK_CLEAN
                 : quantification && decimal_compare(blank, quantification) < 0 ? CONTROL_BLANK_TRACE
                                                                                : CONTROL_BLANK_HIGH;
    return true;
}

// factor * part <= percent * whole
static bool within(const struct decimal *part, const struct decimal *factor, const struct decimal *whole,
                   const struct decimal *percent, bool *ret_within, struct ts_error *error)
{
    struct decimal left, right;
    if (percent->negative)
        return wrong("The percentage is negative.", error);
    if (!number_multiply(part, factor, &left, error) || !number_multiply(whole, percent, &right, error))
        return false;
    *ret_within = decimal_compare(&left, &right) <= 0;
    return true;
}

static bool share(const struct decimal *part, const struct decimal *factor, const struct decimal *whole,
                  struct decimal *ret_percent, struct ts_error *error)
{
    struct decimal scaled;
    return number_multiply(part, factor, &scaled, error) && number_divide(&scaled, whole, ret_percent, error);
}

static bool drift_parts(const struct decimal *before, const struct decimal *after, struct decimal *ret_part,
                        struct decimal *ret_whole, struct ts_error *error)
{
    if (decimal_is_zero(before))
        return wrong("The value before is zero, so no drift can be calculated.", error);
    decimal_absolute(before, ret_whole);
    return distance(after, before, ret_part, error);
}

bool control_checks_drift(const struct decimal *before, const struct decimal *after,
                          const struct decimal *percent, bool *ret_accepted, struct ts_error *error)
{
    struct decimal part, whole;
    return drift_parts(before, after, &part, &whole, error) &&
           within(&part, &HUNDRED, &whole, percent, ret_accepted, error);
}

bool control_checks_drift_percent(const struct decimal *before, const struct decimal *after,
                                  struct decimal *ret_percent, struct ts_error *error)
{
    struct decimal part, whole;
    return drift_parts(before, after, &part, &whole, error) &&
           share(&part, &HUNDRED, &whole, ret_percent, error);
}

// |a - b| and |a + b|, which is twice the mean.
static bool duplicate_parts(const struct decimal *a, const struct decimal *b, struct decimal *ret_part,
                            struct decimal *ret_whole, struct ts_error *error)
{
    if (!distance(a, b, ret_part, error) || !number_add(a, b, ret_whole, error))
        return false;
    decimal_absolute(ret_whole, ret_whole);
    if (decimal_is_zero(ret_whole) && !decimal_is_zero(ret_part))
        return wrong("The mean of the duplicates is zero.", error);
    return true;
}

bool control_checks_duplicates(const struct decimal *a, const struct decimal *b,
                               const struct decimal *percent, bool *ret_accepted, struct ts_error *error)
{
    struct decimal part, whole;
    return duplicate_parts(a, b, &part, &whole, error) &&
           within(&part, &TWO_HUNDRED, &whole, percent, ret_accepted, error);
}

bool control_checks_duplicates_percent(const struct decimal *a, const struct decimal *b,
                                       struct decimal *ret_percent, struct ts_error *error)
{
    struct decimal part, whole;
    if (!duplicate_parts(a, b, &part, &whole, error))
        return false;
    if (decimal_is_zero(&part)) {
        *ret_percent = (struct decimal){0};
        return true;
    }
    return share(&part, &TWO_HUNDRED, &whole, ret_percent, error);
}

bool control_checks_recovery(const struct decimal *spiked, const struct decimal *unspiked,
                             const struct decimal *added, const struct decimal *low,
                             const struct decimal *high, bool *ret_accepted, struct ts_error *error)
{
    struct decimal found, scaled, least, most;
    if (decimal_is_zero(added) || added->negative)
        return wrong("The amount added must be above zero.", error);
    if (decimal_compare(low, high) > 0)
        return wrong("The window of recovery is upside down.", error);
    if (!number_subtract(spiked, unspiked, &found, error) ||
        !number_multiply(&found, &HUNDRED, &scaled, error) || !number_multiply(added, low, &least, error) ||
        !number_multiply(added, high, &most, error))
        return false;
    *ret_accepted = decimal_compare(&scaled, &least) >= 0 && decimal_compare(&scaled, &most) <= 0;
    return true;
}

bool control_checks_recovery_percent(const struct decimal *spiked, const struct decimal *unspiked,
                                     const struct decimal *added, struct decimal *ret_percent,
                                     struct ts_error *error)
{
    struct decimal found;
    if (decimal_is_zero(added) || added->negative)
        return wrong("The amount added must be above zero.", error);
    return number_subtract(spiked, unspiked, &found, error) &&
           share(&found, &HUNDRED, added, ret_percent, error);
}

bool control_checks_tolerance(const struct decimal *found, const struct decimal *nominal,
                              const struct decimal *tolerance, bool *ret_accepted, struct ts_error *error)
{
    struct decimal apart;
    if (tolerance->negative)
        return wrong("The tolerance is negative.", error);
    if (!distance(found, nominal, &apart, error))
        return false;
    *ret_accepted = decimal_compare(&apart, tolerance) <= 0;
    return true;
}

size_t control_checks_needed(size_t results, size_t at_least, size_t per)
{
    size_t demanded = per && results ? (results - 1) / per + 1 : 0;
    return demanded > at_least ? demanded : at_least;
}
