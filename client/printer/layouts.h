// SPDX-License-Identifier: Apache-2.0
// The layouts there are: the laboratory's own in its folder of configuration, else those in the program.
#pragma once

#include <stdbool.h>

struct arena;
struct layout;
struct ts_error;

struct layouts_text {
    const char *name;
    const char *text;
};

// Generated from client/printer/layouts; ends with a NULL name.
extern const struct layouts_text layouts_texts[];

// NULL when the program has none of this name.
const char *layouts_built_in(const char *name);

// `layouts/NAME.layout` beside the configuration; without that file the program's own.
bool layouts_load(const char *name, struct arena *arena, struct layout *ret_layout, struct ts_error *error);
