// SPDX-License-Identifier: Apache-2.0
// Cells to lines: aligned columns with a heading on a terminal, one tab between cells otherwise. Cells are
// made safe here (text/safe.h).
#pragma once

#include <stddef.h>
#include <stdio.h>

struct print_style;

// `cells` has rows * columns texts, row by row; NULL is empty. `headings` has one per column.
void table_write(FILE *out, const struct print_style *style, const char *const *headings,
                 const char *const *cells, size_t rows, size_t columns);
