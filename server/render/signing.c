// SPDX-License-Identifier: Apache-2.0
// Who answers for a sheet, and the picture of the seal.
#include "render/sections.h"

#include "render/styles.h"
#include "render/wording.h"

enum { ACROSS = 3, SIGNATURE_PHRASES = 5, HEAD = 2 };

static void signature_phrases(struct record *record, size_t i, struct phrase phrases[SIGNATURE_PHRASES])
{
    struct style label = {.size_pt = 8, .ink = INK_LABEL, .placing = PLACING_CENTRE};
    struct style name = {
        .size_pt = 12, .bold = true, .ink = INK_ACCENT, .placing = PLACING_CENTRE, .tracking_pt = 0.6};
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

// Boxes stand beside each other, and the seal's picture to the right of them.
struct boxes {
    double width; // of all together
    size_t across;
};

static const double BOX_GAP_PT = 9, BOX_INSET_PT = 5, SEAL_PT = 42 / 25.4 * 72;

static struct boxes boxes_of(size_t count, const struct photo *seal)
{
    const double width = seal ? TEXT_WIDTH_PT - SEAL_PT - BOX_GAP_PT : TEXT_WIDTH_PT;
    return (struct boxes){width, count != ACROSS + 1 ? ACROSS : seal ? 2 : ACROSS + 1};
}

static double box_width(const struct boxes *boxes)
{
    return (boxes->width - (double)(boxes->across - 1) * BOX_GAP_PT) / (double)boxes->across;
}

// What each is asked for takes the height of the longest in the row, so that the names stand on one line.
static double heads_height(struct flow *flow, const struct boxes *boxes, size_t first, size_t count)
{
    double height = 0;
    for (size_t i = first; i < count && i < first + boxes->across; i++) {
        struct phrase phrases[SIGNATURE_PHRASES];
        signature_phrases(flow->record, i, phrases);
        double needed = canvas_height(flow->canvas, phrases, HEAD, box_width(boxes) - 2 * BOX_INSET_PT);
        height = needed > height ? needed : height;
    }
    return height;
}

// Of the row that begins with signature `first`.
static double boxes_height(struct flow *flow, const struct boxes *boxes, size_t first, size_t count)
{
    double height = 0;
    for (size_t i = first; i < count && i < first + boxes->across; i++) {
        struct phrase phrases[SIGNATURE_PHRASES];
        signature_phrases(flow->record, i, phrases);
        double needed = canvas_height(flow->canvas, phrases + HEAD, SIGNATURE_PHRASES - HEAD,
                                      box_width(boxes) - 2 * BOX_INSET_PT);
        height = needed > height ? needed : height;
    }
    return height + heads_height(flow, boxes, first, count) + 9;
}

// One row of boxes of the same height.
static void draw_boxes(struct flow *flow, const struct boxes *boxes, size_t first, size_t count)
{
    double height = boxes_height(flow, boxes, first, count), width = box_width(boxes);
    double head = heads_height(flow, boxes, first, count);
    flow_need(flow, height, "signatures");
    for (size_t i = first; i < count && i < first + boxes->across; i++) {
        struct phrase phrases[SIGNATURE_PHRASES];
        double x = MARGIN_PT + (double)(i - first) * (width + BOX_GAP_PT);
        signature_phrases(flow->record, i, phrases);
        canvas_frame(flow->canvas, x, flow->y, width, height, 0.5, INK_RULE);
        canvas_fill(flow->canvas, x - 0.25, flow->y - 0.25, width + 0.5, 2, INK_ACCENT);
        canvas_text(flow->canvas, phrases, HEAD, x + BOX_INSET_PT, flow->y + 5, width - 2 * BOX_INSET_PT);
        canvas_text(flow->canvas, phrases + HEAD, SIGNATURE_PHRASES - HEAD, x + BOX_INSET_PT,
                    flow->y + 5 + head, width - 2 * BOX_INSET_PT);
    }
    flow_skip(flow, height + 4);
}

// The seal as a picture at the right of the boxes; the digital one covers the whole file and is not seen.
static void draw_seal(struct flow *flow, const struct photo *seal, double y)
{
    if (seal)
        photo_draw_square(seal, flow->canvas, PAGE_WIDTH_PT - MARGIN_PT - SEAL_PT, y, SEAL_PT);
}

void section_signing(struct flow *flow, const struct sheet *sheet)
{
    const struct photo *seal = sheet->kind == SHEET_FULL ? sheet->seal : NULL;
    size_t count = record_count(flow->record, "signatures");
    const struct boxes boxes = boxes_of(count, seal);
    struct style right = STYLE_LEGAL_ZH;
    right.placing = PLACING_RIGHT;
    struct phrase notes[] = {{NULL, WORDING_SIGN_OFF, STYLE_SMALL},
                             {NULL, seal ? "检验检测专用章  Seal for inspection and testing" : "", right}};
    double least =
        boxes_height(flow, &boxes, 0, count) + canvas_height(flow->canvas, notes, 2, boxes.width) + 4;
    flow_heading(flow, "签署", "Signatures", seal && SEAL_PT > least ? SEAL_PT : least);
    int page = flow->found.signatures = flow->page;
    double end = seal ? flow->y + SEAL_PT : flow->y;
    draw_seal(flow, seal, flow->y);
    for (size_t i = 0; i < count; i += boxes.across)
        draw_boxes(flow, &boxes, i, count);
    flow_block(flow, notes, 2, 0, boxes.width);
    if (flow->page == page && flow->y < end)
        flow->y = end;
}
