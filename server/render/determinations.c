// SPDX-License-Identifier: Apache-2.0
// What a result was calculated from, where it was entered by the named inputs of a formula and not by
// readings: each determination with its inputs, below the result's row. Called by results.c.
#include "render/sections.h"

#include "render/styles.h"
#include "render/wording.h"

#include <string.h>

enum { LINE_MOST = 8, PHRASES = 3 };

static struct phrase title_of(struct record *record, size_t i)
{
    const char *unit = wording_unit(record, i);
    const char *title =
        unit[0] ? record_printf(record, "各次测定 Determinations (%s)", unit) : "各次测定 Determinations";
    return (struct phrase){"results.determinations", title, STYLE_NOTE_ZH};
}

// The number with its value, and below it the inputs in both languages; these are empty where nothing was
// calculated.
static void phrases_of(struct record *record, size_t i, size_t j, struct phrase ret_phrases[PHRASES])
{
    const char *told = record_text(record, "results[%zu].determinations[%zu].value", i, j),
               *value = wording_told(told), *english = record_text(record, "results[%zu].mean_en", i);
    // A word is told in both languages as the result is.
    if (english[0] && !record_text(record, "results[%zu].unit", i)[0] &&
        strcmp(told, record_text(record, "results[%zu].mean", i)) == 0)
        value = record_printf(record, "%s %s", value, english);
    ret_phrases[0] = (struct phrase){"results.determinations",
                                     record_printf(record, "%zu.  %s", j + 1, value), STYLE_VALUE};
    ret_phrases[1] = record_phrase(record, STYLE_NOTE_EN, "results[%zu].determinations[%zu].inputs", i, j);
    ret_phrases[2] = record_phrase(record, STYLE_NOTE_EN, "results[%zu].determinations[%zu].inputs_en", i, j);
}

// Of a line; the inputs stand beside it, a little lower.
static const double VALUE_PT = 76, LOWER_PT = 1.2;

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
    const double height = canvas_height(flow->canvas, phrases, 1, VALUE_PT);
    flow_need(flow, height + LOWER_PT, "results.determinations");
    canvas_text(flow->canvas, phrases, 1, MARGIN_PT, flow->y, VALUE_PT);
    double end = flow->y + height;
    int page = flow->page;
    flow_skip(flow, LOWER_PT);
    draw_inputs(flow, phrases);
    if (flow->page == page && flow->y < end)
        flow_skip(flow, end - flow->y);
}

// Values that nothing was calculated from, such as grades: all on the title's line. Returns how many phrases
// that is, 0 when they do not fit.
static size_t line_of(struct flow *flow, size_t i, size_t count, struct phrase ret_phrases[LINE_MOST + 1])
{
    if (count > LINE_MOST)
        return 0;
    ret_phrases[0] = title_of(flow->record, i);
    for (size_t j = 0; j < count; j++) {
        struct phrase phrases[PHRASES];
        phrases_of(flow->record, i, j, phrases);
        if (phrases[1].text[0])
            return 0;
        ret_phrases[j + 1] = phrases[0];
    }
    return flow_line_fits(flow, ret_phrases, count + 1, SECTION_GAP_PT) ? count + 1 : 0;
}

static double height_of(struct flow *flow, size_t i, size_t j)
{
    struct phrase phrases[PHRASES];
    phrases_of(flow->record, i, j, phrases);
    bool is_beside = canvas_width(flow->canvas, &phrases[0]) < VALUE_PT - 4;
    double value = canvas_height(flow->canvas, phrases, 1, is_beside ? VALUE_PT : TEXT_WIDTH_PT);
    double inputs = canvas_height(flow->canvas, &phrases[1], PHRASES - 1, TEXT_WIDTH_PT - VALUE_PT);
    if (!is_beside)
        return value + inputs;
    return value > inputs + LOWER_PT ? value : inputs + LOWER_PT;
}

double determinations_height(struct flow *flow, size_t i, size_t most)
{
    size_t count = record_count(flow->record, "results[%zu].determinations", i);
    struct phrase title = title_of(flow->record, i), line[LINE_MOST + 1];
    if (count == 0)
        return 0;
    double height = canvas_height(flow->canvas, &title, 1, TEXT_WIDTH_PT);
    if (line_of(flow, i, count, line) > 0)
        return height;
    for (size_t j = 0; j < count && j < most; j++)
        height += height_of(flow, i, j);
    return height + 2;
}

void determinations_draw(struct flow *flow, size_t i)
{
    size_t count = record_count(flow->record, "results[%zu].determinations", i);
    struct phrase title = title_of(flow->record, i), line[LINE_MOST + 1];
    size_t beside = count > 0 ? line_of(flow, i, count, line) : 0;
    if (beside > 0)
        flow_line(flow, line, beside, SECTION_GAP_PT);
    if (count == 0 || beside > 0)
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
