// SPDX-License-Identifier: Apache-2.0
// Command table: worksheets and the control plans that they are made by.
#include "run/draw_picture.h"
#include "table/rows.h"
#include "touchstone/v1/worksheet.pb-c.h"

static const struct column worksheet_columns[] = {
    {"Worksheet", "worksheet_no"},
    {"Laboratory", "laboratory"},
    {"Method", "method"},
    {"Parameter", "parameter_en"},
    {"参数", "parameter_zh"},
    {"Unit", "unit"},
    {"Batch", "batch_no"},
    {"Batch is held", "held"},
    {"Instrument", "instrument"},
    {"Positions", "positions"},
    {"Samples", "samples"},
    {"State", "state"},
    {"Made by", "analyst"},
    {"Made", "made_at"},
    {"Entered by", "entered_by"},
    {"Entered", "entered_at"},
    {"From the file", "file_name"},
    {"SHA-256", "file_sha256"},
    {"Cancelled because", "cancel_reason"},
    {"Plan", "plan.plan_no"},
    {"Blank below", "plan.blank_limit"},
    {"Duplicates within %", "plan.duplicate_percent"},
    {"Recovery from %", "plan.spike_low_percent"},
    {"Recovery to %", "plan.spike_high_percent"},
    {"Version", "version"},
    {0},
};

static const struct view holds_view = {
    .rows = "holds",
    .columns = (const struct column[]){{"HOLD", "hold_id"},
                                       {"CHART", "chart"},
                                       {"POINT", "point"},
                                       {"POSITION", "position"},
                                       {"VALUE", "value"},
                                       {"REJECTED BY", "rules"},
                                       {"RELEASED BY", "released_by"},
                                       {0}},
    .empty = "no holds on its batch",
};

static const struct column position_columns[] = {
    {"POSITION", "position"},
    {"KIND", "kind"},
    {"ITEM", "test.item_code"},
    {"CHART", "chart"},
    {"OF", "of_position"},
    {"ADDED", "added"},
    {"VALUE", "value"},
    {"QUALIFIER", "qualifier"},
    {"RESULT", "test.judgement.mean"},
    {"VERDICT", "test.judgement.verdict"},
    {"HELD", "held"},
    {"%", "figure"},
    {"OUTCOME", "outcome"},
    {"RULES", "rules"},
    {"STATE", "test.state"},
    {"REASON", "reason"},
    {0},
};

static const struct view positions_view = {
    .rows = "positions", .columns = position_columns, .empty = "no positions"};

static const struct view made_view = {
    .rows = "worksheet", .columns = worksheet_columns, .next = &positions_view};

static const struct view held_positions_view = {
    .rows = "positions", .columns = position_columns, .empty = "no positions", .next = &holds_view};

static const struct view shown_view = {
    .rows = "worksheet", .columns = worksheet_columns, .next = &held_positions_view};

static const struct view head_view = {.rows = "worksheet", .columns = worksheet_columns};

static const struct view listed_view = {
    .rows = "worksheets",
    .columns = (const struct column[]){{"WORKSHEET", "worksheet_no"},
                                       {"METHOD", "method_id"},
                                       {"PARAMETER", "parameter_id"},
                                       {"POSITIONS", "positions"},
                                       {"SAMPLES", "samples"},
                                       {"STATE", "state"},
                                       {"HELD", "held"},
                                       {"MADE BY", "analyst"},
                                       {"MADE", "made_at"},
                                       {0}},
    .empty = "no worksheets",
};

#define PLAN_COLUMNS                                                                                         \
    {"Method", "method_id"}, {"Parameter", "parameter_id"}, {"Plan", "plan_no"}, {"Blanks", "blanks"},       \
        {"Blank below", "blank_limit"}, {"Charts", "charts"}, {"Control every", "controls_every"},           \
        {"Duplicate every", "duplicates_every"}, {"Within %", "duplicate_percent"},                          \
        {"Spike every", "spikes_every"}, {"Added", "spike_added"}, {"From %", "spike_low_percent"},          \
        {"To %", "spike_high_percent"}, {"Set by", "set_by"}, {"Set", "set_at"}, {"Reason", "reason"},       \
    {                                                                                                        \
        0                                                                                                    \
    }

static const struct view plan_view = {.rows = "plan", .columns = (const struct column[]){PLAN_COLUMNS}};

static const struct view plans_view = {
    .rows = "plans", .columns = (const struct column[]){PLAN_COLUMNS}, .empty = "no control plans"};

static const struct view read_view = {
    .rows = "values",
    .columns = (const struct column[]){{"LINE", "line"},
                                       {"ITEM", "item"},
                                       {"CODE", "code"},
                                       {"IN THE FILE", "raw"},
                                       {"POSITION", "position"},
                                       {"VALUE", "value"},
                                       {"QUALIFIER", "qualifier"},
                                       {"ENTERED", "entered"},
                                       {"WHY NOT", "reason"},
                                       {"DETAIL", "detail"},
                                       {0}},
    .empty = "the file has no values",
};

static const struct view readings_view = {
    .columns = (const struct column[]){{"Positions to be entered by hand", "missing"}, {0}},
    .next = &read_view};

static const struct version_source worksheet_version = {
    ROWS_CALL("WorksheetService", "GetWorksheet", get_worksheet), .key = "worksheet_no",
    .version = "worksheet.version"};

#define ROWS_WORKSHEET ROWS_POSITIONAL("WORKSHEET", "worksheet_no", "number of the worksheet")

#define ROWS_OF                                                                                              \
    {.name = "method",                                                                                       \
     .field = "method_id",                                                                                   \
     .traits = ARGUMENT_REQUIRED,                                                                            \
     .value = "METHOD",                                                                                      \
     .help = "method of the catalogue"},                                                                     \
    {                                                                                                        \
        .name = "parameter", .field = "parameter_id", .traits = ARGUMENT_REQUIRED, .value = "PARAMETER",     \
        .help = "parameter that it measures"                                                                 \
    }

static const struct argument list_arguments[] = {
    ROWS_LABORATORY,
    {.name = "state", .field = "state", .value = "STATE", .help = "open, entered, submitted or cancelled"},
    {0}};

static const struct argument worksheet_arguments[] = {ROWS_WORKSHEET, {0}};

static const struct argument create_arguments[] = {
    ROWS_LABORATORY,
    ROWS_OF,
    {.name = "samples",
     .field = "samples",
     .value = "N",
     .help = "at most so many (without it: as many as wait and fit)"},
    {.name = "test",
     .field = "test_ids",
     .traits = ARGUMENT_REPEATED,
     .value = "TEST",
     .help = "id of a test, instead of those that wait"},
    {.name = "instrument", .field = "instrument", .value = "NAME", .help = "instrument used"},
    {.name = "batch",
     .field = "batch_no",
     .value = "BATCH",
     .help = "batch that it shares with other worksheets (without it: its own number)"},
    {0},
};

#define ROWS_READINGS(more, called)                                                                          \
    {                                                                                                        \
        .name = called, .field = "readings_file.content", .kind = ARGUMENT_FILE,                             \
        .traits = ARGUMENT_PATH | (more), .value = "FILE",                                                   \
        .help = "file of the instrument ('-' = standard input)"                                              \
    }

static const struct argument enter_arguments[] = {
    ROWS_WORKSHEET,
    {.name = "file",
     .kind = ARGUMENT_OPTION,
     .traits = ARGUMENT_PATH,
     .value = "FILE",
     .help = "JSON of an EnterWorksheetRequest ('-' = standard input); flags add to it or change it"},
    {.name = "result",
     .field = "results",
     .kind = ARGUMENT_RESULT,
     .traits = ARGUMENT_REPEATED,
     .value = "POSITION=VALUE[,VALUE...][/U]",
     .help =
         "readings of one position exactly as the instrument shows them, '<', '>' or 'ND<' before a value "
         "says so; with the expanded uncertainty U behind them; or POSITION=skip:WHY for a sample without "
         "a result"},
    ROWS_READINGS(ARGUMENT_KEEPS_NAME, "from"),
    {.name = "read-by",
     .field = "readings_file.profile",
     .value = "PROFILE",
     .help = "the instrument's profile that the file is read by"},
    {.name = "leave-out",
     .field = "readings_file.leave_out",
     .kind = ARGUMENT_SWITCH,
     .help = "leave out what the file has and this worksheet has not; without it such a file is refused"},
    {.name = "k", .field = "coverage_factor", .value = "K", .help = "coverage factor (without it: 2)"},
    ROWS_CIRCUMSTANCES,
    {.name = "lot",
     .field = "lots",
     .traits = ARGUMENT_REPEATED,
     .value = "LOT",
     .help = "a reagent lot that was used for all samples"},
    ROWS_VERSION,
    {0},
};

static const struct argument preview_arguments[] = {
    ROWS_WORKSHEET,
    ROWS_POSITIONAL("PROFILE", "readings_file.profile", "name of the instrument's profile"),
    ROWS_READINGS(ARGUMENT_POSITIONAL | ARGUMENT_REQUIRED, "FILE"),
    {0},
};

static const struct argument versioned_arguments[] = {ROWS_WORKSHEET, ROWS_VERSION, {0}};

static const struct argument cancel_arguments[] = {ROWS_WORKSHEET, ROWS_REASON, ROWS_VERSION, {0}};

static const struct argument draw_arguments[] = {
    ROWS_WORKSHEET,
    {.name = "output",
     .kind = ARGUMENT_OPTION,
     .traits = ARGUMENT_PATH,
     .value = "FILE",
     .help = "where to ('-' = standard output); without it WORKSHEET.svg",
     .letter = 'o'},
    {0},
};

static const struct argument laboratory_arguments[] = {ROWS_LABORATORY, {0}};

static const struct argument plan_arguments[] = {
    ROWS_LABORATORY,
    ROWS_OF,
    {.name = "blanks", .field = "blanks", .value = "N", .help = "blanks before the first sample"},
    {.name = "blank-limit", .field = "blank_limit", .value = "VALUE", .help = "a blank stays below it"},
    {.name = "chart",
     .field = "charts",
     .traits = ARGUMENT_REPEATED,
     .value = "CHART",
     .help = "a control of this chart stands before the first sample and after the last"},
    {.name = "controls-every",
     .field = "controls_every",
     .value = "N",
     .help = "and after every N samples (without it: not in between)"},
    {.name = "duplicates-every",
     .field = "duplicates_every",
     .value = "N",
     .help = "a duplicate of one in N samples"},
    {.name = "duplicate-percent",
     .field = "duplicate_percent",
     .value = "P",
     .help = "how far duplicates may differ, in percent of their mean"},
    {.name = "spikes-every", .field = "spikes_every", .value = "N", .help = "a spike of one in N samples"},
    {.name = "spike-added",
     .field = "spike_added",
     .value = "VALUE",
     .help = "what is added, in the unit of the result"},
    {.name = "recovery-from",
     .field = "spike_low_percent",
     .value = "P",
     .help = "lowest recovery in percent"},
    {.name = "recovery-to",
     .field = "spike_high_percent",
     .value = "P",
     .help = "highest recovery in percent"},
    ROWS_REASON,
    {0},
};

const struct command worksheet_commands[] = {
    {
        .noun = "worksheet",
        .verb = "list",
        .summary = "List worksheets, newest first",
        .summary_zh = "列出工作单",
        ROWS_CALL("WorksheetService", "ListWorksheets", list_worksheets),
        .traits = COMMAND_PAGED,
        .arguments = list_arguments,
        .view = &listed_view,
    },
    {
        .noun = "worksheet",
        .verb = "create",
        .summary = "Make a worksheet of tests that wait, with its controls",
        .summary_zh = "编制工作单（自动安插质控）",
        ROWS_CALL("WorksheetService", "CreateWorksheet", create_worksheet),
        .traits = COMMAND_WRITE,
        .arguments = create_arguments,
        .view = &made_view,
        .details = "Blanks, controls, duplicates and spikes stand where the control plan of the method says "
                   "(worksheet plan).\n"
                   "Tests that nobody holds become yours.",
        .examples = "worksheet create --method M_UV --parameter HCHO --instrument UV-2",
    },
    {
        .noun = "worksheet",
        .verb = "show",
        .summary = "Show a worksheet: positions, what was found, holds",
        .summary_zh = "查看工作单",
        ROWS_CALL("WorksheetService", "GetWorksheet", get_worksheet),
        .arguments = worksheet_arguments,
        .view = &shown_view,
    },
    {
        .noun = "worksheet",
        .verb = "draw",
        .summary = "Draw a worksheet into an SVG file of A4, to be printed",
        .summary_zh = "打印工作单（SVG）",
        ROWS_CALL("WorksheetService", "DrawWorksheet", draw_worksheet),
        .arguments = draw_arguments,
        .run = draw_picture_run,
        .examples = "worksheet draw WS-JEW-2026-00001 --output worksheet.svg",
    },
    {
        .noun = "worksheet",
        .verb = "preview",
        .summary = "Show what a file of an instrument holds for the positions of a worksheet",
        .summary_zh = "预览仪器文件在工作单各位的读数",
        ROWS_CALL("WorksheetService", "PreviewReadings", preview_readings),
        .arguments = preview_arguments,
        .view = &readings_view,
        .details = "Nothing is judged and nothing changed.\n"
                   "Rows say their position by the item's code, by its number, or as QC51, BLK1, DUP5, SPK6.",
        .examples = "worksheet preview WS-JEW-2026-00001 LCMS-2 run7.csv",
    },
    {
        .noun = "worksheet",
        .verb = "enter",
        .summary = "Enter all positions of a worksheet in one call",
        .summary_zh = "一次录入整张工作单",
        ROWS_CALL("WorksheetService", "EnterWorksheet", enter_worksheet),
        .traits = COMMAND_WRITE,
        .arguments = enter_arguments,
        .view = &shown_view,
        .version = &worksheet_version,
        .details =
            "Every position once, all or nothing; a request in a file (--file) may have inputs of a "
            "formula. A control,\n"
            "blank, duplicate or spike that fails holds the batch until the quality manager releases it.",
        .examples = "worksheet enter WS-JEW-2026-00001 --result 1=0.1 --result 2=750.2 --result "
                    "3=753.1,753.5,753.4/2.0\n"
                    "worksheet enter WS-JEW-2026-00001 --from run7.csv --read-by LCMS-2",
    },
    {
        .noun = "worksheet",
        .verb = "submit",
        .summary = "Have every test of a worksheet judged and hand them to review",
        .summary_zh = "提交整张工作单复核",
        ROWS_CALL("WorksheetService", "SubmitWorksheet", submit_worksheet),
        .traits = COMMAND_WRITE,
        .arguments = versioned_arguments,
        .view = &made_view,
        .version = &worksheet_version,
    },
    {
        .noun = "worksheet",
        .verb = "cancel",
        .summary = "Cancel a worksheet that is not entered",
        .summary_zh = "取消工作单",
        ROWS_CALL("WorksheetService", "CancelWorksheet", cancel_worksheet),
        .traits = COMMAND_WRITE,
        .arguments = cancel_arguments,
        .view = &head_view,
        .version = &worksheet_version,
    },
    {
        .noun = "worksheet",
        .verb = "plans",
        .summary = "List the control plans that stand",
        .summary_zh = "列出质控方案",
        ROWS_CALL("WorksheetService", "ListControlPlans", list_control_plans),
        .traits = COMMAND_PAGED,
        .arguments = laboratory_arguments,
        .view = &plans_view,
    },
    {
        .noun = "worksheet",
        .verb = "plan",
        .summary = "Set the control plan of a method and parameter",
        .summary_zh = "制定质控方案（质量负责人）",
        ROWS_CALL("WorksheetService", "SetControlPlan", set_control_plan),
        .traits = COMMAND_WRITE,
        .arguments = plan_arguments,
        .view = &plan_view,
        .examples =
            "worksheet plan --method M_UV --parameter HCHO --blanks 2 --blank-limit 0.01 --chart UV-HCHO "
            "--controls-every 20 --duplicates-every 10 --duplicate-percent 10 --reason \"validation 2026-3\"",
    },
    {0},
};
