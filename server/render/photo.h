// SPDX-License-Identifier: Apache-2.0
// A photo from outside becomes a small picture of our own making: decoded under ceilings, turned as its
// camera says, scaled down, and encoded again, so that nothing of the file itself (place, camera, hostile
// bytes) reaches the sheet.
#pragma once

#include "render/canvas.h"
#include "wire/error.h"

#include <cairo.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PHOTO_DRAWN_SIDE = 640, PHOTO_RECORD_SIDE = 1400 };

// As a sheet shows it: a surface of one pixel that carries the picture as JPEG, to be stretched over its
// place. cairo puts the JPEG into the PDF and never looks at the pixel; pixels of the picture it would only
// clear and copy.
struct photo {
    cairo_surface_t *surface; // NULL with a width: cannot be decoded, and a frame in its place says so
    size_t width, height;     // of the JPEG; 0: there is no photo
};

// Its longer side has at most `side` pixels: PHOTO_DRAWN_SIDE on a sheet, more where details are looked at.
// A JPEG with wrong bits is shown as far as it goes, and what cannot be decoded at all gets its frame: a
// picture in the books strands no sheet. False only with TS_RESOURCE_EXHAUSTED.
bool photo_read(const uint8_t *bytes, size_t length, size_t side, struct photo *ret_photo,
                struct ts_error *error);
// Whether every part of it can be decoded, before it enters the books: no wrong bits, no frame.
bool photo_try(const uint8_t *bytes, size_t length, size_t side, struct ts_error *error);
void photo_done(struct photo *photo);
// Over the whole of a rectangle with its corner at (x, y), whose sides the caller keeps in proportion.
void photo_draw(const struct photo *photo, struct canvas *canvas, double x, double y, double wide,
                double high);
// In the middle of a square, its sides kept in proportion.
void photo_draw_square(const struct photo *photo, struct canvas *canvas, double x, double y, double side_pt);
