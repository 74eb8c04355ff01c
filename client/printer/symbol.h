// SPDX-License-Identifier: Apache-2.0
// A bar code as black and white modules: Code 128, QR, DataMatrix (libzint).
#pragma once

#include <stdbool.h>

#include "printer/layout.h"

struct ts_error;

enum { SYMBOL_SIDE_MOST = 200, SYMBOL_WIDTH_MOST = 1000 };

struct symbol {
    int width, height; // in modules, without the quiet zone
    int quiet;         // white modules that belong on each side
    unsigned char modules[SYMBOL_SIDE_MOST][(SYMBOL_WIDTH_MOST + 7) / 8];
};

bool symbol_make(enum layout_kind kind, const char *text, struct symbol *ret_symbol, struct ts_error *error);
bool symbol_is_black(const struct symbol *symbol, int x, int y);
