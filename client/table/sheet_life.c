// SPDX-License-Identifier: Apache-2.0
// Command table: what becomes of a sheet after its release. Amendments, withdrawals, batch release, and what
// anybody may ask of a sheet or a receipt.
#include "run/sheets.h"
#include "table/rows.h"
#include "touchstone/v1/desk.pb-c.h"
#include "touchstone/v1/public.pb-c.h"
#include "touchstone/v1/sheet.pb-c.h"

#define ROWS_SHEET ROWS_POSITIONAL("NO", "sheet_no", "number of the sheet")

#define ROWS_REVISION                                                                                        \
    {                                                                                                        \
        .name = "revision", .field = "revision", .value = "N",                                               \
        .help = "revision that you saw (sheet show); without it 0. Only the newest is changed"               \
    }

#define ROWS_REASON_EN                                                                                       \
    {                                                                                                        \
        .name = "reason-en", .field = "reason_en", .value = "TEXT",                                          \
        .help = "the same in English; without it the reason stands in both languages"                        \
    }

#define ROWS_PASSWORD                                                                                        \
    {                                                                                                        \
        .name = "password-file", .field = "password", .kind = ARGUMENT_SECRET, .traits = ARGUMENT_PATH,      \
        .value = "password",                                                                                 \
        .help = "file with your password ('-' = standard input); without it you are asked"                   \
    }

#define ROWS_MEANING                                                                                         \
    {                                                                                                        \
        .name = "meaning", .field = "meaning", .traits = ARGUMENT_REQUIRED, .value = "TEXT",                 \
        .help = "what your signature means"                                                                  \
    }

static const struct column amendment_columns[] = {
    {"Sheet", "sheet_no"},
    {"Revision", "revision"},
    {"Item", "item_code"},
    {"What", "what"},
    {"Reason", "reason_zh"},
    {"In English", "reason_en"},
    {"Opened by", "opened_by"},
    {"Opened", "opened_at"},
    {"State", "state"},
    {"Closed by", "closed_by"},
    {"Closed", "closed_at"},
    {"Why closed", "close_reason"},
    {"Item version", "item_version"},
    {0},
};

static const struct view corrections_view = {
    .rows = "amendment.corrections",
    .columns = (const struct column[]){{"FIELD", "field"},
                                       {"OLD", "old_value"},
                                       {"NEW", "new_value"},
                                       {"BY", "corrected_by"},
                                       {"AT", "at"},
                                       {0}},
};

static const struct view amendment_view = {
    .rows = "amendment", .columns = amendment_columns, .next = &corrections_view};

static const struct column withdrawal_columns[] = {
    {"Sheet", "sheet_no"},     {"Revision", "revision"},    {"Code", "code"},
    {"Reason", "reason_zh"},   {"In English", "reason_en"}, {"Asked by", "requested_by"},
    {"Asked", "requested_at"}, {"State", "state"},          {"Decided by", "decided_by"},
    {"Decided", "decided_at"}, {"Meaning", "meaning"},      {0},
};

static const struct view withdrawal_view = {.rows = "withdrawal", .columns = withdrawal_columns};

static const struct view stuck_view = {
    .rows = "stuck",
    .columns = (const struct column[]){{"CANNOT BE SEALED", "sheet_no"},
                                       {"REVISION", "revision"},
                                       {"ITEM", "item_code"},
                                       {"RELEASED", "released_at"},
                                       {0}},
    .empty = "no released sheet is stuck",
};

static const struct view open_withdrawals_view = {
    .rows = "withdrawals",
    .columns = (const struct column[]){{"WITHDRAW", "sheet_no"},
                                       {"REVISION", "revision"},
                                       {"CODE", "code"},
                                       {"REASON", "reason_zh"},
                                       {"ASKED BY", "requested_by"},
                                       {"ASKED", "requested_at"},
                                       {0}},
    .empty = "no withdrawal waits to be confirmed",
    .next = &stuck_view,
};

static const struct view changes_view = {
    .rows = "amendments",
    .columns = (const struct column[]){{"AMEND", "sheet_no"},
                                       {"REVISION", "revision"},
                                       {"ITEM", "item_code"},
                                       {"WHAT", "what"},
                                       {"REASON", "reason_zh"},
                                       {"OPENED BY", "opened_by"},
                                       {"OPENED", "opened_at"},
                                       {0}},
    .empty = "no sheet is being amended",
    .next = &open_withdrawals_view,
};

static const struct view released_view = {
    .rows = "sheets",
    .columns = (const struct column[]){{"SHEET", "sheet_no"},
                                       {"REVISION", "revision"},
                                       {"ITEM", "item_code"},
                                       {"STATE", "state"},
                                       {"RELEASED", "released_at"},
                                       {0}},
};

// ---- arguments

static const struct argument batch_arguments[] = {
    {.name = "item",
     .field = "releases+.item_code",
     .kind = ARGUMENT_ITEM_CODE,
     .traits = ARGUMENT_REPEATED | ARGUMENT_REQUIRED,
     .value = "ITEM",
     .help = "item code; --seen behind it belongs to it"},
    {.name = "seen",
     .field = "releases.version",
     .traits = ARGUMENT_REPEATED | ARGUMENT_REQUIRED,
     .value = "N",
     .help = "version of the item that you looked at (sheet list)"},
    ROWS_MEANING,
    ROWS_PASSWORD,
    {0},
};

static const struct argument amend_arguments[] = {
    ROWS_SHEET,
    {.name = "what", .field = "what", .traits = ARGUMENT_REQUIRED, .value = "WHAT", .help = "what is wrong"},
    ROWS_REASON,
    ROWS_REASON_EN,
    ROWS_REVISION,
    ROWS_VERSION,
    {0},
};

static const struct argument correct_arguments[] = {
    ROWS_ITEM,
    {.name = "name", .field = "name", .value = "TEXT", .help = "what it is in plain words"},
    {.name = "pieces", .field = "pieces", .value = "N", .help = "how many pieces"},
    {.name = "claim", .field = "claim_text", .value = "TEXT", .help = "the claim in the label's own words"},
    {.name = "hallmark", .field = "hallmark", .value = "TEXT", .help = "hallmark as it reads"},
    {.name = "mass", .field = "mass_g", .value = "GRAMS", .help = "mass in grams, as it was weighed"},
    {.name = "condition", .field = "condition", .value = "TEXT", .help = "condition on receipt"},
    {.name = "stones", .field = "stones", .value = "TEXT", .help = "stones set in it"},
    {.name = "seal", .field = "seal_no", .value = "NO", .help = "number of the bag's seal"},
    {.name = "owner", .field = "owner.person_id", .value = "PERSON", .help = "id of the owner (person find)"},
    {.name = "owner-name", .field = "owner.name", .value = "NAME", .help = "name of the owner"},
    {.name = "owner-phone", .field = "owner.phone", .value = "PHONE", .help = "phone of the owner"},
    {.name = "clear",
     .field = "clear",
     .traits = ARGUMENT_REPEATED,
     .value = "FIELD",
     .help = "empties a field",
     .words = "claim_text hallmark stones seal_no"},
    ROWS_VERSION,
    {0},
};

static const struct argument cancel_arguments[] = {ROWS_SHEET, ROWS_REASON, ROWS_REVISION, {0}};

static const struct argument withdraw_arguments[] = {
    ROWS_SHEET,
    {.name = "code",
     .field = "withdrawal_code",
     .traits = ARGUMENT_REQUIRED,
     .value = "CODE",
     .help = "why, for the public log"},
    {.name = "reason",
     .field = "reason",
     .traits = ARGUMENT_REQUIRED,
     .value = "TEXT",
     .help = "why; told to everybody who received the sheet"},
    ROWS_REASON_EN,
    ROWS_REVISION,
    {0},
};

static const struct argument confirm_arguments[] = {
    ROWS_SHEET, ROWS_MEANING, ROWS_PASSWORD, ROWS_REVISION, {0}};

static const struct argument changes_arguments[] = {ROWS_LABORATORY, {0}};

static const struct argument look_up_arguments[] = {
    ROWS_SHEET,
    {.name = "code",
     .field = "code",
     .value = "CODE",
     .help = "eight signs beside the small QR of the sheet"},
    {0},
};

#define ROWS_SECRETS                                                                                         \
    ROWS_POSITIONAL("CODE", "receipt_code", "code on the receipt, eight signs"),                             \
    {                                                                                                        \
        .name = "phone", .field = "phone_last4", .traits = ARGUMENT_REQUIRED, .value = "DIGITS",             \
        .help = "last four digits of the owner's phone"                                                      \
    }

static const struct argument track_arguments[] = {ROWS_SECRETS, {0}};

static const struct argument public_fetch_arguments[] = {
    ROWS_SECRETS,
    {.name = "sheet", .field = "sheet_no", .value = "NO", .help = "which, when the receipt has several"},
    {.name = "document",
     .kind = ARGUMENT_OPTION,
     .value = "KIND",
     .help =
         "full (sealed, the default), card (one page in plain words) or share (without the client's data)"},
    {.name = "output",
     .kind = ARGUMENT_OPTION,
     .traits = ARGUMENT_PATH | ARGUMENT_REQUIRED,
     .value = "FILE",
     .help = "where to ('-' = standard output)",
     .letter = 'o'},
    {0},
};

static const struct version_source amend_version = {ROWS_CALL("SheetService", "GetSheet", get_sheet),
                                                    .key = "sheet_no", .version = "sheet.item_version"};

static const struct version_source correct_version = {ROWS_CALL("DeskService", "GetItem", get_item),
                                                      .key = "item_code", .version = "item.version"};

static const struct view look_up_view = {
    .columns = (const struct column[]){{"Sheet", "sheet_no"},
                                       {"Revision", "revision"},
                                       {"Issued", "issued_on"},
                                       {"Kind", "kind_zh"},
                                       {"In English", "kind_en"},
                                       {"Standing", "standing"},
                                       {"Newest revision", "newest_revision"},
                                       {"Specimen", "specimen"},
                                       {"Withdrawn", "withdrawn_at"},
                                       {"Code given", "code_given"},
                                       {"Code is right", "code_is_right"},
                                       {0}},
};

static const struct view track_view = {
    .rows = "items",
    .columns = (const struct column[]){{"NO", "place"},
                                       {"KIND", "kind_zh"},
                                       {"STEPS", "steps.step"},
                                       {"AT", "steps.at"},
                                       {"SHEET", "sheet_no"},
                                       {"STANDING", "standing"},
                                       {0}},
};

const struct command sheet_life_commands[] = {
    {
        .noun = "sheet",
        .verb = "batch",
        .summary = "Release up to fifty sheets under one signature, all or none",
        .summary_zh = "批量签发报告（最多50份，全部成功或全部不签）",
        ROWS_CALL("SheetService", "ReleaseSheets", release_sheets),
        .traits = COMMAND_WRITE,
        .arguments = batch_arguments,
        .view = &released_view,
        .details = "When one cannot be released none is, and the answer names each with its reason.",
        .examples = "sheet batch --item 7K3-M9Q-X23 --seen 7 --item 7K3-M9Q-X41 --seen 6 --meaning "
                    "\"approved\"",
    },
    {
        .noun = "sheet",
        .verb = "amend",
        .summary = "Open an issued sheet for correction; the old one stands until the new is released",
        .summary_zh = "发起报告更正（新版签发前旧版仍有效）",
        ROWS_CALL("SheetService", "RequestAmendment", request_amendment),
        .traits = COMMAND_WRITE,
        .arguments = amend_arguments,
        .view = &amendment_view,
        .version = &amend_version,
        .details =
            "Then correct what is wrong (sheet correct, test enter, test retest), have results reviewed, and "
            "let another\nsignatory release it (sheet release): docs/sheet-life.md.",
        .examples =
            "sheet amend JEW-2026-000001 --what item-data --reason 样品名称有误 --reason-en \"wrong name\"",
    },
    {
        .noun = "sheet",
        .verb = "correct",
        .summary = "Correct what describes an item, or whose it is, under its open amendment",
        .summary_zh = "在更正中修改样品或客户信息",
        ROWS_CALL("SheetService", "CorrectItem", correct_item),
        .traits = COMMAND_WRITE,
        .arguments = correct_arguments,
        .view = &amendment_view,
        .version = &correct_version,
        .examples = "sheet correct 7K3-M9Q-X23 --name 手镯",
    },
    {
        .noun = "sheet",
        .verb = "cancel-amendment",
        .summary = "Take an amendment back: everything as before",
        .summary_zh = "撤销报告更正",
        ROWS_CALL("SheetService", "CancelAmendment", cancel_amendment),
        .traits = COMMAND_WRITE,
        .arguments = cancel_arguments,
        .view = &amendment_view,
        .details = "Not once a result was changed under it: then it is finished, or the sheet is withdrawn.",
    },
    {
        .noun = "sheet",
        .verb = "withdraw",
        .summary = "Ask for the withdrawal of a sheet; another signatory confirms it",
        .summary_zh = "申请撤回报告（须另一名授权签字人确认）",
        ROWS_CALL("SheetService", "RequestWithdrawal", request_withdrawal),
        .traits = COMMAND_WRITE,
        .arguments = withdraw_arguments,
        .view = &withdrawal_view,
        .examples = "sheet withdraw JEW-2026-000001 --code wrong-result --reason 结果有误",
    },
    {
        .noun = "sheet",
        .verb = "confirm-withdrawal",
        .summary = "Sign for the withdrawal of a sheet: it is worth nothing from then on",
        .summary_zh = "授权签字人确认撤回报告",
        ROWS_CALL("SheetService", "ConfirmWithdrawal", confirm_withdrawal),
        .traits = COMMAND_WRITE,
        .arguments = confirm_arguments,
        .view = &withdrawal_view,
        .details = "Everybody who received the sheet is told, and the public log says so. This is final.",
    },
    {
        .noun = "sheet",
        .verb = "cancel-withdrawal",
        .summary = "Refuse a withdrawal that was asked for",
        .summary_zh = "否决撤回申请",
        ROWS_CALL("SheetService", "CancelWithdrawal", cancel_withdrawal),
        .traits = COMMAND_WRITE,
        .arguments = cancel_arguments,
        .view = &withdrawal_view,
    },
    {
        .noun = "sheet",
        .verb = "changes",
        .summary =
            "List sheets that are being amended, withdrawals that wait and sheets that cannot be sealed",
        .summary_zh = "列出进行中的更正和待确认的撤回",
        ROWS_CALL("SheetService", "ListSheetChanges", list_sheet_changes),
        .arguments = changes_arguments,
        .view = &changes_view,
    },
    {
        .noun = "sheet",
        .verb = "look-up",
        .summary = "How a sheet stands, by its number; needs no session",
        .summary_zh = "按编号查询报告状态（无需登录）",
        ROWS_CALL("PublicService", "LookUpSheet", look_up_sheet),
        .traits = COMMAND_OPEN,
        .arguments = look_up_arguments,
        .view = &look_up_view,
    },
    {
        .noun = "receipt",
        .verb = "track",
        .summary = "How far the items of a receipt are, as the consumer sees it; needs no session",
        .summary_zh = "按回执查询进度（无需登录）",
        ROWS_CALL("PublicService", "Track", track),
        .traits = COMMAND_OPEN,
        .arguments = track_arguments,
        .view = &track_view,
    },
    {
        .noun = "receipt",
        .verb = "fetch",
        .summary = "Fetch the sheet of a receipt, as the consumer does; needs no session",
        .summary_zh = "按回执下载报告（无需登录）",
        ROWS_CALL("PublicService", "FetchSheet", fetch_sheet),
        .traits = COMMAND_OPEN,
        .arguments = public_fetch_arguments,
        .run = sheets_fetch_public,
    },
    {0},
};
