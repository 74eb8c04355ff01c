// SPDX-License-Identifier: Apache-2.0
// The front of a sheet: who issues it, what it is, what it is worth in law, for whom and when. The legal
// class stands before any figure.
#include "render/banner.h"
#include "render/sections.h"

#include "render/styles.h"
#include "render/table.h"
#include "render/wording.h"

#include <string.h>

static void draw_number(struct flow *flow)
{
    struct record *record = flow->record;
    struct style small = {.size_pt = 8.6, .ink = INK_LABEL};
    struct style strong = {.size_pt = 10.4, .bold = true, .ink = INK_TEXT, .placing = PLACING_RIGHT};
    struct phrase laboratory = {"laboratory.name_zh",
                                record_printf(record, "%s  %s", record_text(record, "laboratory.name_zh"),
                                              record_text(record, "laboratory.name_en")),
                                small};
    struct phrase number = {
        "sheet_no", record_printf(record, "%s %s", wording_number_label(record), wording_number(record)),
        strong};
    double half = TEXT_WIDTH_PT / 2 - 4;
    double left = canvas_height(flow->canvas, &laboratory, 1, half);
    double right = canvas_height(flow->canvas, &number, 1, half);
    double height = left > right ? left : right;
    flow_skip(flow, 2);
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

// Where and how the laboratory took the sample itself; by what right and standard it verified.
static void draw_particulars(struct flow *flow, bool is_client_told)
{
    struct record *record = flow->record;
    const struct cell none = {.count = 0};
    const struct pair pairs[] = {
        {"采样日期", "Date of sampling", cell_of(record_phrase(record, STYLE_VALUE, "sampling.on"))},
        {"采样地点", "Place of sampling",
         is_client_told ? cell_of(record_phrase(record, STYLE_VALUE, "sampling.place")) : none},
        {"采样计划", "Sampling plan", cell_of(record_phrase(record, STYLE_VALUE, "sampling.plan"))},
        {"门窗关闭", "Closing before", cell_of(record_phrase(record, STYLE_VALUE, "sampling.closing"))},
        {"计量授权证书", "Authorisation", cell_of(record_phrase(record, STYLE_VALUE, "authorisation"))},
        {"计量标准", "Standard used", cell_of(record_phrase(record, STYLE_VALUE, "measurement_standard"))},
    };
    const struct grid grid = {TEXT_WIDTH_PT, LABEL_PT, 0, 0};
    table_grid(flow, &grid, pairs, sizeof pairs / sizeof pairs[0]);
}

void section_front(struct flow *flow, const struct sheet *sheet)
{
    struct record *record = flow->record;
    // A copy to share says nothing of the client; the place of sampling, or of a test that was not at the
    // institute, is the client's home.
    bool is_client_told = sheet->kind != SHEET_SHARE && sheet->kind != SHEET_SLIP;
    bool is_verified = wording_is_verification(record);
    const struct cell none = {.count = 0};
    const struct pair pairs[] = {
        {"委托方", "Client",
         is_client_told ? cell_of(record_phrase(record, STYLE_VALUE, "client.name")) : none},
        {"收样日期", "Date received", cell_of(record_phrase(record, STYLE_VALUE, "dates.received"))},
        {"联系方式", "Contact", is_client_told ? contact(record) : none},
        {is_verified ? "检定日期" : "检测日期", is_verified ? "Verified on" : "Date(s) of testing",
         tested(record)},
        {is_verified ? "检定类别" : "检测类别", is_verified ? "Type" : "Type of test",
         two(record, "test_type.zh", "test_type.en")},
        {sheet->kind == SHEET_SLIP ? "出单日期" : "签发日期",
         sheet->kind == SHEET_SLIP ? "Date of slip" : "Date of issue",
         cell_of(record_phrase(record, STYLE_VALUE, "dates.issued"))},
        {is_verified ? "检定地点" : "检测地点", is_verified ? "Verified at" : "Place of testing",
         is_client_told || !record_text(record, "laboratory.place_zh")[0] ? place(record) : none},
        {"有效期至", "Valid until", cell_of(record_phrase(record, STYLE_VALUE, "valid_until"))},
        {"委托单号", "Request No.",
         is_client_told ? cell_of(record_phrase(record, STYLE_VALUE, "receipt_no")) : none},
    };
    const struct grid grid = {TEXT_WIDTH_PT, LABEL_PT, 322, 0};
    banner_institute(flow);
    banner_title(flow, sheet);
    banner_all(flow, sheet);
    draw_number(flow);
    table_grid(flow, &grid, pairs, sizeof pairs / sizeof pairs[0]);
    draw_particulars(flow, is_client_told);
}
