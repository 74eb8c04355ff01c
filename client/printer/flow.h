// SPDX-License-Identifier: Apache-2.0
// What stands at its place on the first page, and what flows below the other over pages. Used by paper.c.
#pragma once

#include <cairo.h>
#include <pango/pango.h>
#include <stdbool.h>

struct layout;
struct layout_part;
struct ts_error;
struct values;

// Points in a millimetre.
#define PAPER_MM (72.0 / 25.4)

bool flow_draw(cairo_t *cairo, const struct layout *layout, const struct values *values, bool has_pages,
               struct ts_error *error);

// A text set to a width in points; to be freed by g_object_unref.
PangoLayout *paper_words(cairo_t *cairo, const struct layout *layout, const struct layout_part *part,
                         const char *text, double width);
// One part at its place.
bool paper_part(cairo_t *cairo, const struct layout *layout, const struct layout_part *part,
                const struct values *values, struct ts_error *error);
