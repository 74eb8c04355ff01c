// SPDX-License-Identifier: Apache-2.0
// What the parts of a calculation share: calculation.c goes from an entry to its value,
// calculation_checks.c refuses what cannot be meant, calculation_trace.c writes down how. Seen by these
// only; what they ask of it is in calculation_parts.c, so that none of them calls back.
#pragma once

#include "formula/formula.h"
#include "lab/calculation.h"

enum { CALCULATION_DETERMINATIONS = JUDGE_READINGS, CALCULATION_STEPS = 96 };

struct calculation_work {
    const Touchstone__V1__Test *test;
    const Touchstone__Internal__V1__JudgeContext *context;
    struct calculator *calculator;
    struct formula_units units;
    struct arena *arena;
    struct calculation *calculation;
    struct decimal *numbers; // CALCULATION_DETERMINATIONS of them
    size_t count;
    size_t replicates; // of named inputs
    const char *text;  // of a result that is no number
    const char *mark;  // "(+)" or "(-)" of the only reading, if it was rounded already; else ""
    const char *batch; // of the units of a sampling plan, where they name it
    Touchstone__V1__TraceStep **steps;
    struct ts_error *error;
    bool out_of_memory;
};

// The calculation ends with this reason; always false.
bool calculation_parts_fail(struct calculation_work *work, const char *reason, const char *detail);
// Whether the result is a grade, a species or other words.
bool calculation_parts_is_textual(const struct calculation_work *work);
// Whether what the formula makes needs no conversion.
bool calculation_parts_is_in_unit_of_result(const struct calculation_work *work);

// What is refused before it is believed; each fails the calculation and says what to do
// (calculation_checks.c). Inputs that the formula does not ask for, that stand beside readings which say the
// same, or that hide the points of a screening method.
bool calculation_checks_inputs(struct calculation_work *work, const struct formula_program *program,
                               const struct formula_space *space);
// A count of a sample unit: a number, not below zero.
bool calculation_checks_count(struct calculation_work *work, const char *text);
// Two determinations no further apart than the method allows (methods.csv, agreement_rule).
bool calculation_checks_agreement(struct calculation_work *work);

// Texts of the trace, in the arena; NULL and `out_of_memory` set without memory.
char *calculation_trace_copy(struct calculation_work *work, const char *text);
// With at most 36 significant digits.
char *calculation_trace_number(struct calculation_work *work, const struct decimal *number);
// Of a list the first six, "753.4; 753.1".
const char *calculation_trace_value(struct calculation_work *work, const struct formula_space *space,
                                    const struct formula_value *value);

// The let of the formula, in their order, and the numbers of `work`. False without memory.
bool calculation_trace_steps(struct calculation_work *work, const struct formula_program *program,
                             const struct formula_space *space);
bool calculation_trace_determinations(struct calculation_work *work);
