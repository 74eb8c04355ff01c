// SPDX-License-Identifier: Apache-2.0
// The front of a sheet: who issues it, what it is, what it is worth in law, for whom and when. The legal
// class stands before any figure.
#include "render/sections.h"

#include "render/styles.h"
#include "render/table.h"
#include "render/wording.h"

#include <string.h>

static void draw_institute(struct flow *flow)
{
    struct record *record = flow->record;
    struct style contact = {.size_pt = 7.6, .ink = INK_LABEL, .placing = PLACING_RIGHT};
    struct phrase names[] = {
        record_phrase(record,
                      (struct style){.size_pt = 15, .bold = true, .ink = INK_ACCENT, .tracking_pt = 0.8},
                      "institute.name_zh"),
        record_phrase(record, (struct style){.size_pt = 8.6, .ink = INK_LABEL, .tracking_pt = 0.2},
                      "institute.name_en"),
    };
    struct phrase lines[] = {
        record_phrase(record, contact, "institute.address_zh"),
        record_phrase(record, contact, "institute.address_en"),
        {"institute.phone",
         record_text(record, "institute.phone")[0]
             ? record_printf(record, "电话 Tel. %s", record_text(record, "institute.phone"))
             : "",
         contact},
    };
    double left_width = 322, right_width = TEXT_WIDTH_PT - left_width - 10;
    double left = canvas_height(flow->canvas, names, 2, left_width);
    double right = canvas_height(flow->canvas, lines, 3, right_width);
    double height = left > right ? left : right;
    canvas_text(flow->canvas, names, 2, MARGIN_PT, flow->y + height - left, left_width);
    canvas_text(flow->canvas, lines, 3, MARGIN_PT + left_width + 10, flow->y + height - right, right_width);
    flow_skip(flow, height + 6);
    canvas_fill(flow->canvas, MARGIN_PT, flow->y, TEXT_WIDTH_PT, 2.2, INK_ACCENT);
    canvas_fill(flow->canvas, MARGIN_PT, flow->y + 3.4, TEXT_WIDTH_PT, 0.7, INK_GOLD);
    flow_skip(flow, 4.1);
}

static void draw_title(struct flow *flow)
{
    struct phrase title[] = {
        {NULL,
         WORDING_TITLE_ZH,
         {.size_pt = 22, .bold = true, .ink = INK_TEXT, .placing = PLACING_CENTRE, .tracking_pt = 7}},
        {NULL,
         WORDING_TITLE_EN,
         {.size_pt = 10.5, .ink = INK_LABEL, .placing = PLACING_CENTRE, .tracking_pt = 3.6}},
    };
    flow_skip(flow, 4);
    flow_block(flow, title, 2, 0, TEXT_WIDTH_PT);
    flow_skip(flow, 5);
}

static void draw_class(struct flow *flow)
{
    struct style alert = {
        .size_pt = 11, .bold = true, .ink = INK_ALERT, .placing = PLACING_CENTRE, .tracking_pt = 0.5};
    struct style zh = {.size_pt = 8, .ink = INK_ALERT, .placing = PLACING_CENTRE};
    struct style en = {.size_pt = 7.6, .ink = INK_ALERT, .placing = PLACING_CENTRE};
    struct phrase phrases[] = {
        {NULL, wording_class_short(flow->record), alert},
        {NULL, wording_class_zh(flow->record), zh},
        {NULL, wording_class_en(flow->record), en},
    };
    double height = canvas_height(flow->canvas, phrases, 3, TEXT_WIDTH_PT - 20);
    canvas_frame(flow->canvas, MARGIN_PT, flow->y, TEXT_WIDTH_PT, height + 8, 1, INK_ALERT);
    canvas_text(flow->canvas, phrases, 3, MARGIN_PT + 10, flow->y + 4, TEXT_WIDTH_PT - 20);
    flow_skip(flow, height + 8);
}

static void draw_number(struct flow *flow)
{
    struct record *record = flow->record;
    struct style small = {.size_pt = 8.6, .ink = INK_LABEL};
    struct style strong = {.size_pt = 10.4, .bold = true, .ink = INK_TEXT, .placing = PLACING_RIGHT};
    struct phrase laboratory = {"laboratory.name_zh",
                                record_printf(record, "%s  %s", record_text(record, "laboratory.name_zh"),
                                              record_text(record, "laboratory.name_en")),
                                small};
    struct phrase number = {"sheet_no", record_printf(record, "报告编号 %s", wording_number(record)), strong};
    double half = TEXT_WIDTH_PT / 2 - 4;
    double left = canvas_height(flow->canvas, &laboratory, 1, half);
    double right = canvas_height(flow->canvas, &number, 1, half);
    double height = left > right ? left : right;
    flow_skip(flow, 6);
    canvas_text(flow->canvas, &laboratory, 1, MARGIN_PT, flow->y + height - left, half);
    canvas_text(flow->canvas, &number, 1, MARGIN_PT + half + 8, flow->y + height - right, half);
    flow_skip(flow, height + 3);
    canvas_line(flow->canvas, MARGIN_PT, flow->y, MARGIN_PT + TEXT_WIDTH_PT, flow->y, 0.6, INK_ACCENT);
}

static struct cell two(struct record *record, const char *zh, const char *en)
{
    struct cell cell = cell_of(record_phrase(record, STYLE_VALUE, "%s", zh));
    cell_add(&cell, record_phrase(record, STYLE_VALUE_EN, "%s", en));
    return cell;
}

static struct cell place(struct record *record)
{
    bool own = record_text(record, "laboratory.place_zh")[0];
    return own ? two(record, "laboratory.place_zh", "laboratory.place_en")
               : two(record, "institute.address_zh", "institute.address_en");
}

static struct cell tested(struct record *record)
{
    const char *from = record_text(record, "dates.tested_from"), *to = record_text(record, "dates.tested_to");
    bool both = from[0] && to[0] && strcmp(from, to) != 0;
    const char *text = both ? record_printf(record, "%s – %s", from, to) : from[0] ? from : to;
    return cell_of((struct phrase){"dates.tested_from", text, STYLE_VALUE});
}

// As few of the client's data as tell that this is the client's sheet.
static struct cell contact(struct record *record)
{
    struct cell cell = cell_of(record_phrase(record, STYLE_VALUE, "client.contact"));
    if (cell.count)
        cell_add(&cell, (struct phrase){NULL, "为保护隐私部分隐去  Masked for privacy; full data on file",
                                        STYLE_VALUE_EN});
    return cell;
}

void section_front(struct flow *flow)
{
    struct record *record = flow->record;
    draw_institute(flow);
    draw_title(flow);
    draw_class(flow);
    draw_number(flow);
    const struct pair pairs[] = {
        {"委托方", "Client", cell_of(record_phrase(record, STYLE_VALUE, "client.name"))},
        {"收样日期", "Date received", cell_of(record_phrase(record, STYLE_VALUE, "dates.received"))},
        {"联系方式", "Contact", contact(record)},
        {"检测日期", "Date(s) of testing", tested(record)},
        {"检测类别", "Type of test", two(record, "test_type.zh", "test_type.en")},
        {"签发日期", "Date of issue", cell_of(record_phrase(record, STYLE_VALUE, "dates.issued"))},
        {"检测地点", "Place of testing", place(record)},
        {"委托单号", "Request No.", cell_of(record_phrase(record, STYLE_VALUE, "receipt_no"))},
    };
    const struct grid grid = {TEXT_WIDTH_PT, LABEL_PT, 322, 0};
    table_grid(flow, &grid, pairs, sizeof pairs / sizeof pairs[0]);
}
