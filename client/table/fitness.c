// SPDX-License-Identifier: Apache-2.0
// Command table: who and what is fit for a method on a day, and what a submission checks of it.
#include "table/rows.h"
#include "touchstone/v1/bench.pb-c.h"
#include "touchstone/v1/fitness.pb-c.h"

static const struct column checks_columns[] = {
    {"METHOD", "method_id"},        {"COMPETENCE", "competence"},
    {"CALIBRATION", "calibration"}, {"REAGENTS", "reagents"},
    {"SET BY", "set_by"},           {"SET", "set_at"},
    {"REASON", "reason"},           {0},
};

static const struct view checks_view = {
    .rows = "checks", .columns = checks_columns, .empty = "no method is checked"};

static const struct column record_columns[] = {
    {"KIND", "fitness_kind"},     {"SUBJECT", "subject"},
    {"METHOD", "competence_for"}, {"FROM", "valid_from"},
    {"UNTIL", "valid_until"},     {"WITHDRAWN", "withdrawn"},
    {"EVIDENCE", "evidence"},     {"RECORDED BY", "recorded_by"},
    {"RECORDED", "recorded_at"},  {0},
};

static const struct view record_view = {.rows = "record", .columns = record_columns};

static const struct view records_view = {.rows = "records", .columns = record_columns, .empty = "no records"};

static const struct view used_view = {
    .columns = (const struct column[]){{"Test", "test_id"}, {"Lots", "lots"}, {0}}};

static const struct argument require_arguments[] = {
    ROWS_POSITIONAL("METHOD", "method_id", "method of the catalogue"),
    ROWS_LABORATORY,
    {.name = "competence",
     .field = "competence",
     .kind = ARGUMENT_SWITCH,
     .help = "whoever entered the readings must be competent"},
    {.name = "calibration",
     .field = "calibration",
     .kind = ARGUMENT_SWITCH,
     .help = "the instrument must be calibrated"},
    {.name = "reagents",
     .field = "reagents",
     .kind = ARGUMENT_SWITCH,
     .help = "reagent lots must be named and not expired"},
    ROWS_REASON,
    {0},
};

static const struct argument laboratory_arguments[] = {ROWS_LABORATORY, {0}};

static const struct argument record_arguments[] = {
    ROWS_POSITIONAL("KIND", "fitness_kind", "competence, calibration, reagent-lot or absence"),
    ROWS_POSITIONAL("SUBJECT", "subject", "log-in of a person, name of an instrument, or lot"),
    ROWS_LABORATORY,
    {.name = "method",
     .field = "competence_for",
     .value = "METHOD",
     .help = "of a person: the method of the catalogue"},
    {.name = "from",
     .field = "valid_from",
     .traits = ARGUMENT_REQUIRED,
     .value = "DAY",
     .help = "first day, YYYY-MM-DD"},
    {.name = "until",
     .field = "valid_until",
     .traits = ARGUMENT_REQUIRED,
     .value = "DAY",
     .help = "last day, YYYY-MM-DD"},
    {.name = "withdrawn",
     .field = "withdrawn",
     .kind = ARGUMENT_SWITCH,
     .help = "not fit from the first day on, until another record begins"},
    {.name = "evidence",
     .field = "evidence",
     .value = "TEXT",
     .help = "certificate, record of training, name of the reagent"},
    ROWS_REASON,
    {0},
};

static const struct argument list_arguments[] = {
    ROWS_LABORATORY,
    {.name = "kind", .field = "fitness_kind", .value = "KIND", .help = "only of this kind"},
    {.name = "subject",
     .field = "subject",
     .value = "SUBJECT",
     .help = "only of this person, instrument or lot"},
    {0},
};

static const struct version_source test_version = {.method = "/touchstone.v1.BenchService/GetTest",
                                                   .request = &touchstone__v1__get_test_request__descriptor,
                                                   .response = &touchstone__v1__get_test_response__descriptor,
                                                   .key = "test_id",
                                                   .version = "test.version"};

static const struct argument use_arguments[] = {
    ROWS_TEST,
    {.name = "lot",
     .field = "lots",
     .traits = ARGUMENT_REQUIRED | ARGUMENT_REPEATED,
     .value = "LOT",
     .help = "a lot that was used"},
    ROWS_VERSION,
    {0},
};

const struct command fitness_commands[] = {
    {
        .noun = "fitness",
        .verb = "require",
        .summary = "Say what a submission checks for a method",
        .summary_zh = "设定提交时的核查项目",
        ROWS_CALL("FitnessService", "SetMethodChecks", set_method_checks),
        .traits = COMMAND_WRITE,
        .arguments = require_arguments,
        .view = &checks_view,
        .details = "What is not named is not checked any more.",
        .examples = "fitness require M_XRF --competence --calibration --reason 'quality manual 6.2, 6.4'",
    },
    {
        .noun = "fitness",
        .verb = "required",
        .summary = "List what submissions check",
        .summary_zh = "列出提交时的核查项目",
        ROWS_CALL("FitnessService", "ListMethodChecks", list_method_checks),
        .traits = COMMAND_PAGED,
        .arguments = laboratory_arguments,
        .view = &checks_view,
    },
    {
        .noun = "fitness",
        .verb = "record",
        .summary = "Record competence, a calibration, a reagent lot or an absence",
        .summary_zh = "登记人员能力、仪器校准、试剂批号、人员请假",
        ROWS_CALL("FitnessService", "RecordFitness", record_fitness),
        .traits = COMMAND_WRITE,
        .arguments = record_arguments,
        .view = &record_view,
        .examples =
            "fitness record calibration XRF-01 --from 2026-01-10 --until 2027-01-09 --evidence 'cert 881' "
            "--reason 'yearly calibration'",
    },
    {
        .noun = "fitness",
        .verb = "list",
        .summary = "List records of fitness, newest first",
        .summary_zh = "列出能力、校准与试剂记录",
        ROWS_CALL("FitnessService", "ListFitness", list_fitness),
        .traits = COMMAND_PAGED,
        .arguments = list_arguments,
        .view = &records_view,
    },
    {
        .noun = "test",
        .verb = "reagents",
        .summary = "Name the reagent lots used for a test's readings",
        .summary_zh = "登记检测所用试剂批号",
        ROWS_CALL("FitnessService", "UseReagents", use_reagents),
        .traits = COMMAND_WRITE,
        .arguments = use_arguments,
        .view = &used_view,
        .version = &test_version,
    },
    {0},
};
