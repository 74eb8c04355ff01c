// SPDX-License-Identifier: Apache-2.0
// See paper.h. Everything is drawn in points (1/72 inch), whatever the surface; labels have one page, in a
// document what flows begins a new page where it would cross the margin.
#include "printer/paper.h"

#include <cairo-pdf.h>
#include <glib.h>
#include <pango/pangocairo.h>
#include <string.h>

#include "printer/flow.h"
#include "printer/symbol.h"
#include "printer/values.h"
#include "wire/error.h"

PangoLayout *paper_words(cairo_t *cairo, const struct layout *layout, const struct layout_part *part,
                         const char *text, double width)
{
    PangoLayout *words = pango_cairo_create_layout(cairo);
    PangoFontDescription *font = pango_font_description_new();
    static const PangoAlignment ALIGN[] = {PANGO_ALIGN_LEFT, PANGO_ALIGN_CENTER, PANGO_ALIGN_RIGHT};

    pango_font_description_set_family(font, layout->font);
    pango_font_description_set_absolute_size(font, part->size * PANGO_SCALE);
    pango_font_description_set_weight(font, part->is_bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(words, font);
    pango_font_description_free(font);
    pango_context_set_round_glyph_positions(pango_layout_get_context(words), FALSE);
    pango_layout_set_alignment(words, ALIGN[part->align]);
    pango_layout_set_width(words, (int)(width * PANGO_SCALE));
    pango_layout_set_wrap(words, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_text(words, text, -1);
    return words;
}

// One line: what is too long ends in an ellipsis and never runs into what stands beside it.
static void draw_text(cairo_t *cairo, const struct layout *layout, const struct layout_part *part,
                      const char *text, double x_mm, double y_mm)
{
    PangoLayout *words = paper_words(cairo, layout, part, text, part->width * PAPER_MM);

    pango_layout_set_ellipsize(words, PANGO_ELLIPSIZE_END);
    cairo_move_to(cairo, x_mm * PAPER_MM, y_mm * PAPER_MM);
    pango_cairo_show_layout(cairo, words);
    g_object_unref(words);
}

int paper_module(const struct layout_part *part, const struct symbol *symbol)
{
    return (int)(part->width * PAPER_DOTS) / (symbol->width + 2 * symbol->quiet);
}

static bool draw_code(cairo_t *cairo, const struct layout_part *part, const char *text,
                      struct ts_error *error)
{
    struct symbol symbol;
    int module;
    double dot = PAPER_MM / PAPER_DOTS, height, x, y;

    if (!symbol_make(part->kind, text, &symbol, error))
        return false;
    module = paper_module(part, &symbol);
    if (module == 0)
        return error_set(error, TS_INVALID_ARGUMENT, "LAYOUT",
                         "the layout's line %u: the code of '%.60s' is wider than its place", part->line,
                         text);
    height = part->kind == LAYOUT_CODE128 ? part->height * PAPER_MM : module * dot;
    // In the middle of its place, on whole dots.
    x = ((int)(part->x * PAPER_DOTS) + ((int)(part->width * PAPER_DOTS) - symbol.width * module) / 2) * dot;
    y = (int)(part->y * PAPER_DOTS) * dot;
    if (part->kind != LAYOUT_CODE128)
        y += ((int)(part->width * PAPER_DOTS) - symbol.height * module) / 2 * dot;
    cairo_save(cairo);
    cairo_set_antialias(cairo, CAIRO_ANTIALIAS_NONE);
    for (int row = 0; row < symbol.height; row++)
        for (int column = 0; column < symbol.width; column++)
            if (symbol_is_black(&symbol, column, row))
                cairo_rectangle(cairo, x + column * module * dot, y + row * height, module * dot, height);
    cairo_fill(cairo);
    cairo_restore(cairo);
    return true;
}

bool paper_part(cairo_t *cairo, const struct layout *layout, const struct layout_part *part,
                const struct values *values, struct ts_error *error)
{
    char *text = values_fill(values, part->words);
    bool held = true;

    if (part->kind == LAYOUT_TEXT) {
        draw_text(cairo, layout, part, text, part->x, part->y);
    } else if (part->kind == LAYOUT_LINE) {
        cairo_rectangle(cairo, part->x * PAPER_MM, part->y * PAPER_MM, part->width * PAPER_MM,
                        part->height * PAPER_MM);
        cairo_fill(cairo);
    } else if (part->kind <= LAYOUT_DATAMATRIX && text[0] != '\0') {
        held = draw_code(cairo, part, text, error);
    }
    g_free(text);
    return held;
}

static cairo_status_t append(void *bytes, const unsigned char *data, unsigned length)
{
    g_byte_array_append(bytes, data, length);
    return CAIRO_STATUS_SUCCESS;
}

static cairo_surface_t *open_surface(const struct layout *layout, enum paper_format format, GByteArray *bytes)
{
    if (format == PAPER_PDF)
        return cairo_pdf_surface_create_for_stream(append, bytes, layout->width * PAPER_MM,
                                                   layout->height * PAPER_MM);
    return cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)(layout->width * PAPER_DOTS),
                                      (int)(layout->height * PAPER_DOTS));
}

static cairo_t *begin(cairo_surface_t *surface, enum paper_format format)
{
    cairo_t *cairo = cairo_create(surface);

    if (format == PAPER_PNG) {
        cairo_set_source_rgb(cairo, 1, 1, 1);
        cairo_paint(cairo);
        cairo_scale(cairo, PAPER_DOTS / PAPER_MM, PAPER_DOTS / PAPER_MM);
    }
    cairo_set_source_rgb(cairo, 0, 0, 0);
    return cairo;
}

bool paper_draw(const struct layout *layout, const struct values *values, enum paper_format format,
                unsigned char **ret_bytes, size_t *ret_length, struct ts_error *error)
{
    GByteArray *bytes = g_byte_array_new();
    cairo_surface_t *surface = open_surface(layout, format, bytes);
    cairo_t *cairo = begin(surface, format);
    bool held = flow_draw(cairo, layout, values, format == PAPER_PDF, error);
    cairo_status_t status = cairo_status(cairo);

    cairo_destroy(cairo);
    if (status == CAIRO_STATUS_SUCCESS && format == PAPER_PNG)
        status = cairo_surface_write_to_png_stream(surface, append, bytes);
    cairo_surface_finish(surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    if (held && status != CAIRO_STATUS_SUCCESS)
        held = error_set(error, TS_INTERNAL, "PRINT_DRAW", "it cannot be drawn: %s",
                         cairo_status_to_string(status));
    if (held)
        *ret_length = bytes->len;
    if (held)
        *ret_bytes = g_byte_array_free(bytes, FALSE);
    else
        g_byte_array_free(bytes, TRUE);
    return held;
}

bool paper_text_bitmap(const struct layout *layout, const struct layout_part *part, const char *text,
                       struct paper_bitmap *ret_bitmap, struct ts_error *error)
{
    int width = (int)(part->width * PAPER_DOTS), height = (int)(part->size * 1.6 * PAPER_DOTS / PAPER_MM) + 1;
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_A8, width, height);
    cairo_t *cairo = cairo_create(surface);
    bool held = width > 0 && cairo_status(cairo) == CAIRO_STATUS_SUCCESS;

    if (held) {
        cairo_scale(cairo, PAPER_DOTS / PAPER_MM, PAPER_DOTS / PAPER_MM);
        draw_text(cairo, layout, part, text, 0, 0);
    }
    cairo_destroy(cairo);
    cairo_surface_flush(surface);
    if (held) {
        const unsigned char *grey = cairo_image_surface_get_data(surface);
        int stride = cairo_image_surface_get_stride(surface);

        *ret_bitmap = (struct paper_bitmap){.width = width, .height = height, .stride = (width + 7) / 8};
        ret_bitmap->bits = g_malloc0((gsize)ret_bitmap->stride * (gsize)height);
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
                if (grey[y * stride + x] >= 128)
                    ret_bitmap->bits[y * ret_bitmap->stride + x / 8] |= (unsigned char)(0x80 >> x % 8);
    }
    cairo_surface_destroy(surface);
    return held || error_set(error, TS_INTERNAL, "PRINT_DRAW", "a text cannot be drawn");
}
