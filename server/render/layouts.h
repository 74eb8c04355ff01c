// SPDX-License-Identifier: Apache-2.0
// Texts laid out: broken into lines, with a place for every glyph. Most words of a sheet are those of the
// sheet before it, and each is measured more often than drawn: so a text is laid out once and kept as long as
// every document uses it. Owned by canvas.c.
#pragma once

#include <pango/pango.h>
#include <stdbool.h>

struct phrase;

// Baselines of Noto CJK stand 1.45 em apart by its own metrics; tables read better a little closer.
#define LAYOUTS_LINE_SPACING 0.86

struct layouts;

struct layouts *layouts_create(PangoFontMap *map);
void layouts_free(struct layouts *layouts);

// The phrase in lines of at most `width` points; below 0: one line, however long. Borrowed, and not to be
// changed, until the document ends. Not whole: the fonts lack one of its characters.
PangoLayout *layouts_get(struct layouts *layouts, const struct phrase *phrase, double width,
                         bool *ret_is_whole);

// Forgets what this document did not use.
void layouts_end_document(struct layouts *layouts);
