// SPDX-License-Identifier: Apache-2.0
// The sample: what was tested, told so that nobody takes another object for it, with its photo.
#include "render/sections.h"

#include "render/styles.h"
#include "render/table.h"

static const double PHOTO_SIDE_PT = 95, PHOTO_GAP_PT = 14;

// The client's words, if any, and the class of the catalogue that it is judged as.
static struct cell claimed(struct record *record)
{
    const char *zh = record_text(record, "item.claimed_product_zh"),
               *en = record_text(record, "item.claimed_product_en");
    struct cell cell = cell_of(record_phrase(record, STYLE_VALUE, "item.claim"));
    cell_add(&cell, (struct phrase){"item.claimed_product_zh",
                                    zh[0] ? record_printf(record, "%s%s  %s",
                                                          cell.count ? "按此判定 Assessed as：" : "", zh, en)
                                          : "",
                                    cell.count ? STYLE_VALUE_EN : STYLE_VALUE});
    return cell;
}

static struct cell mass(struct record *record)
{
    const char *value = record_text(record, "item.mass_g");
    return cell_of(
        (struct phrase){"item.mass_g", value[0] ? record_printf(record, "%s g", value) : "", STYLE_VALUE});
}

static struct cell pieces(struct record *record)
{
    const char *value = record_text(record, "item.pieces");
    return cell_of(
        (struct phrase){"item.pieces", value[0] ? record_printf(record, "%s件", value) : "", STYLE_VALUE});
}

static double draw_caption(struct flow *flow, double x, double y)
{
    struct record *record = flow->record;
    struct style style = {.size_pt = 7.5, .ink = INK_LABEL, .placing = PLACING_CENTRE};
    struct phrase caption = {
        "item.code",
        record_printf(record, "%s %s",
                      record_is_specimen(record) ? "演示图 Demonstration of" : "样品照片 Photo of",
                      record_text(record, "item.code")),
        style};
    canvas_text(flow->canvas, &caption, 1, x, y, PHOTO_SIDE_PT);
    return canvas_height(flow->canvas, &caption, 1, PHOTO_SIDE_PT);
}

// In a square's upper part, its sides kept in proportion, the caption below it. Returns the height of both.
static double draw_photo(struct flow *flow, const struct photo *photo, double x, double y)
{
    double wide = (double)photo->width, high = (double)photo->height;
    double scale = PHOTO_SIDE_PT / (wide > high ? wide : high);
    double left = x + (PHOTO_SIDE_PT - wide * scale) / 2;
    photo_draw(photo, flow->canvas, left, y, wide * scale, high * scale);
    canvas_frame(flow->canvas, left, y, wide * scale, high * scale, 0.5, INK_RULE);
    return high * scale + draw_caption(flow, x, y + high * scale + 4) + 4;
}

void section_sample(struct flow *flow, const struct sheet *sheet)
{
    const struct photo *photo = sheet->photo;
    struct record *record = flow->record;
    bool is_claimed = record_text(record, "item.claim")[0];
    const struct pair names[] = {
        {"样品编号", "Sample No.", cell_of(record_phrase(record, STYLE_VALUE_BOLD, "item.code"))},
        {"样品名称 †", "Sample name", cell_of(record_phrase(record, STYLE_VALUE, "item.name"))},
        {"型号规格 †", "Model", cell_of(record_phrase(record, STYLE_VALUE, "item.model"))},
        {"标称等级 †", "Grade", cell_of(record_phrase(record, STYLE_VALUE, "item.grade"))},
        {"标称生产单位 †", "Producer, declared",
         cell_of(record_phrase(record, STYLE_VALUE, "item.producer"))},
        {"批号 †", "Batch", cell_of(record_phrase(record, STYLE_VALUE, "item.batch"))},
        {"生产日期 †", "Produced on", cell_of(record_phrase(record, STYLE_VALUE, "item.produced_on"))},
    };
    const struct pair figures[] = {
        {"数量", "Pieces", pieces(record)},
        {"收样质量", "Mass received", mass(record)},
        {"印记", "Mark on it", cell_of(record_phrase(record, STYLE_VALUE, "item.hallmark"))},
        {"镶嵌物", "Stones", cell_of(record_phrase(record, STYLE_VALUE, "item.stones"))},
    };
    const struct pair texts[] = {
        {"封签编号", "Seal No.", cell_of(record_phrase(record, STYLE_VALUE, "item.seal_no"))},
        {is_claimed ? "委托方声称 †" : "判定类别", is_claimed ? "Claim" : "Assessed as", claimed(record)},
        {"样品状态", "Condition", cell_of(record_phrase(record, STYLE_VALUE, "item.condition"))},
    };
    flow_heading(flow, "样品", "Sample", photo ? PHOTO_SIDE_PT + 22 : 40);
    double width = photo ? TEXT_WIDTH_PT - PHOTO_SIDE_PT - PHOTO_GAP_PT : TEXT_WIDTH_PT;
    double x = PAGE_WIDTH_PT - MARGIN_PT - PHOTO_SIDE_PT, y = flow->y + 2;
    int page = flow->page;
    double bottom = y + (photo ? draw_photo(flow, photo, x, y) : 0);
    const struct grid one_wide = {width, LABEL_PT, 0, 0},
                      two_wide = {width, LABEL_PT, photo ? 174 : width / 2, 92};
    table_grid(flow, &one_wide, names, sizeof names / sizeof names[0]);
    table_grid(flow, &two_wide, figures, sizeof figures / sizeof figures[0]);
    table_grid(flow, &one_wide, texts, sizeof texts / sizeof texts[0]);
    if (page == flow->page && flow->y < bottom)
        flow->y = bottom;
}
