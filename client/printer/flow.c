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
#include "touchstone/v1/print.pb-c.h"
#include "wire/error.h"

enum { PAGES_MOST = 200, CELLS_MOST = 12 };

// Between a cell's line and its words, in points.
static const double CELL_EDGE = 2.5;

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

// One cell of a row: its words, and how wide it is.
struct cell {
    PangoLayout *words;
    double width, height;
};

// `48 {name}`: millimetres, then what is written. False when the number lacks.
static bool read_cell(const struct flow *flow, const struct layout_part *part, char *source,
                      struct cell *ret_cell)
{
    PangoRectangle extent;
    char *text, *end;
    double width;

    g_strstrip(source);
    width = g_ascii_strtod(source, &end) * PAPER_MM;
    // Written so that NaN is refused as well.
    if (end == source || !(width > 3 * CELL_EDGE && width < 10000))
        return false;
    text = values_fill(&flow->values, g_strchug(end));
    ret_cell->width = width;
    ret_cell->words = part_words(flow->cairo, flow->layout, part, text, width - 2 * CELL_EDGE);
    pango_layout_get_extents(ret_cell->words, NULL, &extent);
    ret_cell->height = (double)extent.height / PANGO_SCALE + 2 * CELL_EDGE;
    g_free(text);
    return true;
}

static void draw_cell(cairo_t *cairo, const struct cell *cell, double x, double y, double height,
                      bool is_head)
{
    cairo_rectangle(cairo, x, y, cell->width, height);
    if (is_head) {
        cairo_set_source_rgb(cairo, 0.91, 0.91, 0.91);
        cairo_fill_preserve(cairo);
        cairo_set_source_rgb(cairo, 0, 0, 0);
    }
    cairo_set_line_width(cairo, 0.5);
    cairo_stroke(cairo);
    cairo_move_to(cairo, x + CELL_EDGE, y + CELL_EDGE);
    pango_cairo_show_layout(cairo, cell->words);
}

static bool draw_cells(struct flow *flow, const struct layout_part *part, struct ts_error *error)
{
    gchar **sources = g_strsplit(part->words, " | ", CELLS_MOST);
    struct cell cells[CELLS_MOST];
    double height = 0, x = flow->layout->margin * PAPER_MM;
    size_t count = 0;
    bool held = true;

    for (; held && sources[count] != NULL; count += held) {
        held = read_cell(flow, part, sources[count], &cells[count]);
        if (held && cells[count].height > height)
            height = cells[count].height;
    }
    if (held && flow->y + height > bottom(flow) && flow->page < PAGES_MOST)
        turn_page(flow);
    for (size_t i = 0; i < count; i++) {
        if (held && flow->draws)
            draw_cell(flow->cairo, &cells[i], x, flow->y, height, part->is_bold);
        x += cells[i].width;
        g_object_unref(cells[i].words);
    }
    flow->y += height;
    g_strfreev(sources);
    return held || error_set(error, TS_INVALID_ARGUMENT, "LAYOUT",
                             "the layout's line %u: a cell begins with its width: 40 {name} | 30 {item_code}",
                             part->line);
}

static bool draw_one(struct flow *flow, const struct layout_part *part, struct ts_error *error)
{
    if (part->kind == LAYOUT_PARAGRAPH)
        draw_paragraph(flow, part);
    else if (part->kind == LAYOUT_GAP)
        flow->y += part->height * PAPER_MM;
    else if (part->kind == LAYOUT_RULE)
        draw_rule(flow);
    else if (part->kind == LAYOUT_CELLS)
        return draw_cells(flow, part, error);
    else if (part->kind == LAYOUT_KEEP && flow->y + part->height * PAPER_MM > bottom(flow) &&
             flow->page < PAGES_MOST)
        turn_page(flow);
    else if (part->kind <= LAYOUT_LINE && flow->draws)
        return part_draw(flow->cairo, flow->layout, part, &flow->values, error);
    return true;
}

static const ProtobufCFieldDescriptor *list_in(const ProtobufCMessage *message, const char *name)
{
    const ProtobufCFieldDescriptor *field =
        message != NULL ? protobuf_c_message_descriptor_get_field_by_name(message->descriptor, name) : NULL;

    return field != NULL && field->type == PROTOBUF_C_TYPE_MESSAGE ? field : NULL;
}

// A list that only the paper has is empty where the server was not asked.
static bool is_list_of_paper(const char *name)
{
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field_by_name(&touchstone__v1__paper__descriptor, name);

    return field != NULL && field->type == PROTOBUF_C_TYPE_MESSAGE;
}

// The parts from `first` up to the list's end, once for each element. Returns the end's place.
static size_t draw_list(struct flow *flow, size_t first, bool *held, struct ts_error *error)
{
    const struct layout *layout = flow->layout;
    const char *name = layout->parts[first].words;
    const ProtobufCFieldDescriptor *root = list_in(flow->values.root, name),
                                   *paper = list_in(flow->values.paper, name);
    const ProtobufCMessage *from = paper != NULL ? flow->values.paper : flow->values.root;
    const ProtobufCFieldDescriptor *field = paper != NULL ? paper : root;
    size_t count = field != NULL ? path_count(from, field) : 0, end = first;

    if (field == NULL && !is_list_of_paper(name))
        *held =
            error_set(error, TS_INVALID_ARGUMENT, "LAYOUT", "the layout's line %u: there is no list '%.60s'",
                      layout->parts[first].line, layout->parts[first].words);
    while (layout->parts[end].kind != LAYOUT_END)
        end++;
    for (size_t row = 0; *held && row < count; row++) {
        flow->values.row = path_element(from, field, row);
        flow->values.row_root = paper != NULL && root != NULL && row < path_count(flow->values.root, root)
                                    ? path_element(flow->values.root, root, row)
                                    : NULL;
        flow->values.number = (int)row + 1;
        for (size_t i = first + 1; *held && i < end; i++)
            *held = draw_one(flow, &layout->parts[i], error);
    }
    flow->values.row = flow->values.row_root = NULL;
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
