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

enum {
    PHOTO_SIDE_CEILING = 12000,
    PHOTO_AREA_CEILING = 64 * 1000 * 1000,
    PHOTO_DRAWN_SIDE = 640,
    PHOTO_RECORD_SIDE = 1400
};

// As a sheet shows it: a surface of one pixel that carries the picture as JPEG, to be stretched over its
// place. cairo puts the JPEG into the PDF and never looks at the pixel; pixels of the picture it would only
// clear and copy.
struct photo {
    cairo_surface_t *surface;
    size_t width, height; // of the JPEG
};

// Its longer side has at most `side` pixels: PHOTO_DRAWN_SIDE on a sheet, more where details are looked at.
bool photo_read(const uint8_t *bytes, size_t length, size_t side, struct photo *ret_photo,
                struct ts_error *error);
void photo_done(struct photo *photo);
// In the middle of a square with its corner at (x, y), its sides kept in proportion; `cairo` NULL draws
// nothing.
void photo_draw(const struct photo *photo, cairo_t *cairo, double x, double y, double side_pt);
