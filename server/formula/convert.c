// SPDX-License-Identifier: Apache-2.0
// Conversion of units by the table of factors (migrations/catalogue/formula_units.csv): exact, but for a
// division that does not end. A unit is named by its UCUM code or as it is printed.
#include "formula/builtin.h"
#include "formula/functions.h"
#include "number/arithmetic.h"
#include "wire/error.h"

#include <string.h>

static const struct builtin_unit *find_unit(const char *name)
{
    for (size_t i = 0; i < builtin_unit_count; i++)
        if (strcmp(builtin_units[i].code, name) == 0)
            return &builtin_units[i];
    for (size_t i = 0; i < builtin_unit_count; i++)
        if (strcmp(builtin_units[i].display, name) == 0)
            return &builtin_units[i];
    return NULL;
}

static bool take_unit(const struct formula_value *arguments, size_t index,
                      const struct builtin_unit **ret_unit, struct ts_error *error)
{
    const char *name;
    if (!functions_text(arguments, index, &name, error))
        return false;
    *ret_unit = find_unit(name);
    return *ret_unit || functions_wrong(error, "there is no unit \"%.40s\" in the table of factors.", name);
}

FORMULA_CALL(convert_call)
{
    const struct builtin_unit *from, *to;
    struct decimal number, above, below, offset;
    (void)space, (void)count;
    if (!functions_number(arguments, 0, &number, error) || !take_unit(arguments, 1, &from, error) ||
        !take_unit(arguments, 2, &to, error))
        return false;
    if (strcmp(from->dimension, to->dimension) != 0)
        return functions_wrong(error, "%.40s is a unit of %s, %.40s one of %s.", from->code, from->dimension,
                               to->code, to->dimension);
    if (!decimal_parse(from->factor, strlen(from->factor), &above, error) ||
        !decimal_parse(to->factor, strlen(to->factor), &below, error) ||
        !number_multiply(&number, &above, &number, error) ||
        !decimal_parse(from->offset, strlen(from->offset), &offset, error) ||
        !number_add(&number, &offset, &number, error) ||
        !decimal_parse(to->offset, strlen(to->offset), &offset, error) ||
        !number_subtract(&number, &offset, &number, error) || !number_divide(&number, &below, &number, error))
        return false;
    *ret_value = space_number(&number);
    return true;
}
