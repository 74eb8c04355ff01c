// SPDX-License-Identifier: Apache-2.0
// Photos, see photo.h.
#include "render/photo.h"

#include "render/photo_jpeg.h"
#include "wire/picture.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>

static bool png_decode(const uint8_t *bytes, size_t length, struct picture *ret_picture,
                       struct ts_error *error)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    png_color white = {255, 255, 255};
    if (!png_image_begin_read_from_memory(&image, bytes, length))
        return error_violation(error, "photo", "is damaged or not a PNG");
    if (image.width > PICTURE_SIDE_MOST || image.height > PICTURE_SIDE_MOST ||
        (size_t)image.width * image.height > PICTURE_PIXELS_MOST) {
        png_image_free(&image);
        return error_violation(error, "photo", "has too many pixels");
    }
    image.format = PNG_FORMAT_RGB;
    uint8_t *pixels = malloc(PNG_IMAGE_SIZE(image));
    if (!pixels) {
        png_image_free(&image);
        return error_set(error, TS_RESOURCE_EXHAUSTED, "MEMORY", "no memory for the photo");
    }
    if (!png_image_finish_read(&image, &white, pixels, 0, NULL)) {
        png_image_free(&image);
        free(pixels);
        return error_violation(error, "photo", "is damaged");
    }
    *ret_picture = (struct picture){pixels, image.width, image.height, 1};
    return true;
}

// The mean of the pixels that fall onto one pixel of the smaller picture.
static void mean_pixel(const struct picture *from, size_t x, size_t y, size_t x_end, size_t y_end,
                       uint8_t ret_pixel[3])
{
    size_t sum[3] = {0}, count = (x_end - x) * (y_end - y);
    for (size_t row = y; row < y_end; row++)
        for (size_t column = x; column < x_end; column++)
            for (size_t i = 0; i < 3; i++)
                sum[i] += from->pixels[(row * from->width + column) * 3 + i];
    for (size_t i = 0; i < 3; i++)
        ret_pixel[i] = (uint8_t)((sum[i] + count / 2) / count);
}

static bool shrink(struct picture *picture, size_t side, struct ts_error *error)
{
    size_t longer = picture->width > picture->height ? picture->width : picture->height;
    if (longer <= side)
        return true;
    struct picture small = *picture;
    small.width = picture->width * side / longer;
    small.height = picture->height * side / longer;
    small.width += small.width == 0;
    small.height += small.height == 0;
    small.pixels = malloc(small.width * small.height * 3);
    if (!small.pixels)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "MEMORY", "no memory for the photo");
    for (size_t y = 0; y < small.height; y++)
        for (size_t x = 0; x < small.width; x++)
            mean_pixel(picture, x * picture->width / small.width, y * picture->height / small.height,
                       (x + 1) * picture->width / small.width, (y + 1) * picture->height / small.height,
                       small.pixels + (y * small.width + x) * 3);
    free(picture->pixels);
    *picture = small;
    return true;
}

// Where pixel (x, y) of the upright picture is in the stored one (EXIF orientation 1..8).
static size_t source_of(const struct picture *picture, size_t x, size_t y)
{
    size_t last_x = picture->width - 1, last_y = picture->height - 1;
    switch (picture->orientation) {
    case 2:
        return y * picture->width + (last_x - x);
    case 3:
        return (last_y - y) * picture->width + (last_x - x);
    case 4:
        return (last_y - y) * picture->width + x;
    case 5:
        return x * picture->width + y;
    case 6:
        return (last_y - x) * picture->width + y;
    case 7:
        return (last_y - x) * picture->width + (last_x - y);
    case 8:
        return x * picture->width + (last_x - y);
    default:
        return y * picture->width + x;
    }
}

static bool turn(struct picture *picture, struct ts_error *error)
{
    if (picture->orientation == 1)
        return true;
    bool lying = picture->orientation >= 5;
    struct picture upright = {.width = lying ? picture->height : picture->width,
                              .height = lying ? picture->width : picture->height,
                              .orientation = 1};
    upright.pixels = malloc(upright.width * upright.height * 3);
    if (!upright.pixels)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "MEMORY", "no memory for the photo");
    for (size_t y = 0; y < upright.height; y++)
        for (size_t x = 0; x < upright.width; x++)
            memcpy(upright.pixels + (y * upright.width + x) * 3,
                   picture->pixels + source_of(picture, x, y) * 3, 3);
    free(picture->pixels);
    *picture = upright;
    return true;
}

static bool to_photo(const struct picture *picture, struct photo *ret_photo, struct ts_error *error)
{
    uint8_t *jpeg = NULL;
    size_t length = 0;
    if (!photo_jpeg_encode(picture, &jpeg, &length, error))
        return false;
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 1, 1);
    if (cairo_surface_set_mime_data(surface, CAIRO_MIME_TYPE_JPEG, jpeg, length, free, jpeg) !=
        CAIRO_STATUS_SUCCESS) {
        free(jpeg);
        cairo_surface_destroy(surface);
        return error_set(error, TS_RESOURCE_EXHAUSTED, "MEMORY", "no memory for the photo");
    }
    *ret_photo = (struct photo){surface, picture->width, picture->height};
    return true;
}

static bool decode(const uint8_t *bytes, size_t length, size_t side, enum photo_care care,
                   struct photo *ret_photo, struct ts_error *error)
{
    static const uint8_t PNG_MAGIC[] = {0x89, 'P', 'N', 'G'};
    static const uint8_t JPEG_MAGIC[] = {0xFF, 0xD8, 0xFF};
    struct picture picture = {.pixels = NULL};
    bool fine;
    if (length > sizeof PNG_MAGIC && memcmp(bytes, PNG_MAGIC, sizeof PNG_MAGIC) == 0)
        fine = png_decode(bytes, length, &picture, error);
    else if (length > sizeof JPEG_MAGIC && memcmp(bytes, JPEG_MAGIC, sizeof JPEG_MAGIC) == 0)
        fine = photo_jpeg_decode(bytes, length, side, care, &picture, error);
    else
        fine = error_violation(error, "photo", "is neither JPEG nor PNG");
    fine = fine && shrink(&picture, side, error) && turn(&picture, error) &&
           to_photo(&picture, ret_photo, error);
    free(picture.pixels);
    return fine;
}

bool photo_read(const uint8_t *bytes, size_t length, size_t side, struct photo *ret_photo,
                struct ts_error *error)
{
    struct ts_error why = {.status = TS_OK};
    if (decode(bytes, length, side, PHOTO_TOLERANT, ret_photo, &why))
        return true;
    if (why.status == TS_RESOURCE_EXHAUSTED)
        return error_set(error, why.status, why.reason, "%s", why.detail);
    *ret_photo = (struct photo){NULL, side, side * 3 / 4};
    return true;
}

bool photo_try(const uint8_t *bytes, size_t length, size_t side, struct ts_error *error)
{
    struct photo photo = {.surface = NULL};
    bool fine = decode(bytes, length, side, PHOTO_STRICT, &photo, error);
    photo_done(&photo);
    return fine;
}

void photo_done(struct photo *photo)
{
    if (photo->surface)
        cairo_surface_destroy(photo->surface);
    *photo = (struct photo){.surface = NULL};
}

static void draw_frame(struct canvas *canvas, double x, double y, double wide, double high)
{
    const double inset = 3;
    const struct style zh = {.size_pt = 7.5, .ink = INK_LABEL, .placing = PLACING_CENTRE};
    const struct style en = {.size_pt = 7.1, .ink = INK_LABEL, .placing = PLACING_CENTRE};
    const struct phrase words[] = {{NULL, "图片有损，无法显示", zh},
                                   {NULL, "原文件已存档", zh},
                                   {NULL, "Damaged, cannot be shown;", en},
                                   {NULL, "its file is kept", en}};
    double text = canvas_height(canvas, words, 4, wide - 2 * inset);
    canvas_fill(canvas, x, y, wide, high, INK_TINT);
    canvas_frame(canvas, x, y, wide, high, 0.5, INK_RULE);
    canvas_text(canvas, words, 4, x + inset, y + (high - text) / 2, wide - 2 * inset);
}

void photo_draw(const struct photo *photo, struct canvas *canvas, double x, double y, double wide,
                double high)
{
    cairo_t *cairo = canvas->cairo;
    if (!photo->surface) {
        draw_frame(canvas, x, y, wide, high);
    } else if (cairo) {
        cairo_save(cairo);
        cairo_translate(cairo, x, y);
        cairo_scale(cairo, wide, high);
        cairo_set_source_surface(cairo, photo->surface, 0, 0);
        cairo_pattern_set_filter(cairo_get_source(cairo), CAIRO_FILTER_NEAREST); // ISO 19005-3, 6.2.8
        cairo_paint(cairo);
        cairo_restore(cairo);
    }
}

void photo_draw_square(const struct photo *photo, struct canvas *canvas, double x, double y, double side_pt)
{
    double wide = (double)photo->width, high = (double)photo->height;
    double scale = side_pt / (wide > high ? wide : high);
    photo_draw(photo, canvas, x + (side_pt - wide * scale) / 2, y + (side_pt - high * scale) / 2,
               wide * scale, high * scale);
}
