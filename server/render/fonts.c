// SPDX-License-Identifier: Apache-2.0
// The sheet's own fonts, see fonts.h.
#include "render/fonts.h"

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
    *ret_map = map;
    return true;
}
