// SPDX-License-Identifier: Apache-2.0
// Moving and typing in the grid: see grid.h. A wrong cell holds the cursor, so that a mistyped number is seen
// where it was typed and not among ninety others.
#include "bench/grid.h"

#include <stdio.h>
#include <string.h>

#include "desk/press.h"
#include "touchstone/v1/worksheet.pb-c.h"

void grid_begin(struct grid *grid, const char *method_id, const char *parameter_id, const char *worksheet_no,
                const char *username)
{
    bool is_sheet = worksheet_no[0] != '\0';

    memset(grid, 0, sizeof *grid);
    snprintf(grid->method_id, sizeof grid->method_id, "%s", method_id);
    snprintf(grid->parameter_id, sizeof grid->parameter_id, "%s", parameter_id);
    snprintf(grid->typed_by, sizeof grid->typed_by, "%s", username);
    field_init(&grid->field, CELL_CHARACTERS);
    grid->facts.decimals = -1;
    snprintf(grid->worksheet_no, sizeof grid->worksheet_no, "%s", worksheet_no);
    // A worksheet has its instrument, and is entered once.
    if (!is_sheet)
        form_add(&grid->above, SLOT_TEXT, "instrument", "仪器", "Instrument", 80);
    form_add(&grid->above, SLOT_TEXT, "temperature_c", "温度 degC", "Room degC", 10);
    form_add(&grid->above, SLOT_DECIMAL, "humidity_percent", "湿度 %", "Humidity %", 10);
    form_add(&grid->above, SLOT_DECIMAL, "coverage_factor", "k（空=2）", "k (empty: 2)", 10);
    if (!is_sheet)
        form_add(&grid->above, SLOT_TEXT, "reason", "更改理由", "Why replaced", 200);
    form_add(&grid->above, SLOT_TEXT, "deviation", "方法偏离", "Deviation", 200);
    form_add(&grid->above, SLOT_TEXT, "lots", "试剂批号", "Reagent lots", 90);
    grid->is_open = true;
}

struct grid_column *grid_add_column(struct grid *grid, enum grid_column_kind kind, enum cell_kind cell,
                                    const char *name, const char *zh, const char *en)
{
    struct grid_column *column;

    if (grid->column_count >= GRID_COLUMNS)
        return NULL;
    column = &grid->columns[grid->column_count++];
    *column = (struct grid_column){.kind = kind, .cell = cell};
    snprintf(column->name, sizeof column->name, "%s", name);
    snprintf(column->zh, sizeof column->zh, "%s", zh);
    snprintf(column->en, sizeof column->en, "%s", en);
    return column;
}

void grid_go(struct grid *grid, size_t row, size_t column)
{
    bool is_other = grid->is_above || grid->row != row || grid->column != column;

    if (row >= grid->row_count || column >= grid->column_count)
        return;
    // Where the cursor is already, Esc still gives back what stood there before.
    if (grid->row != row || grid->column != column)
        memcpy(grid->before, grid->rows[row].cells[column], CELL_BYTES);
    grid->is_above = false;
    grid->row = row;
    grid->column = column;
    grid_refresh(grid);
    // As in a spreadsheet, what stands in a cell that was gone to is replaced by what is typed.
    grid->field.is_preset = grid->field.is_preset || (is_other && grid->field.length > 0);
}

void grid_refresh(struct grid *grid)
{
    const char *cell;

    if (grid->row >= grid->row_count || grid->column >= grid->column_count)
        return;
    cell = grid->rows[grid->row].cells[grid->column];
    if (strcmp(cell, grid->field.text) == 0 && grid->field.length > 0)
        return;
    // It came from elsewhere: nothing that is being typed is ever replaced under the cursor.
    field_preset(&grid->field, cell);
    // The number is seen, and its place behind it when there is room.
    if (strchr(grid->field.text, '@') != NULL)
        grid->field.cursor = strcspn(grid->field.text, "@");
}

bool grid_applies(const struct grid *grid, size_t row, size_t column)
{
    enum grid_column_kind kind = grid->columns[column].kind;
    bool is_sample = grid->worksheet_no[0] == '\0' ||
                     grid->rows[row].kind == TOUCHSTONE__V1__POSITION_KIND__POSITION_KIND_SAMPLE;

    return is_sample || kind == GRID_READING || kind == GRID_INPUT;
}

static bool is_far(const struct grid *grid, size_t row, size_t column)
{
    const char(*cells)[CELL_BYTES] = (const char(*)[CELL_BYTES])grid->rows[row].cells;
    size_t others = 0, far = 0;
    char ignored[CELL_WHY];

    for (size_t i = 0; i < grid->column_count; i++) {
        if (i == column || grid->columns[i].kind != GRID_READING ||
            cell_judge(CELL_READING, &grid->facts, cells[i], false, ignored) != CELL_FINE)
            continue;
        others++;
        far += cell_is_far(&grid->facts, cells[column], cells[i]);
    }
    return others > 0 && far == others;
}

enum cell_state grid_judge(const struct grid *grid, size_t row, size_t column, bool chinese,
                           char ret_why[CELL_WHY])
{
    const struct grid_column *of = &grid->columns[column];
    enum cell_state state =
        cell_judge(of->cell, &grid->facts, grid->rows[row].cells[column], chinese, ret_why);

    if (state != CELL_FINE || of->kind != GRID_READING || !is_far(grid, row, column))
        return state;
    snprintf(ret_why, CELL_WHY, "%s",
             chinese ? "与本行其他读数相差超过十分之一：请核对"
                     : "More than a tenth apart from the other readings of the row: look again");
    return CELL_ODD;
}

bool grid_row_is_empty(const struct grid *grid, size_t row)
{
    for (size_t i = 0; i < grid->column_count; i++)
        if (grid->rows[row].cells[i][strspn(grid->rows[row].cells[i], " ")] != '\0')
            return false;
    return true;
}

static void touched(struct grid *grid, size_t row)
{
    struct grid_row *of = &grid->rows[row];

    // Another content is another write.
    of->request_id[0] = '\0';
    grid->worksheet_request_id[0] = '\0';
    if (of->state != GRID_CONFLICT)
        of->said[0] = '\0';
    if (of->state != GRID_CONFLICT)
        of->state = grid_row_is_empty(grid, row) ? GRID_EMPTY : GRID_TYPED;
}

void grid_set(struct grid *grid, size_t row, size_t column, const char *text)
{
    char *cell = grid->rows[row].cells[column];

    if (strcmp(cell, text) == 0)
        return;
    snprintf(cell, CELL_BYTES, "%s", text);
    if (row == grid->row && column == grid->column)
        grid_refresh(grid);
    touched(grid, row);
}

static bool holds_cursor(const struct grid *grid, bool chinese, char ret_why[CELL_WHY])
{
    enum cell_state state = grid_judge(grid, grid->row, grid->column, chinese, ret_why);

    return state == CELL_WRONG || state == CELL_UNFINISHED;
}

// The next cell that the row has, `step` ways on, over the ends of rows.
static void go_next(struct grid *grid, int step)
{
    size_t cells = grid->row_count * grid->column_count, at = grid->row * grid->column_count + grid->column;

    while (cells > 0 && (step > 0 ? at + 1 < cells : at > 0)) {
        at = step > 0 ? at + 1 : at - 1;
        if (grid_applies(grid, at / grid->column_count, at % grid->column_count)) {
            grid_go(grid, at / grid->column_count, at % grid->column_count);
            return;
        }
    }
}

static void go_beside(struct grid *grid, int step)
{
    if (step < 0 && grid->row == 0)
        grid->is_above = true;
    else
        grid_go(grid, grid->row + (size_t)step, grid->column);
}

static void move(struct grid *grid, int kind)
{
    switch (kind) {
    case PRESS_UP:
        go_beside(grid, -1);
        break;
    case PRESS_DOWN:
        go_beside(grid, 1);
        break;
    case PRESS_LEFT:
    case PRESS_BACK_TAB:
        go_next(grid, -1);
        break;
    case PRESS_PAGE_UP:
        grid_go(grid, grid->row > 10 ? grid->row - 10 : 0, grid->column);
        break;
    case PRESS_PAGE_DOWN:
        grid_go(grid, grid->row + 10 < grid->row_count ? grid->row + 10 : grid->row_count - 1, grid->column);
        break;
    default:
        go_next(grid, 1);
    }
}

// Left and right move within the text, and on from its ends.
static bool moves(const struct grid *grid, int kind)
{
    switch (kind) {
    case PRESS_LEFT:
        return grid->field.cursor == 0;
    case PRESS_RIGHT:
        return grid->field.cursor == grid->field.length;
    case PRESS_UP:
    case PRESS_DOWN:
    case PRESS_TAB:
    case PRESS_BACK_TAB:
    case PRESS_ENTER:
    case PRESS_PAGE_UP:
    case PRESS_PAGE_DOWN:
        return true;
    default:
        return false;
    }
}

static enum grid_result press_above(struct grid *grid, const struct press *press)
{
    enum form_result result;

    if (press->kind == PRESS_DOWN && grid->row_count > 0) {
        grid_go(grid, grid->row, grid->column);
        return GRID_TOOK;
    }
    result = form_press(&grid->above, press);
    if (result == FORM_LEFT_DOWN && grid->row_count > 0)
        grid_go(grid, grid->row, grid->column);
    return result == FORM_IGNORED ? GRID_IGNORED : result == FORM_FULL ? GRID_FULL : GRID_TOOK;
}

// Another number is read at the same place of the item: what is typed replaces the number before "@" alone.
static void keep_place(struct field *field)
{
    char place[CELL_BYTES];
    const char *at = strchr(field->text, '@');

    if (!field->is_preset || at == NULL || at == field->text)
        return;
    snprintf(place, sizeof place, "%s", at);
    field_set(field, place);
    field->cursor = 0;
}

enum grid_result grid_press(struct grid *grid, const struct press *press, bool chinese,
                            char ret_why[CELL_WHY])
{
    enum field_result result;

    ret_why[0] = '\0';
    if (grid->is_above)
        return press_above(grid, press);
    if (grid->row_count == 0 || grid->column_count == 0)
        return GRID_IGNORED;
    if (moves(grid, press->kind)) {
        if (holds_cursor(grid, chinese, ret_why))
            return GRID_STAYS;
        move(grid, press->kind);
        return GRID_TOOK;
    }
    if (press->kind == PRESS_ESCAPE && strcmp(grid->rows[grid->row].cells[grid->column], grid->before) != 0) {
        grid_set(grid, grid->row, grid->column, grid->before);
        return GRID_TOOK;
    }
    if (press->kind == PRESS_CHARACTER)
        keep_place(&grid->field);
    result = field_press(&grid->field, press);
    if (result == FIELD_IGNORED)
        return GRID_IGNORED;
    if (result != FIELD_TOOK)
        return GRID_FULL;
    if (grid->field.length >= CELL_BYTES) {
        field_press(&grid->field, &(struct press){.kind = PRESS_BACKSPACE});
        return GRID_FULL;
    }
    if (strcmp(grid->rows[grid->row].cells[grid->column], grid->field.text) != 0) {
        memcpy(grid->rows[grid->row].cells[grid->column], grid->field.text, CELL_BYTES);
        touched(grid, grid->row);
    }
    grid_judge(grid, grid->row, grid->column, chinese, ret_why);
    return GRID_TOOK;
}

bool grid_row_fault(const struct grid *grid, size_t row, bool chinese, size_t *ret_column,
                    char ret_why[CELL_WHY])
{
    bool has_result = false;

    for (size_t i = 0; i < grid->column_count; i++) {
        enum cell_state state = grid_judge(grid, row, i, chinese, ret_why);
        enum grid_column_kind kind = grid->columns[i].kind;

        *ret_column = i;
        if (!grid_applies(grid, row, i))
            continue;
        if (state == CELL_WRONG || state == CELL_UNFINISHED)
            return true;
        has_result =
            has_result || (state != CELL_EMPTY && kind != GRID_UNCERTAINTY && kind != GRID_CONFIRMATION);
    }
    if (has_result)
        return false;
    *ret_column = 0;
    snprintf(ret_why, CELL_WHY, "%s", chinese ? "没有读数或结果" : "There is neither a reading nor a result");
    return true;
}

bool grid_has_unsent(const struct grid *grid)
{
    for (size_t i = 0; grid->is_open && i < grid->row_count; i++)
        if (grid->rows[i].state == GRID_TYPED || grid->rows[i].state == GRID_CONFLICT ||
            grid->rows[i].state == GRID_REFUSED)
            return true;
    return false;
}

bool grid_inputs(const struct grid *grid, size_t row, char *ret_json, size_t size)
{
    size_t length = 0;

    for (size_t i = 0; i < grid->column_count && length < size; i++) {
        const struct grid_column *column = &grid->columns[i];
        const char *cell = grid->rows[row].cells[i];

        if ((column->kind != GRID_INPUT && column->kind != GRID_RESULT) || cell[strspn(cell, " ")] == '\0')
            continue;
        length += (size_t)snprintf(ret_json + length, size - length, "%s\"%s\": ", length > 0 ? ", " : "{",
                                   column->name);
        if (length < size)
            length += cell_write_json(column->cell, cell, ret_json + length, size - length);
    }
    if (length > 0 && length < size)
        length += (size_t)snprintf(ret_json + length, size - length, "}");
    if (length == 0)
        ret_json[0] = '\0';
    return length < size;
}
