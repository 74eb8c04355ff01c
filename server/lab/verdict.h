// SPDX-License-Identifier: Apache-2.0
// What is judged of a test, as the API shows it: calculated (calculation.h), held against the requirement
// that the database named, under the decision rule that was agreed, with its trace.
#pragma once

#include "touchstone/internal/v1/judge.pb-c.h"
#include "touchstone/v1/common.pb-c.h"

#include <stdbool.h>

struct arena;
struct calculator;
struct ts_error;

// NULL only when memory is out, or for an entry that the database cannot hold; and, when it is `binding`,
// with the formula's error for an entry that it cannot calculate, which a preview only tells.
Touchstone__V1__Judgement *verdict_make(const Touchstone__V1__Test *test,
                                        const Touchstone__Internal__V1__JudgeContext *context,
                                        struct calculator *calculator, bool is_binding, struct arena *arena,
                                        struct ts_error *error);
