// SPDX-License-Identifier: Apache-2.0
// The sheet's own fonts, see fonts.h.
#include "render/fonts.h"

#include <cairo-ft.h>
#include <fontconfig/fontconfig.h>
#include <pango/pangocairo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool has_family(PangoFontMap *map, const char *name)
{
    PangoFontFamily **families = NULL;
    int count = 0;
    bool found = false;
    pango_font_map_list_families(map, &families, &count);
    for (int i = 0; i < count; i++)
        found = found || strcmp(pango_font_family_get_name(families[i]), name) == 0;
    g_free(families);
    return found;
}

// cairo closes a font file when no text uses it, and would open it again for the next text, which the
// renderer may not do: a locked face stays open. It is never unlocked.
static bool keep_open(PangoFontMap *map, const char *family, PangoWeight weight)
{
    PangoContext *context = pango_font_map_create_context(map);
    PangoFontDescription *wanted = pango_font_description_new();
    pango_font_description_set_family(wanted, family);
    pango_font_description_set_weight(wanted, weight);
    pango_font_description_set_size(wanted, 10 * PANGO_SCALE);
    PangoFont *font = pango_font_map_load_font(map, context, wanted);
    cairo_scaled_font_t *scaled = font ? pango_cairo_font_get_scaled_font(PANGO_CAIRO_FONT(font)) : NULL;
    bool open = scaled && cairo_ft_scaled_font_lock_face(scaled) != NULL;
    pango_font_description_free(wanted);
    g_object_unref(context);
    return open;
}

bool fonts_open(const char *directory, PangoFontMap **ret_map, struct ts_error *error)
{
    char path[4096];
    int length = snprintf(path, sizeof path, "%s/fonts.conf", directory);
    if (length < 0 || (size_t)length >= sizeof path)
        return error_set(error, TS_INVALID_ARGUMENT, "FONTS_PATH", "the path of the fonts is too long");
    if (setenv("FONTCONFIG_FILE", path, 1) != 0 || !FcInit())
        return error_set(error, TS_INTERNAL, "FONTS_INIT", "fontconfig does not start with %s", path);
    PangoFontMap *map = pango_cairo_font_map_get_default();
    if (!has_family(map, FONTS_FAMILY) || !has_family(map, FONTS_FALLBACK))
        return error_set(error, TS_FAILED_PRECONDITION, "FONTS_MISSING",
                         "the fonts of the sheet are not in %s", directory);
    if (!keep_open(map, FONTS_FAMILY, PANGO_WEIGHT_NORMAL) ||
        !keep_open(map, FONTS_FAMILY, PANGO_WEIGHT_BOLD) ||
        !keep_open(map, FONTS_FALLBACK, PANGO_WEIGHT_NORMAL))
        return error_set(error, TS_FAILED_PRECONDITION, "FONTS_BROKEN", "a font of the sheet cannot be read");
    *ret_map = map;
    return true;
}
