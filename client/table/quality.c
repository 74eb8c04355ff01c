// SPDX-License-Identifier: Apache-2.0
// Command table: quality control. Charts, controls, limits, batches and their holds, nonconformities.
#include "run/draw_picture.h"
#include "table/rows.h"
#include "touchstone/v1/quality.pb-c.h"

#define CHART_COLUMNS                                                                                        \
    {"Chart", "chart"}, {"Laboratory", "laboratory"}, {"Method", "method_id"},                               \
        {"Parameter", "parameter_en"}, {"参数", "parameter_zh"}, {"Unit", "unit"}, {"Material", "material"}, \
        {"Kind", "kind"}, {"Rules", "rule_set"}, {"Points", "points"},                                       \
        {"Limits version", "limits.limits_version"}, {"Centre", "limits.centre"}, {"Sigma", "limits.sigma"}, \
        {"Frozen by", "limits.frozen_by"}, {"Frozen", "limits.frozen_at"}, {"Opened by", "opened_by"},       \
        {"Opened", "opened_at"}, {"Version", "version"}, {0},

static const struct column chart_columns[] = {CHART_COLUMNS};

static const struct view chart_view = {.rows = "chart", .columns = chart_columns};

static const struct view rules_view = {
    .rows = "rules",
    .columns = (const struct column[]){{"RULE", "name"},
                                       {"KIND", "kind"},
                                       {"COUNT", "count"},
                                       {"OF", "of"},
                                       {"SIGMA", "sigma"},
                                       {"SIDE", "side"},
                                       {"SCOPE", "scope"},
                                       {"EFFECT", "effect"},
                                       {"CONFIDENCE", "confidence"},
                                       {0}},
    .empty = "a chart of ranges: beyond the upper limit rejects",
};

static const struct view versions_view = {
    .rows = "versions",
    .columns = (const struct column[]){{"LIMITS", "limits_version"},
                                       {"CENTRE", "centre"},
                                       {"SIGMA", "sigma"},
                                       {"ESTIMATOR", "estimator"},
                                       {"FROM", "first_point"},
                                       {"TO", "last_point"},
                                       {"LEFT OUT", "left_out.point"},
                                       {"WHY LEFT OUT", "left_out.reason"},
                                       {"FROZEN BY", "frozen_by"},
                                       {"FROZEN", "frozen_at"},
                                       {"REASON", "reason"},
                                       {0}},
    .empty = "no limits are frozen yet",
    .next = &rules_view,
};

static const struct view points_view = {
    .rows = "points",
    .columns = (const struct column[]){{"POINT", "point"},
                                       {"VALUE", "value"},
                                       {"BATCH", "batch_no"},
                                       {"RUN", "run"},
                                       {"ALARMS", "alarms.rule"},
                                       {"LIMITS", "limits_version"},
                                       {"RULES OF", "rules_revision"},
                                       {"ENTERED BY", "entered_by"},
                                       {"AT", "at"},
                                       {0}},
    .empty = "no controls yet",
    .next = &versions_view,
};

static const struct view shown_view = {.rows = "chart", .columns = chart_columns, .next = &points_view};

static const struct view charts_view = {
    .rows = "charts",
    .columns = (const struct column[]){{"CHART", "chart"},
                                       {"METHOD", "method_id"},
                                       {"PARAMETER", "parameter_id"},
                                       {"MATERIAL", "material"},
                                       {"KIND", "kind"},
                                       {"RULES", "rule_set"},
                                       {"POINTS", "points"},
                                       {"LIMITS", "limits.limits_version"},
                                       {0}},
    .empty = "no charts",
};

static const struct column hold_columns[] = {
    {"Hold", "hold_id"},
    {"Batch", "batch_no"},
    {"Chart", "chart"},
    {"Point", "point"},
    {"Worksheet", "worksheet_no"},
    {"Position", "position"},
    {"Value", "value"},
    {"Rejected by", "rules"},
    {"Held", "held_at"},
    {"Released by", "released_by"},
    {"Released", "released_at"},
    {"Reason", "release_reason"},
    {"Version", "version"},
    {0},
};

static const struct view hold_view = {.rows = "hold", .columns = hold_columns};

static const struct view held_tests_view = {
    .rows = "tests",
    .columns = (const struct column[]){{"TEST", "test_id"},
                                       {"ITEM", "item_code"},
                                       {"METHOD", "method_id"},
                                       {"PARAMETER", "parameter_id"},
                                       {"STATE", "state"},
                                       {"MEASURED", "measured_at"},
                                       {"IN BATCH", "in_batch"},
                                       {0}},
    .empty = "no tests were measured since the last good control",
};

static const struct view last_good_view = {
    .rows = "last_good",
    .columns = (const struct column[]){{"Last good control", "point"}, {"Value", "value"}, {"At", "at"}, {0}},
    .next = &held_tests_view,
};

static const struct view hold_shown_view = {.rows = "hold", .columns = hold_columns, .next = &last_good_view};

static const struct view holds_view = {
    .rows = "holds",
    .columns = (const struct column[]){{"HOLD", "hold_id"},
                                       {"BATCH", "batch_no"},
                                       {"CHART", "chart"},
                                       {"POINT", "point"},
                                       {"POSITION", "position"},
                                       {"VALUE", "value"},
                                       {"REJECTED BY", "rules"},
                                       {"HELD", "held_at"},
                                       {"RELEASED BY", "released_by"},
                                       {0}},
    .empty = "no holds",
};

static const struct view entered_hold_view = {
    .rows = "hold", .columns = hold_columns, .empty = "no batch is held by it"};

static const struct view entered_view = {
    .rows = "point",
    .columns = (const struct column[]){{"Point", "point"},
                                       {"Value", "value"},
                                       {"Batch", "batch_no"},
                                       {"Run", "run"},
                                       {"Alarms", "alarms.rule"},
                                       {"Limits version", "limits_version"},
                                       {0}},
    .next = &entered_hold_view,
};

static const struct view batch_view = {
    .columns = (const struct column[]){{"Batch", "batch_no"}, {"Tests", "tests"}, {"Is held", "held"}, {0}}};

static const struct column nonconformity_columns[] = {
    {"Nonconformity", "nonconformity_no"},
    {"Description", "description"},
    {"Hold", "hold_id"},
    {"Opened by", "opened_by"},
    {"Opened", "opened_at"},
    {"Cause", "cause"},
    {"Correction", "correction"},
    {"Corrective action", "corrective_action"},
    {"Closed by", "closed_by"},
    {"Closed", "closed_at"},
    {"Version", "version"},
    {0},
};

static const struct view nonconformity_view = {.rows = "nonconformity", .columns = nonconformity_columns};

static const struct view nonconformities_view = {
    .rows = "nonconformities",
    .columns = (const struct column[]){{"NUMBER", "nonconformity_no"},
                                       {"DESCRIPTION", "description"},
                                       {"OPENED BY", "opened_by"},
                                       {"OPENED", "opened_at"},
                                       {"CLOSED BY", "closed_by"},
                                       {"CORRECTIVE ACTION", "corrective_action"},
                                       {0}},
    .empty = "no nonconformities",
};

static const struct version_source hold_version = {ROWS_CALL("QualityService", "GetHold", get_hold),
                                                   .key = "hold_id", .version = "hold.version"};

static const struct version_source chart_version = {ROWS_CALL("QualityService", "GetChart", get_chart),
                                                    .key = "chart", .laboratory = "laboratory",
                                                    .version = "chart.version"};

static const struct version_source nonconformity_version = {
    ROWS_CALL("QualityService", "ListNonconformities", list_nonconformities),
    .key = "nonconformity_no",
    .laboratory = "laboratory",
    .rows = "nonconformities",
    .version = "version",
    .unlisted = "is no nonconformity of your profile's laboratory"};

#define ROWS_CHART ROWS_POSITIONAL("CHART", "chart", "name of the chart")

#define ROWS_BATCH_TEST(more)                                                                                \
    {                                                                                                        \
        .name = "test", .field = "test_ids", .traits = ARGUMENT_REPEATED | (more), .value = "TEST",          \
        .help = "id of a test that is measured in the batch"                                                 \
    }

#define ROWS_NEWEST                                                                                          \
    {                                                                                                        \
        .name = "newest", .field = "newest", .value = "N",                                                   \
        .help = "how many of the newest points (without it: 100)"                                            \
    }

#define ROWS_ONLY_OPEN                                                                                       \
    {                                                                                                        \
        .name = "open", .field = "only_open", .kind = ARGUMENT_SWITCH, .help = "only those that are open"    \
    }

static const struct argument laboratory_arguments[] = {ROWS_LABORATORY, {0}};

static const struct argument open_arguments[] = {
    ROWS_CHART,
    ROWS_LABORATORY,
    {.name = "method",
     .field = "method_id",
     .traits = ARGUMENT_REQUIRED,
     .value = "METHOD",
     .help = "method of the catalogue"},
    {.name = "parameter",
     .field = "parameter_id",
     .traits = ARGUMENT_REQUIRED,
     .value = "PARAMETER",
     .help = "parameter that it measures"},
    {.name = "material",
     .field = "material",
     .traits = ARGUMENT_REQUIRED,
     .value = "TEXT",
     .help = "reference material or control sample, with its lot"},
    {.name = "rules",
     .field = "rule_set",
     .value = "SET",
     .help = "nelson8, westgard, iso7870_2 or a set of your own (without it: westgard)",
     .fallback = "westgard"},
    {.name = "kind",
     .field = "kind",
     .value = "KIND",
     .help = "individuals or moving-range (without it: individuals)",
     .fallback = "individuals"},
    {0},
};

static const struct argument show_arguments[] = {ROWS_CHART, ROWS_LABORATORY, ROWS_NEWEST, {0}};

static const struct argument chart_arguments[] = {
    ROWS_CHART,
    ROWS_LABORATORY,
    ROWS_NEWEST,
    {.name = "format", .field = "format", .value = "FORMAT", .help = "svg (without it) or png"},
    {.name = "output",
     .kind = ARGUMENT_OPTION,
     .traits = ARGUMENT_PATH,
     .value = "FILE",
     .help = "where to ('-' = standard output); without it CHART.svg or CHART.png",
     .letter = 'o'},
    {0},
};

static const struct argument enter_arguments[] = {
    ROWS_CHART,
    ROWS_POSITIONAL("VALUE", "value", "the control's value exactly as the instrument shows it"),
    ROWS_LABORATORY,
    {.name = "batch",
     .field = "batch_no",
     .value = "BATCH",
     .help = "batch or worksheet that it was measured with"},
    {.name = "run",
     .field = "run",
     .value = "RUN",
     .help = "run of the instrument (without it: the batch, else the day)"},
    {.name = "note", .field = "note", .value = "TEXT", .help = "a remark"},
    ROWS_BATCH_TEST(0),
    {0},
};

static const struct argument freeze_arguments[] = {
    ROWS_CHART,
    ROWS_LABORATORY,
    ROWS_REASON,
    ROWS_VERSION,
    {.name = "estimator",
     .field = "estimator",
     .value = "HOW",
     .help = "moving-range or standard-deviation (without it: moving-range)",
     .fallback = "moving-range"},
    {.name = "from", .field = "first_point", .value = "POINT", .help = "first point (without it: the first)"},
    {.name = "to", .field = "last_point", .value = "POINT", .help = "last point (without it: the newest)"},
    {.name = "leave-out",
     .field = "left_out",
     .kind = ARGUMENT_POINT,
     .traits = ARGUMENT_REPEATED,
     .value = "POINT=WHY",
     .help = "a point that the limits shall not count, with its cause"},
    {0},
};

static const struct argument batch_arguments[] = {
    ROWS_POSITIONAL("BATCH", "batch_no", "batch or worksheet"),
    ROWS_LABORATORY,
    ROWS_BATCH_TEST(ARGUMENT_REQUIRED),
    {0},
};

static const struct argument listed_arguments[] = {ROWS_LABORATORY, ROWS_ONLY_OPEN, {0}};

static const struct argument hold_arguments[] = {ROWS_POSITIONAL("HOLD", "hold_id", "id of the hold"), {0}};

static const struct argument release_arguments[] = {
    ROWS_POSITIONAL("HOLD", "hold_id", "id of the hold"), ROWS_REASON, ROWS_VERSION, {0}};

static const struct argument report_arguments[] = {
    ROWS_LABORATORY,
    {.name = "description",
     .field = "description",
     .traits = ARGUMENT_REQUIRED,
     .value = "TEXT",
     .help = "what went wrong"},
    {.name = "hold", .field = "hold_id", .value = "HOLD", .help = "the hold that it is about"},
    {0},
};

static const struct argument close_arguments[] = {
    ROWS_POSITIONAL("NO", "nonconformity_no", "number of the nonconformity"),
    {.name = "cause", .field = "cause", .traits = ARGUMENT_REQUIRED, .value = "TEXT", .help = "root cause"},
    {.name = "correction",
     .field = "correction",
     .traits = ARGUMENT_REQUIRED,
     .value = "TEXT",
     .help = "what was done about this case"},
    {.name = "action",
     .field = "corrective_action",
     .traits = ARGUMENT_REQUIRED,
     .value = "TEXT",
     .help = "what was done so that it does not come again"},
    ROWS_VERSION,
    {0},
};

const struct command quality_commands[] = {
    {
        .noun = "quality",
        .verb = "list",
        .summary = "List the control charts of a laboratory",
        .summary_zh = "列出质量控制图",
        ROWS_CALL("QualityService", "ListCharts", list_charts),
        .traits = COMMAND_PAGED,
        .arguments = laboratory_arguments,
        .view = &charts_view,
    },
    {
        .noun = "quality",
        .verb = "open",
        .summary = "Open a control chart for a control sample",
        .summary_zh = "新建质量控制图",
        ROWS_CALL("QualityService", "CreateChart", create_chart),
        .traits = COMMAND_WRITE,
        .arguments = open_arguments,
        .view = &chart_view,
        .examples = "quality open XRF-AU750 --method M_XRF --parameter AU --material \"Au 750 CRM, lot 7\"",
    },
    {
        .noun = "quality",
        .verb = "show",
        .summary = "Show a control chart: points, alarms, limits, rules",
        .summary_zh = "查看控制图数据",
        ROWS_CALL("QualityService", "GetChart", get_chart),
        .arguments = show_arguments,
        .view = &shown_view,
    },
    {
        .noun = "quality",
        .verb = "chart",
        .summary = "Draw a control chart into an SVG file",
        .summary_zh = "绘制控制图（SVG）",
        ROWS_CALL("QualityService", "DrawChart", draw_chart),
        .arguments = chart_arguments,
        .run = draw_picture_run,
        .details = "The daemon draws it, so everybody gets the same picture. Rules that fired are marked and "
                   "named.",
        .examples = "quality chart XRF-AU750 --output chart.svg\nquality chart XRF-AU750 --format png",
    },
    {
        .noun = "quality",
        .verb = "enter",
        .summary = "Enter a control; a rule that rejects holds its batch",
        .summary_zh = "录入质控结果",
        ROWS_CALL("QualityService", "EnterControl", enter_control),
        .traits = COMMAND_WRITE,
        .arguments = enter_arguments,
        .view = &entered_view,
        .examples = "quality enter XRF-AU750 750.2 --batch B-17 --test 5b0e…",
    },
    {
        .noun = "quality",
        .verb = "freeze",
        .summary = "Freeze a new version of the limits, from at least 20 points",
        .summary_zh = "冻结控制限（新版本）",
        ROWS_CALL("QualityService", "FreezeLimits", freeze_limits),
        .traits = COMMAND_WRITE,
        .arguments = freeze_arguments,
        .view = &chart_view,
        .version = &chart_version,
        .examples = "quality freeze AU750 --leave-out '7=sample spilled' --reason 'validation 2026-11'",
    },
    {
        .noun = "quality",
        .verb = "batch",
        .summary = "Name tests that are measured in a batch",
        .summary_zh = "把检测任务归入批次",
        ROWS_CALL("QualityService", "AddToBatch", add_to_batch),
        .traits = COMMAND_WRITE,
        .arguments = batch_arguments,
        .view = &batch_view,
    },
    {
        .noun = "quality",
        .verb = "holds",
        .summary = "List holds on batches, newest first",
        .summary_zh = "列出批次扣留",
        ROWS_CALL("QualityService", "ListHolds", list_holds),
        .traits = COMMAND_PAGED,
        .arguments = listed_arguments,
        .view = &holds_view,
    },
    {
        .noun = "quality",
        .verb = "hold",
        .summary = "Show a hold with its tests back to the last good control",
        .summary_zh = "查看扣留及追溯到上次合格质控的任务",
        ROWS_CALL("QualityService", "GetHold", get_hold),
        .arguments = hold_arguments,
        .view = &hold_shown_view,
    },
    {
        .noun = "quality",
        .verb = "release",
        .summary = "Release a hold as the quality manager, with a reason",
        .summary_zh = "质量负责人解除扣留",
        ROWS_CALL("QualityService", "ReleaseHold", release_hold),
        .traits = COMMAND_WRITE,
        .arguments = release_arguments,
        .view = &hold_view,
        .version = &hold_version,
    },
    {
        .noun = "quality",
        .verb = "report",
        .summary = "Open a nonconformity",
        .summary_zh = "登记不符合工作",
        ROWS_CALL("QualityService", "OpenNonconformity", open_nonconformity),
        .traits = COMMAND_WRITE,
        .arguments = report_arguments,
        .view = &nonconformity_view,
    },
    {
        .noun = "quality",
        .verb = "close",
        .summary = "Close a nonconformity with cause, correction and corrective action",
        .summary_zh = "关闭不符合工作（原因、纠正、纠正措施）",
        ROWS_CALL("QualityService", "CloseNonconformity", close_nonconformity),
        .traits = COMMAND_WRITE,
        .arguments = close_arguments,
        .view = &nonconformity_view,
        .version = &nonconformity_version,
    },
    {
        .noun = "quality",
        .verb = "nonconformities",
        .summary = "List nonconformities",
        .summary_zh = "列出不符合工作",
        ROWS_CALL("QualityService", "ListNonconformities", list_nonconformities),
        .traits = COMMAND_PAGED,
        .arguments = listed_arguments,
        .view = &nonconformities_view,
    },
    {0},
};
