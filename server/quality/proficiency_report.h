// SPDX-License-Identifier: Apache-2.0
// A score as it is filed: the figure that is printed, which never contradicts its verdict, and the trace of
// how it was calculated and what was compared. Pure; called by the quality service. The texts are in the
// caller's arena.
#pragma once

#include "quality/proficiency.h"

#include <stdbool.h>
#include <stddef.h>

struct text;
struct ts_error;

enum proficiency_kind {
    PROFICIENCY_Z,    // `reference` is sigma_pt, `own` is not looked at
    PROFICIENCY_ZETA, // standard uncertainties
    PROFICIENCY_EN    // expanded uncertainties
};

struct proficiency_input {
    struct decimal x;        // the laboratory's result
    struct decimal assigned; // the assigned value
    struct decimal own;      // uncertainty of x
    struct decimal reference;
};

struct proficiency_report {
    struct decimal figure;
    enum proficiency_verdict verdict;
};

// z to two places, zeta and En to three (GB/T 8170), and more where fewer would read otherwise than the
// verdict: 2.004 is questionable and is not printed as 2.00. The trace is appended to `trace`. Fails as the
// score does.
bool proficiency_report_score(enum proficiency_kind kind, const struct proficiency_input *input,
                              struct text *trace, struct proficiency_report *ret_report,
                              struct ts_error *error);

// Assigned value and standard deviation from all participants' results: x* and s* with at most 30 significant
// digits, so that their text is read back as the same number. Fails as proficiency_algorithm_a.
bool proficiency_report_robust(const struct decimal *results, size_t count, struct decimal *scratch,
                               struct text *trace, struct proficiency_robust *ret_robust,
                               struct ts_error *error);
