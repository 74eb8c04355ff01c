// SPDX-License-Identifier: Apache-2.0
// The worksheets of the laboratory, newest first: Enter opens one as a grid.
#include <stdio.h>
#include <string.h>

#include "bench/bench.h"
#include "desk/press.h"
#include "touchstone/v1/worksheet.pb-c.h"

void bench_sheets_show(struct desk *desk)
{
    bench_of(desk)->screen = BENCH_SHEETS;
    bench_ask_list(desk, ASK_BENCH_SHEETS, false);
}

void bench_sheets_again(struct desk *desk)
{
    bench_ask_list(desk, ASK_BENCH_SHEETS, true);
}

bool bench_sheets_press(struct desk *desk, const struct press *press)
{
    struct bench *bench = bench_of(desk);
    const Touchstone__V1__ListWorksheetsResponse *list =
        (Touchstone__V1__ListWorksheetsResponse *)bench->sheets.message;
    size_t count = list != NULL ? list->n_worksheets : 0;

    if (bench_move(&bench->chosen_sheet, count, press->kind))
        return true;
    if (press->kind == PRESS_ESCAPE)
        bench_list_show(desk);
    else if (press->kind == PRESS_ENTER && bench->chosen_sheet < count)
        bench_grid_open_sheet(desk, list->worksheets[bench->chosen_sheet]->worksheet_no);
    else
        return false;
    return true;
}
