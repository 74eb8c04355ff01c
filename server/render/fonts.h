// SPDX-License-Identifier: Apache-2.0
// The sheet's own fonts. Called once, before anything else touches fontconfig: it makes the three files in
// `directory` the only fonts of the process. None of the machine's can take the place of one.
#pragma once

#include "wire/error.h"

#include <pango/pango.h>

#define FONTS_FAMILY "Touchstone Sans"
#define FONTS_FALLBACK "Touchstone Sans Fallback"

// The map belongs to the thread's default of pangocairo: it is not to be freed.
bool fonts_open(const char *directory, PangoFontMap **ret_map, struct ts_error *error);
