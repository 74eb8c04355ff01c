// SPDX-License-Identifier: Apache-2.0
// The end of a sheet: with what and in which air it was tested, who answers for it, what holds for it.
#include "render/sections.h"

#include "render/styles.h"
#include "render/table.h"
#include "render/wording.h"

enum { ACROSS = 3, SIGNATURE_PHRASES = 5 };

static const char *equipment(struct record *record)
{
    const char *list = "";
    for (size_t i = 0; i < record_count(record, "equipment"); i++) {
        const char *name = record_text(record, "equipment[%zu].name", i);
        const char *number = record_text(record, "equipment[%zu].number", i);
        const char *gap = i > 0 ? "；" : "";
        list = number[0] ? record_printf(record, "%s%s%s (No. %s)", list, gap, name, number)
                         : record_printf(record, "%s%s%s", list, gap, name);
    }
    return list;
}

static const char *environment(struct record *record)
{
    const char *temperature = record_text(record, "environment.temperature_c");
    const char *humidity = record_text(record, "environment.humidity_percent");
    const char *first = temperature[0] ? record_printf(record, "温度 Temperature %s ℃", temperature) : "";
    const char *second =
        humidity[0] ? record_printf(record, "相对湿度 Relative humidity %s %%", humidity) : "";
    return record_printf(record, "%s%s%s", first, first[0] && second[0] ? "；" : "", second);
}

static void draw_means(struct flow *flow)
{
    struct record *record = flow->record;
    const struct pair pairs[] = {
        {"主要仪器", "Main equipment",
         cell_of((struct phrase){"equipment", equipment(record), STYLE_NOTE_ZH})},
        {"环境条件", "Environment",
         cell_of((struct phrase){"environment", environment(record), STYLE_NOTE_ZH})},
    };
    if (pairs[0].value.count + pairs[1].value.count == 0)
        return;
    flow_heading(flow, "仪器与环境", "Equipment and environment", 44);
    const struct grid grid = {TEXT_WIDTH_PT, 76, 0};
    table_grid(flow, &grid, pairs, 2);
}

static void signature_phrases(struct record *record, size_t i, struct phrase phrases[SIGNATURE_PHRASES])
{
    struct style label = {.size_pt = 8, .ink = INK_LABEL, .placing = PLACING_CENTRE};
    struct style name = {
        .size_pt = 15, .bold = true, .ink = INK_ACCENT, .placing = PLACING_CENTRE, .tracking_pt = 1.5};
    struct style small = {.size_pt = 7, .ink = INK_LABEL, .placing = PLACING_CENTRE};
    struct style date = {.size_pt = 8, .ink = INK_TEXT, .placing = PLACING_CENTRE};
    phrases[0] = record_phrase(record, label, "signatures[%zu].role_zh", i);
    phrases[1] = record_phrase(record, small, "signatures[%zu].role_en", i);
    phrases[2] = record_phrase(record, name, "signatures[%zu].name", i);
    phrases[3] = record_phrase(record, date, "signatures[%zu].at", i);
    phrases[4] = record_phrase(record, small, "signatures[%zu].meaning", i);
}

// One row of at most three boxes of the same height.
static void draw_signature_row(struct flow *flow, size_t first, size_t count)
{
    struct phrase phrases[ACROSS][SIGNATURE_PHRASES];
    const double gap = 10, width = (TEXT_WIDTH_PT - (ACROSS - 1) * gap) / ACROSS, inset = 6;
    double height = 0;
    for (size_t i = 0; i < count; i++) {
        signature_phrases(flow->record, first + i, phrases[i]);
        double needed = canvas_height(flow->canvas, phrases[i], SIGNATURE_PHRASES, width - 2 * inset);
        height = needed > height ? needed : height;
    }
    height += 14;
    if (first == 0)
        flow_heading(flow, "签署", "Signatures", height);
    flow_need(flow, height, "signatures");
    for (size_t i = 0; i < count; i++) {
        double x = MARGIN_PT + (double)i * (width + gap);
        canvas_frame(flow->canvas, x, flow->y, width, height, 0.5, INK_RULE);
        canvas_fill(flow->canvas, x - 0.25, flow->y - 0.25, width + 0.5, 2, INK_ACCENT);
        canvas_text(flow->canvas, phrases[i], SIGNATURE_PHRASES, x + inset, flow->y + 8, width - 2 * inset);
    }
    flow_skip(flow, height + 6);
}

static void draw_signatures(struct flow *flow)
{
    size_t count = record_count(flow->record, "signatures");
    for (size_t i = 0; i < count; i += ACROSS)
        draw_signature_row(flow, i, count - i < ACROSS ? count - i : ACROSS);
}

// One statement at its place, or only measured when `draw` is false.
static double statement(struct flow *flow, size_t i, double x, double width, bool draw)
{
    struct record *record = flow->record;
    const double indent = 15;
    struct phrase number = {NULL, record_printf(record, "%zu", i + 1), STYLE_NOTE_EN};
    struct phrase texts[] = {
        record_phrase(record, STYLE_NOTE_ZH, "statements[%zu].zh", i),
        record_phrase(record, STYLE_NOTE_EN, "statements[%zu].en", i),
    };
    if (draw) {
        canvas_text(flow->canvas, &number, 1, x, flow->y + 1, indent);
        canvas_text(flow->canvas, texts, 2, x + indent, flow->y, width - indent);
    }
    return canvas_height(flow->canvas, texts, 2, width - indent);
}

// In two columns, row by row.
static void draw_statements(struct flow *flow)
{
    size_t count = record_count(flow->record, "statements");
    const double gap = 18, width = (TEXT_WIDTH_PT - gap) / 2;
    if (count > 0)
        flow_heading(flow, "声明", "Statements", 40);
    for (size_t i = 0; i < count; i += 2) {
        double height = statement(flow, i, 0, width, false);
        double other = i + 1 < count ? statement(flow, i + 1, 0, width, false) : 0;
        height = other > height ? other : height;
        flow_need(flow, height, "statements");
        statement(flow, i, MARGIN_PT, width, true);
        if (i + 1 < count)
            statement(flow, i + 1, MARGIN_PT + width + gap, width, true);
        flow_skip(flow, height + 3.5);
    }
}

static void draw_end(struct flow *flow)
{
    struct style small = {.size_pt = 7.2, .ink = INK_LABEL, .placing = PLACING_CENTRE};
    struct style mark = {
        .size_pt = 9, .bold = true, .ink = INK_TEXT, .placing = PLACING_CENTRE, .tracking_pt = 1.2};
    struct phrase phrases[] = {
        {NULL, "本文件带有覆盖全文的电子签名（字段 sheet-seal），改动任何一个字节均可查出；打印件不带签名。",
         small},
        {NULL,
         "This file bears an electronic signature over all of it (field sheet-seal): a change of a single "
         "byte is "
         "found. A print does not carry it.",
         small},
        {NULL, WORDING_END, mark},
    };
    double wide = canvas_width(flow->canvas, &phrases[2]) + 16,
           height = canvas_height(flow->canvas, phrases, 3, TEXT_WIDTH_PT);
    flow_need(flow, height + 16, "layout");
    flow_skip(flow, 8);
    flow_block(flow, phrases, 2, 0, TEXT_WIDTH_PT);
    flow_skip(flow, 6);
    double y = flow->y + canvas_height(flow->canvas, &phrases[2], 1, TEXT_WIDTH_PT) / 2,
           middle = PAGE_WIDTH_PT / 2;
    canvas_line(flow->canvas, MARGIN_PT, y, middle - wide / 2, y, 0.5, INK_RULE);
    canvas_line(flow->canvas, middle + wide / 2, y, PAGE_WIDTH_PT - MARGIN_PT, y, 0.5, INK_RULE);
    flow_block(flow, &phrases[2], 1, 0, TEXT_WIDTH_PT);
}

void section_signing(struct flow *flow)
{
    draw_means(flow);
    draw_signatures(flow);
    draw_statements(flow);
    draw_end(flow);
}
