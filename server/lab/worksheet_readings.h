// SPDX-License-Identifier: Apache-2.0
// The values of an instrument's file at the positions of a worksheet: whose each is, and why not where it is
// nobody's. Called by the steps that enter a worksheet or preview a file for one. Pure.
#pragma once

#include "touchstone/internal/v1/worksheet.pb-c.h"

#include <stdbool.h>

struct arena;
struct ts_error;

// The answer lives in the arena. A position that is in `typed` is left to it.
bool worksheet_readings_place(const Touchstone__Internal__V1__WorksheetContext *context,
                              const Touchstone__Internal__V1__FoundValues *found,
                              Touchstone__V1__PositionResult *const *typed, size_t typed_count,
                              struct arena *arena, Touchstone__Internal__V1__PlacedReadings **ret_placed,
                              struct ts_error *error);
// FAILED_PRECONDITION / VALUES_LEFT_OUT when a value of this method and parameter, or one that nobody knows,
// is not entered; INSTRUMENT_DIFFERS when the worksheet was made for another instrument.
bool worksheet_readings_are_whole(const Touchstone__Internal__V1__WorksheetContext *context,
                                  const Touchstone__Internal__V1__PlacedReadings *placed, bool leaves_out,
                                  struct ts_error *error);
