// SPDX-License-Identifier: Apache-2.0
// The normal distribution by erfc of the C library, see normal.h. The bound: z is known to 5e-18 absolutely
// and 2.3e-16 relatively, and loses as much again on its way to z / sqrt(2); the density moves the
// probability by at most 0.25 |relative error|, 2e-16. erfc is good to 5 units in the last place (GNU C
// library manual, "Errors in Math Functions"), 6e-16 after halving. Writing the decimal loses 2e-16. Two
// ends: below 3e-15 together; promised is 1e-14. tests/unit/number/test_normal.c compares with a table of 40
// digits.
#include "number/normal.h"

#include "wire/decimal_round.h"

#include <math.h>

// Beyond 38 the tail is below the smallest double.
enum { TAIL_Z = 38, Z_PLACES = 17 };

static const double sqrt_half = 0.70710678118654752440;

static int64_t to_int(const struct decimal *whole)
{
    int64_t number = 0;
    for (int i = whole->count - 1; i >= 0; i--)
        number = 10 * number + whole->digit[i];
    return whole->negative ? -number : number;
}

// A decimal of at most 38 in size has at most 19 digits with 17 places, so it passes through an integer of 64
// bits; both that and 10^17 become a double with one rounding at most.
static double to_double(const struct decimal *z)
{
    struct decimal tail, size, rounded;
    decimal_from_int(TAIL_Z, &tail);
    decimal_absolute(z, &size);
    if (decimal_compare(&size, &tail) > 0 || !decimal_round(z, -Z_PLACES, DECIMAL_HALF_EVEN, &rounded, NULL))
        return z->negative ? -TAIL_Z : TAIL_Z;
    return (double)to_int(&rounded) / 1e17;
}

static double below(double z)
{
    return 0.5 * erfc(-z * sqrt_half);
}

void normal_between(const struct decimal *low, const struct decimal *high, struct decimal *ret_probability)
{
    double a = low ? to_double(low) : -TAIL_Z, b = high ? to_double(high) : TAIL_Z;
    if (a > 0) { // the same by symmetry, in the tail where small numbers are exact
        double swapped = -a;
        a = -b;
        b = swapped;
    }
    double probability = a < b ? below(b) - below(a) : 0;
    struct decimal result;
    decimal_from_int(llround(probability * 1e16), &result);
    result.exponent = -NORMAL_PLACES;
    *ret_probability = result;
}
