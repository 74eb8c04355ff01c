// SPDX-License-Identifier: Apache-2.0
// Cells to lines: aligned columns with a heading on a terminal, cut to its width, one tab between cells
// otherwise. Cells are made safe here (text/safe.h).
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct print_style;

// `cells` has rows * columns texts, row by row; NULL is empty. `headings` has one per column, so
// has `are_ids` (fit.h), which may be NULL. False when memory ended before all was written.
bool table_write(FILE *out, const struct print_style *style, const char *const *headings, const bool *are_ids,
                 const char *const *cells, size_t rows, size_t columns);
