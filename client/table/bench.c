// SPDX-License-Identifier: Apache-2.0
// Command table: bench and review. Worklists, assignment, results, submission, the second person.
#include "table/rows.h"
#include "touchstone/v1/bench.pb-c.h"
#include "touchstone/v1/review.pb-c.h"

static const struct column list_columns[] = {
    {"TEST", "test_id"},
    {"ITEM", "item_code"},
    {"NAME", "item_name"},
    {"METHOD", "method_id"},
    {"PARAMETER", "parameter_id"},
    {"STATE", "state"},
    {"ASSIGNED TO", "assigned_to"},
    {"DUE", "due_at"},
    {"MEAN", "judgement.mean"},
    {"VERDICT", "judgement.verdict"},
    {0},
};

static const struct column test_columns[] = {
    {"Test", "test_id"},
    {"Item", "item_code"},
    {"Item name", "item_name"},
    {"Item mass g", "item_mass_g"},
    {"Hallmark", "hallmark"},
    {"Claimed product", "claimed_product_id"},
    {"Laboratory", "laboratory"},
    {"Method", "method"},
    {"Parameter", "parameter_en"},
    {"State", "state"},
    {"Assigned to", "assigned_to"},
    {"Due", "due_at"},
    {"Sent back because", "sent_back_reason"},
    {"Instrument", "instrument"},
    {"Temperature °C", "temperature_c"},
    {"Humidity %", "humidity_percent"},
    {"Deviation from the method", "deviation"},
    {"Inputs", "inputs"},
    {"Decision rule", "decision_rule"},
    {"Confirmed by", "confirmation"},
    {"Two read it apart", "blind"},
    {"Readings in", "readings_in"},
    {"Retest of", "retest_of"},
    {"Superseded by", "superseded_by"},
    {"Calculated", "judgement.trace.calculated"},
    {"Compared", "judgement.trace.compared"},
    {"Waits for a sign-off", "judgement.trace.unconfirmed"},
    {"Mean", "judgement.mean"},
    {"Range", "judgement.range"},
    {"Uncertainty U", "judgement.expanded_uncertainty"},
    {"Coverage factor k", "coverage_factor"},
    {"Unit", "judgement.unit"},
    {"Requirement", "judgement.requirement"},
    {"Standard", "judgement.standard"},
    {"Verdict", "judgement.verdict"},
    {"In words", "judgement.sentence_en"},
    {"结论说明", "judgement.sentence_zh"},
    {"Version", "version"},
    {0},
};

// Of EnterResult, when it replaced a result.
static const struct view change_view = {
    .rows = "change",
    .columns = (const struct column[]){{"Changed", "kind"},
                                       {"By", "changed_by"},
                                       {"At", "at"},
                                       {"Because", "reason"},
                                       {"Old readings", "old_result.readings.value"},
                                       {"Old inputs", "old_result.inputs"},
                                       {"Old result", "old_result.mean"},
                                       {"New readings", "new_result.readings.value"},
                                       {"New inputs", "new_result.inputs"},
                                       {0}},
};

static const struct view readings_view = {
    .rows = "test.readings",
    .columns =
        (const struct column[]){
            {"READING", "value"}, {"POSITION", "position"}, {"QUALIFIER", "qualifier"}, {0}},
    .next = &change_view,
};

static const struct view test_view = {.rows = "test", .columns = test_columns, .next = &readings_view};

static const struct view tests_view = {.rows = "tests", .columns = list_columns, .empty = "no tests"};

static const struct view left_view = {.rows = "left_tests",
                                      .columns = (const struct column[]){{"LEFT", "test_id"},
                                                                         {"ITEM", "item_code"},
                                                                         {"METHOD", "method_id"},
                                                                         {"PARAMETER", "parameter_id"},
                                                                         {"BECAUSE", "reason"},
                                                                         {0}}};

static const struct view assigned_count_view = {
    .columns = (const struct column[]){{"Left unassigned", "left_unassigned"}, {0}}, .next = &left_view};

static const struct view assigned_view = {.rows = "assigned",
                                          .columns = list_columns,
                                          .empty = "nothing was assigned",
                                          .next = &assigned_count_view};

static const struct view form_inputs_view = {.rows = "inputs",
                                             .columns = (const struct column[]){{"INPUT", "name"},
                                                                                {"WHAT", "label_en"},
                                                                                {"中文", "label_zh"},
                                                                                {"MEASURED IN", "unit"},
                                                                                {"OPTIONAL", "optional"},
                                                                                {0}}};

static const struct view form_view = {
    .columns = (const struct column[]){{"Method", "method_en"},
                                       {"Parameter", "parameter_en"},
                                       {"Unit", "unit"},
                                       {"Kind of value", "value_type"},
                                       {"Takes readings", "takes_readings"},
                                       {"Replicates at least", "min_replicates"},
                                       {"Grades", "grades"},
                                       {"LOD", "lod"},
                                       {"LOQ", "loq"},
                                       {"Rounded by", "round_rule"},
                                       {"Decimals", "decimals"},
                                       {"Two read it apart", "blind"},
                                       {"You are not qualified", "not_qualified"},
                                       {"You have no valid competence", "not_competent"},
                                       {"Demands a calibration", "demands_calibration"},
                                       {"Calibrated today", "calibrated"},
                                       {0}},
    .next = &form_inputs_view,
};

static const struct version_source test_version = {ROWS_CALL("BenchService", "GetTest", get_test),
                                                   .key = "test_id", .version = "test.version"};

static const struct argument list_arguments[] = {
    ROWS_LABORATORY,
    {.name = "state", .field = "state", .value = "STATE", .help = "only tests in this state"},
    {.name = "assigned-to",
     .field = "assigned_to",
     .value = "USERNAME",
     .help = "only the tests of this technician"},
    {.name = "item",
     .field = "item_code",
     .kind = ARGUMENT_ITEM_CODE,
     .value = "ITEM",
     .help = "only the tests of this item"},
    {0},
};

static const struct argument test_arguments[] = {ROWS_TEST, {0}};

static const struct argument form_arguments[] = {
    ROWS_POSITIONAL("METHOD", "method_id", "method, for example M_XRF"),
    ROWS_POSITIONAL("PARAMETER", "parameter_id", "parameter, for example AU"),
    ROWS_LABORATORY,
    {0},
};

static const struct argument versioned_arguments[] = {ROWS_TEST, ROWS_VERSION, {0}};

static const struct argument assign_arguments[] = {
    ROWS_TEST,
    ROWS_POSITIONAL("TECHNICIAN", "technician", "log-in of a technician qualified for the method"),
    {.name = "reason", .field = "reason", .value = "TEXT", .help = "why it is taken from somebody else"},
    ROWS_VERSION,
    {0},
};

static const struct argument laboratory_arguments[] = {ROWS_LABORATORY, {0}};

static const struct argument auto_assign_arguments[] = {
    ROWS_LABORATORY,
    {.name = "item",
     .field = "item_code",
     .kind = ARGUMENT_ITEM_CODE,
     .value = "ITEM",
     .help = "only the tests of this item, before all others"},
    {0},
};

static const struct argument enter_arguments[] = {
    ROWS_TEST,
    {.name = "reading",
     .field = "readings",
     .kind = ARGUMENT_READING,
     .traits = ARGUMENT_REPEATED,
     .value = "VALUE[@POSITION]",
     .help = "one reading exactly as the instrument shows it, with where on the item it was taken; '<' or "
             "'>' before the value says so, and (+) or (-) behind it that it was rounded already"},
    {.name = "inputs",
     .field = "inputs",
     .value = "JSON",
     .help = "named inputs of the method's formula as a JSON object, or a list of objects, one for each "
             "determination"},
    {.name = "confirmation",
     .field = "confirmation",
     .value = "TEXT",
     .help = "by which second determination the finding of a banned substance was confirmed"},
    {.name = "uncertainty",
     .field = "expanded_uncertainty",
     .value = "U",
     .help = "expanded uncertainty of the mean, in the unit of the result"},
    {.name = "k", .field = "coverage_factor", .value = "K", .help = "coverage factor (without it: 2)"},
    {.name = "instrument", .field = "instrument", .value = "NAME", .help = "instrument used"},
    ROWS_CIRCUMSTANCES,
    {.name = "reason",
     .field = "reason",
     .value = "TEXT",
     .help = "why readings that were there are replaced"},
    ROWS_VERSION,
    {0},
};

static const struct argument approve_arguments[] = {
    ROWS_TEST,
    {.name = "comment", .field = "comment", .value = "TEXT", .help = "a remark for the history"},
    ROWS_VERSION,
    {0},
};

static const struct argument choose_arguments[] = {
    ROWS_TEST,
    ROWS_POSITIONAL("LIMIT", "limit_id", "limit (catalogue limits), for example L161"),
    ROWS_REASON,
    ROWS_VERSION,
    {0}};

static const struct argument send_back_arguments[] = {ROWS_TEST, ROWS_REASON, ROWS_VERSION, {0}};

const struct command bench_commands[] = {
    {
        .noun = "test",
        .verb = "list",
        .summary = "List tests of a laboratory, soonest due first",
        .summary_zh = "列出检测任务（按时限排序）",
        .details = "Without --state or --item those that are released, cancelled or superseded are left out.",
        ROWS_CALL("BenchService", "ListTests", list_tests),
        .traits = COMMAND_PAGED,
        .arguments = list_arguments,
        .view = &tests_view,
        .examples = "test list --state unassigned\ntest list --assigned-to tech1 --json",
    },
    {
        .noun = "test",
        .verb = "show",
        .summary = "Show a test with its readings and judgement",
        .summary_zh = "查看检测任务、读数和判定",
        ROWS_CALL("BenchService", "GetTest", get_test),
        .arguments = test_arguments,
        .view = &test_view,
    },
    {
        .noun = "test",
        .verb = "form",
        .summary = "Show what the entry of a method and parameter asks for",
        .summary_zh = "查看某方法某参数的录入项",
        ROWS_CALL("BenchService", "GetEntryForm", get_entry_form),
        .arguments = form_arguments,
        .view = &form_view,
        .examples = "test form M_XRF AU\ntest form M_CUP AU",
    },
    {
        .noun = "test",
        .verb = "assign",
        .summary = "Assign a test to a qualified and competent technician",
        .summary_zh = "把检测任务指派给有资质的检测员",
        ROWS_CALL("BenchService", "AssignTest", assign_test),
        .traits = COMMAND_WRITE,
        .arguments = assign_arguments,
        .view = &test_view,
        .version = &test_version,
    },
    {
        .noun = "test",
        .verb = "auto-assign",
        .summary = "Assign every unassigned test by rule",
        .summary_zh = "按规则自动指派全部未指派任务",
        ROWS_CALL("BenchService", "AutoAssignTests", auto_assign_tests),
        .traits = COMMAND_WRITE,
        .arguments = auto_assign_arguments,
        .view = &assigned_view,
        .details = "Soonest due first, each to the person with the fewest open tests of those who are fit "
                   "today.\n"
                   "At most 200 at a time. What is left unassigned is told with the reason.",
        .examples = "test auto-assign\ntest auto-assign --item 4K7-Q2M-9XA",
    },
    {
        .noun = "test",
        .verb = "claim",
        .summary = "Take an unassigned test yourself",
        .summary_zh = "领取未指派的任务",
        ROWS_CALL("BenchService", "ClaimTest", claim_test),
        .traits = COMMAND_WRITE,
        .arguments = versioned_arguments,
        .view = &test_view,
        .version = &test_version,
    },
    {
        .noun = "test",
        .verb = "enter",
        .summary = "Enter the readings of a test, exactly as typed",
        .summary_zh = "录入读数（原样保存）",
        ROWS_CALL("BenchService", "EnterResult", enter_result),
        .traits = COMMAND_WRITE,
        .arguments = enter_arguments,
        .view = &test_view,
        .version = &test_version,
        .details =
            "What was there before goes to the history; replacing it needs --reason. So does a submitted or "
            "approved\nresult before the sheet: the test is then open again.",
        .examples = "test enter 5b0e… --reading 751.2@shank --reading 750.8@clasp --reading 751.0@setting "
                    "--uncertainty 0.6 --instrument XRF-1",
    },
    {
        .noun = "test",
        .verb = "submit",
        .summary = "Have a test judged and hand it to review",
        .summary_zh = "提交复核",
        ROWS_CALL("BenchService", "SubmitTest", submit_test),
        .traits = COMMAND_WRITE,
        .arguments = versioned_arguments,
        .view = &test_view,
        .version = &test_version,
    },
    {
        .noun = "test",
        .verb = "rejudge",
        .summary = "Judge a submitted or approved result anew by the catalogue of now",
        .summary_zh = "按现行目录版本重新判定已提交的结果",
        ROWS_CALL("BenchService", "RejudgeTest", rejudge_test),
        .traits = COMMAND_WRITE,
        .arguments = send_back_arguments,
        .view = &test_view,
        .version = &test_version,
        .details = "Readings and the judgement before stay in the record; the test is reviewed again.",
        .examples = "test rejudge 5b0e… --reason 'GB 19302-2025 is in force since the day of production'",
    },
    {
        .noun = "test",
        .verb = "approve",
        .summary = "Approve a submitted test as the second person",
        .summary_zh = "复核通过",
        ROWS_CALL("ReviewService", "ApproveTest", approve_test),
        .traits = COMMAND_WRITE,
        .arguments = approve_arguments,
        .view = &test_view,
        .version = &test_version,
    },
    {
        .noun = "test",
        .verb = "choose-limit",
        .summary = "Say which of several requirements holds: season, load, part",
        .summary_zh = "选定适用的限值（季节、载荷、部位）",
        ROWS_CALL("BenchService", "ChooseLimit", choose_limit),
        .traits = COMMAND_WRITE,
        .arguments = choose_arguments,
        .view = &test_view,
        .version = &test_version,
    },
    {
        .noun = "test",
        .verb = "send-back",
        .summary = "Send a submitted test back to its technician",
        .summary_zh = "退回检测员",
        ROWS_CALL("ReviewService", "SendBackTest", send_back_test),
        .traits = COMMAND_WRITE,
        .arguments = send_back_arguments,
        .view = &test_view,
        .version = &test_version,
    },
    {
        .noun = "review",
        .verb = "list",
        .summary = "List submitted tests that wait for review",
        .summary_zh = "列出待复核任务",
        ROWS_CALL("ReviewService", "ListSubmittedTests", list_submitted_tests),
        .traits = COMMAND_PAGED,
        .arguments = laboratory_arguments,
        .view = &tests_view,
    },
    {0},
};
