// SPDX-License-Identifier: Apache-2.0
// Text and lines on pages, see canvas.h.
#include "render/canvas.h"

#include "render/layouts.h"

#include <pango/pangocairo.h>
#include <stdlib.h>

static const double INKS[][3] = {
    [INK_TEXT] = {0.09, 0.10, 0.13},     [INK_LABEL] = {0.29, 0.32, 0.38}, [INK_ACCENT] = {0.07, 0.20, 0.36},
    [INK_RULE] = {0.74, 0.77, 0.81},     [INK_TINT] = {0.94, 0.955, 0.97}, [INK_GOLD] = {0.69, 0.54, 0.23},
    [INK_ALERT] = {0.72, 0.11, 0.11},    [INK_PASS] = {0.09, 0.40, 0.22},  [INK_DOUBT] = {0.58, 0.34, 0.0},
    [INK_GHOST] = {0.985, 0.938, 0.930},
};

static const double ROUNDING_PT = 0.51;

// A line of Noto CJK is 1.45 em high by its own metrics. Lines of a paragraph stand closer (layouts.h); what
// stands one below the other as paragraphs of a line each comes closer by this much, half above, half below.
static const double TRIM_EM = 0.14;

static double trim_of(const struct phrase *phrase)
{
    return phrase->style.size_pt * TRIM_EM;
}

void canvas_init(struct canvas *canvas, PangoFontMap *map)
{
    *canvas = (struct canvas){.layouts = layouts_create(map)};
}

void canvas_done(struct canvas *canvas)
{
    layouts_free(canvas->layouts);
}

void canvas_end_document(struct canvas *canvas)
{
    layouts_end_document(canvas->layouts);
    if (canvas->ghost)
        cairo_surface_destroy(canvas->ghost);
    *canvas = (struct canvas){.layouts = canvas->layouts};
}

static void set_ink(struct canvas *canvas, enum ink ink)
{
    cairo_set_source_rgb(canvas->cairo, INKS[ink][0], INKS[ink][1], INKS[ink][2]);
}

static void fail(struct canvas *canvas, const struct phrase *phrase, const char *why)
{
    if (canvas->error.status == TS_OK)
        error_violation(&canvas->error, phrase->field ? phrase->field : "layout", "%s", why);
}

// `width` < 0: one line, however long. The ink is the drawer's matter.
static PangoLayout *layout_of(struct canvas *canvas, const struct phrase *phrase, double width)
{
    enum layouts_state state;
    PangoLayout *layout = layouts_get(canvas->layouts, phrase, width, canvas->shows_code_points, &state);
    canvas->has_code_points = canvas->has_code_points || state == LAYOUTS_CODE_POINTS;
    if (state == LAYOUTS_LACKING)
        fail(canvas, phrase, "has a character that the sheet's fonts cannot draw");
    return layout;
}

static double layout_height(struct canvas *canvas, PangoLayout *layout, const struct phrase *phrase,
                            double width)
{
    PangoRectangle logical;
    pango_layout_get_extents(layout, NULL, &logical);
    if (width >= 0 && (double)logical.width / PANGO_SCALE > width + ROUNDING_PT)
        fail(canvas, phrase, "does not fit into its column");
    return (double)logical.height / PANGO_SCALE - trim_of(phrase);
}

double canvas_height(struct canvas *canvas, const struct phrase *phrases, size_t count, double width)
{
    double height = 0;
    for (size_t i = 0; i < count; i++) {
        if (!phrases[i].text[0])
            continue;
        PangoLayout *layout = layout_of(canvas, &phrases[i], width);
        height += layout_height(canvas, layout, &phrases[i], width);
    }
    return height;
}

void canvas_text(struct canvas *canvas, const struct phrase *phrases, size_t count, double x, double y,
                 double width)
{
    for (size_t i = 0; i < count; i++) {
        if (!phrases[i].text[0])
            continue;
        PangoLayout *layout = layout_of(canvas, &phrases[i], width);
        if (canvas->cairo) {
            set_ink(canvas, phrases[i].style.ink);
            cairo_move_to(canvas->cairo, x, y - trim_of(&phrases[i]) / 2);
            pango_cairo_show_layout(canvas->cairo, layout);
        }
        y += layout_height(canvas, layout, &phrases[i], width);
    }
}

double canvas_width(struct canvas *canvas, const struct phrase *phrase)
{
    PangoRectangle logical;
    PangoLayout *layout = layout_of(canvas, phrase, -1);
    pango_layout_get_extents(layout, NULL, &logical);
    return (double)logical.width / PANGO_SCALE;
}

void canvas_fit(struct canvas *canvas, struct phrase *phrase, double width, double smallest_pt)
{
    const double step_pt = 0.25;
    while (phrase->style.size_pt - step_pt >= smallest_pt && canvas_width(canvas, phrase) > width)
        phrase->style.size_pt -= step_pt;
}

void canvas_line(struct canvas *canvas, double x, double y, double x_end, double y_end, double thickness,
                 enum ink ink)
{
    if (!canvas->cairo)
        return;
    set_ink(canvas, ink);
    cairo_set_line_width(canvas->cairo, thickness);
    cairo_move_to(canvas->cairo, x, y);
    cairo_line_to(canvas->cairo, x_end, y_end);
    cairo_stroke(canvas->cairo);
}

void canvas_fill(struct canvas *canvas, double x, double y, double width, double height, enum ink ink)
{
    if (!canvas->cairo)
        return;
    set_ink(canvas, ink);
    cairo_rectangle(canvas->cairo, x, y, width, height);
    cairo_fill(canvas->cairo);
}

void canvas_frame(struct canvas *canvas, double x, double y, double width, double height, double thickness,
                  enum ink ink)
{
    if (!canvas->cairo)
        return;
    set_ink(canvas, ink);
    cairo_set_line_width(canvas->cairo, thickness);
    cairo_rectangle(canvas->cairo, x, y, width, height);
    cairo_stroke(canvas->cairo);
}

// All of the page, so that its numbers are those that the page itself would have.
static cairo_surface_t *draw_ghost(struct canvas *canvas, const char *text, double x, double y,
                                   double size_pt, double degrees)
{
    const cairo_rectangle_t page = {0, 0, 2 * x, 2 * y};
    cairo_surface_t *ghost = cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, &page);
    cairo_t *cairo = cairo_create(ghost);
    struct phrase phrase = {NULL, text, {.size_pt = size_pt, .bold = true, .tracking_pt = size_pt / 12}};
    PangoRectangle logical;
    PangoLayout *layout = layout_of(canvas, &phrase, -1);
    pango_layout_get_extents(layout, NULL, &logical);
    cairo_translate(cairo, x, y);
    cairo_rotate(cairo, degrees * G_PI / 180);
    cairo_move_to(cairo, -(double)logical.width / PANGO_SCALE / 2, -(double)logical.height / PANGO_SCALE / 2);
    pango_cairo_layout_path(cairo, layout);
    cairo_set_source_rgb(cairo, INKS[INK_GHOST][0], INKS[INK_GHOST][1], INKS[INK_GHOST][2]);
    cairo_fill(cairo);
    cairo_destroy(cairo);
    return ghost;
}

void canvas_ghost(struct canvas *canvas, const char *text, double x, double y, double size_pt, double degrees)
{
    if (!canvas->cairo)
        return;
    if (!canvas->ghost)
        canvas->ghost = draw_ghost(canvas, text, x, y, size_pt, degrees);
    cairo_set_source_surface(canvas->cairo, canvas->ghost, 0, 0);
    cairo_paint(canvas->cairo);
}

struct canvas_lines {
    PangoLayout *layout; // the canvas's
    struct style style;
    int next;
};

struct canvas_lines *canvas_lines_create(struct canvas *canvas, const struct phrase *phrase, double width)
{
    struct canvas_lines *lines = g_new0(struct canvas_lines, 1);
    lines->layout = layout_of(canvas, phrase, width);
    lines->style = phrase->style;
    layout_height(canvas, lines->layout, phrase, width);
    return lines;
}

void canvas_lines_free(struct canvas_lines *lines)
{
    if (!lines)
        return;
    g_free(lines);
}

double canvas_lines_height(const struct canvas_lines *lines)
{
    PangoRectangle logical;
    PangoLayoutLine *line = pango_layout_get_line_readonly(lines->layout, lines->next);
    if (!line || !pango_layout_get_text(lines->layout)[0])
        return 0;
    pango_layout_line_get_extents(line, NULL, &logical);
    return (double)logical.height / PANGO_SCALE * LAYOUTS_LINE_SPACING;
}

void canvas_lines_draw(struct canvas *canvas, struct canvas_lines *lines, double x, double y)
{
    PangoRectangle logical;
    PangoLayoutLine *line = pango_layout_get_line_readonly(lines->layout, lines->next++);
    pango_layout_line_get_extents(line, NULL, &logical);
    if (!canvas->cairo)
        return;
    set_ink(canvas, lines->style.ink);
    cairo_move_to(canvas->cairo, x, y - (double)logical.y / PANGO_SCALE);
    pango_cairo_show_layout_line(canvas->cairo, line);
}
