// SPDX-License-Identifier: Apache-2.0
// libFuzzer target: any file as a photo. It becomes a small picture or is refused with a violation.
#include "render/photo.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ts_error error = {0};
    struct photo photo = {.surface = NULL};
    if (!photo_read(data, size, PHOTO_DRAWN_SIDE, &photo, &error)) {
        if (photo.surface || error.status == TS_OK)
            abort();
        return 0;
    }
    if (cairo_surface_status(photo.surface) != CAIRO_STATUS_SUCCESS || photo.width > PHOTO_DRAWN_SIDE ||
        photo.height > PHOTO_DRAWN_SIDE)
        abort();
    photo_done(&photo);
    return 0;
}
