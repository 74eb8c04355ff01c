// SPDX-License-Identifier: Apache-2.0
// Photos from outside: small ones are drawn, huge, damaged and foreign ones refused, or have a frame in their
// place when they are in the books; what the daemon takes is always drawn.
#include "testing.h"

#include "render/photo.h"
#include "render/photo_jpeg.h"
#include "wire/picture.h"

#include <png.h>
#include <stdlib.h>

static struct picture half_red(size_t width, size_t height)
{
    struct picture picture = {calloc(1, width * height * 3), width, height, 1};
    for (size_t y = 0; y < height; y++)
        for (size_t x = 0; x < width / 2; x++)
            picture.pixels[(y * width + x) * 3] = 255;
    return picture;
}

static uint8_t *jpeg_of(size_t width, size_t height, size_t *ret_length)
{
    struct picture picture = half_red(width, height);
    uint8_t *bytes = NULL;
    assert_true(photo_jpeg_encode(&picture, &bytes, ret_length, NULL));
    free(picture.pixels);
    return bytes;
}

// Never into the books; and if it is there, a frame says so.
static void assert_refused(const uint8_t *bytes, size_t length)
{
    struct ts_error error = {.status = TS_OK};
    struct photo photo = {.surface = NULL};
    assert_false(photo_try(bytes, length, PHOTO_DRAWN_SIDE, &error));
    assert_string_equal(error.violations[0].field, "photo");
    assert_true(photo_read(bytes, length, PHOTO_DRAWN_SIDE, &photo, NULL));
    assert_in_range(photo.width, 1, PHOTO_DRAWN_SIDE);
    assert_in_range(photo.height, 1, PHOTO_DRAWN_SIDE);
    photo_done(&photo);
    assert_int_equal(photo.width, 0);
}

static void assert_drawn(const uint8_t *bytes, size_t length, int width, int height)
{
    struct ts_error error = {.status = TS_OK};
    struct photo photo = {.surface = NULL};
    assert_int_equal(picture_check(bytes, length), PICTURE_IS_WHOLE);
    assert_true(photo_try(bytes, length, PHOTO_DRAWN_SIDE, &error));
    assert_true(photo_read(bytes, length, PHOTO_DRAWN_SIDE, &photo, &error));
    assert_non_null(photo.surface);
    assert_int_equal(photo.width, width);
    assert_int_equal(photo.height, height);
    photo_done(&photo);
}

static void test_a_jpeg_is_scaled_down_and_kept_in_proportion(void **state)
{
    (void)state;
    size_t length;
    uint8_t *bytes = jpeg_of(4000, 3000, &length);
    assert_drawn(bytes, length, 640, 480);
    free(bytes);
    bytes = jpeg_of(100, 50, &length);
    assert_drawn(bytes, length, 100, 50);
    free(bytes);
}

static void test_a_photo_is_turned_as_its_camera_says(void **state)
{
    (void)state;
    static const uint8_t exif[] = {0xFF, 0xE1, 0x00, 0x22, 'E', 'x', 'i', 'f', 0,    0,    'M', 'M',
                                   0,    42,   0,    0,    0,   8,   0,   1,   0x01, 0x12, 0,   3,
                                   0,    0,    0,    1,    0,   6,   0,   0,   0,    0,    0,   0};
    size_t length;
    uint8_t *bytes = jpeg_of(200, 100, &length);
    uint8_t *turned = malloc(length + sizeof exif);
    memcpy(turned, bytes, 2);
    memcpy(turned + 2, exif, sizeof exif);
    memcpy(turned + 2 + sizeof exif, bytes + 2, length - 2);
    assert_drawn(turned, length + sizeof exif, 100, 200);
    for (size_t i = 2; i < 2 + sizeof exif; i++) { // no byte of the block may do harm
        struct photo photo = {.surface = NULL};
        turned[i] ^= 0xFF;
        assert_true(photo_read(turned, length + sizeof exif, PHOTO_DRAWN_SIDE, &photo, NULL));
        photo_done(&photo);
        turned[i] ^= 0xFF;
    }
    free(turned);
    free(bytes);
}

static void test_a_png_is_drawn(void **state)
{
    (void)state;
    struct picture picture = half_red(700, 350);
    png_image image = {.version = PNG_IMAGE_VERSION, .width = 700, .height = 350, .format = PNG_FORMAT_RGB};
    png_alloc_size_t length = 0;
    assert_true(png_image_write_get_memory_size(image, length, 0, picture.pixels, 0, NULL));
    uint8_t *bytes = malloc(length);
    assert_true(png_image_write_to_memory(&image, bytes, &length, 0, picture.pixels, 0, NULL));
    assert_drawn(bytes, length, 640, 320);
    assert_refused(bytes, length / 2);
    bytes[16] = bytes[20] = 0x7F; // 2 thousand million pixels to each side
    assert_refused(bytes, length);
    free(bytes);
    free(picture.pixels);
}

static void test_a_cut_jpeg_is_refused(void **state)
{
    (void)state;
    size_t length;
    uint8_t *bytes = jpeg_of(300, 300, &length);
    for (size_t cut = 0; cut + 40 < length; cut += 37)
        assert_refused(bytes, cut);
    free(bytes);
}

static void test_a_jpeg_that_claims_too_many_pixels_is_refused(void **state)
{
    (void)state;
    size_t length;
    uint8_t *bytes = jpeg_of(64, 64, &length);
    for (size_t i = 0; i + 9 < length; i++)
        if (bytes[i] == 0xFF && bytes[i + 1] == 0xC0) {
            memset(bytes + i + 5, 0xFF, 4); // height and width
            break;
        }
    assert_refused(bytes, length);
    free(bytes);
}

static void test_what_is_no_photo_is_refused(void **state)
{
    (void)state;
    assert_refused((const uint8_t *)"GIF89a..............", 20);
    assert_refused((const uint8_t *)"%PDF-1.4", 8);
    assert_refused((const uint8_t *)"\xFF\xD8\xFF\xE0", 4);
    assert_refused((const uint8_t *)"\x89PNG\r\n\x1a\n", 8);
    assert_refused((const uint8_t *)"", 0);
}

// A wrong bit between the markers: what no look at the parts can find. The daemon takes it, and the sheet
// shows what comes of it.
static void test_a_jpeg_with_wrong_bits_is_drawn(void **state)
{
    (void)state;
    size_t length, drawn = 0, tried = 0;
    uint8_t *bytes = jpeg_of(48, 48, &length);
    for (size_t i = 0; i < length; i++) {
        struct photo photo = {.surface = NULL};
        bytes[i] ^= 0xA5;
        assert_true(photo_read(bytes, length, PHOTO_DRAWN_SIDE, &photo, NULL));
        if (picture_check(bytes, length) == PICTURE_IS_WHOLE) {
            drawn += photo.surface != NULL;
            tried++;
        }
        photo_done(&photo);
        bytes[i] ^= 0xA5;
    }
    // Nearly all of it; a frame has only what its tables of codes contradict.
    assert_true(tried > length / 3 && drawn > tried / 2);
    for (size_t cut = 1; cut < length; cut++)
        assert_int_equal(picture_check(bytes, cut), PICTURE_IS_CUT);
    free(bytes);
    bytes = jpeg_of(300, 300, &length);
    tried = 0;
    for (size_t back = 10; back < 800; back++) { // within the scan
        struct photo photo = {.surface = NULL};
        bytes[length - back] ^= 0x5A;
        assert_true(photo_read(bytes, length, PHOTO_DRAWN_SIDE, &photo, NULL));
        if (picture_check(bytes, length) == PICTURE_IS_WHOLE) { // no marker came of it
            assert_non_null(photo.surface);
            tried++;
        }
        photo_done(&photo);
        bytes[length - back] ^= 0x5A;
    }
    assert_in_range(tried, 700, 790);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_jpeg_is_scaled_down_and_kept_in_proportion),
        cmocka_unit_test(test_a_photo_is_turned_as_its_camera_says),
        cmocka_unit_test(test_a_png_is_drawn),
        cmocka_unit_test(test_a_cut_jpeg_is_refused),
        cmocka_unit_test(test_a_jpeg_that_claims_too_many_pixels_is_refused),
        cmocka_unit_test(test_what_is_no_photo_is_refused),
        cmocka_unit_test(test_a_jpeg_with_wrong_bits_is_drawn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
