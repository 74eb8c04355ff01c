// SPDX-License-Identifier: Apache-2.0
// Results, conclusion and what they mean.
#include "render/columns.h"
#include "render/sections.h"

#include "render/styles.h"
#include "render/table.h"
#include "render/wording.h"

#include <string.h>

enum { COLUMNS = 6, LONG_BYTES = 240 };

static const struct column RESULT_COLUMNS[COLUMNS] = {
    {"检测项目", "Parameter", 82, PLACING_LEFT},
    {"检测方法", "Test method", 96, PLACING_LEFT},
    {"标准要求", "Requirement", 113, PLACING_LEFT},
    {"结果", "Result", 60, PLACING_CENTRE},
    {"扩展不确定度 U", "Expanded uncertainty", 87, PLACING_CENTRE},
    {"单项判定", "Verdict", TEXT_WIDTH_PT - 438, PLACING_CENTRE},
};

// The same of a verification, where the method is the regulation.
static const struct column VERIFICATION_COLUMNS[COLUMNS] = {
    {"检定项目", "Parameter", 82, PLACING_LEFT},
    {"检定规程", "Regulation", 96, PLACING_LEFT},
    {"规程要求", "Requirement", 113, PLACING_LEFT},
    {"结果", "Result", 60, PLACING_CENTRE},
    {"扩展不确定度 U", "Expanded uncertainty", 87, PLACING_CENTRE},
    {"单项判定", "Verdict", TEXT_WIDTH_PT - 438, PLACING_CENTRE},
};

static const double NOTES_ABOVE_PT = 2, BELOW_RESULT_PT = 3;

static struct style centred(struct style style)
{
    style.placing = PLACING_CENTRE;
    return style;
}

// What does not fit on one line goes on with its bracket, which is not broken: "宝石名称" and "（定名）".
static const char *parameter_name(struct flow *flow, size_t i)
{
    const char *name = record_text(flow->record, "results[%zu].parameter_zh", i);
    const char *bracket = strstr(name, "（");
    struct phrase whole = {"results.parameter_zh", record_printf(flow->record, "%s\xC2\xA0*", name),
                           STYLE_VALUE_BOLD};
    if (!bracket || bracket == name ||
        canvas_width(flow->canvas, &whole) <= RESULT_COLUMNS[0].width - 2 * PADDING_PT)
        return name;
    return record_printf(flow->record, "%.*s\n%s", (int)(bracket - name), name, bracket);
}

static const char *parameter(struct flow *flow, size_t i)
{
    struct record *record = flow->record;
    bool outside = record_count(record, "results") > 0 && !record_truth(record, "results[%zu].in_scope", i);
    bool elsewhere = record_text(record, "results[%zu].subcontractor", i)[0];
    return record_printf(record, "%s%s%s", parameter_name(flow, i),
                         outside ? "\xC2\xA0*" : "", // the mark never stands alone on a line
                         elsewhere ? "\xC2\xA0#" : "");
}

static struct cell uncertainty(struct record *record, size_t i)
{
    const char *factor = record_text(record, "results[%zu].coverage_factor", i);
    const char *value = wording_with_unit(record, i, "expanded_uncertainty");
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

// Both languages on one line where the column has room for them, else one below the other.
static void add_both(struct flow *flow, struct cell *cell, size_t column, struct phrase zh, struct phrase en)
{
    struct phrase both = {zh.field, record_printf(flow->record, "%s %s", zh.text, en.text), zh.style};
    bool is_beside = zh.text[0] && en.text[0] &&
                     canvas_width(flow->canvas, &both) <= RESULT_COLUMNS[column].width - 2 * PADDING_PT;
    cell_add(cell, is_beside ? both : zh);
    if (!is_beside)
        cell_add(cell, en);
}

static struct cell requirement(struct flow *flow, size_t i)
{
    struct record *record = flow->record;
    const char *text = wording_with_unit(record, i, "requirement");
    struct cell cell =
        cell_of((struct phrase){"results.requirement", text[0] ? text : "—", STYLE_VALUE_BOLD});
    cell_add(&cell, record_phrase(record, STYLE_VALUE_EN, "results[%zu].requirement_en", i));
    add_both(flow, &cell, 2, record_phrase(record, STYLE_VALUE_EN, "results[%zu].grade_zh", i),
             record_phrase(record, STYLE_VALUE_EN, "results[%zu].grade_en", i));
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

enum { EDITION_PHRASES = 2 };

// Nothing where an earlier result has told it.
static void edition_phrases(struct record *record, size_t i, struct phrase phrases[EDITION_PHRASES])
{
    bool is_first = is_first_of_edition(record, i);
    phrases[0] =
        (struct phrase){"results.judgement_standard", is_first ? edition_zh(record, i) : "", STYLE_NOTE_EN};
    phrases[1] = record_phrase(record, STYLE_NOTE_EN, "results[%zu].judgement_standard_en", i);
    if (!is_first)
        phrases[1].text = "";
}

// That nothing deviates; a deviation is told with its result. And what a dash in the table means.
static struct phrase followed(struct record *record)
{
    bool is_followed = true, has_dash = false;
    for (size_t i = 0; i < record_count(record, "results"); i++) {
        is_followed = is_followed && !has_deviation(record, i);
        has_dash = has_dash || !record_text(record, "results[%zu].expanded_uncertainty", i)[0];
    }
    const char *told = record_printf(record, "%s%s%s", is_followed ? DEVIATIONS "无 none" : "",
                                     is_followed && has_dash ? "    " : "",
                                     has_dash ? "—：未评定或不适用 not evaluated or not applicable" : "");
    return (struct phrase){"results.deviation_zh", told, STYLE_NOTE_EN};
}

static void draw_editions(struct flow *flow)
{
    struct phrase none = followed(flow->record);
    for (size_t i = 0; i < record_count(flow->record, "results"); i++) {
        struct phrase phrases[EDITION_PHRASES];
        edition_phrases(flow->record, i, phrases);
        for (size_t j = 0; j < EDITION_PHRASES; j++)
            flow_paragraph(flow, &phrases[j], 0, TEXT_WIDTH_PT);
    }
    flow_paragraph(flow, &none, 0, TEXT_WIDTH_PT);
}

// Of all that draw_notes draws below the table.
static double notes_height(struct flow *flow)
{
    struct phrase none = followed(flow->record), line = {NULL, "*", STYLE_SMALL};
    double height = canvas_height(flow->canvas, &none, 1, TEXT_WIDTH_PT) +
                    canvas_height(flow->canvas, &line, 1, TEXT_WIDTH_PT) + NOTES_ABOVE_PT;
    for (size_t i = 0; i < record_count(flow->record, "results"); i++) {
        struct phrase phrases[EDITION_PHRASES];
        edition_phrases(flow->record, i, phrases);
        height += canvas_height(flow->canvas, phrases, EDITION_PHRASES, TEXT_WIDTH_PT);
    }
    return height;
}

// A figure that breaks reads as two: the longest of a list takes one line, smaller where it must.
static void fit_figures(struct flow *flow, const char *told, struct style *style)
{
    const double smallest_pt = 7;
    for (const char *at = told; *at; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");
        struct phrase one = {"results.mean", record_printf(flow->record, "%.*s", (int)length, at), *style};
        if (strchr("0123456789-<>", *at)) // words break well
            canvas_fit(flow->canvas, &one, RESULT_COLUMNS[3].width - 2 * PADDING_PT, smallest_pt);
        style->size_pt = one.style.size_pt;
        at += length;
    }
}

// The figure; its unit goes below it where both do not fit on one line, and a list of sample units is
// smaller.
static struct cell result(struct flow *flow, size_t i)
{
    enum { LONG = 9 };
    struct record *record = flow->record;
    struct style strong = {.size_pt = 10.6, .bold = true, .ink = INK_TEXT, .placing = PLACING_CENTRE};
    const char *mean = wording_told(record_text(record, "results[%zu].mean", i));
    if (strlen(mean) > LONG)
        strong = centred(STYLE_VALUE_BOLD);
    fit_figures(flow, mean, &strong);
    struct phrase both = {"results.mean", wording_with_unit(record, i, "mean"), strong},
                  figure = {"results.mean", mean[0] ? mean : "—", strong};
    bool is_beside = mean[0] && canvas_width(flow->canvas, &both) <= RESULT_COLUMNS[3].width - 2 * PADDING_PT;
    struct cell cell = cell_of(is_beside ? both : figure);
    if (mean[0] && !is_beside)
        cell_add(&cell, record_phrase(record, centred(STYLE_VALUE_EN), "results[%zu].unit", i));
    cell_add(&cell, (struct phrase){"results.mean_en", wording_below(record, i), centred(STYLE_VALUE_EN)});
    return cell;
}

static void row_cells(struct flow *flow, const struct sheet *sheet, size_t i, struct cell cells[COLUMNS])
{
    struct record *record = flow->record;
    cells[0] = cell_of((struct phrase){"results.parameter_zh", parameter(flow, i), STYLE_VALUE_BOLD});
    cell_add(&cells[0], record_phrase(record, STYLE_VALUE_EN, "results[%zu].parameter_en", i));
    if (strcmp(record_text(record, "legal_class"), "mixed") == 0)
        cell_add(&cells[0], record_phrase(record, STYLE_VALUE_EN, "results[%zu].scope", i));
    cells[1] = cell_of(record_phrase(record, STYLE_VALUE, "results[%zu].method_standard", i));
    add_both(flow, &cells[1], 1, record_phrase(record, STYLE_VALUE_EN, "results[%zu].method_zh", i),
             record_phrase(record, STYLE_VALUE_EN, "results[%zu].method_en", i));
    cells[2] = requirement(flow, i);
    cells[3] = result(flow, i);
    cells[4] = uncertainty(record, i);
    cells[5] = verdict(record, sheet, i);
}

// What must stay on the page of the result's row: the beginning of what it came from; of the last row all of
// it and the notes to the table, unless that is much.
static double keep_of(struct flow *flow, size_t i)
{
    const double most = 200;
    if (i + 1 == record_count(flow->record, "results")) {
        double all = readings_height(flow, i, SIZE_MAX) + determinations_height(flow, i, SIZE_MAX) +
                     notes_height(flow) + BELOW_RESULT_PT;
        if (all <= most)
            return all;
    }
    return readings_height(flow, i, 1) + determinations_height(flow, i, 1) + BELOW_RESULT_PT;
}

static void draw_result(const struct table *table, const struct sheet *sheet, size_t i)
{
    struct flow *flow = table->flow;
    struct record *record = flow->record;
    struct cell cells[COLUMNS];
    row_cells(flow, sheet, i, cells);
    table_row(table, cells, keep_of(flow, i));
    readings_draw(flow, i);
    determinations_draw(flow, i);
    struct phrase note = {"results.deviation_zh", deviation(record, i), STYLE_NOTE_EN};
    if (has_deviation(record, i))
        flow_paragraph(flow, &note, 0, TEXT_WIDTH_PT);
    flow_skip(flow, BELOW_RESULT_PT);
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
    flow_need(flow, height + NOTES_ABOVE_PT, "layout");
    flow_skip(flow, NOTES_ABOVE_PT);
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
    const char *zh = gone ? gone->conclusion_zh : record_text(record, "conclusion.zh"),
               *en = gone ? gone->conclusion_en : record_text(record, "conclusion.en");
    bool is_long = strlen(zh) > LONG_BYTES;
    struct phrase phrases[] = {
        {"conclusion.zh", zh, (struct style){.size_pt = is_long ? 9.4 : 11, .bold = true, .ink = ink}},
        {"conclusion.en", en, (struct style){.size_pt = is_long ? 7.8 : 8.6, .ink = ink}},
        record_phrase(record, STYLE_LEGAL_ZH, "conclusion.reserve_zh"),
        record_phrase(record, STYLE_LEGAL_EN, "conclusion.reserve_en"),
    };
    enum { PHRASES = sizeof phrases / sizeof phrases[0] };
    const double inset = 14, width = TEXT_WIDTH_PT - 2 * inset;
    double height = canvas_height(flow->canvas, phrases, PHRASES, width) + 12;
    flow_heading(flow, wording_is_verification(record) ? "检定结论" : "检测结论", "Conclusion", height);
    canvas_frame(flow->canvas, MARGIN_PT + 0.5, flow->y, TEXT_WIDTH_PT - 1, height, 1.1, ink);
    canvas_fill(flow->canvas, MARGIN_PT, flow->y - 0.55, 4.5, height + 1.1, ink);
    flow_skip(flow, 6);
    canvas_text(flow->canvas, phrases, PHRASES, MARGIN_PT + inset, flow->y, width);
    flow_skip(flow, height - 6);
}

static void sentence_phrases(struct record *record, size_t i, struct phrase phrases[COLUMNS_PHRASES])
{
    phrases[0] =
        record_phrase(record, (struct style){.size_pt = 8.6, .ink = INK_TEXT}, "results[%zu].sentence_zh", i);
    phrases[1] = record_phrase(record, STYLE_NOTE_EN, "results[%zu].sentence_en", i);
}

// Of many results in two columns.
static void draw_sentences(struct flow *flow)
{
    enum { MANY = 5 };
    size_t count = record_count(flow->record, "results");
    const struct columns_list list = {.zh = "结果说明",
                                      .en = "Explanation of the result",
                                      .count = count,
                                      .across = count < MANY ? 1 : 2,
                                      .below = 3,
                                      .item = sentence_phrases};
    columns_draw(flow, &list);
}

void section_results(struct flow *flow, const struct sheet *sheet)
{
    bool is_verified = wording_is_verification(flow->record);
    struct table table = {flow, is_verified ? VERIFICATION_COLUMNS : RESULT_COLUMNS, COLUMNS};
    struct cell first[COLUMNS];
    row_cells(flow, sheet, 0, first);
    flow_heading(flow, is_verified ? "检定结果" : "检测结果", "Results",
                 table_head_height(&table) + table_row_height(&table, first) + keep_of(flow, 0));
    table_head(&table);
    for (size_t i = 0; i < record_count(flow->record, "results"); i++)
        draw_result(&table, sheet, i);
    draw_notes(flow);
    draw_conclusion(flow, sheet);
    if (sheet->standing == SHEET_STANDS) // each sentence ends with a verdict
        draw_sentences(flow);
}
