// SPDX-License-Identifier: Apache-2.0
// Command table: files of instruments. Profiles, preview, import, and what was imported.
#include "run/fetch_file.h"
#include "table/rows.h"
#include "touchstone/v1/instrument.pb-c.h"

static const struct column profile_columns[] = {
    {"Profile", "profile"},
    {"Laboratory", "laboratory"},
    {"Version", "version"},
    {"Instrument", "layout.instrument"},
    {"Kind", "layout.kind"},
    {"Codes", "layout.codes.code"},
    {"Parameters", "layout.codes.parameter_id"},
    {"Saved by", "saved_by"},
    {"Saved", "saved_at"},
    {0},
};

static const struct view profile_view = {.rows = "profile", .columns = profile_columns};

static const struct view profiles_view = {
    .rows = "profiles",
    .columns = (const struct column[]){{"PROFILE", "profile"},
                                       {"VERSION", "version"},
                                       {"INSTRUMENT", "layout.instrument"},
                                       {"KIND", "layout.kind"},
                                       {"CODES", "layout.codes.code"},
                                       {"SAVED BY", "saved_by"},
                                       {"SAVED", "saved_at"},
                                       {0}},
    .empty = "no profiles",
};

static const struct view values_view = {
    .rows = "values",
    .columns = (const struct column[]){{"LINE", "line"},
                                       {"ITEM", "item"},
                                       {"CODE", "code"},
                                       {"IN THE FILE", "raw"},
                                       {"INPUT", "input"},
                                       {"VALUE", "value"},
                                       {"QUALIFIER", "qualifier"},
                                       {"PARAMETER", "parameter_id"},
                                       {"ENTERED", "entered"},
                                       {"WHY NOT", "reason"},
                                       {"DETAIL", "detail"},
                                       {0}},
    .empty = "the file has no values",
};

static const struct view again_view = {
    .columns = (const struct column[]){{"Was imported already", "already_imported"}, {0}},
    .next = &values_view};

static const struct view file_view = {
    .rows = "file",
    .columns = (const struct column[]){{"File", "name"},
                                       {"SHA-256", "sha256"},
                                       {"Bytes", "size"},
                                       {"Profile", "profile"},
                                       {"Profile version", "profile_version"},
                                       {"Imported by", "imported_by"},
                                       {"Imported", "imported_at"},
                                       {"Values entered", "values_entered"},
                                       {"Values left out", "values_left_out"},
                                       {"Tests entered", "tests_entered"},
                                       {0}},
    .next = &again_view,
};

static const struct view files_view = {
    .rows = "files",
    .columns = (const struct column[]){{"SHA-256", "sha256"},
                                       {"FILE", "name"},
                                       {"PROFILE", "profile"},
                                       {"ENTERED", "values_entered"},
                                       {"LEFT OUT", "values_left_out"},
                                       {"IMPORTED BY", "imported_by"},
                                       {"IMPORTED", "imported_at"},
                                       {0}},
    .empty = "no files",
};

#define ROWS_PROFILE ROWS_POSITIONAL("PROFILE", "profile", "name of the instrument's profile")

#define ROWS_CONTENT(more)                                                                                   \
    {                                                                                                        \
        .name = "FILE", .field = "content", .kind = ARGUMENT_FILE,                                           \
        .traits = ARGUMENT_POSITIONAL | ARGUMENT_REQUIRED | ARGUMENT_PATH | (more), .value = "FILE",         \
        .help = "file of the instrument ('-' = standard input)"                                              \
    }

#define ROWS_REPLACE                                                                                         \
    {                                                                                                        \
        .name = "reason", .field = "reason", .value = "TEXT",                                                \
        .help = "why readings that were there are replaced"                                                  \
    }

static const struct argument save_arguments[] = {
    ROWS_PROFILE,
    {.name = "file",
     .kind = ARGUMENT_OPTION,
     .traits = ARGUMENT_PATH,
     .value = "FILE",
     .help = "JSON of a SaveProfileRequest with its layout ('-' = standard input)"},
    ROWS_LABORATORY,
    {.name = "version",
     .field = "version",
     .value = "N",
     .help = "newest version that you saw; without it the profile is a new one"},
    {0},
};

static const struct argument list_arguments[] = {ROWS_LABORATORY, {0}};

static const struct argument preview_arguments[] = {
    ROWS_PROFILE, ROWS_CONTENT(0), ROWS_LABORATORY, ROWS_REPLACE, {0}};

static const struct argument import_arguments[] = {
    ROWS_PROFILE,
    ROWS_CONTENT(ARGUMENT_KEEPS_NAME),
    ROWS_LABORATORY,
    {.name = "leave-out",
     .field = "leave_out",
     .kind = ARGUMENT_SWITCH,
     .help = "enter what can be entered and leave out the rest; without it such a file is refused"},
    ROWS_REPLACE,
    {0},
};

static const struct argument files_arguments[] = {
    ROWS_LABORATORY,
    {.name = "test",
     .field = "test_id",
     .value = "TEST",
     .help = "only files that readings of this test come from"},
    {0},
};

static const struct argument file_arguments[] = {
    ROWS_POSITIONAL("SHA256", "sha256", "SHA-256 of the file, as instrument files shows it"),
    ROWS_LABORATORY,
    {.name = "output",
     .kind = ARGUMENT_OPTION,
     .traits = ARGUMENT_PATH,
     .value = "FILE",
     .help = "where its bytes go ('-' = standard output); without it what they became is shown",
     .letter = 'o'},
    {0},
};

const struct command instrument_commands[] = {
    {
        .noun = "instrument",
        .verb = "profiles",
        .summary = "List how files of instruments are read",
        .summary_zh = "列出仪器文件读取方案",
        ROWS_CALL("InstrumentService", "ListProfiles", list_profiles),
        .traits = COMMAND_PAGED,
        .arguments = list_arguments,
        .view = &profiles_view,
    },
    {
        .noun = "instrument",
        .verb = "profile",
        .summary = "Save how a file of an instrument is read",
        .summary_zh = "保存仪器文件读取方案",
        ROWS_CALL("InstrumentService", "SaveProfile", save_profile),
        .traits = COMMAND_WRITE,
        .arguments = save_arguments,
        .view = &profile_view,
        .details = "Each time it is a new version; earlier ones stay with the files that were read by them.",
        .examples = "instrument profile XRF-1 --file xrf.json",
    },
    {
        .noun = "instrument",
        .verb = "preview",
        .summary = "Show what an import of a file would enter, and what not",
        .summary_zh = "预览仪器文件将录入的内容",
        ROWS_CALL("InstrumentService", "PreviewFile", preview_file),
        .arguments = preview_arguments,
        .view = &file_view,
        .examples = "instrument preview XRF-1 run7.csv",
    },
    {
        .noun = "instrument",
        .verb = "import",
        .summary = "Enter the results of a file and keep it",
        .summary_zh = "导入仪器文件",
        ROWS_CALL("InstrumentService", "ImportFile", import_file),
        .traits = COMMAND_WRITE,
        .arguments = import_arguments,
        .view = &file_view,
        .details =
            "All or nothing. The same file again changes nothing and says when it was imported and by whom.",
        .examples = "instrument import XRF-1 run7.csv\ninstrument import XRF-1 run7.csv --leave-out",
    },
    {
        .noun = "instrument",
        .verb = "files",
        .summary = "List imported files, newest first",
        .summary_zh = "列出已导入的仪器文件",
        ROWS_CALL("InstrumentService", "ListFiles", list_files),
        .traits = COMMAND_PAGED,
        .arguments = files_arguments,
        .view = &files_view,
    },
    {
        .noun = "instrument",
        .verb = "file",
        .summary = "Fetch an imported file, or show what its values became",
        .summary_zh = "查看或取回已导入的仪器文件",
        ROWS_CALL("InstrumentService", "GetFile", get_file),
        .arguments = file_arguments,
        .run = fetch_file_run,
        .view = &file_view,
    },
    {0},
};
