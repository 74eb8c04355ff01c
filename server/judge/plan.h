// SPDX-License-Identifier: Apache-2.0
// Sampling plans n/c/m/M of microbiology (GB 29921, GB 4789.1; ICMSF): of n units of one batch at most c may
// be above m, and none above M. A plan of two classes has no M. Pure; every unit is counted exactly, and what
// is "less than" or "more than" decides only where it can.
#pragma once

#include "judge/ruling.h"

#include <stddef.h>

#define PLAN_UNITS 96

// Texts are never NULL; "" is "not given".
struct plan_row {
    int n, c;
    const char *m, *big_m; // as written in micro_plans.csv; big_m is "" for two classes
};

struct plan_unit {
    const char *value;
    enum judge_qualifier qualifier;
    const char *lod; // of what is not detected
};

enum plan_reason {
    PLAN_BY_COUNT,      // pass or fail
    PLAN_ABOVE_BIG_M,   // fail: a unit above M
    PLAN_TOO_FEW_UNITS, // not judged: for reference only (仅供参考)
    PLAN_MIXED_BATCHES, // not judged
    PLAN_UNITS_OPEN     // inconclusive: what is not known about some units decides
};

struct plan_result {
    enum ruling_outcome outcome;
    enum plan_reason reason;
    int above_m, above_big_m; // units that certainly are
    int open_m, open_big_m;   // units that may be
};

// False for a plan or a unit that is no number, too many units, or c that is not below n.
bool plan_decide(const struct plan_row *row, const struct plan_unit *units, size_t count, bool is_one_batch,
                 struct plan_result *ret_result, struct ts_error *error);

// "TOO_FEW_UNITS" and so on.
const char *plan_reason_name(enum plan_reason reason);
