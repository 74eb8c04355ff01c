// SPDX-License-Identifier: Apache-2.0
// See worksheet_page.h. Widths of texts are estimated: a letter is 0.6 of the font's size, a Chinese
// character all of it; what is too long ends in an ellipsis.
#include "quality/worksheet_page.h"

#include "quality/svg_pen.h"
#include "wire/error.h"
#include "wire/text.h"

#include <stdio.h>
#include <string.h>

#define KIND(name) TOUCHSTONE__V1__POSITION_KIND__POSITION_KIND_##name
#define OUTCOME(name) TOUCHSTONE__V1__POSITION_OUTCOME__POSITION_OUTCOME_##name

// Tenths of a pixel; A4 at 96 to the inch.
enum {
    PAGE_WIDTH = 7940,
    PAGE_HEIGHT = 11230,
    MARGIN = 420,
    GAP = 180,
    BLOCK = (PAGE_WIDTH - 2 * MARGIN - GAP) / 2,
    TABLE_TOP = 1930,
    HEAD_HEIGHT = 240,
    ROW_HEIGHT = 176,
    ROWS = 48, // of one column
    PAD = 45,
    FONT = 96,
    HELD_WIDTH = 2500,
    CELL_SIZE = 200,
    FIT_SIZE = 400,
};

#define INK 0x171A21u
#define QUIET 0x4A525Fu
#define ACCENT 0x12335Cu
#define RULE 0xB4BCC8u
#define TINT 0xEEF1F5u
#define FAILED_TINT 0xF3CFCBu
#define FAILED 0x8C1C1Cu
#define PAPER 0xFFFFFFu

struct page {
    const Touchstone__Internal__V1__WorksheetPage *source;
    const Touchstone__V1__Worksheet *sheet;
    struct chart_pen pen;
};

// ---- words that fit

static int character_bytes(const char *text)
{
    unsigned char first = (unsigned char)*text;
    return first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

// Of a sans serif, rounded up, in hundredths of the font's size.
static int character_width(const char *text, int size)
{
    unsigned char first = (unsigned char)*text;
    if (first >= 0x80)
        return size;
    if (strchr(" .,:;'|!ijltfr", first))
        return size * 34 / 100;
    return size * (strchr("%mwMW@", first) ? 90 : first >= 'A' && first <= 'Z' ? 66 : 57) / 100;
}

// Cut to `width` with an ellipsis.
static void fit(const char *text, int size, int width, char fitted[FIT_SIZE])
{
    static const char ELLIPSIS[] = "..."; // the one character hangs in the middle of a Chinese line
    size_t length = 0, whole = 0;
    int used = 0;
    for (const char *at = text; *at; at += character_bytes(at)) {
        size_t bytes = (size_t)character_bytes(at);
        used += character_width(at, size);
        if (used > width || length + bytes + sizeof ELLIPSIS > FIT_SIZE) {
            memcpy(fitted + whole, ELLIPSIS, sizeof ELLIPSIS);
            return;
        }
        memcpy(fitted + length, at, bytes);
        length += bytes;
        if (used <= width - size)
            whole = length;
    }
    fitted[length] = '\0';
}

struct cell {
    int x, y, width;
    enum chart_anchor anchor;
    int size;
    bool bold;
    uint32_t rgb;
};

static void put(const struct page *page, const struct cell *cell, const char *text)
{
    char fitted[FIT_SIZE];
    const struct chart_words how = {
        .anchor = cell->anchor, .size = cell->size, .bold = cell->bold, .rgb = cell->rgb};
    if (!*text)
        return;
    fit(text, cell->size, cell->width, fitted);
    page->pen.words(page->pen.state, (struct chart_place){cell->x, cell->y}, &how, fitted);
}

static void rule(const struct page *page, int x1, int y1, int x2, int y2, int width, uint32_t rgb)
{
    const struct chart_place places[] = {{x1, y1}, {x2, y2}};
    const struct chart_stroke stroke = {.rgb = rgb, .width = width};
    page->pen.line(page->pen.state, places, 2, &stroke);
}

static void box(const struct page *page, int x, int y, int width, int height, uint32_t fill)
{
    const struct chart_place places[] = {{x, y}, {x + width, y}, {x + width, y + height}, {x, y + height}};
    const struct chart_stroke stroke = {.rgb = fill, .width = 1};
    page->pen.area(page->pen.state, places, 4, fill, &stroke);
}

// ---- the head

static const char *state_words(const Touchstone__V1__Worksheet *sheet)
{
    static const char *const WORDS[] = {"", "待录入 open", "已录入 entered", "已提交 submitted",
                                        "已取消 cancelled"};
    return sheet->state < sizeof WORDS / sizeof WORDS[0] ? WORDS[sheet->state] : "";
}

static void put_title(const struct page *page)
{
    const Touchstone__V1__Worksheet *sheet = page->sheet;
    struct cell cell = {.x = MARGIN, .y = 560, .width = 4000, .size = 220, .bold = true, .rgb = ACCENT};
    put(page, &cell, "检测工作单 Worksheet");
    cell = (struct cell){.x = MARGIN, .y = 770, .width = 4200, .size = FONT, .rgb = QUIET};
    put(page, &cell, page->source->institute);
    cell = (struct cell){.x = PAGE_WIDTH - MARGIN,
                         .y = 560,
                         .width = 3000,
                         .anchor = CHART_END,
                         .size = 180,
                         .bold = true,
                         .rgb = INK};
    put(page, &cell, sheet->worksheet_no);
    cell.size = FONT;
    cell.y = 770;
    cell.bold = false;
    cell.x -= sheet->held ? HELD_WIDTH + 120 : 0;
    put(page, &cell, state_words(sheet));
    rule(page, MARGIN, 850, PAGE_WIDTH - MARGIN, 850, 14, ACCENT);
}

// The last row goes across the page.
static void put_fact(const struct page *page, int column, int row, const char *label, const char *value)
{
    enum { LABEL = 1050, LAST = 4 };
    static const int AT[] = {MARGIN, MARGIN + 3950};
    int end = column == 0 && row < LAST ? AT[1] - 100 : PAGE_WIDTH - MARGIN;
    int width = end - AT[column] - LABEL;
    struct cell cell = {.x = AT[column], .y = 1030 + row * 165, .width = LABEL, .size = 92, .rgb = QUIET};
    put(page, &cell, label);
    cell = (struct cell){.x = AT[column] + LABEL, .y = cell.y, .width = width, .size = FONT, .rgb = INK};
    put(page, &cell, *value ? value : "________________");
}

static void put_plan(const struct page *page)
{
    const Touchstone__V1__ControlPlan *plan = page->sheet->plan;
    char blank[CELL_SIZE] = "", duplicate[CELL_SIZE] = "", spike[CELL_SIZE] = "", text[4 * CELL_SIZE];
    if (!plan)
        return;
    if (plan->blanks > 0)
        snprintf(blank, sizeof blank, "空白 blank < %.48s; ", plan->blank_limit);
    if (plan->duplicates_every > 0)
        snprintf(duplicate, sizeof duplicate, "平行 duplicates ≤ %.48s %%; ", plan->duplicate_percent);
    if (plan->spikes_every > 0)
        snprintf(spike, sizeof spike, "加标回收 recovery %.48s–%.48s %%; ", plan->spike_low_percent,
                 plan->spike_high_percent);
    snprintf(text, sizeof text, "%s%s%s%s", blank, duplicate, spike,
             plan->n_charts > 0 ? "质控样按控制图 controls by charts" : "");
    put_fact(page, 0, 4, "质控要求 Plan", *text ? text : "—");
}

// As entered: they are the same for all samples.
static void put_climate(const struct page *page)
{
    const Touchstone__V1__GetWorksheetResponse *shown = page->source->shown;
    char text[CELL_SIZE] = "";
    for (size_t i = 0; i < shown->n_positions && !*text; i++) {
        const Touchstone__V1__Test *test = shown->positions[i]->test;
        if (shown->positions[i]->outcome == OUTCOME(NONE) && test && *test->temperature_c)
            snprintf(text, sizeof text, "%.40s °C, %.40s %%", test->temperature_c,
                     *test->humidity_percent ? test->humidity_percent : "–");
    }
    put_fact(page, 1, 3, "温湿度 Room", text);
}

static void put_facts(const struct page *page)
{
    const Touchstone__V1__Worksheet *sheet = page->sheet;
    char parameter[CELL_SIZE], entered[CELL_SIZE], made[CELL_SIZE];
    snprintf(parameter, sizeof parameter, "%.60s %.80s%s%.30s%s", sheet->parameter_zh, sheet->parameter_en,
             *sheet->unit ? " (" : "", sheet->unit, *sheet->unit ? ")" : "");
    snprintf(made, sizeof made, "%.60s  %.30s", sheet->analyst, page->source->made);
    snprintf(entered, sizeof entered, "%.60s  %.30s", sheet->entered_by, page->source->entered);
    put_fact(page, 0, 0, "方法 Method", sheet->method);
    put_fact(page, 0, 1, "项目 Parameter", parameter);
    put_fact(page, 0, 2, "批号 Batch", sheet->batch_no);
    put_fact(page, 0, 3, "仪器 Instrument", sheet->instrument);
    put_plan(page);
    put_fact(page, 1, 0, "编制 Made by", made);
    put_fact(page, 1, 1, "录入 Entered by", *sheet->entered_by ? entered : "");
    put_fact(page, 1, 2, "复核 Checked by", "");
    put_climate(page);
}

static void put_held(const struct page *page)
{
    const int x = PAGE_WIDTH - MARGIN - HELD_WIDTH;
    const struct cell cell = {.x = x + HELD_WIDTH / 2,
                              .y = 772,
                              .width = HELD_WIDTH,
                              .anchor = CHART_MIDDLE,
                              .size = 100,
                              .bold = true,
                              .rgb = PAPER};
    if (!page->sheet->held)
        return;
    box(page, x, 655, HELD_WIDTH, 165, FAILED);
    put(page, &cell, "▲ 本批已冻结，不得放行 BATCH HELD");
}

// ---- the table

// Columns from the left edge of a block.
enum { AT_NUMBER = 0, AT_KIND = 240, AT_WHAT = 930, AT_VALUE = 2020, AT_OUTCOME = 2700 };

static const char *kind_words(Touchstone__V1__PositionKind kind)
{
    static const char *const WORDS[] = {"", "样品 S", "空白 BLK", "质控 QC", "平行 DUP", "加标 SPK"};
    return kind < sizeof WORDS / sizeof WORDS[0] ? WORDS[kind] : "";
}

static const char *verdict_words(const Touchstone__V1__Test *test)
{
    static const char *const WORDS[] = {"",       "符合",       "不符合",       "待确认",
                                        "不判定", "有条件符合", "有条件不符合", "不确定"};
    Touchstone__V1__Verdict verdict = test && test->judgement ? test->judgement->verdict : 0;
    return verdict < sizeof WORDS / sizeof WORDS[0] ? WORDS[verdict] : "";
}

static bool is_nonconforming(const Touchstone__V1__WorksheetPosition *one)
{
    return one->test && one->test->judgement &&
           (one->test->judgement->verdict == TOUCHSTONE__V1__VERDICT__VERDICT_FAIL ||
            one->test->judgement->verdict == TOUCHSTONE__V1__VERDICT__VERDICT_CONDITIONAL_FAIL);
}

static void what_words(const Touchstone__V1__WorksheetPosition *one, char text[CELL_SIZE])
{
    *text = '\0';
    if (one->kind == KIND(SAMPLE) && one->test)
        snprintf(text, CELL_SIZE, "%.20s", one->test->item_code);
    else if (one->kind == KIND(CONTROL))
        snprintf(text, CELL_SIZE, "%.60s", one->chart);
    else if (one->kind == KIND(DUPLICATE))
        snprintf(text, CELL_SIZE, "= %d", one->of_position);
    else if (one->kind == KIND(SPIKE))
        snprintf(text, CELL_SIZE, "= %d + %.48s", one->of_position, one->added);
}

// As it is printed on a sheet, where it is judged; else what it came to.
static void value_words(const Touchstone__V1__WorksheetPosition *one, char text[CELL_SIZE])
{
    static const char *const SIGNS[] = {"", "< ", "> ", "ND < "};
    const Touchstone__V1__Test *test = one->test;
    const char *value = one->value;
    const char *sign = one->qualifier < sizeof SIGNS / sizeof SIGNS[0] ? SIGNS[one->qualifier] : "";
    if (test && test->judgement && *test->judgement->mean) {
        value = test->judgement->mean;
        sign = "";
    }
    snprintf(text, CELL_SIZE, "%s%.60s", *value ? sign : "", value);
}

// Of a sample that was skipped why, of its duplicate and spike that they went with it.
static void skipped_words(const Touchstone__V1__WorksheetPosition *one, char text[CELL_SIZE])
{
    if (one->kind == KIND(SAMPLE))
        snprintf(text, CELL_SIZE, "— %.190s", one->reason);
    else
        snprintf(text, CELL_SIZE, "— 随样品 with sample");
}

static bool has_failed(const Touchstone__V1__WorksheetPosition *one)
{
    return one->outcome == OUTCOME(REJECTED);
}

static void outcome_words(const Touchstone__V1__WorksheetPosition *one, char text[CELL_SIZE])
{
    const char *sign = has_failed(one) ? "✗" : "✓";
    *text = '\0';
    if (one->kind == KIND(SAMPLE))
        snprintf(text, CELL_SIZE, "%s", verdict_words(one->test));
    else if (one->outcome != OUTCOME(ACCEPTED) && !has_failed(one))
        return;
    else if (one->kind == KIND(CONTROL) && one->n_rules > 0)
        snprintf(text, CELL_SIZE, "%s %.15s", sign, one->rules[one->n_rules - 1]);
    else if (*one->figure)
        snprintf(text, CELL_SIZE, "%s %.40s %%", sign, one->figure);
    else
        snprintf(text, CELL_SIZE, "%s", sign);
}

static uint32_t shade_of(const Touchstone__V1__WorksheetPosition *one)
{
    return has_failed(one) ? FAILED_TINT : one->kind != KIND(SAMPLE) ? TINT : PAPER;
}

static void put_row(const struct page *page, const Touchstone__V1__WorksheetPosition *one, int x, int y)
{
    char number[16], text[CELL_SIZE];
    bool failed = has_failed(one);
    struct cell cell = {.x = x + AT_KIND - PAD - 30,
                        .y = y + ROW_HEIGHT - 52,
                        .width = AT_KIND,
                        .anchor = CHART_END,
                        .size = FONT,
                        .bold = failed,
                        .rgb = failed ? FAILED : INK};
    snprintf(number, sizeof number, "%d", one->position);
    put(page, &cell, number);
    cell.anchor = CHART_START;
    cell.x = x + AT_KIND + PAD;
    cell.width = AT_WHAT - AT_KIND - PAD;
    put(page, &cell, kind_words(one->kind));
    what_words(one, text);
    cell.x = x + AT_WHAT + PAD;
    cell.width = AT_VALUE - AT_WHAT - 2 * PAD;
    put(page, &cell, text);
    cell.x = x + AT_VALUE + PAD;
    if (one->outcome == OUTCOME(SKIPPED)) {
        skipped_words(one, text);
        box(page, x + AT_OUTCOME - 10, y + 10, 20, ROW_HEIGHT - 20, shade_of(one)); // one field of two
        cell.width = BLOCK - AT_VALUE - 2 * PAD;
        put(page, &cell, text);
        return;
    }
    value_words(one, text);
    cell.width = AT_OUTCOME - AT_VALUE - 2 * PAD;
    put(page, &cell, text);
    outcome_words(one, text);
    cell.bold |= is_nonconforming(one);
    cell.x = x + AT_OUTCOME + PAD;
    cell.width = BLOCK - AT_OUTCOME - 2 * PAD;
    put(page, &cell, text);
}

static void put_block_head(const struct page *page, int x)
{
    static const struct {
        int at, until;
        const char *words;
    } COLUMNS[] = {{AT_NUMBER, AT_KIND, "位"},
                   {AT_KIND, AT_WHAT, "类别 Kind"},
                   {AT_WHAT, AT_VALUE, "样品编号 Item"},
                   {AT_VALUE, AT_OUTCOME, "结果 Result"},
                   {AT_OUTCOME, BLOCK, "评定 Check"}};
    box(page, x, TABLE_TOP, BLOCK, HEAD_HEIGHT, ACCENT);
    for (size_t i = 0; i < sizeof COLUMNS / sizeof COLUMNS[0]; i++) {
        const struct cell cell = {.x = x + COLUMNS[i].at + PAD,
                                  .y = TABLE_TOP + HEAD_HEIGHT - 80,
                                  .width = COLUMNS[i].until - COLUMNS[i].at - PAD,
                                  .size = FONT,
                                  .bold = true,
                                  .rgb = PAPER};
        put(page, &cell, COLUMNS[i].words);
    }
}

static void put_grid(const struct page *page, int x, int rows)
{
    static const int UPRIGHTS[] = {AT_NUMBER, AT_KIND, AT_WHAT, AT_VALUE, AT_OUTCOME, BLOCK};
    const int top = TABLE_TOP + HEAD_HEIGHT;
    for (int row = 1; row <= rows; row++)
        rule(page, x, top + row * ROW_HEIGHT, x + BLOCK, top + row * ROW_HEIGHT, row % 8 == 0 ? 12 : 6,
             row % 8 == 0 ? QUIET : RULE);
    for (size_t i = 0; i < sizeof UPRIGHTS / sizeof UPRIGHTS[0]; i++)
        rule(page, x + UPRIGHTS[i], top, x + UPRIGHTS[i], top + rows * ROW_HEIGHT, 6, RULE);
}

static void put_table(const struct page *page)
{
    const Touchstone__V1__GetWorksheetResponse *shown = page->source->shown;
    const int top = TABLE_TOP + HEAD_HEIGHT;
    size_t count = shown->n_positions;
    for (size_t block = 0; block * ROWS < count && block < 2; block++) {
        int x = MARGIN + (int)block * (BLOCK + GAP);
        size_t rows = count - block * ROWS < ROWS ? count - block * ROWS : ROWS;
        put_block_head(page, x);
        for (size_t row = 0; row < rows; row++)
            box(page, x, top + (int)row * ROW_HEIGHT, BLOCK, ROW_HEIGHT,
                shade_of(shown->positions[block * ROWS + row]));
        put_grid(page, x, (int)rows);
        for (size_t row = 0; row < rows; row++)
            put_row(page, shown->positions[block * ROWS + row], x, top + (int)row * ROW_HEIGHT);
    }
}

static void put_foot(const struct page *page)
{
    struct cell cell = {.x = MARGIN,
                        .y = PAGE_HEIGHT - 330,
                        .width = PAGE_WIDTH - 2 * MARGIN - 900,
                        .size = 80,
                        .rgb = QUIET};
    put(page, &cell,
        "S 样品 sample; BLK 空白 blank; QC 质控样 control; DUP 平行样 duplicate of; "
        "SPK 加标样 spike of + added; ✓ 接受 accepted; ✗ 拒收 rejected; — 未测 skipped");
    cell.anchor = CHART_END;
    cell.x = PAGE_WIDTH - MARGIN;
    cell.width = 900;
    put(page, &cell, "1 / 1");
}

bool worksheet_page_write(const Touchstone__Internal__V1__WorksheetPage *source, struct text *out,
                          struct ts_error *error)
{
    if (!source->shown || !source->shown->worksheet)
        return error_set(error, TS_INTERNAL, "WORKSHEET_BROKEN", "There is no worksheet to draw.");
    const struct page page = {.source = source, .sheet = source->shown->worksheet, .pen = svg_pen(out)};
    svg_pen_begin(out, PAGE_WIDTH / 10, PAGE_HEIGHT / 10, "检测工作单", page.sheet->worksheet_no);
    put_title(&page);
    put_facts(&page);
    put_held(&page);
    put_table(&page);
    put_foot(&page);
    svg_pen_end(out);
    return true;
}
