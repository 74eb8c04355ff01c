// SPDX-License-Identifier: Apache-2.0
// Whether the terminal can show full screens, by terminfo. Apart from the rest, because term.h makes macros
// of common words.
#pragma once

#include <stdbool.h>

// The terminal that TERM names; NULL is none.
bool ability_full_screen(const char *term);
