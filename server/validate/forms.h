// SPDX-License-Identifier: Apache-2.0
// The table of all forms of reference data. A new form is one file validate/form_NAME.c with one
// `const struct validate_form form_NAME`, its line here, its row in forms.c, and its name in meson.build.
#pragma once

#include "validate/form.h"

struct csv_table;

extern const struct validate_form form_calculations;
extern const struct validate_form form_decisions;
extern const struct validate_form form_quality;
extern const struct validate_form form_rounding;

// The form whose columns the header has; NULL when there is none. `ret_places` says where each of its columns
// stands in the rows of the table.
const struct validate_form *forms_find(const struct csv_table *table,
                                       size_t ret_places[VALIDATE_COLUMNS_MOST]);

// The form that misses the fewest columns of the header, and the first of these; NULL when none has any.
const struct validate_form *forms_nearest(const struct csv_table *table, const char **ret_missing);
