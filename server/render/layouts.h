// SPDX-License-Identifier: Apache-2.0
// Texts laid out: broken into lines, with a place for every glyph. Most words of a sheet are those of the
// sheet before it, and each is measured more often than drawn: so a text is laid out once and kept as long as
// every document uses it. Owned by canvas.c.
#pragma once

#include <pango/pango.h>
#include <stdbool.h>

struct phrase;

// Baselines of Noto CJK stand 1.45 em apart by its own metrics; tables read better a little closer.
#define LAYOUTS_LINE_SPACING 0.84

struct layouts;

struct layouts *layouts_create(PangoFontMap *map);
void layouts_free(struct layouts *layouts);

// What the fonts made of a text: all of it, all of it with some characters said by their code points, not
// all.
enum layouts_state { LAYOUTS_WHOLE, LAYOUTS_CODE_POINTS, LAYOUTS_LACKING };

// The phrase in lines of at most `width` points; below 0: one line, however long. Borrowed, and not to be
// changed, until the document ends. `shows`: what the fonts lack, and what draws nothing, is said by its code
// point (visible.h), so that nothing is lacking.
PangoLayout *layouts_get(struct layouts *layouts, const struct phrase *phrase, double width, bool shows,
                         enum layouts_state *ret_state);
// The first character that cannot be drawn; 0 when each can.
gunichar layouts_lacking(struct layouts *layouts, const char *text);

// Forgets what this document did not use.
void layouts_end_document(struct layouts *layouts);
