// SPDX-License-Identifier: Apache-2.0
// The numbers of one judgement, read from the typed texts: what judge.c compares and judge_sentence.c prints.
// Internal to the folder.
#pragma once

#include "wire/decimal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct judge_input;
struct ts_error;

struct judge_numbers {
    size_t count;       // ordinary readings
    bool qualified;     // at least one reading is none
    struct decimal sum; // of the ordinary readings; with `divisor` the value
    int64_t divisor;
    int places; // of the reading that has most
    struct decimal smallest, largest, range;
    bool has_limit, has_uncertainty; // an uncertainty of 0 is none
    struct decimal limit, uncertainty;
    struct decimal agreement; // largest minus smallest at most; 2 U when nothing else is given
    bool has_agreement;
};

bool judge_numbers_read(const struct judge_input *input, struct judge_numbers *ret_numbers,
                        struct ts_error *error);
// Where the exact mean, or `mean` in its place when it is not NULL, stands against the limit: -1, 0, 1.
int judge_numbers_order(const struct judge_numbers *numbers, const struct decimal *mean);
// Whether it is not further from the limit than U.
bool judge_numbers_is_near(const struct judge_numbers *numbers, const struct decimal *mean);
