// SPDX-License-Identifier: Apache-2.0
// Bars, see bar_chart.h. Places are tenths of a pixel. Numbers stand behind each bar, so that colour is never
// the only sign.
#include "quality/bar_chart.h"

#include "quality/svg_pen.h"
#include "wire/error.h"
#include "wire/text.h"

enum {
    HEAD = 1000,
    ROW = 280,
    BAR = 180,
    FOOT = 500,
    LABEL_END = 2700,
    BARS_BEGIN = 2800,
    BARS_WIDTH = 4600,
    TEXT_BEGIN_GAP = 100,
    LEGEND_STEP = 1800,
    SWATCH = 120,
    COUNT_MAX = 1000000000,
    GREY = 0x555555,
    BLACK = 0x222222,
};

static const uint32_t COLOURS[BAR_CHART_PARTS_MAX] = {0x2E7D5B, 0xB3402E, 0x9AA5B1, 0xC9A227};

static int64_t total_of(const Touchstone__Internal__V1__Bar *bar)
{
    int64_t total = 0;
    for (size_t i = 0; i < bar->n_values; i++)
        total += bar->values[i];
    return total;
}

static bool is_drawable(const Touchstone__Internal__V1__BarChart *chart)
{
    if (chart->n_bars == 0 || chart->n_bars > BAR_CHART_BARS_MAX || chart->n_parts == 0 ||
        chart->n_parts > BAR_CHART_PARTS_MAX)
        return false;
    for (size_t i = 0; i < chart->n_bars; i++) {
        const Touchstone__Internal__V1__Bar *bar = chart->bars[i];
        if (bar->n_values > chart->n_parts)
            return false;
        for (size_t k = 0; k < bar->n_values; k++)
            if (bar->values[k] < 0 || bar->values[k] > COUNT_MAX)
                return false;
    }
    return true;
}

// Of those that are shown: a hidden number must not be read from the others' lengths.
static int64_t largest_of(const Touchstone__Internal__V1__BarChart *chart)
{
    int64_t largest = 1;
    for (size_t i = 0; i < chart->n_bars; i++)
        if (!chart->bars[i]->hidden && total_of(chart->bars[i]) > largest)
            largest = total_of(chart->bars[i]);
    return largest;
}

static void put_words(const struct chart_pen *pen, int x, int y, enum chart_anchor anchor, int size,
                      uint32_t rgb, const char *text)
{
    const struct chart_words how = {.anchor = anchor, .size = size, .bold = size > 140, .rgb = rgb};
    pen->words(pen->state, (struct chart_place){x, y}, &how, text);
}

static void put_box(const struct chart_pen *pen, int x, int y, int width, int height, uint32_t rgb)
{
    const struct chart_place corners[] = {{x, y}, {x + width, y}, {x + width, y + height}, {x, y + height}};
    const struct chart_stroke edge = {.rgb = 0xFFFFFF, .width = 5};
    pen->area(pen->state, corners, 4, rgb, &edge);
}

static void draw_head(const Touchstone__Internal__V1__BarChart *chart, const struct chart_pen *pen)
{
    put_words(pen, 200, 300, CHART_START, 180, BLACK, chart->title_zh);
    put_words(pen, 200, 520, CHART_START, 120, GREY, chart->title_en);
    for (size_t i = 0; i < chart->n_parts; i++) {
        int x = BARS_BEGIN + (int)i * LEGEND_STEP;
        put_box(pen, x, 700, SWATCH, SWATCH, COLOURS[i]);
        put_words(pen, x + SWATCH + 60, 805, CHART_START, 120, BLACK, chart->parts[i]);
    }
}

static void draw_bar(const Touchstone__Internal__V1__Bar *bar, int y, int64_t largest,
                     const struct chart_pen *pen)
{
    int64_t before = 0;
    put_words(pen, LABEL_END, y + 140, CHART_END, 120, BLACK, bar->label);
    if (bar->hidden) {
        put_words(pen, BARS_BEGIN, y + 140, CHART_START, 120, GREY, "不公布 not published");
        return;
    }
    for (size_t i = 0; i < bar->n_values; i++) {
        int from = (int)(before * BARS_WIDTH / largest),
            to = (int)((before + bar->values[i]) * BARS_WIDTH / largest);
        if (to > from)
            put_box(pen, BARS_BEGIN + from, y, to - from, BAR, COLOURS[i]);
        before += bar->values[i];
    }
    put_words(pen, BARS_BEGIN + (int)(before * BARS_WIDTH / largest) + TEXT_BEGIN_GAP, y + 140, CHART_START,
              120, BLACK, bar->text);
}

int bar_chart_height(const Touchstone__Internal__V1__BarChart *chart)
{
    size_t bars = chart->n_bars < BAR_CHART_BARS_MAX ? chart->n_bars : BAR_CHART_BARS_MAX;
    return (HEAD + ROW * (int)bars + FOOT) / 10;
}

bool bar_chart_draw(const Touchstone__Internal__V1__BarChart *chart, const struct chart_pen *pen,
                    struct ts_error *error)
{
    if (!is_drawable(chart))
        return error_set(error, TS_INVALID_ARGUMENT, "BAR_CHART",
                         "There is nothing to draw, or more than %d bars: choose another period or grouping.",
                         BAR_CHART_BARS_MAX);
    int64_t largest = largest_of(chart);
    draw_head(chart, pen);
    for (size_t i = 0; i < chart->n_bars; i++)
        draw_bar(chart->bars[i], HEAD + ROW * (int)i, largest, pen);
    put_words(pen, 200, HEAD + ROW * (int)chart->n_bars + 300, CHART_START, 110, GREY, chart->note);
    return true;
}

bool bar_chart_svg_write(const Touchstone__Internal__V1__BarChart *chart, struct text *out,
                         struct ts_error *error)
{
    const struct chart_pen pen = svg_pen(out);
    svg_pen_begin(out, BAR_CHART_WIDTH, bar_chart_height(chart), chart->title_zh, chart->title_en);
    if (!bar_chart_draw(chart, &pen, error))
        return false;
    svg_pen_end(out);
    return true;
}
