// SPDX-License-Identifier: Apache-2.0
// One part of a layout at its place: a text, a line, a code. Drawn in points (1/72 inch), whatever the
// surface; used by who draws pages (flow.c, paper.c) and by who writes for a label printer (zpl.c).
#pragma once

#include <cairo.h>
#include <pango/pango.h>
#include <stdbool.h>

#include "printer/layout.h"

struct symbol;
struct ts_error;
struct values;

// Points in a millimetre.
#define PAPER_MM (72.0 / 25.4)

// Dots of the usual label printer in a millimetre (203 dpi). Codes stand on whole dots everywhere.
enum { PAPER_DOTS = 8 };

// A text set to a width in points; to be freed by g_object_unref.
PangoLayout *part_words(cairo_t *cairo, const struct layout *layout, const struct layout_part *part,
                        const char *text, double width);

// One line at a place in mm: what is too long ends in an ellipsis and never runs into what stands beside it.
void part_text(cairo_t *cairo, const struct layout *layout, const struct layout_part *part, const char *text,
               double x_mm, double y_mm);

// The width of a code's module in dots; 0 when it does not fit into the part.
int part_module(const struct layout_part *part, const struct symbol *symbol);

// INVALID_ARGUMENT when a code does not fit.
bool part_draw(cairo_t *cairo, const struct layout *layout, const struct layout_part *part,
               const struct values *values, struct ts_error *error);
