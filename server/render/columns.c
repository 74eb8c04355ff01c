// SPDX-License-Identifier: Apache-2.0
// See columns.h.
#include "render/columns.h"

#include "render/styles.h"

#include <glib.h>

static const double GAP_PT = 18, NUMBER_PT = 14;

enum { FEW = 4 };

static double indent_of(const struct columns_list *list)
{
    return list->is_numbered ? NUMBER_PT : 0;
}

static double width_of(const struct columns_list *list)
{
    return (TEXT_WIDTH_PT - GAP_PT * (double)(list->across - 1)) / (double)list->across;
}

// Of every text with the space below it. The caller frees it.
static double *measure(struct flow *flow, const struct columns_list *list)
{
    double *heights = g_new(double, list->count + 1);
    for (size_t i = 0; i < list->count; i++) {
        struct phrase phrases[COLUMNS_PHRASES];
        list->item(flow->record, i, phrases);
        double height =
            canvas_height(flow->canvas, phrases, COLUMNS_PHRASES, width_of(list) - indent_of(list));
        heights[i] = height > 0 ? height + list->below : 0;
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

// How many stand in all columns beside each other.
static size_t fill(const struct columns_list *list, const double *heights, size_t count, double most)
{
    size_t filled = 0;
    for (size_t i = 0; i < list->across; i++)
        filled += column_fill(heights + filled, count - filled, most);
    return filled;
}

// The least height at which the columns hold them all; more than `most` when they do not.
static double height_of(const struct columns_list *list, const double *heights, size_t count, double most)
{
    const double step = 2;
    double height = 0;
    for (size_t i = 0; i < count; i++)
        height += heights[i] / (double)list->across;
    while (height <= most && fill(list, heights, count, height) < count)
        height += step;
    return height;
}

static void draw_column(struct flow *flow, const struct columns_list *list, const double *heights,
                        size_t first, size_t count, double x)
{
    double y = flow->y, indent = indent_of(list);
    for (size_t i = first; i < first + count; y += heights[i++]) {
        struct phrase phrases[COLUMNS_PHRASES];
        list->item(flow->record, i, phrases);
        struct phrase number = {NULL, record_printf(flow->record, "%zu", i + 1), phrases[1].style};
        if (list->is_numbered)
            canvas_text(flow->canvas, &number, 1, x, y + 0.5, indent);
        canvas_text(flow->canvas, phrases, COLUMNS_PHRASES, x + indent, y, width_of(list) - indent);
    }
}

static void draw_page(struct flow *flow, const struct columns_list *list, const double *heights, size_t first,
                      size_t count)
{
    double height = height_of(list, heights + first, count, flow_room(flow));
    for (size_t i = 0, from = first; i < list->across; i++) {
        size_t taken = column_fill(heights + from, first + count - from, height);
        draw_column(flow, list, heights, from, taken, MARGIN_PT + (double)i * (width_of(list) + GAP_PT));
        from += taken;
    }
    flow_skip(flow, height);
}

// What the list takes on one page, with its heading.
static double whole_height(const struct columns_list *list, const double *heights)
{
    return FLOW_HEADING_PT + height_of(list, heights, list->count, flow_page_room());
}

void columns_draw(struct flow *flow, const struct columns_list *list)
{
    double *heights = measure(flow, list), whole = whole_height(list, heights);
    if (list->tail > 0 && whole + list->tail <= flow_page_room())
        flow_need(flow, whole + list->tail, "statements");
    if (whole > FLOW_HEADING_PT)
        flow_heading(flow, list->zh, list->en, heights[0]);
    for (size_t first = 0, taken = 1; first < list->count && taken > 0; first += taken) {
        flow_need(flow, heights[first], "statements");
        taken = fill(list, heights + first, list->count - first, flow_room(flow));
        size_t rest = list->count - first - taken;
        if (rest > 0 && rest < FEW && taken > FEW) // not one text alone on the next page
            taken -= FEW - rest;
        draw_page(flow, list, heights, first, taken);
        if (taken > 0 && first + taken < list->count) // what is kept for the next page begins there
            flow_need(flow, flow_page_room(), "statements");
        // A text that no column holds was named by flow_need: nothing is taken, and it is not asked for ever.
    }
    g_free(heights);
}
