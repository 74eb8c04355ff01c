// SPDX-License-Identifier: Apache-2.0
// How often an entry determined its result, for the least number of replicates that a method asks. Pure;
// called by calculation.c.
#pragma once

#include "formula/space.h"

// Of one object of named inputs: as many as the longest of the inputs that `names` ("points|values") has, of
// a map the longest of its lists (the plates of one dilution); without any as many as the value has.
size_t replicates_count(const char *names, const struct formula_space *space,
                        const struct formula_value *value);
