// SPDX-License-Identifier: Apache-2.0
// Command table: proficiency tests and checks against certified reference materials.
#include "run/draw_picture.h"
#include "table/rows.h"
#include "touchstone/v1/quality.pb-c.h"

static const struct view scores_view = {
    .rows = "proficiency.scores",
    .columns =
        (const struct column[]){
            {"SCORE", "score_kind"}, {"VALUE", "score"}, {"VERDICT", "verdict"}, {"TRACE", "trace"}, {0}},
    .empty = "no scores",
};

static const struct view round_view = {
    .rows = "proficiency",
    .columns = (const struct column[]){{"Record", "proficiency_id"},
                                       {"Provider", "provider"},
                                       {"Scheme", "scheme"},
                                       {"Round", "round"},
                                       {"Sample", "sample"},
                                       {"Method", "method_id"},
                                       {"Parameter", "parameter_en"},
                                       {"参数", "parameter_zh"},
                                       {"Unit", "unit"},
                                       {"Result", "value"},
                                       {"u", "standard_uncertainty"},
                                       {"U", "expanded_uncertainty"},
                                       {"Assigned value", "assigned_value"},
                                       {"u of it", "assigned_standard_uncertainty"},
                                       {"U of it", "assigned_expanded_uncertainty"},
                                       {"Scored against", "scored_against"},
                                       {"With sigma", "scored_sigma"},
                                       {"Algorithm A", "robust_trace"},
                                       {"Verdict", "verdict"},
                                       {"Conclusion", "sentence_en"},
                                       {"结论", "sentence_zh"},
                                       {"Nonconformity", "nonconformity_no"},
                                       {"Note", "note"},
                                       {"Recorded by", "recorded_by"},
                                       {"Recorded", "recorded_at"},
                                       {"Replaces", "replaces"},
                                       {"Replaced by", "replaced_by"},
                                       {0}},
    .next = &scores_view,
};

static const struct view rounds_view = {
    .rows = "proficiency",
    .columns = (const struct column[]){{"RECORD", "proficiency_id"},
                                       {"SCHEME", "scheme"},
                                       {"ROUND", "round"},
                                       {"METHOD", "method_id"},
                                       {"PARAMETER", "parameter_id"},
                                       {"RESULT", "value"},
                                       {"SCORES", "scores.score"},
                                       {"VERDICT", "verdict"},
                                       {"NONCONFORMITY", "nonconformity_no"},
                                       {"REPLACED BY", "replaced_by"},
                                       {0}},
    .empty = "no proficiency tests",
};

static const struct view crm_view = {
    .rows = "crm_check",
    .columns = (const struct column[]){{"Check", "crm_check_id"},
                                       {"Material", "material"},
                                       {"Method", "method_id"},
                                       {"Parameter", "parameter_en"},
                                       {"参数", "parameter_zh"},
                                       {"Instrument", "instrument"},
                                       {"Unit", "unit"},
                                       {"Certified", "certified_value"},
                                       {"U of it", "certified_uncertainty"},
                                       {"Its k", "certified_coverage"},
                                       {"Measured", "value"},
                                       {"U", "expanded_uncertainty"},
                                       {"k", "coverage_factor"},
                                       {"Is accepted", "accepted"},
                                       {"Trace", "trace"},
                                       {"Conclusion", "sentence_en"},
                                       {"结论", "sentence_zh"},
                                       {"Batch", "batch_no"},
                                       {"Hold", "hold_id"},
                                       {"Nonconformity", "nonconformity_no"},
                                       {"Note", "note"},
                                       {"Recorded by", "recorded_by"},
                                       {"Recorded", "recorded_at"},
                                       {0}},
};

static const struct view crms_view = {
    .rows = "crm_checks",
    .columns = (const struct column[]){{"CHECK", "crm_check_id"},
                                       {"MATERIAL", "material"},
                                       {"METHOD", "method_id"},
                                       {"PARAMETER", "parameter_id"},
                                       {"INSTRUMENT", "instrument"},
                                       {"CERTIFIED", "certified_value"},
                                       {"MEASURED", "value"},
                                       {"ACCEPTED", "accepted"},
                                       {"NONCONFORMITY", "nonconformity_no"},
                                       {0}},
    .empty = "no checks against reference materials",
};

static const struct argument record_arguments[] = {
    ROWS_POSITIONAL("METHOD", "method_id", "method of the catalogue"),
    ROWS_POSITIONAL("PARAMETER", "parameter_id", "parameter that it measures"),
    ROWS_POSITIONAL("RESULT", "value", "the laboratory's result exactly as it was reported"),
    ROWS_LABORATORY,
    ROWS_NEEDED("provider", "provider", "WHO", "who organises the test"),
    ROWS_NEEDED("scheme", "scheme", "NAME", "scheme or programme"),
    ROWS_NEEDED("round", "round", "NO", "number of the round"),
    ROWS_OPTION("sample", "sample", "TEXT", "sample or level of the round"),
    ROWS_OPTION("unit", "unit", "TEXT", "of all numbers (without it: that of the parameter)"),
    ROWS_OPTION("assigned", "assigned_value", "VALUE", "assigned value of the provider"),
    ROWS_OPTION("sigma", "sigma_pt", "VALUE", "standard deviation for proficiency assessment, for z"),
    ROWS_OPTION("u", "standard_uncertainty", "VALUE", "standard uncertainty of the result, for zeta"),
    ROWS_OPTION("assigned-u", "assigned_standard_uncertainty", "VALUE",
                "standard uncertainty of the assigned value"),
    ROWS_OPTION("uncertainty", "expanded_uncertainty", "VALUE", "expanded uncertainty of the result, for En"),
    ROWS_OPTION("assigned-uncertainty", "assigned_expanded_uncertainty", "VALUE",
                "expanded uncertainty of the assigned value"),
    {.name = "participant",
     .field = "participants",
     .traits = ARGUMENT_REPEATED,
     .value = "VALUE",
     .help = "a participant's result; all of them instead of an assigned value: Algorithm A makes it"},
    ROWS_OPTION("note", "note", "TEXT", "a remark; why, when an earlier record is corrected"),
    ROWS_OPTION("replaces", "replaces", "RECORD", "the record that this one corrects"),
    {0},
};

static const struct argument listed_arguments[] = {
    ROWS_LABORATORY,
    ROWS_OPTION("method", "method_id", "METHOD", "only of this method"),
    ROWS_OPTION("parameter", "parameter_id", "PARAMETER", "only of this parameter"),
    {0},
};

static const struct argument round_arguments[] = {
    ROWS_POSITIONAL("RECORD", "proficiency_id", "id of the record"), {0}};

static const struct argument chart_arguments[] = {
    ROWS_POSITIONAL("METHOD", "method_id", "method of the catalogue"),
    ROWS_POSITIONAL("PARAMETER", "parameter_id", "parameter that it measures"),
    ROWS_LABORATORY,
    ROWS_OPTION("newest", "newest", "N", "how many of the newest scores (without it: 100)"),
    ROWS_OPTION("format", "format", "FORMAT", "svg (without it) or png"),
    {.name = "output",
     .kind = ARGUMENT_OPTION,
     .traits = ARGUMENT_PATH,
     .value = "FILE",
     .help = "where to ('-' = standard output); without it METHOD.svg or METHOD.png",
     .letter = 'o'},
    {0},
};

static const struct argument crm_arguments[] = {
    ROWS_POSITIONAL("METHOD", "method_id", "method of the catalogue"),
    ROWS_POSITIONAL("PARAMETER", "parameter_id", "parameter that it measures"),
    ROWS_POSITIONAL("MEASURED", "value", "the mean that was measured"),
    ROWS_LABORATORY,
    ROWS_NEEDED("material", "material", "TEXT", "reference material with its lot"),
    ROWS_NEEDED("certified", "certified_value", "X", "certified value"),
    ROWS_NEEDED("u-ref", "certified_uncertainty", "U", "expanded uncertainty of the certificate"),
    ROWS_NEEDED("u-lab", "expanded_uncertainty", "U", "expanded uncertainty of the measured mean"),
    ROWS_OPTION("k-ref", "certified_coverage", "K", "coverage factor of the certificate (without it: 2)"),
    ROWS_OPTION("k-lab", "coverage_factor", "K", "coverage factor of the measured mean (without it: 2)"),
    ROWS_OPTION("instrument", "instrument", "NAME", "instrument that measured it"),
    ROWS_OPTION("unit", "unit", "TEXT", "of all numbers (without it: that of the parameter)"),
    ROWS_OPTION("batch", "batch_no", "BATCH", "batch that it was measured with; a failed check holds it"),
    {.name = "test",
     .field = "test_ids",
     .traits = ARGUMENT_REPEATED,
     .value = "TEST",
     .help = "id of a test that is measured in the batch"},
    ROWS_OPTION("note", "note", "TEXT", "a remark"),
    {0},
};

static const struct argument crms_arguments[] = {
    ROWS_LABORATORY,
    ROWS_OPTION("method", "method_id", "METHOD", "only of this method"),
    ROWS_OPTION("parameter", "parameter_id", "PARAMETER", "only of this parameter"),
    ROWS_OPTION("instrument", "instrument", "NAME", "only of this instrument"),
    {0},
};

static const struct argument crm_show_arguments[] = {
    ROWS_POSITIONAL("CHECK", "crm_check_id", "id of the check"), {0}};

const struct command proficiency_commands[] = {
    {
        .noun = "quality",
        .verb = "proficiency",
        .summary = "Record a result of a proficiency test; z, zeta and En are calculated",
        .summary_zh = "登记能力验证结果（计算 z、ζ、En）",
        ROWS_CALL("QualityService", "RecordProficiency", record_proficiency),
        .traits = COMMAND_WRITE,
        .arguments = record_arguments,
        .view = &round_view,
        .details = "An unsatisfactory score opens a nonconformity; a questionable one is a warning.",
        .examples = "quality proficiency M_XRF AU 752.3 --provider CNAS --scheme T0812 --round 2026-1 "
                    "--assigned 750.1 --sigma 0.9",
    },
    {
        .noun = "quality",
        .verb = "proficiency-list",
        .summary = "List results of proficiency tests, newest first",
        .summary_zh = "列出能力验证结果",
        ROWS_CALL("QualityService", "ListProficiency", list_proficiency),
        .traits = COMMAND_PAGED,
        .arguments = listed_arguments,
        .view = &rounds_view,
    },
    {
        .noun = "quality",
        .verb = "proficiency-show",
        .summary = "Show a result of a proficiency test with its scores and their traces",
        .summary_zh = "查看能力验证结果",
        ROWS_CALL("QualityService", "GetProficiency", get_proficiency),
        .arguments = round_arguments,
        .view = &round_view,
    },
    {
        .noun = "quality",
        .verb = "proficiency-chart",
        .summary = "Draw the z-scores over the rounds into an SVG or PNG file",
        .summary_zh = "绘制历轮 z 值图",
        ROWS_CALL("QualityService", "DrawProficiency", draw_proficiency),
        .arguments = chart_arguments,
        .run = draw_picture_run,
        .examples = "quality proficiency-chart M_XRF AU --output scores.svg",
    },
    {
        .noun = "quality",
        .verb = "crm",
        .summary = "Record a check against a certified reference material",
        .summary_zh = "登记标准物质核查",
        ROWS_CALL("QualityService", "RecordCrmCheck", record_crm_check),
        .traits = COMMAND_WRITE,
        .arguments = crm_arguments,
        .view = &crm_view,
        .details = "A failed check opens a nonconformity, and holds its batch as a failed control does.",
        .examples = "quality crm M_XRF AU 750.9 --material \"GBW(E)130101, lot 3\" --certified 750.2 "
                    "--u-ref 0.4 --u-lab 0.8",
    },
    {
        .noun = "quality",
        .verb = "crm-list",
        .summary = "List checks against reference materials, newest first",
        .summary_zh = "列出标准物质核查",
        ROWS_CALL("QualityService", "ListCrmChecks", list_crm_checks),
        .traits = COMMAND_PAGED,
        .arguments = crms_arguments,
        .view = &crms_view,
    },
    {
        .noun = "quality",
        .verb = "crm-show",
        .summary = "Show a check against a reference material",
        .summary_zh = "查看标准物质核查",
        ROWS_CALL("QualityService", "GetCrmCheck", get_crm_check),
        .arguments = crm_show_arguments,
        .view = &crm_view,
    },
    {0},
};
