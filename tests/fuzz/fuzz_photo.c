// SPDX-License-Identifier: Apache-2.0
// libFuzzer target: any file as a photo. It becomes a small picture or is refused with a violation.
#include "render/photo.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ts_error error = {0};
    cairo_surface_t *surface = NULL;
    if (!photo_read(data, size, &surface, &error)) {
        if (surface || error.status == TS_OK)
            abort();
        return 0;
    }
    if (cairo_surface_status(surface) != CAIRO_STATUS_SUCCESS ||
        cairo_image_surface_get_width(surface) > PHOTO_DRAWN_SIDE ||
        cairo_image_surface_get_height(surface) > PHOTO_DRAWN_SIDE)
        abort();
    cairo_surface_destroy(surface);
    return 0;
}
