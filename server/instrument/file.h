// SPDX-License-Identifier: Apache-2.0
// A file of an instrument read by a layout: every value with its place, what it is taken for, and why not
// where it is no result. Pure: which items and tests there are, the database says. Called by
// lab/instrument_files.c.
#pragma once

#include "touchstone/internal/v1/instrument.pb-c.h"

#include <stdbool.h>
#include <stddef.h>

#define FILE_VALUES_MOST 5000

struct arena;
struct ts_error;

// The answer lives in the arena, without hash. FILE_INVALID with its place, FILE_TOO_LARGE, and what
// layout_check() refuses. A value that cannot be read is no error: it has a reason.
bool file_read(const Touchstone__Internal__V1__InstrumentContext *context, const char *bytes, size_t length,
               struct arena *arena, Touchstone__Internal__V1__FoundValues **ret_values,
               struct ts_error *error);
