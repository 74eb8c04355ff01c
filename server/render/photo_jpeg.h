// SPDX-License-Identifier: Apache-2.0
// JPEG in and out, for photo.c.
#pragma once

#include "render/picture.h"
#include "wire/error.h"

#include <stdbool.h>

// Strict refuses wrong bits, tolerant shows what comes before them, as viewers do.
enum photo_care { PHOTO_STRICT, PHOTO_TOLERANT };

// May give a picture reduced by 2, 4 or 8, while neither side falls below `least_side`.
bool photo_jpeg_decode(const uint8_t *bytes, size_t length, size_t least_side, enum photo_care care,
                       struct picture *ret_picture, struct ts_error *error);
// The caller frees *ret_bytes.
bool photo_jpeg_encode(const struct picture *picture, uint8_t **ret_bytes, size_t *ret_length,
                       struct ts_error *error);
