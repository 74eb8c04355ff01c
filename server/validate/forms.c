// SPDX-License-Identifier: Apache-2.0
// The table of forms, see forms.h. The order matters only where one header could be two forms: the first
// whose columns are all there is taken, so the form with more columns stands first.
#include "validate/forms.h"

#include "core/csv.h"

// A row adds a form: see forms.h for what else it needs.
static const struct validate_form *const forms[] = {
    &form_calculations,
    &form_quality,
    &form_rounding,
    &form_decisions,
};

enum { FORM_COUNT = sizeof forms / sizeof forms[0] };

static bool has_columns(const struct csv_table *table, const struct validate_form *form,
                        size_t ret_places[VALIDATE_COLUMNS_MOST])
{
    for (size_t i = 0; form->columns[i]; i++)
        if (!csv_find_column(table, form->columns[i], &ret_places[i]))
            return false;
    return true;
}

const struct validate_form *forms_find(const struct csv_table *table,
                                       size_t ret_places[VALIDATE_COLUMNS_MOST])
{
    for (size_t i = 0; i < FORM_COUNT; i++)
        if (has_columns(table, forms[i], ret_places))
            return forms[i];
    return NULL;
}

const struct validate_form *forms_nearest(const struct csv_table *table, const char **ret_missing)
{
    const struct validate_form *nearest = NULL;
    size_t fewest = VALIDATE_COLUMNS_MOST, place;
    for (size_t f = 0; f < FORM_COUNT; f++) {
        const char *first = NULL;
        size_t missing = 0, found = 0;
        for (size_t i = 0; forms[f]->columns[i]; i++) {
            bool is_there = csv_find_column(table, forms[f]->columns[i], &place);
            found += is_there;
            missing += !is_there;
            first = first || is_there ? first : forms[f]->columns[i];
        }
        if (found > 0 && missing < fewest) {
            nearest = forms[f];
            fewest = missing;
            *ret_missing = first;
        }
    }
    return nearest;
}
