// SPDX-License-Identifier: Apache-2.0
// What every test of the desk includes.
#pragma once

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "desk/press.h"

#define PRESS(kind) (&(struct press){(kind), 0})
#define LETTER(letter) (&(struct press){PRESS_CHARACTER, (letter)})

// Widths of letters need it.
static inline int testing_locale(void **state)
{
    (void)state;
    return setlocale(LC_CTYPE, "C.UTF-8") == NULL;
}
