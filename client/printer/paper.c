// SPDX-License-Identifier: Apache-2.0
// See paper.h. Everything is drawn in points (1/72 inch), whatever the surface; labels have one page, in a
// document what flows begins a new page where it would cross the margin.
#include "printer/paper.h"

#include <cairo-pdf.h>
#include <glib.h>
#include <pango/pangocairo.h>
#include <string.h>

#include "printer/flow.h"
#include "printer/part.h"
#include "printer/values.h"
#include "wire/error.h"

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
    int width = (int)(part->width * PAPER_DOTS),
        height = (int)(part->size * 1.6 * part->lines * PAPER_DOTS / PAPER_MM) + 1;
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_A8, width, height);
    cairo_t *cairo = cairo_create(surface);
    bool held = width > 0 && cairo_status(cairo) == CAIRO_STATUS_SUCCESS;

    if (held) {
        cairo_scale(cairo, PAPER_DOTS / PAPER_MM, PAPER_DOTS / PAPER_MM);
        part_text(cairo, layout, part, text, 0, 0);
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
