// SPDX-License-Identifier: Apache-2.0
// See part.h.
#include "printer/part.h"

#include <glib.h>
#include <pango/pangocairo.h>

#include "printer/symbol.h"
#include "printer/values.h"
#include "wire/error.h"

PangoLayout *part_words(cairo_t *cairo, const struct layout *layout, const struct layout_part *part,
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

void part_text(cairo_t *cairo, const struct layout *layout, const struct layout_part *part, const char *text,
               double x_mm, double y_mm)
{
    PangoLayout *words = part_words(cairo, layout, part, text, part->width * PAPER_MM);

    pango_layout_set_height(words, -part->lines);
    pango_layout_set_ellipsize(words, PANGO_ELLIPSIZE_END);
    cairo_move_to(cairo, x_mm * PAPER_MM, y_mm * PAPER_MM);
    pango_cairo_show_layout(cairo, words);
    g_object_unref(words);
}

int part_module(const struct layout_part *part, const struct symbol *symbol)
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
    module = part_module(part, &symbol);
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

bool part_draw(cairo_t *cairo, const struct layout *layout, const struct layout_part *part,
               const struct values *values, struct ts_error *error)
{
    char *text = values_fill(values, part->words);
    bool held = true;

    if (part->kind == LAYOUT_TEXT) {
        part_text(cairo, layout, part, text, part->x, part->y);
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
