// SPDX-License-Identifier: Apache-2.0
// Three control charts to look at and to test with: in control; 2-2s and others of Westgard with runs; a
// trend of Nelson on limits that are not frozen.
#pragma once

#include "numbers.h"

#include "quality/control_chart.h"

enum { CHART_SAMPLES = 5, CHART_SAMPLE_ALARMS = NUMBERS_MOST * CONTROL_RULES };

struct chart_sample {
    const char *name;
    struct control_chart chart;
    struct numbers numbers;
    struct control_rule_set set;
    struct control_alarm alarms[CHART_SAMPLE_ALARMS];
};

void chart_samples_make(size_t which, struct chart_sample *ret_sample);
