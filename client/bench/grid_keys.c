// SPDX-License-Identifier: Apache-2.0
// Keys and looks of the grid's screen: what is typed, dropped, copied from above; what an entered row came
// to.
#include <stdio.h>
#include <string.h>

#include "bench/bench_parts.h"
#include "desk/parts.h"
#include "desk/press.h"
#include "touchstone/v1/worksheet.pb-c.h"

// F12: the row is as if nothing had been typed, and follows the server again.
static void drop_row(struct desk *desk)
{
    struct grid *grid = &bench_of(desk)->grid;
    struct grid_row *row = &grid->rows[grid->row];

    // Of what somebody else typed and left nothing is kept.
    if (strcmp(grid->typed_by, desk->username) != 0) {
        grid->is_open = false;
        bench_list_show(desk);
        desk_tell(desk, NOTE_PLAIN, "%s 没有提交的内容已放弃", "What %s had not sent was dropped",
                  grid->typed_by);
        return;
    }
    if (grid->row >= grid->row_count || row->state == GRID_SUBMITTED)
        return;
    memset(row->cells, 0, sizeof row->cells);
    row->said[0] = row->request_id[0] = row->result[0] = '\0';
    row->version = row->seen_version;
    // What stands at the server comes with the next look.
    row->state = row->replaces ? GRID_ENTERED : GRID_EMPTY;
    row->was_asked = false;
    grid_go(grid, grid->row, grid->column);
    desk_tell(desk, NOTE_PLAIN, "这一行已放弃", "This row was dropped");
}

static void copy_from_above(struct desk *desk)
{
    struct grid *grid = &bench_of(desk)->grid;

    if (grid->is_above || grid->row == 0 || grid->row >= grid->row_count)
        return;
    grid_set(grid, grid->row, grid->column, grid->rows[grid->row - 1].cells[grid->column]);
}

static bool is_closed(const struct grid *grid)
{
    return grid->row_count == 0 || grid->rows[grid->row].state == GRID_SUBMITTED ||
           (grid->worksheet_no[0] != '\0' &&
            grid->worksheet_state != TOUCHSTONE__V1__WORKSHEET_STATE__WORKSHEET_STATE_OPEN);
}

static bool edits(const struct press *press)
{
    return press->kind == PRESS_CHARACTER || press->kind == PRESS_BACKSPACE || press->kind == PRESS_DELETE ||
           press->kind == PRESS_CLEAR || press->kind == PRESS_F5;
}

bool bench_grid_press(struct desk *desk, const struct press *press)
{
    struct grid *grid = &bench_of(desk)->grid;
    char why[CELL_WHY];

    if (edits(press) && !grid->is_above && is_closed(grid)) {
        desk_tell(
            desk, NOTE_BAD, "已提交的结果不在这里改：请复核退回，或用 test enter 写明理由",
            "What was handed over is not changed here: have it sent back, or use test enter with a reason");
        return true;
    }
    switch (press->kind) {
    case PRESS_F8:
        bench_send(desk);
        return true;
    case PRESS_F12:
        drop_row(desk);
        return true;
    case PRESS_F5:
        copy_from_above(desk);
        return true;
    default:
        break;
    }
    switch (grid_press(grid, press, desk->chinese, why)) {
    case GRID_STAYS:
        desk_tell(desk, NOTE_BAD, "%s。改好再走，Esc 还原",
                  "%s. Correct it before you go on; Esc takes it back", why);
        return true;
    case GRID_FULL:
        desk_tell(desk, NOTE_BAD, "放不下，或不接受这个字符",
                  "There is no room, or the character is not accepted");
        return true;
    case GRID_IGNORED:
        return false;
    default:
        return true;
    }
}

// What an entered row came to is asked for once.
bool bench_ask_result(struct desk *desk)
{
    struct grid *grid = &bench_of(desk)->grid;
    struct ask ask;

    for (size_t i = 0; i < grid->row_count; i++) {
        struct grid_row *row = &grid->rows[i];

        if (row->state != GRID_ENTERED || row->was_asked || row->test_id[0] == '\0')
            continue;
        row->was_asked = true;
        if (!ask_begin(ASK_BENCH_TEST, &ask))
            return false;
        ask.is_quiet = true;
        parts_end(desk, &ask, parts_set(&ask, "test_id", row->test_id));
        return true;
    }
    return false;
}

void bench_grid_again(struct desk *desk)
{
    struct grid *grid = &bench_of(desk)->grid;
    struct ask ask;

    if (bench_ask_result(desk))
        return;
    if (grid->worksheet_no[0] == '\0') {
        bench_list_again(desk);
    } else if (ask_begin(ASK_BENCH_SHEET, &ask)) {
        ask.is_quiet = true;
        parts_end(desk, &ask, parts_set(&ask, "worksheet_no", grid->worksheet_no));
    }
}

bool bench_grid_scanned(struct desk *desk, const char *item_code)
{
    struct grid *grid = &bench_of(desk)->grid;

    for (size_t i = 0; i < grid->row_count; i++)
        if (strcmp(grid->rows[i].item_code, item_code) == 0) {
            grid_go(grid, i, 0);
            desk_tell(desk, NOTE_GOOD, "%s：第 %zu 行", "%s: row %zu", item_code, i + 1);
            return true;
        }
    return false;
}
