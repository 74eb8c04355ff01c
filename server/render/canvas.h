// SPDX-License-Identifier: Apache-2.0
// Text and lines on pages, in points from the page's top left corner. Owned by report.c, used by every
// section. Nothing is placed without being measured: a text is a list of phrases that is first asked for
// its height at a width and then drawn at exactly that width.
//
// Drawing functions return nothing; the first failure (a character without a glyph, a word that cannot be
// broken to the width) is kept in canvas.error with the record's field and later drawing goes on harmlessly.
#pragma once

#include "render/phrase.h"
#include "wire/error.h"

#include <cairo.h>
#include <pango/pango.h>
#include <stdbool.h>
#include <stddef.h>

struct layouts;

struct canvas {
    cairo_t *cairo;         // NULL while only measuring; borrowed
    cairo_surface_t *ghost; // NULL until the document's first page asks for it
    struct layouts *layouts;
    bool shows_code_points; // of characters that no font has, instead of failing; until the document ends
    bool has_code_points;   // it did so somewhere
    struct ts_error error;  // status TS_OK while all is well
};

// To measure; it draws once `cairo` is set. For one document after the other, each ended by
// canvas_end_document.
void canvas_init(struct canvas *canvas, PangoFontMap *map);
void canvas_done(struct canvas *canvas);
// Neither the error nor what the caller draws on is left; texts that this document used are kept for the
// next.
void canvas_end_document(struct canvas *canvas);

double canvas_height(struct canvas *canvas, const struct phrase *phrases, size_t count, double width);
void canvas_text(struct canvas *canvas, const struct phrase *phrases, size_t count, double x, double y,
                 double width);
// Width of one phrase on one line.
double canvas_width(struct canvas *canvas, const struct phrase *phrase);
// Makes the phrase smaller, down to that size, until its lines take the width without being broken.
void canvas_fit(struct canvas *canvas, struct phrase *phrase, double width, double smallest_pt);

void canvas_line(struct canvas *canvas, double x, double y, double x_end, double y_end, double thickness,
                 enum ink ink);
void canvas_fill(struct canvas *canvas, double x, double y, double width, double height, enum ink ink);
void canvas_frame(struct canvas *canvas, double x, double y, double width, double height, double thickness,
                  enum ink ink);
// Large words as outlines, turned around their centre: seen, but not part of the page's text.
void canvas_ghost(struct canvas *canvas, const char *text, double x, double y, double size_pt,
                  double degrees);

// A paragraph taken line by line, for texts that break over pages.
struct canvas_lines;
struct canvas_lines *canvas_lines_create(struct canvas *canvas, const struct phrase *phrase, double width);
void canvas_lines_free(struct canvas_lines *lines);
// Height of the next line; 0 after the last.
double canvas_lines_height(const struct canvas_lines *lines);
void canvas_lines_draw(struct canvas *canvas, struct canvas_lines *lines, double x, double y);
