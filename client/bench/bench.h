// SPDX-License-Identifier: Apache-2.0
// The bench view: what technicians see on the full screen. A worklist, the grid of a method or a worksheet,
// the preview of an instrument's file, control charts. A guest of the desk (desk/guest.h), which gives it
// presses and answers; it paints into the desk's page. Nothing here holds a consumer's name or phone.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench/grid.h"
#include "desk/desk.h"
#include "desk/guest.h"

struct page;
struct Touchstone__V1__Test;

enum bench_screen { BENCH_LIST, BENCH_GRID, BENCH_SHEETS, BENCH_IMPORT, BENCH_CHARTS, BENCH_SCREENS };

// Whose tests the worklist shows.
enum bench_filter { FILTER_MINE, FILTER_WAITING, FILTER_OPEN, FILTER_SUBMITTED, BENCH_FILTERS };

enum { BENCH_HELD = 400, BENCH_HOLDS = 20, BENCH_PATH = 400, BENCH_PROFILE = 48 };

// Tests that an open hold forbids to submit.
struct bench_holds {
    char test_ids[BENCH_HELD][40];
    size_t count;
    // Holds that are still to be asked for, of the last list.
    char wanted[BENCH_HOLDS][40];
    size_t wanted_count;
    int64_t asked_ms;
};

struct bench_list {
    struct held tests;
    enum bench_filter filter;
    // "M_XRF:AU"; "" = all.
    char method[96];
    size_t chosen;
    // The test that the cursor stays on while the list moves under it; after a scan, the item.
    char follows_test[40], follows_item[16];
    // The item whose work was begun by its code; "" = none.
    char running_item[16];
    // A page behind the first: not asked again by itself.
    bool is_later_page;
};

struct bench_import {
    struct form form;
    struct option profiles[64];
    struct held known, preview;
    // The file that was previewed: what F8 imports is what was seen.
    char path[BENCH_PATH];
    struct arena *arena;
    uint8_t *bytes;
    size_t length;
    bool was_imported;
    size_t top;
};

struct bench {
    enum bench_screen screen;
    struct bench_list list;
    struct bench_holds holds;
    struct held sheets, charts, chart, picture;
    size_t chosen_sheet, chosen_chart;
    struct grid grid;
    struct bench_import import;
    // The loop saves the picture and opens it, then empties the name.
    char picture_name[64];
};

// NULL without memory.
struct bench *bench_create(void);
extern const struct desk_guest bench_guest;

// What the loop did with the picture: where it is (NULL: it could not be saved, see why), and whether a
// viewer was started.
void bench_picture_shown(struct desk *desk, const char *path, bool is_open, const char *why);

// Parts of the bench, a file each.
bool bench_list_press(struct desk *desk, const struct press *press);
void bench_list_show(struct desk *desk);
void bench_list_again(struct desk *desk);
void bench_list_answered(struct desk *desk, struct ask *ask, ProtobufCMessage *response);
void bench_list_scanned(struct desk *desk, const char *item_code);

bool bench_grid_press(struct desk *desk, const struct press *press);
void bench_grid_again(struct desk *desk);
// Opens the grid of the tests of this method and parameter that are mine, at the test.
void bench_grid_open(struct desk *desk, const struct Touchstone__V1__Test *at);
void bench_grid_open_sheet(struct desk *desk, const char *worksheet_no);
void bench_grid_answered(struct desk *desk, struct ask *ask, ProtobufCMessage *response);
bool bench_grid_failed(struct desk *desk, const struct ask *ask, const struct rpc_outcome *outcome);
bool bench_grid_scanned(struct desk *desk, const char *item_code);
// Sends what is filled, or hands what is entered to review.
void bench_send(struct desk *desk);

bool bench_sheets_press(struct desk *desk, const struct press *press);
void bench_sheets_show(struct desk *desk);
void bench_sheets_again(struct desk *desk);

bool bench_import_press(struct desk *desk, const struct press *press);
void bench_import_show(struct desk *desk);
void bench_import_answered(struct desk *desk, struct ask *ask, ProtobufCMessage *response);
struct field *bench_import_focused(struct desk *desk);

bool bench_charts_press(struct desk *desk, const struct press *press);
void bench_charts_show(struct desk *desk);
void bench_charts_again(struct desk *desk);
void bench_charts_answered(struct desk *desk, struct ask *ask, ProtobufCMessage *response);

// state.c: what the parts stand on.
struct bench *bench_of(const struct desk *desk);
// The i-th test that the filters leave; NULL beyond the end.
const struct Touchstone__V1__Test *bench_list_test(const struct bench *bench, size_t i);
bool bench_is_held(const struct bench *bench, const char *test_id);
// A page of a list of the laboratory.
void bench_ask_list(struct desk *desk, enum ask_kind kind, bool is_quiet);
// Up and down in so many rows.
bool bench_move(size_t *chosen, size_t count, int kind);

// Painting.
typedef void bench_painter(const struct desk *desk, struct page *page, struct area area);
bench_painter paint_bench_list, paint_bench_grid, paint_bench_sheets, paint_bench_import, paint_bench_charts,
    paint_bench_help;
