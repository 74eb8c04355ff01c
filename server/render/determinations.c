// SPDX-License-Identifier: Apache-2.0
// What a result was calculated from, where it was entered by the named inputs of a formula and not by
// readings: each determination with its inputs, below the result's row. Called by results.c.
#include "render/sections.h"

#include "render/styles.h"
#include "render/wording.h"

static struct phrase title_of(struct record *record, size_t i)
{
    const char *unit = record_text(record, "results[%zu].unit", i),
               *english = record_text(record, "results[%zu].unit_en", i);
    const char *title = unit[0] ? record_printf(record, "各次测定 Determinations (%s%s%s)", unit,
                                                english[0] ? ", " : "", english)
                                : "各次测定 Determinations";
    return (struct phrase){"results.determinations", title, STYLE_NOTE_ZH};
}

enum { PHRASES = 3 };

// The number with its value, and below it the inputs in both languages; these are empty where nothing was
// calculated.
static void phrases_of(struct record *record, size_t i, size_t j, struct phrase ret_phrases[PHRASES])
{
    const char *value = wording_told(record_text(record, "results[%zu].determinations[%zu].value", i, j));
    ret_phrases[0] = (struct phrase){"results.determinations",
                                     record_printf(record, "%zu.  %s", j + 1, value), STYLE_VALUE};
    ret_phrases[1] = record_phrase(record, STYLE_NOTE_EN, "results[%zu].determinations[%zu].inputs", i, j);
    ret_phrases[2] = record_phrase(record, STYLE_NOTE_EN, "results[%zu].determinations[%zu].inputs_en", i, j);
}

static const double VALUE_PT = 76; // of a line; the inputs stand beside it

static void draw_inputs(struct flow *flow, const struct phrase phrases[PHRASES])
{
    for (size_t k = 1; k < PHRASES; k++)
        if (phrases[k].text[0])
            flow_paragraph(flow, &phrases[k], VALUE_PT, TEXT_WIDTH_PT - VALUE_PT);
}

static void draw_one(struct flow *flow, size_t i, size_t j)
{
    struct phrase phrases[PHRASES];
    phrases_of(flow->record, i, j, phrases);
    bool is_beside = canvas_width(flow->canvas, &phrases[0]) < VALUE_PT - 4;
    if (!phrases[1].text[0] || !is_beside) {
        flow_block(flow, phrases, 1, 0, TEXT_WIDTH_PT);
        draw_inputs(flow, phrases);
        return;
    }
    const double lower = 1.2, height = canvas_height(flow->canvas, phrases, 1, VALUE_PT);
    flow_need(flow, height + lower, "results.determinations");
    canvas_text(flow->canvas, phrases, 1, MARGIN_PT, flow->y, VALUE_PT);
    double end = flow->y + height;
    int page = flow->page;
    flow_skip(flow, lower);
    draw_inputs(flow, phrases);
    if (flow->page == page && flow->y < end)
        flow_skip(flow, end - flow->y);
}

double determinations_keep(struct flow *flow, size_t i)
{
    struct phrase title = title_of(flow->record, i), first[PHRASES];
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
        struct phrase last[PHRASES];
        phrases_of(flow->record, i, count - 1, last);
        if (j > 0 && j + 2 == count) // the last does not stand alone on a new page
            flow_need(flow, 2 * canvas_height(flow->canvas, last, 1, TEXT_WIDTH_PT),
                      "results.determinations");
        draw_one(flow, i, j);
    }
    flow_skip(flow, 2);
}
