// SPDX-License-Identifier: Apache-2.0
// See worksheet_page.h: the page from top to bottom, and its table. The rows take what head and notes leave.
#include "quality/worksheet_page.h"

#include "quality/svg_pen.h"
#include "quality/worksheet_parts.h"
#include "wire/error.h"
#include "wire/text.h"

#include <stdio.h>
#include <string.h>

enum {
    GAP = 180,
    BLOCK = (PAGE_WIDTH - 2 * PAGE_MARGIN - GAP) / 2,
    HEAD_HEIGHT = 290,
    NOTES_GAP = 60,
    ROW_LEAST = 134, // 3.5 mm
    ROW_MOST = 190,
    ROWS = 48, // of one column
    PAD = 45,
    CELL_SIZE = 200,
    FOOT = PAGE_HEIGHT - 640, // the table ends above it
};

// ---- what a position says

static const char *kind_words(Touchstone__V1__PositionKind kind)
{
    static const char *const WORDS[] = {"", "样品 S", "空白 BLK", "质控 QC", "平行 DUP", "加标 SPK"};
    return kind < sizeof WORDS / sizeof WORDS[0] ? WORDS[kind] : "";
}

static const char *verdict_words(const Touchstone__V1__Test *test)
{
    static const char *const WORDS[] = {"",
                                        "符合 conforms",
                                        "不符合 fails",
                                        "待确认 confirm",
                                        "不判定 not judged",
                                        "有条件符合 cond.",
                                        "有条件不符合",
                                        "不确定 inconcl."};
    Touchstone__V1__Verdict verdict = test && test->judgement ? test->judgement->verdict : 0;
    return verdict < sizeof WORDS / sizeof WORDS[0] ? WORDS[verdict] : "";
}

bool worksheet_page_is_among(const int32_t *positions, size_t count, int32_t position)
{
    for (size_t i = 0; i < count; i++)
        if (positions[i] == position)
            return true;
    return false;
}

size_t worksheet_page_measured(const struct worksheet_page *page)
{
    size_t measured = 0;
    for (size_t i = 0; i < page->shown->n_positions; i++)
        measured += page->shown->positions[i]->kind == PAGE_KIND(SAMPLE) &&
                    page->shown->positions[i]->outcome == PAGE_OUTCOME(NONE);
    return measured;
}

static bool is_held(const struct worksheet_page *page, const Touchstone__V1__WorksheetPosition *one)
{
    return page->sheet->held ||
           worksheet_page_is_among(page->facts->held, page->facts->n_held, one->position);
}

static bool is_corrected(const struct worksheet_page *page, const Touchstone__V1__WorksheetPosition *one)
{
    return worksheet_page_is_among(page->facts->corrected, page->facts->n_corrected, one->position);
}

static bool is_retested(const Touchstone__V1__WorksheetPosition *one)
{
    return one->test && *one->test->superseded_by;
}

// Whether this page may tell a verdict of the sample.
static bool is_told(const struct worksheet_page *page, const Touchstone__V1__WorksheetPosition *one)
{
    return one->outcome == PAGE_OUTCOME(NONE) && one->test && one->test->judgement && !is_held(page, one) &&
           !is_corrected(page, one) && !is_retested(one);
}

static bool is_nonconforming(const struct worksheet_page *page, const Touchstone__V1__WorksheetPosition *one)
{
    return is_told(page, one) &&
           (one->test->judgement->verdict == TOUCHSTONE__V1__VERDICT__VERDICT_FAIL ||
            one->test->judgement->verdict == TOUCHSTONE__V1__VERDICT__VERDICT_CONDITIONAL_FAIL);
}

static void what_words(const Touchstone__V1__WorksheetPosition *one, char text[CELL_SIZE])
{
    *text = '\0';
    if (one->kind == PAGE_KIND(SAMPLE) && one->test)
        snprintf(text, CELL_SIZE, "%.20s", one->test->item_code);
    else if (one->kind == PAGE_KIND(BLANK))
        snprintf(text, CELL_SIZE, "—");
    else if (one->kind == PAGE_KIND(CONTROL))
        snprintf(text, CELL_SIZE, "%.60s", one->chart);
    else if (one->kind == PAGE_KIND(DUPLICATE))
        snprintf(text, CELL_SIZE, "第 %d 位", one->of_position);
    else if (one->kind == PAGE_KIND(SPIKE))
        snprintf(text, CELL_SIZE, "第 %d 位 +%.48s", one->of_position, one->added);
}

// As it is printed on a sheet, where it is judged and still that of this worksheet; else what it came to.
static void value_words(const struct worksheet_page *page, const Touchstone__V1__WorksheetPosition *one,
                        char text[CELL_SIZE])
{
    static const char *const SIGNS[] = {"", "< ", "> ", "ND < "};
    const Touchstone__V1__Test *test = one->test;
    const char *value = one->value;
    const char *sign = one->qualifier < sizeof SIGNS / sizeof SIGNS[0] ? SIGNS[one->qualifier] : "";
    if (one->outcome == PAGE_OUTCOME(NONE) && !is_corrected(page, one) && test && test->judgement &&
        *test->judgement->mean) {
        value = test->judgement->mean;
        sign = "";
    }
    snprintf(text, CELL_SIZE, "%s%.150s", *value ? sign : "", value);
}

// Of a sample that was skipped the notes say why, of its duplicate and spike that they went with it.
static const char *skipped_words(const Touchstone__V1__WorksheetPosition *one)
{
    return one->kind == PAGE_KIND(SAMPLE) ? "— 未测，见附注 skipped" : "— 随样品 with its sample";
}

static bool has_failed(const Touchstone__V1__WorksheetPosition *one)
{
    return one->outcome == PAGE_OUTCOME(REJECTED);
}

static const char *sample_words(const struct worksheet_page *page,
                                const Touchstone__V1__WorksheetPosition *one)
{
    if (one->outcome != PAGE_OUTCOME(NONE))
        return "";
    if (is_held(page, one))
        return "冻结 held";
    if (is_corrected(page, one))
        return "已更正 corrected";
    if (is_retested(one))
        return "已复检 retested";
    return verdict_words(one->test);
}

static void outcome_words(const struct worksheet_page *page, const Touchstone__V1__WorksheetPosition *one,
                          char text[CELL_SIZE])
{
    const char *sign = has_failed(one) ? "✗" : "✓";
    *text = '\0';
    if (one->kind == PAGE_KIND(SAMPLE))
        snprintf(text, CELL_SIZE, "%s", sample_words(page, one));
    else if (one->outcome != PAGE_OUTCOME(ACCEPTED) && !has_failed(one))
        return;
    else if (one->kind == PAGE_KIND(CONTROL) && one->n_rules > 0)
        snprintf(text, CELL_SIZE, "%s %.15s", sign, one->rules[one->n_rules - 1]);
    else if (*one->figure)
        snprintf(text, CELL_SIZE, "%s %.40s %%", sign, one->figure);
    else
        snprintf(text, CELL_SIZE, "%s", sign);
}

// ---- the table

// Columns from the left edge of a block.
enum { AT_NUMBER = 0, AT_KIND = 240, AT_WHAT = 800, AT_VALUE = 1830, AT_OUTCOME = 2620 };

static uint32_t shade_of(const Touchstone__V1__WorksheetPosition *one)
{
    return has_failed(one) ? PAGE_FAILED_TINT : one->kind != PAGE_KIND(SAMPLE) ? PAGE_TINT : PAGE_PAPER;
}

struct row {
    const struct worksheet_page *page;
    const Touchstone__V1__WorksheetPosition *one;
    int x, y, height;
};

static struct worksheet_cell cell_of(const struct row *row, int at, int until)
{
    bool failed = has_failed(row->one);
    return (struct worksheet_cell){.x = row->x + at + PAD,
                                   .y = row->y + row->height / 2 + 33,
                                   .width = until - at - 2 * PAD + 15,
                                   .size = PAGE_FONT + 2,
                                   .bold = failed,
                                   .rgb = failed ? PAGE_FAILED : PAGE_INK};
}

static void put_found(const struct row *row)
{
    char text[CELL_SIZE];
    struct worksheet_cell cell = cell_of(row, AT_VALUE, AT_OUTCOME);
    if (row->one->outcome == PAGE_OUTCOME(SKIPPED)) {
        worksheet_pen_box(row->page, row->x + AT_OUTCOME - 10, row->y + 10, 20, row->height - 20,
                          shade_of(row->one)); // one field of two
        cell.width = BLOCK - AT_VALUE - 2 * PAD;
        worksheet_pen_put_whole(row->page, &cell, skipped_words(row->one), "—");
        return;
    }
    value_words(row->page, row->one, text);
    worksheet_pen_put_whole(row->page, &cell, text, "见原始记录");
    outcome_words(row->page, row->one, text);
    cell = cell_of(row, AT_OUTCOME, BLOCK);
    cell.bold |= is_nonconforming(row->page, row->one);
    worksheet_pen_put_whole(row->page, &cell, text, text);
}

static void put_row(const struct row *row)
{
    char text[CELL_SIZE];
    struct worksheet_cell cell = cell_of(row, AT_NUMBER, AT_KIND);
    cell.anchor = CHART_END;
    cell.x = row->x + AT_KIND - PAD - 30;
    snprintf(text, sizeof text, "%d", row->one->position);
    worksheet_pen_put(row->page, &cell, text);
    cell = cell_of(row, AT_KIND, AT_WHAT);
    worksheet_pen_put_whole(row->page, &cell, kind_words(row->one->kind), "");
    cell = cell_of(row, AT_WHAT, AT_VALUE);
    what_words(row->one, text);
    worksheet_pen_put_whole(row->page, &cell, text, text);
    put_found(row);
}

static void put_block_head(const struct worksheet_page *page, int x)
{
    char result[CELL_SIZE];
    const struct {
        int at, until;
        const char *zh, *en;
    } COLUMNS[] = {{AT_NUMBER, AT_KIND, "位", "No."},
                   {AT_KIND, AT_WHAT, "类别", "Kind"},
                   {AT_WHAT, AT_VALUE, "样品编号", "Item"},
                   {AT_VALUE, AT_OUTCOME, "结果 Result", result},
                   {AT_OUTCOME, BLOCK, "评定", "Check"}};
    snprintf(result, sizeof result, "%.60s", page->sheet->unit);
    worksheet_pen_box(page, x, page->y, BLOCK, HEAD_HEIGHT, PAGE_ACCENT);
    for (size_t i = 0; i < sizeof COLUMNS / sizeof COLUMNS[0]; i++) {
        struct worksheet_cell cell = {.x = x + COLUMNS[i].at + PAD,
                                      .y = page->y + 125,
                                      .width = COLUMNS[i].until - COLUMNS[i].at - PAD,
                                      .size = PAGE_FONT,
                                      .bold = true,
                                      .rgb = PAGE_PAPER};
        worksheet_pen_put(page, &cell, COLUMNS[i].zh);
        cell.y += 115;
        worksheet_pen_put_whole(page, &cell, COLUMNS[i].en, "");
    }
}

static void put_grid(const struct worksheet_page *page, int x, int top, int rows, int height)
{
    static const int UPRIGHTS[] = {AT_NUMBER, AT_KIND, AT_WHAT, AT_VALUE, AT_OUTCOME, BLOCK};
    for (int row = 1; row <= rows; row++)
        worksheet_pen_rule(page, x, top + row * height, x + BLOCK, top + row * height, row % 8 == 0 ? 12 : 6,
                           row % 8 == 0 ? PAGE_QUIET : PAGE_RULE);
    for (size_t i = 0; i < sizeof UPRIGHTS / sizeof UPRIGHTS[0]; i++)
        worksheet_pen_rule(page, x + UPRIGHTS[i], top, x + UPRIGHTS[i], top + rows * height, 6, PAGE_RULE);
}

static void put_block(const struct worksheet_page *page, int x, size_t first, size_t rows, int height)
{
    const int top = page->y + HEAD_HEIGHT;
    put_block_head(page, x);
    for (size_t i = 0; i < rows; i++)
        worksheet_pen_box(page, x, top + (int)i * height, BLOCK, height,
                          shade_of(page->shown->positions[first + i]));
    put_grid(page, x, top, (int)rows, height);
    for (size_t i = 0; i < rows; i++) {
        const struct row row = {.page = page,
                                .one = page->shown->positions[first + i],
                                .x = x,
                                .y = top + (int)i * height,
                                .height = height};
        put_row(&row);
    }
}

static size_t rows_of(const struct worksheet_page *page)
{
    return page->shown->n_positions < ROWS ? page->shown->n_positions : ROWS;
}

static void put_table(const struct worksheet_page *page)
{
    size_t count = page->shown->n_positions, rows = rows_of(page);
    int room = FOOT - page->y - HEAD_HEIGHT;
    int height = rows ? room / (int)rows : ROW_MOST;
    height = height > ROW_MOST ? ROW_MOST : height < ROW_LEAST ? ROW_LEAST : height;
    for (size_t block = 0; block * ROWS < count && block < 2; block++)
        put_block(page, PAGE_MARGIN + (int)block * (BLOCK + GAP), block * ROWS,
                  count - block * ROWS < ROWS ? count - block * ROWS : ROWS, height);
}

// ---- the foot

static void put_foot(const struct worksheet_page *page)
{
    const Touchstone__Internal__V1__PageAct *drawn = page->facts->drawn;
    struct worksheet_text text = {.length = 0};
    struct worksheet_cell cell = {.x = PAGE_MARGIN,
                                  .y = PAGE_HEIGHT - 530,
                                  .width = PAGE_WIDTH - 2 * PAGE_MARGIN,
                                  .size = 78,
                                  .rgb = PAGE_QUIET};
    worksheet_pen_put(
        page, &cell,
        "S 样品 sample；BLK 空白 blank；QC 质控样 control；DUP 平行样 duplicate of that position；"
        "SPK 加标样 spike of that position；ND 未检出 not detected；< 低于 below");
    cell.y += 110;
    worksheet_pen_put(
        page, &cell,
        "✓ 接受 accepted；✗ 拒收 rejected；— 未测 skipped；冻结 held: no verdict until released；"
        "读数与计算见各样品原始记录 readings: original record of each sample");
    cell.y += 110;
    cell.width -= 1400;
    worksheet_pen_add(&text, "%s", page->facts->specimen ? "演示数据 Demonstration data；" : "");
    if (drawn)
        worksheet_pen_add(&text, "打印 Printed %s  %s；人员与时间按登录记录 persons and times as logged in",
                          drawn->at, drawn->name);
    worksheet_pen_put(page, &cell, text.bytes);
    cell.anchor = CHART_END;
    cell.x = PAGE_WIDTH - PAGE_MARGIN;
    cell.width = 1400;
    worksheet_pen_put(page, &cell, "第 1 页，共 1 页 Page 1 of 1");
}

// Lines from there on that leave the rows high enough.
static int lines_from(const struct worksheet_page *page, int y)
{
    return (FOOT - y - NOTES_GAP - HEAD_HEIGHT - (int)rows_of(page) * ROW_LEAST) / PAGE_PITCH;
}

static int spare_lines(const struct worksheet_page *page)
{
    enum { NOTES_LEAST = 4 };
    bool has_notes = page->facts->n_holds > 0 || page->facts->n_corrected > 0 ||
                     worksheet_page_measured(page) < (size_t)page->sheet->samples;
    int spare = lines_from(page, PAGE_FACTS) - worksheet_head_lines(page) - (has_notes ? NOTES_LEAST : 0);
    return spare > 0 ? spare : 0;
}

bool worksheet_page_write(const Touchstone__Internal__V1__WorksheetPage *source, struct text *out,
                          struct ts_error *error)
{
    if (!source->shown || !source->shown->worksheet || !source->facts)
        return error_set(error, TS_INTERNAL, "WORKSHEET_BROKEN", "There is no worksheet to draw.");
    struct worksheet_page page = {.shown = source->shown,
                                  .sheet = source->shown->worksheet,
                                  .facts = source->facts,
                                  .pen = svg_pen(out)};
    svg_pen_begin(out, PAGE_WIDTH / 10, PAGE_HEIGHT / 10, "检测工作单", page.sheet->worksheet_no);
    page.spare = spare_lines(&page);
    worksheet_head_put(&page);
    int lines = lines_from(&page, page.y);
    page.y += NOTES_GAP;
    worksheet_notes_put(&page, lines);
    put_table(&page);
    put_foot(&page);
    svg_pen_end(out);
    return true;
}
