// SPDX-License-Identifier: Apache-2.0
// Command table: readings that two persons make apart, retests, the history of an item's results, and work by
// the code on the label.
#include "table/rows.h"
#include "touchstone/v1/bench.pb-c.h"
#include "touchstone/v1/review.pb-c.h"

static const struct column test_columns[] = {
    {"Test", "test_id"},          {"Item", "item_code"},
    {"Method", "method"},         {"Parameter", "parameter_en"},
    {"State", "state"},           {"Readings in", "readings_in"},
    {"Result", "judgement.mean"}, {"Verdict", "judgement.verdict"},
    {"Retest of", "retest_of"},   {"Superseded by", "superseded_by"},
    {"Version", "version"},       {0},
};

static const struct column reading_columns[] = {
    {"ROUND", "round"},
    {"READER", "reader"},
    {"AT", "at"},
    {"RESULT", "result"},
    {"OBSERVATIONS", "observations"},
    {"INSTRUMENT", "instrument"},
    {"REASON", "reason"},
    {0},
};

static const struct view readings_view = {.rows = "readings", .columns = reading_columns};

static const struct view read_state_view = {
    .columns = (const struct column[]){{"Identification", "state"}, {0}}, .next = &readings_view};

static const struct view read_view = {.rows = "test", .columns = test_columns, .next = &read_state_view};

static const struct view readings_shown_view = {
    .columns = (const struct column[]){{"Identification", "state"}, {"Readings in", "readings_in"}, {0}},
    .next = &readings_view,
};

static const struct view superseded_view = {.rows = "superseded", .columns = test_columns};

static const struct view retest_view = {.rows = "test", .columns = test_columns, .next = &superseded_view};

static const struct view work_view = {
    .rows = "work",
    .columns = (const struct column[]){{"TEST", "test_id"},
                                       {"METHOD", "method_id"},
                                       {"PARAMETER", "parameter_id"},
                                       {"WORKER", "worker"},
                                       {"STARTED", "started_at"},
                                       {"STOPPED", "stopped_at"},
                                       {0}},
};

static const struct view history_view = {
    .rows = "changes",
    .columns = (const struct column[]){{"AT", "at"},
                                       {"WHAT", "kind"},
                                       {"BY", "changed_by"},
                                       {"BECAUSE", "reason"},
                                       {"COMPLAINT", "complaint"},
                                       {"TEST", "test_id"},
                                       {"PARAMETER", "parameter_id"},
                                       {"WAS", "state_before"},
                                       {"OLD READINGS", "old_result.readings.value"},
                                       {"OLD INPUTS", "old_result.inputs"},
                                       {"OLD RESULT", "old_result.mean"},
                                       {"NEW READINGS", "new_result.readings.value"},
                                       {"NEW INPUTS", "new_result.inputs"},
                                       {"NEW RESULT", "new_result.mean"},
                                       {"OLD VERDICT", "old_result.verdict"},
                                       {"OLD REVISION", "old_result.catalogue_revision"},
                                       {"NEW VERDICT", "new_result.verdict"},
                                       {"NEW REVISION", "new_result.catalogue_revision"},
                                       {0}},
    .empty = "no result of this item was changed",
    .next = &work_view,
};

static const struct version_source test_version = {ROWS_CALL("BenchService", "GetTest", get_test),
                                                   .key = "test_id", .version = "test.version"};

static const struct argument read_arguments[] = {
    ROWS_TEST,
    {.name = "result",
     .field = "result",
     .traits = ARGUMENT_REQUIRED,
     .value = "NAME",
     .help = "what it is, as you name it: jadeite, Mustela vison"},
    {.name = "observe",
     .field = "observations",
     .traits = ARGUMENT_REPEATED,
     .value = "TEXT",
     .help = "what it rests on: \"refractive index 1.66\", \"density 3.33\""},
    {.name = "instrument", .field = "instrument", .value = "NAME", .help = "instrument used"},
    ROWS_CIRCUMSTANCES,
    {.name = "reason", .field = "reason", .value = "TEXT", .help = "why it is read again"},
    ROWS_VERSION,
    {0},
};

static const struct argument test_arguments[] = {ROWS_TEST, {0}};

static const struct argument retest_arguments[] = {
    ROWS_TEST,
    ROWS_REASON,
    {.name = "complaint",
     .field = "complaint",
     .value = "TEXT",
     .help = "the complaint that led to it, by its number, without the name of a person"},
    ROWS_VERSION,
    {0},
};

static const struct argument work_arguments[] = {
    ROWS_ITEM,
    {.name = "test", .field = "test_id", .value = "TEST", .help = "only this test of the item"},
    {0},
};

static const struct argument history_arguments[] = {ROWS_ITEM, {0}};

const struct command change_commands[] = {
    {
        .noun = "test",
        .verb = "read",
        .summary = "Give your reading of an identification that two persons read apart",
        .summary_zh = "盲样鉴别：录入本人的独立鉴别结果",
        ROWS_CALL("BenchService", "EnterReading", enter_reading),
        .traits = COMMAND_WRITE,
        .arguments = read_arguments,
        .view = &read_view,
        .version = &test_version,
        .details =
            "Two readers who agree make the result. Where they differ a third person reads. Nobody sees\n"
            "another's reading before that.",
        .examples = "test read 5b0e… --result jadeite --observe \"refractive index 1.66 (spot)\" "
                    "--observe \"density 3.33\" --instrument R-2",
    },
    {
        .noun = "test",
        .verb = "readings",
        .summary = "Show readings of an identification: your own, and all once it is decided",
        .summary_zh = "查看独立鉴别结果",
        ROWS_CALL("BenchService", "GetReadings", get_readings),
        .arguments = test_arguments,
        .view = &readings_shown_view,
    },
    {
        .noun = "test",
        .verb = "retest",
        .summary = "Order a test once more as a new one; the first keeps its result",
        .summary_zh = "安排复测（原结果保留）",
        ROWS_CALL("ReviewService", "OrderRetest", order_retest),
        .traits = COMMAND_WRITE,
        .arguments = retest_arguments,
        .view = &retest_view,
        .version = &test_version,
        .details = "What a screening method left open, to be confirmed by the reference method, is not "
                   "screened again:\n"
                   "the reference method decides.",
    },
    {
        .noun = "test",
        .verb = "start",
        .summary = "Start work on what you hold, by the code on the label",
        .summary_zh = "扫码开始检测",
        ROWS_CALL("BenchService", "StartWork", start_work),
        .traits = COMMAND_WRITE,
        .arguments = work_arguments,
        .view = &work_view,
    },
    {
        .noun = "test",
        .verb = "stop",
        .summary = "Stop work, by the code on the label",
        .summary_zh = "扫码结束检测",
        ROWS_CALL("BenchService", "StopWork", stop_work),
        .traits = COMMAND_WRITE,
        .arguments = work_arguments,
        .view = &work_view,
    },
    {
        .noun = "item",
        .verb = "history",
        .summary = "Show changes of an item's results with old and new, retests, times of work",
        .summary_zh = "查看样品结果的更改、复测和工时",
        ROWS_CALL("BenchService", "GetItemHistory", get_item_history),
        .arguments = history_arguments,
        .view = &history_view,
    },
    {0},
};
