// SPDX-License-Identifier: Apache-2.0
// A value as an instrument writes it: a decimal with a point or a comma, perhaps with an exponent of ten, or
// a qualifier by its spelling with or without a number behind it. Exact, and pure.
#pragma once

#include "touchstone/v1/instrument.pb-c.h"
#include "wire/decimal.h"

struct ts_error;

struct instrument_number {
    struct decimal value;
    Touchstone__V1__Qualifier qualifier;
    bool has_value; // false: only the spelling stood there
    const char
        *mark; // "(+)" or "(-)" where the instrument says that it rounded (GB/T 8170-2008, 3.3.2); else ""
};

// INVALID_ARGUMENT / NOT_A_NUMBER, and why. The mark points into the text.
bool number_read(const Touchstone__V1__InstrumentLayout *layout, const char *text,
                 struct instrument_number *ret_number, struct ts_error *error);
