// SPDX-License-Identifier: Apache-2.0
// Pixels, three bytes each (red, green, blue), rows without gaps.
#pragma once

#include <stddef.h>
#include <stdint.h>

struct picture {
    uint8_t *pixels; // malloc'ed
    size_t width, height;
    int orientation; // EXIF 1..8, how it is to be turned
};
