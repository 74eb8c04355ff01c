// SPDX-License-Identifier: Apache-2.0
// Formulas of the catalogue, parsed once and kept: a table with a fixed number of places, found by the text
// of the expression, so that a new revision of the catalogue needs no telling. Beside it the space in which
// one formula at a time is evaluated. One for a daemon, made by serve.c, used by its loop only; nothing is
// allocated after it was made.
#pragma once

#include "formula/formula.h"

struct ts_error;
struct calculator;

// NULL when there is no memory.
struct calculator *calculator_create(void);
void calculator_free(struct calculator *calculator);

// The parsed expression; it holds until the next call. NULL with the error of formula_parse().
const struct formula_program *calculator_program(struct calculator *calculator, const char *expression,
                                                 struct ts_error *error);
// Emptied for the next evaluation.
struct formula_space *calculator_space(struct calculator *calculator, const struct formula_units *units);
