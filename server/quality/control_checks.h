// SPDX-License-Identifier: Apache-2.0
// Single checks of a batch: reference material, blank, drift, duplicates, recovery, tolerance. Each answers
// yes or no by an exact comparison without division, and none knows a figure of its own: the percentages are
// common practice and belong to the laboratory's data. Pure; called by validate and the quality service.
// Fail with INVALID_ARGUMENT / CONTROL_CHECK when the numbers cannot be checked at all.
#pragma once

#include "wire/decimal.h"

#include <stdbool.h>
#include <stddef.h>

struct ts_error;

// |x - reference| <= sqrt(a^2 + b^2) with expanded uncertainties (ERM application note 1, at U instead of u).
bool control_checks_reference(const struct decimal *x, const struct decimal *reference,
                              const struct decimal *a, const struct decimal *b, bool *ret_accepted,
                              struct ts_error *error);

enum control_blank {
    CONTROL_BLANK_CLEAN, // below the limit of detection: accepted
    CONTROL_BLANK_TRACE, // from it to below the limit of quantification: not accepted
    CONTROL_BLANK_HIGH   // from the limit of quantification on
};
// `quantification` may be NULL: then there is no trace. Not below detection.
bool control_checks_blank(const struct decimal *blank, const struct decimal *detection,
                          const struct decimal *quantification, enum control_blank *ret_level,
                          struct ts_error *error);

// |after - before| <= percent % of |before|: flow of a pump, a calibration check against its nominal value.
bool control_checks_drift(const struct decimal *before, const struct decimal *after,
                          const struct decimal *percent, bool *ret_accepted, struct ts_error *error);
// 100 |after - before| / |before|
bool control_checks_drift_percent(const struct decimal *before, const struct decimal *after,
                                  struct decimal *ret_percent, struct ts_error *error);

// |a - b| <= percent % of |mean| (GB 5009: 10, 15, 20). Two zeros agree.
bool control_checks_duplicates(const struct decimal *a, const struct decimal *b,
                               const struct decimal *percent, bool *ret_accepted, struct ts_error *error);
// RPD: 100 |a - b| / |mean|; 0 for two zeros.
bool control_checks_duplicates_percent(const struct decimal *a, const struct decimal *b,
                                       struct decimal *ret_percent, struct ts_error *error);

// low % <= 100 (spiked - unspiked) / added <= high %, both ends included.
bool control_checks_recovery(const struct decimal *spiked, const struct decimal *unspiked,
                             const struct decimal *added, const struct decimal *low,
                             const struct decimal *high, bool *ret_accepted, struct ts_error *error);
bool control_checks_recovery_percent(const struct decimal *spiked, const struct decimal *unspiked,
                                     const struct decimal *added, struct decimal *ret_percent,
                                     struct ts_error *error);

// |found - nominal| <= tolerance: daily check of a balance.
bool control_checks_tolerance(const struct decimal *found, const struct decimal *nominal,
                              const struct decimal *tolerance, bool *ret_accepted, struct ts_error *error);

// How many controls of a kind a batch of `results` needs: `at_least`, and one per `per` begun results (0: no
// such demand). 10 % duplicates is per 10, one spike per 20.
size_t control_checks_needed(size_t results, size_t at_least, size_t per);
