// SPDX-License-Identifier: Apache-2.0
// How anybody checks the sheet: the code with the signed results, the small one with number and code, and the
// words that keep people from pages that only look like ours (docs/threats.md, phishing code).
#include "render/sections.h"

#include "render/styles.h"
#include "render/wording.h"

// 58 mm with the quiet zone: version 16 is then read at 72 dpi. The small one is of version 3 to 5.
#define CODE_PT VERIFY_COLUMN_PT
#define SMALL_PT (22 / 25.4 * 72)

#define CODES_GAP_PT 0.0

enum { SMALL_LINES = 2 };

static void draw_code(struct flow *flow, const struct code *code, double x, double y, double side)
{
    struct phrase none[] = {
        {NULL, "此件无验证码", {.size_pt = 8, .ink = INK_LABEL, .placing = PLACING_CENTRE}},
        {NULL, "(no statement yet)", {.size_pt = 7, .ink = INK_LABEL, .placing = PLACING_CENTRE}}};
    if (code->squares) {
        code_draw(code, flow->canvas->cairo, x, y, side);
        return;
    }
    canvas_frame(flow->canvas, x + 2, y + 2, side - 4, side - 4, 0.6, INK_RULE);
    canvas_text(flow->canvas, none, 2, x + 3, y + side / 2 - 10, side - 6);
}

// The code stands in words too: the page asks who types the number for it.
static void small_words(struct record *record, const struct sheet *sheet, struct phrase lines[SMALL_LINES])
{
    const char *space = sheet->code[0] ? " " : "";
    lines[0] = (struct phrase){
        "small_qr", record_printf(record, "小二维码：编号与核验码%s%s，只查询状态。", space, sheet->code),
        STYLE_NOTE_ZH};
    lines[1] = (struct phrase){
        "small_qr",
        record_printf(record, "The small code: number and check code%s%s, for the status only.", space,
                      sheet->code),
        STYLE_NOTE_EN};
}

static void draw_small(struct flow *flow, const struct sheet *sheet, double x, double y, double width)
{
    struct phrase lines[SMALL_LINES];
    small_words(flow->record, sheet, lines);
    draw_code(flow, &sheet->small_qr, x, y, SMALL_PT);
    double wide = width - SMALL_PT - 6, high = canvas_height(flow->canvas, lines, SMALL_LINES, wide);
    canvas_text(flow->canvas, lines, SMALL_LINES, x + SMALL_PT + 6, y + (SMALL_PT - high) / 2, wide);
}

// An address that breaks is typed wrong: it has a line of its own in a column, smaller where it must.
static struct phrase address_line(struct flow *flow, const char *address, struct style style)
{
    const double smallest_pt = 7;
    struct phrase line = {"qr", address, style};
    canvas_fit(flow->canvas, &line, CODE_PT, smallest_pt);
    return line;
}

void verify_words(struct flow *flow, const struct sheet *sheet, bool is_narrow,
                  struct phrase lines[VERIFY_LINES])
{
    struct record *record = flow->record;
    struct style zh = STYLE_LEGAL_ZH, en = STYLE_LEGAL_EN,
                 strong = {.size_pt = 9.2, .bold = true, .ink = INK_ACCENT};
    const char *page =
        sheet->host[0] ? record_printf(record, "https://%s/s", sheet->host) : "验证页 the page";
    const char *own = sheet->host[0] ? record_printf(record, "%s/s", sheet->host) : "本机构网站";
    lines[0] = (struct phrase){"qr",
                               record_printf(record, "请自行打开 Open it yourself:%s%s",
                                             is_narrow ? "" : "  ", is_narrow ? "" : page),
                               strong};
    lines[1] = address_line(flow, is_narrow ? page : "", strong);
    lines[2] = (struct phrase){
        "qr",
        record_printf(record, "自行输入 %s，按该页提示扫描大二维码；不要相信其他网址的“真品”字样。", own),
        zh};
    lines[3] =
        (struct phrase){NULL,
                        "Type the address and scan the large code as that page tells you; do not trust "
                        "a “genuine” on any other.",
                        en};
    lines[4] = (struct phrase){
        NULL, "大二维码内含经签名的检测结果：首次打开后无需网络即可核对，结果不会发送到服务器。", zh};
    lines[5] = (struct phrase){
        NULL,
        "The large code holds the signed results themselves; they are checked on your phone and "
        "sent nowhere.",
        en};
    lines[6] = (struct phrase){NULL, "核对页面上的编号、样品、质量或封签与实物是否一致。", zh};
    lines[7] = (struct phrase){
        NULL, "Compare the number, the sample, its mass or seal on that page with the thing in your hand.",
        en};
}

double verify_codes_height(void)
{
    return CODE_PT + CODES_GAP_PT + SMALL_PT;
}

void verify_codes(struct flow *flow, const struct sheet *sheet, double x, double y, double width)
{
    draw_code(flow, &sheet->qr, x + (width - CODE_PT) / 2, y, CODE_PT);
    draw_small(flow, sheet, x, y + CODE_PT + CODES_GAP_PT, width);
}

// The same in a column as wide as the large code: for the card, where the words stand beside it.
enum { SHORT_LINES = 5 };

static void short_words(struct flow *flow, const struct sheet *sheet, struct phrase lines[SHORT_LINES])
{
    struct style zh = STYLE_SMALL, en = STYLE_SMALL,
                 strong = {.size_pt = 8.2, .bold = true, .ink = INK_ACCENT};
    zh.ink = INK_TEXT;
    lines[0] =
        (struct phrase){"qr", sheet->host[0] ? "请自行打开 Open it yourself:" : "验真 How to check", strong};
    lines[1] = address_line(
        flow, sheet->host[0] ? record_printf(flow->record, "https://%s/s", sheet->host) : "", strong);
    lines[2] = (struct phrase){NULL, "按该页面的提示扫描此码；不要相信其他网址。", zh};
    lines[3] = (struct phrase){
        NULL, "Type the address yourself and scan this code as that page tells you; trust no other.", en};
    lines[4] = (struct phrase){NULL, "请与实物核对。 Compare with the thing in your hand.", en};
}

double verify_column_height(struct flow *flow, const struct sheet *sheet)
{
    struct phrase lines[SHORT_LINES];
    short_words(flow, sheet, lines);
    return CODE_PT + canvas_height(flow->canvas, lines, SHORT_LINES, CODE_PT) + 2;
}

void verify_column(struct flow *flow, const struct sheet *sheet, double x, double y)
{
    struct phrase lines[SHORT_LINES];
    short_words(flow, sheet, lines);
    draw_code(flow, &sheet->qr, x, y, CODE_PT);
    canvas_text(flow->canvas, lines, SHORT_LINES, x, y + CODE_PT + 2, CODE_PT);
}

double verify_small_height(void)
{
    return SMALL_PT + 6;
}

void verify_small(struct flow *flow, const struct sheet *sheet, double x, double y, double width)
{
    draw_small(flow, sheet, x, y + 6, width);
}
