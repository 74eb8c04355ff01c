// SPDX-License-Identifier: Apache-2.0
// Sample units of microbiology against their sampling plan n/c/m/M: the verdict, the figures to print, the
// sentence in two languages and the rest of the trace. verdict.c calls it where the catalogue has a plan.
#pragma once

#include "lab/calculation.h"

// False when memory is out or the catalogue's plan is none. Texts live in the arena.
bool plan_verdict_fill(const Touchstone__V1__Test *test,
                       const Touchstone__Internal__V1__JudgeContext *context,
                       const struct calculation *calculation, struct arena *arena,
                       Touchstone__V1__Judgement *judgement, struct ts_error *error);
