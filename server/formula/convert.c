// SPDX-License-Identifier: Apache-2.0
// Conversion of units by a table of factors (units.h): exact, but for a division that does not end. A unit is
// named by its UCUM code or as it is printed.
#include "formula/convert.h"

#include "formula/functions.h"
#include "number/arithmetic.h"
#include "wire/error.h"

#include <string.h>

static bool is_same_dimension(const struct formula_unit *from, const struct formula_unit *to,
                              struct ts_error *error)
{
    if (strcmp(from->dimension, to->dimension) == 0)
        return true;
    return functions_wrong(error, "%.40s is a unit of %s, %.40s one of %s.", from->code, from->dimension,
                           to->code, to->dimension);
}

static bool read_factors(const struct formula_unit *from, const struct formula_unit *to,
                         struct decimal *ret_above, struct decimal *ret_below, struct ts_error *error)
{
    return decimal_parse(from->factor, strlen(from->factor), ret_above, error) &&
           decimal_parse(to->factor, strlen(to->factor), ret_below, error);
}

static bool take_unit(const struct formula_space *space, const struct formula_value *arguments, size_t index,
                      const struct formula_unit **ret_unit, struct ts_error *error)
{
    const char *name;
    if (!functions_text(arguments, index, &name, error))
        return false;
    *ret_unit = units_find(space->units, name);
    return *ret_unit || functions_wrong(error, "there is no unit \"%.40s\" in the table of factors.", name);
}

FORMULA_CALL(convert_call)
{
    const struct formula_unit *from, *to;
    struct decimal number, above, below, offset;
    (void)count;
    if (!functions_number(arguments, 0, &number, error) || !take_unit(space, arguments, 1, &from, error) ||
        !take_unit(space, arguments, 2, &to, error))
        return false;
    if (!is_same_dimension(from, to, error) || !read_factors(from, to, &above, &below, error) ||
        !number_multiply(&number, &above, &number, error) ||
        !decimal_parse(from->offset, strlen(from->offset), &offset, error) ||
        !number_add(&number, &offset, &number, error) ||
        !decimal_parse(to->offset, strlen(to->offset), &offset, error) ||
        !number_subtract(&number, &offset, &number, error) || !number_divide(&number, &below, &number, error))
        return false;
    *ret_value = space_number(&number);
    return true;
}

static void drop_last_zeros(struct decimal *value)
{
    unsigned zeros = 0;
    while (zeros < value->count && value->digit[zeros] == 0)
        zeros++;
    memmove(value->digit, value->digit + zeros, value->count - zeros);
    value->count = (uint8_t)(value->count - zeros);
    value->exponent = (int16_t)(value->exponent + (int)zeros);
}

bool convert_factor(const struct formula_units *units, const char *from_name, const char *to_name,
                    struct decimal *ret_factor, struct ts_error *error)
{
    const struct formula_unit *from = units_find(units, from_name), *to = units_find(units, to_name);
    struct decimal above, below, factor, again;
    if (strcmp(from_name, to_name) == 0 || (from && from == to)) {
        decimal_from_int(1, ret_factor);
        return true;
    }
    if (!from || !to)
        return functions_wrong(error, "there is no unit \"%.40s\" in the table of factors.",
                               from ? to_name : from_name);
    if (!is_same_dimension(from, to, error))
        return false;
    if (strcmp(from->offset, "0") != 0 || strcmp(to->offset, "0") != 0)
        return functions_wrong(error, "%.40s becomes %.40s by more than a factor.", from->code, to->code);
    if (!read_factors(from, to, &above, &below, error) || !number_divide(&above, &below, &factor, error) ||
        !number_multiply(&factor, &below, &again, error))
        return false;
    if (decimal_compare(&again, &above) != 0)
        return functions_wrong(error, "%.40s does not become %.40s by a decimal that ends.", from->code,
                               to->code);
    drop_last_zeros(&factor);
    *ret_factor = factor;
    return true;
}
