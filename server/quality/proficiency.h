// SPDX-License-Identifier: Apache-2.0
// Statistics of proficiency tests (ISO 13528:2022, GB/T 28043): scores with their verdicts, the robust mean
// and standard deviation of Algorithm A, and the standard deviations that Horwitz and Thompson expect.
// Verdicts compare exactly, with squares instead of roots, so a rounded score never decides. Pure; called by
// validate and the quality service.
#pragma once

#include "wire/decimal.h"

#include <stdbool.h>
#include <stddef.h>

struct ts_error;

enum proficiency_verdict {
    PROFICIENCY_SATISFACTORY,
    PROFICIENCY_QUESTIONABLE,  // warning signal; En has none
    PROFICIENCY_UNSATISFACTORY // action signal
};

// A score, rounded once to 50 significant digits where it does not end.
struct proficiency_score {
    struct decimal value;
    enum proficiency_verdict verdict;
};

// z = (x - assigned) / sigma, 9.4: |z| <= 2 satisfactory, between 2 and 3 questionable, from 3 on
// unsatisfactory. INVALID_ARGUMENT / PROFICIENCY_INPUT when sigma is not above zero.
bool proficiency_z(const struct decimal *x, const struct decimal *assigned, const struct decimal *sigma,
                   struct proficiency_score *ret_score, struct ts_error *error);
// zeta = (x - reference) / sqrt(a^2 + b^2) with standard uncertainties, 9.6; judged as z. z' (9.5) is the
// same with sigma_pt and u(x_pt). A negative uncertainty, or both zero: as above.
bool proficiency_zeta(const struct decimal *x, const struct decimal *reference, const struct decimal *a,
                      const struct decimal *b, struct proficiency_score *ret_score, struct ts_error *error);
// En = (x - reference) / sqrt(a^2 + b^2) with expanded uncertainties, 9.7: |En| <= 1 satisfactory.
bool proficiency_en(const struct decimal *x, const struct decimal *reference, const struct decimal *a,
                    const struct decimal *b, struct proficiency_score *ret_score, struct ts_error *error);
// satisfactory, questionable, unsatisfactory
const char *proficiency_verdict_name(enum proficiency_verdict verdict);

struct proficiency_robust {
    struct decimal mean;      // x*
    struct decimal deviation; // s*
    unsigned rounds;          // until nothing moved by more than 1e-9, nor by 1e-9 of the first s*
};

// Algorithm A, C.3.1: start at the median and 1.483 times the median of the deviations from it; pull in to
// 1.5 s*; s* is 1.134 times the standard deviation. When more than half of the results are equal the start is
// the plain standard deviation. At least two results; `scratch` has room for `count`.
// FAILED_PRECONDITION / PROFICIENCY_DIVERGED after 1000 rounds.
bool proficiency_algorithm_a(const struct decimal *results, size_t count, struct decimal *scratch,
                             struct proficiency_robust *ret_robust, struct ts_error *error);

// 0.02 c^0.8495 for a mass fraction above 0 and at most 1.
bool proficiency_horwitz(const struct decimal *mass_fraction, struct decimal *ret_sigma,
                         struct ts_error *error);
// Thompson (2000): 0.22 c below 1.2e-7, 0.01 sqrt(c) above 0.138, Horwitz between.
bool proficiency_thompson(const struct decimal *mass_fraction, struct decimal *ret_sigma,
                          struct ts_error *error);
