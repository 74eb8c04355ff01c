// SPDX-License-Identifier: Apache-2.0
// A photo from outside becomes a small picture of our own making: decoded under ceilings, turned as its
// camera says, scaled down, and encoded again, so that nothing of the file itself (place, camera, hostile
// bytes) reaches the sheet.
#pragma once

#include "wire/error.h"

#include <cairo.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PHOTO_SIDE_CEILING = 12000, PHOTO_AREA_CEILING = 64 * 1000 * 1000, PHOTO_DRAWN_SIDE = 640 };

// The surface carries its JPEG form, which cairo puts into the PDF. The caller destroys it.
bool photo_read(const uint8_t *bytes, size_t length, cairo_surface_t **ret_surface, struct ts_error *error);
