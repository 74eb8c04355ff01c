// SPDX-License-Identifier: Apache-2.0
// Characters of a text, see utf8.h; categories come from utf8proc's Unicode tables.
#include "wire/utf8.h"

#include <string.h>
#include <utf8proc.h>

// Whether eight bytes are ASCII without NUL: the usual case, checked at once.
static bool is_plain_word(const char *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    const uint64_t ones = UINT64_C(0x0101010101010101);
    return ((word | (word - ones)) & (ones << 7)) == 0;
}

bool utf8_is_text(const char *bytes, size_t length)
{
    size_t at = 0;
    while (at < length) {
        if (length - at >= 8 && is_plain_word(bytes + at)) {
            at += 8;
            continue;
        }
        if ((unsigned char)bytes[at] - 1u < 0x7F) {
            at++;
            continue;
        }
        utf8proc_int32_t character;
        utf8proc_ssize_t taken = utf8proc_iterate((const utf8proc_uint8_t *)bytes + at,
                                                  (utf8proc_ssize_t)(length - at), &character);
        if (taken <= 0 || character == 0)
            return false;
        at += (size_t)taken;
    }
    return true;
}

size_t utf8_next(const char *bytes, size_t length, int32_t *ret_character)
{
    utf8proc_ssize_t taken =
        utf8proc_iterate((const utf8proc_uint8_t *)bytes, (utf8proc_ssize_t)length, ret_character);
    if (taken > 0)
        return (size_t)taken;
    *ret_character = 0xFFFD; // not reached on valid text
    return 1;
}

bool utf8_is_hazard(int32_t character)
{
    if (character >= 0x20 && character < 0x7F)
        return false;
    // The ideographic planes: rare characters of names are often younger than the tables.
    if (character >= 0x20000 && character <= 0x3FFFD && (character & 0xFFFF) < 0xFFFE)
        return false;
    switch (utf8proc_category(character)) {
    case UTF8PROC_CATEGORY_CC: // controls
    case UTF8PROC_CATEGORY_CN: // unassigned and non-characters
    case UTF8PROC_CATEGORY_CO: // private use
    case UTF8PROC_CATEGORY_CS: // surrogates
    case UTF8PROC_CATEGORY_ZL: // line and paragraph separators
    case UTF8PROC_CATEGORY_ZP:
        return true;
    default:
        break;
    }
    // Bidirectional controls (UAX 9) and other invisible format characters; the joiners U+200C and U+200D
    // stay, because scripts need them.
    bool joiner = character == 0x200C || character == 0x200D;
    return utf8proc_category(character) == UTF8PROC_CATEGORY_CF && !joiner;
}

bool utf8_is_space(int32_t character)
{
    return character == ' ' || utf8proc_category(character) == UTF8PROC_CATEGORY_ZS;
}

// Default_Ignorable_Code_Point of Unicode 15, White_Space, and U+2800.
static bool is_unseen(int32_t character)
{
    static const struct {
        int32_t first, last;
    } unseen[] = {{0x09, 0x0D},     {0x20, 0x20},       {0x85, 0x85},       {0xA0, 0xA0},
                  {0xAD, 0xAD},     {0x034F, 0x034F},   {0x061C, 0x061C},   {0x115F, 0x1160},
                  {0x1680, 0x1680}, {0x17B4, 0x17B5},   {0x180B, 0x180F},   {0x2000, 0x200F},
                  {0x2028, 0x202F}, {0x205F, 0x206F},   {0x2800, 0x2800},   {0x3000, 0x3000},
                  {0x3164, 0x3164}, {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},
                  {0xFFF0, 0xFFF8}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF}};
    for (size_t i = 0; i < sizeof unseen / sizeof *unseen && unseen[i].first <= character; i++)
        if (character <= unseen[i].last)
            return true;
    return false;
}

bool utf8_shows_nothing(const char *bytes, size_t length)
{
    int32_t character;
    for (size_t at = 0; at < length;) {
        at += utf8_next(bytes + at, length - at, &character);
        if (!is_unseen(character))
            return false;
    }
    return true;
}
