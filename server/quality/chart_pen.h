// SPDX-License-Identifier: Apache-2.0
// What a chart is drawn with: five strokes and a text, in tenths of a pixel from the top left corner, so that
// the same drawing becomes SVG here (chart_svg.h) and a PNG in the renderer. Whoever draws checks nothing: a
// pen that fails remembers it.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chart_place {
    int x, y;
};

struct chart_stroke {
    uint32_t rgb;
    int width;
    int dash; // length of a dash and of a gap; 0: solid
};

enum chart_anchor { CHART_START, CHART_MIDDLE, CHART_END };

struct chart_words {
    enum chart_anchor anchor;
    int size; // of the font
    bool bold;
    uint32_t rgb;
};

struct chart_pen {
    void *state;
    void (*line)(void *state, const struct chart_place *places, size_t count,
                 const struct chart_stroke *stroke);
    // Closed, filled, then stroked.
    void (*area)(void *state, const struct chart_place *places, size_t count, uint32_t fill,
                 const struct chart_stroke *stroke);
    void (*disc)(void *state, struct chart_place centre, int radius, uint32_t fill,
                 const struct chart_stroke *stroke);
    // On its base line.
    void (*words)(void *state, struct chart_place place, const struct chart_words *how, const char *text);
};
