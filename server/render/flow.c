// SPDX-License-Identifier: Apache-2.0
// Pages, their heads and feet, see flow.h.
#include "render/flow.h"

#include "render/styles.h"
#include "render/wording.h"

#include <stdio.h>

static const double TOP_PT = 32, NEXT_TOP_PT = 58, BOTTOM_PT = PAGE_HEIGHT_PT - 45,
                    FOOT_PT = PAGE_HEIGHT_PT - 40;

static void draw_ghost(struct flow *flow)
{
    if (!record_is_specimen(flow->record))
        return;
    canvas_ghost(flow->canvas, WORDING_SPECIMEN_GHOST, PAGE_WIDTH_PT / 2, PAGE_HEIGHT_PT / 2, 78, -52);
}

static void draw_foot(struct flow *flow)
{
    struct record *record = flow->record;
    struct style left = {.size_pt = 7.5, .ink = INK_LABEL}, centre = left, right = left;
    centre.placing = PLACING_CENTRE;
    right.placing = PLACING_RIGHT;
    struct phrase name = {flow->words->foot_left.field, flow->words->foot_left.text, left};
    struct phrase number = {flow->words->foot_centre.field, flow->words->foot_centre.text, centre};
    struct phrase page = {NULL,
                          record_printf(record, "第%d页 共%d页  Page %d of %d", flow->page, flow->known.count,
                                        flow->page, flow->known.count),
                          right};
    // The number in the middle may be the 36 letters of an id.
    double middle = canvas_width(flow->canvas, &number) + 8, third = TEXT_WIDTH_PT / 3;
    middle = middle < third ? third : middle > 2 * third ? 2 * third : middle;
    double side = (TEXT_WIDTH_PT - middle) / 2;
    canvas_line(flow->canvas, MARGIN_PT, FOOT_PT, PAGE_WIDTH_PT - MARGIN_PT, FOOT_PT, 0.5, INK_RULE);
    while (name.style.size_pt > 7 && canvas_width(flow->canvas, &name) > side)
        name.style.size_pt -= 0.25;
    canvas_text(flow->canvas, &name, 1, MARGIN_PT, FOOT_PT + 4, side);
    canvas_text(flow->canvas, &number, 1, MARGIN_PT + side, FOOT_PT + 4, middle);
    canvas_text(flow->canvas, &page, 1, PAGE_WIDTH_PT - MARGIN_PT - side, FOOT_PT + 4, side);
}

// One line of the head, smaller where it would take two: below the second is the rule.
static void draw_head_word(struct flow *flow, struct phrase phrase, double x, double width)
{
    const double smallest_pt = 6.5;
    canvas_fit(flow->canvas, &phrase, width, smallest_pt);
    canvas_text(flow->canvas, &phrase, 1, x, TOP_PT, width);
}

// The head of the second page and those after it.
static void draw_next_head(struct flow *flow)
{
    struct style title = {.size_pt = 9, .bold = true, .ink = INK_ACCENT};
    struct style alert = {
        .size_pt = 9, .bold = true, .ink = flow->words->warning_ink, .placing = PLACING_RIGHT};
    struct phrase name = {flow->words->title.field, flow->words->title.text, title};
    struct phrase class = {flow->words->warning.field, flow->words->warning.text, alert};
    struct phrase number = {flow->words->number.field,
                            flow->words->number.text,
                            {.size_pt = 9, .bold = true, .ink = INK_TEXT, .placing = PLACING_CENTRE}};
    double third = TEXT_WIDTH_PT / 3;
    draw_head_word(flow, name, MARGIN_PT, third);
    draw_head_word(flow, number, MARGIN_PT + third, third);
    draw_head_word(flow, class, MARGIN_PT + 2 * third, third);
    canvas_line(flow->canvas, MARGIN_PT, TOP_PT + 17, PAGE_WIDTH_PT - MARGIN_PT, TOP_PT + 17, 0.8,
                INK_ACCENT);
}

void flow_begin(struct flow *flow)
{
    flow->page = 1;
    flow->y = TOP_PT;
    draw_ghost(flow);
    draw_foot(flow);
}

static void next_page(struct flow *flow)
{
    if (flow->canvas->cairo)
        cairo_show_page(flow->canvas->cairo);
    flow->page++;
    draw_ghost(flow);
    draw_foot(flow);
    draw_next_head(flow);
    flow->y = NEXT_TOP_PT;
}

void flow_end(struct flow *flow)
{
    if (flow->canvas->cairo)
        cairo_show_page(flow->canvas->cairo);
    flow->found.count = flow->page;
}

double flow_room(const struct flow *flow)
{
    return BOTTOM_PT - flow->y;
}

double flow_page_room(void)
{
    return BOTTOM_PT - NEXT_TOP_PT;
}

bool flow_need(struct flow *flow, double height, const char *field)
{
    if (height <= flow_room(flow))
        return false;
    if (height > BOTTOM_PT - NEXT_TOP_PT && flow->canvas->error.status == TS_OK)
        error_violation(&flow->canvas->error, field, "does not fit on a page");
    next_page(flow);
    return true;
}

void flow_skip(struct flow *flow, double height)
{
    flow->y += height;
}

void flow_heading_at(struct flow *flow, const char *zh, const char *en, double x, double width)
{
    struct phrase chinese = {
        NULL, zh, {.size_pt = 10.6, .bold = true, .ink = INK_ACCENT, .tracking_pt = 0.6}};
    struct phrase english = {NULL, en, {.size_pt = 8, .ink = INK_LABEL, .tracking_pt = 0.3}};
    double end = x + width, wide = canvas_width(flow->canvas, &chinese);
    canvas_fill(flow->canvas, x, flow->y + 2.5, 3, 11.5, INK_GOLD);
    x += 9;
    canvas_text(flow->canvas, &chinese, 1, x, flow->y, wide + 2);
    x += wide + 7;
    wide = canvas_width(flow->canvas, &english);
    canvas_text(flow->canvas, &english, 1, x, flow->y + 3, wide + 2);
    x += wide + 9;
    if (x < end)
        canvas_line(flow->canvas, x, flow->y + 8.6, end, flow->y + 8.6, 0.5, INK_RULE);
}

void flow_heading(struct flow *flow, const char *zh, const char *en, double following)
{
    if (!flow_need(flow, FLOW_HEADING_PT + following, "layout"))
        flow->y += FLOW_HEADING_PT - FLOW_HEADING_BELOW_PT;
    flow_heading_at(flow, zh, en, MARGIN_PT, TEXT_WIDTH_PT);
    flow->y += FLOW_HEADING_BELOW_PT;
}

void flow_block(struct flow *flow, const struct phrase *phrases, size_t count, double indent, double width)
{
    double height = canvas_height(flow->canvas, phrases, count, width);
    flow_need(flow, height, count && phrases[0].field ? phrases[0].field : "layout");
    canvas_text(flow->canvas, phrases, count, MARGIN_PT + indent, flow->y, width);
    flow->y += height;
}

// The largest of them sets the baseline.
static double line_size(const struct phrase *phrases, size_t count)
{
    double size = 0;
    for (size_t i = 0; i < count; i++)
        size = phrases[i].text[0] && phrases[i].style.size_pt > size ? phrases[i].style.size_pt : size;
    return size;
}

bool flow_line_fits(struct flow *flow, const struct phrase *phrases, size_t count, double gap)
{
    double width = 0;
    for (size_t i = 0; i < count; i++)
        width += phrases[i].text[0] ? canvas_width(flow->canvas, &phrases[i]) + gap : 0;
    return width - gap <= TEXT_WIDTH_PT;
}

void flow_line(struct flow *flow, const struct phrase *phrases, size_t count, double gap)
{
    const double rounding = 1;
    double x = MARGIN_PT, height = 0, size = line_size(phrases, count);
    for (size_t i = 0; i < count; i++) {
        double needed = canvas_height(flow->canvas, &phrases[i], 1, TEXT_WIDTH_PT);
        height = needed > height ? needed : height;
    }
    flow_need(flow, height, phrases[0].field ? phrases[0].field : "layout");
    for (size_t i = 0; i < count; i++) {
        if (!phrases[i].text[0])
            continue;
        double width = canvas_width(flow->canvas, &phrases[i]);
        canvas_text(flow->canvas, &phrases[i], 1, x, flow->y + size - phrases[i].style.size_pt,
                    width + rounding);
        x += width + gap;
    }
    flow->y += height;
}

void flow_paragraph(struct flow *flow, const struct phrase *phrase, double indent, double width)
{
    struct canvas_lines *lines = canvas_lines_create(flow->canvas, phrase, width);
    double height;
    while ((height = canvas_lines_height(lines)) > 0) {
        flow_need(flow, height, "layout");
        canvas_lines_draw(flow->canvas, lines, MARGIN_PT + indent, flow->y);
        flow->y += height;
    }
    canvas_lines_free(lines);
}
