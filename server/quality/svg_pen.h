// SPDX-License-Identifier: Apache-2.0
// A pen that writes SVG 1.1 which needs nothing but a font with Chinese: no script, no style sheet, no link.
// Texts must be UTF-8; what XML has no place for becomes a blank. Memory is for text_finish to tell. Pure;
// for chart_svg.c and worksheet_page.c.
#pragma once

#include "quality/chart_pen.h"

struct text;

// Writes into `out`, which stays whoever's it is.
struct chart_pen svg_pen(struct text *out);
// What stands before and behind a drawing, in pixels, on white.
void svg_pen_begin(struct text *out, int width, int height, const char *title_zh, const char *title_en);
void svg_pen_end(struct text *out);
