// SPDX-License-Identifier: Apache-2.0
// Command table: original records, their forms and what is attached to tests.
#include "run/fetch_file.h"
#include "run/records.h"
#include "table/rows.h"
#include "touchstone/v1/record.pb-c.h"

#define FORM_COLUMNS                                                                                         \
    {"Laboratory", "laboratory"}, {"Of", "document"}, {"Method", "method_id"}, {"Form", "form_no"},          \
        {"Edition", "edition"}, {"From", "effective_from"}, {"Withdrawn", "withdrawn"},                      \
        {"标题", "title_zh"}, {"Title", "title_en"}, {"Set by", "set_by"}, {"Set", "set_at"},                \
        {"Reason", "reason"},                                                                                \
    {                                                                                                        \
        0                                                                                                    \
    }

static const struct view form_view = {.rows = "form", .columns = (const struct column[]){FORM_COLUMNS}};
static const struct view forms_view = {
    .rows = "forms", .columns = (const struct column[]){FORM_COLUMNS}, .empty = "no forms"};

#define ATTACHMENT_COLUMNS                                                                                   \
    {"Attachment", "attachment_id"}, {"Name", "name"}, {"Kind", "media_type"}, {"Bytes", "size"},            \
        {"SHA-256", "sha256"}, {"Caption", "caption"}, {"Attached by", "attached_by"}, {"Attached", "at"},   \
        {"Struck out by", "struck_by"}, {"Struck out", "struck_at"}, {"Because", "struck_reason"},           \
    {                                                                                                        \
        0                                                                                                    \
    }

static const struct view attachment_view = {.rows = "attachment",
                                            .columns = (const struct column[]){ATTACHMENT_COLUMNS}};

static const struct view prints_view = {
    .rows = "record.prints",
    .columns = (const struct column[]){{"PRINT", "print_no"}, {"BY", "printed_by"}, {"AT", "at"}, {0}},
    .empty = "not printed",
};

static const struct view attachments_view = {
    .rows = "record.attachments",
    .columns = (const struct column[]){{"ATTACHMENT", "attachment_id"},
                                       {"NAME", "name"},
                                       {"BYTES", "size"},
                                       {"SHA-256", "sha256"},
                                       {"CAPTION", "caption"},
                                       {"BY", "attached_by"},
                                       {"STRUCK OUT", "struck_reason"},
                                       {0}},
    .empty = "nothing attached",
    .next = &prints_view,
};

static const struct view signatures_view = {
    .rows = "record.signatures",
    .columns =
        (const struct column[]){{"PART", "role_en"}, {"NAME", "name"}, {"AT", "at"}, {"NOTE", "note"}, {0}},
    .empty = "not signed",
    .next = &attachments_view,
};

static const struct view repeats_view = {
    .rows = "record.retests",
    .columns = (const struct column[]){{"TEST", "test_id"},
                                       {"IT IS", "relation_en"},
                                       {"ORDERED BY", "ordered_by"},
                                       {"AT", "at"},
                                       {"REASON", "reason"},
                                       {"RESULT", "result"},
                                       {0}},
    .empty = "no repeat tests",
    .next = &signatures_view,
};

static const struct view holds_view = {
    .rows = "record.holds",
    .columns = (const struct column[]){{"BATCH", "batch_no"},
                                       {"OF", "of"},
                                       {"VALUE", "value"},
                                       {"HELD", "held_at"},
                                       {"RELEASED", "released_at"},
                                       {"BY", "released_by"},
                                       {"REASON", "reason"},
                                       {0}},
    .empty = "no holds",
    .next = &repeats_view,
};

static const struct view controls_view = {
    .rows = "record.worksheet.controls",
    .columns = (const struct column[]){{"PLACE", "position"},
                                       {"KIND", "kind_en"},
                                       {"OF", "of"},
                                       {"VALUE", "value"},
                                       {"LIMIT", "limit"},
                                       {"FIGURE", "figure"},
                                       {"OUTCOME", "outcome_en"},
                                       {"WAS", "was"},
                                       {0}},
    .empty = "no controls beside it",
    .next = &holds_view,
};

static const struct view changes_view = {
    .rows = "record.changes",
    .columns = (const struct column[]){{"AT", "at"},
                                       {"BY", "name"},
                                       {"KIND", "kind_en"},
                                       {"OLD", "old_result"},
                                       {"NEW", "new_result"},
                                       {"REASON", "reason"},
                                       {0}},
    .empty = "no changes",
    .next = &controls_view,
};

static const struct view acts_view = {
    .rows = "record.acts",
    .columns =
        (const struct column[]){{"AT", "at"}, {"ACT", "act_en"}, {"BY", "name"}, {"NOTE", "note"}, {0}},
    .empty = "nothing done yet",
    .next = &changes_view,
};

static const struct view steps_view = {
    .rows = "record.calculation.steps",
    .columns = (const struct column[]){{"STEP", "name"}, {"VALUE", "value"}, {0}},
    .empty = "no steps of a calculation",
    .next = &acts_view,
};

static const struct view readings_view = {
    .rows = "record.readings",
    .columns =
        (const struct column[]){
            {"VALUE", "value"}, {"QUALIFIER", "qualifier"}, {"SPOT", "position"}, {"SOURCE", "source"}, {0}},
    .empty = "no readings",
    .next = &steps_view,
};

static const struct view record_view = {
    .rows = "record",
    .columns = (const struct column[]){{"Record", "test_id"},
                                       {"Form", "form.form_no"},
                                       {"Edition", "form.edition"},
                                       {"Item", "item.code"},
                                       {"Name", "item.name"},
                                       {"Parameter", "test.parameter_en"},
                                       {"参数", "test.parameter_zh"},
                                       {"Method", "test.method_standard"},
                                       {"State", "test.state_en"},
                                       {"Entered by", "entry.entered_by"},
                                       {"Entered", "entry.at"},
                                       {"Inputs", "inputs"},
                                       {"Temperature", "entry.temperature_c"},
                                       {"Humidity", "entry.humidity_percent"},
                                       {"Deviation", "entry.deviation"},
                                       {"Instruments", "instruments.name"},
                                       {"Calibration", "instruments.state_en"},
                                       {"Reagents", "reagents.name"},
                                       {"Worksheet", "worksheet.worksheet_no"},
                                       {"Calculated", "calculation.calculated"},
                                       {"Rounded", "calculation.rounded"},
                                       {"Result", "judgement.mean"},
                                       {"Unit", "judgement.unit"},
                                       {"Requirement", "judgement.requirement"},
                                       {"Verdict", "judgement.verdict_en"},
                                       {"判定", "judgement.verdict_zh"},
                                       {0}},
    .next = &readings_view,
};

static const struct argument laboratory_arguments[] = {ROWS_LABORATORY, {0}};
static const struct argument test_arguments[] = {ROWS_TEST, {0}};

static const struct argument form_arguments[] = {
    ROWS_LABORATORY,
    {.name = "of",
     .field = "document",
     .value = "DOCUMENT",
     .help = "record (original record, the default), worksheet, control_chart or proficiency_chart"},
    {.name = "method",
     .field = "method_id",
     .value = "METHOD",
     .help = "method that has a form of its own; without it the form of all others"},
    {.name = "form", .field = "form_no", .value = "NO", .help = "number of the controlled form: JEW-QR-031"},
    {.name = "edition", .field = "edition", .value = "EDITION", .help = "edition of the form: A/3"},
    {.name = "from",
     .field = "effective_from",
     .traits = ARGUMENT_REQUIRED,
     .value = "DAY",
     .help = "YYYY-MM-DD: what is entered, or a worksheet made, on that day or later stands on it"},
    {.name = "title-zh", .field = "title_zh", .value = "TEXT", .help = "title in Chinese"},
    {.name = "title-en", .field = "title_en", .value = "TEXT", .help = "title in English"},
    {.name = "withdrawn",
     .field = "withdrawn",
     .kind = ARGUMENT_SWITCH,
     .help = "from that day on there is no such form"},
    ROWS_REASON,
    {0},
};

#define RECORD_OUTPUT(text)                                                                                  \
    {                                                                                                        \
        .name = "output", .kind = ARGUMENT_OPTION, .traits = ARGUMENT_PATH, .value = "FILE", .help = text,   \
        .letter = 'o'                                                                                        \
    }

static const struct argument print_arguments[] = {
    ROWS_TEST, RECORD_OUTPUT("where to ('-' = standard output); without it TEST-PRINT.pdf"), {0}};

static const struct argument fetch_arguments[] = {
    ROWS_POSITIONAL("TEST", NULL, "id of the test, or the item code when the item has one test"),
    ROWS_POSITIONAL("PRINT", NULL, "number of the print"),
    RECORD_OUTPUT("where to ('-' = standard output); without it TEST-PRINT.pdf"),
    {0},
};

static const struct argument attach_arguments[] = {
    ROWS_TEST,
    {.name = "FILE",
     .field = "content",
     .kind = ARGUMENT_FILE,
     .traits = ARGUMENT_POSITIONAL | ARGUMENT_REQUIRED | ARGUMENT_PATH | ARGUMENT_KEEPS_NAME,
     .value = "FILE",
     .help = "PNG, JPEG, or text in UTF-8 such as CSV, of at most 3 MiB"},
    {.name = "caption", .field = "caption", .value = "TEXT", .help = "what it shows; printed below it"},
    {0},
};

#define RECORD_ATTACHMENT                                                                                    \
    ROWS_POSITIONAL("ATTACHMENT", "attachment_id", "id of the attachment, as record show tells it")

static const struct argument strike_arguments[] = {RECORD_ATTACHMENT, ROWS_REASON, {0}};

static const struct argument attachment_arguments[] = {
    RECORD_ATTACHMENT,
    RECORD_OUTPUT("where its bytes go ('-' = standard output); without it what it is is shown"),
    {0},
};

const struct command record_commands[] = {
    {
        .noun = "record",
        .verb = "show",
        .summary = "Show everything of a test: what was read, with what, how it came about, what was changed",
        .summary_zh = "查看原始记录",
        ROWS_CALL("RecordService", "GetOriginalRecord", get_original_record),
        .arguments = test_arguments,
        .view = &record_view,
    },
    {
        .noun = "record",
        .verb = "print",
        .summary = "Print the original record of a test into a PDF; prints are counted",
        .summary_zh = "打印原始记录（PDF，按次编号）",
        ROWS_CALL("RecordService", "PrintOriginalRecord", print_original_record),
        .traits = COMMAND_WRITE,
        .arguments = print_arguments,
        .run = records_print,
        .examples = "record print 5b0e… --output record.pdf",
    },
    {
        .noun = "record",
        .verb = "fetch",
        .summary = "Fetch a print that was made before: the same bytes",
        .summary_zh = "取回已打印的原始记录",
        .arguments = fetch_arguments,
        .run = records_fetch,
        .examples = "record fetch 5b0e… 1 --output record.pdf",
    },
    {
        .noun = "record",
        .verb = "forms",
        .summary = "List the controlled forms of original records, every edition",
        .summary_zh = "列出原始记录受控表格",
        ROWS_CALL("RecordService", "ListForms", list_forms),
        .traits = COMMAND_PAGED,
        .arguments = laboratory_arguments,
        .view = &forms_view,
    },
    {
        .noun = "record",
        .verb = "form",
        .summary = "Set the controlled form and edition that records stand on",
        .summary_zh = "制定原始记录受控表格编号与版次（质量负责人）",
        ROWS_CALL("RecordService", "SetForm", set_form),
        .traits = COMMAND_WRITE,
        .arguments = form_arguments,
        .view = &form_view,
        .examples = "record form --method M_XRF --form JEW-QR-031 --edition A/3 --from 2026-01-01 --reason "
                    "\"management review 2025\"",
    },
    {
        .noun = "test",
        .verb = "attach",
        .summary = "Attach a spectrum, a picture or the export of an instrument to an open test",
        .summary_zh = "为检测任务附加谱图、照片或仪器导出文件",
        ROWS_CALL("RecordService", "AttachFile", attach_file),
        .traits = COMMAND_WRITE,
        .arguments = attach_arguments,
        .view = &attachment_view,
        .details =
            "It is kept with its hash and never changed: what does not count is struck out (test strike).",
        .examples = "test attach 5b0e… spectrum.png --caption \"XRF spectrum, shank\"",
    },
    {
        .noun = "test",
        .verb = "strike",
        .summary = "Strike out an attachment that does not count; it stays, with the reason",
        .summary_zh = "划去附件（保留原件并说明理由）",
        ROWS_CALL("RecordService", "StrikeAttachment", strike_attachment),
        .traits = COMMAND_WRITE,
        .arguments = strike_arguments,
        .view = &attachment_view,
    },
    {
        .noun = "test",
        .verb = "attachment",
        .summary = "Fetch an attachment, or show what it is",
        .summary_zh = "查看或取回附件",
        ROWS_CALL("RecordService", "GetAttachment", get_attachment),
        .arguments = attachment_arguments,
        .run = fetch_file_run,
        .view = &attachment_view,
    },
    {0},
};
