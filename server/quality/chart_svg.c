// SPDX-License-Identifier: Apache-2.0
// A control chart as a file, see chart_svg.h.
#include "quality/chart_svg.h"

#include "quality/control_chart.h"
#include "quality/svg_pen.h"
#include "wire/text.h"

bool chart_svg_write(const struct control_chart *chart, struct text *out, struct ts_error *error)
{
    const struct chart_pen pen = svg_pen(out);
    svg_pen_begin(out, CONTROL_CHART_WIDTH, control_chart_height(chart), chart->title_zh, chart->title_en);
    if (!control_chart_draw(chart, &pen, error))
        return false;
    svg_pen_end(out);
    return true;
}
