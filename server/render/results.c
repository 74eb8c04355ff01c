// SPDX-License-Identifier: Apache-2.0
// Results, conclusion and what they mean.
#include "render/sections.h"

#include "render/styles.h"
#include "render/table.h"
#include "render/wording.h"

#include <string.h>

enum { COLUMNS = 6, READINGS_ACROSS = 3, NOTE_LINE_PT = 16 };

static const struct column RESULT_COLUMNS[COLUMNS] = {
    {"检测项目", "Parameter", 76, PLACING_LEFT},
    {"检测方法", "Test method", 96, PLACING_LEFT},
    {"标准要求", "Requirement", 108, PLACING_LEFT},
    {"结果", "Result", 68, PLACING_CENTRE},
    {"扩展不确定度 U", "Expanded uncertainty", 90, PLACING_CENTRE},
    {"单项判定", "Verdict", TEXT_WIDTH_PT - 438, PLACING_CENTRE},
};

static struct style centred(struct style style)
{
    style.placing = PLACING_CENTRE;
    return style;
}

static const char *with_unit(struct record *record, size_t i, const char *key)
{
    const char *value = wording_told(record_text(record, "results[%zu].%s", i, key)),
               *unit = record_text(record, "results[%zu].unit", i);
    return value[0] && unit[0] ? record_printf(record, "%s %s", value, unit) : value;
}

// The unit in both languages, where they differ.
static const char *unit_of(struct record *record, size_t i)
{
    const char *unit = record_text(record, "results[%zu].unit", i),
               *english = record_text(record, "results[%zu].unit_en", i);
    return english[0] ? record_printf(record, "%s, %s", unit, english) : unit;
}

static const char *parameter(struct record *record, size_t i)
{
    bool outside = record_count(record, "results") > 0 && !record_truth(record, "results[%zu].in_scope", i);
    bool elsewhere = record_text(record, "results[%zu].subcontractor", i)[0];
    return record_printf(record, "%s%s%s", record_text(record, "results[%zu].parameter_zh", i),
                         outside ? "\xC2\xA0*" : "", // the mark never stands alone on a line
                         elsewhere ? "\xC2\xA0#" : "");
}

static struct cell uncertainty(struct record *record, size_t i)
{
    const char *factor = record_text(record, "results[%zu].coverage_factor", i);
    const char *value = with_unit(record, i, "expanded_uncertainty");
    struct cell cell = cell_of(
        (struct phrase){"results.expanded_uncertainty", value[0] ? value : "—", centred(STYLE_VALUE)});
    if (value[0] && factor[0])
        cell_add(&cell, (struct phrase){"results.coverage_factor",
                                        record_printf(record, "(k = %s%s)", factor,
                                                      strcmp(factor, "2") == 0 ? ", ≈ 95 %" : ""),
                                        centred(STYLE_VALUE_EN)});
    return cell;
}

// "GB 11887-2012" of "GB 11887-2012 首饰 ...": the title has a line of its own.
static const char *standard_number(struct record *record, size_t i)
{
    const char *standard = record_text(record, "results[%zu].judgement_standard", i);
    // "五部门公告2011年第10号 title": a number of one word.
    const char *dash = strrchr(record_printf(record, "%.*s", (int)strcspn(standard, " "), standard), '-');
    if ((dash && strspn(dash + 1, "0123456789") == 4) || (unsigned char)standard[0] >= 0x80)
        return record_printf(record, "%.*s", (int)strcspn(standard, " "), standard);
    size_t first = strcspn(standard, " "), second = standard[first] ? strcspn(standard + first + 1, " ") : 0;
    return record_printf(record, "%.*s", (int)(first + second + (standard[first] ? 1 : 0)), standard);
}

static struct cell requirement(struct record *record, size_t i)
{
    const char *text = with_unit(record, i, "requirement");
    struct cell cell =
        cell_of((struct phrase){"results.requirement", text[0] ? text : "—", STYLE_VALUE_BOLD});
    cell_add(&cell, record_phrase(record, STYLE_VALUE_EN, "results[%zu].requirement_en", i));
    cell_add(&cell, record_phrase(record, STYLE_VALUE_EN, "results[%zu].grade_zh", i));
    cell_add(&cell, record_phrase(record, STYLE_VALUE_EN, "results[%zu].grade_en", i));
    cell_add(&cell, (struct phrase){"results.judgement_standard",
                                    record_printf(record, "%s  %s", standard_number(record, i),
                                                  record_text(record, "results[%zu].clause", i)),
                                    STYLE_VALUE_EN});
    return cell;
}

// The edition with its title, where the table has only its number.
static const char *edition_zh(struct record *record, size_t i)
{
    const char *zh = record_text(record, "results[%zu].judgement_standard", i),
               *number = standard_number(record, i);
    size_t length = strlen(number);
    return zh[length] ? record_printf(record, "判定依据 Standard:  %s《%s》", number, zh + length + 1) : "";
}

// A sheet that no longer stands shows neither the words nor the colour of a verdict.
static struct cell verdict(struct record *record, const struct sheet *sheet, size_t i)
{
    const struct standing_words *gone = wording_standing(sheet->standing);
    struct style zh = centred(STYLE_VALUE_BOLD), en = centred(STYLE_VALUE_EN);
    if (gone) {
        zh.ink = en.ink = INK_LABEL;
        struct cell none = cell_of((struct phrase){"results.verdict_zh", gone->verdict_zh, zh});
        cell_add(&none, (struct phrase){"results.verdict_en", gone->verdict_en, en});
        return none;
    }
    zh.ink = en.ink = wording_verdict_ink(record_text(record, "results[%zu].verdict", i));
    struct cell cell = cell_of(record_phrase(record, zh, "results[%zu].verdict_zh", i));
    cell_add(&cell, record_phrase(record, en, "results[%zu].verdict_en", i));
    return cell;
}

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
static double readings_row_height(struct flow *flow, size_t i, size_t first)
{
    size_t count = record_count(flow->record, "results[%zu].readings", i);
    double height = 0;
    for (size_t j = first; j < count && j < first + READINGS_ACROSS; j++) {
        double needed = place_reading(flow, i, j, 0, false);
        height = needed > height ? needed : height;
    }
    return height + 2;
}

static struct phrase readings_title(struct record *record, size_t i)
{
    const char *range = with_unit(record, i, "range"), *unit = unit_of(record, i);
    const char *title = unit[0] ? record_printf(record, "各点读数 Readings (%s)", unit) : "各点读数 Readings";
    if (range[0])
        title = record_printf(record, "%s      极差 Range  %s", title, range);
    return (struct phrase){"results.range", title, STYLE_NOTE_ZH};
}

// What must stay on the page of the result's row: the title and the first row of readings.
static double readings_keep(struct flow *flow, size_t i)
{
    struct phrase title = readings_title(flow->record, i);
    if (record_count(flow->record, "results[%zu].readings", i) == 0)
        return NOTE_LINE_PT + determinations_keep(flow, i);
    return canvas_height(flow->canvas, &title, 1, TEXT_WIDTH_PT) + readings_row_height(flow, i, 0);
}

static void draw_readings(struct flow *flow, size_t i)
{
    size_t count = record_count(flow->record, "results[%zu].readings", i);
    struct phrase title = readings_title(flow->record, i);
    if (count == 0)
        return;
    flow_block(flow, &title, 1, 0, TEXT_WIDTH_PT);
    for (size_t first = 0; first < count; first += READINGS_ACROSS) {
        double height = readings_row_height(flow, i, first);
        flow_need(flow, height, "results.readings");
        for (size_t j = first; j < count && j < first + READINGS_ACROSS; j++)
            place_reading(flow, i, j, MARGIN_PT + (double)(j - first) * READING_WIDTH_PT, true);
        flow_skip(flow, height);
    }
}

// ISO/IEC 17025 7.8.2.1 n.
#define DEVIATIONS "对方法的补充、偏离或删减 Additions to, deviations or exclusions from the method:  "

static bool has_deviation(const struct record *record, size_t i)
{
    return record_text(record, "results[%zu].deviation_zh", i)[0] ||
           record_text(record, "results[%zu].deviation_en", i)[0];
}

static const char *deviation(struct record *record, size_t i)
{
    const char *zh = record_text(record, "results[%zu].deviation_zh", i),
               *en = record_text(record, "results[%zu].deviation_en", i);
    return record_printf(record, DEVIATIONS "%s%s%s", zh, zh[0] && en[0] ? "  " : "", en);
}

// Each edition once, below the table, though many results are judged by it.
static bool is_first_of_edition(const struct record *record, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (strcmp(record_text(record, "results[%zu].judgement_standard", i),
                   record_text(record, "results[%zu].judgement_standard", j)) == 0)
            return false;
    return true;
}

static void draw_editions(struct flow *flow)
{
    struct record *record = flow->record;
    bool is_followed = true;
    for (size_t i = 0; i < record_count(record, "results"); i++) {
        struct phrase notes[] = {
            {"results.judgement_standard", edition_zh(record, i), STYLE_NOTE_EN},
            record_phrase(record, STYLE_NOTE_EN, "results[%zu].judgement_standard_en", i),
        };
        for (size_t j = 0; j < 2 && is_first_of_edition(record, i); j++)
            flow_paragraph(flow, &notes[j], 0, TEXT_WIDTH_PT);
        is_followed = is_followed && !has_deviation(record, i);
    }
    struct phrase none = {"results.deviation_zh", DEVIATIONS "无 none", STYLE_NOTE_EN};
    if (is_followed)
        flow_paragraph(flow, &none, 0, TEXT_WIDTH_PT);
}

// The figure; its unit goes below it where both do not fit on one line, and a list of sample units is
// smaller.
static struct cell result(struct record *record, size_t i)
{
    enum { BESIDE = 9 };
    struct style strong = {.size_pt = 10.6, .bold = true, .ink = INK_TEXT, .placing = PLACING_CENTRE};
    const char *mean = wording_told(record_text(record, "results[%zu].mean", i));
    const char *unit = record_text(record, "results[%zu].unit", i);
    bool is_beside = strlen(mean) + strlen(unit) < BESIDE;
    if (strlen(mean) > BESIDE)
        strong = centred(STYLE_VALUE_BOLD);
    struct cell cell = cell_of((struct phrase){"results.mean",
                                               !mean[0]    ? "—"
                                               : is_beside ? with_unit(record, i, "mean")
                                                           : mean,
                                               strong});
    if (mean[0] && !is_beside)
        cell_add(&cell, (struct phrase){"results.unit", unit, centred(STYLE_VALUE_EN)});
    cell_add(&cell, (struct phrase){"results.mean_en", wording_below(record, i), centred(STYLE_VALUE_EN)});
    return cell;
}

static void row_cells(struct record *record, const struct sheet *sheet, size_t i, struct cell cells[COLUMNS])
{
    cells[0] = cell_of((struct phrase){"results.parameter_zh", parameter(record, i), STYLE_VALUE_BOLD});
    cell_add(&cells[0], record_phrase(record, STYLE_VALUE_EN, "results[%zu].parameter_en", i));
    if (strcmp(record_text(record, "legal_class"), "mixed") == 0)
        cell_add(&cells[0], record_phrase(record, STYLE_VALUE_EN, "results[%zu].scope", i));
    cells[1] = cell_of(record_phrase(record, STYLE_VALUE, "results[%zu].method_standard", i));
    cell_add(&cells[1], record_phrase(record, STYLE_VALUE_EN, "results[%zu].method_zh", i));
    cell_add(&cells[1], record_phrase(record, STYLE_VALUE_EN, "results[%zu].method_en", i));
    cells[2] = requirement(record, i);
    cells[3] = result(record, i);
    cells[4] = uncertainty(record, i);
    cells[5] = verdict(record, sheet, i);
}

static void draw_result(const struct table *table, const struct sheet *sheet, size_t i)
{
    struct flow *flow = table->flow;
    struct record *record = flow->record;
    struct cell cells[COLUMNS];
    row_cells(record, sheet, i, cells);
    table_row(table, cells, readings_keep(flow, i));
    draw_readings(flow, i);
    determinations_draw(flow, i);
    struct phrase note = {"results.deviation_zh", deviation(record, i), STYLE_NOTE_EN};
    if (has_deviation(record, i))
        flow_paragraph(flow, &note, 0, TEXT_WIDTH_PT);
    flow_skip(flow, 3.5);
    bool last = i + 1 == record_count(record, "results");
    table_rule(table, last ? 1.1 : 0.4, last ? INK_ACCENT : INK_RULE);
}

// What the marks in the table mean, and where to find the signatures.
static void draw_notes(struct flow *flow)
{
    struct record *record = flow->record;
    struct style right = STYLE_SMALL;
    bool outside = false;
    for (size_t i = 0; i < record_count(record, "results"); i++)
        outside = outside || !record_truth(record, "results[%zu].in_scope", i);
    right.placing = PLACING_RIGHT;
    struct phrase scope = {
        NULL, outside ? "* 不在资质认定（CMA）和认可（CNAS）范围内。 Outside the CMA and CNAS scopes." : "",
        STYLE_SMALL};
    // It has its room even where it is not said, on that page itself: the count must not change the layout.
    struct phrase signatures = {NULL,
                                record_printf(record, "签署见第%d页  Signatures on page %d",
                                              flow->known.signatures, flow->known.signatures),
                                right};
    double height = canvas_height(flow->canvas, &signatures, 1, TEXT_WIDTH_PT);
    flow_need(flow, height + 2, "layout");
    flow_skip(flow, 2);
    draw_editions(flow);
    flow_need(flow, height, "layout");
    canvas_text(flow->canvas, &scope, 1, MARGIN_PT, flow->y, TEXT_WIDTH_PT);
    if (flow->page != flow->known.signatures)
        canvas_text(flow->canvas, &signatures, 1, MARGIN_PT, flow->y, TEXT_WIDTH_PT);
    flow_skip(flow, height);
}

static void draw_conclusion(struct flow *flow, const struct sheet *sheet)
{
    struct record *record = flow->record;
    const struct standing_words *gone = wording_standing(sheet->standing);
    enum ink ink = gone ? INK_LABEL : wording_verdict_ink(record_text(record, "conclusion.verdict"));
    struct phrase phrases[] = {
        {"conclusion.zh", gone ? gone->conclusion_zh : record_text(record, "conclusion.zh"),
         (struct style){.size_pt = 11, .bold = true, .ink = ink}},
        {"conclusion.en", gone ? gone->conclusion_en : record_text(record, "conclusion.en"),
         (struct style){.size_pt = 9, .ink = ink}},
        record_phrase(record, STYLE_NOTE_ZH, "conclusion.reserve_zh"),
        record_phrase(record, STYLE_NOTE_EN, "conclusion.reserve_en"),
    };
    enum { PHRASES = sizeof phrases / sizeof phrases[0] };
    const double inset = 14, width = TEXT_WIDTH_PT - 2 * inset;
    double height = canvas_height(flow->canvas, phrases, PHRASES, width) + 14;
    flow_heading(flow, "检测结论", "Conclusion", height);
    canvas_frame(flow->canvas, MARGIN_PT + 0.5, flow->y, TEXT_WIDTH_PT - 1, height, 1.1, ink);
    canvas_fill(flow->canvas, MARGIN_PT, flow->y - 0.55, 4.5, height + 1.1, ink);
    flow_skip(flow, 7);
    canvas_text(flow->canvas, phrases, PHRASES, MARGIN_PT + inset, flow->y, width);
    flow_skip(flow, height - 7);
}

static void draw_sentences(struct flow *flow)
{
    struct record *record = flow->record;
    bool headed = false;
    for (size_t i = 0; i < record_count(record, "results"); i++) {
        struct phrase phrases[] = {
            record_phrase(record, STYLE_VALUE, "results[%zu].sentence_zh", i),
            record_phrase(record, (struct style){.size_pt = 7.8, .ink = INK_LABEL},
                          "results[%zu].sentence_en", i),
        };
        double height = canvas_height(flow->canvas, phrases, 2, TEXT_WIDTH_PT);
        if (height > 0 && !headed)
            flow_heading(flow, "结果说明", "Explanation of the result", height);
        else
            flow_skip(flow, height > 0 ? 4 : 0);
        headed = headed || height > 0;
        flow_block(flow, phrases, 2, 0, TEXT_WIDTH_PT);
    }
}

static void draw_rule_text(struct flow *flow)
{
    struct record *record = flow->record;
    struct phrase phrases[] = {
        record_phrase(record, STYLE_NOTE_ZH, "decision_rule.zh"),
        record_phrase(record, STYLE_NOTE_EN, "decision_rule.en"),
    };
    double height = canvas_height(flow->canvas, phrases, 2, TEXT_WIDTH_PT);
    if (height <= 0)
        return;
    flow_heading(flow, "判定规则", "Decision rule", height);
    flow_block(flow, phrases, 2, 0, TEXT_WIDTH_PT);
}

void section_results(struct flow *flow, const struct sheet *sheet)
{
    struct table table = {flow, RESULT_COLUMNS, COLUMNS};
    struct cell first[COLUMNS];
    row_cells(flow->record, sheet, 0, first);
    flow_heading(flow, "检测结果", "Results",
                 table_head_height(&table) + table_row_height(&table, first) + NOTE_LINE_PT);
    table_head(&table);
    for (size_t i = 0; i < record_count(flow->record, "results"); i++)
        draw_result(&table, sheet, i);
    draw_notes(flow);
    draw_conclusion(flow, sheet);
    if (sheet->standing == SHEET_STANDS) // each sentence ends with a verdict
        draw_sentences(flow);
    draw_rule_text(flow);
}
