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
// Of result `i`: its determinations below its row, and how high what must stay with the row is.
void determinations_draw(struct flow *flow, size_t i);
double determinations_keep(struct flow *flow, size_t i);
// Equipment, environment, signatures, statements, end mark.
void section_signing(struct flow *flow);
