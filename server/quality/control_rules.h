// SPDX-License-Identifier: Apache-2.0
// Rules of control charts as data: a set is rows, each row one pattern that points may not form. Any rule of
// GB/T 4091-2001 (Nelson), of Westgard and of ISO 7870-2 is one of four kinds, so a laboratory adds a set of
// its own by rows and no C. Evaluating is exact: every comparison is of full decimals, and "beyond" and
// "within" are strict, so a point exactly on a line never takes part. Pure; called by validate and the
// quality service. Sets and alarms belong to the caller; nothing is allocated.
#pragma once

#include "wire/decimal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONTROL_RULES 24       // of one set; a row more is refused
#define CONTROL_RULE_NAME 16   // with the NUL
#define CONTROL_RULE_WINDOW 64 // points that a pattern may look back, itself among them
#define CONTROL_RULE_ALL "all"

struct text;
struct ts_error;

enum control_kind {
    CONTROL_BEYOND,     // `count` of the last `of` points beyond `sigma`; sigma 0 is "on one side"
    CONTROL_WITHIN,     // `count` points in a row nearer to the mean than `sigma`
    CONTROL_TREND,      // `count` points in a row, each above the one before, or each below
    CONTROL_ALTERNATING // `count` points in a row, alternately up and down
};

enum control_side {
    CONTROL_ANY,  // above and below count together
    CONTROL_SAME, // all above or all below
    CONTROL_BOTH  // at least one above and one below
};

struct control_rule {
    char name[CONTROL_RULE_NAME];
    enum control_kind kind;
    unsigned count;
    unsigned of;
    struct decimal sigma;
    enum control_side side;
    bool within_run; // only points of one run form the pattern
    bool rejects;    // false: a warning
    bool confirmed;  // false: believed, to be confirmed against the standard before use
};

struct control_rule_set {
    struct control_rule rules[CONTROL_RULES];
    size_t count;
};

// One row as text, as it stands in a catalogue file. NULL and "" are the same.
struct control_rule_row {
    const char *set;
    const char *name;       // letters, digits, "-", "_" and "."; once in a set
    const char *kind;       // beyond, within, trend, alternating
    const char *count;      // 1 to 64
    const char *of;         // beyond: count to 64, or "all" for the whole run; otherwise empty
    const char *sigma;      // beyond (0 and more) and within (more than 0); otherwise empty
    const char *side;       // beyond: any, same, both; otherwise empty
    const char *scope;      // series; run: only within one run. Empty is series
    const char *effect;     // warning, reject
    const char *confidence; // verified, certain, check
};

// Appends the row. INVALID_ARGUMENT / CONTROL_RULE_INVALID names the column.
bool control_rules_add(struct control_rule_set *set, const struct control_rule_row *row,
                       struct ts_error *error);

// The set of this name among rows. NOT_FOUND / CONTROL_SET_UNKNOWN, and the errors of control_rules_add().
bool control_rules_choose(const struct control_rule_row *rows, size_t count, const char *name,
                          struct control_rule_set *ret_set, struct ts_error *error);

struct control_series {
    const struct decimal *points;
    size_t count;
    struct decimal mean;
    struct decimal sigma; // above zero
    // Points are compared times this, so that a mean and a sigma that do not end need no division
    // (control_limits_series); zero is 1.
    struct decimal scale;
    // The run of each point, equal within one. NULL: not known; then a rule within a run takes only
    // neighbours as of one run.
    const unsigned long *runs;
};

struct control_alarm {
    size_t position;  // of the point that completes the pattern; the first is 1
    size_t rule;      // index in the set
    uint64_t members; // bit n: the point n before `position` belongs to the pattern
};

// Every rule at every point, in order of position and then of rules; the point that completes the pattern
// always belongs to it. INVALID_ARGUMENT / CONTROL_SIGMA when sigma is not above zero; OUT_OF_RANGE /
// CONTROL_ALARMS when there are more alarms than `size` (points times rules is always enough).
bool control_rules_evaluate(const struct control_rule_set *set, const struct control_series *series,
                            struct control_alarm *alarms, size_t size, size_t *ret_count,
                            struct ts_error *error);
// Whether any of the alarms is of a rule that rejects.
bool control_rules_reject(const struct control_rule_set *set, const struct control_alarm *alarms,
                          size_t count);

// "1@3;5@4": rule@position in the order of the alarms; "none" when there are none.
void control_rules_write(const struct control_rule_set *set, const struct control_alarm *alarms, size_t count,
                         struct text *out);
