// SPDX-License-Identifier: Apache-2.0
// The controls of a worksheet on their charts: several of one chart are points one after the other, judged as
// if each were entered alone. Called by worksheet_check.c.
#pragma once

#include "touchstone/internal/v1/worksheet.pb-c.h"

#include <stdbool.h>

struct arena;
struct ts_error;

// Gives every control of the decision its alarms and its outcome, and the decision the charts with the
// versions that this was found on. Without frozen limits nothing is judged and the control is accepted.
bool worksheet_charts_judge(const Touchstone__Internal__V1__WorksheetContext *context,
                            Touchstone__Internal__V1__WorksheetDecision *decision, struct arena *arena,
                            struct ts_error *error);
