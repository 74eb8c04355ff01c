// SPDX-License-Identifier: Apache-2.0
// Percent-encoding of grpc-message, see percent.h.
#include "wire/percent.h"

#include "wire/arena.h"

#include <stdint.h>
#include <string.h>

char *percent_encode(const char *text, struct arena *arena)
{
    static const char hex[] = "0123456789ABCDEF";
    size_t length = strlen(text);
    char *encoded = length < SIZE_MAX / 4 ? arena_alloc(arena, length * 3 + 1) : NULL;
    if (!encoded)
        return NULL;
    char *to = encoded;
    for (; *text; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte >= 0x20 && byte <= 0x7E && byte != '%') {
            *to++ = *text;
            continue;
        }
        *to++ = '%';
        *to++ = hex[byte >> 4];
        *to++ = hex[byte & 15];
    }
    *to = '\0';
    return encoded;
}

static int hex_value(char character)
{
    if (character >= '0' && character <= '9')
        return character - '0';
    if (character >= 'A' && character <= 'F')
        return character - 'A' + 10;
    return character >= 'a' && character <= 'f' ? character - 'a' + 10 : -1;
}

char *percent_decode(const char *text, size_t length, struct arena *arena)
{
    char *decoded = arena_alloc(arena, length + 1);
    if (!decoded)
        return NULL;
    char *to = decoded;
    for (size_t i = 0; i < length; i++) {
        int high = i + 2 < length && text[i] == '%' ? hex_value(text[i + 1]) : -1;
        int low = high >= 0 ? hex_value(text[i + 2]) : -1;
        if (low < 0) {
            *to++ = text[i];
            continue;
        }
        *to++ = (char)(high * 16 + low);
        i += 2;
    }
    *to = '\0';
    return decoded;
}
