// SPDX-License-Identifier: Apache-2.0
// Formulas as data: the expression of a method is parsed once into a program and evaluated with named inputs.
// The language is written down in docs/formulas.md. Pure: no I/O, nothing allocated. Called by validate, by
// the bench and by whoever imports formulas.csv, who must parse every expression and report form of a pack.
#pragma once

#include "formula/space.h"

#include <stdint.h>

#define FORMULA_SOURCE_BYTES 4000 // of an expression
#define FORMULA_NODES 400         // operators, names and constants of one
#define FORMULA_DEPTH 40          // of brackets and operators inside each other
#define FORMULA_STEPS 24          // let
#define FORMULA_CONSTANTS 64
#define FORMULA_POOL_BYTES 2048 // names and texts of one expression
#define FORMULA_ARGUMENTS 8     // of a function
#define FORMULA_REPORT_BYTES 256

struct arena;

struct formula_node {
    uint8_t kind;
    uint8_t depth;
    uint16_t a, b, c; // by kind: other nodes, the place in a pool, the function
    uint16_t next;    // argument, 0 for none
    uint16_t from, length;
};

struct formula_step {
    uint16_t name; // in the pool
    uint16_t node;
};

// A compiled expression; about 25 KB, so it lives in an arena or beside its row. `source` must outlive it.
struct formula_program {
    const char *source;
    uint16_t node_count, step_count, constant_count, pool_used, root;
    struct formula_step steps[FORMULA_STEPS];
    struct decimal constants[FORMULA_CONSTANTS];
    struct formula_node nodes[FORMULA_NODES];
    char pool[FORMULA_POOL_BYTES];
};

// INVALID_ARGUMENT / FORMULA_SYNTAX with "line 1, column 7: ..."; RESOURCE_EXHAUSTED / FORMULA_TOO_LARGE.
bool formula_parse(const char *source, struct formula_program *ret_program, struct ts_error *error);

// Whether the expression has an input or a step of this name, needed or not.
bool formula_knows(const struct formula_program *program, const char *name);

// Evaluates with the inputs that are in the space (inputs.h) and leaves the steps there, and the result under
// an empty name for formula_report(). FORMULA_INPUT names the input that is missing or wrong, FORMULA_VALUE
// the place in the expression; ceilings as in space.h.
bool formula_evaluate(const struct formula_program *program, struct formula_space *space,
                      struct formula_value *ret_value, struct ts_error *error);

// Writes by a report form: text with {} for the result and {name} for a step or an input; {:2} and {name:2}
// with two places, {name:3s} with three significant digits, {name:15g} the same without closing zeros;
// rounding is GB/T 8170. An empty form is {}.
bool formula_report(const char *form, const struct formula_space *space, char ret_text[FORMULA_TEXT_BYTES],
                    struct ts_error *error);
// Whether the form can be read at all, and every name in it is a step or an input named in the expression.
bool formula_report_check(const char *form, const struct formula_program *program, struct ts_error *error);

// "line 1, column 7" of a place in a source.
void formula_place(const char *source, size_t at, char *buffer, size_t size);
