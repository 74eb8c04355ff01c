// SPDX-License-Identifier: Apache-2.0
// What stands at its place on the first page, and what flows below the other over pages. Used by paper.c.
#pragma once

#include <cairo.h>
#include <stdbool.h>

struct layout;
struct ts_error;
struct values;

bool flow_draw(cairo_t *cairo, const struct layout *layout, const struct values *values, bool has_pages,
               struct ts_error *error);
