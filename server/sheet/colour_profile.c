// SPDX-License-Identifier: Apache-2.0
// Writes the sRGB profile, see colour_profile.h. Values: IEC 61966-2-1 adapted to D50 by Bradford, as
// ICC.1:2010 F.2 demands; s15Fixed16 numbers.
#include "sheet/colour_profile.h"

#include <string.h>

struct writer {
    uint8_t *bytes;
    size_t length;
};

static void put_u32(struct writer *writer, uint32_t number)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        writer->bytes[writer->length++] = (uint8_t)(number >> shift);
}

static void put_text(struct writer *writer, const char *four)
{
    memcpy(writer->bytes + writer->length, four, 4);
    writer->length += 4;
}

static void put_header(struct writer *writer, uint32_t size)
{
    put_u32(writer, size);
    put_u32(writer, 0); // preferred engine: none
    put_u32(writer, 0x04200000);
    put_text(writer, "mntr");
    put_text(writer, "RGB ");
    put_text(writer, "XYZ ");
    put_u32(writer, 2026u << 16 | 1); // made 2026-01-01 00:00:00, for ever
    put_u32(writer, 1u << 16);
    put_u32(writer, 0);
    put_text(writer, "acsp");
    for (int i = 0; i < 7; i++)
        put_u32(writer, 0);      // platform, flags, maker, model, attributes, intent
    put_u32(writer, 0x0000F6D6); // D50
    put_u32(writer, 0x00010000);
    put_u32(writer, 0x0000D32D);
    while (writer->length < 128)
        put_u32(writer, 0);
}

// Multi-localised Unicode with one English text.
static void put_words(struct writer *writer, const char *words)
{
    size_t length = strlen(words);
    put_text(writer, "mluc");
    put_u32(writer, 0);
    put_u32(writer, 1);
    put_u32(writer, 12);
    put_text(writer, "enUS");
    put_u32(writer, (uint32_t)(2 * length));
    put_u32(writer, 28);
    for (size_t i = 0; i < length; i++) {
        writer->bytes[writer->length++] = 0;
        writer->bytes[writer->length++] = (uint8_t)words[i];
    }
    while (writer->length % 4)
        writer->bytes[writer->length++] = 0;
}

static void put_numbers(struct writer *writer, const char *type, const uint32_t *numbers, size_t count)
{
    put_text(writer, type);
    put_u32(writer, 0);
    for (size_t i = 0; i < count; i++)
        put_u32(writer, numbers[i]);
}

// The tags' data, in the order of TAGS below; each call writes one.
static void put_tag(struct writer *writer, size_t index)
{
    static const uint32_t WHITE[] = {0x0000F6D6, 0x00010000, 0x0000D32D};
    static const uint32_t RED[] = {0x00006FA2, 0x000038F5, 0x00000390};
    static const uint32_t GREEN[] = {0x00006299, 0x0000B785, 0x000018DA};
    static const uint32_t BLUE[] = {0x000024A0, 0x00000F84, 0x0000B6CF};
    static const uint32_t ADAPTATION[] = {0x00010C42, 0x000005DE, 0xFFFFF325, 0x00000793, 0x0000FD90,
                                          0xFFFFFBA1, 0xFFFFFDA2, 0x000003DC, 0x0000C06E};
    // Type 3: gamma 2.4, a 1/1.055, b 0.055/1.055, c 1/12.92, d 0.04045
    static const uint32_t CURVE[] = {0x00030000, 0x00026666, 0x0000F2A7, 0x00000D59, 0x000013D0, 0x00000A5B};
    if (index == 0)
        put_words(writer, "sRGB");
    else if (index == 1)
        put_words(writer, "Apache-2.0");
    else if (index == 2)
        put_numbers(writer, "XYZ ", WHITE, 3);
    else if (index == 3)
        put_numbers(writer, "sf32", ADAPTATION, 9);
    else if (index == 4)
        put_numbers(writer, "XYZ ", RED, 3);
    else if (index == 5)
        put_numbers(writer, "XYZ ", GREEN, 3);
    else if (index == 6)
        put_numbers(writer, "XYZ ", BLUE, 3);
    else
        put_numbers(writer, "para", CURVE, 6);
}

size_t colour_profile_write(uint8_t ret_bytes[COLOUR_PROFILE_BYTES])
{
    static const char *const TAGS[] = {"desc", "cprt", "wtpt", "chad", "rXYZ",
                                       "gXYZ", "bXYZ", "rTRC", "gTRC", "bTRC"};
    enum { TAG_COUNT = sizeof TAGS / sizeof TAGS[0], CURVE_TAG = 7 };
    uint8_t data[COLOUR_PROFILE_BYTES];
    struct writer body = {data, 0}, writer = {ret_bytes, 0};
    size_t start[TAG_COUNT], size[TAG_COUNT], base = 128 + 4 + 12 * TAG_COUNT;
    for (size_t i = 0; i < TAG_COUNT; i++) {
        if (i <= CURVE_TAG) {
            start[i] = body.length;
            put_tag(&body, i);
            size[i] = body.length - start[i];
        } else { // one curve for all three channels
            start[i] = start[CURVE_TAG];
            size[i] = size[CURVE_TAG];
        }
    }
    put_header(&writer, (uint32_t)(base + body.length));
    put_u32(&writer, TAG_COUNT);
    for (size_t i = 0; i < TAG_COUNT; i++) {
        put_text(&writer, TAGS[i]);
        put_u32(&writer, (uint32_t)(base + start[i]));
        put_u32(&writer, (uint32_t)size[i]);
    }
    memcpy(ret_bytes + writer.length, data, body.length);
    return writer.length + body.length;
}
