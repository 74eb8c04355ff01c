// SPDX-License-Identifier: Apache-2.0
// The front of an original record: its form, the item, the test; with what it was measured, and what was
// found.
#include "render/original_sections.h"

#include "render/original_list.h"
#include "render/styles.h"

#include <string.h>

enum { READING_FIELDS = 4 };

const char *original_form(struct record *record)
{
    return record_text(record, "form.form_no")[0]
               ? record_printf(record, "%s  版次 Edition %s", record_text(record, "form.form_no"),
                               record_text(record, "form.edition"))
               : "无受控表格编号 No form number";
}

// ---- the front

static const double BOX_PT = 168, BOX_GAP_PT = 12;

static size_t form_phrases(struct record *record, struct phrase phrases[3])
{
    const struct style label = {.size_pt = 7.5, .ink = INK_LABEL};
    const struct style strong = {.size_pt = 11, .bold = true, .ink = INK_TEXT};
    const struct style alert = {.size_pt = 8.6, .bold = true, .ink = INK_ALERT};
    if (!record_text(record, "form.form_no")[0]) {
        phrases[0] = (struct phrase){NULL, "未指定受控表格编号", alert};
        phrases[1] = (struct phrase){NULL, "No controlled form number is set", label};
        return 2;
    }
    phrases[0] = (struct phrase){NULL, "受控表格 Controlled form", label};
    phrases[1] = record_phrase(record, strong, "form.form_no");
    phrases[2] = (struct phrase){"form.edition",
                                 record_printf(record, "版次 Edition %s   生效 From %s",
                                               record_text(record, "form.edition"),
                                               record_text(record, "form.effective_from")),
                                 {.size_pt = 8.2, .ink = INK_TEXT}};
    return 3;
}

static void draw_institute(struct flow *flow)
{
    struct record *record = flow->record;
    const struct phrase names[] = {
        record_phrase(record,
                      (struct style){.size_pt = 13, .bold = true, .ink = INK_ACCENT, .tracking_pt = 0.6},
                      "institute.name_zh"),
        record_phrase(record, (struct style){.size_pt = 8, .ink = INK_LABEL}, "institute.name_en"),
        {"laboratory.name_zh",
         record_printf(record, "%s  %s", record_text(record, "laboratory.name_zh"),
                       record_text(record, "laboratory.name_en")),
         {.size_pt = 8.6, .ink = INK_TEXT}},
    };
    struct phrase form[3];
    size_t lines = form_phrases(record, form);
    const double inset = 7, wide = TEXT_WIDTH_PT - BOX_PT - BOX_GAP_PT;
    double left = canvas_height(flow->canvas, names, 3, wide);
    double box = canvas_height(flow->canvas, form, lines, BOX_PT - 2 * inset) + 2 * inset - 3;
    double height = left > box ? left : box, x = MARGIN_PT + TEXT_WIDTH_PT - BOX_PT;
    canvas_text(flow->canvas, names, 3, MARGIN_PT, flow->y + height - left, wide);
    canvas_frame(flow->canvas, x + 0.4, flow->y + height - box, BOX_PT - 0.8, box, 0.8, INK_ACCENT);
    canvas_text(flow->canvas, form, lines, x + inset, flow->y + height - box + inset - 2, BOX_PT - 2 * inset);
    flow_skip(flow, height + 6);
    canvas_fill(flow->canvas, MARGIN_PT, flow->y, TEXT_WIDTH_PT, 2.2, INK_ACCENT);
    canvas_fill(flow->canvas, MARGIN_PT, flow->y + 3.4, TEXT_WIDTH_PT, 0.7, INK_GOLD);
    flow_skip(flow, 4.1);
}

static void draw_title(struct flow *flow)
{
    struct record *record = flow->record;
    const struct style zh = {
        .size_pt = 18, .bold = true, .ink = INK_TEXT, .placing = PLACING_CENTRE, .tracking_pt = 2};
    const struct style en = {.size_pt = 9, .ink = INK_LABEL, .placing = PLACING_CENTRE, .tracking_pt = 1};
    const char *own_zh = record_text(record, "form.title_zh"), *own_en = record_text(record, "form.title_en");
    const struct phrase title[] = {{"form.title_zh", own_zh[0] ? own_zh : "检测原始记录", zh},
                                   {"form.title_en", own_en[0] ? own_en : "ORIGINAL RECORD OF TEST", en}};
    flow_skip(flow, 5);
    flow_block(flow, title, 2, 0, TEXT_WIDTH_PT);
    flow_skip(flow, 4);
}

static bool is_held(struct record *record)
{
    for (size_t i = 0; i < record_count(record, "holds"); i++)
        if (!record_text(record, "holds[%zu].released_at", i)[0])
            return true;
    return false;
}

// What a reader must know first: that it is not valid, not reviewed, not released, or not the last word.
static void draw_standing(struct flow *flow)
{
    struct record *record = flow->record;
    const struct style alert = {.size_pt = 9, .bold = true, .ink = INK_ALERT, .placing = PLACING_CENTRE};
    const char *specimen = record_is_specimen(record) ? "样张，演示数据  Specimen: demonstration data" : "";
    const char *state = strcmp(record_text(record, "test.state"), "superseded") == 0
                            ? "已被复测取代  Superseded by the repeat test"
                        : record_truth(record, "%s", "draft") ? "草稿，未经复核  Draft: not reviewed"
                                                              : "";
    const char *held = is_held(record) ? "批次冻结，未放行  Batch held: not released" : "";
    const char *parts[] = {specimen, state, held}, *told = "";
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (parts[i][0])
            told = record_printf(record, "%s%s%s", told, told[0] ? "    ·    " : "", parts[i]);
    struct phrase words = {NULL, told, alert};
    if (!told[0])
        return;
    double height = canvas_height(flow->canvas, &words, 1, TEXT_WIDTH_PT - 20);
    canvas_frame(flow->canvas, MARGIN_PT + 0.4, flow->y, TEXT_WIDTH_PT - 0.8, height + 6, 0.8, INK_ALERT);
    canvas_text(flow->canvas, &words, 1, MARGIN_PT + 10, flow->y + 3, TEXT_WIDTH_PT - 20);
    flow_skip(flow, height + 10);
}

static void draw_number(struct flow *flow)
{
    struct record *record = flow->record;
    size_t last = record_count(record, "prints") - 1;
    struct style right = {.size_pt = 8.2, .ink = INK_TEXT, .placing = PLACING_RIGHT};
    struct phrase number = {"test_id",
                            record_printf(record, "记录编号 Record  %s", record_text(record, "test_id")),
                            {.size_pt = 8.2, .ink = INK_TEXT}};
    struct phrase print = {"prints",
                           record_printf(record, "第%s次打印 Print %s  %s",
                                         record_text(record, "prints[%zu].print_no", last),
                                         record_text(record, "prints[%zu].print_no", last),
                                         record_text(record, "prints[%zu].at", last)),
                           right};
    double wide = TEXT_WIDTH_PT * 0.58;
    canvas_text(flow->canvas, &number, 1, MARGIN_PT, flow->y, wide);
    canvas_text(flow->canvas, &print, 1, MARGIN_PT + wide, flow->y, TEXT_WIDTH_PT - wide);
    flow_skip(flow, canvas_height(flow->canvas, &number, 1, wide) + 1);
    const char *zone = record_text(record, "time_zone");
    struct phrase times = {"time_zone", record_printf(record, "时间均为 All times are  %s", zone),
                           STYLE_SMALL};
    if (zone[0]) {
        canvas_text(flow->canvas, &times, 1, MARGIN_PT, flow->y, TEXT_WIDTH_PT);
        flow_skip(flow, canvas_height(flow->canvas, &times, 1, TEXT_WIDTH_PT));
    }
    flow_skip(flow, 2);
    canvas_line(flow->canvas, MARGIN_PT, flow->y, MARGIN_PT + TEXT_WIDTH_PT, flow->y, 0.6, INK_ACCENT);
}

static struct cell two(struct record *record, const char *path)
{
    struct cell cell = cell_of(record_phrase(record, STYLE_VALUE, "%s_zh", path));
    cell_add(&cell, record_phrase(record, STYLE_VALUE_EN, "%s_en", path));
    return cell;
}

static struct cell one(struct record *record, const char *path)
{
    return cell_of(record_phrase(record, STYLE_VALUE, "%s", path));
}

static struct cell with(struct record *record, const char *path, const char *unit)
{
    const char *value = record_text(record, "%s", path);
    return cell_of(
        (struct phrase){path, value[0] ? record_printf(record, "%s %s", value, unit) : "", STYLE_VALUE});
}

static const struct grid ONE = {TEXT_WIDTH_PT, LABEL_PT, 0, 0}, TWO = {TEXT_WIDTH_PT, LABEL_PT, 262, 96};

static void draw_item(struct flow *flow)
{
    struct record *record = flow->record;
    struct cell claim = one(record, "item.claim");
    cell_add(&claim, record_phrase(record, STYLE_VALUE_EN, "item.claimed_product_zh"));
    cell_add(&claim, record_phrase(record, STYLE_VALUE_EN, "item.claimed_product_en"));
    const struct pair pairs[] = {
        {"样品编号", "Sample No.", cell_of(record_phrase(record, STYLE_VALUE_BOLD, "item.code"))},
        {"样品名称", "Sample name", one(record, "item.name")},
        {"收样日期", "Received", one(record, "item.received")},
        {"收样质量", "Mass", with(record, "item.mass_g", "g")},
        {"数量", "Pieces", one(record, "item.pieces")},
        {"印记", "Mark on it", one(record, "item.hallmark")},
        {"采样日期", "Sampled on", one(record, "item.sampled_on")},
        {"生产日期", "Produced on", one(record, "item.produced_on")},
        {"镶嵌物", "Stones", one(record, "item.stones")},
        {"封签编号", "Seal No.", one(record, "item.seal_no")},
        {"委托方声称", "Claim", claim},
        {"样品状态", "Condition", one(record, "item.condition")},
    };
    flow_heading(flow, "样品", "Sample", 40);
    table_grid(flow, &TWO, pairs, sizeof pairs / sizeof pairs[0]);
}

static void draw_test(struct flow *flow)
{
    struct record *record = flow->record;
    struct cell method = one(record, "test.method_standard");
    cell_add(&method,
             (struct phrase){"test.method_zh",
                             record_printf(record, "%s  %s (%s)", record_text(record, "test.method_zh"),
                                           record_text(record, "test.method_en"),
                                           record_text(record, "test.method_id")),
                             STYLE_VALUE_EN});
    const struct pair wide[] = {{"检测方法", "Test method", method}};
    const struct pair pairs[] = {
        {"检测项目", "Parameter", two(record, "test.parameter")},
        {"检测人", "Technician", one(record, "test.technician")},
        {"状态", "State", two(record, "test.state")},
    };
    const struct pair rule[] = {{"判定规则", "Decision rule", two(record, "test.decision_rule")}};
    flow_heading(flow, "检测任务", "Test", 40);
    table_grid(flow, &ONE, wide, 1);
    table_grid(flow, &TWO, pairs, sizeof pairs / sizeof pairs[0]);
    table_grid(flow, &ONE, rule, 1);
}

void original_section_front(struct flow *flow)
{
    draw_institute(flow);
    draw_title(flow);
    draw_standing(flow);
    draw_number(flow);
    draw_item(flow);
    draw_test(flow);
}

// ---- instruments, reagents, environment

static void fitness_row(struct record *record, const char *list, size_t i, struct cell *cells)
{
    const char *from = record_text(record, "%s[%zu].valid_from", list, i),
               *until = record_text(record, "%s[%zu].valid_until", list, i);
    cells[0] = original_cell(record, list, i, "name");
    cells[1] = original_text("valid_from", from[0] ? record_printf(record, "%s – %s", from, until) : "—");
    cells[2] = original_cell(record, list, i, "evidence");
    if (cells[2].count == 0)
        cells[2] = original_text(list, "—");
    cells[3] = original_words(record, list, i, "state");
}

static void instrument_row(struct record *record, size_t i, struct cell *cells)
{
    fitness_row(record, "instruments", i, cells);
}

static void reagent_row(struct record *record, size_t i, struct cell *cells)
{
    fitness_row(record, "reagents", i, cells);
}

static const struct column INSTRUMENT_COLUMNS[] = {
    {"仪器", "Instrument", 150, PLACING_LEFT},
    {"校准有效期", "Calibrated, valid", 130, PLACING_LEFT},
    {"证书", "Certificate", 135, PLACING_LEFT},
    {"检测当日", "On the day", TEXT_WIDTH_PT - 415, PLACING_LEFT}};
static const struct column REAGENT_COLUMNS[] = {
    {"批号", "Lot", 150, PLACING_LEFT},
    {"有效期", "Valid", 130, PLACING_LEFT},
    {"名称或证书", "Name or certificate", 135, PLACING_LEFT},
    {"检测当日", "On the day", TEXT_WIDTH_PT - 415, PLACING_LEFT}};

void original_section_means(struct flow *flow)
{
    static const struct original_list INSTRUMENTS = {"instruments",      "仪器", "Instruments",
                                                     INSTRUMENT_COLUMNS, 4,      instrument_row};
    static const struct original_list REAGENTS = {
        "reagents", "试剂与标准物质", "Reagents and reference materials", REAGENT_COLUMNS, 4, reagent_row};
    original_list_draw(flow, &INSTRUMENTS);
    original_list_draw(flow, &REAGENTS);
}

// ---- readings, as typed

static const char *qualified(struct record *record, size_t i)
{
    static const struct {
        const char *qualifier, *before, *after;
    } FORMS[] = {{"less_than", "< ", ""}, {"greater_than", "> ", ""}, {"not_detected", "未检出 ND (< ", ")"}};
    const char *qualifier = record_text(record, "readings[%zu].qualifier", i);
    const char *value = record_text(record, "readings[%zu].value", i);
    for (size_t form = 0; form < sizeof FORMS / sizeof FORMS[0]; form++)
        if (strcmp(FORMS[form].qualifier, qualifier) == 0)
            return record_printf(record, "%s%s%s", FORMS[form].before, value, FORMS[form].after);
    return value;
}

static bool any(struct record *record, const char *key)
{
    for (size_t i = 0; i < record_count(record, "readings"); i++)
        if (record_text(record, "readings[%zu].%s", i, key)[0])
            return true;
    return false;
}

// Readings stand side by side where there is room: how many in a row, and which of their fields.
struct reading_shape {
    size_t across, fields;
    bool positions, sources;
};

static struct reading_shape reading_shape(struct record *record)
{
    struct reading_shape shape = {.positions = any(record, "position"), .sources = any(record, "source")};
    shape.fields = 2 + shape.positions + shape.sources;
    shape.across = shape.sources ? 1 : shape.positions ? 2 : 4;
    return shape;
}

static void reading_cells(struct record *record, size_t i, struct cell *cells)
{
    struct reading_shape shape = reading_shape(record);
    for (size_t part = 0; part < shape.across; part++) {
        size_t at = i * shape.across + part;
        struct cell *own = cells + part * shape.fields;
        if (at >= record_count(record, "readings"))
            break;
        own[0] = original_text("readings", record_printf(record, "%zu", at + 1));
        own[1] = original_text("readings.value", qualified(record, at));
        if (shape.positions)
            own[2] = original_cell(record, "readings", at, "position");
        if (shape.sources)
            own[shape.fields - 1] = original_cell(record, "readings", at, "source");
    }
}

static void draw_readings(struct flow *flow)
{
    struct record *record = flow->record;
    struct reading_shape shape = reading_shape(record);
    struct column columns[TABLE_COLUMNS];
    const char *unit = record_text(record, "test.unit");
    const char *head = unit[0] ? record_printf(record, "Reading, %s", unit) : "Reading";
    double number = 30, wide = TEXT_WIDTH_PT / (double)shape.across;
    for (size_t part = 0; part < shape.across; part++) {
        struct column *own = columns + part * shape.fields;
        double rest = wide - number, value = shape.fields == 2 ? rest : shape.sources ? 110 : 96;
        double position = !shape.positions ? 0 : shape.sources ? 110 : rest - value;
        own[0] = (struct column){"序号", "No.", number, PLACING_LEFT};
        own[1] = (struct column){"读数", head, value, PLACING_LEFT};
        if (shape.positions)
            own[2] = (struct column){"测点", "Spot", position, PLACING_LEFT};
        if (shape.sources)
            own[shape.fields - 1] = (struct column){"来源", "Source: file, line, column, text",
                                                    rest - value - position, PLACING_LEFT};
    }
    const struct original_list list = {"readings", "读数（按录入原样）",        "Readings, as entered",
                                       columns,    shape.across * shape.fields, reading_cells};
    original_list_draw_rows(flow, &list,
                            (record_count(record, "readings") + shape.across - 1) / shape.across);
}

static void input_row(struct record *record, size_t i, struct cell *cells)
{
    cells[0] = original_text("inputs", record_printf(record, "%zu", i + 1));
    cells[1] = original_text("inputs", record_text(record, "inputs[%zu]", i));
}

static void reader_row(struct record *record, size_t i, struct cell *cells)
{
    cells[0] = original_text("readers.round",
                             record_printf(record, "%s-%s", record_text(record, "readers[%zu].round", i),
                                           record_text(record, "readers[%zu].place", i)));
    cells[1] = original_cell(record, "readers", i, "reader");
    cell_add(&cells[1], record_phrase(record, STYLE_NOTE_EN, "readers[%zu].at", i));
    cells[2] = cell_of(record_phrase(record, STYLE_VALUE_BOLD, "readers[%zu].result", i));
    cells[3] = original_cell(record, "readers", i, "observations");
    cell_add(&cells[3], record_phrase(record, STYLE_NOTE_EN, "readers[%zu].deviation", i));
    cells[4] = original_cell(record, "readers", i, "instrument");
    cell_add(&cells[4], record_phrase(record, STYLE_NOTE_EN, "readers[%zu].environment", i));
}

// Of the newest entry.
static void draw_circumstances(struct flow *flow)
{
    struct record *record = flow->record;
    const char *factor = record_text(record, "entry.coverage_factor");
    const char *value = record_text(record, "entry.expanded_uncertainty");
    const char *uncertainty =
        value[0] ? record_printf(record, "%s %s  (k = %s)", value, record_text(record, "test.unit"), factor)
                 : "";
    // What there is to tell of a deviation needs the whole width; that there was none does not.
    const char *deviation = record_text(record, "entry.deviation");
    struct cell none =
        cell_of((struct phrase){"entry.deviation", deviation[0] ? "" : "无 none", STYLE_VALUE});
    const struct pair pairs[] = {
        {"录入人", "Entered by", one(record, "entry.entered_by")},
        {"录入时间", "Entered", one(record, "entry.at")},
        {"环境温度", "Temperature", with(record, "entry.temperature_c", "℃")},
        {"相对湿度", "Humidity", with(record, "entry.humidity_percent", "%")},
        {"扩展不确定度", "Uncertainty U",
         cell_of((struct phrase){"entry.expanded_uncertainty", uncertainty, STYLE_VALUE})},
        {"方法偏离", "Deviation", none},
    };
    const struct pair wide[] = {
        {"方法偏离", "Deviation", one(record, "entry.deviation")},
        {"确证", "Confirmation", one(record, "entry.confirmation")},
    };
    if (!record_text(record, "entry.at")[0])
        return;
    flow_heading(flow, "录入与环境", "Entry and environment", 40);
    table_grid(flow, &TWO, pairs, sizeof pairs / sizeof pairs[0]);
    table_grid(flow, &ONE, wide, sizeof wide / sizeof wide[0]);
}

void original_section_findings(struct flow *flow)
{
    static const struct column INPUT_COLUMNS[] = {
        {"序号", "No.", 34, PLACING_LEFT}, {"输入量", "Named inputs", TEXT_WIDTH_PT - 34, PLACING_LEFT}};
    static const struct column READER_COLUMNS[] = {
        {"轮-人", "Round", 42, PLACING_LEFT},
        {"鉴别人", "Read by", 100, PLACING_LEFT},
        {"结论", "Result", 90, PLACING_LEFT},
        {"观察", "Observations", 158, PLACING_LEFT},
        {"仪器与环境", "Instrument", TEXT_WIDTH_PT - 390, PLACING_LEFT}};
    static const struct original_list INPUTS = {
        "inputs", "输入量（按录入原样）", "Inputs, as entered", INPUT_COLUMNS, 2, input_row};
    static const struct original_list READERS = {"readers",      "独立鉴别", "Readings apart",
                                                 READER_COLUMNS, 5,          reader_row};
    draw_circumstances(flow);
    draw_readings(flow);
    original_list_draw(flow, &INPUTS);
    original_list_draw(flow, &READERS);
    struct record *record = flow->record;
    const char *agreed = record_text(record, "test.identification_zh");
    struct phrase words = {
        "test.identification_zh",
        record_printf(record, "%s %s", agreed, record_text(record, "test.identification_en")), STYLE_VALUE};
    if (!agreed[0])
        return;
    flow_skip(flow, 2);
    flow_block(flow, &words, 1, 0, TEXT_WIDTH_PT);
}
