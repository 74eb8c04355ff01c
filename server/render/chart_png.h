// SPDX-License-Identifier: Apache-2.0
// A control chart as a PNG, with the sheet's own fonts: the same drawing as quality/chart_svg.h, by cairo.
// Belongs to the renderer, which alone has cairo and fonts; docs/decisions/quality.md says why.
#pragma once

#include "touchstone/internal/v1/bars.pb-c.h"

#include <pango/pango.h>
#include <stdbool.h>
#include <stddef.h>

struct control_chart;
struct ts_error;

// Takes bytes as they come; false ends it.
typedef bool chart_png_sink(void *state, const unsigned char *bytes, size_t length);

// `scale` pixels of the picture per pixel of the chart, 1 to 4. Fails as control_chart_draw, or with INTERNAL
// / CHART_PNG when cairo has no memory or the sink refuses.
bool chart_png_write(const struct control_chart *chart, PangoFontMap *map, int scale, chart_png_sink *sink,
                     void *state, struct ts_error *error);
// The same of bars (quality/bar_chart.h).
bool chart_png_write_bars(const Touchstone__Internal__V1__BarChart *bars, PangoFontMap *map, int scale,
                          chart_png_sink *sink, void *state, struct ts_error *error);
