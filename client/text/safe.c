// SPDX-License-Identifier: Apache-2.0
// Makes text of unknown origin harmless: see safe.h. The list of bidirectional controls is that of
// Unicode UAX #9 2.1-2.4 and its Implementation note on "Trojan source".
#include "text/safe.h"

#include <string.h>
#include <wchar.h>

static size_t sequence_length(unsigned char lead)
{
    if (lead < 0x80)
        return 1;
    if (lead >= 0xc2 && lead <= 0xdf)
        return 2;
    if (lead >= 0xe0 && lead <= 0xef)
        return 3;
    if (lead >= 0xf0 && lead <= 0xf4)
        return 4;
    return 0;
}

size_t safe_decode(const char *text, size_t length, uint32_t *ret_character)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *bytes = (const unsigned char *)text;
    size_t size = sequence_length(bytes[0]);
    uint32_t character = size == 1 ? bytes[0] : size == 0 ? 0 : bytes[0] & (0x7fu >> size);

    *ret_character = UINT32_MAX;
    if (size == 0 || size > length)
        return 1;
    for (size_t i = 1; i < size; i++) {
        if ((bytes[i] & 0xc0) != 0x80)
            return 1;
        character = character << 6 | (bytes[i] & 0x3f);
    }
    if (size > 1 && character < smallest[size])
        return 1;
    if (character > 0x10ffff || (character >= 0xd800 && character <= 0xdfff))
        return 1;
    *ret_character = character;
    return size;
}

bool safe_is_hazard(uint32_t character)
{
    static const struct {
        uint32_t first;
        uint32_t last;
    } hazards[] = {
        {0x00, 0x1f},     {0x7f, 0x9f},     {0x061c, 0x061c}, {0x200b, 0x200f},   {0x2028, 0x202e},
        {0x2060, 0x206f}, {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe007f},
    };

    for (size_t i = 0; i < sizeof hazards / sizeof *hazards; i++)
        if (character >= hazards[i].first && character <= hazards[i].last)
            return true;
    return false;
}

void safe_write(FILE *out, const char *text, bool lines_stay)
{
    size_t length = strlen(text);

    for (size_t at = 0; at < length;) {
        uint32_t character;
        size_t size = safe_decode(text + at, length - at, &character);

        if (character == '\n' && lines_stay)
            fputc('\n', out);
        else if (character == '\n')
            fputs("\\n", out);
        else if (character == '\t')
            fputs("\\t", out);
        else if (character == UINT32_MAX || (safe_is_hazard(character) && character < 0x80))
            fprintf(out, "\\x%02x", (unsigned char)text[at]);
        else if (safe_is_hazard(character))
            fprintf(out, "\\u{%04x}", character);
        else
            fwrite(text + at, 1, size, out);
        at += size;
    }
}

void safe_write_json(FILE *out, const char *json, size_t length)
{
    for (size_t at = 0; at < length;) {
        uint32_t character;
        size_t size = safe_decode(json + at, length - at, &character);

        if (character == UINT32_MAX)
            fputs("\xef\xbf\xbd", out);
        else if (character >= 0x7f && character <= 0xffff && safe_is_hazard(character))
            fprintf(out, "\\u%04x", character);
        else if (character > 0xffff && safe_is_hazard(character))
            fprintf(out, "\\u%04x\\u%04x", 0xd7c0 + (character >> 10), 0xdc00 + (character & 0x3ff));
        else
            fwrite(json + at, 1, size, out);
        at += size;
    }
}

// Columns of one character, and its bytes.
static size_t character_width(const char *text, size_t length, size_t *ret_size)
{
    uint32_t character;
    int columns;

    *ret_size = safe_decode(text, length, &character);
    columns = character == UINT32_MAX ? 1 : wcwidth((wchar_t)character);
    return columns > 0 ? (size_t)columns : 0;
}

size_t safe_width(const char *text)
{
    size_t length = strlen(text), width = 0, size;

    for (size_t at = 0; at < length; at += size)
        width += character_width(text + at, length - at, &size);
    return width;
}

size_t safe_fitting(const char *text, size_t columns)
{
    size_t length = strlen(text), width = 0, at = 0, size;

    while (at < length) {
        width += character_width(text + at, length - at, &size);
        if (width > columns)
            break;
        at += size;
    }
    return at;
}
