// SPDX-License-Identifier: Apache-2.0
// What the files of the grid offer each other.
#pragma once

#include "bench/bench.h"

struct Touchstone__V1__Worksheet;
struct Touchstone__V1__WorksheetPosition;

// grid_open.c
void bench_grid_take_form(struct desk *desk, const ProtobufCMessage *response);
void bench_grid_take_sheet(struct desk *desk, const struct Touchstone__V1__Worksheet *sheet,
                           struct Touchstone__V1__WorksheetPosition *const *positions, size_t count);
void bench_row_take_test(struct grid *grid, size_t row, const struct Touchstone__V1__Test *test);
void bench_grid_seen(struct desk *desk, const struct Touchstone__V1__Test *test);

// send.c: the next row that is due.
void bench_send_next(struct desk *desk);
// Says the reagent lots of the row that was entered; false when there is nothing to say.
bool bench_send_lots(struct desk *desk);
// The server has them: on with the next.
void bench_lots_said(struct desk *desk);

// grid_keys.c: asks what the next entered row came to; false when all are known.
bool bench_ask_result(struct desk *desk);
