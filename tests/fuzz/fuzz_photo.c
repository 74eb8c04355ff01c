// SPDX-License-Identifier: Apache-2.0
// libFuzzer target: any file as a photo. It becomes a small picture or a frame that says why not; the
// daemon's look at its parts says one of its faults.
#include "render/photo.h"
#include "wire/picture.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct photo photo = {.surface = NULL};
    if ((picture_check(data, size) == PICTURE_IS_NONE) == picture_begins(data, size))
        abort();
    if (!photo_read(data, size, PHOTO_DRAWN_SIDE, &photo, NULL))
        abort();
    if ((photo.surface && cairo_surface_status(photo.surface) != CAIRO_STATUS_SUCCESS) || photo.width == 0 ||
        photo.width > PHOTO_DRAWN_SIDE || photo.height > PHOTO_DRAWN_SIDE)
        abort();
    photo_done(&photo);
    return 0;
}
