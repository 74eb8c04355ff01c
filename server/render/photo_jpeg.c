// SPDX-License-Identifier: Apache-2.0
// JPEG in and out, see photo_jpeg.h. libjpeg reports by a callback that must not return: each use has one
// function with setjmp, whose locals are all set before it.
#include "render/photo_jpeg.h"

#include "wire/picture.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jerror.h>
#include <jpeglib.h>

enum { LIBRARY_BYTES = 400 * 1000 * 1000, QUALITY = 88, EXIF_ORIENTATION = 0x0112 };

struct jpeg_failure {
    struct jpeg_error_mgr manager; // first: libjpeg hands out its address
    jmp_buf back;
};

static void on_error(j_common_ptr common)
{
    struct jpeg_failure *failure = (struct jpeg_failure *)(void *)common->err;
    longjmp(failure->back, 1);
}

// Most warnings are harmless; a file that ends early or whose codes are broken is a damaged photo.
static void on_strict_message(j_common_ptr common, int level)
{
    int code = common->err->msg_code;
    if (level < 0 && (code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER || code == JWRN_HUFF_BAD_CODE))
        on_error(common);
}

static void on_message(j_common_ptr common, int level)
{
    (void)common;
    (void)level;
}

// A progressive file may repeat its scans at will: each costs a pass over the whole picture.
static void on_progress(j_common_ptr common)
{
    j_decompress_ptr decompress = (j_decompress_ptr)(void *)common;
    if (decompress->input_scan_number > PICTURE_SCANS_MOST)
        on_error(common);
}

static unsigned exif_number(const uint8_t *bytes, int count, bool big)
{
    unsigned number = 0;
    for (int i = 0; i < count; i++)
        number = number << 8 | bytes[big ? i : count - 1 - i];
    return number;
}

// The orientation of an EXIF block, 1 when there is none (EXIF 2.3, 4.6.2 and 4.6.4).
static int exif_orientation(const uint8_t *bytes, size_t length)
{
    if (length < 14 || memcmp(bytes, "Exif\0", 6) != 0)
        return 1;
    const uint8_t *tiff = bytes + 6;
    size_t size = length - 6;
    bool big = tiff[0] == 'M';
    size_t at = exif_number(tiff + 4, 4, big);
    if (size < 2 || at > size - 2)
        return 1;
    size_t entries = exif_number(tiff + at, 2, big);
    for (size_t i = 0; i < entries && at + 2 + 12 * (i + 1) <= size; i++) {
        const uint8_t *entry = tiff + at + 2 + 12 * i;
        if (exif_number(entry, 2, big) == EXIF_ORIENTATION) {
            unsigned value = exif_number(entry + 8, 2, big);
            return value >= 1 && value <= 8 ? (int)value : 1;
        }
    }
    return 1;
}

static bool prepare(j_decompress_ptr decompress, const uint8_t *bytes, size_t length, size_t least_side)
{
    jpeg_mem_src(decompress, bytes, length);
    jpeg_save_markers(decompress, JPEG_APP0 + 1, 0xFFFF);
    jpeg_read_header(decompress, TRUE);
    size_t width = decompress->image_width, height = decompress->image_height;
    if (width > PICTURE_SIDE_MOST || height > PICTURE_SIDE_MOST || width * height > PICTURE_PIXELS_MOST)
        return false;
    size_t shorter = width < height ? width : height, reduce = 1;
    while (reduce < 8 && shorter / (reduce * 2) >= least_side)
        reduce *= 2;
    decompress->scale_num = 1;
    decompress->scale_denom = (unsigned)reduce;
    decompress->out_color_space = JCS_RGB;
    decompress->dct_method = JDCT_ISLOW;
    return true;
}

static void read_rows(j_decompress_ptr decompress, struct picture *picture)
{
    jpeg_start_decompress(decompress);
    picture->width = decompress->output_width;
    picture->height = decompress->output_height;
    picture->pixels = malloc(picture->width * picture->height * 3);
    if (!picture->pixels) {
        decompress->err->msg_code = JERR_OUT_OF_MEMORY;
        on_error((j_common_ptr)(void *)decompress);
    }
    while (decompress->output_scanline < decompress->output_height) {
        JSAMPROW row = picture->pixels + (size_t)decompress->output_scanline * picture->width * 3;
        jpeg_read_scanlines(decompress, &row, 1);
    }
    for (jpeg_saved_marker_ptr marker = decompress->marker_list; marker; marker = marker->next)
        if (picture->orientation == 1)
            picture->orientation = exif_orientation(marker->data, marker->data_length);
    jpeg_finish_decompress(decompress);
}

bool photo_jpeg_decode(const uint8_t *bytes, size_t length, size_t least_side, enum photo_care care,
                       struct picture *ret_picture, struct ts_error *error)
{
    struct jpeg_failure failure;
    struct jpeg_progress_mgr progress = {.progress_monitor = on_progress};
    struct jpeg_decompress_struct decompress = {.err = jpeg_std_error(&failure.manager)};
    struct picture picture = {.orientation = 1};
    struct picture *volatile safe = &picture;
    failure.manager.error_exit = on_error;
    failure.manager.emit_message = care == PHOTO_STRICT ? on_strict_message : on_message;
    if (setjmp(failure.back)) {
        jpeg_destroy_decompress(&decompress);
        free(safe->pixels);
        if (failure.manager.msg_code == JERR_OUT_OF_MEMORY)
            return error_set(error, TS_RESOURCE_EXHAUSTED, "MEMORY", "no memory for the photo");
        return error_violation(error, "photo", "is damaged or not a JPEG that can be drawn");
    }
    jpeg_create_decompress(&decompress);
    decompress.progress = &progress;
    decompress.mem->max_memory_to_use = LIBRARY_BYTES;
    bool fits = prepare(&decompress, bytes, length, least_side);
    if (fits)
        read_rows(&decompress, safe);
    jpeg_destroy_decompress(&decompress);
    if (!fits)
        return error_violation(error, "photo", "has too many pixels");
    *ret_picture = *safe;
    return true;
}

bool photo_jpeg_encode(const struct picture *picture, uint8_t **ret_bytes, size_t *ret_length,
                       struct ts_error *error)
{
    struct jpeg_failure failure;
    struct jpeg_compress_struct compress = {.err = jpeg_std_error(&failure.manager)};
    unsigned char *bytes = NULL;
    unsigned long length = 0;
    failure.manager.error_exit = on_error;
    if (setjmp(failure.back)) {
        jpeg_destroy_compress(&compress);
        return error_set(error, TS_RESOURCE_EXHAUSTED, "MEMORY", "the photo cannot be encoded");
    }
    jpeg_create_compress(&compress);
    jpeg_mem_dest(&compress, &bytes, &length);
    compress.image_width = (JDIMENSION)picture->width;
    compress.image_height = (JDIMENSION)picture->height;
    compress.input_components = 3;
    compress.in_color_space = JCS_RGB;
    jpeg_set_defaults(&compress);
    jpeg_set_quality(&compress, QUALITY, TRUE);
    jpeg_start_compress(&compress, TRUE);
    while (compress.next_scanline < compress.image_height) {
        JSAMPROW row = picture->pixels + (size_t)compress.next_scanline * picture->width * 3;
        jpeg_write_scanlines(&compress, &row, 1);
    }
    jpeg_finish_compress(&compress);
    jpeg_destroy_compress(&compress);
    *ret_bytes = bytes;
    *ret_length = length;
    return true;
}
