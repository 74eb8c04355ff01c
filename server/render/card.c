// SPDX-License-Identifier: Apache-2.0
// The card: one page in plain words for who paid for the test. Legal class before any figure, what was tested
// and found, what it means, what it does not prove, what can be done next, and how to check it. From the
// record of the sheet, so that both cannot disagree; without the client.
#include "render/banner.h"
#include "render/sections.h"

#include "render/styles.h"
#include "render/table.h"
#include "render/wording.h"

#include <string.h>

enum { COLUMNS = 4, ADVICE_LINES = 4, PHOTO_SIDE = 84, END_PT = 14, LONG_BYTES = 240 };

static const struct column CARD_COLUMNS[COLUMNS] = {
    {"检测项目", "Tested for", 150, PLACING_LEFT},
    {"结果", "Result", 112, PLACING_CENTRE},
    {"要求", "Required", 108, PLACING_CENTRE},
    {"判定", "Verdict", TEXT_WIDTH_PT - 370, PLACING_CENTRE},
};

// What each verdict of the conclusion means, and what to do with it.
struct advice {
    const char *verdict, *means_zh, *means_en, *next_zh, *next_en;
};

static const struct advice ADVICE[] = {
    {"pass", "所检项目都符合所列标准的要求。",
     "Every item that was tested meets the requirements of the standards named.",
     "保存好原件；需要给别人看时，用不含个人信息的分享副本。",
     "Keep the original; to show it to others use the copy to share, which has none of your data."},
    {"fail", "至少有一个所检项目不符合所列标准的要求，见上表。",
     "At least one item that was tested does not meet the requirements of the standards named: see the "
     "table.",
     "保留样品、购物凭证和报告，与销售者协商；协商不成可拨打 12315 投诉。",
     "Keep the sample, the proof of purchase and the report; talk to the seller, or complain by calling "
     "12315."},
    {"to_be_confirmed", "结果离限值太近或各点不一致，所用的筛选方法不能判定符合与否。",
     "The result is so near the limit, or the points differ so much, that the screening method used cannot "
     "decide.",
     "如需结论，可委托用仲裁方法进一步检测（可能取样、有损）。",
     "For a decision, order the reference method, which may need a piece of the sample."},
    {"inconclusive", "现有结果不足以判断是否符合要求。", "What was found is not enough to decide.",
     "如需结论，请向本机构咨询补充检测。", "For a decision, ask us which further test would help."},
    {"conditional_fail", "结果在限值附近，考虑测量不确定度后偏向不符合。",
     "The result is near the limit; with its uncertainty it more probably does not conform.",
     "保留样品和购物凭证，可申请复检。",
     "Keep the sample and the proof of purchase; a retest can be ordered."},
    {"conditional_pass", "结果在限值附近，考虑测量不确定度后偏向符合。",
     "The result is near the limit; with its uncertainty it more probably conforms.",
     "如需更有把握的结论，可申请复检。", "For more certainty a retest can be ordered."},
    {"not_judged", "报告所测得或鉴定的结果，没有作出符合与否的判定。",
     "What was measured or identified is reported; nothing was judged.", "如需与标准比较，请向本机构咨询。",
     "To have it compared with a standard, ask us."},
};

// A sheet that no longer stands says so again where its results would be explained.
static const struct advice WITHDRAWN = {
    "", "本件已撤回，上面的结果不再有效。", "This document is withdrawn: the results above no longer stand.",
    "不要再出示或转发本件；请向本机构咨询。", "Do not show it or pass it on; ask the laboratory."};
static const struct advice SUPERSEDED = {
    "", "本件已被修订版代替，上面的结果不再有效。",
    "This document was replaced by a new revision: the results above no longer stand.",
    "不要再出示或转发本件；请向本机构索取修订版。",
    "Do not show it or pass it on; ask for the new revision."};

// Some was judged and some was not.
static const struct advice JUDGED_IN_PART = {
    "", "有的项目只报告结果，没有判定；判定了的项目符合要求，见上表。",
    "Some items are reported only; those that were judged conform: see the table.",
    "没有判定的项目如需与标准比较，请向本机构咨询。", "To have the others compared with a standard, ask us."};

// The reference method has measured already what screening left open.
static const struct advice SETTLED = {
    "", "所检项目都符合所列标准的要求；筛选方法不能判定的，以仲裁方法的结果为准。",
    "Every item meets the requirements of the standards named; where screening could not decide, the "
    "reference method did.",
    "保存好原件；需要给别人看时，用不含个人信息的分享副本。",
    "Keep the original; to show it to others use the copy to share, which has none of your data."};

static const struct advice BAD_AIR = {
    "fail", "至少有一个所检项目不符合所列标准的要求，见上表。",
    "At least one item that was tested does not meet the requirements of the standards named: see the table.",
    "加强通风，找出来源并治理，治理后复测；保存好报告，可与装修方或出租方协商。",
    "Air the room, find the source and have it treated, then test again; keep the report for the talk with "
    "the decorator or the landlord."};

static bool result_is(const struct record *record, size_t i, const char *key, const char *text)
{
    return strcmp(record_text(record, "results[%zu].%s", i, key), text) == 0;
}

static bool any_verdict(const struct record *record, const char *verdict)
{
    bool found = false;
    for (size_t i = 0; i < record_count(record, "results"); i++)
        found = found || result_is(record, i, "verdict", verdict);
    return found;
}

// The sheet conforms, and the reference method has answered what screening left open.
static bool is_answered(const struct record *record)
{
    return strcmp(record_text(record, "conclusion.verdict"), "pass") == 0 &&
           any_verdict(record, "to_be_confirmed");
}

// What the words of the verdict would say wrongly of this sheet; NULL when they are right.
static const struct advice *special_advice(const struct record *record, const struct sheet *sheet)
{
    const char *verdict = record_text(record, "conclusion.verdict");
    if (sheet->standing != SHEET_STANDS)
        return sheet->standing == SHEET_WITHDRAWN ? &WITHDRAWN : &SUPERSEDED;
    if (strcmp(verdict, "fail") == 0 && strcmp(record_text(record, "laboratory.code"), "AIR") == 0)
        return &BAD_AIR;
    if (is_answered(record))
        return &SETTLED;
    if (strcmp(verdict, "not_judged") == 0 && any_verdict(record, "pass"))
        return &JUDGED_IN_PART;
    return NULL;
}

static const struct advice *advice_of(const struct record *record, const struct sheet *sheet)
{
    const char *verdict = record_text(record, "conclusion.verdict");
    const struct advice *special = special_advice(record, sheet);
    if (special)
        return special;
    size_t last = sizeof ADVICE / sizeof ADVICE[0] - 1, i = 0;
    while (i < last && strcmp(ADVICE[i].verdict, verdict) != 0)
        i++;
    return &ADVICE[i];
}

// ---- what was tested

static void draw_item(struct flow *flow, const struct sheet *sheet)
{
    struct record *record = flow->record;
    const char *mass = record_text(record, "item.mass_g"), *seal = record_text(record, "item.seal_no");
    const struct pair pairs[] = {
        {wording_number_label(record), wording_is_verification(record) ? "Document No." : "Report No.",
         cell_of((struct phrase){"sheet_no", wording_number(record) + strlen("No. "), STYLE_VALUE_BOLD})},
        {"样品", "What was tested", cell_of(record_phrase(record, STYLE_VALUE_BOLD, "item.name"))},
        {"样品编号", "Sample No.",
         cell_of((struct phrase){"item.code",
                                 record_printf(record, "%s%s%s%s", record_text(record, "item.code"),
                                               mass[0] ? record_printf(record, "    %s g", mass) : "",
                                               seal[0] ? "    封签 Seal " : "", seal),
                                 STYLE_VALUE})},
        {"日期", "Dates",
         cell_of((struct phrase){"dates.issued",
                                 record_printf(record, "收样 received %s    签发 issued %s",
                                               record_text(record, "dates.received"),
                                               record_text(record, "dates.issued")),
                                 STYLE_VALUE})},
    };
    double width = sheet->photo ? TEXT_WIDTH_PT - PHOTO_SIDE - 10 : TEXT_WIDTH_PT, top = flow->y;
    const struct grid grid = {width, LABEL_PT, 0, 0};
    if (sheet->photo)
        photo_draw_square(sheet->photo, flow->canvas, PAGE_WIDTH_PT - MARGIN_PT - PHOTO_SIDE, top + 2,
                          PHOTO_SIDE);
    table_grid(flow, &grid, pairs, sizeof pairs / sizeof pairs[0]);
    if (sheet->photo && flow->y < top + PHOTO_SIDE + 4)
        flow->y = top + PHOTO_SIDE + 4;
}

// ---- what was found

static const char *told_of(struct record *record, size_t i, const char *key)
{
    const char *value = wording_with_unit(record, i, key);
    return value[0] ? value : "—";
}

// No verdict has its colour on what no longer stands.
static enum ink ink_of(const struct sheet *sheet, const char *verdict)
{
    return sheet->standing == SHEET_STANDS ? wording_verdict_ink(verdict) : INK_LABEL;
}

// On one line, or the English below the Chinese.
static struct cell verdict_cell(struct flow *flow, const struct sheet *sheet, size_t i)
{
    struct record *record = flow->record;
    const struct standing_words *gone = wording_standing(sheet->standing);
    enum ink ink = ink_of(sheet, record_text(record, "results[%zu].verdict", i));
    struct style bold = STYLE_VALUE_BOLD, small = STYLE_VALUE_EN;
    bold.placing = small.placing = PLACING_CENTRE;
    bold.size_pt = 8.4;
    small.size_pt = 7;
    bold.ink = small.ink = ink;
    const char *zh = gone ? gone->verdict_zh : record_text(record, "results[%zu].verdict_zh", i),
               *en = gone ? gone->verdict_en : record_text(record, "results[%zu].verdict_en", i);
    struct phrase both = {"results.verdict_zh", record_printf(record, "%s  %s", zh, en), bold};
    if (canvas_width(flow->canvas, &both) < CARD_COLUMNS[COLUMNS - 1].width - PADDING_PT)
        return cell_of(both);
    struct cell cell = cell_of((struct phrase){"results.verdict_zh", zh, bold});
    cell_add(&cell, (struct phrase){"results.verdict_en", en, small});
    return cell;
}

// A figure and its English, on one line where there is room.
static struct cell told_cell(struct flow *flow, size_t i, const char *key, const char *english, size_t column)
{
    struct style centre = STYLE_VALUE, small = STYLE_VALUE_EN;
    centre.placing = small.placing = PLACING_CENTRE;
    const char *told = told_of(flow->record, i, key);
    struct phrase both = {"results.mean", record_printf(flow->record, "%s  %s", told, english), centre};
    if (english[0] && canvas_width(flow->canvas, &both) < CARD_COLUMNS[column].width - PADDING_PT)
        return cell_of(both);
    struct cell cell = cell_of((struct phrase){"results.mean", told, centre});
    cell_add(&cell, (struct phrase){"results.mean_en", english, small});
    return cell;
}

// Two methods have measured the same: each row says which it is.
static bool is_told_twice(const struct record *record, size_t i)
{
    const char *name = record_text(record, "results[%zu].parameter_zh", i);
    size_t same = 0;
    for (size_t j = 0; j < record_count(record, "results"); j++)
        same += result_is(record, j, "parameter_zh", name);
    return same > 1;
}

static void row_cells(struct flow *flow, const struct sheet *sheet, size_t i, struct cell cells[COLUMNS])
{
    struct record *record = flow->record;
    const char *outside = record_truth(record, "results[%zu].in_scope", i) ? "" : "\xC2\xA0*",
               *elsewhere = record_text(record, "results[%zu].subcontractor", i)[0] ? "\xC2\xA0#" : "";
    bool is_nothing = strncmp(record_text(record, "results[%zu].mean", i), "ND < ", 5) == 0;
    cells[0] = cell_of((struct phrase){
        "results.parameter_zh",
        record_printf(record, "%s%s%s  %s", record_text(record, "results[%zu].parameter_zh", i), outside,
                      elsewhere, record_text(record, "results[%zu].parameter_en", i)),
        STYLE_VALUE});
    if (is_told_twice(record, i))
        cell_add(&cells[0],
                 (struct phrase){"results.method_standard",
                                 record_printf(record, "%s %s %s",
                                               record_text(record, "results[%zu].method_standard", i),
                                               record_text(record, "results[%zu].method_zh", i),
                                               record_text(record, "results[%zu].method_en", i)),
                                 STYLE_VALUE_EN});
    cells[1] = told_cell(flow, i, "mean", is_nothing ? "未检出" : wording_below(record, i), 1);
    cells[2] = told_cell(flow, i, "requirement", record_text(record, "results[%zu].requirement_en", i), 2);
    cells[3] = verdict_cell(flow, sheet, i);
}

// What does not conform comes first, then what is not decided: of more rows than there is room for it is what
// the reader needs.
static const char *const ORDER[] = {"fail", "conditional_fail", "to_be_confirmed", "inconclusive"};

enum { GRAVE = sizeof ORDER / sizeof ORDER[0] };

static size_t place_of(const struct record *record, size_t i)
{
    size_t place = 0;
    bool is_settled = result_is(record, i, "verdict", "to_be_confirmed") && is_answered(record);
    while (place < GRAVE && (is_settled || !result_is(record, i, "verdict", ORDER[place])))
        place++;
    return place;
}

// Rows of one kind while there is room; false when one had none.
static bool draw_kind(const struct table *table, const struct sheet *sheet, size_t place, double reserved,
                      size_t *drawn)
{
    struct record *record = table->flow->record;
    for (size_t i = 0; i < record_count(record, "results"); i++) {
        struct cell cells[COLUMNS];
        if (place_of(record, i) != place)
            continue;
        row_cells(table->flow, sheet, i, cells);
        bool is_last = *drawn + 1 == record_count(record, "results");
        double needed = table_row_height(table, cells) + (is_last ? 1 : END_PT);
        if (needed > flow_room(table->flow) - reserved)
            return false;
        table_row(table, cells, 0);
        table_rule(table, 0.4, INK_RULE);
        ++*drawn;
    }
    return true;
}

static void draw_rows(struct flow *flow, const struct sheet *sheet, double reserved)
{
    struct record *record = flow->record;
    const struct table table = {flow, CARD_COLUMNS, COLUMNS};
    size_t count = record_count(record, "results"), drawn = 0, place = 0;
    table_head(&table);
    while (place <= GRAVE && draw_kind(&table, sheet, place, reserved, &drawn))
        place++;
    struct phrase rest = {"results",
                          record_printf(record, "另有 %zu 项见完整文件。 %zu more in the full document.",
                                        count - drawn, count - drawn),
                          STYLE_SMALL};
    if (drawn < count)
        flow_block(flow, &rest, 1, 0, TEXT_WIDTH_PT);
}

// ---- what it means, does not prove, and what comes next

struct part {
    const char *zh, *en; // heading
    struct phrase lines[ADVICE_LINES];
};

static void parts_of(struct record *record, const struct sheet *sheet, struct part parts[3])
{
    const struct advice *advice = advice_of(record, sheet);
    struct style zh = STYLE_NOTE_ZH, en = STYLE_NOTE_EN;
    bool is_air = strcmp(record_text(record, "laboratory.code"), "AIR") == 0;
    parts[0] = (struct part){
        "这说明什么",
        "What this means",
        {{NULL, advice->means_zh, zh}, {NULL, advice->means_en, en}, {NULL, "", zh}, {NULL, "", en}}};
    parts[1] =
        (struct part){"这不能证明什么",
                      "What it does not prove",
                      {{NULL,
                        is_air ? "只代表采样时、采样点和当时门窗关闭状态下的空气；没有检测的项目不作说明。"
                               : "只代表送检的这一件样品，不代表同批次或同店的其他产品；没有检测的项目不作说"
                                 "明，也不是价格评估。",
                        zh},
                       {NULL,
                        is_air ? "It holds only for the air at the time and points of sampling, with doors "
                                 "and windows closed as recorded; nothing is said of what was not tested."
                               : "It holds for this one sample, not for its batch or its shop; nothing is "
                                 "said of what was not tested, "
                                 "nor of any price.",
                        en},
                       record_phrase(record, zh, "conclusion.reserve_zh"),
                       record_phrase(record, en, "conclusion.reserve_en")}};
    parts[2] = (struct part){
        "接下来可以做什么",
        "What you can do next",
        {{NULL, advice->next_zh, zh},
         {NULL, advice->next_en, en},
         {NULL, "对结果有异议，可自收到之日起15日内提出；投诉随时受理。", zh},
         {NULL, "Objections are taken within 15 days of receipt, complaints at any time.", en}}};
}

// Below the table: the three parts at the left, the codes at the right.
static const double PARTS_GAP_PT = 14, PARTS_PT = TEXT_WIDTH_PT - VERIFY_COLUMN_PT - 14, HEADING_PT = 20;

static struct phrase part_heading(struct record *record, const struct part *part)
{
    return (struct phrase){NULL, record_printf(record, "%s  %s", part->zh, part->en),
                           (struct style){.size_pt = 9.6, .bold = true, .ink = INK_ACCENT}};
}

static double parts_height(struct flow *flow, const struct part *parts)
{
    double height = 0;
    for (size_t i = 0; i < 3; i++)
        height += HEADING_PT + canvas_height(flow->canvas, parts[i].lines, ADVICE_LINES, PARTS_PT);
    return height + verify_small_height();
}

static void draw_parts(struct flow *flow, const struct sheet *sheet, const struct part *parts)
{
    double y = flow->y;
    for (size_t i = 0; i < 3; i++) {
        struct phrase heading = part_heading(flow->record, &parts[i]);
        canvas_fill(flow->canvas, MARGIN_PT, y + 6, 3, 10, INK_GOLD);
        canvas_text(flow->canvas, &heading, 1, MARGIN_PT + 8, y + 4, PARTS_PT - 8);
        y += HEADING_PT;
        canvas_text(flow->canvas, parts[i].lines, ADVICE_LINES, MARGIN_PT, y, PARTS_PT);
        y += canvas_height(flow->canvas, parts[i].lines, ADVICE_LINES, PARTS_PT);
    }
    verify_small(flow, sheet, MARGIN_PT, y, PARTS_PT);
}

void section_card(struct flow *flow, const struct sheet *sheet)
{
    struct record *record = flow->record;
    enum ink ink = ink_of(sheet, record_text(record, "conclusion.verdict"));
    struct part parts[3];
    const struct standing_words *gone = wording_standing(sheet->standing);
    const char *zh = gone ? gone->conclusion_zh : record_text(record, "conclusion.zh"),
               *en = gone ? gone->conclusion_en : record_text(record, "conclusion.en");
    bool is_long = strlen(zh) > LONG_BYTES;
    struct phrase conclusion[] = {
        {"conclusion.zh", zh, (struct style){.size_pt = is_long ? 8.6 : 11, .bold = true, .ink = ink}},
        {"conclusion.en", en, (struct style){.size_pt = is_long ? 7.2 : 8.6, .ink = ink}},
    };
    const double inset = 12;
    double box = canvas_height(flow->canvas, conclusion, 2, TEXT_WIDTH_PT - 2 * inset) + 10;
    parts_of(record, sheet, parts);
    double left = parts_height(flow, parts), right = verify_column_height(flow, sheet);
    double below = left > right ? left : right;
    banner_institute(flow);
    banner_title(flow, sheet);
    banner_all(flow, sheet);
    draw_item(flow, sheet);
    flow_skip(flow, 4);
    draw_rows(flow, sheet, box + 14 + below);
    flow_skip(flow, 6);
    canvas_frame(flow->canvas, MARGIN_PT + 0.5, flow->y, TEXT_WIDTH_PT - 1, box, 1.1, ink);
    canvas_text(flow->canvas, conclusion, 2, MARGIN_PT + inset, flow->y + 5, TEXT_WIDTH_PT - 2 * inset);
    flow_skip(flow, box + 6);
    flow_need(flow, below, "conclusion");
    draw_parts(flow, sheet, parts);
    verify_column(flow, sheet, MARGIN_PT + PARTS_PT + PARTS_GAP_PT, flow->y);
    flow_skip(flow, below);
    if (flow->page > 1 && flow->canvas->error.status == TS_OK)
        error_violation(&flow->canvas->error, "conclusion", "does not fit on the card's one page");
}
