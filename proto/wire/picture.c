// SPDX-License-Identifier: Apache-2.0
// Walks of PNG and JPEG, see picture.h. PNG: ISO/IEC 15948 (W3C PNG, 5 and 11.2). JPEG: ITU-T T.81, B.1.1 and
// B.2.
#include "wire/picture.h"

#include <string.h>
#include <zlib.h>

static const uint8_t PNG_MAGIC[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
static const uint8_t JPEG_MAGIC[] = {0xFF, 0xD8, 0xFF};

static uint32_t number_at(const uint8_t *bytes, int count)
{
    uint32_t number = 0;
    for (int i = 0; i < count; i++)
        number = number << 8 | bytes[i];
    return number;
}

static enum picture_fault check_size(uint32_t width, uint32_t height)
{
    if (width == 0 || height == 0)
        return PICTURE_IS_DAMAGED;
    return width > PICTURE_SIDE_MOST || height > PICTURE_SIDE_MOST || width * height > PICTURE_PIXELS_MOST
               ? PICTURE_IS_LARGE
               : PICTURE_IS_WHOLE;
}

// ---- PNG

enum { CHUNK_HEAD = 8, CHUNK_CRC = 4, IHDR_BYTES = 13, PALETTE = 3 };

struct png_walk {
    unsigned chunks;
    uint8_t color;
    bool has_palette, has_data, is_past_data;
};

static enum picture_fault check_ihdr(struct png_walk *walk, const uint8_t *data, size_t length)
{
    // By colour type the bit depths that it may have, one bit each.
    static const uint32_t depths[] = {1 << 1 | 1 << 2 | 1 << 4 | 1 << 8 | 1 << 16,
                                      0,
                                      1 << 8 | 1 << 16,
                                      1 << 1 | 1 << 2 | 1 << 4 | 1 << 8,
                                      1 << 8 | 1 << 16,
                                      0,
                                      1 << 8 | 1 << 16};
    if (length != IHDR_BYTES || data[9] >= sizeof depths / sizeof *depths || data[8] > 16 ||
        !(depths[data[9]] >> data[8] & 1) || data[10] != 0 || data[11] != 0 || data[12] > 1)
        return PICTURE_IS_DAMAGED;
    walk->color = data[9];
    return check_size(number_at(data, 4), number_at(data + 4, 4));
}

// The chunks that must be understood, in their order; any other with a small first letter may be passed over.
static enum picture_fault check_chunk(struct png_walk *walk, const uint8_t *name, const uint8_t *data,
                                      size_t length)
{
    bool is_data = memcmp(name, "IDAT", 4) == 0;
    bool held = true;
    if (walk->chunks++ == 0)
        return memcmp(name, "IHDR", 4) == 0 ? check_ihdr(walk, data, length) : PICTURE_IS_DAMAGED;
    if (walk->has_data && !is_data)
        walk->is_past_data = true;
    if (is_data) {
        held = !walk->is_past_data && (walk->color != PALETTE || walk->has_palette);
        walk->has_data = true;
    } else if (memcmp(name, "PLTE", 4) == 0) {
        held = !walk->has_data && !walk->has_palette && length > 0 && length <= 768 && length % 3 == 0;
        walk->has_palette = true;
    } else if (memcmp(name, "IEND", 4) == 0) {
        held = walk->has_data && length == 0;
    } else {
        held = name[0] >= 'a' && name[0] <= 'z';
    }
    return held ? PICTURE_IS_WHOLE : PICTURE_IS_DAMAGED;
}

// Nothing may lie behind IEND: what nobody sees is no part of a picture.
static enum picture_fault check_png(const uint8_t *bytes, size_t length)
{
    struct png_walk walk = {.chunks = 0};
    for (size_t at = sizeof PNG_MAGIC; at < length;) {
        const uint8_t *name = bytes + at + 4;
        if (length - at < CHUNK_HEAD)
            return PICTURE_IS_CUT;
        size_t size = number_at(bytes + at, 4);
        if (size > length - at - CHUNK_HEAD || length - at - CHUNK_HEAD - size < CHUNK_CRC)
            return PICTURE_IS_CUT;
        if (crc32(crc32(0, NULL, 0), name, (uInt)size + 4) != number_at(name + 4 + size, 4))
            return PICTURE_IS_DAMAGED;
        enum picture_fault fault = check_chunk(&walk, name, name + 4, size);
        at += CHUNK_HEAD + size + CHUNK_CRC;
        if (fault != PICTURE_IS_WHOLE)
            return fault;
        if (memcmp(name, "IEND", 4) == 0)
            return at == length ? PICTURE_IS_WHOLE : PICTURE_IS_DAMAGED;
    }
    return PICTURE_IS_CUT;
}

// ---- JPEG

enum {
    SOF0 = 0xC0,
    SOF2 = 0xC2,
    DHT = 0xC4,
    JPG = 0xC8,
    DAC = 0xCC,
    SOF15 = 0xCF,
    RST0 = 0xD0,
    RST7 = 0xD7,
    SOI = 0xD8,
    EOI = 0xD9,
    SOS = 0xDA,
    DQT = 0xDB
};

struct jpeg_walk {
    uint32_t pixels, scans;
    unsigned components;
    bool has_table;
};

// Length, precision, height, width, components; three bytes for each of these.
static enum picture_fault check_frame(struct jpeg_walk *walk, int marker, const uint8_t *segment,
                                      size_t length)
{
    if (length < 8 || walk->pixels)
        return PICTURE_IS_DAMAGED;
    uint32_t height = number_at(segment + 3, 2), width = number_at(segment + 5, 2);
    walk->components = segment[7];
    if (marker > SOF2 || segment[2] != 8 || (walk->components != 1 && walk->components != 3))
        return PICTURE_IS_FOREIGN;
    if (length != 8 + 3 * (size_t)walk->components)
        return PICTURE_IS_DAMAGED;
    for (unsigned i = 0; i < walk->components; i++) {
        unsigned across = segment[9 + 3 * i] >> 4, down = segment[9 + 3 * i] & 15;
        if (across < 1 || across > 4 || down < 1 || down > 4)
            return PICTURE_IS_DAMAGED;
    }
    walk->pixels = width * height;
    return check_size(width, height);
}

// Length, components, two bytes for each of these, and three more.
static enum picture_fault check_scan(struct jpeg_walk *walk, const uint8_t *segment, size_t length)
{
    if (!walk->pixels || !walk->has_table || length < 3 || segment[2] < 1 || segment[2] > walk->components ||
        length != 6 + 2 * (size_t)segment[2])
        return PICTURE_IS_DAMAGED;
    walk->scans++;
    return walk->scans > PICTURE_SCANS_MOST || (uint64_t)walk->scans * walk->pixels > PICTURE_SCANNED_MOST
               ? PICTURE_IS_LARGE
               : PICTURE_IS_WHOLE;
}

static enum picture_fault check_segment(struct jpeg_walk *walk, int marker, const uint8_t *segment,
                                        size_t length)
{
    if (marker == SOS)
        return check_scan(walk, segment, length);
    if (marker >= SOF0 && marker <= SOF15 && marker != DHT && marker != JPG && marker != DAC)
        return check_frame(walk, marker, segment, length);
    walk->has_table = walk->has_table || marker == DQT;
    return PICTURE_IS_WHOLE;
}

// The next marker at or behind `at` that is none of the data's own; `length` when there is none.
static size_t skip_data(const uint8_t *bytes, size_t length, size_t at)
{
    while (at < length) {
        const uint8_t *found = memchr(bytes + at, 0xFF, length - at);
        at = found ? (size_t)(found - bytes) : length;
        if (at + 1 >= length)
            return length;
        uint8_t next = bytes[at + 1];
        if (next != 0 && next != 0xFF && (next < RST0 || next > RST7))
            return at;
        at += next == 0xFF ? 1 : 2;
    }
    return length;
}

// What lies behind EOI is not looked at: cameras put previews and a second picture there.
static enum picture_fault check_jpeg(const uint8_t *bytes, size_t length)
{
    struct jpeg_walk walk = {.pixels = 0};
    size_t at = 2;
    while (at < length) {
        if (bytes[at] != 0xFF)
            return PICTURE_IS_DAMAGED;
        if (length - at < 2)
            return PICTURE_IS_CUT;
        uint8_t marker = bytes[at + 1];
        if (marker == 0xFF) { // filling
            at++;
            continue;
        }
        if (marker == EOI)
            return walk.scans ? PICTURE_IS_WHOLE : PICTURE_IS_DAMAGED;
        if (marker < SOF0 || (marker >= RST0 && marker <= SOI))
            return PICTURE_IS_DAMAGED;
        const uint8_t *segment = bytes + at + 2;
        size_t left = length - at - 2, size = left < 2 ? 2 : number_at(segment, 2);
        if (size < 2)
            return PICTURE_IS_DAMAGED;
        if (left < size)
            return PICTURE_IS_CUT;
        enum picture_fault fault = check_segment(&walk, marker, segment, size);
        if (fault != PICTURE_IS_WHOLE)
            return fault;
        at += 2 + size;
        if (marker == SOS)
            at = skip_data(bytes, length, at);
    }
    return PICTURE_IS_CUT;
}

// ---- either

static bool begins(const uint8_t *bytes, size_t length, const uint8_t *magic, size_t size)
{
    return length > 0 && memcmp(bytes, magic, length < size ? length : size) == 0;
}

bool picture_begins(const uint8_t *bytes, size_t length)
{
    return begins(bytes, length, PNG_MAGIC, sizeof PNG_MAGIC) ||
           begins(bytes, length, JPEG_MAGIC, sizeof JPEG_MAGIC);
}

enum picture_fault picture_check(const uint8_t *bytes, size_t length)
{
    if (!picture_begins(bytes, length))
        return PICTURE_IS_NONE;
    return bytes[0] == PNG_MAGIC[0] ? check_png(bytes, length) : check_jpeg(bytes, length);
}

const char *picture_fault_text(enum picture_fault fault, bool is_chinese)
{
    static const struct {
        const char *zh, *en;
    } texts[] = {
        [PICTURE_IS_WHOLE] = {"", ""},
        [PICTURE_IS_NONE] = {"不是 JPEG 或 PNG 照片：请选照片文件，或用相机重拍",
                             "is neither a JPEG nor a PNG picture: choose another file, or take it anew"},
        [PICTURE_IS_CUT] = {"不完整：相机可能还在写，请再试一次或重拍",
                            "is cut short: the camera may still be writing it; try again, or take another"},
        [PICTURE_IS_DAMAGED] = {"已损坏：请从相机重新拷贝，或重拍",
                                "is damaged: copy it from the camera anew, or take another"},
        [PICTURE_IS_LARGE] =
            {"像素太多：每边最多 12000、共 6400 万，请把相机调小或缩小后再存",
             "has too many pixels, at most 12000 a side and 64 million in all are taken: set "
             "the camera smaller, or save it smaller"},
        [PICTURE_IS_FOREIGN] = {"是报告画不出的 JPEG（CMYK、12 位等）：请另存为普通 JPEG 或 PNG",
                                "is a JPEG that no sheet can show (CMYK, 12 bits or the like): save it as an "
                                "ordinary JPEG or as PNG"},
    };
    return is_chinese ? texts[fault].zh : texts[fault].en;
}
