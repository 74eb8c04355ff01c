// SPDX-License-Identifier: Apache-2.0
// Whether bytes are one whole PNG or JPEG that a sheet can show: asked by the daemon of every picture that
// comes in (FORMAT_PICTURE), by the desk before it sends one, and by the renderer of what it is to decode.
// Pure; nothing is inflated or decoded, so it costs a pass over the bytes whatever they claim to hold. What
// only decoding shows, such as a wrong bit between the markers of a JPEG, it does not see: such a picture is
// drawn as far as it goes (server/render/photo.h).
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// What the renderer can decode under its ceilings of 1.5 GB and 20 s (server/render/main.c, serve.c): the
// pixels of the largest are 192 MB, and the coefficients of a progressive JPEG 384 MB. A progressive JPEG is
// passed over once for each scan; cameras make about ten, a file of 64 Mpx may have that many.
enum {
    PICTURE_BYTES_MOST = 2 * 1024 * 1024,
    PICTURE_SIDE_MOST = 12000,
    PICTURE_PIXELS_MOST = 64 * 1000 * 1000,
    PICTURE_SCANS_MOST = 64,
    PICTURE_SCANNED_MOST = 10 * PICTURE_PIXELS_MOST // pixels times scans
};

enum picture_fault {
    PICTURE_IS_WHOLE,
    PICTURE_IS_NONE,    // neither PNG nor JPEG by its first bytes
    PICTURE_IS_CUT,     // ends before its end
    PICTURE_IS_DAMAGED, // its parts contradict each other, or something lies behind the end of a PNG
    PICTURE_IS_LARGE,   // more pixels than are taken
    PICTURE_IS_FOREIGN  // a JPEG of a kind that is not drawn: CMYK, 12 bits, arithmetic, lossless
};

enum picture_fault picture_check(const uint8_t *bytes, size_t length);

// Whether the first bytes are those of a PNG or JPEG, whatever follows.
bool picture_begins(const uint8_t *bytes, size_t length);

// What is wrong and what to do, to stand behind the name of the field or file; "" of a whole one.
const char *picture_fault_text(enum picture_fault fault, bool is_chinese);
