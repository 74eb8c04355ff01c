// SPDX-License-Identifier: Apache-2.0
// The formats of touchstone.v1.Format for single texts. Pure; used by rules.c, and by anything
// that wants to know early what the daemon would say.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define RULES_WHY_SIZE 160

// Unicode characters of a valid text.
size_t rules_text_count(const char *text);
// Whether a text that is not empty has the format; else `ret_why` says what is wrong, without quoting it.
bool rules_text_fits(const char *text, int format, char ret_why[RULES_WHY_SIZE]);
