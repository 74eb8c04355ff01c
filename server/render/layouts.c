// SPDX-License-Identifier: Apache-2.0
// Layouts and what is kept of them, see layouts.h. The pango context is not taken from a cairo context:
// measuring and drawing, whatever the surface, give the same positions.
#include "render/layouts.h"

#include "render/fonts.h"
#include "render/phrase.h"
#include "render/visible.h"
#include "wire/utf8.h"

#include <limits.h>
#include <math.h>
#include <pango/pangocairo.h>
#include <string.h>

struct layouts {
    PangoContext *pango;
    GHashTable *kept; // of struct kept, each its own key
    unsigned document;
};

// All that shapes a text, and what came of it.
struct kept {
    char *text;
    double width, size_pt, tracking_pt;
    bool bold;
    enum placing placing;
    bool shows; // by code points what the fonts lack
    PangoLayout *layout;
    enum layouts_state state;
    unsigned document; // that used it last
};

static guint kept_hash(gconstpointer value)
{
    const struct kept *kept = value;
    return g_str_hash(kept->text) + (guint)(int)(kept->width * 64) * 31 + (guint)(kept->size_pt * 64);
}

static gboolean kept_equal(gconstpointer left, gconstpointer right)
{
    const struct kept *a = left, *b = right;
    return a->width == b->width && a->size_pt == b->size_pt && a->tracking_pt == b->tracking_pt &&
           a->bold == b->bold && a->placing == b->placing && a->shows == b->shows &&
           strcmp(a->text, b->text) == 0;
}

static void kept_free(gpointer value)
{
    struct kept *kept = value;
    g_object_unref(kept->layout);
    g_free(kept->text);
    g_free(kept);
}

struct layouts *layouts_create(PangoFontMap *map)
{
    struct layouts *layouts = g_new0(struct layouts, 1);
    layouts->pango = pango_font_map_create_context(map);
    layouts->kept = g_hash_table_new_full(kept_hash, kept_equal, kept_free, NULL);
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    pango_cairo_context_set_font_options(layouts->pango, options);
    cairo_font_options_destroy(options);
    pango_cairo_context_set_resolution(layouts->pango, 72);
    pango_context_set_round_glyph_positions(layouts->pango, FALSE);
    pango_context_set_language(layouts->pango, pango_language_from_string("zh-cn"));
    pango_context_set_base_dir(layouts->pango, PANGO_DIRECTION_LTR);
    return layouts;
}

void layouts_free(struct layouts *layouts)
{
    g_hash_table_unref(layouts->kept);
    g_object_unref(layouts->pango);
    g_free(layouts);
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

// "≤ 0.20", "k = 2", and the two halves of a unit: "mg/m³", "m³/(h".
static bool holds_value(const char *text, const char *at)
{
    static const char *const SIGNS[] = {"≤", "≥", "<", ">", "="};
    gunichar before = g_utf8_get_char(g_utf8_prev_char(at));
    if (*at == '/')
        return (g_ascii_islower(at[-1]) || before == 0xB3) && (g_ascii_islower(at[1]) || at[1] == '(');
    for (size_t i = 0; i < sizeof SIGNS / sizeof SIGNS[0]; i++) {
        if (before == g_utf8_get_char(SIGNS[i]) && g_ascii_isdigit(at[1]))
            return true;
        if (*SIGNS[i] == '=' && at[1] == '=' && at - text > 0 && g_ascii_isalpha(at[-1]) &&
            (at - text == 1 || !g_ascii_isalpha(at[-2])))
            return true;
    }
    return false;
}

// A standard's letters and its number, a number and its sign: "GB/T 9288", "2.0 ‰".
static bool holds(const char *text, const char *at)
{
    if (at == text || (*at != ' ' && *at != '/'))
        return false;
    if (holds_value(text, at))
        return true;
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
        whole->start_index = (guint)(g_utf8_prev_char(at) - text);
        whole->end_index = (guint)(g_utf8_next_char(at + 1) - text);
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

static bool is_wider(PangoLayout *layout, double width)
{
    PangoRectangle logical;
    pango_layout_get_extents(layout, NULL, &logical);
    return (double)logical.width > width * PANGO_SCALE;
}

static PangoLayout *layout_create(PangoContext *pango, const struct phrase *phrase, double width)
{
    static const PangoAlignment PLACINGS[] = {PANGO_ALIGN_LEFT, PANGO_ALIGN_CENTER, PANGO_ALIGN_RIGHT};
    const struct style *style = &phrase->style;
    PangoLayout *layout = pango_layout_new(pango);
    PangoFontDescription *font = pango_font_description_new();
    pango_font_description_set_family_static(font, FONTS_FAMILY "," FONTS_FALLBACK);
    pango_font_description_set_weight(font, style->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_font_description_set_size(font, (int)lround(style->size_pt * PANGO_SCALE));
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_auto_dir(layout, FALSE);
    pango_layout_set_line_spacing(layout, (float)LAYOUTS_LINE_SPACING);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_alignment(layout, PLACINGS[style->placing]);
    set_attributes(layout, phrase);
    pango_layout_set_width(layout, width < 0 ? -1 : (int)(width * PANGO_SCALE));
    pango_layout_set_text(layout, phrase->text, -1);
    if (width > 0 && is_wider(layout, width)) // words of two directions may end beyond it
        pango_layout_set_wrap(layout, PANGO_WRAP_CHAR);
    if (width > 0 && style->placing == PLACING_LEFT)
        avoid_short_end(layout, width);
    return layout;
}

// Whether nothing of it draws nothing.
static bool is_seen(const char *text)
{
    for (const char *at = text; *at; at = g_utf8_next_char(at))
        if (utf8_is_hazard((int32_t)g_utf8_get_char(at)))
            return false;
    return true;
}

static bool is_whole(PangoLayout *layout)
{
    return pango_layout_get_unknown_glyphs_count(layout) == 0;
}

// Once with what the fonts lack as code points; if a font has the characters, but not together, with all of
// them.
static void show_code_points(struct layouts *layouts, struct kept *kept, const struct phrase *phrase)
{
    for (int only_plain = 0; only_plain < 2 && kept->state != LAYOUTS_CODE_POINTS; only_plain++) {
        char *shown = visible_text(layouts->pango, phrase->text, only_plain);
        const struct phrase instead = {phrase->field, shown, phrase->style};
        g_object_unref(kept->layout);
        kept->layout = layout_create(layouts->pango, &instead, kept->width);
        kept->state = is_whole(kept->layout) ? LAYOUTS_CODE_POINTS : LAYOUTS_LACKING;
        g_free(shown);
    }
}

PangoLayout *layouts_get(struct layouts *layouts, const struct phrase *phrase, double width, bool shows,
                         enum layouts_state *ret_state)
{
    const struct style *style = &phrase->style;
    struct kept wanted = {.text = (char *)phrase->text,
                          .width = width,
                          .size_pt = style->size_pt,
                          .tracking_pt = style->tracking_pt,
                          .bold = style->bold,
                          .placing = style->placing,
                          .shows = shows};
    struct kept *kept = g_hash_table_lookup(layouts->kept, &wanted);
    if (!kept) {
        kept = g_memdup2(&wanted, sizeof wanted);
        kept->text = g_strdup(phrase->text);
        kept->layout = layout_create(layouts->pango, phrase, width);
        kept->state = is_whole(kept->layout) ? LAYOUTS_WHOLE : LAYOUTS_LACKING;
        if (shows && (kept->state == LAYOUTS_LACKING || !is_seen(phrase->text)))
            show_code_points(layouts, kept, phrase);
        g_hash_table_add(layouts->kept, kept);
    }
    kept->document = layouts->document;
    *ret_state = kept->state;
    return kept->layout;
}

gunichar layouts_lacking(struct layouts *layouts, const char *text)
{
    return visible_lacking(layouts->pango, text);
}

static gboolean is_unused(gpointer key, gpointer value, gpointer layouts)
{
    const struct kept *kept = key;
    (void)value;
    return kept->document != ((const struct layouts *)layouts)->document;
}

void layouts_end_document(struct layouts *layouts)
{
    g_hash_table_foreach_remove(layouts->kept, is_unused, layouts);
    layouts->document++;
}
