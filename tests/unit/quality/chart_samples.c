// SPDX-License-Identifier: Apache-2.0
// Charts with data as a laboratory has them, see chart_samples.h.
#include "chart_samples.h"

#include "quality/control_limits.h"
#include "quality/control_rule_table.h"
#include "quality/control_rules.h"

#include <string.h>

static const char *const DAYS[NUMBERS_MOST] = {
    "2026-11-02", "2026-11-02", "2026-11-03", "2026-11-03", "2026-11-04", "2026-11-04", "2026-11-05",
    "2026-11-05", "2026-11-06", "2026-11-06", "2026-11-09", "2026-11-09", "2026-11-10", "2026-11-10",
    "2026-11-11", "2026-11-11", "2026-11-12", "2026-11-12", "2026-11-13", "2026-11-13", "2026-11-16",
    "2026-11-16", "2026-11-17", "2026-11-17", "2026-11-18", "2026-11-18", "2026-11-19", "2026-11-19",
    "2026-11-20", "2026-11-20", "2026-11-23", "2026-11-23", "2026-11-24", "2026-11-24", "2026-11-25",
    "2026-11-25", "2026-11-26", "2026-11-26", "2026-11-27", "2026-11-27"};
static const unsigned long RUNS[NUMBERS_MOST] = {1,  1,  2,  2,  3,  3,  4,  4,  5,  5,  6,  6,  7,  7,
                                                 8,  8,  9,  9,  10, 10, 11, 11, 12, 12, 13, 13, 14, 14,
                                                 15, 15, 16, 16, 17, 17, 18, 18, 19, 19, 20, 20};

struct source {
    const char *name, *title_zh, *title_en, *unit, *set, *points;
    const char *mean, *sigma; // NULL: of the points themselves
    unsigned version;
    size_t frozen_from;
    bool has_days;
};

static const struct source SOURCES[CHART_SAMPLES] = {
    {"in-control", "金标准物质 750 ‰ · 金含量 · XRF-01（GB/T 18043）",
     "Gold reference material 750 ‰ · fineness · XRF-01", "‰", "nelson8",
     "750.2 749.8 750.5 750.1 749.9 750.3 749.6 750.0 749.7 750.2 750.4 749.9 750.1 749.5 750.3 750.0 749.8 "
     "750.6 "
     "749.9 750.1 750.0 749.7 750.4 750.2 749.8",
     "750.04", "0.31", 3, 24, true},
    {"two-of-two", "甲醛质控样 75 mg/kg · 纺织品 · GB/T 2912.1 · 分光光度计 02",
     "Formaldehyde control 75 mg/kg · textile · GB/T 2912.1 · photometer 02", "mg/kg", "westgard",
     "75.4 74.2 76.1 74.9 75.8 73.6 74.4 75.2 76.4 75.1 74.0 75.5 74.7 75.9 75.3 74.6 78.4 78.9 75.0 74.1 "
     "78.2 71.6 75.6 74.8 75.2 74.5",
     "75.1", "1.5", 2, 20, true},
    {"trend", "牛奶中黄曲霉毒素 M1 质控样 · LC-MS/MS-03", "Aflatoxin M1 in milk, control · LC-MS/MS-03",
     "µg/kg", "nelson8",
     "0.0482 0.0509 0.0491 0.0513 0.0498 0.0487 0.0505 0.0494 0.0490 0.0497 0.0503 0.0508 0.0514 0.0521 "
     "0.0506 "
     "0.0499 0.0511 0.0489",
     NULL, NULL, 0, 0, false},
    {"far-point", "室内空气 甲醛 质控样", "Formaldehyde in air, control", "mg/m³", "nelson8",
     "0.101 0.098 0.100 0.103 0.097 1.01 0.099 0.102 0.100 0.010 0.101", "0.100", "0.002", 1, 20, false},
    {"many-alarms", "长标题：校服面料甲醛含量内部质量控制图（二〇二六年十一月，第三检测组，乙酰丙酮法）",
     "A long title: formaldehyde in school uniform fabric, internal quality control, November 2026, group "
     "three",
     "mg/kg", "nelson8",
     "1.3 1.5 1.4 1.2 2.6 2.7 3.1 3.3 1.3 1.2 1.1 0.4 -0.3 0.2 -0.4 0.3 -0.2 0.4 -0.5 0.3 -0.2 0.1 -0.4 0.2 "
     "-0.3 "
     "0.2 -2.3 -2.4 -2.2 -3.4",
     "0", "1", 12, 30, false},
};

static void own_limits(struct chart_sample *sample, struct control_series *series,
                       struct control_limits *limits)
{
    struct control_individuals own;
    size_t count = sample->numbers.count;
    assert_true(control_limits_individuals(sample->numbers.at, count, &own, NULL));
    assert_true(control_limits_series(sample->numbers.at, count, series, NULL));
    *limits = (struct control_limits){.mean = own.mean, .sigma = own.sigma, .count = count};
}

void chart_samples_make(size_t which, struct chart_sample *ret_sample)
{
    const struct source *source = &SOURCES[which];
    struct chart_sample *sample = ret_sample;
    struct control_series series = {.count = 0};
    struct control_limits limits = {.version = source->version, .count = source->frozen_from};
    *sample = (struct chart_sample){.name = source->name, .numbers = numbers_of(source->points)};
    assert_true(
        control_rules_choose(control_rule_table, control_rule_table_count, source->set, &sample->set, NULL));
    if (source->mean) {
        limits.mean = number_of(source->mean);
        limits.sigma = number_of(source->sigma);
        limits.estimator = CONTROL_STANDARD_DEVIATION;
        series = (struct control_series){.points = sample->numbers.at,
                                         .count = sample->numbers.count,
                                         .mean = limits.mean,
                                         .sigma = limits.sigma};
    } else {
        own_limits(sample, &series, &limits);
    }
    series.runs = source->has_days ? RUNS : NULL;
    sample->chart = (struct control_chart){.title_zh = source->title_zh,
                                           .title_en = source->title_en,
                                           .unit = source->unit,
                                           .laboratory = "纤维检验室 Fibre laboratory (FIB)",
                                           .frozen_by = "zhang",
                                           .frozen_on = "2026-11-12",
                                           .providers = "",
                                           .points = sample->numbers.at,
                                           .labels = source->has_days ? DAYS : NULL,
                                           .runs = series.runs,
                                           .count = sample->numbers.count,
                                           .set_name = source->set,
                                           .set = &sample->set,
                                           .alarms = sample->alarms};
    assert_true(control_chart_from_limits(&sample->chart, &limits, NULL));
    assert_true(control_rules_evaluate(&sample->set, &series, sample->alarms, CHART_SAMPLE_ALARMS,
                                       &sample->chart.alarm_count, NULL));
}
