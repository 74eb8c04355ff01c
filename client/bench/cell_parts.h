// SPDX-License-Identifier: Apache-2.0
// What every kind of cell is judged by: numbers, blanks, sentences; and what cell_input.c offers cell.c:
// lists and dilutions.
#pragma once

#include "bench/cell.h"

enum cell_state cell_say(enum cell_state state, bool chinese, const char *zh, const char *en,
                         char ret_why[CELL_WHY]);

// By a format of touchstone.v1.Format.
enum cell_state cell_judge_number(const char *text, int format, bool chinese, char ret_why[CELL_WHY]);

void cell_trim(const char *text, char ret_text[CELL_BYTES]);

// cell_input.c
enum cell_state cell_judge_input(const char *text, bool chinese, char ret_why[CELL_WHY]);
