// SPDX-License-Identifier: Apache-2.0
// How the result of an original record came about and was judged, what controlled it, who did what, and what
// was changed.
#include "render/original_sections.h"

#include "render/original_list.h"
#include "render/styles.h"
#include "render/wording.h"

#include <string.h>

static const struct grid ONE = {TEXT_WIDTH_PT, LABEL_PT, 0, 0}, TWO = {TEXT_WIDTH_PT, LABEL_PT, 262, 96};

static struct cell one(struct record *record, const char *path)
{
    return cell_of(record_phrase(record, STYLE_VALUE, "%s", path));
}

static struct cell two(struct record *record, const char *path)
{
    struct cell cell = cell_of(record_phrase(record, STYLE_VALUE, "%s_zh", path));
    cell_add(&cell, record_phrase(record, STYLE_VALUE_EN, "%s_en", path));
    return cell;
}

// ---- calculation

// A name, a grade: nothing was calculated.
static bool is_as_entered(struct record *record)
{
    return record_count(record, "calculation.expression") == 1 &&
           strcmp(record_text(record, "calculation.expression[0]"), "result") == 0;
}

static void draw_formula(struct flow *flow)
{
    struct record *record = flow->record;
    size_t count = record_count(record, "calculation.expression");
    const char *key = record_text(record, "calculation.calc_key");
    bool as_entered = is_as_entered(record);
    struct phrase name = {"calculation.calc_key",
                          key[0]       ? record_printf(record, "公式 Formula  %s", key)
                          : as_entered ? "未经计算，按录入 Not calculated: as entered"
                                       : "读数的平均值 Mean of the readings",
                          STYLE_NOTE_ZH};
    flow_block(flow, &name, 1, 0, TEXT_WIDTH_PT);
    for (size_t i = 0; i < count && !as_entered; i++) {
        struct phrase line = record_phrase(record, (struct style){.size_pt = 7.8, .ink = INK_TEXT},
                                           "calculation.expression[%zu]", i);
        flow_block(flow, &line, 1, 12, TEXT_WIDTH_PT - 12);
    }
    flow_skip(flow, 3);
}

enum { STEPS_BESIDE_BYTES = 30, BESIDE_BYTES = 24, ONCE_BYTES = 12 };

// A quotient has three dozen digits. Where it is the calculated value it stands once in full, and elsewhere
// that says more than digits that somebody would have to compare.
static const char *calculated_or(struct record *record, const char *value)
{
    const char *calculated = record_text(record, "calculation.calculated");
    return strlen(value) > ONCE_BYTES && strcmp(value, calculated) == 0 ? "= 计算值 the calculated value"
                                                                        : value;
}

static size_t significant(const char *number)
{
    size_t count = 0;
    for (const char *at = number; *at; at++)
        count += *at >= '0' && *at <= '9' && (count > 0 || *at != '0');
    return count;
}

static bool is_compared(struct record *record)
{
    return record_text(record, "judgement.verdict")[0] &&
           strcmp(record_text(record, "calculation.calculated"),
                  record_text(record, "calculation.compared")) == 0;
}

// All digits stand beside the conclusion that they carry; here the first eight, and that there are more.
static const char *first_digits(struct record *record, const char *value)
{
    enum { SHOWN = 8 };
    size_t count = 0, length = 0;
    while (value[length] && count < SHOWN) {
        count += value[length] >= '0' && value[length] <= '9' && (count > 0 || value[length] != '0');
        length++;
    }
    return record_printf(record, "%.*s…", (int)length, value);
}

static struct cell calculated_cell(struct record *record)
{
    const char *value = record_text(record, "calculation.calculated"),
               *unit = record_text(record, "test.unit");
    size_t digits = significant(value);
    bool is_long = strlen(value) > ONCE_BYTES && is_compared(record);
    const char *shown = is_long ? first_digits(record, value) : value;
    struct cell cell = cell_of((struct phrase){
        "calculation.calculated", value[0] && unit[0] ? record_printf(record, "%s %s", shown, unit) : shown,
        STYLE_VALUE});
    if (is_long)
        cell_add(&cell,
                 (struct phrase){"calculation.calculated",
                                 record_printf(record,
                                               "全部 %zu 位有效数字见“判定”的比较用值 all %zu significant "
                                               "digits: compared value, at Judgement",
                                               digits, digits),
                                 STYLE_VALUE_EN});
    return cell;
}

// Two steps to a row where all values are short.
static size_t steps_across(struct record *record)
{
    for (size_t i = 0; i < record_count(record, "calculation.steps"); i++)
        if (strlen(calculated_or(record, record_text(record, "calculation.steps[%zu].value", i))) >
            STEPS_BESIDE_BYTES)
            return 1;
    return record_count(record, "calculation.steps") > 1 ? 2 : 1;
}

static void step_row(struct record *record, size_t i, struct cell *cells)
{
    size_t across = steps_across(record);
    for (size_t part = 0; part < across; part++) {
        size_t at = i * across + part;
        cells[2 * part] = original_cell(record, "calculation.steps", at, "name");
        cells[2 * part + 1] =
            original_text("calculation.steps.value",
                          calculated_or(record, record_text(record, "calculation.steps[%zu].value", at)));
    }
}

static void draw_steps(struct flow *flow)
{
    struct record *record = flow->record;
    size_t across = steps_across(record), count = record_count(record, "calculation.steps");
    struct column columns[4];
    double wide = TEXT_WIDTH_PT / (double)across;
    for (size_t part = 0; part < across; part++) {
        columns[2 * part] = (struct column){"步骤", "Step", 110, PLACING_LEFT};
        columns[2 * part + 1] = (struct column){"值", "Value", wide - 110, PLACING_LEFT};
    }
    const struct original_list list = {"calculation.steps", "计算步骤", "Steps", columns,
                                       2 * across,          step_row};
    original_list_draw_rows(flow, &list, (count + across - 1) / across);
}

// One determination is the calculated value itself: what it was made of says more.
static const char *single_determination(struct record *record)
{
    size_t readings = record_count(record, "readings");
    return readings > 0 ? record_printf(record, "1 次测定，由 %zu 个读数 1 determination, from %zu reading%s",
                                        readings, readings, readings == 1 ? "" : "s")
                        : "1 次测定 1 determination";
}

static struct cell determinations(struct record *record)
{
    const char *told = "";
    size_t count = record_count(record, "calculation.determinations");
    bool is_single = count == 1 && strcmp(record_text(record, "calculation.determinations[0]"),
                                          record_text(record, "calculation.calculated")) == 0;
    if (is_single)
        return cell_of(
            (struct phrase){"calculation.determinations", single_determination(record), STYLE_NOTE_ZH});
    for (size_t i = 0; i < count; i++)
        told =
            record_printf(record, "%s%s%s", told, i ? "；" : "",
                          calculated_or(record, record_text(record, "calculation.determinations[%zu]", i)));
    const char *unit = record_text(record, "calculation.formula_unit");
    bool another = unit[0] && strcmp(unit, record_text(record, "test.unit")) != 0;
    struct cell cell = cell_of((struct phrase){"calculation.determinations", told, STYLE_NOTE_ZH});
    if (told[0] && another)
        cell_add(
            &cell,
            (struct phrase){
                "calculation.formula_unit",
                record_printf(record,
                              "单位 %s，由公式得出；计算值为其平均值，换算为 %s  in %s, as the formula gives "
                              "them; the calculated value is their mean in %s",
                              unit, record_text(record, "test.unit"), unit, record_text(record, "test.unit")),
                STYLE_VALUE_EN});
    return cell;
}

static struct cell in_unit(struct record *record, const char *path)
{
    const char *value = record_text(record, "%s", path), *unit = record_text(record, "test.unit");
    return cell_of((struct phrase){
        path, value[0] && unit[0] ? record_printf(record, "%s %s", value, unit) : value, STYLE_VALUE});
}

void original_section_calculation(struct flow *flow)
{
    struct record *record = flow->record;
    const struct pair each[] = {{"测定值", "Determinations", determinations(record)},
                                {"计算值", "Calculated", calculated_cell(record)}};
    const struct pair pairs[] = {
        {"修约规则", "Rounding", two(record, "calculation.rounding")},
        {"修约值", "Rounded", in_unit(record, "calculation.rounded")},
        {"检出限", "LOD", in_unit(record, "calculation.lod")},
        {"定量限", "LOQ", in_unit(record, "calculation.loq")},
    };
    if (!record_text(record, "calculation.calculated")[0] && record_count(record, "calculation.steps") == 0 &&
        record_count(record, "calculation.expression") == 0)
        return;
    flow_heading(flow, "计算", "Calculation", 46);
    draw_formula(flow);
    if (is_as_entered(record))
        return; // the judgement says what the result is
    table_grid(flow, &ONE, each, sizeof each / sizeof each[0]);
    table_grid(flow, &TWO, pairs, sizeof pairs / sizeof pairs[0]);
    draw_steps(flow);
}

// ---- judgement

static struct cell with_unit(struct record *record, const char *path)
{
    const char *value = record_text(record, "%s", path), *unit = record_text(record, "judgement.unit");
    const char *text = value[0] && unit[0] ? record_printf(record, "%s %s", value, unit) : value;
    return cell_of((struct phrase){path, original_unbroken(record, text), STYLE_VALUE});
}

// What the limit was compared with, in full: a conclusion tells its numbers rounded.
static struct cell compared(struct record *record)
{
    const char *value = record_text(record, "calculation.compared");
    size_t digits = significant(value);
    struct cell cell = with_unit(record, "calculation.compared");
    if (is_as_entered(record))
        return (struct cell){.count = 0};
    if (strlen(value) > ONCE_BYTES)
        cell_add(&cell, (struct phrase){
                            "calculation.compared",
                            record_printf(record,
                                          "计算值，保留 %zu 位有效数字，未修约 the calculated value, kept "
                                          "to %zu significant digits and not rounded",
                                          digits, digits),
                            STYLE_VALUE_EN});
    return cell;
}

void original_section_judgement(struct flow *flow)
{
    struct record *record = flow->record;
    const char *verdict = record_text(record, "judgement.verdict");
    enum ink ink = wording_verdict_ink(verdict);
    struct cell words = cell_of(record_phrase(
        record, (struct style){.size_pt = 9.2, .bold = true, .ink = ink}, "judgement.verdict_zh"));
    cell_add(&words,
             record_phrase(record, (struct style){.size_pt = 7.6, .ink = ink}, "judgement.verdict_en"));
    if (strcmp(record_text(record, "test.state"), "superseded") == 0)
        cell_add(&words,
                 (struct phrase){"test.state",
                                 "已被复测取代，本判定无效 superseded by the repeat test: this verdict does "
                                 "not count",
                                 {.size_pt = 7.6, .bold = true, .ink = INK_ALERT}});
    const char *limit = record_text(record, "judgement.limit_id");
    struct cell row = cell_of(
        (struct phrase){"judgement.limit_id",
                        record_printf(record, "%s  目录修订 catalogue revision %s", limit[0] ? limit : "—",
                                      record_text(record, "judgement.catalogue_revision")),
                        STYLE_VALUE});
    struct cell requirement = with_unit(record, "judgement.requirement");
    bool is_plan = strlen(record_text(record, "judgement.requirement")) >
                   BESIDE_BYTES; // n, c, m and M: a line of its own
    const struct pair pairs[] = {
        {"结果", "Result", with_unit(record, "judgement.mean")},
        {"单项判定", "Verdict", words},
        {"极差", "Range", with_unit(record, "judgement.range")},
        {"扩展不确定度", "Uncertainty U", with_unit(record, "judgement.expanded_uncertainty")},
        {"标准要求", "Requirement", is_plan ? (struct cell){.count = 0} : requirement},
        {"比较方法", "Comparison", two(record, "judgement.comparison")},
        {"符合概率", "Probability", one(record, "judgement.probability")},
    };
    struct cell sentences = cell_of(original_whole(record, STYLE_VALUE, "judgement.sentence_zh"));
    cell_add(&sentences, original_whole(record, STYLE_VALUE_EN, "judgement.sentence_en"));
    const struct pair wide[] = {
        {"标准要求", "Requirement", is_plan ? requirement : (struct cell){.count = 0}},
        {"判定依据", "Standard", one(record, "judgement.standard")},
        {"目录条目", "Catalogue row", row},
        {"比较用值", "Compared value", compared(record)},
        {"结论", "Conclusion", sentences},
    };
    if (!verdict[0])
        return;
    flow_heading(flow, "判定", "Judgement", 60);
    table_grid(flow, &TWO, pairs, sizeof pairs / sizeof pairs[0]);
    table_grid(flow, &ONE, wide, sizeof wide / sizeof wide[0]);
}

// ---- worksheet, controls, holds

// Centre, limits and their version each begin a line.
static struct cell limit_lines(struct record *record, const char *told)
{
    static const char BETWEEN[] = "； ";
    struct cell cell = {.count = 0};
    for (const char *next; (next = strstr(told, BETWEEN)); told = next + strlen(BETWEEN))
        cell_add(&cell,
                 (struct phrase){"worksheet.controls.limit",
                                 record_printf(record, "%.*s", (int)(next - told), told), STYLE_NOTE_ZH});
    cell_add(&cell, (struct phrase){"worksheet.controls.limit", told, STYLE_NOTE_ZH});
    return cell;
}

static void control_row(struct record *record, size_t i, struct cell *cells)
{
    struct style outcome = STYLE_NOTE_ZH;
    bool failed = strcmp(record_text(record, "worksheet.controls[%zu].outcome", i), "rejected") == 0;
    outcome.ink = failed ? INK_ALERT : INK_TEXT;
    cells[0] = original_cell(record, "worksheet.controls", i, "position");
    cells[1] = original_words(record, "worksheet.controls", i, "kind");
    cells[2] = original_or_dash(original_cell(record, "worksheet.controls", i, "of"));
    cells[3] = original_or_dash(original_cell(record, "worksheet.controls", i, "value"));
    cells[4] = original_or_dash(limit_lines(record, record_text(record, "worksheet.controls[%zu].limit", i)));
    cells[5] = original_or_dash(original_cell(record, "worksheet.controls", i, "figure"));
    cell_add(&cells[5], record_phrase(record, STYLE_NOTE_EN, "worksheet.controls[%zu].was", i));
    cells[6] = cell_of(record_phrase(record, outcome, "worksheet.controls[%zu].outcome_zh", i));
    outcome.size_pt = 7.6;
    outcome.ink = failed ? INK_ALERT : INK_LABEL;
    cell_add(&cells[6], record_phrase(record, outcome, "worksheet.controls[%zu].outcome_en", i));
}

// A check is by the result that stands, and says what it was at the entry that was made beside it; while no
// result stands it is by that entry.
static struct cell worksheet_entry(struct record *record)
{
    const char *of = record_text(record, "worksheet.entry_no"), *now = record_text(record, "entry.entry_no");
    struct cell cell = one(record, "worksheet.entry_no");
    const char *told =
        record_text(record, "judgement.verdict")[0]
            ? record_printf(record,
                            "现行为第%s次；平行样、加标按现行结果重算 the entry that stands is %s; duplicate "
                            "and spike are recalculated by it",
                            now, now)
            : record_printf(
                  record,
                  "质控按第%s次录入计算，现行为第%s次 checks below are of entry %s; the result that "
                  "stands is entry %s",
                  of, now, of, now);
    if (of[0] && now[0] && strcmp(of, now) != 0)
        cell_add(&cell, (struct phrase){"worksheet.entry_no", told, STYLE_VALUE_EN});
    return cell;
}

void original_section_controls(struct flow *flow)
{
    struct record *record = flow->record;
    const char *unit = record_text(record, "test.unit");
    const struct column columns[] = {
        {"工作单位置", "Place", 54, PLACING_LEFT},
        {"种类", "Kind", 54, PLACING_LEFT},
        {"控制图或样品", "Chart or sample", 86, PLACING_LEFT},
        {"值", unit[0] ? record_printf(record, "Value, %s", unit) : "Value", 52, PLACING_LEFT},
        {"限", "Limit", 124, PLACING_LEFT},
        {"差或回收率", "Difference, recovery", 72, PLACING_LEFT},
        {"结果", "Outcome", TEXT_WIDTH_PT - 442, PLACING_LEFT}};
    const struct original_list controls = {"worksheet.controls", "质控结果", "Controls", columns, 7,
                                           control_row};
    const struct pair pairs[] = {
        {"工作单", "Worksheet", one(record, "worksheet.worksheet_no")},
        {"工作单位置", "Place on it", one(record, "worksheet.position")},
        {"批次", "Batch", one(record, "worksheet.batch_no")},
        {"录入", "Entry", worksheet_entry(record)},
    };
    if (pairs[0].value.count > 0) {
        flow_heading(flow, "工作单", "Worksheet", 84);
        table_grid(flow, &TWO, pairs, sizeof pairs / sizeof pairs[0]);
    }
    original_list_draw(flow, &controls);
}

// ---- who did what, and what was changed

static void act_row(struct record *record, size_t i, struct cell *cells)
{
    cells[0] = original_cell(record, "acts", i, "at");
    cells[1] = original_text("acts.act_zh",
                             record_printf(record, "%s  %s", record_text(record, "acts[%zu].act_zh", i),
                                           record_text(record, "acts[%zu].act_en", i)));
    cells[2] = original_cell(record, "acts", i, "name");
    cells[3] = original_cell(record, "acts", i, "note");
}

static void change_row(struct record *record, size_t i, struct cell *cells)
{
    const char *old = record_text(record, "changes[%zu].old_result", i),
               *new = record_text(record, "changes[%zu].new_result", i);
    cells[0] = original_cell(record, "changes", i, "at");
    cell_add(&cells[0], record_phrase(record, STYLE_NOTE_EN, "changes[%zu].name", i));
    cells[1] = original_words(record, "changes", i, "kind");
    cells[2] = original_text("changes.old_result", old[0] ? original_unbroken(record, old) : "—");
    cells[3] = original_text("changes.new_result", new[0] ? original_unbroken(record, new) : "—");
    cells[4] = original_cell(record, "changes", i, "reason");
}

void original_section_course(struct flow *flow)
{
    static const struct column ACT_COLUMNS[] = {{"时间", "Time", 84, PLACING_LEFT},
                                                {"事项", "Act", 134, PLACING_LEFT},
                                                {"人员", "Person", 84, PLACING_LEFT},
                                                {"说明", "Note", TEXT_WIDTH_PT - 302, PLACING_LEFT}};
    static const struct column CHANGE_COLUMNS[] = {{"时间、人员", "When, who", 92, PLACING_LEFT},
                                                   {"种类", "Kind", 72, PLACING_LEFT},
                                                   {"原值", "Old", 118, PLACING_LEFT},
                                                   {"新值", "New", 118, PLACING_LEFT},
                                                   {"理由", "Reason", TEXT_WIDTH_PT - 400, PLACING_LEFT}};
    static const struct original_list ACTS = {"acts", "工作过程", "Course of work", ACT_COLUMNS, 4, act_row};
    static const struct original_list CHANGES = {"changes",      "更改记录", "Changes",
                                                 CHANGE_COLUMNS, 5,          change_row};
    original_list_draw(flow, &ACTS);
    original_list_draw(flow, &CHANGES);
}

void original_section_end(struct flow *flow)
{
    struct record *record = flow->record;
    size_t last = record_count(record, "prints") - 1;
    struct style centre = {.size_pt = 8.6, .ink = INK_LABEL, .placing = PLACING_CENTRE};
    struct phrase words[] = {
        {NULL, "——  以下空白  End of record  ——", centre},
        {"prints",
         record_printf(record, "第%1$s次打印 Print %1$s，%2$s，%3$s",
                       record_text(record, "prints[%zu].print_no", last),
                       record_text(record, "prints[%zu].at", last),
                       record_text(record, "prints[%zu].printed_by", last)),
         {.size_pt = 7.5, .ink = INK_LABEL, .placing = PLACING_CENTRE}},
    };
    // Known by now: everything but this was laid out.
    struct phrase code_points = {NULL,
                                 "[U+…] 是字体中没有的字符的编码，记录数据中保留原字符。 [U+…] is a "
                                 "character that the fonts lack, by its "
                                 "code; the record's data hold the character itself.",
                                 {.size_pt = 7.5, .ink = INK_LABEL}};
    flow_skip(flow, 10);
    if (flow->canvas->has_code_points)
        flow_block(flow, &code_points, 1, 0, TEXT_WIDTH_PT);
    flow_block(flow, words, 2, 0, TEXT_WIDTH_PT);
}
