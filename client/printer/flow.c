// SPDX-License-Identifier: Apache-2.0
// See flow.h. A document is gone through twice: first to count its pages, then to draw them, so that each
// page says of how many it is.
#include "printer/flow.h"

#include <glib.h>
#include <pango/pangocairo.h>

#include "message/path.h"
#include "printer/layout.h"
#include "printer/part.h"
#include "printer/values.h"
#include "wire/error.h"

enum { PAGES_MOST = 200 };

struct flow {
    cairo_t *cairo;
    const struct layout *layout;
    struct values values;
    double y; // in points
    int page, pages;
    bool draws, has_pages;
};

static void draw_foot(struct flow *flow)
{
    const struct layout *layout = flow->layout;
    double width = (layout->width - 2 * layout->margin) * PAPER_MM;

    flow->values.page = flow->page;
    flow->values.pages = flow->pages;
    for (size_t i = 0; flow->draws && i < layout->count; i++)
        if (layout->parts[i].kind == LAYOUT_FOOT) {
            char *text = values_fill(&flow->values, layout->parts[i].words);
            PangoLayout *words = part_words(flow->cairo, layout, &layout->parts[i], text, width);

            cairo_move_to(flow->cairo, layout->margin * PAPER_MM,
                          (layout->height - layout->margin + 4) * PAPER_MM);
            pango_cairo_show_layout(flow->cairo, words);
            g_object_unref(words);
            g_free(text);
        }
}

static void turn_page(struct flow *flow)
{
    draw_foot(flow);
    if (flow->draws && flow->has_pages)
        cairo_show_page(flow->cairo);
    flow->page++;
    flow->y = flow->layout->margin * PAPER_MM;
}

static double bottom(const struct flow *flow)
{
    return (flow->layout->height - flow->layout->margin) * PAPER_MM;
}

static void draw_paragraph(struct flow *flow, const struct layout_part *part)
{
    char *text = values_fill(&flow->values, part->words);
    PangoLayout *words = part_words(flow->cairo, flow->layout, part, text,
                                    (flow->layout->width - 2 * flow->layout->margin) * PAPER_MM);
    PangoRectangle extent;
    double height;

    pango_layout_get_extents(words, NULL, &extent);
    height = (double)extent.height / PANGO_SCALE;
    if (flow->y + height > bottom(flow) && flow->page < PAGES_MOST)
        turn_page(flow);
    if (flow->draws) {
        cairo_move_to(flow->cairo, flow->layout->margin * PAPER_MM, flow->y);
        pango_cairo_show_layout(flow->cairo, words);
    }
    flow->y += height;
    g_object_unref(words);
    g_free(text);
}

static void draw_rule(struct flow *flow)
{
    double width = (flow->layout->width - 2 * flow->layout->margin) * PAPER_MM;

    flow->y += 3;
    if (flow->draws) {
        cairo_rectangle(flow->cairo, flow->layout->margin * PAPER_MM, flow->y, width, 0.6);
        cairo_fill(flow->cairo);
    }
    flow->y += 4;
}

static bool draw_one(struct flow *flow, const struct layout_part *part, struct ts_error *error)
{
    if (part->kind == LAYOUT_PARAGRAPH)
        draw_paragraph(flow, part);
    else if (part->kind == LAYOUT_GAP)
        flow->y += part->height * PAPER_MM;
    else if (part->kind == LAYOUT_RULE)
        draw_rule(flow);
    else if (part->kind <= LAYOUT_LINE && flow->draws)
        return part_draw(flow->cairo, flow->layout, part, &flow->values, error);
    return true;
}

static const ProtobufCFieldDescriptor *list_of(const struct flow *flow, const struct layout_part *part)
{
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field_by_name(flow->values.root->descriptor, part->words);

    return field != NULL && field->type == PROTOBUF_C_TYPE_MESSAGE ? field : NULL;
}

// The parts from `first` up to the list's end, once for each element. Returns the end's place.
static size_t draw_list(struct flow *flow, size_t first, bool *held, struct ts_error *error)
{
    const struct layout *layout = flow->layout;
    const ProtobufCFieldDescriptor *field = list_of(flow, &layout->parts[first]);
    size_t count = field != NULL ? path_count(flow->values.root, field) : 0, end = first;

    if (field == NULL)
        *held =
            error_set(error, TS_INVALID_ARGUMENT, "LAYOUT", "the layout's line %u: there is no list '%.60s'",
                      layout->parts[first].line, layout->parts[first].words);
    while (layout->parts[end].kind != LAYOUT_END)
        end++;
    for (size_t row = 0; *held && row < count; row++) {
        flow->values.row = path_element(flow->values.root, field, row);
        flow->values.number = (int)row + 1;
        for (size_t i = first + 1; *held && i < end; i++)
            *held = draw_one(flow, &layout->parts[i], error);
    }
    flow->values.row = NULL;
    return end;
}

static bool go_through(struct flow *flow, struct ts_error *error)
{
    bool held = true;

    flow->page = 1;
    flow->y = flow->layout->margin * PAPER_MM;
    for (size_t i = 0; held && i < flow->layout->count; i++)
        if (flow->layout->parts[i].kind == LAYOUT_EACH)
            i = draw_list(flow, i, &held, error);
        else
            held = draw_one(flow, &flow->layout->parts[i], error);
    draw_foot(flow);
    return held;
}

bool flow_draw(cairo_t *cairo, const struct layout *layout, const struct values *values, bool has_pages,
               struct ts_error *error)
{
    struct flow flow = {.cairo = cairo, .layout = layout, .values = *values, .has_pages = has_pages};

    if (!go_through(&flow, error))
        return false;
    flow.pages = flow.page;
    flow.draws = true;
    if (!go_through(&flow, error))
        return false;
    if (has_pages)
        cairo_show_page(cairo);
    return true;
}
