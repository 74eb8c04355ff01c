// SPDX-License-Identifier: Apache-2.0
// See code.h.
#include "render/code.h"

#include <glib.h>
#include <qrencode.h>
#include <stdint.h>
#include <string.h>

// The length of the part that is bytes: up to and with a '#' behind which only digits follow, else all.
static size_t bytes_of(const char *text)
{
    const char *hash = strchr(text, '#');
    if (!hash || !hash[1] || hash[1 + strspn(hash + 1, "0123456789")])
        return strlen(text);
    return (size_t)(hash - text) + 1;
}

static bool append(QRinput *input, QRencodeMode mode, const char *text, size_t length)
{
    return length == 0 || QRinput_append(input, mode, (int)length, (const unsigned char *)text) == 0;
}

static QRcode *encode(const char *text)
{
    size_t length = strlen(text), bytes = bytes_of(text);
    QRinput *input = QRinput_new2(0, QR_ECLEVEL_M);
    QRcode *code = NULL;
    if (input && append(input, QR_MODE_8, text, bytes) &&
        append(input, QR_MODE_NUM, text + bytes, length - bytes))
        code = QRcode_encodeInput(input);
    QRinput_free(input);
    return code;
}

// Cairo's rows of one bit are 32-bit words of the machine (cairo_format_t): on a little-endian one the first
// square is the lowest bit of the first byte.
static void set_square(unsigned char *row, int x)
{
    uint32_t word;
    memcpy(&word, row + 4 * (x / 32), sizeof word);
    word |= (uint32_t)1 << (G_BYTE_ORDER == G_BIG_ENDIAN ? 31 - x % 32 : x % 32);
    memcpy(row + 4 * (x / 32), &word, sizeof word);
}

static cairo_surface_t *squares_of(const QRcode *code)
{
    int side = code->width + 2 * CODE_QUIET;
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_A1, side, side);
    if (cairo_surface_status(surface) != CAIRO_STATUS_SUCCESS) {
        cairo_surface_destroy(surface);
        return NULL;
    }
    cairo_surface_flush(surface);
    unsigned char *bits = cairo_image_surface_get_data(surface);
    int stride = cairo_image_surface_get_stride(surface);
    for (int y = 0; y < code->width; y++)
        for (int x = 0; x < code->width; x++)
            if (code->data[y * code->width + x] & 1)
                set_square(bits + (size_t)(y + CODE_QUIET) * (size_t)stride, x + CODE_QUIET);
    cairo_surface_mark_dirty(surface);
    return surface;
}

bool code_make(const char *text, const char *field, struct code *ret_code, struct ts_error *error)
{
    struct code made = {.squares = NULL};
    if (!text || !text[0]) {
        *ret_code = made;
        return true;
    }
    QRcode *code = encode(text);
    if (!code)
        return error_violation(error, field, "is too long for a code");
    made.version = code->version;
    made.side = code->width + 2 * CODE_QUIET;
    if (made.version <= CODE_VERSION_MOST)
        made.squares = squares_of(code);
    QRcode_free(code);
    if (made.version > CODE_VERSION_MOST)
        return error_violation(error, field, "needs a code of version %d, above %d", made.version,
                               CODE_VERSION_MOST);
    if (!made.squares)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "MEMORY", "no memory for a code");
    *ret_code = made;
    return true;
}

void code_done(struct code *code)
{
    if (code->squares)
        cairo_surface_destroy(code->squares);
    code->squares = NULL;
}

void code_draw(const struct code *code, cairo_t *cairo, double x, double y, double side_pt)
{
    if (!cairo || !code->squares)
        return;
    cairo_save(cairo);
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_rectangle(cairo, x, y, side_pt, side_pt);
    cairo_fill(cairo);
    cairo_translate(cairo, x, y);
    cairo_scale(cairo, side_pt / code->side, side_pt / code->side);
    cairo_pattern_t *pattern = cairo_pattern_create_for_surface(code->squares);
    cairo_pattern_set_filter(pattern, CAIRO_FILTER_NEAREST);
    cairo_set_source_rgb(cairo, 0, 0, 0);
    cairo_mask(cairo, pattern);
    cairo_pattern_destroy(pattern);
    cairo_restore(cairo);
}
