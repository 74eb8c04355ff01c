// SPDX-License-Identifier: Apache-2.0
// A control chart as PNG from the message that the database's facts are
// (touchstone.internal.v1.ControlContext). Called by serve.c; the daemon draws the same chart as SVG itself.
#pragma once

#include <pango/pango.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ts_error;

struct chart_picture {
    uint8_t *png; // malloc'ed
    size_t length;
};

// Two pixels for one of the chart. The caller frees ret_picture->png.
bool chart_request_draw(PangoFontMap *map, const uint8_t *bytes, size_t length,
                        struct chart_picture *ret_picture, struct ts_error *error);
// The same of a chart of bars (touchstone.internal.v1.BarChart).
bool chart_request_draw_bars(PangoFontMap *map, const uint8_t *bytes, size_t length,
                             struct chart_picture *ret_picture, struct ts_error *error);
