// SPDX-License-Identifier: Apache-2.0
// The functions that an expression may call, by name. evaluate.c checks how many arguments there are and says
// where in the expression a function failed; the function says only why.
#pragma once

#include "formula/space.h"

#include <stdint.h>

struct formula_function {
    const char *name;
    uint8_t least, most; // arguments
    bool (*call)(struct formula_space *space, const struct formula_value *arguments, size_t count,
                 struct formula_value *ret_value, struct ts_error *error);
};

extern const struct formula_function functions_table[];
extern const size_t functions_count;

// Where the table has this name; false when it does not.
bool functions_find(const char *name, size_t length, size_t *ret_index);

// What functions share. All fail with FORMULA_VALUE and say which argument, counted from 1.
bool functions_wrong(struct ts_error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool functions_number(const struct formula_value *arguments, size_t index, struct decimal *ret_number,
                      struct ts_error *error);
bool functions_int(const struct formula_value *arguments, size_t index, int least, int most, int *ret_number,
                   struct ts_error *error);
bool functions_text(const struct formula_value *arguments, size_t index, const char **ret_text,
                    struct ts_error *error);
// A list in which nothing is a text; a single number is a list of one. Counts its values as work.
bool functions_numbers(struct formula_space *space, const struct formula_value *arguments, size_t index,
                       struct formula_value *ret_list, struct ts_error *error);

#define FORMULA_CALL(name)                                                                                   \
    bool name(struct formula_space *space, const struct formula_value *arguments, size_t count,              \
              struct formula_value *ret_value, struct ts_error *error)

// plate.c, mpn.c, plan.c, line.c, convert.c: one group of methods each.
FORMULA_CALL(plate_count);
FORMULA_CALL(plate_report);
FORMULA_CALL(mpn_call);
FORMULA_CALL(plan_call);
FORMULA_CALL(line_slope);
FORMULA_CALL(line_intercept);
FORMULA_CALL(line_correlation);
FORMULA_CALL(line_residual_sd);
FORMULA_CALL(line_interpolate);
FORMULA_CALL(convert_call);
