// SPDX-License-Identifier: Apache-2.0
// See worksheet_page.h: the page from top to bottom, and its table: the foot is worksheet_foot.c. The rows
// take what head and notes leave.
#include "quality/worksheet_page.h"

#include "quality/svg_pen.h"
#include "quality/worksheet_parts.h"
#include "wire/decimal_round.h"
#include "wire/error.h"
#include "wire/text.h"

#include <stdio.h>
#include <string.h>

enum {
    GAP = 180,
    BLOCK = (PAGE_WIDTH - 2 * PAGE_MARGIN - GAP) / 2,
    HEAD_HEIGHT = 250,
    NOTES_GAP = 60,
    ROW_LEAST = 128, // 3.4 mm
    ROW_MOST = 190,
    ROWS = 48, // of one column
    PAD = 45,
    CELL_SIZE = 200,
    FOOT = PAGE_FOOT - 130, // the table ends above it
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

static bool is_nonconforming(const struct worksheet_page *page, const Touchstone__V1__WorksheetPosition *one)
{
    return worksheet_parts_tells(page, one) &&
           (one->test->judgement->verdict == TOUCHSTONE__V1__VERDICT__VERDICT_FAIL ||
            one->test->judgement->verdict == TOUCHSTONE__V1__VERDICT__VERDICT_CONDITIONAL_FAIL);
}

static void what_words(const Touchstone__V1__WorksheetPosition *one, char text[CELL_SIZE])
{
    *text = '\0';
    if (one->kind == PAGE_KIND(SAMPLE) && one->test)
        snprintf(text, CELL_SIZE, "%.20s", one->test->item_code);
    else if (one->kind == PAGE_KIND(CONTROL))
        snprintf(text, CELL_SIZE, "%.60s", one->chart);
    else if (one->kind == PAGE_KIND(DUPLICATE))
        snprintf(text, CELL_SIZE, "第 %d 位 of %d", one->of_position, one->of_position);
    else if (one->kind == PAGE_KIND(SPIKE))
        snprintf(text, CELL_SIZE, "第 %d 位 of %d +%.48s", one->of_position, one->of_position, one->added);
}

// A duplicate or a spike is held against it.
static bool is_compared(const struct worksheet_page *page, const Touchstone__V1__WorksheetPosition *one)
{
    for (size_t i = 0; i < page->shown->n_positions; i++)
        if (page->shown->positions[i]->of_position == one->position)
            return true;
    return false;
}

// Ten digits are enough to find two places of a percentage again.
static void compared_words(const char *value, char text[CELL_SIZE])
{
    enum { DIGITS = 10 };
    struct decimal number, rounded;
    char full[DECIMAL_TEXT_SIZE];
    if (strlen(value) > DIGITS + 2 && decimal_parse(value, strlen(value), &number, NULL) &&
        decimal_round_significant(&number, DIGITS, DECIMAL_HALF_EVEN, &rounded, NULL)) {
        decimal_format(&rounded, full, sizeof full);
        value = full;
    }
    snprintf(text, CELL_SIZE, "%.150s", value);
}

// As it is printed on a sheet, where it is judged, still that of this worksheet, and no percentage is of it;
// else what it came to.
static void value_words(const struct worksheet_page *page, const Touchstone__V1__WorksheetPosition *one,
                        char text[CELL_SIZE])
{
    static const char *const SIGNS[] = {"", "< ", "> ", "ND < "};
    const Touchstone__V1__Test *test = one->test;
    char compared[CELL_SIZE];
    const char *value = one->value;
    const char *sign = one->qualifier < sizeof SIGNS / sizeof SIGNS[0] ? SIGNS[one->qualifier] : "";
    if (is_compared(page, one)) {
        compared_words(value, compared);
        value = compared;
    } else if (one->outcome == PAGE_OUTCOME(NONE) && !worksheet_parts_is_corrected(page, one) && test &&
               test->judgement && *test->judgement->mean) {
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
    if (worksheet_parts_is_held(page, one))
        return "冻结 held";
    if (worksheet_parts_is_corrected(page, one))
        return "已更正 corrected";
    if (worksheet_parts_is_retested(one))
        return "已重测 retested";
    return verdict_words(one->test);
}

static const char *score_of(const struct worksheet_page *page, int32_t position)
{
    for (size_t i = 0; i < page->facts->n_scores; i++)
        if (page->facts->scores[i]->position == position)
            return page->facts->scores[i]->z;
    return "";
}

// The last control that was measured again because of this one.
static const Touchstone__Internal__V1__PageRepeat *repeat_of(const struct worksheet_page *page,
                                                             int32_t position)
{
    for (size_t i = 0; i < page->facts->n_holds; i++) {
        const Touchstone__Internal__V1__PageHold *hold = page->facts->holds[i];
        if (hold->position == position && hold->n_repeats > 0)
            return hold->repeats[hold->n_repeats - 1];
    }
    return NULL;
}

// The rule that fired, z, and what the repeat came to.
static void control_words(const struct worksheet_page *page, const Touchstone__V1__WorksheetPosition *one,
                          char text[CELL_SIZE])
{
    const Touchstone__Internal__V1__PageRepeat *repeat = repeat_of(page, one->position);
    const char *z = score_of(page, one->position);
    int length = snprintf(text, CELL_SIZE, "%s", has_failed(one) ? "✗" : "✓");
    if (one->n_rules > 0)
        length += snprintf(text + length, CELL_SIZE - (size_t)length, " %.15s", one->rules[one->n_rules - 1]);
    if (*z)
        length += snprintf(text + length, CELL_SIZE - (size_t)length, " z %.20s", z);
    if (repeat)
        snprintf(text + length, CELL_SIZE - (size_t)length, " → %.40s %s", repeat->value,
                 repeat->rejected ? "✗" : "✓");
}

static void outcome_words(const struct worksheet_page *page, const Touchstone__V1__WorksheetPosition *one,
                          char text[CELL_SIZE])
{
    const char *sign = has_failed(one) ? "✗" : "✓";
    *text = '\0';
    if (one->kind == PAGE_KIND(SAMPLE))
        snprintf(text, CELL_SIZE, "%s%s", is_nonconforming(page, one) ? "✗ " : "", sample_words(page, one));
    else if (one->outcome != PAGE_OUTCOME(ACCEPTED) && !has_failed(one))
        return;
    else if (one->kind == PAGE_KIND(CONTROL))
        control_words(page, one, text);
    else if (*one->figure)
        snprintf(text, CELL_SIZE, "%s %s %.40s %%", sign,
                 one->kind == PAGE_KIND(SPIKE) ? "回收 rec." : "差 diff.", one->figure);
    else
        snprintf(text, CELL_SIZE, "%s", sign);
}

// ---- the table

// Columns from the left edge of a block.
enum { AT_NUMBER = 0, AT_KIND = 240, AT_WHAT = 740, AT_VALUE = 1640, AT_OUTCOME = 2370 };

// A control that was rejected and a sample that does not conform catch the eye alike.
static bool is_loud(const struct worksheet_page *page, const Touchstone__V1__WorksheetPosition *one)
{
    return has_failed(one) || is_nonconforming(page, one);
}

static uint32_t shade_of(const struct worksheet_page *page, const Touchstone__V1__WorksheetPosition *one)
{
    return is_loud(page, one) ? PAGE_FAILED_TINT : one->kind != PAGE_KIND(SAMPLE) ? PAGE_TINT : PAGE_PAPER;
}

struct row {
    const struct worksheet_page *page;
    const Touchstone__V1__WorksheetPosition *one;
    int x, y, height;
};

static struct worksheet_cell cell_of(const struct row *row, int at, int until)
{
    bool failed = is_loud(row->page, row->one);
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
                          shade_of(row->page, row->one)); // one field of two
        cell.width = BLOCK - AT_VALUE - 2 * PAD;
        worksheet_pen_put_whole(row->page, &cell, skipped_words(row->one), "—");
        return;
    }
    value_words(row->page, row->one, text);
    worksheet_pen_put_whole(row->page, &cell, text, "见原始记录");
    outcome_words(row->page, row->one, text);
    cell = cell_of(row, AT_OUTCOME, BLOCK);
    worksheet_pen_put_whole(row->page, &cell, text, text);
}

static void put_row(const struct row *row)
{
    char text[CELL_SIZE];
    struct worksheet_cell cell = cell_of(row, AT_NUMBER, AT_KIND);
    cell.anchor = CHART_END;
    cell.x = row->x + AT_KIND - PAD - 30;
    snprintf(text, sizeof text, "%d", row->one->position);
    if (is_loud(row->page, row->one)) { // white on dark, in grey print too
        worksheet_pen_box(row->page, row->x, row->y, AT_KIND, row->height, PAGE_FAILED);
        cell.rgb = PAGE_PAPER;
    }
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
                   {AT_WHAT, AT_VALUE, "样品编号", "Sample No."},
                   {AT_VALUE, AT_OUTCOME, "结果 Result", result},
                   {AT_OUTCOME, BLOCK, "符合性 / 质控", "Conformity / QC"}};
    snprintf(result, sizeof result, "%.60s", page->sheet->unit);
    worksheet_pen_box(page, x, page->y, BLOCK, HEAD_HEIGHT, PAGE_ACCENT);
    for (size_t i = 0; i < sizeof COLUMNS / sizeof COLUMNS[0]; i++) {
        struct worksheet_cell cell = {.x = x + COLUMNS[i].at + PAD,
                                      .y = page->y + 110,
                                      .width = COLUMNS[i].until - COLUMNS[i].at - PAD,
                                      .size = PAGE_FONT,
                                      .bold = true,
                                      .rgb = PAGE_PAPER};
        worksheet_pen_put(page, &cell, COLUMNS[i].zh);
        cell.y += 105;
        worksheet_pen_put_whole(page, &cell, COLUMNS[i].en, "");
    }
}

static void put_grid(const struct worksheet_page *page, int x, int top, int rows, int height)
{
    static const int UPRIGHTS[] = {AT_NUMBER, AT_KIND, AT_WHAT, AT_VALUE, AT_OUTCOME, BLOCK};
    for (int row = 1; row <= rows; row++)
        worksheet_pen_rule(page, x, top + row * height, x + BLOCK, top + row * height, 6, PAGE_RULE);
    for (size_t i = 0; i < sizeof UPRIGHTS / sizeof UPRIGHTS[0]; i++)
        worksheet_pen_rule(page, x + UPRIGHTS[i], top, x + UPRIGHTS[i], top + rows * height, 6, PAGE_RULE);
}

static void put_block(const struct worksheet_page *page, int x, size_t first, size_t rows, int height)
{
    const int top = page->y + HEAD_HEIGHT;
    put_block_head(page, x);
    for (size_t i = 0; i < rows; i++)
        worksheet_pen_box(page, x, top + (int)i * height, BLOCK, height,
                          shade_of(page, page->shown->positions[first + i]));
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

// ---- all of it

// Lines from there on that leave the rows high enough.
static int lines_from(const struct worksheet_page *page, int y)
{
    return (FOOT - y - NOTES_GAP - HEAD_HEIGHT - (int)rows_of(page) * ROW_LEAST) / PAGE_PITCH;
}

static int spare_lines(const struct worksheet_page *page)
{
    enum { NOTES_LEAST = 5 };
    bool has_notes = page->facts->n_holds > 0 || page->facts->n_corrected > 0 ||
                     worksheet_parts_measured(page) < (size_t)page->sheet->samples;
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
    worksheet_foot_put(&page);
    svg_pen_end(out);
    return true;
}
