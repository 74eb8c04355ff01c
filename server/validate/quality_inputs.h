// SPDX-License-Identifier: Apache-2.0
// The inputs of one reference row of quality control, read from its JSON: single values by name, the points
// of a chart with the run of each, and the rows of a rule set. Only for validate/form_quality.c. Everything
// lives in the arena of the row. Values may be JSON strings or numbers; both are taken as text.
#pragma once

#include "quality/control_rules.h"
#include "wire/decimal.h"

#include <stdbool.h>
#include <stddef.h>

#define QUALITY_INPUTS_VALUES 16 // single values of one row
#define QUALITY_INPUTS_POINTS 4096

struct arena;
struct validate_catalogue;
struct ts_error;

struct quality_input {
    const char *name;
    const char *text;
};

struct quality_inputs {
    struct arena *arena;
    const struct validate_catalogue *catalogue; // where rule sets are found by name
    struct quality_input values[QUALITY_INPUTS_VALUES];
    size_t value_count;
    struct decimal *points; // "data"
    size_t point_count;
    unsigned long *runs;           // "runs", or NULL when there are none; otherwise as many as points
    struct control_rule_set rules; // "rules" as an array of rows; empty when there is none
    bool unread;                   // something that is not there was asked for, or it was no number
};

// INVALID_ARGUMENT / QUALITY_INPUT with what is wrong.
bool quality_inputs_read(const char *json, const struct validate_catalogue *catalogue, struct arena *arena,
                         struct quality_inputs *ret_inputs, struct ts_error *error);
// NULL when there is none.
const char *quality_inputs_text(const struct quality_inputs *inputs, const char *name);
// False, with `unread` set, when it is not there or is no number.
bool quality_inputs_number(struct quality_inputs *inputs, const char *name, struct decimal *ret_value,
                           struct ts_error *error);
// False, with `unread` set, when there is no point.
bool quality_inputs_has_points(struct quality_inputs *inputs, struct ts_error *error);
