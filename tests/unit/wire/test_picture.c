// SPDX-License-Identifier: Apache-2.0
// What is taken as a picture: whole ones, and nothing that was cut, changed, or grown beyond its bounds.
#include "testing.h"

#include "wire/picture.h"

#include <string.h>
#include <zlib.h>

struct bytes {
    uint8_t data[1024];
    size_t length;
};

static void put(struct bytes *bytes, const void *data, size_t length)
{
    assert_true(bytes->length + length <= sizeof bytes->data);
    memcpy(bytes->data + bytes->length, data, length);
    bytes->length += length;
}

static void put_number(struct bytes *bytes, uint32_t number, int count)
{
    for (int i = count - 1; i >= 0; i--)
        put(bytes, &(uint8_t){(uint8_t)(number >> 8 * i)}, 1);
}

static void assert_fault(const struct bytes *bytes, enum picture_fault fault)
{
    assert_int_equal(picture_check(bytes->data, bytes->length), fault);
}

// ---- PNG

static void put_chunk(struct bytes *png, const char *name, const void *data, size_t length)
{
    put_number(png, (uint32_t)length, 4);
    put(png, name, 4);
    put(png, data, length);
    put_number(png, (uint32_t)crc32(0, png->data + png->length - length - 4, (uInt)length + 4), 4);
}

static void begin_png(struct bytes *png, uint32_t width, uint32_t height, uint8_t depth, uint8_t color)
{
    struct bytes head = {.length = 0};
    png->length = 0;
    put(png, "\x89PNG\r\n\x1a\n", 8);
    put_number(&head, width, 4);
    put_number(&head, height, 4);
    put(&head, (uint8_t[]){depth, color, 0, 0, 0}, 5);
    put_chunk(png, "IHDR", head.data, head.length);
}

// Of one grey pixel where both sides are 1; of no larger one is that all its data, which only decoding shows.
static struct bytes png_of(uint32_t width, uint32_t height, uint8_t depth, uint8_t color)
{
    struct bytes png;
    begin_png(&png, width, height, depth, color);
    put_chunk(&png, "tEXt", "Title\0ring", 10);
    if (color == 3)
        put_chunk(&png, "PLTE", "\1\2\3", 3);
    put_chunk(&png, "IDAT", "\x78\x9c\x63\x68", 4);
    put_chunk(&png, "IDAT", "\0\0\0\x82\0\x81", 6);
    put_chunk(&png, "IEND", "", 0);
    return png;
}

static void test_a_whole_png_is_taken_and_no_beginning_of_it(void **state)
{
    (void)state;
    struct bytes png = png_of(1, 1, 8, 0);
    assert_fault(&png, PICTURE_IS_WHOLE);
    for (size_t cut = 1; cut < png.length; cut++)
        assert_int_equal(picture_check(png.data, cut), PICTURE_IS_CUT);
    assert_int_equal(picture_check(png.data, 0), PICTURE_IS_NONE);
    put(&png, "", 1);
    assert_fault(&png, PICTURE_IS_DAMAGED);
}

static void test_no_changed_byte_of_a_png_is_taken(void **state)
{
    (void)state;
    static const uint8_t changes[] = {0x01, 0x20, 0x80, 0xFF};
    struct bytes png = png_of(1, 1, 8, 0);
    for (size_t at = 0; at < png.length; at++)
        for (size_t i = 0; i < sizeof changes; i++) {
            png.data[at] ^= changes[i];
            enum picture_fault fault = picture_check(png.data, png.length);
            assert_int_not_equal(fault, PICTURE_IS_WHOLE);
            assert_true(at < 8 ? fault == PICTURE_IS_NONE
                               : fault == PICTURE_IS_DAMAGED || fault == PICTURE_IS_CUT);
            png.data[at] ^= changes[i];
        }
    assert_fault(&png, PICTURE_IS_WHOLE);
}

static void test_a_png_has_bounds(void **state)
{
    (void)state;
    static const struct {
        uint32_t width, height;
        enum picture_fault fault;
    } rows[] = {{12000, 5333, PICTURE_IS_WHOLE},  {8000, 8000, PICTURE_IS_WHOLE},
                {8000, 8001, PICTURE_IS_LARGE},   {12001, 1, PICTURE_IS_LARGE},
                {1, 12001, PICTURE_IS_LARGE},     {30000, 30000, PICTURE_IS_LARGE},
                {65536, 65536, PICTURE_IS_LARGE}, {0xFFFFFFFF, 0xFFFFFFFF, PICTURE_IS_LARGE},
                {0, 5, PICTURE_IS_DAMAGED},       {5, 0, PICTURE_IS_DAMAGED}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bytes png = png_of(rows[i].width, rows[i].height, 8, 2);
        assert_fault(&png, rows[i].fault);
    }
}

static void test_a_png_has_a_kind_that_exists(void **state)
{
    (void)state;
    static const uint8_t good[][2] = {{1, 0}, {16, 0}, {8, 2}, {16, 2}, {1, 3}, {8, 3}, {8, 4}, {16, 6}};
    static const uint8_t bad[][2] = {{0, 0},  {3, 0}, {32, 0}, {8, 1},  {4, 2},
                                     {16, 3}, {8, 5}, {8, 7},  {255, 2}};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct bytes png = png_of(1, 1, good[i][0], good[i][1]);
        assert_fault(&png, PICTURE_IS_WHOLE);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct bytes png = png_of(1, 1, bad[i][0], bad[i][1]);
        assert_fault(&png, PICTURE_IS_DAMAGED);
    }
}

static void test_the_parts_of_a_png_are_there_and_in_their_order(void **state)
{
    (void)state;
    static const char *const orders[] = {"IEND",           "PLTE IEND",           "IDAT tEXt IDAT IEND",
                                         "IDAT PLTE IEND", "PLTE PLTE IDAT IEND", "NEWT IDAT IEND",
                                         "IHDR IDAT IEND"};
    struct bytes png;
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        begin_png(&png, 1, 1, 8, 2);
        for (const char *name = orders[i]; *name; name += name[4] ? 5 : 4)
            put_chunk(&png, name, "\1\2\3", memcmp(name, "IEND", 4) == 0 ? 0 : 3);
        assert_fault(&png, PICTURE_IS_DAMAGED);
    }
    begin_png(&png, 1, 1, 8, 3); // by a palette that is not there
    put_chunk(&png, "IDAT", "\1", 1);
    put_chunk(&png, "IEND", "", 0);
    assert_fault(&png, PICTURE_IS_DAMAGED);
    png.length = 8;
    put_chunk(&png, "IDAT", "\1", 1);
    assert_fault(&png, PICTURE_IS_DAMAGED);
}

// ---- JPEG

static void put_segment(struct bytes *jpeg, uint8_t marker, const void *data, size_t length)
{
    put(jpeg, (uint8_t[]){0xFF, marker}, 2);
    put_number(jpeg, (uint32_t)length + 2, 2);
    put(jpeg, data, length);
}

static void put_frame(struct bytes *jpeg, uint8_t marker, uint8_t bits, uint32_t width, uint32_t height,
                      uint8_t components)
{
    struct bytes frame = {.length = 0};
    put(&frame, &bits, 1);
    put_number(&frame, height, 2);
    put_number(&frame, width, 2);
    put(&frame, &components, 1);
    for (uint8_t i = 1; i <= components; i++)
        put(&frame, (uint8_t[]){i, 0x11, 0}, 3);
    put_segment(jpeg, marker, frame.data, frame.length);
}

static void put_scan(struct bytes *jpeg)
{
    put_segment(jpeg, 0xDA, "\1\1\0\0\77\0", 6);
    put(jpeg, "\x12\xFF\x00\x34\xFF\xD0\x56\xFF\xFF\xD7\x78", 11); // with a stuffed FF, restarts and filling
}

// A preview with an end of its own, tables, frame, scans, end.
static struct bytes jpeg_of(uint8_t marker, uint8_t bits, uint32_t width, uint32_t height, uint8_t components,
                            unsigned scans)
{
    struct bytes jpeg = {.length = 0};
    put(&jpeg, "\xFF\xD8", 2);
    put_segment(&jpeg, 0xE1, "Exif\0\0\xFF\xD8\xFF\xD9", 10);
    put_segment(&jpeg, 0xDB, "\0tables", 7);
    put(&jpeg, "\xFF\xFF", 2); // filling before a marker
    put_frame(&jpeg, marker, bits, width, height, components);
    for (unsigned i = 0; i < scans; i++)
        put_scan(&jpeg);
    put(&jpeg, "\xFF\xD9", 2);
    return jpeg;
}

static void test_a_whole_jpeg_is_taken_and_no_beginning_of_it(void **state)
{
    (void)state;
    struct bytes jpeg = jpeg_of(0xC0, 8, 16, 16, 3, 3);
    assert_fault(&jpeg, PICTURE_IS_WHOLE);
    for (size_t cut = 1; cut < jpeg.length; cut++)
        assert_int_equal(picture_check(jpeg.data, cut), PICTURE_IS_CUT);
    put(&jpeg, "the second picture of a camera", 30);
    assert_fault(&jpeg, PICTURE_IS_WHOLE);
}

static void test_a_jpeg_has_bounds(void **state)
{
    (void)state;
    static const struct {
        uint32_t width, height;
        unsigned scans;
        enum picture_fault fault;
    } rows[] = {{8000, 8000, 10, PICTURE_IS_WHOLE}, {8000, 8000, 11, PICTURE_IS_LARGE},
                {16, 16, 34, PICTURE_IS_WHOLE},     {12001, 16, 1, PICTURE_IS_LARGE},
                {16, 65535, 1, PICTURE_IS_LARGE},   {65535, 65535, 1, PICTURE_IS_LARGE},
                {8001, 8000, 1, PICTURE_IS_LARGE},  {0, 16, 1, PICTURE_IS_DAMAGED},
                {16, 0, 1, PICTURE_IS_DAMAGED}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bytes jpeg = jpeg_of(0xC2, 8, rows[i].width, rows[i].height, 1, rows[i].scans);
        assert_fault(&jpeg, rows[i].fault);
    }
}

static void test_a_jpeg_that_is_not_drawn_is_named(void **state)
{
    (void)state;
    static const uint8_t markers[] = {0xC3, 0xC5, 0xC9, 0xCA, 0xCB, 0xCF};
    for (size_t i = 0; i < sizeof markers; i++) {
        struct bytes jpeg = jpeg_of(markers[i], 8, 16, 16, 3, 1);
        assert_fault(&jpeg, PICTURE_IS_FOREIGN);
    }
    struct bytes cmyk = jpeg_of(0xC0, 8, 16, 16, 4, 1), deep = jpeg_of(0xC1, 12, 16, 16, 3, 1);
    assert_fault(&cmyk, PICTURE_IS_FOREIGN);
    assert_fault(&deep, PICTURE_IS_FOREIGN);
}

static void test_the_parts_of_a_jpeg_are_there_and_in_their_order(void **state)
{
    (void)state;
    struct bytes jpeg = jpeg_of(0xC0, 8, 16, 16, 3, 0);
    assert_fault(&jpeg, PICTURE_IS_DAMAGED); // an end, and no scan
    jpeg.length -= 2;
    put_frame(&jpeg, 0xC0, 8, 16, 16, 3);
    assert_fault(&jpeg, PICTURE_IS_DAMAGED); // two frames
    for (unsigned with = 0; with < 2; with++) {
        jpeg.length = 2;
        if (with) // no tables
            put_frame(&jpeg, 0xC0, 8, 16, 16, 3);
        else // no frame
            put_segment(&jpeg, 0xDB, "\0tables", 7);
        put_scan(&jpeg);
        put(&jpeg, "\xFF\xD9", 2);
        assert_fault(&jpeg, PICTURE_IS_DAMAGED);
    }
    for (size_t i = 0; i < 3; i++) { // restart, second beginning, none of the markers
        jpeg.length = 2;
        put(&jpeg, &"\xFF\xD0\xFF\xD8\xFF\x02"[2 * i], 2);
        put(&jpeg, "\xFF\xD9\0\0\0\0\0\0", 8);
        assert_fault(&jpeg, PICTURE_IS_DAMAGED);
    }
}

static void test_no_changed_byte_of_a_jpeg_does_harm(void **state)
{
    (void)state;
    struct bytes jpeg = jpeg_of(0xC2, 8, 16, 16, 3, 3);
    for (size_t at = 0; at < jpeg.length; at++)
        for (unsigned value = 0; value < 256; value++) {
            struct bytes changed = jpeg;
            changed.data[at] = (uint8_t)value;
            assert_in_range(picture_check(changed.data, changed.length), PICTURE_IS_WHOLE,
                            PICTURE_IS_FOREIGN);
        }
}

// ---- words

static void test_every_fault_says_in_both_languages_what_to_do(void **state)
{
    (void)state;
    for (int fault = PICTURE_IS_NONE; fault <= PICTURE_IS_FOREIGN; fault++) {
        const char *zh = picture_fault_text((enum picture_fault)fault, true);
        const char *en = picture_fault_text((enum picture_fault)fault, false);
        assert_non_null(strstr(zh, "请"));
        assert_non_null(strpbrk(en, ":;"));
        assert_in_range(strlen(en), 20, 159); // as a violation
        for (int other = PICTURE_IS_NONE; other < fault; other++)
            assert_string_not_equal(en, picture_fault_text((enum picture_fault)other, false));
    }
}

static void test_what_is_no_picture_is_none(void **state)
{
    (void)state;
    static const char *const others[] = {"GIF89a", "%PDF-1.4", "<svg onload=alert(1)>", "\x89PMG",
                                         "\xFF\xD9"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        assert_false(picture_begins((const uint8_t *)others[i], strlen(others[i])));
        assert_int_equal(picture_check((const uint8_t *)others[i], strlen(others[i])), PICTURE_IS_NONE);
    }
    assert_int_equal(picture_check(NULL, 0), PICTURE_IS_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_whole_png_is_taken_and_no_beginning_of_it),
        cmocka_unit_test(test_no_changed_byte_of_a_png_is_taken),
        cmocka_unit_test(test_a_png_has_bounds),
        cmocka_unit_test(test_a_png_has_a_kind_that_exists),
        cmocka_unit_test(test_the_parts_of_a_png_are_there_and_in_their_order),
        cmocka_unit_test(test_a_whole_jpeg_is_taken_and_no_beginning_of_it),
        cmocka_unit_test(test_a_jpeg_has_bounds),
        cmocka_unit_test(test_a_jpeg_that_is_not_drawn_is_named),
        cmocka_unit_test(test_the_parts_of_a_jpeg_are_there_and_in_their_order),
        cmocka_unit_test(test_no_changed_byte_of_a_jpeg_does_harm),
        cmocka_unit_test(test_every_fault_says_in_both_languages_what_to_do),
        cmocka_unit_test(test_what_is_no_picture_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
