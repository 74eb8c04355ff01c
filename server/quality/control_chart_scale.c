// SPDX-License-Identifier: Apache-2.0
// From values to places on the chart, see control_chart_parts.h. The plot holds every line with some room and
// every point that lies within half the height of the lines beyond them; what lies further is drawn at the
// edge with an arrow, so that one lost decimal point does not flatten all others.
#include "quality/control_chart_parts.h"

#include "number/arithmetic.h"
#include "wire/decimal_round.h"
#include "wire/error.h"

static const struct decimal HALF = {.count = 1, .exponent = -1, .digit = {5}};
static const struct decimal ROOM = {.count = 2, .exponent = -2, .digit = {4, 1}};

static void widen(struct decimal *low, struct decimal *high, const struct decimal *value)
{
    if (decimal_compare(value, low) < 0)
        *low = *value;
    if (decimal_compare(value, high) > 0)
        *high = *value;
}

// low - share * height and high + share * height
static bool reach(const struct decimal *low, const struct decimal *high, const struct decimal *share,
                  struct decimal *ret_low, struct decimal *ret_high, struct ts_error *error)
{
    struct decimal height;
    return number_subtract(high, low, &height, error) && number_multiply(&height, share, &height, error) &&
           number_add(high, &height, ret_high, error) && number_subtract(low, &height, ret_low, error);
}

static bool check(const struct control_chart *chart, struct ts_error *error)
{
    if (chart->count == 0 || chart->count > CONTROL_CHART_POINTS)
        return error_set(error, TS_INVALID_ARGUMENT, "CONTROL_CHART",
                         "A control chart shows 1 to %d points; there are %zu.", CONTROL_CHART_POINTS,
                         chart->count);
    for (size_t i = 1; i < chart->line_count && chart->line_count <= CONTROL_CHART_LINES; i++)
        if (decimal_compare(&chart->lines[i].value, &chart->lines[0].value) != 0)
            return true;
    return error_set(error, TS_INVALID_ARGUMENT, "CONTROL_CHART",
                     "A control chart needs a centre line and limits that differ from it.");
}

bool control_chart_scale_init(const struct control_chart *chart, struct control_chart_scale *ret_scale,
                              struct ts_error *error)
{
    struct control_chart_scale scale = {.count = chart->count};
    struct decimal lowest, highest;
    if (!check(chart, error))
        return false;
    scale.low = scale.high = chart->lines[0].value;
    for (size_t i = 1; i < chart->line_count; i++)
        widen(&scale.low, &scale.high, &chart->lines[i].value);
    if (!reach(&scale.low, &scale.high, &HALF, &lowest, &highest, error))
        return false;
    for (size_t i = 0; i < chart->count; i++)
        if (decimal_compare(&chart->points[i], &lowest) >= 0 &&
            decimal_compare(&chart->points[i], &highest) <= 0)
            widen(&scale.low, &scale.high, &chart->points[i]);
    if (!reach(&scale.low, &scale.high, &ROOM, &scale.low, &scale.high, error))
        return false;
    *ret_scale = scale;
    return true;
}

int control_chart_scale_x(const struct control_chart_scale *scale, size_t at)
{
    enum { PADDING = 240, WIDTH = CHART_RIGHT - CHART_LEFT - 2 * PADDING };
    if (scale->count == 1)
        return CHART_LEFT + PADDING + WIDTH / 2;
    return CHART_LEFT + PADDING + (int)(at * WIDTH / (scale->count - 1));
}

// A whole number of a few digits.
static int small(const struct decimal *value)
{
    int number = 0;
    for (int at = value->count + value->exponent - 1; at >= 0; at--) {
        int index = at - value->exponent;
        number = 10 * number + (index >= 0 && index < value->count ? value->digit[index] : 0);
    }
    return number;
}

bool control_chart_scale_y(const struct control_chart_scale *scale, const struct decimal *value, int *ret_y,
                           int *ret_outside, struct ts_error *error)
{
    struct decimal height, depth, pixels;
    *ret_outside = decimal_compare(value, &scale->high) > 0 ? 1 : -(decimal_compare(value, &scale->low) < 0);
    if (*ret_outside) {
        *ret_y = *ret_outside > 0 ? CHART_TOP + CHART_ARROW : CHART_BOTTOM - CHART_ARROW;
        return true;
    }
    decimal_from_int(CHART_BOTTOM - CHART_TOP, &pixels);
    if (!number_subtract(&scale->high, &scale->low, &height, error) ||
        !number_subtract(&scale->high, value, &depth, error) ||
        !number_multiply(&depth, &pixels, &depth, error) || !number_divide(&depth, &height, &depth, error) ||
        !decimal_round(&depth, 0, DECIMAL_HALF_EVEN, &depth, error))
        return false;
    *ret_y = CHART_TOP + small(&depth);
    return true;
}
