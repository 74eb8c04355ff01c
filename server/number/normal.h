// SPDX-License-Identifier: Apache-2.0
// The standard normal distribution, for the probability of conformity (JCGM 106:2012, 7.4). The only place of
// the engine with binary floating point; what comes out is a decimal with its error bound, so that whoever
// decides by it can tell what is certain.
#pragma once

#include "wire/decimal.h"

#include <stdbool.h>

// What every answer here is at most away from the true value: 10^-14. Where it comes from is said in
// normal.c.
#define NORMAL_BOUND_EXPONENT (-14)
// Answers have this many places.
#define NORMAL_PLACES 16

// The probability that a standard normal variable lies between the two; NULL is an end that does not exist.
// Between 0 and 1, and 0 when low is not below high. Never fails.
void normal_between(const struct decimal *low, const struct decimal *high, struct decimal *ret_probability);
