// SPDX-License-Identifier: Apache-2.0
// The sections of a sheet, in the order in which report.c draws them. Each reads the record and draws at
// flow->y; errors stay in the canvas.
#pragma once

#include "render/flow.h"
#include "render/photo.h"

// Institute, title, legal class, number; then client, dates and place.
void section_front(struct flow *flow);
// The sample with its photo; `photo` NULL when there is none.
void section_sample(struct flow *flow, const struct photo *photo);
// Results, conclusion, what it means, decision rule.
void section_results(struct flow *flow);
// Equipment, environment, signatures, statements, end mark.
void section_signing(struct flow *flow);
