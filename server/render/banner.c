// SPDX-License-Identifier: Apache-2.0
// See banner.h.
#include "render/banner.h"

#include "render/styles.h"
#include "render/wording.h"

#include <string.h>

void banner_institute(struct flow *flow)
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

static const double MARK_WIDTH_PT = 92;

// The official drawing and the number below it. Returns where it ends.
static double draw_mark_picture(struct flow *flow, const struct photo *picture, size_t i, double x, double y)
{
    const double most = 36;
    double wide = MARK_WIDTH_PT, high = wide * (double)picture->height / (double)picture->width;
    if (high > most) {
        wide *= most / high;
        high = most;
    }
    struct phrase number = record_phrase(
        flow->record, (struct style){.size_pt = 8, .bold = true, .ink = INK_TEXT, .placing = PLACING_CENTRE},
        "marks[%zu].number", i);
    photo_draw(picture, flow->canvas, x + (MARK_WIDTH_PT - wide) / 2, y, wide, high);
    canvas_text(flow->canvas, &number, 1, x, y + high + 1, MARK_WIDTH_PT);
    return y + high + 1 + canvas_height(flow->canvas, &number, 1, MARK_WIDTH_PT);
}

static double draw_mark_words(struct flow *flow, bool is_cma, size_t i, double x, double y)
{
    const double inset = 5;
    const struct style name = {
        .size_pt = 15, .bold = true, .ink = INK_ACCENT, .placing = PLACING_CENTRE, .tracking_pt = 2};
    struct phrase phrases[] = {
        {NULL, is_cma ? "CMA" : "CNAS", name},
        {NULL,
         is_cma ? "资质认定证书编号" : "认可注册号",
         {.size_pt = 7, .ink = INK_LABEL, .placing = PLACING_CENTRE}},
        record_phrase(flow->record,
                      (struct style){.size_pt = 8, .bold = true, .ink = INK_TEXT, .placing = PLACING_CENTRE},
                      "marks[%zu].number", i),
    };
    double height = canvas_height(flow->canvas, phrases, 3, MARK_WIDTH_PT - 2 * inset);
    canvas_frame(flow->canvas, x, y, MARK_WIDTH_PT, height + 4, 0.8, INK_ACCENT);
    canvas_text(flow->canvas, phrases, 3, x + inset, y + 2, MARK_WIDTH_PT - 2 * inset);
    return y + height + 4;
}

// The marks with the numbers of their certificates, as words where the laboratory brought no picture; the
// record of a specimen has none. Returns where the longest of them ends.
static double draw_marks(struct flow *flow, const struct sheet *sheet, double y)
{
    double end = y;
    for (size_t i = 0; i < record_count(flow->record, "marks"); i++) {
        bool is_cma = strcmp(record_text(flow->record, "marks[%zu].kind", i), "cma") == 0;
        const struct photo *picture = sheet->marks[is_cma ? SHEET_CMA : SHEET_CNAS];
        double x = is_cma ? MARGIN_PT : PAGE_WIDTH_PT - MARGIN_PT - MARK_WIDTH_PT;
        double drawn =
            picture ? draw_mark_picture(flow, picture, i, x, y) : draw_mark_words(flow, is_cma, i, x, y);
        end = drawn > end ? drawn : end;
    }
    return end;
}

void banner_title(struct flow *flow, const struct sheet *sheet)
{
    const char *zh = wording_title_zh(flow->record, sheet->kind),
               *en = wording_title_en(flow->record, sheet->kind);
    bool is_long = strlen(zh) > strlen(WORDING_TITLE_ZH);
    const double below_marks = 6; // before the frame of the class, which is none of the marks
    struct phrase title[] = {
        {"title_zh",
         zh,
         {.size_pt = is_long ? 17 : 20,
          .bold = true,
          .ink = INK_TEXT,
          .placing = PLACING_CENTRE,
          .tracking_pt = is_long ? 2.5 : 7}},
        {"title_en", en, {.size_pt = 9.6, .ink = INK_LABEL, .placing = PLACING_CENTRE, .tracking_pt = 3}},
    };
    flow_skip(flow, 4);
    double marks_end = draw_marks(flow, sheet, flow->y + 1);
    flow_block(flow, title, 2, 100, TEXT_WIDTH_PT - 200);
    flow_skip(flow, 5);
    flow->y = marks_end + below_marks > flow->y ? marks_end + below_marks : flow->y;
}

struct words {
    const char *brief, *zh, *en;
};

static void draw(struct flow *flow, const struct words *words, enum ink ink)
{
    const double inset = 10, width = TEXT_WIDTH_PT - 2 * inset;
    struct phrase phrases[] = {
        {"legal_class",
         words->brief,
         {.size_pt = 11, .bold = true, .ink = ink, .placing = PLACING_CENTRE, .tracking_pt = 0.5}},
        {"legal_class", words->zh, {.size_pt = 8, .ink = ink, .placing = PLACING_CENTRE}},
        {"legal_class", words->en, {.size_pt = 7.6, .ink = ink, .placing = PLACING_CENTRE}},
    };
    double height = canvas_height(flow->canvas, phrases, 3, width);
    flow_need(flow, height + 12, "legal_class");
    canvas_frame(flow->canvas, MARGIN_PT, flow->y, TEXT_WIDTH_PT, height + 8, 1, ink);
    canvas_text(flow->canvas, phrases, 3, MARGIN_PT + inset, flow->y + 4, width);
    flow_skip(flow, height + 8 + 4);
}

static void draw_standing(struct flow *flow, const struct sheet *sheet)
{
    struct record *record = flow->record;
    const char *since = sheet->standing_since;
    if (sheet->standing == SHEET_STANDS)
        return;
    bool gone = sheet->standing == SHEET_WITHDRAWN;
    struct words words = {
        gone ? "已撤回，请勿使用  WITHDRAWN, do not use" : "已被修订版代替，请勿使用  SUPERSEDED, do not use",
        record_printf(record,
                      gone ? "本件已于 %s 撤回，结果不再有效。"
                           : "本件已于 %s 被新的修订版代替，请索取修订版。",
                      since),
        record_printf(record,
                      gone ? "This document was withdrawn on %s; its results no longer stand."
                           : "This document was replaced by a new revision on %s; ask for that one.",
                      since)};
    draw(flow, &words, INK_ALERT);
}

static void draw_amends(struct flow *flow)
{
    struct record *record = flow->record;
    const char *number = record_text(record, "amends.sheet_no"),
               *old = record_text(record, "amends.revision");
    if (!number[0])
        return;
    const char *slash = strcmp(old, "0") == 0 ? "" : record_printf(record, " / %s", old);
    const char *issued = record_text(record, "amends.issued"), *zh = record_text(record, "amends.reason_zh"),
               *en = record_text(record, "amends.reason_en");
    const char *changed_zh = record_text(record, "amends.changes_zh"),
               *changed_en = record_text(record, "amends.changes_en");
    bool is_verified = wording_is_verification(record);
    struct words words = {
        is_verified ? "修订件  Amended" : "修订报告  Amended report",
        record_printf(record, "%s代替 %s 签发的 No. %s%s，%s作废。修订原因：%s%s%s",
                      is_verified ? "本件" : "本报告", issued, number, slash, is_verified ? "原件" : "原报告",
                      zh, changed_zh[0] ? "。变更内容：" : "", changed_zh),
        record_printf(
            record, "Stands in the place of No. %s%s of %s, which is no longer valid. Reason: %s%s%s", number,
            slash, issued, en[0] ? en : zh, changed_en[0] ? ". Changed: " : "", changed_en)};
    draw(flow, &words, INK_DOUBT);
}

static void draw_kind(struct flow *flow, const struct sheet *sheet)
{
    static const struct words SHARE = {
        "分享副本，不含委托方信息  Copy to share, without the client’s data",
        "与原件出自同一份记录；无电子印章，请用二维码核对结果。完整的签章文件由委托方持有。",
        "From the same record as the original; not sealed: check the results by the code. The sealed file "
        "is with "
        "the client."};
    static const struct words SLIP = {
        "现场结果单，不是检验检测报告  On-the-spot slip, not a test report",
        "结果已经复核，尚未由授权签字人批准签发；不具有证明作用。正式结果以签发的检验检测报告为准。",
        "Reviewed, not yet approved by an authorised signatory: no probative effect. The signed report is "
        "what counts."};
    if (sheet->kind == SHEET_SHARE)
        draw(flow, &SHARE, INK_ACCENT);
    if (sheet->kind == SHEET_SLIP)
        draw(flow, &SLIP, INK_ALERT);
}

void banner_all(struct flow *flow, const struct sheet *sheet)
{
    const struct words legal = {wording_class_short(flow->record), wording_class_zh(flow->record),
                                wording_class_en(flow->record)};
    draw(flow, &legal, wording_class_ink(flow->record));
    draw_standing(flow, sheet);
    draw_amends(flow);
    draw_kind(flow, sheet);
}
