// SPDX-License-Identifier: Apache-2.0
// See visible.h.
#include "render/visible.h"

#include "render/fonts.h"
#include "wire/utf8.h"

static PangoLayout *probe_create(PangoContext *pango)
{
    PangoLayout *probe = pango_layout_new(pango);
    PangoFontDescription *font = pango_font_description_new();
    pango_font_description_set_family_static(font, FONTS_FAMILY "," FONTS_FALLBACK);
    pango_font_description_set_size(font, 10 * PANGO_SCALE);
    pango_layout_set_font_description(probe, font);
    pango_font_description_free(font);
    return probe;
}

static bool is_drawn(PangoLayout *probe, const char *at)
{
    gunichar character = g_utf8_get_char(at);
    if (character < 0x7F)
        return character >= ' ';
    if (utf8_is_hazard((int32_t)character))
        return false;
    pango_layout_set_text(probe, at, (int)(g_utf8_next_char(at) - at));
    return pango_layout_get_unknown_glyphs_count(probe) == 0;
}

gunichar visible_lacking(PangoContext *pango, const char *text)
{
    PangoLayout *probe = probe_create(pango);
    gunichar lacking = 0;
    for (const char *at = text; *at && !lacking; at = g_utf8_next_char(at))
        if (!is_drawn(probe, at))
            lacking = g_utf8_get_char(at);
    g_object_unref(probe);
    return lacking;
}

char *visible_text(PangoContext *pango, const char *text, bool only_plain)
{
    PangoLayout *probe = probe_create(pango);
    GString *shown = g_string_new(NULL);
    for (const char *at = text; *at; at = g_utf8_next_char(at)) {
        gunichar character = g_utf8_get_char(at);
        if (only_plain ? character >= ' ' && character < 0x7F : is_drawn(probe, at))
            g_string_append_unichar(shown, character);
        else
            g_string_append_printf(shown, "[U+%04X]", character);
    }
    g_object_unref(probe);
    return g_string_free(shown, FALSE);
}
