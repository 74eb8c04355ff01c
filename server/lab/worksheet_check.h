// SPDX-License-Identifier: Apache-2.0
// From what was typed on a worksheet to what the database keeps of it: each position's value by the method's
// formula, blanks, duplicates and spikes held against the worksheet's plan, controls judged by their charts.
// Called by the step that enters a worksheet; the database finds every outcome once more.
#pragma once

#include "touchstone/internal/v1/judge.pb-c.h"
#include "touchstone/internal/v1/worksheet.pb-c.h"

#include <stdbool.h>

#define WORKSHEET_POSITIONS 96

struct arena;
struct calculator;
struct ts_error;

struct worksheet_check {
    const Touchstone__V1__EnterWorksheetRequest *request;
    const Touchstone__Internal__V1__WorksheetContext *context;
    // What the test at a position is judged by; NULL where there is none. Positions count from 1.
    const Touchstone__Internal__V1__JudgeContext *facts[WORKSHEET_POSITIONS + 1];
    struct calculator *calculator;
    struct arena *arena;
};

// INVALID_ARGUMENT with up to eight wrong positions, each by its number in words and by the path of its
// field; the first also as metadata "position".
bool worksheet_check_decide(const struct worksheet_check *check,
                            Touchstone__Internal__V1__WorksheetDecision *ret_decision,
                            struct ts_error *error);
