// SPDX-License-Identifier: Apache-2.0
// Base64, see base64.h. Reading refuses bits that no writer sets (RFC 4648 3.5), so that a value has one
// text.
#include "wire/base64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

size_t base64_write(const void *bytes, size_t length, bool padded, char *ret_text)
{
    const uint8_t *from = bytes;
    char *to = ret_text;
    for (size_t i = 0; i < length; i += 3) {
        size_t have = length - i < 3 ? length - i : 3;
        uint32_t group = (uint32_t)from[i] << 16;
        group |= have > 1 ? (uint32_t)from[i + 1] << 8 : 0;
        group |= have > 2 ? (uint32_t)from[i + 2] : 0;
        for (size_t k = 0; k < 4; k++) {
            if (k <= have)
                *to++ = alphabet[group >> (18 - 6 * k) & 63];
            else if (padded)
                *to++ = '=';
        }
    }
    *to = '\0';
    return (size_t)(to - ret_text);
}

// 0 to 63, or -1.
static int value_of(char character)
{
    if (character >= 'A' && character <= 'Z')
        return character - 'A';
    if (character >= 'a' && character <= 'z')
        return character - 'a' + 26;
    if (character >= '0' && character <= '9')
        return character - '0' + 52;
    return character == '+' ? 62 : character == '/' ? 63 : -1;
}

// Drops right padding; false when there is wrong padding.
static bool strip_padding(const char *text, size_t *length)
{
    size_t full = *length;
    while (*length > 0 && full - *length < 2 && text[*length - 1] == '=')
        --*length;
    return full == *length || full % 4 == 0;
}

bool base64_read(const char *text, size_t length, uint8_t *ret_bytes, size_t *ret_length)
{
    if (!strip_padding(text, &length) || length % 4 == 1)
        return false;
    size_t written = 0;
    uint32_t bits = 0;
    unsigned have = 0;
    for (size_t i = 0; i < length; i++) {
        int value = value_of(text[i]);
        if (value < 0)
            return false;
        bits = bits << 6 | (uint32_t)value;
        have += 6;
        if (have >= 8) {
            have -= 8;
            ret_bytes[written++] = (uint8_t)(bits >> have);
            bits &= (1u << have) - 1;
        }
    }
    *ret_length = written;
    return bits == 0;
}
