// SPDX-License-Identifier: Apache-2.0
// The pen that writes SVG, see svg_pen.h. Places are tenths of a pixel and are written as they are, with a
// point before the last digit.
#include "quality/svg_pen.h"

#include "wire/text.h"

#include <stdlib.h>

#define FONTS                                                                                                \
    "'Touchstone Sans','Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC',sans-serif"

static void put_tenths(struct text *out, int tenths)
{
    int size = abs(tenths);
    text_printf(out, "%s%d", tenths < 0 ? "-" : "", size / 10);
    if (size % 10)
        text_printf(out, ".%d", size % 10);
}

static void put_attribute(struct text *out, const char *name, int tenths)
{
    text_printf(out, " %s=\"", name);
    put_tenths(out, tenths);
    text_put_char(out, '"');
}

static void put_stroke(struct text *out, const struct chart_stroke *stroke)
{
    text_printf(out, " stroke=\"#%06x\"", (unsigned)stroke->rgb);
    put_attribute(out, "stroke-width", stroke->width);
    if (stroke->dash)
        put_attribute(out, "stroke-dasharray", stroke->dash);
}

static void put_places(struct text *out, const struct chart_place *places, size_t count)
{
    text_put(out, " points=\"");
    for (size_t i = 0; i < count; i++) {
        if (i)
            text_put_char(out, ' ');
        put_tenths(out, places[i].x);
        text_put_char(out, ',');
        put_tenths(out, places[i].y);
    }
    text_put_char(out, '"');
}

// XML 1.0, 2.2 and 2.4.
static void put_escaped(struct text *out, const char *string)
{
    for (; *string; string++) {
        unsigned char byte = (unsigned char)*string;
        if (byte == '&')
            text_put(out, "&amp;");
        else if (byte == '<')
            text_put(out, "&lt;");
        else if (byte == '>')
            text_put(out, "&gt;");
        else
            text_put_char(out, byte < ' ' ? ' ' : *string);
    }
}

static void line(void *state, const struct chart_place *places, size_t count,
                 const struct chart_stroke *stroke)
{
    struct text *out = state;
    text_put(out, "<polyline fill=\"none\"");
    put_places(out, places, count);
    put_stroke(out, stroke);
    text_put(out, "/>\n");
}

static void area(void *state, const struct chart_place *places, size_t count, uint32_t fill,
                 const struct chart_stroke *stroke)
{
    struct text *out = state;
    text_printf(out, "<polygon fill=\"#%06x\"", (unsigned)fill);
    put_places(out, places, count);
    put_stroke(out, stroke);
    text_put(out, "/>\n");
}

static void disc(void *state, struct chart_place centre, int radius, uint32_t fill,
                 const struct chart_stroke *stroke)
{
    struct text *out = state;
    text_printf(out, "<circle fill=\"#%06x\"", (unsigned)fill);
    put_attribute(out, "cx", centre.x);
    put_attribute(out, "cy", centre.y);
    put_attribute(out, "r", radius);
    put_stroke(out, stroke);
    text_put(out, "/>\n");
}

static void words(void *state, struct chart_place place, const struct chart_words *how, const char *text)
{
    static const char *const ANCHORS[] = {
        [CHART_START] = "start", [CHART_MIDDLE] = "middle", [CHART_END] = "end"};
    struct text *out = state;
    text_put(out, "<text");
    put_attribute(out, "x", place.x);
    put_attribute(out, "y", place.y);
    put_attribute(out, "font-size", how->size);
    if (how->bold)
        text_put(out, " font-weight=\"bold\"");
    text_printf(out, " text-anchor=\"%s\" fill=\"#%06x\">", ANCHORS[how->anchor], (unsigned)how->rgb);
    put_escaped(out, text);
    text_put(out, "</text>\n");
}

struct chart_pen svg_pen(struct text *out)
{
    return (struct chart_pen){.state = out, .line = line, .area = area, .disc = disc, .words = words};
}

void svg_pen_begin(struct text *out, int width, int height, const char *title_zh, const char *title_en)
{
    text_printf(out,
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" "
                "role=\"img\" font-family=\"%s\">\n<title>",
                width, height, width, height, FONTS);
    put_escaped(out, title_zh);
    text_put(out, " ");
    put_escaped(out, title_en);
    text_printf(out, "</title>\n<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>\n", width, height);
}

void svg_pen_end(struct text *out)
{
    text_put(out, "</svg>\n");
}
