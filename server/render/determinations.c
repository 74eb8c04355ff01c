// SPDX-License-Identifier: Apache-2.0
// What a result was calculated from, where it was entered by the named inputs of a formula and not by
// readings: each determination with its inputs, below the result's row. Called by results.c.
#include "render/sections.h"

#include "render/styles.h"
#include "render/wording.h"

static struct phrase title_of(struct record *record, size_t i)
{
    const char *unit = record_text(record, "results[%zu].unit", i);
    const char *title =
        unit[0] ? record_printf(record, "各次测定 Determinations (%s)", unit) : "各次测定 Determinations";
    return (struct phrase){"results.determinations", title, STYLE_NOTE_ZH};
}

// The number with its value, and below it the inputs; the second is empty where nothing was calculated.
static void phrases_of(struct record *record, size_t i, size_t j, struct phrase ret_phrases[2])
{
    const char *value = wording_told(record_text(record, "results[%zu].determinations[%zu].value", i, j));
    ret_phrases[0] = (struct phrase){"results.determinations",
                                     record_printf(record, "%zu.  %s", j + 1, value), STYLE_VALUE};
    ret_phrases[1] = record_phrase(record, STYLE_NOTE_EN, "results[%zu].determinations[%zu].inputs", i, j);
}

static const double VALUE_PT = 76; // of a line; the inputs stand beside it

static void draw_one(struct flow *flow, size_t i, size_t j)
{
    struct phrase phrases[2];
    phrases_of(flow->record, i, j, phrases);
    bool is_beside = canvas_width(flow->canvas, &phrases[0]) < VALUE_PT - 4;
    if (!phrases[1].text[0] || !is_beside) {
        flow_block(flow, phrases, 1, 0, TEXT_WIDTH_PT);
        if (phrases[1].text[0])
            flow_paragraph(flow, &phrases[1], VALUE_PT, TEXT_WIDTH_PT - VALUE_PT);
        return;
    }
    const double lower = 1.2, height = canvas_height(flow->canvas, phrases, 1, VALUE_PT);
    flow_need(flow, height + lower, "results.determinations");
    canvas_text(flow->canvas, phrases, 1, MARGIN_PT, flow->y, VALUE_PT);
    double end = flow->y + height;
    int page = flow->page;
    flow_skip(flow, lower);
    flow_paragraph(flow, &phrases[1], VALUE_PT, TEXT_WIDTH_PT - VALUE_PT);
    if (flow->page == page && flow->y < end)
        flow_skip(flow, end - flow->y);
}

double determinations_keep(struct flow *flow, size_t i)
{
    struct phrase title = title_of(flow->record, i), first[2];
    if (record_count(flow->record, "results[%zu].determinations", i) == 0)
        return 0;
    phrases_of(flow->record, i, 0, first);
    return canvas_height(flow->canvas, &title, 1, TEXT_WIDTH_PT) +
           canvas_height(flow->canvas, first, 1, TEXT_WIDTH_PT);
}

void determinations_draw(struct flow *flow, size_t i)
{
    size_t count = record_count(flow->record, "results[%zu].determinations", i);
    struct phrase title = title_of(flow->record, i);
    if (count == 0)
        return;
    flow_block(flow, &title, 1, 0, TEXT_WIDTH_PT);
    for (size_t j = 0; j < count; j++) {
        struct phrase last[2];
        phrases_of(flow->record, i, count - 1, last);
        if (j > 0 && j + 2 == count) // the last does not stand alone on a new page
            flow_need(flow, 2 * canvas_height(flow->canvas, last, 1, TEXT_WIDTH_PT),
                      "results.determinations");
        draw_one(flow, i, j);
    }
    flow_skip(flow, 2);
}
