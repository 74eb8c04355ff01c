// SPDX-License-Identifier: Apache-2.0
// Text of a control chart, see control_chart_parts.h: how wide it is at most, cut to its room, and numbers
// with their true minus sign. Neither pen tells what it will draw, so the width is an upper bound of what the
// sheet's fonts make of it; a test measures them.
#include "quality/control_chart_parts.h"

#include <stdio.h>
#include <string.h>

// Advances of the sheet's bold font, the wider one, in thousandths of its size, from the blank on.
static const short ADVANCES[] = {
    227, 370, 574, 590, 590, 963, 740, 325, 378, 378, 507, 590, 325, 370,  325, 392, 590, 590, 590,
    590, 590, 590, 590, 590, 590, 590, 325, 325, 590, 590, 590, 514, 1007, 641, 681, 656, 714, 615,
    585, 717, 757, 330, 568, 686, 578, 853, 749, 770, 667, 770, 682, 624,  625, 748, 619, 915, 627,
    580, 613, 378, 392, 378, 590, 567, 626, 591, 644, 527, 644, 581, 372,  597, 640, 304, 306, 604,
    315, 964, 641, 626, 644, 644, 436, 495, 421, 637, 576, 863, 562, 574,  511, 378, 296, 378, 590};

// Of one character: an ideogram and a sign of its width are as wide as the font is high, and nothing is
// wider.
static int character_width(const char *text, size_t length)
{
    static const char MINUS[] = "−", SIGMA[] = "σ";
    enum {
        MINUS_WIDTH = 590,
        SIGMA_WIDTH = 660,
        WHOLE = 1000,
        FIRST = ' ',
        LAST = FIRST + sizeof ADVANCES / sizeof *ADVANCES - 1
    };
    if (length == 1)
        return *text >= FIRST && *text <= LAST ? ADVANCES[*text - FIRST] : WHOLE;
    if (strncmp(text, SIGMA, sizeof SIGMA - 1) == 0)
        return SIGMA_WIDTH;
    return strncmp(text, MINUS, sizeof MINUS - 1) == 0 ? MINUS_WIDTH : WHOLE;
}

// Never beyond the end of a text that is cut inside a character.
static size_t character_length(const char *text)
{
    unsigned char lead = (unsigned char)*text;
    return strnlen(text, lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1);
}

int control_chart_text_width(const char *text, int size)
{
    int width = 0;
    for (size_t at = 0; text[at]; at += character_length(text + at))
        width += character_width(text + at, character_length(text + at)) * size;
    return width / 990 + 1; // a hundredth for kerning, which may also widen
}

void control_chart_fit(const char *text, int size, int room, char *buffer)
{
    int left = 990 * (room - size) - 1000; // without the ellipsis
    size_t at = 0;
    if (control_chart_text_width(text, size) <= room && strlen(text) < CHART_LINE_SIZE) {
        memcpy(buffer, text, strlen(text) + 1);
        return;
    }
    while (text[at] && at < CHART_LINE_SIZE - 8) {
        size_t length = character_length(text + at);
        left -= character_width(text + at, length) * size;
        if (left < 0)
            break;
        memcpy(buffer + at, text + at, length);
        at += length;
    }
    snprintf(buffer + at, CHART_LINE_SIZE - at, "…");
}

// No line begins with a mark that closes what stands before it, those of U+3000 and of U+FF00, nor with the ‰
// of a number.
static bool may_begin(const char *text)
{
    return strncmp(text, "‰", 3) != 0 && *text != '%' && strncmp(text, "\xE3\x80", 2) != 0 &&
           strncmp(text, "\xEF\xBC", 2) != 0;
}

size_t control_chart_line(const char *text, int size, int room)
{
    size_t at = 0, good = 0;
    int width = 0;
    while (text[at]) {
        size_t length = character_length(text + at);
        width += character_width(text + at, length) * size;
        if (width / 990 + 1 > room)
            return good ? good : at ? at : length;
        at += length;
        if ((text[at - 1] == ' ' || length >= 3) && may_begin(text + at))
            good = at;
    }
    return at;
}

int control_chart_subscript(const struct chart_pen *pen, struct chart_place place,
                            const struct chart_words *how, const char *text, const char *below)
{
    struct chart_words small = *how, end = *how;
    enum { REGULAR = 94 }; // per cent of the bold width, which is the one that is known
    int width = control_chart_text_width(text, how->size) * (how->bold ? 100 : REGULAR) / 100;
    struct chart_place behind = {place.x + width, place.y};
    small.size = how->size * 7 / 10;
    small.anchor = CHART_START;
    end.anchor = CHART_END; // so that nothing stands between it and what is below
    if (pen)
        pen->words(pen->state, behind, &end, text);
    behind.y += how->size / 4;
    if (pen)
        pen->words(pen->state, behind, &small, below);
    return behind.x + control_chart_text_width(below, small.size);
}

void control_chart_number(const struct decimal *value, char *buffer)
{
    static const char MINUS[] = "−";
    char text[DECIMAL_TEXT_SIZE];
    size_t length = decimal_format(value, text, sizeof text), skipped = text[0] == '-';
    if (skipped)
        memcpy(buffer, MINUS, sizeof MINUS - 1);
    memcpy(buffer + (skipped ? sizeof MINUS - 1 : 0), text + skipped, length - skipped + 1);
}
