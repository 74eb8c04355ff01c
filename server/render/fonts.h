// SPDX-License-Identifier: Apache-2.0
// The sheet's own fonts. Called once, before anything else touches fontconfig: it points fontconfig at the
// fonts.conf of `directory` and makes sure that both families are there and no other.
#pragma once

#include "wire/error.h"

#include <pango/pango.h>

#define FONTS_FAMILY "Touchstone Sans"
#define FONTS_FALLBACK "Touchstone Sans Fallback"

// The map belongs to the thread's default of pangocairo: it is not to be freed.
bool fonts_open(const char *directory, PangoFontMap **ret_map, struct ts_error *error);
