// SPDX-License-Identifier: Apache-2.0
// Painting the grid: the form above, headings with units, rows with their state and result, and below what
// there is to say of the cell and the row with the cursor. A sign and a word say what colour only repeats.
#include <stdio.h>
#include <string.h>

#include "bench/bench.h"
#include "desk/paint.h"
#include "desk/painter.h"
#include "text/safe.h"
#include "touchstone/v1/common.pb-c.h"
#include "touchstone/v1/worksheet.pb-c.h"

enum { CELL_LEAST = 8, CELL_MOST = 18, BELOW_ROWS = 3 };

// A worksheet's rows have a number beside the item.
static int name_width(const struct grid *grid)
{
    return grid->worksheet_no[0] != '\0' ? 14 : 9;
}

static int result_width(const struct grid *grid)
{
    return grid->worksheet_no[0] != '\0' ? 20 : 19;
}

// Which columns are seen, and how wide.
struct view {
    size_t first, count;
    int width, column;
};

static struct view view_of(const struct grid *grid, struct area area)
{
    int room = area.columns - 2 - name_width(grid) - 1 - result_width(grid) - 1;
    struct view view = {0, (size_t)(room / (CELL_LEAST + 1)), 0, area.column + 2 + name_width(grid) + 1};

    if (view.count > grid->column_count)
        view.count = grid->column_count > 0 ? grid->column_count : 1;
    view.width = room / (int)view.count - 1;
    view.width = view.width > CELL_MOST ? CELL_MOST : view.width;
    if (grid->column >= view.count)
        view.first = grid->column - view.count + 1;
    return view;
}

// Where the label has no room an input goes by its name; the label stands below when the cursor is there.
static const char *heading_of(const struct desk *desk, const struct grid_column *column, int width)
{
    const char *label = desk_say(desk, column->zh, column->en);

    return page_width(label) > width && column->kind == GRID_INPUT && (int)strlen(column->name) <= width
               ? column->name
               : label;
}

static void paint_headings(const struct desk *desk, struct page *page, struct area area,
                           const struct grid *grid, struct view view)
{
    char unit[40];
    bool is_more = view.first + view.count < grid->column_count;

    page_fill(page, area.row, area.column, area.columns, PAGE_LABEL);
    page_text(page, area.row, area.column + 2, name_width(grid), PAGE_LABEL, desk_say(desk, "样品", "Item"));
    for (size_t i = 0; i < view.count && view.first + i < grid->column_count; i++) {
        const struct grid_column *column = &grid->columns[view.first + i];
        int at = view.column + (int)i * (view.width + 1);

        page_format(page, area.row, at, view.width, PAGE_LABEL, "%s%s", column->is_optional ? "" : "*",
                    heading_of(desk, column, view.width - (column->is_optional ? 0 : 1)));
        snprintf(unit, sizeof unit, "%s%s", column->kind == GRID_INPUT ? column->name : "",
                 column->kind == GRID_INPUT ? " " : "");
        page_format(page, area.row + 1, at, view.width, PAGE_DIM, "%s%s", column->unit[0] != '\0' ? "" : unit,
                    column->unit);
    }
    page_format(page, area.row, area.column + area.columns - result_width(grid), result_width(grid),
                PAGE_LABEL, "%s%s", desk_say(desk, "结果", "Result"),
                !is_more         ? view.first > 0 ? " <<" : ""
                : view.first > 0 ? " << >>"
                                 : " >>");
}

static const char *kind_of(const struct desk *desk, const struct grid_row *row)
{
    static const struct {
        const char *zh, *en;
    } kinds[] = {{"", ""}, {"", ""}, {"空白", "BLK"}, {"质控", "QC"}, {"平行", "DUP"}, {"加标", "SPK"}};

    return (size_t)row->kind < sizeof kinds / sizeof *kinds
               ? desk_say(desk, kinds[row->kind].zh, kinds[row->kind].en)
               : "?";
}

static void paint_name(const struct desk *desk, struct page *page, int row, struct area area,
                       const struct grid *grid, const struct grid_row *of, bool is_chosen)
{
    enum page_style style = is_chosen ? PAGE_STRONG : PAGE_PLAIN;

    page_text(page, row, area.column, 2, style, is_chosen ? "> " : "  ");
    if (of->position == 0)
        page_text(page, row, area.column + 2, name_width(grid), style, of->item_code);
    else if (of->item_code[0] != '\0')
        page_format(page, row, area.column + 2, name_width(grid), style, "%2d %s", of->position,
                    of->item_code);
    else
        page_format(page, row, area.column + 2, name_width(grid), style, "%2d %s%s%s", of->position,
                    kind_of(desk, of), of->name[0] != '\0' ? " " : "", of->name);
}

static const char *state_of(const struct desk *desk, const struct grid_row *row)
{
    static const struct {
        const char *zh, *en;
    } states[] = {[GRID_EMPTY] = {"", ""},
                  [GRID_TYPED] = {"未提交", "not sent"},
                  [GRID_ENTERED] = {"已录入", "entered"},
                  [GRID_SUBMITTED] = {"待复核", "submitted"},
                  [GRID_CONFLICT] = {"!冲突", "!CONFLICT"},
                  [GRID_REFUSED] = {"!未接受", "!REFUSED"}};

    if (row->is_held)
        return desk_say(desk, "!批冻结", "!HELD");
    if (row->was_sent_back && row->state != GRID_TYPED && row->state != GRID_CONFLICT &&
        row->state != GRID_REFUSED)
        return desk_say(desk, "!退回", "!BACK");
    return desk_say(desk, states[row->state].zh, states[row->state].en);
}

static const char *verdict_of(const struct desk *desk, int verdict)
{
    static const struct {
        const char *zh, *en;
    } words[] = {{"", ""},           {"合格", "pass"},      {"不合格", "FAIL"},      {"待确认", "check"},
                 {"不判定", "none"}, {"条件合格", "pass?"}, {"条件不合格", "FAIL?"}, {"不确定", "inconcl."}};

    return verdict >= 0 && (size_t)verdict < sizeof words / sizeof *words
               ? desk_say(desk, words[verdict].zh, words[verdict].en)
               : "?";
}

static void paint_cell(const struct desk *desk, struct page *page, int row, int at, int width,
                       const struct grid *grid, size_t of_row, size_t of_column)
{
    bool is_active =
        !grid->is_above && of_row == grid->row && of_column == grid->column && desk->dialog == DIALOG_NONE;
    const char *text = grid->rows[of_row].cells[of_column];
    enum cell_state state;
    char why[CELL_WHY];

    if (!grid_applies(grid, of_row, of_column)) {
        page_text(page, row, at, width, PAGE_DIM, "-");
        return;
    }
    state = grid_judge(grid, of_row, of_column, desk->chinese, why);
    if (is_active)
        painter_field(page, row, at, width - 1, &grid->field, true, false);
    else {
        page_fill(page, row, at, width - 1, PAGE_FIELD);
        page_text(page, row, at, width - 1, PAGE_FIELD, text);
    }
    page_text(page, row, at + width - 1, 1, PAGE_BAD,
              state == CELL_WRONG || (state == CELL_UNFINISHED && !is_active) ? "!"
              : state == CELL_ODD                                             ? "?"
                                                                              : " ");
}

static void paint_rows(const struct desk *desk, struct page *page, struct area area, const struct grid *grid,
                       struct view view)
{
    size_t room = area.rows > 1 ? (size_t)area.rows : 1, top = grid->row >= room ? grid->row - room + 1 : 0;

    for (size_t i = top; i < grid->row_count && i - top < room; i++) {
        const struct grid_row *of = &grid->rows[i];
        int row = area.row + (int)(i - top), right = area.column + area.columns - result_width(grid);
        bool is_bad =
            of->is_held || of->was_sent_back || of->state == GRID_CONFLICT || of->state == GRID_REFUSED;

        paint_name(desk, page, row, area, grid, of, i == grid->row);
        for (size_t j = 0; j < view.count && view.first + j < grid->column_count; j++)
            paint_cell(desk, page, row, view.column + (int)j * (view.width + 1), view.width, grid, i,
                       view.first + j);
        right += page_text(page, row, right, result_width(grid), is_bad ? PAGE_BAD : PAGE_DIM,
                           state_of(desk, of)) +
                 1;
        page_format(page, row, right, area.column + area.columns - right, PAGE_PLAIN, "%s %s", of->result,
                    of->is_held ? "" : verdict_of(desk, of->verdict));
    }
    painter_more(page, (struct area){area.row - 1, area.column, 0, 0}, (int)room, top, grid->row_count);
}

// What forbids the work altogether, before anything is typed.
static const char *blocked_by(const struct desk *desk, const struct grid *grid)
{
    const struct slot *instrument = form_find(&grid->above, "instrument");
    const char *name = instrument != NULL ? instrument->field.text : grid->sheet_instrument;

    if (grid->is_not_qualified)
        return desk_say(desk, "! 您没有这个方法的资格：请负责人授权，否则录不进",
                        "! You are not qualified for this method: a manager must authorise you");
    if (grid->is_not_competent)
        return desk_say(desk, "! 您今天没有这个方法的有效能力确认：提交会被拒绝",
                        "! You have no valid competence for this method today: it is refused");
    if (!grid->demands_calibration)
        return NULL;
    for (size_t i = 0; i < grid->calibrated_count; i++)
        if (strcmp(grid->calibrated[i], name) == 0)
            return NULL;
    return name[0] == '\0' ? desk_say(desk, "! 本方法要求写明仪器，且在校准有效期内",
                                      "! Name an instrument with a valid calibration: the method demands it")
                           : desk_say(desk, "! 这台仪器今天不在校准有效期内：提交会被拒绝",
                                      "! This instrument has no valid calibration today: it is refused");
}

// What the column asks for, the limits, whose row it is: its name may be long.
static void paint_facts(const struct desk *desk, struct page *page, struct area area, const struct grid *grid)
{
    const struct grid_row *row = &grid->rows[grid->row];
    const struct grid_column *column = &grid->columns[grid->column];
    const struct cell_facts *facts = &grid->facts;
    int at = area.column;

    if (!grid->is_above && grid->column_count > 0)
        at += page_format(page, area.row, at, area.columns, PAGE_PLAIN, "%s %s%s%s%s   ",
                          desk_say(desk, column->zh, column->en), column->name,
                          column->unit[0] != '\0' ? " [" : "", column->unit,
                          column->unit[0] != '\0' ? "]" : "");
    page_format(page, area.row, at, area.column + area.columns - at, PAGE_DIM, "LOD %s  LOQ %s   %s%s%s",
                facts->lod[0] != '\0' ? facts->lod : "-", facts->loq[0] != '\0' ? facts->loq : "-", row->mass,
                row->mass[0] != '\0' ? " g  " : "", row->name);
}

// One sentence of the cell, then of the row.
static void paint_below(const struct desk *desk, struct page *page, struct area area, const struct grid *grid)
{
    const struct grid_row *row = &grid->rows[grid->row];
    const char *blocked = blocked_by(desk, grid);
    char why[CELL_WHY] = "", told[CELL_WHY + 8];
    enum cell_state state = grid->row_count > 0 && grid->column_count > 0 && !grid->is_above
                                ? grid_judge(grid, grid->row, grid->column, desk->chinese, why)
                                : CELL_EMPTY;
    int at = area.row;

    if (why[0] != '\0') {
        snprintf(told, sizeof told, "%s %s",
                 state == CELL_WRONG  ? "!"
                 : state == CELL_ODD  ? "?"
                 : state == CELL_FINE ? "="
                                      : "...",
                 why);
        at += page_wrap(page, at, area.column + 1, area.columns - 2,
                        row->said[0] == '\0' && blocked == NULL ? 2 : 1,
                        state == CELL_FINE ? PAGE_DIM : PAGE_BAD, told);
    }
    if (grid->row_count > 0 && row->said[0] != '\0' && at < area.row + area.rows)
        at += page_wrap(page, at, area.column + 1, area.columns - 2, 2, PAGE_BAD, row->said);
    if (blocked != NULL && at < area.row + area.rows)
        page_text(page, at++, area.column + 1, area.columns - 2, PAGE_BAD, blocked);
    if (row->is_held && at < area.row + area.rows)
        page_text(page, at++, area.column + 1, area.columns - 2, PAGE_BAD,
                  desk_say(desk, "! 本批质控不合格，已冻结：待质量负责人放行",
                           "! Its batch is held for a failed control: the quality manager releases it"));
    if (at < area.row + area.rows && grid->row_count > 0)
        paint_facts(desk, page, (struct area){at, area.column + 1, 1, area.columns - 2}, grid);
}

void paint_bench_grid(const struct desk *desk, struct page *page, struct area area)
{
    const struct grid *grid = &bench_of(desk)->grid;
    int columns = area.columns >= PAINT_WIDE ? 3 : 2, above = painter_form_rows(&grid->above, columns);
    struct view view = view_of(grid, area);
    char replicates[24];

    snprintf(replicates, sizeof replicates, "n >= %d", grid->min_replicates);
    page_format(page, area.row, area.column + 1, area.columns - 2, PAGE_STRONG, "%s%s%s %s  %s  %s",
                grid->worksheet_no, grid->worksheet_no[0] != '\0' ? "  " : "", grid->method_id,
                desk_say(desk, grid->method_zh, grid->method_en),
                desk_say(desk, grid->parameter_zh, grid->parameter_en),
                grid->min_replicates > 1 ? replicates : "");
    painter_form(desk, page, (struct area){area.row + 1, area.column + 1, above, area.columns - 2},
                 &grid->above, columns, grid->is_above && desk->dialog == DIALOG_NONE);
    if (!grid->has_form) {
        page_text(page, area.row + above + 2, area.column + 2, area.columns - 4, PAGE_DIM,
                  desk_say(desk, "正在读取目录...", "Reading the catalogue..."));
        return;
    }
    paint_headings(desk, page, (struct area){area.row + above + 1, area.column, 2, area.columns}, grid, view);
    paint_rows(
        desk, page,
        (struct area){area.row + above + 3, area.column, area.rows - above - 3 - BELOW_ROWS, area.columns},
        grid, view);
    paint_below(desk, page,
                (struct area){area.row + area.rows - BELOW_ROWS, area.column, BELOW_ROWS, area.columns},
                grid);
}
