// SPDX-License-Identifier: Apache-2.0
// Bars of several parts, one below the other, drawn with a pen (chart_pen.h), so that the same drawing is SVG
// here and PNG in the renderer. Pure; called by lab/draw_statistics.c and render/chart_png.c. The message
// stays whoever's it is.
#pragma once

#include "quality/chart_pen.h"
#include "touchstone/internal/v1/bars.pb-c.h"

#include <stdbool.h>

struct text;
struct ts_error;

enum { BAR_CHART_WIDTH = 960, BAR_CHART_BARS_MAX = 60, BAR_CHART_PARTS_MAX = 4 };

// In pixels.
int bar_chart_height(const Touchstone__Internal__V1__BarChart *chart);
// INVALID_ARGUMENT / BAR_CHART for no bar, too many, or values that are no counts of the parts.
bool bar_chart_draw(const Touchstone__Internal__V1__BarChart *chart, const struct chart_pen *pen,
                    struct ts_error *error);
// Appends the whole file. Memory is for text_finish to tell.
bool bar_chart_svg_write(const Touchstone__Internal__V1__BarChart *chart, struct text *out,
                         struct ts_error *error);
