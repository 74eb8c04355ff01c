// SPDX-License-Identifier: Apache-2.0
// The readings below a result's row: on one line with their title where they fit, else in columns with the
// place of each. Called by results.c.
#include "render/sections.h"

#include "render/styles.h"
#include "render/wording.h"

#include <string.h>

enum { READINGS_ACROSS = 3, LINE_MOST = 8 };

// A value as typed, with its qualifier and its place among the readings.
static const char *reading(struct record *record, size_t i, size_t j)
{
    static const struct {
        const char *qualifier, *before, *after;
    } FORMS[] = {{"less_than", "< ", ""}, {"greater_than", "> ", ""}, {"not_detected", "未检出 ND (< ", ")"}};
    const char *qualifier = record_text(record, "results[%zu].readings[%zu].qualifier", i, j);
    const char *value = record_text(record, "results[%zu].readings[%zu].value", i, j);
    for (size_t form = 0; form < sizeof FORMS / sizeof FORMS[0]; form++)
        if (strcmp(FORMS[form].qualifier, qualifier) == 0)
            value = record_printf(record, "%s%s%s", FORMS[form].before, value, FORMS[form].after);
    return record_printf(record, "%zu.  %s", j + 1, value);
}

static const double READING_WIDTH_PT = TEXT_WIDTH_PT / READINGS_ACROSS,
                    READING_TEXT_PT = READING_WIDTH_PT - PADDING_PT;

// The reading at (x, flow->y), its position beside it where both fit, else below. Returns the height.
static double place_reading(struct flow *flow, size_t i, size_t j, double x, bool draw)
{
    const double between = 7, lower = 1.2;
    struct phrase value = {"results.readings", reading(flow->record, i, j), STYLE_VALUE};
    struct phrase position =
        record_phrase(flow->record, STYLE_VALUE_EN, "results[%zu].readings[%zu].position", i, j);
    double width = value.text[0] ? canvas_width(flow->canvas, &value) + between : 0;
    bool beside = position.text[0] && width + canvas_width(flow->canvas, &position) <= READING_TEXT_PT;
    double height = canvas_height(flow->canvas, &value, 1, READING_TEXT_PT);
    if (draw) {
        canvas_text(flow->canvas, &value, 1, x, flow->y, READING_TEXT_PT);
        canvas_text(flow->canvas, &position, 1, beside ? x + width : x, flow->y + (beside ? lower : height),
                    beside ? READING_TEXT_PT - width + 1 : READING_TEXT_PT);
    }
    return height + (beside ? 0 : canvas_height(flow->canvas, &position, 1, READING_TEXT_PT));
}

// Height of the row that begins with reading `first`.
static double row_height(struct flow *flow, size_t i, size_t first)
{
    size_t count = record_count(flow->record, "results[%zu].readings", i);
    double height = 0;
    for (size_t j = first; j < count && j < first + READINGS_ACROSS; j++) {
        double needed = place_reading(flow, i, j, 0, false);
        height = needed > height ? needed : height;
    }
    return height + 2;
}

// The range belongs to the title, and ends the line where all is on one.
struct title {
    struct phrase words, range;
};

static struct title title_of(struct record *record, size_t i)
{
    const char *range = wording_with_unit(record, i, "range"), *unit = wording_unit(record, i);
    const char *words = unit[0] ? record_printf(record, "各点读数 Readings (%s)", unit) : "各点读数 Readings";
    const char *told = range[0] ? record_printf(record, "极差 Range  %s", range) : "";
    return (struct title){{"results.readings", words, STYLE_NOTE_ZH}, {"results.range", told, STYLE_NOTE_ZH}};
}

static size_t count_of(struct flow *flow, size_t i)
{
    return record_count(flow->record, "results[%zu].readings", i);
}

// Few readings of no particular place: title, readings and range beside each other. Returns how many phrases
// that is, 0 when they do not fit on a line.
static size_t line_of(struct flow *flow, size_t i, struct phrase ret_phrases[LINE_MOST + 2])
{
    struct title title = title_of(flow->record, i);
    size_t count = count_of(flow, i), last = 0;
    if (count > LINE_MOST)
        return 0;
    ret_phrases[last++] = title.words;
    for (size_t j = 0; j < count; j++) {
        if (record_text(flow->record, "results[%zu].readings[%zu].position", i, j)[0])
            return 0;
        ret_phrases[last++] = (struct phrase){"results.readings", reading(flow->record, i, j), STYLE_VALUE};
    }
    ret_phrases[last++] = title.range;
    return flow_line_fits(flow, ret_phrases, last, SECTION_GAP_PT) ? last : 0;
}

double readings_height(struct flow *flow, size_t i, size_t most)
{
    struct phrase line[LINE_MOST + 2];
    struct title title = title_of(flow->record, i);
    size_t count = count_of(flow, i);
    double height = count > 0 ? canvas_height(flow->canvas, &title.words, 1, TEXT_WIDTH_PT) : 0;
    if (count == 0 || line_of(flow, i, line) > 0)
        return height;
    for (size_t first = 0; first < count && first < most; first += READINGS_ACROSS)
        height += row_height(flow, i, first);
    return height;
}

void readings_draw(struct flow *flow, size_t i)
{
    struct phrase line[LINE_MOST + 2];
    struct title title = title_of(flow->record, i);
    size_t count = count_of(flow, i), beside = count > 0 ? line_of(flow, i, line) : 0;
    if (beside > 0)
        flow_line(flow, line, beside, SECTION_GAP_PT);
    if (count == 0 || beside > 0)
        return;
    flow_line(flow, (struct phrase[]){title.words, title.range}, 2, SECTION_GAP_PT);
    for (size_t first = 0; first < count; first += READINGS_ACROSS) {
        double height = row_height(flow, i, first);
        flow_need(flow, height, "results.readings");
        for (size_t j = first; j < count && j < first + READINGS_ACROSS; j++)
            place_reading(flow, i, j, MARGIN_PT + (double)(j - first) * READING_WIDTH_PT, true);
        flow_skip(flow, height);
    }
}
