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
