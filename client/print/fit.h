// SPDX-License-Identifier: Apache-2.0
// Makes a table's columns fit the terminal.
#pragma once

#include <stdbool.h>
#include <stddef.h>

// Narrows `widths` until they take at most `room` columns together: always the widest first, as far as it
// can still be read; identifiers, which are no use when cut, only then. What does not fit even so
// stays too wide.
void fit_widths(size_t *widths, const bool *are_ids, size_t count, size_t room);
