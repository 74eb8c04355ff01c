// SPDX-License-Identifier: Apache-2.0
// The end of a sheet: with what and in which air it was tested, who answers for it, what holds for it.
#include "render/sections.h"

#include "render/styles.h"
#include "render/table.h"
#include "render/wording.h"

#include <glib.h>

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
        {"主要仪器", "Main equipment", cell_of((struct phrase){"equipment", equipment(record), STYLE_VALUE})},
        {"环境条件", "Environment",
         cell_of((struct phrase){"environment", environment(record), STYLE_VALUE})},
    };
    if (pairs[0].value.count + pairs[1].value.count == 0)
        return;
    flow_heading(flow, "仪器与环境", "Equipment and environment", 44);
    const struct grid grid = {TEXT_WIDTH_PT, LABEL_PT, 0, 0};
    table_grid(flow, &grid, pairs, sizeof pairs / sizeof pairs[0]);
}

static void signature_phrases(struct record *record, size_t i, struct phrase phrases[SIGNATURE_PHRASES])
{
    struct style label = {.size_pt = 8, .ink = INK_LABEL, .placing = PLACING_CENTRE};
    struct style name = {
        .size_pt = 13, .bold = true, .ink = INK_ACCENT, .placing = PLACING_CENTRE, .tracking_pt = 0.6};
    struct style small = {.size_pt = 7.5, .ink = INK_LABEL, .placing = PLACING_CENTRE};
    struct style date = {.size_pt = 8, .ink = INK_TEXT, .placing = PLACING_CENTRE};
    phrases[0] = record_phrase(record, label, "signatures[%zu].role_zh", i);
    phrases[1] = record_phrase(record, small, "signatures[%zu].role_en", i);
    phrases[2] = record_phrase(record, name, "signatures[%zu].name", i);
    phrases[3] = (struct phrase){
        "signatures.at",
        record_printf(record, "%s%s%s%s", record_text(record, "signatures[%zu].at", i),
                      record_text(record, "time_zone")[0] ? " (" : "", record_text(record, "time_zone"),
                      record_text(record, "time_zone")[0] ? ")" : ""),
        date};
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
    height += 12;
    if (first == 0)
        flow_heading(flow, "签署", "Signatures", height);
    flow_need(flow, height, "signatures");
    if (first == 0)
        flow->found.signatures = flow->page;
    for (size_t i = 0; i < count; i++) {
        double x = MARGIN_PT + (double)i * (width + gap);
        canvas_frame(flow->canvas, x, flow->y, width, height, 0.5, INK_RULE);
        canvas_fill(flow->canvas, x - 0.25, flow->y - 0.25, width + 0.5, 2, INK_ACCENT);
        canvas_text(flow->canvas, phrases[i], SIGNATURE_PHRASES, x + inset, flow->y + 7, width - 2 * inset);
    }
    flow_skip(flow, height + 4);
}

static void draw_signatures(struct flow *flow)
{
    size_t count = record_count(flow->record, "signatures");
    for (size_t i = 0; i < count; i += ACROSS)
        draw_signature_row(flow, i, count - i < ACROSS ? count - i : ACROSS);
    struct phrase kind = {NULL, WORDING_SIGN_OFF, STYLE_SMALL};
    flow_block(flow, &kind, 1, 0, TEXT_WIDTH_PT);
}

static const double COLUMN_GAP_PT = 18, COLUMN_PT = (TEXT_WIDTH_PT - COLUMN_GAP_PT) / 2;

static const double STATEMENT_INDENT_PT = 15, BELOW_STATEMENT_PT = 3;

enum { STATEMENT_PHRASES = 2 };

static void statement_phrases(struct record *record, size_t i, struct phrase phrases[STATEMENT_PHRASES])
{
    phrases[0] = record_phrase(record, STYLE_NOTE_ZH, "statements[%zu].zh", i);
    phrases[1] = record_phrase(record, STYLE_NOTE_EN, "statements[%zu].en", i);
}

// Of every statement with the space below it. The caller frees it.
static double *measure_statements(struct flow *flow, size_t count)
{
    double *heights = g_new(double, count);
    for (size_t i = 0; i < count; i++) {
        struct phrase phrases[STATEMENT_PHRASES];
        statement_phrases(flow->record, i, phrases);
        heights[i] =
            canvas_height(flow->canvas, phrases, STATEMENT_PHRASES, COLUMN_PT - STATEMENT_INDENT_PT) +
            BELOW_STATEMENT_PT;
    }
    return heights;
}

// How many of these heights stand in a column of at most `most`.
static size_t column_fill(const double *heights, size_t count, double most)
{
    size_t i = 0;
    for (double y = 0; i < count; i++) {
        y += heights[i];
        if (y > most)
            break;
    }
    return i;
}

// The least height at which two columns hold them all; `most` when they do not.
static double columns_height(const double *heights, size_t count, double most)
{
    for (double height = 0; height < most; height += 2) {
        size_t left = column_fill(heights, count, height);
        if (left + column_fill(heights + left, count - left, height) >= count)
            return height;
    }
    return most;
}

static void draw_column(struct flow *flow, const double *heights, size_t first, size_t count, double x)
{
    double y = flow->y;
    for (size_t i = first; i < first + count; y += heights[i++]) {
        struct phrase number = {NULL, record_printf(flow->record, "%zu", i + 1), STYLE_NOTE_EN};
        struct phrase phrases[STATEMENT_PHRASES];
        statement_phrases(flow->record, i, phrases);
        canvas_text(flow->canvas, &number, 1, x, y + 0.5, STATEMENT_INDENT_PT);
        canvas_text(flow->canvas, phrases, STATEMENT_PHRASES, x + STATEMENT_INDENT_PT, y,
                    COLUMN_PT - STATEMENT_INDENT_PT);
    }
}

// In two columns of about the same height, read down and then across; on as many pages as it takes.
static void draw_statements(struct flow *flow)
{
    size_t count = record_count(flow->record, "statements");
    double *heights = measure_statements(flow, count);
    if (count > 0)
        flow_heading(flow, "声明", "Statements", heights[0]);
    for (size_t first = 0, left = 1, right; first < count && left > 0; first += left + right) {
        flow_need(flow, heights[first], "statements");
        double height = columns_height(heights + first, count - first, flow_room(flow));
        left = column_fill(heights + first, count - first, height);
        right = column_fill(heights + first + left, count - first - left, height);
        draw_column(flow, heights, first, left, MARGIN_PT);
        draw_column(flow, heights, first + left, right, MARGIN_PT + COLUMN_PT + COLUMN_GAP_PT);
        flow_skip(flow, height);
        // A statement that no column holds was named by flow_need: `left` is 0 and it is not asked for ever.
    }
    g_free(heights);
}

// What a sheet of this kind would say and nobody has told, with the reason.
static void draw_missing(struct flow *flow)
{
    struct record *record = flow->record;
    for (size_t i = 0; i < record_count(record, "missing_reasons"); i++) {
        struct phrase phrase = {"missing_reasons",
                                record_printf(record, "%s %s:  %s  %s",
                                              record_text(record, "missing_reasons[%zu].label_zh", i),
                                              record_text(record, "missing_reasons[%zu].label_en", i),
                                              record_text(record, "missing_reasons[%zu].zh", i),
                                              record_text(record, "missing_reasons[%zu].en", i)),
                                STYLE_NOTE_EN};
        if (i == 0)
            flow_heading(flow, "未提供的信息", "Information not given", 14);
        flow_block(flow, &phrase, 1, 0, TEXT_WIDTH_PT);
    }
}

// The seal as a picture; the digital one covers the whole file and is not seen.
static void draw_seal(struct flow *flow, const struct photo *seal)
{
    const double side = 42 / 25.4 * 72;
    struct phrase words[] = {
        {NULL, "检验检测专用章", {.size_pt = 9.2, .bold = true, .ink = INK_TEXT, .placing = PLACING_RIGHT}},
        {NULL,
         "Seal for inspection and testing",
         {.size_pt = 7.6, .ink = INK_LABEL, .placing = PLACING_RIGHT}}};
    if (!seal)
        return;
    flow_need(flow, side + 8, "seal_picture");
    flow_skip(flow, 4);
    canvas_text(flow->canvas, words, 2, MARGIN_PT, flow->y + side / 2 - 10, TEXT_WIDTH_PT - side - 10);
    photo_draw(seal, flow->canvas->cairo, PAGE_WIDTH_PT - MARGIN_PT - side, flow->y, side);
    flow_skip(flow, side + 4);
}

static void draw_end(struct flow *flow, enum sheet_kind kind)
{
    bool is_sealed = kind == SHEET_FULL;
    struct style small = STYLE_NOTE_EN;
    struct style mark = {
        .size_pt = 9, .bold = true, .ink = INK_TEXT, .placing = PLACING_CENTRE, .tracking_pt = 1.2};
    bool specimen = record_is_specimen(flow->record);
    struct phrase phrases[] = {
        {NULL, is_sealed ? wording_seal_zh(flow->record) : "", small},
        {NULL, is_sealed ? wording_seal_en(flow->record) : "", small},
        {NULL, is_sealed ? wording_verify_zh(specimen) : "", small},
        {NULL, is_sealed ? wording_verify_en(specimen) : "", small},
        {NULL, kind == SHEET_SLIP ? WORDING_SLIP_END : WORDING_END, mark},
    };
    enum { ALL = sizeof phrases / sizeof phrases[0], END = ALL - 1 };
    double wide = canvas_width(flow->canvas, &phrases[END]) + 16,
           height = canvas_height(flow->canvas, phrases, ALL, TEXT_WIDTH_PT);
    flow_need(flow, height + 16, "layout");
    flow_skip(flow, 8);
    flow_block(flow, phrases, END, 0, TEXT_WIDTH_PT);
    flow_skip(flow, 6);
    double y = flow->y + canvas_height(flow->canvas, &phrases[END], 1, TEXT_WIDTH_PT) / 2,
           middle = PAGE_WIDTH_PT / 2;
    canvas_line(flow->canvas, MARGIN_PT, y, middle - wide / 2, y, 0.5, INK_RULE);
    canvas_line(flow->canvas, middle + wide / 2, y, PAGE_WIDTH_PT - MARGIN_PT, y, 0.5, INK_RULE);
    flow_block(flow, &phrases[END], 1, 0, TEXT_WIDTH_PT);
}

void section_signing(struct flow *flow, const struct sheet *sheet)
{
    draw_means(flow);
    draw_missing(flow);
    draw_signatures(flow);
    draw_seal(flow, sheet->kind == SHEET_FULL ? sheet->seal : NULL);
    draw_statements(flow);
    if (sheet->kind != SHEET_SLIP)
        section_verify(flow, sheet);
    draw_end(flow, sheet->kind);
}
