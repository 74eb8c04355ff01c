// SPDX-License-Identifier: Apache-2.0
// The grid of results: rows are tests of one method and parameter, or the positions of a worksheet; columns
// are readings, or the inputs of the method's formula, and the uncertainty. What is typed stays typed:
// through the lock, a cut line, a new log-in, and when somebody else was faster. Pure.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench/cell.h"
#include "desk/form.h"
#include "run/request_id.h"

struct press;

enum { GRID_ROWS = 96, GRID_COLUMNS = 12, GRID_READINGS_MOST = 8 };

enum { GRID_LOTS = 400 };

enum grid_column_kind {
    GRID_READING,
    GRID_INPUT,
    GRID_RESULT,
    GRID_UNCERTAINTY,
    GRID_CONFIRMATION,
    GRID_SKIPPED
};

struct grid_column {
    enum grid_column_kind kind;
    enum cell_kind cell;
    // Of an input its name in the formula.
    char name[48], zh[64], en[64], unit[24];
    bool is_optional;
};

enum grid_state {
    GRID_EMPTY,
    // Typed, and not at the server.
    GRID_TYPED,
    // At the server: calculated, not yet handed to review.
    GRID_ENTERED,
    GRID_SUBMITTED,
    // Somebody was faster; what was typed stands, what was written is told.
    GRID_CONFLICT,
    GRID_REFUSED,
};

struct grid_row {
    char test_id[40], item_code[16], name[256], mass[24];
    // Of a worksheet; 0 = none.
    int position, kind;
    // That the next write names, and the newest that was seen.
    int64_t version, seen_version;
    char cells[GRID_COLUMNS][CELL_BYTES];
    enum grid_state state;
    // It stood at the server before: a new entry replaces it, with a reason.
    bool replaces;
    // Of the write that may have arrived: the same key goes again until an answer comes.
    char request_id[REQUEST_ID_SIZE];
    // What the server said of it, or what somebody else wrote.
    char said[400];
    // Calculated by the server.
    char result[64];
    int verdict;
    bool is_held;
    // By review, and not changed since: it is not handed over again as it was.
    bool was_sent_back;
    // What it came to was asked for.
    bool was_asked;
    // The reagent lots that the server has of what was entered here, as they were typed.
    char lots[GRID_LOTS];
};

enum grid_phase { GRID_IDLE, GRID_ENTERING, GRID_SUBMITTING };

struct grid {
    bool is_open, has_form, is_blind;
    char laboratory[16], method_id[48], parameter_id[48];
    char method_zh[96], method_en[96], parameter_zh[64], parameter_en[64];
    // "" = the tests of a method.
    char worksheet_no[48], worksheet_request_id[REQUEST_ID_SIZE];
    int64_t worksheet_version;
    int worksheet_state;
    char sheet_instrument[64];
    // Who typed: nobody else sends it.
    char typed_by[64];
    struct cell_facts facts;
    int min_replicates;
    bool takes_readings, is_not_qualified, is_not_competent, demands_calibration;
    char calibrated[20][40];
    size_t calibrated_count;
    struct grid_column columns[GRID_COLUMNS];
    size_t column_count;
    struct grid_row rows[GRID_ROWS];
    size_t row_count;
    size_t row, column;
    // The cursor is in the form above the grid: instrument, room, reason.
    bool is_above;
    struct form above;
    // The cell with the cursor, and what stood in it when the cursor came.
    struct field field;
    char before[CELL_BYTES];
    enum grid_phase phase;
    size_t sending;
    size_t sent_count, refused_count;
    // The test that the cursor goes to when the rows are there.
    char follows_test[40];
};

void grid_begin(struct grid *grid, const char *method_id, const char *parameter_id, const char *worksheet_no,
                const char *username);

struct grid_column *grid_add_column(struct grid *grid, enum grid_column_kind kind, enum cell_kind cell,
                                    const char *name, const char *zh, const char *en);

// Puts the cursor there, and what stands there into the field.
void grid_go(struct grid *grid, size_t row, size_t column);

// The field shows again what the cell holds.
void grid_refresh(struct grid *grid);

// What the cell says, and why; readings that lie apart are ODD.
enum cell_state grid_judge(const struct grid *grid, size_t row, size_t column, bool chinese,
                           char ret_why[CELL_WHY]);

// Writes into a cell as if it was typed.
void grid_set(struct grid *grid, size_t row, size_t column, const char *text);

enum grid_result { GRID_TOOK, GRID_IGNORED, GRID_STAYS, GRID_FULL };

// Typing and moving. GRID_STAYS: what stands in the cell is wrong, and the cursor does not leave it.
enum grid_result grid_press(struct grid *grid, const struct press *press, bool chinese,
                            char ret_why[CELL_WHY]);

bool grid_row_is_empty(const struct grid *grid, size_t row);
// The cell whether it applies to the row: blanks have no uncertainty.
bool grid_applies(const struct grid *grid, size_t row, size_t column);

// Why the row cannot be sent, and its column; false when it can.
bool grid_row_fault(const struct grid *grid, size_t row, bool chinese, size_t *ret_column,
                    char ret_why[CELL_WHY]);

bool grid_has_unsent(const struct grid *grid);

// The inputs of the row as JSON; "" when it has none. False when they are too long.
bool grid_inputs(const struct grid *grid, size_t row, char *ret_json, size_t size);
