// SPDX-License-Identifier: Apache-2.0
// The pages as one column of blocks: each section asks for room and draws at flow.y. A page that is full
// ends, and the next one begins with its head, foot and watermark.
#pragma once

#include "render/canvas.h"
#include "render/record.h"

// Numbers of pages, known once all sections have run.
struct pages {
    int count;
    int signatures; // the page where the signatures begin
};

// What stands on every page: in the head of the second and those after it, and in the foot.
struct flow_word {
    const char *field, *text; // as a phrase's
};
struct flow_words {
    struct flow_word title, number, warning, foot_left, foot_centre;
    enum ink warning_ink; // as on the first page
};

struct flow {
    struct canvas *canvas;
    struct record *record;
    const struct flow_words *words;
    cairo_surface_t *surface; // NULL while only measuring
    double y;
    int page;           // from 1
    struct pages known; // of the counting pass; zeros during it
    struct pages found;
};

// What a heading takes with the space above and below it.
#define FLOW_HEADING_PT 24.0

// Starts page 1, which has no head of its own: the institute's head follows.
void flow_begin(struct flow *flow);
// Ends the last page.
void flow_end(struct flow *flow);
// Begins a new page unless `height` is left on this one. A block higher than a page is an error, named by
// `field`. True when a page was begun.
bool flow_need(struct flow *flow, double height, const char *field);
double flow_room(const struct flow *flow);
// Room of a whole page after the first.
double flow_page_room(void);
void flow_skip(struct flow *flow, double height);
// A heading in both languages at (x, flow->y), its line `width` wide; what it takes of FLOW_HEADING_PT is
// below flow->y.
void flow_heading_at(struct flow *flow, const char *zh, const char *en, double x, double width);
#define FLOW_HEADING_BELOW_PT 18.0
// A heading in both languages, kept together with `following` points after it.
void flow_heading(struct flow *flow, const char *zh, const char *en, double following);
// Phrases one below the other over a width, kept together.
void flow_block(struct flow *flow, const struct phrase *phrases, size_t count, double indent, double width);
// Phrases beside each other on one line, `gap` apart; whether a line has room for them.
bool flow_line_fits(struct flow *flow, const struct phrase *phrases, size_t count, double gap);
void flow_line(struct flow *flow, const struct phrase *phrases, size_t count, double gap);
// A paragraph that may break over pages between its lines.
void flow_paragraph(struct flow *flow, const struct phrase *phrase, double indent, double width);
