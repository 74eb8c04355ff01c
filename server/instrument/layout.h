// SPDX-License-Identifier: Apache-2.0
// What makes sense of a layout as a whole, beside the rules of its fields: columns that its kind of file has,
// codes that are known, units that convert exactly. Checked when a profile is saved and again when a file is
// read, because the catalogue may have changed since.
#pragma once

#include "touchstone/internal/v1/instrument.pb-c.h"

#include <stdbool.h>

struct formula_units;
struct ts_error;

// Every violation under its path from "layout"; units are those of the context's unit_factors. False with
// INVALID_ARGUMENT / FIELD_INVALID.
bool layout_check(const Touchstone__Internal__V1__InstrumentContext *context,
                  const struct formula_units *units, struct ts_error *error);

// Where the layout has this code; false when it does not.
bool layout_find_code(const Touchstone__V1__InstrumentLayout *layout, const char *code, size_t *ret_index);

// The character between cells of CSV.
char layout_delimiter(const Touchstone__V1__InstrumentLayout *layout);
