// SPDX-License-Identifier: Apache-2.0
// The pen that draws with cairo and pango, see chart_png.h.
#include "render/chart_png.h"

#include "quality/bar_chart.h"
#include "quality/chart_pen.h"
#include "quality/control_chart.h"
#include "render/fonts.h"
#include "wire/error.h"

#include <cairo.h>
#include <pango/pangocairo.h>

struct easel {
    cairo_t *cairo;
    PangoContext *context;
};

struct outlet {
    chart_png_sink *sink;
    void *state;
};

static void set_colour(cairo_t *cairo, uint32_t rgb)
{
    cairo_set_source_rgb(cairo, (double)(rgb >> 16 & 255) / 255, (double)(rgb >> 8 & 255) / 255,
                         (double)(rgb & 255) / 255);
}

static void follow(cairo_t *cairo, const struct chart_place *places, size_t count)
{
    cairo_new_path(cairo);
    for (size_t i = 0; i < count; i++)
        cairo_line_to(cairo, places[i].x / 10.0, places[i].y / 10.0);
}

static void put_stroke(cairo_t *cairo, const struct chart_stroke *stroke)
{
    double dash = stroke->dash / 10.0;
    set_colour(cairo, stroke->rgb);
    cairo_set_line_width(cairo, stroke->width / 10.0);
    cairo_set_dash(cairo, &dash, stroke->dash ? 1 : 0, 0);
    cairo_stroke(cairo);
}

static void line(void *state, const struct chart_place *places, size_t count,
                 const struct chart_stroke *stroke)
{
    struct easel *easel = state;
    follow(easel->cairo, places, count);
    put_stroke(easel->cairo, stroke);
}

static void area(void *state, const struct chart_place *places, size_t count, uint32_t fill,
                 const struct chart_stroke *stroke)
{
    struct easel *easel = state;
    follow(easel->cairo, places, count);
    cairo_close_path(easel->cairo);
    set_colour(easel->cairo, fill);
    cairo_fill_preserve(easel->cairo);
    put_stroke(easel->cairo, stroke);
}

static void disc(void *state, struct chart_place centre, int radius, uint32_t fill,
                 const struct chart_stroke *stroke)
{
    struct easel *easel = state;
    cairo_new_path(easel->cairo);
    cairo_arc(easel->cairo, centre.x / 10.0, centre.y / 10.0, radius / 10.0, 0, 2 * G_PI);
    set_colour(easel->cairo, fill);
    cairo_fill_preserve(easel->cairo);
    put_stroke(easel->cairo, stroke);
}

static PangoLayout *layout_of(struct easel *easel, const struct chart_words *how, const char *text)
{
    PangoLayout *layout = pango_layout_new(easel->context);
    PangoFontDescription *font = pango_font_description_new();
    pango_font_description_set_family(font, FONTS_FAMILY "," FONTS_FALLBACK);
    pango_font_description_set_weight(font, how->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_font_description_set_absolute_size(font, how->size * PANGO_SCALE / 10.0);
    pango_layout_set_font_description(layout, font);
    pango_layout_set_single_paragraph_mode(layout, TRUE);
    pango_layout_set_text(layout, text, -1);
    pango_font_description_free(font);
    return layout;
}

static void words(void *state, struct chart_place place, const struct chart_words *how, const char *text)
{
    struct easel *easel = state;
    PangoLayout *layout = layout_of(easel, how, text);
    double width = 0, share = how->anchor == CHART_MIDDLE ? 0.5 : how->anchor == CHART_END ? 1 : 0;
    PangoRectangle logical;
    pango_layout_get_extents(layout, NULL, &logical);
    width = (double)logical.width / PANGO_SCALE;
    cairo_new_path(easel->cairo);
    cairo_move_to(easel->cairo, place.x / 10.0 - share * width,
                  place.y / 10.0 - (double)pango_layout_get_baseline(layout) / PANGO_SCALE);
    pango_cairo_layout_path(easel->cairo, layout);
    set_colour(easel->cairo, how->rgb);
    cairo_fill(easel->cairo);
    g_object_unref(layout);
}

static cairo_status_t pour(void *state, const unsigned char *bytes, unsigned length)
{
    struct outlet *outlet = state;
    return outlet->sink(outlet->state, bytes, length) ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

// Widths as the SVG has them, and as the drawing reckons with.
static void measure_exactly(PangoContext *context)
{
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(context, options);
    pango_context_set_round_glyph_positions(context, FALSE);
    cairo_font_options_destroy(options);
}

// What is drawn, and how.
struct subject {
    const struct control_chart *chart;
    const Touchstone__Internal__V1__BarChart *bars; // instead
    int width, height;
};

static bool paint(const struct subject *subject, PangoFontMap *map, int scale, struct outlet *outlet,
                  struct ts_error *error)
{
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, subject->width * scale, subject->height * scale);
    struct easel easel = {.cairo = cairo_create(surface), .context = pango_font_map_create_context(map)};
    const struct chart_pen pen = {.state = &easel, .line = line, .area = area, .disc = disc, .words = words};
    measure_exactly(easel.context);
    cairo_scale(easel.cairo, scale, scale);
    set_colour(easel.cairo, 0xFFFFFF);
    cairo_paint(easel.cairo);
    bool drawn = subject->bars ? bar_chart_draw(subject->bars, &pen, error)
                               : control_chart_draw(subject->chart, &pen, error);
    bool whole = cairo_status(easel.cairo) == CAIRO_STATUS_SUCCESS;
    bool written =
        drawn && whole && cairo_surface_write_to_png_stream(surface, pour, outlet) == CAIRO_STATUS_SUCCESS;
    g_object_unref(easel.context);
    cairo_destroy(easel.cairo);
    cairo_surface_destroy(surface);
    return written ||
           (drawn && error_set(error, TS_INTERNAL, "CHART_PNG", "The chart could not be made into a PNG."));
}

bool chart_png_write(const struct control_chart *chart, PangoFontMap *map, int scale, chart_png_sink *sink,
                     void *state, struct ts_error *error)
{
    const struct subject subject = {
        .chart = chart, .width = CONTROL_CHART_WIDTH, .height = control_chart_height(chart)};
    return paint(&subject, map, scale, &(struct outlet){.sink = sink, .state = state}, error);
}

bool chart_png_write_bars(const Touchstone__Internal__V1__BarChart *bars, PangoFontMap *map, int scale,
                          chart_png_sink *sink, void *state, struct ts_error *error)
{
    const struct subject subject = {.bars = bars, .width = BAR_CHART_WIDTH, .height = bar_chart_height(bars)};
    return paint(&subject, map, scale, &(struct outlet){.sink = sink, .state = state}, error);
}
