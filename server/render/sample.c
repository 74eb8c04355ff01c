// SPDX-License-Identifier: Apache-2.0
// The sample: what was tested, told so that nobody takes another object for it, with its photo.
#include "render/sections.h"

#include "render/styles.h"
#include "render/table.h"

static const double PHOTO_SIDE_PT = 138, PHOTO_GAP_PT = 14, LABEL_PT = 76;

static struct cell claimed(struct record *record)
{
    struct cell cell = cell_of(record_phrase(record, STYLE_VALUE, "item.claim"));
    cell_add(&cell, record_phrase(record, STYLE_VALUE_EN, "item.claimed_product_zh"));
    cell_add(&cell, record_phrase(record, STYLE_VALUE_EN, "item.claimed_product_en"));
    return cell;
}

static struct cell with_unit(struct record *record, const char *path, const char *unit)
{
    const char *value = record_text(record, "%s", path);
    return cell_of(
        (struct phrase){path, value[0] ? record_printf(record, "%s %s", value, unit) : "", STYLE_VALUE});
}

static void draw_caption(struct flow *flow, double x, double y)
{
    struct record *record = flow->record;
    struct style style = {.size_pt = 6.8, .ink = INK_LABEL, .placing = PLACING_CENTRE};
    const char *hash = record_text(record, "item.photo_sha256");
    struct phrase caption[] = {
        {"item.code", record_printf(record, "样品照片 Photo of %s", record_text(record, "item.code")), style},
        {"item.photo_sha256", hash[0] ? record_printf(record, "SHA-256 %.16s…", hash) : "", style},
    };
    canvas_text(flow->canvas, caption, 2, x, y, PHOTO_SIDE_PT);
}

// Within a square, its sides kept in proportion.
static void draw_photo(struct flow *flow, cairo_surface_t *photo, double x, double y)
{
    double wide = cairo_image_surface_get_width(photo), high = cairo_image_surface_get_height(photo);
    double scale = PHOTO_SIDE_PT / (wide > high ? wide : high);
    double left = x + (PHOTO_SIDE_PT - wide * scale) / 2, top = y + (PHOTO_SIDE_PT - high * scale) / 2;
    cairo_t *cairo = flow->canvas->cairo;
    if (cairo) {
        cairo_save(cairo);
        cairo_translate(cairo, left, top);
        cairo_scale(cairo, scale, scale);
        cairo_set_source_surface(cairo, photo, 0, 0);
        cairo_paint(cairo);
        cairo_restore(cairo);
    }
    canvas_frame(flow->canvas, left, top, wide * scale, high * scale, 0.5, INK_RULE);
}

void section_sample(struct flow *flow, cairo_surface_t *photo)
{
    struct record *record = flow->record;
    const double photo_height = PHOTO_SIDE_PT + 27;
    const struct pair names[] = {
        {"样品编号", "Sample number", cell_of(record_phrase(record, STYLE_VALUE_BOLD, "item.code"))},
        {"样品名称", "Sample", cell_of(record_phrase(record, STYLE_VALUE, "item.name"))},
    };
    const struct pair figures[] = {
        {"数量", "Pieces", cell_of(record_phrase(record, STYLE_VALUE, "item.pieces"))},
        {"质量", "Mass", with_unit(record, "item.mass_g", "g")},
        {"印记", "Hallmark", cell_of(record_phrase(record, STYLE_VALUE, "item.hallmark"))},
        {"封签编号", "Seal number", cell_of(record_phrase(record, STYLE_VALUE, "item.seal_no"))},
        {"委托单号", "Receipt number", cell_of(record_phrase(record, STYLE_VALUE, "receipt_no"))},
        {"镶嵌物", "Stones", cell_of(record_phrase(record, STYLE_VALUE, "item.stones"))},
    };
    const struct pair texts[] = {
        {"委托方声称", "Declared by the client", claimed(record)},
        {"样品状态", "Condition", cell_of(record_phrase(record, STYLE_VALUE, "item.condition"))},
    };
    flow_heading(flow, "样品", "Sample", photo ? photo_height : 40);
    double width = photo ? TEXT_WIDTH_PT - PHOTO_SIDE_PT - PHOTO_GAP_PT : TEXT_WIDTH_PT;
    double x = PAGE_WIDTH_PT - MARGIN_PT - PHOTO_SIDE_PT, y = flow->y + 3;
    int page = flow->page;
    if (photo) {
        draw_photo(flow, photo, x, y);
        draw_caption(flow, x, y + PHOTO_SIDE_PT + 3);
    }
    const struct grid one_wide = {width, LABEL_PT, 0}, two_wide = {width, LABEL_PT, width / 2};
    table_grid(flow, &one_wide, names, 2);
    table_grid(flow, &two_wide, figures, 6);
    table_grid(flow, &one_wide, texts, 2);
    if (photo && page == flow->page && flow->y < y + photo_height)
        flow->y = y + photo_height;
}
