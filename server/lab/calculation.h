// SPDX-License-Identifier: Apache-2.0
// From what a technician entered to the value that is judged: by the formula that the catalogue has for the
// method, else by the mean. Numbers keep all their digits; what cannot be calculated says why and is not
// judged.
#pragma once

#include "judge/plan.h"
#include "touchstone/internal/v1/judge.pb-c.h"
#include "touchstone/v1/common.pb-c.h"

#define CALCULATION_DETAIL_SIZE 400

struct arena;
struct calculator;
struct ts_error;

// The qualifiers that all readings have, or that they differ.
enum calculation_state {
    CALCULATION_DONE,   // `value`, or behind "less than" and "not detected" its bound
    CALCULATION_MIXED,  // some readings are qualified and some are not: there is no mean
    CALCULATION_FEW,    // fewer readings than the method needs
    CALCULATION_FAILED, // the formula says why in `detail`
};

struct calculation {
    enum calculation_state state;
    const char *value; // a number, a grade or a text
    enum judge_qualifier qualifier;
    const char *lod, *loq;
    bool judges_by_loq;
    const char *reason; // of the error
    char detail[CALCULATION_DETAIL_SIZE];
    Touchstone__V1__Trace *trace; // what is known of it so far
    // Under a sampling plan each determination is a unit, and there is no `value`.
    struct plan_unit *units;
    size_t unit_count;
    bool are_of_one_batch;
};

// False only when memory is out. Texts live in the arena.
bool calculation_make(const Touchstone__V1__Test *test, const Touchstone__Internal__V1__JudgeContext *context,
                      struct calculator *calculator, struct arena *arena, struct calculation *ret_calculation,
                      struct ts_error *error);
