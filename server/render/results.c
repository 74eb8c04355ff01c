// SPDX-License-Identifier: Apache-2.0
// Results, conclusion and what they mean.
#include "render/sections.h"

#include "render/styles.h"
#include "render/table.h"
#include "render/wording.h"

#include <string.h>

enum { COLUMNS = 6, NOTE_LINE_PT = 16 };

static const struct column RESULT_COLUMNS[COLUMNS] = {
    {"检测项目", "Parameter", 87, PLACING_LEFT},
    {"检测依据", "Test method", 118, PLACING_LEFT},
    {"标准要求及判定依据", "Requirement and standard", 102, PLACING_LEFT},
    {"检测结果", "Result (mean)", 62, PLACING_CENTRE},
    {"扩展不确定度", "U (k)", 65, PLACING_CENTRE},
    {"单项判定", "Verdict", TEXT_WIDTH_PT - 434, PLACING_CENTRE},
};

static struct style centred(struct style style)
{
    style.placing = PLACING_CENTRE;
    return style;
}

static const char *with_unit(struct record *record, size_t i, const char *key)
{
    const char *value = record_text(record, "results[%zu].%s", i, key),
               *unit = record_text(record, "results[%zu].unit", i);
    return value[0] && unit[0] ? record_printf(record, "%s %s", value, unit) : value;
}

static const char *parameter(struct record *record, size_t i)
{
    bool outside = record_count(record, "results") > 0 && !record_truth(record, "results[%zu].in_scope", i);
    return record_printf(record, "%s%s", record_text(record, "results[%zu].parameter_zh", i),
                         outside ? " *" : "");
}

static struct cell uncertainty(struct record *record, size_t i)
{
    const char *factor = record_text(record, "results[%zu].coverage_factor", i);
    const char *value = with_unit(record, i, "expanded_uncertainty");
    struct cell cell = cell_of(
        (struct phrase){"results.expanded_uncertainty", value[0] ? value : "—", centred(STYLE_VALUE)});
    if (value[0] && factor[0])
        cell_add(&cell, (struct phrase){"results.coverage_factor", record_printf(record, "(k = %s)", factor),
                                        centred(STYLE_VALUE_EN)});
    return cell;
}

// "GB 11887-2012" of "GB 11887-2012 首饰 ...": the title has a line of its own.
static const char *standard_number(struct record *record, size_t i)
{
    const char *standard = record_text(record, "results[%zu].judgement_standard", i);
    size_t first = strcspn(standard, " "), second = standard[first] ? strcspn(standard + first + 1, " ") : 0;
    return record_printf(record, "%.*s", (int)(first + second + (standard[first] ? 1 : 0)), standard);
}

static struct cell requirement(struct record *record, size_t i)
{
    const char *text = with_unit(record, i, "requirement");
    struct cell cell =
        cell_of((struct phrase){"results.requirement", text[0] ? text : "—", STYLE_VALUE_BOLD});
    cell_add(&cell,
             (struct phrase){"results.judgement_standard", standard_number(record, i), STYLE_VALUE_EN});
    cell_add(&cell, record_phrase(record, STYLE_VALUE_EN, "results[%zu].clause", i));
    return cell;
}

// The standard with its title, where the table has only its number.
static const char *standard_title(struct record *record, size_t i, const char *key, const char *label)
{
    const char *title = record_text(record, "results[%zu].%s", i, key);
    if (strcmp(title, standard_number(record, i)) == 0 || !title[0])
        return "";
    return record_printf(record, "%s%s", label, title);
}

static struct cell verdict(struct record *record, size_t i)
{
    struct style zh = centred(STYLE_VALUE_BOLD), en = centred(STYLE_VALUE_EN);
    zh.ink = en.ink = wording_verdict_ink(record_text(record, "results[%zu].verdict", i));
    struct cell cell = cell_of(record_phrase(record, zh, "results[%zu].verdict_zh", i));
    cell_add(&cell, record_phrase(record, en, "results[%zu].verdict_en", i));
    return cell;
}

// A value as typed, with what was typed beside it.
static const char *reading(struct record *record, size_t i, size_t j)
{
    static const struct {
        const char *qualifier, *before, *after;
    } FORMS[] = {{"less_than", "< ", ""}, {"greater_than", "> ", ""}, {"not_detected", "未检出 ND (< ", ")"}};
    const char *qualifier = record_text(record, "results[%zu].readings[%zu].qualifier", i, j);
    const char *value = record_text(record, "results[%zu].readings[%zu].value", i, j);
    const char *position = record_text(record, "results[%zu].readings[%zu].position", i, j);
    for (size_t form = 0; form < sizeof FORMS / sizeof FORMS[0]; form++)
        if (strcmp(FORMS[form].qualifier, qualifier) == 0)
            value = record_printf(record, "%s%s%s", FORMS[form].before, value, FORMS[form].after);
    return position[0] ? record_printf(record, "%s (%s)", value, position) : value;
}

static const char *readings(struct record *record, size_t i)
{
    const char *range = with_unit(record, i, "range"), *unit = record_text(record, "results[%zu].unit", i);
    size_t count = record_count(record, "results[%zu].readings", i);
    const char *list = count == 0 ? ""
                       : unit[0]  ? record_printf(record, "各点读数 Readings (%s):  ", unit)
                                  : "各点读数 Readings:  ";
    for (size_t j = 0; j < count; j++)
        list = record_printf(record, "%s%s%s", list, j > 0 ? "; " : "", reading(record, i, j));
    return range[0] ? record_printf(record, "%s%s极差 Range %s", list, list[0] ? "    " : "", range) : list;
}

static void row_cells(struct record *record, size_t i, struct cell cells[COLUMNS])
{
    struct style strong = {.size_pt = 10.6, .bold = true, .ink = INK_TEXT, .placing = PLACING_CENTRE};
    const char *mean = with_unit(record, i, "mean");
    cells[0] = cell_of((struct phrase){"results.parameter_zh", parameter(record, i), STYLE_VALUE_BOLD});
    cell_add(&cells[0], record_phrase(record, STYLE_VALUE_EN, "results[%zu].parameter_en", i));
    cells[1] = cell_of(record_phrase(record, STYLE_VALUE, "results[%zu].method_standard", i));
    cell_add(&cells[1], record_phrase(record, STYLE_VALUE_EN, "results[%zu].method_zh", i));
    cell_add(&cells[1], record_phrase(record, STYLE_VALUE_EN, "results[%zu].method_en", i));
    cells[2] = requirement(record, i);
    cells[3] = cell_of((struct phrase){"results.mean", mean[0] ? mean : "—", strong});
    cells[4] = uncertainty(record, i);
    cells[5] = verdict(record, i);
}

static void draw_result(const struct table *table, size_t i)
{
    struct flow *flow = table->flow;
    struct record *record = flow->record;
    struct cell cells[COLUMNS];
    row_cells(record, i, cells);
    table_row(table, cells, NOTE_LINE_PT);
    struct phrase notes[] = {
        {"results.readings", readings(record, i), STYLE_NOTE_ZH},
        {"results.judgement_standard",
         standard_title(record, i, "judgement_standard", "判定依据 Standard:  "), STYLE_NOTE_EN},
        {"results.judgement_standard_en", standard_title(record, i, "judgement_standard_en", ""),
         STYLE_NOTE_EN},
        record_phrase(record, STYLE_NOTE_ZH, "results[%zu].deviation_zh", i),
        record_phrase(record, STYLE_NOTE_EN, "results[%zu].deviation_en", i),
    };
    for (size_t j = 0; j < sizeof notes / sizeof notes[0]; j++)
        flow_paragraph(flow, &notes[j], PADDING_PT, TEXT_WIDTH_PT - 2 * PADDING_PT);
    flow_skip(flow, 3.5);
    bool last = i + 1 == record_count(record, "results");
    table_rule(table, last ? 1.1 : 0.4, last ? INK_ACCENT : INK_RULE);
}

static void draw_scope_note(struct flow *flow)
{
    struct record *record = flow->record;
    bool outside = false;
    for (size_t i = 0; i < record_count(record, "results"); i++)
        outside = outside || !record_truth(record, "results[%zu].in_scope", i);
    struct phrase note = {NULL, "* 不在资质认定/认可范围内的项目。 Outside the accredited scope.",
                          STYLE_SMALL};
    if (!outside)
        return;
    flow_skip(flow, 2);
    flow_block(flow, &note, 1, PADDING_PT, TEXT_WIDTH_PT - 2 * PADDING_PT);
}

static void draw_conclusion(struct flow *flow)
{
    struct record *record = flow->record;
    enum ink ink = wording_verdict_ink(record_text(record, "conclusion.verdict"));
    struct phrase phrases[] = {
        record_phrase(record, (struct style){.size_pt = 12, .bold = true, .ink = ink}, "conclusion.zh"),
        record_phrase(record, (struct style){.size_pt = 9, .ink = ink}, "conclusion.en"),
    };
    const double inset = 14, width = TEXT_WIDTH_PT - 2 * inset;
    double height = canvas_height(flow->canvas, phrases, 2, width) + 18;
    flow_heading(flow, "检验结论", "Conclusion", height);
    canvas_frame(flow->canvas, MARGIN_PT + 0.5, flow->y, TEXT_WIDTH_PT - 1, height, 1.1, ink);
    canvas_fill(flow->canvas, MARGIN_PT, flow->y - 0.55, 4.5, height + 1.1, ink);
    flow_skip(flow, 9);
    canvas_text(flow->canvas, phrases, 2, MARGIN_PT + inset, flow->y, width);
    flow_skip(flow, height - 9);
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
            flow_heading(flow, "结果说明", "In plain words", height);
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

void section_results(struct flow *flow)
{
    struct table table = {flow, RESULT_COLUMNS, COLUMNS};
    struct cell first[COLUMNS];
    row_cells(flow->record, 0, first);
    flow_heading(flow, "检测结果", "Results",
                 table_head_height(&table) + table_row_height(&table, first) + NOTE_LINE_PT);
    table_head(&table);
    for (size_t i = 0; i < record_count(flow->record, "results"); i++)
        draw_result(&table, i);
    draw_scope_note(flow);
    draw_conclusion(flow);
    draw_sentences(flow);
    draw_rule_text(flow);
}
