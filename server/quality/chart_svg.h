// SPDX-License-Identifier: Apache-2.0
// A control chart as SVG 1.1 that needs nothing but a font with Chinese: no script, no style sheet, no link.
// Pure; called by the quality service.
#pragma once

#include <stdbool.h>

struct control_chart;
struct text;
struct ts_error;

// Appends the whole file. The chart's texts must be UTF-8; what XML has no place for becomes a blank. Fails
// as control_chart_draw; memory is for text_finish to tell.
bool chart_svg_write(const struct control_chart *chart, struct text *out, struct ts_error *error);
