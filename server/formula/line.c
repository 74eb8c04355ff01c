// SPDX-License-Identifier: Apache-2.0
// Straight lines by ordinary least squares, and interpolation. The sums are exact as long as 100 digits hold
// them, so nothing cancels (NIST StRD Norris); each result is divided once.
#include "formula/functions.h"
#include "number/arithmetic.h"

// Sums over n points, and S_xx = n * sum(x^2) - sum(x)^2 and so on, which are n times the usual ones.
struct line {
    struct decimal n, x, y, xx, xy, yy, s_xx, s_xy, s_yy;
};

// to += a * b.
static bool add_product(struct decimal *to, const struct decimal *a, const struct decimal *b,
                        struct ts_error *error)
{
    struct decimal product;
    return number_multiply(a, b, &product, error) && number_add(to, &product, to, error);
}

// a * b - c * d.
static bool cross(const struct decimal *a, const struct decimal *b, const struct decimal *c,
                  const struct decimal *d, struct decimal *ret, struct ts_error *error)
{
    struct decimal left, right;
    return number_multiply(a, b, &left, error) && number_multiply(c, d, &right, error) &&
           number_subtract(&left, &right, ret, error);
}

static bool take_points(struct formula_space *space, const struct formula_value *arguments, size_t least,
                        struct formula_value *ret_x, struct formula_value *ret_y, struct ts_error *error)
{
    if (!functions_numbers(space, arguments, 0, ret_x, error) ||
        !functions_numbers(space, arguments, 1, ret_y, error))
        return false;
    if (ret_x->count != ret_y->count)
        return functions_wrong(error, "there are %zu x and %zu y.", ret_x->count, ret_y->count);
    return ret_x->count >= least || functions_wrong(error, "there are fewer than %zu points.", least);
}

static bool add_points(const struct formula_cell *x, const struct formula_cell *y, size_t count,
                       struct line *line, struct ts_error *error)
{
    for (size_t i = 0; i < count; i++) {
        const struct decimal *a = &x[i].number, *b = &y[i].number;
        if (!number_add(&line->x, a, &line->x, error) || !number_add(&line->y, b, &line->y, error) ||
            !add_product(&line->xx, a, a, error) || !add_product(&line->xy, a, b, error) ||
            !add_product(&line->yy, b, b, error))
            return false;
    }
    return true;
}

static bool read_line(struct formula_space *space, const struct formula_value *arguments, size_t least,
                      struct line *ret_line, struct ts_error *error)
{
    struct formula_value x, y;
    struct line line = {0};
    if (!take_points(space, arguments, least, &x, &y, error) || !space_work(space, 5 * x.count, error))
        return false;
    decimal_from_int((int64_t)x.count, &line.n);
    if (!add_points(space->cells + x.first, space->cells + y.first, x.count, &line, error) ||
        !cross(&line.n, &line.xx, &line.x, &line.x, &line.s_xx, error) ||
        !cross(&line.n, &line.xy, &line.x, &line.y, &line.s_xy, error) ||
        !cross(&line.n, &line.yy, &line.y, &line.y, &line.s_yy, error))
        return false;
    if (decimal_is_zero(&line.s_xx))
        return functions_wrong(error, "all x are equal, so there is no line.");
    *ret_line = line;
    return true;
}

FORMULA_CALL(line_slope)
{
    struct line line;
    struct decimal slope;
    (void)count;
    if (!read_line(space, arguments, 2, &line, error) ||
        !number_divide(&line.s_xy, &line.s_xx, &slope, error))
        return false;
    *ret_value = space_number(&slope);
    return true;
}

FORMULA_CALL(line_intercept)
{
    struct line line;
    struct decimal above;
    (void)count;
    if (!read_line(space, arguments, 2, &line, error) ||
        !cross(&line.y, &line.xx, &line.x, &line.xy, &above, error) ||
        !number_divide(&above, &line.s_xx, &above, error))
        return false;
    *ret_value = space_number(&above);
    return true;
}

FORMULA_CALL(line_correlation)
{
    struct line line;
    struct decimal below;
    (void)count;
    if (!read_line(space, arguments, 2, &line, error) ||
        !number_multiply(&line.s_xx, &line.s_yy, &below, error))
        return false;
    if (decimal_is_zero(&below))
        return functions_wrong(error, "all y are equal, so there is no correlation.");
    if (!number_sqrt(&below, &below, error) || !number_divide(&line.s_xy, &below, &below, error))
        return false;
    *ret_value = space_number(&below);
    return true;
}

// s = sqrt((S_yy * S_xx - S_xy^2) / (n * S_xx * (n - 2))).
FORMULA_CALL(line_residual_sd)
{
    struct line line;
    struct decimal above, below, two, less;
    (void)count;
    decimal_from_int(2, &two);
    if (!read_line(space, arguments, 3, &line, error) ||
        !cross(&line.s_yy, &line.s_xx, &line.s_xy, &line.s_xy, &above, error) ||
        !number_subtract(&line.n, &two, &less, error) ||
        !number_multiply(&line.n, &line.s_xx, &below, error) ||
        !number_multiply(&below, &less, &below, error) || !number_divide(&above, &below, &above, error))
        return false;
    if (above.negative) // rounding of a perfect line with very long numbers
        decimal_from_int(0, &above);
    if (!number_sqrt(&above, &above, error))
        return false;
    *ret_value = space_number(&above);
    return true;
}

// y at x between the two points beside it: y1 + (y2 - y1) * (x - x1) / (x2 - x1).
static bool between(const struct formula_cell *x, const struct formula_cell *y, const struct decimal *at,
                    struct decimal *ret, struct ts_error *error)
{
    struct decimal rise, run, from;
    return number_subtract(&y[1].number, &y[0].number, &rise, error) &&
           number_subtract(&x[1].number, &x[0].number, &run, error) &&
           number_subtract(at, &x[0].number, &from, error) && number_multiply(&rise, &from, &rise, error) &&
           number_divide(&rise, &run, &rise, error) && number_add(&y[0].number, &rise, ret, error);
}

FORMULA_CALL(line_interpolate)
{
    struct formula_value x, y;
    struct decimal at, found;
    (void)count;
    if (!take_points(space, arguments, 2, &x, &y, error) || !functions_number(arguments, 2, &at, error))
        return false;
    const struct formula_cell *cells = space->cells + x.first;
    for (size_t i = 0; i + 1 < x.count; i++)
        if (decimal_compare(&cells[i].number, &cells[i + 1].number) >= 0)
            return functions_wrong(error, "the x do not rise at value %zu.", i + 2);
    for (size_t i = 0; i + 1 < x.count; i++) {
        if (decimal_compare(&at, &cells[i].number) < 0 || decimal_compare(&at, &cells[i + 1].number) > 0)
            continue;
        if (!between(cells + i, space->cells + y.first + i, &at, &found, error))
            return false;
        *ret_value = space_number(&found);
        return true;
    }
    return functions_wrong(error, "the value lies outside the points.");
}
