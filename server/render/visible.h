// SPDX-License-Identifier: Apache-2.0
// Characters that the fonts of a record do not have, such as most emoji, and those that draw nothing: said by
// their code points, "[U+1F600]". Used by layouts.c for records that must be drawn whatever was typed years
// ago; a sheet is refused instead.
#pragma once

#include <pango/pango.h>
#include <stdbool.h>

// The first character that cannot be drawn, 0 when each can.
gunichar visible_lacking(PangoContext *pango, const char *text);
// The text with code points in the place of such characters; with `only_plain` in that of all but ASCII,
// which every font has. The caller frees it (g_free).
char *visible_text(PangoContext *pango, const char *text, bool only_plain);
