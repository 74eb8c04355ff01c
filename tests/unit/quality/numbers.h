// SPDX-License-Identifier: Apache-2.0
// What the tests of quality control share: cmocka's includes, and numbers from text.
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "wire/decimal.h"

enum { NUMBERS_MOST = 64 };

struct numbers {
    struct decimal at[NUMBERS_MOST];
    size_t count;
};

// The test fails on what is no number.
struct decimal number_of(const char *text);
// Numbers with one blank between.
struct numbers numbers_of(const char *text);
// Rounded half to even to so many places, without zeros at the end.
void assert_number(const struct decimal *value, int places, const char *expected);
