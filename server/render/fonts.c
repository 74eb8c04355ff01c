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

// A configuration of these files alone: no directory is scanned, no cache read or written, no rule applied.
static bool set_configuration(const char *directory, struct ts_error *error)
{
    static const char *const FILES[] = {"sheet-regular.otf", "sheet-bold.otf", "sheet-fallback.otf"};
    FcConfig *config = FcConfigCreate();
    bool set = config != NULL;
    for (size_t i = 0; set && i < sizeof FILES / sizeof FILES[0]; i++) {
        char path[4096];
        int length = snprintf(path, sizeof path, "%s/%s", directory, FILES[i]);
        set = length > 0 && (size_t)length < sizeof path &&
              FcConfigAppFontAddFile(config, (const FcChar8 *)path);
    }
    set = set && FcConfigSetRescanInterval(config, 0) && FcConfigSetCurrent(config);
    if (config)
        FcConfigDestroy(config); // the current one holds its own reference
    return set || error_set(error, TS_FAILED_PRECONDITION, "FONTS_MISSING",
                            "the fonts of the sheet are not in %s", directory);
}

bool fonts_open(const char *directory, PangoFontMap **ret_map, struct ts_error *error)
{
    if (!set_configuration(directory, error))
        return false;
    PangoFontMap *map = pango_cairo_font_map_get_default();
    if (!has_family(map, FONTS_FAMILY) || !has_family(map, FONTS_FALLBACK) ||
        !keep_open(map, FONTS_FAMILY, PANGO_WEIGHT_NORMAL) ||
        !keep_open(map, FONTS_FAMILY, PANGO_WEIGHT_BOLD) ||
        !keep_open(map, FONTS_FALLBACK, PANGO_WEIGHT_NORMAL))
        return error_set(error, TS_FAILED_PRECONDITION, "FONTS_BROKEN", "a font of the sheet cannot be read");
    *ret_map = map;
    return true;
}
