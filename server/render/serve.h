// SPDX-License-Identifier: Apache-2.0
// Requests of the daemon, one after the other, until it ends its side.
#pragma once

#include "wire/error.h"

#include <pango/pango.h>
#include <stdbool.h>

struct canvas;

// Draws a sheet with every font once, so that all files are open before new ones are forbidden.
bool serve_warm_up(struct canvas *canvas, struct ts_error *error);
// False when a frame was broken or the answer could not be written.
bool serve_frames(struct canvas *canvas, PangoFontMap *map, int input, int output);
