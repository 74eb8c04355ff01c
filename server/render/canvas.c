// SPDX-License-Identifier: Apache-2.0
// Text and lines on pages, see canvas.h. The pango context is not taken from the cairo context: measuring
// and drawing, whatever the surface, give the same positions.
#include "render/canvas.h"

#include "render/fonts.h"

#include <limits.h>
#include <math.h>
#include <pango/pangocairo.h>
#include <stdlib.h>
#include <string.h>

static const double INKS[][3] = {
    [INK_TEXT] = {0.09, 0.10, 0.13},     [INK_LABEL] = {0.29, 0.32, 0.38}, [INK_ACCENT] = {0.07, 0.20, 0.36},
    [INK_RULE] = {0.74, 0.77, 0.81},     [INK_TINT] = {0.94, 0.955, 0.97}, [INK_GOLD] = {0.69, 0.54, 0.23},
    [INK_ALERT] = {0.72, 0.11, 0.11},    [INK_PASS] = {0.09, 0.40, 0.22},  [INK_DOUBT] = {0.58, 0.34, 0.0},
    [INK_GHOST] = {0.985, 0.938, 0.930},
};

// Baselines of Noto CJK stand 1.45 em apart by its own metrics; tables read better a little closer.
static const double LINE_SPACING = 0.86;
static const double ROUNDING_PT = 0.51;

void canvas_init(struct canvas *canvas, PangoFontMap *map)
{
    *canvas = (struct canvas){
        .pango = pango_font_map_create_context(map),
        .layouts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_object_unref),
    };
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    pango_cairo_context_set_font_options(canvas->pango, options);
    cairo_font_options_destroy(options);
    pango_cairo_context_set_resolution(canvas->pango, 72);
    pango_context_set_round_glyph_positions(canvas->pango, FALSE);
    pango_context_set_language(canvas->pango, pango_language_from_string("zh-cn"));
    pango_context_set_base_dir(canvas->pango, PANGO_DIRECTION_LTR);
}

void canvas_done(struct canvas *canvas)
{
    g_hash_table_unref(canvas->layouts);
    g_object_unref(canvas->pango);
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

static bool is_wide(gunichar character)
{
    return character >= 0x2E80;
}

// Marks that Chinese sets full width and English narrow, under one code each.
static bool is_shared_mark(gunichar character)
{
    static const gunichar MARKS[] = {0xB7, 0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2026};
    for (size_t i = 0; i < sizeof MARKS / sizeof MARKS[0]; i++)
        if (MARKS[i] == character)
            return true;
    return false;
}

// The character beside `at`, spaces and other such marks skipped; 0 at the text's end.
static gunichar neighbour(const char *text, const char *at, bool after)
{
    gunichar character = ' ';
    while (character == ' ' || is_shared_mark(character)) {
        if (!after && at == text)
            return 0;
        at = after ? g_utf8_next_char(at) : g_utf8_prev_char(at);
        character = g_utf8_get_char(at);
    }
    return character;
}

// Narrow marks where no Chinese stands on either side.
static void add_narrow_marks(PangoAttrList *list, const char *text)
{
    for (const char *at = text; *at; at = g_utf8_next_char(at)) {
        if (!is_shared_mark(g_utf8_get_char(at)) || is_wide(neighbour(text, at, false)) ||
            is_wide(neighbour(text, at, true)))
            continue;
        PangoAttribute *narrow = pango_attr_font_features_new("pwid");
        narrow->start_index = (guint)(at - text);
        narrow->end_index = (guint)(g_utf8_next_char(at) - text);
        pango_attr_list_insert(list, narrow);
    }
}

// "X-ray" is one word: no break behind a hyphen that follows a single letter.
static void add_short_words(PangoAttrList *list, const char *text)
{
    for (const char *at = strchr(text, '-'); at; at = strchr(at + 1, '-')) {
        if (at == text || !g_ascii_isalpha(at[-1]) || (at - text > 1 && at[-2] != ' ') ||
            !g_ascii_isalpha(at[1]))
            continue;
        PangoAttribute *whole = pango_attr_allow_breaks_new(FALSE);
        whole->start_index = (guint)(at - 1 - text);
        whole->end_index = (guint)(at + 2 - text);
        pango_attr_list_insert(list, whole);
    }
}

// A standard's letters and its number, a number and its sign: "GB/T 9288", "2.0 ‰".
static bool holds(const char *text, const char *at)
{
    if (at == text || (*at != ' ' && *at != '/'))
        return false;
    if (*at == '/' || g_ascii_isupper(at[-1]))
        return g_ascii_isupper(at[-1]) && (*at == '/' ? g_ascii_isupper(at[1]) : g_ascii_isdigit(at[1]));
    return g_ascii_isdigit(at[-1]) && (strncmp(at + 1, "‰", 3) == 0 || at[1] == '%');
}

static void add_held_marks(PangoAttrList *list, const char *text)
{
    for (const char *at = text; *at; at++) {
        if (!holds(text, at))
            continue;
        PangoAttribute *whole = pango_attr_allow_breaks_new(FALSE);
        whole->start_index = (guint)(at - 1 - text);
        whole->end_index = (guint)(at + 2 - text);
        pango_attr_list_insert(list, whole);
    }
}

static void set_attributes(PangoLayout *layout, const struct phrase *phrase)
{
    PangoAttrList *list = pango_attr_list_new();
    if (phrase->style.tracking_pt > 0)
        pango_attr_list_insert(list,
                               pango_attr_letter_spacing_new((int)(phrase->style.tracking_pt * PANGO_SCALE)));
    add_narrow_marks(list, phrase->text);
    add_short_words(list, phrase->text);
    add_held_marks(list, phrase->text);
    pango_layout_set_attributes(layout, list);
    pango_attr_list_unref(list);
}

// Characters of the last line, when there are others before it; else many.
static int end_characters(PangoLayout *layout)
{
    int last = pango_layout_get_line_count(layout) - 1;
    if (last < 1)
        return INT_MAX;
    const PangoLayoutLine *line = pango_layout_get_line_readonly(layout, last);
    return (int)g_utf8_strlen(pango_layout_get_text(layout) + line->start_index, line->length);
}

// A last line of a character or two reads like an accident: a little narrower, the lines before it give some
// away. Never at the price of one more line.
static void avoid_short_end(PangoLayout *layout, double width)
{
    enum { FEWEST = 5, STEPS = 8 };
    int lines = pango_layout_get_line_count(layout);
    for (int step = 1; step <= STEPS && end_characters(layout) < FEWEST; step++)
        pango_layout_set_width(layout, (int)(width * (1 - 0.02 * step) * PANGO_SCALE));
    if (end_characters(layout) < FEWEST || pango_layout_get_line_count(layout) != lines)
        pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
}

static PangoLayout *layout_create(struct canvas *canvas, const struct phrase *phrase, double width)
{
    static const PangoAlignment PLACINGS[] = {PANGO_ALIGN_LEFT, PANGO_ALIGN_CENTER, PANGO_ALIGN_RIGHT};
    const struct style *style = &phrase->style;
    PangoLayout *layout = pango_layout_new(canvas->pango);
    PangoFontDescription *font = pango_font_description_new();
    pango_font_description_set_family_static(font, FONTS_FAMILY "," FONTS_FALLBACK);
    pango_font_description_set_weight(font, style->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_font_description_set_size(font, (int)lround(style->size_pt * PANGO_SCALE));
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_auto_dir(layout, FALSE);
    pango_layout_set_line_spacing(layout, (float)LINE_SPACING);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_alignment(layout, PLACINGS[style->placing]);
    set_attributes(layout, phrase);
    pango_layout_set_width(layout, width < 0 ? -1 : (int)(width * PANGO_SCALE));
    pango_layout_set_text(layout, phrase->text, -1);
    if (width > 0 && style->placing == PLACING_LEFT)
        avoid_short_end(layout, width);
    if (pango_layout_get_unknown_glyphs_count(layout) > 0)
        fail(canvas, phrase, "has a character that the sheet's fonts cannot draw");
    return layout;
}

// `width` < 0: one line, however long. The ink is the drawer's matter.
static PangoLayout *layout_of(struct canvas *canvas, const struct phrase *phrase, double width)
{
    const struct style *style = &phrase->style;
    char *key = g_strdup_printf("%a %a %a %d %d %s", width, style->size_pt, style->tracking_pt, style->bold,
                                style->placing, phrase->text);
    PangoLayout *layout = g_hash_table_lookup(canvas->layouts, key);
    if (layout) {
        g_free(key);
        return layout;
    }
    layout = layout_create(canvas, phrase, width);
    g_hash_table_insert(canvas->layouts, key, layout);
    return layout;
}

static double layout_height(struct canvas *canvas, PangoLayout *layout, const struct phrase *phrase,
                            double width)
{
    PangoRectangle logical;
    pango_layout_get_extents(layout, NULL, &logical);
    if (width >= 0 && (double)logical.width / PANGO_SCALE > width + ROUNDING_PT)
        fail(canvas, phrase, "does not fit into its column");
    return (double)logical.height / PANGO_SCALE;
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
            cairo_move_to(canvas->cairo, x, y);
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

void canvas_ghost(struct canvas *canvas, const char *text, double x, double y, double size_pt, double degrees)
{
    if (!canvas->cairo)
        return;
    struct phrase phrase = {NULL, text, {.size_pt = size_pt, .bold = true, .tracking_pt = size_pt / 12}};
    PangoRectangle logical;
    PangoLayout *layout = layout_of(canvas, &phrase, -1);
    pango_layout_get_extents(layout, NULL, &logical);
    cairo_save(canvas->cairo);
    cairo_translate(canvas->cairo, x, y);
    cairo_rotate(canvas->cairo, degrees * G_PI / 180);
    cairo_move_to(canvas->cairo, -(double)logical.width / PANGO_SCALE / 2,
                  -(double)logical.height / PANGO_SCALE / 2);
    pango_cairo_layout_path(canvas->cairo, layout);
    set_ink(canvas, INK_GHOST);
    cairo_fill(canvas->cairo);
    cairo_restore(canvas->cairo);
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
    return (double)logical.height / PANGO_SCALE * LINE_SPACING;
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
