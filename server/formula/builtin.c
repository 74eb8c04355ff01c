// SPDX-License-Identifier: Apache-2.0
// Looking up a formula by its key, see builtin.h.
#include "formula/builtin.h"

#include <string.h>

const struct builtin_formula *builtin_find(const char *calc_key)
{
    for (size_t i = 0; i < builtin_formula_count; i++)
        if (strcmp(builtin_formulas[i].calc_key, calc_key) == 0)
            return &builtin_formulas[i];
    return NULL;
}
