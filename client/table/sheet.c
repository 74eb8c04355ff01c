// SPDX-License-Identifier: Apache-2.0
// Command table: result sheets. Release, look up, fetch, print, verify.
#include "run/check_sheet.h"
#include "run/not_releasable.h"
#include "run/sheets.h"
#include "table/rows.h"
#include "touchstone/v1/sheet.pb-c.h"

static const struct argument list_arguments[] = {ROWS_LABORATORY, {0}};

static const struct view list_view = {
    .rows = "items",
    .columns = (const struct column[]){{"ITEM", "item_code"},
                                       {"NAME", "name"},
                                       {"LABORATORY", "laboratory"},
                                       {"PARAMETERS", "tests.parameter_id"},
                                       {"MEANS", "tests.judgement.mean"},
                                       {"VERDICTS", "tests.judgement.verdict"},
                                       {"AMENDS", "amends_sheet_no"},
                                       {"VERSION", "version"},
                                       {0}},
    .empty = "nothing waits for a signatory",
};

static const struct view sheet_view = {
    .rows = "sheet",
    .columns = (const struct column[]){{"Sheet", "sheet_no"},
                                       {"Revision", "revision"},
                                       {"Item", "item_code"},
                                       {"Laboratory", "laboratory"},
                                       {"State", "state"},
                                       {"Specimen", "specimen"},
                                       {"Signatory", "signatory"},
                                       {"Meaning", "meaning"},
                                       {"Released", "released_at"},
                                       {"Record SHA-256", "record_sha256"},
                                       {"PDF bytes", "pdf_bytes"},
                                       {"PDF SHA-256", "pdf_sha256"},
                                       {"Superseded by", "superseded_by"},
                                       {"Being amended", "amendment_open"},
                                       {"Withdrawn", "withdrawn_at"},
                                       {"Withdrawn by", "withdrawn_by"},
                                       {"Withdrawn for", "withdrawn_code"},
                                       {"Reason", "withdrawn_reason_zh"},
                                       {"Reason in English", "withdrawn_reason_en"},
                                       {0}},
};

// A signatory may not read items, but sees those that wait for a signature.
static const struct version_source release_version = {
    ROWS_CALL("SheetService", "ListReleasableItems", list_releasable_items),
    .key = "item_code",
    .laboratory = "laboratory",
    .rows = "items",
    .version = "version",
    .explain = not_releasable_explain};

static const struct argument release_arguments[] = {
    ROWS_ITEM,
    {.name = "meaning",
     .field = "meaning",
     .traits = ARGUMENT_REQUIRED,
     .value = "TEXT",
     .help = "what your signature means: 批准签发 / approved for issue"},
    {.name = "password-file",
     .field = "password",
     .kind = ARGUMENT_SECRET,
     .traits = ARGUMENT_PATH,
     .value = "password",
     .help = "file with your password ('-' = standard input); without it you are asked"},
    {.name = "laboratory",
     .kind = ARGUMENT_OPTION,
     .value = "CODE",
     .help = "laboratory to look for the item in; without it the profile's"},
    ROWS_VERSION,
    {0},
};

static const struct argument show_arguments[] = {ROWS_POSITIONAL("NO", "sheet_no", "number of the sheet"),
                                                 {0}};

static const struct argument slip_arguments[] = {
    ROWS_POSITIONAL("ITEM", NULL, "code of the item"),
    {.name = "output",
     .kind = ARGUMENT_OPTION,
     .traits = ARGUMENT_PATH,
     .value = "FILE",
     .help = "where to ('-' = standard output); without it ITEM-slip.pdf",
     .letter = 'o'},
    {0},
};

static const struct argument fetch_arguments[] = {
    ROWS_POSITIONAL("NO", NULL, "number of the sheet"),
    {.name = "document",
     .kind = ARGUMENT_OPTION,
     .value = "KIND",
     .help =
         "full (sealed, the default), card (one page in plain words) or share (without the client's data)"},
    {.name = "revision",
     .kind = ARGUMENT_OPTION,
     .value = "N",
     .help = "an earlier one: 0 is the first; without it the newest"},
    {.name = "output",
     .kind = ARGUMENT_OPTION,
     .traits = ARGUMENT_PATH,
     .value = "FILE",
     .help = "where to ('-' = standard output); without it NO.pdf",
     .letter = 'o'},
    {0},
};

static const struct argument print_arguments[] = {
    ROWS_POSITIONAL("NO", NULL, "number of the sheet"),
    {.name = "printer",
     .kind = ARGUMENT_OPTION,
     .value = "NAME",
     .help = "printer; without it the default one of CUPS"},
    {.name = "output",
     .kind = ARGUMENT_OPTION,
     .traits = ARGUMENT_PATH,
     .value = "FILE",
     .help = "into a file instead of the printer",
     .letter = 'o'},
    {0},
};

static const struct argument verify_arguments[] = {
    {.name = "FILE",
     .kind = ARGUMENT_OPTION,
     .traits = ARGUMENT_POSITIONAL | ARGUMENT_REQUIRED | ARGUMENT_PATH,
     .value = "FILE",
     .help = "PDF of a sheet"},
    {.name = "trust",
     .kind = ARGUMENT_OPTION,
     .traits = ARGUMENT_PATH,
     .value = "FILE",
     .help =
         "PEM certificates of the laboratories or authorities whose seal is to be trusted; without it any "
         "laboratory's seal passes"},
    {.name = "keys",
     .kind = ARGUMENT_OPTION,
     .traits = ARGUMENT_PATH,
     .value = "FILE",
     .help =
         "keys.json of the laboratory's public log: seal, statement and log must be signed by keys in it"},
    {0},
};

const struct command sheet_commands[] = {
    {
        .noun = "sheet",
        .verb = "list",
        .summary = "List items that wait for a signatory",
        .summary_zh = "列出待签发样品",
        ROWS_CALL("SheetService", "ListReleasableItems", list_releasable_items),
        .traits = COMMAND_PAGED,
        .arguments = list_arguments,
        .view = &list_view,
    },
    {
        .noun = "sheet",
        .verb = "release",
        .summary = "Sign for an item's results and release its sheet",
        .summary_zh = "授权签字人签发报告",
        ROWS_CALL("SheetService", "ReleaseSheet", release_sheet),
        .traits = COMMAND_WRITE,
        .arguments = release_arguments,
        .view = &sheet_view,
        .version = &release_version,
        .details = "You sign again, with your password and the meaning of your signature. The record is "
                   "frozen then;\n"
                   "the sheet is drawn and sealed by itself.",
        .examples = "sheet release 7K3-M9Q-X23 --meaning \"approved for issue\"",
    },
    {
        .noun = "sheet",
        .verb = "show",
        .summary = "Show a sheet's state and hashes",
        .summary_zh = "查看报告状态",
        ROWS_CALL("SheetService", "GetSheet", get_sheet),
        .arguments = show_arguments,
        .view = &sheet_view,
    },
    {
        .noun = "sheet",
        .verb = "fetch",
        .summary = "Fetch the sealed PDF of a sheet into a file",
        .summary_zh = "下载报告 PDF",
        .arguments = fetch_arguments,
        .run = sheets_fetch,
        .details = "The file appears whole, with the SHA-256 that the server's record names, or not at all. "
                   "A sheet that\n"
                   "is still being drawn is waited for. It names the consumer: only you can read the file.",
        .examples = "sheet fetch JEW-2026-000001 -o sheet.pdf\nsheet fetch JEW-2026-000001 --document card\n"
                    "sheet fetch JEW-2026-000001 --revision 0",
    },
    {
        .noun = "sheet",
        .verb = "slip",
        .summary = "Fetch a slip of reviewed results for who waits; it is no report",
        .summary_zh = "下载现场结果单（非报告）",
        .arguments = slip_arguments,
        .run = sheets_slip,
        .details =
            "Every test of the item is approved and its sheet is not released yet. Nothing of the client "
            "is on it.",
        .examples = "sheet slip 7K3-M9Q-X23 -o slip.pdf",
    },
    {
        .noun = "sheet",
        .verb = "print",
        .summary = "Print a sheet by CUPS (lp)",
        .summary_zh = "打印报告",
        .arguments = print_arguments,
        .run = sheets_print,
    },
    {
        .noun = "verify",
        .summary = "Check a sheet's PDF: seal, statement, record and proof of the log; needs no server",
        .summary_zh = "离线验证报告 PDF 的印章和完整性",
        .arguments = verify_arguments,
        .run = check_sheet_run,
        .details = "Exit code 0: good. 1: refused: altered, cut, lengthened, or not of a trusted laboratory.",
        .examples = "verify sheet.pdf --trust laboratory.pem\n"
                    "verify sheet.pdf --keys keys.json",
    },
    {0},
};
